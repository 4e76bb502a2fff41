/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_demo.c - relayaudit demo
 *
 * Audits a practice server that it starts itself on loopback, from two vantages of
 * which one sees the hole.
 */
#include <event2/event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "audit/audit.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "net/address.h"
#include "remote/practice.h"

static const struct option_row options[] = {
	{ 'v', "verbose", NULL, "show the dialogues", OPTION_FLAG, offsetof(struct scan_options, verbose), 0, 0, NULL, NULL },
	{ 0, "suite", "NAME", "classic, default or thorough", OPTION_TEXT, offsetof(struct scan_options, suite), 0, 0, scan_check_suite, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "text, json or ndjson (repeatable)", OPTION_LIST, offsetof(struct scan_options, outputs), 0, 0, output_check, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, offsetof(struct scan_options, color), 0, 0, scan_check_when, NULL },
	{ 0, "progress", "WHEN", "auto, always or never", OPTION_TEXT, offsetof(struct scan_options, progress), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

/* The practice server's configuration: its administrator meant 127.86.0.1 alone. */
static const char rules_text[] = "name mail.practice.test\n"
				 "domain practice.test\n"
				 "user postmaster alice\n"
				 "trust 127.86.0.1/16 percent\n";

/* The vantages, and which of them the practice server's mask lets in. */
static const struct {
	const char *uri;
	bool sees_the_hole;
} vantages[] = {
	{ "far=bind:127.0.0.1", false },
	{ "near=bind:127.86.99.7", true },
};

static int tell_lesson(const struct scan_result *result, FILE *to)
{
	for (size_t i = 0; i < sizeof vantages / sizeof *vantages; i++) {
		if (result->open_from[i] != vantages[i].sees_the_hole) {
			fprintf(stderr, "relayaudit: the demo did not find what it had planted: '%s' should have %s\n", vantages[i].uri,
				vantages[i].sees_the_hole ? "seen the hole" : "been refused");
			return EXIT_FOUND;
		}
	}
	fputs("\nThe lesson: the same server, the same minute, the same probes. Its administrator\n"
	      "trusted one office address, 127.86.0.1, but wrote it with /16: so whoever comes\n"
	      "from 127.86.0.0 to 127.86.255.255 may send a stranger's mail through it, with\n"
	      "the recipient written \"user%domain@practice.test\". A tester at 127.0.0.1 tries\n"
	      "everything and finds nothing. Ask from more than one place.\n\n"
	      "This was a practice server on loopback. A scan with this result exits with 1.\n"
	      "Your own server:  relayaudit scan mail.example.org --domain example.org --mine\n",
	      to);
	return EXIT_FINE;
}

static int audit_practice(struct scan_options *read, struct event_base *base, const struct address *where)
{
	struct scan_probes probes = { .count = 0 };
	struct scan_manner manner;
	struct scan_result result = { .unwritten = false };
	struct err err = ERR_INIT;
	struct audit *audit = NULL;
	struct scan_target target = { .host = "127.0.0.1" };
	const struct scan_targets targets = { &target, 1 };
	char *port = mem_printf("%u", (unsigned)where->port);
	int status = EXIT_USAGE;

	option_list_add(&read->ports, port);
	option_list_add(&read->domains, "practice.test");
	for (size_t i = 0; i < sizeof vantages / sizeof *vantages; i++)
		option_list_add(&read->from, vantages[i].uri);
	read->local_user = "alice";
	if (scan_choose_manner(read, &manner, &err) == 0 && scan_choose_probes(read, &probes, &err) == 0)
		audit = scan_make_audit(read, &probes, &targets, &err);
	if (audit == NULL) {
		fprintf(stderr, "relayaudit: %s\n", err.text);
	} else {
		status = scan_run(audit, base, read, &manner, &probes, &result);
		if (status != EXIT_USAGE && !result.unwritten)
			status = tell_lesson(&result, stderr);
	}
	scan_free_audit(audit);
	scan_probes_release(&probes);
	free(port);
	return status;
}

static int demo(struct scan_options *read)
{
	struct err err = ERR_INIT;
	struct address where;
	struct event_base *base = scan_new_loop();
	struct practice_rules *rules = practice_rules_parse("demo", rules_text, &err);
	struct practice *practice = NULL;
	int status = EXIT_USAGE;

	if (rules != NULL && address_parse("127.0.0.1", &where, &err) == 0)
		practice = practice_start(base, &where, rules, &err);
	if (practice == NULL) {
		fprintf(stderr, "relayaudit: the practice server does not start: %s\n", err.text);
	} else {
		practice_address(practice, &where);
		status = audit_practice(read, base, &where);
		practice_stop(practice);
	}
	practice_rules_free(rules);
	event_base_free(base);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct scan_options read = SCAN_OPTIONS_INIT;
	struct err err = ERR_INIT;
	int operands, status = EXIT_USAGE;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) == 0 && !help && operands != argc)
		err_set(&err, ERR_USAGE, "the demo takes no arguments");
	if (err.kind != ERR_NONE) {
		fprintf(stderr, "relayaudit: %s\n", err.text);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else {
		status = demo(&read);
	}
	scan_options_release(&read);
	return status;
}

const struct command command_demo = {
	.name = "demo",
	.about = "audits a leaky practice server on loopback, from two vantages",
	.usage = "[OPTION]...",
	.more = "Starts a small mail server on loopback that leaks, and audits it from two\n"
		"vantages, of which one sees the hole. Exits with 0 when it found what it had\n"
		"planted. No packet leaves this machine.\n\n"
		"Examples:\n"
		"  relayaudit demo\n"
		"  relayaudit demo -v",
	.options = options,
	.run = run,
};
