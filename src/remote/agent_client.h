/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_CLIENT_H
#define REMOTE_AGENT_CLIENT_H

/*
 * Who may ask an agent for something, and how much: clients by the name in their
 * certificate, or by its fingerprint.
 */

#include <stddef.h>
#include <stdint.h>

struct err;
struct tls_peer;

enum {
	AGENT_CLIENTS_MOST = 256,
	AGENT_HOURLY_MOST = 10000,
	/* Jobs that are no jobs, or replays: after so many in a row the client is refused for a while that doubles. */
	AGENT_CLIENT_FAULTS = 10
};

struct agent_client {
	const char *name;               /* the certificate's common name; NULL: */
	const char *print;              /* its SHA-256 fingerprint, lower-case hexadecimal digits */
	unsigned running;               /* jobs now */
	unsigned faults;
	int64_t refused_until;          /* clock_now() */
	int64_t *begun;                 /* when its last jobs began: a ring of as many as an hour may have */
	size_t begun_next;
};

/* NULL: a good certificate, and nobody of ours. */
struct agent_client *agent_client_find(struct agent_client *clients, size_t count, const struct tls_peer *peer);

/* Whether it may begin a job now, of so many at once and so many an hour; -1 with a sentence (ERR_LIMIT). */
int agent_client_may_begin(const struct agent_client *client, unsigned at_once, unsigned hourly, int64_t now, struct err *err);

/* A job began; agent_client_end() follows. */
void agent_client_begin(struct agent_client *client, unsigned hourly, int64_t now);
void agent_client_end(struct agent_client *client);

/* What came was no job, or one that was taken before. */
void agent_client_fault(struct agent_client *client, int64_t now);

void agent_client_release(struct agent_client *client);

#endif
