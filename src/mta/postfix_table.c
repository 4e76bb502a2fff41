/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_table.c - lookup tables: which there are, and how they are asked
 */
#include "mta/postfix_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix.h"

enum how { HOW_COMPILED, HOW_TEXT, HOW_CIDR, HOW_REGEXP, HOW_PCRE, HOW_INLINE, HOW_STATIC, HOW_FAIL, HOW_ELSEWHERE };

static const struct table_type {
	const char *name;
	enum how how;
	const char *ending;             /* of the compiled file */
	bool plugin;                    /* Debian has it in a package of its own */
} types[] = {
	{ "hash", HOW_COMPILED, ".db", false },	      { "btree", HOW_COMPILED, ".db", false },
	{ "lmdb", HOW_COMPILED, ".lmdb", true },      { "cdb", HOW_COMPILED, ".cdb", true },
	{ "dbm", HOW_COMPILED, ".pag", false },	      { "sdbm", HOW_COMPILED, ".pag", true },
	{ "texthash", HOW_TEXT, NULL, false },	      { "cidr", HOW_CIDR, NULL, false },
	{ "regexp", HOW_REGEXP, NULL, false },	      { "pcre", HOW_PCRE, NULL, true },
	{ "inline", HOW_INLINE, NULL, false },	      { "static", HOW_STATIC, NULL, false },
	{ "fail", HOW_FAIL, NULL, false },	      { "tcp", HOW_ELSEWHERE, NULL, false },
	{ "ldap", HOW_ELSEWHERE, NULL, true },	      { "mysql", HOW_ELSEWHERE, NULL, true },
	{ "pgsql", HOW_ELSEWHERE, NULL, true },	      { "sqlite", HOW_ELSEWHERE, NULL, true },
	{ "mongodb", HOW_ELSEWHERE, NULL, true },     { "socketmap", HOW_ELSEWHERE, NULL, false },
	{ "proxy", HOW_ELSEWHERE, NULL, false },      { "memcache", HOW_ELSEWHERE, NULL, false },
	{ "unix", HOW_ELSEWHERE, NULL, false },	      { "environ", HOW_ELSEWHERE, NULL, false },
	{ "nis", HOW_ELSEWHERE, NULL, false },	      { "nisplus", HOW_ELSEWHERE, NULL, false },
	{ "netinfo", HOW_ELSEWHERE, NULL, false },    { "pipemap", HOW_ELSEWHERE, NULL, false },
	{ "unionmap", HOW_ELSEWHERE, NULL, false },   { "randmap", HOW_ELSEWHERE, NULL, false },
	{ "internal", HOW_ELSEWHERE, NULL, false },
};

bool postfix_is_table(const char *text)
{
	return text[0] != '[' && strchr(text, ':') != NULL;
}

static const struct table_type *type_of(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strlen(types[i].name) == len && strncmp(types[i].name, name, len) == 0)
			return &types[i];
	return NULL;
}

static void set_state(struct postfix_table *table, enum table_state state, const char *why)
{
	table->state = state;
	table->why = why;
}

/* Debian lists the types of its packages in a file; NULL says that there is no such file. */
static bool lacks_plugin(struct postfix *postfix, const char *type)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	const char *path = config_text(postfix->config, "%s/dynamicmaps.cf", postfix->directory), *at;
	bool lacks = false;
	time_t modified;

	if (config_files_read(&postfix->files, path, &text, &modified, &err) == 0) {
		lacks = true;
		for (at = text.data; at != NULL && lacks; at = strchr(at, '\n')) {
			at += *at == '\n';
			lacks = strncmp(at, type, strlen(type)) != 0 || strchr(" \t", at[strlen(type)]) == NULL;
		}
	}
	buf_release(&text);
	return lacks;
}

static void read_text(struct postfix *postfix, struct postfix_table *table, const struct table_type *type, const char *path)
{
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	time_t modified, compiled;
	const char *beside = type->ending != NULL ? config_text(postfix->config, "%.400s%s", path, type->ending) : NULL;
	bool has_compiled = beside != NULL && config_files_has(&postfix->files, beside, &compiled);

	table->file = postfix_file_name(postfix, path);
	if (path[0] != '/') {
		set_state(table, TABLE_UNKNOWN, "its name does not begin with '/'");
	} else if (beside != NULL && !has_compiled) {
		set_state(table, TABLE_BROKEN, config_text(postfix->config, "there is no %.200s", postfix_file_name(postfix, beside)));
	} else if (config_files_read(&postfix->files, path, &text, &modified, &err) != 0) {
		set_state(table, has_compiled || err.kind == ERR_LIMIT ? TABLE_UNKNOWN : TABLE_BROKEN, config_shown(postfix->config, err.text, strlen(err.text)));
	} else if (beside != NULL && modified > compiled) {
		set_state(table, TABLE_UNKNOWN, "the text was changed after it was compiled: run postmap on it");
	} else if (type->how == HOW_CIDR || type->how == HOW_REGEXP || type->how == HOW_PCRE) {
		postfix_rules_patterns(postfix, table, text.data, text.len, type->how == HOW_PCRE);
	} else {
		postfix_rules_keys(postfix, table, text.data, text.len, type->how == HOW_TEXT);
	}
	buf_release(&text);
}

static void read_table(struct postfix *postfix, struct postfix_table *table, const struct table_type *type, const char *rest)
{
	bool inside = *rest == '{';

	table->shape = type->how == HOW_CIDR ? TABLE_CIDR : type->how == HOW_REGEXP || type->how == HOW_PCRE ? TABLE_REGEXP :
		       type->how == HOW_STATIC ? TABLE_STATIC : TABLE_KEYS;
	table->inside = inside || type->how == HOW_STATIC;
	if (type->plugin && lacks_plugin(postfix, type->name))
		set_state(table, TABLE_BROKEN, config_text(postfix->config, "no package for tables of the type %s is installed", type->name));
	else if (type->how == HOW_FAIL)
		set_state(table, TABLE_BROKEN, "a table of the type fail always fails");
	else if (type->how == HOW_ELSEWHERE)
		set_state(table, TABLE_UNKNOWN, config_text(postfix->config, "tables of the type %s are not asked", type->name));
	else if (type->how == HOW_STATIC) {
		size_t len = strlen(rest);

		MEM_ROOM(table->rules, table->count, table->capacity);
		table->rules[table->count++] = (struct postfix_rule){
			.key = "*",
			.value = inside && len > 1 ? pool_bytes(postfix->config->pool, rest + 1, len - 2) : rest,
		};
	} else if (type->how == HOW_INLINE)
		postfix_rules_inline(postfix, table, rest);
	else if (inside)
		postfix_rules_patterns_inline(postfix, table, rest, type->how == HOW_PCRE);
	else
		read_text(postfix, table, type, rest);
}

struct postfix_table *postfix_table_open(struct postfix *postfix, const char *name)
{
	const char *colon = strchr(name, ':');
	const struct table_type *type;
	struct postfix_table *table;

	if (postfix->table_count > TABLES_MOST)
		return postfix->tables[TABLES_MOST];
	for (size_t i = 0; i < postfix->table_count; i++)
		if (strcmp(postfix->tables[i]->name, name) == 0)
			return postfix->tables[i];
	table = mem_new(sizeof *table);
	table->name = pool_text(postfix->config->pool, name);
	table->file = config_shown(postfix->config, name, strlen(name));
	MEM_ROOM(postfix->tables, postfix->table_count, postfix->table_capacity);
	postfix->tables[postfix->table_count++] = table;
	type = colon != NULL ? type_of(name, (size_t)(colon - name)) : NULL;
	if (postfix->table_count > TABLES_MOST)
		set_state(table, TABLE_UNKNOWN, config_text(postfix->config, "there are more than %d tables", TABLES_MOST));
	else if (type == NULL)
		set_state(table, TABLE_BROKEN, "there is no such type of tables");
	else
		read_table(postfix, table, type, table->name + (colon - name) + 1);
	return table;
}

void postfix_table_free(struct postfix_table *table)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->rules[i].expression != NULL) {
			regfree(table->rules[i].expression);
			free(table->rules[i].expression);
		}
	}
	free(table->rules);
	if (table->keys != NULL)
		pool_free(table->keys);
	free(table);
}

/* Whether the pattern of a rule fits; -1 where that is not known. */
static int rule_fits(const struct postfix_table *table, const struct postfix_rule *rule, const char *key, const struct address *address)
{
	bool fits;

	/* A network of the other family never fits, negated or not. */
	if (table->shape == TABLE_CIDR && rule->network.first.family != address->family)
		return false;
	if (table->shape == TABLE_CIDR)
		fits = prefix_has(&rule->network, address);
	else if (rule->opaque)
		return -1;
	else
		fits = regexec(rule->expression, key, 0, NULL, 0) == 0;
	return fits != rule->negated;
}

/* The first rule that fits, where a block that does not is passed over. */
static enum table_found find_pattern(const struct postfix_table *table, const char *key, const struct postfix_rule **rule)
{
	struct address address;
	struct err err = ERR_INIT;
	bool is_address = strpbrk(key, "[]%") == NULL && address_parse(key, &address, &err) == 0;

	/* A cidr table matches nothing but addresses, negated rules included. */
	if (table->shape == TABLE_CIDR && !is_address)
		return TABLE_MISSING;
	for (size_t i = 0; i < table->count; i++) {
		const struct postfix_rule *at = &table->rules[i];
		unsigned level = 1;
		int fits;

		if (at->kind == RULE_ENDIF)
			continue;
		fits = rule_fits(table, at, key, is_address ? &address : NULL);
		if (fits < 0)
			return TABLE_CANNOT_TELL;
		if (at->kind == RULE_MATCH && fits) {
			*rule = at;
			return TABLE_FOUND;
		}
		while (at->kind == RULE_IF && !fits && level != 0 && ++i < table->count) {
			level += table->rules[i].kind == RULE_IF;
			level -= table->rules[i].kind == RULE_ENDIF;
		}
	}
	return TABLE_MISSING;
}

enum table_found postfix_table_find(const struct postfix_table *table, const char *key, bool partial, const struct postfix_rule **rule)
{
	size_t **beside;
	char *folded;

	if (table->state == TABLE_BROKEN)
		return partial && table->shape != TABLE_KEYS ? TABLE_MISSING : TABLE_FAILED;
	if (table->state == TABLE_UNKNOWN)
		return TABLE_CANNOT_TELL;
	if (table->shape == TABLE_STATIC) {
		*rule = &table->rules[0];
		return TABLE_FOUND;
	}
	if (table->shape != TABLE_KEYS)
		return partial ? TABLE_MISSING : find_pattern(table, key, rule);
	if (table->keys == NULL)
		return TABLE_MISSING;
	folded = mem_text(key);
	text_lower(folded);
	beside = (size_t **)(void *)pool_beside(table->keys, folded, strlen(folded));
	free(folded);
	if (beside == NULL)
		return TABLE_MISSING;
	*rule = &table->rules[**beside];
	return TABLE_FOUND;
}

const char *postfix_table_place(struct postfix *postfix, const struct postfix_table *table, const struct postfix_rule *rule,
				const char *otherwise)
{
	return table->inside || rule == NULL || rule->line == 0 ? otherwise : config_place(postfix->config, table->file, rule->line);
}
