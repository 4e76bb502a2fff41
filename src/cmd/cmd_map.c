/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_map.c - relayaudit map
 */
#include <event2/event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/map_run.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/map.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "cmd/settings.h"

#define AT(member) offsetof(struct map_options, member)

static const struct option_row options[] = {
	{ 0, "from", "WAY", "how clients are simulated, see below", OPTION_TEXT, AT(from), 0, 0, NULL, NULL },
	{ 'p', "port", "PORT[/MODE]", "MODE: none, starttls, tls (default 25)", OPTION_TEXT, AT(port), 0, 0, map_check_port, NULL },
	{ '4', "ipv4", NULL, "IPv4 clients only", OPTION_FLAG, AT(four), 0, 0, NULL, NULL },
	{ '6', "ipv6", NULL, "IPv6 clients only", OPTION_FLAG, AT(six), 0, 0, NULL, NULL },
	{ 'd', "domain", "DOMAIN", "a domain the target takes mail for (repeatable)",
	  OPTION_LIST, AT(domains), 0, 0, scan_check_domain, NULL },
	{ 0, "victim", "ADDRESS", "an outside address of yours (else example.com)", OPTION_TEXT, AT(victim), 0, 0, mailbox_check, NULL },
	{ 0, "sender", "ADDRESS", "your outside address, as the sender", OPTION_TEXT, AT(sender), 0, 0, mailbox_check, NULL },
	{ 0, "helo", "NAME", "the name to greet with (default: this host's)", OPTION_TEXT, AT(helo), 0, 0, scan_check_helo, NULL },
	{ 0, "resolution", "/BITS", "one client in every /BITS of IPv4 (default /16)",
	  OPTION_TEXT, AT(resolution), 0, 0, map_check_resolution, NULL },
	{ 0, "boundary", "PREFIX", "look at this network's edges, too (repeatable)",
	  OPTION_LIST, AT(boundaries), 0, 0, map_check_prefix, NULL },
	{ 0, "root", "DIR", "look at the networks that the server's configuration below DIR names",
	  OPTION_TEXT, AT(root), 0, 0, NULL, NULL },
	{ 0, "own-network", "PREFIX", "a network that is meant to relay (repeatable)",
	  OPTION_LIST, AT(own_networks), 0, 0, map_check_prefix, NULL },
	{ 0, "max-sessions", "N", "sessions at once (default 24; of commands 4)", OPTION_COUNT, AT(max_sessions), 1, MAP_SESSIONS_MOST, NULL, NULL },
	{ 0, "retry-after", "SECONDS", "pause before a 4xx is asked again (default 5)",
	  OPTION_SECONDS, AT(retry_after), 0, 3600000, NULL, NULL },
	{ 0, "timeout", "SECONDS", "for one reply (default 30)", OPTION_SECONDS, AT(timeout), 100, 600000, NULL, NULL },
	{ 0, "resume", "FILE", "keep the answers here, and go on from there", OPTION_TEXT, AT(resume), 0, 0, NULL, NULL },
	{ 0, "mine", NULL, "the target is mine", OPTION_FLAG, AT(mine), 0, 0, NULL, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)",
	  OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "text, json, html or svg (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check_map, NULL },
	{ 0, "config", "FILE", "read this configuration file, and look for no other", OPTION_TEXT, AT(config), 0, 0, NULL, NULL },
	{ 'q', "quiet", NULL, "say nothing but the report", OPTION_FLAG, AT(quiet), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, NULL },
	{ 0, "progress", "WHEN", "auto, always or never", OPTION_TEXT, AT(progress), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

static int fail(const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return EXIT_USAGE;
}

/* What the command line does not say, the file may. */
static const struct target_setting *use_settings(struct map_options *read, const struct scan_options *file, const struct settings *settings,
						 const char *host)
{
	read->victim = read->victim ? read->victim : file->victim;
	read->sender = read->sender ? read->sender : file->sender;
	read->helo = read->helo ? read->helo : file->helo;
	for (size_t i = 0; i < settings->networks.count; i++)
		option_list_add(&read->own_networks, settings->networks.texts[i]);
	for (size_t i = 0; i < settings->target_count; i++)
		if (strcmp(settings->targets[i].name, host) == 0)
			return &settings->targets[i];
	return NULL;
}

static int map(struct map_options *read, struct settings *settings, const struct scan_options *file, const char *host)
{
	const struct target_setting *listed = use_settings(read, file, settings, host);
	struct map_job job;
	struct err err = ERR_INIT;
	struct event_base *base = NULL;
	int status;

	if (listed != NULL) {
		read->listed = true;
		host = listed->addresses.count ? listed->addresses.texts[0] : listed->host ? listed->host : host;
		for (size_t i = 0; i < listed->domains.count; i++)
			option_list_add(&read->domains, listed->domains.texts[i]);
	}
	read->exceptions = &settings->exceptions;
	if (map_job_make(&job, read, host, &err) != 0) {
		status = fail(&err);
	} else {
		base = scan_new_loop();
		status = map_drive(&job, read, base);
	}
	/* Before the loop: commands of vantages may still be on their way out. */
	map_job_release(&job);
	if (base != NULL)
		event_base_free(base);
	return status;
}

/* The file is the one that a scan reads: its keys are those of a scan. */
static int with_settings(struct map_options *read, const char *host)
{
	struct scan_options file = SCAN_OPTIONS_INIT;
	struct settings settings;
	bool *given = mem_new(options_count(command_scan.options) * sizeof *given);
	int status = EXIT_USAGE;

	if (settings_read(&settings, command_scan.options, &file, given, read->config) != 0)
		settings_tell(&settings, stderr);
	else
		status = map(read, &settings, &file, host);
	settings_release(&settings);
	scan_options_release(&file);
	free(given);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct map_options read = MAP_OPTIONS_INIT;
	struct err err = ERR_INIT;
	int operands, status;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0) {
		status = fail(&err);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else if (argc - operands != 1) {
		err_set(&err, ERR_USAGE, "a map is of one TARGET: relayaudit map --help has examples");
		status = fail(&err);
	} else if (read.four && read.six) {
		err_set(&err, ERR_USAGE, "-4 and -6 leave no client to ask");
		status = fail(&err);
	} else {
		status = with_settings(&read, argv[operands]);
	}
	option_list_release(&read.boundaries);
	option_list_release(&read.own_networks);
	option_list_release(&read.domains);
	option_list_release(&read.outputs);
	return status;
}

const struct command command_map = {
	.name = "map",
	.about = "asks the server itself, as any client, who may relay",
	.usage = "--from WAY [OPTION]... TARGET",
	.more = "Asks a server as many simulated clients, each with one harmless envelope, and tells\n"
		"exactly which networks may relay, as the running server applies its configuration.\n"
		"No message is sent. The server has to take our word for who the client is: from\n"
		"this machine, on a private port. Its log gets some lines for each question.\n\n"
		"Ways to be any client (--from):\n"
		"  xclient                Postfix, and who else grants us XCLIENT\n"
		"  proxyv2, proxyv1       a listener that takes PROXY headers from us\n"
		"  'exec:exim4 -bh {client}'  a command that simulates a client; without a network\n"
		"Behind each: ?port=PORT[/MODE], tls=MODE, with & between them.\n\n"
		"Examples:\n"
		"  relayaudit map 127.0.0.1 --from xclient -p 10025\n"
		"  relayaudit map 127.0.0.1 --from proxyv2 -p 10026 -o text -o svg=map.svg\n"
		"  relayaudit map 127.0.0.1 --from 'exec:exim4 -bh {client}' --resolution /8\n"
		"  relayaudit map 127.0.0.1 --from xclient -p 10025 --resolution /20 --resume map.state",
	.options = options,
	.run = run,
};
