/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_STRANGERS_H
#define AUDIT_STRANGERS_H

/*
 * Whose mail a log tells of.  A message is strangers' when its client is neither own
 * (loopback, own networks) nor authenticated, and a recipient whose domain is not own
 * was delivered by a transport that leaves the host.  Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "audit/tally.h"
#include "mta/event.h"
#include "mta/stamp.h"
#include "net/prefixset.h"

/* Who is no stranger. */
struct strangers_rules {
	struct prefixset own;           /* settled; loopback is own whether it is in or not */
	const char *const *domains;     /* "example.org"; ".example.org": all below it.  Case does not matter */
	size_t domain_count;
	const char *run;                /* the id of a scan to look for, in lower case; NULL: none */
};

enum {
	/* The clients of the story's 108,000 lines were some thousands. */
	STRANGERS_CLIENTS_MOST = 65536,
	STRANGERS_NAMES_MOST = 20000
};

/* A message of strangers, with its first delivery. */
struct strangers_told {
	const struct address *client;
	struct slice sender;            /* empty: the null sender, or not known */
	struct slice domain;            /* of the recipient; empty: not known */
	time_t when;                    /* taken; 0: not known */
};

struct strangers {
	const struct strangers_rules *rules;    /* borrowed */
	size_t messages;                /* strangers', with a delivery */
	size_t recipients;              /* deliveries of these */
	size_t deferred;                /* strangers' messages of which a foreign recipient was put off */
	size_t bounced;                 /* foreign recipients of strangers that were given up */
	size_t accepted;                /* strangers' messages of which no delivery is shown */
	size_t accepted_foreign;        /* of these: with a foreign recipient, for sure */
	size_t unknown;                 /* messages delivered to foreign recipients whose client is not shown */
	size_t denied;
	size_t causes[DENIALS];
	size_t lost;
	size_t backscatter;
	size_t private_clients;         /* of messages: with an address that no stranger on the internet has */
	size_t hours[24];               /* messages, by the hour in which they were taken; as the log has it */
	struct tally clients;
	struct tally senders;
	struct tally domains;           /* of recipients; counts deliveries */
	struct tally denied_clients;
	struct tally bounce_senders;    /* to whom backscatter went */
	struct tally run_clients;       /* attempts of the scan, by the client address that the server saw */
	time_t first;                   /* strangers' messages; 0: none, or no time known */
	time_t last;
	time_t clock;                   /* the latest line's time */
	time_t from, to;                /* the log's own extent */
	/* Whoever wants to know of each as it is counted; NULL: nobody. */
	void (*tell)(void *context, const struct strangers_told *told);
	void *tell_context;
};

void strangers_init(struct strangers *strangers, const struct strangers_rules *rules);
void strangers_release(struct strangers *strangers);

/* An address as a log has it; false: it is none. */
bool strangers_address(struct slice text, struct address *address);
bool strangers_is_own(const struct strangers_rules *rules, const struct address *address);

/* Whether the address has a domain, and that is not own. */
bool strangers_is_foreign(const struct strangers_rules *rules, struct slice address);

/* Whether an address holds the run's token, or one of its sink's. */
bool strangers_is_of_run(const struct strangers_rules *rules, struct slice address);

/* A message with its first delivery; `sender` may be SLICE_NONE for the null sender. */
void strangers_count_message(struct strangers *strangers, const struct address *client, struct slice sender, time_t when, int hour);

#endif
