/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MAP_RUN_H
#define AUDIT_MAP_RUN_H

/*
 * Asks a server the questions of a plan: one harmless envelope a client, with no
 * message behind it.
 *
 * Where the client is claimed by XCLIENT, one session asks for many: at most
 * MAP_CLIENTS, for Postfix makes every reply behind the tenth refusal of a session
 * wait. By other ways a session is one client.
 *
 * Only a reply that grants or denies relaying is an answer.  What is passing is asked
 * again, and then told as undecided, as is every other refusal: a client that is
 * blocked, or a victim whose domain is not known, says nothing of relaying.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/map_plan.h"
#include "smtp/reason.h"
#include "smtp/session.h"
#include "vantage/target.h"

struct err;
struct event_base;
struct tls_context;
struct vantage;

enum {
	MAP_SESSIONS_MOST = 64,
	MAP_CLIENTS = 9,
	MAP_TRIES = 3                   /* of one question, before it is undecided */
};

/* All borrowed until map_run_free(). */
struct map_settings {
	struct event_base *base;
	struct tls_context *tls;
	const struct target *target;    /* its first address of the family that is there is asked */
	struct port port;
	const struct victim *victim;
	const char *sender;
	struct vantage **vantages;      /* one for each session at once, from vantage_parse_any() */
	size_t vantage_count;
	int64_t timeout;
	int64_t retry_after;
};

/* What came of the questions, by answer; and for those undecided, why. */
struct map_tally {
	size_t granted, denied, undecided;
	size_t sessions;
	size_t reasons[REASONS];        /* of those undecided */
	struct address clients[REASONS]; /* the first of each */
	char *replies[REASONS];         /* what it was told; NULL where nothing was said */
	char *granting;                 /* the first reply that granted, "250 2.1.5 Ok"; NULL */
	char *denying;
	char *banner;
	char *hello;
};

struct map_run;

struct map_events {
	/* What is known already of a client; MAP_UNASKED: nothing.  Not asked about a question that is asked again. */
	enum map_answer (*known)(void *context, const struct map_question *question);
	/* A question is answered for good; MAP_UNDECIDED included.  Not for what was known. */
	void (*answered)(void *context, const struct map_question *question, enum map_answer answer);
};

/* Begins at once; the loop is the caller's to run, until map_run_is_done(). */
struct map_run *map_run_start(const struct map_settings *settings, struct map_plan *plan, const struct map_events *events, void *context);
void map_run_free(struct map_run *run);

bool map_run_is_done(const struct map_run *run);

/* Ends all sessions at once. */
void map_run_stop(struct map_run *run);

/* Why it ended before the plan was done: a sentence without its full stop; NULL where it did not. */
const char *map_run_fault(const struct map_run *run);

const struct map_tally *map_run_tally(const struct map_run *run);

#endif
