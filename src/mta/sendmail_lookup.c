/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_lookup.c - what a map says to a key
 *
 * Names are not looked up: those of the question exist, no other does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_run.h"

/* map_rewrite(): %0 to %9 are arguments, and -a is added. */
static const char *rewritten(struct sendmail_run *run, const struct sendmail_map *map, const char *value, const char *key,
			     const char *const *arguments, size_t count)
{
	struct buf text = BUF_INIT(SENDMAIL_LINE_MOST);
	const char *kept;

	for (; *value != '\0'; value++) {
		if (*value != '%' || value[1] == '\0') {
			buf_char(&text, *value);
		} else if (*++value == '%' || *value < '0' || *value > '9') {
			if (*value != '%')
				buf_char(&text, '%');
			buf_char(&text, *value);
		} else if (*value == '0') {
			buf_text(&text, key);
		} else if ((size_t)(*value - '1') < count) {
			buf_text(&text, arguments[*value - '1']);
		}
	}
	buf_text(&text, map->added);
	kept = pool_bytes(run->pool, text.data, text.len);
	buf_release(&text);
	return kept;
}

static const char *ask_keys(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	const struct sendmail_row *row;
	char text[SENDMAIL_LINE_MOST];

	if (map->fails) {
		if (map->optional || map->on_failure == NULL)
			return NULL;
		snprintf(text, sizeof text, "%s%s", key, map->on_failure);
		return pool_text(run->pool, text);
	}
	row = sendmail_map_row(map, key);
	if (map->opaque != NULL) {
		sendmail_run_stop(run, "a rule asks a map whose rows are not known");
		return NULL;
	}
	if (row == NULL)
		return NULL;
	run->row = row;
	return rewritten(run, map, map->match_only ? key : row->value, key, arguments, map->match_only ? 0 : count);
}

/* dequote_map(): only where quotes were, and nothing in them needs them. */
static const char *ask_dequote(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	struct buf text = BUF_INIT(SENDMAIL_LINE_MOST);
	unsigned quotes = 0;
	bool fails = false;
	const char *kept;

	(void)arguments;
	(void)count;
	for (; *key != '\0' && !fails; key++) {
		char byte = *key == ' ' && map->blank != '\0' ? map->blank : *key;

		if (byte == '"')
			quotes++;
		else
			buf_char(&text, byte);
		/* What would have to be weighed is rare in a clean envelope. */
		fails = strchr("\\()<> \t", byte) != NULL;
	}
	buf_text(&text, map->added);
	kept = pool_bytes(run->pool, text.data, text.len);
	buf_release(&text);
	return !fails && quotes != 0 && quotes % 2 == 0 ? kept : NULL;
}

static const char *ask_arith(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	long a, b, r;
	char text[40];

	(void)map;
	if (count < 2)
		return NULL;
	a = strtol(arguments[0], NULL, 10);
	b = strtol(arguments[1], NULL, 10);
	if (labs(a) > 1000000000 || labs(b) > 1000000000)
		return NULL;
	switch (*key) {
	case 'l':
	case '<':
		return a < b ? "TRUE" : "FALSE";
	case '=':
		return a == b ? "TRUE" : "FALSE";
	case '+':
		r = a + b;
		break;
	case '-':
		r = a - b;
		break;
	case '*':
		r = a * b;
		break;
	case '/':
		if (b == 0)
			return NULL;
		r = a / b;
		break;
	case '&':
		r = a & b;
		break;
	case '|':
		r = a | b;
		break;
	default:
		sendmail_run_stop(run, "a rule computes what is not followed");
		return NULL;
	}
	snprintf(text, sizeof text, "%ld", r);
	return pool_text(run->pool, text);
}

/* $(macro {name} $@ value $): sets it, and gives nothing. */
static const char *ask_macro(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	size_t len = strlen(key);
	unsigned char id;

	(void)map;
	if (len > 2 && *key == '{' && key[len - 1] == '}')
		id = sendmail_name_id(run->sendmail, key + 1, len - 2);
	else
		id = (unsigned char)*key < 0x80 ? (unsigned char)*key : 0;
	if (id != 0) {
		run->now[id] = count != 0 ? arguments[0] : NULL;
		run->now_unknown[id] = false;
	}
	return "";
}

static bool is_domain_of(const char *address, const char *name, size_t len)
{
	const char *at = address != NULL ? strrchr(address, '@') : NULL;

	return at != NULL && strlen(at + 1) == len && strncasecmp(at + 1, name, len) == 0;
}

/* Whether a name is one of the question's, which are taken to exist, or of the machine itself. */
static bool exists(const struct sendmail_run *run, const char *name, size_t len)
{
	const struct sendmail_question *question = run->question;

	return is_domain_of(question->sender, name, len) || is_domain_of(question->recipient, name, len) ||
	       (question->name != NULL && strlen(question->name) == len && strncasecmp(question->name, name, len) == 0) ||
	       sendmail_class_find(run->sendmail, 'w', name) != NULL;
}

static const char *ask_host(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	size_t len = strlen(key);

	if (len > 0 && key[len - 1] == '.')
		len--;
	if (*key == '[' || !exists(run, pool_bytes(run->pool, key, len), len))
		return NULL;
	if (!text_equal_nocase(map->type, "host") || map->path != NULL) {
		sendmail_run_stop(run, "a rule asks DNS for more than whether a domain is there");
		return NULL;
	}
	return rewritten(run, map, pool_bytes(run->pool, key, len), key, arguments, count);
}

static const char *ask_bestmx(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	const char *own = run->now['j'];

	if (!run->question->is_exchanger || own == NULL)
		own = "mx.elsewhere.invalid";
	return rewritten(run, map, own, key, arguments, count);
}

static const char *ask_nothing(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	(void)run;
	(void)map;
	(void)key;
	(void)arguments;
	(void)count;
	return NULL;
}

static const char *ask_elsewhere(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments, size_t count)
{
	sendmail_run_stop(run, "a rule asks a map that is not asked here");
	return ask_nothing(run, map, key, arguments, count);
}

static const char *(*const ways[])(struct sendmail_run *run, const struct sendmail_map *map, const char *key, const char *const *arguments,
				   size_t count) = {
	[MAP_KEYS] = ask_keys,	[MAP_DEQUOTE] = ask_dequote, [MAP_ARITH] = ask_arith,	  [MAP_MACRO] = ask_macro,
	[MAP_HOST] = ask_host,	[MAP_BESTMX] = ask_bestmx,   [MAP_NOTHING] = ask_nothing, [MAP_ELSEWHERE] = ask_elsewhere,
};

const char *sendmail_lookup(struct sendmail_run *run, const struct sendmail_map *map, char *key, const char *const *arguments, size_t count)
{
	if (!map->keeps_quotes)
		sendmail_words_strip_quotes(key);
	return ways[map->how](run, map, key, arguments, count);
}
