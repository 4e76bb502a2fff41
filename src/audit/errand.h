/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_ERRAND_H
#define AUDIT_ERRAND_H

/*
 * The part of an audit that an agent does: what one vantage has at one host, sent as a
 * job (job.h), and its results (result.h) written into the views' attempts as they come.
 *
 * An agent is not trusted.  What it sends has its ceilings and its time; what it was
 * not asked, says twice, or what contradicts itself ends the errand.  What an errand that ends
 * so has not told is an error, and the vantage was no way to the server.
 */

#include <stddef.h>

struct errand;
struct host;
struct talk_owner;

enum {
	/* Nothing at all was heard for so long: four of the lines that an agent says to be heard. */
	ERRAND_SILENCE_SECONDS = 20,
	/* Behind the time that the agent has itself for its job. */
	ERRAND_GRACE_SECONDS = 15,
	/* Results of an ordinary attempt, and with a transcript; and all of one answer. */
	ERRAND_ATTEMPT_BYTES = 6 << 10,
	ERRAND_ANSWER_LEAST = 1 << 20,
	ERRAND_ANSWER_MOST = 64 << 20
};

/*
 * Begins it: the views of the vantage have their paces.  over() comes from the loop, once all of their
 * attempts are settled and told; the errand frees itself behind it.
 */
struct errand *errand_start(const struct talk_owner *owner, struct host *host, size_t vantage, unsigned max_sessions,
			    void (*over)(void *context, struct errand *errand), void *context);

/* Gives it up: over() is not called, and what is open is the caller's to settle. */
void errand_drop(struct errand *errand);

#endif
