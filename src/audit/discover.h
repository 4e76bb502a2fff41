/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_DISCOVER_H
#define AUDIT_DISCOVER_H

/*
 * Which domains does a target take mail for, when nobody says?  Those of its host
 * name and its greeting for which it accepts mail to the postmaster, whom every
 * domain has (RFC 5321 4.5.1).  One session an endpoint, envelope only.
 */

struct audit;
struct discovery;
struct event_base;
struct host;
struct tls_context;

/*
 * Adds one domain to the host's target (the likeliest name when none was
 * accepted), then calls done(), from the loop.
 */
struct discovery *discover_start(struct audit *audit, struct host *host, struct event_base *base, struct tls_context *tls,
				 void (*done)(void *context), void *context);

/* Where nobody can ask: adds the likeliest domain of its name. */
void discover_guess(struct host *host);

/* Before done() was called: ends it without. */
void discover_drop(struct discovery *discovery);

#endif
