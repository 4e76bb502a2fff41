/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_mail.c - what logs say, as bars
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/prefix.h"
#include "report/html.h"
#include "report/model.h"

enum {
	/* Rows of a table; the JSON report has all. */
	ROWS = 12,
	/* Networks of a length below one of the next shorter. */
	NETWORKS = 4,
	/* The picture of the hours, in units of SVG. */
	STEP = 30,
	HIGH = 150,
	FOOT = 24
};

static void start(struct buf *to, const char *title, const char *what)
{
	const char *const columns[] = { what, "Count", "Share", NULL };

	html_say(to, "h3", NULL, "%s", title);
	html_table(to, "bars", title, columns);
}

static void bar(struct buf *to, const char *class, const char *name, size_t count, size_t most)
{
	buf_printf(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\" class=\"%s\"><code>", class);
	html_text(to, name);
	buf_printf(to, "</code></th><td role=\"cell\" class=\"count\">%zu</td><td role=\"cell\"><span class=\"bar\" style=\"width:%.1f%%\"></span>"
		       "<span class=\"unseen\">%.0f%% of the largest</span></td></tr>\n",
		   count, most != 0 ? 100.0 * (double)count / (double)most : 0, most != 0 ? 100.0 * (double)count / (double)most : 0);
}

static void counts(struct buf *to, const char *title, const char *what, const struct report_counts *list)
{
	size_t rest = list->others;

	if (list->count == 0)
		return;
	start(to, title, what);
	for (size_t i = 0; i < list->count && i < ROWS; i++)
		bar(to, "deep0", list->rows[i].text, list->rows[i].count, list->rows[0].count);
	for (size_t i = ROWS; i < list->count; i++)
		rest += list->rows[i].count;
	buf_text(to, html_table_end);
	if (rest != 0)
		html_say(to, "p", "soft", "and %zu of all others", rest);
}

static bool is_inside(const char *network, const char *wide)
{
	struct prefix outer, inner;
	struct err err;
	bool bits;

	return prefix_parse(wide, &outer, &bits, &err) == 0 && prefix_parse(network, &inner, &bits, &err) == 0 && prefix_has(&outer, &inner.first);
}

/* The networks of one length inside another, and those inside them in turn. */
static void networks(struct buf *to, const struct report_mail *mail, unsigned level, const char *wide)
{
	static const char *const classes[REPORT_PREFIXES] = { "deep0", "deep1", "deep2" };
	const struct report_counts *list = &mail->prefixes[level];
	size_t most = mail->prefixes[0].rows[0].count;
	unsigned told = 0;

	for (size_t i = 0; i < list->count && told < NETWORKS; i++) {
		/* A hundredth of the largest shows no mask. */
		if (i != 0 && list->rows[i].count * 100 < most)
			break;
		if (wide != NULL && !is_inside(list->rows[i].text, wide))
			continue;
		told++;
		bar(to, classes[level], list->rows[i].text, list->rows[i].count, most);
		if (level + 1 < REPORT_PREFIXES)
			networks(to, mail, level + 1, list->rows[i].text);
	}
}

/* Each hour a column. */
static void hours(struct buf *to, const struct report_mail *mail)
{
	size_t most = 0;

	for (size_t i = 0; i < REPORT_HOURS; i++)
		most = mail->hours[i] > most ? mail->hours[i] : most;
	if (most == 0)
		return;
	buf_printf(to,
		   "<h3>By the hour in which they were taken</h3>\n<figure>\n<svg class=\"hours\" viewBox=\"0 0 %d %d\" role=\"img\" "
		   "aria-labelledby=\"hours-title hours-desc\">\n<title id=\"hours-title\">Strangers' messages by the hour of the day</title>\n<desc id=\"hours-desc\">",
		   STEP * REPORT_HOURS, HIGH + 2 * FOOT);
	for (size_t i = 0; i < REPORT_HOURS; i++)
		if (mail->hours[i] != 0)
			buf_printf(to, "%02zu h: %zu. ", i, mail->hours[i]);
	buf_text(to, "</desc>\n");
	for (size_t i = 0; i < REPORT_HOURS; i++) {
		double high = (double)mail->hours[i] * HIGH / (double)most;

		high = mail->hours[i] != 0 && high < 2 ? 2 : high;
		if (mail->hours[i] != 0)
			buf_printf(to, "<rect x=\"%zu\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" rx=\"3\"/>\n", i * STEP + 3, FOOT + HIGH - high, STEP - 6, high);
		if (mail->hours[i] == most)
			buf_printf(to, "<text class=\"mid\" x=\"%zu\" y=\"%d\">%zu</text>\n", i * STEP + STEP / 2, FOOT - 7, most);
		buf_printf(to, "<text class=\"mid\" x=\"%zu\" y=\"%d\">%02zu</text>\n", i * STEP + STEP / 2, HIGH + 2 * FOOT - 5, i);
	}
	buf_printf(to, "<path d=\"M0 %d.5h%d\"/>\n</svg>\n<figcaption>Hours of the day, in UTC.</figcaption>\n</figure>\n", HIGH + FOOT, STEP * REPORT_HOURS);
}

static void refused(struct buf *to, const struct report_mail *mail)
{
	static const char *const columns[] = { "Cause", "Refusals", "What that means", NULL };

	if (mail->denied == 0)
		return;
	buf_text(to, "<h3>Refused, as it should be</h3>\n");
	html_table(to, NULL, "Attempts to relay that the server refused, by cause", columns);
	for (size_t i = 0; i < REPORT_CAUSES; i++) {
		if (mail->causes[i].count == 0)
			continue;
		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
		html_text(to, mail->causes[i].text);
		buf_text(to, "</th>");
		html_cell(to, columns[1]);
		buf_printf(to, "%zu</td>", mail->causes[i].count);
		html_cell(to, columns[2]);
		html_text(to, mail->cause_notes[i]);
		buf_text(to, "</td></tr>\n");
	}
	buf_text(to, html_table_end);
	counts(to, "Who was refused", "Client", &mail->denied_clients);
}

static void sources(struct buf *to, const struct report_mail *mail)
{
	static const char *const columns[] = { "Log", "Written by", "Lines", NULL };

	buf_text(to, "<h3>What was read</h3>\n");
	html_table(to, NULL, "Logs, and whose they are", columns);
	for (size_t i = 0; i < mail->source_count; i++) {
		const struct report_source *source = &mail->sources[i];

		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
		html_say(to, "code", NULL, "%s", source->name);
		if (source->fault != NULL)
			html_say(to, "p", NULL, "%s", source->fault);
		buf_text(to, "</th>");
		html_cell(to, columns[1]);
		html_text(to, source->makes[0] != '\0' ? source->makes : "no server that is known");
		buf_text(to, "</td>");
		html_cell(to, columns[2]);
		buf_printf(to, "%zu</td></tr>\n", source->lines);
	}
	buf_text(to, html_table_end);
	html_say(to, "p", "soft", "%zu lines, of which %zu were not understood and %zu are of other programs.%s%s%s%s", mail->lines, mail->lines_not_understood,
		 mail->lines_of_others, mail->first[0] != '\0' ? " From " : "", mail->first, mail->first[0] != '\0' ? " to " : "", mail->last);
}

static void run(struct buf *to, const struct report_mail *mail)
{
	if (mail->run == NULL)
		return;
	html_say(to, "h3", NULL, "What the server saw of the scan %s", mail->run);
	if (mail->run_clients.count == 0)
		html_say(to, "p", NULL, "No line names an address of it.");
	for (size_t i = 0; i < mail->run_clients.count; i++)
		html_say(to, "p", NULL, "%zu attempt%s from %s", mail->run_clients.rows[i].count, html_plural(mail->run_clients.rows[i].count),
			 mail->run_clients.rows[i].text);
}

void html_mail(const struct page *page)
{
	const struct report_mail *mail = page->report->mail;
	struct buf *to = page->to;

	if (mail->messages != 0) {
		hours(to, mail);
		start(to, "Strangers' messages by network", "Network");
		if (mail->prefixes[0].count != 0)
			networks(to, mail, 0, NULL);
		buf_text(to, html_table_end);
		counts(to, "By client", "Client", &mail->clients);
		counts(to, "By sender", "Sender", &mail->senders);
		counts(to, "Deliveries by the recipient's domain", "Domain", &mail->domains);
		if (page->report->map == NULL && page->report->grant_count == 0)
			html_atlas(page);
	}
	refused(to, mail);
	run(to, mail);
	sources(to, mail);
}
