/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.c - what fails a run, and what it ends with
 */
#include "report/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/model.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static bool is_borne(const struct report_finding *finding)
{
	return finding->excused != NULL || baseline_knows(finding);
}

/* What of a configuration says that it could not be told. */
static bool says_doubt(const struct report_finding *finding)
{
	return check_is_gap(finding) || is(finding->id, "not-evaluated") || is(finding->id, "refuses-service");
}

/* Of the findings of one target, or of none. */
struct bearing {
	bool borne;             /* there is one that is */
	bool unborne;           /* and one that is not, and does not fail the run itself */
};

static void bear(const struct report *report, struct bearing *of_targets)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct report_finding *finding = &report->findings[i];
		struct bearing *bearing = &of_targets[finding->target != NULL ? finding->target_index : report->target_count];

		if (is_borne(finding))
			bearing->borne = true;
		else if (!finding->fails && (finding->target != NULL || says_doubt(finding)))
			bearing->unborne = true;
	}
}

/* Whether all that could not be told is borne or known: each target without a verdict has such findings, and no others. */
static bool is_doubt_borne(const struct report *report)
{
	struct bearing *bearings = mem_new((report->target_count + 1) * sizeof *bearings);
	bool any = false, all = true;

	bear(report, bearings);
	for (size_t i = 0; i <= report->target_count; i++)
		any = any || bearings[i].borne;
	for (size_t i = 0; i < report->target_count; i++)
		if (is(report->targets[i].verdict, "inconclusive"))
			all = all && bearings[i].borne && !bearings[i].unborne;
	all = all && !bearings[report->target_count].unborne;
	free(bearings);
	return any && all;
}

/* Whether anything was judged: else there is nothing that could pass. */
static bool has_judged(const struct report *report)
{
	if (report->map != NULL)
		return report->map->granted + report->map->denied != 0;
	if (report->target_count == 0)
		return report->mta != NULL || report->mail != NULL || report->queue != NULL;
	for (size_t i = 0; i < report->attempt_count; i++) {
		const struct report_attempt *attempt = &report->attempts[i];

		if (!attempt->control && attempt->verdict != NULL && (!is(attempt->verdict, "inconclusive") || is(attempt->outcome, "accepted")))
			return true;
	}
	return false;
}

void report_judge(struct report *report, enum severity fail_on, enum judge_doubt doubt)
{
	bool failed = false, unsure = false;

	for (size_t i = 0; i < report->finding_count; i++) {
		struct report_finding *finding = &report->findings[i];
		bool counts = !is_borne(finding), gap = check_is_gap(finding);

		finding->fails = counts && !gap && severity_find(finding->severity) >= (int)fail_on;
		failed = failed || finding->fails;
		unsure = unsure || (counts && gap);
	}
	unsure = unsure || doubt == JUDGE_BLIND || (doubt == JUDGE_GAPS && !is_doubt_borne(report)) || !has_judged(report);
	report->status = failed ? 1 : unsure ? 3 : 0;
}

enum judge_doubt report_doubt(const struct report *report)
{
	return report->interrupted ? JUDGE_BLIND : is(report->verdict, "inconclusive") ? JUDGE_GAPS : JUDGE_SURE;
}
