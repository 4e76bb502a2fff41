/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_POLICY_H
#define REMOTE_PRACTICE_POLICY_H

/*
 * Whether a practice server takes an address: a pure reading of the rules, with
 * no sockets and no state but what the caller tells of the session.
 */

#include <stdbool.h>
#include <stddef.h>

#include "remote/practice_rules.h"

struct buf;

enum practice_answer {
	ANSWER_LOCAL,           /* taken, for a mailbox of ours */
	ANSWER_OUTSIDE,         /* taken, to be relayed */
	ANSWER_DENIED,          /* relaying denied */
	ANSWER_UNKNOWN,         /* no such user */
	ANSWER_SYNTAX,
	ANSWER_LITERAL          /* address literals are not taken */
};

/* What the server knows of who asks. */
struct practice_asker {
	struct address client;
	struct address own;     /* where the client has connected to */
	unsigned helo;          /* bits of enum practice_helo */
	unsigned sender;        /* bits of enum practice_sender */
	bool secure;
	bool authenticated;
	bool had_local;         /* a local recipient was taken in this transaction */
};

/* An address without its brackets. */
enum practice_answer practice_judge(const struct practice_rules *rules, const struct practice_asker *asker,
				    const char *path, size_t len);

/* Whether it is a mailbox that the rules name, or postmaster. */
bool practice_is_mailbox(const struct practice_rules *rules, const char *path, size_t len);

/*
 * Where a path that was taken leads: true, with the address outside in `to` (empty before), undone of its
 * route or of the trick that it hides in; false when it ends at this server.
 */
bool practice_route(const struct practice_rules *rules, const struct practice_asker *asker, const char *path, size_t len,
		    struct buf *to);

unsigned practice_sender(const struct practice_rules *rules, const struct practice_asker *asker, const char *path,
			 size_t len);
unsigned practice_helo(const struct practice_rules *rules, const char *name, size_t len);

#endif
