/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_config.c - Courier's configuration: which files, and what belongs to what
 *
 * Whether courieresmtpd relays is not its own decision but that of whoever sets RELAYCLIENT for it:
 * couriertcpd by its access rules, and the settings that both are started with.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_kind.h"
#include "mta/courier.h"

#define ESMTPD COURIER_DIRECTORY "esmtpd"

static bool has(const struct config_files *files, const char *path)
{
	time_t modified;

	return config_files_has(files, path, &modified);
}

static bool is_here(const struct config_files *files)
{
	return has(files, ESMTPD);
}

static bool ends_in(const char *path, const char *end)
{
	size_t len = strlen(path), behind = strlen(end);

	return len >= behind && strcmp(path + len - behind, end) == 0;
}

static void tell_unread(struct courier *courier, const char *path, const char *why)
{
	struct fact *fact = config_add_fact(courier->config, FACT_NOT_EVALUATED, path);

	fact->title = "access rules are not read";
	fact->says = why;
	fact->fix = "run this as root, or mend the file";
}

/* One file of the text. */
static void read_text(struct courier *courier, struct courier_rules *text, const char *path)
{
	struct buf bytes = BUF_INIT(CONFIG_FILE_MOST);
	struct err err = ERR_INIT;
	time_t modified;

	if (config_files_read(&courier->files, path, &bytes, &modified, &err) == 0)
		courier_rules_text(courier->config, text, path, bytes.data, bytes.len);
	else
		tell_unread(courier, path, config_text(courier->config, "%s", err.text));
	buf_release(&bytes);
}

/* What find(1) leaves out in makedat: "*~" and ".*\.dpkg-[a-z]*". */
static bool is_left_out(const char *name)
{
	const char *at = name;

	if (ends_in(name, "~"))
		return true;
	while ((at = strstr(at, ".dpkg-")) != NULL) {
		at += strlen(".dpkg-");
		if (at[strspn(at, "abcdefghijklmnopqrstuvwxyz")] == '\0')
			return true;
	}
	return false;
}

/* ACCESSFILE is a file, or a directory of files. */
static void read_texts(struct courier *courier, struct courier_rules *text, const char *place)
{
	struct buf names = BUF_INIT(CONFIG_NAMES_MOST);
	struct err err = ERR_INIT;

	text->file = place;
	if (has(&courier->files, place)) {
		read_text(courier, text, place);
	} else if (config_files_names(&courier->files, place, &names, &err) == 0) {
		for (const char *name = names.data; name < names.data + names.len; name += strlen(name) + 1) {
			const char *path = config_text(courier->config, "%s/%s", place, name);

			if (!is_left_out(name) && has(&courier->files, path))
				read_text(courier, text, path);
		}
	}
	buf_release(&names);
}

/* Gives the compiled rules the lines of the text, and takes from the text what is not compiled. */
static void join(struct courier *courier, struct courier_rules *rules, const struct courier_rules *text)
{
	size_t compiled = rules->count;
	const char *why = text->refused != NULL ? "makesmtpaccess refuses the text, and the rules that were compiled before stay in force" :
						  "the text was changed and not compiled since: makesmtpaccess has to be run";

	for (size_t i = 0; i < compiled; i++) {
		struct courier_rule *rule = &rules->rows[i];
		const struct courier_rule *same = courier_rules_find(text, rule->key, rule->key_len);

		if (same != NULL && strcmp(same->value, rule->value) == 0) {
			rule->file = same->file;
			rule->line = same->line;
			rule->written = same->written;
			rule->first = same->first;
		} else {
			rules->stale++;
		}
	}
	for (size_t i = 0; i < text->count; i++) {
		const struct courier_rule *from = &text->rows[i];
		const struct courier_rule *same = courier_rules_find(rules, from->key, from->key_len);
		struct courier_rule *added;

		if (same != NULL && same < rules->rows + compiled && strcmp(same->value, from->value) == 0)
			continue;
		rules->stale += from->first && from->idle_because == NULL;
		MEM_ROOM(rules->rows, rules->count, rules->capacity);
		added = &rules->rows[rules->count++];
		*added = *from;
		added->key = pool_bytes(courier->config->pool, from->key, from->key_len);
		added->idle_because = from->idle_because != NULL ? from->idle_because : why;
	}
	rules->refused = text->refused;
	rules->refused_why = text->refused_why;
	rules->ended = text->ended;
}

static void read_compiled(struct courier *courier, struct courier_rules *rules)
{
	struct buf bytes = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	time_t modified;

	if (config_files_read(&courier->files, rules->dat, &bytes, &modified, &err) == 0) {
		courier_rules_dat(courier->config, rules, bytes.data, bytes.len);
	} else {
		rules->state = ACCESS_UNKNOWN;
		rules->why = config_text(courier->config, "%s", err.text);
	}
	buf_release(&bytes);
}

static struct courier_rules *add_rules(struct courier *courier, const char *file, const char *dat)
{
	struct courier_rules *rules = mem_new(sizeof *rules);

	rules->file = file;
	rules->dat = dat;
	MEM_ROOM(courier->rules, courier->rules_count, courier->rules_capacity);
	courier->rules[courier->rules_count++] = rules;
	return rules;
}

/* The rules of an ACCESSFILE, each read once. */
static struct courier_rules *read_access(struct courier *courier, const char *file)
{
	struct courier_rules *rules, *text;

	for (size_t i = 0; i < courier->rules_count; i++)
		if (strcmp(courier->rules[i]->file, file) == 0)
			return courier->rules[i];
	rules = add_rules(courier, file, config_text(courier->config, "%s.dat", file));
	text = mem_new(sizeof *text);
	text->dat = rules->dat;
	read_texts(courier, text, file);
	if (has(&courier->files, rules->dat)) {
		read_compiled(courier, rules);
	} else {
		rules->state = ACCESS_MISSING;
		rules->why = config_text(courier->config, "%.200s is not there, and couriertcpd is started without rules", rules->dat);
	}
	join(courier, rules, text);
	courier_rules_free(text);
	return rules;
}

/* The rules of a service, and the name of its port. */
static void finish_service(struct courier *courier, struct courier_service *service, const char *port)
{
	const struct courier_variable *variable = courier_variable(service, port);

	if (variable != NULL && !variable->unknown && *variable->value != '\0')
		service->name = config_shown(courier->config, variable->value, strlen(variable->value));
	variable = courier_variable(service, "ACCESSFILE");
	service->access_unknown = service->access_unknown || (variable != NULL ? variable->unknown : service->odd != NULL);
	if (variable != NULL && !variable->unknown && *variable->value == '/')
		service->rules = read_access(courier, variable->value);
	else if (variable != NULL && *variable->value != '\0')
		service->access_unknown = true;
}

static void read_services(struct courier *courier)
{
	static const struct {
		const char *paths[3];
		const char *port;
	} services[] = {
		{ { ESMTPD, NULL }, "PORT" },
		{ { ESMTPD, COURIER_DIRECTORY "esmtpd-msa", NULL }, "PORT" },
		{ { ESMTPD, COURIER_DIRECTORY "esmtpd-ssl", NULL }, "SSLPORT" },
	};

	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (services[i].paths[1] == NULL || has(&courier->files, services[i].paths[1]))
			finish_service(courier, courier_settings_read(courier, services[i].paths), services[i].port);
}

static void read_named_file(struct courier *courier, struct courier_rules *rules, const char *path, const struct buf *bytes)
{
	if (ends_in(path, ".dat")) {
		rules->dat = path;
		courier_rules_dat(courier->config, rules, bytes->data, bytes->len);
	} else if (ends_in(path, "esmtpacceptmailfor")) {
		courier->accepts.file = path;
		courier_domains_text(courier, &courier->accepts, path, bytes->data, bytes->len);
	} else {
		rules->file = rules->file != NULL ? rules->file : path;
		courier_rules_text(courier->config, rules, path, bytes->data, bytes->len);
	}
}

/* Files by their names: access rules as text or compiled, settings, domains. */
static int read_named(struct courier *courier, const struct config_wish *wish, struct err *err)
{
	const char *settings[2] = { NULL, NULL };
	struct courier_rules *rules = add_rules(courier, NULL, NULL);
	struct courier_service *service;

	courier->only_rules = true;
	courier->accepts.file = COURIER_DIRECTORY "esmtpacceptmailfor";
	for (size_t i = 0; i < wish->path_count; i++) {
		const char *path = pool_text(courier->config->pool, wish->paths[i]);
		struct buf bytes = BUF_INIT(CONFIG_TABLE_MOST);
		time_t modified;

		if (config_files_read(&courier->files, path, &bytes, &modified, err) != 0) {
			buf_release(&bytes);
			return -1;
		}
		if (ends_in(path, "esmtpd") || ends_in(path, "esmtpd-msa"))
			settings[0] = path;
		else
			read_named_file(courier, rules, path, &bytes);
		buf_release(&bytes);
	}
	if (settings[0] != NULL) {
		service = courier_settings_read(courier, settings);
	} else {
		MEM_ROOM(courier->services, courier->service_count, courier->service_capacity);
		service = &courier->services[courier->service_count++];
		*service = (struct courier_service){ .name = "smtp", .place = wish->paths[0] };
	}
	service->rules = rules;
	if (rules->refused != NULL) {
		rules->state = ACCESS_UNKNOWN;
		rules->why = rules->refused_why;
		for (size_t i = 0; i < rules->count; i++)
			rules->rows[i].idle_because = "makesmtpaccess refuses this text";
	}
	if (rules->dat == NULL)
		rules->dat = rules->file != NULL ? rules->file : service->place;
	rules->file = rules->file != NULL ? rules->file : rules->dat;
	return 0;
}

static int read_config(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err)
{
	struct courier *courier = mem_new(sizeof *courier);

	config->state = courier;
	courier->config = config;
	courier->files = *files;
	if (wish->path_count != 0) {
		if (read_named(courier, wish, err) != 0)
			return -1;
	} else {
		courier_domains_read(courier, &courier->accepts, COURIER_DIRECTORY "esmtpacceptmailfor", COURIER_DIRECTORY "esmtpacceptmailfor.dat");
		courier_domains_read(courier, &courier->percent, COURIER_DIRECTORY "esmtppercentrelay", COURIER_DIRECTORY "esmtppercentrelay.dat");
		read_services(courier);
	}
	courier_grants(courier);
	return 0;
}

static void ask(const struct config *config, const struct config_client *client, struct config_replies *replies)
{
	courier_ask(config->state, client, replies);
}

static void release(void *state)
{
	struct courier *courier = state;

	for (size_t i = 0; i < courier->rules_count; i++)
		courier_rules_free(courier->rules[i]);
	for (size_t i = 0; i < courier->service_count; i++)
		free(courier->services[i].variables);
	courier_domains_release(&courier->accepts);
	courier_domains_release(&courier->percent);
	free(courier->rules);
	free(courier->services);
	free(courier);
}

const struct config_kind config_courier = {
	.mta = "courier",
	.where = "/etc/courier",
	.is_here = is_here,
	.read = read_config,
	.ask = ask,
	.release = release,
};
