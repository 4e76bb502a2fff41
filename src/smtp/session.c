/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.c - one SMTP session as a client
 *
 * States, in the order in which they come:
 *
 *      CONNECT    the connection is being made
 *      SHAKE      a TLS handshake is under way (`after` says where to go on)
 *      BANNER     the greeting is due, whole: "220-" is not its end
 *      EHLO       the reply to our hello line is due
 *      HELO       EHLO was not known, the reply to HELO is due
 *      STARTTLS   the reply to STARTTLS is due
 *      CLAIM      the reply to XCLIENT is due; a 220 begins at EHLO again
 *      OPEN       opened() was called and session_talk() was not yet
 *      TALK       exchanges: `sent` of them are out, `place` of them are answered
 *      OVER       ended() was called
 *
 * session_move() is the only place that changes the state.  All deadlines are one timer,
 * set at each move and each reply to the earlier of reply and session deadline.
 */
#include "smtp/session_parts.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "smtp/capability.h"
#include "smtp/reply.h"
#include "smtp/transcript.h"
#include "smtp/xclient.h"

void session_enter(struct session *session)
{
	session->busy++;
}

static void release(struct session *session)
{
	event_del(&session->timer);
	stream_free(session->stream);
	reply_reader_release(&session->reader);
	free(session->facts.banner);
	free(session->facts.hello);
	free(session->facts.tls);
	free(session);
}

void session_leave(struct session *session)
{
	if (--session->busy == 0 && session->gone)
		release(session);
}

void session_end(struct session *session, enum session_end how, const struct err *err, const struct reply *reply)
{
	static const struct err none = ERR_INIT;

	if (session->state == OVER)
		return;
	session->state = OVER;
	event_del(&session->timer);
	/* Behind a 354 it would be a line of a message. */
	if (how == SESSION_FINISHED && session->stream != NULL && session->code != 354) {
		static const char quit[] = "QUIT\r\n";

		transcript_sent(session->settings.transcript, quit, sizeof quit - 1);
		stream_write_last(session->stream, quit, sizeof quit - 1);
	} else if (err != NULL && err->kind != ERR_NONE) {
		transcript_fault(session->settings.transcript, err->text);
	}
	stream_free(session->stream);
	session->stream = NULL;
	session->events->ended(session->context, how, err ? err : &none, reply);
}

void session_fail(struct session *session, enum session_end how, enum err_kind kind, const char *text)
{
	struct err err;

	err_set(&err, kind, "%s", text);
	session_end(session, how, &err, NULL);
}

static void set_timer(struct session *session, int64_t rest)
{
	struct timeval wait = { .tv_sec = rest / CLOCK_S, .tv_usec = rest % CLOCK_S };

	event_add(&session->timer, &wait);
}

/* A timer that is set already is left alone: when it goes off, it looks at `due` again. */
void session_move(struct session *session, enum session_state state)
{
	int64_t whole = session->started + 3 * session->settings.timeout + 5 * (int64_t)CLOCK_S;

	session->state = state;
	session->asked = clock_now();
	session->due = session->asked + session->settings.timeout;
	if (session->due > whole)
		session->due = whole;
	if (!event_pending(&session->timer, EV_TIMEOUT, NULL))
		set_timer(session, session->due > session->asked ? session->due - session->asked : 0);
}

static void out_of_time(struct session *session)
{
	switch (session->state) {
	case CONNECT:
		session_fail(session, SESSION_UNREACHED, ERR_TIMEOUT, "no answer to the connection");
		break;
	case SHAKE:
		session_fail(session, SESSION_TLS, ERR_TIMEOUT, "the TLS handshake came to no end in time");
		break;
	case BANNER:
		session_fail(session, SESSION_NO_BANNER, ERR_TIMEOUT, "connected, but no whole greeting came in time");
		break;
	default:
		session_fail(session, SESSION_SILENT, ERR_TIMEOUT, "no whole reply came in time");
	}
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct session *session = context;
	int64_t rest = session->due - clock_now();

	(void)fd;
	(void)what;
	session_enter(session);
	if (session->state != OVER && session->state != OPEN) {
		if (rest > 0)
			set_timer(session, rest);
		else
			out_of_time(session);
	}
	session_leave(session);
}

void session_say(struct session *session, const char *bytes, size_t len)
{
	transcript_sent(session->settings.transcript, bytes, len);
	stream_write(session->stream, bytes, len);
}

static void open_up(struct session *session)
{
	session_move(session, OPEN);
	session->events->opened(session->context);
}

static void ask_for_hello(struct session *session)
{
	if (session->hello == NULL && session->events->hello != NULL)
		session->hello = session->events->hello(session->context);
}

static void say_hello(struct session *session, const char *verb)
{
	struct buf line = BUF_INIT(1024);
	/* The forged line is for the last hello: before STARTTLS and XCLIENT we use our own name. */
	bool last = (session->settings.mode != TLS_MODE_STARTTLS || session->facts.secure) &&
		    (session->settings.claim == NULL || session->claimed);
	const char *hello = NULL;

	session->facts.last_hello = last;
	if (last) {
		ask_for_hello(session);
		hello = session->hello;
	}

	if (hello != NULL && hello[0] == '\0') {
		open_up(session);
		return;
	}
	session_move(session, strcmp(verb, "HELO") == 0 ? HELO : EHLO);
	if (hello == NULL)
		buf_printf(&line, "%s %s\r\n", verb, session->settings.name);
	else if (session->state == HELO)
		buf_printf(&line, "HELO%s", hello + 4);
	else
		buf_text(&line, hello);
	session_say(session, line.data, line.len);
	buf_release(&line);
}

void session_start_tls(struct session *session, enum session_state after)
{
	session->after = after;
	session_move(session, SHAKE);
	stream_start_tls(session->stream, session->settings.tls, session->settings.server_name);
}

static void on_connected(void *context)
{
	struct session *session = context;

	session_enter(session);
	session->facts.connect_time = clock_now() - session->started;
	stream_local(session->stream, &session->facts.local);
	if (session->settings.preamble_len != 0)
		session_say(session, session->settings.preamble, session->settings.preamble_len);
	if (session->settings.mode == TLS_MODE_IMPLICIT)
		session_start_tls(session, BANNER);
	else if (session->settings.speaks_first)
		open_up(session);
	else
		session_move(session, BANNER);
	session_leave(session);
}

static void on_secured(void *context)
{
	struct session *session = context;

	session_enter(session);
	session->facts.secure = true;
	session->facts.tls = mem_new(sizeof *session->facts.tls);
	stream_describe_tls(session->stream, session->facts.tls);
	if (session->settings.transcript != NULL)
		session->settings.transcript->inside_tls = true;
	transcript_note(session->settings.transcript, "TLS started with %s %s", session->facts.tls->version,
			session->facts.tls->cipher);
	if (session->after == BANNER) {
		session_move(session, BANNER);
	} else if (session->after == EHLO) {
		say_hello(session, "EHLO");
	} else {
		session_move(session, TALK);
		session->place++;
		session_talk(session, session->exchanges, session->count);
	}
	session_leave(session);
}

static char *keep(char *old, const struct reply *reply)
{
	struct buf text = BUF_INIT(1024);

	free(old);
	reply_print(reply, &text);
	return buf_detach(&text);
}

static void on_banner(struct session *session, const struct reply *reply)
{
	session->facts.banner = keep(session->facts.banner, reply);
	session->facts.banner_code = reply->code;
	if (reply->code != 220)
		session_end(session, SESSION_REFUSED, NULL, reply);
	else
		say_hello(session, "EHLO");
}

/* "I do not know EHLO", RFC 5321 4.1.4: only then is HELO tried. */
static bool knows_no_ehlo(const struct session *session, const struct reply *reply)
{
	const char *hello = session->hello;

	if (hello != NULL && strncmp(hello, "EHLO", 4) != 0)
		return false;
	return session->state == EHLO && (reply->code == 500 || reply->code == 502 || (reply->code == 501 && hello == NULL));
}

static void say_claim(struct session *session)
{
	struct buf line = BUF_INIT(XCLIENT_LINE);
	struct err err = ERR_INIT;

	ask_for_hello(session);
	if (xclient_compose(session->settings.claim, session->hello, session->settings.name, session->facts.xclient, &line, &err) != 0) {
		session_end(session, SESSION_REFUSED, &err, NULL);
	} else {
		session_move(session, CLAIM);
		session_say(session, line.data, line.len);
	}
	buf_release(&line);
}

static void on_claim(struct session *session, const struct reply *reply)
{
	struct err err = ERR_INIT;

	if (reply->code == 220) {
		session->claimed = true;
		say_hello(session, "EHLO");
	} else if (xclient_is_denied(session->settings.claim, reply, &err)) {
		session_end(session, SESSION_REFUSED, &err, NULL);
	} else {
		session_end(session, SESSION_REFUSED, NULL, reply);
	}
}

static void on_hello(struct session *session, const struct reply *reply)
{
	bool before_tls = session->settings.mode == TLS_MODE_STARTTLS && !session->facts.secure;
	static const char starttls[] = "STARTTLS\r\n";

	if (knows_no_ehlo(session, reply)) {
		say_hello(session, "HELO");
		return;
	}
	session->facts.hello = keep(session->facts.hello, reply);
	session->facts.capabilities = session->state == EHLO ? capability_parse(reply) : 0;
	session->facts.xclient = session->state == EHLO ? xclient_offered(reply) : 0;
	if (reply_class(reply) != REPLY_ACCEPTED) {
		session_end(session, SESSION_REFUSED, NULL, reply);
	} else if (reply->code != 250) {
		session_fail(session, SESSION_MALFORMED, ERR_PROTO, "the hello was answered by another code than 250");
	} else if (!before_tls && session->settings.claim != NULL && !session->claimed) {
		say_claim(session);
	} else if (!before_tls) {
		open_up(session);
	} else if ((session->facts.capabilities & CAP_STARTTLS) == 0) {
		session_fail(session, SESSION_TLS, ERR_TLS, "the server does not offer STARTTLS");
	} else {
		session_move(session, STARTTLS);
		session_say(session, starttls, sizeof starttls - 1);
	}
}

static void on_starttls(struct session *session, const struct reply *reply)
{
	if (reply->code != 220)
		session_end(session, SESSION_TLS, NULL, reply);
	else
		session_start_tls(session, EHLO);
}

static void on_reply(struct session *session, const struct reply *reply)
{
	transcript_reply(session->settings.transcript, reply);
	switch (session->state) {
	case BANNER:
		on_banner(session, reply);
		break;
	case EHLO:
	case HELO:
		on_hello(session, reply);
		break;
	case STARTTLS:
		on_starttls(session, reply);
		break;
	case CLAIM:
		on_claim(session, reply);
		break;
	case TALK:
		if (session->place < session->sent) {
			session_take_reply(session, reply);
			break;
		}
		/* fall through */
	default:
		session_fail(session, SESSION_MALFORMED, ERR_PROTO, "a reply came that nothing had asked for");
	}
}

static void read_replies(struct session *session, const char *bytes, size_t len)
{
	struct reply reply;

	while (len != 0 && session->state != OVER) {
		size_t used = 0;
		enum reply_state state = reply_read(&session->reader, bytes, len, &used, &reply);

		bytes += used;
		len -= used;
		if (state == REPLY_UNFINISHED)
			return;
		if (state != REPLY_READY) {
			session_fail(session, SESSION_MALFORMED, ERR_PROTO,
			     state == REPLY_ENDLESS ? "a reply without an end" : "what came is not an SMTP reply");
			return;
		}
		if (!session_may_go_on(session, bytes, len)) {
			transcript_reply(session->settings.transcript, &reply);
			session_fail(session, SESSION_MALFORMED, ERR_PROTO, "more came than was asked for");
			return;
		}
		on_reply(session, &reply);
		if (session->state == SHAKE)
			return;         /* plaintext behind it is not TLS, and not an answer either */
	}
}

/* A greeting begins with a digit; lines before it that do not are no part of the dialogue. */
static size_t pass_prologue(struct session *session, const char *bytes, size_t len)
{
	size_t passed = 0;

	while (passed < len && session->prologue_left != 0) {
		if (!session->within_line && bytes[passed] >= '0' && bytes[passed] <= '9') {
			session->prologue_left = 0;
			break;
		}
		session->within_line = bytes[passed++] != '\n';
		session->prologue_left--;
	}
	return passed;
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct session *session = context;

	session_enter(session);
	size_t passed = pass_prologue(session, bytes, len);

	read_replies(session, bytes + passed, len - passed);
	session_leave(session);
}

/* A dial may connect to a command before that does to the server: nothing was heard, and the server was never reached. */
static enum session_state unmade(const struct session *session)
{
	bool early = session->state == BANNER || (session->state == SHAKE && session->after == BANNER);

	return early ? CONNECT : session->state;
}

static void on_closed(void *context, const struct err *err)
{
	struct session *session = context;
	struct err said = *err;

	session_enter(session);
	if (said.kind == ERR_NONE)
		err_set(&said, ERR_NET, "the server closed the connection");
	switch (said.kind == ERR_REFUSED || said.kind == ERR_WAY ? unmade(session) : session->state) {
	case CONNECT:
		session_end(session, SESSION_UNREACHED, &said, NULL);
		break;
	case SHAKE:
		session_end(session, SESSION_TLS, &said, NULL);
		break;
	case BANNER:
		session_end(session, SESSION_NO_BANNER, &said, NULL);
		break;
	default:
		session_end(session, SESSION_LOST, &said, NULL);
	}
	session_leave(session);
}

static const struct stream_events stream_events = {
	.connected = on_connected,
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
};

static struct stream *connect_by(const struct session_settings *settings, struct session *session, struct err *err)
{
	if (settings->dial != NULL)
		return stream_dial(settings->base, settings->dial, &settings->to, &stream_events, session, err);
	return stream_connect(settings->base, &settings->to, &settings->from, &stream_events, session, err);
}

/* From the loop, so that a connection that fails at once is told as all others are. */
static void on_start(evutil_socket_t fd, short what, void *context)
{
	struct session *session = context;
	struct err err = ERR_INIT;

	(void)fd;
	(void)what;
	session_enter(session);
	session->stream = connect_by(&session->settings, session, &err);
	event_assign(&session->timer, session->settings.base, -1, 0, on_timer, session);
	if (session->stream == NULL)
		session_end(session, SESSION_UNREACHED, &err, NULL);
	else
		session_move(session, CONNECT);
	session_leave(session);
}

struct session *session_start(const struct session_settings *settings, const struct session_events *events, void *context)
{
	struct session *session = mem_new(sizeof *session);
	struct timeval now = { 0, 0 };
	char to[ADDRESS_TEXT];

	session->settings = *settings;
	session->events = events;
	session->context = context;
	session->started = clock_now();
	session->prologue_left = settings->prologue_most;
	session->state = CONNECT;
	reply_reader_init(&session->reader);
	if (settings->transcript != NULL) {
		address_print_port(&settings->to, to);
		transcript_note(settings->transcript, "Trying %s...", to);
	}
	event_assign(&session->timer, settings->base, -1, 0, on_start, session);
	event_add(&session->timer, &now);
	return session;
}

void session_quit(struct session *session)
{
	session_enter(session);
	session_end(session, SESSION_FINISHED, NULL, NULL);
	session_leave(session);
}

const struct session_facts *session_facts(const struct session *session)
{
	return &session->facts;
}

void session_free(struct session *session)
{
	if (session == NULL)
		return;
	session->state = OVER;
	if (session->busy != 0)
		session->gone = true;
	else
		release(session);
}

const char *tls_mode_name(enum tls_mode mode)
{
	static const char *const names[] = { "none", "starttls", "implicit" };

	return names[mode];
}
