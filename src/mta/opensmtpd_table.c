/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_table.c - tables of words, as table_static.c of smtpd 6.8 has them
 */
#include "mta/opensmtpd_table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/opensmtpd.h"

enum {
	/* smtpd's own bounds on a key, and on a word that a key is compared with. */
	KEY_MOST = 1023,
	WORD_MOST = 2047,
	/* Of an expression: what the C library compiles in no time. */
	PATTERN_MOST = 400,
	REPEATS_MOST = 2
};

struct opensmtpd_table *opensmtpd_table_new(struct opensmtpd *opensmtpd, const char *name, const char *backend, enum opensmtpd_shape shape)
{
	struct opensmtpd_table *table = mem_new(sizeof *table);

	table->name = name;
	table->backend = backend;
	table->shape = shape;
	MEM_ROOM(opensmtpd->tables, opensmtpd->table_count, opensmtpd->table_capacity);
	return opensmtpd->tables[opensmtpd->table_count++] = table;
}

struct opensmtpd_table *opensmtpd_table_find(const struct opensmtpd *opensmtpd, const char *name)
{
	for (size_t i = 0; i < opensmtpd->table_count; i++)
		if (opensmtpd->tables[i]->name != NULL && strcmp(opensmtpd->tables[i]->name, name) == 0)
			return opensmtpd->tables[i];
	return NULL;
}

void opensmtpd_table_free(struct opensmtpd_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->rows[i].expression != NULL)
			regfree(table->rows[i].expression);
		free(table->rows[i].expression);
	}
	free(table->rows);
	free(table);
}

void opensmtpd_table_add(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, const char *key, const char *value, const char *file, unsigned line)
{
	struct pool *pool = opensmtpd->config->pool;
	struct opensmtpd_entry *entry;
	char *low;

	if (strlen(key) > KEY_MOST)
		return;
	if (table->shape == SHAPE_NONE)
		table->shape = value != NULL ? SHAPE_HASH : SHAPE_LIST;
	low = mem_text(key);
	text_lower(low);
	MEM_ROOM(table->rows, table->count, table->capacity);
	entry = &table->rows[table->count++];
	*entry = (struct opensmtpd_entry){ .key = pool_text(pool, low), .written = pool_text(pool, key), .file = file, .line = line };
	entry->value = value != NULL ? pool_text(pool, value) : NULL;
	entry->is_network = opensmtpd_network(entry->key, &entry->network, &entry->host_bits) == 0;
	free(low);
}

/* A line of a file whose words are pairs: parted by blanks or one ':'. */
static int add_pair(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, char *line, const char *path, unsigned number, struct err *err)
{
	char *value = line + strcspn(line, " \t:");

	if (*value != '\0')
		*value++ = '\0';
	while (*value != '\0' && (isspace((unsigned char)*value) || (*value == ':' && isspace((unsigned char)value[1]))))
		value++;
	if (*value == '\0')
		return err_set(err, ERR_SYNTAX, "%.200s:%u: an entry has no value, in a table whose entries have values", path, number);
	opensmtpd_table_add(opensmtpd, table, line, value, path, number);
	return 0;
}

/* The first line that is no comment says which of the two it is; so does "# @list" before it. */
static int add_line(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, char *line, const char *path, unsigned number, struct err *err)
{
	char *end = line + strlen(line);

	while (end > line && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*line))
		line++;
	if (*line == '\0')
		return 0;
	if (*line == '#') {
		for (line++; isspace((unsigned char)*line);)
			line++;
		if (table->shape == SHAPE_NONE && strcmp(line, "@list") == 0)
			table->shape = SHAPE_LIST;
		return 0;
	}
	if (table->shape == SHAPE_NONE)
		table->shape = strpbrk(line, " \t:") != NULL ? SHAPE_HASH : SHAPE_LIST;
	if (table->shape == SHAPE_HASH)
		return add_pair(opensmtpd, table, line, path, number, err);
	opensmtpd_table_add(opensmtpd, table, line, NULL, path, number);
	return 0;
}

static int parse(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, const char *path, const char *bytes, size_t len, struct err *err)
{
	const char *end = bytes + len, *file = pool_text(opensmtpd->config->pool, path);
	unsigned number = 0;
	int result = 0;

	table->from_file = true;
	while (bytes < end && result == 0) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		size_t size = newline != NULL ? (size_t)(newline - bytes) : (size_t)(end - bytes);
		/* What stands behind a NUL is not seen. */
		char *line = mem_bytes(bytes, size);

		result = add_line(opensmtpd, table, line, file, ++number, err);
		free(line);
		bytes += size + (newline != NULL);
	}
	if (table->shape == SHAPE_NONE)
		table->shape = SHAPE_HASH;
	return result;
}

int opensmtpd_table_load(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, const char *path, struct err *err)
{
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err own = ERR_INIT;
	time_t modified;
	int result = 0;

	if (!config_files_has(opensmtpd->files, path, &modified)) {
		result = err_set(err, ERR_SYSTEM, "the file %.200s of a table is not there", path);
	} else if (config_files_read(opensmtpd->files, path, &text, &modified, &own) != 0) {
		table->unreadable = table->from_file = true;
		table->shape = SHAPE_ELSEWHERE;
		config_add_fact(opensmtpd->config, FACT_NOT_EVALUATED, config_shown(opensmtpd->config, path, strlen(path)))->says =
			config_shown(opensmtpd->config, own.text, strlen(own.text));
		opensmtpd->config->facts[opensmtpd->config->fact_count - 1].title = "a table could not be read";
		opensmtpd->config->facts[opensmtpd->config->fact_count - 1].fix = "run relayaudit as a user who may read it";
	} else {
		result = parse(opensmtpd, table, path, text.data, text.len, err);
	}
	buf_release(&text);
	return result;
}

/* What is left of the last "@" and right of it, each in `whole`; the user is all where there is none. */
static void split(char *whole, const char **user, const char **domain)
{
	char *at = strrchr(whole, '@');

	*user = whole;
	*domain = "";
	if (at != NULL) {
		*at = '\0';
		*domain = at + 1;
	}
}

static bool mailaddr_fits(const char *key, const char *word, char delimiter)
{
	char *left = mem_text(key), *right = mem_text(word), *tag;
	const char *user, *domain, *want_user, *want_domain;
	bool fits;

	split(left, &user, &domain);
	split(right, &want_user, &want_domain);
	fits = *want_domain == '\0' || opensmtpd_name_fits(domain, want_domain);
	/* The tag counts where the word has one. */
	if (*want_user != '\0' && strchr(want_user, delimiter) == NULL && (tag = strchr(left, delimiter)) != NULL && tag < left + strlen(user))
		*tag = '\0';
	fits = fits && (*want_user == '\0' || text_equal_nocase(user, want_user));
	free(left);
	free(right);
	return fits;
}

/* What the C library would compile or try for ever is not tried. */
static bool is_cheap(const char *pattern)
{
	unsigned repeats = 0;

	for (const char *at = pattern; *at != '\0'; at++) {
		repeats += *at == '{';
		/* Each repetition of a repetition doubles what libc makes of it. */
		if (strchr("+*?{", *at) != NULL && at[1] != '\0' && strchr("+*?{", at[1]) != NULL)
			return false;
		if ((*at == '{' || *at == ',') && repeats != 0 && strspn(at + 1, "0123456789") > 2)
			return false;
		if (*at == '\\' && isdigit((unsigned char)at[1]))
			return false;
		at += *at == '\\' && at[1] != '\0';
	}
	return repeats <= REPEATS_MOST && strlen(pattern) <= PATTERN_MOST;
}

static void compile(struct opensmtpd_entry *entry)
{
	const char *pattern = entry->key;
	int options = REG_EXTENDED | REG_NOSUB;

	if (strncmp(pattern, "(?i)", 4) == 0) {
		options |= REG_ICASE;
		pattern += 4;
	}
	entry->opaque = !is_cheap(pattern);
	if (entry->opaque)
		return;
	entry->expression = mem_new(sizeof *entry->expression);
	/* One that is none fits nothing, here as there. */
	entry->invalid = regcomp(entry->expression, pattern, options) != 0;
	if (entry->invalid) {
		free(entry->expression);
		entry->expression = NULL;
	}
}

static enum opensmtpd_match expression_fits(struct opensmtpd_entry *entry, const char *key)
{
	if (entry->expression == NULL && !entry->opaque && !entry->invalid)
		compile(entry);
	if (entry->expression == NULL)
		return entry->opaque ? MATCH_UNKNOWN : MATCH_NO;
	return regexec(entry->expression, key, 0, NULL, 0) == 0 ? MATCH_YES : MATCH_NO;
}

static enum opensmtpd_match entry_fits(struct opensmtpd_entry *entry, enum opensmtpd_kind kind, const char *key, const struct prefix *client, char delimiter)
{
	switch (kind) {
	case KIND_NETADDR:
		if (strcmp(entry->key, key) == 0)
			return MATCH_YES;
		return client != NULL && entry->is_network && prefix_has(&entry->network, &client->first) ? MATCH_YES : MATCH_NO;
	case KIND_DOMAIN:
		return opensmtpd_name_fits(key, entry->key) ? MATCH_YES : MATCH_NO;
	case KIND_MAILADDR:
		return mailaddr_fits(key, entry->key, delimiter) ? MATCH_YES : MATCH_NO;
	case KIND_REGEX:
		return expression_fits(entry, key);
	case KIND_STRING:
		break;
	}
	return strcmp(entry->key, key) == 0 ? MATCH_YES : MATCH_NO;
}

enum opensmtpd_match opensmtpd_table_match(const struct opensmtpd_table *table, enum opensmtpd_kind kind, const char *key, char delimiter,
					   const struct opensmtpd_entry **entry)
{
	struct prefix client;
	enum opensmtpd_match match = MATCH_NO;
	char *low = mem_text(key);
	bool host_bits, is_address;

	text_lower(low);
	is_address = kind == KIND_NETADDR && opensmtpd_network(low, &client, &host_bits) == 0;
	/* The last of two equal keys is the one that is kept. */
	for (size_t i = table->count; i-- > 0 && match != MATCH_YES;) {
		enum opensmtpd_match one = entry_fits(&table->rows[i], kind, low, is_address ? &client : NULL, delimiter);

		if (one != MATCH_NO)
			match = one;
		if (one == MATCH_YES && entry != NULL)
			*entry = &table->rows[i];
	}
	free(low);
	return table->shape == SHAPE_ELSEWHERE ? MATCH_UNKNOWN : match;
}

/* "192.0.2.25" and "[192.0.2.25]", "[2001:db8::25]". */
static void add_own(struct opensmtpd *opensmtpd, struct opensmtpd_table *local, struct opensmtpd_table *names, const char *text)
{
	char literal[OPENSMTPD_CLIENT_TEXT + 2];

	opensmtpd_table_add(opensmtpd, local, text, NULL, NULL, 0);
	opensmtpd_table_add(opensmtpd, names, text, NULL, NULL, 0);
	snprintf(literal, sizeof literal, "[%s]", text);
	if (text[0] != '[')
		opensmtpd_table_add(opensmtpd, names, literal, NULL, NULL, 0);
}

void opensmtpd_tables_begin(struct opensmtpd *opensmtpd, const struct config_own *own, size_t count)
{
	struct opensmtpd_table *local = opensmtpd_table_new(opensmtpd, "<localhost>", "static", SHAPE_NONE);
	struct opensmtpd_table *names = opensmtpd_table_new(opensmtpd, "<localnames>", "static", SHAPE_NONE);
	struct opensmtpd_table *table = opensmtpd_table_new(opensmtpd, "<anyhost>", "static", SHAPE_NONE);

	opensmtpd_table_add(opensmtpd, table, "local", NULL, NULL, 0);
	opensmtpd_table_add(opensmtpd, table, "0.0.0.0/0", NULL, NULL, 0);
	opensmtpd_table_add(opensmtpd, table, "::/0", NULL, NULL, 0);
	opensmtpd_table_add(opensmtpd, local, "local", NULL, NULL, 0);
	opensmtpd_table_add(opensmtpd, names, "localhost", NULL, NULL, 0);
	for (size_t i = 0; i < count; i++) {
		char text[OPENSMTPD_CLIENT_TEXT];

		opensmtpd_client_text(&own[i].address, text);
		add_own(opensmtpd, local, names, text);
	}
	if (count == 0) {
		add_own(opensmtpd, local, names, "127.0.0.1");
		add_own(opensmtpd, local, names, "[::1]");
	}
	table = opensmtpd_table_new(opensmtpd, "<anydestination>", "static", SHAPE_NONE);
	opensmtpd_table_add(opensmtpd, table, "*", NULL, NULL, 0);
	opensmtpd_table_new(opensmtpd, "<getpwnam>", "getpwnam", SHAPE_ELSEWHERE)->users_only = true;
}
