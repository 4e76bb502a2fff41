/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_plugin.c - which plugins there are, and what they have to do with who may relay
 *
 * As plugins.js of Haraka 3.0.3 finds them: one that is found nowhere keeps it from starting.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/haraka.h"

/* A name that ends with '*' stands for all that begin so. */
static const struct {
	const char *name;
	enum haraka_part part;
} known[] = {
	{ "relay", PLUGIN_RELAY },		  { "rcpt_to.in_host_list", PLUGIN_HOST_LIST },
	{ "queue/smtp_forward", PLUGIN_FORWARD }, { "queue/smtp_proxy", PLUGIN_REFUSES },
	{ "queue/*", PLUGIN_QUIET },		  { "auth/auth_base", PLUGIN_QUIET },
	{ "auth/*", PLUGIN_LOGIN },		  { "auth-*", PLUGIN_LOGIN },
	{ "xclient", PLUGIN_XCLIENT },		  { "dnsbl", PLUGIN_QUIET },
	{ "dns-list", PLUGIN_QUIET },		  { "dnswl", PLUGIN_QUIET },
	{ "helo.checks", PLUGIN_QUIET },	  { "mail_from.is_resolvable", PLUGIN_QUIET },
	{ "headers", PLUGIN_QUIET },		  { "spf", PLUGIN_QUIET },
	{ "fcrdns", PLUGIN_QUIET },		  { "dkim*", PLUGIN_QUIET },
	{ "tls", PLUGIN_QUIET },		  { "data.*", PLUGIN_QUIET },
	{ "uribl", PLUGIN_QUIET },		  { "attachment", PLUGIN_QUIET },
	{ "avg", PLUGIN_QUIET },		  { "clamd", PLUGIN_QUIET },
	{ "esets", PLUGIN_QUIET },		  { "spamassassin", PLUGIN_QUIET },
	{ "rspamd", PLUGIN_QUIET },		  { "messagesniffer", PLUGIN_QUIET },
	{ "asn", PLUGIN_QUIET },		  { "geoip", PLUGIN_QUIET },
	{ "p0f", PLUGIN_QUIET },		  { "bounce", PLUGIN_QUIET },
	{ "backscatterer", PLUGIN_QUIET },	  { "block_me", PLUGIN_QUIET },
	{ "delay_deny", PLUGIN_QUIET },		  { "early_talker", PLUGIN_QUIET },
	{ "graph", PLUGIN_QUIET },		  { "process_title", PLUGIN_QUIET },
	{ "profile", PLUGIN_QUIET },		  { "reseed_rng", PLUGIN_QUIET },
	{ "status", PLUGIN_QUIET },		  { "tarpit", PLUGIN_QUIET },
	{ "toobusy", PLUGIN_QUIET },		  { "syslog", PLUGIN_QUIET },
	{ "log.*", PLUGIN_QUIET },		  { "elasticsearch", PLUGIN_QUIET },
	{ "watch", PLUGIN_QUIET },		  { "redis", PLUGIN_QUIET },
	{ "prevent_credential_leaks", PLUGIN_QUIET }, { "record_envelope_addresses", PLUGIN_QUIET },
	{ "rcpt_to.max_count", PLUGIN_QUIET },	  { "rcpt_to.host_list_base", PLUGIN_OTHER },
	{ "dns_list_base", PLUGIN_QUIET },	  { "access", PLUGIN_REFUSES },
	{ "greylist", PLUGIN_REFUSES },		  { "limit", PLUGIN_REFUSES },
	{ "karma", PLUGIN_REFUSES },		  { "rcpt_to.*", PLUGIN_TAKES },
	{ "rcpt-*", PLUGIN_TAKES },		  { "rcpt_*", PLUGIN_TAKES },
	{ "recipient-routes", PLUGIN_TAKES },	  { "qmail-deliverable", PLUGIN_TAKES },
	{ "aliases", PLUGIN_TAKES },
};

/* Names that were given up, as Haraka replaces them. */
static const struct {
	const char *old, *name;
} replaced[] = {
	{ "connect.asn", "asn" },	    { "connect.fcrdns", "fcrdns" },	  { "connect.geoip", "geoip" },
	{ "connect.p0f", "p0f" },	    { "connect.rdns_access", "access" },  { "data.nomsgid", "headers" },
	{ "data.noreceived", "headers" },   { "data.rfc5322_header_checks", "headers" }, { "data.headers", "headers" },
	{ "log.syslog", "syslog" },	    { "mail_from.access", "access" },	  { "mail_from.blocklist", "access" },
	{ "mail_from.nobounces", "bounce" }, { "max_unrecognized_commands", "limit" }, { "rate_limit", "limit" },
	{ "rcpt_to.access", "access" },	    { "rcpt_to.blocklist", "access" },	  { "rcpt_to.qmail_deliverable", "qmail-deliverable" },
	{ "rdns.regexp", "access" },	    { "relay_acl", "relay" },		  { "relay_all", "relay" },
	{ "relay_force_routing", "relay" },
};

static bool has(struct haraka *haraka, const char *format, const char *before, const char *name)
{
	time_t modified;
	char *path = mem_printf("%s%s", before, format), *full, *at = strchr(path, '*');
	bool there;

	*at = '\0';
	full = mem_printf("%s%s%s", path, name, at + 1);
	there = config_files_has(&haraka->files, full, &modified);
	free(full);
	free(path);
	return there;
}

/* A file of the operator's own goes before the program's of that name. */
static bool is_own(struct haraka *haraka, const char *name)
{
	return has(haraka, "/plugins/*.js", haraka->home, name) || has(haraka, "/plugins/*/package.json", haraka->home, name);
}

static bool is_there(struct haraka *haraka, const char *name)
{
	static const char *const places[] = { "/plugins/*.js", "/node_modules/haraka-plugin-*/package.json", "/../haraka-plugin-*/package.json", "/node_modules/*/package.json" };

	/* Without the program, what it brings along is not known. */
	if (haraka->core == NULL || is_own(haraka, name))
		return true;
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (has(haraka, places[i], haraka->home, name) || (i < 3 && has(haraka, places[i], haraka->core, name)))
			return true;
	return false;
}

static enum haraka_part part_of(const char *name)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		size_t len = strlen(known[i].name);

		if (known[i].name[len - 1] == '*' ? strncmp(name, known[i].name, len - 1) == 0 : strcmp(name, known[i].name) == 0)
			return known[i].part;
	}
	return PLUGIN_OTHER;
}

static void take_plugin(struct haraka *haraka, const struct haraka_line *line)
{
	static const char packaged[] = "haraka-plugin-";
	const char *name = line->value + (strncmp(line->value, packaged, sizeof packaged - 1) == 0 ? sizeof packaged - 1 : 0);

	for (size_t i = 0; i < sizeof replaced / sizeof *replaced; i++)
		if (strcmp(name, replaced[i].old) == 0) {
			name = replaced[i].name;
			break;
		}
	if (!is_there(haraka, name)) {
		if (haraka->fault == NULL && !haraka_truth(&haraka->smtp, "main", "ignore_bad_plugins", false)) {
			haraka->fault = config_text(haraka->config, "there is no plugin %.100s, and Haraka does not start", name);
			haraka->fault_place = haraka_place(haraka, &haraka->list, line->line);
		}
		return;
	}
	haraka->list.unread = haraka->list.unread || haraka->plugin_count >= HARAKA_PLUGINS_MOST;
	if (haraka->plugin_count < HARAKA_PLUGINS_MOST)
		haraka->plugins[haraka->plugin_count++] =
			(struct haraka_plugin){ .name = name, .part = is_own(haraka, name) ? PLUGIN_OTHER : part_of(name), .line = line->line };
}

void haraka_plugins(struct haraka *haraka)
{
	for (size_t i = 0; i < haraka->list.count; i++)
		take_plugin(haraka, &haraka->list.rows[i]);
}

const struct haraka_plugin *haraka_plugin(const struct haraka *haraka, enum haraka_part part)
{
	for (size_t i = 0; i < haraka->plugin_count; i++)
		if (haraka->plugins[i].part == part)
			return &haraka->plugins[i];
	return NULL;
}
