/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session_walk.c - the exchanges of an opened session, one after the other
 *
 * `sent` of them are out, `place` of them are answered.  A message goes behind a 354
 * and nothing else does; where no message is, the 354 ends the session.
 */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "smtp/capability.h"
#include "smtp/session_parts.h"
#include "smtp/transcript.h"

/* Sends what may be sent now. */
static void send_more(struct session *session)
{
	struct buf batch = BUF_INIT(1 << 20);
	bool pipelining = (session->facts.capabilities & CAP_PIPELINING) != 0;
	size_t first = session->sent;

	while (session->sent < session->count) {
		const struct exchange *next = &session->exchanges[session->sent];
		bool starts = session->sent == first;
		bool goes_along = next->timing == EXCHANGE_JOINED || (next->timing == EXCHANGE_PIPELINED && pipelining);

		if (!starts && (next->kind != EXCHANGE_COMMAND || !goes_along))
			break;
		if (starts && next->timing != EXCHANGE_JOINED && session->events->wanted != NULL &&
		    !session->events->wanted(session->context, session->sent)) {
			first = ++session->sent;
			session->place = session->sent;
			continue;
		}
		if (next->kind == EXCHANGE_TLS)
			break;
		buf_add(&batch, next->bytes, next->len);
		session->sent++;
	}
	session_move(session, TALK);
	if (batch.len != 0)
		session_say(session, batch.data, batch.len);
	buf_release(&batch);
}

/* Passes exchanges that wait for nothing; ends or goes on where all that was sent is answered. */
static void advance(struct session *session)
{
	for (;;) {
		while (session->place < session->sent && !session->exchanges[session->place].replies)
			session->place++;
		if (session->place < session->sent || session->state != TALK)
			return;
		if (session->place == session->count) {
			session_end(session, SESSION_FINISHED, NULL, NULL);
			return;
		}
		if (session->exchanges[session->place].kind == EXCHANGE_MESSAGE && session->code != 354) {
			session_end(session, SESSION_FINISHED, NULL, NULL);
			return;
		}
		if (session->exchanges[session->place].kind == EXCHANGE_TLS) {
			session->sent++;
			if (session->events->wanted != NULL && !session->events->wanted(session->context, session->place)) {
				session->place++;
				continue;
			}
			if (session->facts.secure)
				session_fail(session, SESSION_TLS, ERR_TLS, "TLS cannot be begun a second time");
			else
				session_start_tls(session, TALK);
			return;
		}
		send_more(session);
		if (session->state != TALK)
			return;
	}
}

void session_talk(struct session *session, const struct exchange *exchanges, size_t count)
{
	session_enter(session);
	session->exchanges = exchanges;
	session->count = count;
	session_move(session, TALK);
	advance(session);
	session_leave(session);
}

/* Whether what the session says next is the message that a 354 asks for. */
static bool has_message(const struct session *session)
{
	return session->place == session->sent && session->place < session->count &&
	       session->exchanges[session->place].kind == EXCHANGE_MESSAGE;
}

void session_take_reply(struct session *session, const struct reply *reply)
{
	int64_t now = clock_now();
	size_t index = session->place;
	bool hangs_up;

	if (now - session->asked > session->facts.slowest_reply)
		session->facts.slowest_reply = now - session->asked;
	session->place++;
	session->code = reply->code;
	session_move(session, TALK);
	hangs_up = reply->code == 354 && !has_message(session);
	/* Before the owner is told, who may end the session: not even QUIT goes behind a 354. */
	if (hangs_up) {
		transcript_note(session->settings.transcript, "closed without a byte of a message");
		stream_free(session->stream);
		session->stream = NULL;
	}
	session->events->replied(session->context, index, reply);
	if (session->state == OVER)
		return;
	if (hangs_up) {
		session_end(session, SESSION_FINISHED, NULL, NULL);
		return;
	}
	if (reply->code == 421) {
		session_fail(session, SESSION_LOST, ERR_NET, "the server ended the session (421)");
		return;
	}
	advance(session);
}

/*
 * Whether more may stand behind the reply that was read: where nothing else is due, which answer
 * belongs to which question is not known any more.  A 421 comes unasked, RFC 5321 3.8.
 */
bool session_may_go_on(const struct session *session, const char *rest, size_t len)
{
	size_t next = session->place + 1;
	const struct exchange *asked;

	if (len == 0 || session->state == STARTTLS || strncmp(rest, "421", len < 3 ? len : 3) == 0)
		return true;
	if (session->state != TALK || session->place >= session->sent)
		return false;
	/* A line end amid a command makes two of it, to some servers. */
	asked = &session->exchanges[session->place];
	if (asked->unasked || (asked->len != 0 && memchr(asked->bytes, '\n', asked->len - 1) != NULL))
		return true;
	while (next < session->sent && !session->exchanges[next].replies)
		next++;
	return next < session->sent || (next < session->count && session->exchanges[next].kind == EXCHANGE_TLS);
}
