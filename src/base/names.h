/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

/*
 * Vocabularies: rows of a name and a number, read in both directions, and the
 * word that was probably meant when a name is not among them.
 */

#include <stddef.h>

struct name_row {
	const char *name;       /* NULL ends the rows */
	int number;
};

/* -1 when there is none; letters' case counts. */
int name_number(const struct name_row *rows, const char *name);

/* NULL when there is none. */
const char *name_of(const struct name_row *rows, int number);

/* The best of the candidates offered so far, by edit distance. */
struct nearest {
	const char *word;       /* borrowed */
	const char *best;       /* borrowed from the candidates; NULL when none is near */
	unsigned distance;
};

#define NEAREST_INIT(wanted) { .word = (wanted) }

/* A candidate is near when no more than a third of the word has to change. */
void nearest_offer(struct nearest *nearest, const char *candidate);

/* As nearest_offer() for all of the rows; returns the best. */
const char *nearest_name(const struct name_row *rows, const char *word);

#endif
