/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse.c - a probe file, cut into lines
 *
 * Metadata come first, "key: value", continued on lines that begin with white
 * space; the first line with a dialogue mark begins the script, and only script
 * lines follow.
 */
#include "probe/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/mem.h"
#include "base/text.h"
#include "probe/parser.h"

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

struct span span_trim(struct span span)
{
	while (span.len != 0 && is_blank(span.text[0])) {
		span.text++;
		span.len--;
		span.column++;
	}
	while (span.len != 0 && is_blank(span.text[span.len - 1]))
		span.len--;
	return span;
}

struct span span_word(struct span *rest)
{
	struct span word = span_trim(*rest);

	*rest = word;
	word.len = 0;
	while (word.len < rest->len && !is_blank(rest->text[word.len]))
		word.len++;
	rest->text += word.len;
	rest->column += (unsigned)word.len;
	rest->len -= word.len;
	return word;
}

bool span_is(struct span span, const char *text)
{
	return strlen(text) == span.len && memcmp(span.text, text, span.len) == 0;
}

char *span_copy(struct span span)
{
	struct buf text = BUF_INIT(120);

	text_escape(&text, span.text, span.len);
	return buf_detach(&text);
}

/* A metadata entry that is still open for continuation. */
struct entry {
	bool open;
	struct span key;
	struct span *lines;
	size_t count;
	size_t capacity;
	struct buf joined;
};

static void close_entry(struct parser *parser, struct entry *entry)
{
	parser->lines = entry->lines;
	parser->line_count = entry->count;
	if (entry->open)
		meta_read(parser, entry->key, entry->joined.data);
	entry->open = false;
	entry->count = 0;
	buf_reset(&entry->joined);
}

static void add_value(struct entry *entry, struct span value)
{
	if (value.len == 0)
		return;
	MEM_ROOM(entry->lines, entry->count, entry->capacity);
	entry->lines[entry->count++] = value;
	if (entry->joined.len != 0)
		buf_char(&entry->joined, '\n');
	buf_add(&entry->joined, value.text, value.len);
}

static void read_meta_line(struct parser *parser, struct entry *entry, struct span line)
{
	struct span trimmed = span_trim(line);
	const char *colon;

	if (is_blank(line.text[0])) {
		if (!entry->open) {
			complaints_add(parser->complaints, line.line, 1,
				       "a line that begins with white space continues a value, and there is none above it");
			return;
		}
		add_value(entry, trimmed);
		return;
	}
	close_entry(parser, entry);
	colon = memchr(line.text, ':', line.len);
	if (colon == NULL) {
		char *text = span_copy(trimmed);

		complaints_add(parser->complaints, line.line, 1,
			       "'%s' is neither \"key: value\" nor a line of dialogue (\" -> \", \"<-  \", \"=== \")", text);
		free(text);
		return;
	}
	size_t key = (size_t)(colon - line.text);

	entry->open = true;
	entry->key = span_trim((struct span){ line.text, key, line.line, 1 });
	add_value(entry, span_trim((struct span){ colon + 1, line.len - key - 1, line.line, (unsigned)key + 2 }));
}

static void read_line(struct parser *parser, struct entry *entry, struct span line, bool *in_script)
{
	if (line.len != 0 && line.text[line.len - 1] == '\r')
		line.len--;
	if (span_trim(line).len == 0 || line.text[0] == '#')
		return;
	const char *nul = memchr(line.text, '\0', line.len);

	if (nul != NULL) {
		complaints_add(parser->complaints, line.line, (unsigned)(nul - line.text) + 1,
			       "a NUL byte stands here: in a client line it is written \\0, and elsewhere it has no place");
		return;
	}
	if (!*in_script && script_starts(line)) {
		close_entry(parser, entry);
		*in_script = true;
	}
	if (*in_script)
		script_read(parser, line);
	else
		read_meta_line(parser, entry, line);
}

struct probe *probe_parse(const char *file, const char *text, size_t len, struct complaints *complaints)
{
	struct parser parser = { .complaints = complaints, .probe = mem_new(sizeof *parser.probe) };
	struct entry entry = { .joined = BUF_INIT(PROBE_FILE_MOST) };
	bool in_script = false;
	size_t before = complaints->count;
	unsigned line = 1;

	parser.probe->file = mem_text(file);
	for (size_t at = 0; at < len; line++) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t piece = (end ? (size_t)(end - text) : len) - at;

		read_line(&parser, &entry, (struct span){ text + at, piece, line, 1 }, &in_script);
		at += piece + 1;
	}
	close_entry(&parser, &entry);
	buf_release(&entry.joined);
	free(entry.lines);
	script_finish(&parser, line);
	meta_finish(&parser, line);
	if (complaints->count == before) {
		parser.probe->text = mem_bytes(text, len);
		return parser.probe;
	}
	probe_free(parser.probe);
	return NULL;
}
