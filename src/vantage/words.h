/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VANTAGE_WORDS_H
#define VANTAGE_WORDS_H

/*
 * A command as words, without a shell.
 *
 * Blanks separate words.  Within '...' everything stands for itself; within "..."
 * everything but \" and \\; outside of quotes a backslash takes the next byte for what it
 * is.  Quotes may begin and end within a word, and '' is an empty one.  Nothing else is
 * special: no variables, no patterns, no pipes.  {host}, {port} and {client} are filled in
 * once the words are told apart, so that what is filled in is never more than part of one.
 */

#include <stdbool.h>
#include <stddef.h>

struct err;

enum {
	/* Of an operator's own command; the system takes many more. */
	WORDS_MOST = 256
};

struct words {
	char **texts;           /* NULL behind the last, as exec wants it */
	size_t count;
};

struct word_values {
	const char *host;
	const char *port;
	const char *client;
};

/* -1 for a quote that is not closed, a backslash with nothing behind it, no word at all, or too many. */
int words_split(const char *text, struct words *words, struct err *err);

/* Whether "{what}" stands in one of them. */
bool words_name(const struct words *words, const char *what);

/* A copy with the values filled in. */
void words_fill(const struct words *words, const struct word_values *values, struct words *filled);

void words_release(struct words *words);

#endif
