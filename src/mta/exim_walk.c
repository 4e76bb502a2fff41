/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_walk.c - acl_check() of Exim's acl.c, and what of smtp_in.c stands before RCPT
 */
#include "mta/exim_walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/exim_acl.h"

/* What an ACL comes to. */
enum verdict { VERDICT_OK, VERDICT_FAIL, VERDICT_DROP, VERDICT_DEFER, VERDICT_ERROR, VERDICT_DISCARD, VERDICT_DIES, VERDICT_UNKNOWN, VERDICT_NONE };

/* One ACL that is walked. */
struct round {
	const struct exim_acl *acl;
	bool maybe[VERDICT_NONE];       /* what it might have come to before this */
	const struct exim_statement *statement;
	const char *why;
};

void exim_walk_init(struct exim_walk *walk, struct exim *exim, const struct config_client *client, unsigned port)
{
	*walk = (struct exim_walk){ .exim = exim, .address = client->address, .name = client->name, .port = port };
	walk->address.port = 0;
	walk->address.scope = 0;
	address_unmap(&walk->address);
	address_print(&walk->address, walk->text);
	walk->envelope = (struct exim_envelope){ .helo = EXIM_HELO, .sender = EXIM_SENDER, .local_part = EXIM_LOCAL_PART, .domain = EXIM_DOMAIN };
}

void exim_walk_release(struct exim_walk *walk)
{
	for (size_t i = 0; i < walk->variable_count; i++)
		free(walk->variables[i].text);
}

static enum verdict walk_acl(struct exim_walk *walk, const char *text);

/* A nested ACL; what it says of discarding and dropping counts as an answer. */
static enum verdict nested(struct exim_walk *walk, const struct exim_condition *condition)
{
	struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_expanded expanded = exim_expand(walk, condition->value.text, &text);
	enum verdict verdict = expanded == EXPAND_UNKNOWN ? VERDICT_UNKNOWN : VERDICT_ERROR;

	if (expanded == EXPAND_OK)
		verdict = walk_acl(walk, text.data);
	buf_release(&text);
	return verdict;
}

static enum verdict of_match(enum exim_match match)
{
	static const enum verdict of[] = { [MATCH_NO] = VERDICT_FAIL,	 [MATCH_YES] = VERDICT_OK,	[MATCH_DEFER] = VERDICT_DEFER,
					   [MATCH_UNKNOWN] = VERDICT_UNKNOWN, [MATCH_ERROR] = VERDICT_ERROR, [MATCH_DIES] = VERDICT_DIES };

	return of[match];
}

static enum verdict test(struct exim_walk *walk, const struct exim_statement *statement, const struct exim_condition *condition)
{
	enum verdict verdict = condition->term->kind == TERM_ACL ? nested(walk, condition) : of_match(exim_condition_match(walk, statement, condition));

	if (!condition->negated)
		return verdict;
	return verdict == VERDICT_OK ? VERDICT_FAIL : verdict == VERDICT_FAIL || verdict == VERDICT_DROP ? VERDICT_OK : verdict;
}

/* Modifiers behind a condition that could not be told may have been at work. */
static void forget(struct exim_walk *walk, const struct exim_condition *condition)
{
	if (condition->term->kind == TERM_SET)
		exim_set_variable(walk, condition->variable, NULL);
}

/* All conditions of a statement.  `*endpass`: one was seen; `*unsure`: it is UNKNOWN whether it was reached. */
static enum verdict test_all(struct exim_walk *walk, const struct exim_statement *statement, bool *endpass, const char **why)
{
	bool unknown = false;

	*endpass = false;
	for (size_t i = 0; i < statement->count; i++) {
		const struct exim_condition *condition = &walk->exim->conditions[statement->first + i];
		enum verdict verdict;

		if (condition->term->kind == TERM_ENDPASS) {
			*endpass = true;
			continue;
		}
		if (unknown && condition->term->modifier) {
			forget(walk, condition);
			continue;
		}
		verdict = test(walk, statement, condition);
		if (verdict == VERDICT_UNKNOWN) {
			*why = unknown ? *why : walk->reason;
			unknown = true;
		} else if (verdict != VERDICT_OK) {
			/* Whether it came so far is as unknown as what was before. */
			return unknown && verdict != VERDICT_FAIL ? VERDICT_UNKNOWN : unknown && *endpass ? VERDICT_UNKNOWN : verdict;
		}
	}
	return unknown ? VERDICT_UNKNOWN : VERDICT_OK;
}

/* What a statement comes to, where that is known; NONE: the next one is looked at. */
static enum verdict come_to(const struct exim_statement *statement, enum verdict tested, bool endpass)
{
	static const enum verdict of[] = { [VERB_ACCEPT] = VERDICT_OK, [VERB_DEFER] = VERDICT_DEFER, [VERB_DENY] = VERDICT_FAIL, [VERB_DISCARD] = VERDICT_DISCARD,
					   [VERB_DROP] = VERDICT_DROP, [VERB_REQUIRE] = VERDICT_NONE, [VERB_WARN] = VERDICT_NONE };

	if (tested == VERDICT_DIES || tested == VERDICT_ERROR)
		return tested;
	if (tested == VERDICT_DEFER)
		return statement->verb == VERB_WARN ? VERDICT_NONE : VERDICT_DEFER;
	if (tested == VERDICT_OK || (tested == VERDICT_DISCARD && of[statement->verb] == VERDICT_OK))
		return tested == VERDICT_DISCARD ? VERDICT_DISCARD : of[statement->verb];
	if (statement->verb == VERB_REQUIRE || (endpass && (statement->verb == VERB_ACCEPT || statement->verb == VERB_DISCARD)))
		return tested;
	return VERDICT_NONE;
}

/* A statement of which it cannot be told whether it decides. */
static void pass_over(struct round *round, const struct exim_statement *statement, bool endpass, const char *why)
{
	enum verdict yes = come_to(statement, VERDICT_OK, endpass), no = come_to(statement, VERDICT_FAIL, endpass);

	if (yes == VERDICT_NONE && no == VERDICT_NONE)
		return;
	if (round->statement == NULL) {
		round->statement = statement;
		round->why = why;
	}
	if (yes != VERDICT_NONE)
		round->maybe[yes] = true;
	if (no != VERDICT_NONE)
		round->maybe[no] = true;
}

static enum config_answer answer_of(enum verdict verdict)
{
	static const enum config_answer of[] = { [VERDICT_OK] = ANSWER_PERMIT, [VERDICT_FAIL] = ANSWER_REJECT, [VERDICT_DROP] = ANSWER_REJECT,
						 [VERDICT_DEFER] = ANSWER_DEFER, [VERDICT_ERROR] = ANSWER_DEFER, [VERDICT_DISCARD] = ANSWER_UNKNOWN,
						 [VERDICT_DIES] = ANSWER_BROKEN, [VERDICT_UNKNOWN] = ANSWER_UNKNOWN };

	return of[verdict];
}

/* What was passed over counts where it would have come to something else. */
static enum verdict settle(struct exim_walk *walk, const struct round *round, enum verdict verdict)
{
	for (int i = 0; i < VERDICT_NONE; i++)
		if (round->maybe[i] && answer_of((enum verdict)i) != answer_of(verdict)) {
			walk->decided = walk->maybe = round->statement;
			walk->reason = walk->maybe_why = round->why;
			return VERDICT_UNKNOWN;
		}
	return verdict;
}

static enum verdict walk_statements(struct exim_walk *walk, const struct exim_acl *acl)
{
	struct round round = { .acl = acl };
	const char *why = NULL;
	bool endpass;

	for (size_t i = 0; i < acl->count; i++) {
		const struct exim_statement *statement = &walk->exim->statements[acl->first + i];
		enum verdict tested, verdict;

		if (++walk->steps > EXIM_STEPS_MOST) {
			walk->reason = "the lists are longer than is walked";
			return VERDICT_UNKNOWN;
		}
		walk->decided = statement;
		tested = test_all(walk, statement, &endpass, &why);
		if (tested == VERDICT_UNKNOWN) {
			pass_over(&round, statement, endpass, why);
			continue;
		}
		verdict = come_to(statement, tested, endpass);
		if (verdict != VERDICT_NONE) {
			walk->decided = statement;
			return settle(walk, &round, verdict);
		}
	}
	walk->decided = NULL;
	return settle(walk, &round, VERDICT_FAIL);
}

/* acl_check_internal(): a name, or what stands in the place of one. */
static enum verdict walk_acl(struct exim_walk *walk, const char *text)
{
	const struct exim_acl *acl;
	enum verdict verdict;

	text += strspn(text, " \t\n");
	acl = strchr(text, ' ') == NULL ? exim_acl_find(walk->exim, text) : NULL;
	if (walk->acls_deep > EXIM_ACLS_DEEP_MOST) {
		walk->reason = "ACLs name each other more than 20 deep, and Exim answers 451";
		return VERDICT_ERROR;
	}
	if (acl == NULL && (strchr(text, ' ') != NULL || *text == '/')) {
		walk->reason = config_text(walk->exim->config, "the ACL %.200s is not read", text);
		return VERDICT_UNKNOWN;
	}
	if (acl == NULL) {
		walk->reason = config_text(walk->exim->config, "there is no ACL %.100s, and Exim answers 451", text);
		return VERDICT_ERROR;
	}
	walk->acls_deep++;
	verdict = walk_statements(walk, acl);
	walk->acls_deep--;
	return verdict;
}

static const char *describe(struct exim_walk *walk, enum verdict verdict, const char *option)
{
	struct config *config = walk->exim->config;
	const char *verb = walk->decided != NULL ? exim_verb_names[walk->decided->verb] : "the end of the ACL";

	switch (verdict) {
	case VERDICT_OK:
	case VERDICT_FAIL:
	case VERDICT_DROP:
		return config_text(config, walk->decided != NULL ? "%s in %s decides" : "%s %s refuses", walk->decided != NULL ? verb : "the end of", option);
	case VERDICT_DISCARD:
		return "the mail is accepted and thrown away";
	default:
		return walk->reason != NULL ? walk->reason : config_text(config, "%s in %s decides", verb, option);
	}
}

/* The ACL that an option names. */
static enum config_answer walk_option(struct exim_walk *walk, const char *name, bool refuses_without)
{
	const struct exim_option *option = exim_option(walk->exim, name);
	struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_expanded expanded;
	enum verdict verdict = refuses_without ? VERDICT_FAIL : VERDICT_OK;

	walk->decided = NULL;
	walk->reason = NULL;
	if (option != NULL) {
		expanded = exim_expand(walk, option->value.text, &text);
		verdict = expanded == EXPAND_OK ? walk_acl(walk, text.data) :
			  expanded == EXPAND_FORCED ? VERDICT_OK : expanded == EXPAND_FAILED ? VERDICT_ERROR : VERDICT_UNKNOWN;
	}
	buf_release(&text);
	if (verdict == VERDICT_OK && !refuses_without)
		return ANSWER_PERMIT;
	walk->by = walk->decided != NULL ? exim_line_place(walk->exim, walk->decided->line) :
		   option != NULL ? exim_place(walk->exim, &option->value, 0) : walk->exim->path;
	walk->why = option == NULL ? "there is no acl_smtp_rcpt, and Exim refuses all recipients" : describe(walk, verdict, name);
	walk->discards = verdict == VERDICT_DISCARD;
	return answer_of(verdict);
}

static enum config_answer before_acls(struct exim_walk *walk)
{
	const struct exim_option *option = exim_option(walk->exim, "host_reject_connection");
	enum exim_match match = option != NULL ? exim_list_match(walk, EXIM_HOSTS, &option->value, true, NULL) : MATCH_NO;

	if (match != MATCH_YES && match != MATCH_UNKNOWN && match != MATCH_DIES)
		return ANSWER_PERMIT;
	walk->by = exim_place(walk->exim, &option->value, 0);
	walk->why = match == MATCH_YES ? "host_reject_connection keeps it out" : walk->reason;
	return match == MATCH_YES ? ANSWER_REJECT : match == MATCH_DIES ? ANSWER_BROKEN : ANSWER_UNKNOWN;
}

static enum config_answer after_helo(struct exim_walk *walk)
{
	const struct exim_option *option = exim_option(walk->exim, "helo_verify_hosts");

	if (option == NULL || exim_list_match(walk, EXIM_HOSTS, &option->value, true, NULL) != MATCH_YES ||
	    (walk->name != NULL && text_equal_nocase(walk->name, walk->envelope.helo)))
		return ANSWER_PERMIT;
	walk->by = exim_place(walk->exim, &option->value, 0);
	walk->why = "helo_verify_hosts wants a name in EHLO that leads to the client, which is not looked up";
	return ANSWER_UNKNOWN;
}

enum config_answer exim_walk_all(struct exim_walk *walk)
{
	enum config_answer answer = before_acls(walk), first = ANSWER_PERMIT;
	const char *by = NULL, *why = NULL;

	/* What is not known is known all the same where a later one refuses. */
	for (int phase = 0; phase < 5 && (answer == ANSWER_PERMIT || answer == ANSWER_UNKNOWN); phase++) {
		if (answer == ANSWER_UNKNOWN && first == ANSWER_PERMIT) {
			first = answer;
			by = walk->by;
			why = walk->why;
		}
		walk->has_domain = phase == 4;
		answer = phase == 0 ? walk_option(walk, "acl_smtp_connect", false) :
			 phase == 1 ? walk_option(walk, "acl_smtp_helo", false) :
			 phase == 2 ? after_helo(walk) :
			 phase == 3 ? walk_option(walk, "acl_smtp_mail", false) : walk_option(walk, "acl_smtp_rcpt", true);
	}
	if (first == ANSWER_UNKNOWN && answer == ANSWER_PERMIT) {
		walk->by = by;
		walk->why = why;
		return ANSWER_UNKNOWN;
	}
	return answer;
}
