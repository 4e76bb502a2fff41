/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_AUDIT_H
#define AUDIT_AUDIT_H

/*
 * What is audited, and what came of it: targets, their endpoints, and a view for
 * each endpoint as one vantage sees it, with its attempts.
 *
 * audit_new(), audit_add_target() and audit_prepare() build it; schedule.h runs
 * it; verdict.h judges it; report/ tells it.  Texts live in the audit's pool.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "net/address.h"
#include "net/tls.h"
#include "probe/attempt.h"
#include "probe/token.h"
#include "smtp/session.h"
#include "vantage/target.h"
#include "vantage/vantage.h"

struct buf;
struct err;
struct event_base;
struct pool;
struct probe;
struct catalogue;

enum verdict { VERDICT_CLOSED, VERDICT_INCONCLUSIVE, VERDICT_OPEN, VERDICTS };

/* How far it was to the service at an endpoint. */
enum reach {
	REACH_UNTRIED,
	REACH_OPEN,             /* at least one session was opened */
	REACH_REFUSED,          /* connection refused: nobody listens */
	REACH_UNANSWERED,       /* no answer to the connection, or no route */
	REACH_NO_BANNER,
	REACH_NO_SERVICE,       /* a greeting or hello reply that refuses */
	REACH_NO_TLS,
	REACH_NO_WAY,           /* the vantage itself fails: its proxy, its command */
	REACH_NO_FAMILY,        /* the vantage has no address of that family */
	REACHES
};

struct endpoint {
	struct address address;         /* with its port */
	enum tls_mode mode;
	unsigned first;                 /* number of its first attempt; 0: the next one */
	bool asked;                     /* the port was named by the operator */
	bool own;                       /* a vantage's own port: only such vantages ask there */
	const struct vantage *silent_to; /* it let a connection from there run into a time-out, before it was tested; or NULL */
};

struct pace;

/* One endpoint as one vantage sees it. */
struct view {
	struct host *host;              /* back to the target */
	size_t endpoint;                /* index into host->endpoints */
	size_t vantage;                 /* index into audit->vantages */

	enum reach reach;
	const char *reach_text;         /* one sentence about how it was not reached; NULL */
	enum reason reach_reason;
	enum tls_mode mode;             /* the endpoint's, or STARTTLS once the server asked for it */
	const char *banner;             /* escaped; NULL */
	const char *hello;
	unsigned capabilities;
	bool offers_xclient;            /* to our own connection, which claims to be nobody else, and is to be denied */
	bool secure;
	bool throttled;                 /* the server slowed down or ended sessions */
	struct tls_facts *tls;          /* NULL without TLS */
	struct address local;           /* our side, as we know it: the client that the server should see; family 0: not known */
	const char *seen_as;            /* our address as the server's hello reply names it; NULL */
	size_t sessions;                /* how many there were */

	struct attempt *attempts;       /* controls first */
	size_t count;
	size_t controls;                /* how many of them are controls: two a domain */
	struct pace *pace;              /* the schedule's (pace.h); NULL before it runs and once it is done */

	enum verdict verdict;           /* set by audit_judge() */
	bool verdict_counts;            /* a port that nobody asked for and nobody listens on does not */
};

/* One target and all that belongs to it. */
struct host {
	struct target *target;
	size_t number;                  /* its place in the audit */
	const char *hostname;           /* the server's own name: its greeting's, DNS's, or the target as it was named */
	bool name_known;                /* the name is one, and not an address */
	bool domains_guessed;           /* nobody named the domains */
	const char *local_user;         /* a mailbox that exists there; NULL: the settings' */
	unsigned line;                  /* of the configuration file, where that names it; else 0 */
	struct endpoint *endpoints;
	size_t endpoint_count;
	struct view *views;
	size_t view_count;
	const char *mta;                /* short name of the server's make, or NULL */
	const char *fault;              /* what kept it from being audited at all; NULL */
	enum verdict verdict;
	void *running;                  /* schedule.c's */
};

struct audit_settings {
	int64_t timeout;                /* microseconds, one reply */
	int64_t retry_after;            /* microseconds */
	unsigned max_sessions;          /* at once from one vantage to one target */
	unsigned jobs;                  /* targets at once */
	bool transcripts;               /* keep those of all attempts, not only of the accepted */
	bool confirm;                   /* what is accepted is sent a test message */
	const char *sink;               /* where what becomes of it is looked for, as reports name it; NULL: nowhere */
	const char *contact;            /* whom to ask about one; NULL: the postmaster of the vantage */
	const char *mx_domain;          /* the operator's, with the target as an exchanger; NULL */
	const char *local_user;         /* NULL: postmaster */
	const char *sender;             /* the operator's outside address; NULL: the victim's domain's */
	bool sender_named;              /* by the operator */
	bool classic;                   /* the suite's historical senders are used */
	int family;                     /* AF_INET, AF_INET6, 0: both */
};

enum {
	/* All vantages together, at one server: performance under the connection limits of common servers. */
	AUDIT_SESSIONS_MOST = 8,
	/* A target ends after this many time-outs, whatever it does. */
	AUDIT_DEADLINE_TIMEOUTS = 20
};

/* A part of the run that an agent was sent to do: its tokens are made with a key of its own. */
struct audit_errand {
	char run[TOKEN_RUN + 1];
	size_t host;                    /* whose attempts they are: host->number, */
	size_t vantage;                 /* and index into audit->vantages */
};

struct audit {
	struct audit_settings settings;
	struct pool *pool;
	char token[17];                 /* the run's */
	char run_id[33];
	struct victim *victim;
	const struct token_key *key;    /* borrowed, for what a sink has seen; NULL: nobody looks here (no messages, or on an agent) */
	struct token_run signer;        /* makes the run's own tokens; with settings.confirm */
	struct audit_errand *errands;
	size_t errand_count;
	size_t errand_capacity;
	bool tokens;                    /* a sink of ours takes any address of the victim's domain that is a token */
	unsigned numbered;              /* attempts so far */
	unsigned waited;                /* seconds for what did not come */
	int64_t refused_at;             /* the same when it last refused one that it had whole */
	int64_t taken_at;               /* clock_now() when a server last took a message; 0: none was */
	const char *victim_literal;     /* address literal of its mail exchanger; NULL where there is none */
	struct vantage **vantages;      /* borrowed */
	size_t vantage_count;
	const struct probe **probes;    /* the chosen ones, in order; borrowed */
	size_t probe_count;
	const struct probe *known_local;
	const struct probe *unknown_local;
	struct host **hosts;
	size_t host_count;
	size_t host_capacity;
	time_t started;
	time_t finished;
	enum verdict verdict;
	bool interrupted;
};

struct audit *audit_new(const struct audit_settings *settings);
void audit_free(struct audit *audit);

/*
 * Takes the target; the vantages are there already.  Its endpoints are its addresses by the ports, those of its
 * vantages included; `name` is its name in DNS, NULL where it has none.
 */
struct host *audit_add_target(struct audit *audit, struct target *target, const char *name, const struct port *ports,
			      size_t port_count);

/* The same with just these endpoints, which it takes. */
struct host *audit_add_endpoints(struct audit *audit, struct target *target, const char *name, struct endpoint *endpoints, size_t count);

/* A target that could not be reached at all (its name does not resolve): part of the report all the same. */
struct host *audit_add_fault(struct audit *audit, const char *host, const char *fault);

/*
 * Makes the views and attempts of a host, once its domains are known: every
 * probe at every endpoint from every vantage that asks there for every domain (once only where
 * the probe names none).
 */
void audit_prepare(struct audit *audit, struct host *host);

/* Whether the vantage asks at that endpoint: its own ports, or the scan's; whether it has the address family is another question. */
bool audit_asks(const struct vantage *vantage, const struct host *host, const struct endpoint *endpoint);
/* A mailbox that exists there, as the operator named it; NULL: nobody did. */
const char *audit_local_user(const struct audit *audit, const struct host *host);

const struct endpoint *view_endpoint(const struct view *view);
const struct vantage *view_vantage(const struct audit *audit, const struct view *view);

/* "192.0.2.25:25", with " starttls" or " tls" behind it where there is TLS. */
void view_print_endpoint(const struct view *view, char text[ADDRESS_TEXT + 16]);

const char *verdict_name(enum verdict verdict);
const char *reach_name(enum reach reach);

#endif
