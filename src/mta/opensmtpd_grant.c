/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_grant.c - what lets whom relay
 *
 * Each rule that sends mail on is a grant: to the clients of its "from", and where it
 * asks for something that a client can choose, to whoever chooses that. Addresses that
 * a rule before it decides about in any case are not its own.
 */
#include <string.h>

#include "base/pool.h"
#include "mta/opensmtpd_rules.h"

enum {
	/* Words of tables that are put into sets; a hundred rules with a table of a thousand have a fiftieth of it. */
	WORK_MOST = 5 << 20
};

struct granting {
	struct opensmtpd *opensmtpd;
	struct prefixset all;
	struct prefixset decided;       /* whom the rules so far leave to none behind them */
	struct prefixset kept_out;      /* whom each listener that is reached from outside refuses by a filter */
	bool reached;                   /* there is such a listener */
	size_t work;
};

static void add_all(struct prefixset *set)
{
	struct prefix prefix;

	prefix_of(&(struct address){ .family = AF_INET }, 0, &prefix);
	prefixset_add(set, &prefix);
	prefix_of(&(struct address){ .family = AF_INET6 }, 0, &prefix);
	prefixset_add(set, &prefix);
	prefixset_settle(set);
}

/* The addresses of a table's words, or all others.  False where they cannot be told, and `to` stays empty. */
static bool table_set(struct granting *granting, const struct opensmtpd_table *table, bool others, struct prefixset *to)
{
	struct prefixset set = PREFIXSET_INIT;

	if (table == NULL || table->shape == SHAPE_ELSEWHERE || granting->work > WORK_MOST)
		return false;
	granting->work += table->count + 1;
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].is_network)
			prefixset_add(&set, &table->rows[i].network);
	prefixset_settle(&set);
	if (others)
		prefixset_subtract(to, &granting->all, &set);
	else
		prefixset_add_set(to, &set);
	prefixset_settle(to);
	prefixset_release(&set);
	return true;
}

static void join(struct prefixset *to, const struct prefixset *other)
{
	prefixset_add_set(to, other);
	prefixset_settle(to);
}

/* Whom a listener's filters refuse by address, for certain. */
static void filter_set(struct granting *granting, const struct opensmtpd_filter *filter, struct prefixset *to)
{
	size_t count = filter == NULL ? 0 : filter->kind == FILTER_CHAIN ? filter->chain_count : 1;

	for (size_t i = 0; i < count; i++) {
		const struct opensmtpd_filter *one = filter->kind == FILTER_CHAIN ? filter->chain[i] : filter;
		struct prefixset set = PREFIXSET_INIT;

		/* What stands behind it may never be asked. */
		if (one->kind == FILTER_BUILTIN && one->verdict != VERDICT_REFUSES && one->verdict != VERDICT_PASSES)
			return;
		if (one->kind == FILTER_BUILTIN && one->check == CHECK_SRC && one->verdict == VERDICT_REFUSES && !one->regex &&
		    table_set(granting, one->table, one->negated, &set))
			join(to, &set);
		prefixset_release(&set);
	}
}

static bool is_reached(const struct opensmtpd_listener *listener)
{
	return !listener->loopback && !listener->auth_required && !listener->tls_verify;
}

static void begin(struct granting *granting)
{
	const struct opensmtpd *opensmtpd = granting->opensmtpd;

	add_all(&granting->all);
	for (size_t i = 0; i < opensmtpd->listener_count; i++) {
		struct prefixset set = PREFIXSET_INIT, both = PREFIXSET_INIT;

		if (!is_reached(&opensmtpd->listeners[i]))
			continue;
		filter_set(granting, opensmtpd->listeners[i].filter, &set);
		prefixset_intersect(&both, granting->reached ? &granting->kept_out : &set, &set);
		prefixset_release(&granting->kept_out);
		prefixset_release(&set);
		granting->kept_out = both;
		granting->reached = true;
	}
}

static bool is_all_domains(const struct opensmtpd_rule *rule)
{
	const struct opensmtpd_table *table = rule->tests[TEST_FOR].table;

	if (rule->tests[TEST_FOR].regex)
		return false;
	if (rule->tests[TEST_FOR].sense < 0)
		return table->name != NULL && strcmp(table->name, "<localnames>") == 0;
	for (size_t i = 0; i < table->count; i++)
		if (table->shape != SHAPE_ELSEWHERE && strcmp(table->rows[i].key, "*") == 0)
			return true;
	return false;
}

/* Whether a rule decides about all mail from its clients to outside. */
static bool is_final(const struct opensmtpd_rule *rule)
{
	static const enum opensmtpd_test others[] = { TEST_TAG, TEST_HELO, TEST_AUTH, TEST_MAIL_FROM, TEST_RCPT_TO };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (rule->tests[others[i]].sense != 0)
			return false;
	return !rule->from_rdns && !rule->from_socket && !rule->tests[TEST_FROM].regex && is_all_domains(rule);
}

/* Why a grant to these addresses comes to nothing; NULL where it holds for some. */
static const char *idle(struct granting *granting, const struct opensmtpd_rule *rule, const struct prefixset *clients, bool login)
{
	struct prefixset left = PREFIXSET_INIT, rest = PREFIXSET_INIT;
	bool none_left, none_rest, listens = login || granting->reached;
	const struct opensmtpd *opensmtpd = granting->opensmtpd;

	if (opensmtpd->fault != NULL)
		return "smtpd does not start as things stand";
	for (size_t i = 0; i < opensmtpd->listener_count && login; i++)
		listens = listens || opensmtpd->listeners[i].auth;
	if (!listens)
		return "no listener that is reached from outside takes mail without a login";
	if (rule->tests[TEST_TAG].sense > 0 && !rule->tests[TEST_TAG].regex) {
		bool tagged = false;

		for (size_t i = 0; i < opensmtpd->listener_count; i++)
			tagged = tagged || (is_reached(&opensmtpd->listeners[i]) && opensmtpd->listeners[i].tag != NULL &&
					    opensmtpd_table_match(rule->tests[TEST_TAG].table, KIND_STRING, opensmtpd->listeners[i].tag, '+', NULL) != MATCH_NO);
		if (!tagged)
			return "no listener that is reached from outside has its tag";
	}
	granting->work += prefixset_ranges(&granting->decided) + prefixset_ranges(clients);
	if (granting->work > WORK_MOST)
		return NULL;
	prefixset_subtract(&left, clients, &granting->decided);
	prefixset_subtract(&rest, &left, &granting->kept_out);
	none_left = prefixset_is_empty(&left);
	none_rest = prefixset_is_empty(&rest);
	prefixset_release(&left);
	prefixset_release(&rest);
	return none_left ? "a rule before it decides about all of them" : none_rest && !login ? "a filter refuses all of them" : NULL;
}

/* "match from src <office>", as far as it says who may. */
static const char *setting_of(struct granting *granting, const struct opensmtpd_rule *rule, const char *what, const struct opensmtpd_table *table)
{
	struct config *config = granting->opensmtpd->config;

	if (table == NULL || table->name == NULL || table->name[0] == '<')
		return config_text(config, "match %s", what);
	return config_text(config, "match %s <%.100s> of %.200s", what, table->name, opensmtpd_place(granting->opensmtpd, rule->spot));
}

static struct grant *add(struct granting *granting, const struct opensmtpd_rule *rule, enum grant_to to, const struct opensmtpd_entry *entry,
			 const char *setting)
{
	struct opensmtpd *opensmtpd = granting->opensmtpd;
	struct config *config = opensmtpd->config;
	struct opensmtpd_spot spot = entry != NULL && entry->file != NULL ? (struct opensmtpd_spot){ entry->file, entry->line } : rule->spot;
	struct grant *grant = config_add_grant(config, to, opensmtpd_place(opensmtpd, spot), setting);

	grant->value = entry != NULL ? config_shown(config, entry->written, strlen(entry->written)) : "any";
	grant->covers = grant->value;
	return grant;
}

static void set_idle(struct granting *granting, const struct opensmtpd_rule *rule, struct grant *grant, const struct prefixset *clients)
{
	grant->idle_because = idle(granting, rule, clients, grant->to == GRANT_LOGIN);
	grant->in_force = grant->idle_because == NULL;
}

static bool has_room(const struct granting *granting)
{
	return granting->opensmtpd->config->grant_count < CONFIG_GRANTS_MOST;
}

/* To each network of a table, or to what it leaves out. */
static void grant_addresses(struct granting *granting, const struct opensmtpd_rule *rule, const struct prefixset *clients)
{
	const struct opensmtpd_table *table = rule->tests[TEST_FROM].table;
	bool local = table->name != NULL && strcmp(table->name, "<localhost>") == 0;
	const char *what = local ? (rule->from_written ? "from local" : "without from") : "from src";
	struct grant *grant;

	if (rule->tests[TEST_FROM].sense < 0) {
		grant = add(granting, rule, GRANT_ADDRESSES, NULL, setting_of(granting, rule, local ? "! from local" : "! from src", table));
		grant->value = "all others";
		grant->covers = "all addresses but those named";
		prefixset_add_set(&grant->addresses, clients);
		prefixset_settle(&grant->addresses);
		set_idle(granting, rule, grant, clients);
		return;
	}
	for (size_t i = 0; i < table->count && has_room(granting); i++) {
		if (!table->rows[i].is_network)
			continue;
		grant = add(granting, rule, GRANT_ADDRESSES, &table->rows[i], setting_of(granting, rule, what, table));
		config_set_network(granting->opensmtpd->config, grant, &table->rows[i].network, table->rows[i].host_bits);
		set_idle(granting, rule, grant, &grant->addresses);
	}
}

/* To whoever has or says one of a table's words; negated, or behind an expression, to whoever has others. */
static void grant_words(struct granting *granting, const struct opensmtpd_rule *rule, enum opensmtpd_test test, enum grant_to to, const char *what,
			const struct prefixset *clients)
{
	const struct opensmtpd_table *table = rule->tests[test].table;
	struct grant *grant;

	if (rule->tests[test].sense < 0 || table == NULL) {
		grant = add(granting, rule, rule->tests[test].sense < 0 ? GRANT_ANYONE : to, NULL, setting_of(granting, rule, what, table));
		grant->value = rule->tests[test].sense < 0 ? "all others" : "any name";
		grant->covers = rule->tests[test].sense < 0 ? "everybody else" : "*";
		set_idle(granting, rule, grant, clients);
		return;
	}
	for (size_t i = 0; i < table->count && has_room(granting); i++) {
		grant = add(granting, rule, to, &table->rows[i], setting_of(granting, rule, what, table));
		set_idle(granting, rule, grant, clients);
	}
}

/* The narrowest of what a rule asks of a client says to whom it grants. */
static void grant_client(struct granting *granting, const struct opensmtpd_rule *rule, const struct prefixset *clients, bool known)
{
	const struct opensmtpd_table *from = rule->tests[TEST_FROM].table;
	bool anyone = from != NULL && from->name != NULL && strcmp(from->name, "<anyhost>") == 0 && rule->tests[TEST_FROM].sense > 0;
	struct grant *grant;

	if (rule->from_socket && rule->tests[TEST_FROM].sense > 0)
		return;
	if (rule->tests[TEST_AUTH].sense > 0) {
		grant = add(granting, rule, GRANT_LOGIN, NULL, "match auth");
		grant->covers = grant->value = "whoever logs in";
		set_idle(granting, rule, grant, clients);
	} else if (known && !anyone) {
		grant_addresses(granting, rule, clients);
	} else if (rule->from_rdns) {
		grant_words(granting, rule, TEST_FROM, GRANT_NAME, "from rdns, which smtpd does not verify", clients);
	} else if (!anyone && !rule->from_socket) {
		grant = add(granting, rule, GRANT_UNKNOWN, NULL, setting_of(granting, rule, "from src", from));
		grant->covers = grant->value = "what cannot be told from the files alone";
		set_idle(granting, rule, grant, clients);
	} else if (rule->tests[TEST_MAIL_FROM].sense != 0) {
		grant_words(granting, rule, TEST_MAIL_FROM, GRANT_SENDER, "mail-from", clients);
	} else if (rule->tests[TEST_HELO].sense != 0) {
		grant_words(granting, rule, TEST_HELO, GRANT_HELO, "helo", clients);
	} else {
		grant = add(granting, rule, GRANT_ANYONE, NULL, rule->tests[TEST_AUTH].sense < 0 ? "match ! auth" : "match from any");
		grant->covers = "everybody";
		set_idle(granting, rule, grant, clients);
	}
}

/* Patterns of domains that mail is sent on to, whoever it is from: "*.com" covers "com". */
static void grant_recipients(struct granting *granting, const struct opensmtpd_rule *rule, enum opensmtpd_test test, const struct prefixset *clients)
{
	const struct opensmtpd_table *table = rule->tests[test].table;

	for (size_t i = 0; i < table->count && has_room(granting); i++) {
		struct grant *grant = add(granting, rule, GRANT_RECIPIENT, &table->rows[i],
					  setting_of(granting, rule, test == TEST_FOR ? "for domain" : "for rcpt-to", table));

		if (strncmp(grant->covers, "*.", 2) == 0)
			grant->covers += 2;
		set_idle(granting, rule, grant, clients);
	}
}

/* Whether a test leaves a recipient outside to chance: it is not asked, holds for all, or for all but a few. */
static bool takes_outside(const struct granting *granting, const struct opensmtpd_rule *rule, enum opensmtpd_test test)
{
	bool domain = test == TEST_FOR;
	enum opensmtpd_kind kind = rule->tests[test].regex ? KIND_REGEX : domain ? KIND_DOMAIN : KIND_MAILADDR;
	enum opensmtpd_match match;

	if (rule->tests[test].sense == 0)
		return true;
	match = opensmtpd_table_match(rule->tests[test].table, kind, domain ? "nobody.example" : "nobody@nobody.example", granting->opensmtpd->delimiter, NULL);
	return match == MATCH_UNKNOWN || (match == MATCH_YES) == (rule->tests[test].sense > 0);
}

/* Whether rules before it leave it none of its clients. */
static bool is_shadowed(struct granting *granting, const struct prefixset *clients)
{
	struct prefixset left = PREFIXSET_INIT;
	bool none;

	granting->work += prefixset_ranges(&granting->decided) + prefixset_ranges(clients);
	if (granting->work > WORK_MOST || prefixset_is_empty(clients))
		return false;
	prefixset_subtract(&left, clients, &granting->decided);
	none = prefixset_is_empty(&left);
	prefixset_release(&left);
	return none;
}

static bool is_table(const struct opensmtpd_rule *rule, enum opensmtpd_test test, const char *name)
{
	const struct opensmtpd_table *table = rule->tests[test].table;

	return rule->tests[test].sense > 0 && table != NULL && table->name != NULL && strcmp(table->name, name) == 0;
}

static void of_rule(struct granting *granting, const struct opensmtpd_rule *rule)
{
	struct prefixset clients = PREFIXSET_INIT;
	bool known = !rule->from_rdns && !rule->from_socket && !rule->tests[TEST_FROM].regex &&
		     table_set(granting, rule->tests[TEST_FROM].table, rule->tests[TEST_FROM].sense < 0, &clients);
	bool restricted = rule->tests[TEST_AUTH].sense > 0 || (known && !is_table(rule, TEST_FROM, "<anyhost>"));
	bool sends_on = !rule->rejects && rule->action->relays && !is_table(rule, TEST_FOR, "<localnames>") && rule->tests[TEST_TLS].sense == 0;
	bool domains = takes_outside(granting, rule, TEST_FOR);

	if (!known)
		join(&clients, &granting->all);
	if (is_shadowed(granting, &clients))
		opensmtpd_tell_shadowed(granting->opensmtpd, rule);
	if (sends_on && domains && takes_outside(granting, rule, TEST_RCPT_TO))
		grant_client(granting, rule, &clients, known);
	else if (sends_on && !restricted)
		grant_recipients(granting, rule, domains ? TEST_RCPT_TO : TEST_FOR, &clients);
	if (known && granting->work <= WORK_MOST && is_final(rule))
		join(&granting->decided, &clients);
	prefixset_release(&clients);
}

void opensmtpd_tell(struct opensmtpd *opensmtpd)
{
	struct granting granting = { .opensmtpd = opensmtpd };

	begin(&granting);
	for (size_t i = 0; i < opensmtpd->rule_count && has_room(&granting); i++)
		of_rule(&granting, &opensmtpd->rules[i]);
	prefixset_release(&granting.all);
	prefixset_release(&granting.decided);
	prefixset_release(&granting.kept_out);
	opensmtpd_tell_facts(opensmtpd);
}
