/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_route.c - whether an address can be routed: route_address() of Exim's route.c
 *
 * What lies outside is there: a domain of which nobody knows is taken to have an
 * exchanger that takes mail.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/exim_walk.h"

struct routing {
	struct exim_walk *walk;
	const struct exim_router *router;
	const char *local_part;
	const char *domain;
	bool as_sender;
};

static const struct exim_option *option(const struct routing *routing, const char *name)
{
	return exim_router_option(routing->walk->exim, routing->router, name);
}

static bool is_on(const struct routing *routing, const char *name, bool usual)
{
	const struct exim_option *found = option(routing, name);

	return found != NULL ? !found->off : usual;
}

/* A router that verification passes over. */
static bool is_skipped(const struct routing *routing)
{
	if (!is_on(routing, "verify", true))
		return true;
	return !is_on(routing, routing->as_sender ? "verify_sender" : "verify_recipient", true);
}

static enum exim_match in_list(const struct routing *routing, const char *name, enum exim_list_kind kind, const char *subject)
{
	const struct exim_option *found = option(routing, name);

	return found != NULL ? exim_list_match(routing->walk, kind, &found->value, true, subject) : MATCH_YES;
}

/* "condition", of which several may stand, and each has to hold. */
static enum exim_match by_condition(const struct routing *routing)
{
	enum exim_match match = MATCH_YES;

	for (size_t i = 0; i < routing->router->count && match == MATCH_YES; i++) {
		const struct exim_option *row = &routing->walk->exim->router_options[routing->router->first + i];
		struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
		enum exim_expanded expanded;

		if (strcmp(row->name, "condition") != 0)
			continue;
		expanded = exim_expand(routing->walk, row->value.text, &text);
		if (expanded == EXPAND_OK)
			match = text.len == 0 || strcmp(text.data, "0") == 0 || text_equal_nocase(text.data, "no") || text_equal_nocase(text.data, "false") ?
				MATCH_NO : MATCH_YES;
		else
			match = expanded == EXPAND_FORCED ? MATCH_NO : expanded == EXPAND_FAILED ? MATCH_DEFER : MATCH_UNKNOWN;
		buf_release(&text);
	}
	return match;
}

/* Whether the router takes the address up at all. */
static enum exim_match takes_up(const struct routing *routing)
{
	enum exim_match match, worst = MATCH_YES;

	if (is_skipped(routing))
		return MATCH_NO;
	for (int i = 0; i < 4; i++) {
		match = i == 0 ? in_list(routing, "domains", EXIM_DOMAINS, routing->domain) :
			i == 1 ? in_list(routing, "local_parts", EXIM_LOCAL_PARTS, routing->local_part) :
			i == 2 ? in_list(routing, "senders", EXIM_ADDRESSES, routing->as_sender ? "" : routing->walk->envelope.sender) : by_condition(routing);
		if (match == MATCH_UNKNOWN)
			worst = match;
		else if (match != MATCH_YES)
			return match;
	}
	if (is_on(routing, "check_local_user", false) || option(routing, "local_part_prefix") != NULL || option(routing, "local_part_suffix") != NULL ||
	    option(routing, "require_files") != NULL) {
		routing->walk->reason = "the users and files of the machine decide what a router takes";
		worst = MATCH_UNKNOWN;
	}
	return worst;
}

/* A manualroute's list: "DOMAINS HOSTS ; ..." */
static enum exim_match by_list(const struct routing *routing, const struct exim_option *list)
{
	bool kept;
	enum exim_expanded expanded;
	const struct exim_value value = { list->value.text, list->value.line, list->value.at };
	struct exim_words *words = exim_words(routing->walk, &value, false, &kept, &expanded);
	enum exim_match match = MATCH_NO;

	for (size_t i = 0; words != NULL && i < words->count && match == MATCH_NO; i++) {
		const char *text = words->rows[i].text;
		char *domains = mem_bytes(text, strcspn(text, " \t"));
		struct exim_value one = { domains, list->value.line, SIZE_MAX };

		/* Its expansion and its words are the list's own; as many are made as there are. */
		match = strpbrk(domains, "$\\;\"") != NULL ? MATCH_UNKNOWN :
			*domains == '*' && domains[1] == '\0' ? MATCH_YES :
			*domains == '+' || *domains == '!' ? exim_list_match(routing->walk, EXIM_DOMAINS, &one, true, routing->domain) :
			exim_string_match(routing->walk, domains, routing->domain, true, true);
		if (match == MATCH_UNKNOWN)
			routing->walk->reason = "a manualroute's list is not evaluated";
		free(domains);
	}
	if (!kept)
		exim_words_free(words);
	return match;
}

static enum exim_match by_data(const struct routing *routing, const char *name, bool redirects)
{
	const struct exim_option *data = option(routing, name);
	struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_expanded expanded;
	enum exim_match match = MATCH_UNKNOWN;

	if (data == NULL)
		return MATCH_UNKNOWN;
	expanded = exim_expand(routing->walk, data->value.text, &text);
	if (expanded == EXPAND_OK && (text.len == 0 || !redirects))
		match = text.len == 0 ? MATCH_NO : MATCH_YES;
	else if (expanded == EXPAND_OK && text_starts_nocase(text.data, ":fail:") && is_on(routing, "allow_fail", false))
		match = MATCH_ERROR;
	else if (expanded == EXPAND_OK && text_starts_nocase(text.data, ":defer:") && is_on(routing, "allow_defer", false))
		match = MATCH_DEFER;
	else if (expanded == EXPAND_FORCED)
		match = MATCH_NO;
	else if (expanded == EXPAND_OK)
		routing->walk->reason = config_text(routing->walk->exim->config, "the router %.60s leads to another address", routing->router->name);
	buf_release(&text);
	return match;
}

/* The driver: YES routes, NO declines, ERROR fails the address. */
static enum exim_match drive(const struct routing *routing)
{
	const struct exim_option *driver = option(routing, "driver");
	const char *name = driver != NULL ? driver->value.text : "";

	if (strcmp(name, "accept") == 0 || strcmp(name, "dnslookup") == 0)
		return MATCH_YES;
	if (strcmp(name, "ipliteral") == 0)
		return *routing->domain == '[' ? MATCH_UNKNOWN : MATCH_NO;
	if (strcmp(name, "manualroute") == 0)
		return option(routing, "route_list") != NULL ? by_list(routing, option(routing, "route_list")) : by_data(routing, "route_data", false);
	if (strcmp(name, "redirect") == 0)
		return by_data(routing, option(routing, "file") != NULL ? "file" : "data", true);
	routing->walk->reason = config_text(routing->walk->exim->config, "the router %.60s asks a program", routing->router->name);
	return MATCH_UNKNOWN;
}

enum exim_match exim_route(struct exim_walk *walk, const char *local_part, const char *domain, bool as_sender)
{
	struct routing routing = { .walk = walk, .local_part = local_part, .domain = domain, .as_sender = as_sender };
	const char *reason = NULL;
	bool unknown = false;

	for (size_t i = 0; i < walk->exim->router_count; i++) {
		enum exim_match takes, drives;

		routing.router = &walk->exim->routers[i];
		takes = takes_up(&routing);
		if (takes == MATCH_DIES || takes == MATCH_DEFER)
			return takes;
		drives = takes == MATCH_NO || takes == MATCH_ERROR ? MATCH_NO : drive(&routing);
		if (takes == MATCH_UNKNOWN || drives == MATCH_UNKNOWN) {
			reason = unknown ? reason : walk->reason;
			unknown = true;
			continue;
		}
		if (drives == MATCH_ERROR || (drives == MATCH_NO && takes == MATCH_YES && !is_on(&routing, "more", true))) {
			walk->reason = unknown ? reason : "it cannot be routed";
			return unknown ? MATCH_UNKNOWN : MATCH_NO;
		}
		if (drives != MATCH_NO)
			return unknown && drives != MATCH_YES ? MATCH_UNKNOWN : drives;
	}
	walk->reason = unknown ? reason : "no router takes it";
	return unknown ? MATCH_UNKNOWN : MATCH_NO;
}

bool exim_routes_outside(struct exim *exim)
{
	struct config_client client = { .address = { .family = AF_INET, .bytes = { 198, 51, 100, 201 } } };
	struct exim_walk walk;
	enum exim_match match;

	exim_walk_init(&walk, exim, &client, 25);
	walk.has_domain = true;
	match = exim_route(&walk, walk.envelope.local_part, walk.envelope.domain, false);
	exim_walk_release(&walk);
	return match != MATCH_NO && match != MATCH_ERROR;
}
