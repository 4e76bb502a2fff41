/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place.c - a root of files for a reader
 */
#include "place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_files.h"
#include "net/address.h"

struct place {
	char *root;
	char *directory;
};

struct place *place_make(const char *directory)
{
	struct place *place = mem_new(sizeof *place);

	place->root = mem_text("/tmp/relayaudit-place.XXXXXX");
	assert_non_null(mkdtemp(place->root));
	place->directory = mem_text(directory);
	free(place_path(place, "."));
	return place;
}

static int drop_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status;
	(void)flag;
	(void)walk;
	return remove(path);
}

void place_drop(struct place *place)
{
	enum { AT_ONCE = 8 };

	assert_int_equal(nftw(place->root, drop_one, AT_ONCE, FTW_DEPTH | FTW_PHYS), 0);
	free(place->root);
	free(place->directory);
	free(place);
}

const char *place_root(const struct place *place)
{
	return place->root;
}

char *place_path(const struct place *place, const char *name)
{
	char *path = name[0] == '/' ? mem_printf("%s%s", place->root, name) : mem_printf("%s%s/%s", place->root, place->directory, name);

	for (char *slash = strchr(path + strlen(place->root) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	return path;
}

void place_put_bytes(const struct place *place, const char *name, const void *bytes, size_t len)
{
	char *path = place_path(place, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	free(path);
}

void place_put(const struct place *place, const char *name, const char *text)
{
	place_put_bytes(place, name, text, strlen(text));
}

int place_read(const struct place *place, const struct config_kind *kind, const char *path, struct config *config, struct err *err)
{
	struct config_files files = { .root = place->root, .left = CONFIG_ALL_MOST };
	struct config_wish wish = { .paths = &path, .path_count = path != NULL };

	*config = (struct config){ .pool = pool_new(), .kind = kind };
	return kind->read(&files, &wish, config, err);
}

void place_must_read(const struct place *place, const struct config_kind *kind, const char *path, struct config *config)
{
	struct config_files files = { .root = place->root, .left = CONFIG_ALL_MOST };
	struct err err = ERR_INIT;

	assert_true(kind->is_here(&files));
	if (place_read(place, kind, path, config, &err) != 0)
		fail_msg("%s", err.text);
}

/* At least one, each with its reason. */
static void ask(const struct config *config, const char *address, const char *name, struct config_replies *replies)
{
	struct config_client client = { .name = name };
	struct err err = ERR_INIT;

	*replies = (struct config_replies){ .count = 0 };
	assert_int_equal(address_parse(address, &client.address, &err), 0);
	config->kind->ask(config, &client, replies);
	assert_true(replies->count > 0);
	for (size_t i = 0; i < replies->count; i++)
		assert_non_null(replies->rows[i].why);
}

const char *place_answer(const struct config *config, const char *address, const char *name)
{
	struct config_replies replies;
	enum config_answer first;

	ask(config, address, name, &replies);
	first = replies.rows[0].answer;
	free(replies.rows);
	return config_answer_name(first);
}

void place_answers(const struct config *config, const char *address, const char *name, bool services, char *text, size_t size)
{
	struct config_replies replies;
	size_t len = 0;

	ask(config, address, name, &replies);
	for (size_t i = 0; i < replies.count; i++) {
		const struct config_reply *row = &replies.rows[i];

		len += (size_t)snprintf(text + len, size - len, "%s%s%s%s", i == 0 ? "" : " ", services ? row->service : "", services ? "=" : "",
					config_answer_name(row->answer));
		assert_true(len < size);
	}
	free(replies.rows);
}

const struct fact *place_fact(const struct config *config, enum fact_kind kind)
{
	for (size_t i = 0; i < config->fact_count; i++)
		if (config->facts[i].kind == kind)
			return &config->facts[i];
	return NULL;
}
