/* SPDX-License-Identifier: Apache-2.0 */
/*
 * quote.c - the model's texts inside of other languages
 */
#include "report/quote.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"

static void put_byte(struct buf *to, char byte)
{
	if (byte < ' ' || byte > '~')
		text_escape(to, &byte, 1);
	else
		buf_add(to, &byte, 1);
}

void quote_xml(struct buf *to, const char *text)
{
	static const struct {
		char byte;
		const char *entity;
	} rows[] = { { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&#39;" }, { '\n', "\n" } };

	for (; *text != '\0'; text++) {
		const char *entity = NULL;

		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			if (rows[i].byte == *text)
				entity = rows[i].entity;
		if (entity != NULL)
			buf_text(to, entity);
		else
			put_byte(to, *text);
	}
}

void quote_line(struct buf *to, const char *text, const char *marks)
{
	for (; *text != '\0'; text++) {
		if (strchr(marks, *text) != NULL)
			buf_text(to, "\\");
		put_byte(to, *text);
	}
}

void quote_markdown(struct buf *to, const char *text)
{
	/* CommonMark 2.4; the bar for tables, the tilde for strike-through, @ for names that a forge would call. */
	static const char marks[] = "\\`*_{}[]<>()#+-.!|~&@";

	quote_line(to, text, marks);
}
