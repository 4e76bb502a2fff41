/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener.c - a listening socket on the loop
 */
#include "net/listener.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

struct listener {
	struct event accepting;
	struct event resting;           /* after the system had no descriptor left */
	int fd;
	struct address address;
	listener_accepted *accepted;
	void *context;                  /* borrowed */
};

int listener_parse(const char *text, struct address *where, struct err *err)
{
	const char *colon = strrchr(text, ':');
	struct address parsed = { .family = 0 };
	char bare[ADDRESS_TEXT];
	long port = colon != NULL ? text_number(colon + 1, 0, 65535) : -1;
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;

	if (port < 0 || len == 0 || len >= sizeof bare)
		return err_set(err, ERR_USAGE, "'%.80s' is no address and port: 192.0.2.1:25, [2001:db8::1]:25 or any:25 would be", text);
	snprintf(bare, sizeof bare, "%.*s", (int)len, text);
	if (strchr(bare, ':') != NULL && bare[0] != '[')
		return err_set(err, ERR_USAGE, "'%.80s': an IPv6 address stands in brackets before its port, [2001:db8::1]:25", text);
	if (strcmp(bare, "any") != 0 && address_parse(bare, &parsed, err) != 0)
		return -1;
	parsed.port = (unsigned short)port;
	*where = parsed;
	return 0;
}

static void on_acceptable(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;

	(void)what;
	for (int i = 0; i < LISTENER_ACCEPTS; i++) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		int client = accept4(fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct address from;

		if (client < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
			struct timeval moment = { .tv_usec = LISTENER_REST_MS * 1000 };

			event_del(&listener->accepting);
			event_add(&listener->resting, &moment);
			return;
		}
		if (client < 0 && errno == EAGAIN)
			return;
		if (client < 0)
			continue;
		if (address_from_socket((struct sockaddr *)&peer, &from) != 0) {
			close(client);
			continue;
		}
		address_unmap(&from);
		listener->accepted(listener->context, client, &from);
	}
}

static void on_rested(evutil_socket_t fd, short what, void *context)
{
	struct listener *listener = context;

	(void)fd;
	(void)what;
	event_add(&listener->accepting, NULL);
}

static int new_socket(const struct address *where, bool *both)
{
	int fd = socket(where->family != 0 ? where->family : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*both = where->family == 0 && fd >= 0;
	/* A system without IPv6. */
	if (fd < 0 && where->family == 0)
		fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd;
}

/* A listening socket, or -1. */
static int open_door(const struct address *where, const char *interface, int backlog, struct err *err)
{
	struct address local = *where;
	struct sockaddr_storage storage;
	bool both;
	int fd = new_socket(where, &both), one = 1, six_only = !both;
	char text[ADDRESS_TEXT];

	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "no socket: %s", strerror(errno));
	if (local.family == 0)
		local.family = both ? AF_INET6 : AF_INET;
	address_print_port(&local, text);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	/* Sockets that are accepted have it from the listening one. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (local.family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &six_only, sizeof six_only);
	socklen_t size = address_to_socket(&local, &storage);

	if ((interface != NULL && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) != 0) ||
	    bind(fd, (struct sockaddr *)&storage, size) != 0 || listen(fd, backlog) != 0) {
		err_set(err, ERR_SYSTEM, "listening on %s: %s", text, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

static void look_where(int fd, struct address *address)
{
	struct sockaddr_storage local;
	socklen_t size = sizeof local;

	if (getsockname(fd, (struct sockaddr *)&local, &size) == 0)
		address_from_socket((struct sockaddr *)&local, address);
}

int listener_socket(const struct address *where, int backlog, struct address *bound, struct err *err)
{
	int fd = open_door(where, NULL, backlog, err);

	if (fd >= 0)
		look_where(fd, bound);
	return fd;
}

struct listener *listener_open(struct event_base *base, const struct address *where, const char *interface,
			       listener_accepted *accepted, void *context, struct err *err)
{
	int fd = open_door(where, interface, LISTENER_BACKLOG, err);
	struct listener *listener;

	if (fd < 0)
		return NULL;
	listener = mem_new(sizeof *listener);
	listener->fd = fd;
	listener->accepted = accepted;
	listener->context = context;
	look_where(fd, &listener->address);
	event_assign(&listener->accepting, base, fd, EV_READ | EV_PERSIST, on_acceptable, listener);
	event_assign(&listener->resting, base, -1, 0, on_rested, listener);
	event_add(&listener->accepting, NULL);
	return listener;
}

void listener_close(struct listener *listener)
{
	if (listener == NULL)
		return;
	event_del(&listener->accepting);
	event_del(&listener->resting);
	close(listener->fd);
	free(listener);
}

void listener_address(const struct listener *listener, struct address *address)
{
	*address = listener->address;
}
