/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BASELINE_H
#define REPORT_BASELINE_H

/*
 * A report beside an earlier one: what is new, what is known, what went.
 *
 * A finding is known where the earlier report had it, by identity.h.  It is not known
 *   - where it is graver now;
 *   - where the operator bore it for a time then, and no longer does;
 *   - where it tells of mail that came after the earlier report was made.
 * What the earlier report had and this one has not is gone where this run has asked the
 * same again and could judge it; else it was not asked, with the reason.
 */

#include <stdbool.h>

struct err;
struct report;
struct report_finding;

/*
 * Compares, and fills in the findings' `state` and report->baseline, which borrows from both; baseline_release() frees
 * it.  -1 with a sentence where the earlier report is of another thing altogether, so that nothing of it could be known
 * again; `name` is what it is called there.
 */
int baseline_apply(const struct report *earlier, const char *name, struct report *report, struct err *err);
void baseline_release(struct report *report);

/* Whether the two have anything in common: a target, a server's configuration, logs, queues. */
int baseline_check(const struct report *earlier, const char *name, const struct report *report, struct err *err);

/* Whether the finding stood in the baseline, and is no reason to fail any more. */
bool baseline_knows(const struct report_finding *finding);

/* "new", "known since 2026-11-28", ..: the finding's state in words; NULL without a baseline. */
const char *baseline_phrase(const struct report_finding *finding);

#endif
