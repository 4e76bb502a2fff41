/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_grants.c - what a configuration grants, and what it says to single clients
 */
#include <string.h>

#include "base/buf.h"
#include "report/html.h"
#include "report/model.h"

static void write_grant(struct buf *to, const struct report_grant *grant, const char *const *columns)
{
	buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	html_say(to, "code", NULL, "%s", grant->source);
	buf_text(to, "</th>");
	html_cell(to, columns[1]);
	html_text(to, grant->setting);
	buf_text(to, " <code>");
	html_text(to, grant->value);
	buf_text(to, "</code>");
	if (grant->service != NULL)
		html_say(to, "p", "soft", "service %s", grant->service);
	if (!grant->in_force)
		html_say(to, "p", "soft", "Not in force: %s", grant->idle_because != NULL ? grant->idle_because : "");
	buf_text(to, "</td>");
	html_cell(to, columns[2]);
	html_text(to, grant->network);
	for (size_t i = 0; i < grant->covered_count; i++)
		html_say(to, "p", "soft", i == 0 ? "vantage inside: %s" : "%s", grant->covered_by[i]);
	buf_text(to, "</td>");
	html_cell(to, columns[3]);
	html_digits(to, grant->addresses != NULL ? grant->addresses : "not counted");
	buf_text(to, "</td></tr>\n");
}

void html_grants(const struct page *page)
{
	static const char *const columns[] = { "Line", "Setting", "Who", "Addresses", NULL };
	const struct report *report = page->report;

	if (report->grant_count == 0) {
		html_say(page->to, "p", "lead", "Nobody may relay.");
		return;
	}
	html_table(page->to, NULL, "Every line of the configuration that lets a client relay", columns);
	for (size_t i = 0; i < report->grant_count; i++)
		write_grant(page->to, &report->grants[i], columns);
	buf_text(page->to, html_table_end);
	if (report->map == NULL)
		html_atlas(page);
}

static void write_reply(struct buf *to, const struct report_client *client, const struct report_reply *reply, const char *const *columns)
{
	buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
	html_say(to, "code", NULL, "%s", client->address);
	if (client->name != NULL)
		html_say(to, "p", "soft", "%s", client->name);
	buf_text(to, "</th>");
	html_cell(to, columns[1]);
	html_text(to, reply->service);
	buf_text(to, "</td>");
	html_cell(to, columns[2]);
	buf_printf(to, "<span class=\"badge %s\">", html_tone(reply->answer));
	html_text(to, reply->answer);
	buf_text(to, "</span></td>");
	html_cell(to, columns[3]);
	if (reply->by != NULL)
		html_say(to, "code", NULL, "%s", reply->by);
	html_say(to, "p", NULL, "%s", reply->why != NULL ? reply->why : "");
	buf_text(to, "</td></tr>\n");
}

void html_clients(const struct page *page)
{
	static const char *const columns[] = { "Client", "Service", "Answer", "Because", NULL };
	const struct report *report = page->report;

	html_table(page->to, NULL, "What the configuration says to each client that was asked about", columns);
	for (size_t i = 0; i < report->client_count; i++) {
		write_reply(page->to, &report->clients[i], &report->clients[i].first, columns);
		for (size_t k = 0; k < report->clients[i].other_count; k++)
			write_reply(page->to, &report->clients[i], &report->clients[i].others[k], columns);
	}
	buf_text(page->to, html_table_end);
}
