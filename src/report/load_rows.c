/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_rows.c - objects of a JSON report by rows
 */
#include "report/load_rows.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"

const char *const load_verdicts[] = { "closed", "inconclusive", "open", NULL };
const char *const load_severities[] = { "info", "low", "medium", "high", "critical", NULL };
const char *const load_modes[] = { "none", "starttls", "implicit", NULL };

int load_fail(struct load *load, const char *key, const char *what)
{
	return err_set(load->err, ERR_SYNTAX, "%.200s: %.120s%.60s %.100s", load->path, load->at, key, what);
}

void load_enter(struct load *load, const char *key, size_t index)
{
	snprintf(load->at, sizeof load->at, "%.60s[%zu].", key, index);
}

static bool is_shown(const char *text, size_t len, bool lines)
{
	if (strlen(text) != len)
		return false;
	for (; *text != '\0'; text++)
		if ((*text < ' ' || *text > '~') && !(lines && *text == '\n'))
			return false;
	return true;
}

static int text_of(struct load *load, const char *key, const json_t *value, bool lines, const char **text)
{
	if (!json_is_string(value) || !is_shown(json_string_value(value), json_string_length(value), lines))
		return load_fail(load, key, lines ? "is not printable text" : "is not a line of printable text");
	*text = pool_bytes(load->texts, json_string_value(value), json_string_length(value));
	return 0;
}

static int read_word(struct load *load, const struct load_row *row, const json_t *value, const char **text)
{
	if (text_of(load, row->key, value, false, text) != 0)
		return -1;
	for (size_t i = 0; row->words[i] != NULL; i++)
		if (strcmp(row->words[i], *text) == 0)
			return 0;
	return load_fail(load, row->key, "is none of the words that it can be");
}

static int read_stamp(struct load *load, const char *key, const json_t *value, char stamp[32])
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	const char *text;

	if (text_of(load, key, value, false, &text) != 0)
		return -1;
	for (size_t i = 0; i < sizeof shape; i++)
		if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
			return load_fail(load, key, "is not a moment like 2027-01-31T12:00:00Z");
	memcpy(stamp, text, sizeof shape);
	return 0;
}

static int read_count(struct load *load, const char *key, const json_t *value, json_int_t most, size_t *count)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > most)
		return load_fail(load, key, "is not a number that it can be");
	*count = (size_t)json_integer_value(value);
	return 0;
}

static int read_texts(struct load *load, const struct load_row *row, const json_t *value, void *into)
{
	const char **texts;
	size_t count = json_array_size(value);

	if (!json_is_array(value))
		return load_fail(load, row->key, "is not a list");
	texts = mem_new((count + 1) * sizeof *texts);
	/* First of all it belongs to the model, which releases it. */
	memcpy((char *)into + row->offset, &texts, sizeof texts);
	for (size_t i = 0; i < count; i++)
		if (text_of(load, row->key, json_array_get(value, i), false, &texts[i]) != 0)
			return -1;
	memcpy((char *)into + row->count, &count, sizeof count);
	return 0;
}

static int read_member(struct load *load, const struct load_row *row, const json_t *value, void *into)
{
	char *at = (char *)into + row->offset;
	const char *text = NULL;
	size_t count = 0;
	unsigned number;
	int result = 0;

	switch (row->kind) {
	case LOAD_TEXT:
	case LOAD_LINES:
	case LOAD_WORD:
		result = row->kind == LOAD_WORD ? read_word(load, row, value, &text) : text_of(load, row->key, value, row->kind == LOAD_LINES, &text);
		memcpy(at, &text, sizeof text);
		break;
	case LOAD_STAMP:
		return read_stamp(load, row->key, value, at);
	case LOAD_COUNT:
		result = read_count(load, row->key, value, LLONG_MAX, &count);
		memcpy(at, &count, sizeof count);
		break;
	case LOAD_NUMBER:
		result = read_count(load, row->key, value, UINT_MAX, &count);
		number = (unsigned)count;
		memcpy(at, &number, sizeof number);
		break;
	case LOAD_FLAG:
		if (!json_is_boolean(value))
			return load_fail(load, row->key, "is neither true nor false");
		*(bool *)(void *)at = json_is_true(value);
		break;
	case LOAD_TEXTS:
		return read_texts(load, row, value, into);
	case LOAD_OTHER:
		break;
	}
	return result;
}

static int find_unknown(struct load *load, const json_t *object, const struct load_row *rows)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		size_t i = 0;

		while (rows[i].key != NULL && strcmp(rows[i].key, key) != 0)
			i++;
		if (rows[i].key == NULL)
			return load_fail(load, is_shown(key, strlen(key), false) ? key : "?", "is a member that the schema relayaudit-report/1 does not have");
	}
	return 0;
}

int load_object(struct load *load, const json_t *object, const struct load_row *rows, void *into)
{

	if (!json_is_object(object))
		return load_fail(load, "", "is not an object");
	for (size_t i = 0; rows[i].key != NULL; i++) {
		const json_t *value = json_object_get(object, rows[i].key);

		if (value == NULL && (rows[i].may & LOAD_ABSENT) == 0)
			return load_fail(load, rows[i].key, "is missing");
		if (value != NULL && !(json_is_null(value) && (rows[i].may & LOAD_NULL) != 0) && read_member(load, &rows[i], value, into) != 0)
			return -1;
	}
	return find_unknown(load, object, rows);
}

int load_array(struct load *load, const json_t *object, const char *key, bool absent, const json_t **array, size_t *count)
{
	*array = json_object_get(object, key);
	*count = json_array_size(*array);
	if (*array == NULL && absent)
		return 0;
	return json_is_array(*array) ? 0 : load_fail(load, key, *array == NULL ? "is missing" : "is not a list");
}
