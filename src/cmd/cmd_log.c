/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_log.c - relayaudit log
 */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>

#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/let_in.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/log_reading.h"
#include "cmd/look.h"
#include "cmd/output.h"
#include "cmd/own_rules.h"
#include "cmd/scan.h"
#include "cmd/scan_check.h"
#include "cmd/server_config.h"
#include "cmd/settings.h"
#include "net/address.h"
#include "report/mail_build.h"
#include "report/model.h"

enum { RUN_LEAST = 12, RUN_MOST = 64 };

struct log_options {
	struct option_list domains, relay_domains, networks, vantages, outputs;
	bool follow;
	const char *run, *root, *mta, *fail_on, *baseline, *config, *color;
};

static int check_address(const char *text, struct err *err)
{
	struct address address;

	return address_parse(text, &address, err);
}

static int check_run(const char *text, struct err *err)
{
	size_t len = strlen(text);

	if (len < RUN_LEAST || len > RUN_MOST)
		return err_set(err, ERR_USAGE, "'%.80s' is not the id of a run: a report has it as run.id", text);
	return 0;
}

#define AT(member) offsetof(struct log_options, member)

static const struct option_row options[] = {
	{ 'd', "domain", "DOMAIN", "mail for it is no relaying; .DOMAIN: all below it (repeatable)",
	  OPTION_LIST, AT(domains), 0, 0, scan_check_domain, NULL },
	{ 0, "relay-domain", "DOMAIN", "likewise: a domain that the server passes on (repeatable)",
	  OPTION_LIST, AT(relay_domains), 0, 0, scan_check_domain, NULL },
	{ 0, "own-network", "NETWORK", "ADDRESS or ADDRESS/LENGTH of clients that may relay (repeatable)",
	  OPTION_LIST, AT(networks), 0, 0, own_rules_check_network, NULL },
	{ 'f', "follow", NULL, "go on with the last file as it grows, until interrupted", OPTION_FLAG, AT(follow), 0, 0, NULL, NULL },
	{ 0, "root", "DIR", "the server's configuration is DIR/etc/...", OPTION_TEXT, AT(root), 0, 0, NULL, NULL },
	{ 0, "mta", "NAME", "read the configuration of this server", OPTION_TEXT, AT(mta), 0, 0, server_config_check_mta, NULL },
	{ 0, "run", "ID", "find a scan's attempts, and the clients that the server saw",
	  OPTION_TEXT, AT(run), 0, 0, check_run, NULL },
	{ 0, "vantage", "ADDRESS", "an own address of the scan's vantages (repeatable)",
	  OPTION_LIST, AT(vantages), 0, 0, check_address, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)",
	  OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "as of scan (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check, NULL },
	{ 0, "config", "FILE", "read this configuration file, and look for no other", OPTION_TEXT, AT(config), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

/* Options and file, as the rules and the rest want them. */
struct job {
	const struct log_options *options;
	struct settings *settings;
	struct strangers_rules rules;
	struct server_config server;
	bool configured;                /* it was read */
	struct option_list domains;
	char *run;
	enum severity fail_on;
	struct format_look look;
};

static int fail(const struct log_options *read, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return outputs_status_unwritten(&read->outputs);
}

/* A log that lies where this machine's own do is this machine's, and so is its configuration. */
static bool is_of_here(const char *const *names, int count)
{
	for (int i = 0; i < count; i++)
		if (strncmp(names[i], "/var/log/", 9) != 0)
			return false;
	return true;
}

/* Whom the server trusts by narrow networks is no stranger; whom it trusts by wide ones is. */
static void read_configuration(struct job *job, const char *const *names, int count, struct log_reading *reading)
{
	const struct log_options *read = job->options;
	bool wanted = read->root != NULL || read->mta != NULL;
	struct err err = ERR_INIT;

	if (!wanted && !is_of_here(names, count))
		return;
	if (server_config_read(&job->server, &(struct server_config_wish){ .root = read->root, .mta = read->mta, .own_networks = &read->networks,
									   .settings = job->settings }, &err) == 0) {
		job->configured = true;
		let_in_narrow(&job->server.config, &job->server.own_networks, &job->rules.own);
		prefixset_settle(&job->rules.own);
	} else if (wanted) {
		log_reading_gap(reading, mem_printf("the server's configuration: %s", err.text));
	}
}

static int prepare(struct job *job, const char *fail_on, struct err *err)
{
	const struct log_options *read = job->options;

	own_rules_make(&job->rules, &job->domains, (const struct own_lists){ &read->domains, &read->relay_domains, &read->networks }, job->settings);
	if (read->run != NULL) {
		job->run = mem_text(read->run);
		text_lower(job->run);
		job->rules.run = job->run;
	}
	fail_on = read->fail_on ? read->fail_on : fail_on;
	job->fail_on = fail_on ? (enum severity)severity_find(fail_on) : SEVERITY_HIGH;
	return look_make(read->color, false, &job->look, err);
}

static int report_reading(struct job *job, struct log_reading *reading, time_t started, struct outputs *outputs)
{
	char run_id[17], *where = own_rules_where(reading->sources, reading->source_count, "no log");
	struct findings findings;
	struct report report;
	struct let_in let_in = { .count = 0 };
	const struct mail_context context = {
		.where = where, .make = reading->make, .vantages = job->options->vantages.texts, .vantage_count = job->options->vantages.count,
		.gaps = (const char *const *)reading->gaps, .gap_count = reading->gap_count, .let_in = job->configured ? &let_in : NULL,
	};
	struct mail_reading facts = {
		.sources = reading->sources, .source_count = reading->source_count, .lines = reading->lines,
		.lines_not_understood = reading->lines_not_understood, .lines_of_others = reading->lines_of_others,
		.messages_without_end = reading->messages_without_end, .run_id = run_id, .started = started, .finished = time(NULL),
		.pool = pool_new(), .let_in = context.let_in,
		.verdict = reading->mail.messages ? "open" : reading->gap_count ? "inconclusive" : "closed",
	};
	int status;

	clock_chance(run_id, sizeof run_id - 1);
	report_sort_mail(&reading->mail);
	if (job->configured)
		let_in_find(&job->server.config, &reading->mail.clients, &let_in);
	findings_of_mail(&reading->mail, &context, &findings);
	exceptions_apply(&job->settings->exceptions, &findings, facts.finished);
	report_build_mail(&reading->mail, &facts, &findings, &job->settings->exceptions, &report);
	status = outputs_tell(outputs, job->fail_on, JUDGE_SURE, &report);
	report_release_mail(&report);
	findings_release(&findings);
	let_in_release(&let_in);
	pool_free(facts.pool);
	free(where);
	return status;
}

static char *shown(struct slice text)
{
	struct buf escaped = BUF_INIT(TALLY_TEXT);

	text_escape(&escaped, text.len ? text.at : "", text.len);
	return buf_detach(&escaped);
}

static void tell_stray(void *context, const struct strangers_told *told)
{
	struct outputs *outputs = context;
	char client[ADDRESS_TEXT], *sender = shown(told->sender), *domain = shown(told->domain);
	struct report_stray stray = { .client = client, .sender = sender, .domain = domain };

	address_print(told->client, client);
	if (told->when > 0)
		clock_stamp(told->when, stray.when);
	outputs_stray(outputs, &stray);
	free(sender);
	free(domain);
}

/* A descriptor that can be read once the operator has seen enough; -1. */
static int until_interrupted(struct err *err)
{
	sigset_t signals;
	int fd;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		err_set(err, ERR_SYSTEM, "nothing would end the following: %s", strerror(errno));
	return fd;
}

static int follow(struct job *job, const struct log_files *files, struct log_reading *reading, struct outputs *outputs, struct err *err)
{
	struct log_watch watch = { .tell = tell_stray, .context = outputs };

	if (files->count == 0 || strcmp(files->rows[files->count - 1].path, "-") == 0)
		return err_set(err, ERR_USAGE, "--follow wants a file that grows, and standard input is none");
	watch.stop = until_interrupted(err);
	if (watch.stop < 0)
		return -1;
	log_reading_run(reading, files, &job->rules, &watch);
	close(watch.stop);
	return 0;
}

/* Settings are read. */
static int with_job(struct job *job, const char *const *names, int count, const char *fail_on)
{
	struct log_reading reading = { .lines = 0 };
	struct log_files files = { .count = 0 };
	struct outputs outputs = { .count = 0 };
	struct err err = ERR_INIT;
	time_t started = time(NULL);
	int status;

	if (prepare(job, fail_on, &err) != 0 || outputs_open(&outputs, &job->options->outputs, &job->look, &err) != 0 ||
	    outputs_baseline(&outputs, job->options->baseline, &err) != 0) {
		status = fail(job->options, &err);
	} else {
		read_configuration(job, names, count, &reading);
		for (int i = 0; i < count; i++)
			if (log_files_add(&files, names[i], &err) != 0)
				log_reading_gap(&reading, mem_text(err.text));
		if (!job->options->follow)
			log_reading_run(&reading, &files, &job->rules, NULL);
		if (job->options->follow && follow(job, &files, &reading, &outputs, &err) != 0)
			status = fail(job->options, &err);
		else
			status = report_reading(job, &reading, started, &outputs);
		log_reading_release(&reading);
	}
	outputs_release(&outputs);
	log_files_release(&files);
	own_rules_release(&job->rules, &job->domains);
	server_config_release(&job->server);
	free(job->run);
	return status;
}

static int with_settings(const struct log_options *read, const char *const *names, int count)
{
	struct scan_options file = SCAN_OPTIONS_INIT;
	bool *given = mem_new(options_count(command_scan.options) + 1);
	struct settings settings;
	int status = EXIT_USAGE;

	/* The keys of the configuration file are a scan's, whichever command reads it. */
	if (settings_read(&settings, command_scan.options, &file, given, read->config) != 0) {
		settings_tell(&settings, stderr);
	} else {
		struct job job = { .options = read, .settings = &settings, .rules = { .own = PREFIXSET_INIT }, .server = SERVER_CONFIG_INIT };

		status = with_job(&job, names, count, file.fail_on);
	}
	settings_release(&settings);
	scan_options_release(&file);
	free(given);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct log_options read = { .run = NULL };
	struct err err = ERR_INIT;
	char *usual[LOGS_USUAL];
	int operands, status, count = 0;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) != 0) {
		status = fail(&read, &err);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else if (operands == argc && (count = log_reading_usual(NULL, usual)) == 0) {
		err_set(&err, ERR_USAGE, "which log? There is none where Debian and others keep them: relayaudit log FILE..., a directory, or '-'");
		status = fail(&read, &err);
	} else {
		status = operands == argc ? with_settings(&read, (const char *const *)usual, count) : with_settings(&read, (const char *const *)(argv + operands), argc - operands);
	}
	while (count-- > 0)
		free(usual[count]);
	option_list_release(&read.domains);
	option_list_release(&read.relay_domains);
	option_list_release(&read.networks);
	option_list_release(&read.vantages);
	option_list_release(&read.outputs);
	return status;
}

const struct command command_log = {
	.name = "log",
	.about = "finds strangers' mail that a server sent on, in its logs",
	.usage = "[OPTION]... [FILE]...",
	.more = "Reads logs of Postfix, Exim, sendmail, qmail and OpenSMTPD, plain or packed (gzip,\n"
		"xz, zstd, bzip2), and what journalctl writes; and tells whose mail was relayed,\n"
		"whom the server refused and why, and to whom it sent bounces for mailboxes that\n"
		"do not exist. A directory is read in the order of its files; '-' is standard\n"
		"input. Which server wrote a line is found out line by line. Nothing in a log is\n"
		"executed or connected to. Without a FILE, the mail log of this machine, where it\n"
		"is in its usual place.\n\n"
		"Examples:\n"
		"  relayaudit log -d example.org /var/log/mail.log\n"
		"  relayaudit log -d example.org --own-network 192.168.0.0/24 /var/log\n"
		"  journalctl -u postfix@- -o export | relayaudit log -d example.org -\n"
		"  relayaudit log --run 4kqz7hx2pm5d... --vantage 198.51.100.7 /var/log/mail.log",
	.options = options,
	.run = run,
};
