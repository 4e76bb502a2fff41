/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check.c - a report as a list of checks
 */
#include "report/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/baseline.h"
#include "report/model.h"

bool check_is_gap(const struct report_finding *finding)
{
	return strcmp(finding->id, "scan-incomplete") == 0;
}

static enum check_state state_of_finding(const struct report_finding *finding)
{
	if (finding->excused != NULL)
		return CHECK_EXCUSED;
	if (baseline_knows(finding))
		return CHECK_KNOWN;
	if (check_is_gap(finding))
		return CHECK_UNTESTED;
	return finding->fails ? CHECK_FAILED : CHECK_NOTED;
}

/* A view that came to nothing has a finding that says so; without one, nothing is believed of it. */
static enum check_state state_of_view(const struct report *report, const struct report_view *view)
{
	bool relays = strcmp(report->vantages[view->vantage].expect, "relay") == 0;

	return strcmp(view->verdict, relays ? "open" : "closed") == 0 ? CHECK_PASSED : CHECK_UNTESTED;
}

static void add(struct checks *checks, struct check check)
{
	checks->rows[checks->count++] = check;
	checks->of_state[check.state]++;
}

/* By target, and otherwise as they stand: what is counted is put where it belongs. */
static void sort(struct checks *checks, size_t targets)
{
	struct check *sorted = mem_new((checks->count + 1) * sizeof *sorted);
	size_t *next = mem_new((targets + 2) * sizeof *next);

	for (size_t i = 0; i < checks->count; i++)
		next[checks->rows[i].target + 1]++;
	for (size_t t = 1; t <= targets; t++)
		next[t] += next[t - 1];
	for (size_t i = 0; i < checks->count; i++)
		sorted[next[checks->rows[i].target]++] = checks->rows[i];
	free(next);
	free(checks->rows);
	checks->rows = sorted;
}

void checks_of(const struct report *report, struct checks *checks)
{
	bool *told = mem_new(report->view_count + 1);

	*checks = (struct checks){ .rows = mem_new((report->view_count + report->finding_count + 1) * sizeof *checks->rows) };
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct report_finding *finding = &report->findings[i];

		if (finding->vantage != NULL)
			told[finding->view] = true;
		add(checks, (struct check){ state_of_finding(finding), finding->target ? finding->target_index : report->target_count, finding,
					    finding->vantage ? &report->views[finding->view] : NULL });
	}
	for (size_t i = 0; i < report->view_count; i++) {
		const struct report_view *view = &report->views[i];

		if (!told[i] && view->counts)
			add(checks, (struct check){ state_of_view(report, view), view->target, NULL, view });
	}
	if (checks->count == 0)
		add(checks, (struct check){ report->status == 0 ? CHECK_PASSED : CHECK_UNTESTED, report->target_count, NULL, NULL });
	free(told);
	sort(checks, report->target_count);
}

void checks_release(struct checks *checks)
{
	free(checks->rows);
	*checks = (struct checks){ .count = 0 };
}

void check_name(const struct report *report, const struct check *check, struct buf *to)
{
	const struct report_view *view = check->view;

	if (check->finding != NULL)
		buf_printf(to, "%s: %s, %s", check->finding->id, check->finding->title, check->finding->where);
	else if (view != NULL)
		buf_printf(to, "%s, %s%s from %s", report->targets[view->target].host, view->endpoint,
			   strcmp(view->tls, "none") == 0 ? "" : strcmp(view->tls, "implicit") == 0 ? " tls" : " starttls",
			   report->vantages[view->vantage].name);
	else
		buf_text(to, check->state == CHECK_PASSED ? "nothing was found" : "nothing was tested");
}

void check_details(const struct check *check, struct buf *to)
{
	const struct report_finding *finding = check->finding;

	for (size_t i = 0; finding != NULL && i < finding->evidence_count; i++)
		buf_printf(to, "%s\n", finding->evidence[i]);
	if (finding != NULL && finding->fix != NULL && finding->fix[0] != '\0')
		buf_printf(to, "fix: %s\n", finding->fix);
	if (finding != NULL && finding->excused != NULL)
		buf_printf(to, "borne until %s: %s\n", finding->excused_until, finding->excused);
	if (finding != NULL && finding->state != NULL)
		buf_printf(to, "%s\n", baseline_phrase(finding));
}
