/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_postfix.c - whatever may stand in main.cf, master.cf and a table
 *
 * A line of "==" begins the next of these three.  They are read from memory; below
 * the root that is named there is no file, so that none is found.  What comes out is
 * printable, and each client has an answer.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/postfix_master.h"
#include "mta/postfix_table.h"
#include "mta/postfix_walk.h"
#include "told.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A table of each shape, of the same text. */
static void use_table(struct postfix *postfix, const char *bytes, size_t len)
{
	static const enum table_shape shapes[] = { TABLE_KEYS, TABLE_CIDR, TABLE_REGEXP };
	static const char *const keys[] = { "198.51.100.7", "2001:db8::1", "a.example.net", "198.51", "unknown", "" };

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct postfix_table *table = mem_new(sizeof *table);
		const struct postfix_rule *rule = NULL;

		table->name = table->file = "table";
		table->shape = shapes[i];
		if (shapes[i] == TABLE_KEYS)
			postfix_rules_keys(postfix, table, bytes, len, false);
		else
			postfix_rules_patterns(postfix, table, bytes, len, false);
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			told_hold(postfix_table_find(table, keys[k], k == 3, &rule) != TABLE_FOUND || rule != NULL);
		postfix_table_free(table);
	}
}

/* What stands before the next line of "==", and what behind it. */
static size_t part_of(const char *text)
{
	const char *end = strstr(text, "\n==\n");

	return end != NULL ? (size_t)(end - text) + 1 : strlen(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config = { .pool = pool_new(), .kind = &config_postfix };
	struct postfix *postfix = mem_new(sizeof *postfix);
	char *text = mem_bytes((const char *)data, size), *at = text;
	struct err err = ERR_INIT;
	size_t len = part_of(at);

	config.state = postfix;
	postfix->config = &config;
	postfix->directory = "/etc/postfix";
	postfix->files = (struct config_files){ .root = "/proc/self/fdinfo", .left = CONFIG_ALL_MOST };
	postfix_settings_init(&postfix->main, NULL);
	if (postfix_settings_parse(&postfix->main, &config, "main.cf", at, len, &err) == 0) {
		at += len + (at[len] != '\0' ? 3 : 0);
		len = part_of(at);
		if (len == 0 || postfix_master_parse(postfix, "master.cf", at, len, &err) != 0 || postfix->service_count == 0)
			postfix_master_assume(postfix);
		at += len + (at[len] != '\0' ? 3 : 0);
		use_table(postfix, at, strlen(at));
		for (size_t i = 0; i < postfix->service_count; i++)
			postfix_grants_of(postfix, postfix->services[i]);
		told_check(&config);
		told_ask(&config, "198.51.100.7", NULL);
		told_ask(&config, "2001:db8::1", "a.example.net");
	}
	config_release(&config);
	free(text);
	return 0;
}
