/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_config.c - Haraka's configuration: where it lies, and what belongs to what
 *
 * As Haraka 3.0.3 with haraka-config 1.4 reads it, when it was installed by "haraka -i".
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/config_kind.h"
#include "mta/haraka.h"

/* Where people install it; it is told by -c, and there is no other place. */
static const char *const homes[] = { "/etc/haraka", "/usr/local/haraka", "/usr/local/etc/haraka", "/opt/haraka", "/srv/haraka", "/var/lib/haraka", "/haraka", "/app" };

static const char *const cores[] = { "/opt/haraka/node_modules/Haraka", "/usr/lib/node_modules/Haraka", "/usr/local/lib/node_modules/Haraka", "/usr/share/node_modules/Haraka",
				     "/usr/local/lib/node_modules_global/lib/node_modules/Haraka" };

#define LIST "/config/plugins"

static bool has(const struct config_files *files, const char *before, const char *name)
{
	char *path = mem_printf("%s%s", before, name);
	time_t modified;
	bool there = config_files_has(files, path, &modified);

	free(path);
	return there;
}

/* A list of plugins may be called so elsewhere, too: another file of Haraka's lies beside it. */
static bool is_home(const struct config_files *files, const char *home)
{
	return has(files, home, LIST) && (has(files, home, "/config/smtp.ini") || has(files, home, "/config/host_list") || has(files, home, "/config/relay.ini"));
}

static const char *find_home(const struct config_files *files)
{
	for (size_t i = 0; i < sizeof homes / sizeof *homes; i++)
		if (is_home(files, homes[i]))
			return homes[i];
	return NULL;
}

static bool is_here(const struct config_files *files)
{
	return find_home(files) != NULL;
}

static void find_core(struct haraka *haraka)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	time_t modified;
	const char *at;

	for (size_t i = 0; i < sizeof cores / sizeof *cores && haraka->core == NULL; i++)
		if (has(&haraka->files, cores[i], "/plugins.js"))
			haraka->core = cores[i];
	if (haraka->core == NULL)
		return;
	if (config_files_read(&haraka->files, config_text(haraka->config, "%s/package.json", haraka->core), &text, &modified, &err) == 0 &&
	    (at = strstr(text.data, "\"version\"")) != NULL && (at = strchr(at + strlen("\"version\""), '"')) != NULL)
		haraka->config->version = config_shown(haraka->config, at + 1, strcspn(at + 1, "\"\n"));
	buf_release(&text);
}

static void find_overrides(struct haraka *haraka)
{
	static const char *const names[] = { "/config/smtp.json", "/config/smtp.yaml", "/config/smtp.hjson" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (haraka->overridden == NULL && has(&haraka->files, haraka->home, names[i]))
			haraka->overridden = config_text(haraka->config, "%s%s", haraka->home, names[i]);
}

static void add_port(struct haraka *haraka, long port)
{
	if (port > 0 && haraka->port_count < sizeof haraka->ports / sizeof *haraka->ports)
		haraka->ports[haraka->port_count++] = (unsigned)port;
}

/* "listen=[::]:25,[::]:587", or "port=25". */
static void find_ports(struct haraka *haraka)
{
	const struct haraka_line *listens = haraka_pair(&haraka->smtp, "main", "listen"), *port = haraka_pair(&haraka->smtp, "main", "port");
	long plain = port != NULL && port->value != NULL ? text_number(port->value, 1, 65535) : 25;
	char *copy = mem_text(listens != NULL && listens->value != NULL ? listens->value : ""), *save = NULL;

	if (plain < 0)
		plain = 25;
	for (char *word = strtok_r(copy, ", \t", &save); word != NULL; word = strtok_r(NULL, ", \t", &save)) {
		const char *colon = strrchr(word, ':');
		long number = colon != NULL && strchr(colon, ']') == NULL ? text_number(colon + 1, 1, 65535) : plain;

		add_port(haraka, number > 0 ? number : plain);
	}
	free(copy);
	if (haraka->port_count == 0)
		add_port(haraka, plain);
	for (size_t i = 1; i < haraka->port_count; i++)
		if (haraka->ports[i] == 25 && haraka->ports[0] != 25) {
			haraka->ports[i] = haraka->ports[0];
			haraka->ports[0] = 25;
		}
}

/* An entry that is no address keeps Haraka from starting. */
static void check_proxies(struct haraka *haraka)
{
	for (size_t i = 0; i < haraka->trusted_count && haraka->fault == NULL; i++) {
		if (!haraka->trusted[i].dead)
			continue;
		haraka->fault = "an entry of haproxy_hosts is no address, and Haraka does not start";
		haraka->fault_place = haraka_place(haraka, &haraka->proxies, haraka->trusted[i].line->line);
	}
}

static void read_all(struct haraka *haraka)
{
	find_core(haraka);
	find_overrides(haraka);
	haraka_ini_read(haraka, &haraka->smtp, "smtp.ini");
	haraka_list_read(haraka, &haraka->list, "plugins");
	haraka_ini_read(haraka, &haraka->relay, "relay.ini");
	haraka_list_read(haraka, &haraka->allow, "relay_acl_allow");
	haraka_ini_read(haraka, &haraka->destinations, "relay_dest_domains.ini");
	haraka_list_read(haraka, &haraka->hosts, "host_list");
	haraka_list_read(haraka, &haraka->patterns, "host_list_regex");
	haraka_ini_read(haraka, &haraka->forward, "smtp_forward.ini");
	haraka_list_read(haraka, &haraka->proxies, "haproxy_hosts");
	haraka_list_read(haraka, &haraka->clients, "xclient.hosts");
	haraka_plugins(haraka);
	find_ports(haraka);
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct haraka *haraka = mem_new(sizeof *haraka);
	size_t len;

	config->state = haraka;
	haraka->config = config;
	haraka->files = *files;
	haraka->home = find_home(files);
	if (wish->path_count != 0) {
		len = strlen(wish->paths[0]);
		if (wish->path_count != 1 || len <= strlen(LIST) || strcmp(wish->paths[0] + len - strlen(LIST), LIST) != 0)
			return err_set(err, ERR_USAGE, "for Haraka name one file, the list of plugins: DIRECTORY/config/plugins");
		haraka->home = pool_bytes(config->pool, wish->paths[0], len - strlen(LIST));
		if (!has(files, haraka->home, LIST))
			return err_set(err, ERR_SYSTEM, "%s is not there", wish->paths[0]);
	}
	if (haraka->home == NULL)
		return err_set(err, ERR_SYSTEM, "there is no configuration of Haraka");
	read_all(haraka);
	haraka_settle(haraka);
	haraka_grants(haraka);
	return 0;
}

void haraka_settle(struct haraka *haraka)
{
	haraka->acl = haraka_truth(&haraka->relay, "relay", "acl", true);
	haraka->all = haraka_truth(&haraka->relay, "relay", "all", false);
	haraka->dest_domains = haraka_truth(&haraka->relay, "relay", "dest_domains", false);
	haraka->check_recipient = haraka_truth(&haraka->forward, "main", "check_recipient", false);
	haraka->networks = haraka_networks(&haraka->allow, 32, false, &haraka->network_count);
	haraka->trusted = haraka_networks(&haraka->proxies, 64, true, &haraka->trusted_count);
	check_proxies(haraka);
	haraka_hosts_take(haraka);
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	haraka_ask(config->state, client, replies);
}

static void release(void *state)
{
	struct haraka *haraka = state;

	haraka_file_release(&haraka->list);
	haraka_file_release(&haraka->relay);
	haraka_file_release(&haraka->allow);
	haraka_file_release(&haraka->destinations);
	haraka_file_release(&haraka->hosts);
	haraka_file_release(&haraka->patterns);
	haraka_file_release(&haraka->smtp);
	haraka_file_release(&haraka->forward);
	haraka_file_release(&haraka->proxies);
	haraka_file_release(&haraka->clients);
	free(haraka->networks);
	free(haraka->trusted);
	free(haraka);
}

const struct config_kind config_haraka = {
	.mta = "haraka",
	.where = "/etc/haraka/config",
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
