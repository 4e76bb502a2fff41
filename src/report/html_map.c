/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_map.c - what the server itself said of who may relay
 */
#include <string.h>

#include "base/buf.h"
#include "report/html.h"
#include "report/model.h"

static void write_networks(const struct page *page)
{
	static const char *const columns[] = { "Network", "Addresses", "Whose", "Range", NULL };
	const struct report_map *map = page->report->map;
	struct buf *to = page->to;

	if (map->network_count == 0) {
		html_say(to, "p", "lead", map->asked == 0 ? "Nothing is known." : "Nobody was found who may relay.");
		return;
	}
	html_table(to, NULL, "Networks whose clients may relay", columns);
	for (size_t i = 0; i < map->network_count; i++) {
		const struct report_map_network *network = &map->networks[i];

		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
		html_say(to, "code", NULL, "%s", network->prefix);
		buf_text(to, "</th>");
		html_cell(to, columns[1]);
		html_digits(to, network->size);
		buf_text(to, "</td>");
		html_cell(to, columns[2]);
		buf_printf(to, "<span class=\"badge %s\">", html_tone(network->kind));
		html_text(to, network->kind);
		buf_text(to, "</span>");
		if (network->space != NULL && strcmp(network->space, network->kind) != 0)
			html_say(to, "p", "soft", "%s", network->space);
		buf_text(to, "</td>");
		html_cell(to, columns[3]);
		html_say(to, "code", NULL, "%s to %s", network->first, network->last);
		buf_text(to, "</td></tr>\n");
	}
	buf_text(to, html_table_end);
}

static void write_reasons(const struct page *page)
{
	static const char *const columns[] = { "Why", "Clients", "First of them", "It was told", NULL };
	const struct report_map *map = page->report->map;
	struct buf *to = page->to;

	if (map->reason_count == 0)
		return;
	buf_text(to, "<h3>Could not be judged</h3>\n");
	html_table(to, NULL, "Clients that were neither granted nor denied relaying", columns);
	for (size_t i = 0; i < map->reason_count; i++) {
		const struct report_map_reason *reason = &map->reasons[i];

		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\">");
		html_text(to, reason->phrase != NULL ? reason->phrase : reason->reason);
		buf_text(to, "</th>");
		html_cell(to, columns[1]);
		buf_printf(to, "%zu</td>", reason->count);
		html_cell(to, columns[2]);
		html_say(to, "code", NULL, "%s", reason->client);
		buf_text(to, "</td>");
		html_cell(to, columns[3]);
		html_say(to, "code", NULL, "%s", reason->reply != NULL ? reason->reply : "");
		buf_text(to, "</td></tr>\n");
	}
	buf_text(to, html_table_end);
}

static void fact(struct buf *to, const char *name, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(to, "<dt>%s</dt><dd><code>", name);
	html_text(to, text);
	buf_text(to, "</code></dd>\n");
}

void html_map(const struct page *page)
{
	const struct report_map *map = page->report->map;
	struct buf *to = page->to;

	html_say(to, "p", "lead", "The server was asked as one client in every /%u%s: %zu questions in %u s.", map->resolution,
		 map->whole ? "" : ", as far as it went", map->asked, map->seconds);
	if (map->fault != NULL)
		html_say(to, "p", NULL, "It ended early: %s", map->fault);
	write_networks(page);
	html_atlas(page);
	write_reasons(page);
	buf_text(to, "<h3>By what it was known</h3>\n<dl class=\"facts\">\n");
	fact(to, "Endpoint", map->endpoint);
	fact(to, "Asked by", map->via);
	fact(to, "To who may relay", map->granting);
	fact(to, "To all others", map->denying);
	buf_text(to, "</dl>\n");
	if (map->edge_count != 0)
		html_say(to, "p", "soft", "%zu boundar%s not exact, or not firm; the JSON report has them.", map->edge_count, map->edge_count == 1 ? "y is" : "ies are");
}
