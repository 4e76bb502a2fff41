/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal_json.c - journalctl -o json: an entry is an object on one line
 *
 *	{"__REALTIME_TIMESTAMP":"1795863600000000","SYSLOG_IDENTIFIER":"postfix/smtpd","MESSAGE":"connect from ...",...}
 *
 * A value that is not printable is an array of its bytes' numbers; one of 4096 bytes and more is
 * null, unless journalctl is told --all; a field that comes more than once is an array of values.
 */
#include <jansson.h>

#include "mta/journal.h"

/* An array of numbers from 0 to 255, all of them. */
static bool keep_numbers(struct buf *bytes, const json_t *array)
{
	const json_t *number;
	size_t i;

	json_array_foreach(array, i, number)
		if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > 255)
			return false;
	json_array_foreach(array, i, number)
		buf_char(bytes, (char)(unsigned char)json_integer_value(number));
	return true;
}

static bool keep_value(struct journal_value *value, const json_t *found)
{
	value->there = true;
	value->hidden = json_is_null(found);
	if (json_is_string(found))
		buf_add(&value->bytes, json_string_value(found), json_string_length(found));
	return value->hidden || json_is_string(found) || (json_is_array(found) && keep_numbers(&value->bytes, found));
}

bool journal_read_json(struct journal *journal, struct slice text)
{
	json_t *object = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	bool any = false, fine = json_is_object(object);
	const char *name;
	json_t *found;

	json_object_foreach(object, name, found) {
		int field = journal_field_of((struct slice){ name, strlen(name) });

		if (field == JOURNAL_FIELDS)
			continue;
		any = true;
		/* Of several values the first. */
		if (json_is_array(found) && json_array_size(found) != 0 && !json_is_integer(json_array_get(found, 0)))
			found = json_array_get(found, 0);
		fine = fine && keep_value(&journal->values[field], found);
	}
	json_decref(object);
	return fine && any;
}
