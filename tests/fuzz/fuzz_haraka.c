/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_haraka.c - whatever may stand in Haraka's files
 *
 * A line of "==" begins the next of them: plugins, relay.ini, relay_acl_allow, relay_dest_domains.ini, host_list,
 * host_list_regex, smtp.ini, smtp_forward.ini, haproxy_hosts, xclient.hosts.  They are read from memory; below the
 * root that is named there is no file.  What comes out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/haraka.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_shown(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		check(*text >= ' ' && *text <= '~');
}

static void check_config(const struct config *config)
{
	for (size_t i = 0; i < config->grant_count; i++) {
		check_shown(config->grants[i].source);
		check_shown(config->grants[i].value);
		check_shown(config->grants[i].covers);
		check_shown(config->grants[i].idle_because);
		check(config->grants[i].in_force == (config->grants[i].idle_because == NULL));
	}
	for (size_t i = 0; i < config->fact_count; i++) {
		check_shown(config->facts[i].source);
		check_shown(config->facts[i].title);
		check_shown(config->facts[i].text);
		check_shown(config->facts[i].says);
	}
}

static void ask(struct haraka *haraka, const char *address)
{
	struct config_client client = { .name = NULL };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;

	check(address_parse(address, &client.address, &err) == 0);
	haraka_ask(haraka, &client, &replies);
	check(replies.count == haraka->port_count);
	for (size_t i = 0; i < replies.count; i++) {
		check(replies.rows[i].answer < ANSWERS && replies.rows[i].why != NULL);
		check_shown(replies.rows[i].service);
		check_shown(replies.rows[i].by);
		check_shown(replies.rows[i].why);
	}
	free(replies.rows);
}

/* What stands before the next line of "==". */
static size_t part_of(const char *text, size_t left)
{
	const char *end = memmem(text, left, "\n==\n", 4);

	return end != NULL ? (size_t)(end - text) + 1 : left;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_haraka };
	struct haraka *haraka = mem_new(sizeof *haraka);
	struct haraka_file *const files[] = { &haraka->list,	 &haraka->relay, &haraka->allow,   &haraka->destinations, &haraka->hosts,
					      &haraka->patterns, &haraka->smtp,	 &haraka->forward, &haraka->proxies,	  &haraka->clients };
	static const bool sections[] = { false, true, false, true, false, false, true, true, false, false };
	char *text = mem_bytes((const char *)data, size);
	size_t at = 0;

	config.state = haraka;
	haraka->config = &config;
	haraka->home = "/etc/haraka";
	haraka->files = (struct config_files){ .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		files[i]->path = "/etc/haraka/config/file";
	for (size_t i = 0; i < sizeof files / sizeof *files && at < size; i++) {
		size_t len = part_of(text + at, size - at);

		(sections[i] ? haraka_ini_text : haraka_list_text)(haraka, files[i], text + at, len);
		at += len + 3;
	}
	haraka->ports[haraka->port_count++] = 25;
	haraka->ports[haraka->port_count++] = 587;
	haraka_plugins(haraka);
	haraka_settle(haraka);
	haraka_grants(haraka);
	check_config(&config);
	ask(haraka, "198.51.100.7");
	ask(haraka, "2001:db8::1");
	config_release(&config);
	free(text);
	return 0;
}
