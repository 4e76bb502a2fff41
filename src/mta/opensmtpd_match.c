/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_match.c - "match ...": for what mail an action is
 */
#include <string.h>

#include "base/mem.h"
#include "mta/opensmtpd_parser.h"

/* A table, nothing or either behind an option's words; a table that is built in. */
enum behind { TABLE, MAYBE_TABLE, NOTHING };

struct option {
	const char *key, *then;
	enum opensmtpd_test test;       /* what it asks for */
	enum behind behind;
	const char *built_in;           /* the table where none is given */
	bool no_db;
	const char *use;
};

static const struct option options[] = {
	{ "tag", NULL, TEST_TAG, TABLE, NULL, true, "tag lookups" },
	{ "helo", NULL, TEST_HELO, TABLE, NULL, false, "helo lookups" },
	{ "tls", NULL, TEST_TLS, NOTHING, NULL, false, NULL },
	{ "auth", NULL, TEST_AUTH, MAYBE_TABLE, NULL, false, "auth lookups" },
	{ "mail-from", NULL, TEST_MAIL_FROM, TABLE, NULL, false, "mail-from lookups" },
	{ "rcpt-to", NULL, TEST_RCPT_TO, TABLE, NULL, false, "rcpt-to lookups" },
	{ "from", "socket", TEST_FROM, NOTHING, NULL, false, NULL },
	{ "from", "local", TEST_FROM, NOTHING, "<localhost>", false, NULL },
	{ "from", "any", TEST_FROM, NOTHING, "<anyhost>", false, NULL },
	{ "from", "src", TEST_FROM, TABLE, NULL, false, "from lookups" },
	{ "from", "rdns", TEST_FROM, MAYBE_TABLE, NULL, false, "rdns lookups" },
	{ "from", "auth", TEST_AUTH, MAYBE_TABLE, "<anyhost>", false, "from lookups" },
	{ "from", "mail-from", TEST_MAIL_FROM, TABLE, "<anyhost>", false, "from lookups" },
	{ "for", "local", TEST_FOR, NOTHING, "<localnames>", false, NULL },
	{ "for", "any", TEST_FOR, NOTHING, "<anydestination>", false, NULL },
	{ "for", "domain", TEST_FOR, TABLE, NULL, false, "for lookups" },
	{ "for", "rcpt-to", TEST_RCPT_TO, TABLE, "<anydestination>", false, "for lookups" },
	{ NULL, NULL, TEST_TAG, NOTHING, NULL, false, NULL },
};

/* Whether a word stands as the option's first one, and is not followed by that of another. */
static const struct option *option_at(struct opensmtpd_parser *parser)
{
	const char *key = opensmtpd_peek(parser)->word == WORD_KEY ? opensmtpd_peek(parser)->text : "";
	const struct option *option = options;

	while (option->key != NULL && strcmp(option->key, key) != 0)
		option++;
	if (option->key == NULL)
		return NULL;
	opensmtpd_take(parser);
	if (option->then == NULL)
		return option;
	for (; option->key != NULL && strcmp(option->key, key) == 0; option++)
		if (opensmtpd_has_key(parser, option->then))
			return option;
	opensmtpd_unexpected(parser);
	return NULL;
}

/* "from auth" and the like hold for any client, and ask for something else beside. */
static void set_beside(struct opensmtpd_parser *parser, struct opensmtpd_rule *rule, const struct option *option)
{
	enum opensmtpd_test test = strcmp(option->key, "from") == 0 ? TEST_FROM : TEST_FOR;

	if (rule->tests[test].sense != 0)
		opensmtpd_fail(parser, "\"%s\" stands there twice", option->key);
	rule->tests[test].sense = 1;
	rule->tests[test].table = opensmtpd_table_find(parser->opensmtpd, option->built_in);
}

static void take_option(struct opensmtpd_parser *parser, struct opensmtpd_rule *rule, const struct option *option, bool negated)
{
	bool beside = option->then != NULL && option->test != TEST_FROM && option->test != TEST_FOR, regex = false;
	struct opensmtpd_table *table = option->built_in != NULL && !beside ? opensmtpd_table_find(parser->opensmtpd, option->built_in) : NULL;

	if (option->behind != NOTHING) {
		regex = opensmtpd_has_key(parser, "regex");
		if (regex || option->behind == TABLE || opensmtpd_is_table(parser))
			table = opensmtpd_want_table(parser, &(struct opensmtpd_use){ .what = option->use, .shape = SHAPE_LIST, .no_db = option->no_db || regex });
	}
	if (parser->failed)
		return;
	if (beside)
		set_beside(parser, rule, option);
	else if (rule->tests[option->test].sense != 0)
		opensmtpd_fail(parser, "\"%s\" stands there twice", option->key);
	rule->tests[option->test].sense = negated ? -1 : 1;
	rule->tests[option->test].regex = regex;
	rule->tests[option->test].table = table;
	rule->from_written = rule->from_written || strcmp(option->key, "from") == 0;
	if (option->then == NULL)
		return;
	rule->from_rdns = rule->from_rdns || strcmp(option->then, "rdns") == 0;
	rule->from_socket = rule->from_socket || strcmp(option->then, "socket") == 0;
}

static struct opensmtpd_action *action_of(struct opensmtpd_parser *parser)
{
	const char *name = opensmtpd_want_string(parser);

	if (parser->failed)
		return NULL;
	for (size_t i = 0; i < parser->opensmtpd->action_count; i++)
		if (strcmp(parser->opensmtpd->actions[i]->name, name) == 0)
			return parser->opensmtpd->actions[i];
	opensmtpd_fail(parser, "there is no action \"%.100s\" before this line", name);
	return NULL;
}

void opensmtpd_parse_match(struct opensmtpd_parser *parser)
{
	struct opensmtpd *opensmtpd = parser->opensmtpd;
	struct opensmtpd_rule rule = { .spot = parser->spot };

	while (!parser->failed) {
		bool negated = opensmtpd_has_sign(parser, '!');
		const struct option *option = option_at(parser);

		if (option != NULL)
			take_option(parser, &rule, option, negated);
		else if (negated)
			opensmtpd_unexpected(parser);
		else
			break;
	}
	rule.rejects = opensmtpd_has_key(parser, "reject");
	if (!rule.rejects) {
		opensmtpd_want_key(parser, "action");
		rule.action = action_of(parser);
	}
	if (rule.tests[TEST_FROM].sense == 0) {
		rule.tests[TEST_FROM].sense = 1;
		rule.tests[TEST_FROM].table = opensmtpd_table_find(opensmtpd, "<localhost>");
	}
	if (rule.tests[TEST_FOR].sense == 0) {
		rule.tests[TEST_FOR].sense = 1;
		rule.tests[TEST_FOR].table = opensmtpd_table_find(opensmtpd, "<localnames>");
	}
	if (parser->failed)
		return;
	MEM_ROOM(opensmtpd->rules, opensmtpd->rule_count, opensmtpd->rule_capacity);
	opensmtpd->rules[opensmtpd->rule_count++] = rule;
}
