/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/*
 * Text from strangers, made safe to show.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * Adds the bytes as printable ASCII: control characters, bytes above 126 and
 * the backslash become \r, \n, \t, \0, \xHH or \\.  The result holds no
 * line end and nothing that a terminal, a JSON reader or a log would act on.
 */
void text_escape(struct buf *to, const char *bytes, size_t len);

/* At most so many bytes of an address, name or reply are kept for a report. */
enum { TEXT_SHOWN = 512 };

bool text_equal_nocase(const char *a, const char *b);
bool text_starts_nocase(const char *text, const char *start);

/* Finds `what`, which is in lower case, in text of any case; NULL when it is not there. */
const char *text_find_nocase(const char *text, const char *what);

/* In place, ASCII only. */
void text_lower(char *text);

/* "16,777,216" of "16777216"; what is no number, or longer than one of 2^128, as it is.  Either `text` or `digits` is returned. */
enum { TEXT_GROUPED = 56 };
const char *text_group(const char *digits, char text[TEXT_GROUPED]);

/* A decimal number from `least` to `most` and nothing else; -1 otherwise. */
long text_number(const char *text, long least, long most);

#endif
