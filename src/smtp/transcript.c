/* SPDX-License-Identifier: Apache-2.0 */
/*
 * transcript.c - a dialogue as text
 */
#include "smtp/transcript.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "smtp/reply.h"

void transcript_release(struct transcript *transcript)
{
	buf_release(&transcript->text);
}

static void add_line(struct transcript *transcript, const char *mark, const char *bytes, size_t len)
{
	buf_text(&transcript->text, mark);
	text_escape(&transcript->text, bytes, len);
	buf_char(&transcript->text, '\n');
}

void transcript_sent(struct transcript *transcript, const char *bytes, size_t len)
{
	if (transcript == NULL)
		return;
	while (len != 0) {
		const char *end = memmem(bytes, len, "\r\n", 2);
		size_t line = end ? (size_t)(end - bytes) : len;

		add_line(transcript, transcript->inside_tls ? " ~> " : " -> ", bytes, line);
		line += end ? 2 : 0;
		bytes += line;
		len -= line;
	}
}

void transcript_reply(struct transcript *transcript, const struct reply *reply)
{
	const char *line, *last;

	if (transcript == NULL)
		return;
	bool refused = reply_class(reply) == REPLY_DEFERRED || reply_class(reply) == REPLY_REJECTED;
	const char *mark = transcript->inside_tls ? (refused ? "<~* " : "<~  ") : (refused ? "<** " : "<-  ");

	last = reply->text + reply->len;
	for (line = reply->text; line <= last;) {
		const char *end = memchr(line, '\n', (size_t)(last - line));

		buf_text(&transcript->text, mark);
		buf_printf(&transcript->text, "%d%c", reply->code, end ? '-' : ' ');
		if (end == NULL)
			end = last;
		text_escape(&transcript->text, line, (size_t)(end - line));
		buf_char(&transcript->text, '\n');
		line = end + 1;
	}
}

void transcript_note(struct transcript *transcript, const char *format, ...)
{
	char text[512];
	va_list arguments;

	if (transcript == NULL)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	add_line(transcript, "=== ", text, strlen(text));
}

void transcript_fault(struct transcript *transcript, const char *text)
{
	if (transcript != NULL)
		add_line(transcript, "*** ", text, strlen(text));
}
