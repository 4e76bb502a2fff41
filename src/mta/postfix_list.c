/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_list.c - match_list(3) and match_ops(3) of Postfix 3.7
 */
#include "mta/postfix_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix.h"
#include "mta/postfix_table.h"

static const char four_chars[] = "0123456789.", six_chars[] = "0123456789.abcdefABCDEF:", network_chars[] = "0123456789.abcdefABCDEF:[]/";

enum {
	/* Files that name files. Postfix follows them until it has no descriptors left. */
	FILES_DEEP_MOST = 10,
	/* Exclusions that are compared with what stands before them, which takes time for each. */
	EXCLUSIONS_MOST = 200
};

struct filling {
	struct postfix *postfix;
	struct postfix_list *list;
	const char *setting;
	unsigned depth;
};

struct postfix_pattern *postfix_list_add(struct postfix_list *list, const char *text, const char *source, const char *setting)
{
	MEM_ROOM(list->rows, list->count, list->capacity);
	list->rows[list->count] = (struct postfix_pattern){ .text = text, .source = source, .setting = setting };
	return &list->rows[list->count++];
}

/* As match_hostaddr() decides whether a pattern is a network, and for clients of which family. */
static void classify(struct postfix *postfix, struct postfix_pattern *pattern)
{
	const char *text = pattern->text, *why;
	struct address address;
	struct err err = ERR_INIT;

	if (strpbrk(text, "[]%") == NULL && address_parse(text, &address, &err) == 0) {
		pattern->is_network = true;
		prefix_of(&address, prefix_bits(address.family), &pattern->network);
		return;
	}
	if (text[strcspn(text, ":/")] == '\0' || text[strspn(text, four_chars)] == '\0' || text[strspn(text, network_chars)] != '\0') {
		/* "[192.0.2.1]" is compared as it stands. */
		if (text[0] == '[' && text[strlen(text) - 1] == ']' && address_parse(text, &address, &err) == 0) {
			pattern->is_network = true;
			prefix_of(&address, prefix_bits(address.family), &pattern->network);
		} else if (text[0] == '[' && text[strlen(text) - 1] == ']') {
			char *bare = mem_bytes(text + 1, strlen(text) - 2);

			pattern->is_network = strpbrk(bare, "[]%") == NULL && address_parse(bare, &address, &err) == 0;
			if (pattern->is_network)
				prefix_of(&address, prefix_bits(address.family), &pattern->network);
			free(bare);
		}
		return;
	}
	if (postfix_cidr_parse(text, &pattern->network, &pattern->host_bits, &why) == 0) {
		pattern->is_network = true;
		return;
	}
	pattern->is_network = pattern->host_bits;
	pattern->broken_family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
	pattern->why = config_text(postfix->config, "%s", why);
}

static int fill(struct filling *filling, const struct postfix_items *items, bool negated);

/* Each line of a file is a list of its own, a comment where it begins with '#'. */
static int fill_lines(struct filling *filling, const char *bytes, const char *file, bool negated, struct err *err)
{
	unsigned number = 0;

	for (const char *at = bytes; *at != '\0';) {
		size_t size = strcspn(at, "\n");
		struct postfix_items items = { .count = 0 };
		char *line = mem_bytes(at, size);
		int result = 0;

		number++;
		if (*line != '#')
			result = postfix_items_split(filling->postfix, line, config_place(filling->postfix->config, file, number), filling->setting,
						     &items, err);
		if (result == 0)
			result = fill(filling, &items, negated);
		postfix_items_release(&items);
		free(line);
		if (result != 0)
			return -1;
		at += size + (at[size] == '\n');
	}
	return 0;
}

static int fill_file(struct filling *filling, const struct postfix_item *item, const char *path, bool negated)
{
	struct postfix *postfix = filling->postfix;
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	struct postfix_pattern *pattern;
	time_t modified;
	int result = 0;

	if (filling->depth >= FILES_DEEP_MOST) {
		filling->list->fault = config_text(postfix->config, "files name files more than %d deep", FILES_DEEP_MOST);
		return -1;
	}
	if (config_files_read(&postfix->files, path, &text, &modified, &err) != 0) {
		pattern = postfix_list_add(filling->list, config_shown(postfix->config, path, strlen(path)), item->source, item->setting);
		pattern->broken = err.kind != ERR_LIMIT;
		pattern->unknown = err.kind == ERR_LIMIT;
		pattern->why = config_shown(postfix->config, err.text, strlen(err.text));
	} else {
		filling->depth++;
		result = fill_lines(filling, text.data, postfix_file_name(postfix, path), negated, &err);
		filling->depth--;
		if (result != 0 && filling->list->fault == NULL)
			filling->list->fault = config_shown(postfix->config, err.text, strlen(err.text));
	}
	buf_release(&text);
	return result;
}

static int take(struct filling *filling, const struct postfix_item *item, const char *text, bool negated)
{
	struct postfix *postfix = filling->postfix;
	struct postfix_pattern *pattern;
	char *lower;

	if (*text == '/')
		return fill_file(filling, item, text, negated);
	if (postfix_is_table(text)) {
		pattern = postfix_list_add(filling->list, config_shown(postfix->config, text, strlen(text)), item->source, item->setting);
		pattern->table = postfix_table_open(postfix, text);
		pattern->broken = pattern->table->state == TABLE_BROKEN;
		pattern->unknown = pattern->table->state == TABLE_UNKNOWN;
		pattern->why = pattern->table->why;
	} else {
		lower = mem_text(text);
		text_lower(lower);
		pattern = postfix_list_add(filling->list, pool_text(postfix->config->pool, lower), item->source, item->setting);
		free(lower);
		classify(postfix, pattern);
	}
	pattern->negated = negated;
	return 0;
}

static void tell_cut(struct filling *filling, const struct postfix_items *items, size_t index)
{
	const struct postfix_item *item = &items->rows[index];
	struct fact *fact = config_add_fact(filling->postfix->config, FACT_CUT_SHORT, item->source);
	size_t behind = items->count - index - 1;

	fact->title = config_text(filling->postfix->config, "%s ends at a comment", filling->setting);
	fact->text = config_text(filling->postfix->config, "%s: %s", item->source, item->text);
	fact->says = config_text(filling->postfix->config, "a comment cannot stand at the end of a line: Postfix stops reading the list there, "
				 "and %zu word%s behind it %s not in force", behind, behind == 1 ? "" : "s", behind == 1 ? "is" : "are");
	fact->fix = "put the comment on a line of its own, with # as its first character";
}

static int fill(struct filling *filling, const struct postfix_items *items, bool negated)
{
	for (size_t i = 0; i < items->count; i++) {
		const char *text = items->rows[i].text;
		bool flipped = negated;

		if (*text == '#') {
			tell_cut(filling, items, i);
			return 0;
		}
		for (; *text == '!'; text++)
			flipped = !flipped;
		if (*text == '\0') {
			filling->list->fault = config_text(filling->postfix->config, "%s: %s: nothing stands behind a '!'", items->rows[i].source,
							   filling->setting);
			return -1;
		}
		if (filling->list->count >= POSTFIX_ITEMS_MOST) {
			filling->list->fault = config_text(filling->postfix->config, "%s has more than %d patterns", filling->setting, POSTFIX_ITEMS_MOST);
			return -1;
		}
		if (take(filling, &items->rows[i], text, flipped) != 0)
			return -1;
	}
	return 0;
}

/* Whether parent_domain_matches_subdomains names the list. */
static bool has_parents(struct postfix *postfix, const struct postfix_settings *settings, const char *name)
{
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	bool found = false;

	if (postfix_items_read(postfix, settings, "parent_domain_matches_subdomains", &items, &err) == 0)
		for (size_t i = 0; i < items.count; i++)
			found = found || strcmp(items.rows[i].text, name) == 0;
	postfix_items_release(&items);
	return found;
}

static struct postfix_list *read_list(struct postfix *postfix, const struct postfix_settings *settings, const char *name)
{
	struct postfix_list *list = mem_new(sizeof *list);
	struct filling filling = { .postfix = postfix, .list = list, .setting = name };
	struct postfix_items items = { .count = 0 };
	struct postfix_pattern *pattern;
	struct err err = ERR_INIT;

	list->setting = name;
	list->parents = has_parents(postfix, settings, name);
	if (strcmp(name, "mynetworks") == 0 && postfix_setting_find(settings, name) == NULL) {
		list->is_default = true;
		postfix_style_fill(postfix, settings, list);
	} else if (postfix_items_read(postfix, settings, name, &items, &err) != 0 && err.kind == ERR_LIMIT) {
		/* More than we read, and perhaps not more than Postfix does. */
		pattern = postfix_list_add(list, "a list that is too long", "main.cf", name);
		pattern->unknown = true;
		pattern->why = config_shown(postfix->config, err.text, strlen(err.text));
	} else if (err.kind != ERR_NONE) {
		list->fault = config_shown(postfix->config, err.text, strlen(err.text));
	} else {
		fill(&filling, &items, false);
	}
	postfix_items_release(&items);
	return list;
}

const struct postfix_list *postfix_list(struct postfix *postfix, const struct postfix_settings *settings, const char *name)
{
	for (size_t i = 0; i < postfix->list_count; i++)
		if (postfix->lists[i].settings == settings && strcmp(postfix->lists[i].list->setting, name) == 0)
			return postfix->lists[i].list;
	MEM_ROOM(postfix->lists, postfix->list_count, postfix->list_capacity);
	postfix->lists[postfix->list_count].settings = settings;
	postfix->lists[postfix->list_count].list = read_list(postfix, settings, pool_text(postfix->config->pool, name));
	return postfix->lists[postfix->list_count++].list;
}

void postfix_list_free(struct postfix_list *list)
{
	free(list->rows);
	free(list);
}

static enum list_match of_found(enum table_found found)
{
	return found == TABLE_FOUND ? LIST_YES : found == TABLE_MISSING ? LIST_NO : found == TABLE_FAILED ? LIST_BROKEN : LIST_CANNOT_TELL;
}

/* match_hostname() for a table: the name, and its parents in tables that are no patterns. */
static enum list_match match_name_in_table(const struct postfix_list *list, const struct postfix_table *table, const char *name)
{
	const struct postfix_rule *rule;

	for (const char *entry = name, *next; *entry != '\0'; entry = next) {
		if (entry == name || table->shape == TABLE_KEYS) {
			enum list_match match = of_found(postfix_table_find(table, entry, entry != name, &rule));

			if (match != LIST_NO)
				return match;
		}
		next = strchr(entry + 1, '.');
		if (next == NULL)
			break;
		next += list->parents;
	}
	return LIST_NO;
}

static bool matches_name(const struct postfix_list *list, const char *pattern, const char *name)
{
	size_t len = strlen(pattern), name_len = strlen(name);
	const char *end;

	if (strcmp(name, pattern) == 0)
		return true;
	if (name_len <= len || (!list->parents && pattern[0] != '.'))
		return false;
	end = name + name_len - len;
	return strcmp(end, pattern) == 0 && (!list->parents || end[-1] == '.');
}

static enum list_match match_address(const struct postfix_pattern *pattern, const struct postfix_peer *peer)
{
	const struct postfix_rule *rule;

	if (pattern->table != NULL)
		return of_found(postfix_table_find(pattern->table, peer->text, false, &rule));
	if (pattern->broken_family == peer->address.family)
		return LIST_BROKEN;
	return pattern->is_network && pattern->broken_family == 0 && prefix_has(&pattern->network, &peer->address) ? LIST_YES : LIST_NO;
}

static enum list_match match_one(const struct postfix_list *list, const struct postfix_pattern *pattern, const struct postfix_peer *peer)
{
	enum list_match match = LIST_NO;

	if (pattern->broken)
		return LIST_BROKEN;
	if (pattern->unknown)
		return LIST_CANNOT_TELL;
	if (peer->name != NULL)
		match = pattern->table != NULL ? match_name_in_table(list, pattern->table, peer->name) :
			matches_name(list, pattern->text, peer->name) ? LIST_YES : LIST_NO;
	return match == LIST_NO && peer->text != NULL ? match_address(pattern, peer) : match;
}

enum list_match postfix_list_match(const struct postfix_list *list, const struct postfix_peer *peer, const struct postfix_pattern **which)
{
	*which = NULL;
	for (size_t i = 0; i < list->count; i++) {
		enum list_match match = match_one(list, &list->rows[i], peer);

		if (match == LIST_NO)
			continue;
		*which = &list->rows[i];
		return match == LIST_YES && list->rows[i].negated ? LIST_NO : match;
	}
	return LIST_NO;
}

static void tell_pattern(struct postfix *postfix, const struct postfix_list *list, const struct postfix_pattern *pattern, enum fact_kind kind,
			 const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(postfix->config, kind, pattern->source);
	const char *shown = config_shown(postfix->config, pattern->text, strlen(pattern->text));

	fact->title = title;
	fact->text = config_text(postfix->config, "%s: %s%.200s", list->setting, pattern->negated ? "!" : "", shown);
	fact->says = says;
	fact->fix = fix;
}

/* What is written like addresses and compared with names. */
static bool looks_like_network(const char *text)
{
	return strpbrk(text, "/*") != NULL || text[strspn(text, four_chars)] == '\0' || text[strspn(text, six_chars)] == '\0';
}

static void tell_broken(struct postfix *postfix, const struct postfix_list *list, const struct postfix_pattern *pattern)
{
	struct config *config = postfix->config;
	const char *family = pattern->broken || pattern->broken_family == 0 ? "" : pattern->broken_family == AF_INET ? " IPv4" : " IPv6";

	if (pattern->host_bits) {
		char network[PREFIX_TEXT];

		prefix_print(&pattern->network, network);
		tell_pattern(postfix, list, pattern, FACT_HOST_BITS, config_text(config, "%s has bits behind its mask", pattern->text),
			     config_text(config, "Postfix up to 2.0.7 trusted all of %s; since then a network with host bits is an error: \"non-null host address "
					 "bits\" in the log, and nothing is granted", network),
			     config_text(config, "write %.*s if that one address was meant; do not write %s, which Postfix proposes, unless all of it is yours",
					 (int)strcspn(pattern->text, "/"), pattern->text, network));
	}
	tell_pattern(postfix, list, pattern, FACT_REFUSES_SERVICE, config_text(config, "Postfix answers 451 to%s clients", *family != '\0' ? family : " all"),
		     config_text(config, "%.300s: each%s client that no earlier word of %s covers is answered 451 4.3.0 Temporary lookup failure, whatever it "
				 "wants to send", pattern->why, family, list->setting),
		     "mend or take out this word");
}

void postfix_list_tell(struct postfix *postfix, const struct postfix_list *list)
{
	struct prefixset covered = PREFIXSET_INIT;
	size_t exclusions = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct postfix_pattern *pattern = &list->rows[i];

		if (pattern->broken || pattern->broken_family != 0) {
			tell_broken(postfix, list, pattern);
		} else if (pattern->unknown) {
			tell_pattern(postfix, list, pattern, FACT_NOT_EVALUATED, config_text(postfix->config, "%s has a word that is not evaluated", list->setting),
				     config_text(postfix->config, "%.300s; it may grant to anyone", pattern->why), "look up by hand whom it covers: postmap -q");
		} else if (pattern->table == NULL && !pattern->is_network && looks_like_network(pattern->text)) {
			tell_pattern(postfix, list, pattern, FACT_DEAD, config_text(postfix->config, "a word of %s matches no address", list->setting),
				     "Postfix takes it for a name, which no client has", "write ADDRESS, NETWORK/LENGTH or [IPV6-NETWORK]/LENGTH");
		} else if (pattern->is_network && pattern->negated && exclusions++ < EXCLUSIONS_MOST) {
			struct prefixset excluded = PREFIXSET_INIT, left = PREFIXSET_INIT;

			prefixset_add(&excluded, &pattern->network);
			prefixset_settle(&excluded);
			prefixset_settle(&covered);
			prefixset_subtract(&left, &excluded, &covered);
			if (prefixset_is_empty(&left))
				tell_pattern(postfix, list, pattern, FACT_SHADOWED, config_text(postfix->config, "an exclusion in %s comes too late", list->setting),
					     "an earlier word covers it, and the first that fits decides", "put it before the word that it is taken out of");
			prefixset_release(&excluded);
			prefixset_release(&left);
		} else if (pattern->is_network && !pattern->negated) {
			prefixset_add(&covered, &pattern->network);
		}
	}
	prefixset_release(&covered);
}
