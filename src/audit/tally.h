/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TALLY_H
#define AUDIT_TALLY_H

/*
 * How often each text came, for at most so many texts: what comes after that is
 * counted together, so that no log can grow it.
 */

#include <stddef.h>

#include "base/slice.h"

struct tally_row {
	char *text;                     /* escaped: printable ASCII */
	size_t count;
};

/* Private but for rows, count and others. */
struct tally {
	struct tally_row *rows;         /* in the order of their first coming, until tally_sort() */
	size_t count;
	size_t capacity;
	size_t others;                  /* what found no room */
	size_t most;
	unsigned *places;               /* a row's number and 1, by the hash of its text */
	size_t place_count;
};

/* A text is cut at so many bytes, escaped. */
enum { TALLY_TEXT = 128 };

#define TALLY_INIT(ceiling) { .most = (ceiling) }

void tally_release(struct tally *tally);

/* Adds to the text's count, or to that of the others. */
void tally_add(struct tally *tally, struct slice text, size_t count);

/* The highest counts first, and equal ones by their texts.  Nothing is added afterwards. */
void tally_sort(struct tally *tally);

#endif
