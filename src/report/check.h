/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_CHECK_H
#define REPORT_CHECK_H

/*
 * A report as a list of checks, for formats of pipelines that know tests: each
 * finding is one, and so is each view that has none.  Checks stand in the order of
 * the targets; those of no target come last.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct report;
struct report_finding;
struct report_view;

enum check_state {
	CHECK_PASSED,
	CHECK_NOTED,            /* a finding below what fails the run */
	CHECK_EXCUSED,          /* one that the operator bears for a time */
	CHECK_KNOWN,            /* one that stood in the baseline */
	CHECK_UNTESTED,         /* it could not be told */
	CHECK_FAILED,
	CHECK_STATES
};

struct check {
	enum check_state state;
	size_t target;                          /* index; report->target_count: of none */
	const struct report_finding *finding;   /* NULL: a view without any, or the run itself */
	const struct report_view *view;
};

struct checks {
	struct check *rows;
	size_t count;
	size_t of_state[CHECK_STATES];
};

/* Never empty: where there is neither view nor finding, what the run ended with is the one check. */
void checks_of(const struct report *report, struct checks *checks);
void checks_release(struct checks *checks);

/* "relay: percent-at-host: ..., mx.example.org 192.0.2.25:25 from far": the same in each run. */
void check_name(const struct report *report, const struct check *check, struct buf *to);

/* Evidence and fix, a line each; nothing where there is no finding. */
void check_details(const struct check *check, struct buf *to);

/* Whether the finding says that something could not be judged. */
bool check_is_gap(const struct report_finding *finding);

#endif
