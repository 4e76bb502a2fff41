/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.c - a caught message as a line of JSON (RFC 8259)
 *
 * Members that are missing or of another type make the line no record: a store is
 * written by nobody else.  Members that are not known are passed over.
 */
#include "remote/record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/names.h"

static const struct name_row roles[] = {
	{ "victim", TOKEN_VICTIM },
	{ "sender", TOKEN_SENDER },
	{ "second", TOKEN_SECOND },
	{ NULL, 0 },
};
_Static_assert(sizeof roles / sizeof *roles == TOKEN_ROLES + 1, "each role has its name");

size_t record_header_len(const char *message, size_t len)
{
	size_t line = 0;

	while (line < len) {
		const char *end = memchr(message + line, '\n', len - line);
		size_t next = end == NULL ? len : (size_t)(end + 1 - message);

		if (message[line] == '\n' || (message[line] == '\r' && line + 1 < len && message[line + 1] == '\n'))
			return next;
		line = next;
	}
	return len;
}

/* Bytes as the characters of the same numbers; NULL as null. */
static json_t *text_of(const char *bytes, size_t len)
{
	char *text;
	size_t used = 0;
	json_t *made;

	if (bytes == NULL)
		return json_null();
	text = mem_resize(NULL, len + 1, 2);
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x80)
			text[used++] = (char)(0xc0 | byte >> 6);
		text[used++] = (char)(byte >= 0x80 ? 0x80 | (byte & 0x3f) : byte);
	}
	made = json_stringn_nocheck(text, used);
	free(text);
	return made;
}

static json_t *short_text(const char *text)
{
	return text_of(text, text ? strlen(text) : 0);
}

static void add_time(json_t *object, const struct record *record)
{
	char stamp[CLOCK_STAMP], text[CLOCK_STAMP + 10];

	clock_stamp(record->seen.when, stamp);
	snprintf(text, sizeof text, "%.*s.%06ldZ", CLOCK_STAMP - 2, stamp, record->nanoseconds / 1000 % 1000000);
	json_object_set_new(object, "time", json_string(text));
}

static int add_piece(const char *bytes, size_t len, void *to)
{
	buf_add(to, bytes, len);
	return 0;
}

void record_print(const struct record *record, struct buf *to)
{
	const struct sighting *seen = &record->seen;
	json_t *object, *token;

	json_set_alloc_funcs(mem_new, free);
	object = json_object();
	token = json_object();
	add_time(object, record);
	json_object_set_new(token, "run", json_string(seen->token.run));
	json_object_set_new(token, "number", json_integer(seen->token.number));
	json_object_set_new(token, "role", json_string(name_of(roles, (int)seen->token.role)));
	json_object_set_new(object, "token", token);
	json_object_set_new(object, "mail_from", short_text(seen->mail_from));
	json_object_set_new(object, "rcpt_to", short_text(seen->rcpt_to));
	json_object_set_new(object, "peer", short_text(seen->peer));
	json_object_set_new(object, "helo", short_text(seen->helo));
	json_object_set_new(object, "tls", short_text(record->tls));
	json_object_set_new(object, "size", json_integer((json_int_t)record->size));
	json_object_set_new(object, "truncated", json_boolean(record->truncated));
	json_object_set_new(object, "headers", text_of(seen->headers, seen->headers_len));
	json_object_set_new(object, "body", text_of(record->body, record->body_len));
	json_dump_callback(object, add_piece, to, JSON_COMPACT | JSON_ENSURE_ASCII);
	buf_char(to, '\n');
	json_decref(object);
}

/* The bytes go on at `*room`, which is as large as the line; a NUL follows them. */
static const char *bytes_of(const json_t *value, char **room, size_t *len)
{
	const unsigned char *text = (const unsigned char *)json_string_value(value);
	size_t size = json_string_length(value);
	char *begin = *room, *to = begin;

	if (text == NULL)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		if (text[i] < 0x80) {
			*to++ = (char)text[i];
		} else if ((text[i] == 0xc2 || text[i] == 0xc3) && i + 1 < size) {
			*to++ = (char)((text[i] & 3) << 6 | (text[i + 1] & 0x3f));
			i++;
		} else {
			return NULL;
		}
	}
	*to++ = '\0';
	*room = to;
	*len = (size_t)(to - begin) - 1;
	return begin;
}

/* A short text without a NUL, or null. */
static bool read_text(const json_t *object, const char *key, char **room, const char **text)
{
	const json_t *value = json_object_get(object, key);
	size_t len = 0;

	*text = NULL;
	if (json_is_null(value))
		return true;
	*text = bytes_of(value, room, &len);
	return *text != NULL && strlen(*text) == len;
}

static bool read_time(const json_t *object, struct record *record)
{
	const char *text = json_string_value(json_object_get(object, "time"));
	const char *rest;
	struct tm parts = { .tm_year = 0 };
	char *end;
	long micros;

	rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) : NULL;
	if (rest == NULL || strlen(rest) != 8 || rest[0] != '.' || strspn(rest + 1, "0123456789") != 6)
		return false;
	micros = strtol(rest + 1, &end, 10);
	record->seen.when = timegm(&parts);
	record->nanoseconds = micros * 1000;
	/* No message came before 1970, and years of three digits would be printed so. */
	return strcmp(end, "Z") == 0 && record->seen.when >= 0;
}

static bool read_token(const json_t *object, struct token *token)
{
	const json_t *value = json_object_get(object, "token"), *number = json_object_get(value, "number");
	const char *run = json_string_value(json_object_get(value, "run"));
	const char *role = json_string_value(json_object_get(value, "role"));
	int found = role ? name_number(roles, role) : -1;
	json_int_t count = json_is_integer(number) ? json_integer_value(number) : -1;

	if (run == NULL || strlen(run) != TOKEN_RUN || found < 0 || count < 0 || count > TOKEN_NUMBER_MOST)
		return false;
	*token = (struct token){ .number = (unsigned)count, .role = (enum token_role)found };
	memcpy(token->run, run, TOKEN_RUN + 1);
	return true;
}

static bool read_members(const json_t *object, char *room, struct record *record)
{
	const json_t *size = json_object_get(object, "size"), *cut = json_object_get(object, "truncated");
	struct sighting *seen = &record->seen;

	if (!read_time(object, record) || !read_token(object, &seen->token) || !json_is_integer(size) || !json_is_boolean(cut) ||
	    json_integer_value(size) < 0)
		return false;
	record->size = (uint64_t)json_integer_value(size);
	record->truncated = json_is_true(cut);
	if (!read_text(object, "mail_from", &room, &seen->mail_from) || !read_text(object, "rcpt_to", &room, &seen->rcpt_to) ||
	    !read_text(object, "peer", &room, &seen->peer) || !read_text(object, "helo", &room, &seen->helo) ||
	    !read_text(object, "tls", &room, &record->tls) || seen->rcpt_to == NULL)
		return false;
	seen->headers = bytes_of(json_object_get(object, "headers"), &room, &seen->headers_len);
	record->body = bytes_of(json_object_get(object, "body"), &room, &record->body_len);
	return seen->headers != NULL && record->body != NULL;
}

bool record_parse(const char *line, size_t len, struct record_read *read)
{
	struct record record = { .size = 0 };
	json_t *object;
	char *bytes;

	if (len > RECORD_LINE_MOST)
		return false;
	json_set_alloc_funcs(mem_new, free);
	object = json_loadb(line, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (object == NULL)
		return false;
	/* What is written as characters is never longer than its JSON, but for the NULs of eight texts. */
	bytes = mem_new(len + 8);
	if (!read_members(object, bytes, &record)) {
		free(bytes);
		json_decref(object);
		return false;
	}
	json_decref(object);
	*read = (struct record_read){ record, bytes };
	return true;
}

void record_release(struct record_read *read)
{
	free(read->bytes);
	*read = (struct record_read){ .bytes = NULL };
}
