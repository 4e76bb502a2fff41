/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_config.c - Exim's configuration: which file, and what is told of it
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/config_kind.h"
#include "mta/exim_walk.h"

static bool is_here(const struct config_files *files)
{
	return exim_debian_path(files) != NULL;
}

/* A file's first line, without blanks; NULL. */
static const char *first_line(struct exim *exim, const char *path)
{
	const struct exim_file *file = exim_open(exim, path);
	const char *text = file->why == NULL ? file->text->data : "";
	size_t len = strcspn(text, "\n");

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t' || text[len - 1] == '\r'))
		len--;
	return len != 0 && len < 256 ? config_shown(exim->config, text, len) : NULL;
}

static const char *plain_option(const struct exim *exim, const char *name)
{
	const struct exim_option *option = exim_option(exim, name);

	return option != NULL && strpbrk(option->value.text, "$\\") == NULL && *option->value.text != '\0' ? option->value.text : NULL;
}

/* uname() tells a running machine's name; its files tell it as long as nobody renamed it. */
static void find_names(struct exim *exim)
{
	const char *name = plain_option(exim, "primary_hostname");
	struct exim_file_walk lines = { .file = exim_open(exim, "/etc/hosts") };

	if (name == NULL)
		name = exim->primary != NULL ? exim->primary : first_line(exim, "/etc/hostname");
	/* A short name is made whole by the line of /etc/hosts in which it stands. */
	while (name != NULL && strchr(name, '.') == NULL && lines.file->why == NULL && exim_file_next(&lines, false)) {
		char *rest = lines.line, *word, *first;

		strsep(&rest, " \t");
		if (rest != NULL)
			rest += strspn(rest, " \t");
		first = rest != NULL ? strsep(&rest, " \t") : NULL;
		while (first != NULL && rest != NULL && (word = strsep(&rest, " \t")) != NULL)
			if (text_equal_nocase(word, name)) {
				name = pool_text(exim->config->pool, first);
				break;
			}
	}
	exim->primary = name;
	exim->qualify = plain_option(exim, "qualify_domain");
	if (exim->qualify == NULL && exim_option(exim, "qualify_domain") == NULL)
		exim->qualify = name;
}

/* "25 : 587", numbers only. */
static void find_ports(struct exim *exim)
{
	const struct exim_option *option = exim_option(exim, "daemon_smtp_ports");
	const char *at = option != NULL ? option->value.text : "";

	while (*at != '\0' && exim->port_count < EXIM_PORTS_MOST) {
		size_t len = strcspn(at, ":");
		char *word = mem_bytes(at, len);
		char *start = word + strspn(word, " \t");
		long number;

		start[strcspn(start, " \t")] = '\0';
		number = text_number(start, 1, 65535);
		if (number > 0)
			exim->ports[exim->port_count++] = (unsigned)number;
		free(word);
		at += len + (at[len] == ':');
	}
	if (exim->port_count == 0)
		exim->ports[exim->port_count++] = 25;
}

/* What dpkg knows about a package, without asking it. */
static const char *find_package(struct exim *exim, const char *name)
{
	const struct exim_file *status = exim_open(exim, "/var/lib/dpkg/status");
	char *wanted = mem_printf("\nPackage: %s\n", name);
	const char *at = status->why == NULL ? strstr(status->text->data, wanted) : NULL, *end, *version, *installed;
	const char *found = NULL;

	free(wanted);
	if (at != NULL) {
		end = strstr(at, "\n\n");
		version = strstr(at, "\nVersion: ");
		installed = strstr(at, "\nStatus: install ok installed");
		if (version != NULL && installed != NULL && (end == NULL || (version < end && installed < end)))
			found = config_shown(exim->config, version + 10, strcspn(version + 10, "-+~\n"));
	}
	return found;
}

static void find_version(struct exim *exim)
{
	const char *light = find_package(exim, "exim4-daemon-light");

	exim->config->version = light != NULL ? light : find_package(exim, "exim4-daemon-heavy");
	exim->light = light != NULL;
}

static void copy_own(struct exim *exim, const struct config_wish *wish)
{
	struct config_own *own;

	if (wish->own_count == 0)
		return;
	own = mem_resize(NULL, wish->own_count, sizeof *own);
	memcpy(own, wish->own, wish->own_count * sizeof *own);
	exim->own = own;
	exim->own_count = wish->own_count;
}

int exim_finish(struct exim *exim, const struct config_wish *wish, struct err *err)
{
	copy_own(exim, wish);
	if (exim_parse(exim, err) != 0)
		return -1;
	exim->path = config_shown(exim->config, exim->path, strlen(exim->path));
	find_names(exim);
	find_ports(exim);
	exim_debian_tell(exim);
	exim_tell(exim);
	if (exim->fault == NULL)
		exim_grants(exim);
	return 0;
}

/* Two lines: the file that it reads, and "primary_hostname = NAME". */
static void take_told(struct exim *exim, const struct config_wish *wish)
{
	static const char named[] = "\nprimary_hostname = ";
	const char *told = wish->told != NULL ? wish->told : "", *name = strstr(told, named);

	if (*told == '/')
		exim->path = pool_bytes(exim->config->pool, told, strcspn(told, "\n"));
	if (name != NULL)
		exim->primary = pool_bytes(exim->config->pool, name + sizeof named - 1, strcspn(name + sizeof named - 1, "\n"));
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct exim *exim = mem_new(sizeof *exim);

	config->state = exim;
	exim->config = config;
	exim->files = *files;
	exim->lines = (struct exim_lines){ .config = config, .files = &exim->files };
	take_told(exim, wish);
	if (wish->path_count != 0)
		exim->path = wish->paths[0];
	else if (exim->path == NULL)
		exim->path = exim_debian_path(files);
	if (wish->path_count > 1)
		return err_set(err, ERR_USAGE, "Exim reads one file: %.200s is a second one", wish->paths[1]);
	if (exim->path == NULL)
		return err_set(err, ERR_SYSTEM, "there is neither /etc/exim4/exim4.conf nor /var/lib/exim4/config.autogenerated below %.200s", files->root);
	find_version(exim);
	return exim_lines_read(&exim->lines, exim->path, err) == 0 ? exim_finish(exim, wish, err) : -1;
}

static void ask_port(struct exim *exim, const struct config_client *client, unsigned port, struct config_reply *reply)
{
	struct exim_walk walk;

	*reply = (struct config_reply){ .service = config_text(exim->config, "port %u", port), .answer = ANSWER_BROKEN, .by = exim->fault_place, .why = exim->fault };
	if (exim->fault != NULL)
		return;
	exim_walk_init(&walk, exim, client, port);
	reply->answer = exim_walk_all(&walk);
	reply->by = walk.by;
	reply->why = walk.why;
	if (reply->answer == ANSWER_PERMIT && walk.unless != NULL)
		reply->why = config_text(exim->config, "%.400s; unless it is kept out by %s", walk.why, walk.unless);
	exim_walk_release(&walk);
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	struct exim *exim = config->state;

	for (size_t i = 0; i < exim->port_count; i++) {
		MEM_ROOM(replies->rows, replies->count, replies->capacity);
		ask_port(exim, client, exim->ports[i], &replies->rows[replies->count++]);
	}
}

static void release(void *state)
{
	struct exim *exim = state;

	for (size_t i = 0; i < exim->opened_count; i++) {
		buf_release(exim->opened[i].text);
		free(exim->opened[i].text);
	}
	for (size_t i = 0; i < exim->word_count; i++)
		exim_words_free(exim->words[i]);
	exim_lines_release(&exim->lines);
	free((void *)exim->own);
	free(exim->words);
	free(exim->opened);
	free(exim->options);
	free(exim->named);
	free(exim->acls);
	free(exim->statements);
	free(exim->conditions);
	free(exim->routers);
	free(exim->router_options);
	free(exim);
}

static const char *const program[] = { "exim4", "-bP", "configure_file", "primary_hostname", NULL };

const struct config_kind config_exim = {
	.mta = "exim",
	.as_client = "exec:exim4 -bh {client}?client=",
	.program = program,
	.where = "/etc/exim4/exim4.conf or /var/lib/exim4/config.autogenerated",
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
