/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.c - rows of names and numbers, and the word that was meant
 *
 * The distance is Levenshtein's with neighbours exchanged counted as one
 * (optimal string alignment), over at most 40 bytes: longer words are not typed
 * by mistake.
 */
#include "base/names.h"

#include <string.h>

enum { NEAREST_LONGEST = 40 };

int name_number(const struct name_row *rows, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, name) == 0)
			return rows->number;
	return -1;
}

const char *name_of(const struct name_row *rows, int number)
{
	for (; rows->name != NULL; rows++)
		if (rows->number == number)
			return rows->name;
	return NULL;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance(const char *a, size_t alen, const char *b, size_t blen)
{
	unsigned rows[3][NEAREST_LONGEST + 1];
	unsigned *before = rows[0], *last = rows[1], *now = rows[2], *spare;

	for (size_t j = 0; j <= blen; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= alen; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= blen; j++) {
			unsigned change = a[i - 1] != b[j - 1];

			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[blen];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t len = strlen(nearest->word), other = strlen(candidate);
	unsigned most = (unsigned)((len + 2) / 3), far;         /* a third, rounded up */

	/* The difference in length is the least that they can be apart. */
	if (len == 0 || len > NEAREST_LONGEST || other > NEAREST_LONGEST || other > len + most || len > other + most)
		return;
	far = distance(nearest->word, len, candidate, other);
	if (far > most || far >= other || (nearest->best != NULL && far >= nearest->distance))
		return;
	nearest->best = candidate;
	nearest->distance = far;
}

const char *nearest_name(const struct name_row *rows, const char *word)
{
	struct nearest nearest = NEAREST_INIT(word);

	for (; rows->name != NULL; rows++)
		nearest_offer(&nearest, rows->name);
	return nearest.best;
}
