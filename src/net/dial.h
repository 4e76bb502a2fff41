/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_DIAL_H
#define NET_DIAL_H

/*
 * A way to a server that is not this machine's own TCP: a command, a proxy.  Its
 * maker embeds a struct dial in a record of its own, and each connection is a
 * call.  stream_dial() (stream.h) makes a stream of one, and is all that callers
 * need; this is for who adds a way.
 */

#include <stdbool.h>

struct address;
struct err;
struct event_base;

/* From the loop, never from inside of call(), explain() or hang_up(). */
struct call_events {
	/* Connected: a non-blocking descriptor with close-on-exec, which is the taker's. */
	void (*answered)(void *context, int fd);
	/*
	 * Instead of answered(): why there is no connection.  Behind explain(): why the connection ended,
	 * ERR_NONE where the way knows no more than its end.  ERR_REFUSED is said of the server alone, ERR_WAY of
	 * what lies before it.
	 */
	void (*ended)(void *context, const struct err *err);
};

struct dial {
	/* Begins a call; NULL with `err` when it fails at once.  `events` and `context` are borrowed until hang_up(). */
	void *(*call)(struct dial *dial, struct event_base *base, const struct address *to, const struct call_events *events,
		      void *context, struct err *err);
	/* The connection ended, or broke: ended() follows soon.  NULL where the way never knows why. */
	void (*explain)(void *call);
	/* The call's last: the descriptor is closed, nothing is told any more. */
	void (*hang_up)(void *call);
};

#endif
