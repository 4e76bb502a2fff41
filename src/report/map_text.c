/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_text.c - a map for people
 *
 * The verdict; the networks that may relay, strangers' first; what could not be
 * judged; and how closely was looked, which is part of the answer.
 */
#include "report/map_text.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "report/format.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/wrap.h"

enum {
	/* In a text for people; JSON has all of them. */
	NETWORKS_SHOWN = 200,
	EDGES_SHOWN = 10
};

struct text {
	const struct report *report;
	const struct report_map *map;
	const struct format_look *look;
	struct buf *to;
};

static void paragraph(const struct text *text, unsigned first, unsigned indent, const char *words)
{
	wrap_text(text->to, words, first, indent, text->look->width);
}

static void headline(const struct text *text)
{
	const struct report_map *map = text->map;
	const char *host = text->report->targets[0].host;
	bool four = strcmp(map->strangers4, "0") != 0, six = strcmp(map->strangers6, "0") != 0;
	const char *head = four || six ? "OPEN" : map->whole ? "CLOSED" : "INCONCLUSIVE";
	char line[400], fours[TEXT_GROUPED], sixes[TEXT_GROUPED];

	if (four || six)
		snprintf(line, sizeof line, "%.200s relays for strangers: %s%s%s%s%s.", host, four ? text_group(map->strangers4, fours) : "", four ? " IPv4" : "",
			 four && six ? " and " : "", six ? text_group(map->strangers6, sixes) : "", six ? " IPv6 addresses" : " addresses");
	else if (map->whole)
		snprintf(line, sizeof line, "%.200s: no stranger was found who may relay.", host);
	else
		snprintf(line, sizeof line, "%.200s: no stranger was found who may relay, but not all is known.", host);
	paint_text(text->look, text->to, paint_of(text->report->verdict), head);
	buf_text(text->to, "  ");
	paragraph(text, (unsigned)strlen(head) + 2, (unsigned)strlen(head) + 2, line);
}

static void asked(const struct text *text)
{
	const struct report_map *map = text->map;
	char line[500];

	snprintf(line, sizeof line, "%.120s%s, by %.200s: %zu questions in %u s%s", map->endpoint,
		 strcmp(map->tls, "none") == 0 ? "" : strcmp(map->tls, "implicit") == 0 ? " tls" : " starttls", map->via, map->asked, map->seconds,
		 map->resumed ? " and earlier" : "");
	buf_char(text->to, '\n');
	paint(text->look, text->to, TONE_HEAD);
	paragraph(text, 0, 2, line);
	paint(text->look, text->to, TONE_END);
}

static void networks(const struct text *text)
{
	const struct report_map *map = text->map;
	size_t width = 18, digits = 9, len;
	char grouped[TEXT_GROUPED];

	for (size_t i = 0; i < map->network_count && i < NETWORKS_SHOWN; i++) {
		width = strlen(map->networks[i].prefix) > width ? strlen(map->networks[i].prefix) : width;
		len = strlen(text_group(map->networks[i].size, grouped));
		digits = len > digits ? len : digits;
	}
	if (map->network_count == 0) {
		buf_text(text->to, text->map->asked == 0 ? "  nothing is known\n" : "  nobody was found who may relay\n");
		return;
	}
	buf_printf(text->to, "  %-*s  %*s\n", (int)width, "may relay", (int)digits, "addresses");
	for (size_t i = 0; i < map->network_count && i < NETWORKS_SHOWN; i++) {
		const struct report_map_network *network = &map->networks[i];
		bool stranger = strcmp(network->kind, "stranger") == 0;

		buf_text(text->to, "  ");
		paint(text->look, text->to, stranger ? TONE_OPEN : TONE_CLOSED);
		buf_printf(text->to, "%-*s", (int)width, network->prefix);
		paint(text->look, text->to, TONE_END);
		buf_printf(text->to, "  %*s", (int)digits, text_group(network->size, grouped));
		if (!stranger && strcmp(network->kind, "loopback") != 0)
			buf_printf(text->to, "  %s", network->kind);
		if (network->space != NULL)
			buf_printf(text->to, "  %s", network->space);
		buf_char(text->to, '\n');
	}
	if (map->network_count > NETWORKS_SHOWN)
		buf_printf(text->to, "  and %zu more: -o json has them\n", map->network_count - NETWORKS_SHOWN);
}

static void replies(const struct text *text)
{
	char line[700];

	if (text->map->granting != NULL) {
		snprintf(line, sizeof line, "To them the server said: %.500s", text->map->granting);
		buf_text(text->to, "  ");
		paragraph(text, 2, 4, line);
	}
	if (text->map->denying != NULL) {
		snprintf(line, sizeof line, "To others: %.500s", text->map->denying);
		buf_text(text->to, "  ");
		paragraph(text, 2, 4, line);
	}
}

static void item(const struct text *text, const char *line)
{
	buf_text(text->to, "  ");
	paragraph(text, 2, 4, line);
}

static void gaps(const struct text *text)
{
	const struct report_map *map = text->map;
	char line[900];

	if (map->whole)
		return;
	buf_char(text->to, '\n');
	paint_text(text->look, text->to, TONE_UNSURE, "Could not be judged");
	buf_char(text->to, '\n');
	if (map->fault != NULL || map->asked < map->expected) {
		snprintf(line, sizeof line, "The map is not whole: %.500s; %zu of about %zu questions were answered.",
			 map->fault ? map->fault : "it was interrupted", map->asked, map->expected);
		item(text, line);
	}
	for (size_t i = 0; i < map->reason_count; i++) {
		const struct report_map_reason *reason = &map->reasons[i];

		snprintf(line, sizeof line, "%zu client%s: %s (%s%s%.400s)", reason->count, reason->count == 1 ? "" : "s", reason->phrase,
			 reason->client, reason->reply ? ": " : "", reason->reply ? reason->reply : "");
		item(text, line);
	}
	for (size_t i = 0; i < map->edge_count && i < EDGES_SHOWN; i++) {
		snprintf(line, sizeof line, strcmp(map->edges[i].state, "vague") == 0 ?
			 "A boundary lies somewhere between %s and %s." :
			 "At the boundary between %s and %s the server answered the second time otherwise.", map->edges[i].before, map->edges[i].behind);
		item(text, line);
	}
	if (map->edge_count > EDGES_SHOWN)
		buf_printf(text->to, "  and %zu more boundaries\n", map->edge_count - EDGES_SHOWN);
	if (map->left_out != 0) {
		snprintf(line, sizeof line, "%zu further boundaries were not looked for: does the server go by something else than the address?",
			 map->left_out);
		item(text, line);
	}
}

/* "A, B by the /24; C by the /20": the special ranges of IPv4 that are asked so. */
static void list_spaces(const struct text *text, const char *how, struct buf *to)
{
	size_t told = 0;

	for (size_t i = 0; i < text->map->space_count; i++) {
		const struct report_map_space *space = &text->map->spaces[i];

		if (strcmp(space->asked, how) == 0)
			buf_printf(to, "%s%s (%s)", told++ ? ", " : "", space->prefix, space->name);
	}
}

static void manner(const struct text *text)
{
	const struct report_map *map = text->map;
	struct buf line = BUF_INIT(4000);
	bool four = strcmp(map->families, "ipv6") != 0, six = strcmp(map->families, "ipv4") != 0;

	buf_text(text->to, "\nHow closely was looked:\n");
	if (four) {
		buf_printf(&line, "One client in every /%u of IPv4. A hole narrower than a /%u away from every known boundary can be missed", map->resolution,
			   map->resolution);
		if (map->resolution < 24)
			buf_printf(&line, "; --resolution /%u looks finer, and --boundary names networks whose edges are to be looked at",
				   map->resolution + 4 > 24 ? 24 : map->resolution + 4);
		buf_text(&line, ".");
		item(text, line.data);
		buf_reset(&line);
		for (size_t i = 0; i < map->space_count; i++) {
			const struct report_map_space *space = &map->spaces[i];
			bool again = false;

			for (size_t k = 0; k < i; k++)
				again = again || strcmp(map->spaces[k].asked, space->asked) == 0;
			if (again || space->asked[0] != '/')
				continue;
			buf_printf(&line, "%s by the %s: ", line.len ? ";" : "More finely", space->asked);
			list_spaces(text, space->asked, &line);
		}
		buf_text(&line, ".");
		item(text, line.data);
		buf_reset(&line);
	}
	if (six) {
		item(text, "Of IPv6 a sample: special ranges, one client in every block of 2000::/3, and the edges of known networks. It is too large for more.");
		if (map->mapped_alike)
			item(text, "IPv4 addresses written as IPv6 (::ffff:0:0/96) are answered as the IPv4 addresses are.");
	}
	buf_text(&line, "Skipped: ");
	list_spaces(text, "skipped", &line);
	buf_text(&line, ".");
	item(text, line.data);
	buf_release(&line);
}

static void fixes(const struct text *text)
{
	const struct report *report = text->report;

	for (size_t i = 0; i < report->finding_count; i++) {
		const struct report_finding *finding = &report->findings[i];

		if (strcmp(finding->id, "relay") != 0 || finding->fix[0] == '\0')
			continue;
		buf_text(text->to, "\nFix: ");
		paragraph(text, 5, 2, finding->fix);
		return;
	}
}

void map_text_write(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct text text = { .report = report, .map = report->map, .look = look, .to = to };

	headline(&text);
	asked(&text);
	networks(&text);
	replies(&text);
	gaps(&text);
	fixes(&text);
	manner(&text);
	buf_char(to, '\n');
	if (report->victim_reserved)
		paragraph(&text, 0, 0, "No victim was named: example.com stood in, which nobody has. A server that checks whether the recipient's domain "
				       "takes mail refuses it to everybody, and is then told as not judged; --victim names an address of yours.");
	paragraph(&text, 0, 0, "No message was sent. Accepted is not delivered: scan --confirm proves what becomes of a message.");
}
