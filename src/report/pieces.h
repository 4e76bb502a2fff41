/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_PIECES_H
#define REPORT_PIECES_H

/*
 * A JSON object cut into its members, and an array into its elements, without reading
 * what they hold: a report of a thousand servers as one tree takes five times its text,
 * and piece by piece next to nothing.
 *
 * Cutting finds where values begin and end, and refuses what cannot be cut; whether each
 * value is JSON, its reader says.  If all of them are, the whole is, but for the depth.
 *
 * Cost: linear in the text; no memory but for the keys' places.
 */

#include <stdbool.h>
#include <stddef.h>

/* Borrowed bytes of the text. */
struct piece {
	const char *start;
	size_t len;
};

/*
 * Where the next value is looked for.  Begin with `at` on the first byte behind the bracket,
 * and `first` set.
 */
struct pieces {
	const char *at;
	const char *end;
	char close;             /* ']' or '}' */
	bool first;
	bool broken;            /* the text could not be cut here */
};

/* Of a text that is an object ('{') or an array ('[') and nothing else but blanks around; else broken from the start. */
struct pieces pieces_of(const char *text, size_t len, char open);

/* The next element; false at the end, and where the text is broken. */
bool pieces_next(struct pieces *pieces, struct piece *value);

/* The same of an object; the key with its quotes. */
bool pieces_next_member(struct pieces *pieces, struct piece *key, struct piece *value);

#endif
