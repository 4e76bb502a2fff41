/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_grant.c - what of a configuration lets a client relay
 *
 * A list of restrictions guards when it refuses outside recipients; whatever lets a
 * client pass before that grants.  Whether it does so in truth is tried by asking
 * for a client that it covers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix_table.h"
#include "mta/postfix_walk.h"

enum {
	/* Grants that are tried, each by walking all lists once; and how many where the lists are longer than any that people write. */
	TRIED_MOST = 300,
	TRIED_OF_LONG_MOST = 3,
	LONG_LISTS = 2000,
	CLASSES_DEEP_MOST = 20,
	/* Words of all restrictions of a service; what stands behind so many is not looked at. */
	SEARCHED_MOST = 1000
};

struct search {
	struct postfix *postfix;
	struct postfix_service *service;
	const struct postfix_settings *settings;
	const char *label;              /* the service's name, where it is not like main.cf */
	size_t first;                   /* grants before it are others' */
	unsigned words;                 /* that were looked at */
	bool networks_told;
	bool after_networks;            /* permit_mynetworks stands before this in the list */
};

static const char *shown(struct search *search, const char *text)
{
	return config_shown(search->postfix->config, text, strlen(text));
}

/* NULL where the same word was found before, in another list or service. */
static struct grant *add(struct search *search, enum grant_to to, const char *source, const char *setting, const char *value, const char *covers)
{
	struct config *config = search->postfix->config;
	struct grant *grant;

	for (size_t i = 0; i < config->grant_count && i < 2000; i++)
		if (config->grants[i].to == to && config->grants[i].source == source && config->grants[i].value == value)
			return NULL;
	if (config->grant_count >= CONFIG_GRANTS_MOST)
		return NULL;
	grant = config_add_grant(config, to, source, pool_text(config->pool, setting));
	grant->value = value;
	grant->covers = covers;
	grant->service = search->label;
	return grant;
}

static void add_network(struct search *search, const char *source, const char *setting, const char *value, const struct prefix *network, bool host_bits)
{
	struct grant *grant = add(search, GRANT_ADDRESSES, source, setting, value, "");

	if (grant != NULL)
		config_set_network(search->postfix->config, grant, network, host_bits);
}

/* All of the family but this network. */
static void add_complement(struct search *search, const char *source, const char *setting, const char *value, const struct prefix *network)
{
	struct grant *grant = add(search, GRANT_ADDRESSES, source, setting, value, value);
	struct prefixset all = PREFIXSET_INIT, one = PREFIXSET_INIT;
	struct prefix whole;

	if (grant == NULL)
		return;
	prefix_of(&network->first, 0, &whole);
	prefixset_add(&all, &whole);
	prefixset_settle(&all);
	prefixset_add(&one, network);
	prefixset_settle(&one);
	prefixset_subtract(&grant->addresses, &all, &one);
	prefixset_release(&all);
	prefixset_release(&one);
}

/* "198.51" is a network in a table that is asked for shorter and shorter addresses, and nothing in one that is not. */
static bool key_network(const char *key, bool shortens, struct prefix *network)
{
	struct address address;
	struct err err = ERR_INIT;
	unsigned groups = 1;
	char whole[ADDRESS_TEXT];

	if (strpbrk(key, "[]%/") == NULL && address_parse(key, &address, &err) == 0) {
		prefix_of(&address, prefix_bits(address.family), network);
		return true;
	}
	if (!shortens || key[0] == '\0' || key[strspn(key, "0123456789.")] != '\0' || strlen(key) > 11 || key[strlen(key) - 1] == '.')
		return false;
	for (const char *at = key; *at != '\0'; at++)
		groups += *at == '.';
	if (groups > 3)
		return false;
	snprintf(whole, sizeof whole, "%s%s", key, groups == 3 ? ".0" : groups == 2 ? ".0.0" : ".0.0.0");
	if (address_parse(whole, &address, &err) != 0)
		return false;
	prefix_of(&address, 8 * groups, network);
	return true;
}

static void tell_dead_key(struct search *search, const struct postfix_table *table, const struct postfix_rule *rule, const char *otherwise, bool shortens)
{
	struct fact *fact = config_add_fact(search->postfix->config, FACT_DEAD, postfix_table_place(search->postfix, table, rule, otherwise));

	fact->title = "a key of a table never matches";
	fact->text = config_text(search->postfix->config, "%.100s: %.200s", table->file, shown(search, rule->key));
	fact->says = shortens ? "a table of keys is asked for a client's address, for its first three, two and one numbers without a dot at the end, and for names" :
				"a table of keys is asked for whole addresses and for names here";
	fact->fix = shortens ? "write 198.51.100 for 198.51.100.0/24, or use a cidr: table" : "use a cidr: table for networks";
}

static bool looks_dead(const char *key, bool shortens)
{
	return key[0] == '\0' || strchr(key, '/') != NULL || strchr(key, '*') != NULL ||
	       (key[strspn(key, "0123456789.")] == '\0' && (key[strlen(key) - 1] == '.' || !shortens));
}

/* One rule of a table that lets clients pass: by address or by name. */
static void grant_rule(struct search *search, const struct postfix_table *table, const struct postfix_rule *rule, const struct postfix_item *item,
		       bool shortens)
{
	struct config *config = search->postfix->config;
	const char *source = postfix_table_place(search->postfix, table, rule, item->source);
	const char *value = config_text(config, "%.300s %.200s", shown(search, rule->key), shown(search, rule->value));
	struct prefix network;

	if (table->shape == TABLE_STATIC)
		add(search, GRANT_ANYONE, source, item->setting, shown(search, table->name), "anyone");
	else if (table->shape == TABLE_CIDR && rule->negated)
		add_complement(search, source, item->setting, config_text(config, "!%.400s", value), &rule->network);
	else if (table->shape == TABLE_REGEXP)
		add(search, GRANT_NAME, source, item->setting, value, config_text(config, "%s%.400s", rule->negated ? "all but " : "", shown(search, rule->key)));
	else if (table->shape == TABLE_CIDR)
		add_network(search, source, item->setting, value, &rule->network, false);
	else if (key_network(rule->key, shortens, &network))
		add_network(search, source, item->setting, value, &network, false);
	else if (looks_dead(rule->key, shortens))
		tell_dead_key(search, table, rule, item->source, shortens);
	else
		add(search, GRANT_NAME, source, item->setting, value, shown(search, rule->key));
}

static void tell_unusable(struct search *search, const struct postfix_table *table, const struct postfix_item *item)
{
	bool broken = table->state == TABLE_BROKEN;
	struct fact *fact = config_add_fact(search->postfix->config, broken ? FACT_REFUSES_SERVICE : FACT_NOT_EVALUATED, item->source);

	fact->title = broken ? "Postfix answers 451 to whoever comes to a table" : "a table is not evaluated";
	fact->text = config_text(search->postfix->config, "%s: %.300s", item->setting, shown(search, table->name));
	fact->says = config_text(search->postfix->config, "%.400s%s", table->why, broken ? "" : "; it may grant to anyone");
	fact->fix = broken ? "make the table, or take out its name" : "look by hand at what it lets pass: postmap -s, or the program behind it";
}

/* Whether a result may let a client pass. */
static bool result_permits(const char *value)
{
	static const char *const others[] = { "DUNNO", "REJECT", "DEFER", "DEFER_IF_PERMIT", "DEFER_IF_REJECT", "DISCARD", "HANGUP", "INFO",
		"WARN", "FILTER", "HOLD", "REDIRECT", "BCC", "PREPEND", "reject_unauth_destination", "defer_unauth_destination" };
	size_t len = strcspn(value, " \t");

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strlen(others[i]) == len && text_starts_nocase(value, others[i]))
			return false;
	return !(len == 3 && (value[0] == '4' || value[0] == '5') && value[3] != '\0');
}

static void grant_access(struct search *search, const struct postfix_item *item, const char *name, enum grant_to to)
{
	const struct postfix_table *table = *name != '{' ? postfix_table_open(search->postfix, name) : NULL;
	struct config *config = search->postfix->config;

	if (table == NULL) {
		add(search, GRANT_UNKNOWN, item->source, item->setting, shown(search, name), "not known: a table with a search order");
		return;
	}
	if (table->state != TABLE_READY) {
		tell_unusable(search, table, item);
		if (table->state == TABLE_UNKNOWN)
			add(search, GRANT_UNKNOWN, item->source, item->setting, shown(search, name), config_text(config, "not known: %.400s", table->why));
		return;
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct postfix_rule *rule = &table->rules[i];

		if (rule->kind != RULE_MATCH || (!result_permits(rule->value) && to != GRANT_ADDRESSES))
			continue;
		if (to == GRANT_ADDRESSES && !result_permits(rule->value)) {
			if (table->shape == TABLE_KEYS && looks_dead(rule->key, true))
				tell_dead_key(search, table, rule, item->source, true);
		} else if (to == GRANT_ADDRESSES) {
			grant_rule(search, table, rule, item, true);
		} else {
			add(search, table->shape == TABLE_STATIC ? GRANT_ANYONE : to, postfix_table_place(search->postfix, table, rule, item->source),
			    item->setting, config_text(config, "%.300s %.200s", shown(search, rule->key), shown(search, rule->value)), shown(search, rule->key));
		}
	}
}

static void grant_pattern(struct search *search, const struct postfix_pattern *pattern)
{
	struct config *config = search->postfix->config;
	const char *value = shown(search, pattern->text);
	struct postfix_item item = { pattern->text, pattern->source, pattern->setting };

	if (pattern->unknown)
		add(search, GRANT_UNKNOWN, pattern->source, pattern->setting, value, config_text(config, "not known: %.400s", pattern->why));
	else if (pattern->is_network)
		add_network(search, pattern->source, pattern->setting, value, &pattern->network, pattern->host_bits);
	else if (pattern->table != NULL && pattern->table->state == TABLE_READY)
		for (size_t i = 0; i < pattern->table->count; i++)
			grant_rule(search, pattern->table, &pattern->table->rules[i], &item, false);
	else if (!pattern->broken && pattern->broken_family == 0 && strpbrk(pattern->text, "/*") == NULL &&
		 pattern->text[strspn(pattern->text, "0123456789.")] != '\0')
		add(search, GRANT_NAME, pattern->source, pattern->setting, value, value);
}

static void grant_networks(struct search *search)
{
	const struct postfix_list *list = postfix_list(search->postfix, search->settings, "mynetworks");

	for (size_t i = 0; i < list->count; i++)
		if (!list->rows[i].negated)
			grant_pattern(search, &list->rows[i]);
}

static void grant_named(struct search *search, const struct restriction *restriction, const struct postfix_item *item, enum grant_to to)
{
	add(search, to, item->source, item->setting, pool_text(search->postfix->config->pool, item->text), restriction->about);
}

static bool has_words(struct search *search, const char *name)
{
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	bool any = postfix_items_read(search->postfix, search->settings, name, &items, &err) != 0 || items.count != 0;

	postfix_items_release(&items);
	return any;
}

static void by_networks(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)restriction;
	(void)item;
	(void)argument;
	if (!search->networks_told)
		grant_networks(search);
	search->networks_told = true;
	search->after_networks = true;
}

static void by_login(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)argument;
	if (postfix_is_yes(search->settings, "smtpd_sasl_auth_enable", false))
		grant_named(search, restriction, item, GRANT_LOGIN);
}

static void by_listed_certificate(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)argument;
	if (has_words(search, "relay_clientcerts"))
		grant_named(search, restriction, item, GRANT_CERTIFICATE);
}

static void by_certificate(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)argument;
	grant_named(search, restriction, item, GRANT_CERTIFICATE);
}

static void by_anyone(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)argument;
	grant_named(search, restriction, item, GRANT_ANYONE);
}

static void by_recipient(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)argument;
	grant_named(search, restriction, item, GRANT_RECIPIENT);
}

static void by_helo(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)argument;
	grant_named(search, restriction, item, GRANT_HELO);
}

static void by_question(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	struct config *config = search->postfix->config;
	const char *value = config_text(config, "%s %.300s", item->text, argument != NULL ? shown(search, argument) : "");
	struct grant *grant = add(search, GRANT_UNKNOWN, item->source, item->setting, value, config_text(config, "not known: %s", restriction->about));
	struct fact *fact;

	if (grant == NULL)
		return;
	fact = config_add_fact(config, FACT_NOT_EVALUATED, item->source);
	fact->title = config_text(config, "%s is not evaluated", restriction->name);
	fact->text = value;
	fact->says = config_text(config, "%s; it may let anyone relay who comes as far", restriction->about);
	fact->fix = "ask it by hand, or put reject_unauth_destination before it";
}

static void by_client_table(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	const struct postfix_table *table = *argument != '{' ? postfix_table_open(search->postfix, argument) : NULL;
	struct fact *fact;
	size_t refused = 0;

	(void)restriction;
	grant_access(search, item, argument, GRANT_ADDRESSES);
	for (size_t i = 0; table != NULL && i < table->count; i++)
		refused += text_starts_nocase(table->rules[i].value, "REJECT") || table->rules[i].value[0] == '5';
	if (!search->after_networks || refused == 0)
		return;
	fact = config_add_fact(search->postfix->config, FACT_SHADOWED, item->source);
	fact->title = config_text(search->postfix->config, "%.100s keeps out nobody whom mynetworks covers", table->file);
	fact->text = config_text(search->postfix->config, "%s: %s %.200s", item->setting, item->text, shown(search, argument));
	fact->says = config_text(search->postfix->config, "permit_mynetworks stands before it in %s: a client that mynetworks covers is let pass before any of the %zu "
				 "refusals in the table is looked at", item->setting, refused);
	fact->fix = "put the table before permit_mynetworks, and take out of mynetworks whoever is not yours";
}

static void by_sender_table(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)restriction;
	grant_access(search, item, argument, GRANT_SENDER);
}

static void by_helo_table(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)restriction;
	grant_access(search, item, argument, GRANT_HELO);
}

static void by_recipient_table(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument)
{
	(void)restriction;
	grant_access(search, item, argument, GRANT_RECIPIENT);
}

static const struct {
	const char *name;
	void (*take)(struct search *search, const struct restriction *restriction, const struct postfix_item *item, const char *argument);
} takers[] = {
	{ "permit_mynetworks", by_networks },
	{ "permit_sasl_authenticated", by_login },
	{ "permit_tls_clientcerts", by_listed_certificate },
	{ "permit_tls_all_clientcerts", by_certificate },
	{ "check_ccert_access", by_certificate },
	{ "check_sasl_access", by_login },
	{ "permit", by_anyone },
	{ "permit_mx_backup", by_recipient },
	{ "permit_naked_ip_address", by_helo },
	{ "check_policy_service", by_question },
	{ "permit_dnswl_client", by_question },
	{ "permit_rhswl_client", by_question },
	{ "check_client_access", by_client_table },
	{ "check_sender_access", by_sender_table },
	{ "check_helo_access", by_helo_table },
	{ "check_recipient_access", by_recipient_table },
};

static void tell_unreached(struct search *search, const struct postfix_items *items, size_t index, const char *after)
{
	struct fact *fact;

	if (index >= items->count)
		return;
	fact = config_add_fact(search->postfix->config, FACT_SHADOWED, items->rows[index].source);
	fact->title = config_text(search->postfix->config, "what stands behind %s is never reached", after);
	fact->text = config_text(search->postfix->config, "%s: %.200s", items->rows[index].setting, shown(search, items->rows[index].text));
	fact->says = config_text(search->postfix->config, "%s decides for everybody; %zu word%s behind it %s never read", after, items->count - index,
				 items->count - index == 1 ? "" : "s", items->count - index == 1 ? "is" : "are");
	fact->fix = "take it out, or put it before";
}

/* Whether outside recipients are refused behind this. */
static bool search_items(struct search *search, const struct postfix_items *items, const char *default_table, bool granting, unsigned depth)
{
	for (size_t i = 0; i < items->count;) {
		const struct postfix_item *item = &items->rows[i++];
		const struct restriction *restriction = restriction_find(strchr(item->text, ':') != NULL ? default_table : item->text);
		const char *argument = strchr(item->text, ':') != NULL ? item->text : NULL;
		struct postfix_items inner = { .count = 0 };

		if (++search->words > SEARCHED_MOST)
			return true;
		if (text_equal_nocase(item->text, "warn_if_reject")) {
			i++;
			continue;
		}
		if (restriction == NULL) {
			bool blocks = depth < CLASSES_DEEP_MOST && postfix_class_items(search->postfix, search->settings, item->text, &inner) == 0 &&
				      search_items(search, &inner, default_table, granting, depth + 1);

			postfix_items_release(&inner);
			if (blocks)
				return true;
			continue;
		}
		if (restriction->takes != TAKES_NOTHING && argument == NULL)
			argument = i < items->count ? items->rows[i++].text : NULL;
		for (size_t t = 0; granting && t < sizeof takers / sizeof *takers; t++)
			if (strcmp(takers[t].name, restriction->name) == 0 && (restriction->takes == TAKES_NOTHING || argument != NULL))
				takers[t].take(search, restriction, item, argument);
		if ((restriction->flags & RESTRICTION_ENDS) != 0 && granting)
			tell_unreached(search, items, i, restriction->name);
		if ((restriction->flags & RESTRICTION_BLOCKS) != 0)
			return true;
		if ((restriction->flags & RESTRICTION_ENDS) != 0)
			return false;
	}
	return false;
}

static const char *table_for(const char *list)
{
	return strstr(list, "client") != NULL ? "check_client_access" : strstr(list, "helo") != NULL ? "check_helo_access" :
	       strstr(list, "sender") != NULL ? "check_sender_access" : "check_recipient_access";
}

/* In a list that guards all of its grants are meant; in another, what it says about tables alone. */
static void search_list(struct search *search, const char *list)
{
	struct postfix_items items = { .count = 0 };
	struct err err = ERR_INIT;
	struct config *config = search->postfix->config;
	size_t before = config->grant_count;

	search->after_networks = false;
	if (postfix_items_read(search->postfix, search->settings, list, &items, &err) == 0 &&
	    !search_items(search, &items, table_for(list), true, 0)) {
		while (config->grant_count > before)
			prefixset_release(&config->grants[--config->grant_count].addresses);
	}
	postfix_items_release(&items);
}

/* A client that the grant covers, if there is one to be named. */
static bool sample_of(const struct grant *grant, struct config_client *client)
{
	if (grant->to == GRANT_ADDRESSES && !prefixset_is_empty(&grant->addresses)) {
		client->address = prefixset_range(&grant->addresses, 0).first;
		return true;
	}
	client->address = (struct address){ AF_INET, { 203, 0, 113, 99 }, 0, 0 };
	client->name = grant->to == GRANT_NAME ? grant->covers : NULL;
	return grant->to == GRANT_NAME || grant->to == GRANT_ANYONE;
}

static size_t how_many_to_try(struct search *search)
{
	const char *lists[5];
	size_t words = 0;

	for (size_t i = 0, count = postfix_list_order(search->settings, lists); i < count; i++) {
		struct postfix_items items = { .count = 0 };
		struct err err = ERR_INIT;

		if (postfix_items_read(search->postfix, search->settings, lists[i], &items, &err) == 0)
			words += items.count;
		postfix_items_release(&items);
	}
	return words > LONG_LISTS ? TRIED_OF_LONG_MOST : TRIED_MOST;
}

static void try_grants(struct search *search)
{
	struct config *config = search->postfix->config;
	size_t most = how_many_to_try(search);

	for (size_t i = search->first; i < config->grant_count && i - search->first < most; i++) {
		struct grant *grant = &config->grants[i];
		struct config_client client = { .name = NULL };
		struct config_reply reply;

		if (!sample_of(grant, &client))
			continue;
		postfix_ask_service(search->postfix, search->service, &client, &reply);
		if (reply.answer == ANSWER_PERMIT || reply.answer == ANSWER_UNKNOWN || (grant->to == GRANT_NAME && reply.answer != ANSWER_BROKEN))
			continue;
		grant->in_force = false;
		grant->idle_because = config_text(config, "such a client is answered %s: %.400s", config_answer_name(reply.answer), reply.why);
	}
}

/* What a stranger runs into on the way, a word that Postfix does not know perhaps; NULL: nothing. */
static const char *stumbles(struct search *search, const char **place)
{
	const struct config_client stranger = { .address = { AF_INET, { 203, 0, 113, 99 }, 0, 0 } };
	struct config_reply reply;

	postfix_ask_service(search->postfix, search->service, &stranger, &reply);
	*place = reply.by;
	return reply.answer == ANSWER_BROKEN ? reply.why : NULL;
}

static void tell_refusal(struct search *search)
{
	const char *place = NULL, *why = search->service->fault != NULL ? search->service->fault : postfix_refuses(search->postfix, search->settings, &place);
	struct fact *fact;

	/* Who repairs it opens what stands behind it: that nobody may relay today is no all-clear. */
	if (why == NULL && (why = stumbles(search, &place)) != NULL) {
		fact = config_add_fact(search->postfix->config, FACT_REFUSES_SERVICE, place != NULL ? place : search->service->fault_place);
		fact->title = "Postfix serves no stranger with this configuration";
		fact->says = why;
		fact->fix = "correct what stands there, and look again at who may relay then";
		return;
	}
	if (why == NULL)
		return;
	fact = config_add_fact(search->postfix->config, FACT_REFUSES_SERVICE, place != NULL ? place : search->service->fault_place);
	fact->title = "Postfix serves nobody with this configuration";
	fact->says = why;
	fact->fix = "end smtpd_relay_restrictions with reject_unauth_destination, behind what may relay; and nothing wider";
}

static void tell_trust(struct search *search)
{
	const struct postfix_list *list = postfix_list(search->postfix, search->settings, "smtpd_authorized_xclient_hosts");
	struct config *config = search->postfix->config;
	const struct postfix_setting *proxy = postfix_setting_find(search->settings, "smtpd_upstream_proxy_protocol");
	struct fact *fact;

	for (size_t i = 0; i < list->count; i++) {
		if (list->rows[i].negated)
			continue;
		fact = config_add_fact(config, FACT_XCLIENT, list->rows[i].source);
		fact->service = search->service->name;
		fact->text = config_text(config, "%s: %.300s", list->setting, shown(search, list->rows[i].text));
		if (list->rows[i].is_network && !list->rows[i].host_bits)
			prefixset_add(&fact->addresses, &list->rows[i].network);
		prefixset_settle(&fact->addresses);
		fact->title = "clients may say by XCLIENT that they are somebody else";
		fact->says = "whoever it covers can take any address, and with it all that is granted to that address";
		fact->fix = "name only the hosts of your own proxies or filters, each as one address";
	}
	if (proxy == NULL || *proxy->value == '\0')
		return;
	fact = config_add_fact(config, FACT_PROXY, config_place(config, proxy->file, proxy->line));
	fact->text = config_text(config, "smtpd_upstream_proxy_protocol = %.100s (service %s)", shown(search, proxy->value), search->service->name);
	fact->service = search->service->name;
	fact->title = "the client's address is what a PROXY header says";
	fact->says = "Postfix believes the header of whoever reaches the port, and has no list of proxies that it trusts";
	fact->fix = "let nobody but the proxy reach that port: bind the service to an address that only the proxy reaches, or filter it";
}

void postfix_grants_of(struct postfix *postfix, struct postfix_service *service)
{
	struct search search = { .postfix = postfix, .service = service, .first = postfix->config->grant_count };
	const char *lists[5];

	search.settings = service->over.count != 0 ? &service->over : &postfix->main;
	search.label = service->over.count != 0 ? service->name : NULL;
	tell_refusal(&search);
	for (size_t i = 0, count = postfix_list_order(search.settings, lists); i < count; i++)
		search_list(&search, lists[i]);
	postfix_list_tell(postfix, postfix_list(postfix, search.settings, "mynetworks"));
	tell_trust(&search);
	try_grants(&search);
}
