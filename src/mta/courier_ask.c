/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_ask.c - what couriertcpd and courieresmtpd say to a client
 *
 * RELAYCLIENT in the environment, be it empty, and every recipient is taken, with its value
 * behind; without it those whose domain esmtpacceptmailfor has.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/courier.h"

/* A domain outside, which nobody has (RFC 2606). */
#define OUTSIDE "example.com"

const char *courier_place(struct courier *courier, const struct courier_rules *rules, const struct courier_rule *rule)
{
	return rule->file != NULL ? config_place(courier->config, rule->file, rule->line) : rules->dat;
}

bool courier_environment(struct courier *courier, const struct courier_service *service, const struct courier_rule *rule, const char *name, const char **value,
			 const char **place, bool *unknown)
{
	const struct courier_variable *variable = courier_variable(service, name);
	char *set;

	*unknown = false;
	*value = "";
	if (rule != NULL && courier_sets(rule->value, name, &set)) {
		*value = pool_text(courier->config->pool, set);
		*place = courier_place(courier, service->rules, rule);
		free(set);
		return true;
	}
	*place = variable != NULL ? variable->place : service->odd;
	*unknown = variable != NULL ? variable->unknown : service->odd != NULL;
	if (variable == NULL)
		return false;
	*value = variable->value;
	return true;
}

/* A setting of 0 or 1, read as couriertcpd does: what begins with no number is 0. */
static bool is_on(struct courier *courier, const struct courier_service *service, const struct courier_rule *rule, const char *name, const char **place, bool *unknown)
{
	const char *value;

	return courier_environment(courier, service, rule, name, &value, place, unknown) && strtol(value, NULL, 10) != 0;
}

/* What RELAYCLIENT adds to the recipient's domain is a domain still. */
static bool is_plain(const char *value)
{
	const char *at = *value == '@' ? value + 1 : value;
	bool dot = false, low = *value == '@';

	for (; *at != '\0'; at++) {
		bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') || (*at == '-' && !low);

		if (!letter && (*at != '.' || low))
			return *value == '\0';
		dot = dot || *at == '.';
		low = *at == '.';
	}
	return *value == '\0' || (!low && (*value != '@' || dot));
}

struct judging {
	struct courier *courier;
	const struct courier_service *service;
	const struct courier_rule *rule;
	const char **by;
	const char **why;
};

static enum config_answer say(const struct judging *judging, enum config_answer answer, const char *by, const char *why)
{
	*judging->by = by;
	*judging->why = why;
	return answer;
}

/* What is left where RELAYCLIENT is not set, or where that is not known. */
static enum config_answer by_recipient(const struct judging *judging, bool known, const char *by, const char *why)
{
	const struct courier_domains *accepts = &judging->courier->accepts;
	const struct courier_domain *domain = courier_domains_find(accepts, OUTSIDE);

	if (domain != NULL)
		return say(judging, ANSWER_PERMIT, domain->line != 0 ? config_place(judging->courier->config, domain->file, domain->line) : domain->file,
			   "the recipient's domain is listed");
	if (!known)
		return say(judging, ANSWER_UNKNOWN, by, why);
	if (accepts->unread)
		return say(judging, ANSWER_UNKNOWN, accepts->file, "the domains that mail is taken for could not be read");
	return say(judging, ANSWER_REJECT, by, "RELAYCLIENT is not set for the client, and esmtpacceptmailfor does not have the domain");
}

/* BLOCK is looked at after the recipient's domain. */
static enum config_answer by_block(const struct judging *judging, const char *relay)
{
	const struct courier_service *service = judging->service;
	const char *value, *place;
	bool unknown, set = courier_environment(judging->courier, service, judging->rule, "BLOCK", &value, &place, &unknown);
	long code = strtol(value, NULL, 10);

	if (unknown)
		return say(judging, ANSWER_UNKNOWN, place, "whether BLOCK is set only the shell could tell");
	if (set && *value != '\0')
		return say(judging, code >= 400 && code < 500 ? ANSWER_DEFER : ANSWER_REJECT, place, "BLOCK is set, and each recipient is refused with it");
	if (!set && service->lists != NULL)
		return say(judging, ANSWER_UNKNOWN, service->place, "RELAYCLIENT is set, and a DNS list decides whether BLOCK is");
	return say(judging, ANSWER_PERMIT, relay, "RELAYCLIENT is set");
}

/* Settings of the service that refuse whoever they are for, before any recipient. */
static bool is_refused(const struct judging *judging, enum config_answer *answer)
{
	static const struct {
		const char *name;
		enum config_answer answer;
		const char *why, *unknown;
	} settings[] = {
		{ "ESMTP_TLS_REQUIRED", ANSWER_DEFER, "without STARTTLS courieresmtpd takes no mail", "whether STARTTLS is required only the shell could tell" },
		{ "AUTH_REQUIRED", ANSWER_REJECT, "who has not logged in is refused at MAIL", "whether a login is required only the shell could tell" },
	};
	const char *place;
	bool unknown;

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
		bool on = is_on(judging->courier, judging->service, judging->rule, settings[i].name, &place, &unknown);

		if (on || unknown) {
			*answer = say(judging, unknown ? ANSWER_UNKNOWN : settings[i].answer, place, unknown ? settings[i].unknown : settings[i].why);
			return true;
		}
	}
	return false;
}

/* Checks of the sender's DNS records, which a sender may fail. */
static bool is_looked_up(const struct judging *judging, bool relays, const char **place)
{
	static const char *const checks[] = { "BOFHSPFHELO", "BOFHSPFMAILFROM" };
	const char *value;
	bool unknown;

	if (relays && is_on(judging->courier, judging->service, judging->rule, "BOFHSPFTRUSTME", place, &unknown) && !unknown)
		return false;
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
		if ((courier_environment(judging->courier, judging->service, judging->rule, checks[i], &value, place, &unknown) && strcmp(value, "off") != 0 &&
		     *value != '\0'))
			return true;
	return false;
}

static enum config_answer judge(const struct judging *judging)
{
	struct courier *courier = judging->courier;
	const struct courier_service *service = judging->service;
	const char *value, *place, *looked;
	bool unknown, set;
	enum config_answer answer;

	if (is_refused(judging, &answer))
		return answer;
	set = courier_environment(courier, service, judging->rule, "RELAYCLIENT", &value, &place, &unknown);
	if (unknown)
		return by_recipient(judging, false, place, "whether RELAYCLIENT is set only the shell could tell");
	if (!set && service->list_grants != NULL)
		return by_recipient(judging, false, service->place, "a DNS list decides whether RELAYCLIENT is set");
	if (!set) {
		place = judging->rule != NULL ? courier_place(courier, service->rules, judging->rule) : NULL;
		answer = by_recipient(judging, true, place, NULL);
		if (answer != ANSWER_PERMIT)
			return answer;
		place = *judging->by;
	}
	if (is_looked_up(judging, set, &looked))
		return say(judging, ANSWER_UNKNOWN, looked, "the SPF records of the sender decide");
	if (set && !is_plain(value))
		return say(judging, ANSWER_UNKNOWN, place, "RELAYCLIENT adds to the recipient what may not be understood there");
	return by_block(judging, place);
}

enum config_answer courier_judge(struct courier *courier, const struct courier_service *service, const struct courier_rule *rule, const char **by, const char **why)
{
	struct judging judging = { .courier = courier, .service = service, .rule = rule, .by = by, .why = why };
	const char *value, *place;
	bool unknown;

	if (rule != NULL && courier_denies(rule->value))
		return say(&judging, ANSWER_REJECT, courier_place(courier, service->rules, rule), "couriertcpd closes the connection");
	if (service->drops && courier_environment(courier, service, rule, "BLOCK", &value, &place, &unknown) && *value != '\0' && !unknown)
		return say(&judging, ANSWER_REJECT, place, "BLOCK is set, and couriertcpd -drop closes the connection");
	return judge(&judging);
}

static void ask_service(struct courier *courier, const struct courier_service *service, const struct config_client *client, struct config_reply *reply)
{
	const struct courier_rules *rules = service->rules;
	const struct courier_rule *rule = NULL;

	reply->service = service->name;
	if (rules != NULL && rules->state == ACCESS_READ)
		rule = courier_rules_match(rules, &client->address);
	reply->answer = courier_judge(courier, service, rule, &reply->by, &reply->why);
	/* The rules may set whatever was not set before. */
	if (service->access_unknown || service->by_local || (rules != NULL && rules->state == ACCESS_UNKNOWN)) {
		reply->answer = ANSWER_UNKNOWN;
		reply->by = rules != NULL ? rules->dat : service->place;
		reply->why = rules != NULL && rules->state == ACCESS_UNKNOWN ? rules->why :
			     service->by_local				     ? "couriertcpd -accesslocal looks up the server's own address, too, and what is asked for it is not known here" :
									       "which rules there are only the shell could tell";
	}
}

void courier_ask(struct courier *courier, const struct config_client *client, struct config_replies *replies)
{
	for (size_t i = 0; i < courier->service_count; i++) {
		MEM_ROOM(replies->rows, replies->count, replies->capacity);
		replies->rows[replies->count] = (struct config_reply){ .service = NULL };
		ask_service(courier, &courier->services[i], client, &replies->rows[replies->count++]);
	}
}
