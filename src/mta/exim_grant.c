/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_grant.c - which statements of the ACL for recipients let a client relay
 */
#include "mta/exim_grant.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "mta/exim_acl.h"

/* Addresses of nobody: RFC 5737 and RFC 3849. */
const char *const exim_strangers[] = { "198.51.100.201", "203.0.113.201", "2001:db8:5bad::1", NULL };

struct exim_envelope exim_stranger(void)
{
	return (struct exim_envelope){ .helo = EXIM_HELO, .sender = EXIM_SENDER, .local_part = EXIM_LOCAL_PART, .domain = EXIM_DOMAIN };
}

bool exim_try(struct exim_search *search, struct exim_try *what)
{
	struct config_client client = { .address = what->address, .name = what->name };
	struct exim_walk walk;

	if (search->tried >= EXIM_TRIED_MOST || search->steps > EXIM_TRIED_STEPS_MOST)
		return false;
	exim_walk_init(&walk, search->exim, &client, what->port != 0 ? what->port : search->exim->ports[0]);
	walk.envelope = what->envelope;
	what->answer = exim_walk_all(&walk);
	what->decided = walk.decided;
	what->hit = walk.hit;
	what->by = walk.by;
	what->why = walk.why;
	search->tried++;
	search->steps += walk.steps;
	exim_walk_release(&walk);
	return true;
}

const char *exim_setting(const struct exim *exim, const char *name, const struct exim_line *line)
{
	const char *source = exim_debian_source(exim, line);

	return source != NULL ? config_text(exim->config, "%.100s (%.200s)", name, source) : pool_text(exim->config->pool, name);
}

void exim_settle_grant(struct exim_search *search, struct grant *grant, const struct exim_try *what, bool tried)
{
	struct config *config = search->exim->config;

	if (tried && what->answer != ANSWER_PERMIT && what->answer != ANSWER_UNKNOWN) {
		grant->in_force = false;
		grant->idle_because = config_text(config, "%.200s: %.300s", what->by != NULL ? what->by : search->exim->path, what->why);
	} else if (!search->outside) {
		grant->in_force = false;
		grant->idle_because = "no router takes mail for outside: what is accepted comes back to its sender";
	}
}

static const struct exim_condition *condition_at(const struct exim_search *search, const struct exim_statement *statement, size_t index)
{
	return &search->exim->conditions[statement->first + index];
}

/* Whether what a condition covers gets further by it. */
static bool lets_pass(const struct exim_statement *statement, bool negated)
{
	bool refuses = statement->verb == VERB_DENY || statement->verb == VERB_DROP || statement->verb == VERB_DEFER;

	return refuses == negated;
}

/* Whether a condition on the recipient keeps mail for outside out of the statement. */
static bool is_for_inside(struct exim_search *search, const struct exim_statement *statement)
{
	struct config_client client = { .address = { .family = AF_INET, .bytes = { 198, 51, 100, 201 } } };
	bool inside = false;

	for (size_t i = 0; i < statement->count && !inside; i++) {
		const struct exim_condition *condition = condition_at(search, statement, i);
		enum exim_term_kind kind = condition->term->kind;
		struct exim_walk walk;
		enum exim_match match;

		if (kind != TERM_DOMAINS && kind != TERM_RECIPIENTS)
			continue;
		exim_walk_init(&walk, search->exim, &client, search->exim->ports[0]);
		walk.has_domain = true;
		match = exim_condition_match(&walk, statement, condition);
		inside = match == (condition->negated ? MATCH_YES : MATCH_NO);
		search->steps += walk.steps;
		exim_walk_release(&walk);
	}
	return inside;
}

/* "match_ip{$sender_host_address}{LIST}" in an expansion is a list of hosts as well. */
static void search_condition(struct exim_search *search, const struct exim_statement *statement, const struct exim_condition *condition,
			     const struct exim_envelope *envelope)
{
	static const char start[] = "match_ip{$sender_host_address}";
	const char *at = strstr(condition->value.text, start), *list;
	struct exim_value value = condition->value;
	size_t len;

	if (at == NULL)
		return;
	at += sizeof start - 1;
	if (!exim_group(&at, &list, &len) || memchr(list, '$', len) != NULL)
		return;
	value.at = value.at == SIZE_MAX ? SIZE_MAX : value.at + (size_t)(list - condition->value.text);
	value.text = pool_bytes(search->exim->config->pool, list, len);
	exim_grant_hosts(search, statement, &value, exim_setting(search->exim, "condition", condition->value.line), true, envelope, true);
}

static void search_acl(struct exim_search *search, const char *text, bool grants, bool only_open, unsigned deep);

/* A statement whose conditions name hosts; whether one did. */
static bool search_hosts(struct exim_search *search, const struct exim_statement *statement, bool grants, bool only_open, unsigned deep)
{
	struct exim_envelope envelope = exim_stranger();
	const char *covers = NULL;
	bool found = false;

	exim_suit(search, statement, &envelope, &covers);
	for (size_t i = 0; i < statement->count; i++) {
		const struct exim_condition *condition = condition_at(search, statement, i);
		bool passes = statement->verb == VERB_WARN || lets_pass(statement, condition->negated) == grants;

		only_open = only_open || statement->verb == VERB_WARN;
		if (condition->term->kind == TERM_HOSTS) {
			found = found || lets_pass(statement, condition->negated);
			exim_grant_hosts(search, statement, &condition->value, exim_setting(search->exim, "hosts", condition->value.line), passes, &envelope,
					 only_open);
		} else if (condition->term->kind == TERM_ACL) {
			search_acl(search, condition->value.text, passes, true, deep + 1);
		} else if (condition->term->kind == TERM_CONDITION && statement->verb != VERB_DENY) {
			search_condition(search, statement, condition, &envelope);
		}
	}
	return found;
}

static const char *statement_text(const struct exim_search *search, const struct exim_statement *statement)
{
	struct buf text = BUF_INIT(400);
	const char *shown;

	buf_text(&text, exim_verb_names[statement->verb]);
	for (size_t i = 0; i < statement->count; i++) {
		const struct exim_condition *condition = condition_at(search, statement, i);

		if (!condition->term->modifier)
			buf_printf(&text, "%s %s%s = %s", i != 0 ? "," : "", condition->negated ? "!" : "", condition->term->name, condition->value.text);
	}
	shown = config_shown(search->exim->config, text.data, text.len);
	buf_release(&text);
	return shown;
}

static struct grant *add(struct exim_search *search, enum grant_to to, const struct exim_statement *statement, const char *covers)
{
	struct grant *grant;

	if (search->exim->config->grant_count >= CONFIG_GRANTS_MOST)
		return NULL;
	grant = config_add_grant(search->exim->config, to, exim_line_place(search->exim, statement->line), "acl_smtp_rcpt");
	grant->value = statement_text(search, statement);
	grant->covers = covers != NULL ? covers : "anyone";
	return grant;
}

static void tell_unknown(struct exim_search *search, const struct exim_statement *statement, const char *why)
{
	struct config *config = search->exim->config;
	struct fact *fact = config_add_fact(config, FACT_NOT_EVALUATED, exim_line_place(search->exim, statement->line));

	fact->title = "a condition of an ACL is not evaluated";
	fact->text = statement_text(search, statement);
	fact->says = config_text(config, "%.400s; it may grant to anyone", why != NULL ? why : "it depends on what only the server sees");
	fact->fix = "try it with exim4 -bh ADDRESS";
}

/* A statement that asks for no hosts: by a sender, a login, ... or by nothing at all. */
static void search_statement(struct exim_search *search, const struct exim_statement *statement, unsigned port)
{
	struct exim_try what = { .envelope = exim_stranger(), .port = port };
	const char *covers = NULL;
	enum grant_to to = exim_suit(search, statement, &what.envelope, &covers);
	struct err err = ERR_INIT;
	struct grant *grant;

	if (address_parse(exim_strangers[0], &what.address, &err) != 0 || !exim_try(search, &what) || what.decided != statement)
		return;
	if (what.answer == ANSWER_UNKNOWN && !what.envelope.encrypted && statement->verb != VERB_DISCARD) {
		tell_unknown(search, statement, what.why);
		to = GRANT_UNKNOWN;
		covers = what.why != NULL ? config_text(search->exim->config, "not known: %.300s", what.why) : "not known";
	} else if (what.answer != ANSWER_PERMIT && statement->verb != VERB_DISCARD) {
		return;
	}
	grant = add(search, to, statement, covers);
	if (grant == NULL)
		return;
	if (search->exim->port_count > 1)
		grant->service = config_text(search->exim->config, "port %u", what.port);
	exim_settle_grant(search, grant, &what, true);
	if (statement->verb == VERB_DISCARD) {
		grant->in_force = false;
		grant->idle_because = "the mail is accepted and thrown away";
	}
}

static void search_acl(struct exim_search *search, const char *text, bool grants, bool only_open, unsigned deep)
{
	const struct exim_acl *acl = exim_acl_find(search->exim, text);

	if (acl == NULL || deep > EXIM_ACLS_DEEP_MOST)
		return;
	for (size_t i = 0; i < acl->count && search->words < EXIM_SEARCHED_WORDS_MOST; i++) {
		const struct exim_statement *statement = &search->exim->statements[acl->first + i];

		search->words++;
		for (size_t k = 0; k < statement->count && deep == 0 && statement->verb != VERB_WARN; k++) {
			const struct exim_condition *condition = condition_at(search, statement, k);

			if (condition->term->kind == TERM_DOMAINS && lets_pass(statement, condition->negated))
				exim_grant_domains(search, &condition->value, exim_setting(search->exim, "domains", condition->value.line));
		}
		if (is_for_inside(search, statement) && lets_pass(statement, false))
			continue;
		if (!search_hosts(search, statement, grants, only_open, deep) && deep == 0 && (statement->verb == VERB_ACCEPT || statement->verb == VERB_DISCARD))
			for (size_t k = 0; k < search->exim->port_count; k++)
				search_statement(search, statement, search->exim->ports[k]);
	}
}

static bool is_granted(const struct config *config, const struct address *address, const char *by)
{
	for (size_t i = 0; i < config->grant_count; i++) {
		const struct grant *grant = &config->grants[i];

		if ((grant->in_force || grant->to == GRANT_ANYONE || grant->to == GRANT_UNKNOWN) &&
		    (grant->to == GRANT_ANYONE || (by != NULL && grant->to == GRANT_UNKNOWN && strcmp(grant->source, by) == 0) ||
		     (grant->to == GRANT_ADDRESSES && prefixset_has(&grant->addresses, address))))
			return true;
	}
	return false;
}

/* A stranger gets through that no grant covers: at the end of a list, or by what was not seen. */
static void add_open(struct exim_search *search, const struct exim_try *what)
{
	struct config *config = search->exim->config;
	bool at_end = what->hit.at_end && what->hit.source != NULL;
	struct grant *grant = config_add_grant(config, GRANT_ANYONE, at_end ? what->hit.source : what->by, at_end ? "hosts" : "acl_smtp_rcpt");

	grant->value = at_end ? config_text(config, "the list ends in !%.200s", what->hit.word + (*what->hit.word == '!')) :
			what->decided != NULL ? statement_text(search, what->decided) : what->why;
	grant->covers = at_end ? "everybody whom no word of the list covers" : "anyone";
	exim_settle_grant(search, grant, what, true);
}

static void search_strangers(struct exim_search *search)
{
	struct config *config = search->exim->config;

	for (size_t i = 0; exim_strangers[i] != NULL; i++)
		for (size_t k = 0; k < search->exim->port_count; k++) {
			struct exim_try what = { .envelope = exim_stranger(), .port = search->exim->ports[k] };
			struct err err = ERR_INIT;

			search->tried = 0;
			if (address_parse(exim_strangers[i], &what.address, &err) != 0 || !exim_try(search, &what))
				continue;
			if (what.answer == ANSWER_PERMIT && !is_granted(config, &what.address, NULL)) {
				add_open(search, &what);
			} else if (what.answer == ANSWER_UNKNOWN && what.decided != NULL && what.decided->verb != VERB_DISCARD &&
				   !is_granted(config, &what.address, what.by)) {
				struct grant *grant = add(search, GRANT_UNKNOWN, what.decided, config_text(config, "not known: %.300s", what.why));

				tell_unknown(search, what.decided, what.why);
				if (grant != NULL)
					exim_settle_grant(search, grant, &what, true);
			}
		}
}

void exim_grants(struct exim *exim)
{
	struct exim_search search = { .exim = exim, .outside = exim_routes_outside(exim) };
	const struct exim_option *rcpt = exim_option(exim, "acl_smtp_rcpt");

	if (rcpt != NULL)
		search_acl(&search, rcpt->value.text, true, false, 0);
	search_strangers(&search);
}
