/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MESSAGE_H
#define AUDIT_MESSAGE_H

/*
 * The test message: at most 4 KiB, with a header and a text that say who tests,
 * with what, why, and whom to ask.  Its token stands in a header line of its own
 * (audit/proof.h) and in its Message-ID.
 */

#include "probe/token.h"

struct attempt;
struct audit;
struct view;

enum {
	MESSAGE_MOST = 4096,
	/* RFC 5322 2.1.1: what a line should not pass. */
	MESSAGE_LINE = 78
};

/*
 * The whole message without its final dot: lines end in CRLF, and none begins with
 * a dot.  `from` and `to` are addresses fit for a header ("" for the null sender).
 * From the audit's pool.
 */
const char *message_compose(const struct audit *audit, const struct view *view, const struct attempt *attempt, enum token_role role,
			    const char *from, const char *to);

#endif
