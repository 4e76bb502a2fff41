/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

/*
 * A piece of somebody else's text, and reading it from the left: what a scanner of
 * log lines is made of.  Nothing is copied; a slice is good for as long as the text is.
 * All lengths are in bytes, and any byte may be in a slice, NUL as well.
 */

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *at;
	size_t len;
};

#define SLICE_NONE ((struct slice){ NULL, 0 })
#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })

/*
 * These are written out in each caller: the words that they look for are literals, and a
 * log has millions of lines.
 */

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool slice_starts(struct slice slice, const char *text)
{
	size_t len = strlen(text);

	return slice.len >= len && (len == 0 || memcmp(slice.at, text, len) == 0);
}

static inline bool slice_is(struct slice slice, const char *text)
{
	return slice.len == strlen(text) && slice_starts(slice, text);
}

/* Steps over `len` bytes, or all that there are. */
static inline void slice_step(struct slice *rest, size_t len)
{
	len = len < rest->len ? len : rest->len;
	if (len == 0)
		return;
	rest->at += len;
	rest->len -= len;
}

/* Steps over `text` where the rest begins with it. */
static inline bool slice_skip(struct slice *rest, const char *text)
{
	if (!slice_starts(*rest, text))
		return false;
	slice_step(rest, strlen(text));
	return true;
}

/* Takes off the "\r" of a line that Windows wrote. */
static inline void slice_chomp(struct slice *line)
{
	if (line->len != 0 && line->at[line->len - 1] == '\r')
		line->len--;
}

bool slice_equal_nocase(struct slice a, struct slice b);
bool slice_is_nocase(struct slice slice, const char *text);
bool slice_ends(struct slice slice, const char *text);

/* Where `len` bytes begin in the slice; NULL when they do not occur. */
const char *slice_find_bytes(struct slice slice, const char *what, size_t len);

static inline const char *slice_find(struct slice slice, const char *what)
{
	return slice_find_bytes(slice, what, strlen(what));
}

const char *slice_find_nocase(struct slice slice, const char *what);       /* `what` is in lower case */

/* Steps behind the next `text`; `before` is what stood before it.  Where there is none, nothing changes. */
static inline bool slice_cut(struct slice *rest, const char *text, struct slice *before)
{
	size_t len = strlen(text);
	const char *at = slice_find_bytes(*rest, text, len);

	if (at == NULL)
		return false;
	*before = (struct slice){ rest->at, (size_t)(at - rest->at) };
	slice_step(rest, before->len + len);
	return true;
}

/* What stands before the next blank, or all of the rest; the blank is stepped over. */
struct slice slice_word(struct slice *rest);

/* The leading digits, at most nine of them; -1 when there is none. */
long slice_digits(struct slice *rest);

#endif
