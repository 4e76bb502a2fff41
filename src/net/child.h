/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CHILD_H
#define NET_CHILD_H

/*
 * Commands whose standard input and output are a connection: calls (dial.h) that
 * are answered by a process.
 *
 * A child has a session and process group of its own, so that it has no terminal
 * to ask at and what is typed there does not end it; and no descriptor of ours but the three.  Its standard
 * error is read to the end, and the last of it is kept.  Once the connection is
 * closed it has CHILD_GRACE to end by itself; then it is sent SIGTERM and, a second
 * later, SIGKILL, and so is what it started itself.  Every child is reaped.
 */

#include "base/clock.h"
#include "net/address.h"
#include "net/dial.h"

struct child;
struct children;

enum {
	CHILD_GRACE = 2 * CLOCK_S,      /* ssh and its like send on what was said last */
	CHILD_KILL = CLOCK_S,
	CHILD_EXPLAIN = CLOCK_S,        /* from the end of the connection to that of the child */
	/* Of standard error, the last so many bytes: a command may never stop complaining. */
	CHILD_SAID_MOST = 2048
};

/* How a child came to its end. */
struct child_end {
	const char *program;    /* argv[0] */
	struct address to;      /* what it was to connect to */
	int status;             /* what it exited with */
	int signal;             /* what killed it; else 0 */
	const char *said;       /* the last of its standard error, raw, NUL-terminated; "" where there was nothing */
};

struct child_order {
	char *const *argv;      /* NULL-terminated; argv[0] is looked for in PATH.  Not needed any more once child_call() returns */
	struct address to;
	/* What an end means: fills in `err`, or leaves it alone where it means no more than that the connection ended. */
	void (*judge)(const struct child_end *end, struct err *err);
};

struct children *children_new(void);

/*
 * Before their loop is freed, and when no stream of theirs is left.  Those that are on their way out are waited for, for
 * CHILD_KILL at most; the others are killed.  Takes NULL.
 */
void children_free(struct children *children);

/* For a dial's members: a call, and the other two as they are. */
struct child *child_call(struct children *children, struct event_base *base, const struct child_order *order,
			 const struct call_events *events, void *context, struct err *err);
void child_explain(void *child);
void child_hang_up(void *child);

#endif
