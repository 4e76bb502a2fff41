/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NET_DESK_H
#define TESTS_NET_DESK_H

/*
 * A server on loopback, on the test's own loop, that follows a script: it waits
 * until what it has heard holds certain bytes, and says others.  Each connection
 * begins the script anew.
 */

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "net/stream.h"
#include "net/tls.h"

struct step {
	const char *hears;      /* "": at once */
	size_t hears_len;
	const char *says;
	size_t says_len;
	bool ends;              /* hangs up after that */
};

#define STEP(hears, says) { hears, sizeof hears - 1, says, sizeof says - 1, false }
#define LAST(hears, says) { hears, sizeof hears - 1, says, sizeof says - 1, true }

enum { DESK_CALLERS = 8 };

struct desk;

struct caller {
	struct desk *desk;
	struct stream *stream;
	size_t step;            /* the one that is waited for */
	size_t heard;           /* bytes of `got` that were used up */
	struct buf got;
};

struct desk {
	struct event_base *base;
	struct event *door, *late;
	int fd;
	unsigned short port;
	struct tls_context *tls;        /* not NULL: speaks TLS from the start */
	const struct step *steps;
	size_t count;
	struct caller callers[DESK_CALLERS];
	size_t calls;                   /* connections taken */
	/* Called for each piece that is heard, where there is no script. */
	void (*heard)(struct caller *caller);
	void *context;
};

void desk_open(struct desk *desk, struct event_base *base, const struct step *steps, size_t count);
void desk_close(struct desk *desk);

void caller_say(struct caller *caller, const char *text);

/* Whether the caller has said that, in all. */
bool caller_has_said(const struct caller *caller, const char *text);

/* Runs the loop until that holds; what does not come in time fails the test by the desk's clock. */
#define DESK_UNTIL(desk, condition)                                \
	while (!(condition))                                       \
		event_base_loop((desk)->base, EVLOOP_ONCE)

#endif
