/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_settings.c - the settings of an ESMTP server of Courier
 *
 * They are a script for sh(1), run with "set -a" in an empty environment: whatever it sets is in the
 * environment of couriertcpd and of courieresmtpd, RELAYCLIENT as well as all else.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/courier.h"
#include "mta/qmail_shell.h"

static const char *keep(struct courier *courier, const char *text)
{
	return pool_text(courier->config->pool, text);
}

const struct courier_variable *courier_variable(const struct courier_service *service, const char *name)
{
	for (size_t i = 0; i < service->count; i++)
		if (strcmp(service->variables[i].name, name) == 0)
			return &service->variables[i];
	return NULL;
}

static void set(struct courier *courier, struct courier_service *service, const char *name, const struct shell_variable *from, const char *place)
{
	struct courier_variable *variable = (struct courier_variable *)courier_variable(service, name);

	if (variable == NULL && service->count >= COURIER_VARIABLES_MOST)
		return;
	if (variable == NULL) {
		MEM_ROOM(service->variables, service->count, service->capacity);
		variable = &service->variables[service->count++];
		*variable = (struct courier_variable){ .name = keep(courier, name) };
	}
	variable->value = keep(courier, from->value);
	variable->unknown = from->unknown;
	variable->place = place;
}

static void unset(struct courier_service *service, const struct shell *shell, const char *name)
{
	struct courier_variable *variable = (struct courier_variable *)courier_variable(service, name);

	if (variable == NULL)
		return;
	if (shell->depth != 0)
		variable->unknown = true;
	else
		*variable = service->variables[--service->count];
}

static void read_settings(struct courier *courier, struct courier_service *service, struct shell *shell, const char *path, unsigned depth);

/* The commands that may set any variable; others are of no account. */
static bool is_odd(const char *word)
{
	static const char *const odd[] = { "eval", "read", "set", "source", ".", "exec", "getopts", "printf" };

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (strcmp(word, odd[i]) == 0)
			return true;
	return false;
}

static void take_assignments(struct courier *courier, struct courier_service *service, struct shell *shell, size_t from, const char *place)
{
	for (size_t i = from; i < shell->count; i++) {
		const struct shell_word *word = &shell->words[i];
		size_t len = strcspn(word->text, "=");
		const struct shell_variable *variable;
		char *name;

		if (!word->assigns)
			continue;
		shell_assign(shell, word, true);
		variable = shell_variable(shell, word->text, len);
		name = mem_bytes(word->text, len);
		if (variable != NULL)
			set(courier, service, name, variable, place);
		free(name);
	}
}

static void take_command(struct courier *courier, struct courier_service *service, struct shell *shell, const char *path, unsigned depth)
{
	const char *place = config_place(courier->config, path, shell->began);
	const char *first = shell->words[0].text;
	size_t assigns = 0;

	while (assigns < shell->count && shell->words[assigns].assigns)
		assigns++;
	if (assigns == shell->count) {
		take_assignments(courier, service, shell, 0, place);
	} else if (strcmp(first, "export") == 0 || strcmp(first, "readonly") == 0) {
		take_assignments(courier, service, shell, 1, place);
	} else if (strcmp(first, "unset") == 0) {
		for (size_t i = 1; i < shell->count; i++) {
			unset(service, shell, shell->words[i].text);
			shell_unset(shell, shell->words[i].text);
		}
	} else if (strcmp(first, ".") == 0 && shell->count == 2 && !shell->words[1].unknown && *shell->words[1].text == '/' && shell->depth == 0) {
		read_settings(courier, service, shell, keep(courier, shell->words[1].text), depth + 1);
	} else if (is_odd(first) || (shell->words[0].unknown && !shell->words[0].assigns)) {
		service->odd = place;
	}
}

/* A file that is read within another goes on with what is set there. */
static void read_settings(struct courier *courier, struct courier_service *service, struct shell *shell, const char *path, unsigned depth)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	struct shell inner;
	time_t modified;

	if (depth > COURIER_SOURCES_MOST || config_files_read(&courier->files, path, &text, &modified, &err) != 0) {
		struct fact *fact = config_add_fact(courier->config, FACT_NOT_EVALUATED, config_text(courier->config, "%s", path));

		fact->title = "a file of settings is not read";
		fact->says = depth > COURIER_SOURCES_MOST ? "files read each other in turn" : config_text(courier->config, "%s", err.text);
		fact->fix = "run this as root, or mend the file";
		service->odd = fact->source;
		buf_release(&text);
		return;
	}
	inner = *shell;
	inner.text = text.data;
	inner.len = text.len;
	inner.at = 0;
	inner.line = 1;
	inner.words = NULL;
	inner.count = inner.capacity = 0;
	inner.depth = 0;
	while (shell_next(&inner))
		take_command(courier, service, &inner, path, depth);
	/* The variables are the outer one's again; the words are not. */
	shell->variables = inner.variables;
	shell->variable_count = inner.variable_count;
	shell->variable_capacity = inner.variable_capacity;
	inner.variables = NULL;
	inner.variable_count = inner.variable_capacity = 0;
	shell_release(&inner);
	buf_release(&text);
}

static void give(struct shell *shell, const char *text)
{
	struct shell_word word = { .text = (char *)text, .assigns = true };

	shell_assign(shell, &word, false);
}

/* The options of couriertcpd that matter here, wherever they stand. */
static void take_option(struct courier *courier, struct courier_service *service, const char *option)
{
	const char *value = strchr(option, '='), *variable, *end;

	if (strcmp(option, "-accesslocal") == 0 || strncmp(option, "-accesslocal=", 13) == 0)
		service->by_local = true;
	else if (strcmp(option, "-drop") == 0 || strcmp(option, "-drop=") == 0 || strcmp(option, "-drop=BLOCK") == 0)
		service->drops = true;
	else if (strncmp(option, "-drop=", 6) == 0)
		service->access_unknown = true;
	if (value == NULL || (strncmp(option, "-block=", 7) != 0 && strncmp(option, "-allow=", 7) != 0))
		return;
	variable = strchr(value, ',');
	end = variable != NULL ? variable + 1 + strcspn(variable + 1, ",/") : NULL;
	if (variable != NULL && end - variable - 1 == 11 && strncmp(variable + 1, "RELAYCLIENT", 11) == 0)
		service->list_grants = keep(courier, option);
	else if (option[1] == 'b' && (variable == NULL || (end - variable - 1 == 5 && strncmp(variable + 1, "BLOCK", 5) == 0)))
		service->lists = keep(courier, option);
}

static void take_options(struct courier *courier, struct courier_service *service, const char *name)
{
	const struct courier_variable *variable = courier_variable(service, name);
	char *copy, *save = NULL;

	if (variable == NULL)
		return;
	if (variable->unknown) {
		service->odd = variable->place;
		return;
	}
	copy = mem_text(variable->value);
	for (char *word = strtok_r(copy, " \t\n", &save); word != NULL; word = strtok_r(NULL, " \t\n", &save))
		take_option(courier, service, word);
	free(copy);
}

struct courier_service *courier_settings_read(struct courier *courier, const char *const *paths)
{
	struct courier_service *service;
	struct shell shell;

	MEM_ROOM(courier->services, courier->service_count, courier->service_capacity);
	service = &courier->services[courier->service_count++];
	*service = (struct courier_service){ .name = "smtp", .place = paths[0] };
	shell_init(&shell, "", 0);
	give(&shell, "prefix=/usr");
	give(&shell, "exec_prefix=/usr");
	give(&shell, "sysconfdir=/etc/courier");
	give(&shell, "sbindir=/usr/sbin");
	for (size_t i = 0; paths[i] != NULL; i++) {
		service->place = paths[i];
		read_settings(courier, service, &shell, paths[i], 0);
	}
	shell_release(&shell);
	take_options(courier, service, "TCPDOPTS");
	take_options(courier, service, "BLACKLISTS");
	take_options(courier, service, "DROP");
	return service;
}
