/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_config.c - sendmail's configuration: which files, and in what order
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/sendmail.h"
#include "mta/sendmail_run.h"

#define FILE_OF_CF "/etc/mail/sendmail.cf"

static bool is_here(const struct config_files *files)
{
	time_t modified;

	return config_files_has(files, FILE_OF_CF, &modified);
}

void sendmail_begin(struct sendmail *sendmail, struct config *config, const struct config_files *files)
{
	sendmail->config = config;
	sendmail->files = *files;
	sendmail->file = "sendmail.cf";
	sendmail->operators = ".:@[]";
	sendmail->blank = ' ';
	sendmail->delivery = 'b';
	sendmail->steps_left = SENDMAIL_STEPS_ALL;
}

void sendmail_read_text(struct sendmail *sendmail, const char *bytes, size_t len)
{
	char text[SENDMAIL_LINE_MOST];

	sendmail_names_prepare(sendmail);
	sendmail_map_define(sendmail, "host host -a.", 0);
	sendmail_cf_parse(sendmail, bytes, len);
	sendmail_names_finish(sendmail);
	if (sendmail->daemon_count == 0)
		sendmail_option(sendmail, " DaemonPortOptions=Name=MTA,Family=any");
	for (unsigned id = 1; id < 256; id++) {
		if (sendmail->macros[id] == NULL)
			continue;
		sendmail_expand(sendmail, sendmail->macros[id], text, sizeof text);
		sendmail->values[id] = pool_text(sendmail->config->pool, text);
	}
	/* "8.17.1.9/Debian-2": what the m4 files were of. */
	if (sendmail->values['Z'] != NULL && sendmail->config->version == NULL)
		sendmail->config->version = config_shown(sendmail->config, sendmail->values['Z'], strcspn(sendmail->values['Z'], "/"));
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct sendmail *sendmail = mem_new(sizeof *sendmail);
	const char *path = wish->path_count != 0 ? wish->paths[0] : FILE_OF_CF, *slash = strrchr(path, '/');
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	time_t modified;
	int result;

	config->state = sendmail;
	sendmail_begin(sendmail, config, files);
	sendmail->file = config_shown(config, slash != NULL ? slash + 1 : path, strlen(slash != NULL ? slash + 1 : path));
	if (wish->own_count != 0) {
		sendmail->own = mem_resize(NULL, wish->own_count, sizeof *sendmail->own);
		memcpy(sendmail->own, wish->own, wish->own_count * sizeof *sendmail->own);
		sendmail->own_count = wish->own_count;
	}
	if (wish->path_count > 1)
		return err_set(err, ERR_USAGE, "sendmail has one file, sendmail.cf, which names the others");
	result = config_files_read(&sendmail->files, path, &text, &modified, err);
	if (result == 0) {
		sendmail_read_text(sendmail, text.data, text.len);
		sendmail_grants(sendmail);
		sendmail_troubles(sendmail, wish->path_count == 0 ? modified : 0);
	}
	buf_release(&text);
	return result;
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	sendmail_replies(config->state, client, replies);
}

static void release(void *state)
{
	struct sendmail *sendmail = state;

	for (size_t i = 0; i < sendmail->set_count; i++) {
		for (size_t k = 0; k < sendmail->sets[i].count; k++) {
			free(sendmail->sets[i].rules[k].left.at);
			free(sendmail->sets[i].rules[k].right.at);
		}
		free(sendmail->sets[i].rules);
	}
	for (size_t i = 0; i < sendmail->map_count; i++) {
		free(sendmail->maps[i].rows);
		if (sendmail->maps[i].index != NULL)
			pool_free(sendmail->maps[i].index);
	}
	for (size_t i = 0; i < 256; i++) {
		free(sendmail->classes[i].members);
		if (sendmail->classes[i].index != NULL)
			pool_free(sendmail->classes[i].index);
	}
	free(sendmail->sets);
	free(sendmail->maps);
	free(sendmail->daemons);
	free(sendmail->own);
	free(sendmail);
}

const struct config_kind config_sendmail = {
	.mta = "sendmail",
	.where = FILE_OF_CF,
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
