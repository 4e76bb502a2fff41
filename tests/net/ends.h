/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_NET_ENDS_H
#define TESTS_NET_ENDS_H

/*
 * Two ends of a connection over loopback, for the tests of streams: ours is a
 * stream, and the peer a raw socket or a stream as well.
 */

#include <event2/event.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/stream.h"
#include "net/tls.h"

/* One end, and all that it was told. */
struct end {
	struct stream *stream;
	struct buf got;
	unsigned connected, secured, closed, drained;
	struct err err;
	/* What is to be done when that is told. */
	void (*act)(struct end *end);
	char act_at;
	struct tls_context *tls;
};

/* A loop, an end of ours, and a peer that is a raw socket or an end of its own. */
struct place {
	struct event_base *base;
	struct event *late;
	struct end ours, theirs;
	int peer;               /* -1 where `theirs` is the peer */
	int door;
	struct address address;
};

#define UNTIL(place, condition)                                    \
	while (!(condition))                                       \
		event_base_loop((place)->base, EVLOOP_ONCE)

extern const struct origin ends_anywhere;
extern const struct stream_events end_events;

/* For cmocka; the state is a struct place. */
int ends_set_up(void **state);
int ends_tear_down(void **state);

/* What is due now, and nothing that is waited for. */
void ends_run(struct place *place);

/* Begins to connect; the peer has taken the connection. */
void ends_connect(struct place *place, const struct origin *from);
void ends_meet(struct place *place);
void ends_meet_stream(struct place *place);
void ends_start_tls(struct place *place);
void ends_secure(struct place *place);

void ends_peer_says(struct place *place, const char *text);
void ends_peer_resets(struct place *place);
/* All that comes to the peer up to the end; returns what the end was: 0, or errno. */
int ends_peer_hears(struct place *place, struct buf *to);

/* Writes until some of it has to be queued, and tells how much that was. */
size_t ends_write_much(struct stream *stream);
void ends_assert_pattern(const struct buf *got, size_t len);

/* For `act`. */
void end_free(struct end *end);

#endif
