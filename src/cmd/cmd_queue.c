/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_queue.c - relayaudit queue
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/exception.h"
#include "audit/finding.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/output.h"
#include "cmd/own_rules.h"
#include "cmd/queue_reading.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "cmd/settings.h"
#include "report/queue_build.h"

struct queue_options {
	struct option_list domains, relay_domains, outputs;
	const char *mta, *fail_on, *baseline, *config, *color;
};

static int check_mta(const char *text, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(text);
	const struct queue_reader *reader;

	for (size_t i = 0; (reader = queue_reader_at(i)) != NULL; i++) {
		if (strcmp(reader->make, text) == 0)
			return 0;
		nearest_offer(&nearest, reader->make);
	}
	return scan_no_such(err, "mail server whose queue can be read", text, nearest.best, "postfix, exim, sendmail, qmail, opensmtpd");
}

#define AT(member) offsetof(struct queue_options, member)

static const struct option_row options[] = {
	{ 'd', "domain", "DOMAIN", "is one's own; .DOMAIN: all below it (repeatable)", OPTION_LIST, AT(domains), 0, 0, scan_check_domain, NULL },
	{ 0, "relay-domain", "DOMAIN", "likewise: a domain that the server passes on (repeatable)",
	  OPTION_LIST, AT(relay_domains), 0, 0, scan_check_domain, NULL },
	{ 0, "mta", "NAME", "ask this server, by its listing command", OPTION_TEXT, AT(mta), 0, 0, check_mta, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)",
	  OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "as of scan (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check, NULL },
	{ 0, "config", "FILE", "read this configuration file, and look for no other", OPTION_TEXT, AT(config), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static int fail(const struct queue_options *read, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return outputs_status_unwritten(&read->outputs);
}

static int tell(struct settings *settings, struct queue_reading *reading, enum severity fail_on,
		time_t started, struct outputs *outputs)
{
	char run_id[17], *where = own_rules_where(reading->sources, reading->source_count, "no queue");
	struct findings findings;
	struct report report;
	struct queue_facts facts = {
		.sources = reading->sources, .source_count = reading->source_count, .lines = reading->lines,
		.lines_not_understood = reading->lines_not_understood, .run_id = run_id, .started = started, .finished = time(NULL),
		.verdict = reading->waiting.counts[WAITING_STRANGERS].messages ? "open" : reading->gap_count ? "inconclusive" : "closed",
	};
	int status;

	clock_chance(run_id, sizeof run_id - 1);
	findings_of_queue(&reading->waiting, where, (const char *const *)reading->gaps, reading->gap_count, &findings);
	exceptions_apply(&settings->exceptions, &findings, facts.finished);
	report_build_queue(&reading->waiting, &facts, &findings, &settings->exceptions, &report);
	status = outputs_tell(outputs, fail_on, JUDGE_SURE, &report);
	report_release_queue(&report);
	findings_release(&findings);
	free(where);
	return status;
}

static void read_all(const struct queue_options *read, const char *const *names, int count, struct queue_reading *reading)
{
	struct log_files files = { .count = 0 };
	struct err err = ERR_INIT;

	for (int i = 0; i < count; i++)
		if (log_files_add(&files, names[i], &err) != 0)
			queue_reading_gap(reading, mem_text(err.text));
	for (size_t i = 0; i < files.count; i++)
		queue_reading_file(reading, &files.rows[i]);
	if (count == 0)
		queue_reading_ask(reading, read->mta);
	queue_reading_finish(reading);
	log_files_release(&files);
}

/* Settings are read. */
static int with_settings(const struct queue_options *read, struct settings *settings, const char *fail_on, const char *const *names, int count)
{
	struct strangers_rules rules = { .own = PREFIXSET_INIT };
	struct option_list domains = { .count = 0 };
	struct outputs outputs = { .count = 0 };
	struct queue_reading reading;
	struct format_look look;
	struct err err = ERR_INIT;
	time_t started = time(NULL);
	int status;

	fail_on = read->fail_on ? read->fail_on : fail_on;
	own_rules_make(&rules, &domains, (struct own_lists){ &read->domains, &read->relay_domains, NULL }, settings);
	if (look_make(read->color, false, &look, &err) != 0 || outputs_open(&outputs, &read->outputs, &look, &err) != 0 ||
	    outputs_baseline(&outputs, read->baseline, &err) != 0) {
		status = fail(read, &err);
	} else {
		queue_reading_init(&reading, &rules);
		read_all(read, names, count, &reading);
		status = tell(settings, &reading, fail_on ? (enum severity)severity_find(fail_on) : SEVERITY_HIGH, started, &outputs);
		queue_reading_release(&reading);
	}
	outputs_release(&outputs);
	own_rules_release(&rules, &domains);
	return status;
}

static int read_settings(const struct queue_options *read, const char *const *names, int count)
{
	struct scan_options file = SCAN_OPTIONS_INIT;
	bool *given = mem_new(options_count(command_scan.options) + 1);
	struct settings settings;
	int status = EXIT_USAGE;

	/* The keys of the configuration file are a scan's, whichever command reads it. */
	if (settings_read(&settings, command_scan.options, &file, given, read->config) != 0)
		settings_tell(&settings, stderr);
	else
		status = with_settings(read, &settings, file.fail_on, names, count);
	settings_release(&settings);
	scan_options_release(&file);
	free(given);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct queue_options read = { .mta = NULL };
	struct err err = ERR_INIT;
	int operands, status;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0) {
		status = fail(&read, &err);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else if (read.mta != NULL && operands < argc) {
		err_set(&err, ERR_USAGE, "--mta asks a server, and a FILE is read: both at once are not possible");
		status = fail(&read, &err);
	} else {
		status = read_settings(&read, (const char *const *)(argv + operands), argc - operands);
	}
	option_list_release(&read.domains);
	option_list_release(&read.relay_domains);
	option_list_release(&read.outputs);
	return status;
}

const struct command command_queue = {
	.name = "queue",
	.about = "finds strangers' mail that still waits to be sent, and how to take it out",
	.usage = "[OPTION]... [FILE]...",
	.more = "Reads what a mail server lists of its queue: Postfix (postqueue -j or -p), Exim\n"
		"(exim -bp), sendmail (mailq), qmail (qmail-qread) or OpenSMTPD (smtpctl show\n"
		"queue), from files, from standard input ('-'), or by running that command here.\n"
		"A server that is closed by now goes on sending what it accepted before. The\n"
		"commands that hold or remove just that are printed, and none is run.\n\n"
		"Examples:\n"
		"  relayaudit queue -d example.org\n"
		"  ssh mail.example.org postqueue -j | relayaudit queue -d example.org -\n"
		"  relayaudit queue -d example.org -o json | jq -r '.queue.commands[].command'",
	.options = options,
	.run = run,
};
