/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_file.c - what the configuration file knows, made into a scan
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/scan.h"
#include "cmd/settings.h"
#include "net/address.h"

/* "--from office": the file's vantage of that name. */
static const struct vantage_setting *find_vantage(const struct settings *settings, const char *name)
{
	for (size_t i = 0; i < settings->vantage_count; i++)
		if (strcmp(settings->vantages[i].name, name) == 0)
			return &settings->vantages[i];
	return NULL;
}

static void use_vantages(struct scan_options *options, const struct settings *settings)
{
	bool helo = settings_origin(settings, "helo") > SETTING_FILE;

	if (settings_origin(settings, "vantages") > SETTING_FILE) {
		for (size_t i = 0; i < options->from.count; i++) {
			const struct vantage_setting *vantage = find_vantage(settings, options->from.texts[i]);

			option_list_add(&options->from_helos, vantage && !helo ? vantage->helo : NULL);
			if (vantage != NULL)
				options->from.texts[i] = vantage->text;
		}
		return;
	}
	for (size_t i = 0; i < settings->vantage_count; i++) {
		option_list_add(&options->from, settings->vantages[i].text);
		option_list_add(&options->from_helos, helo ? NULL : settings->vantages[i].helo);
	}
}

int scan_use_settings(struct scan_options *options, struct settings *settings, struct err *err)
{
	bool domains = settings_origin(settings, "domains") > SETTING_FILE, endpoints = settings_origin(settings, "endpoints") > SETTING_FILE;
	bool user = settings_origin(settings, "local-user") > SETTING_FILE;

	use_vantages(options, settings);
	for (size_t i = 0; i < settings->target_count; i++) {
		struct target_setting *target = &settings->targets[i];

		if (domains)
			option_list_release(&target->domains);
		if (endpoints)
			option_list_release(&target->endpoints);
		if (user)
			target->local_user = NULL;
	}
	if (options->four && options->six)
		return err_set(err, ERR_USAGE, "-4 and -6 leave nothing to test together");
	return 0;
}

static void copy_list(const struct option_list *from, struct option_list *to)
{
	for (size_t i = 0; i < from->count; i++)
		option_list_add(to, from->texts[i]);
}

static void add_listed(struct scan_targets *targets, const struct target_setting *setting)
{
	struct scan_target *target = &targets->rows[targets->count++];

	*target = (struct scan_target){ .host = setting->host ? setting->host : setting->name, .local_user = setting->local_user, .listed = true,
					.line = setting->line };
	copy_list(&setting->addresses, &target->addresses);
	copy_list(&setting->domains, &target->domains);
	copy_list(&setting->endpoints, &target->ports);
}

static bool is_same_address(const char *a, const char *b)
{
	struct address one, two;
	struct err ignored = ERR_INIT;

	return address_parse(a, &one, &ignored) == 0 && address_parse(b, &two, &ignored) == 0 && address_equal(&one, &two);
}

static bool holds_address(const struct target_setting *setting, const char *text)
{
	for (size_t i = 0; i < setting->addresses.count; i++)
		if (is_same_address(setting->addresses.texts[i], text))
			return true;
	return false;
}

/* By its name; by its host; or one of its addresses alone. */
static void add_named(const struct settings *settings, const char *name, struct scan_targets *targets)
{
	const struct target_setting *found = NULL, *row = settings->targets;
	struct scan_target *target;

	for (size_t i = 0; i < settings->target_count && found == NULL; i++)
		if (text_equal_nocase(row[i].name, name) || is_same_address(row[i].name, name))
			found = &row[i];
	for (size_t i = 0; i < settings->target_count && found == NULL; i++)
		if (row[i].host != NULL && (text_equal_nocase(row[i].host, name) || is_same_address(row[i].host, name)))
			found = &row[i];
	if (found != NULL) {
		add_listed(targets, found);
		return;
	}
	for (size_t i = 0; i < settings->target_count && found == NULL; i++)
		if (holds_address(&row[i], name))
			found = &row[i];
	if (found == NULL) {
		targets->rows[targets->count++] = (struct scan_target){ .host = name };
		return;
	}
	add_listed(targets, found);
	target = &targets->rows[targets->count - 1];
	option_list_release(&target->addresses);
	target->host = name;
}

int scan_choose_targets(const struct settings *settings, char **names, size_t count, struct scan_targets *targets, struct err *err)
{
	*targets = (struct scan_targets){ .rows = mem_new((count + settings->target_count + 1) * sizeof *targets->rows) };
	for (size_t i = 0; i < count; i++)
		add_named(settings, names[i], targets);
	for (size_t i = 0; count == 0 && i < settings->target_count; i++)
		add_listed(targets, &settings->targets[i]);
	if (targets->count != 0)
		return 0;
	if (settings->path == NULL)
		return err_set(err, ERR_USAGE, "which server? relayaudit scan TARGET..., or targets in a relayaudit.yml");
	return err_set(err, ERR_USAGE, "which server? %.300s names no targets: relayaudit scan TARGET...", settings->path);
}

void scan_targets_release(struct scan_targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		option_list_release(&targets->rows[i].addresses);
		option_list_release(&targets->rows[i].domains);
		option_list_release(&targets->rows[i].ports);
	}
	free(targets->rows);
	*targets = (struct scan_targets){ .rows = NULL };
}
