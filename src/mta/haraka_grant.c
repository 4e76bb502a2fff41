/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_grant.c - who may relay through Haraka, and what its files do not do
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "mta/haraka.h"

static struct fact *tell(struct haraka *haraka, enum fact_kind kind, const char *source, const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(haraka->config, kind, source);

	fact->title = title;
	fact->says = says;
	fact->fix = fix;
	return fact;
}

static const char *shown(struct haraka *haraka, const char *text)
{
	return config_shown(haraka->config, text, strlen(text));
}

static struct grant *add_grant(struct haraka *haraka, enum grant_to to, const char *source, const char *setting, const char *value, const char *idle)
{
	struct grant *grant = config_add_grant(haraka->config, to, source, setting);

	grant->value = shown(haraka, value);
	grant->covers = grant->value;
	grant->idle_because = haraka->fault != NULL ? haraka->fault : idle;
	grant->in_force = grant->idle_because == NULL;
	return grant;
}

/* Why nothing in relay.ini is in force; NULL. */
static const char *no_relay(const struct haraka *haraka)
{
	return haraka_plugin(haraka, PLUGIN_RELAY) == NULL ? "the plugin relay is not in the list of plugins" : NULL;
}

static void of_network(struct haraka *haraka, const struct haraka_network *network)
{
	const char *place = haraka_place(haraka, &haraka->allow, network->line->line), *text = shown(haraka, network->line->value);
	const char *idle = no_relay(haraka);

	if (network->dead) {
		tell(haraka, FACT_DEAD, place, "an entry of relay_acl_allow is no address", "the plugin relay passes it over", "write one address or network a line, and nothing else")->text = text;
		return;
	}
	if (network->whole)
		tell(haraka, FACT_SYNTAX, place, "a network's length is no number", "Haraka compares no bit then: every address of its family fits",
		     "write ADDRESS/LENGTH and nothing else on the line, not even a comment")
			->text = text;
	if (network->short_six)
		tell(haraka, FACT_SYNTAX, place, "an IPv6 address without a length", "Haraka takes it for a network of length 32, as long as one of IPv4 is", "write /128 behind it")->text = text;
	if (idle == NULL && !haraka->acl)
		idle = "relay.ini has acl off";
	if (network->unknown) {
		add_grant(haraka, GRANT_UNKNOWN, place, "relay_acl_allow", network->line->value, idle);
		tell(haraka, FACT_NOT_EVALUATED, place, "a network's length is not told here", "JavaScript may take it for a number", "write a plain number")->text = text;
	} else {
		config_set_network(haraka->config, add_grant(haraka, GRANT_ADDRESSES, place, "relay_acl_allow", network->line->value, idle), &network->prefix,
				   network->host_bits && !network->whole);
	}
}

static void of_destinations(struct haraka *haraka)
{
	for (size_t i = 0; i < haraka->destinations.count && i < HARAKA_DESTINATIONS_MOST; i++) {
		const struct haraka_line *row = &haraka->destinations.rows[i], *line;

		if (strcmp(row->section, "domains") != 0 || *row->name == '\0' || haraka_destination(haraka, row->name, &line) != DESTINATION_TAKEN || line != row)
			continue;
		add_grant(haraka, GRANT_RECIPIENT, haraka_place(haraka, &haraka->destinations, row->line), "dest_domains", row->name,
			  no_relay(haraka) != NULL ? no_relay(haraka) : haraka->dest_domains ? NULL : "relay.ini has dest_domains off");
	}
}

static void of_relay(struct haraka *haraka)
{
	const struct haraka_line *all = haraka_pair(&haraka->relay, "relay", "all");
	static const char *const names[] = { "acl", "all", "dest_domains", "force_routing" };

	for (size_t i = 0; i < haraka->network_count && haraka->config->grant_count < CONFIG_GRANTS_MOST; i++)
		of_network(haraka, &haraka->networks[i]);
	if (haraka->all && all != NULL) {
		struct grant *grant = add_grant(haraka, GRANT_ANYONE, haraka_place(haraka, &haraka->relay, all->line), "all", all->value != NULL ? all->value : "", no_relay(haraka));

		grant->covers = "every recipient, from everybody";
	}
	of_destinations(haraka);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct haraka_line *stray = haraka_pair(&haraka->relay, "main", names[i]);

		if (stray != NULL)
			tell(haraka, FACT_DEAD, haraka_place(haraka, &haraka->relay, stray->line), "a setting of relay.ini stands before its section",
			     "the plugin relay reads what stands below [relay] only, and has its own default for this", "put it below a line [relay]")
				->text = shown(haraka, stray->name);
	}
}

static void of_hosts(struct haraka *haraka)
{
	const char *idle = haraka_plugin(haraka, PLUGIN_HOST_LIST) == NULL ? "the plugin rcpt_to.in_host_list is not in the list of plugins" : NULL;

	for (size_t i = 0; i < haraka->patterns.count && i < HARAKA_PATTERNS_MOST; i++) {
		const struct haraka_line *line = &haraka->patterns.rows[i];
		const char *place = haraka_place(haraka, &haraka->patterns, line->line);
		int fits = haraka_pattern(line->value, HARAKA_OUTSIDE);
		struct grant *grant = add_grant(haraka, fits < 0 ? GRANT_UNKNOWN : GRANT_RECIPIENT, place, "host_list_regex", line->value, idle);

		/* One that has an outside domain has, as far as is known, all. */
		if (fits > 0)
			grant->covers = "any domain";
		if (fits < 0)
			tell(haraka, FACT_NOT_EVALUATED, place, "an expression is not evaluated", "it has more than letters, dots and single repetitions", "list domains in host_list instead")
				->text = grant->value;
	}
}

/* What is said of plugins that are not read further. */
static const struct {
	enum haraka_part part;
	const char *title, *says;
} unread[] = {
	{ PLUGIN_OTHER, "a plugin may let clients relay", "it is not one that is known here, and may do anything" },
	{ PLUGIN_TAKES, "a plugin may take recipients", "which ones is looked up elsewhere" },
	{ PLUGIN_REFUSES, "a plugin may refuse clients", "by which rules is not read here" },
};

static void of_plugin(struct haraka *haraka, const struct haraka_plugin *plugin)
{
	const char *place = haraka_place(haraka, &haraka->list, plugin->line);

	if (plugin->part == PLUGIN_LOGIN)
		add_grant(haraka, GRANT_LOGIN, place, "plugins", plugin->name, NULL)->covers = "whoever logs in";
	if (plugin->part == PLUGIN_OTHER || plugin->part == PLUGIN_TAKES)
		add_grant(haraka, GRANT_UNKNOWN, place, "plugins", plugin->name, NULL);
	for (size_t i = 0; i < sizeof unread / sizeof *unread; i++)
		if (plugin->part == unread[i].part)
			tell(haraka, FACT_NOT_EVALUATED, place, unread[i].title, unread[i].says, "look at what it does")->text = shown(haraka, plugin->name);
}

/* Those that a list names one by one; the plugin adds the machine itself. */
static void of_xclient(struct haraka *haraka)
{
	static const char *const own[] = { "127.0.0.1", "::1" };
	const struct haraka_plugin *plugin = haraka_plugin(haraka, PLUGIN_XCLIENT);
	struct err err = ERR_INIT;
	struct prefix prefix;
	struct fact *fact;
	bool host_bits;

	if (plugin == NULL)
		return;
	fact = tell(haraka, FACT_XCLIENT, haraka_place(haraka, &haraka->list, plugin->line), "clients may say by XCLIENT who they are",
		    "the machine itself, and those in xclient.hosts, are taken for the address that they name, which may be one that relays", "take the plugin out, or list the proxies only");
	fact->service = "smtp";
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (prefix_parse(own[i], &prefix, &host_bits, &err) == 0)
			prefixset_add(&fact->addresses, &prefix);
	for (size_t i = 0; i < haraka->clients.count; i++)
		if (strchr(haraka->clients.rows[i].value, '/') == NULL && prefix_parse(haraka->clients.rows[i].value, &prefix, &host_bits, &err) == 0)
			prefixset_add(&fact->addresses, &prefix);
	prefixset_settle(&fact->addresses);
}

static void of_proxies(struct haraka *haraka)
{
	struct fact *fact;

	if (haraka->trusted_count == 0)
		return;
	fact = tell(haraka, FACT_PROXY, haraka_place(haraka, &haraka->proxies, haraka->proxies.rows[0].line), "clients may say by a PROXY header who they are",
		    "those in haproxy_hosts are taken for the address that they name, which may be one that relays", "list the proxies only, each with /32 or /128");
	fact->service = "smtp";
	for (size_t i = 0; i < haraka->trusted_count; i++)
		if (!haraka->trusted[i].dead)
			prefixset_add(&fact->addresses, &haraka->trusted[i].prefix);
	prefixset_settle(&fact->addresses);
}

void haraka_grants(struct haraka *haraka)
{
	if (haraka->fault != NULL)
		tell(haraka, FACT_REFUSES_SERVICE, haraka->fault_place, "Haraka does not start", haraka->fault, "mend the line, or take it out");
	if (haraka->overridden != NULL)
		tell(haraka, FACT_NOT_EVALUATED, haraka->overridden, "a file that may stand for all others", "what it has with a \"!\" before the name of a file is taken instead of that file",
		     "put it into the files themselves");
	of_relay(haraka);
	of_hosts(haraka);
	for (size_t i = 0; i < haraka->plugin_count; i++)
		of_plugin(haraka, &haraka->plugins[i]);
	of_xclient(haraka);
	of_proxies(haraka);
}
