/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_scan.c - relayaudit scan
 */
#include <event2/event.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "base/err.h"
#include "cmd/command.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "cmd/settings.h"
#include "remote/proof_source.h"
#include "vantage/target.h"
#include "vantage/vantage_kind.h"

#define AT(member) offsetof(struct scan_options, member)

static const struct option_row options[] = {
	{ 'p', "port", "PORT[/MODE][,...]", "MODE: none, starttls, tls (default " SCAN_PORTS ")",
	  OPTION_LIST, AT(ports), 0, 0, scan_check_ports, "endpoints" },
	{ '4', "ipv4", NULL, "IPv4 addresses only", OPTION_FLAG, AT(four), 0, 0, NULL, "ipv4" },
	{ '6', "ipv6", NULL, "IPv6 addresses only", OPTION_FLAG, AT(six), 0, 0, NULL, "ipv6" },
	{ 'd', "domain", "DOMAIN", "a domain the target takes mail for (repeatable)",
	  OPTION_LIST, AT(domains), 0, 0, scan_check_domain, "domains" },
	{ 'u', "local-user", "NAME", "a mailbox that exists there (default postmaster)",
	  OPTION_TEXT, AT(local_user), 0, 0, scan_check_local_user, "local-user" },
	{ 0, "victim", "ADDRESS", "an outside address of yours (else example.com)",
	  OPTION_TEXT, AT(victim), 0, 0, mailbox_check, "victim" },
	{ 0, "sender", "ADDRESS", "your outside address, as the ordinary sender",
	  OPTION_TEXT, AT(sender), 0, 0, mailbox_check, "sender" },
	{ 0, "mx-domain", "DOMAIN", "a domain of yours that names the target as its MX",
	  OPTION_TEXT, AT(mx_domain), 0, 0, scan_check_domain, "mx-domain" },
	{ 0, "contact", "ADDRESS", "who answers for this audit",
	  OPTION_TEXT, AT(contact), 0, 0, mailbox_check, "contact" },
	{ 0, "helo", "NAME", "the name to greet with (default: the vantage's)",
	  OPTION_TEXT, AT(helo), 0, 0, scan_check_helo, "helo" },
	{ 0, "from", "[NAME=]URI", "a vantage, see below (default local; repeatable)",
	  OPTION_LIST, AT(from), 0, 0, NULL, "vantages" },
	{ 0, "confirm", NULL, "send test messages for what is accepted", OPTION_FLAG, AT(confirm), 0, 0, NULL, "confirm" },
	{ 0, "sink", "WHERE", "where they arrive, see below",
	  OPTION_PLACE, AT(sink), 0, 0, scan_check_sink, "sink" },
	{ 0, "password", "@FILE", "of the sink's mailbox, in a file of its own",
	  OPTION_TEXT, AT(password), 0, 0, scan_check_password, "password" },
	{ 0, "key", "FILE", "the key that the sink shares (default token.key)", OPTION_TEXT, AT(key), 0, 0, NULL, "key" },
	{ 0, "wait", "SECONDS", "how long to wait for one (default 30)",
	  OPTION_SECONDS, AT(wait), 0, 86400000, NULL, "wait" },
	{ 0, "suite", "NAME", "classic, default, thorough or all",
	  OPTION_TEXT, AT(suite), 0, 0, scan_check_suite, "suite" },
	{ 0, "probe", "NAME", "this probe instead of a suite (repeatable)",
	  OPTION_LIST, AT(probes), 0, 0, NULL, "probe" },
	{ 0, "skip", "NAME", "without this probe (repeatable)", OPTION_LIST, AT(skip), 0, 0, NULL, "skip" },
	{ 0, "probes", "DIR", "your own probes beside ours (repeatable)",
	  OPTION_LIST, AT(directories), 0, 0, NULL, "probes" },
	{ 0, "retry-after", "SECONDS", "pause before a 4xx is asked again (default 5)",
	  OPTION_SECONDS, AT(retry_after), 0, 3600000, NULL, "retry-after" },
	{ 0, "timeout", "SECONDS", "for one reply (default 30)",
	  OPTION_SECONDS, AT(timeout), 100, 600000, NULL, "timeout" },
	{ 0, "jobs", "N", "targets at once (default 16)", OPTION_COUNT, AT(jobs), 1, 20000, NULL, "jobs" },
	{ 0, "max-sessions", "N", "sessions at once with one target (default 4)",
	  OPTION_COUNT, AT(max_sessions), 1, AUDIT_SESSIONS_MOST, NULL, "max-sessions" },
	{ 0, "mine", NULL, "the target is mine", OPTION_FLAG, AT(mine), 0, 0, NULL, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)",
	  OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, "fail-on" },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, "baseline" },
	{ 'o', "output", "FORMAT[=FILE]", "text, json, ndjson, junit, sarif, gitlab, tap, markdown, html, nagios, prometheus or github (repeatable)",
	  OPTION_LIST, AT(outputs), 0, 0, output_check, "output" },
	{ 'v', "verbose", NULL, "show the dialogues", OPTION_FLAG, AT(verbose), 0, 0, NULL, "verbose" },
	{ 'q', "quiet", NULL, "say nothing but the report", OPTION_FLAG, AT(quiet), 0, 0, NULL, "quiet" },
	{ 0, "config", "FILE", "read this configuration file, and look for no other",
	  OPTION_TEXT, AT(config), 0, 0, NULL, NULL },
	{ 0, "show-config", NULL, "print all settings, with where each is from",
	  OPTION_FLAG, AT(show_config), 0, 0, NULL, NULL },
	{ 0, "dry-run", NULL, "print the dialogues, connect to nothing", OPTION_FLAG, AT(dry_run), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, "color" },
	{ 0, "progress", "WHEN", "auto, always or never",
	  OPTION_TEXT, AT(progress), 0, 0, scan_check_when, "progress" },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static int fail(const struct scan_options *read, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return outputs_status_unwritten(&read->outputs);
}

/* Settings are read: what is left can fail, and ends here. */
static int scan(const struct scan_options *read, const struct scan_targets *targets)
{
	struct err err = ERR_INIT;
	struct scan_probes probes = { .count = 0 };
	struct scan_manner manner;
	struct audit *audit = NULL;
	struct event_base *base = NULL;
	int status;

	if (scan_choose_manner(read, &manner, &err) == 0 && scan_choose_probes(read, &probes, &err) == 0)
		audit = scan_make_audit(read, &probes, targets, &err);
	if (audit == NULL) {
		status = fail(read, &err);
	} else if (read->dry_run) {
		scan_print_dialogues(audit, stdout);
		status = EXIT_FINE;
	} else {
		base = scan_new_loop();
		status = scan_run(audit, base, read, &manner, &probes, NULL);
	}
	/* Before the loop: commands of vantages may still be on their way out. */
	scan_free_audit(audit);
	if (base != NULL)
		event_base_free(base);
	scan_probes_release(&probes);
	return status;
}

/* Options are read: with the file and the environment they are the settings. */
static int with_settings(struct scan_options *read, const bool *given, char **names, size_t count)
{
	struct settings settings;
	struct scan_targets targets = { .count = 0 };
	struct err err = ERR_INIT;
	int status;

	if (settings_read(&settings, options, read, given, read->config) != 0) {
		settings_tell(&settings, stderr);
		status = outputs_status_unwritten(&read->outputs);
	} else if (scan_use_settings(read, &settings, &err) != 0) {
		status = fail(read, &err);
	} else if (read->show_config) {
		settings_show(&settings, stdout);
		status = EXIT_FINE;
	} else if (scan_choose_targets(&settings, names, count, &targets, &err) != 0) {
		status = fail(read, &err);
	} else {
		read->exceptions = &settings.exceptions;
		read->config_read = settings.path;
		status = scan(read, &targets);
	}
	scan_targets_release(&targets);
	settings_release(&settings);
	return status;
}

static void help_kind(const char *usage, const char *about, FILE *to)
{
	fprintf(to, strlen(usage) < 28 ? "  %-28s %s\n" : "  %s\n                               %s\n", usage, about);
}

static void help_kinds(FILE *to)
{
	const struct vantage_kind *kind;

	fputs("\nVantages (--from):\n", to);
	for (size_t i = 0; (kind = vantage_kind_at(i)) != NULL; i++)
		help_kind(kind->usage, kind->about, to);
	fputs("Behind each: ?expect=relay, port=PORT[/MODE][,...], tls=MODE, with & between them.\n", to);
	fputs("\nWhere proof is looked for (--sink):\n", to);
	for (const struct proof_kind *const *sink = proof_source_kinds(); *sink != NULL; sink++)
		help_kind((*sink)->usage, (*sink)->about, to);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct scan_options read = SCAN_OPTIONS_INIT;
	bool given[sizeof options / sizeof *options] = { false }, help;
	struct err err = ERR_INIT;
	int operands, status;

	if (options_read_noting(options, &read, argc, argv, &operands, &help, given, &err) != 0) {
		status = fail(&read, &err);
	} else if (help) {
		options_help(command, stdout);
		help_kinds(stdout);
		status = EXIT_FINE;
	} else {
		status = with_settings(&read, given, argv + operands, (size_t)(argc - operands));
	}
	scan_options_release(&read);
	return status;
}

const struct command command_scan = {
	.name = "scan",
	.about = "tries the probes on a server, and reports what it accepted",
	.usage = "[OPTION]... [TARGET]...",
	.more = "Tries the envelopes that are known to make mail servers relay, at every address\n"
		"of each TARGET and from every vantage, and reports which the server accepted.\n"
		"Without a TARGET, all targets of the configuration file, relayaudit.yml(5).\n"
		"No message is sent without --confirm. Test your own servers only: an address that\n"
		"is not private needs --mine, or a target in that file.\n\n"
		"Examples:\n"
		"  relayaudit scan mail.example.org --domain example.org --mine\n"
		"  relayaudit scan 192.168.1.25 --from office=local --from far=bind:198.51.100.7\n"
		"  relayaudit scan mail.example.org --mine --suite thorough -o json=report.json\n"
		"  relayaudit scan mail.example.org --mine --confirm --sink listen:203.0.113.9:25 \\\n"
		"      --victim relaytest@probe.example.net\n"
		"  relayaudit scan --config servers.yml",
	.options = options,
	.run = run,
};
