/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SINK_SESSION_H
#define REMOTE_SINK_SESSION_H

/*
 * One client's session with a sink, as its parts share it: sink.c lets it in,
 * sink_session.c moves bytes and time, sink_command.c answers.
 *
 * Work is done in turns, which add replies to the sink's one `out`.  A session whose
 * client does not take its replies, or whose message is being synced, reads
 * nothing meanwhile.
 */

#include <event2/event_struct.h>
#include <stdbool.h>

#include "base/buf.h"
#include "net/address.h"
#include "probe/token.h"
#include "remote/sink.h"
#include "remote/sink_data.h"
#include "remote/sink_peer.h"

struct listener;
struct stream;

enum sink_mode {
	SINK_COMMAND,
	SINK_DATA,
	SINK_CHUNK,             /* octets of BDAT */
	SINK_ENDING             /* closed as soon as all is sent */
};

enum sink_then { SINK_READ, SINK_CLOSE, SINK_START_TLS };

struct sink_recipient {
	struct token token;
	char *path;
};

struct sink_session {
	struct sink *sink;
	struct sink_session *next, **link;
	struct stream *stream;                  /* NULL when it is gone */
	struct event timer;
	struct address client;
	struct sink_peer *peer;
	int64_t began, heard;                   /* `heard`: when the last command came */
	uint64_t ticket;                        /* of the message that is being kept; 0: none */
	char *line;                             /* for the log, when it is kept */
	struct buf held;                        /* input not yet used */
	char *helo;
	char *sender;                           /* NULL: no transaction */
	struct sink_recipient *recipients;
	size_t recipient_count, recipient_room;
	struct buf message;                     /* what is kept of it */
	uint64_t size, left;                    /* of the message; of the chunk */
	struct sink_data data;
	char *refused;                          /* why, for the log: the first reason */
	unsigned busy;                          /* callbacks on the stack */
	unsigned commands, errors;
	enum sink_mode mode;
	enum sink_then then;
	bool secure, handshaking;
	bool known;                             /* has named a token */
	bool skipping;                          /* the rest of a line that is too long */
	bool receiving;                         /* counts among those in the middle of a message */
	bool chunked, last_chunk, discarding;   /* BDAT: begun; the chunk says LAST; the chunk is thrown away */
	bool moved;                             /* a command was answered: its time begins anew */
};

struct sink {
	struct event_base *base;                /* borrowed */
	const struct sink_settings *settings;   /* borrowed */
	struct listener **listeners;
	size_t listener_count, listener_room;
	struct sink_session *sessions;
	unsigned session_count, secured, receiving;
	struct sink_peers *peers;
	struct sink_peer all;                   /* what all of them take together */
	unsigned told, untold;                  /* refusals of this minute that were told, and those that were not */
	uint64_t ticket;
	struct buf out;
};

/* sink.c */
/* Begins a new minute where the last one is over. */
void sink_turn_minute(struct sink *sink, int64_t now);
void sink_tell_refusal(struct sink *sink, const struct sink_session *session);

/* sink_session.c */
void sink_session_begin(struct sink *sink, int fd, const struct address *client, struct sink_peer *peer);
/* Says why, and ends it. */
void sink_session_end(struct sink_session *session, const char *reply);
void sink_session_drop(struct sink_session *session);
/* The message that waits with the session's ticket. */
void sink_session_settle(struct sink_session *session, enum kept how);

/* sink_command.c */
/* Says why the session ends, for the client and for the log. */
void sink_cut_off(struct sink_session *session, const char *reply);
void sink_command(struct sink_session *session, const char *line, size_t len);
void sink_command_too_long(struct sink_session *session);
void sink_add_message(void *session, const char *bytes, size_t len);
/* The message, or chunk, has come to its end. */
void sink_end_message(struct sink_session *session);
void sink_end_chunk(struct sink_session *session);
void sink_say_kept(struct sink_session *session, enum kept how);
void sink_reset(struct sink_session *session);

#endif
