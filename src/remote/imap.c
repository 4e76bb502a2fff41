/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imap.c - responses of an IMAP server
 *
 * The text of a response is followed by a NUL (base/buf.h), on which every loop
 * here may rely beside its end.
 */
#include "remote/imap.h"

#include <string.h>
#include <strings.h>

struct cursor {
	const char *at, *end;
};

static bool has(const struct cursor *cursor, char byte)
{
	return cursor->at < cursor->end && *cursor->at == byte;
}

static bool take(struct cursor *cursor, char byte)
{
	if (!has(cursor, byte))
		return false;
	cursor->at++;
	return true;
}

/* Up to a space or the end of the line. */
static size_t take_word(struct cursor *cursor, const char **word)
{
	*word = cursor->at;
	while (cursor->at < cursor->end && *cursor->at > ' ')
		cursor->at++;
	return (size_t)(cursor->at - *word);
}

static bool is_word(const char *word, size_t len, const char *known)
{
	return len == strlen(known) && strncasecmp(word, known, len) == 0;
}

/* Up to 32 bits; more, or no digit, is 0, which is no UID. */
static uint32_t take_number(struct cursor *cursor)
{
	uint64_t number = 0;

	while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9') {
		if (number <= UINT32_MAX)
			number = number * 10 + (uint64_t)(*cursor->at - '0');
		cursor->at++;
	}
	return number <= UINT32_MAX ? (uint32_t)number : 0;
}

/* The size at "{SIZE}" where that is all up to the line's end; the cursor is then behind the line. */
static bool take_size(struct cursor *cursor, size_t *size)
{
	struct cursor rest = *cursor;

	take(&rest, '~');
	if (!take(&rest, '{') || rest.at == rest.end || *rest.at < '0' || *rest.at > '9')
		return false;
	*size = take_number(&rest);
	if (!take(&rest, '}'))
		return false;
	take(&rest, '\r');
	if (!take(&rest, '\n'))
		return false;
	*cursor = rest;
	return true;
}

static const struct {
	const char *word;
	enum imap_kind kind;
	bool is_status;         /* ends in text for people */
} kinds[] = {
	{ "OK", IMAP_OK, true },
	{ "NO", IMAP_NO, true },
	{ "BAD", IMAP_BAD, true },
	{ "BYE", IMAP_BYE, true },
	{ "PREAUTH", IMAP_OK, true },
	{ "SEARCH", IMAP_SEARCH, false },
	{ "FETCH", IMAP_FETCH, false },
};

static enum imap_kind kind_of(const char *word, size_t len, bool *is_status)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (is_word(word, len, kinds[i].word)) {
			*is_status = kinds[i].is_status;
			return kinds[i].kind;
		}
	*is_status = false;
	return IMAP_OTHER;
}

/* The tag, a sequence number where there is one, and the word that says what this is. */
static bool take_head(struct cursor *cursor, struct imap_reply *reply, bool *is_status)
{
	const char *word;
	size_t len = take_word(cursor, &word);

	if (len == 0 || len >= IMAP_TAG)
		return false;
	if (!is_word(word, len, "*"))
		memcpy(reply->tag, word, len);
	if (*word == '+') {
		reply->kind = IMAP_OTHER;
		*is_status = true;
		return true;
	}
	if (!take(cursor, ' '))
		return false;
	len = take_word(cursor, &word);
	if (len != 0 && *word >= '0' && *word <= '9' && take(cursor, ' '))
		len = take_word(cursor, &word);
	reply->kind = kind_of(word, len, is_status);
	return len != 0;
}

void imap_reader_init(struct imap_reader *reader)
{
	*reader = (struct imap_reader){ .state = IMAP_MORE };
	buf_init(&reader->text, IMAP_REPLY_MOST);
}

void imap_reader_release(struct imap_reader *reader)
{
	buf_release(&reader->text);
}

/* Text for people may well end in "{5}", and means nothing by it. */
static bool begins_status(const struct imap_reader *reader)
{
	struct cursor cursor = { reader->text.data, reader->text.data + reader->text.len };
	struct imap_reply reply = { .tag = "" };
	bool is_status = false;

	return !take_head(&cursor, &reply, &is_status) || is_status;
}

/* A line has ended: either a literal follows, or that was all. */
static enum imap_state end_line(struct imap_reader *reader)
{
	struct cursor cursor = { reader->text.data + reader->line, reader->text.data + reader->text.len };
	const char *open = memrchr(cursor.at, '{', (size_t)(cursor.end - cursor.at));
	size_t size = 0;

	reader->line = reader->text.len;
	if (open == NULL || begins_status(reader))
		return IMAP_WHOLE;
	cursor.at = open;
	if (!take_size(&cursor, &size) || cursor.at != cursor.end)
		return IMAP_WHOLE;
	if (size > IMAP_REPLY_MOST)
		return IMAP_BROKEN;
	reader->literal = size;
	return IMAP_MORE;
}

enum imap_state imap_read(struct imap_reader *reader, const char *bytes, size_t len, size_t *used)
{
	*used = 0;
	if (reader->state == IMAP_WHOLE) {
		buf_reset(&reader->text);
		reader->line = 0;
		reader->state = IMAP_MORE;
	}
	while (*used < len && reader->state == IMAP_MORE) {
		const char *at = bytes + *used, *end;
		size_t size = len - *used;
		bool in_literal = reader->literal != 0;

		if (in_literal) {
			size = reader->literal < size ? reader->literal : size;
			reader->literal -= size;
			end = NULL;
		} else {
			end = memchr(at, '\n', size);
			size = end != NULL ? (size_t)(end - at) + 1 : size;
		}
		buf_add(&reader->text, at, size);
		*used += size;
		if (in_literal && reader->literal == 0)
			reader->line = reader->text.len;
		if (reader->text.cut)
			reader->state = IMAP_BROKEN;
		else if (end != NULL)
			reader->state = end_line(reader);
	}
	return reader->state;
}

static void take_code(struct cursor *cursor, struct imap_reply *reply)
{
	const char *word;
	size_t len;

	if (!take(cursor, ' ') || !take(cursor, '['))
		return;
	len = take_word(cursor, &word);
	if (!take(cursor, ' '))
		return;
	if (is_word(word, len, "UIDNEXT"))
		reply->uid_next = take_number(cursor);
	else if (is_word(word, len, "UIDVALIDITY"))
		reply->uid_validity = take_number(cursor);
}

/* A quoted string or a literal. */
static bool take_string(struct cursor *cursor, const char **string, size_t *len)
{
	if (take_size(cursor, len)) {
		if (*len > (size_t)(cursor->end - cursor->at))
			return false;
		*string = cursor->at;
		cursor->at += *len;
		return true;
	}
	if (!take(cursor, '"'))
		return false;
	*string = cursor->at;
	while (cursor->at < cursor->end && *cursor->at != '"')
		cursor->at += *cursor->at == '\\' && cursor->end - cursor->at > 1 ? 2 : 1;
	*len = (size_t)(cursor->at - *string);
	return take(cursor, '"');
}

/* Whatever a value may be; lists in lists are counted, not entered. */
static bool skip_value(struct cursor *cursor)
{
	size_t depth = 0, len;
	const char *string;

	do {
		if (take_string(cursor, &string, &len))
			continue;
		if (cursor->at >= cursor->end || *cursor->at == '\r' || *cursor->at == '\n')
			return false;
		if (take(cursor, '(')) {
			depth++;
		} else if (take(cursor, ')')) {
			depth--;
		} else if (depth != 0 && take(cursor, ' ')) {
			continue;
		} else {
			const char *from = cursor->at;

			while (cursor->at < cursor->end && *cursor->at > ' ' && *cursor->at != '(' && *cursor->at != ')')
				cursor->at++;
			if (cursor->at == from)
				return false;
		}
	} while (depth != 0);
	return true;
}

/* "BODY[HEADER]<0>": a section may hold spaces. */
static size_t take_item(struct cursor *cursor, const char **item)
{
	bool inside = false;

	*item = cursor->at;
	while (cursor->at < cursor->end && (*cursor->at > ' ' || (inside && *cursor->at == ' '))) {
		inside = *cursor->at == '[' || (inside && *cursor->at != ']');
		cursor->at++;
	}
	return (size_t)(cursor->at - *item);
}

static bool is_section(const char *item, size_t len, const char *section)
{
	size_t size = strlen(section);

	return len >= size && strncasecmp(item, section, size) == 0 && (len == size || item[size] == '<');
}

static bool take_pair(struct cursor *cursor, struct imap_reply *reply)
{
	const char *item, *string;
	size_t len = take_item(cursor, &item), size;

	if (len == 0 || !take(cursor, ' '))
		return false;
	if (is_word(item, len, "UID")) {
		reply->uid = take_number(cursor);
		return reply->uid != 0;
	}
	if (!is_section(item, len, "BODY[HEADER]") && !is_section(item, len, "BODY[TEXT]"))
		return skip_value(cursor);
	/* NIL, where there is none. */
	if (!take_string(cursor, &string, &size))
		return skip_value(cursor);
	if (is_section(item, len, "BODY[TEXT]")) {
		reply->text = string;
		reply->text_len = size;
	} else {
		reply->header = string;
		reply->header_len = size;
	}
	return true;
}

static bool take_pairs(struct cursor *cursor, struct imap_reply *reply)
{
	if (!take(cursor, ' ') || !take(cursor, '('))
		return false;
	while (!take(cursor, ')')) {
		if (!take_pair(cursor, reply))
			return false;
		if (!has(cursor, ')') && !take(cursor, ' '))
			return false;
	}
	return true;
}

bool imap_parse(const char *bytes, size_t len, struct imap_reply *reply)
{
	struct cursor cursor = { bytes, bytes + len };
	bool is_status;

	*reply = (struct imap_reply){ .kind = IMAP_OTHER };
	if (!take_head(&cursor, reply, &is_status))
		return false;
	if (reply->kind == IMAP_OK)
		take_code(&cursor, reply);
	else if (reply->kind == IMAP_SEARCH)
		reply->uids = cursor.at;
	else if (reply->kind == IMAP_FETCH)
		return take_pairs(&cursor, reply);
	return true;
}

uint32_t imap_uid(const char **at)
{
	const char *digits = *at + strspn(*at, " ");
	struct cursor cursor = { digits, digits + strspn(digits, "0123456789") };
	uint32_t uid = take_number(&cursor);

	*at = cursor.at;
	return uid;
}

bool imap_quote(struct buf *to, const char *name)
{
	buf_char(to, '"');
	for (; *name != '\0'; name++) {
		if (*name < ' ' || *name > '~')
			return false;
		if (*name == '"' || *name == '\\')
			buf_char(to, '\\');
		buf_char(to, *name);
	}
	buf_char(to, '"');
	return true;
}
