/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_COMPOSE_H
#define AUDIT_COMPOSE_H

/*
 * What an attempt says: the placeholders of its probe filled in for one view.
 */

#include <stdbool.h>
#include <stddef.h>

#include "probe/expand.h"
#include "probe/token.h"

struct attempt;
struct audit;
struct step;
struct view;

/* Which sender an attempt uses where its probe leaves it open. */
enum sender_choice {
	SENDER_CLASSIC,         /* the historical one of the suite classic */
	SENDER_NEUTRAL,         /* the operator's outside address */
	SENDER_NULL,            /* <>, which RFC 5321 4.5.5 bids all to take */
	SENDER_CHOICES
};

/* Texts that the values point to; keep it as long as they are used. */
struct composition {
	struct values values;
	char rand[11];
};

/* What is the same for all attempts of a view. */
void compose_begin(const struct audit *audit, const struct view *view, struct values *values);

/* The rest of it, which sessions tell: the server's name and our address. */
void compose_learned(const struct audit *audit, const struct view *view, struct values *values);

/*
 * All of it, for one attempt.  Where addresses are tokens, the victim is the attempt's own; the ordinary sender is
 * the run's, so that attempts may share a MAIL, and with `own_sender` the attempt's.
 */
void compose_values(const struct audit *audit, const struct view *view, const struct attempt *attempt, enum sender_choice sender,
		    bool own_sender, const struct values *begun, struct composition *composition);

/* "TOKEN@domain" of the victim's domain, from the pool. */
const char *compose_token(const struct audit *audit, unsigned number, enum token_role role);

/*
 * The line as bytes, from the audit's pool; `*len` their number.  NULL when a
 * placeholder has no value here; `*missing` then names it.
 */
const char *compose_line(const struct audit *audit, const struct line *line, const struct values *values, size_t *len,
			 const char **missing);

/* What stands behind "MAIL FROM:" or "RCPT TO:", escaped, brackets taken off: for reports.  From the pool. */
const char *compose_argument(const struct audit *audit, const char *bytes, size_t len);

#endif
