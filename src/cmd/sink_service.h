/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SINK_SERVICE_H
#define CMD_SINK_SERVICE_H

/*
 * A sink with its store, on a loop: what the command sink and an agent with a sink of
 * its own have in common.
 */

#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct sink_limits;
struct sink_service;

struct sink_service_settings {
	const char *const *listen;      /* as listener_parse() reads it */
	size_t listen_count;
	const char *const *domains;
	size_t domain_count;
	const char *store;
	uint64_t quota;
	const char *key;                /* a file; NULL: the usual one */
	const char *name, *contact;     /* NULL */
	const char *certificate, *private_key;  /* NULL: made on the spot */
	const struct sink_limits *limits;
	/* A line for the log, as struct sink_settings has it. */
	void (*log)(void *context, const char *line);
	/* Ports, keys and certificates are open, and the store is not: -1 with `err` ends it.  May be NULL. */
	int (*opened)(void *context, struct err *err);
	void *context;
};

/* Settings and what they point to are borrowed until sink_service_free(); NULL with `err`. */
struct sink_service *sink_service_new(struct event_base *base, const struct sink_service_settings *settings, struct err *err);
void sink_service_free(struct sink_service *service);

#endif
