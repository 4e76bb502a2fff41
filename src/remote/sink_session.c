/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_session.c - a client's bytes and time
 *
 * Times are absolute: that of a command begins with the reply to the last one, and no byte
 * that drips in makes it longer.
 */
#include "remote/sink_session.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/stream.h"

enum {
	/* What one callback hands on, and the beginning of a line. */
	SESSION_HELD = 32 << 10,
	/* Replies are sent on when they are more than this; a client that does not take them is not read on. */
	SESSION_TURN = 4 << 10,
	/* For the last reply to be taken. */
	SESSION_LINGER = 5 * CLOCK_S
};

static void arm(struct sink_session *session, int64_t time)
{
	int64_t now = clock_now(), end = session->began + session->sink->settings->limits->session;
	struct timeval rest;

	if (now + time > end && session->mode != SINK_ENDING)
		time = end > now ? end - now : 0;
	rest.tv_sec = (time_t)(time / CLOCK_S);
	rest.tv_usec = (suseconds_t)(time % CLOCK_S);
	event_add(&session->timer, &rest);
}

void sink_session_drop(struct sink_session *session)
{
	struct sink *sink = session->sink;

	sink_tell_refusal(sink, session);
	sink_reset(session);
	*session->link = session->next;
	if (session->next != NULL)
		session->next->link = session->link;
	sink->session_count--;
	session->peer->sessions--;
	if (session->secure || session->handshaking)
		sink->secured--;
	event_del(&session->timer);
	stream_free(session->stream);
	buf_release(&session->held);
	free(session->helo);
	free(session->line);
	free(session->refused);
	free(session);
}

/* A session is freed when the last of its callbacks returns. */
static void enter(struct sink_session *session)
{
	session->busy++;
}

static void leave(struct sink_session *session)
{
	if (--session->busy == 0 && session->stream == NULL)
		sink_session_drop(session);
}

static bool is_reading(const struct sink_session *session)
{
	return session->stream != NULL && session->ticket == 0 && session->then == SINK_READ && session->mode != SINK_ENDING &&
	       !session->handshaking;
}

static void finish(struct sink_session *session)
{
	if (stream_is_flushed(session->stream)) {
		stream_finish(session->stream);
		session->stream = NULL;
	} else {
		session->mode = SINK_ENDING;
		arm(session, SESSION_LINGER);
	}
}

/* Each reader returns how many bytes it used; 0 when it needs more. */
static size_t read_line(struct sink_session *session, const char *bytes, size_t len)
{
	const char *end = memchr(bytes, '\n', len);
	size_t size = end == NULL ? len : (size_t)(end - bytes);
	size_t used = end == NULL ? len : size + 1;

	if (session->skipping) {
		session->skipping = end == NULL;
		return used;
	}
	if (size > SINK_LINE) {
		session->skipping = end == NULL;
		sink_command_too_long(session);
		return used;
	}
	if (end == NULL)
		return 0;
	if (size != 0 && bytes[size - 1] == '\r')
		size--;
	sink_command(session, bytes, size);
	return used;
}

static size_t read_data(struct sink_session *session, const char *bytes, size_t len)
{
	size_t used;

	if (sink_data_read(&session->data, bytes, len, &used, sink_add_message, session))
		sink_end_message(session);
	return used;
}

static size_t read_chunk(struct sink_session *session, const char *bytes, size_t len)
{
	if (len > session->left)
		len = (size_t)session->left;
	if (!session->discarding)
		sink_add_message(session, bytes, len);
	session->left -= len;
	if (session->left == 0)
		sink_end_chunk(session);
	return len;
}

static void send_replies(struct sink_session *session)
{
	struct buf *out = &session->sink->out;

	if (out->len != 0 && session->stream != NULL)
		stream_write(session->stream, out->data, out->len);
	buf_reset(out);
}

/* As much of what is held as the session reads now. */
static void read_held(struct sink_session *session)
{
	static size_t (*const readers[])(struct sink_session *, const char *, size_t) = {
		[SINK_COMMAND] = read_line,
		[SINK_DATA] = read_data,
		[SINK_CHUNK] = read_chunk,
	};
	size_t used = 0;

	while (used < session->held.len && is_reading(session) && session->sink->out.len < SESSION_TURN) {
		size_t step = readers[session->mode](session, session->held.data + used, session->held.len - used);

		used += step;
		if (step == 0)
			break;
	}
	buf_take(&session->held, used);
}

static void start_tls(struct sink_session *session)
{
	session->then = SINK_READ;
	session->handshaking = true;
	session->sink->secured++;
	/* What was sent in the clear behind STARTTLS is forgotten (RFC 3207 6): it may be anybody's. */
	buf_release(&session->held);
	stream_go_on(session->stream);
	stream_start_tls(session->stream, session->sink->settings->tls, NULL);
}

/* Goes on until there is nothing to read, or nothing may be read. */
static void work(struct sink_session *session)
{
	size_t before;

	do {
		before = session->held.len;
		read_held(session);
		send_replies(session);
	} while (session->held.len != 0 && session->held.len != before && is_reading(session) && stream_is_flushed(session->stream));
	if (session->held.len == 0)
		buf_release(&session->held);
	if (session->stream == NULL)
		return;
	if (session->then == SINK_CLOSE) {
		finish(session);
		return;
	}
	if (session->moved)
		arm(session, session->mode == SINK_COMMAND ? session->sink->settings->limits->command :
							     session->sink->settings->limits->message);
	session->moved = false;
	if (session->then == SINK_START_TLS && !stream_is_flushed(session->stream))
		finish(session);        /* what is left of the reply would go out in TLS */
	else if (session->then == SINK_START_TLS)
		start_tls(session);
	else if (session->ticket != 0 || !stream_is_flushed(session->stream))
		stream_pause(session->stream);
	else
		stream_go_on(session->stream);
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct sink_session *session = context;
	struct sink *sink = session->sink;
	const struct sink_limits *limits = sink->settings->limits;
	int64_t now = clock_now();

	if (session->mode == SINK_ENDING)
		return;
	enter(session);
	sink_turn_minute(sink, now);
	sink_peer_turn(session->peer, now);
	session->peer->bytes += len;
	sink->all.bytes += len;
	if (session->peer->bytes > limits->bytes_peer || (sink->all.bytes > limits->bytes && !session->known)) {
		sink_session_end(session, "421 4.7.0 Too many bytes in a minute: try again later");
	} else {
		buf_add(&session->held, bytes, len);
		if (session->held.cut)
			BUG("a session that is not read was handed bytes");
		work(session);
	}
	leave(session);
}

static void on_secured(void *context)
{
	struct sink_session *session = context;

	session->handshaking = false;
	session->secure = true;
	free(session->helo);
	session->helo = NULL;
	sink_reset(session);
	arm(session, session->sink->settings->limits->command);
}

static void on_drained(void *context)
{
	struct sink_session *session = context;

	enter(session);
	if (session->mode == SINK_ENDING)
		finish(session);
	else
		work(session);
	leave(session);
}

static void on_closed(void *context, const struct err *err)
{
	struct sink_session *session = context;

	(void)err;
	enter(session);
	stream_free(session->stream);
	session->stream = NULL;
	leave(session);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct sink_session *session = context;

	(void)fd;
	(void)what;
	if (session->mode != SINK_ENDING) {
		sink_session_end(session, "421 4.4.2 Too slow: try again");
		return;
	}
	enter(session);
	stream_reset(session->stream);
	session->stream = NULL;
	leave(session);
}

void sink_session_end(struct sink_session *session, const char *reply)
{
	enter(session);
	if (session->mode == SINK_ENDING) {
		stream_reset(session->stream);
		session->stream = NULL;
	} else {
		/* A handshake is no place for a reply. */
		if (!session->handshaking)
			sink_cut_off(session, reply);
		send_replies(session);
		if (stream_is_flushed(session->stream))
			stream_finish(session->stream);
		else
			stream_reset(session->stream);
		session->stream = NULL;
	}
	leave(session);
}

void sink_session_settle(struct sink_session *session, enum kept how)
{
	enter(session);
	session->ticket = 0;
	sink_say_kept(session, how);
	work(session);
	leave(session);
}

static const struct stream_events session_events = {
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
	.drained = on_drained,
};

void sink_session_begin(struct sink *sink, int fd, const struct address *client, struct sink_peer *peer)
{
	struct sink_session *session = mem_new(sizeof *session);
	const struct sink_settings *settings = sink->settings;

	session->sink = sink;
	session->client = *client;
	session->peer = peer;
	session->began = session->heard = clock_now();
	buf_init(&session->held, SESSION_HELD);
	buf_init(&session->message, RECORD_KEPT);
	session->next = sink->sessions;
	session->link = &sink->sessions;
	if (session->next != NULL)
		session->next->link = &session->next;
	sink->sessions = session;
	sink->session_count++;
	peer->sessions++;
	event_assign(&session->timer, sink->base, -1, 0, on_timer, session);
	session->stream = stream_adopt(sink->base, fd, &session_events, session);
	arm(session, settings->limits->command);
	buf_printf(&sink->out, "220 %s ESMTP relayaudit sink\r\n", settings->name ? settings->name : settings->domains[0]);
	send_replies(session);
}
