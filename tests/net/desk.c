/* SPDX-License-Identifier: Apache-2.0 */
/*
 * desk.c - a server that follows a script
 */
#include "desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LATEST_S = 60, HEARD_MOST = 1 << 20 };

static void follow(struct caller *caller)
{
	struct desk *desk = caller->desk;

	if (desk->heard != NULL)
		desk->heard(caller);
	while (caller->stream != NULL && caller->step < desk->count) {
		const struct step *step = &desk->steps[caller->step];
		const char *found = memmem(caller->got.data + caller->heard, caller->got.len - caller->heard, step->hears, step->hears_len);

		if (found == NULL)
			return;
		caller->heard = (size_t)(found - caller->got.data) + step->hears_len;
		caller->step++;
		stream_write(caller->stream, step->says, step->says_len);
		if (step->ends) {
			stream_finish(caller->stream);
			caller->stream = NULL;
		}
	}
}

static void on_connected(void *context)
{
	(void)context;
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct caller *caller = context;

	buf_add(&caller->got, bytes, len);
	follow(caller);
}

static void on_secured(void *context)
{
	follow(context);
}

static void on_closed(void *context, const struct err *err)
{
	struct caller *caller = context;

	(void)err;
	stream_free(caller->stream);
	caller->stream = NULL;
}

static const struct stream_events events = {
	.connected = on_connected,
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
};

static void on_call(evutil_socket_t door, short what, void *context)
{
	struct desk *desk = context;
	int fd = accept4(door, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct caller *caller;

	(void)what;
	if (fd < 0)
		return;
	assert_in_range(desk->calls, 0, DESK_CALLERS - 1);
	caller = &desk->callers[desk->calls++];
	caller->desk = desk;
	buf_init(&caller->got, HEARD_MOST);
	caller->stream = stream_adopt(desk->base, fd, &events, caller);
	if (desk->tls != NULL)
		stream_start_tls(caller->stream, desk->tls, NULL);
	else
		follow(caller);
}

static void on_late(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	fail_msg("what the test waits for does not come");
}

void desk_open(struct desk *desk, struct event_base *base, const struct step *steps, size_t count)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof at;
	struct timeval latest = { LATEST_S, 0 };

	memset(desk, 0, sizeof *desk);
	desk->base = base;
	desk->steps = steps;
	desk->count = count;
	desk->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(desk->fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(listen(desk->fd, DESK_CALLERS), 0);
	assert_int_equal(getsockname(desk->fd, (struct sockaddr *)&at, &size), 0);
	desk->port = ntohs(at.sin_port);
	desk->door = event_new(base, desk->fd, EV_READ | EV_PERSIST, on_call, desk);
	event_add(desk->door, NULL);
	desk->late = evtimer_new(base, on_late, NULL);
	evtimer_add(desk->late, &latest);
}

void desk_close(struct desk *desk)
{
	for (size_t i = 0; i < desk->calls; i++) {
		stream_free(desk->callers[i].stream);
		buf_release(&desk->callers[i].got);
	}
	event_free(desk->door);
	event_free(desk->late);
	close(desk->fd);
	tls_context_free(desk->tls);
}

void caller_say(struct caller *caller, const char *text)
{
	if (caller->stream != NULL)
		stream_write(caller->stream, text, strlen(text));
}

bool caller_has_said(const struct caller *caller, const char *text)
{
	return memmem(caller->got.data, caller->got.len, text, strlen(text)) != NULL;
}
