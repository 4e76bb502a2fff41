/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_VISIT_H
#define REMOTE_AGENT_VISIT_H

/*
 * The connections of an agent, from the first byte to the request: how many there may be,
 * in all and from one address, and how long each may take to show a certificate and say what
 * it wants.  Where there are too many, the oldest that has shown no certificate
 * makes room, so that who comes with a good one is not kept out by those who come with none.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"

struct agent_visits;
struct bufferevent;
struct err;
struct event_base;
struct tls_gate;

struct agent_visit_settings {
	const char *ca, *crl, *certificate, *key;       /* as of struct tls_gate_settings */
	unsigned most, most_peer;       /* connections, in all and of one address */
	int64_t patience;               /* microseconds until the request is whole */
	/* A line for the log, printable, without its end. */
	void (*log)(void *context, const char *line);
	void *context;
};

/* NULL with `err`.  Settings are borrowed. */
struct agent_visits *agent_visits_new(struct event_base *base, const struct agent_visit_settings *settings, struct err *err);

/* Behind the end of all connections. */
void agent_visits_free(struct agent_visits *visits);

/* A connection whose descriptor is still to be set; never NULL. */
struct bufferevent *agent_visits_open(struct agent_visits *visits);

/* The request is whole: the connection has all the time that its answer takes.  `from` is its other end. */
void agent_visits_serve(struct bufferevent *connection, struct address *from);

/* Whether nobody is at the door any more, nor on the way out. */
bool agent_visits_are_over(const struct agent_visits *visits);

struct tls_gate *agent_visits_gate(const struct agent_visits *visits);

#endif
