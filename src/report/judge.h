/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_JUDGE_H
#define REPORT_JUDGE_H

/*
 * What fails a run, and what it ends with.  This is the one place where the exit
 * status is judged, of a run as of a report that was saved.
 *
 * A finding that the operator bears for a time, or that stood in the baseline, fails
 * nothing; nor does what could not be told, where each finding that says so is borne or
 * known.  But a run that judged nothing at all never passes.
 */

#include "audit/finding.h"

struct report;

enum judge_doubt {
	JUDGE_SURE,             /* but for what findings say */
	JUDGE_GAPS,             /* something could not be told, and findings say what */
	JUDGE_BLIND             /* something could not be told that no finding tells of */
};

/* Sets `fails` of each finding, and the report's status: 1 something was found, 3 something could not be told, else 0. */
void report_judge(struct report *report, enum severity fail_on, enum judge_doubt doubt);

/* Of a report that was read back, where it is in the verdict. */
enum judge_doubt report_doubt(const struct report *report);

#endif
