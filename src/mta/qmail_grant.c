/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_grant.c - who may relay through qmail, and what its rules do not do
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/qmail.h"

/* A rule for addresses, and its network. */
struct network {
	struct prefix prefix;
	const struct qmail_rule *rule;
};

/* The rules of one file. */
struct granting {
	struct qmail *qmail;
	const struct qmail_rules *rules;
	const struct qmail_service *service;
	struct network *networks;       /* by first address, the widest first */
	size_t count;
	bool names;                     /* a rule by name is in force */
};

static const char *place_of(const struct granting *granting, const struct qmail_rule *rule)
{
	return rule->line != 0 ? config_place(granting->qmail->config, granting->rules->file, rule->line) : granting->rules->cdb;
}

/* The rule as tcprules would take it. */
static const char *text_of(struct config *config, const struct qmail_rule *rule)
{
	struct buf text = BUF_INIT(TEXT_SHOWN);
	const char *shown;

	buf_add(&text, rule->key, rule->key_len);
	buf_text(&text, rule->denies ? ":deny" : rule->relays ? ":allow,RELAYCLIENT" : ":allow");
	shown = config_shown(config, text.data, text.len);
	buf_release(&text);
	return shown;
}

static int by_place(const void *a, const void *b)
{
	const struct network *x = a, *y = b;
	int order = x->prefix.first.family - y->prefix.first.family;

	if (order == 0)
		order = memcmp(x->prefix.first.bytes, y->prefix.first.bytes, sizeof x->prefix.first.bytes);
	return order != 0 ? order : (int)x->prefix.length - (int)y->prefix.length;
}

static void collect(struct granting *granting)
{
	const struct qmail_rules *rules = granting->rules;

	granting->networks = mem_resize(NULL, rules->count + 1, sizeof *granting->networks);
	for (size_t i = 0; i < rules->count; i++) {
		const struct qmail_rule *rule = &rules->rows[i];
		struct network *network = &granting->networks[granting->count];
		const char *why;

		if (rule->idle_because == NULL && qmail_rules_find(rules, rule->key, rule->key_len) == rule &&
		    qmail_key_of(rule, granting->qmail->six, &network->prefix, &why) == KEY_NETWORK) {
			network->rule = rule;
			granting->count++;
		}
	}
	qsort(granting->networks, granting->count, sizeof *granting->networks, by_place);
}

/* Adds what more specific rules take out of a network again. */
static void add_exceptions(const struct granting *granting, const struct prefix *within, struct prefixset *exceptions)
{
	size_t low = 0, high = granting->count;
	struct network from = { .prefix = *within };

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_place(&granting->networks[middle], &from) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < granting->count && prefix_has(within, &granting->networks[low].prefix.first); low++)
		if (!granting->networks[low].rule->relays || granting->networks[low].rule->denies)
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

static struct grant *add_grant(const struct granting *granting, enum grant_to to, const struct qmail_rule *rule, const char *idle)
{
	struct config *config = granting->qmail->config;
	struct grant *grant = config_add_grant(config, to, place_of(granting, rule), "RELAYCLIENT");

	grant->value = text_of(config, rule);
	grant->idle_because = rule->idle_because != NULL ? rule->idle_because : idle;
	grant->in_force = grant->idle_because == NULL;
	return grant;
}

/* A line with a range is many rules, side by side. */
static void of_networks(const struct granting *granting, size_t index, const struct prefix *first)
{
	const struct qmail_rules *rules = granting->rules;
	const struct qmail_rule *rule = &rules->rows[index];
	struct grant *grant = add_grant(granting, GRANT_ADDRESSES, rule, NULL);
	struct prefix *networks = mem_resize(NULL, 256, sizeof *networks);
	size_t count = 1;
	const char *why;

	networks[0] = *first;
	config_set_network(granting->qmail->config, grant, first, false);
	for (size_t i = index + 1; i < rules->count && count < 256 && rule->line != 0 && rules->rows[i].line == rule->line && !rules->rows[i].written; i++)
		if (qmail_key_of(&rules->rows[i], granting->qmail->six, &networks[count], &why) == KEY_NETWORK)
			count++;
	set_networks(granting, grant, networks, count);
	if (count > 1) {
		grant->covers = config_text(granting->qmail->config, "%s and the %zu behind it", grant->covers, count - 1);
		grant->network = (struct prefix){ .length = 0 };
	}
	free(networks);
}

/* The rule without a key: everybody whom no other rule names. */
static void of_anybody(const struct granting *granting, const struct qmail_rule *rule)
{
	struct prefix all[2];
	struct grant *grant = add_grant(granting, GRANT_ADDRESSES, rule, NULL);

	prefix_of(&(struct address){ .family = AF_INET }, 0, &all[0]);
	prefix_of(&(struct address){ .family = AF_INET6 }, 0, &all[1]);
	config_set_network(granting->qmail->config, grant, &all[0], false);
	set_networks(granting, grant, all, granting->qmail->six ? 2 : 1);
}

static void of_name(struct granting *granting, const struct qmail_rule *rule, enum qmail_key kind)
{
	const char *idle = granting->service != NULL && !granting->service->looks_up_name ? "tcpserver -H looks no names up" : NULL;
	struct grant *grant = add_grant(granting, kind == KEY_NAMED ? GRANT_ANYONE : GRANT_NAME, rule, idle);
	const char *name = rule->key + 1;

	/* All hosts of a top-level domain are told by its name alone. */
	if (kind == KEY_BELOW && strchr(name + 1, '.') == NULL)
		name++;
	grant->covers = kind == KEY_NAMED ? "whoever has a host name" : config_shown(granting->qmail->config, name, strlen(name));
	granting->names = granting->names || grant->in_force;
}

/* What an ident server says is the client's own word. */
static void of_ident(const struct granting *granting, const struct qmail_rule *rule)
{
	const char *idle = granting->service != NULL && !granting->service->asks_ident ? "tcpserver -R asks no ident server" : NULL;
	struct grant *grant = add_grant(granting, GRANT_UNKNOWN, rule, idle);

	grant->covers = config_shown(granting->qmail->config, rule->key, rule->key_len);
}

/* What was probably meant, for whoever mends the rule opens it. */
static void of_mended(const struct granting *granting, const struct qmail_rule *rule, const char *why)
{
	struct config *config = granting->qmail->config;
	char text[ADDRESS_TEXT];
	struct prefix network;
	struct err err = ERR_INIT;
	bool host_bits = false;
	struct qmail_rule mended = { .key = text, .key_len = rule->key_len + 1 };
	const char *other;

	if (!rule->relays || rule->denies || rule->key_len == 0 || rule->key_len + 2 >= sizeof text)
		return;
	memcpy(text, rule->key, rule->key_len);
	memcpy(text + rule->key_len, ".", 2);
	if (qmail_key_of(&mended, false, &network, &other) != KEY_NETWORK) {
		text[rule->key_len] = '\0';
		if (strlen(text) != rule->key_len || prefix_parse(text, &network, &host_bits, &err) != 0)
			return;
	}
	config_set_network(config, add_grant(granting, GRANT_ADDRESSES, rule, config_text(config, "%s", why)), &network, host_bits);
}

static void of_dead(const struct granting *granting, const struct qmail_rule *rule, const char *why)
{
	struct fact *fact = config_add_fact(granting->qmail->config, FACT_DEAD, place_of(granting, rule));

	fact->title = "a rule of tcpserver never matches";
	fact->text = text_of(granting->qmail->config, rule);
	fact->says = why;
	fact->fix = "write an address, numbers with a dot behind each, =NAME or =.DOMAIN, as tcprules(1) has them";
	of_mended(granting, rule, why);
}

static void of_rule(struct granting *granting, size_t index)
{
	const struct qmail_rule *rule = &granting->rules->rows[index];
	bool first = rule->idle_because != NULL || qmail_rules_find(granting->rules, rule->key, rule->key_len) == rule;
	struct prefix network;
	const char *why;
	enum qmail_key kind = qmail_key_of(rule, granting->qmail->six, &network, &why);

	if (!rule->written || !first || granting->qmail->config->grant_count >= CONFIG_GRANTS_MOST)
		return;
	if (kind == KEY_DEAD)
		of_dead(granting, rule, why);
	else if (!rule->relays || rule->denies)
		return;
	else if (kind == KEY_NETWORK)
		of_networks(granting, index, &network);
	else if (kind == KEY_ANY)
		of_anybody(granting, rule);
	else if (kind == KEY_IDENT)
		of_ident(granting, rule);
	else
		of_name(granting, rule, kind);
}

static void tell(struct config *config, enum fact_kind kind, const char *source, const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(config, kind, source);

	fact->title = title;
	fact->says = says;
	fact->fix = fix;
}

static void tell_state(struct qmail *qmail, const struct qmail_rules *rules, const struct qmail_service *service)
{
	struct config *config = qmail->config;

	if (rules->state == RULES_UNKNOWN)
		tell(config, FACT_NOT_EVALUATED, rules->cdb, "the rules of tcpserver are not known", rules->why, "look at them with tcprulescheck");
	else if (rules->state == RULES_BROKEN)
		tell(config, FACT_REFUSES_SERVICE, rules->cdb, "tcpserver serves nobody", rules->why, "run tcprules");
	else if (rules->state == RULES_MISSING && service != NULL && service->may_lack_rules)
		tell(config, FACT_DEAD, rules->cdb, "the rules are not compiled", "tcpserver -X goes on without them, for everybody alike", "run tcprules");
	else if (rules->state == RULES_MISSING)
		tell(config, FACT_REFUSES_SERVICE, rules->cdb, "tcpserver serves nobody", "its rules are not there, and it drops each connection",
		     "run tcprules, and look at what it would grant");
	if (rules->stale != 0 && rules->bad_line == 0)
		tell(config, FACT_DEAD, rules->file, "the text of the rules is not what is in force",
		     config_text(config, "%zu rules differ from those in %.200s: tcpserver reads that, and no text", rules->stale, rules->cdb), "run tcprules");
}

/* The service that uses them first says whether names are looked up. */
static void of_rules(struct qmail *qmail, const struct qmail_rules *rules)
{
	struct granting granting = { .qmail = qmail, .rules = rules };

	for (size_t i = qmail->service_count; i > 0; i--)
		if (qmail->services[i - 1].rules == rules)
			granting.service = &qmail->services[i - 1];
	tell_state(qmail, rules, granting.service);
	collect(&granting);
	for (size_t i = 0; i < rules->count; i++)
		of_rule(&granting, i);
	if (granting.names && granting.service != NULL && !granting.service->checks_name)
		tell(qmail->config, FACT_FORGED_NAME, granting.service->place, "clients are trusted by names that anybody can give himself",
		     "without -p tcpserver takes the name that the owner of an address has written into the DNS, and does not look whether it leads back",
		     "name addresses instead, or let tcpserver check names: -p");
	free(granting.networks);
}

static void of_environment(struct qmail *qmail, enum qmail_relay relay, const char *place, const struct qmail_service *service)
{
	struct grant *grant;

	if (relay != RELAY_SET && relay != RELAY_UNKNOWN)
		return;
	grant = config_add_grant(qmail->config, relay == RELAY_SET ? GRANT_ANYONE : GRANT_UNKNOWN, place != NULL ? place : service->place, "RELAYCLIENT");
	grant->value = "RELAYCLIENT in the environment";
	grant->covers = "everybody";
	grant->service = service->name;
	if (relay == RELAY_UNKNOWN)
		tell(qmail->config, FACT_NOT_EVALUATED, grant->source, "whether RELAYCLIENT is set for everybody is not known",
		     "it depends on what only the shell could tell", "write it into the rules of tcpserver alone");
}

static void of_service(struct qmail *qmail, const struct qmail_service *service)
{
	if (service->cdb_unknown)
		tell(qmail->config, FACT_NOT_EVALUATED, service->place, "which rules tcpserver uses is not known", "what stands there only the shell could tell",
		     "name the rules as a file to read, with the script");
	if (service->after == RELAY_KEPT)
		of_environment(qmail, service->before, service->before_place, service);
	else
		of_environment(qmail, service->after, service->after_place, service);
}

/* Whoever writes user%host@domain may reach any host through these. */
static void of_percent(struct qmail *qmail)
{
	enum { SHOWN = 100 };

	for (size_t i = 0; i < qmail->percent.count && i < SHOWN; i++) {
		const struct qmail_host *host = &qmail->percent.rows[i];
		struct grant *grant = config_add_grant(qmail->config, GRANT_ANYONE, config_place(qmail->config, qmail->percent.file, host->line), "percenthack");
		const char *place;

		grant->value = config_shown(qmail->config, host->name, host->len);
		grant->covers = config_text(qmail->config, "whoever writes user%%host@%.300s", grant->value);
		grant->in_force = qmail->only_rules || qmail_takes(qmail, pool_bytes(qmail->config->pool, host->name, host->len), &place);
		grant->idle_because = grant->in_force ? NULL : "rcpthosts does not have the domain";
	}
}

static void of_hosts(struct qmail *qmail, const struct qmail_hosts *hosts)
{
	for (size_t i = 0; i < hosts->count && qmail->config->grant_count < CONFIG_GRANTS_MOST; i++) {
		const struct qmail_host *host = &hosts->rows[i];
		struct grant *grant;

		if (*host->name != '.')
			continue;
		grant = config_add_grant(qmail->config, GRANT_RECIPIENT, host->line != 0 ? config_place(qmail->config, hosts->file, host->line) : hosts->file, "rcpthosts");
		grant->value = config_shown(qmail->config, host->name, host->len);
		/* Nobody has a whole top-level domain. */
		grant->covers = memchr(host->name + 1, '.', host->len - 1) != NULL ? grant->value : grant->value + 1;
	}
}

void qmail_grants(struct qmail *qmail)
{
	for (size_t i = 0; i < qmail->service_count; i++)
		of_service(qmail, &qmail->services[i]);
	for (size_t i = 0; i < qmail->rules_count; i++)
		of_rules(qmail, qmail->rules[i]);
	if (!qmail->hosts.there && !qmail->only_rules) {
		struct grant *grant = config_add_grant(qmail->config, GRANT_ANYONE, qmail->hosts.file, "rcpthosts");

		grant->value = "there is no such file";
		grant->covers = "every recipient, from everybody";
	}
	of_percent(qmail);
	of_hosts(qmail, &qmail->hosts);
	if (qmail->hosts.there)
		of_hosts(qmail, &qmail->more);
}
