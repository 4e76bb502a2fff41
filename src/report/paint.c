/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paint.c - tones as terminals know them
 */
#include "report/paint.h"

#include <string.h>

#include "base/buf.h"

void paint(const struct format_look *look, struct buf *to, enum tone which)
{
	static const char *const codes[] = { "\033[1;31m", "\033[1;32m", "\033[1;33m", "\033[1m", "\033[2m", "\033[0m" };

	if (look->colour)
		buf_text(to, codes[which]);
}

void paint_text(const struct format_look *look, struct buf *to, enum tone which, const char *text)
{
	paint(look, to, which);
	buf_text(to, text);
	paint(look, to, TONE_END);
}

enum tone paint_of(const char *verdict)
{
	return strcmp(verdict, "open") == 0 ? TONE_OPEN : strcmp(verdict, "closed") == 0 ? TONE_CLOSED : TONE_UNSURE;
}
