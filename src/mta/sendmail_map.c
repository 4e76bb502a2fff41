/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_map.c - K lines, and the text that lies beside a compiled map
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail.h"

#define BLANKS " \t\n\v\f\r"

static const struct {
	const char *type;
	enum sendmail_map_how how;
	const char *ending;             /* of the compiled file */
} types[] = {
	{ "hash", MAP_KEYS, ".db" },	   { "btree", MAP_KEYS, ".db" },      { "dbm", MAP_KEYS, ".pag" },     { "cdb", MAP_KEYS, ".cdb" },
	{ "implicit", MAP_KEYS, ".db" },   { "dequote", MAP_DEQUOTE, NULL },  { "arith", MAP_ARITH, NULL },    { "macro", MAP_MACRO, NULL },
	{ "host", MAP_HOST, NULL },	   { "dns", MAP_HOST, NULL },	      { "bestmx", MAP_BESTMX, NULL },  { "null", MAP_NOTHING, NULL },
	{ "syslog", MAP_NOTHING, NULL },
};

static int find_row(const struct sendmail_map *map, const char *key, size_t *index)
{
	size_t **beside = map->index != NULL ? (size_t **)(void *)pool_beside(map->index, key, strlen(key)) : NULL;

	if (beside != NULL)
		*index = **beside;
	return beside != NULL;
}

const struct sendmail_row *sendmail_map_row(const struct sendmail_map *map, const char *key)
{
	char *folded = mem_text(key);
	size_t index = 0;
	int found;

	if (map->fold)
		text_lower(folded);
	found = find_row(map, folded, &index);
	free(folded);
	return found ? &map->rows[index] : NULL;
}

static void add_row(struct sendmail *sendmail, struct sendmail_map *map, char *key, const char *value, unsigned line)
{
	struct sendmail_row row = { .repeated = false };
	size_t index;
	void **beside;

	if (map->count >= SENDMAIL_ROWS_MOST) {
		map->opaque = "it has more rows than are read";
		return;
	}
	row.written = pool_text(sendmail->config->pool, key);
	if (map->fold)
		text_lower(key);
	else if (strpbrk(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != NULL)
		map->opaque = "sendmail does not fold its keys (-f), and whether makemap did is not known";
	row.key = pool_text(sendmail->config->pool, key);
	row.value = pool_text(sendmail->config->pool, value);
	row.source = config_place(sendmail->config, map->file, line);
	row.repeated = find_row(map, key, &index);
	if (!row.repeated) {
		if (map->index == NULL)
			map->index = pool_new();
		pool_text(map->index, key);
		beside = pool_beside(map->index, key, strlen(key));
		*beside = mem_new(sizeof(size_t));
		*(size_t *)*beside = map->count;
	}
	MEM_ROOM(map->rows, map->count, map->capacity);
	map->rows[map->count++] = row;
}

static void tell_row(struct sendmail *sendmail, const struct sendmail_map *map, unsigned line, const char *text, const char *says)
{
	struct config *config = sendmail->config;
	struct fact *fact = config_add_fact(config, FACT_SYNTAX, config_place(config, map->file, line));

	fact->title = config_text(config, "makemap leaves a line of the %s map out", config_shown(config, map->name, strlen(map->name)));
	fact->text = config_shown(config, text, strlen(text));
	fact->says = says;
	fact->fix = "write the key at the beginning of the line, then blanks, then the value";
}

void sendmail_map_rows(struct sendmail *sendmail, struct sendmail_map *map, const char *bytes, size_t len)
{
	/* makemap reads lines into a buffer of 8192 bytes. */
	enum { ROW_MOST = 8190 };
	unsigned line = 1;

	for (size_t at = 0; at < len; line++) {
		const char *newline = memchr(bytes + at, '\n', len - at);
		size_t used = newline != NULL ? (size_t)(newline - bytes) - at : len - at;
		char *text = mem_bytes(bytes + at, used < ROW_MOST ? used : ROW_MOST);
		size_t key = strcspn(text, BLANKS), gap = strspn(text + key, BLANKS);

		at += used + 1;
		for (char *byte = text; *byte != '\0'; byte++)
			*byte = (unsigned char)*byte < 0x80 ? *byte : '?';
		if (used >= ROW_MOST) {
			tell_row(sendmail, map, line, "", "it is longer than makemap reads");
		} else if (*text == '\0' || *text == '#') {
			/* nothing */
		} else if (key == 0) {
			tell_row(sendmail, map, line, text, "it begins with a blank");
		} else if (text[key + gap] == '\0') {
			tell_row(sendmail, map, line, text, "it has a key and no value");
		} else {
			text[key] = '\0';
			add_row(sendmail, map, text, text + key + gap, line);
		}
		free(text);
	}
}

static void tell_map(struct sendmail *sendmail, const struct sendmail_map *map, enum fact_kind kind, const char *title, const char *says, const char *fix)
{
	struct config *config = sendmail->config;
	struct fact *fact = config_add_fact(config, kind, map->source);

	fact->title = title;
	fact->text = config_text(config, "K%s %s %s", config_shown(config, map->name, strlen(map->name)), config_shown(config, map->type, strlen(map->type)),
				 map->path != NULL ? config_shown(config, map->path, strlen(map->path)) : "");
	fact->says = says;
	fact->fix = fix;
}

static void read_rows(struct sendmail *sendmail, struct sendmail_map *map, const char *ending)
{
	struct config *config = sendmail->config;
	const char *compiled = config_text(config, "%.400s%s", map->path, ending);
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	time_t made, modified;

	map->file = config_shown(config, map->path, strlen(map->path));
	if (!config_files_has(&sendmail->files, compiled, &made)) {
		map->fails = true;
		if (!map->optional)
			tell_map(sendmail, map, FACT_REFUSES_SERVICE, "a map is not there",
				 config_text(config, "there is no %.300s: where a rule asks it, sendmail answers 451", compiled),
				 config_text(config, "makemap %.40s %.300s <%.300s", map->type, compiled, map->path));
	} else if (config_files_read(&sendmail->files, map->path, &text, &modified, &err) != 0) {
		map->opaque = config_shown(config, err.text, strlen(err.text));
	} else if (modified > made) {
		map->opaque = "its text was changed after it was compiled: run makemap on it";
	} else {
		sendmail_map_rows(sendmail, map, text.data, text.len);
	}
	if (map->opaque != NULL)
		tell_map(sendmail, map, FACT_NOT_EVALUATED, "the rows of a map are not known", map->opaque,
			 "keep the text of a compiled map beside it, and run makemap when it changes");
	buf_release(&text);
}

/* "-T<TMPF> -o"; where the file's name begins. */
static char *take_flags(struct sendmail *sendmail, struct sendmail_map *map, char *text)
{
	for (;;) {
		char *word;
		size_t len;

		text += strspn(text, BLANKS);
		if (*text != '-')
			return text;
		word = text + 1;
		len = strcspn(text, BLANKS);
		text += len;
		if (*text != '\0')
			*text++ = '\0';
		switch (*word) {
		case 'a':
			map->added = pool_text(sendmail->config->pool, word + 1);
			break;
		case 'T':
			map->on_failure = pool_text(sendmail->config->pool, word + 1);
			break;
		case 'f':
			map->fold = false;
			break;
		case 'm':
			map->match_only = true;
			break;
		case 'o':
			map->optional = true;
			break;
		case 'q':
			map->keeps_quotes = true;
			break;
		case 'S':
			map->blank = word[1] != '\0' ? word[1] : map->blank;
			break;
		case 's':
			map->blank = map->how == MAP_DEQUOTE && word[1] != '\0' ? word[1] : map->blank;
			break;
		}
	}
}

void sendmail_map_define(struct sendmail *sendmail, const char *text, unsigned line)
{
	struct sendmail_map map = { .how = MAP_ELSEWHERE, .fold = true, .blank = sendmail->blank, .added = "" };
	char *copy = mem_text(text + strspn(text, BLANKS)), *type, *rest;
	const char *ending = NULL;
	struct pool *pool = sendmail->config->pool;

	type = copy + strcspn(copy, BLANKS);
	if (*type != '\0')
		*type++ = '\0';
	type += strspn(type, BLANKS);
	rest = type + strcspn(type, BLANKS);
	if (*rest != '\0')
		*rest++ = '\0';
	map.name = pool_text(pool, copy);
	map.type = pool_text(pool, type);
	map.source = config_place(sendmail->config, sendmail->file, line);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		if (!text_equal_nocase(types[i].type, type))
			continue;
		map.how = types[i].how;
		ending = types[i].ending;
	}
	map.keeps_quotes = map.how == MAP_DEQUOTE;
	if (map.how == MAP_DEQUOTE)
		map.blank = '\0';
	rest = take_flags(sendmail, &map, rest);
	rest[strcspn(rest, BLANKS)] = '\0';
	if (*rest != '\0')
		map.path = pool_text(pool, rest);
	if (sendmail->map_count < SENDMAIL_MAPS_MOST && sendmail_map_find(sendmail, map.name) == NULL) {
		if (map.how == MAP_KEYS && map.path != NULL)
			read_rows(sendmail, &map, ending);
		MEM_ROOM(sendmail->maps, sendmail->map_count, sendmail->map_capacity);
		sendmail->maps[sendmail->map_count++] = map;
	}
	free(copy);
}

const struct sendmail_map *sendmail_map_find(const struct sendmail *sendmail, const char *name)
{
	for (size_t i = 0; i < sendmail->map_count; i++)
		if (text_equal_nocase(sendmail->maps[i].name, name))
			return &sendmail->maps[i];
	return NULL;
}
