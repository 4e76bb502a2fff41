/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_baseline.c - what is new, known and gone since an earlier report
 */
#include <string.h>

#include "base/buf.h"
#include "report/baseline.h"
#include "report/html.h"
#include "report/model.h"
#include "report/remark.h"

enum { ROWS_MOST = 500 };

static void write_gone(const struct report_gone *gone, const char *const *columns, struct buf *to)
{
	const struct report_finding *finding = &gone->finding;

	buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	html_text(to, finding->title);
	buf_text(to, "</th>");
	html_cell(to, columns[1]);
	html_say(to, "code", NULL, "%s", finding->id);
	buf_printf(to, "</td>");
	html_cell(to, columns[2]);
	html_say(to, "span", NULL, "%s", finding->severity);
	buf_text(to, "</td>");
	html_cell(to, columns[3]);
	html_text(to, finding->where);
	buf_text(to, "</td>");
	html_cell(to, columns[4]);
	buf_printf(to, "<span class=\"badge %s\">", gone->why == NULL ? "closed" : "unsure");
	buf_text(to, gone->why == NULL ? "gone</span>" : "not asked this time</span> ");
	html_text(to, gone->why);
	buf_text(to, "</td></tr>\n");
}

static void write_verdict(const char *verdict, const char *column, struct buf *to)
{
	html_cell(to, column);
	if (verdict != NULL)
		buf_printf(to, "<span class=\"badge %s\">%s</span>", html_tone(verdict), verdict);
	else
		buf_text(to, "not asked");
	buf_text(to, "</td>");
}

static void write_change(const struct report_change *change, const char *const *columns, struct buf *to)
{
	buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	html_text(to, change->target);
	if (change->endpoint != NULL) {
		buf_text(to, " ");
		html_text(to, change->endpoint);
		buf_text(to, strcmp(change->tls, "none") == 0 ? "" : strcmp(change->tls, "implicit") == 0 ? " tls" : " starttls");
	}
	buf_text(to, "</th>");
	html_cell(to, columns[1]);
	html_text(to, change->vantage != NULL ? change->vantage : "all");
	buf_text(to, "</td>");
	write_verdict(change->was, columns[2], to);
	write_verdict(change->now, columns[3], to);
	buf_text(to, "</tr>\n");
}

static void write_more(size_t count, struct buf *to)
{
	if (count > ROWS_MOST)
		html_say(to, "p", "soft", "And %zu more, which the JSON report has.", count - ROWS_MOST);
}

void html_baseline(const struct page *page)
{
	static const char *const of_gone[] = { "Finding", "Id", "Severity", "Where", "Now", NULL };
	static const char *const of_change[] = { "Where", "From", "Was", "Is", NULL };
	const struct report_baseline *baseline = page->report->baseline;
	struct buf *to = page->to, sum = BUF_OWN;

	remark_sum(page->report, &sum);
	html_say(to, "p", "lead", "%s", sum.data);
	buf_release(&sum);
	html_say(to, "p", "soft", "The baseline is the report of %s, which ended %s with the verdict %s.", baseline->command, baseline->finished,
		 baseline->verdict);
	if (baseline->gone_count != 0) {
		html_table(to, NULL, "What the baseline had, and this run has not", of_gone);
		for (size_t i = 0; i < baseline->gone_count && i < ROWS_MOST; i++)
			write_gone(&baseline->gone[i], of_gone, to);
		buf_text(to, html_table_end);
		write_more(baseline->gone_count, to);
	}
	if (baseline->change_count != 0) {
		html_table(to, NULL, "Verdicts that are others", of_change);
		for (size_t i = 0; i < baseline->change_count && i < ROWS_MOST; i++)
			write_change(&baseline->changes[i], of_change, to);
		buf_text(to, html_table_end);
		write_more(baseline->change_count, to);
	}
}
