/* SPDX-License-Identifier: Apache-2.0 */
/*
 * let_in.c - who opened the door
 */
#include "audit/let_in.h"

#include <stdlib.h>
#include <string.h>

#include "audit/masks.h"
#include "base/err.h"
#include "base/mem.h"
#include "mta/config.h"
#include "mta/config_kind.h"
#include "net/address.h"

static bool covers(const struct grant *grant, const struct address *client)
{
	if (!grant->in_force)
		return false;
	return grant->to == GRANT_ANYONE || (grant->to == GRANT_ADDRESSES && prefixset_has(&grant->addresses, client));
}

/* The place of the grant by which the configuration lets the client in, for a clean envelope; the number of grants: none is named. */
static size_t asked(const struct config *config, const struct address *address)
{
	const struct config_client client = { .address = *address };
	struct config_replies replies = { .count = 0 };
	size_t found = config->grant_count;

	config->kind->ask(config, &client, &replies);
	for (size_t i = 0; i < replies.count && found == config->grant_count; i++)
		for (size_t g = 0; replies.rows[i].answer == ANSWER_PERMIT && replies.rows[i].by != NULL && g < config->grant_count; g++)
			if (config->grants[g].in_force && strcmp(config->grants[g].source, replies.rows[i].by) == 0)
				found = g;
	free(replies.rows);
	return found;
}

static int compare(const void *left, const void *right)
{
	const struct let_in_row *a = left, *b = right;

	if (a->messages != b->messages)
		return a->messages > b->messages ? -1 : 1;
	return a->grant < b->grant ? -1 : a->grant > b->grant;
}

static void count(struct let_in_row *row, const struct tally_row *client)
{
	row->clients++;
	row->messages += client->count;
}

void let_in_find(const struct config *config, const struct tally *clients, struct let_in *found)
{
	size_t kept = 0, questions = 0;

	*found = (struct let_in){ .config = config, .rows = mem_new((config->grant_count + 1) * sizeof *found->rows) };
	for (size_t g = 0; g < config->grant_count; g++)
		found->rows[g].grant = &config->grants[g];
	for (size_t i = 0; i < clients->count; i++) {
		struct address address;
		struct err err = ERR_INIT;
		bool any = false;
		size_t by = config->grant_count;

		if (address_parse(clients->rows[i].text, &address, &err) != 0)
			continue;
		for (size_t g = 0; g < config->grant_count; g++) {
			if (!covers(&config->grants[g], &address))
				continue;
			any = true;
			count(&found->rows[g], &clients->rows[i]);
		}
		if (!any && questions++ < LET_IN_ASKED)
			by = asked(config, &address);
		if (by < config->grant_count)
			count(&found->rows[by], &clients->rows[i]);
		else if (!any)
			found->messages_by_none += clients->rows[i].count;
		found->clients_by_none += !any && by == config->grant_count;
	}
	for (size_t g = 0; g < config->grant_count; g++)
		if (found->rows[g].clients != 0)
			found->rows[kept++] = found->rows[g];
	found->count = kept;
	qsort(found->rows, kept, sizeof *found->rows, compare);
}

void let_in_release(struct let_in *found)
{
	free(found->rows);
	*found = (struct let_in){ .count = 0 };
}

void let_in_narrow(const struct config *config, const struct prefixset *own, struct prefixset *trusted)
{
	for (size_t g = 0; g < config->grant_count; g++) {
		const struct grant *grant = &config->grants[g];

		if (grant->to == GRANT_ADDRESSES && grant->in_force && masks_is_narrow(grant, own))
			prefixset_add_set(trusted, &grant->addresses);
	}
}
