/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

/*
 * A byte stream on the event loop: a connection that we make or accept, with or
 * without TLS, changed to TLS in mid-stream where that is asked for.
 *
 * A stream holds no bytes that came in: they are handed on as they are read, so
 * that after a STARTTLS reply what is left over of the same read is known, and
 * an idle stream costs some 600 bytes.  It has no deadlines of its own either: who
 * drives it has one timer for everything it waits for.
 *
 * Callbacks may call stream_free(): nothing is called and no byte handed on
 * after that.
 *
 * A process that speaks TLS ignores SIGPIPE: OpenSSL writes with write(2).
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"

struct dial;
struct event_base;
struct err;
struct stream;
struct tls_context;
struct tls_facts;

/* What was queued and not yet taken by the peer; beyond it the peer is not reading, and the stream is broken off. */
enum { STREAM_QUEUE_MOST = 1 << 20 };

struct stream_events {
	/* Connected; never called for an adopted descriptor. */
	void (*connected)(void *context);
	void (*received)(void *context, const char *bytes, size_t len);
	/* The handshake that stream_start_tls() began is over. */
	void (*secured)(void *context);
	/* The peer closed (err->kind is ERR_NONE), or something failed: no more calls follow. */
	void (*closed)(void *context, const struct err *err);
	/* What had to be queued has gone to the system: for who has more than the queue holds.  May be NULL. */
	void (*drained)(void *context);
};

/* From where a connection is made; all zero: from wherever the system chooses. */
struct origin {
	struct address address;         /* family 0: any */
	char interface[16];             /* "": any */
};

/* Whether connections can be made from there at all. */
int origin_check(const struct origin *origin, struct err *err);

/*
 * Begins to connect.  NULL with `err` when it fails at once; a connection that
 * is refused later comes as closed().  `events` and `context` are borrowed.
 */
struct stream *stream_connect(struct event_base *base, const struct address *to, const struct origin *from,
			      const struct stream_events *events, void *context, struct err *err);

/*
 * The same by another way (dial.h), which is borrowed.  closed() may come a moment behind the end,
 * with what the way knows of it: ERR_REFUSED and ERR_WAY say that the server was never reached.
 */
struct stream *stream_dial(struct event_base *base, struct dial *dial, const struct address *to, const struct stream_events *events,
			   void *context, struct err *err);

/* Takes over a connected, non-blocking descriptor. */
struct stream *stream_adopt(struct event_base *base, int fd, const struct stream_events *events, void *context);

void stream_free(struct stream *stream);

/* As stream_free(), with a reset instead of an orderly end. */
void stream_reset(struct stream *stream);

/* Queues what cannot be sent at once. */
void stream_write(struct stream *stream, const char *bytes, size_t len);

/* The same for what is said last: it may wait for the end of the connection, and go with it in one packet. */
void stream_write_last(struct stream *stream, const char *bytes, size_t len);

/*
 * No more bytes are handed on until it goes on: they wait in the system, and then
 * with the peer.  That the peer has closed is not seen either.
 */
void stream_pause(struct stream *stream);
void stream_go_on(struct stream *stream);

/* Whether all that was written has gone to the system. */
bool stream_is_flushed(const struct stream *stream);

/* Frees the stream once all is sent, or when the peer goes away; no more callbacks follow. */
void stream_finish(struct stream *stream);

/* `name` for SNI, may be NULL.  The context says whether we are client or server. */
void stream_start_tls(struct stream *stream, struct tls_context *context, const char *name);
void stream_describe_tls(struct stream *stream, struct tls_facts *facts);

/* Family 0 where the connection is not one of our own TCP. */
void stream_local(const struct stream *stream, struct address *address);

#endif
