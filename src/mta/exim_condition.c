/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_condition.c - acl_check_condition() of Exim's acl.c, one condition
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/exim_acl.h"
#include "mta/exim_walk.h"

static enum exim_match of_bool(bool holds)
{
	return holds ? MATCH_YES : MATCH_NO;
}

static enum exim_match unknown(struct exim_walk *walk, const char *why)
{
	walk->reason = why;
	return MATCH_UNKNOWN;
}

/* What a client of good repute passes, and one of bad does not. */
static enum exim_match assume(struct exim_walk *walk, const struct exim_condition *condition, bool holds)
{
	if (walk->unless == NULL)
		walk->unless = config_text(walk->exim->config, "%s: %s", exim_place(walk->exim, &condition->value, 0), condition->term->name);
	return of_bool(holds);
}

static enum exim_match of_condition(struct exim_walk *walk, const char *text)
{
	size_t minus = *text == '-';

	if (text[minus + strspn(text + minus, "0123456789")] == '\0')
		return of_bool(strspn(text + minus, "0") != strlen(text + minus));
	if (text_equal_nocase(text, "no") || text_equal_nocase(text, "false"))
		return MATCH_NO;
	if (text_equal_nocase(text, "yes") || text_equal_nocase(text, "true"))
		return MATCH_YES;
	walk->reason = config_text(walk->exim->config, "'%.100s' is neither yes nor no, and Exim answers 451", text);
	return MATCH_DEFER;
}

static enum exim_match verify_sender(struct exim_walk *walk, const char *text)
{
	const char *address = walk->envelope.sender, *mark;
	char *local;
	enum exim_match match;

	text += strspn(text, " \t");
	if (*text == '=')
		return unknown(walk, "the verification of another address than the sender's is not followed");
	mark = strrchr(address, '@');
	if (mark == NULL)
		return MATCH_YES;
	local = mem_bytes(address, (size_t)(mark - address));
	match = exim_route(walk, local, mark + 1, true);
	free(local);
	return match;
}

/* "recipient/callout", "reverse_host_lookup", ... */
static enum exim_match of_verify(struct exim_walk *walk, const struct exim_condition *condition, const char *text)
{
	size_t len = strcspn(text, "/= \t");

	if (len == 9 && strncmp(text, "recipient", len) == 0)
		return exim_route(walk, walk->envelope.local_part, walk->envelope.domain, false);
	if (len == 6 && strncmp(text, "sender", len) == 0)
		return verify_sender(walk, text + len);
	if (len == 19 && strncmp(text, "reverse_host_lookup", len) == 0)
		return of_bool(walk->name != NULL);
	if (len == 11 && strncmp(text, "certificate", len) == 0)
		return MATCH_NO;
	if (len == 4 && strncmp(text, "helo", len) == 0)
		return walk->name != NULL && text_equal_nocase(walk->name, walk->envelope.helo) ? MATCH_YES :
			unknown(walk, "the client's name in HELO would have to be looked up");
	if (strncmp(text, "header_", 7) == 0 || (len == 9 && strncmp(text, "not_blind", len) == 0))
		return assume(walk, condition, true);
	return unknown(walk, config_text(walk->exim->config, "verify = %.100s is not evaluated", text));
}

static enum exim_match of_login(struct exim_walk *walk, const struct exim_value *list)
{
	return walk->envelope.login != NULL ? exim_list_match(walk, EXIM_STRINGS, list, true, walk->envelope.login) : MATCH_NO;
}

static const char *sender_domain(const struct exim_walk *walk)
{
	const char *mark = strrchr(walk->envelope.sender, '@');

	return mark != NULL ? mark + 1 : "";
}

static enum exim_match of_recipients(struct exim_walk *walk, const struct exim_value *list)
{
	char *address = mem_printf("%s@%s", walk->envelope.local_part, walk->envelope.domain);
	enum exim_match match = exim_list_match(walk, EXIM_ADDRESSES, list, true, address);

	free(address);
	return match;
}

/* "accept dnslists" trusts those who are on a list; elsewhere it keeps them out. */
static enum exim_match of_reputation(struct exim_walk *walk, const struct exim_statement *statement, const struct exim_condition *condition)
{
	if (statement->verb == VERB_ACCEPT || statement->verb == VERB_DISCARD)
		return unknown(walk, config_text(walk->exim->config, "whom %s covers would have to be looked up", condition->term->name));
	return assume(walk, condition, statement->verb == VERB_REQUIRE && !condition->negated);
}

static bool is_expanded(enum exim_term_kind kind)
{
	return kind == TERM_CONDITION || kind == TERM_SET || kind == TERM_VERIFY || kind == TERM_CONTROL;
}

static enum exim_match of_text(struct exim_walk *walk, const struct exim_condition *condition, const char *text)
{
	switch (condition->term->kind) {
	case TERM_CONDITION:
		return of_condition(walk, text);
	case TERM_VERIFY:
		return of_verify(walk, condition, text);
	case TERM_SET:
		exim_set_variable(walk, condition->variable, text);
		return MATCH_YES;
	default:
		return MATCH_YES;
	}
}

/* Those whose text is expanded before they are looked at. */
static enum exim_match of_expanded(struct exim_walk *walk, const struct exim_condition *condition)
{
	struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_match match = MATCH_YES;

	switch (exim_expand(walk, condition->value.text, &text)) {
	case EXPAND_OK:
		match = of_text(walk, condition, text.data);
		break;
	case EXPAND_FORCED:
		break;
	case EXPAND_FAILED:
		match = MATCH_ERROR;
		break;
	case EXPAND_UNKNOWN:
		if (condition->term->kind == TERM_SET)
			exim_set_variable(walk, condition->variable, NULL);
		else if (!condition->term->modifier)
			match = MATCH_UNKNOWN;
		break;
	}
	buf_release(&text);
	return match;
}

enum exim_match exim_condition_match(struct exim_walk *walk, const struct exim_statement *statement, const struct exim_condition *condition)
{
	const struct exim_value *value = &condition->value;

	if (is_expanded(condition->term->kind))
		return of_expanded(walk, condition);
	switch (condition->term->kind) {
	case TERM_AUTHENTICATED:
		return of_login(walk, value);
	case TERM_ENCRYPTED:
		/* By which cipher is not asked. */
		return of_bool(walk->envelope.encrypted);
	case TERM_HOSTS:
		return exim_list_match(walk, EXIM_HOSTS, value, true, NULL);
	case TERM_DOMAINS:
		return exim_list_match(walk, EXIM_DOMAINS, value, true, walk->envelope.domain);
	case TERM_LOCAL_PARTS:
		return exim_list_match(walk, EXIM_LOCAL_PARTS, value, true, walk->envelope.local_part);
	case TERM_RECIPIENTS:
		return of_recipients(walk, value);
	case TERM_SENDERS:
		return exim_list_match(walk, EXIM_ADDRESSES, value, true, walk->envelope.sender);
	case TERM_SENDER_DOMAINS:
		return exim_list_match(walk, EXIM_DOMAINS, value, true, sender_domain(walk));
	case TERM_DNSLISTS:
	case TERM_RATELIMIT:
	case TERM_SCAN:
		return of_reputation(walk, statement, condition);
	default:
		return MATCH_YES;
	}
}
