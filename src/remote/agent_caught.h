/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_CAUGHT_H
#define REMOTE_AGENT_CAUGHT_H

/*
 * What an agent's sink has caught, for who asks over HTTPS: the store's lines of some runs, the
 * newest of them in memory, so that asking again and again reads no file.
 */

#include <stddef.h>

struct agent_caught;
struct buf;
struct err;
struct event_base;

enum {
	/* Lines that are kept in memory: more than 10,000 of the usual ones. */
	AGENT_CAUGHT_KEPT = 32 << 20,
	/* One answer; what did not fit is asked for next. */
	AGENT_CAUGHT_ANSWER = 4 << 20,
	/* Runs in one question: a scan's own and one for each of its agents at a host. */
	AGENT_CAUGHT_RUNS = 64
};

struct agent_caught *agent_caught_new(struct event_base *base, const char *store, struct err *err);
void agent_caught_free(struct agent_caught *caught);

/*
 * Adds the lines (remote/record.h) that answer "run=R[,R...][&after=N]": those behind the N-th line that this process has
 * seen, and at last {"after":M}, which the next question says.  -1 where it is no such question.
 */
int agent_caught_print(const struct agent_caught *caught, const char *query, struct buf *to, struct err *err);

#endif
