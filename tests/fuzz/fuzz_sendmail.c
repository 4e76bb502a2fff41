/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_sendmail.c - whatever may stand in sendmail.cf and in the text of a map
 *
 * A line of "==" begins the latter.  They are read from memory; below the root that is
 * named there is no file, so that none is found.  What comes out is printable, and each
 * client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/sendmail_run.h"

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
		check_shown(config->facts[i].fix);
	}
}

static void ask(struct sendmail *sendmail, const char *address, const char *name)
{
	struct config_client client = { .name = name };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;

	check(address_parse(address, &client.address, &err) == 0);
	sendmail_replies(sendmail, &client, &replies);
	check(replies.count != 0);
	for (size_t i = 0; i < replies.count; i++) {
		check(replies.rows[i].answer < ANSWERS && replies.rows[i].why != NULL);
		check_shown(replies.rows[i].service);
		check_shown(replies.rows[i].by);
		check_shown(replies.rows[i].why);
	}
	free(replies.rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_sendmail };
	struct sendmail *sendmail = mem_new(sizeof *sendmail);
	struct config_files files = { .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	char *text = mem_bytes((const char *)data, size), *end = strstr(text, "\n==\n");
	size_t len = end != NULL ? (size_t)(end - text) + 1 : size;

	config.state = sendmail;
	sendmail_begin(sendmail, &config, &files);
	/* A fuzzer has less patience than a person. */
	sendmail->steps_left = 20000;
	sendmail_read_text(sendmail, text, len);
	for (size_t i = 0; end != NULL && i < sendmail->map_count; i++) {
		if (sendmail->maps[i].how != MAP_KEYS || sendmail->maps[i].file == NULL)
			continue;
		sendmail->maps[i].fails = false;
		sendmail_map_rows(sendmail, &sendmail->maps[i], end + 4, strlen(end + 4));
	}
	sendmail_grants(sendmail);
	sendmail_troubles(sendmail, 0);
	check_config(&config);
	ask(sendmail, "198.51.100.7", NULL);
	ask(sendmail, "2001:db8::1", "a.example.net");
	config_release(&config);
	free(text);
	return 0;
}
