/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TALK_H
#define AUDIT_TALK_H

/*
 * One session of an audit: it takes its tasks when the server has opened up, and
 * writes the replies into their attempts.
 */

#include "audit/pace.h"

struct event_base;
struct talk;
struct tls_context;

struct talk_owner {
	struct audit *audit;
	struct event_base *base;
	struct tls_context *tls;
	void (*settled)(void *context, struct view *view, struct attempt *attempt);
	void (*transcript)(void *context, struct view *view, const char *text);
	/* The talk is over and frees itself behind this call. */
	void (*over)(void *context, struct talk *talk, struct view *view);
	void *context;
};

struct talk *talk_start(const struct talk_owner *owner, struct view *view, const struct pick *pick);

/* Ends it without a further word; over() is not called. */
void talk_drop(struct talk *talk);

/* Settles a task, and tells it. */
void talk_settle(const struct talk_owner *owner, struct view *view, unsigned index);

/* Tells those of the view's settled attempts that were not told yet. */
void talk_tell(const struct talk_owner *owner, struct view *view);

/* Settles what is open in a view that is given up. */
void talk_give_up(const struct talk_owner *owner, struct view *view, enum reason reason, const char *note);

#endif
