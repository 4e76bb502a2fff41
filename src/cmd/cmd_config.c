/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_config.c - relayaudit config
 */
#include <ifaddrs.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/classes.h"
#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/masks.h"
#include "base/clock.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
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

/* "ADDRESS[/LENGTH]": without a length the address alone is its network. */
static int read_own(const char *text, struct config_own *own, struct err *err)
{
	const char *slash = strchr(text, '/');
	char bare[ADDRESS_TEXT];
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	struct prefix prefix;
	bool host_bits;

	if (len >= sizeof bare || prefix_parse(text, &prefix, &host_bits, err) != 0)
		return err_set(err, ERR_USAGE, "'%.100s' is not ADDRESS[/LENGTH]", text);
	memcpy(bare, text, len);
	bare[len] = '\0';
	own->length = prefix.length;
	return address_parse(bare, &own->address, err);
}

static int check_own(const char *text, struct err *err)
{
	struct config_own own;

	return read_own(text, &own, err);
}

static int check_network(const char *text, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, err) != 0)
		return -1;
	return host_bits ? err_set(err, ERR_USAGE, "'%.60s' has bits behind its mask", text) : 0;
}

static int check_mta(const char *text, struct err *err)
{
	const char *meant = NULL;

	if (config_kind_find(text, &meant) != NULL)
		return 0;
	return err_set(err, ERR_USAGE, "the configuration of '%.40s' is not read%s%s%s", text, meant ? "; was '" : "", meant ? meant : "", meant ? "' meant?" : "");
}

#define AT(member) offsetof(struct config_options, member)

static const struct option_row options[] = {
	{ 0, "client", "ADDRESS[=NAME]", "may this client relay? (repeatable)", OPTION_LIST, AT(clients), 0, 0, check_client, NULL },
	{ 0, "root", "DIR", "read DIR/etc/... instead of /etc/...", OPTION_TEXT, AT(root), 0, 0, NULL, NULL },
	{ 0, "mta", "NAME", "whose configuration it is, by the server's name", OPTION_TEXT, AT(mta), 0, 0, check_mta, NULL },
	{ 0, "own-address", "ADDRESS[/LENGTH]", "an address of the machine (repeatable)", OPTION_LIST, AT(own_addresses), 0, 0, check_own, NULL },
	{ 0, "own-network", "NETWORK", "is yours, and may be trusted (repeatable)", OPTION_LIST, AT(own_networks), 0, 0, check_network, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)", OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "text, json or ndjson (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check, NULL },
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
	struct config_files files;
	struct config config;
	struct config_own *own;
	size_t own_count;
	char **paths;
	size_t path_count;
	struct config_client *clients;
	struct config_replies *replies;
	struct report_inside *vantages;
	size_t vantage_count;
	struct prefixset own_networks;
	struct findings findings;
	bool open;
};

static int fail(const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return EXIT_USAGE;
}

/* How many bits of a netmask are set, from the left. */
static unsigned mask_length(const struct address *mask)
{
	unsigned length = 0;

	while (length < prefix_bits(mask->family) && (mask->bytes[length / 8] & 0x80 >> length % 8) != 0)
		length++;
	return length;
}

static void add_own(struct job *job, const struct config_own *own)
{
	job->own = mem_resize(job->own, job->own_count + 1, sizeof *job->own);
	job->own[job->own_count++] = *own;
}

/* The machine's own, where it is its own configuration that is read. */
static void find_own(struct job *job)
{
	struct ifaddrs *list = NULL;

	if (getifaddrs(&list) != 0)
		return;
	for (struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
		struct config_own own;
		struct address mask;

		if (entry->ifa_addr == NULL || entry->ifa_netmask == NULL || address_from_socket(entry->ifa_addr, &own.address) != 0 ||
		    address_from_socket(entry->ifa_netmask, &mask) != 0)
			continue;
		own.address.port = 0;
		own.address.scope = 0;
		own.length = mask_length(&mask);
		add_own(job, &own);
	}
	freeifaddrs(list);
}

static int choose_own(struct job *job, struct err *err)
{
	struct config_own own;

	for (size_t i = 0; i < job->read->own_addresses.count; i++) {
		if (read_own(job->read->own_addresses.texts[i], &own, err) != 0)
			return -1;
		add_own(job, &own);
	}
	if (job->own_count == 0 && job->read->root == NULL && job->path_count == 0)
		find_own(job);
	return 0;
}

static int add_network(struct job *job, const char *text, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, err) != 0)
		return -1;
	prefixset_add(&job->own_networks, &prefix);
	return 0;
}

/* Loopback is the machine's own. */
static int choose_networks(struct job *job, struct err *err)
{
	int result = add_network(job, "127.0.0.0/8", err) | add_network(job, "::1/128", err);

	for (size_t i = 0; i < job->settings->networks.count && result == 0; i++)
		result = add_network(job, job->settings->networks.texts[i], err);
	for (size_t i = 0; i < job->read->own_networks.count && result == 0; i++)
		result = add_network(job, job->read->own_networks.texts[i], err);
	prefixset_settle(&job->own_networks);
	return result;
}

/* A vantage says in its URI what client it is: "bind:198.51.100.7", "xclient:[2001:db8::1]?port=10025". */
static void find_vantages(struct job *job)
{
	static const char *const schemes[] = { "bind:", "xclient:", "proxyv1:", "proxyv2:" };

	job->vantages = mem_new((job->settings->vantage_count + 1) * sizeof *job->vantages);
	for (size_t i = 0; i < job->settings->vantage_count; i++) {
		const struct vantage_setting *vantage = &job->settings->vantages[i];
		const char *uri = vantage->via != NULL ? vantage->via : vantage->text;
		struct err err = ERR_INIT;

		for (size_t k = 0; uri != NULL && k < sizeof schemes / sizeof *schemes; k++) {
			const char *at = strstr(uri, schemes[k]);
			char bare[ADDRESS_TEXT];

			if (at == NULL)
				continue;
			snprintf(bare, sizeof bare, "%.*s", (int)strcspn(at + strlen(schemes[k]), "?"), at + strlen(schemes[k]));
			if (address_parse(bare, &job->vantages[job->vantage_count].address, &err) == 0)
				job->vantages[job->vantage_count++].name = vantage->name;
			break;
		}
	}
}

static const struct config_kind *choose_kind(const struct job *job, struct err *err)
{
	struct buf known = BUF_INIT(1000);
	const struct config_kind *kind;
	const char *meant;

	if (job->read->mta != NULL)
		return config_kind_find(job->read->mta, &meant);
	for (size_t i = 0; (kind = config_kind_at(i)) != NULL; i++)
		if (job->path_count != 0 || kind->is_here(&job->files))
			return kind;
	for (size_t i = 0; (kind = config_kind_at(i)) != NULL; i++)
		buf_printf(&known, "%s%s's is %s", i != 0 ? ", " : "", kind->mta, kind->where);
	err_set(err, ERR_SYSTEM, "there is no configuration that can be read below %s: %s", job->files.root, known.data);
	buf_release(&known);
	return NULL;
}

static int read_it(struct job *job, struct err *err)
{
	struct config_wish wish = { (const char *const *)job->paths, job->path_count, job->own, job->own_count };

	job->config.kind = choose_kind(job, err);
	return job->config.kind != NULL ? job->config.kind->read(&job->files, &wish, &job->config, err) : -1;
}

static int ask_all(struct job *job, struct err *err)
{
	size_t count = job->read->clients.count;

	job->clients = mem_new((count + 1) * sizeof *job->clients);
	job->replies = mem_new((count + 1) * sizeof *job->replies);
	for (size_t i = 0; i < count; i++) {
		if (read_client(job->read->clients.texts[i], &job->clients[i], err) != 0)
			return -1;
		job->config.kind->ask(&job->config, &job->clients[i], &job->replies[i]);
	}
	return 0;
}

/* What nobody among the vantages of the configuration file has for an address. */
static void find_untested(struct job *job)
{
	struct address *addresses = mem_new((job->vantage_count + 1) * sizeof *addresses);

	for (size_t i = 0; i < job->vantage_count; i++)
		addresses[i] = job->vantages[i].address;
	classes_findings(&job->config, &job->own_networks, addresses, job->vantage_count, &job->findings);
	free(addresses);
}

static int tell(struct job *job, struct outputs *outputs, time_t started, enum severity fail_on)
{
	struct report report;
	struct err err = ERR_INIT;
	char id[21];
	int status;

	masks_findings(&job->config, &job->own_networks, &job->findings, &job->open);
	find_untested(job);
	exceptions_apply(&job->settings->exceptions, &job->findings, time(NULL));
	clock_chance(id, 20);
	report_build_config(&(struct report_config){
				    .config = &job->config,
				    .findings = &job->findings,
				    .run_id = id,
				    .verdict = job->open ? "open" : masks_is_unsure(&job->findings) ? "inconclusive" : "closed",
				    .started = started,
				    .finished = time(NULL),
				    .clients = job->clients,
				    .replies = job->replies,
				    .client_count = job->read->clients.count,
				    .vantages = job->vantages,
				    .vantage_count = job->vantage_count,
			    },
			    &report);
	report_build_exceptions(job->config.pool, &job->settings->exceptions, &report);
	outputs_judge(&job->findings, fail_on, masks_is_unsure(&job->findings), &report);
	status = outputs_status(outputs, &report);
	if (outputs_finish(outputs, &report, &err) != 0) {
		fail(&err);
		status = report.status == EXIT_FOUND ? status : outputs_status_unwritten(&job->read->outputs);
	}
	report_release(&report);
	return status;
}

static int audit(struct job *job)
{
	const char *fail_on = job->read->fail_on != NULL ? job->read->fail_on : job->file->fail_on;
	const struct option_list *specs = job->read->outputs.count != 0 ? &job->read->outputs : &job->file->outputs;
	struct format_look look;
	struct outputs outputs;
	struct err err = ERR_INIT;
	time_t started = time(NULL);
	int status = EXIT_USAGE;

	if (look_make(job->read->color != NULL ? job->read->color : job->file->color, job->read->verbose, &look, &err) != 0 ||
	    choose_own(job, &err) != 0 || choose_networks(job, &err) != 0 || read_it(job, &err) != 0 || ask_all(job, &err) != 0 ||
	    outputs_open(&outputs, specs, &look, &err) != 0)
		return fail(&err);
	find_vantages(job);
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
	free(job->own);
	free(job->clients);
	free(job->replies);
	free(job->vantages);
	findings_release(&job->findings);
	prefixset_release(&job->own_networks);
	config_release(&job->config);
}

static int with_settings(const struct config_options *read, char **operands, size_t count)
{
	struct scan_options file = SCAN_OPTIONS_INIT;
	struct settings settings;
	struct err err = ERR_INIT;
	struct job job = { .read = read, .file = &file, .settings = &settings, .own_networks = PREFIXSET_INIT };
	int status = EXIT_USAGE;

	job.files = (struct config_files){ read->root != NULL ? read->root : "/", CONFIG_ALL_MOST };
	job.config.pool = pool_new();
	if (settings_read(&settings, command_scan.options, &file, NULL, read->config) != 0)
		settings_tell(&settings, stderr);
	else
		status = choose_paths(&job, operands, count, &err) != 0 ? fail(&err) : audit(&job);
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
		status = fail(&err);
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
	.more = "Reads the configuration of Postfix as Postfix does, from its files alone: every\n"
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
