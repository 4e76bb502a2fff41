/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ends.c - both ends of a stream
 */
#include "ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LATEST_S = 20 };

static void told(struct end *end, char what)
{
	if (end->act != NULL && end->act_at == what)
		end->act(end);
}

static void on_connected(void *context)
{
	struct end *end = context;

	end->connected++;
	told(end, 'c');
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct end *end = context;

	buf_add(&end->got, bytes, len);
	told(end, 'r');
}

static void on_secured(void *context)
{
	struct end *end = context;

	end->secured++;
	told(end, 's');
}

static void on_closed(void *context, const struct err *err)
{
	struct end *end = context;

	end->closed++;
	end->err = *err;
	told(end, 'x');
}

static void on_drained(void *context)
{
	struct end *end = context;

	end->drained++;
	told(end, 'd');
}

const struct origin ends_anywhere;

const struct stream_events end_events = {
	.connected = on_connected,
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
	.drained = on_drained,
};

void end_free(struct end *end)
{
	stream_free(end->stream);
	end->stream = NULL;
}

static void on_late(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	fail_msg("what was waited for did not come");
}

int ends_set_up(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval latest = { .tv_sec = LATEST_S };
	socklen_t size = sizeof where;
	int one = 1;

	if (place == NULL)
		return -1;
	buf_init(&place->ours.got, 64 << 20);
	buf_init(&place->theirs.got, 64 << 20);
	place->base = event_base_new();
	place->late = event_new(place->base, -1, 0, on_late, NULL);
	event_add(place->late, &latest);
	place->peer = -1;
	place->door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* The peer's words leave as they are said, also when a reset follows. */
	setsockopt(place->door, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	assert_int_equal(bind(place->door, (struct sockaddr *)&where, size), 0);
	assert_int_equal(listen(place->door, 8), 0);
	assert_int_equal(getsockname(place->door, (struct sockaddr *)&where, &size), 0);
	assert_int_equal(address_from_socket((struct sockaddr *)&where, &place->address), 0);
	*state = place;
	return 0;
}

static void release_end(struct end *end)
{
	stream_free(end->stream);
	buf_release(&end->got);
	tls_context_free(end->tls);
}

int ends_tear_down(void **state)
{
	struct place *place = *state;

	release_end(&place->ours);
	release_end(&place->theirs);
	event_free(place->late);
	event_base_free(place->base);
	if (place->peer >= 0)
		close(place->peer);
	close(place->door);
	free(place);
	return 0;
}

/* What is due now, and nothing that is waited for. */
void ends_run(struct place *place)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(place->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

void ends_connect(struct place *place, const struct origin *from)
{
	struct err err = ERR_INIT;

	place->ours.stream = stream_connect(place->base, &place->address, from, &end_events, &place->ours, &err);
	assert_non_null(place->ours.stream);
	place->peer = accept4(place->door, NULL, NULL, SOCK_CLOEXEC);
	assert_true(place->peer >= 0);
}

void ends_meet(struct place *place)
{
	ends_connect(place, &ends_anywhere);
	UNTIL(place, place->ours.connected);
}

/* Both ends are streams. */
void ends_meet_stream(struct place *place)
{
	ends_meet(place);
	fcntl(place->peer, F_SETFL, O_NONBLOCK);
	place->theirs.stream = stream_adopt(place->base, place->peer, &end_events, &place->theirs);
	place->peer = -1;
}

void ends_start_tls(struct place *place)
{
	struct err err = ERR_INIT;

	place->ours.tls = tls_client(&err);
	place->theirs.tls = tls_server("mail.practice.test", &err);
	stream_start_tls(place->theirs.stream, place->theirs.tls, NULL);
	stream_start_tls(place->ours.stream, place->ours.tls, "mail.practice.test");
}

void ends_secure(struct place *place)
{
	ends_start_tls(place);
	UNTIL(place, place->ours.secured && place->theirs.secured);
}

void ends_peer_says(struct place *place, const char *text)
{
	assert_int_equal(write(place->peer, text, strlen(text)), strlen(text));
}

/* All that comes to the peer up to the end; what the end was is returned: 0, or errno. */
int ends_peer_hears(struct place *place, struct buf *to)
{
	char bytes[4096];
	ssize_t len;

	while ((len = read(place->peer, bytes, sizeof bytes)) > 0)
		buf_add(to, bytes, (size_t)len);
	return len < 0 ? errno : 0;
}

void ends_peer_resets(struct place *place)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(place->peer, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(place->peer);
	place->peer = -1;
}

static char pattern_at(size_t at)
{
	return (char)('a' + at * 7 / 5 % 26);
}

/* Writes until some of it has to be queued, and tells how much that was. */
size_t ends_write_much(struct stream *stream)
{
	char piece[8192];
	size_t sent = 0;

	while (stream_is_flushed(stream)) {
		for (size_t i = 0; i < sizeof piece; i++)
			piece[i] = pattern_at(sent + i);
		stream_write(stream, piece, sizeof piece);
		sent += sizeof piece;
	}
	return sent;
}

void ends_assert_pattern(const struct buf *got, size_t len)
{
	assert_int_equal(got->len, len);
	for (size_t i = 0; i < len; i++)
		if (got->data[i] != pattern_at(i))
			fail_msg("byte %zu is wrong", i);
}
