/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_JOB_H
#define AUDIT_JOB_H

/*
 * What an agent is asked to do: the part of an audit that one vantage has at one
 * target, and its stored form, relayaudit-job/1: one JSON object, described in relayaudit-agent(1).
 *
 * A job is data.  It names no file, no command and no way of its own: whose server
 * is tested, from which address and how often is the agent's to decide.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "net/address.h"
#include "probe/token.h"
#include "smtp/session.h"
#include "vantage/target.h"

struct audit;
struct audit_errand;
struct buf;
struct err;
struct host;
struct probe;

enum {
	/* All probes that there are take a quarter of a megabyte. */
	JOB_MOST = 2 << 20,
	JOB_PROBES_MOST = 1000,
	JOB_ENDPOINTS_MOST = TARGET_ADDRESSES_MOST * 16,
	JOB_RUN_MOST = 32,
	JOB_NONCE = 32,
	/* An answer that is worth waiting for comes in less. */
	JOB_TIMEOUT_MOST = 600 * 1000000,
	JOB_SESSIONS_MOST = 64,
	JOB_NUMBER_MOST = TOKEN_NUMBER_MOST,
	/* Whoever records a job can do nothing with it after that. */
	JOB_LIFE_MOST = 3600,
	JOB_LIFE = 600
};

struct job_endpoint {
	struct address address;         /* with its port */
	enum tls_mode mode;
	unsigned first;                 /* number of its first attempt */
};

struct job {
	void *store;                    /* what the texts are borrowed from */
	const char *run;                /* the run's id, which stands in messages */
	const char *nonce;              /* JOB_NONCE letters and digits: never seen before */
	int64_t expires;                /* seconds since 1970 */
	const char *name;               /* the target as the operator named it */
	const char *hostname;
	bool name_known;
	const char *local_user;         /* NULL */
	const char **domains;
	size_t domain_count;
	struct job_endpoint *endpoints;
	size_t endpoint_count;
	int64_t timeout, retry_after;   /* microseconds */
	unsigned max_sessions;
	bool confirm, tokens, classic, sender_named;
	bool relays;                    /* the vantage is expected to relay */
	const char *victim;             /* NULL: the reserved one */
	const char *victim_literal;     /* NULL */
	const char *sender;             /* NULL with `tokens`, where nobody named one */
	const char *contact, *mx_domain; /* NULL */
	struct token_run signer;        /* with `confirm` */
	struct probe **probes;          /* the chosen ones, in order, without controls */
	size_t probe_count;
	struct probe *known_local, *unknown_local;
};

/*
 * Adds the job of one vantage at a host whose views are there, with a nonce and expiry of its own; at most `max_sessions`
 * at once.  `errand` has the run that its tokens are of.  -1 where a probe cannot be sent.
 */
int job_write(const struct audit *audit, const struct host *host, const struct audit_errand *errand, unsigned max_sessions,
	      struct buf *to, struct err *err);

/* NULL with `err`, a sentence without foreign bytes, for whatever is not a whole job. */
struct job *job_read(const char *bytes, size_t len, struct err *err);
void job_free(struct job *job);

/* The attempts that it comes to, at most. */
size_t job_attempts(const struct job *job);

/* How long it may take, in microseconds: after that its sessions are cut short. */
int64_t job_duration(int64_t timeout, int64_t retry_after);

#endif
