/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_exim.c - whatever may stand in Exim's configuration
 *
 * It is read from memory; below the root that is named there is no file, so that none
 * is found.  What comes out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/exim.h"

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
		check_shown(config->grants[i].setting);
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

static void ask(struct config *config, const char *address, const char *name)
{
	struct config_client client = { .name = name };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;

	check(address_parse(address, &client.address, &err) == 0);
	config->kind->ask(config, &client, &replies);
	check(replies.count > 0);
	for (size_t i = 0; i < replies.count; i++) {
		check(replies.rows[i].answer < ANSWERS && replies.rows[i].why != NULL);
		check_shown(replies.rows[i].by);
		check_shown(replies.rows[i].why);
	}
	free(replies.rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config_own own[] = { { { .family = AF_INET, .bytes = { 192, 0, 2, 25 } }, 24 } };
	struct config config = { .pool = pool_new(), .kind = &config_exim };
	struct exim *exim = mem_new(sizeof *exim);
	struct config_wish wish = { .own = own, .own_count = 1 };
	struct err err = ERR_INIT;

	config.state = exim;
	exim->config = &config;
	exim->files = (struct config_files){ .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	exim->lines = (struct exim_lines){ .config = &config, .files = &exim->files };
	exim->path = "/etc/exim4/exim4.conf";
	if (exim_lines_take(&exim->lines, exim->path, (const char *)data, size, &err) == 0 && exim_finish(exim, &wish, &err) == 0) {
		check_config(&config);
		ask(&config, "198.51.100.7", NULL);
		ask(&config, "2001:db8::1", "a.example.net");
	}
	config_release(&config);
	return 0;
}
