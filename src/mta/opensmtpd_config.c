/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_config.c - OpenSMTPD's configuration: which file, and what lies beside it
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/opensmtpd.h"

/* Debian, OpenBSD, Fedora and Alpine. */
static const char *const places[] = { "/etc/smtpd.conf", "/etc/mail/smtpd.conf", "/etc/opensmtpd/smtpd.conf", "/etc/smtpd/smtpd.conf" };

static const char *find(const struct config_files *files)
{
	time_t modified;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (config_files_has(files, places[i], &modified))
			return places[i];
	return NULL;
}

static bool is_here(const struct config_files *files)
{
	return find(files) != NULL;
}

static int read_file(struct opensmtpd *opensmtpd, const char *path, struct err *err)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	time_t modified;
	int result = config_files_read(opensmtpd->files, path, &text, &modified, err);

	if (result == 0)
		result = opensmtpd_read_bytes(opensmtpd, path, text.data, text.len, err);
	buf_release(&text);
	return result;
}

/* Who has a mailbox here; not knowing that, some questions stay open. */
static void find_users(struct opensmtpd *opensmtpd)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	time_t modified;

	buf_char(&text, '\n');
	if (config_files_read(opensmtpd->files, "/etc/passwd", &text, &modified, &err) == 0)
		opensmtpd->users = pool_bytes(opensmtpd->config->pool, text.data, text.len);
	buf_release(&text);
}

/* What dpkg knows about the package, without asking it. */
static void find_version(struct opensmtpd *opensmtpd)
{
	static const char package[] = "\nPackage: opensmtpd\n", version[] = "\nVersion: ";
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	size_t left = opensmtpd->files->left;
	const char *at = NULL, *end;
	time_t modified;

	if (config_files_read(opensmtpd->files, "/var/lib/dpkg/status", &text, &modified, &err) == 0)
		at = strstr(text.data, package);
	end = at != NULL ? strstr(at, "\n\n") : NULL;
	if (at != NULL)
		at = strstr(at, version);
	if (at != NULL && (end == NULL || at < end)) {
		at += sizeof version - 1;
		opensmtpd->config->version = config_shown(opensmtpd->config, at, strcspn(at, "-+~\n"));
	}
	opensmtpd->files->left = left;
	buf_release(&text);
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct opensmtpd *opensmtpd = mem_new(sizeof *opensmtpd);
	const char *path = wish->path_count != 0 ? wish->paths[0] : find(files);

	config->state = opensmtpd;
	opensmtpd->config = config;
	opensmtpd->files = files;
	opensmtpd->delimiter = '+';
	if (wish->path_count > 1)
		return err_set(err, ERR_USAGE, "%s alone says it all: OpenSMTPD's other files are named in it", wish->paths[0]);
	if (path == NULL)
		path = places[0];
	opensmtpd->bsd = strncmp(path, "/etc/mail/", 10) == 0;
	opensmtpd_tables_begin(opensmtpd, wish->own, wish->own_count);
	find_users(opensmtpd);
	if (read_file(opensmtpd, path, err) != 0)
		return -1;
	if (wish->path_count == 0)
		find_version(opensmtpd);
	opensmtpd->files = NULL;
	opensmtpd_tell(opensmtpd);
	return 0;
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	opensmtpd_ask(config->state, client, replies);
}

static void release(void *state)
{
	struct opensmtpd *opensmtpd = state;

	for (size_t i = 0; i < opensmtpd->table_count; i++)
		opensmtpd_table_free(opensmtpd->tables[i]);
	for (size_t i = 0; i < opensmtpd->action_count; i++)
		free(opensmtpd->actions[i]);
	for (size_t i = 0; i < opensmtpd->filter_count; i++) {
		free(opensmtpd->filters[i]->chain);
		free(opensmtpd->filters[i]);
	}
	free(opensmtpd->tables);
	free(opensmtpd->actions);
	free(opensmtpd->filters);
	free(opensmtpd->rules);
	free(opensmtpd->listeners);
	free(opensmtpd);
}

const struct config_kind config_opensmtpd = {
	.mta = "opensmtpd",
	.where = "/etc/smtpd.conf",
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
