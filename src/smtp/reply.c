/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reply.c - reads SMTP replies
 *
 * RFC 5321 4.2.1.  A reply whose lines bear different codes is malformed, and so
 * is a code outside 200 to 599: to take either for an answer would be a guess.
 */
#include "smtp/reply.h"

#include <string.h>

#include "base/text.h"

void reply_reader_init(struct reply_reader *reader)
{
	*reader = (struct reply_reader){ .code = 0 };
	buf_init(&reader->text, REPLY_TEXT_KEPT + REPLY_LINE_KEPT);
}

void reply_reader_release(struct reply_reader *reader)
{
	buf_release(&reader->text);
}

bool reply_reader_is_amid(const struct reply_reader *reader)
{
	return reader->lines != 0 || reader->line_len != 0;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* The code of a line of `len` bytes, or 0; `*last` tells whether a hyphen follows. */
static int line_code(const char *line, size_t len, bool *last)
{
	if (len < 3 || !is_digit(line[0]) || !is_digit(line[1]) || !is_digit(line[2]))
		return 0;
	if (line[0] < '2' || line[0] > '5' || (len > 3 && line[3] != ' ' && line[3] != '-'))
		return 0;
	*last = len == 3 || line[3] == ' ';
	return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

/* "5.7.1 " at the start of a line: RFC 3463 2, RFC 2034. */
static void read_status(const char *text, int status[3])
{
	int part[3] = { 0, 0, 0 };

	for (int i = 0; i < 3; i++) {
		int digits = 0;

		for (; is_digit(*text) && digits < 3; text++, digits++)
			part[i] = part[i] * 10 + (*text - '0');
		if (digits == 0 || (i < 2 ? *text != '.' : *text != ' ' && *text != '\n' && *text != '\0'))
			return;
		text++;
	}
	if (part[0] == 2 || part[0] == 4 || part[0] == 5)
		memcpy(status, part, sizeof part);
}

static void finish(struct reply_reader *reader, size_t last_line, struct reply *reply)
{
	*reply = (struct reply){ .code = reader->code, .lines = reader->lines, .cut = reader->text.cut || reader->line_cut };
	if (reader->text.len > 0)
		reader->text.data[--reader->text.len] = '\0';   /* the LF after the last line */
	reply->text = reader->text.data;
	reply->len = reader->text.len;
	read_status(reader->text.data + last_line, reply->status);
	reader->lines = 0;
	reader->code = 0;
	reader->line_cut = false;
}

/* The present line is whole. */
static enum reply_state end_line(struct reply_reader *reader, struct reply *reply)
{
	struct buf *text = &reader->text;
	size_t start = reader->line_start, len = text->len - start;
	bool last = true;
	int code;

	if (len > 0 && text->data[start + len - 1] == '\r')
		len--;
	code = len == 0 ? 0 : line_code(text->data + start, len, &last);
	if (code == 0 || (reader->lines != 0 && code != reader->code))
		return REPLY_MALFORMED;
	reader->code = code;
	if (++reader->lines > REPLY_LINES_MOST)
		return REPLY_ENDLESS;
	/* Drop "250-" from the line's head, and whatever ended it. */
	size_t head = len > 3 ? 4 : 3;

	memmove(text->data + start, text->data + start + head, len - head);
	text->len = start + len - head;
	if (text->len >= REPLY_TEXT_KEPT && !last) {
		text->len = start;      /* the last line is kept whatever came before it */
		text->data[start] = '\0';
		reader->line_cut = true;
	} else {
		buf_char(text, '\n');   /* after an empty line, too: the second line must not pass for the first */
	}
	reader->line_start = text->len;
	reader->line_len = 0;
	if (!last)
		return REPLY_UNFINISHED;
	finish(reader, start, reply);
	return REPLY_READY;
}

enum reply_state reply_read(struct reply_reader *reader, const char *bytes, size_t len, size_t *used, struct reply *reply)
{
	size_t at = 0;

	*used = 0;
	if (!reply_reader_is_amid(reader)) {
		buf_reset(&reader->text);
		reader->line_start = 0;
	}
	while (at < len) {
		const char *end = memchr(bytes + at, '\n', len - at);
		size_t piece = (end ? (size_t)(end - bytes) : len) - at;
		size_t kept = reader->text.len - reader->line_start;
		size_t room = kept < REPLY_LINE_KEPT ? REPLY_LINE_KEPT - kept : 0;

		reader->line_len += piece + (end != NULL);
		*used = at + piece + (end != NULL);
		if (reader->line_len > REPLY_LINE_MOST)
			return REPLY_ENDLESS;
		if (piece > room)
			reader->line_cut = true;
		buf_add(&reader->text, bytes + at, piece < room ? piece : room);
		at = *used;
		if (end == NULL)
			break;
		enum reply_state state = end_line(reader, reply);

		if (state != REPLY_UNFINISHED)
			return state;
	}
	return REPLY_UNFINISHED;
}

enum reply_class reply_class(const struct reply *reply)
{
	return (enum reply_class)(reply->code / 100 - 2);
}

void reply_print(const struct reply *reply, struct buf *to)
{
	const char *line = reply->text, *last = reply->text + reply->len;
	const char code[] = { (char)('0' + reply->code / 100), (char)('0' + reply->code / 10 % 10), (char)('0' + reply->code % 10) };
	struct buf raw = BUF_INIT(TEXT_SHOWN);

	buf_add(&raw, code, sizeof code);
	while (line <= last && reply->len != 0) {
		const char *end = memchr(line, '\n', (size_t)(last - line));

		if (end == NULL)
			end = last;
		buf_text(&raw, line == reply->text ? " " : " / ");
		text_escape(&raw, line, (size_t)(end - line));
		line = end + 1;
	}
	buf_add(to, raw.data, raw.len);
	buf_release(&raw);
}
