/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_report.c - relayaudit report
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/finding.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/scan_check.h"
#include "report/load.h"
#include "report/merge.h"
#include "report/remark.h"

struct report_options {
	struct option_list outputs;
	const char *fail_on;
	const char *baseline;
	const char *color;
	bool verbose;
	bool merge;
};

#define AT(member) offsetof(struct report_options, member)

static const struct option_row options[] = {
	{ 'o', "output", "FORMAT[=FILE]", "as of scan, and svg of a map (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check_any, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)", OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, NULL },
	{ 0, "merge", NULL, "make one report of many, of scans", OPTION_FLAG, AT(merge), 0, 0, NULL, NULL },
	{ 'v', "verbose", NULL, "show the dialogues", OPTION_FLAG, AT(verbose), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static int fail(const struct report_options *read, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return outputs_status_unwritten(&read->outputs);
}

static int show(const struct report_options *read, const char *baseline, struct report *report)
{
	enum severity fail_on = read->fail_on != NULL ? (enum severity)severity_find(read->fail_on) : SEVERITY_HIGH;
	struct format_look look;
	struct outputs outputs = { .count = 0 };
	struct err err = ERR_INIT;
	int status;

	if (outputs_fit(&read->outputs, report, &err) != 0 || look_make(read->color, read->verbose, &look, &err) != 0 ||
	    outputs_open(&outputs, &read->outputs, &look, &err) != 0 || outputs_baseline(&outputs, baseline, &err) != 0)
		status = fail(read, &err);
	else
		status = outputs_tell(&outputs, fail_on, report_doubt(report), report);
	outputs_release(&outputs);
	return status;
}

/* The later of two, beside the earlier. */
static int with_files(const struct report_options *read, const char *earlier, const char *path)
{
	struct loaded loaded;
	struct err err = ERR_INIT;
	int status;

	if (loaded_read(path, &loaded, &err) != 0)
		return fail(read, &err);
	status = show(read, earlier, &loaded.report);
	loaded_release(&loaded);
	return status;
}

static int show_merged(const struct report_options *read, const struct loaded *loaded, size_t count)
{
	struct merge_part *parts = mem_new(count * sizeof *parts);
	struct merged merged;
	struct err err = ERR_INIT;
	const char *rest, *line;
	size_t len;
	int status;

	for (size_t i = 0; i < count; i++)
		parts[i] = (struct merge_part){ &loaded[i].report, loaded[i].path };
	if (report_merge(parts, count, &merged, &err) != 0) {
		status = fail(read, &err);
	} else {
		for (rest = merged.notes.data; (len = remark_next(&rest, &line)) != 0;)
			fprintf(stderr, "relayaudit: %.*s\n", (int)len, line);
		status = show(read, read->baseline, &merged.report);
		merged_release(&merged);
	}
	free(parts);
	return status;
}

static int merge(const struct report_options *read, char **paths, size_t count)
{
	struct loaded *loaded = mem_new(count * sizeof *loaded);
	struct err err = ERR_INIT;
	size_t read_count = 0;
	int status;

	while (read_count < count && loaded_read(paths[read_count], &loaded[read_count], &err) == 0)
		read_count++;
	status = read_count == count ? show_merged(read, loaded, count) : fail(read, &err);
	for (size_t i = 0; i < read_count; i++)
		loaded_release(&loaded[i]);
	free(loaded);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct report_options read = { .fail_on = NULL };
	struct err err = ERR_INIT;
	int operands, status;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0) {
		status = fail(&read, &err);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else if (read.merge && argc - operands >= 2) {
		status = merge(&read, argv + operands, (size_t)(argc - operands));
	} else if (read.merge) {
		err_set(&err, ERR_USAGE, "which reports? relayaudit report --merge FILE FILE...");
		status = fail(&read, &err);
	} else if (argc - operands < 1 || argc - operands > (read.baseline != NULL ? 1 : 2)) {
		err_set(&err, ERR_USAGE, operands == argc ? "which report? relayaudit report FILE, written by -o json=FILE" :
							   "too many reports: relayaudit report EARLIER LATER compares two, and --merge makes one of many");
		status = fail(&read, &err);
	} else {
		status = with_files(&read, argc - operands == 2 ? argv[operands] : read.baseline, argv[argc - 1]);
	}
	option_list_release(&read.outputs);
	return status;
}

const struct command command_report = {
	.name = "report",
	.about = "shows a saved report in another format; compares two; merges many",
	.usage = "[OPTION]... [EARLIER] FILE | --merge [OPTION]... FILE...",
	.more = "Reads a report that was written by -o json=FILE, and writes it in any other format.\n"
		"It ends as the run would have that made it, by --fail-on. Nothing is connected to.\n"
		"Of two reports the later is shown, with what is new, known and gone since the\n"
		"earlier; it fails for what is new alone. Reports of scans from many vantages, or of\n"
		"shards of one, become one report by --merge.\n\n"
		"Examples:\n"
		"  relayaudit report report.json\n"
		"  relayaudit report report.json -o html=report.html -o sarif=report.sarif\n"
		"  relayaudit report --fail-on critical report.json -o nagios\n"
		"  relayaudit report monday.json tuesday.json\n"
		"  relayaudit report --merge far.json office.json -o json=both.json -o html=both.html",
	.options = options,
	.run = run,
};
