/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice.c - the practice server's door
 *
 * Clients are taken in a loop, as many as have come.  A process that has no
 * descriptor left rests a moment, and they wait in the kernel's queue.
 */
#include "remote/practice.h"

#include <errno.h>
#include <event2/event.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/address.h"
#include "net/tls.h"
#include "remote/practice_ledger.h"
#include "remote/practice_session.h"

enum {
	PRACTICE_ACCEPTS = 256, /* in one turn of the loop */
	PRACTICE_BACKLOG = 4096,
	/* Replies of a turn, with a flood's or a multi-line reply's worth to spare. */
	PRACTICE_OUT = 256 << 10
};

static bool is_any(const struct address *address)
{
	static const struct address any = { .family = AF_INET };

	return address_equal(address, &any);
}

static bool is_loopback(const struct address *address)
{
	static const struct address four = { AF_INET, { 127 }, 0, 0 }, six = { AF_INET6, { [15] = 1 }, 0, 0 };

	return address_is_in(address, &four, 8) || address_is_in(address, &six, 128);
}

/* The address that the client has connected to. */
static struct address own_address(const struct practice *practice, int fd)
{
	struct sockaddr_storage local;
	socklen_t size = sizeof local;
	struct address own = practice->address;

	if (is_any(&practice->address) && getsockname(fd, (struct sockaddr *)&local, &size) == 0)
		address_from_socket((struct sockaddr *)&local, &own);
	return own;
}

static void on_acceptable(evutil_socket_t fd, short what, void *context)
{
	struct practice *practice = context;

	(void)what;
	for (int i = 0; i < PRACTICE_ACCEPTS; i++) {
		struct sockaddr_storage peer;
		socklen_t size = sizeof peer;
		int client = accept4(fd, (struct sockaddr *)&peer, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
		struct address from, own;

		if (client < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
			struct timeval moment = { .tv_usec = 20000 };

			event_del(&practice->accepting);
			event_add(&practice->resting, &moment);
			return;
		}
		if (client < 0 && errno == EAGAIN)
			return;
		if (client < 0)
			continue;
		own = own_address(practice, client);
		if (address_from_socket((struct sockaddr *)&peer, &from) != 0 || !is_loopback(&own))
			close(client);
		else
			practice_session_begin(practice, client, &from, &own);
	}
}

static void on_rested(evutil_socket_t fd, short what, void *context)
{
	struct practice *practice = context;

	(void)fd;
	(void)what;
	event_add(&practice->accepting, NULL);
}

/* A listening socket, or -1. */
static int open_door(const struct address *where, struct err *err)
{
	struct sockaddr_storage local;
	socklen_t size = address_to_socket(where, &local);
	int fd = socket(where->family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
	char text[ADDRESS_TEXT];

	address_print_port(where, text);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "no socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	/* Sockets that are accepted have it from the listening one. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if ((is_any(where) && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0) ||
	    bind(fd, (struct sockaddr *)&local, size) != 0 || listen(fd, PRACTICE_BACKLOG) != 0) {
		err_set(err, ERR_SYSTEM, "the practice server cannot listen on %s: %s", text, strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

struct practice *practice_start(struct event_base *base, const struct address *where, const struct practice_rules *rules,
				struct err *err)
{
	char text[ADDRESS_TEXT];
	struct sockaddr_storage local;
	socklen_t size = sizeof local;
	struct practice *practice;
	int fd;

	if (!is_loopback(where) && !is_any(where)) {
		address_print(where, text);
		err_set(err, ERR_FORBIDDEN, "the practice server listens on loopback only, not on %s", text);
		return NULL;
	}
	fd = open_door(where, err);
	if (fd < 0)
		return NULL;
	practice = mem_new(sizeof *practice);
	practice->base = base;
	practice->rules = rules;
	practice->fd = fd;
	practice->address = *where;
	buf_init(&practice->out, PRACTICE_OUT);
	if (rules->numbers[NUMBER_GREYLIST] != 0 || rules->numbers[NUMBER_CONNECTIONS_PER_MINUTE] != 0)
		practice->ledger = practice_ledger_new();
	event_assign(&practice->accepting, base, fd, EV_READ | EV_PERSIST, on_acceptable, practice);
	event_assign(&practice->resting, base, -1, 0, on_rested, practice);
	if (rules->flags[FLAG_TLS] || rules->flags[FLAG_IMPLICIT_TLS]) {
		practice->tls = tls_server(rules->name, err);
		if (practice->tls == NULL) {
			practice_stop(practice);
			return NULL;
		}
	}
	if (getsockname(fd, (struct sockaddr *)&local, &size) == 0)
		address_from_socket((struct sockaddr *)&local, &practice->address);
	event_add(&practice->accepting, NULL);
	return practice;
}

void practice_stop(struct practice *practice)
{
	if (practice == NULL)
		return;
	event_del(&practice->accepting);
	event_del(&practice->resting);
	while (practice->sessions != NULL)
		practice_session_drop(practice->sessions);
	close(practice->fd);
	tls_context_free(practice->tls);
	practice_ledger_free(practice->ledger);
	buf_release(&practice->out);
	free(practice);
}

void practice_address(const struct practice *practice, struct address *address)
{
	*address = practice->address;
}

void practice_counts(const struct practice *practice, struct practice_counts *counts)
{
	*counts = practice->counts;
	/* Sessions that are not over yet have errors, too. */
	for (const struct practice_session *session = practice->sessions; session != NULL; session = session->next)
		if (session->refusals > counts->most_errors)
			counts->most_errors = session->refusals;
}
