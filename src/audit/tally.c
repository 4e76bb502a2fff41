/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tally.c - counting texts
 */
#include "audit/tally.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

void tally_release(struct tally *tally)
{
	for (size_t i = 0; i < tally->count; i++)
		free(tally->rows[i].text);
	free(tally->rows);
	free(tally->places);
	*tally = (struct tally){ .most = tally->most };
}

static size_t hash_of(const char *text)
{
	uint64_t hash = 1469598103934665603ULL;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return (size_t)(hash ^ hash >> 29);
}

/* The place of the text, or the free one where it belongs. */
static unsigned *place_of(const struct tally *tally, const char *text)
{
	size_t at = hash_of(text) & (tally->place_count - 1);

	while (tally->places[at] != 0 && strcmp(tally->rows[tally->places[at] - 1].text, text) != 0)
		at = (at + 1) & (tally->place_count - 1);
	return &tally->places[at];
}

/* Twice as many places as rows, at least. */
static void make_room(struct tally *tally)
{
	if (tally->place_count > 2 * tally->count)
		return;
	free(tally->places);
	tally->place_count = tally->place_count ? tally->place_count * 2 : 64;
	tally->places = mem_new(tally->place_count * sizeof *tally->places);
	for (size_t i = 0; i < tally->count; i++)
		*place_of(tally, tally->rows[i].text) = (unsigned)(i + 1);
}

void tally_add(struct tally *tally, struct slice text, size_t count)
{
	struct buf shown = BUF_INIT(TALLY_TEXT);
	struct tally_row *row = NULL;
	unsigned *place;

	text_escape(&shown, text.len ? text.at : "", text.len < TALLY_TEXT ? text.len : TALLY_TEXT);
	make_room(tally);
	place = place_of(tally, shown.data);
	if (*place != 0) {
		row = &tally->rows[*place - 1];
	} else if (tally->count < tally->most) {
		MEM_ROOM(tally->rows, tally->count, tally->capacity);
		row = &tally->rows[tally->count++];
		*row = (struct tally_row){ .text = mem_text(shown.data) };
		*place = (unsigned)tally->count;
	}
	if (row != NULL)
		row->count += count;
	else
		tally->others += count;
	buf_release(&shown);
}

static int compare(const void *left, const void *right)
{
	const struct tally_row *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return strcmp(a->text, b->text);
}

void tally_sort(struct tally *tally)
{
	if (tally->count != 0)
		qsort(tally->rows, tally->count, sizeof *tally->rows, compare);
}
