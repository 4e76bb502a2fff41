/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hilbert.c - a map as a picture: IPv4 along a Hilbert curve, as SVG
 *
 * Addresses that are near each other lie near each other, and every prefix is a square
 * or two squares side by side.  A cell of 3 by 3 units is a /16; what is smaller is
 * drawn as one, with a ring around it.  Networks of one kind are one path, so that
 * thousands of them are a small file.  Light or dark is the reader's choice; there is no script.
 */
#include "report/hilbert.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "report/format.h"
#include "report/model.h"

enum {
	ORDER = 8,              /* bits of a coordinate: 256 by 256 cells */
	CELL = 3,
	SIDE = CELL << ORDER,
	MARGIN = 16,
	HEAD = 62,              /* title and what was asked, above the picture */
	WIDTH = SIDE + 2 * MARGIN,
	LINE = 19,
	RINGED = 4 * CELL,      /* smaller than this has a ring */
	LABELLED = 14 * CELL,   /* from this on a name fits inside */
	ROWS_MOST = 24,         /* of the list below */
	RINGS_MOST = 40
};

struct box {
	unsigned x, y, width, height;
};

/* The cell at a place of the curve, which begins at the top left and ends at the top right. */
static void cell_at(unsigned place, unsigned *x, unsigned *y)
{
	*x = *y = 0;
	for (unsigned side = 1; side < 1u << ORDER; side *= 2, place /= 4) {
		unsigned right = 1 & place / 2, down = 1 & (place ^ right);

		if (down == 0) {
			unsigned was = *x;

			if (right != 0) {
				*x = side - 1 - *x;
				was = *x;
				*y = side - 1 - *y;
			}
			*x = *y;
			*y = was;
		}
		*x += side * right;
		*y += side * down;
	}
}

/* A prefix of an even length is a square, one of an odd length the two that are its halves. */
static struct box square_of(unsigned first, unsigned length)
{
	unsigned side = 1u << (16 - length) / 2, x, y;

	cell_at(first, &x, &y);
	return (struct box){ x & ~(side - 1), y & ~(side - 1), side, side };
}

static struct box box_of(const unsigned char bytes[4], unsigned length)
{
	unsigned first = (unsigned)bytes[0] << 8 | bytes[1];
	struct box box, other;

	if (length >= 16)
		box = square_of(first, 16);
	else if (length % 2 == 0)
		box = square_of(first, length);
	else {
		box = square_of(first, length + 1);
		other = square_of(first + (1u << (15 - length)), length + 1);
		box.width += other.y == box.y ? other.width : 0;
		box.height += other.x == box.x ? other.height : 0;
		box.x = other.x < box.x ? other.x : box.x;
		box.y = other.y < box.y ? other.y : box.y;
	}
	return (struct box){ MARGIN + box.x * CELL, HEAD + box.y * CELL, box.width * CELL, box.height * CELL };
}

static void words(struct buf *to, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '&')
			buf_text(to, "&amp;");
		else if (*text == '<')
			buf_text(to, "&lt;");
		else if (*text == '>')
			buf_text(to, "&gt;");
		else
			buf_char(to, *text);
	}
}

static void label(struct buf *to, const char *class, unsigned x, unsigned y, const char *text)
{
	buf_printf(to, "<text class=\"%s\" x=\"%u\" y=\"%u\">", class, x, y);
	words(to, text);
	buf_text(to, "</text>\n");
}

static void style(struct buf *to)
{
	buf_text(to,
		 "<style>\n"
		 "svg { --paper: #fcfcfb; --ink: #1d1d1b; --soft: #6b6b67; --line: #dddcd7; --land: #f1f0ec; --special: #e2e0d8;\n"
		 "  --stranger: #c8102e; --own: #1f6fb2; --loopback: #2f8f5b; background: var(--paper); }\n"
		 "@media (prefers-color-scheme: dark) { svg { --paper: #161615; --ink: #ececea; --soft: #9d9d98; --line: #3a3a37;\n"
		 "  --land: #232321; --special: #34342f; --stranger: #ff5a6e; --own: #62aef0; --loopback: #5cc78d; } }\n"
		 "text { font-family: system-ui, 'DejaVu Sans', sans-serif; font-size: 13px; fill: var(--ink); }\n"
		 ".head { font-size: 19px; font-weight: 600; } .soft { fill: var(--soft); } .octet { font-size: 8px; fill: var(--soft); }\n"
		 ".name { font-size: 8px; fill: var(--soft); paint-order: stroke; stroke: var(--paper); stroke-width: 2.5px; }\n"
		 ".mid { text-anchor: middle; } .end { text-anchor: end; } .net { font-family: ui-monospace, 'DejaVu Sans Mono', monospace; }\n"
		 ".mark { font-size: 11px; font-weight: 600; paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }\n"
		 ".tag { font-size: 7.8px; font-weight: 600; fill: var(--paper); }\n"
		 ".paper { fill: var(--paper); } .land { fill: var(--land); } .grid { fill: none; stroke: var(--line); stroke-width: .6; }\n"
		 ".special { fill: var(--special); stroke: var(--soft); stroke-width: .8; }\n"
		 ".stranger { fill: var(--stranger); } .own { fill: var(--own); } .loopback { fill: var(--loopback); }\n"
		 ".ring { fill: none; stroke: var(--ink); stroke-width: 1.4; }\n"
		 "</style>\n");
}

static void land(struct buf *to)
{
	buf_printf(to, "<rect class=\"land\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", MARGIN, HEAD, SIDE, SIDE);
}

/* The /8s, by their number. */
static void grid(struct buf *to)
{
	buf_text(to, "<path class=\"grid\" d=\"");
	for (unsigned i = 0; i <= 16; i++)
		buf_printf(to, "M%d %uh%dM%u %dv%d", MARGIN, HEAD + i * SIDE / 16, SIDE, MARGIN + i * SIDE / 16, HEAD, SIDE);
	buf_text(to, "\"/>\n");
	for (unsigned i = 0; i < 256; i++) {
		unsigned char bytes[4] = { (unsigned char)i };
		struct box box = box_of(bytes, 8);
		char number[8];

		snprintf(number, sizeof number, "%u", i);
		label(to, "octet", box.x + 3, box.y + 9, number);
	}
}

static void outline(struct buf *to, const struct box *box)
{
	buf_printf(to, "M%u %uh%uv%uh-%uz", box->x, box->y, box->width, box->height, box->width);
}

static void spaces(const struct report_map *map, struct buf *to)
{
	buf_text(to, "<path class=\"special\" d=\"");
	for (size_t i = 0; i < map->space_count; i++) {
		const struct report_map_space *space = &map->spaces[i];
		struct box box = box_of(space->bytes, space->length);

		if (space->four && space->length <= 16)
			outline(to, &box);
	}
	buf_text(to, "\"/>\n");
}

/* Whether a network that is drawn there needs the room. */
static bool is_taken(const struct report_map *map, const struct report_map_space *space, const struct box *box)
{
	for (size_t i = 0; i < map->network_count; i++) {
		const struct report_map_network *network = &map->networks[i];
		struct box other = box_of(network->bytes, network->length);
		bool meet = network->four && other.x < box->x + box->width && box->x < other.x + other.width &&
			    other.y < box->y + box->height && box->y < other.y + other.height;

		if (meet && (network->length <= space->length || box->width < LABELLED))
			return true;
	}
	return false;
}

/* A large one has its name inside, a small one beside it. */
static void space_names(const struct report_map *map, struct buf *to)
{
	for (size_t i = 0; i < map->space_count; i++) {
		const struct report_map_space *space = &map->spaces[i];
		struct box box = box_of(space->bytes, space->length);
		unsigned middle = box.y + box.height / 2;

		if (!space->four || space->length > 16 || is_taken(map, space, &box))
			continue;
		if (box.width >= LABELLED) {
			const char *first = strchr(space->name, ',');
			char line[40];

			label(to, "name mid", box.x + box.width / 2, middle - 1, space->prefix);
			snprintf(line, sizeof line, "%.*s", (int)(first && box.width < 2 * LABELLED ? (size_t)(first - space->name) : strlen(space->name)),
				 space->name);
			label(to, "name mid", box.x + box.width / 2, middle + 9, line);
		} else if (box.x > WIDTH - 100) {
			label(to, "name end", box.x - 4, middle + 3, space->prefix);
		} else {
			label(to, "name", box.x + box.width + 4, middle + 3, space->prefix);
		}
	}
}

static void paths(const struct report_map *map, const char *kind, struct buf *to)
{
	struct box last = { 0, 0, 0, 0 };
	bool any = false;

	for (size_t i = 0; i < map->network_count; i++) {
		const struct report_map_network *network = &map->networks[i];
		struct box box = box_of(network->bytes, network->length);

		if (!network->four || strcmp(network->kind, kind) != 0 || memcmp(&box, &last, sizeof box) == 0)
			continue;
		if (!any)
			buf_printf(to, "<path class=\"%s\" d=\"", kind);
		any = true;
		outline(to, &box);
		last = box;
	}
	if (any)
		buf_text(to, "\"/>\n");
}

/* Rings around what is too small to be seen, and names. */
static void marks(const struct report_map *map, struct buf *to)
{
	size_t rings = 0;

	for (size_t i = 0; i < map->network_count; i++) {
		const struct report_map_network *network = &map->networks[i];
		struct box box = box_of(network->bytes, network->length);
		unsigned x = box.x + box.width / 2, y = box.y + box.height / 2;
		bool small = box.width < RINGED || box.height < RINGED;

		if (!network->four || (small && rings == RINGS_MOST))
			continue;
		if (small) {
			rings++;
			buf_printf(to, "<circle class=\"ring\" cx=\"%u\" cy=\"%u\" r=\"7\"/>\n", x, y);
		}
		if (box.width < LABELLED) {
			bool right = x < WIDTH - 130;
			unsigned away = small ? 11 : box.width / 2 + 4;

			label(to, right ? "mark" : "mark end", right ? x + away : x - away, y < HEAD + LINE ? y + 15 : y - 6, network->prefix);
		} else {
			label(to, box.width < 2 * LABELLED ? "tag mid" : "mark mid", x, y + 3, network->prefix);
		}
	}
}

void hilbert_plane(const struct report_map *map, struct buf *to)
{
	/* The later lies above the earlier: what the configuration would grant, what it does, what was found, whose mail was seen. */
	static const char *const kinds[] = { "idle", "granted", "stranger", "own", "loopback", "mail" };

	land(to);
	spaces(map, to);
	grid(to);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		paths(map, kinds[i], to);
	space_names(map, to);
	marks(map, to);
}

static unsigned list_height(const struct report_map *map)
{
	size_t rows = map->network_count > ROWS_MOST ? ROWS_MOST + 1 : map->network_count == 0 ? 1 : map->network_count;

	return (unsigned)(rows + 4) * LINE + MARGIN;
}

static void list(const struct report_map *map, struct buf *to)
{
	unsigned y = HEAD + SIDE + 2 * LINE;
	char line[200];

	label(to, "soft", MARGIN + 20, y, map->network_count ? "may relay" : "nobody was found who may relay");
	if (map->network_count != 0)
		label(to, "soft end", WIDTH / 2 + 60, y, "addresses");
	for (size_t i = 0; i < map->network_count && i < ROWS_MOST; i++) {
		const struct report_map_network *network = &map->networks[i];

		y += LINE;
		buf_printf(to, "<rect class=\"%s\" x=\"%d\" y=\"%u\" width=\"12\" height=\"12\"/>\n", network->kind, MARGIN, y - 11);
		label(to, "net", MARGIN + 20, y, network->prefix);
		label(to, "net end", WIDTH / 2 + 60, y, network->size);
		snprintf(line, sizeof line, "%s%s%s%s", strcmp(network->kind, "stranger") == 0 ? "strangers" :
			 strcmp(network->kind, "own") == 0 ? "an own network" : "loopback",
			 network->space && strcmp(network->space, network->kind) != 0 ? ", " : "",
			 network->space && strcmp(network->space, network->kind) != 0 ? network->space : "", network->four ? "" : " (IPv6: not drawn)");
		label(to, "soft", WIDTH / 2 + 80, y, line);
	}
	if (map->network_count > ROWS_MOST) {
		snprintf(line, sizeof line, "and %zu more", map->network_count - ROWS_MOST);
		label(to, "soft", MARGIN + 20, y + LINE, line);
		y += LINE;
	}
	snprintf(line, sizeof line, "One client in every /%u was asked%s; grey: special ranges, by name.", map->resolution,
		 map->whole ? "" : " as far as it went, and not all is known");
	label(to, "soft", MARGIN, y + 2 * LINE, line);
}

static void write_picture(const struct report *report, const struct format_look *look, struct buf *to)
{
	const struct report_map *map = report->map;
	unsigned height = map ? HEAD + SIDE + list_height(map) : HEAD;
	char line[400];

	(void)look;
	buf_printf(to, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" role=\"img\" aria-labelledby=\"title desc\">\n", WIDTH, height);
	buf_text(to, "<title id=\"title\">Who may relay through ");
	words(to, report->targets[0].host);
	buf_text(to, "</title>\n<desc id=\"desc\">");
	for (size_t i = 0; map != NULL && i < map->network_count && i < ROWS_MOST; i++)
		buf_printf(to, "%s (%s, %s addresses). ", map->networks[i].prefix, map->networks[i].kind, map->networks[i].size);
	buf_text(to, map != NULL && map->network_count == 0 ? "Nobody was found who may relay.</desc>\n" : "All IPv4 addresses along a Hilbert curve.</desc>\n");
	style(to);
	buf_printf(to, "<rect class=\"paper\" width=\"%d\" height=\"%u\"/>\n", WIDTH, height);
	snprintf(line, sizeof line, "Who may relay through %.80s", report->targets[0].host);
	label(to, "head", MARGIN, 28, line);
	if (map != NULL) {
		snprintf(line, sizeof line, "%.60s, by %.40s, %.10s: %s IPv4 addresses, of which strangers' %s", map->endpoint, map->via, report->finished,
			 map->size4, map->strangers4);
		label(to, "soft", MARGIN, 48, line);
		hilbert_plane(map, to);
		list(map, to);
	}
	buf_text(to, "</svg>\n");
}

const struct format format_svg = {
	.name = "svg",
	.about = "a map as a picture",
	.of = FORMAT_OF_MAP,
	.write = write_picture,
};
