/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_self.c - relayaudit self
 *
 * The scan is the frame: its report takes in the configuration's grants, the log's
 * mail and what waits in the queue, so that each can bear out the others.
 */
#include <event2/event.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/bearing.h"
#include "audit/classes.h"
#include "audit/exception.h"
#include "audit/finding_parts.h"
#include "audit/let_in.h"
#include "audit/masks.h"
#include "audit/verdict.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/command.h"
#include "cmd/log_reading.h"
#include "cmd/output.h"
#include "cmd/own_rules.h"
#include "cmd/queue_reading.h"
#include "cmd/scan_check.h"
#include "cmd/self.h"
#include "cmd/settings.h"
#include "mta/config_kind.h"
#include "report/build_config.h"
#include "report/mail_build.h"
#include "report/model.h"
#include "report/queue_build.h"

struct self_options {
	struct option_list domains, logs, queues, networks, outputs;
	const char *local_user, *mta, *root, *suite, *fail_on, *baseline, *config, *color, *progress;
	bool verbose, quiet;
};

#define AT(member) offsetof(struct self_options, member)

static const struct option_row options[] = {
	{ 'd', "domain", "DOMAIN", "a domain that this server takes mail for (repeatable)", OPTION_LIST, AT(domains), 0, 0, scan_check_domain, NULL },
	{ 'u', "local-user", "NAME", "a mailbox that exists here (default postmaster)", OPTION_TEXT, AT(local_user), 0, 0, scan_check_local_user, NULL },
	{ 0, "mta", "NAME", "whose configuration counts (default: whose program listens)", OPTION_TEXT, AT(mta), 0, 0, server_config_check_mta, NULL },
	{ 0, "root", "DIR", "its files are below DIR: a container's root", OPTION_TEXT, AT(root), 0, 0, NULL, NULL },
	{ 0, "own-network", "NETWORK", "is yours, and may be trusted (repeatable)", OPTION_LIST, AT(networks), 0, 0, own_rules_check_network, NULL },
	{ 0, "log", "FILE", "a mail log or a directory of them (default: the usual ones; repeatable)", OPTION_LIST, AT(logs), 0, 0, NULL, NULL },
	{ 0, "queue", "FILE", "a listing of the queue (default: the server's own command; repeatable)", OPTION_LIST, AT(queues), 0, 0, NULL, NULL },
	{ 0, "suite", "NAME", "classic, default or thorough", OPTION_TEXT, AT(suite), 0, 0, scan_check_suite, NULL },
	{ 0, "fail-on", "SEVERITY", "exit 1 from this severity on (default high)", OPTION_TEXT, AT(fail_on), 0, 0, scan_check_severity, NULL },
	{ 0, "baseline", "FILE", "fail only for what this saved report has not", OPTION_TEXT, AT(baseline), 0, 0, NULL, NULL },
	{ 'o', "output", "FORMAT[=FILE]", "as of scan (repeatable)", OPTION_LIST, AT(outputs), 0, 0, output_check, NULL },
	{ 'v', "verbose", NULL, "show the dialogues and all grants", OPTION_FLAG, AT(verbose), 0, 0, NULL, NULL },
	{ 'q', "quiet", NULL, "say nothing but the report", OPTION_FLAG, AT(quiet), 0, 0, NULL, NULL },
	{ 0, "config", "FILE", "read this relayaudit.yml, and look for no other", OPTION_TEXT, AT(config), 0, 0, NULL, NULL },
	{ 0, "color", "WHEN", "auto, always or never", OPTION_TEXT, AT(color), 0, 0, scan_check_when, NULL },
	{ 0, "progress", "WHEN", "auto, always or never", OPTION_TEXT, AT(progress), 0, 0, scan_check_when, NULL },
	{ 0, NULL, NULL, NULL, OPTION_FLAG, 0, 0, 0, NULL, NULL },
};

/* One run. */
struct job {
	const struct self_options *read;
	struct scan_options scan;
	struct settings *settings;
	struct self self;
	struct scan_targets targets;
	struct strangers_rules rules;
	struct option_list domains;
	char *run;
	struct log_reading reading;
	bool has_log;
	struct queue_reading queue;
	bool has_queue;
	struct report_inside *inside;   /* the vantages' addresses */
	size_t inside_count;
	struct report log_report, queue_report; /* whose sections the whole report borrows */
};

static int fail(const struct job *job, const struct err *err)
{
	fprintf(stderr, "relayaudit: %s\n", err->text);
	return outputs_status_unwritten(&job->scan.outputs);
}

static void add_all(struct option_list *to, const struct option_list *from)
{
	for (size_t i = 0; i < from->count; i++)
		option_list_add(to, from->texts[i]);
}

/* Without it the rest is told all the same. */
static void read_config(struct job *job)
{
	struct self *self = &job->self;
	struct err err = ERR_INIT;
	const char *meant, *mta = job->read->mta != NULL ? job->read->mta : self->mta;

	/* A server whose configuration nobody reads here may stand beside one that is not in use. */
	if (mta != NULL && config_kind_find(mta, &meant) == NULL) {
		self_gap(self, mem_printf("the configuration of %s is not read", mta));
		mta = NULL;
	}
	self->has_config = server_config_read(&self->server,
					      &(struct server_config_wish){ .root = job->read->root, .mta = mta, .own = true,
										    .own_networks = &job->read->networks, .settings = job->settings },
					      &err) == 0;
	if (!self->has_config) {
		self_gap(self, mem_text(err.text));
		return;
	}
	masks_findings(&self->server.config, &self->server.own_networks, &self->findings, &self->open);
	self->unsure = masks_is_unsure(&self->findings);
	self_choose_way(self, job->read->root);
	self_leave_proxies(self);
}

/* Who is no stranger, for log and queue. */
static void make_rules(struct job *job)
{
	own_rules_make(&job->rules, &job->domains, (const struct own_lists){ &job->read->domains, NULL, &job->read->networks }, job->settings);
	if (job->self.has_config)
		let_in_narrow(&job->self.server.config, &job->self.server.own_networks, &job->rules.own);
	prefixset_settle(&job->rules.own);
}

/* The log as it stands once the scan is over: its own attempts are in it. */
static void read_log(struct job *job, const struct audit *audit)
{
	struct log_files files = { .count = 0 };
	char *usual[LOGS_USUAL];
	bool named = job->read->logs.count != 0;
	size_t count = named ? job->read->logs.count : (size_t)log_reading_usual(job->read->root, usual);
	const char *const *names = named ? job->read->logs.texts : (const char *const *)usual;
	struct err err = ERR_INIT;

	if (count == 0) {
		self_gap(&job->self, mem_text("there is no mail log where servers usually write it; --log names one"));
		return;
	}
	job->run = mem_text(audit->token);
	text_lower(job->run);
	job->rules.run = job->run;
	for (size_t i = 0; i < count; i++)
		if (log_files_add(&files, names[i], &err) != 0)
			log_reading_gap(&job->reading, mem_text(err.text));
	log_reading_run(&job->reading, &files, &job->rules, NULL);
	log_files_release(&files);
	for (size_t i = 0; !named && i < count; i++)
		free(usual[i]);
	job->has_log = true;
}

static void add_mail_findings(struct job *job, const struct audit *audit, struct findings *findings)
{
	const char **vantages = mem_new((audit->vantage_count + 1) * sizeof *vantages);
	struct findings of_mail = { .count = 0 };
	struct let_in let_in = { .count = 0 };
	char *where = own_rules_where(job->reading.sources, job->reading.source_count, "no log");
	struct mail_context context = {
		.where = where, .make = job->reading.make, .vantages = vantages,
		.gaps = (const char *const *)job->reading.gaps, .gap_count = job->reading.gap_count,
	};

	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct address *address = vantage_address(audit->vantages[i]);
		char text[ADDRESS_TEXT];

		if (address == NULL)
			continue;
		address_print(address, text);
		vantages[context.vantage_count++] = pool_text(job->self.pool, text);
	}
	report_sort_mail(&job->reading.mail);
	if (job->self.has_config) {
		let_in_find(&job->self.server.config, &job->reading.mail.clients, &let_in);
		context.let_in = &let_in;
	}
	findings_of_mail(&job->reading.mail, &context, &of_mail);
	findings_take(findings, &of_mail);
	let_in_release(&let_in);
	free(where);
	free(vantages);
}

/* Commands that list a queue ask the server of this root. */
static bool is_own_root(const char *root)
{
	return root == NULL || strcmp(root, "/") == 0;
}

static void read_queue(struct job *job)
{
	const struct self_options *read = job->read;
	const char *make = job->self.has_config ? job->self.server.config.kind->mta : read->mta != NULL ? read->mta : job->self.mta;
	struct log_files files = { .count = 0 };
	struct err err = ERR_INIT;

	if (read->queues.count == 0 && !is_own_root(read->root)) {
		self_gap(&job->self, mem_text("the queue of a server below another root is not asked; --queue takes a listing of it"));
		return;
	}
	queue_reading_init(&job->queue, &job->rules);
	job->has_queue = true;
	for (size_t i = 0; i < read->queues.count; i++)
		if (log_files_add(&files, read->queues.texts[i], &err) != 0)
			queue_reading_gap(&job->queue, mem_text(err.text));
	for (size_t i = 0; i < files.count; i++)
		queue_reading_file(&job->queue, &files.rows[i]);
	log_files_release(&files);
	if (read->queues.count == 0)
		queue_reading_ask(&job->queue, make);
	queue_reading_finish(&job->queue);
}

static void add_queue_findings(struct job *job, struct findings *findings)
{
	const struct queue_reading *queue = &job->queue;
	struct findings of_queue = { .count = 0 };
	char *where = own_rules_where(queue->sources, queue->source_count, "no queue");

	findings_of_queue(&queue->waiting, where, (const char *const *)queue->gaps, queue->gap_count, &of_queue);
	findings_take(findings, &of_queue);
	free(where);
}

/* Groups that no vantage is inside of, now that all of them are known. */
static void add_untested(struct job *job, const struct audit *audit, struct findings *findings)
{
	struct address *addresses = mem_new((audit->vantage_count + 1) * sizeof *addresses);
	size_t count = 0;

	job->inside = mem_new((audit->vantage_count + 1) * sizeof *job->inside);
	for (size_t i = 0; i < audit->vantage_count; i++) {
		const struct address *address = vantage_address(audit->vantages[i]);

		if (address == NULL)
			continue;
		job->inside[count] = (struct report_inside){ audit->vantages[i]->name, *address };
		addresses[count++] = *address;
	}
	job->inside_count = count;
	classes_findings(&job->self.server.config, &job->self.server.own_networks, addresses, count, findings);
	free(addresses);
}

static void add_findings(void *context, const struct audit *audit, struct findings *findings)
{
	struct job *job = context;
	struct finding *gap;

	findings_take(findings, &job->self.findings);
	if (job->self.has_config)
		add_untested(job, audit, findings);
	make_rules(job);
	read_log(job, audit);
	if (job->has_log)
		add_mail_findings(job, audit, findings);
	read_queue(job);
	if (job->has_queue)
		add_queue_findings(job, findings);
	bearing_add(&(struct bearing){ .config = job->self.has_config ? &job->self.server.config : NULL, .audit = audit,
				       .mail = job->has_log ? &job->reading.mail : NULL },
		    findings);
	if (job->self.gap_count != 0) {
		gap = finding_add(findings, "scan-incomplete", SEVERITY_INFO, mem_text("what was not seen of this machine"), mem_text("this machine"));
		for (size_t i = 0; i < job->self.gap_count; i++)
			finding_add_evidence(gap, mem_text(job->self.gaps[i]));
		gap->fix = mem_text("");
	}
	findings_sort(findings);
}

/* Only a vantage that is expected to be denied can show that a server is closed. */
static bool has_denied(const struct audit *audit)
{
	for (size_t i = 0; i < audit->vantage_count; i++)
		if (audit->vantages[i]->expect == EXPECT_DENY)
			return audit->host_count != 0;
	return false;
}

static void build_queue(struct job *job, struct report *report)
{
	const struct queue_facts facts = {
		.sources = job->queue.sources, .source_count = job->queue.source_count, .lines = job->queue.lines,
		.lines_not_understood = job->queue.lines_not_understood, .run_id = report->run_id, .verdict = report->verdict,
	};

	report_build_queue(&job->queue.waiting, &facts, &(struct findings){ .count = 0 }, NULL, &job->queue_report);
	report->queue = job->queue_report.queue;
}

static enum judge_doubt complete(void *context, const struct audit *audit, struct report *report)
{
	struct job *job = context;
	bool unsure = audit->interrupted || job->self.unsure || job->self.gap_count != 0 || job->reading.gap_count != 0 ||
		      job->queue.gap_count != 0 || !has_denied(audit) || audit->verdict == VERDICT_INCONCLUSIVE;
	bool open = job->self.open || audit->verdict == VERDICT_OPEN || (job->has_log && job->reading.mail.messages != 0) ||
		    (job->has_queue && job->queue.waiting.counts[WAITING_STRANGERS].messages != 0);

	report->command = "self";
	report->verdict = open ? "open" : unsure ? "inconclusive" : "closed";
	if (job->self.has_config)
		report_add_config(&(struct report_config){ .config = &job->self.server.config, .vantages = job->inside,
							   .vantage_count = job->inside_count },
				  report);
	if (job->has_log) {
		struct mail_reading facts = {
			.sources = job->reading.sources, .source_count = job->reading.source_count, .lines = job->reading.lines,
			.lines_not_understood = job->reading.lines_not_understood, .lines_of_others = job->reading.lines_of_others,
			.messages_without_end = job->reading.messages_without_end, .run_id = report->run_id, .verdict = report->verdict, .pool = job->self.pool,
		};

		report_build_mail(&job->reading.mail, &facts, &(struct findings){ .count = 0 }, NULL, &job->log_report);
		report->mail = job->log_report.mail;
	}
	if (job->has_queue)
		build_queue(job, report);
	return audit->interrupted || !has_denied(audit) ? JUDGE_BLIND : unsure ? JUDGE_GAPS : JUDGE_SURE;
}

/* Everything is chosen: scans, and tells. */
static int scan(struct job *job)
{
	const struct scan_companion companion = { add_findings, complete, job };
	struct scan_probes probes = { .count = 0 };
	struct scan_manner manner;
	struct audit *audit = NULL;
	struct event_base *base = NULL;
	struct err err = ERR_INIT;
	int status;

	job->scan.companion = &companion;
	if (scan_choose_manner(&job->scan, &manner, &err) == 0 && scan_choose_probes(&job->scan, &probes, &err) == 0)
		audit = scan_make_audit(&job->scan, &probes, &job->targets, &err);
	if (audit == NULL) {
		status = fail(job, &err);
	} else {
		self_forgive(&job->self, audit);
		base = scan_new_loop();
		status = scan_run(audit, base, &job->scan, &manner, &probes, NULL);
	}
	/* Before the loop: commands of vantages may still be on their way out. */
	scan_free_audit(audit);
	if (base != NULL)
		event_base_free(base);
	scan_probes_release(&probes);
	return status;
}

/* What self's own options say goes before the file's. */
static void take_options(struct job *job)
{
	const struct self_options *read = job->read;
	struct scan_options *scan = &job->scan;

	option_list_release(&scan->from);
	option_list_release(&scan->from_helos);
	if (read->domains.count != 0) {
		option_list_release(&scan->domains);
		add_all(&scan->domains, &read->domains);
	}
	if (read->outputs.count != 0) {
		option_list_release(&scan->outputs);
		add_all(&scan->outputs, &read->outputs);
	}
	scan->local_user = read->local_user != NULL ? read->local_user : scan->local_user;
	scan->suite = read->suite != NULL ? read->suite : scan->suite;
	scan->fail_on = read->fail_on != NULL ? read->fail_on : scan->fail_on;
	scan->baseline = read->baseline;
	scan->color = read->color != NULL ? read->color : scan->color;
	scan->progress = read->progress != NULL ? read->progress : scan->progress;
	scan->verbose = scan->verbose || read->verbose;
	scan->quiet = scan->quiet || read->quiet;
	/* Nothing is sent past the envelope, and it is this machine. */
	scan->confirm = false;
	scan->mine = true;
	scan->exceptions = &job->settings->exceptions;
	scan->config_read = job->settings->path;
}

static void job_release(struct job *job)
{
	for (size_t i = 0; i < job->self.gap_count; i++)
		free(job->self.gaps[i]);
	free(job->self.gaps);
	free(job->self.ports);
	findings_release(&job->self.findings);
	if (job->log_report.mail != NULL)
		report_release_mail(&job->log_report);
	if (job->queue_report.queue != NULL)
		report_release_queue(&job->queue_report);
	log_reading_release(&job->reading);
	if (job->has_queue)
		queue_reading_release(&job->queue);
	own_rules_release(&job->rules, &job->domains);
	free(job->run);
	free(job->inside);
	server_config_release(&job->self.server);
	scan_targets_release(&job->targets);
	scan_options_release(&job->scan);
	pool_free(job->self.pool);
}

static int with_settings(const struct self_options *read)
{
	struct settings settings;
	struct job job = {
		.read = read, .scan = SCAN_OPTIONS_INIT, .settings = &settings, .self = { .pool = pool_new(), .server = SERVER_CONFIG_INIT },
		.rules = { .own = PREFIXSET_INIT },
	};
	bool *given = mem_new(options_count(command_scan.options) + 1);
	int status;

	if (settings_read(&settings, command_scan.options, &job.scan, given, read->config) != 0) {
		settings_tell(&settings, stderr);
		status = outputs_status_unwritten(&read->outputs);
	} else {
		take_options(&job);
		self_find_ports(&job.self);
		read_config(&job);
		self_targets(&job.self, &job.scan.domains, job.scan.local_user, &job.targets);
		self_vantages(&job.self, &job.scan.from);
		status = scan(&job);
	}
	job_release(&job);
	settings_release(&settings);
	free(given);
	return status;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct self_options read = { .mta = NULL };
	struct err err = ERR_INIT;
	int operands, status = EXIT_USAGE;
	bool help;

	if (options_read(options, &read, argc, argv, &operands, &help, &err) == 0 && operands < argc)
		err_set(&err, ERR_USAGE, "'%.60s' is too much: self looks at this machine alone", argv[operands]);
	if (err.kind != ERR_NONE) {
		fprintf(stderr, "relayaudit: %s\n", err.text);
		status = outputs_status_unwritten(&read.outputs);
	} else if (help) {
		options_help(command, stdout);
		status = EXIT_FINE;
	} else {
		status = with_settings(&read);
	}
	option_list_release(&read.domains);
	option_list_release(&read.logs);
	option_list_release(&read.queues);
	option_list_release(&read.networks);
	option_list_release(&read.outputs);
	return status;
}

const struct command command_self = {
	.name = "self",
	.about = "all that can be known on the mail server itself",
	.usage = "[OPTION]...",
	.more = "On the mail server: finds which servers listen, reads their configuration, tries\n"
		"them from loopback, from each own address and, where the server can be asked so,\n"
		"as a client of each group that it trusts; reads the mail log and the queue; and\n"
		"tells in one report what each says about the others. It changes nothing, and\n"
		"sends no message.\n"
		"Without root it does what it can, and says what it could not see.\n\n"
		"Examples:\n"
		"  relayaudit self\n"
		"  relayaudit self --domain example.org --own-network 192.168.7.0/24\n"
		"  relayaudit self -o json=self.json --log /var/log/mail.log",
	.options = options,
	.run = run,
};
