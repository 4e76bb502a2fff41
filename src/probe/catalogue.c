/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalogue.c - the probes, and the suites
 */
#include "probe/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/names.h"
#include "probe/parse.h"
#include "probe/probe.h"

#ifndef PROBEDIR
#define PROBEDIR "/usr/local/share/relayaudit/probes"
#endif

static const struct {
	const char *name;
	const char *about;
} suites[SUITES] = {
	[SUITE_CLASSIC] = { "classic", "the 17 tests of the historical relay testers, in their order" },
	[SUITE_DEFAULT] = { "default", "these and every safe trick known to open a server that people run" },
	[SUITE_THOROUGH] = { "thorough", "every safe trick that needs the envelope only" },
	[SUITE_ALL] = { "all", "these and every trick that sends a message or may disturb the server" },
};

const char *suite_name(enum suite suite)
{
	return suites[suite].name;
}

const char *suite_about(enum suite suite)
{
	return suites[suite].about;
}

int suite_find(const char *name)
{
	for (int i = 0; i < SUITES; i++)
		if (strcmp(suites[i].name, name) == 0)
			return i;
	return -1;
}

const char *catalogue_directory(void)
{
	const char *directory = getenv("RELAYAUDIT_PROBEDIR");

	return directory != NULL && directory[0] != '\0' ? directory : PROBEDIR;
}

struct probe *catalogue_read_file(const char *path, FILE *to, struct err *err)
{
	struct complaints complaints;
	struct buf text = BUF_INIT(PROBE_FILE_MOST);
	struct probe *probe = NULL;

	complaints_init(&complaints, path);
	if (file_read(path, &text, err) == 0) {
		probe = probe_parse(path, text.data, text.len, &complaints);
		for (size_t i = 0; i < complaints.count; i++)
			fprintf(to, "%s:%u:%u: %s\n", path, complaints.rows[i].line, complaints.rows[i].column, complaints.rows[i].text);
		if (probe == NULL)
			err_set(err, ERR_SYNTAX, "%s: %zu mistake%s", path, complaints.count, complaints.count == 1 ? "" : "s");
	}
	buf_release(&text);
	complaints_release(&complaints);
	return probe;
}

static void add(struct catalogue *catalogue, struct probe *probe)
{
	size_t at = 0;

	while (at < catalogue->count && strcmp(catalogue->probes[at]->name, probe->name) < 0)
		at++;
	if (at < catalogue->count && strcmp(catalogue->probes[at]->name, probe->name) == 0) {
		if (catalogue->known_local == catalogue->probes[at])
			catalogue->known_local = NULL;
		if (catalogue->unknown_local == catalogue->probes[at])
			catalogue->unknown_local = NULL;
		probe_free(catalogue->probes[at]);
		catalogue->probes[at] = probe;
	} else {
		MEM_ROOM(catalogue->probes, catalogue->count, catalogue->capacity);
		memmove(catalogue->probes + at + 1, catalogue->probes + at, (catalogue->count - at) * sizeof *catalogue->probes);
		catalogue->probes[at] = probe;
		catalogue->count++;
	}
	if (probe->control == CONTROL_KNOWN_LOCAL)
		catalogue->known_local = probe;
	if (probe->control == CONTROL_UNKNOWN_LOCAL)
		catalogue->unknown_local = probe;
}

static int is_probe(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 6 && entry->d_name[0] != '.' && strcmp(entry->d_name + len - 6, ".probe") == 0;
}

int catalogue_read(struct catalogue *catalogue, const char *directory, bool own, FILE *complaints, struct err *err)
{
	struct dirent **entries;
	int count = scandir(directory, &entries, is_probe, alphasort), wrong = 0;

	if (count < 0)
		return err_set(err, ERR_SYSTEM, "the probe directory %s cannot be read: %s", directory, strerror(errno));
	for (int i = 0; i < count; i++) {
		char *path = mem_printf("%s/%s", directory, entries[i]->d_name);
		struct probe *probe = catalogue_read_file(path, complaints, err);

		if (probe == NULL) {
			wrong++;
			if (err->kind != ERR_SYNTAX)
				fprintf(complaints, "%s\n", err->text);
		} else {
			probe->own = own;
			add(catalogue, probe);
		}
		free(path);
		free(entries[i]);
	}
	free(entries);
	if (wrong != 0)
		return err_set(err, ERR_SYNTAX, "%d probe file%s in %s cannot be used", wrong, wrong == 1 ? "" : "s", directory);
	if (count == 0)
		return err_set(err, ERR_USAGE, "there is no probe in %s", directory);
	return 0;
}

void catalogue_release(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->count; i++)
		probe_free(catalogue->probes[i]);
	free(catalogue->probes);
	*catalogue = (struct catalogue){ .count = 0 };
}

const struct probe *catalogue_find(const struct catalogue *catalogue, const char *name, const char **meant)
{
	struct nearest nearest = NEAREST_INIT(name);

	for (size_t i = 0; i < catalogue->count; i++) {
		if (strcmp(catalogue->probes[i]->name, name) == 0)
			return catalogue->probes[i];
		nearest_offer(&nearest, catalogue->probes[i]->name);
	}
	*meant = nearest.best;
	return NULL;
}

/* A probe's place in a suite, from 1; 0: it is not in it. */
static int place_in(const struct probe *probe, enum suite suite)
{
	if (probe->control != CONTROL_NONE)
		return 0;
	if (suite == SUITE_CLASSIC && probe->classic != 0)
		return probe->classic;
	if (suite == SUITE_DEFAULT && probe->standard != 0)
		return probe->standard;
	if (suite == SUITE_THOROUGH && probe->thorough)
		return probe->standard ? probe->standard : PROBE_UNPLACED;
	/* What disturbs comes behind all others, and a login at the very end: a few failed ones get a vantage banned. */
	if (suite == SUITE_ALL && probe_is_special(probe))
		return PROBE_UNPLACED + (probe->logs_in ? 3 : 2);
	if (suite == SUITE_ALL && !probe->own)
		return probe->standard ? probe->standard : probe->thorough ? PROBE_UNPLACED : PROBE_UNPLACED + 1;
	return probe->own && !probe_is_special(probe) ? PROBE_UNPLACED : 0;
}

const struct probe **catalogue_suite(const struct catalogue *catalogue, enum suite suite, size_t *count)
{
	const struct probe **chosen = mem_new((catalogue->count + 1) * sizeof *chosen);
	size_t taken = 0;

	for (size_t i = 0; i < catalogue->count; i++) {
		int place = place_in(catalogue->probes[i], suite);
		size_t at = taken;

		if (place == 0)
			continue;
		while (at > 0 && place_in(chosen[at - 1], suite) > place)
			at--;
		memmove(chosen + at + 1, chosen + at, (taken - at) * sizeof *chosen);
		chosen[at] = catalogue->probes[i];
		taken++;
	}
	*count = taken;
	return chosen;
}
