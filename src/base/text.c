/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.c - escaping and comparing text from strangers
 *
 * Locale plays no part: what is a letter in SMTP is a letter of ASCII.
 */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

void text_escape(struct buf *to, const char *bytes, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[][2] = { { '\r', 'r' }, { '\n', 'n' }, { '\t', 't' }, { '\0', '0' }, { '\\', '\\' } };

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];
		size_t k;

		if (byte >= ' ' && byte < 127 && byte != '\\') {
			size_t run = 1;

			while (i + run < len && bytes[i + run] >= ' ' && bytes[i + run] < 127 && bytes[i + run] != '\\')
				run++;
			buf_add(to, bytes + i, run);
			i += run - 1;
			continue;
		}
		for (k = 0; k < sizeof letters / sizeof *letters; k++)
			if (letters[k][0] == bytes[i])
				break;
		buf_char(to, '\\');
		if (k < sizeof letters / sizeof *letters) {
			buf_char(to, letters[k][1]);
		} else {
			buf_char(to, 'x');
			buf_char(to, hex[byte >> 4]);
			buf_char(to, hex[byte & 15]);
		}
	}
}

static char lower(char byte)
{
	return byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a') : byte;
}

bool text_equal_nocase(const char *a, const char *b)
{
	return strcasecmp(a, b) == 0;
}

bool text_starts_nocase(const char *text, const char *start)
{
	return strncasecmp(text, start, strlen(start)) == 0;
}

const char *text_find_nocase(const char *text, const char *what)
{
	size_t len = strlen(what);

	/* Most places fail at the first letter. */
	for (; *text != '\0'; text++)
		if (lower(*text) == lower(*what) && strncasecmp(text, what, len) == 0)
			return text;
	return NULL;
}

void text_lower(char *text)
{
	for (; *text != '\0'; text++)
		*text = lower(*text);
}

const char *text_group(const char *digits, char text[TEXT_GROUPED])
{
	size_t len = strlen(digits);
	char *to = text;

	if (strspn(digits, "0123456789") != len || len + len / 3 >= TEXT_GROUPED)
		return digits;
	for (size_t i = 0; i < len; i++) {
		if (i != 0 && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return text;
}

long text_number(const char *text, long least, long most)
{
	char *end;
	long number;

	if (*text < '0' || *text > '9' || strlen(text) > 10)
		return -1;
	number = strtol(text, &end, 10);
	return *end == '\0' && number >= least && number <= most ? number : -1;
}
