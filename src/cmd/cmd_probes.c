/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_probes.c - relayaudit probes list | show NAME... | check FILE...
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "cmd/page.h"
#include "probe/catalogue.h"
#include "probe/probe.h"

struct probes_options {
	struct option_list directories;
	const char *suite;
};

static const struct option_row options[] = {
	{ 0, "probes", "DIR", "your own probes beside ours (repeatable)", OPTION_LIST, offsetof(struct probes_options, directories), 0, 0, NULL, NULL },
	{ 0, "suite", "NAME", "list this suite only, in its order", OPTION_TEXT, offsetof(struct probes_options, suite), 0, 0, NULL, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static int fail(const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return EXIT_USAGE;
}

static void print_row(const struct probe *probe)
{
	char suites[64];

	snprintf(suites, sizeof suites, "%s%s%s", probe->classic ? "classic " : "", probe->standard ? "default " : "",
		 probe->thorough ? "thorough " : probe->control ? "control " : probe->own ? "own " : probe->standard ? "" : "all ");
	printf("%-28s %-26s %s\n", probe->name, suites, probe->title);
}

static int list(const struct catalogue *catalogue, const struct probes_options *read, char **names, int count)
{
	struct err err = ERR_INIT;

	(void)names;
	if (count != 0) {
		err_set(&err, ERR_USAGE, "probes list takes no names: probes show NAME explains one");
		return fail(&err);
	}
	if (read->suite == NULL) {
		for (size_t i = 0; i < catalogue->count; i++)
			print_row(catalogue->probes[i]);
		return EXIT_FINE;
	}
	int suite = suite_find(read->suite);
	size_t chosen_count;

	if (suite < 0) {
		struct nearest nearest = NEAREST_INIT(read->suite);

		for (int i = 0; i < SUITES; i++)
			nearest_offer(&nearest, suite_name((enum suite)i));
		err_set(&err, ERR_USAGE, "there is no suite '%.60s'%s%s%s", read->suite, nearest.best ? "; was '" : "",
			nearest.best ? nearest.best : ": classic, default, thorough or all", nearest.best ? "' meant?" : "");
		return fail(&err);
	}
	const struct probe **chosen = catalogue_suite(catalogue, (enum suite)suite, &chosen_count);

	for (size_t i = 0; i < chosen_count; i++)
		print_row(chosen[i]);
	free(chosen);
	return EXIT_FINE;
}

static int show(const struct catalogue *catalogue, const struct probes_options *read, char **names, int count)
{
	struct err err = ERR_INIT;

	(void)read;
	if (count == 0) {
		err_set(&err, ERR_USAGE, "which probe? relayaudit probes show NAME");
		return fail(&err);
	}
	for (int i = 0; i < count; i++) {
		const char *meant = NULL;
		struct buf text = BUF_OWN;
		struct page page = { &text, PAGE_TERMINAL };
		const struct probe *probe = catalogue_find(catalogue, names[i], &meant);

		if (probe == NULL) {
			err_set(&err, ERR_USAGE, "there is no probe '%.60s'%s%s%s", names[i], meant ? "; was '" : "",
				meant ? meant : ": relayaudit probes list shows all", meant ? "' meant?" : "");
			return fail(&err);
		}
		if (i != 0)
			puts("\n");
		page_probe(&page, probe);
		fputs(text.data, stdout);
		buf_release(&text);
	}
	return EXIT_FINE;
}

static int check(char **files, int count)
{
	struct err err = ERR_INIT;
	int wrong = 0;

	if (count == 0) {
		err_set(&err, ERR_USAGE, "which file? relayaudit probes check FILE...");
		return fail(&err);
	}
	for (int i = 0; i < count; i++) {
		struct probe *probe = catalogue_read_file(files[i], stderr, &err);

		if (probe == NULL) {
			wrong++;
			if (err.kind != ERR_SYNTAX)
				fprintf(stderr, "relayaudit: %s\n", err.text);
		}
		probe_free(probe);
	}
	if (wrong != 0)
		return EXIT_USAGE;
	printf("%d probe%s, no mistake\n", count, count == 1 ? "" : "s");
	return EXIT_FINE;
}

static int with_catalogue(const struct probes_options *read, char **words, int count)
{
	struct catalogue catalogue = { .count = 0 };
	struct err err = ERR_INIT;
	int status, result = catalogue_read(&catalogue, catalogue_directory(), false, stderr, &err);

	for (size_t i = 0; i < read->directories.count && result == 0; i++)
		result = catalogue_read(&catalogue, read->directories.texts[i], true, stderr, &err);
	if (result != 0)
		status = fail(&err);
	else
		status = (strcmp(words[0], "list") == 0 ? list : show)(&catalogue, read, words + 1, count - 1);
	catalogue_release(&catalogue);
	return status;
}

static int dispatch(const struct probes_options *read, char **words, int count)
{
	static const struct name_row verbs[] = { { "list", 0 }, { "show", 1 }, { "check", 2 }, { NULL, 0 } };
	struct err err = ERR_INIT;
	const char *meant;

	if (count == 0) {
		err_set(&err, ERR_USAGE, "probes list, probes show NAME, or probes check FILE?");
		return fail(&err);
	}
	if (name_number(verbs, words[0]) < 0) {
		meant = nearest_name(verbs, words[0]);
		err_set(&err, ERR_USAGE, "probes can list, show and check, but not '%.40s'%s%s%s", words[0], meant ? "; was '" : "",
			meant ? meant : "", meant ? "' meant?" : "");
		return fail(&err);
	}
	return strcmp(words[0], "check") == 0 ? check(words + 1, count - 1) : with_catalogue(read, words, count);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct probes_options read = { .suite = NULL };
	struct err err = ERR_INIT;
	int operands, status = EXIT_FINE;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0)
		status = fail(&err);
	else if (help)
		options_help(command, stdout);
	else
		status = dispatch(&read, argv + operands, argc - operands);
	option_list_release(&read.directories);
	return status;
}

const struct command command_probes = {
	.name = "probes",
	.about = "lists, explains and checks probes",
	.usage = "list | show NAME... | check FILE...",
	.more = "list    every probe: its name, its suites, its title\n"
		"show    explains a trick: the dialogue, which servers it opens, what to do\n"
		"check   reports every mistake of a probe file, with file, line and column\n\n"
		"Examples:\n"
		"  relayaudit probes show percent-at-host\n"
		"  relayaudit probes check my/trick.probe",
	.options = options,
	.run = run,
};
