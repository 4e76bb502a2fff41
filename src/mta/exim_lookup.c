/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_lookup.c - files that are searched: search_find() and lsearch.c of Exim
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/exim_walk.h"

enum how { HOW_PLAIN, HOW_NETWORKS, HOW_PATTERNS, HOW_UNKNOWN };

struct search {
	struct exim_walk *walk;
	const struct exim_file *file;
	enum how how;
	bool expands;                   /* wildlsearch: its keys are expanded */
};

const struct exim_file *exim_open(struct exim *exim, const char *path)
{
	struct exim_file file = { .path = pool_text(exim->config->pool, path), .shown = config_shown(exim->config, path, strlen(path)) };
	struct err err = ERR_INIT;
	time_t modified;

	for (size_t i = 0; i < exim->opened_count; i++)
		if (exim->opened[i].path == file.path)
			return &exim->opened[i];
	if (exim->opened_capacity == 0) {
		/* Rows are pointed to: they never move. */
		exim->opened_capacity = EXIM_FILES_MOST + 1;
		exim->opened = mem_resize(NULL, exim->opened_capacity, sizeof *exim->opened);
	}
	if (exim->opened_count >= EXIM_FILES_MOST) {
		exim->opened[EXIM_FILES_MOST] = (struct exim_file){ .path = file.path, .shown = file.shown, .why = "too many files are named" };
		return &exim->opened[EXIM_FILES_MOST];
	}
	file.text = mem_new(sizeof *file.text);
	buf_init(file.text, CONFIG_TABLE_MOST);
	file.missing = !config_files_has(&exim->files, path, &modified);
	if (config_files_read(&exim->files, path, file.text, &modified, &err) != 0)
		file.why = config_shown(exim->config, err.text, strlen(err.text));
	exim->opened[exim->opened_count] = file;
	return &exim->opened[exim->opened_count++];
}

/* A line's key: cut out of it, its quotes and escapes taken away.  `line` is written to. */
static char *read_key(char *line)
{
	char *to = line;

	if (*line != '"') {
		line[strcspn(line, ": \t\r\v\f")] = '\0';
		return line;
	}
	for (const char *at = line + 1; *at != '\0' && *at != '"'; at++)
		*to++ = *at == '\\' ? exim_escape(&at) : *at;
	*to = '\0';
	return line;
}

static enum exim_match match_key(const struct search *search, const char *found, const char *key)
{
	struct buf expanded = BUF_INIT(EXIM_EXPANDED_MOST);
	struct prefix network;
	struct address address;
	struct err err = ERR_INIT;
	enum exim_match match = MATCH_NO;
	bool host_bits;

	if (search->how == HOW_PLAIN)
		return text_equal_nocase(found, key) ? MATCH_YES : MATCH_NO;
	if (search->how == HOW_NETWORKS) {
		if (strcmp(found, "*") == 0 || strcmp(key, "*") == 0)
			return strcmp(found, key) == 0 ? MATCH_YES : MATCH_NO;
		return exim_network(found, &network, &host_bits) != 0 && address_parse(key, &address, &err) == 0 && prefix_has(&network, &address) ? MATCH_YES : MATCH_NO;
	}
	if (search->expands && strpbrk(found, "$\\") != NULL) {
		enum exim_expanded result = exim_expand(search->walk, found, &expanded);

		match = result == EXPAND_OK ? exim_string_match(search->walk, expanded.data, key, false, true) :
			result == EXPAND_UNKNOWN ? MATCH_UNKNOWN : result == EXPAND_FORCED ? MATCH_NO : MATCH_DEFER;
		buf_release(&expanded);
		return match;
	}
	return exim_string_match(search->walk, found, key, false, true);
}

static enum exim_match find(const struct search *search, const char *key)
{
	const char *text = search->file->text->data, *next;
	enum exim_match match = MATCH_NO;

	for (const char *at = text; *at != '\0' && match == MATCH_NO; at = next) {
		size_t size = strcspn(at, "\n");
		char *line;

		next = at + size + (at[size] == '\n');
		if (*at == '#' || isspace((unsigned char)*at))
			continue;
		if (++search->walk->steps > EXIM_STEPS_MOST) {
			search->walk->reason = "the lists are longer than is walked";
			return MATCH_UNKNOWN;
		}
		line = mem_bytes(at, size < 4000 ? size : 4000);
		match = match_key(search, read_key(line), key);
		free(line);
	}
	return match;
}

/* search_find() for names: the whole, then with the affix before less and less of it. */
static enum exim_match find_partial(const struct search *search, const char *key, const char *affix, unsigned least)
{
	size_t affix_len = strlen(affix);
	char *whole = mem_printf("%s%s", affix, key), *at = whole + affix_len;
	enum exim_match match = find(search, whole);
	unsigned dots = 0;

	for (const char *byte = at; *byte != '\0'; byte++)
		dots += *byte == '.';
	/* Exim counts so: "while (dotcount-- >= partial)". */
	for (int left = (int)dots; match == MATCH_NO && left >= (int)least; left--) {
		char *made;

		at += strcspn(at, ".");
		if (*at == '\0') {
			if (affix_len < 1)
				break;
			made = mem_bytes(affix, affix_len - (affix_len > 1 && affix[affix_len - 1] == '.'));
			match = find(search, made);
			free(made);
			break;
		}
		at++;
		made = mem_printf("%s%s", affix, at);
		match = find(search, made);
		free(made);
	}
	free(whole);
	return match;
}

static enum how how_of(const char *type, size_t len, bool *expands)
{
	static const struct {
		const char *name;
		enum how how;
	} kinds[] = { { "lsearch", HOW_PLAIN }, { "iplsearch", HOW_NETWORKS }, { "wildlsearch", HOW_PATTERNS }, { "nwildlsearch", HOW_PATTERNS } };

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strlen(kinds[i].name) == len && strncmp(kinds[i].name, type, len) == 0) {
			*expands = i == 2;
			return kinds[i].how;
		}
	return HOW_UNKNOWN;
}

static enum exim_match cannot(struct exim_walk *walk, const char *type, size_t len, const char *why)
{
	walk->reason = config_text(walk->exim->config, "a lookup by %.*s is not made: %.300s", (int)(len < 60 ? len : 60), type, why);
	return MATCH_UNKNOWN;
}

/* "partial3(.)-": how few components, and what stands before them. */
static const char *read_partial(const char *type, const char *end, char affix[40], int *least)
{
	const char *at = type;
	size_t len;

	*least = -1;
	memcpy(affix, "*.", 3);
	if (strncmp(at, "partial", 7) != 0)
		return at;
	at += 7;
	*least = 2;
	if (isdigit((unsigned char)*at))
		for (*least = 0; isdigit((unsigned char)*at) && *least < 100; at++)
			*least = *least * 10 + (*at - '0');
	if (*at == '-')
		return at + 1;
	len = strcspn(at, ")");
	if (*at != '(' || at + len >= end || len > 38)
		return NULL;
	memcpy(affix, at + 1, len - 1);
	affix[len - 1] = '\0';
	return at + len + 1;
}

enum exim_match exim_lookup(struct exim_walk *walk, const char *type, size_t len, const char *file, const char *key, bool partial)
{
	const char *end = type + len, *name, *stop;
	struct search search = { .walk = walk };
	enum exim_match match;
	char affix[40];
	int least;

	name = read_partial(type, end, affix, &least);
	if (name == NULL)
		return MATCH_DIES;
	for (stop = name; stop < end && *stop != '*' && *stop != ','; stop++)
		;
	search.how = how_of(name, (size_t)(stop - name), &search.expands);
	if (search.how == HOW_UNKNOWN)
		return cannot(walk, type, len, file);
	file += strspn(file, " \t");
	search.file = exim_open(walk->exim, file);
	if (search.file->missing || *file != '/') {
		walk->reason = config_text(walk->exim->config, "%.300s cannot be opened, and Exim ends the session", search.file->shown);
		return MATCH_DIES;
	}
	if (search.file->why != NULL)
		return cannot(walk, type, len, search.file->why);
	match = find(&search, key);
	if (match == MATCH_NO && least >= 0 && partial)
		match = find_partial(&search, key, affix, (unsigned)least);
	if (match == MATCH_NO && stop < end && *stop == '*' && stop + 1 < end && stop[1] == '@' && strrchr(key, '@') != NULL) {
		char *star = mem_printf("*%s", strrchr(key, '@'));

		match = find(&search, star);
		free(star);
	}
	if (match == MATCH_NO && stop < end && *stop == '*')
		match = find(&search, "*");
	return match;
}
