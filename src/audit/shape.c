/* SPDX-License-Identifier: Apache-2.0 */
/*
 * shape.c - records as JSON objects, by rows
 */
#include "audit/shape.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"

enum { SHOWN_MOST = 60 };

void shape_set(json_t *object, const char *key, json_t *value)
{
	if (value == NULL || json_object_set_new(object, key, value) != 0)
		BUG("a member that cannot be set");
}

void shape_add(json_t *array, json_t *value)
{
	if (value == NULL || json_array_append_new(array, value) != 0)
		BUG("a list that cannot grow");
}

static json_t *value_of(const struct shape_row *row, const void *from)
{
	const char *at = (const char *)from + row->offset, *text;
	int64_t time;
	unsigned count;
	bool flag;

	switch (row->kind) {
	case SHAPE_FLAG:
		memcpy(&flag, at, sizeof flag);
		return json_boolean(flag);
	case SHAPE_COUNT:
		memcpy(&count, at, sizeof count);
		return json_integer(count);
	case SHAPE_TIME:
		memcpy(&time, at, sizeof time);
		return json_integer(time);
	case SHAPE_NAME:
		memcpy(&count, at, sizeof count);
		text = row->name((int)count);
		return text ? json_string(text) : json_null();
	default:
		memcpy(&text, at, sizeof text);
		return text ? json_string(text) : json_null();
	}
}

json_t *shape_write(const struct shape_row *rows, const void *from, struct err *err)
{
	json_t *object;

	json_set_alloc_funcs(mem_new, free);
	object = json_object();
	for (; rows->key != NULL; rows++) {
		json_t *value = rows->kind == SHAPE_OTHER ? NULL : value_of(rows, from);

		if (value == NULL && rows->kind != SHAPE_OTHER) {
			json_decref(object);
			err_set(err, ERR_SYNTAX, "'%s' is not text in UTF-8, and cannot be sent", rows->key);
			return NULL;
		}
		if (value != NULL)
			shape_set(object, rows->key, value);
	}
	return object;
}

static bool is_plain(const char *text, size_t most)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return len <= most;
}

static bool is_lines(const char *text, size_t most)
{
	size_t len = strlen(text);

	for (size_t i = 0; i < len; i++)
		if ((text[i] < ' ' && text[i] != '\n') || text[i] > '~')
			return false;
	return len <= most;
}

static bool read_text(const json_t *value, const struct shape_row *row, char *at)
{
	const char *text = json_string_value(value);

	if (json_is_null(value) && !row->nullable)
		return false;
	if (!json_is_null(value) && (text == NULL || strlen(text) != json_string_length(value) || strlen(text) > (size_t)row->most))
		return false;
	if (text != NULL && ((row->kind == SHAPE_TEXT && !is_plain(text, (size_t)row->most)) ||
			     (row->kind == SHAPE_LINES && !is_lines(text, (size_t)row->most))))
		return false;
	memcpy(at, &text, sizeof text);
	return true;
}

static bool read_name(const json_t *value, const struct shape_row *row, char *at)
{
	const char *text = json_string_value(value);

	if (text == NULL && !json_is_null(value))
		return false;
	for (unsigned number = 0; number < (unsigned)row->most; number++) {
		const char *name = row->name((int)number);

		if (name == text || (name != NULL && text != NULL && strcmp(name, text) == 0)) {
			memcpy(at, &number, sizeof number);
			return true;
		}
	}
	return false;
}

static bool read_number(const json_t *value, const struct shape_row *row, char *at)
{
	json_int_t number = json_integer_value(value);
	unsigned count = (unsigned)number;
	int64_t time = number;

	if (!json_is_integer(value) || number < 0 || number > row->most)
		return false;
	if (row->kind == SHAPE_COUNT)
		memcpy(at, &count, sizeof count);
	else
		memcpy(at, &time, sizeof time);
	return true;
}

static bool read_member(const json_t *value, const struct shape_row *row, void *into)
{
	char *at = (char *)into + row->offset;
	bool flag = json_is_true(value);

	switch (row->kind) {
	case SHAPE_FLAG:
		if (!json_is_boolean(value))
			return false;
		memcpy(at, &flag, sizeof flag);
		return true;
	case SHAPE_COUNT:
	case SHAPE_TIME:
		return read_number(value, row, at);
	case SHAPE_NAME:
		return read_name(value, row, at);
	case SHAPE_OTHER:
		return value != NULL;
	default:
		return read_text(value, row, at);
	}
}

static int complain(const char *what, const char *key, const char *sentence, struct err *err)
{
	struct buf shown = BUF_INIT(SHOWN_MOST);

	text_escape(&shown, key, strnlen(key, SHOWN_MOST));
	err_set(err, ERR_PROTO, "%s: '%s' %s", what, shown.data, sentence);
	buf_release(&shown);
	return -1;
}

int shape_read(const json_t *object, const char *what, const struct shape_row *rows, void *into, struct err *err)
{
	size_t known = 0;
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return err_set(err, ERR_PROTO, "%s is no object", what);
	for (; rows[known].key != NULL; known++) {
		const struct shape_row *row = &rows[known];

		value = json_object_get(object, row->key);
		if (value == NULL)
			return complain(what, row->key, "is missing", err);
		if (!read_member(value, row, into))
			return complain(what, row->key, "has no value that it may have", err);
	}
	if (json_object_size(object) == known)
		return 0;
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		size_t i = 0;

		while (i < known && strcmp(rows[i].key, key) != 0)
			i++;
		if (i == known)
			return complain(what, key, "is not known", err);
	}
	BUG("an object with more members than it has");
}

const json_t *shape_array(const json_t *object, const char *key, size_t least, size_t most, struct err *err)
{
	const json_t *array = json_object_get(object, key);

	if (!json_is_array(array) || json_array_size(array) < least || json_array_size(array) > most) {
		err_set(err, ERR_PROTO, "'%s' is no list of %zu to %zu", key, least, most);
		return NULL;
	}
	return array;
}

const char *shape_item(const json_t *array, size_t index, const char *what, size_t most, struct err *err)
{
	const json_t *item = json_array_get(array, index);
	const char *text = json_string_value(item);

	if (text != NULL && strlen(text) == json_string_length(item) && text[0] != '\0' && is_plain(text, most))
		return text;
	err_set(err, ERR_PROTO, "%s: item %zu is no text that it may be", what, index);
	return NULL;
}

json_t *shape_parse(const char *bytes, size_t len, const char *what, struct err *err)
{
	json_t *object;

	json_set_alloc_funcs(mem_new, free);
	object = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(object))
		return object;
	json_decref(object);
	err_set(err, ERR_PROTO, "%s is no JSON object", what);
	return NULL;
}

static int add_piece(const char *bytes, size_t len, void *to)
{
	buf_add(to, bytes, len);
	return 0;
}

void shape_print(json_t *object, struct buf *to)
{
	json_dump_callback(object, add_piece, to, JSON_COMPACT | JSON_ENSURE_ASCII);
	json_decref(object);
}
