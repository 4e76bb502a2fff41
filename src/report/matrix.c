/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matrix.c - what each vantage sees of each endpoint
 *
 * A column is an endpoint and a TLS mode; its head is in two lines, the address
 * once for all its ports that stand side by side.
 */
#include "report/matrix.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/wrap.h"

enum {
	NAME_MOST = 28,         /* beside an IPv6 address in 80 columns */
	CELL_TEXT = 40,
	PORT_TEXT = 24,
	GAP = 2
};

struct column {
	const char *endpoint;   /* "192.0.2.25:25", of its first view */
	const char *tls;
	size_t address_len;
	char port[PORT_TEXT];   /* "465 tls" */
	size_t width;
};

struct matrix {
	const struct report *report;
	const struct format_look *look;
	struct buf *to;
	size_t first, end;      /* the target's views */
	struct column *columns;
	size_t count;
	size_t names;           /* width of the first column */
	bool counted, empty, throttled; /* what the legend must explain */
};

void matrix_count(const struct report *report, const struct report_view *view, size_t *ran, size_t *accepted)
{
	*ran = *accepted = 0;
	for (size_t i = view->controls; i < view->attempt_count; i++) {
		const struct report_attempt *attempt = &report->attempts[view->first_attempt + i];

		*ran += strcmp(attempt->outcome, "skipped") != 0 && strcmp(attempt->outcome, "error") != 0;
		*accepted += strcmp(attempt->outcome, "accepted") == 0;
	}
}

/* The word of a cell, and its tone; for a vantage that is expected to relay, relaying is the good news. */
static const char *word_of(const struct matrix *matrix, const struct report_view *view, enum tone *tone)
{
	bool relays = strcmp(matrix->report->vantages[view->vantage].expect, "relay") == 0;

	*tone = view->counts ? paint_of(view->verdict) : TONE_QUIET;
	if (!view->counts)
		return "-";
	if (!relays || strcmp(view->verdict, "inconclusive") == 0)
		return view->verdict;
	*tone = strcmp(view->verdict, "open") == 0 ? TONE_CLOSED : TONE_OPEN;
	return strcmp(view->verdict, "open") == 0 ? "relays" : "refuses";
}

static size_t cell_text(struct matrix *matrix, const struct report_view *view, char text[CELL_TEXT], enum tone *tone)
{
	const char *word = word_of(matrix, view, tone);
	size_t ran, accepted;
	char number[CELL_TEXT] = "";

	matrix_count(matrix->report, view, &ran, &accepted);
	if (view->counts && strcmp(view->reached, "reached") == 0)
		snprintf(number, sizeof number, " %zu/%zu%s", accepted, ran, view->throttled ? "*" : "");
	matrix->counted = matrix->counted || number[0] != '\0';
	matrix->throttled = matrix->throttled || (number[0] != '\0' && view->throttled);
	matrix->empty = matrix->empty || word[0] == '-';
	return (size_t)snprintf(text, CELL_TEXT, "%.12s%s", word, number);
}

static bool is_of(const struct column *column, const struct report_view *view)
{
	return strcmp(column->endpoint, view->endpoint) == 0 && strcmp(column->tls, view->tls) == 0;
}

static void add_column(struct matrix *matrix, const struct report_view *view)
{
	const char *mode = strcmp(view->tls, "none") == 0 ? "" : strcmp(view->tls, "implicit") == 0 ? " tls" : " starttls";
	const char *colon = strrchr(view->endpoint, ':');
	struct column *column = &matrix->columns[matrix->count++];

	column->endpoint = view->endpoint;
	column->tls = view->tls;
	column->address_len = colon ? (size_t)(colon - view->endpoint) : strlen(view->endpoint);
	column->width = (size_t)snprintf(column->port, sizeof column->port, "%.6s%s", colon ? colon + 1 : "", mode);
}

static bool same_address(const struct column *a, const struct column *b)
{
	return a->address_len == b->address_len && memcmp(a->endpoint, b->endpoint, a->address_len) == 0;
}

/* By address, in the order in which they come; so that an address has its ports side by side. */
static void sort_columns(struct matrix *matrix)
{
	for (size_t i = 1; i < matrix->count; i++)
		for (size_t k = i; k > 1 && !same_address(&matrix->columns[k], &matrix->columns[k - 1]); k--) {
			struct column moved = matrix->columns[k];
			bool known = false;

			for (size_t earlier = 0; earlier + 1 < k; earlier++)
				known = known || same_address(&matrix->columns[earlier], &moved);
			if (!known)
				break;
			matrix->columns[k] = matrix->columns[k - 1];
			matrix->columns[k - 1] = moved;
		}
}

static void measure(struct matrix *matrix)
{
	const struct report *report = matrix->report;

	for (size_t i = matrix->first; i < matrix->end; i++) {
		const struct report_view *view = &report->views[i];
		char text[CELL_TEXT];
		enum tone tone;
		size_t c = 0, len;

		while (c < matrix->count && !is_of(&matrix->columns[c], view))
			c++;
		if (c == matrix->count)
			add_column(matrix, view);
		len = cell_text(matrix, view, text, &tone);
		if (len > matrix->columns[c].width)
			matrix->columns[c].width = len;
		len = strlen(report->vantages[view->vantage].name);
		len = len > NAME_MOST ? NAME_MOST : len;
		matrix->names = len > matrix->names ? len : matrix->names;
	}
	sort_columns(matrix);
}

/* Columns `first` to `*end` fit into a line, at least one; an address that is wider than its ports makes the last of them wider. */
static void fit(const struct matrix *matrix, size_t first, size_t *end, size_t *widths)
{
	size_t used = 2 + matrix->names;

	for (*end = first; *end < matrix->count;) {
		size_t group = *end, room = 0;

		while (group < matrix->count && same_address(&matrix->columns[group], &matrix->columns[*end])) {
			widths[group] = matrix->columns[group].width;
			if (group > first && used + room + GAP + widths[group] > matrix->look->width)
				break;
			room += GAP + widths[group++];
		}
		if (group == *end)
			return;
		if (room < GAP + matrix->columns[*end].address_len) {
			widths[group - 1] += GAP + matrix->columns[*end].address_len - room;
			room = GAP + matrix->columns[*end].address_len;
		}
		if (*end > first && used + room > matrix->look->width)
			return;
		used += room;
		*end = group;
	}
}

static void pad(struct buf *to, size_t len)
{
	while (len-- != 0)
		buf_char(to, ' ');
}

/* The blanks behind the last word of a line are not written. */
static void write_row(struct matrix *matrix, const char *const *texts, const enum tone *tones, size_t first, size_t end,
		      const size_t *widths)
{
	size_t owed = 0;

	for (size_t c = first; c < end; c++) {
		owed += GAP;
		if (texts[c] != NULL && texts[c][0] != '\0') {
			pad(matrix->to, owed);
			owed = 0;
			if (tones != NULL)
				paint_text(matrix->look, matrix->to, tones[c], texts[c]);
			else
				buf_text(matrix->to, texts[c]);
			/* A head may be wider than its column: it has the room of the next, which is empty. */
			size_t len = strlen(texts[c]), width = widths[c];

			while (len > width && c + 1 < end)
				width += GAP + widths[++c];
			owed = width > len ? width - len : 0;
		} else {
			owed += widths[c];
		}
	}
	buf_char(matrix->to, '\n');
}

static void write_heads(struct matrix *matrix, size_t first, size_t end, const size_t *widths)
{
	const char **texts = mem_new((matrix->count + 1) * sizeof *texts);

	for (size_t c = first; c < end; c++)
		if (c == first || !same_address(&matrix->columns[c], &matrix->columns[c - 1]))
			texts[c] = mem_bytes(matrix->columns[c].endpoint, matrix->columns[c].address_len);
	pad(matrix->to, 2 + matrix->names);
	write_row(matrix, texts, NULL, first, end, widths);
	for (size_t c = first; c < end; c++) {
		free((char *)(uintptr_t)texts[c]);
		texts[c] = matrix->columns[c].port;
	}
	pad(matrix->to, 2 + matrix->names);
	write_row(matrix, texts, NULL, first, end, widths);
	free(texts);
}

/* A long one keeps both of its ends: "socks5h://bob..example:1080". */
static void write_name(struct matrix *matrix, const char *name)
{
	size_t len = strlen(name), tail = (NAME_MOST - 2) / 2;

	if (len > NAME_MOST)
		buf_printf(matrix->to, "  %.*s..%s", (int)(NAME_MOST - 2 - tail), name, name + len - tail);
	else
		buf_printf(matrix->to, "  %-*s", (int)matrix->names, name);
}

static void write_vantage(struct matrix *matrix, size_t vantage, size_t first, size_t end, const size_t *widths)
{
	const struct report *report = matrix->report;
	const char **texts = mem_new((matrix->count + 1) * sizeof *texts);
	enum tone *tones = mem_new((matrix->count + 1) * sizeof *tones);
	bool any = false;

	for (size_t i = matrix->first; i < matrix->end; i++) {
		const struct report_view *view = &report->views[i];
		char text[CELL_TEXT];

		for (size_t c = first; c < end; c++) {
			if (view->vantage != vantage || !is_of(&matrix->columns[c], view))
				continue;
			cell_text(matrix, view, text, &tones[c]);
			free((char *)(uintptr_t)texts[c]);
			texts[c] = mem_text(text);
			any = true;
		}
	}
	if (any) {
		write_name(matrix, report->vantages[vantage].name);
		write_row(matrix, texts, tones, first, end, widths);
	}
	for (size_t c = first; c < end; c++)
		free((char *)(uintptr_t)texts[c]);
	free(texts);
	free(tones);
}

static void write_legend(const struct matrix *matrix)
{
	char line[200];

	if (!matrix->counted && !matrix->empty)
		return;
	snprintf(line, sizeof line, "%s%s%s%s.", matrix->counted ? "n/m: accepted of so many probes" : "",
		 matrix->throttled ? "; *: the server throttles" : "", matrix->empty && matrix->counted ? "; " : "",
		 matrix->empty ? "-: no service there, or not for this vantage" : "");
	buf_text(matrix->to, "  ");
	wrap_text(matrix->to, line, 2, 2, matrix->look->width);
}

void matrix_write(const struct report *report, size_t first_view, size_t end_view, const struct format_look *look, struct buf *to)
{
	struct matrix matrix = { .report = report, .look = look, .to = to, .first = first_view, .end = end_view, .names = 6 };
	size_t *widths = mem_new((end_view - first_view + 1) * sizeof *widths);

	matrix.columns = mem_new((end_view - first_view + 1) * sizeof *matrix.columns);
	measure(&matrix);
	for (size_t first = 0, end; first < matrix.count; first = end) {
		fit(&matrix, first, &end, widths);
		if (first != 0)
			buf_char(to, '\n');
		write_heads(&matrix, first, end, widths);
		for (size_t v = 0; v < report->vantage_count; v++)
			write_vantage(&matrix, v, first, end, widths);
	}
	write_legend(&matrix);
	free(matrix.columns);
	free(widths);
}
