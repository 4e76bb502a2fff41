/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_ask.c - may this client relay?
 *
 * smtpd_check_rcpt() of 3.7: client, helo and sender restrictions first, whether
 * they were delayed or not, then relay and recipient restrictions in the order of
 * smtpd_relay_before_recipient_restrictions. None of them may refuse.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix_walk.h"

static const struct {
	const char *list;
	const char *table;
} list_tables[] = {
	{ "smtpd_client_restrictions", "check_client_access" },	      { "smtpd_helo_restrictions", "check_helo_access" },
	{ "smtpd_sender_restrictions", "check_sender_access" },	      { "smtpd_relay_restrictions", "check_recipient_access" },
	{ "smtpd_recipient_restrictions", "check_recipient_access" },
};

enum { LISTS = sizeof list_tables / sizeof *list_tables, RELAY = 3, RECIPIENT = 4 };

/* compatibility_level below 1 with relay restrictions at their default: Postfix keeps to what was before them. */
static bool is_old(const struct postfix_settings *settings)
{
	struct buf value = BUF_INIT(POSTFIX_EXPANDED_MOST);
	struct err err = ERR_INIT;
	bool old = postfix_value(settings, "compatibility_level", &value, &err) == 0 && value.data[0] == '0';

	buf_release(&value);
	return old;
}

size_t postfix_list_order(const struct postfix_settings *settings, const char *names[LISTS])
{
	bool fake = postfix_setting_find(settings, "smtpd_relay_restrictions") == NULL && is_old(settings);
	bool relay_first = !fake && postfix_is_yes(settings, "smtpd_relay_before_recipient_restrictions", true);

	for (size_t i = 0; i < RELAY; i++)
		names[i] = list_tables[i].list;
	names[RELAY] = list_tables[relay_first ? RELAY : RECIPIENT].list;
	names[RECIPIENT] = list_tables[relay_first ? RECIPIENT : RELAY].list;
	return LISTS;
}

static const char *table_of(const char *list)
{
	for (size_t i = 0; i < LISTS; i++)
		if (strcmp(list_tables[i].list, list) == 0)
			return list_tables[i].table;
	return NULL;
}

static bool is_class(struct postfix *postfix, const struct postfix_settings *settings, const char *name)
{
	struct err err = ERR_INIT;

	if (postfix->classes_of != settings) {
		postfix_items_release(&postfix->classes);
		postfix->classes_of = settings;
		if (postfix_items_read(postfix, settings, "smtpd_restriction_classes", &postfix->classes, &err) != 0)
			postfix_items_release(&postfix->classes);
	}
	for (size_t i = 0; i < postfix->classes.count; i++)
		if (strcmp(postfix->classes.rows[i].text, name) == 0)
			return true;
	return false;
}

int postfix_class_items(struct postfix *postfix, const struct postfix_settings *settings, const char *name, struct postfix_items *items)
{
	struct err err = ERR_INIT;

	return is_class(postfix, settings, name) ? postfix_items_read(postfix, settings, name, items, &err) : -1;
}

/* Words that are looked at for that; classes that name each other twice have 2^n. */
enum { REQUIRED_LOOKS_MOST = 1000 };

/* has_required(): whether a list names one of the restrictions that keep strangers out, on a way that is taken. */
static bool has_required(struct postfix *postfix, const struct postfix_settings *settings, const struct postfix_items *items, unsigned depth, unsigned *looks)
{
	for (size_t i = 0; i < items->count; i++) {
		const struct restriction *restriction = restriction_find(items->rows[i].text);
		struct postfix_items inner = { .count = 0 };
		bool found;

		/* Who does not know takes it for serving. */
		if (++*looks > REQUIRED_LOOKS_MOST)
			return true;
		if (text_equal_nocase(items->rows[i].text, "warn_if_reject") && i + 1 < items->count) {
			i++;
			continue;
		}
		if (restriction != NULL && text_equal_nocase(restriction->name, "permit"))
			return false;
		if (restriction != NULL && (restriction->flags & RESTRICTION_BLOCKS) != 0)
			return true;
		if (restriction != NULL || depth >= WALK_DEPTH_MOST || postfix_class_items(postfix, settings, items->rows[i].text, &inner) != 0)
			continue;
		found = has_required(postfix, settings, &inner, depth + 1, looks);
		postfix_items_release(&inner);
		if (found)
			return true;
	}
	return false;
}

static bool list_has_required(struct postfix *postfix, const struct postfix_settings *settings, const char *list, struct err *err, bool *failed)
{
	struct postfix_items items = { .count = 0 };
	unsigned looks = 0;
	bool found = false;

	if (postfix_items_read(postfix, settings, list, &items, err) != 0)
		*failed = err->kind != ERR_LIMIT;
	else
		found = has_required(postfix, settings, &items, 0, &looks);
	found = found || err->kind == ERR_LIMIT;
	postfix_items_release(&items);
	return found;
}

static const char *place_of(struct postfix *postfix, const struct postfix_settings *settings, const char *name)
{
	const struct postfix_setting *setting = postfix_setting_find(settings, name);

	return setting != NULL ? config_place(postfix->config, setting->file, setting->line) : "default";
}

/* A class that is named and not defined is fatal. */
static const char *class_without_words(struct postfix *postfix, const struct postfix_settings *settings, const char **place)
{
	struct postfix_items classes = { .count = 0 };
	struct err err = ERR_INIT;
	const char *why = NULL;

	if (postfix_items_read(postfix, settings, "smtpd_restriction_classes", &classes, &err) != 0)
		why = config_shown(postfix->config, err.text, strlen(err.text));
	for (size_t i = 0; i < classes.count && why == NULL; i++) {
		const struct postfix_setting *setting = postfix_setting_find(settings, classes.rows[i].text);

		if (setting == NULL || *setting->value == '\0')
			why = config_text(postfix->config, "the restriction class %.100s has no definition", classes.rows[i].text);
	}
	*place = place_of(postfix, settings, "smtpd_restriction_classes");
	postfix_items_release(&classes);
	return why;
}

const char *postfix_refuses(struct postfix *postfix, const struct postfix_settings *settings, const char **place)
{
	static const char *const lists[] = { "mynetworks", "relay_domains", "mydestination" };
	struct err err = ERR_INIT;
	bool failed = false;
	const char *why;

	*place = postfix->main.fault_place;
	if (postfix->main.fault != NULL)
		return postfix->main.fault;
	why = class_without_words(postfix, settings, place);
	if (why != NULL)
		return why;
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const struct postfix_list *list = postfix_list(postfix, settings, lists[i]);

		*place = place_of(postfix, settings, lists[i]);
		if (list->fault != NULL)
			return list->fault;
	}
	*place = place_of(postfix, settings, "smtpd_relay_restrictions");
	if (list_has_required(postfix, settings, "smtpd_recipient_restrictions", &err, &failed) ||
	    list_has_required(postfix, settings, "smtpd_relay_restrictions", &err, &failed))
		return NULL;
	return failed ? config_shown(postfix->config, err.text, strlen(err.text)) :
			"neither smtpd_relay_restrictions nor smtpd_recipient_restrictions has a working reject_unauth_destination, and smtpd ends without a greeting";
}

/* What the lists came to, together. */
struct outcome {
	enum step step;
	const char *by;
	const char *why;
	bool unknown;
	const char *unknown_by;
	const char *unknown_why;
};

static void walk_list(struct walk *walk, const char *name, struct outcome *outcome)
{
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	enum step step;

	walk->default_table = table_of(name);
	walk->recursion = walk->warn = 0;
	walk->defer_if_reject = walk->maybe_ok = walk->maybe_reject = false;
	if (postfix_items_read(walk->postfix, walk->settings, name, &items, &err) != 0 && err.kind == ERR_LIMIT)
		step = walk_maybe(walk, true, true, place_of(walk->postfix, walk->settings, name), config_shown(walk->postfix->config, err.text, strlen(err.text)));
	else if (err.kind != ERR_NONE)
		step = walk_decide(walk, STEP_BROKEN, place_of(walk->postfix, walk->settings, name), config_shown(walk->postfix->config, err.text, strlen(err.text)));
	else
		step = walk_items(walk, &items);
	postfix_items_release(&items);
	/* What might have let it pass matters where it was refused, and the other way round. */
	if ((walk->maybe_ok && step >= STEP_REJECT) || (walk->maybe_reject && step < STEP_REJECT)) {
		outcome->unknown = true;
		outcome->unknown_by = walk->maybe_by;
		outcome->unknown_why = walk->maybe_why;
		if (step >= STEP_REJECT)
			return;
	}
	if (step == STEP_DUNNO)
		return;
	/* A refusal stands, whatever was not known before; of two permissions the one that was needed last is told. */
	outcome->step = step;
	outcome->by = walk->by;
	outcome->why = walk->why;
	if (step >= STEP_REJECT)
		outcome->unknown = false;
}

static const enum config_answer answer_of[] = {
	[STEP_DUNNO] = ANSWER_PERMIT, [STEP_OK] = ANSWER_PERMIT, [STEP_REJECT] = ANSWER_REJECT, [STEP_DEFER] = ANSWER_DEFER, [STEP_BROKEN] = ANSWER_BROKEN,
};

static void finish(struct walk *walk, struct outcome *outcome, struct config_reply *reply)
{
	struct config *config = walk->postfix->config;

	if (outcome->step < STEP_REJECT && walk->defer_if_permit)
		*outcome = (struct outcome){ .step = STEP_DEFER, .by = walk->defer_by, .why = "who would be let in is put off" };
	if (outcome->step == STEP_REJECT && postfix_is_yes(walk->settings, "soft_bounce", false))
		outcome->step = STEP_DEFER;
	reply->answer = answer_of[outcome->step];
	reply->by = outcome->by;
	reply->why = outcome->why;
	if (outcome->unknown || walk->discards) {
		reply->answer = ANSWER_UNKNOWN;
		reply->by = outcome->unknown ? outcome->unknown_by : walk->by;
		reply->why = outcome->unknown ? outcome->unknown_why : "the mail is accepted and thrown away";
	} else if (outcome->step == STEP_DUNNO) {
		reply->why = "no restriction refuses it";
	}
	if (reply->answer == ANSWER_PERMIT && walk->unless != NULL)
		reply->why = config_text(config, "%.400s; unless it is kept out by %s", reply->why, walk->unless);
}

void postfix_ask_service(struct postfix *postfix, struct postfix_service *service, const struct config_client *client, struct config_reply *reply)
{
	const struct postfix_settings *settings = service->over.count != 0 ? &service->over : &postfix->main;
	struct walk walk = { .postfix = postfix, .settings = settings };
	struct outcome outcome = { .step = STEP_DUNNO };
	char text[ADDRESS_TEXT], *name = mem_text(client->name != NULL ? client->name : "unknown");
	const char *lists[LISTS], *place, *fault = service->fault;

	*reply = (struct config_reply){ .service = service->name, .answer = ANSWER_BROKEN, .by = service->fault_place, .why = fault };
	if (fault == NULL) {
		fault = postfix_refuses(postfix, settings, &place);
		reply->by = place;
		reply->why = fault;
	}
	if (fault == NULL) {
		text_lower(name);
		walk.peer.address = client->address;
		address_unmap(&walk.peer.address);
		walk.peer.address.scope = 0;
		address_print(&walk.peer.address, text);
		walk.peer.name = name;
		walk.peer.text = text;
		for (size_t i = 0, count = postfix_list_order(settings, lists); i < count && outcome.step < STEP_REJECT && !walk.discards; i++)
			walk_list(&walk, lists[i], &outcome);
		finish(&walk, &outcome, reply);
	}
	free(name);
}

void postfix_ask(struct postfix *postfix, const struct config_client *client, struct config_replies *replies)
{
	for (size_t i = 0; i < postfix->service_count; i++) {
		MEM_ROOM(replies->rows, replies->count, replies->capacity);
		postfix_ask_service(postfix, postfix->services[i], client, &replies->rows[replies->count++]);
	}
}
