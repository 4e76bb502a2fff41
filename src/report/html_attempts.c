/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_attempts.c - what was tried at one endpoint from one vantage
 */
#include <string.h>

#include "base/buf.h"
#include "report/html.h"
#include "report/model.h"

void html_transcript(const struct page *page, const char *transcript)
{
	if (transcript == NULL)
		return;
	buf_text(page->to, "<details class=\"more\"><summary>The dialogue</summary><pre>");
	html_text(page->to, transcript);
	buf_text(page->to, "</pre></details>");
}

static void write_attempt(const struct page *page, size_t index)
{
	const struct report_attempt *attempt = &page->report->attempts[index];
	struct buf *to = page->to;

	buf_text(to, "<li><b>");
	html_text(to, attempt->probe);
	buf_text(to, "</b> ");
	html_text(to, attempt->title);
	if (attempt->rcpt_to != NULL) {
		buf_text(to, "<code>");
		html_text(to, attempt->mail_from != NULL && attempt->mail_from[0] != '\0' ? attempt->mail_from : "<>");
		buf_text(to, " to ");
		html_text(to, attempt->rcpt_to);
		buf_text(to, "</code>");
	}
	if (attempt->reply != NULL)
		html_say(to, "code", "said", "%s", attempt->reply);
	if (attempt->note != NULL)
		html_say(to, "p", "soft", "%s", attempt->note);
	if (attempt->verdict != NULL && strcmp(attempt->verdict, "inconclusive") == 0 && attempt->why != NULL)
		html_say(to, "p", "soft", "%s", attempt->why);
	if (page->finding_of[index] != 0)
		buf_printf(to, "<a href=\"#finding-%zu\">the finding</a>", page->finding_of[index]);
	else
		html_transcript(page, attempt->transcript);
	buf_text(to, "</li>\n");
}

static bool is_of(const struct report_view *view, size_t place, const struct report_attempt *attempt, const char *outcome)
{
	return outcome == NULL ? place < view->controls : place >= view->controls && strcmp(attempt->outcome, outcome) == 0;
}

/* All of one outcome; NULL: the controls. */
static void write_group(const struct page *page, const struct report_view *view, const char *outcome, const char *title)
{
	const struct report_attempt *rows = page->report->attempts + view->first_attempt;
	size_t count = 0;

	for (size_t i = 0; i < view->attempt_count; i++)
		count += is_of(view, i, &rows[i], outcome);
	if (count == 0)
		return;
	buf_printf(page->to, "<details class=\"more\"%s><summary>%zu %s%s</summary><ul class=\"tries\">\n",
		   outcome != NULL && strcmp(outcome, "accepted") == 0 ? " open" : "", count, title, outcome == NULL ? html_plural(count) : "");
	for (size_t i = 0; i < view->attempt_count; i++)
		if (is_of(view, i, &rows[i], outcome))
			write_attempt(page, view->first_attempt + i);
	buf_text(page->to, "</ul></details>\n");
}

void html_attempts(const struct page *page, const struct report_view *view)
{
	static const struct {
		const char *outcome;
		const char *title;
	} groups[] = {
		{ "accepted", "accepted" }, { "deferred", "put off by the server" }, { "error", "without an answer" },
		{ "rejected", "refused" },  { "skipped", "not applicable here" },    { NULL, "control" },
	};

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		write_group(page, view, groups[i].outcome, groups[i].title);
}
