/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_VERDICT_H
#define AUDIT_VERDICT_H

/*
 * What attempts and controls add up to: the rules of judgement, as pure
 * functions.  Accepted is not relayed, and rejected is not closed: each answer
 * comes with the sentence that says why.
 */

#include "audit/audit.h"

/* What the controls of a view said for one domain. */
struct controls {
	enum control_answer known;      /* ordinary mail to a mailbox that exists */
	enum control_answer unknown;    /* mail to a name that nobody has */
	enum reason known_reason;       /* why it was refused */
};

/* The controls that belong to an attempt: those of its domain. */
struct controls controls_of(const struct view *view, const char *domain);

/* `*why` is a sentence, static; never NULL. */
enum verdict verdict_of_attempt(const struct attempt *attempt, const struct controls *controls, const char **why);

/* By its attempts, its controls and how it was reached. */
/* The server offers XCLIENT to a client of its own, and whether it believes what is said there was not tried. */
bool verdict_xclient_untried(const struct view *view);

enum verdict verdict_of_view(const struct view *view, const char **why);

/* Whether an accepted attempt shows incoming relaying for names like the target's own, and no more. */
bool verdict_is_limited(const struct attempt *attempt, const struct controls *controls);

/* Where the attempt's recipient leads: fills in `route` and `for_known`. */
void verdict_route(const struct audit *audit, const struct view *view, struct attempt *attempt);

/* Of one vantage over all hosts. */
enum verdict verdict_of_vantage(const struct audit *audit, size_t vantage);

/* Fills in routes and all verdicts: views, hosts, the audit. */
void audit_judge(struct audit *audit);

#endif
