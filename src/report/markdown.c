/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown.c - the report for a merge request or a job's summary
 */
#include <string.h>

#include "base/buf.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/format.h"
#include "report/matrix.h"
#include "report/model.h"
#include "report/quote.h"
#include "report/remark.h"

static void put_views(const struct report *report, struct buf *to)
{
	if (report->view_count == 0)
		return;
	buf_text(to, "\n| server | endpoint | from | verdict | accepted |\n| --- | --- | --- | --- | --- |\n");
	for (size_t i = 0; i < report->view_count; i++) {
		const struct report_view *view = &report->views[i];
		const struct report_vantage *vantage = &report->vantages[view->vantage];
		size_t ran, accepted;

		matrix_count(report, view, &ran, &accepted);
		buf_text(to, "| ");
		quote_markdown(to, report->targets[view->target].host);
		buf_text(to, " | ");
		quote_markdown(to, view->endpoint);
		buf_printf(to, "%s | ", strcmp(view->tls, "none") == 0 ? "" : strcmp(view->tls, "implicit") == 0 ? " tls" : " starttls");
		quote_markdown(to, vantage->name);
		buf_printf(to, "%s | %s | %zu of %zu |\n", strcmp(vantage->expect, "relay") == 0 ? " (is to relay)" : "",
			   view->counts ? view->verdict : "no service", accepted, ran);
	}
}

static void put_finding(const struct report_finding *finding, struct buf *to)
{
	buf_printf(to, "\n- **%s** (%s): ", finding->id, finding->severity);
	quote_markdown(to, finding->title);
	buf_text(to, ", ");
	quote_markdown(to, finding->where);
	for (size_t i = 0; i < finding->evidence_count; i++) {
		buf_text(to, "\n  - ");
		quote_markdown(to, finding->evidence[i]);
	}
	if (finding->fix != NULL && finding->fix[0] != '\0') {
		buf_text(to, "\n  - Fix: ");
		quote_markdown(to, finding->fix);
	}
	if (finding->excused != NULL) {
		buf_printf(to, "\n  - Borne until %s: ", finding->excused_until);
		quote_markdown(to, finding->excused);
	}
	if (finding->state != NULL) {
		buf_text(to, "\n  - ");
		quote_markdown(to, baseline_phrase(finding));
	}
}

static void put_remarks(const struct report *report, struct buf *to)
{
	struct buf lines = BUF_OWN;
	const char *rest, *line, *before = "\n* ";
	size_t len;

	remarks_of(report, &lines);
	for (rest = lines.data; (len = remark_next(&rest, &line)) != 0; before = "* ") {
		struct buf text = BUF_OWN;

		buf_add(&text, line, len);
		buf_text(to, before);
		quote_markdown(to, text.data);
		buf_text(to, "\n");
		buf_release(&text);
	}
	buf_release(&lines);
}

static void write_markdown(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct checks checks;

	(void)look;
	checks_of(report, &checks);
	buf_printf(to, "## relayaudit: %s\n\n%zu failed, %zu not judged, %zu fine", report->verdict, checks.of_state[CHECK_FAILED],
		   checks.of_state[CHECK_UNTESTED],
		   checks.of_state[CHECK_PASSED] + checks.of_state[CHECK_NOTED] + checks.of_state[CHECK_EXCUSED] + checks.of_state[CHECK_KNOWN]);
	buf_printf(to, "; %zu probes, %zu accepted, %zu not judged.\n", report->probes_run, report->probes_accepted, report->probes_unjudged);
	checks_release(&checks);
	put_views(report, to);
	for (size_t i = 0; i < report->finding_count; i++)
		put_finding(&report->findings[i], to);
	if (report->finding_count != 0)
		buf_text(to, "\n");
	put_remarks(report, to);
}

const struct format format_markdown = {
	.name = "markdown",
	.about = "a summary for a merge request or a job",
	.of = FORMAT_OF_AUDIT,
	.write = write_markdown,
};
