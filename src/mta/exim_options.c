/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_options.c - the names of Exim's main options, as optionlist_config[] of
 * readconf.c has them, in order
 */
#include <stdlib.h>
#include <string.h>

#include "mta/exim.h"

/* Behind each name its kind: 'b' for one that is switched on or off. */
static const char *const names[] = {
	"accept_8bitmime b", "acl_not_smtp s", "acl_not_smtp_mime s", "acl_not_smtp_start s",
	"acl_smtp_auth s", "acl_smtp_connect s", "acl_smtp_data s", "acl_smtp_data_prdr s",
	"acl_smtp_dkim s", "acl_smtp_etrn s", "acl_smtp_expn s", "acl_smtp_helo s",
	"acl_smtp_mail s", "acl_smtp_mailauth s", "acl_smtp_mime s", "acl_smtp_notquit s",
	"acl_smtp_predata s", "acl_smtp_quit s", "acl_smtp_rcpt s", "acl_smtp_starttls s",
	"acl_smtp_vrfy s", "add_environment s", "admin_groups s", "allow_domain_literals b",
	"allow_mx_to_ip b", "allow_utf8_domains b", "auth_advertise_hosts s", "auto_thaw s",
	"av_scanner s", "bi_command s", "bmi_config_file s", "bounce_message_file s",
	"bounce_message_text s", "bounce_return_body b", "bounce_return_linesize_limit s", "bounce_return_message b",
	"bounce_return_size_limit s", "bounce_sender_authentication s", "callout_domain_negative_expire s", "callout_domain_positive_expire s",
	"callout_negative_expire s", "callout_positive_expire s", "callout_random_local_part s", "check_log_inodes s",
	"check_log_space s", "check_rfc2047_length b", "check_spool_inodes s", "check_spool_space s",
	"chunking_advertise_hosts s", "commandline_checks_require_admin b", "daemon_smtp_port s", "daemon_smtp_ports s",
	"daemon_startup_retries s", "daemon_startup_sleep s", "dcc_direct_add_header b", "dccifd_address s",
	"dccifd_options s", "debug_store b", "delay_warning s", "delay_warning_condition s",
	"deliver_drop_privilege b", "deliver_queue_load_max s", "delivery_date_remove b", "disable_fsync b",
	"disable_ipv6 b", "dkim_verify_hashes s", "dkim_verify_keytypes s", "dkim_verify_min_keysizes s",
	"dkim_verify_minimal b", "dkim_verify_signers s", "dmarc_forensic_sender s", "dmarc_history_file s",
	"dmarc_tld_file s", "dns_again_means_nonexist s", "dns_check_names_pattern s", "dns_csa_search_limit s",
	"dns_csa_use_reverse b", "dns_dnssec_ok s", "dns_ipv4_lookup s", "dns_retrans s",
	"dns_retry s", "dns_trust_aa s", "dns_use_edns0 s", "drop_cr b",
	"dsn_advertise_hosts s", "dsn_from s", "envelope_to_remove b", "errors_copy s",
	"errors_reply_to s", "event_action s", "exim_group s", "exim_path s",
	"exim_user s", "exim_version s", "extra_local_interfaces s", "extract_addresses_remove_arguments b",
	"finduser_retries s", "freeze_tell s", "gecos_name s", "gecos_pattern s",
	"gnutls_allow_auto_pkcs11 b", "gnutls_compat_mode b", "header_line_maxsize s", "header_maxsize s",
	"headers_charset s", "helo_accept_junk_hosts s", "helo_allow_chars s", "helo_lookup_domains s",
	"helo_try_verify_hosts s", "helo_verify_hosts s", "hold_domains s", "host_lookup s",
	"host_lookup_order s", "host_reject_connection s", "hosts_connection_nolog s", "hosts_proxy s",
	"hosts_require_alpn s", "hosts_require_helo s", "hosts_treat_as_local s", "ibase_servers s",
	"ignore_bounce_errors_after s", "ignore_fromline_hosts s", "ignore_fromline_local b", "keep_environment s",
	"keep_malformed s", "ldap_ca_cert_dir s", "ldap_ca_cert_file s", "ldap_cert_file s",
	"ldap_cert_key s", "ldap_cipher_suite s", "ldap_default_servers s", "ldap_require_cert s",
	"ldap_start_tls b", "ldap_version s", "limits_advertise_hosts s", "local_from_check b",
	"local_from_prefix s", "local_from_suffix s", "local_interfaces s", "local_scan_timeout s",
	"local_sender_retain b", "localhost_number s", "log_file_path s", "log_selector s",
	"log_timezone b", "lookup_open_max s", "max_username_length s", "message_body_newlines b",
	"message_body_visible s", "message_id_header_domain s", "message_id_header_text s", "message_logs b",
	"message_size_limit s", "move_frozen_messages b", "mua_wrapper b", "mysql_servers s",
	"never_users s", "notifier_socket s", "openssl_options s", "oracle_servers s",
	"percent_hack_domains s", "perl_at_start b", "perl_startup s", "perl_taintmode b",
	"pgsql_servers s", "pid_file_path s", "pipelining_advertise_hosts s", "pipelining_connect_advertise_hosts s",
	"prdr_enable b", "preserve_message_logs b", "primary_hostname s", "print_topbitchars b",
	"process_log_path s", "prod_requires_admin b", "proxy_protocol_timeout s", "qualify_domain s",
	"qualify_recipient s", "queue_domains s", "queue_fast_ramp b", "queue_list_requires_admin b",
	"queue_only b", "queue_only_file s", "queue_only_load s", "queue_only_load_latch b",
	"queue_only_override b", "queue_run_in_order b", "queue_run_max s", "queue_smtp_domains s",
	"receive_timeout s", "received_header_text s", "received_headers_max s", "recipient_unqualified_hosts s",
	"recipients_max s", "recipients_max_reject b", "redis_servers s", "remote_max_parallel s",
	"remote_sort_domains s", "retry_data_expire s", "retry_interval_max s", "return_path_remove b",
	"return_size_limit s", "rfc1413_hosts s", "rfc1413_query_timeout s", "sender_unqualified_hosts s",
	"slow_lookup_log s", "smtp_accept_keepalive b", "smtp_accept_max s", "smtp_accept_max_nonmail s",
	"smtp_accept_max_nonmail_hosts s", "smtp_accept_max_per_connection s", "smtp_accept_max_per_host s", "smtp_accept_queue s",
	"smtp_accept_queue_per_connection s", "smtp_accept_reserve s", "smtp_active_hostname s", "smtp_backlog_monitor s",
	"smtp_banner s", "smtp_check_spool_space b", "smtp_connect_backlog s", "smtp_enforce_sync b",
	"smtp_etrn_command s", "smtp_etrn_serialize b", "smtp_load_reserve s", "smtp_max_synprot_errors s",
	"smtp_max_unknown_commands s", "smtp_ratelimit_hosts s", "smtp_ratelimit_mail s", "smtp_ratelimit_rcpt s",
	"smtp_receive_timeout s", "smtp_reserve_hosts s", "smtp_return_error_details b", "smtputf8_advertise_hosts s",
	"spamd_address s", "spf_guess s", "spf_smtp_comment_template s", "split_spool_directory b",
	"spool_directory s", "spool_wireformat b", "sqlite_dbfile s", "sqlite_lock_timeout s",
	"strict_acl_vars b", "strip_excess_angle_brackets b", "strip_trailing_dot b", "syslog_duplication b",
	"syslog_facility s", "syslog_pid b", "syslog_processname s", "syslog_timestamp b",
	"system_filter s", "system_filter_directory_transport s", "system_filter_file_transport s", "system_filter_group s",
	"system_filter_pipe_transport s", "system_filter_reply_transport s", "system_filter_user s", "tcp_nodelay b",
	"tcp_wrappers_daemon_name s", "timeout_frozen_after s", "timezone s", "tls_advertise_hosts s",
	"tls_certificate s", "tls_crl s", "tls_dh_max_bits s", "tls_dhparam s",
	"tls_eccurve s", "tls_ocsp_file s", "tls_on_connect_ports s", "tls_privatekey s",
	"tls_remember_esmtp b", "tls_require_ciphers s", "tls_resumption_hosts s", "tls_try_verify_hosts s",
	"tls_verify_certificates s", "tls_verify_hosts s", "trusted_groups s", "trusted_users s",
	"unknown_login s", "unknown_username s", "untrusted_set_sender s", "uucp_from_pattern s",
	"uucp_from_sender s", "warn_message_file s", "write_rejectlog b", "{ s",
	"{ s",
};

struct wanted {
	const char *name;
	size_t len;
};

static int compare(const void *key, const void *member)
{
	const struct wanted *wanted = key;
	const char *name = *(const char *const *)member;
	size_t len = strcspn(name, " ");
	int order = strncmp(wanted->name, name, wanted->len < len ? wanted->len : len);

	return order != 0 ? order : wanted->len < len ? -1 : wanted->len > len;
}

bool exim_option_known(const char *name, size_t len, char *kind)
{
	struct wanted wanted = { name, len };
	const char *const *found = bsearch(&wanted, names, sizeof names / sizeof *names, sizeof *names, compare);

	if (found == NULL)
		return false;
	*kind = (*found)[strlen(*found) - 1];
	return true;
}
