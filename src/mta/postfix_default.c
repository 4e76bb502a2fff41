/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_default.c - the defaults of the parameters that relaying hangs on
 *
 * As `postconf -d` has them from 3.6 on; earlier ones differ by what stands in
 * compatibility_level, which the defaults themselves look at.  Where this machine's own
 * postconf was asked, its word comes first.
 */
#include "mta/postfix_main.h"

#include <string.h>

#include "base/pool.h"
#include "base/text.h"

static const struct {
	const char *name;
	const char *value;
} defaults[] = {
	{ "access_map_defer_code", "450" },
	{ "access_map_reject_code", "554" },
	{ "allow_untrusted_routing", "no" },
	{ "alias_database", "hash:/etc/aliases" },
	{ "alias_maps", "hash:/etc/aliases" },
	{ "compatibility_level", "0" },
	{ "config_directory", "/etc/postfix" },
	{ "daemon_directory", "/usr/lib/postfix/sbin" },
	{ "data_directory", "/var/lib/postfix" },
	{ "defer_code", "450" },
	{ "inet_interfaces", "all" },
	{ "inet_protocols", "all" },
	{ "mail_name", "Postfix" },
	{ "mydestination", "$myhostname, localhost.$mydomain, localhost" },
	{ "mydomain", "localdomain" },
	{ "myhostname", "localhost" },
	{ "mynetworks", "" },
	{ "mynetworks_style", "${{$compatibility_level} <level {2} ? {subnet} : {host}}" },
	{ "myorigin", "$myhostname" },
	{ "parent_domain_matches_subdomains",
	  "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps" },
	{ "permit_mx_backup_networks", "" },
	{ "plaintext_reject_code", "450" },
	{ "postscreen_access_list", "permit_mynetworks" },
	{ "postscreen_upstream_proxy_protocol", "" },
	{ "proxy_interfaces", "" },
	{ "queue_directory", "/var/spool/postfix" },
	{ "reject_code", "554" },
	{ "relay_clientcerts", "" },
	{ "relay_domains", "${{$compatibility_level} <level {2} ? {$mydestination} : {}}" },
	{ "relay_domains_reject_code", "554" },
	{ "smtpd_access_maps", "" },
	{ "smtpd_authorized_xclient_hosts", "" },
	{ "smtpd_authorized_xforward_hosts", "" },
	{ "smtpd_client_restrictions", "" },
	{ "smtpd_delay_reject", "yes" },
	{ "smtpd_end_of_data_restrictions", "" },
	{ "smtpd_data_restrictions", "" },
	{ "smtpd_helo_required", "no" },
	{ "smtpd_helo_restrictions", "" },
	{ "smtpd_null_access_lookup_key", "<>" },
	{ "smtpd_recipient_restrictions", "" },
	{ "smtpd_relay_before_recipient_restrictions", "${{$compatibility_level} <level {3.6} ? {no} : {yes}}" },
	{ "smtpd_relay_restrictions",
	  "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}" },
	{ "smtpd_restriction_classes", "" },
	{ "smtpd_sasl_auth_enable", "no" },
	{ "smtpd_sender_restrictions", "" },
	{ "smtpd_upstream_proxy_protocol", "" },
	{ "soft_bounce", "no" },
	{ "transport_maps", "" },
	{ "unknown_client_reject_code", "450" },
	{ "virtual_alias_domains", "$virtual_alias_maps" },
	{ "virtual_alias_maps", "$virtual_maps" },
	{ "virtual_mailbox_domains", "$virtual_mailbox_maps" },
	{ "virtual_mailbox_maps", "" },
	{ "virtual_maps", "" },
};

enum { DEFAULTS = sizeof defaults / sizeof *defaults };

const char *postfix_default(const char *name)
{
	for (size_t i = 0; i < DEFAULTS; i++)
		if (strcmp(defaults[i].name, name) == 0)
			return defaults[i].value;
	return NULL;
}

void postfix_defaults_tell(struct postfix_settings *told, struct pool *pool, const char *text)
{
	size_t len;

	for (; *text != '\0' && told->count < POSTFIX_SETTINGS_MOST; text += len + (text[len] == '\n')) {
		size_t name = strcspn(text, " =\n");
		const char *value = text + name;

		len = strcspn(text, "\n");
		value += strspn(value, " ");
		if (name == 0 || *value != '=')
			continue;
		value += 1 + strspn(value + 1, " ");
		/* Of the networks it tells what comes of the interfaces, which the reader knows better: main.cf may name others. */
		if (name != strlen("mynetworks") || strncmp(text, "mynetworks", name) != 0)
			postfix_settings_put(told, pool_bytes(pool, text, name), pool_bytes(pool, value, (size_t)(text + len - value)), NULL, 0);
	}
}

const char *postfix_raw(const struct postfix_settings *settings, const char *name)
{
	const struct postfix_setting *setting = postfix_setting_find(settings, name);

	while (setting == NULL && settings->below != NULL)
		settings = settings->below;
	if (setting == NULL && settings->told != NULL)
		setting = postfix_setting_find(settings->told, name);
	return setting != NULL ? setting->value : postfix_default(name);
}
