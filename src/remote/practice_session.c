/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_session.c - a session's bytes and time
 *
 * `busy` counts callbacks on the stack; a session whose stream has gone is freed
 * when the last of them returns.
 */
#include "remote/practice_session.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/stream.h"
#include "net/tls.h"
#include "remote/practice_ledger.h"
#include "remote/practice_mail.h"
#include "remote/practice_proxy.h"

enum {
	/* How long a peer that does not read may keep a session that is over. */
	PRACTICE_LINGER_MS = 5000,
	PRACTICE_PENDING = 256 << 10
};

static void enter(struct practice_session *session)
{
	session->busy++;
}

static void leave(struct practice_session *session)
{
	if (--session->busy == 0 && session->stream == NULL)
		practice_session_drop(session);
}

void practice_session_drop(struct practice_session *session)
{
	struct practice *practice = session->practice;

	event_del(&session->timer);
	stream_free(session->stream);
	*session->link = session->next;
	if (session->next != NULL)
		session->next->link = session->link;
	if (session->refusals > practice->counts.most_errors)
		practice->counts.most_errors = session->refusals;
	practice->open--;
	buf_release(&session->held);
	buf_release(&session->pending);
	buf_release(&session->late);
	practice_mail_free(session->mail_kept);
	free(session);
}

void practice_session_wait(struct practice_session *session, long milliseconds)
{
	struct timeval time = { .tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000 };

	event_add(&session->timer, &time);
}

void practice_session_put(struct practice_session *session, const char *bytes, size_t len)
{
	if (len != 0 && session->stream != NULL)
		stream_write(session->stream, bytes, len);
}

void practice_session_early(struct practice_session *session)
{
	if (!session->early)
		session->practice->counts.early++;
	session->early = true;
}

static void finish(struct practice_session *session)
{
	if (session->stream == NULL)
		return;
	if (stream_is_flushed(session->stream)) {
		stream_finish(session->stream);
		session->stream = NULL;
	} else {
		session->mode = MODE_ENDING;
		practice_session_wait(session, PRACTICE_LINGER_MS);
	}
}

static void end_turn(struct practice_session *session);

static void start_tls(struct practice_session *session)
{
	const struct practice_rules *rules = session->practice->rules;

	session->then = NEXT_READ;
	if (rules->hostile[AT_TLS] != NULL) {
		practice_bend(session, AT_TLS, 0);
		session->greeted = true;
		end_turn(session);
		return;
	}
	/* What was sent in the clear behind STARTTLS is forgotten (RFC 3207 6), except by servers with the old hole. */
	if (!rules->flags[FLAG_STARTTLS_KEEPS_INPUT])
		buf_reset(&session->held);
	if (session->stream != NULL)
		stream_start_tls(session->stream, session->practice->tls, NULL);
}

void practice_session_follow(struct practice_session *session)
{
	long idle = session->practice->rules->numbers[NUMBER_IDLE];

	switch ((enum practice_then)session->then) {
	case NEXT_READ:
		if (idle != 0)
			practice_session_wait(session, idle);
		break;
	case NEXT_CLOSE:
		finish(session);
		break;
	case NEXT_RESET:
		stream_reset(session->stream);
		session->stream = NULL;
		break;
	case NEXT_SILENCE:
		session->mode = MODE_DEAF;
		break;
	case NEXT_TLS:
		start_tls(session);
		break;
	case NEXT_FLOOD:
		practice_flood(session);
		break;
	case NEXT_DRIP:
	case NEXT_TRICKLE:
		practice_drip(session);
		break;
	}
}

/* Sends what the turn has said, now or in its time. */
static void end_turn(struct practice_session *session)
{
	struct buf *out = &session->practice->out;
	long each = session->practice->rules->numbers[NUMBER_REPLY_DELAY];
	long delay = session->sleep + (out->len == 0 ? 0 : each);
	size_t prompt = delay == 0 ? out->len : each != 0 ? 0 : session->mark < out->len ? session->mark : out->len;

	practice_session_put(session, out->data, prompt);
	buf_add(&session->pending, out->data + prompt, out->len - prompt);
	buf_reset(out);
	session->sleep = 0;
	session->mark = 0;
	if (delay == 0) {
		practice_session_follow(session);
	} else {
		session->waiting = true;
		practice_session_wait(session, delay);
	}
}

static bool is_reading(const struct practice_session *session)
{
	return session->stream != NULL && session->greeted && !session->waiting && session->then == NEXT_READ &&
	       session->mode < MODE_DEAF;
}

/* Each reader returns how many bytes it used; 0 when it needs more. */
static size_t read_line(struct practice_session *session, const char *bytes, size_t len)
{
	const char *end = memchr(bytes, '\n', len);
	size_t size = end == NULL ? len : (size_t)(end - bytes);
	size_t used = end == NULL ? len : size + 1;

	if (session->skipping) {
		session->skipping = end == NULL;
		return used;
	}
	if (size > PRACTICE_LINE) {
		session->skipping = end == NULL;
		practice_say(session, TEXT_LONG, "", 0);
		return used;
	}
	if (end == NULL)
		return 0;
	if (size != 0 && bytes[size - 1] == '\r')
		size--;
	session->more = used < len;
	if (session->mode == MODE_AUTH)
		practice_auth_line(session, bytes, size);
	else
		practice_command(session, bytes, size);
	return used;
}

static bool is_end(const struct practice_session *session)
{
	unsigned ends = session->practice->rules->ends;

	if ((session->window & 0xffffffffff) == 0x0d0a2e0d0a)
		return true;
	for (int i = 0; i < PRACTICE_ENDS && ends >> i != 0; i++) {
		uint64_t bytes = 0;

		if ((ends >> i & 1) == 0)
			continue;
		for (size_t k = 0; k < practice_ends[i].len; k++)
			bytes = bytes << 8 | (unsigned char)practice_ends[i].bytes[k];
		if (((session->window ^ bytes) & ((1ull << 8 * practice_ends[i].len) - 1)) == 0)
			return true;
	}
	return false;
}

static size_t read_message(struct practice_session *session, const char *bytes, size_t len)
{
	if (!session->amid) {
		session->amid = true;
		practice_bend(session, AT_MESSAGE, session->practice->out.len);
	}
	for (size_t i = 0; i < len; i++) {
		session->window = session->window << 8 | (unsigned char)bytes[i];
		if ((bytes[i] == '\n' || bytes[i] == '\r') && is_end(session)) {
			practice_mail_text(session, bytes, i + 1);
			practice_message_end(session);
			return i + 1;
		}
	}
	practice_mail_text(session, bytes, len);
	return len;
}

static size_t read_chunk(struct practice_session *session, const char *bytes, size_t len)
{
	if (len > session->left)
		len = (size_t)session->left;
	practice_mail_text(session, bytes, len);
	if (len < session->left) {
		session->left -= len;
		return len;
	}
	session->left = 0;
	practice_message_end(session);
	return len;
}

static void greet(struct practice_session *session);

static size_t read_proxy(struct practice_session *session, const char *bytes, size_t len)
{
	size_t used = 0;

	switch (practice_proxy_read(bytes, len, &used, &session->asker.client)) {
	case PROXY_UNFINISHED:
		return 0;
	case PROXY_READ:
		session->mode = MODE_COMMAND;
		session->greeted = false;
		greet(session);
		return used;
	default:
		practice_cut_off(session, TEXT_PROXY);
		return len;
	}
}

static size_t turn(struct practice_session *session, const char *bytes, size_t len)
{
	static size_t (*const readers[])(struct practice_session *, const char *, size_t) = {
		[MODE_COMMAND] = read_line, [MODE_DATA] = read_message, [MODE_CHUNK] = read_chunk,
		[MODE_AUTH] = read_line,    [MODE_PROXY] = read_proxy,
	};
	size_t used = 0;

	while (used < len && is_reading(session) && session->sleep == 0 && session->practice->out.len < PRACTICE_TURN) {
		size_t step = readers[session->mode](session, bytes + used, len - used);

		used += step;
		if (step == 0)
			break;
	}
	return used;
}

static void resume(struct practice_session *session)
{
	while (session->held.len != 0 && is_reading(session)) {
		size_t used = turn(session, session->held.data, session->held.len);

		buf_take(&session->held, used);
		if (used == 0)
			break;
		end_turn(session);
	}
	if (session->held.len == 0)
		buf_release(&session->held);
}

/* Bytes that come while the server is not ready for any. */
static void hold(struct practice_session *session, const char *bytes, size_t len)
{
	const struct practice_rules *rules = session->practice->rules;

	if (session->mode >= MODE_DEAF || session->then == NEXT_CLOSE || session->then == NEXT_RESET)
		return;
	if (!session->greeted) {
		practice_session_early(session);
		session->spoke_early = true;
	}
	if (rules->flags[FLAG_STRICT_LOCKSTEP] && session->waiting && session->mode == MODE_COMMAND) {
		practice_session_early(session);
		session->waiting = false;
		session->then = NEXT_READ;
		buf_reset(&session->pending);
		practice_cut_off(session, TEXT_LOCKSTEP);
		practice_session_put(session, session->practice->out.data, session->practice->out.len);
		buf_reset(&session->practice->out);
		finish(session);
		return;
	}
	buf_add(&session->held, bytes, len);
	if (session->held.cut) {
		stream_reset(session->stream);
		session->stream = NULL;
	}
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct practice_session *session = context;

	enter(session);
	if (session->mode == MODE_ECHO) {
		practice_session_put(session, bytes, len);
	} else if (!is_reading(session)) {
		hold(session, bytes, len);
	} else if (session->held.len != 0) {
		buf_add(&session->held, bytes, len);
		resume(session);
	} else {
		size_t used = turn(session, bytes, len);

		buf_add(&session->held, bytes + used, len - used);
		end_turn(session);
		if (session->held.len != 0)
			resume(session);
	}
	leave(session);
}

static void on_secured(void *context)
{
	struct practice_session *session = context;

	enter(session);
	session->asker.secure = true;
	session->asker.helo = 0;
	session->mail = session->used_helo = false;
	session->hellos = 0;
	if (!session->greeted) {
		greet(session);
	} else if (session->practice->rules->hostile[AT_SECURED] != NULL) {
		practice_bend(session, AT_SECURED, 0);
	}
	end_turn(session);
	resume(session);
	leave(session);
}

static void on_drained(void *context)
{
	struct practice_session *session = context;

	enter(session);
	if (session->mode == MODE_ENDING)
		finish(session);
	else if (session->then == NEXT_FLOOD && !session->waiting)
		practice_flood(session);
	resume(session);
	leave(session);
}

static void on_closed(void *context, const struct err *err)
{
	struct practice_session *session = context;

	(void)err;
	enter(session);
	stream_free(session->stream);
	session->stream = NULL;
	leave(session);
}

/* What waited is sent. */
static void end_wait(struct practice_session *session)
{
	session->waiting = false;
	session->greeted = true;
	practice_session_put(session, session->pending.data, session->pending.len);
	buf_release(&session->pending);
	practice_session_follow(session);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct practice_session *session = context;

	(void)fd;
	(void)what;
	enter(session);
	if (session->mode == MODE_ENDING) {
		stream_reset(session->stream);
		session->stream = NULL;
	} else if (session->waiting) {
		end_wait(session);
	} else if (session->then == NEXT_FLOOD) {
		practice_flood(session);
	} else if (session->then == NEXT_DRIP || session->then == NEXT_TRICKLE) {
		practice_drip(session);
	} else if (session->mode < MODE_DEAF) {
		practice_cut_off(session, TEXT_IDLE);
		end_turn(session);
	}
	resume(session);
	leave(session);
}

static const struct stream_events session_events = {
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
	.drained = on_drained,
};

/* All lines of the banner but the last go at once, as a teaser. */
void practice_session_banner(struct practice_session *session, struct buf *to)
{
	const struct practice_words *banner = &session->practice->rules->banner;

	if (banner->count == 0) {
		session->mark = to->len;
		practice_say(session, TEXT_BANNER, "", 0);
		return;
	}
	for (size_t i = 0; i < banner->count; i++) {
		bool coded = strspn(banner->items[i], "0123456789") == 3;

		session->mark = to->len;
		buf_printf(to, "%s%s%s\r\n", coded ? "" : "220", coded ? "" : i + 1 < banner->count ? "-" : " ", banner->items[i]);
	}
}

/* Says the banner, as the rest of the present turn. */
static void greet(struct practice_session *session)
{
	const struct practice_rules *rules = session->practice->rules;
	enum practice_stage stage = session->asker.secure && rules->hostile[AT_SECURED] != NULL ? AT_SECURED : AT_BANNER;

	practice_session_banner(session, &session->practice->out);
	session->sleep = rules->numbers[NUMBER_BANNER_DELAY];
	practice_bend(session, stage, 0);
	session->greeted = session->sleep == 0 && rules->numbers[NUMBER_REPLY_DELAY] == 0;
}

/* PRACTICE_TEXTS when the client may come in. */
static enum practice_text refusal_at_door(struct practice *practice, const struct address *client)
{
	const struct practice_rules *rules = practice->rules;
	long rate = rules->numbers[NUMBER_CONNECTIONS_PER_MINUTE], most = rules->numbers[NUMBER_SESSIONS];

	if (rate != 0 && !practice_ledger_connect(practice->ledger, client, rate))
		return TEXT_RATE;
	if (most != 0 && practice->open > (size_t)most)
		return TEXT_SESSIONS;
	if (!rules->flags[FLAG_REFUSE_CLIENT_AT_RCPT] && practice_network_has(&rules->refused, client))
		return TEXT_CLIENT;
	return PRACTICE_TEXTS;
}

static struct practice_session *session_new(struct practice *practice, int fd)
{
	struct practice_session *session = mem_new(sizeof *session);

	session->practice = practice;
	buf_init(&session->held, PRACTICE_HELD);
	buf_init(&session->pending, PRACTICE_PENDING);
	buf_init(&session->late, PRACTICE_LINE);
	session->next = practice->sessions;
	session->link = &practice->sessions;
	if (session->next != NULL)
		session->next->link = &session->next;
	practice->sessions = session;
	event_assign(&session->timer, practice->base, -1, 0, on_timer, session);
	session->stream = stream_adopt(practice->base, fd, &session_events, session);
	practice->counts.sessions++;
	practice->open++;
	if (practice->open > practice->counts.sessions_at_once)
		practice->counts.sessions_at_once = practice->open;
	return session;
}

void practice_session_begin(struct practice *practice, int fd, const struct address *client, const struct address *own)
{
	const struct practice_rules *rules = practice->rules;
	struct practice_session *session = session_new(practice, fd);
	enum practice_text refusal;

	enter(session);
	if (rules->mask.family != 0)
		client = &rules->mask;
	refusal = refusal_at_door(practice, client);
	session->asker.client = *client;
	session->asker.own = *own;
	session->blocked = rules->flags[FLAG_REFUSE_CLIENT_AT_RCPT] && practice_network_has(&rules->refused, client);
	if (rules->hostile[AT_CONNECT] != NULL) {
		practice_session_banner(session, &practice->out);
		practice_bend(session, AT_CONNECT, 0);
		session->greeted = true;
	} else if (refusal != PRACTICE_TEXTS) {
		practice_cut_off(session, refusal);
	} else if (rules->flags[FLAG_PROXY]) {
		session->mode = MODE_PROXY;
		session->greeted = true;
	} else if (rules->flags[FLAG_IMPLICIT_TLS]) {
		session->then = NEXT_TLS;
	} else {
		greet(session);
	}
	end_turn(session);
	leave(session);
}
