/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_fact.c - what else the owner of a smtpd.conf should know
 */
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "mta/opensmtpd_rules.h"

struct told {
	const char *title, *says, *fix;
};

static struct fact *add(struct opensmtpd *opensmtpd, enum fact_kind kind, struct opensmtpd_spot spot, const struct told *told)
{
	struct fact *fact = config_add_fact(opensmtpd->config, kind, opensmtpd_place(opensmtpd, spot));

	fact->title = told->title;
	fact->says = told->says;
	fact->fix = told->fix;
	return fact;
}

const char *opensmtpd_place(const struct opensmtpd *opensmtpd, struct opensmtpd_spot spot)
{
	const char *slash = spot.file != NULL ? strrchr(spot.file, '/') : NULL;

	return config_place(opensmtpd->config, slash != NULL ? slash + 1 : spot.file != NULL ? spot.file : "smtpd.conf", spot.line);
}

void opensmtpd_tell_shadowed(struct opensmtpd *opensmtpd, const struct opensmtpd_rule *rule)
{
	static const struct told told = {
		"a rule has nothing left to decide about",
		"for mail to other domains the first rule that fits counts, and rules before this one decide about all of its clients",
		"take it out, or move it up",
	};

	if (rule->tests[TEST_FOR].sense > 0 && !rule->tests[TEST_FOR].regex && rule->tests[TEST_FOR].table->name != NULL &&
	    strcmp(rule->tests[TEST_FOR].table->name, "<localnames>") == 0)
		return;
	add(opensmtpd, FACT_SHADOWED, rule->spot, &told);
}

/* The words of a table that clients' addresses are compared with. */
static void of_sources(struct opensmtpd *opensmtpd, const struct opensmtpd_table *table)
{
	static const struct told bits = {
		"a network is written with bits behind its mask", "", "write the one address without a mask, if it was meant; the network's own address otherwise",
	};
	static const struct told dead = {
		"a word is no network, and fits no client",
		"smtpd takes it in without a word, and it is equal to no client's address",
		"write an address, or a network as ADDRESS/LENGTH",
	};
	static const struct told brief = {
		"a network is written without a length", "", "write all four numbers, and the length behind a '/'",
	};

	for (size_t i = 0; i < table->count; i++) {
		const struct opensmtpd_entry *entry = &table->rows[i];
		struct opensmtpd_spot spot = { entry->file, entry->line };
		struct fact *fact = NULL;
		char text[PREFIX_TEXT];

		if (entry->file == NULL)
			continue;
		if (!entry->is_network) {
			fact = strcmp(entry->key, "local") != 0 ? add(opensmtpd, FACT_DEAD, spot, &dead) : NULL;
		} else {
			prefix_print(&entry->network, text);
			if (entry->host_bits) {
				fact = add(opensmtpd, FACT_HOST_BITS, spot, &bits);
				fact->says = config_text(opensmtpd->config, "smtpd leaves them out without a word, and takes all of %s", text);
			} else if (strchr(entry->key, '/') == NULL && entry->network.length != prefix_bits(entry->network.first.family)) {
				fact = add(opensmtpd, FACT_SYNTAX, spot, &brief);
				fact->says = config_text(opensmtpd->config, "smtpd takes it for all of %s, as in the days of classes A, B and C", text);
			}
		}
		if (fact != NULL)
			fact->text = config_shown(opensmtpd->config, entry->written, strlen(entry->written));
	}
}

/* Names of clients are compared as if they were addresses, in 6.8: equal or not. */
static void of_names(struct opensmtpd *opensmtpd, const struct opensmtpd_table *table)
{
	static const struct told told = {
		"a pattern of names fits no client",
		"what stands behind \"from rdns\" is compared as a whole, and a \"*\" in it fits nothing but itself",
		"write whole names, or \"from rdns regex\"; better still, addresses",
	};

	for (size_t i = 0; i < table->count; i++) {
		const struct opensmtpd_entry *entry = &table->rows[i];

		if (entry->file != NULL && strchr(entry->key, '*') != NULL)
			add(opensmtpd, FACT_DEAD, (struct opensmtpd_spot){ entry->file, entry->line }, &told)->text =
				config_shown(opensmtpd->config, entry->written, strlen(entry->written));
	}
}

/* A table that only its backend knows. */
static void of_elsewhere(struct opensmtpd *opensmtpd, const struct opensmtpd_rule *rule, const struct opensmtpd_table *table)
{
	static const struct told told = { "a table is not evaluated", "", "look there for what it holds, or ask the server itself: relayaudit scan" };
	struct fact *fact;

	if (table->shape != SHAPE_ELSEWHERE || table->unreadable)
		return;
	fact = add(opensmtpd, FACT_NOT_EVALUATED, rule->spot, &told);
	fact->says = config_text(opensmtpd->config, "the words of <%.100s> are in a table of the kind %.100s, and whether this rule fits depends on them",
				 table->name != NULL ? table->name : "", table->backend);
}

static void of_rule(struct opensmtpd *opensmtpd, const struct opensmtpd_rule *rule)
{
	static const struct told tls = {
		"a rule that asks for \"tls\" is an error in itself",
		"smtpd cannot answer that in a rule, and says 451 to whatever gets there",
		"take \"tls\" out of the rule, and write \"tls-require\" behind the listener",
	};

	for (int test = 0; test < OPENSMTPD_TESTS; test++)
		if (rule->tests[test].table != NULL)
			of_elsewhere(opensmtpd, rule, rule->tests[test].table);
	if (rule->tests[TEST_TLS].sense != 0)
		add(opensmtpd, FACT_REFUSES_SERVICE, rule->spot, &tls);
}

/* The tables that are compared with clients, each once. */
static void of_from(struct opensmtpd *opensmtpd)
{
	for (size_t i = 0; i < opensmtpd->rule_count; i++) {
		const struct opensmtpd_rule *rule = &opensmtpd->rules[i];
		const struct opensmtpd_table *table = rule->tests[TEST_FROM].table;
		bool seen = table == NULL || rule->tests[TEST_FROM].regex;

		for (size_t k = 0; k < i && !seen; k++)
			seen = opensmtpd->rules[k].tests[TEST_FROM].table == table;
		if (!seen && rule->from_rdns)
			of_names(opensmtpd, table);
		else if (!seen)
			of_sources(opensmtpd, table);
	}
}

static void of_listener(struct opensmtpd *opensmtpd, const struct opensmtpd_listener *listener)
{
	static const struct told proxy = {
		"a listener believes whatever address a PROXY header says",
		"who reaches it says which client it is, and is taken for it",
		"let only the proxy reach it: listen on an address that is the proxy's alone, or filter packets",
	};
	static const struct told program = { "a filter is not evaluated", "", "see what it does; it can refuse clients, and cannot let one relay" };
	size_t count = listener->filter == NULL ? 0 : listener->filter->kind == FILTER_CHAIN ? listener->filter->chain_count : 1;

	if (listener->proxy && !listener->loopback)
		add(opensmtpd, FACT_PROXY, listener->spot, &proxy);
	for (size_t i = 0; i < count; i++) {
		const struct opensmtpd_filter *filter = listener->filter->kind == FILTER_CHAIN ? listener->filter->chain[i] : listener->filter;

		if (filter->kind == FILTER_PROC)
			add(opensmtpd, FACT_NOT_EVALUATED, listener->spot, &program)->says =
				config_text(opensmtpd->config, "the filter \"%.100s\" is a program, which is not started", filter->name);
	}
}

void opensmtpd_tell_facts(struct opensmtpd *opensmtpd)
{
	struct fact *fact;

	if (opensmtpd->fault != NULL) {
		fact = config_add_fact(opensmtpd->config, FACT_REFUSES_SERVICE, opensmtpd->fault_place);
		fact->title = "smtpd does not start with this file";
		fact->says = opensmtpd->fault;
		fact->fix = "mend it, and try with smtpd -n; a server that still runs has read what stood there before";
	}
	of_from(opensmtpd);
	for (size_t i = 0; i < opensmtpd->rule_count; i++)
		of_rule(opensmtpd, &opensmtpd->rules[i]);
	for (size_t i = 0; i < opensmtpd->listener_count; i++)
		of_listener(opensmtpd, &opensmtpd->listeners[i]);
}
