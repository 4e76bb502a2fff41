/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_opensmtpd.c - whatever may stand in smtpd.conf
 *
 * Below the root that is named there is no file, so that none is found.  What comes
 * out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/opensmtpd.h"

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

static void ask(const struct opensmtpd *opensmtpd, const char *address, const char *name)
{
	struct config_client client = { .name = name };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;

	check(address_parse(address, &client.address, &err) == 0);
	opensmtpd_ask(opensmtpd, &client, &replies);
	check(replies.count > 0);
	for (size_t i = 0; i < replies.count; i++) {
		check(replies.rows[i].answer < ANSWERS && replies.rows[i].why != NULL);
		check(opensmtpd->fault == NULL || replies.rows[i].answer == ANSWER_BROKEN);
		check_shown(replies.rows[i].service);
		check_shown(replies.rows[i].by);
		check_shown(replies.rows[i].why);
	}
	free(replies.rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_opensmtpd };
	struct config_files files = { .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	struct opensmtpd *opensmtpd = mem_new(sizeof *opensmtpd);
	struct err err = ERR_INIT;

	config.state = opensmtpd;
	opensmtpd->config = &config;
	opensmtpd->files = &files;
	opensmtpd->delimiter = '+';
	opensmtpd_tables_begin(opensmtpd, NULL, 0);
	if (opensmtpd_read_bytes(opensmtpd, "/etc/smtpd.conf", (const char *)data, size, &err) == 0) {
		opensmtpd_tell(opensmtpd);
		check_config(&config);
		ask(opensmtpd, "198.51.100.7", NULL);
		ask(opensmtpd, "2001:db8::1", "a.example.net");
	}
	config_release(&config);
	return 0;
}
