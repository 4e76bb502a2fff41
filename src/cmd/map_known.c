/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_known.c - the networks that the server's own configuration names
 *
 * Their edges are where its answers change, if it does what stands there; so a map looks
 * at them first, whether a grant is in force or not.
 */
#include "cmd/map_known.h"

#include <stddef.h>

#include "base/err.h"
#include "base/pool.h"
#include "mta/config.h"
#include "mta/config_files.h"
#include "mta/config_kind.h"

static void add_set(const struct prefixset *set, void (*add)(void *context, const struct prefix *prefix), void *context)
{
	struct prefixset_walk walk = PREFIXSET_WALK_INIT(set);
	struct prefix prefix;

	while (prefixset_next(&walk, &prefix))
		add(context, &prefix);
}

static void add_all(const struct config *config, void (*add)(void *context, const struct prefix *prefix), void *context)
{
	for (size_t i = 0; i < config->grant_count; i++)
		add_set(&config->grants[i].addresses, add, context);
	for (size_t i = 0; i < config->fact_count; i++)
		add_set(&config->facts[i].addresses, add, context);
}

int map_known(const char *root, void (*add)(void *context, const struct prefix *prefix), void *context, struct err *err)
{
	struct config_files files = { root, CONFIG_ALL_MOST, NULL };
	const struct config_wish wish = { .paths = NULL };
	struct config config = { .pool = pool_new() };
	int result = 0;

	for (size_t i = 0; (config.kind = config_kind_at(i)) != NULL && !config.kind->is_here(&files);)
		i++;
	if (config.kind == NULL)
		result = err_set(err, ERR_SYSTEM, "there is no configuration below %.300s that can be read", root);
	else
		result = config.kind->read(&files, &wish, &config, err);
	if (result == 0)
		add_all(&config, add, context);
	config_release(&config);
	return result;
}
