/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_action.c - "action NAME ...": what is done with a message
 */
#include <string.h>

#include "base/mem.h"
#include "mta/opensmtpd_parser.h"

/* What stands behind an option's words. */
enum what { NOTHING, TEXT, DELAY, TABLE, FILTER };

/* Options that exclude each other share a slot; AUTH_SLOT wants HOST_SLOT before it. */
enum slot {
	USER_SLOT, ALIAS_SLOT, USERBASE_SLOT, WRAPPER_SLOT, HELO_SLOT, HELO_SRC_SLOT, PKI_SLOT, CA_SLOT, SRC_SLOT, MAIL_FROM_SLOT, HOST_SLOT, TLS_SLOT,
	AUTH_SLOT, FILTER_SLOT, SRS_SLOT, TTL_SLOT, SLOTS
};

struct option {
	const char *key;
	const char *then;               /* a second word that makes it another option; NULL */
	enum what what;
	enum slot slot;
	enum opensmtpd_shape shape;
	bool no_db;
	const char *use;
};

static const struct option local_options[] = {
	{ "user", NULL, TEXT, USER_SLOT, SHAPE_NONE, false, NULL },
	{ "alias", NULL, TABLE, ALIAS_SLOT, SHAPE_HASH, false, "alias lookups" },
	{ "virtual", NULL, TABLE, ALIAS_SLOT, SHAPE_HASH, false, "virtual lookups" },
	{ "userbase", NULL, TABLE, USERBASE_SLOT, SHAPE_HASH, false, "userbase lookups" },
	{ "wrapper", NULL, TEXT, WRAPPER_SLOT, SHAPE_NONE, false, NULL },
	{ NULL, NULL, NOTHING, SLOTS, SHAPE_NONE, false, NULL },
};

static const struct option relay_options[] = {
	{ "helo", NULL, TEXT, HELO_SLOT, SHAPE_NONE, false, NULL },
	{ "helo-src", NULL, TABLE, HELO_SRC_SLOT, SHAPE_HASH, false, "helo-source lookups" },
	{ "pki", NULL, TEXT, PKI_SLOT, SHAPE_NONE, false, NULL },
	{ "ca", NULL, TEXT, CA_SLOT, SHAPE_NONE, false, NULL },
	{ "src", NULL, TABLE, SRC_SLOT, SHAPE_LIST, false, "source lookups" },
	{ "mail-from", NULL, TEXT, MAIL_FROM_SLOT, SHAPE_NONE, false, NULL },
	{ "backup", "mx", TEXT, HOST_SLOT, SHAPE_NONE, false, NULL },
	{ "backup", NULL, NOTHING, HOST_SLOT, SHAPE_NONE, false, NULL },
	{ "host", NULL, TABLE, HOST_SLOT, SHAPE_LIST, true, "host lookups" },
	{ "domain", NULL, TABLE, HOST_SLOT, SHAPE_HASH, true, "host lookups" },
	{ "tls", "no-verify", NOTHING, TLS_SLOT, SHAPE_NONE, false, NULL },
	{ "tls", NULL, NOTHING, TLS_SLOT, SHAPE_NONE, false, NULL },
	{ "auth", NULL, TABLE, AUTH_SLOT, SHAPE_HASH, false, "auth lookups" },
	{ "filter", NULL, FILTER, FILTER_SLOT, SHAPE_NONE, false, NULL },
	{ "srs", NULL, NOTHING, SRS_SLOT, SHAPE_NONE, false, NULL },
	{ NULL, NULL, NOTHING, SLOTS, SHAPE_NONE, false, NULL },
};

static const struct option common_options[] = {
	{ "ttl", NULL, DELAY, TTL_SLOT, SHAPE_NONE, false, NULL },
	{ NULL, NULL, NOTHING, SLOTS, SHAPE_NONE, false, NULL },
};

struct state {
	struct opensmtpd_action *action;
	bool mbox, no_user;
	bool backup;
	bool taken[SLOTS];
};

/* What needs another thing to be there, or not to be. */
static void check(struct opensmtpd_parser *parser, struct state *state, const struct option *option)
{
	if (parser->failed)
		return;
	if (state->taken[option->slot])
		opensmtpd_fail(parser, "\"%s\" stands there twice, or beside what it excludes", option->key);
	else if (option->slot == USER_SLOT && (state->mbox || state->no_user))
		opensmtpd_fail(parser, "\"user\" cannot be given for such an action");
	else if (option->slot == AUTH_SLOT && (!state->taken[HOST_SLOT] || state->backup))
		opensmtpd_fail(parser, "\"auth\" wants a \"host\" before it");
	else if (option->slot == SRS_SLOT && !parser->opensmtpd->srs_key)
		opensmtpd_fail(parser, "\"srs\" wants an \"srs key\" in a line before it");
	state->taken[option->slot] = true;
	state->backup = state->backup || strcmp(option->key, "backup") == 0;
}

static void take_table(struct opensmtpd_parser *parser, struct state *state, const struct option *option)
{
	struct opensmtpd_table *table = opensmtpd_want_table(parser, &(struct opensmtpd_use){ .what = option->use, .shape = option->shape,
		.no_db = option->no_db, .users = option->slot == USERBASE_SLOT });

	if (strcmp(option->key, "alias") == 0)
		state->action->alias = table;
	else if (strcmp(option->key, "virtual") == 0)
		state->action->virtual = table;
	else if (option->slot == USERBASE_SLOT)
		state->action->userbase = table;
}

static void take_option(struct opensmtpd_parser *parser, struct state *state, const struct option *option)
{
	const char *text;

	if (option->what == TABLE) {
		take_table(parser, state, option);
	} else if (option->what == FILTER) {
		opensmtpd_want_filter(parser);
	} else if (option->what != NOTHING) {
		text = opensmtpd_want_string(parser);
		if (option->what == DELAY && !parser->failed && !opensmtpd_is_delay(text))
			opensmtpd_fail(parser, "\"%.100s\" is no time", text);
		if (option->slot == WRAPPER_SLOT && !parser->failed && !opensmtpd_is_named(parser, "mda wrapper", text))
			opensmtpd_fail(parser, "there is no mda wrapper %.100s before this line", text);
	}
	check(parser, state, option);
}

/* Options until something else comes. */
static void take_options(struct opensmtpd_parser *parser, struct state *state, const struct option *options)
{
	bool found = true;

	while (found && !parser->failed) {
		found = false;
		for (const struct option *option = options; option->key != NULL && !found; option++) {
			if (opensmtpd_peek(parser)->word != WORD_KEY || strcmp(opensmtpd_peek(parser)->text, option->key) != 0)
				continue;
			opensmtpd_take(parser);
			found = true;
			/* The longer one stands first. */
			if (option->then != NULL && !opensmtpd_has_key(parser, option->then))
				option++;
			take_option(parser, state, option);
		}
	}
}

/* How a message is delivered here. */
static void take_local(struct opensmtpd_parser *parser, struct state *state)
{
	if (opensmtpd_has_key(parser, "maildir")) {
		if (opensmtpd_peek(parser)->word == WORD_STRING)
			opensmtpd_take(parser);
		opensmtpd_has_key(parser, "junk");
	} else if (opensmtpd_has_key(parser, "lmtp")) {
		opensmtpd_want_string(parser);
		opensmtpd_has_key(parser, "rcpt-to");
	} else if (opensmtpd_has_key(parser, "mda")) {
		opensmtpd_want_string(parser);
	} else if (opensmtpd_has_key(parser, "mbox")) {
		state->mbox = true;
	} else if (opensmtpd_has_key(parser, "forward-only") || opensmtpd_has_key(parser, "expand-only")) {
		state->no_user = true;
	} else {
		opensmtpd_unexpected(parser);
	}
	take_options(parser, state, local_options);
}

void opensmtpd_parse_action(struct opensmtpd_parser *parser)
{
	struct opensmtpd *opensmtpd = parser->opensmtpd;
	struct opensmtpd_spot spot = parser->spot;
	struct state state = { .mbox = false };
	const char *name = opensmtpd_want_string(parser);

	opensmtpd_name(parser, "action", name);
	if (parser->failed)
		return;
	state.action = mem_new(sizeof *state.action);
	state.action->name = name;
	state.action->spot = spot;
	MEM_ROOM(opensmtpd->actions, opensmtpd->action_count, opensmtpd->action_capacity);
	opensmtpd->actions[opensmtpd->action_count++] = state.action;
	state.action->relays = opensmtpd_has_key(parser, "relay");
	if (state.action->relays)
		take_options(parser, &state, relay_options);
	else
		take_local(parser, &state);
	take_options(parser, &state, common_options);
}
