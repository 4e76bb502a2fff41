/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_restriction.c - each restriction by its name (postconf(5))
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix_table.h"
#include "mta/postfix_walk.h"

#define HANDLER(name)                                                                                                                \
	static enum step name(struct walk *walk, const struct restriction *restriction, const struct postfix_item *item, const char *argument)

static enum step code_of(struct walk *walk, const struct restriction *restriction)
{
	struct buf value = BUF_INIT(POSTFIX_EXPANDED_MOST);
	struct err err = ERR_INIT;
	enum step step = STEP_REJECT;

	if (restriction->code != NULL && postfix_value(walk->settings, restriction->code, &value, &err) == 0 && value.data[0] == '4')
		step = STEP_DEFER;
	buf_release(&value);
	return step;
}

/* For a stranger as we take one, it decides nothing. */
HANDLER(passes)
{
	(void)walk;
	(void)restriction;
	(void)item;
	(void)argument;
	return STEP_DUNNO;
}

HANDLER(refuses)
{
	(void)argument;
	return walk_reject(walk, code_of(walk, restriction), item->source, restriction->about);
}

HANDLER(permits)
{
	(void)argument;
	return walk_decide(walk, STEP_OK, item->source, restriction->about);
}

HANDLER(defers_if_permitted)
{
	(void)restriction;
	(void)argument;
	if (walk->warn != 0)
		return walk_reject(walk, STEP_DEFER, item->source, restriction->about);
	walk->defer_by = walk->defer_if_permit ? walk->defer_by : item->source;
	walk->defer_if_permit = true;
	return STEP_DUNNO;
}

HANDLER(defers_if_refused)
{
	(void)restriction;
	(void)argument;
	walk->defer_by = walk->defer_if_reject ? walk->defer_by : item->source;
	walk->defer_if_reject = true;
	return STEP_DUNNO;
}

/* What the world's DNS decides, and a client with a clean name passes. */
HANDLER(asks_the_world)
{
	(void)argument;
	if (walk->unless == NULL)
		walk->unless = config_text(walk->postfix->config, "%s (%s)", restriction->name, item->source);
	return STEP_DUNNO;
}

HANDLER(is_not_asked)
{
	(void)argument;
	return walk_maybe(walk, (restriction->flags & RESTRICTION_GRANTS) != 0, true, item->source,
			  config_text(walk->postfix->config, "%s is not evaluated: %s", restriction->name, restriction->about));
}

HANDLER(by_networks)
{
	(void)item;
	const struct postfix_pattern *which;

	(void)restriction;
	(void)argument;
	if (!walk->networks_asked)
		walk->networks_match = postfix_list_match(postfix_list(walk->postfix, walk->settings, "mynetworks"), &walk->peer, &walk->networks_which);
	walk->networks_asked = true;
	which = walk->networks_which;
	switch (walk->networks_match) {
	case LIST_YES:
		return walk_decide(walk, STEP_OK, which->source,
				   config_text(walk->postfix->config, "it is in %s: %.200s", which->setting, config_shown(walk->postfix->config, which->text, strlen(which->text))));
	case LIST_BROKEN:
		return walk_decide(walk, STEP_BROKEN, which->source,
				   config_text(walk->postfix->config, "%.200s: Postfix cannot read this word (%.200s), and answers 451 to whom no earlier one covers",
					       config_shown(walk->postfix->config, which->text, strlen(which->text)), which->why));
	case LIST_CANNOT_TELL:
		return walk_maybe(walk, true, false, which->source, config_text(walk->postfix->config, "%s is not evaluated: %.300s",
				  config_shown(walk->postfix->config, which->text, strlen(which->text)), which->why ? which->why : "a word of it holds an expression"));
	case LIST_NO:
		break;
	}
	return STEP_DUNNO;
}

HANDLER(by_interfaces)
{
	(void)argument;
	for (size_t i = 0; i < walk->postfix->own_count; i++)
		if (address_equal(&walk->postfix->own[i].address, &walk->peer.address))
			return walk_decide(walk, STEP_OK, item->source, restriction->about);
	if (walk->postfix->own_count == 0 && !address_is_loopback(&walk->peer.address))
		return walk_maybe(walk, true, false, item->source, "the addresses of the machine are not known; name them with --own-address");
	return address_equal(&walk->peer.address, &(struct address){ AF_INET, { 127, 0, 0, 1 }, 0, 0 }) ||
			       address_equal(&walk->peer.address, &(struct address){ AF_INET6, { [15] = 1 }, 0, 0 }) ?
		       walk_decide(walk, STEP_OK, item->source, restriction->about) :
		       STEP_DUNNO;
}

HANDLER(by_client_name)
{
	if (strcmp(walk->peer.name, "unknown") != 0)
		return STEP_DUNNO;
	return refuses(walk, restriction, item, argument);
}

HANDLER(by_client_table)
{
	(void)restriction;
	return access_client(walk, item, argument);
}

/* A name that the client's own PTR record claims must not let it in: Postfix answers 451 to that. */
HANDLER(by_claimed_name_table)
{
	enum step step = access_client(walk, item, argument);

	return step != STEP_OK ? step : walk_decide(walk, STEP_BROKEN, item->source,
		config_text(walk->postfix->config, "%s must not permit: Postfix answers 451 Server configuration error", restriction->name));
}

HANDLER(by_helo_table)
{
	(void)restriction;
	return access_domain(walk, item, argument, WALK_HELO);
}

HANDLER(by_sender_table)
{
	(void)restriction;
	return access_mail(walk, item, argument, WALK_SENDER);
}

HANDLER(by_recipient_table)
{
	(void)restriction;
	return access_mail(walk, item, argument, WALK_RECIPIENT);
}

HANDLER(by_destination)
{
	if (walk_is_authorized(walk, WALK_RECIPIENT_DOMAIN))
		return STEP_DUNNO;
	return refuses(walk, restriction, item, argument);
}

HANDLER(by_deferred_destination)
{
	(void)argument;
	if (walk_is_authorized(walk, WALK_RECIPIENT_DOMAIN))
		return STEP_DUNNO;
	return walk_reject(walk, STEP_DEFER, item->source, restriction->about);
}

HANDLER(by_own_destination)
{
	(void)restriction;
	(void)argument;
	if (!walk_is_authorized(walk, WALK_RECIPIENT_DOMAIN))
		return STEP_DUNNO;
	return walk_decide(walk, STEP_OK, item->source, "the recipient's domain is among those that the server takes mail for");
}

HANDLER(by_relay_domains)
{
	const struct postfix_list *list = postfix_list(walk->postfix, walk->settings, "relay_domains");
	struct postfix_peer peer = { .name = walk->peer.name };
	const struct postfix_pattern *which;

	if (postfix_list_match(list, &peer, &which) == LIST_YES)
		return walk_decide(walk, STEP_OK, which->source, "the client's name is in relay_domains");
	if (walk_is_authorized(walk, WALK_RECIPIENT_DOMAIN))
		return walk_decide(walk, STEP_OK, item->source, "the recipient's domain is in relay_domains");
	return refuses(walk, restriction, item, argument);
}

#define LISTED "the client or a name of it is refused"

static const struct restriction restrictions[] = {
	{ "permit", TAKES_NOTHING, permits, NULL, "permit lets everybody pass", RESTRICTION_GRANTS | RESTRICTION_ENDS },
	{ "reject", TAKES_NOTHING, refuses, "reject_code", "reject refuses everybody", RESTRICTION_BLOCKS | RESTRICTION_ENDS },
	{ "defer", TAKES_NOTHING, refuses, "defer_code", "defer puts everybody off", RESTRICTION_BLOCKS | RESTRICTION_ENDS },
	{ "defer_if_permit", TAKES_NOTHING, defers_if_permitted, NULL, "who would be let in is put off", RESTRICTION_BLOCKS },
	{ "defer_if_reject", TAKES_NOTHING, defers_if_refused, NULL, "who would be refused is put off", 0 },
	{ "sleep", TAKES_WORD, passes, NULL, "a pause", 0 },
	{ "permit_mynetworks", TAKES_NOTHING, by_networks, NULL, "its address is in mynetworks", RESTRICTION_GRANTS },
	{ "permit_inet_interfaces", TAKES_NOTHING, by_interfaces, NULL, "it is an address of the machine", RESTRICTION_GRANTS },
	{ "permit_sasl_authenticated", TAKES_NOTHING, passes, NULL, "whoever logs in", RESTRICTION_GRANTS },
	{ "permit_tls_clientcerts", TAKES_NOTHING, passes, NULL, "a client certificate in relay_clientcerts", RESTRICTION_GRANTS },
	{ "permit_tls_all_clientcerts", TAKES_NOTHING, passes, NULL, "any certificate of an authority that is trusted", RESTRICTION_GRANTS },
	{ "permit_mx_backup", TAKES_NOTHING, asks_the_world, NULL, "mail for any domain that names this server as its MX", RESTRICTION_GRANTS },
	{ "permit_auth_destination", TAKES_NOTHING, by_own_destination, NULL, "mail for the server's own domains", 0 },
	{ "permit_naked_ip_address", TAKES_NOTHING, passes, NULL, "whoever greets with an address instead of a name", RESTRICTION_GRANTS },
	{ "reject_unauth_destination", TAKES_NOTHING, by_destination, "relay_domains_reject_code",
	  "relaying is denied: the recipient is not the server's", RESTRICTION_BLOCKS },
	{ "defer_unauth_destination", TAKES_NOTHING, by_deferred_destination, NULL,
	  "relaying is denied: the recipient is not the server's", RESTRICTION_BLOCKS },
	{ "check_relay_domains", TAKES_NOTHING, by_relay_domains, "relay_domains_reject_code", "relaying is denied", RESTRICTION_GRANTS | RESTRICTION_BLOCKS | RESTRICTION_ENDS },
	{ "check_client_access", TAKES_TABLE, by_client_table, NULL, "a table by client address and name", RESTRICTION_GRANTS },
	{ "check_reverse_client_hostname_access", TAKES_TABLE, by_claimed_name_table, NULL, "a table by the name of the PTR record", 0 },
	{ "check_helo_access", TAKES_TABLE, by_helo_table, NULL, "a table by what the client says in HELO", RESTRICTION_GRANTS },
	{ "check_sender_access", TAKES_TABLE, by_sender_table, NULL, "a table by sender address", RESTRICTION_GRANTS },
	{ "check_recipient_access", TAKES_TABLE, by_recipient_table, NULL, "a table by recipient address", RESTRICTION_GRANTS },
	{ "check_etrn_access", TAKES_TABLE, passes, NULL, "a table for ETRN", 0 },
	{ "check_ccert_access", TAKES_TABLE, passes, NULL, "a table by client certificate", RESTRICTION_GRANTS },
	{ "check_sasl_access", TAKES_TABLE, passes, NULL, "a table by login name", RESTRICTION_GRANTS },
	{ "check_policy_service", TAKES_TABLE, is_not_asked, NULL, "a program answers it", RESTRICTION_GRANTS },
	{ "check_client_ns_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_client_mx_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_client_a_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_reverse_client_hostname_ns_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_reverse_client_hostname_mx_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_reverse_client_hostname_a_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_helo_ns_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_helo_mx_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_helo_a_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_sender_ns_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_sender_mx_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_sender_a_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_recipient_ns_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_recipient_mx_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "check_recipient_a_access", TAKES_TABLE, is_not_asked, NULL, "it needs DNS", 0 },
	{ "permit_dnswl_client", TAKES_WORD, is_not_asked, NULL, "it needs DNS", RESTRICTION_GRANTS },
	{ "permit_rhswl_client", TAKES_WORD, is_not_asked, NULL, "it needs DNS", RESTRICTION_GRANTS },
	{ "reject_rbl_client", TAKES_WORD, asks_the_world, NULL, LISTED, 0 },
	{ "reject_rhsbl_client", TAKES_WORD, asks_the_world, NULL, LISTED, 0 },
	{ "reject_rhsbl_reverse_client", TAKES_WORD, asks_the_world, NULL, LISTED, 0 },
	{ "reject_rhsbl_helo", TAKES_WORD, asks_the_world, NULL, LISTED, 0 },
	{ "reject_rhsbl_sender", TAKES_WORD, asks_the_world, NULL, LISTED, 0 },
	{ "reject_rhsbl_recipient", TAKES_WORD, asks_the_world, NULL, LISTED, 0 },
	{ "reject_maps_rbl", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unknown_client_hostname", TAKES_NOTHING, by_client_name, "unknown_client_reject_code", "a client without a verified name is refused", 0 },
	{ "reject_unknown_client", TAKES_NOTHING, by_client_name, "unknown_client_reject_code", "a client without a verified name is refused", 0 },
	{ "reject_unknown_reverse_client_hostname", TAKES_NOTHING, by_client_name, "unknown_client_reject_code", "a client without a PTR record is refused", 0 },
	{ "reject_unknown_helo_hostname", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unknown_hostname", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unknown_sender_domain", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unknown_address", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unknown_recipient_domain", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unverified_sender", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_unverified_recipient", TAKES_NOTHING, asks_the_world, NULL, LISTED, 0 },
	{ "reject_plaintext_session", TAKES_NOTHING, refuses, "plaintext_reject_code", "a session without TLS is refused", 0 },
	{ "reject_invalid_helo_hostname", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_invalid_hostname", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_non_fqdn_helo_hostname", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_non_fqdn_hostname", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_non_fqdn_sender", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_non_fqdn_recipient", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_unlisted_sender", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_unlisted_recipient", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "check_recipient_maps", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_unauth_pipelining", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_multi_recipient_bounce", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_sender_login_mismatch", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_authenticated_sender_login_mismatch", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_known_sender_login_mismatch", TAKES_NOTHING, passes, NULL, LISTED, 0 },
	{ "reject_unauthenticated_sender_login_mismatch", TAKES_NOTHING, passes, NULL, LISTED, 0 },
};

const struct restriction *restriction_find(const char *name)
{
	for (size_t i = 0; i < sizeof restrictions / sizeof *restrictions; i++)
		if (text_equal_nocase(restrictions[i].name, name))
			return &restrictions[i];
	return NULL;
}
