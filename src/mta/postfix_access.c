/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_access.c - access(5) tables: their keys, and what their results do
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix_table.h"
#include "mta/postfix_walk.h"

struct lookup {
	struct walk *walk;
	const struct postfix_item *item;
	struct postfix_table *table;
	enum step step;
};

static enum step do_nothing(struct walk *walk, const char *by)
{
	(void)walk;
	(void)by;
	return STEP_DUNNO;
}

static enum step do_permit(struct walk *walk, const char *by)
{
	return walk_decide(walk, STEP_OK, by, "the access table lets this client pass");
}

static enum step do_discard(struct walk *walk, const char *by)
{
	walk->discards = true;
	return walk_decide(walk, STEP_OK, by, "the mail is accepted and thrown away");
}

static enum step do_reject(struct walk *walk, const char *by)
{
	return walk_reject(walk, STEP_REJECT, by, "the access table refuses this client");
}

static enum step do_defer(struct walk *walk, const char *by)
{
	return walk_reject(walk, STEP_DEFER, by, "the access table puts this client off");
}

static enum step do_defer_if_permit(struct walk *walk, const char *by)
{
	if (walk->warn != 0)
		return do_defer(walk, by);
	if (!walk->defer_if_permit)
		walk->defer_by = by;
	walk->defer_if_permit = true;
	return STEP_DUNNO;
}

static enum step do_defer_if_reject(struct walk *walk, const char *by)
{
	if (!walk->defer_if_reject)
		walk->defer_by = by;
	walk->defer_if_reject = true;
	return STEP_DUNNO;
}

/* The first word of a result; with some, it is asked for what stands behind it. */
static const struct action {
	const char *name;
	enum step (*apply)(struct walk *walk, const char *by);
} actions[] = {
	{ "DUNNO", do_nothing },   { "INFO", do_nothing },    { "WARN", do_nothing },
	{ "FILTER", do_nothing },  { "HOLD", do_nothing },    { "REDIRECT", do_nothing },
	{ "BCC", do_nothing },	   { "PREPEND", do_nothing }, { "OK", do_permit },
	{ "RELAY", do_permit },	   { "REJECT", do_reject },   { "HANGUP", do_reject },
	{ "DEFER", do_defer },	   { "DISCARD", do_discard }, { "DEFER_IF_PERMIT", do_defer_if_permit },
	{ "DEFER_IF_REJECT", do_defer_if_reject },
};

static bool all_digits(const char *text)
{
	return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static bool is_reply(const char *value, size_t len)
{
	return len == 3 && (value[0] == '4' || value[0] == '5') && strspn(value, "0123456789") == 3 && value[3 + strspn(value + 3, " \t")] != '\0';
}

/* check_table_result() */
static enum step apply_result(struct lookup *lookup, const struct postfix_rule *rule)
{
	struct walk *walk = lookup->walk;
	const char *by = postfix_table_place(walk->postfix, lookup->table, rule, lookup->item->source), *value = rule->value;
	size_t len = strcspn(value, " \t");
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	enum step step;

	for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
		if (strlen(actions[i].name) == len && text_starts_nocase(value, actions[i].name))
			return actions[i].apply(walk, by);
	if (all_digits(value) || *value == '\0')
		return do_permit(walk, by);
	if (is_reply(value, len))
		return walk_reject(walk, value[0] == '5' ? STEP_REJECT : STEP_DEFER, by, "the access table refuses this client");
	if (strchr(value, ':') != NULL)
		return walk_decide(walk, STEP_BROKEN, by, "an access table names a lookup table, which Postfix answers with 451");
	if (walk->recursion > WALK_DEPTH_MOST)
		return walk_decide(walk, STEP_BROKEN, by, "access tables name each other without an end");
	if (postfix_items_split(walk->postfix, value, by, lookup->item->setting, &items, &err) != 0)
		step = walk_decide(walk, STEP_BROKEN, by, "the result is too long");
	else
		step = walk_items(walk, &items);
	postfix_items_release(&items);
	return step;
}

/* Asks for one key; true when that was the end of it. */
static bool ask(struct lookup *lookup, const char *key, bool partial)
{
	const struct postfix_rule *rule = NULL;
	struct walk *walk = lookup->walk;

	if (*key == '\0')
		return false;
	switch (postfix_table_find(lookup->table, key, partial, &rule)) {
	case TABLE_MISSING:
		return false;
	case TABLE_FOUND:
		lookup->step = apply_result(lookup, rule);
		return true;
	case TABLE_FAILED:
		lookup->step = walk_reject(walk, STEP_BROKEN, lookup->item->source,
					   config_text(walk->postfix->config, "%.100s cannot be used: %.300s", lookup->table->file, lookup->table->why));
		return true;
	case TABLE_CANNOT_TELL:
		lookup->step = walk_maybe(walk, true, true, lookup->item->source,
					  config_text(walk->postfix->config, "%.100s is not evaluated: %.300s", lookup->table->file,
						      lookup->table->why != NULL ? lookup->table->why : "it holds an expression of a kind that is not tried"));
		return true;
	}
	return false;
}

static bool begin(struct lookup *lookup, struct walk *walk, const struct postfix_item *item, const char *table)
{
	*lookup = (struct lookup){ .walk = walk, .item = item, .step = STEP_DUNNO };
	if (*table == '{') {
		lookup->step = walk_maybe(walk, true, true, item->source, "a table with a search order of its own is not evaluated");
		return false;
	}
	lookup->table = postfix_table_open(walk->postfix, table);
	return true;
}

static bool parents_match(struct walk *walk)
{
	return postfix_list(walk->postfix, walk->settings, "smtpd_access_maps")->parents;
}

static bool ask_domain(struct lookup *lookup, const char *domain, bool partial)
{
	struct address address;
	struct err err = ERR_INIT;
	bool numeric = address_parse(domain, &address, &err) == 0, parents = parents_match(lookup->walk);

	for (const char *name = domain, *next; *name != '\0'; name = next) {
		if (ask(lookup, name, partial))
			return true;
		next = strchr(name + 1, '.');
		if (numeric || next == NULL)
			break;
		next += parents;
		partial = true;
	}
	return false;
}

/* The address, then what is left when its last group is cut off, and so on. */
static bool ask_address(struct lookup *lookup, const char *text)
{
	char *address = mem_text(text), mark = strchr(text, ':') != NULL ? ':' : '.', *cut;
	bool partial = false, done;

	while (!(done = ask(lookup, address, partial)) && (cut = strrchr(address, mark)) != NULL) {
		*cut = '\0';
		partial = true;
	}
	free(address);
	return done;
}

enum step access_client(struct walk *walk, const struct postfix_item *item, const char *table)
{
	struct lookup lookup;

	if (begin(&lookup, walk, item, table) && !ask_domain(&lookup, walk->peer.name, false))
		ask_address(&lookup, walk->peer.text);
	return lookup.step;
}

enum step access_domain(struct walk *walk, const struct postfix_item *item, const char *table, const char *domain)
{
	struct lookup lookup;

	if (begin(&lookup, walk, item, table))
		ask_domain(&lookup, domain, false);
	return lookup.step;
}

enum step access_mail(struct walk *walk, const struct postfix_item *item, const char *table, const char *address)
{
	struct lookup lookup;
	const char *at = strchr(address, '@');
	char *local;

	if (!begin(&lookup, walk, item, table) || ask(&lookup, address, false) || ask_domain(&lookup, at + 1, true))
		return lookup.step;
	local = mem_bytes(address, (size_t)(at - address) + 1);
	ask(&lookup, local, true);
	free(local);
	return lookup.step;
}
