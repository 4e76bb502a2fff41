/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_atlas.c - who may relay, on the map of IPv4
 *
 * What the configuration grants, what a map found and whose mail a log shows lie one
 * over the other: an address that is seen in the last and not in the first is the news.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/map_space.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/prefix.h"
#include "report/hilbert.h"
#include "report/html.h"
#include "report/model.h"

enum {
	/* Networks of clients whose mail was seen: the most frequent; more are not told apart on the picture. */
	MAIL_MOST = 24,
	/* Networks of a grant's text. */
	TEXT_MOST = 256
};

struct atlas {
	struct report_map map;
	size_t networks_capacity;
	size_t spaces_capacity;
	size_t drawn;           /* IPv4 */
	size_t not_drawn;       /* IPv6 */
};

static void add_network(struct atlas *atlas, const char *text, const char *kind)
{
	struct report_map_network *row;
	struct prefix prefix;
	struct err err = ERR_INIT;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, &err) != 0)
		return;
	if (prefix.first.family != AF_INET) {
		atlas->not_drawn++;
		return;
	}
	MEM_ROOM(atlas->map.networks, atlas->map.network_count, atlas->networks_capacity);
	row = &atlas->map.networks[atlas->map.network_count++];
	*row = (struct report_map_network){ .prefix = text, .kind = kind, .length = prefix.length, .four = true };
	memcpy(row->bytes, prefix.first.bytes, sizeof row->bytes);
	atlas->drawn++;
}

static void add_spaces(struct atlas *atlas)
{
	const struct map_space *space;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		struct report_map_space *row;
		struct prefix prefix;
		struct err err = ERR_INIT;
		bool host_bits;

		if (prefix_parse(space->prefix, &prefix, &host_bits, &err) != 0)
			continue;
		MEM_ROOM(atlas->map.spaces, atlas->map.space_count, atlas->spaces_capacity);
		row = &atlas->map.spaces[atlas->map.space_count++];
		*row = (struct report_map_space){ .prefix = space->prefix, .name = space->name, .length = prefix.length, .four = prefix.first.family == AF_INET };
		memcpy(row->bytes, prefix.first.bytes, sizeof row->bytes);
	}
}

static void fill(const struct report *report, struct atlas *atlas)
{
	add_spaces(atlas);
	for (size_t i = 0; i < report->grant_count; i++)
		if (strcmp(report->grants[i].to, "addresses") == 0)
			add_network(atlas, report->grants[i].network, report->grants[i].in_force ? "granted" : "idle");
	for (size_t i = 0; report->map != NULL && i < report->map->network_count; i++)
		add_network(atlas, report->map->networks[i].prefix, report->map->networks[i].kind);
	for (size_t i = 0; report->mail != NULL && i < report->mail->prefixes[REPORT_PREFIXES - 1].count && i < MAIL_MOST; i++)
		add_network(atlas, report->mail->prefixes[REPORT_PREFIXES - 1].rows[i].text, "mail");
}

static const struct {
	const char *kind;
	const char *title;
} kinds[] = {
	{ "idle", "written, and not in force" },
	{ "granted", "the configuration grants it" },	  { "stranger", "strangers may relay" },     { "own", "own networks may relay" },
	{ "loopback", "the server itself may relay" }, { "mail", "strangers' mail came from here" },
};

static void write_key(const struct atlas *atlas, struct buf *to)
{
	buf_text(to, "<figcaption><ul>\n");
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
		size_t count = 0;

		for (size_t i = 0; i < atlas->map.network_count; i++)
			count += strcmp(atlas->map.networks[i].kind, kinds[k].kind) == 0;
		if (count != 0)
			buf_printf(to, "<li><span class=\"key %s\"></span>%s</li>\n", kinds[k].kind, kinds[k].title);
	}
	buf_text(to, "</ul><p>Every IPv4 address along a Hilbert curve: numbers are first octets, and what is near in number lies near. "
		     "Grey: special ranges, by name.");
	if (atlas->not_drawn != 0)
		buf_printf(to, " %zu IPv6 network%s not drawn.", atlas->not_drawn, atlas->not_drawn == 1 ? " is" : "s are");
	buf_text(to, "</p></figcaption>\n");
}

void html_atlas(const struct page *page)
{
	struct atlas atlas = { .drawn = 0 };
	struct buf *to = page->to;

	fill(page->report, &atlas);
	if (atlas.drawn != 0) {
		buf_text(to, "<figure>\n<svg viewBox=\"" HILBERT_VIEW "\" role=\"img\" aria-labelledby=\"atlas-title atlas-desc\">\n"
			     "<title id=\"atlas-title\">Who may relay, on the map of all IPv4 addresses</title>\n<desc id=\"atlas-desc\">");
		for (size_t i = 0; i < atlas.map.network_count && i < TEXT_MOST; i++) {
			html_text(to, atlas.map.networks[i].prefix);
			buf_printf(to, " (%s)%s", atlas.map.networks[i].kind, i + 1 < atlas.map.network_count ? ", " : "");
		}
		buf_text(to, "</desc>\n");
		hilbert_plane(&atlas.map, to);
		buf_text(to, "</svg>\n");
		write_key(&atlas, to);
		buf_text(to, "</figure>\n");
	}
	free(atlas.map.networks);
	free(atlas.map.spaces);
}
