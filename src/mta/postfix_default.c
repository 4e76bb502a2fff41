/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_default.c - the defaults of the parameters that relaying hangs on
 *
 * As `postconf -d` has them from 3.6 on; earlier ones differ by what stands in
 * compatibility_level, which the defaults themselves look at.
 */
#include "mta/postfix_main.h"

#include <string.h>

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
