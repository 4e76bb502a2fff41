/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wrap.c - words into lines
 */
#include "report/wrap.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"

static void blanks(struct buf *to, unsigned count)
{
	while (count-- > 0)
		buf_char(to, ' ');
}

void wrap_text(struct buf *to, const char *text, unsigned first, unsigned indent, unsigned width)
{
	size_t column = first;
	int empty = 1;

	while (*(text += strspn(text, " \n")) != '\0') {
		size_t len = strcspn(text, " \n");

		if (!empty && column + 1 + len > width) {
			buf_char(to, '\n');
			blanks(to, indent);
			column = indent;
			empty = 1;
		}
		if (!empty) {
			buf_char(to, ' ');
			column++;
		}
		buf_add(to, text, len);
		column += len;
		text += len;
		empty = 0;
	}
	buf_char(to, '\n');
}

void wrap_block(struct buf *to, const char *lines, unsigned indent)
{
	while (*lines != '\0') {
		size_t len = strcspn(lines, "\n");

		blanks(to, indent);
		buf_add(to, lines, len);
		buf_char(to, '\n');
		lines += len + (lines[len] == '\n');
	}
}
