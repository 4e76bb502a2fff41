/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_expand.c - dollars into signs, and macros into their values
 */
#include <string.h>

#include "mta/sendmail.h"

static const struct {
	char letter;
	unsigned char sign;
	bool has_name;
} signs[] = {
	{ '*', SIGN_ANY, false },     { '+', SIGN_SOME, false },     { '-', SIGN_ONE, false },	    { '=', SIGN_CLASS, true },
	{ '~', SIGN_NOT_CLASS, true }, { '#', SIGN_MAILER, false },  { '@', SIGN_HOST, false },	    { ':', SIGN_USER, false },
	{ '>', SIGN_CALL, false },    { '?', SIGN_IF, true },	     { '|', SIGN_ELSE, false },	    { '.', SIGN_FI, false },
	{ '[', SIGN_NAME, false },    { ']', SIGN_NAME_END, false }, { '(', SIGN_MAP, false },	    { ')', SIGN_MAP_END, false },
	{ '&', SIGN_NOW, true },
};

struct writer {
	char *to;
	size_t len, room;
};

static void put(struct writer *writer, char byte)
{
	if (writer->len + 1 < writer->room)
		writer->to[writer->len++] = byte;
}

/* "x" or "{name}"; how long it is, 0 where a brace is not closed. */
static size_t name_at(struct sendmail *sendmail, const char *text, size_t len, unsigned char *id)
{
	const char *end;

	if (len == 0)
		return 0;
	if (*text != '{') {
		*id = (unsigned char)*text < 0x80 ? (unsigned char)*text : '?';
		return 1;
	}
	end = memchr(text, '}', len);
	if (end == NULL)
		return 0;
	*id = sendmail_name_id(sendmail, text + 1, (size_t)(end - text) - 1);
	return *id != 0 ? (size_t)(end - text) + 1 : 0;
}

/* What stands behind a dollar: how many bytes, 0 where that is wrong. */
static size_t put_sign(struct sendmail *sendmail, const char *text, size_t len, struct writer *writer)
{
	unsigned char sign = SIGN_MACRO, id = 0;
	size_t used = 0, named;

	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		if (signs[i].letter != *text)
			continue;
		put(writer, (char)signs[i].sign);
		if (!signs[i].has_name)
			return 1;
		sign = 0;
		used = 1;
	}
	if (sign != 0 && *text >= '1' && *text <= '9') {
		put(writer, (char)SIGN_PART);
		put(writer, *text);
		return 1;
	}
	named = name_at(sendmail, text + used, len - used, &id);
	if (named == 0)
		return 0;
	if (sign != 0)
		put(writer, (char)sign);
	put(writer, (char)id);
	return used + named;
}

/* Takes a comment's blanks back; where its line ends. */
static size_t skip_comment(const char *text, size_t len, size_t at, struct writer *writer)
{
	const char *end = memchr(text + at, '\n', len - at);

	while (writer->len > 0 && strchr(" \t\v\f\r", writer->to[writer->len - 1]) != NULL)
		writer->len--;
	return end != NULL ? (size_t)(end - text) : len;
}

int sendmail_translate(struct sendmail *sendmail, const char *text, size_t len, char *to, size_t room)
{
	struct writer writer = { .to = to, .room = room };
	int result = 0;

	for (size_t at = 0; at < len;) {
		char byte = text[at];

		if (byte == '#' && at > 0 && text[at - 1] == '\\') {
			writer.len--;
			put(&writer, text[at++]);
		} else if (byte == '#' && at > 0) {
			at = skip_comment(text, len, at, &writer);
		} else if (byte == '$' && at + 1 < len && text[at + 1] == '$') {
			put(&writer, '$');
			at += 2;
		} else if (byte == '$' && at + 1 < len) {
			size_t used = put_sign(sendmail, text + at + 1, len - at - 1, &writer);

			result = used == 0 ? -1 : result;
			at += 1 + (used == 0 ? 1 : used);
		} else {
			put(&writer, (unsigned char)byte < 0x80 && byte != '\0' ? byte : '?');
			at++;
		}
	}
	while (writer.len > 1 && strchr(" \t\n\v\f\r", to[writer.len - 1]) != NULL)
		writer.len--;
	to[writer.len] = '\0';
	return result;
}

/* How deep macros may name macros, how many in one text and in all: doubling bombs end there.  Debian's file names some 200. */
enum { EXPAND_DEPTH_MOST = 10, EXPAND_MOST = 500, EXPAND_ALL = 50000 };

static void expand(struct sendmail *sendmail, const char *text, struct writer *writer, unsigned depth, unsigned *used)
{
	bool skips[EXPAND_DEPTH_MOST] = { false };
	unsigned level = 0;

	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		bool skip = level != 0 && skips[level - 1];

		if (byte == SIGN_IF && text[1] != '\0') {
			const char *value = sendmail->macros[(unsigned char)*++text];

			if (level == EXPAND_DEPTH_MOST)
				return;
			skips[level] = skip || value == NULL || *value == '\0';
			level++;
		} else if (byte == SIGN_ELSE && level != 0) {
			skips[level - 1] = !skips[level - 1] || (level > 1 && skips[level - 2]);
		} else if (byte == SIGN_FI && level != 0) {
			level--;
		} else if (byte == SIGN_MACRO && text[1] != '\0') {
			const char *value = sendmail->macros[(unsigned char)*++text];

			if (!skip && value != NULL && depth < EXPAND_DEPTH_MOST && (*used)++ < EXPAND_MOST && sendmail->expansions++ < EXPAND_ALL)
				expand(sendmail, value, writer, depth + 1, used);
		} else if (!skip) {
			put(writer, *text);
		}
	}
}

void sendmail_expand(struct sendmail *sendmail, const char *text, char *to, size_t room)
{
	struct writer writer = { .to = to, .room = room };
	unsigned used = 0;

	expand(sendmail, text, &writer, 0, &used);
	to[writer.len] = '\0';
}
