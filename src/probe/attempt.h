/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_ATTEMPT_H
#define PROBE_ATTEMPT_H

/*
 * One probe, run once at one endpoint from one vantage, and what it came to.
 * Texts are borrowed from a pool (base/pool.h) and safe to show.
 */

#include <stdbool.h>
#include <stddef.h>

#include "smtp/reason.h"

struct probe;

enum outcome { OUTCOME_SKIPPED, OUTCOME_REJECTED, OUTCOME_ACCEPTED, OUTCOME_DEFERRED, OUTCOME_ERROR, OUTCOMES };

/* How far an accepted attempt went. */
enum proof { PROOF_NONE, PROOF_RCPT, PROOF_GO_AHEAD, PROOF_DATA, PROOF_DELIVERED, PROOF_BOUNCED, PROOFS };

/* Where the accepted recipient's address leads, as RFC 5321 reads it. */
enum route {
	ROUTE_UNKNOWN,
	ROUTE_VICTIM,           /* the victim's domain is the routing part: it cannot be local */
	ROUTE_LOCAL,            /* a domain, name or address of the target */
	ROUTE_NONE,             /* no domain at all */
	ROUTE_BELOW,            /* a name that ends as the target's domain does, or that has the target as an exchanger */
	ROUTE_OTHER,
	ROUTES
};

/* What a control came to. */
enum control_answer { ANSWER_NONE, ANSWER_ACCEPTED, ANSWER_REFUSED };

struct attempt {
	const struct probe *probe;
	unsigned number;                /* of the run's attempts, from 1; a token holds it */
	const char *domain;             /* which of the target's domains */
	const char *mail_from;          /* the path between <>, or the argument as sent; NULL when it was not built */
	const char *rcpt_to;
	const char *reply;              /* that decided: "554 5.7.1 <...>: Relay access denied"; NULL: none */
	const char *note;               /* one sentence of ours; NULL: none */
	const char *transcript;         /* of the session alone; NULL: none was kept */
	enum outcome outcome;
	enum proof proof;
	enum reason reason;
	enum stage stage;               /* what `reply` answers */
	enum route route;
	const char *evidence;           /* what a sink saw of its message, one sentence; NULL: nothing */
	const char *received_from;      /* the client's address in the Received line of what arrived; NULL */
	bool unwatched;                 /* its message was taken, and nobody could look for it to the end of the wait */
	bool bounced;                   /* a bounce came back, whatever else was seen */
	bool decided;                   /* the reply was the deciding one, not one on the way to it */
	bool alone;                     /* tried again in a session of its own */
	enum control_answer unknown;    /* what an unknown name got at the domain that the recipient leads to, when it was asked */
	bool for_known;                 /* the recipient is a mailbox that exists there: accepting it shows nothing */
};

const char *outcome_name(enum outcome outcome);
const char *proof_name(enum proof proof);               /* NULL for PROOF_NONE */
const char *route_name(enum route route);

/*
 * Where an address leads.  `argument` is what stood behind RCPT TO:, parameters
 * included, escaped as in `struct attempt`; `victim` lists the victim's domain and
 * literal, `own` the target's domains, names and literals, both ended by NULL.
 * RFC 5321 4.1.2: a source route is passed over, and the domain is what follows the
 * last @ outside quotes and comments.
 */
enum route route_of(const char *argument, const char *const *victim, const char *const *own);

/* The domain that the address leads to; of length 0 where it has none. */
const char *route_domain(const char *argument, size_t *len);

/*
 * Whether the (first) path names that mailbox, or an extension of it: a right
 * server accepts "alice+anything", so that an acceptance shows nothing.
 */
bool route_names_mailbox(const char *argument, const char *mailbox);

#endif
