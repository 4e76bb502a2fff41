/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_script.c - how a script starts tcpserver for qmail-smtpd
 *
 * Commands that only change the environment stand before it and behind it: env, envdir,
 * softlimit and the like.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/qmail.h"
#include "mta/qmail_shell.h"

static void read_text(struct qmail *qmail, struct shell *shell, const char *file, unsigned depth);

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static bool is_program(const struct shell_word *word, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(base_of(word->text), *names) == 0)
			return true;
	return false;
}

static const char *const servers[] = { "tcpserver", "sslserver", NULL };

/* A relative path is one of the script's directory. */
static char *path_of(const char *script, const char *path)
{
	const char *slash = strrchr(script, '/');

	if (*path == '/' || slash == NULL)
		return mem_text(path);
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	return mem_printf("%.*s/%s", (int)(slash - script), script, path);
}

struct starter {
	struct qmail *qmail;
	struct shell *shell;
	const char *file;
	const char *place;              /* of the command */
	enum qmail_relay relay;
	const char *relay_place;
};

static void set_relay(struct starter *starter, enum qmail_relay relay, const char *place)
{
	starter->relay = relay;
	starter->relay_place = place;
}

static void of_assignment(struct starter *starter, const struct shell_word *word)
{
	if (strncmp(word->text, "RELAYCLIENT=", 12) == 0)
		set_relay(starter, RELAY_SET, starter->place);
}

/* envdir DIRECTORY: a file RELAYCLIENT in it sets the variable, and an empty one takes it away. */
static void of_directory(struct starter *starter, const struct shell_word *word)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	char *directory, *path;
	time_t modified;

	if (word->unknown) {
		set_relay(starter, RELAY_UNKNOWN, starter->place);
		return;
	}
	directory = path_of(starter->file, word->text);
	path = mem_printf("%s/RELAYCLIENT", directory);
	if (config_files_has(&starter->qmail->files, path, &modified)) {
		int result = config_files_read(&starter->qmail->files, path, &text, &modified, &err);

		set_relay(starter, result != 0 ? RELAY_UNKNOWN : text.len == 0 ? RELAY_UNSET : RELAY_SET,
			  config_text(starter->qmail->config, "%.300s", path));
	}
	buf_release(&text);
	free(path);
	free(directory);
}

/* The options of env(1), behind its name. */
static size_t of_env(struct starter *starter, size_t at)
{
	const struct shell *shell = starter->shell;

	for (; at < shell->count; at++) {
		const char *text = shell->words[at].text;

		if (strcmp(text, "-i") == 0 || strcmp(text, "-") == 0)
			set_relay(starter, RELAY_UNSET, starter->place);
		else if (strcmp(text, "-u") == 0 && at + 1 < shell->count && strcmp(shell->words[++at].text, "RELAYCLIENT") == 0)
			set_relay(starter, RELAY_UNSET, starter->place);
		else if (strcmp(text, "-uRELAYCLIENT") == 0)
			set_relay(starter, RELAY_UNSET, starter->place);
		else if (strchr(text, '=') != NULL)
			of_assignment(starter, &shell->words[at]);
		else if (*text != '-')
			break;
	}
	return at;
}

/* What words do to the environment. */
static void of_words(struct starter *starter, size_t from, size_t to)
{
	static const char *const envs[] = { "env", NULL }, *const directories[] = { "envdir", "s6-envdir", NULL }, *const chpst[] = { "chpst", NULL };
	const struct shell *shell = starter->shell;

	for (size_t at = from; at < to; at++) {
		const struct shell_word *word = &shell->words[at];

		if (word->assigns && at == from) {
			of_assignment(starter, word);
			from++;
		} else if (is_program(word, envs)) {
			at = of_env(starter, at + 1) - 1;
		} else if (is_program(word, directories)) {
			while (at + 1 < to && *shell->words[at + 1].text == '-')
				at++;
			if (at + 1 < to)
				of_directory(starter, &shell->words[++at]);
		} else if (is_program(word, chpst)) {
			for (size_t option = at + 1; option + 1 < to && *shell->words[option].text == '-'; option += 2)
				if (strcmp(shell->words[option].text, "-e") == 0)
					of_directory(starter, &shell->words[option + 1]);
		}
	}
}

static void use_option(struct qmail_service *service, struct config *config, char option, const struct shell_word *argument, const char *value)
{
	switch (option) {
	case 'x':
		service->cdb_unknown = argument->unknown;
		service->cdb = pool_text(config->pool, value);
		break;
	case 'X':
		service->may_lack_rules = true;
		break;
	case 'h':
	case 'H':
		service->looks_up_name = option == 'h';
		break;
	case 'p':
	case 'P':
		service->checks_name = option == 'p';
		break;
	case 'r':
	case 'R':
		service->asks_ident = option == 'r';
		break;
	}
}

/* Behind the name of the server: its options; where the host begins. */
static size_t of_options(const struct starter *starter, struct qmail_service *service, size_t at, bool ssl)
{
	const char *takes = ssl ? "xtTuglbBcwWfVCAk" : "xtuglbBcI";
	const struct shell *shell = starter->shell;

	for (; at < shell->count; at++) {
		const char *text = shell->words[at].text;

		/* What the shell alone could tell is taken for one word, unless nothing is known of it and no quotes are around it. */
		if (*text == '\0' && shell->words[at].unknown && !shell->words[at].quoted) {
			service->cdb_unknown = service->cdb_unknown || service->cdb == NULL;
			continue;
		}
		if (*text != '-' || text[1] == '\0')
			break;
		if (strcmp(text, "--") == 0) {
			at++;
			break;
		}
		for (text++; *text != '\0'; text++) {
			bool argument = strchr(takes, *text) != NULL;
			const char *value = text + 1;
			char option = *text;

			if (argument && *value == '\0')
				value = ++at < shell->count ? shell->words[at].text : "";
			use_option(service, starter->qmail->config, option, &shell->words[at < shell->count ? at : at - 1], value);
			if (argument)
				break;
		}
	}
	return at;
}

/* Whether a qmail-smtpd, or what stands for one, is started. */
static bool starts_smtpd(const struct shell *shell, size_t at, bool *blocks)
{
	static const char *const blockers[] = { "rblsmtpd", NULL };
	bool found = false;

	*blocks = false;
	for (; at < shell->count; at++) {
		*blocks = *blocks || is_program(&shell->words[at], blockers);
		found = found || strstr(base_of(shell->words[at].text), "smtpd") != NULL;
	}
	return found;
}

static void take_server(struct starter *starter, size_t server)
{
	struct shell *shell = starter->shell;
	struct config *config = starter->qmail->config;
	struct qmail_service service = { .place = starter->place, .looks_up_name = true, .asks_ident = true };
	const struct shell_variable *exported = shell_variable(shell, "RELAYCLIENT", 11);
	bool forked = server > 0 && strcmp(shell->words[server - 1].text, "--exec") == 0 && server + 1 < shell->count;
	bool behind = forked && strcmp(shell->words[server + 1].text, "--") == 0;
	size_t host;

	if (exported != NULL && exported->exported)
		set_relay(starter, exported->unknown ? RELAY_UNKNOWN : RELAY_SET, starter->place);
	of_words(starter, 0, server);
	service.before = starter->relay == RELAY_KEPT ? RELAY_UNSET : starter->relay;
	service.before_place = starter->relay_place;
	host = of_options(starter, &service, server + 1 + behind, strcmp(base_of(shell->words[server].text), "sslserver") == 0);
	if (!starts_smtpd(shell, host, &service.blocks) || starter->qmail->service_count >= QMAIL_SERVICES_MOST)
		return;
	service.name = host + 1 < shell->count ? config_shown(config, shell->words[host + 1].text, strlen(shell->words[host + 1].text)) : "smtp";
	set_relay(starter, RELAY_KEPT, NULL);
	of_words(starter, host + 2 < shell->count ? host + 2 : shell->count, shell->count);
	for (size_t i = host; i + 1 < shell->count; i++)
		if (strcmp(shell->words[i].text, "-c") == 0 && strstr(shell->words[i + 1].text, "RELAYCLIENT") != NULL)
			set_relay(starter, RELAY_UNKNOWN, starter->place);
	service.after = starter->relay;
	service.after_place = starter->relay_place;
	MEM_ROOM(starter->qmail->services, starter->qmail->service_count, starter->qmail->service_capacity);
	starter->qmail->services[starter->qmail->service_count++] = service;
}

/* ". FILE": its variables are the script's. */
static void read_sourced(struct qmail *qmail, struct shell *shell, const char *script, unsigned depth)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	struct shell other;
	char *path = path_of(script, shell->words[1].text);
	time_t modified;

	if (!shell->words[1].unknown && config_files_has(&qmail->files, path, &modified) &&
	    config_files_read(&qmail->files, path, &text, &modified, &err) == 0) {
		shell_init(&other, text.data, text.len);
		other.variables = shell->variables;
		other.variable_count = shell->variable_count;
		other.variable_capacity = shell->variable_capacity;
		read_text(qmail, &other, path, depth + 1);
		shell->variables = other.variables;
		shell->variable_count = other.variable_count;
		shell->variable_capacity = other.variable_capacity;
		other.variables = NULL;
		other.variable_count = 0;
		shell_release(&other);
	}
	buf_release(&text);
	free(path);
}

/* sh -c 'COMMANDS'. */
static void read_inner(struct qmail *qmail, struct shell *shell, const char *script, const char *text, unsigned depth)
{
	struct shell inner;

	shell_init(&inner, text, strlen(text));
	inner.line = shell->began;
	for (size_t i = 0; i < shell->variable_count; i++) {
		const struct shell_variable *variable = &shell->variables[i];
		struct shell_word word = { .text = mem_printf("%s=%s", variable->name, variable->value), .unknown = variable->unknown };

		if (variable->exported)
			shell_assign(&inner, &word, true);
		free(word.text);
	}
	read_text(qmail, &inner, script, depth + 1);
	shell_release(&inner);
}

/* Commands of assignments alone, export and unset. */
static bool assigns_only(struct shell *shell)
{
	static const char *const exports[] = { "export", NULL }, *const unsets[] = { "unset", NULL };
	bool is_export = is_program(&shell->words[0], exports), is_unset = is_program(&shell->words[0], unsets);

	for (size_t i = 0; !is_export && !is_unset && i < shell->count; i++)
		if (!shell->words[i].assigns)
			return false;
	for (size_t i = is_export || is_unset ? 1 : 0; i < shell->count; i++) {
		if (is_unset)
			shell_unset(shell, shell->words[i].text);
		else
			shell_assign(shell, &shell->words[i], is_export);
	}
	return true;
}

static void take_command(struct qmail *qmail, struct shell *shell, const char *file, unsigned depth)
{
	static const char *const shells[] = { "sh", "bash", "dash", NULL };
	struct starter starter = { .qmail = qmail, .shell = shell, .file = file, .place = config_place(qmail->config, file, shell->began) };

	if (depth < QMAIL_SCRIPT_DEPTH_MOST && shell->count > 1 && (strcmp(shell->words[0].text, ".") == 0 || strcmp(shell->words[0].text, "source") == 0)) {
		read_sourced(qmail, shell, file, depth);
		return;
	}
	if (assigns_only(shell))
		return;
	for (size_t i = 0; i < shell->count; i++) {
		if (is_program(&shell->words[i], servers)) {
			take_server(&starter, i);
			return;
		}
		if (depth < QMAIL_SCRIPT_DEPTH_MOST && i + 2 < shell->count && is_program(&shell->words[i], shells) &&
		    strcmp(shell->words[i + 1].text, "-c") == 0) {
			read_inner(qmail, shell, file, shell->words[i + 2].text, depth);
			return;
		}
	}
}

static void read_text(struct qmail *qmail, struct shell *shell, const char *file, unsigned depth)
{
	while (shell_next(shell))
		take_command(qmail, shell, file, depth);
}

void qmail_script_read(struct qmail *qmail, const char *file, const char *text, size_t len)
{
	struct shell shell;

	shell_init(&shell, text, len);
	read_text(qmail, &shell, file, 0);
	shell_release(&shell);
}
