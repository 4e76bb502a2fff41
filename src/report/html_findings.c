/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_findings.c - what was found, with evidence and fix; and what is borne
 *
 * Findings of one id at one endpoint from one vantage, each of a probe, are told
 * together: their fixes are few, and their dialogues alike.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/baseline.h"
#include "report/html.h"
#include "report/model.h"

/* The ids whose findings come by the dozen, and what they are called then. */
static const struct {
	const char *id;
	const char *title;
} groups[] = {
	{ "relay", "Accepted" },
	{ "accepted-unproven", "Accepted, and where it went is not known" },
	{ "relay-limited", "Accepted for names like its own" },
};

enum { GROUPS = sizeof groups / sizeof *groups };

/* The findings of each group and view as chains.  Places are counted from 1, and 0 is none. */
struct chains {
	size_t *next;           /* by finding */
	size_t *last;           /* by group and view */
	bool *later;            /* by finding: it stands behind another of its chain */
};

static size_t group_of(const struct report_finding *finding)
{
	size_t group = 0;

	if (finding->probe == NULL)
		return GROUPS;
	while (group < GROUPS && strcmp(groups[group].id, finding->id) != 0)
		group++;
	return group;
}

static void link_findings(const struct report *report, struct chains *chains)
{
	chains->next = mem_new((report->finding_count + 1) * sizeof *chains->next);
	chains->later = mem_new(report->finding_count + 1);
	chains->last = mem_new((report->view_count + 1) * GROUPS * sizeof *chains->last);
	for (size_t i = 0; i < report->finding_count; i++) {
		size_t group = group_of(&report->findings[i]), *last;

		if (group == GROUPS)
			continue;
		last = &chains->last[report->findings[i].view * GROUPS + group];
		chains->later[i] = *last != 0;
		if (*last != 0)
			chains->next[*last - 1] = i + 1;
		*last = i + 1;
	}
}

static void write_meta(struct buf *to, const struct report_finding *finding)
{
	buf_printf(to, "<p class=\"meta\"><span class=\"badge %s\">", html_tone(finding->severity));
	html_text(to, finding->severity);
	buf_text(to, "</span> ");
	html_say(to, "code", NULL, "%s", finding->id);
	buf_text(to, "</p>\n");
}

static void write_borne(struct buf *to, const struct report_finding *finding)
{
	if (finding->excused != NULL)
		html_say(to, "p", "borne", "Borne until %s: %s", finding->excused_until, finding->excused);
	if (finding->state != NULL)
		html_say(to, "p", "soft", "Beside the baseline: %s%s%s.", baseline_phrase(finding), finding->was != NULL ? ", as " : "",
			 finding->was != NULL ? finding->was : "");
}

static void start(struct buf *to, const struct report_finding *finding, size_t place)
{
	buf_printf(to, "<article class=\"finding %s\" id=\"finding-%zu\" data-finding=\"%s\" aria-labelledby=\"finding-%zu-title\">\n",
		   finding->excused != NULL || baseline_knows(finding) ? "quiet" : html_tone(finding->severity), place, finding->id, place);
	write_meta(to, finding);
	buf_printf(to, "<h3 id=\"finding-%zu-title\">", place);
}

/* Each fix once, for all findings of the chain that it mends. */
static void write_fixes(const struct page *page, const struct chains *chains, size_t first)
{
	const struct report_finding *rows = page->report->findings;
	bool any = false;

	for (size_t i = first + 1; i != 0; i = chains->next[i - 1]) {
		const char *fix = rows[i - 1].fix;
		bool told = fix == NULL || fix[0] == '\0';

		for (size_t k = first + 1; k != i && !told; k = chains->next[k - 1])
			told = rows[k - 1].fix != NULL && strcmp(rows[k - 1].fix, fix) == 0;
		if (told)
			continue;
		buf_text(page->to, any ? "" : "<div class=\"fix\"><p><b>What to do</b></p><ul>\n");
		any = true;
		buf_text(page->to, "<li>");
		html_marked(page->to, fix);
		buf_text(page->to, "</li>\n");
	}
	buf_text(page->to, any ? "</ul></div>\n" : "");
}

static void write_accepted(const struct page *page, const struct report_finding *finding, size_t place, bool first)
{
	const struct report_attempt *attempt = &page->report->attempts[finding->attempt];
	struct buf *to = page->to;

	if (first)
		buf_text(to, "<li><code class=\"rcpt\">");
	else
		buf_printf(to, "<li id=\"finding-%zu\" data-finding=\"%s\"><code class=\"rcpt\">", place, finding->id);
	html_text(to, attempt->rcpt_to);
	buf_text(to, "</code>");
	html_say(to, "p", NULL, "%s", finding->title);
	buf_text(to, "<p class=\"soft\">from <code>");
	html_text(to, attempt->mail_from != NULL && attempt->mail_from[0] != '\0' ? attempt->mail_from : "<>");
	buf_text(to, "</code>, proof ");
	html_say(to, "b", NULL, "%s", attempt->proof != NULL ? attempt->proof : "none");
	buf_text(to, ": <code>");
	html_text(to, attempt->reply != NULL ? attempt->reply : "no reply");
	buf_text(to, "</code></p>");
	if (attempt->evidence != NULL)
		html_say(to, "p", NULL, "%s", attempt->evidence);
	if (attempt->why != NULL && strcmp(finding->id, "relay") != 0)
		html_say(to, "p", "soft", "%s", attempt->why);
	write_borne(to, finding);
	html_transcript(page, attempt->transcript);
	buf_text(to, "</li>\n");
}

static void write_chain(const struct page *page, const struct chains *chains, size_t first)
{
	const struct report *report = page->report;
	const struct report_finding *finding = &report->findings[first];
	struct buf *to = page->to;

	start(to, finding, first + 1);
	buf_printf(to, "%s at ", groups[group_of(finding)].title);
	html_endpoint(to, &report->views[finding->view]);
	buf_text(to, " from ");
	html_text(to, finding->vantage);
	buf_text(to, "</h3>\n<p class=\"place\">");
	html_text(to, finding->target);
	buf_text(to, "</p>\n<ul class=\"accepted\">\n");
	for (size_t i = first + 1; i != 0; i = chains->next[i - 1])
		write_accepted(page, &report->findings[i - 1], i, i == first + 1);
	buf_text(to, "</ul>\n");
	write_fixes(page, chains, first);
	buf_text(to, "</article>\n");
}

static void write_single(const struct page *page, const struct chains *chains, size_t index)
{
	const struct report_finding *finding = &page->report->findings[index];
	struct buf *to = page->to;

	start(to, finding, index + 1);
	html_text(to, finding->title);
	buf_text(to, "</h3>\n");
	html_say(to, "p", "place", "%s", finding->where);
	if (finding->evidence_count != 0) {
		buf_text(to, "<ul class=\"evidence\">\n");
		for (size_t i = 0; i < finding->evidence_count; i++) {
			buf_text(to, "<li>");
			html_say(to, "code", NULL, "%s", finding->evidence[i]);
			buf_text(to, "</li>\n");
		}
		buf_text(to, "</ul>\n");
	}
	write_borne(to, finding);
	write_fixes(page, chains, index);
	if (finding->probe != NULL)
		html_transcript(page, page->report->attempts[finding->attempt].transcript);
	buf_text(to, "</article>\n");
}

void html_findings(const struct page *page)
{
	const struct report *report = page->report;
	struct chains chains;

	if (report->finding_count == 0) {
		html_say(page->to, "p", "lead", "Nothing was found.");
		return;
	}
	link_findings(report, &chains);
	for (size_t i = 0; i < report->finding_count; i++) {
		if (chains.later[i])
			continue;
		if (group_of(&report->findings[i]) != GROUPS)
			write_chain(page, &chains, i);
		else
			write_single(page, &chains, i);
	}
	free(chains.next);
	free(chains.last);
	free(chains.later);
}

void html_exceptions(const struct page *page)
{
	static const char *const columns[] = { "Finding", "Where", "Until", "Findings", "Why", "Written at", NULL };
	const struct report *report = page->report;
	struct buf *to = page->to;

	html_table(to, NULL, "Exceptions of the configuration file, and what they excuse", columns);
	for (size_t i = 0; i < report->exception_count; i++) {
		const struct report_exception *row = &report->exceptions[i];
		bool expired = strcmp(row->state, "expired") == 0;

		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
		html_say(to, "code", NULL, "%s", row->finding);
		buf_text(to, "</th>");
		html_cell(to, columns[1]);
		html_text(to, row->where != NULL ? row->where : "everywhere");
		buf_text(to, "</td>");
		html_cell(to, columns[2]);
		html_text(to, row->expires);
		if (expired || row->matches == 0)
			buf_printf(to, " <span class=\"badge unsure\">%s</span>", expired ? "expired" : "fits nothing");
		buf_text(to, "</td>");
		html_cell(to, columns[3]);
		buf_printf(to, "%zu</td>", row->matches);
		html_cell(to, columns[4]);
		html_text(to, row->reason);
		buf_text(to, "</td>");
		html_cell(to, columns[5]);
		html_say(to, "code", NULL, "%s", row->source);
		buf_text(to, "</td></tr>\n");
	}
	buf_text(to, html_table_end);
}
