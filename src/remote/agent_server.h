/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_SERVER_H
#define REMOTE_AGENT_SERVER_H

/*
 * The agent: HTTPS with mutual TLS, by which who is allowed to has jobs run from
 * here, against servers that the agent's own list names.
 *
 *      POST /v1/jobs                   a job (audit/job.h); its results are the answer, as they come
 *      GET  /v1/health                 how much is at work
 *      GET  /v1/version
 *      GET  /v1/caught?run=R[&after=N] what the agent's sink caught for a run, where it has one
 *
 * No request changes or tells what is allowed.  A client that leaves ends its job.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/address.h"
#include "remote/agent_allow.h"
#include "remote/agent_client.h"

struct agent_server;
struct err;
struct event_base;
struct vantage;

struct agent_limits {
	unsigned jobs, jobs_client;     /* at once */
	unsigned hourly;                /* of one client */
	unsigned sessions;              /* at once, at the target of one job */
	unsigned connections, connections_peer;
	unsigned attempts;              /* of one job */
	unsigned result_mib;
	int64_t patience;               /* microseconds for handshake and request */
};

/* Those that nobody chose, with the reason for each. */
extern const struct agent_limits agent_usual_limits;

struct agent_settings {
	const struct address *listen;
	size_t listen_count;
	const char *ca, *crl, *certificate, *key;       /* PEM */
	const char *state;              /* a directory of its own */
	struct vantage *vantages[2];    /* from where it asks, with its name for EHLO; by what is expected of it */
	struct agent_client *clients;
	size_t client_count;
	struct agent_allow *allow;
	size_t allow_count;
	struct agent_limits limits;
	bool messages;                  /* jobs may send test messages */
	const char *store;              /* of a sink that the agent has; NULL: none */
	const char *version;
	/* A line for the log, printable, without its end: one a request. */
	void (*log)(void *context, const char *line);
	void *context;
};

/* Listens when it returns.  The settings are borrowed until agent_server_free(); NULL with `err`. */
struct agent_server *agent_server_new(struct event_base *base, const struct agent_settings *settings, struct err *err);

/* Where the door of that number is. */
void agent_server_address(const struct agent_server *server, size_t index, struct address *address);

/* Jobs end at once; not called from inside of a callback. */
void agent_server_free(struct agent_server *server);

#endif
