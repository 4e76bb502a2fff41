/* SPDX-License-Identifier: Apache-2.0 */
/*
 * slice.c - pieces of text
 */
#include "base/slice.h"

#include <string.h>

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte + 'a' - 'A') : byte;
}

static bool same_nocase(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool slice_equal_nocase(struct slice a, struct slice b)
{
	return a.len == b.len && same_nocase(a.at, b.at, a.len);
}

bool slice_is_nocase(struct slice slice, const char *text)
{
	return slice_equal_nocase(slice, (struct slice){ text, strlen(text) });
}

bool slice_ends(struct slice slice, const char *text)
{
	size_t len = strlen(text);

	return slice.len >= len && memcmp(slice.at + slice.len - len, text, len) == 0;
}

const char *slice_find_bytes(struct slice slice, const char *what, size_t len)
{
	size_t rest = slice.len;

	/* Most words are short, and their first byte is rare: faster than memmem(), which prepares for the worst. */
	for (const char *at = slice.at; rest >= len && (at = memchr(at, what[0], rest - len + 1)) != NULL; at++) {
		rest = slice.len - (size_t)(at - slice.at);
		if (len < 2 || (at[1] == what[1] && (len == 2 || memcmp(at + 2, what + 2, len - 2) == 0)))
			return at;
		rest--;
	}
	return NULL;
}

const char *slice_find_nocase(struct slice slice, const char *what)
{
	size_t len = strlen(what);

	for (size_t i = 0; i + len <= slice.len; i++)
		if (same_nocase(slice.at + i, what, len))
			return slice.at + i;
	return NULL;
}

struct slice slice_word(struct slice *rest)
{
	struct slice word = *rest;
	const char *end = rest->len ? memchr(rest->at, ' ', rest->len) : NULL;

	if (end != NULL)
		word.len = (size_t)(end - rest->at);
	slice_step(rest, word.len + 1);
	return word;
}

long slice_digits(struct slice *rest)
{
	long number = 0;
	size_t len = 0;

	for (; len < rest->len && len < 9 && rest->at[len] >= '0' && rest->at[len] <= '9'; len++)
		number = number * 10 + (rest->at[len] - '0');
	slice_step(rest, len);
	return len ? number : -1;
}
