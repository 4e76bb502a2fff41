/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream.c - a socket on the loop
 *
 * One event for reading, one for writing, both persistent members of the stream.
 * Bytes are read into the stack of the callback and handed on at once.  `busy`
 * counts callbacks on the stack; a stream freed inside one is unlinked from the
 * loop at once and its memory goes when the last of them returns.
 */
#include "net/stream.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/dial.h"
#include "net/tls.h"

enum {
	STREAM_PIECE = 16 << 10,
	/* Pieces read in one turn of the loop, so that one peer that never stops does not stop the others. */
	STREAM_TURN = 4
};

/* ENDING: the peer is gone, and the way says why before closed() does. */
enum stream_state { CONNECTING, PLAIN, SHAKING, SECURE, ENDING, DEAD };

struct stream {
	struct event reading;
	struct event writing;
	int fd;
	enum stream_state state;
	bool finishing;
	bool paused;
	int fault;                      /* what sending failed with, until reading tells it */
	unsigned busy;
	struct tls *tls;
	struct buf queue;
	struct dial *dial;              /* NULL: our own TCP */
	void *call;
	struct err *end;                /* ENDING: what the connection itself ended with */
	const struct stream_events *events;
	void *context;
};

static void silent(struct stream *stream)
{
	event_del(&stream->reading);
	event_del(&stream->writing);
	if (stream->tls != NULL && stream->state == SECURE)
		tls_bye(stream->tls);
	tls_free(stream->tls);
	stream->tls = NULL;
	if (stream->fd >= 0)
		close(stream->fd);
	if (stream->call != NULL)
		stream->dial->hang_up(stream->call);
	free(stream->end);
	buf_release(&stream->queue);
	stream->state = DEAD;
}

void stream_free(struct stream *stream)
{
	if (stream == NULL)
		return;
	if (stream->state != DEAD)
		silent(stream);
	stream->events = NULL;
	if (stream->busy == 0)
		free(stream);
}

void stream_reset(struct stream *stream)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	if (stream == NULL)
		return;
	if (stream->state != DEAD) {
		setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
		/* No close_notify goes before the reset: it would be an orderly end. */
		stream->state = PLAIN;
	}
	stream_free(stream);
}

/* The stream lives on as memory until the callback on the stack has returned. */
static void leave(struct stream *stream)
{
	if (--stream->busy == 0 && stream->events == NULL)
		free(stream);
}

/* Whether the way is asked first why the connection ended; it answers by on_call_ended(). */
static bool is_explained(struct stream *stream, const struct err *err)
{
	if (stream->call == NULL || stream->dial->explain == NULL || stream->state == ENDING || stream->finishing)
		return false;
	event_del(&stream->reading);
	event_del(&stream->writing);
	stream->state = ENDING;
	stream->end = mem_new(sizeof *stream->end);
	*stream->end = *err;
	stream->dial->explain(stream->call);
	return true;
}

static void break_off(struct stream *stream, const struct err *err)
{
	const struct stream_events *events = stream->events;

	if (is_explained(stream, err))
		return;
	silent(stream);
	if (events == NULL)
		return;
	if (stream->finishing)
		stream->events = NULL;
	else
		events->closed(stream->context, err);
}

static void wants(struct event *event, bool wanted)
{
	if (wanted)
		event_add(event, NULL);
	else
		event_del(event);
}

static void break_off_idle(struct stream *stream)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_LIMIT, "the peer takes nothing of what is sent to it");
	break_off(stream, &err);
}

/* Nothing can be sent any more.  What the peer said before it went is read first; reading finds the end. */
static void lose(struct stream *stream, int fault)
{
	stream->fault = fault;
	buf_reset(&stream->queue);
}

static void flush_plain(struct stream *stream)
{
	while (stream->queue.len != 0) {
		ssize_t put = send(stream->fd, stream->queue.data, stream->queue.len, MSG_NOSIGNAL);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0 && errno == EAGAIN)
			break;
		if (put < 0) {
			lose(stream, errno);
			break;
		}
		buf_take(&stream->queue, (size_t)put);
	}
	if (stream->queue.cut)
		break_off_idle(stream);
	else
		wants(&stream->writing, stream->queue.len != 0);
}

static void flush_secure(struct stream *stream)
{
	struct err err = ERR_INIT;
	enum tls_state state = TLS_OK;

	while (stream->queue.len != 0 && state == TLS_OK) {
		size_t put = 0;

		state = tls_write(stream->tls, stream->queue.data, stream->queue.len, &put, &err);
		buf_take(&stream->queue, put);
	}
	if (stream->queue.cut) {
		break_off_idle(stream);
		return;
	}
	if (state == TLS_BROKEN || state == TLS_CLOSED) {
		lose(stream, EPIPE);
		event_active(&stream->reading, EV_READ, 0);
	}
	wants(&stream->writing, state == TLS_WANT_WRITE);
}

/* Bytes left unread would make close() a reset, which can take from the peer what was said to it last. */
static void drain(int fd)
{
	char bytes[4096];

	for (int turn = 0; turn < STREAM_TURN; turn++)
		if (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) < (ssize_t)sizeof bytes)
			break;
}

static void flush(struct stream *stream)
{
	if (stream->state == PLAIN)
		flush_plain(stream);
	else if (stream->state == SECURE)
		flush_secure(stream);
	if (stream->state != DEAD && stream->finishing && stream->queue.len == 0) {
		drain(stream->fd);
		silent(stream);
		stream->events = NULL;
	}
}

static void shake(struct stream *stream)
{
	struct err err = ERR_INIT;
	enum tls_state state = tls_handshake(stream->tls, &err);

	if (state == TLS_CLOSED)
		err_set(&err, ERR_TLS, "the TLS handshake failed: the peer closed the connection");
	if (state == TLS_BROKEN || state == TLS_CLOSED) {
		break_off(stream, &err);
		return;
	}
	wants(&stream->writing, state == TLS_WANT_WRITE);
	if (state != TLS_OK)
		return;
	stream->state = SECURE;
	if (stream->events->secured != NULL && !stream->finishing)
		stream->events->secured(stream->context);
	if (stream->state == SECURE)
		flush(stream);
}

static void flush_late(struct stream *stream)
{
	bool held = stream->queue.len != 0;

	flush(stream);
	if (held && stream->state != DEAD && stream->queue.len == 0 && stream->events->drained != NULL)
		stream->events->drained(stream->context);
}

/* One read: what came, or what the stream has come to. */
static enum tls_state read_once(struct stream *stream, char *bytes, size_t *got, struct err *err)
{
	ssize_t len;

	if (stream->state == SECURE) {
		enum tls_state state = tls_read(stream->tls, bytes, STREAM_PIECE, got, err);

		if (state == TLS_OK || state == TLS_BROKEN || stream->fault == 0)
			return state;
		err_set(err, ERR_NET, "the connection broke: %s", strerror(stream->fault));
		return TLS_BROKEN;
	}
	do {
		len = recv(stream->fd, bytes, STREAM_PIECE, 0);
	} while (len < 0 && errno == EINTR);
	if (len > 0) {
		*got = (size_t)len;
		return TLS_OK;
	}
	if (len == 0 && stream->fault == 0)
		return TLS_CLOSED;
	if (len < 0 && errno == EAGAIN)
		return TLS_WANT_READ;
	err_set(err, ERR_NET, "the connection broke: %s", strerror(len < 0 ? errno : stream->fault));
	return TLS_BROKEN;
}

static void on_readable(evutil_socket_t fd, short what, void *context)
{
	struct stream *stream = context;
	struct err err = ERR_INIT;
	char bytes[STREAM_PIECE];

	(void)fd;
	(void)what;
	stream->busy++;
	if (stream->state == SHAKING)
		shake(stream);
	for (int turn = 0; turn < STREAM_TURN && !stream->paused && (stream->state == PLAIN || stream->state == SECURE); turn++) {
		size_t got = 0;
		enum tls_state state = read_once(stream, bytes, &got, &err);

		if (state == TLS_OK && !stream->finishing)
			stream->events->received(stream->context, bytes, got);
		else if (state == TLS_CLOSED || state == TLS_BROKEN)
			break_off(stream, &err);
		/* A short plain read took all there was: a second one would only ask the kernel to say so. */
		if (state != TLS_OK || (stream->state == PLAIN && got < sizeof bytes))
			break;
	}
	/* TLS may have waited for these bytes to go on writing. */
	if (stream->state == SECURE && stream->queue.len != 0)
		flush_late(stream);
	leave(stream);
}

static void set_fault(struct err *err, int fault)
{
	if (fault == ECONNREFUSED)
		err_set(err, ERR_REFUSED, "connection refused");
	else
		err_set(err, ERR_NET, "%s", strerror(fault));
}

static void finish_connect(struct stream *stream)
{
	struct err err = ERR_INIT;
	int fault = 0;
	socklen_t size = sizeof fault;

	getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &fault, &size);
	if (fault != 0) {
		set_fault(&err, fault);
		break_off(stream, &err);
		return;
	}
	stream->state = PLAIN;
	wants(&stream->writing, false);
	wants(&stream->reading, true);
	if (!stream->finishing)
		stream->events->connected(stream->context);
	if (stream->state == PLAIN)
		flush(stream);
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
	struct stream *stream = context;

	(void)fd;
	(void)what;
	stream->busy++;
	if (stream->state == CONNECTING)
		finish_connect(stream);
	else if (stream->state == SHAKING)
		shake(stream);
	else
		flush_late(stream);
	leave(stream);
}

static struct stream *stream_new(struct event_base *base, int fd, const struct stream_events *events, void *context)
{
	struct stream *stream = mem_new(sizeof *stream);

	stream->fd = fd;
	stream->events = events;
	stream->context = context;
	buf_init(&stream->queue, STREAM_QUEUE_MOST);
	event_assign(&stream->reading, base, fd, EV_READ | EV_PERSIST, on_readable, stream);
	event_assign(&stream->writing, base, fd, EV_WRITE | EV_PERSIST, on_writable, stream);
	return stream;
}

static int bind_origin(int fd, const struct address *to, const struct origin *from, struct err *err)
{
	struct sockaddr_storage local;
	char text[ADDRESS_TEXT];
	int one = 1;

	if (from->interface[0] != '\0' &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, from->interface, (socklen_t)strlen(from->interface)) != 0)
		return err_set(err, ERR_SYSTEM, "connecting through interface %s: %s", from->interface, strerror(errno));
	if (from->address.family == 0)
		return 0;
	address_print(&from->address, text);
	if (from->address.family != to->family)
		return err_set(err, ERR_USAGE, "%s is not of the target's address family", text);
	/* The port is chosen at connect(), so that each target has all of them. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
	socklen_t size = address_to_socket(&from->address, &local);

	if (bind(fd, (struct sockaddr *)&local, size) != 0)
		return err_set(err, ERR_SYSTEM, "connecting from %s: %s", text, strerror(errno));
	return 0;
}

int origin_check(const struct origin *origin, struct err *err)
{
	int family = origin->address.family ? origin->address.family : AF_INET;
	struct address any = { .family = family };
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), result;

	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "no socket: %s", strerror(errno));
	result = bind_origin(fd, &any, origin, err);
	close(fd);
	return result;
}

struct stream *stream_connect(struct event_base *base, const struct address *to, const struct origin *from,
			      const struct stream_events *events, void *context, struct err *err)
{
	struct sockaddr_storage peer;
	socklen_t size = address_to_socket(to, &peer);
	int fd = socket(to->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
	struct stream *stream;

	if (fd < 0) {
		err_set(err, ERR_SYSTEM, "no socket: %s", strerror(errno));
		return NULL;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (bind_origin(fd, to, from, err) != 0) {
		close(fd);
		return NULL;
	}
	if (connect(fd, (struct sockaddr *)&peer, size) != 0 && errno != EINPROGRESS) {
		set_fault(err, errno);
		close(fd);
		return NULL;
	}
	stream = stream_new(base, fd, events, context);
	stream->state = CONNECTING;
	event_add(&stream->writing, NULL);
	return stream;
}

struct stream *stream_adopt(struct event_base *base, int fd, const struct stream_events *events, void *context)
{
	struct stream *stream = stream_new(base, fd, events, context);

	stream->state = PLAIN;
	event_add(&stream->reading, NULL);
	return stream;
}

static void on_call_answered(void *context, int fd)
{
	struct stream *stream = context;
	struct event_base *base = event_get_base(&stream->reading);

	stream->busy++;
	stream->fd = fd;
	event_assign(&stream->reading, base, fd, EV_READ | EV_PERSIST, on_readable, stream);
	event_assign(&stream->writing, base, fd, EV_WRITE | EV_PERSIST, on_writable, stream);
	stream->state = PLAIN;
	event_add(&stream->reading, NULL);
	if (!stream->finishing)
		stream->events->connected(stream->context);
	if (stream->state == PLAIN)
		flush(stream);
	leave(stream);
}

static void on_call_ended(void *context, const struct err *err)
{
	struct stream *stream = context;
	struct err said = stream->state == ENDING && err->kind == ERR_NONE ? *stream->end : *err;

	stream->busy++;
	stream->state = ENDING;
	break_off(stream, &said);
	leave(stream);
}

struct stream *stream_dial(struct event_base *base, struct dial *dial, const struct address *to, const struct stream_events *events,
			   void *context, struct err *err)
{
	static const struct call_events call_events = { .answered = on_call_answered, .ended = on_call_ended };
	struct stream *stream = stream_new(base, -1, events, context);

	stream->dial = dial;
	stream->state = CONNECTING;
	stream->call = dial->call(dial, base, to, &call_events, stream, err);
	if (stream->call != NULL)
		return stream;
	stream_free(stream);
	return NULL;
}

static void write_bytes(struct stream *stream, const char *bytes, size_t len, int flags)
{
	if (stream->state == DEAD || stream->finishing)
		return;
	stream->busy++;
	/* The common case: all goes out at once, and nothing is copied. */
	if (stream->state == PLAIN && stream->queue.len == 0) {
		ssize_t put = send(stream->fd, bytes, len, MSG_NOSIGNAL | flags);

		if (put > 0) {
			bytes += put;
			len -= (size_t)put;
		}
	}
	buf_add(&stream->queue, bytes, len);
	if (len != 0)
		flush(stream);
	leave(stream);
}

void stream_write(struct stream *stream, const char *bytes, size_t len)
{
	write_bytes(stream, bytes, len, 0);
}

void stream_write_last(struct stream *stream, const char *bytes, size_t len)
{
	write_bytes(stream, bytes, len, MSG_MORE);
}

void stream_pause(struct stream *stream)
{
	if (stream->state != PLAIN && stream->state != SECURE)
		return;
	stream->paused = true;
	event_del(&stream->reading);
}

void stream_go_on(struct stream *stream)
{
	if (!stream->paused || stream->state == DEAD)
		return;
	stream->paused = false;
	event_add(&stream->reading, NULL);
	/* TLS may hold what the system has already given, and would not be told of again. */
	if (stream->state == SECURE)
		event_active(&stream->reading, EV_READ, 0);
}

bool stream_is_flushed(const struct stream *stream)
{
	return stream->queue.len == 0;
}

void stream_finish(struct stream *stream)
{
	stream->busy++;
	stream->finishing = true;
	flush(stream);
	if (stream->state == DEAD)
		stream->events = NULL;
	leave(stream);
}

void stream_start_tls(struct stream *stream, struct tls_context *context, const char *name)
{
	if (stream->state != PLAIN)
		BUG("TLS is begun once, on a connected stream");
	stream->busy++;
	stream->tls = tls_open(context, stream->fd, stream->fd, name);
	stream->state = SHAKING;
	shake(stream);
	leave(stream);
}

void stream_describe_tls(struct stream *stream, struct tls_facts *facts)
{
	if (stream->state != SECURE)
		BUG("there is no TLS to describe");
	tls_describe(stream->tls, facts);
}

void stream_local(const struct stream *stream, struct address *address)
{
	struct sockaddr_storage local;
	socklen_t size = sizeof local;

	*address = (struct address){ .family = 0 };
	if (stream->state != DEAD && stream->dial == NULL && getsockname(stream->fd, (struct sockaddr *)&local, &size) == 0)
		address_from_socket((struct sockaddr *)&local, address);
}
