/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server_config.c - where the configuration is, and whose addresses are one's own
 */
#include "cmd/server_config.h"

#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/classes.h"
#include "audit/masks.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "cmd/settings.h"
#include "mta/config_kind.h"
#include "net/asked.h"

/* All of Postfix's defaults are 50 kB. */
enum { TOLD_MOST = 1 << 20 };

int server_config_check_mta(const char *text, struct err *err)
{
	const char *meant = NULL;

	if (config_kind_find(text, &meant) != NULL)
		return 0;
	return err_set(err, ERR_USAGE, "the configuration of '%.40s' is not read%s%s%s", text, meant ? "; was '" : "", meant ? meant : "", meant ? "' meant?" : "");
}

int server_config_own(const char *text, struct config_own *own, struct err *err)
{
	const char *slash = strchr(text, '/');
	char bare[ADDRESS_TEXT];
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	struct prefix prefix;
	bool host_bits;

	if (len >= sizeof bare || prefix_parse(text, &prefix, &host_bits, err) != 0)
		return err_set(err, ERR_USAGE, "'%.100s' is not ADDRESS[/LENGTH]", text);
	memcpy(bare, text, len);
	bare[len] = '\0';
	own->length = prefix.length;
	return address_parse(bare, &own->address, err);
}

/* How many bits of a netmask are set, from the left. */
static unsigned mask_length(const struct address *mask)
{
	unsigned length = 0;

	while (length < prefix_bits(mask->family) && (mask->bytes[length / 8] & 0x80 >> length % 8) != 0)
		length++;
	return length;
}

static void add_own(struct server_config *server, const struct config_own *own)
{
	server->own = mem_resize(server->own, server->own_count + 1, sizeof *server->own);
	server->own[server->own_count++] = *own;
}

/* The machine's own, where it is its own configuration that is read. */
static void find_own(struct server_config *server)
{
	struct ifaddrs *list = NULL;

	if (getifaddrs(&list) != 0)
		return;
	for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
		struct config_own own;
		struct address mask;

		if (entry->ifa_addr == NULL || entry->ifa_netmask == NULL || address_from_socket(entry->ifa_addr, &own.address) != 0 ||
		    address_from_socket(entry->ifa_netmask, &mask) != 0)
			continue;
		own.address.port = 0;
		own.address.scope = 0;
		own.length = mask_length(&mask);
		add_own(server, &own);
	}
	freeifaddrs(list);
}

static int choose_own(struct server_config *server, const struct server_config_wish *wish, struct err *err)
{
	struct config_own own;

	for (size_t i = 0; wish->own_addresses != NULL && i < wish->own_addresses->count; i++) {
		if (server_config_own(wish->own_addresses->texts[i], &own, err) != 0)
			return -1;
		add_own(server, &own);
	}
	if (server->own_count == 0 && (wish->own || (wish->root == NULL && wish->path_count == 0)))
		find_own(server);
	return 0;
}

static int add_network(struct server_config *server, const char *text, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, err) != 0)
		return -1;
	prefixset_add(&server->own_networks, &prefix);
	return 0;
}

/* Loopback is the machine's own. */
static int choose_networks(struct server_config *server, const struct server_config_wish *wish, struct err *err)
{
	int result = add_network(server, "127.0.0.0/8", err) | add_network(server, "::1/128", err);

	for (size_t i = 0; i < wish->settings->networks.count && result == 0; i++)
		result = add_network(server, wish->settings->networks.texts[i], err);
	for (size_t i = 0; wish->own_networks != NULL && i < wish->own_networks->count && result == 0; i++)
		result = add_network(server, wish->own_networks->texts[i], err);
	prefixset_settle(&server->own_networks);
	return result;
}

/* A vantage says in its URI what client it is: "bind:198.51.100.7", "xclient:[2001:db8::1]?port=10025", "exec:...?client=203.0.113.9". */
static void find_vantages(struct server_config *server, const struct settings *settings)
{
	static const char *const schemes[] = { "bind:", "xclient:", "proxyv1:", "proxyv2:", "client=" };

	server->vantages = mem_new((settings->vantage_count + 1) * sizeof *server->vantages);
	for (size_t i = 0; i < settings->vantage_count; i++) {
		const struct vantage_setting *vantage = &settings->vantages[i];
		const char *uri = vantage->via != NULL ? vantage->via : vantage->text;
		struct err err = ERR_INIT;

		for (size_t k = 0; uri != NULL && k < sizeof schemes / sizeof *schemes; k++) {
			const char *at = strstr(uri, schemes[k]);
			char bare[ADDRESS_TEXT];

			if (at == NULL)
				continue;
			snprintf(bare, sizeof bare, "%.*s", (int)strcspn(at + strlen(schemes[k]), "?&"), at + strlen(schemes[k]));
			if (address_parse(bare, &server->vantages[server->vantage_count].address, &err) == 0)
				server->vantages[server->vantage_count++].name = vantage->name;
			break;
		}
	}
}

static const struct config_kind *choose_kind(const struct server_config *server, const struct server_config_wish *wish, struct err *err)
{
	struct buf known = BUF_INIT(1000);
	const struct config_kind *kind;
	const char *meant;

	if (wish->mta != NULL)
		return config_kind_find(wish->mta, &meant);
	for (size_t i = 0; (kind = config_kind_at(i)) != NULL; i++)
		if (wish->path_count != 0 || kind->is_here(&server->files))
			return kind;
	for (size_t i = 0; (kind = config_kind_at(i)) != NULL; i++)
		buf_printf(&known, "%s%s's is %s", i != 0 ? ", " : "", kind->mta, kind->where);
	err_set(err, ERR_SYSTEM, "there is no configuration that can be read below %s: %s", server->files.root, known.data);
	buf_release(&known);
	return NULL;
}

/* What the server's own program knows; the files must do where it is not there, or not for us. */
static void ask_program(const struct config_kind *kind, struct buf *told)
{
	char path[ASKED_PATH_MOST];
	struct err err = ERR_INIT;

	if (kind->program == NULL || asked_find(kind->program[0], path) != 0 || asked_run(path, kind->program, told, &err) != 0)
		buf_reset(told);
}

int server_config_read(struct server_config *server, const struct server_config_wish *wish, struct err *err)
{
	struct config_wish read = { .paths = wish->paths, .path_count = wish->path_count };
	struct buf told = BUF_INIT(TOLD_MOST);
	int result;

	server->files = (struct config_files){ wish->root != NULL ? wish->root : "/", CONFIG_ALL_MOST, &server->paths };
	server->config.pool = pool_new();
	if (choose_own(server, wish, err) != 0 || choose_networks(server, wish, err) != 0)
		return -1;
	read.own = server->own;
	read.own_count = server->own_count;
	server->config.kind = choose_kind(server, wish, err);
	if (server->config.kind == NULL)
		return -1;
	if (wish->path_count == 0 && strcmp(server->files.root, "/") == 0)
		ask_program(server->config.kind, &told);
	read.told = told.len != 0 ? told.data : NULL;
	result = server->config.kind->read(&server->files, &read, &server->config, err);
	buf_release(&told);
	if (result == 0)
		find_vantages(server, wish->settings);
	return result;
}

void server_config_judge(const struct server_config *server, struct findings *findings, bool *open)
{
	struct address *addresses = mem_new((server->vantage_count + 1) * sizeof *addresses);

	for (size_t i = 0; i < server->vantage_count; i++)
		addresses[i] = server->vantages[i].address;
	masks_findings(&server->config, &server->own_networks, findings, open);
	classes_findings(&server->config, &server->own_networks, addresses, server->vantage_count, findings);
	free(addresses);
}

void server_config_release(struct server_config *server)
{
	free(server->own);
	free(server->vantages);
	prefixset_release(&server->own_networks);
	config_paths_release(&server->paths);
	config_release(&server->config);
}
