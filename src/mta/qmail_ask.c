/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_ask.c - what tcpserver and qmail-smtpd say to a client
 *
 * RELAYCLIENT in the environment, be it empty, and every recipient is taken; without it
 * those that rcpthosts has.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "mta/qmail.h"

/* A domain outside, which nobody has (RFC 2606). */
#define OUTSIDE "example.com"

static void say(struct config_reply *reply, enum config_answer answer, const char *by, const char *why)
{
	reply->answer = answer;
	reply->by = by;
	reply->why = why;
}

static const char *place_of(struct qmail *qmail, const struct qmail_rules *rules, const struct qmail_rule *rule)
{
	return rule->line != 0 ? config_place(qmail->config, rules->file, rule->line) : rules->cdb;
}

/* Whether tcpserver lets the client in; what is said to it otherwise. */
static bool is_let_in(struct qmail *qmail, const struct qmail_service *service, const char *ip, const char *name, const struct qmail_rule **rule,
		      struct config_reply *reply)
{
	const struct qmail_rules *rules = service->rules;

	*rule = NULL;
	if (rules == NULL || (rules->state == RULES_MISSING && service->may_lack_rules))
		return true;
	if (rules->state == RULES_MISSING || rules->state == RULES_BROKEN) {
		say(reply, ANSWER_BROKEN, rules->cdb, config_text(qmail->config, "%.200s, and tcpserver drops the connection", rules->why));
		return false;
	}
	*rule = qmail_rules_match(rules, ip, service->looks_up_name ? name : NULL, qmail->six);
	if (*rule == NULL || rules->state == RULES_UNKNOWN)
		return true;
	if ((*rule)->denies) {
		say(reply, ANSWER_REJECT, place_of(qmail, rules, *rule), "tcpserver turns the client away");
		return false;
	}
	if (service->blocks && (*rule)->block != NULL && *(*rule)->block != '\0') {
		say(reply, *(*rule)->block == '-' ? ANSWER_REJECT : ANSWER_DEFER, place_of(qmail, rules, *rule), "RBLSMTPD is set, and rblsmtpd refuses the client");
		return false;
	}
	return true;
}

/* What is left to qmail-smtpd where no RELAYCLIENT is set, or where that is not known. */
static void by_recipient(struct qmail *qmail, bool known, const char *by, const char *why, struct config_reply *reply)
{
	const char *place;

	if (qmail_takes(qmail, OUTSIDE, &place))
		say(reply, ANSWER_PERMIT, place, qmail->hosts.there ? "the recipient's domain is listed" : "without this file every recipient is taken from everybody");
	else if (!known)
		say(reply, ANSWER_UNKNOWN, by, why);
	else if (qmail->hosts.there && qmail->more.broken)
		say(reply, ANSWER_BROKEN, qmail->more.file, "it is no whole cdb, and qmail-smtpd answers 421");
	else
		say(reply, ANSWER_REJECT, by != NULL ? by : qmail->hosts.file, "RELAYCLIENT is not set for the client, and rcpthosts does not have the domain");
}

static void ask_service(struct qmail *qmail, const struct qmail_service *service, const struct config_client *client, struct config_reply *reply)
{
	char ip[ADDRESS_TEXT], *name = client->name != NULL ? mem_text(client->name) : NULL;
	const struct qmail_rules *rules = service->rules;
	const struct qmail_rule *rule;
	bool listens = qmail_address_text(qmail, &client->address, ip), set;

	reply->service = service->name;
	if (name != NULL)
		text_lower(name);
	if (!listens) {
		say(reply, ANSWER_REJECT, service->place, "this tcpserver listens on IPv4 alone");
	} else if (is_let_in(qmail, service, ip, name, &rule, reply)) {
		bool unknown = service->cdb_unknown || (rules != NULL && rules->state == RULES_UNKNOWN);
		const char *by = rule != NULL && !unknown ? place_of(qmail, rules, rule) : NULL;

		set = rule != NULL && !unknown && rule->relays;
		if (qmail->fault != NULL)
			say(reply, ANSWER_BROKEN, qmail->fault_place, qmail->fault);
		else if (service->after == RELAY_SET)
			say(reply, ANSWER_PERMIT, service->after_place, "RELAYCLIENT is set behind tcpserver, whoever the client is");
		else if (set && service->after == RELAY_KEPT)
			say(reply, ANSWER_PERMIT, by, "the rule sets RELAYCLIENT");
		else if (service->before == RELAY_SET && service->after == RELAY_KEPT)
			say(reply, unknown ? ANSWER_UNKNOWN : ANSWER_PERMIT, service->before_place, "RELAYCLIENT is in the environment of tcpserver");
		else if (service->after == RELAY_UNKNOWN)
			by_recipient(qmail, false, service->after_place, "whether RELAYCLIENT is set behind tcpserver only the shell could tell", reply);
		else if (service->after == RELAY_KEPT && (unknown || service->before == RELAY_UNKNOWN))
			by_recipient(qmail, false, unknown && rules != NULL ? rules->cdb : service->place,
				     !unknown ? "whether RELAYCLIENT is set only the shell could tell" : rules != NULL ? rules->why : "which rules there are only the shell could tell", reply);
		else
			by_recipient(qmail, true, by, NULL, reply);
	}
	free(name);
}

void qmail_ask(struct qmail *qmail, const struct config_client *client, struct config_replies *replies)
{
	for (size_t i = 0; i < qmail->service_count; i++) {
		MEM_ROOM(replies->rows, replies->count, replies->capacity);
		replies->rows[replies->count] = (struct config_reply){ .service = NULL };
		ask_service(qmail, &qmail->services[i], client, &replies->rows[replies->count++]);
	}
}
