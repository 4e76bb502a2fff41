/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prometheus.c - the report as metrics, for the textfile collector of an exporter
 *
 * Text exposition format 0.0.4.  Labels are the operator's own names (targets,
 * vantages) and closed lists (finding ids, severities): what a server says makes no series.
 */
#include <string.h>

#include "base/buf.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/format.h"
#include "report/model.h"
#include "report/quote.h"

static void put_head(struct buf *to, const char *name, const char *help)
{
	buf_printf(to, "# HELP relayaudit_%s %s\n# TYPE relayaudit_%s gauge\n", name, help, name);
}

static void put_label(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, "%s=\"", name);
	quote_line(to, value, "\\\"");
	buf_text(to, "\"");
}

/* Names of targets and vantages are each once in a report, so that no series comes twice. */
static void put_verdicts(const struct report *report, struct buf *to)
{
	static const char *const verdicts[] = { "closed", "inconclusive", "open" };

	put_head(to, "verdict", "1 for the verdict that the target has");
	for (size_t t = 0; t < report->target_count; t++) {
		for (size_t v = 0; v < 3; v++) {
			buf_text(to, "relayaudit_verdict{");
			put_label(to, "target", report->targets[t].host);
			buf_printf(to, ",verdict=\"%s\"} %d\n", verdicts[v], strcmp(report->targets[t].verdict, verdicts[v]) == 0);
		}
	}
	put_head(to, "vantage_open", "Whether any target relays for the vantage");
	for (size_t v = 0; v < report->vantage_count; v++) {
		buf_text(to, "relayaudit_vantage_open{");
		put_label(to, "vantage", report->vantages[v].name);
		buf_printf(to, ",expect=\"%s\"} %d\n", report->vantages[v].expect, strcmp(report->vantages[v].verdict, "open") == 0);
	}
}

static bool is_same_series(const struct check *a, const struct check *b)
{
	return a->finding != NULL && b->finding != NULL && a->target == b->target && strcmp(a->finding->id, b->finding->id) == 0 &&
	       strcmp(a->finding->severity, b->finding->severity) == 0 && (a->finding->excused != NULL) == (b->finding->excused != NULL) &&
	       baseline_knows(a->finding) == baseline_knows(b->finding);
}

/* A series is told where its first finding stands; checks stand in the order of the targets, and a target has few. */
static void put_findings(const struct report *report, const struct checks *checks, struct buf *to)
{
	const struct check *end = checks->rows + checks->count, *group = checks->rows;

	put_head(to, "findings", "Findings of the target; those that the operator bears have borne=\"1\", those of the baseline known=\"1\"");
	for (const struct check *check = checks->rows; check < end; check++) {
		const struct check *other;
		size_t same = 0;

		if (check->target != group->target)
			group = check;
		for (other = group; other < check && !is_same_series(other, check); other++)
			;
		if (other < check || check->finding == NULL)
			continue;
		for (; other < end && other->target == check->target; other++)
			same += is_same_series(other, check);
		buf_text(to, "relayaudit_findings{");
		put_label(to, "target", check->target < report->target_count ? report->targets[check->target].host : "");
		buf_printf(to, ",id=\"%s\",severity=\"%s\",borne=\"%d\",known=\"%d\"} %zu\n", check->finding->id, check->finding->severity,
			   check->finding->excused != NULL, baseline_knows(check->finding), same);
	}
}

static void put_states(const struct report *report, struct buf *to)
{
	static const char *const states[] = { "used", "expired", "unmatched" };
	const struct report_baseline *baseline = report->baseline;

	put_head(to, "exceptions", "Exceptions of the configuration file by what came of them");
	for (size_t s = 0; s < sizeof states / sizeof *states; s++) {
		size_t count = 0;

		for (size_t i = 0; i < report->exception_count; i++)
			count += strcmp(report->exceptions[i].state, states[s]) == 0;
		buf_printf(to, "relayaudit_exceptions{state=\"%s\"} %zu\n", states[s], count);
	}
	if (baseline == NULL)
		return;
	put_head(to, "baseline_findings", "Findings beside those of the baseline");
	buf_printf(to, "relayaudit_baseline_findings{state=\"new\"} %zu\nrelayaudit_baseline_findings{state=\"known\"} %zu\n", baseline->fresh,
		   baseline->known);
	buf_printf(to, "relayaudit_baseline_findings{state=\"gone\"} %zu\nrelayaudit_baseline_findings{state=\"not-asked\"} %zu\n",
		   baseline->gone_count - baseline->not_asked, baseline->not_asked);
}

static void put_count(struct buf *to, const char *name, const char *help, size_t count)
{
	put_head(to, name, help);
	buf_printf(to, "relayaudit_%s %zu\n", name, count);
}

static void write_prometheus(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct checks checks;

	(void)look;
	checks_of(report, &checks);
	put_head(to, "info", "The version that ran");
	buf_text(to, "relayaudit_info{");
	put_label(to, "version", report->version);
	buf_text(to, "} 1\n");
	put_head(to, "exit_status", "Of the run: 0 fine, 1 found, 3 not judged");
	buf_printf(to, "relayaudit_exit_status %d\n", report->status);
	put_head(to, "finished_timestamp_seconds", "When the run ended");
	buf_printf(to, "relayaudit_finished_timestamp_seconds %lld\n", report->finished_at);
	put_verdicts(report, to);
	put_findings(report, &checks, to);
	put_states(report, to);
	put_count(to, "probes_run", "Attempts with an answer", report->probes_run);
	put_count(to, "probes_accepted", "Attempts that were accepted", report->probes_accepted);
	put_count(to, "probes_unjudged", "Attempts that could not be judged", report->probes_unjudged);
	checks_release(&checks);
}

const struct format format_prometheus = {
	.name = "prometheus",
	.about = "metrics for a textfile collector",
	.of = FORMAT_OF_AUDIT,
	.write = write_prometheus,
};
