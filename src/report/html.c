/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html.c - the report as a page
 */
#include "report/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/format.h"
#include "report/model.h"
#include "report/quote.h"

enum {
	/* From so many targets on, each of them comes behind the findings, and a table of all before. */
	FLEET = 4
};

void html_text(struct buf *to, const char *text)
{
	if (text != NULL)
		quote_xml(to, text);
}

void html_marked(struct buf *to, const char *text)
{
	const char *mark, *end;

	while ((mark = strchr(text, '`')) != NULL && (end = strchr(mark + 1, '`')) != NULL) {
		char *before = mem_bytes(text, (size_t)(mark - text)), *code = mem_bytes(mark + 1, (size_t)(end - mark - 1));

		html_text(to, before);
		html_say(to, "code", NULL, "%s", code);
		free(before);
		free(code);
		text = end + 1;
	}
	html_text(to, text);
}

void html_say(struct buf *to, const char *tag, const char *class, const char *format, ...)
{
	va_list arguments, again;
	char *text;
	int len;

	va_start(arguments, format);
	va_copy(again, arguments);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	text = mem_new((size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, format, arguments);
	va_end(arguments);
	buf_printf(to, class != NULL ? "<%s class=\"%s\">" : "<%s>", tag, class);
	html_text(to, text);
	buf_printf(to, "</%s>", tag);
	free(text);
}

void html_table(struct buf *to, const char *class, const char *caption, const char *const *columns)
{
	buf_printf(to, class != NULL ? "<table class=\"%s\" role=\"table\">\n<caption>" : "<table role=\"table\">\n<caption>", class);
	html_text(to, caption);
	buf_text(to, "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
	for (; *columns != NULL; columns++) {
		buf_text(to, "<th role=\"columnheader\" scope=\"col\">");
		html_text(to, *columns);
		buf_text(to, "</th>");
	}
	buf_text(to, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

void html_cell(struct buf *to, const char *column)
{
	buf_text(to, "<td role=\"cell\" data-of=\"");
	html_text(to, column);
	buf_text(to, "\">");
}

const char html_table_end[] = "</tbody></table>\n";

const char *html_tone(const char *word)
{
	static const struct {
		const char *word;
		const char *tone;
	} rows[] = {
		{ "open", "open" },	{ "critical", "open" },	      { "high", "open" },     { "refuses", "open" },
		{ "closed", "closed" }, { "relays", "closed" },	      { "reject", "closed" }, { "stranger", "open" },
		{ "permit", "open" },	{ "inconclusive", "unsure" }, { "medium", "unsure" }, { "broken", "unsure" },
		{ "defer", "unsure" },	{ "unknown", "unsure" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].word, word) == 0)
			return rows[i].tone;
	return "quiet";
}

void html_endpoint(struct buf *to, const struct report_view *view)
{
	html_text(to, view->endpoint);
	buf_text(to, strcmp(view->tls, "none") == 0 ? "" : strcmp(view->tls, "implicit") == 0 ? " tls" : " starttls");
}

void html_digits(struct buf *to, const char *digits)
{
	char grouped[TEXT_GROUPED];

	html_text(to, text_group(digits, grouped));
}

const char *html_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

/* Name and section, in the order of the page. */
struct part {
	const char *id;
	const char *title;
	bool there;
	void (*write)(const struct page *page);
};

enum { PARTS = 11 };

static void choose_parts(const struct report *report, struct part parts[PARTS])
{
	bool fleet = report->target_count >= FLEET, scanned = report->target_count != 0 && report->map == NULL;
	const struct part servers = { "servers", fleet ? "Server by server" : "What each vantage saw", scanned, html_targets };
	const struct part findings = { "findings", "Findings", true, html_findings };
	size_t count = 0;

	parts[count++] = (struct part){ "overview", "All servers", scanned && fleet, html_overview };
	parts[count++] = fleet ? findings : servers;
	parts[count++] = fleet ? servers : findings;
	parts[count++] = (struct part){ "map", "What the server itself says", report->map != NULL, html_map };
	parts[count++] = (struct part){ "grants", "Who may relay by the configuration", report->mta != NULL || report->grant_count != 0, html_grants };
	parts[count++] = (struct part){ "clients", "May these clients relay?", report->client_count != 0, html_clients };
	parts[count++] = (struct part){ "mail", "What the logs say", report->mail != NULL, html_mail };
	parts[count++] = (struct part){ "queue", "What waits in the queue", report->queue != NULL, html_queue };
	parts[count++] = (struct part){ "exceptions", "What is borne for a time", report->exception_count != 0, html_exceptions };
	parts[count++] = (struct part){ "baseline", "Since the baseline", report->baseline != NULL, html_baseline };
	parts[count++] = (struct part){ "notes", "How this was found out", true, html_notes };
}

static void write_start(const struct page *page)
{
	const struct report *report = page->report;

	buf_text(page->to,
		 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
		 "base-uri 'none'; form-action 'none'\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
		 "<meta name=\"generator\" content=\"relayaudit ");
	html_text(page->to, report->version);
	buf_text(page->to, "\">\n<title>");
	html_text(page->to, report->verdict);
	if (report->target_count == 1) {
		buf_text(page->to, ": ");
		html_text(page->to, report->targets[0].host);
	}
	buf_printf(page->to, " - relayaudit %s</title>\n<style>\n%s</style>\n</head>\n<body class=\"%s\">\n", report->command, html_style,
		   html_tone(report->verdict));
	buf_text(page->to, "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n");
}

static void write_parts(const struct page *page)
{
	struct part parts[PARTS];

	choose_parts(page->report, parts);
	buf_text(page->to, "<nav aria-label=\"Sections\"><ul>\n");
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].there)
			buf_printf(page->to, "<li><a href=\"#%s\">%s</a></li>\n", parts[i].id, parts[i].title);
	buf_text(page->to, "</ul></nav>\n<main id=\"main\" tabindex=\"-1\">\n");
	for (size_t i = 0; i < PARTS; i++) {
		if (!parts[i].there)
			continue;
		buf_printf(page->to, "<section id=\"%s\" aria-labelledby=\"%s-title\">\n<h2 id=\"%s-title\">%s</h2>\n", parts[i].id, parts[i].id, parts[i].id,
			   parts[i].title);
		parts[i].write(page);
		buf_text(page->to, "</section>\n");
	}
	buf_text(page->to, "</main>\n");
}

static void write_html(const struct report *report, const struct format_look *look, struct buf *to)
{
	size_t *finding_of = mem_new((report->attempt_count + 1) * sizeof *finding_of);
	const struct page page = { .report = report, .to = to, .finding_of = finding_of };

	(void)look;
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].probe != NULL)
			finding_of[report->findings[i].attempt] = i + 1;
	write_start(&page);
	html_headline(&page);
	write_parts(&page);
	buf_text(to, "<footer><p>Made by relayaudit ");
	html_text(to, report->version);
	buf_text(to, ", run ");
	html_say(to, "code", NULL, "%s", report->run_id);
	buf_text(to, ".</p></footer>\n</body>\n</html>\n");
	free(finding_of);
}

const struct format format_html = {
	.name = "html",
	.about = "a page of its own, to read and to hand on",
	.of = FORMAT_OF_AUDIT | FORMAT_OF_MAP,
	.write = write_html,
};
