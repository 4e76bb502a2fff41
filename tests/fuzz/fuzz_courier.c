/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_courier.c - whatever may stand in couriertcpd's access rules, the settings, a list of domains, and a
 * compiled file
 *
 * A line of "==" begins the next of these four.  The settings are read from a file in a root of the fuzzer's own,
 * the others from memory.  What comes out is printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/courier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/relayaudit-fuzz.XXXXXX";

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

static void ask(struct courier *courier, const char *address)
{
	struct config_client client = { .name = NULL };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;

	check(address_parse(address, &client.address, &err) == 0);
	courier_ask(courier, &client, &replies);
	check(replies.count == courier->service_count);
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

static void drop_root(void)
{
	char path[sizeof root + 20];

	snprintf(path, sizeof path, "%s/esmtpd", root);
	unlink(path);
	rmdir(root);
}

static void write_settings(const char *at, size_t len)
{
	static bool made;
	char path[sizeof root + 20];
	FILE *file;

	if (!made) {
		check(mkdtemp(root) != NULL);
		atexit(drop_root);
	}
	made = true;
	snprintf(path, sizeof path, "%s/esmtpd", root);
	file = fopen(path, "w");
	check(file != NULL && fwrite(at, 1, len, file) == len);
	check(fclose(file) == 0);
}

static struct courier_rules *add_rules(struct courier *courier)
{
	struct courier_rules *rules = mem_new(sizeof *rules);

	rules->file = "/etc/courier/smtpaccess";
	rules->dat = "/etc/courier/smtpaccess.dat";
	MEM_ROOM(courier->rules, courier->rules_count, courier->rules_capacity);
	courier->rules[courier->rules_count++] = rules;
	return rules;
}

static void take_part(struct courier *courier, unsigned part, const char *at, size_t len)
{
	static const char *const settings[] = { "/esmtpd", NULL };

	if (part == 0) {
		courier_rules_text(courier->config, add_rules(courier), "/etc/courier/smtpaccess", at, len);
	} else if (part == 1) {
		write_settings(at, len);
		courier_settings_read(courier, settings);
	} else if (part == 2) {
		courier_domains_text(courier, &courier->accepts, "/etc/courier/esmtpacceptmailfor", at, len);
	} else {
		courier_rules_dat(courier->config, add_rules(courier), at, len);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_courier };
	struct courier *courier = mem_new(sizeof *courier);
	char *text = mem_bytes((const char *)data, size);
	size_t at = 0;

	config.state = courier;
	courier->config = &config;
	courier->files = (struct config_files){ .root = root, .left = CONFIG_ALL_MOST };
	courier->only_rules = true;
	courier->accepts.file = "/etc/courier/esmtpacceptmailfor";
	for (unsigned part = 0; part < 4 && at < size; part++) {
		size_t len = part < 3 ? part_of(text + at, size - at) : size - at;

		take_part(courier, part, text + at, len);
		at += len + 3;
	}
	for (size_t i = 0; i < courier->rules_count; i++) {
		if (i >= courier->service_count) {
			MEM_ROOM(courier->services, courier->service_count, courier->service_capacity);
			courier->services[courier->service_count++] = (struct courier_service){ .name = "smtp", .place = "esmtpd" };
		}
		courier->services[i].rules = courier->rules[i];
	}
	courier_grants(courier);
	check_config(&config);
	ask(courier, "198.51.100.7");
	ask(courier, "2001:db8::1");
	config_release(&config);
	free(text);
	return 0;
}
