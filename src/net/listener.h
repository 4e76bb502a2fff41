/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

/*
 * A door on the event loop: a listening socket, and whoever comes through it.
 *
 * Clients are taken in a loop, as many as have come.  A process that has no
 * descriptor left rests a moment, and they wait in the kernel's queue.
 */

#include "net/address.h"

struct err;
struct event_base;
struct listener;

enum {
	/* In one turn of the loop: those who are in already have theirs, and a flood does not push them out unheard. */
	LISTENER_ACCEPTS = 32,
	LISTENER_BACKLOG = 4096,        /* the system has a ceiling of its own (somaxconn) */
	LISTENER_REST_MS = 20
};

/*
 * "192.0.2.1:25", "[2001:db8::1]:25" or "any:25", which has family 0 and stands for
 * every address of both families.  Port 0 takes a free one.
 */
int listener_parse(const char *text, struct address *where, struct err *err);

/*
 * The descriptor is the callback's: connected, non-blocking, with TCP_NODELAY.  The
 * client's address is unmapped.  The callback may not close the listener.
 */
typedef void listener_accepted(void *context, int fd, const struct address *client);

/*
 * NULL with `err`.  An IPv6 socket takes IPv6 only, but for family 0.  `interface` may
 * be NULL; else no client comes in by another one.
 */
struct listener *listener_open(struct event_base *base, const struct address *where, const char *interface,
			       listener_accepted *accepted, void *context, struct err *err);
void listener_close(struct listener *listener);

/* The bare listening descriptor, for who accepts by other means, and where it is; -1 with `err`. */
int listener_socket(const struct address *where, int backlog, struct address *bound, struct err *err);

/* Where it listens, with the port that was taken; the family is that of the socket. */
void listener_address(const struct listener *listener, struct address *address);

#endif
