/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_config.c - Postfix's configuration: which files, and in what order
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/postfix_master.h"
#include "mta/postfix_table.h"
#include "mta/postfix_walk.h"

#define DIRECTORY "/etc/postfix"

static bool is_here(const struct config_files *files)
{
	time_t modified;

	return config_files_has(files, DIRECTORY "/main.cf", &modified);
}

static bool ends_in(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash != NULL ? slash + 1 : path, name) == 0;
}

static int read_main(struct postfix *postfix, const char *path, struct err *err)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	time_t modified;
	int result = config_files_read(&postfix->files, path, &text, &modified, err);

	if (result == 0)
		result = postfix_settings_parse(&postfix->main, postfix->config, postfix_file_name(postfix, path), text.data, text.len, err);
	buf_release(&text);
	return result;
}

static int read_master(struct postfix *postfix, const char *path, struct err *err)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	time_t modified;
	int result = config_files_read(&postfix->files, path, &text, &modified, err);

	if (result == 0)
		result = postfix_master_parse(postfix, postfix_file_name(postfix, path), text.data, text.len, err);
	buf_release(&text);
	return result;
}

/* What postconf told, or else what dpkg knows about the package, without asking it. */
static void find_version(struct postfix *postfix)
{
	static const char package[] = "\nPackage: postfix\n", version[] = "\nVersion: ";
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	size_t left = postfix->files.left;
	const char *at = NULL, *end;
	time_t modified;

	if (postfix->main.told != NULL && (at = postfix_raw(&postfix->main, "mail_version")) != NULL) {
		postfix->config->version = config_shown(postfix->config, at, strlen(at));
		return;
	}
	if (config_files_read(&postfix->files, "/var/lib/dpkg/status", &text, &modified, &err) == 0)
		at = strstr(text.data, package);
	end = at != NULL ? strstr(at, "\n\n") : NULL;
	if (at != NULL)
		at = strstr(at, version);
	if (at != NULL && (end == NULL || at < end)) {
		at += sizeof version - 1;
		postfix->config->version = config_shown(postfix->config, at, strcspn(at, "-+~\n"));
	}
	postfix->files.left = left;
	buf_release(&text);
}

/* The files that the operator names, or those that lie where Postfix has them. */
static int read_files(struct postfix *postfix, const struct config_wish *wish, struct err *err)
{
	const char *main = DIRECTORY "/main.cf", *master = DIRECTORY "/master.cf";
	time_t modified;

	if (wish->path_count != 0)
		main = master = NULL;
	for (size_t i = 0; i < wish->path_count; i++)
		*(ends_in(wish->paths[i], "master.cf") ? &master : &main) = wish->paths[i];
	if (main == NULL)
		return err_set(err, ERR_USAGE, "%s alone says little: name main.cf, too", master);
	postfix->directory = pool_bytes(postfix->config->pool, main, strrchr(main, '/') != NULL ? (size_t)(strrchr(main, '/') - main) : 0);
	if (read_main(postfix, main, err) != 0)
		return -1;
	if (wish->path_count == 0 && !config_files_has(&postfix->files, master, &modified))
		master = NULL;
	if (master != NULL && read_master(postfix, master, err) != 0)
		return -1;
	if (postfix->service_count == 0)
		postfix_master_assume(postfix);
	if (wish->path_count == 0)
		find_version(postfix);
	return 0;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* Two services that share a list say the same about it. */
static void drop_repeated(struct config *config)
{
	size_t kept = 0;

	for (size_t i = 0; i < config->fact_count; i++) {
		struct fact *fact = &config->facts[i];
		bool seen = false;

		for (size_t k = 0; k < kept && !seen; k++)
			seen = config->facts[k].kind == fact->kind && same_text(config->facts[k].source, fact->source) &&
			       same_text(config->facts[k].text, fact->text) && same_text(config->facts[k].title, fact->title);
		if (seen)
			prefixset_release(&fact->addresses);
		else
			config->facts[kept++] = *fact;
	}
	config->fact_count = kept;
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct postfix *postfix = mem_new(sizeof *postfix);

	config->state = postfix;
	postfix->config = config;
	postfix->files = *files;
	postfix_settings_init(&postfix->main, NULL);
	postfix_settings_init(&postfix->told, NULL);
	if (wish->told != NULL) {
		postfix_defaults_tell(&postfix->told, config->pool, wish->told);
		postfix->main.told = &postfix->told;
	}
	if (wish->own_count != 0) {
		postfix->own = mem_resize(NULL, wish->own_count, sizeof *postfix->own);
		memcpy(postfix->own, wish->own, wish->own_count * sizeof *postfix->own);
		postfix->own_count = wish->own_count;
	}
	if (read_files(postfix, wish, err) != 0)
		return -1;
	for (size_t i = 0; i < postfix->service_count; i++)
		postfix_grants_of(postfix, postfix->services[i]);
	postfix_tell_backscatter(postfix);
	drop_repeated(config);
	return 0;
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	postfix_ask(config->state, client, replies);
}

static void release(void *state)
{
	struct postfix *postfix = state;

	for (size_t i = 0; i < postfix->service_count; i++) {
		postfix_settings_release(&postfix->services[i]->over);
		free(postfix->services[i]);
	}
	for (size_t i = 0; i < postfix->table_count; i++)
		postfix_table_free(postfix->tables[i]);
	for (size_t i = 0; i < postfix->list_count; i++)
		postfix_list_free(postfix->lists[i].list);
	postfix_items_release(&postfix->classes);
	postfix_settings_release(&postfix->main);
	postfix_settings_release(&postfix->told);
	free(postfix->services);
	free(postfix->tables);
	free(postfix->lists);
	free(postfix->own);
	free(postfix);
}

static const char *const program[] = { "postconf", "-d", NULL };

const struct config_kind config_postfix = {
	.mta = "postfix",
	.where = "/etc/postfix/main.cf",
	.as_client = "xclient:",
	.program = program,
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
