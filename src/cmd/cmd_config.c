/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_config.c - relayaudit config
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/masks.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "cmd/server_config.h"
#include "cmd/settings.h"
#include "mta/config_files.h"
#include "mta/config_kind.h"
#include "mta/make.h"
#include "report/build.h"
#include "report/build_config.h"
#include "report/model.h"

struct config_options {
	const char *root;
	const char *mta;
	struct option_list clients;
	struct option_list own_addresses;
	struct option_list own_networks;
	struct option_list outputs;
	const char *fail_on;
	const char *baseline;
	const char *config;
	const char *color;
	bool verbose;
	bool quiet;
};

/* "ADDRESS[=NAME]" */
static int read_client(const char *text, struct config_client *client, struct err *err)
{
	const char *equals = strchr(text, '=');
	char bare[ADDRESS_TEXT];
	size_t len = equals != NULL ? (size_t)(equals - text) : strlen(text);

	if (len >= sizeof bare || (equals != NULL && (equals[1] == '\0' || strlen(equals) > 256 || strpbrk(equals, " \t\r\n") != NULL)))
		return err_set(err, ERR_USAGE, "'%.100s' is not ADDRESS or ADDRESS=NAME", text);
	memcpy(bare, text, len);
	bare[len] = '\0';
	client->name = equals != NULL ? equals + 1 : NULL;
	return address_parse(bare, &client->address, err);
}

static int check_client(const char *text, struct err *err)
{
	struct config_client client;

	return read_client(text, &client, err);
}

static int check_own(const char *text, struct err *err)
{
	struct config_own own;

	return server_config_own(text, &own, err);
}

static int check_network(const char *text, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, err) != 0)
		return -1;
	return host_bits ? err_set(err, ERR_USAGE, "'%.60s' has bits behind its mask", text) : 0;
}

#define AT(member) offsetof(struct config_options, member)

static const struct option_row options[] = {
	{ 0, "client", "ADDRESS[=NAME]", "may this client relay? (repeatable)", OPTION_LIST, AT(clients), 0, 0, check_client, NULL },
	{ 0, "root", "DIR", "read DIR/etc/... instead of /etc/...", OPTION_TEXT, AT(root), 0, 0, NULL, NULL },
	{ 0, "mta", "NAME", "whose configuration it is, by the server's name", OPTION_TEXT, AT(mta), 0, 0, server_config_check_mta, NULL },
	{ 0, "own-address", "ADDRESS[/LENGTH]", "an address of the machine (repeatable)", OPTION_LIST, AT(own_addresses), 0, 0, check_own, NULL },
	{ 0, "own-network", "NETWORK", "is yours, and may be trusted (repeatable)", OPTION_LIST, AT(own_networks), 0, 0, check_network, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)", OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "as of scan (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check, NULL },
	{ 'v', "verbose", NULL, "show all grants", OPTION_FLAG, AT(verbose), 0, 0, NULL, NULL },
	{ 'q', "quiet", NULL, "say nothing but the report", OPTION_FLAG, AT(quiet), 0, 0, NULL, NULL },
	{ 0, "config", "FILE", "read this relayaudit.yml, and look for no other", OPTION_TEXT, AT(config), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

/* One run of the command: what is read, and what is borrowed from it. */
struct job {
	const struct config_options *read;
	const struct scan_options *file;        /* relayaudit.yml, by the options of scan */
	struct settings *settings;
	struct server_config server;
	char **paths;
	size_t path_count;
	struct config_client *clients;
	struct config_replies *replies;
	struct findings findings;
	bool open;
};

static int fail(const struct config_options *read, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return outputs_status_unwritten(&read->outputs);
}

static int read_it(struct job *job, struct err *err)
{
	return server_config_read(&job->server,
				  &(struct server_config_wish){
					  .root = job->read->root,
					  .mta = job->read->mta,
					  .own_addresses = &job->read->own_addresses,
					  .own_networks = &job->read->own_networks,
					  .settings = job->settings,
					  .paths = (const char *const *)job->paths,
					  .path_count = job->path_count,
				  },
				  err);
}

static int ask_all(struct job *job, struct err *err)
{
	size_t count = job->read->clients.count;

	job->clients = mem_new((count + 1) * sizeof *job->clients);
	job->replies = mem_new((count + 1) * sizeof *job->replies);
	for (size_t i = 0; i < count; i++) {
		if (read_client(job->read->clients.texts[i], &job->clients[i], err) != 0)
			return -1;
		job->server.config.kind->ask(&job->server.config, &job->clients[i], &job->replies[i]);
	}
	return 0;
}

static int tell(struct job *job, struct outputs *outputs, time_t started, enum severity fail_on)
{
	struct report report;
	char id[21];
	int status;

	server_config_judge(&job->server, &job->findings, &job->open);
	exceptions_apply(&job->settings->exceptions, &job->findings, time(NULL));
	clock_chance(id, 20);
	report_build_config(&(struct report_config){
				    .config = &job->server.config,
				    .findings = &job->findings,
				    .files = &job->server.files,
				    .run_id = id,
				    .verdict = job->open ? "open" : masks_is_unsure(&job->findings) ? "inconclusive" : "closed",
				    .started = started,
				    .finished = time(NULL),
				    .clients = job->clients,
				    .replies = job->replies,
				    .client_count = job->read->clients.count,
				    .vantages = job->server.vantages,
				    .vantage_count = job->server.vantage_count,
			    },
			    &report);
	report_build_exceptions(job->server.config.pool, &job->settings->exceptions, &report);
	status = outputs_tell(outputs, fail_on, masks_is_unsure(&job->findings) ? JUDGE_GAPS : JUDGE_SURE, &report);
	report_release(&report);
	return status;
}

static int audit(struct job *job)
{
	const char *fail_on = job->read->fail_on != NULL ? job->read->fail_on : job->file->fail_on;
	const struct option_list *specs = job->read->outputs.count != 0 ? &job->read->outputs : &job->file->outputs;
	struct format_look look;
	struct outputs outputs = { .count = 0 };
	struct err err = ERR_INIT;
	time_t started = time(NULL);
	int status = EXIT_USAGE;

	if (look_make(job->read->color != NULL ? job->read->color : job->file->color, job->read->verbose, &look, &err) != 0 ||
	    read_it(job, &err) != 0 || ask_all(job, &err) != 0 ||
	    outputs_open(&outputs, specs, &look, &err) != 0 || outputs_baseline(&outputs, job->read->baseline, &err) != 0)
		status = fail(job->read, &err);
	else
		status = tell(job, &outputs, started, fail_on != NULL ? (enum severity)severity_find(fail_on) : SEVERITY_HIGH);
	outputs_release(&outputs);
	return status;
}

static int choose_paths(struct job *job, char **operands, size_t count, struct err *err)
{
	job->paths = mem_new((count + 1) * sizeof *job->paths);
	for (size_t i = 0; i < count; i++) {
		job->paths[i] = job->read->root == NULL ? realpath(operands[i], NULL) : mem_text(operands[i]);
		if (job->paths[i] == NULL)
			return err_set(err, ERR_SYSTEM, "%.300s cannot be found", operands[i]);
		job->path_count++;
	}
	return 0;
}

static void job_release(struct job *job)
{
	for (size_t i = 0; i < job->path_count; i++)
		free(job->paths[i]);
	for (size_t i = 0; job->replies != NULL && i < job->read->clients.count; i++)
		free(job->replies[i].rows);
	free(job->paths);
	free(job->clients);
	free(job->replies);
	findings_release(&job->findings);
	server_config_release(&job->server);
}

static int with_settings(const struct config_options *read, char **operands, size_t count)
{
	struct scan_options file = SCAN_OPTIONS_INIT;
	struct settings settings;
	struct err err = ERR_INIT;
	struct job job = { .read = read, .file = &file, .settings = &settings, .server = SERVER_CONFIG_INIT };
	int status = EXIT_USAGE;

	if (settings_read(&settings, command_scan.options, &file, NULL, read->config) != 0)
		settings_tell(&settings, stderr);
	else
		status = choose_paths(&job, operands, count, &err) != 0 ? fail(read, &err) : audit(&job);
	job_release(&job);
	scan_options_release(&file);
	settings_release(&settings);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct config_options read = { .root = NULL };
	struct err err = ERR_INIT;
	int operands, status;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0) {
		status = fail(&read, &err);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else {
		status = with_settings(&read, argv + operands, (size_t)(argc - operands));
	}
	option_list_release(&read.clients);
	option_list_release(&read.own_addresses);
	option_list_release(&read.own_networks);
	option_list_release(&read.outputs);
	return status;
}

const struct command command_config = {
	.name = "config",
	.about = "reads the server's configuration: who may relay, and why that is too many",
	.usage = "[OPTION]... [FILE]...",
	.more = "Reads the configuration of Postfix or Exim as they do, from its files alone: every\n"
		"grant with file and line, the number of addresses behind it, networks that are too\n"
		"wide, rules that never apply, and what keeps the server from serving.\n"
		"Nothing in the files is executed, connected to or looked up elsewhere. With FILE,\n"
		"main.cf and perhaps master.cf, these are read instead of those of the system.\n\n"
		"Examples:\n"
		"  relayaudit config\n"
		"  relayaudit config --client 210.99.1.1 --client 203.0.113.7=mail.example.net\n"
		"  relayaudit config --root /mnt/image -o json\n"
		"  relayaudit config ./main.cf ./master.cf --own-network 192.0.2.0/24",
	.options = options,
	.run = run,
};
