/* SPDX-License-Identifier: Apache-2.0 */
/*
 * told.c - what holds of every reader of configurations
 */
#include "told.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "mta/config_kind.h"

void told_hold(int holds)
{
	if (!holds)
		abort();
}

static void check_shown(const char *text)
{
	for (; text != NULL && *text != '\0'; text++)
		told_hold(*text >= ' ' && *text <= '~');
}

void told_check(const struct config *config)
{
	for (size_t i = 0; i < config->grant_count; i++) {
		const struct grant *grant = &config->grants[i];

		check_shown(grant->source);
		check_shown(grant->setting);
		check_shown(grant->value);
		check_shown(grant->covers);
		check_shown(grant->idle_because);
		told_hold(grant->in_force == (grant->idle_because == NULL));
	}
	for (size_t i = 0; i < config->fact_count; i++) {
		const struct fact *fact = &config->facts[i];

		check_shown(fact->source);
		check_shown(fact->title);
		check_shown(fact->text);
		check_shown(fact->says);
		check_shown(fact->fix);
	}
}

size_t told_ask(const struct config *config, const char *address, const char *name)
{
	struct config_client client = { .name = name };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;
	size_t whole = 0;

	told_hold(address_parse(address, &client.address, &err) == 0);
	config->kind->ask(config, &client, &replies);
	told_hold(replies.count != 0);
	for (size_t i = 0; i < replies.count; i++) {
		told_hold(replies.rows[i].answer < ANSWERS && replies.rows[i].why != NULL);
		check_shown(replies.rows[i].service);
		check_shown(replies.rows[i].by);
		check_shown(replies.rows[i].why);
		whole += replies.rows[i].answer != ANSWER_BROKEN;
	}
	free(replies.rows);
	return whole;
}

size_t told_part(const char *text, size_t left)
{
	const char *end = memmem(text, left, "\n==\n", 4);

	return end != NULL ? (size_t)(end - text) + 1 : left;
}
