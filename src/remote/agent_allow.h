/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_ALLOW_H
#define REMOTE_AGENT_ALLOW_H

/*
 * What an agent tests, whoever asks: its own list of servers and ports.  With it nothing else
 * is tested, be it ever so private.  It is asked about each address that a socket is going to
 * connect to: a name in a job is only a word.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/address.h"
#include "net/resolve.h"
#include "vantage/target.h"

struct err;
struct job;

enum {
	AGENT_ALLOW_MOST = 256,
	/* Seconds that the addresses of a name are believed; and that it has none. */
	AGENT_NAME_LIFE = 60,
	AGENT_NAME_RETRY = 10,
	/* Microseconds for the agent's own question to DNS. */
	AGENT_NAME_PATIENCE = 2000000
};

struct agent_allow {
	const char *name;               /* a host, whose addresses the agent looks up itself; NULL: */
	struct address network;         /* a network, */
	unsigned bits;                  /* of so many bits */
	unsigned short ports[TARGET_PORTS_MOST];
	size_t port_count;
	struct resolved found;          /* of the name */
	int64_t found_until;            /* clock_now(); 0: not asked yet */
};

/* Whether each endpoint of the job is allowed; -1 with a sentence that names the first that is not. */
int agent_allow_job(struct agent_allow *list, size_t count, const struct job *job, struct err *err);

#endif
