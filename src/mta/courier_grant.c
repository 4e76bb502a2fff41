/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_grant.c - who may relay through Courier: its access rules
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/courier.h"
#include "mta/courier_fact.h"

/* A rule for addresses that is in force, and its network. */
struct network {
	struct prefix prefix;
	bool relays;
};

/* The rules of one file. */
struct granting {
	struct courier *courier;
	const struct courier_rules *rules;
	const struct courier_service *service;  /* that uses them first */
	struct network *networks;       /* by first address, the widest first */
	size_t count;
	const char *judged;             /* the last value that was judged, and what became of it */
	const char *judged_why;
};

static int by_place(const void *a, const void *b)
{
	const struct network *x = a, *y = b;
	int order = x->prefix.first.family - y->prefix.first.family;

	if (order == 0)
		order = memcmp(x->prefix.first.bytes, y->prefix.first.bytes, sizeof x->prefix.first.bytes);
	return order != 0 ? order : (int)x->prefix.length - (int)y->prefix.length;
}

static bool sets_relay(const struct courier_rule *rule)
{
	char *value;
	bool set = courier_sets(rule->value, "RELAYCLIENT", &value);

	free(value);
	return set;
}

/* NULL: whoever the rule is for may relay. */
static const char *why_idle(struct granting *granting, const struct courier_rule *rule)
{
	const char *by, *why;
	enum config_answer answer;

	if (rule->idle_because != NULL)
		return rule->idle_because;
	/* The keys of one line have one value, and the pool one copy of it. */
	if (granting->judged == rule->value)
		return granting->judged_why;
	answer = courier_judge(granting->courier, granting->service, rule, &by, &why);
	granting->judged = rule->value;
	granting->judged_why = answer == ANSWER_PERMIT || answer == ANSWER_UNKNOWN ? NULL : why;
	return granting->judged_why;
}

static void collect(struct granting *granting)
{
	const struct courier_rules *rules = granting->rules;

	granting->networks = mem_resize(NULL, rules->count + 1, sizeof *granting->networks);
	for (size_t i = 0; i < rules->count; i++) {
		const struct courier_rule *rule = &rules->rows[i];
		struct network *network = &granting->networks[granting->count];
		const char *why;

		if (rule->idle_because == NULL && courier_rules_find(rules, rule->key, rule->key_len) == rule &&
		    courier_key_of(rule->key, rule->key_len, &network->prefix, &why) == ACCESS_NETWORK) {
			network->relays = why_idle(granting, rule) == NULL && sets_relay(rule);
			granting->count++;
		}
	}
	qsort(granting->networks, granting->count, sizeof *granting->networks, by_place);
}

/* Adds what longer keys take out of a network again. */
static void add_exceptions(const struct granting *granting, const struct prefix *within, struct prefixset *exceptions)
{
	size_t low = 0, high = granting->count;
	struct network from = { .prefix = *within };

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_place(&granting->networks[middle], &from) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < granting->count && prefix_has(within, &granting->networks[low].prefix.first); low++)
		if (!granting->networks[low].relays && granting->networks[low].prefix.length >= within->length)
			prefixset_add(exceptions, &granting->networks[low].prefix);
}

static void set_networks(const struct granting *granting, struct grant *grant, const struct prefix *networks, size_t count)
{
	struct prefixset all = PREFIXSET_INIT, exceptions = PREFIXSET_INIT;

	for (size_t i = 0; i < count; i++) {
		prefixset_add(&all, &networks[i]);
		if (grant->in_force)
			add_exceptions(granting, &networks[i], &exceptions);
	}
	prefixset_settle(&all);
	prefixset_settle(&exceptions);
	prefixset_release(&grant->addresses);
	grant->addresses = (struct prefixset)PREFIXSET_INIT;
	prefixset_subtract(&grant->addresses, &all, &exceptions);
	prefixset_release(&all);
	prefixset_release(&exceptions);
}

static const char *text_of(struct config *config, const struct courier_rule *rule)
{
	struct buf text = BUF_INIT(TEXT_SHOWN);
	const char *shown;

	if (rule->written != NULL)
		buf_text(&text, rule->written);
	else
		buf_add(&text, rule->key, rule->key_len);
	buf_char(&text, ' ');
	buf_text(&text, rule->value);
	shown = config_shown(config, text.data, text.len);
	buf_release(&text);
	return shown;
}

static struct grant *add_grant(const struct granting *granting, const struct courier_rule *rule, const char *idle)
{
	struct courier *courier = granting->courier;
	struct grant *grant = config_add_grant(courier->config, GRANT_ADDRESSES, courier_place(courier, granting->rules, rule), "RELAYCLIENT");

	grant->value = text_of(courier->config, rule);
	grant->idle_because = idle;
	grant->in_force = idle == NULL;
	return grant;
}

/* A range of the text is several networks. */
static void of_range(const struct granting *granting, struct grant *grant, const struct buf *keys, const char *written)
{
	struct prefix *networks = NULL;
	size_t count = 0, capacity = 0;
	const char *why;

	for (const char *at = keys->data; at < keys->data + keys->len; at += strlen(at) + 1) {
		MEM_ROOM(networks, count, capacity);
		count += courier_key_of(at, strlen(at), &networks[count], &why) == ACCESS_NETWORK;
	}
	set_networks(granting, grant, networks, count);
	grant->covers = config_text(granting->courier->config, "%.200s", written);
	free(networks);
}

static void of_network(struct granting *granting, const struct courier_rule *rule, const struct prefix *key)
{
	struct grant *grant = add_grant(granting, rule, why_idle(granting, rule));
	struct prefix network = *key;
	struct buf keys = BUF_OWN;
	bool host_bits = false;

	if (rule->written != NULL && strpbrk(rule->written, "/-") != NULL && courier_keys_of(rule->written, &keys, &network, &host_bits) == 0 && network.first.family == 0) {
		of_range(granting, grant, &keys, rule->written);
	} else {
		config_set_network(granting->courier->config, grant, &network, host_bits);
		set_networks(granting, grant, &network, 1);
	}
	buf_release(&keys);
}

/* "*": everybody whom no other key is for. */
static void of_anybody(struct granting *granting, const struct courier_rule *rule)
{
	struct prefix all[2];
	struct grant *grant = add_grant(granting, rule, why_idle(granting, rule));

	prefix_of(&(struct address){ .family = AF_INET }, 0, &all[0]);
	prefix_of(&(struct address){ .family = AF_INET6 }, 0, &all[1]);
	config_set_network(granting->courier->config, grant, &all[0], false);
	set_networks(granting, grant, all, 2);
}

/* What was probably meant, for whoever mends the rule opens it. */
static void of_mended(const struct granting *granting, const struct courier_rule *rule, const char *why)
{
	struct prefix network;
	bool host_bits = false;
	struct err err = ERR_INIT;
	size_t len = strcspn(rule->key, " ");
	char text[ADDRESS_TEXT];
	const char *other;

	if (!sets_relay(rule) && text_find_nocase(rule->key, "relayclient") == NULL)
		return;
	while (len != 0 && rule->key[len - 1] == '.')
		len--;
	if (len == 0 || len >= sizeof text)
		return;
	memcpy(text, rule->key, len);
	text[len] = '\0';
	if (courier_key_of(text, len, &network, &other) == ACCESS_NETWORK || prefix_parse(text, &network, &host_bits, &err) == 0)
		config_set_network(granting->courier->config, add_grant(granting, rule, why), &network, host_bits);
}

static void of_rule(struct granting *granting, const struct courier_rule *rule)
{
	struct config *config = granting->courier->config;
	const char *place = courier_place(granting->courier, granting->rules, rule), *why;
	struct prefix network;
	enum courier_key kind = courier_key_of(rule->key, rule->key_len, &network, &why);

	if (!rule->first || config->grant_count >= CONFIG_GRANTS_MOST)
		return;
	if (kind == ACCESS_DEAD) {
		courier_fact_dead(config, place, text_of(config, rule), why);
		of_mended(granting, rule, why);
		return;
	}
	courier_fact_value(config, place, text_of(config, rule), rule->value);
	if (!sets_relay(rule))
		return;
	if (kind == ACCESS_ANY)
		of_anybody(granting, rule);
	else
		of_network(granting, rule, &network);
}

/* As they stand in the text; compiled ones are in no order. */
static int by_line(const void *a, const void *b)
{
	const struct courier_rule *x = *(const struct courier_rule *const *)a, *y = *(const struct courier_rule *const *)b;
	int order = strcmp(x->file != NULL ? x->file : "", y->file != NULL ? y->file : "");

	if (order == 0 && x->line != y->line)
		order = x->line < y->line ? -1 : 1;
	return order != 0 ? order : strcmp(x->key, y->key);
}

static void of_rules(struct courier *courier, const struct courier_rules *rules)
{
	struct granting granting = { .courier = courier, .rules = rules };
	const struct courier_rule **sorted;

	for (size_t i = courier->service_count; i > 0; i--)
		if (courier->services[i - 1].rules == rules)
			granting.service = &courier->services[i - 1];
	courier_fact_rules(courier->config, rules);
	if (granting.service == NULL)
		return;
	collect(&granting);
	sorted = mem_resize(NULL, rules->count + 1, sizeof *sorted);
	for (size_t i = 0; i < rules->count; i++)
		sorted[i] = &rules->rows[i];
	qsort(sorted, rules->count, sizeof *sorted, by_line);
	for (size_t i = 0; i < rules->count; i++)
		of_rule(&granting, sorted[i]);
	free(sorted);
	free(granting.networks);
}

void courier_grants(struct courier *courier)
{
	for (size_t i = 0; i < courier->service_count; i++)
		courier_fact_service(courier, &courier->services[i]);
	for (size_t i = 0; i < courier->rules_count; i++)
		of_rules(courier, courier->rules[i]);
	courier_fact_domains(courier);
}
