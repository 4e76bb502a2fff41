/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_SESSION_PARTS_H
#define SMTP_SESSION_PARTS_H

/*
 * What the files of the session share, and nobody else: session.c (life, timers,
 * the opening) and session_walk.c (the exchanges).
 */

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/err.h"
#include "smtp/reply.h"
#include "smtp/session.h"

enum session_state { CONNECT, SHAKE, BANNER, EHLO, HELO, STARTTLS, CLAIM, OPEN, TALK, OVER };

struct session {
	struct session_settings settings;
	const struct session_events *events;
	void *context;
	struct stream *stream;
	struct event timer;
	struct reply_reader reader;
	struct session_facts facts;
	enum session_state state;
	enum session_state after;       /* SHAKE */
	const char *hello;              /* the owner's hello line; NULL: the ordinary, or not asked for yet */
	bool claimed;                   /* XCLIENT was granted */
	size_t prologue_left;           /* what may still be passed over before the greeting; 0 behind its first byte */
	bool within_line;               /* of the prologue */
	int64_t started;
	int64_t asked;                  /* when the reply that is due was asked for */
	const struct exchange *exchanges;
	size_t count;
	size_t sent;
	size_t place;
	int code;                       /* of the last reply to an exchange; 0 before the first */
	int64_t due;                    /* the deadline of what is waited for */
	unsigned busy;                  /* our callbacks on the stack */
	bool gone;                      /* session_free() was called meanwhile */
};

/* Around each callback from outside: a session that is freed meanwhile lives until the outermost leaves. */
void session_enter(struct session *session);
void session_leave(struct session *session);

/* The only place that changes the state; sets the deadline of what is waited for. */
void session_move(struct session *session, enum session_state state);

void session_end(struct session *session, enum session_end how, const struct err *err, const struct reply *reply);
void session_fail(struct session *session, enum session_end how, enum err_kind kind, const char *text);
void session_say(struct session *session, const char *bytes, size_t len);
void session_start_tls(struct session *session, enum session_state after);

/* session_walk.c: the reply to the exchange that is due. */
void session_take_reply(struct session *session, const struct reply *reply);
bool session_may_go_on(const struct session *session, const char *rest, size_t len);

#endif
