/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remark.c - what is to be told of a report beside its findings
 */
#include "report/remark.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "report/baseline.h"
#include "report/format.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/wrap.h"

enum { TOLD_MOST = 50, LINE = 1500 };

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

void remark_exceptions(const struct report *report, struct buf *lines)
{
	for (size_t i = 0; i < report->exception_count; i++) {
		const struct report_exception *row = &report->exceptions[i];
		bool expired = is(row->state, "expired");

		if (is(row->state, "used"))
			continue;
		buf_printf(lines, "%s: the exception of %s at %s %s", row->source, row->finding, row->where != NULL ? row->where : "*",
			   expired ? "expired on " : "fits nothing");
		buf_printf(lines, "%s: %s\n", expired ? row->expires : "", row->reason);
	}
}

void remark_sum(const struct report *report, struct buf *to)
{
	const struct report_baseline *baseline = report->baseline;
	size_t gone = baseline->gone_count - baseline->not_asked;

	buf_printf(to, "%zu finding%s new, %zu %s known and fail%s nothing, %zu %s gone, %zu %s not asked this time.", baseline->fresh,
		   baseline->fresh == 1 ? " is" : "s are", baseline->known, baseline->known == 1 ? "is" : "are", baseline->known == 1 ? "s" : "", gone,
		   gone == 1 ? "is" : "are", baseline->not_asked, baseline->not_asked == 1 ? "was" : "were");
}

/* "mx.example.org 192.0.2.25:25 starttls from far: open, and was closed" */
static void tell_change(const struct report_change *change, struct buf *to)
{
	buf_text(to, change->target);
	if (change->endpoint != NULL)
		buf_printf(to, " %s%s from %s", change->endpoint, is(change->tls, "none") ? "" : is(change->tls, "implicit") ? " tls" : " starttls",
			   change->vantage);
	buf_printf(to, ": %s, and %s%s", change->now != NULL ? change->now : "not asked this time", change->was != NULL ? "was " : "was not asked then",
		   change->was != NULL ? change->was : "");
}

static void tell_finding(const char *what, const struct report_finding *finding, const char *why, struct buf *lines)
{
	buf_printf(lines, "%s: %s (%s): %s, %s%s%s%s\n", what, finding->id, finding->severity, finding->title, finding->where, why != NULL ? " (" : "",
		   why != NULL ? why : "", why != NULL ? ")" : "");
}

/* The findings that went, or those that were not asked. */
static void tell_gone(const struct report_baseline *baseline, const char *what, bool asked, struct buf *lines)
{
	size_t told = 0;

	for (size_t i = 0; i < baseline->gone_count; i++)
		if ((baseline->gone[i].why == NULL) == asked && told++ < TOLD_MOST)
			tell_finding(what, &baseline->gone[i].finding, baseline->gone[i].why, lines);
	if (told > TOLD_MOST)
		buf_printf(lines, "%s: %zu more\n", what, told - TOLD_MOST);
}

static void tell_changes(const struct report_baseline *baseline, struct buf *lines)
{
	for (size_t i = 0; i < baseline->change_count && i < TOLD_MOST; i++) {
		tell_change(&baseline->changes[i], lines);
		buf_char(lines, '\n');
	}
	if (baseline->change_count > TOLD_MOST)
		buf_printf(lines, "%zu more verdicts are others\n", baseline->change_count - TOLD_MOST);
}

static void remark_baseline(const struct report *report, struct buf *lines)
{
	const struct report_baseline *baseline = report->baseline;

	if (baseline == NULL)
		return;
	buf_printf(lines, "beside the baseline of %.10s (%s): ", baseline->finished, baseline->verdict);
	remark_sum(report, lines);
	buf_char(lines, '\n');
	tell_gone(baseline, "gone", true, lines);
	tell_gone(baseline, "not asked this time", false, lines);
	tell_changes(baseline, lines);
}

void remarks_of(const struct report *report, struct buf *lines)
{
	remark_exceptions(report, lines);
	remark_baseline(report, lines);
}

size_t remark_next(const char **lines, const char **line)
{
	const char *end = *lines != NULL ? strchr(*lines, '\n') : NULL;

	if (end == NULL)
		return 0;
	*line = *lines;
	*lines = end + 1;
	return (size_t)(end - *line);
}

/* The picture of a map does not show its findings one by one. */
static void tell_new(const struct report *report, struct buf *lines)
{
	size_t told = 0;

	for (size_t i = 0; report->map != NULL && i < report->finding_count; i++)
		if (!baseline_knows(&report->findings[i]) && told++ < TOLD_MOST)
			tell_finding("new", &report->findings[i], NULL, lines);
	if (told > TOLD_MOST)
		buf_printf(lines, "new: %zu more\n", told - TOLD_MOST);
}

void remark_prose(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct buf lines = BUF_OWN;
	const char *rest, *line;
	size_t len, count = 0;

	if (report->baseline == NULL)
		return;
	remark_baseline(report, &lines);
	tell_new(report, &lines);
	buf_char(to, '\n');
	for (rest = lines.data; (len = remark_next(&rest, &line)) != 0; count++) {
		char shown[LINE];

		snprintf(shown, sizeof shown, "%s%.*s", count == 0 ? "B" : "", (int)(count == 0 ? len - 1 : len), count == 0 ? line + 1 : line);
		buf_text(to, count == 0 ? "" : "  ");
		wrap_text(to, shown, count == 0 ? 0 : 2, count == 0 ? 2 : 4, look->width);
	}
	buf_release(&lines);
}

void remark_standing(const struct report_finding *finding, unsigned indent, const struct format_look *look, struct buf *to)
{
	const char *phrase = baseline_phrase(finding);
	char line[LINE];

	if (finding->excused != NULL) {
		snprintf(line, sizeof line, "excused until %s: %.600s", finding->excused_until, finding->excused);
		buf_printf(to, "%*s", (int)indent, "");
		wrap_text(to, line, indent, indent, look->width);
	}
	if (phrase == NULL)
		return;
	buf_printf(to, "%*s", (int)indent, "");
	paint(look, to, baseline_knows(finding) ? TONE_QUIET : TONE_OPEN);
	buf_text(to, phrase);
	if (finding->was != NULL && !is(finding->was, finding->severity))
		buf_printf(to, " (%s)", finding->was);
	paint(look, to, TONE_END);
	buf_char(to, '\n');
}
