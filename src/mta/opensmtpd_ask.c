/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_ask.c - may this client relay?
 *
 * The filters of the listener first (lka_filter.c of smtpd 6.8), then the first rule that
 * fits (ruleset.c), then what its action does with a name that nobody has here
 * (lka_session.c).
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mta/opensmtpd_rules.h"

struct asking {
	const struct opensmtpd *opensmtpd;
	const struct opensmtpd_listener *listener;
	char client[OPENSMTPD_CLIENT_TEXT];         /* "198.51.100.7", "[2001:db8::1]" */
	const char *name;                       /* NULL */
	const char *unless;                     /* who else may refuse */
	/* What a rule or filter that nobody can evaluate would come to, where it does not fit the rest. */
	bool maybe[ANSWERS];
	const char *maybe_by, *maybe_why;
};

enum fit { FITS_NOT, FITS, FITS_MAYBE, FITS_ERROR };

static enum fit of_match(enum opensmtpd_match match, int sense)
{
	return match == MATCH_UNKNOWN ? FITS_MAYBE : (match == MATCH_YES) == (sense > 0) ? FITS : FITS_NOT;
}

static enum opensmtpd_match look(const struct asking *asking, const struct opensmtpd_table *table, enum opensmtpd_kind kind, const char *key)
{
	return opensmtpd_table_match(table, kind, key, asking->opensmtpd->delimiter, NULL);
}

static enum fit from_fits(const struct asking *asking, const struct opensmtpd_rule *rule)
{
	const char *key = asking->client;
	enum opensmtpd_kind kind = rule->tests[TEST_FROM].regex ? KIND_REGEX : KIND_NETADDR;
	int sense = rule->tests[TEST_FROM].sense;

	if (rule->from_socket)
		return of_match(MATCH_NO, sense);
	if (rule->from_rdns) {
		if (rule->tests[TEST_FROM].table == NULL)
			return of_match(asking->name != NULL ? MATCH_YES : MATCH_NO, sense);
		if (asking->name == NULL)
			return FITS_NOT;
		/* It is compared as if it were an address: equal, or not. */
		key = asking->name;
	}
	return of_match(look(asking, rule->tests[TEST_FROM].table, kind, key), sense);
}

static enum fit test_fits(const struct asking *asking, const struct opensmtpd_rule *rule, enum opensmtpd_test test)
{
	static const struct {
		enum opensmtpd_kind kind;
		const char *key;
	} keys[OPENSMTPD_TESTS] = {
		[TEST_FOR] = { KIND_DOMAIN, OPENSMTPD_RECIPIENT_DOMAIN }, [TEST_HELO] = { KIND_DOMAIN, OPENSMTPD_HELO },
		[TEST_MAIL_FROM] = { KIND_MAILADDR, OPENSMTPD_SENDER },	  [TEST_RCPT_TO] = { KIND_MAILADDR, OPENSMTPD_RECIPIENT },
		[TEST_TAG] = { KIND_STRING, NULL },
	};
	int sense = rule->tests[test].sense;
	const char *key = keys[test].key;

	if (sense == 0)
		return FITS;
	if (test == TEST_FROM)
		return from_fits(asking, rule);
	/* Nobody logs in. */
	if (test == TEST_AUTH)
		return of_match(MATCH_NO, sense);
	if (test == TEST_TLS)
		return FITS_ERROR;
	if (test == TEST_TAG)
		key = asking->listener->tag != NULL ? asking->listener->tag : "";
	return of_match(look(asking, rule->tests[test].table, rule->tests[test].regex ? KIND_REGEX : keys[test].kind, key), sense);
}

static enum fit rule_fits(const struct asking *asking, const struct opensmtpd_rule *rule)
{
	enum fit all = FITS;

	for (int test = 0; test < OPENSMTPD_TESTS; test++) {
		enum fit fit = test_fits(asking, rule, (enum opensmtpd_test)test);

		if (fit == FITS_NOT)
			return FITS_NOT;
		/* A rule that may not even be got to that far. */
		if (fit == FITS_ERROR)
			return all == FITS ? FITS_ERROR : FITS_MAYBE;
		all = fit == FITS_MAYBE ? fit : all;
	}
	return all;
}

static bool is_user(const struct opensmtpd *opensmtpd, const char *name)
{
	char *line = mem_printf("\n%s:", name);
	bool found = opensmtpd->users != NULL && strstr(opensmtpd->users, line) != NULL;

	free(line);
	return found;
}

/* A table with which names become others: by whole address, name, domain, and "@" for all. */
static enum opensmtpd_match virtual_takes(const struct asking *asking, const struct opensmtpd_table *table, const struct opensmtpd_entry **entry)
{
	static const char *const keys[] = { OPENSMTPD_RECIPIENT, OPENSMTPD_LOCAL_PART, OPENSMTPD_RECIPIENT_ANY, "@" };
	enum opensmtpd_match match = MATCH_NO;

	for (size_t i = 0; i < sizeof keys / sizeof *keys && match == MATCH_NO; i++)
		match = opensmtpd_table_match(table, KIND_STRING, keys[i], asking->opensmtpd->delimiter, entry);
	return match;
}

/* What an action does with a name of another domain, that nobody has here. */
static enum config_answer action_answer(const struct asking *asking, const struct opensmtpd_action *action, const char **why)
{
	struct config *config = asking->opensmtpd->config;
	const struct opensmtpd_table *table = action->virtual != NULL ? action->virtual : action->alias;
	const struct opensmtpd_entry *entry = NULL;
	enum opensmtpd_match match = MATCH_NO;

	*why = config_text(config, "the action \"%.100s\" sends it on", action->name);
	if (action->relays)
		return ANSWER_PERMIT;
	if (action->virtual != NULL)
		match = virtual_takes(asking, table, &entry);
	else if (table != NULL)
		match = opensmtpd_table_match(table, KIND_STRING, OPENSMTPD_LOCAL_PART, asking->opensmtpd->delimiter, &entry);
	if (match == MATCH_NO && action->virtual == NULL && action->userbase != NULL)
		match = opensmtpd_table_match(action->userbase, KIND_STRING, OPENSMTPD_LOCAL_PART, asking->opensmtpd->delimiter, NULL);
	*why = config_text(config, "the action \"%.100s\" delivers here, and nobody has that name", action->name);
	if (match == MATCH_NO)
		return ANSWER_REJECT;
	*why = config_text(config, "the action \"%.100s\" delivers here, for %.100s, whatever the domain", action->name,
			   entry != NULL && entry->value != NULL ? entry->value : "whoever is asked for");
	if (match == MATCH_YES && entry != NULL && entry->value != NULL && is_user(asking->opensmtpd, entry->value) && action->userbase == NULL)
		return ANSWER_PERMIT;
	*why = config_text(config, "what the action \"%.100s\" makes of a name cannot be told from the files alone", action->name);
	return ANSWER_UNKNOWN;
}

static void note_maybe(struct asking *asking, enum config_answer answer, struct opensmtpd_spot spot, const char *why)
{
	asking->maybe[answer] = true;
	if (asking->maybe_by != NULL)
		return;
	asking->maybe_by = opensmtpd_place(asking->opensmtpd, spot);
	asking->maybe_why = why;
}

static enum opensmtpd_match check_fits(const struct asking *asking, const struct opensmtpd_filter *filter)
{
	static const char *const keys[OPENSMTPD_CHECKS] = {
		[CHECK_HELO] = OPENSMTPD_HELO, [CHECK_MAIL_FROM] = OPENSMTPD_SENDER, [CHECK_RCPT_TO] = OPENSMTPD_RECIPIENT,
	};
	static const enum opensmtpd_kind kinds[OPENSMTPD_CHECKS] = {
		[CHECK_RDNS] = KIND_DOMAIN, [CHECK_SRC] = KIND_NETADDR,		 [CHECK_HELO] = KIND_DOMAIN,
		[CHECK_MAIL_FROM] = KIND_MAILADDR, [CHECK_RCPT_TO] = KIND_MAILADDR,
	};
	const char *key = filter->check == CHECK_SRC ? asking->client : filter->check == CHECK_RDNS ? asking->name : keys[filter->check];
	struct prefix network;
	bool host_bits;

	if (filter->check == CHECK_AUTH)
		return MATCH_NO;
	if (filter->table == NULL)
		return asking->name != NULL && (filter->check == CHECK_FCRDNS || opensmtpd_network(asking->name, &network, &host_bits) != 0) ? MATCH_YES : MATCH_NO;
	if (key == NULL)
		key = "<unknown>";
	return look(asking, filter->table, filter->regex ? KIND_REGEX : kinds[filter->check], key);
}

/* One filter in its phase.  True where the phase ends with it; `*reply` is then set where the client is refused. */
static bool filter_ends(struct asking *asking, const struct opensmtpd_filter *filter, const char **reply)
{
	struct config *config = asking->opensmtpd->config;
	enum fit fit = of_match(check_fits(asking, filter), filter->negated ? -1 : 1);
	const char *what = config_text(config, "what the filter \"%.100s\" would say cannot be told from the files alone", filter->name);

	if (fit == FITS_NOT || filter->verdict == VERDICT_PASSES)
		return false;
	if (filter->verdict == VERDICT_REWRITES) {
		note_maybe(asking, ANSWER_UNKNOWN, filter->spot, config_text(config, "the filter \"%.100s\" makes another word of it", filter->name));
		return true;
	}
	if (fit == FITS_MAYBE) {
		note_maybe(asking, filter->verdict == VERDICT_BYPASSES ? ANSWER_UNKNOWN : ANSWER_REJECT, filter->spot, what);
		return false;
	}
	*reply = filter->verdict == VERDICT_REFUSES ? filter->reply : NULL;
	return true;
}

static bool phase_refuses(struct asking *asking, const struct opensmtpd_filter *filter, enum opensmtpd_phase phase, struct config_reply *reply)
{
	size_t count = filter->kind == FILTER_CHAIN ? filter->chain_count : 1;

	for (size_t i = 0; i < count; i++) {
		const struct opensmtpd_filter *one = filter->kind == FILTER_CHAIN ? filter->chain[i] : filter;
		const char *said = NULL;

		if (one->kind == FILTER_PROC)
			asking->unless = config_text(asking->opensmtpd->config, "the program of the filter \"%.100s\"", one->name);
		if (one->kind != FILTER_BUILTIN || one->phase != phase || !filter_ends(asking, one, &said))
			continue;
		if (said == NULL)
			return false;
		reply->answer = said[0] == '4' ? ANSWER_DEFER : ANSWER_REJECT;
		reply->by = opensmtpd_place(asking->opensmtpd, one->spot);
		reply->why = config_text(asking->opensmtpd->config, "the filter \"%.100s\" says %.200s", one->name, said);
		return true;
	}
	return false;
}

static bool filters_refuse(struct asking *asking, struct config_reply *reply)
{
	static const enum opensmtpd_phase phases[] = { PHASE_CONNECT, PHASE_EHLO, PHASE_MAIL_FROM, PHASE_RCPT_TO, PHASE_DATA, PHASE_COMMIT };

	if (asking->listener->filter == NULL)
		return false;
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++)
		if (phase_refuses(asking, asking->listener->filter, phases[i], reply))
			return true;
	return false;
}

/* What a listener wants before it hears of an envelope. */
static bool listener_refuses(const struct asking *asking, struct config_reply *reply)
{
	const struct opensmtpd_listener *listener = asking->listener;

	if (!listener->auth_required && !listener->tls_verify)
		return false;
	reply->answer = ANSWER_REJECT;
	reply->by = opensmtpd_place(asking->opensmtpd, listener->spot);
	reply->why = listener->auth_required ? "who sends there has to log in" : "who sends there has to show a certificate";
	return true;
}

static void set_rule(const struct asking *asking, const struct opensmtpd_rule *rule, struct config_reply *reply)
{
	reply->by = opensmtpd_place(asking->opensmtpd, rule->spot);
	reply->answer = ANSWER_REJECT;
	reply->why = "the first rule that fits rejects it";
	if (!rule->rejects)
		reply->answer = action_answer(asking, rule->action, &reply->why);
}

static void walk_rules(struct asking *asking, struct config_reply *reply)
{
	*reply = (struct config_reply){ .service = reply->service, .answer = ANSWER_REJECT, .why = "no rule fits it" };
	for (size_t i = 0; i < asking->opensmtpd->rule_count; i++) {
		const struct opensmtpd_rule *rule = &asking->opensmtpd->rules[i];
		enum fit fit = rule_fits(asking, rule);
		struct config_reply one = *reply;

		if (fit == FITS_NOT)
			continue;
		set_rule(asking, rule, &one);
		if (fit == FITS_ERROR) {
			one.answer = ANSWER_BROKEN;
			one.why = "a rule that asks for \"tls\" is an error to smtpd whenever it gets there, and it answers 451";
		}
		if (fit != FITS_MAYBE) {
			*reply = one;
			return;
		}
		note_maybe(asking, one.answer, rule->spot, "whether the rule fits cannot be told from the files alone");
	}
}

/* What could not be evaluated matters where it would have come to something else. */
static void finish(const struct asking *asking, struct config_reply *reply)
{
	for (int answer = 0; answer < ANSWERS; answer++) {
		if (!asking->maybe[answer] || (enum config_answer)answer == reply->answer)
			continue;
		reply->answer = ANSWER_UNKNOWN;
		reply->by = asking->maybe_by;
		reply->why = asking->maybe_why;
		return;
	}
	if (reply->answer == ANSWER_PERMIT && asking->unless != NULL)
		reply->why = config_text(asking->opensmtpd->config, "%.400s; unless it is kept out by %s", reply->why, asking->unless);
}

static void ask_listener(const struct opensmtpd *opensmtpd, const struct opensmtpd_listener *listener, const struct config_client *client,
			 struct config_reply *reply)
{
	struct asking asking = { .opensmtpd = opensmtpd, .listener = listener, .name = client->name };
	struct config_reply refusal;

	opensmtpd_client_text(&client->address, asking.client);
	refusal = *reply;
	if (filters_refuse(&asking, &refusal) || listener_refuses(&asking, &refusal))
		*reply = refusal;
	else
		walk_rules(&asking, reply);
	/* Who is refused for certain stays out, whatever would have come before. */
	if (reply->answer == ANSWER_REJECT && refusal.answer == ANSWER_REJECT && refusal.by != NULL)
		return;
	finish(&asking, reply);
}

static bool is_reached(const struct opensmtpd *opensmtpd, size_t index, int family)
{
	return index >= opensmtpd->listener_count || opensmtpd->listeners[index].family == 0 || opensmtpd->listeners[index].family == family;
}

void opensmtpd_ask(const struct opensmtpd *opensmtpd, const struct config_client *client, struct config_replies *replies)
{
	struct address address = client->address;
	bool none = true;
	size_t count = opensmtpd->listener_count != 0 ? opensmtpd->listener_count : 1;

	address_unmap(&address);
	for (size_t i = 0; i < count; i++)
		none = none && !is_reached(opensmtpd, i, address.family);
	for (size_t i = 0; i < count; i++) {
		const struct opensmtpd_listener *listener = opensmtpd->listener_count != 0 ? &opensmtpd->listeners[i] : NULL;
		struct config_reply *reply;

		if (!none && !is_reached(opensmtpd, i, address.family))
			continue;
		MEM_ROOM(replies->rows, replies->count, replies->capacity);
		reply = &replies->rows[replies->count++];
		*reply = (struct config_reply){ .service = listener != NULL ? listener->service : "smtp", .answer = ANSWER_BROKEN,
						.by = opensmtpd->fault_place, .why = opensmtpd->fault };
		if (opensmtpd->fault == NULL && listener == NULL)
			reply->why = "no line begins with \"listen on\", so that no mail comes in over the network";
		else if (opensmtpd->fault == NULL)
			ask_listener(opensmtpd, listener, client, reply);
	}
}
