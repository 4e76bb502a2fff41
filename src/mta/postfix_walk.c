/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_walk.c - generic_checks() of smtpd_check.c
 *
 * What is not evaluated is passed over as if it decided nothing, and noted: the
 * reply is known all the same where a later one decides.
 */
#include "mta/postfix_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mta/postfix_table.h"

enum step walk_decide(struct walk *walk, enum step step, const char *by, const char *why)
{
	walk->by = by;
	walk->why = why;
	return step;
}

enum step walk_reject(struct walk *walk, enum step step, const char *by, const char *why)
{
	if (walk->warn != 0)
		return STEP_DUNNO;
	if (step == STEP_REJECT && walk->defer_if_reject) {
		walk->defer_if_reject = false;
		return walk_decide(walk, STEP_DEFER, walk->defer_by, "who would be refused is put off");
	}
	return walk_decide(walk, step, by, why);
}

enum step walk_maybe(struct walk *walk, bool ok, bool reject, const char *by, const char *why)
{
	if (!walk->maybe_ok && !walk->maybe_reject) {
		walk->maybe_by = by;
		walk->maybe_why = why;
	}
	walk->maybe_ok = walk->maybe_ok || ok;
	walk->maybe_reject = walk->maybe_reject || (reject && walk->warn == 0);
	return STEP_DUNNO;
}

/* What only a server could tell about a domain of ours is no for one that nobody has. */
static bool is_listed(struct walk *walk, const char *list, const char *domain)
{
	struct postfix_peer peer = { .name = domain };
	const struct postfix_pattern *which;

	return postfix_list_match(postfix_list(walk->postfix, walk->settings, list), &peer, &which) == LIST_YES;
}

bool walk_is_authorized(struct walk *walk, const char *domain)
{
	static const char *const lists[] = { "mydestination", "virtual_alias_domains", "virtual_mailbox_domains", "relay_domains" };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (is_listed(walk, lists[i], domain))
			return true;
	return false;
}

static enum step apply_class(struct walk *walk, const struct postfix_item *item)
{
	struct postfix_items items = { .count = 0 };
	enum step step;

	if (walk->recursion > WALK_DEPTH_MOST)
		return walk_decide(walk, STEP_BROKEN, item->source, "restriction classes name each other without an end");
	if (postfix_class_items(walk->postfix, walk->settings, item->text, &items) != 0)
		step = walk_decide(walk, STEP_BROKEN, item->source, config_text(walk->postfix->config,
				   "Postfix knows no restriction '%.100s', and answers 451 Server configuration error", item->text));
	else
		step = walk_items(walk, &items);
	postfix_items_release(&items);
	return step;
}

/* One item with its argument; `index` is then behind them. */
static enum step apply_item(struct walk *walk, const struct postfix_items *items, size_t *index)
{
	const struct postfix_item *item = &items->rows[(*index)++], *next = *index < items->count ? &items->rows[*index] : NULL;
	const struct restriction *restriction = restriction_find(item->text);
	const char *argument = NULL;

	if (strchr(item->text, ':') != NULL) {
		if (walk->default_table == NULL)
			return walk_decide(walk, STEP_BROKEN, item->source, "no check_..._access stands before a table, and Postfix answers 451");
		restriction = restriction_find(walk->default_table);
		argument = item->text;
	} else if (restriction == NULL) {
		return apply_class(walk, item);
	} else if (restriction->takes != TAKES_NOTHING) {
		argument = next != NULL ? next->text : NULL;
		if (argument == NULL && restriction->takes == TAKES_WORD)
			return STEP_DUNNO;
		if (argument == NULL || (restriction->takes == TAKES_TABLE && strchr(argument, ':') == NULL))
			return walk_decide(walk, STEP_BROKEN, item->source,
					   config_text(walk->postfix->config, "%s wants TYPE:NAME behind it, and Postfix answers 451", restriction->name));
		(*index)++;
	}
	return restriction->apply(walk, restriction, item, argument);
}

enum step walk_items(struct walk *walk, const struct postfix_items *items)
{
	unsigned before = walk->recursion++;
	enum step step = STEP_DUNNO;

	for (size_t i = 0; i < items->count && step == STEP_DUNNO && !walk->discards;) {
		if (++walk->steps > WALK_STEPS_MOST) {
			walk_maybe(walk, true, true, items->rows[i].source, config_text(walk->postfix->config, "more than %d restrictions are not walked", WALK_STEPS_MOST));
			break;
		}
		if (text_equal_nocase(items->rows[i].text, "warn_if_reject")) {
			walk->warn = walk->warn != 0 ? walk->warn : walk->recursion;
			i++;
			continue;
		}
		step = apply_item(walk, items, &i);
		if (walk->warn >= walk->recursion)
			walk->warn = 0;
		if (walk->defer_if_permit && walk->defer_if_reject)
			break;
	}
	walk->recursion = before;
	if (walk->warn > before)
		walk->warn = 0;
	return step;
}
