/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan_run.c - runs an audit and tells its report
 *
 * SIGINT and SIGTERM end the sessions, and the report says what is known.  The
 * exit status is a pure function of the findings and the verdict.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "audit/audit.h"
#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/schedule.h"
#include "audit/verdict.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "cmd/scan_proof.h"
#include "net/tls.h"
#include "report/build.h"
#include "report/model.h"

enum { PROGRESS_EVERY = 200 * CLOCK_MS };

struct run {
	struct audit *audit;
	struct schedule *schedule;
	struct scan_proof *proof;
	struct outputs outputs;
	struct event *signals[2];
	struct event *tick;
	bool progress;
	int64_t since;
};

static void on_settled(void *context, const struct view *view, const struct attempt *attempt)
{
	struct run *run = context;
	char endpoint[ADDRESS_TEXT];
	struct report_attempt row;

	if (!outputs_want_attempts(&run->outputs))
		return;
	address_print_port(&view_endpoint(view)->address, endpoint);
	report_build_attempt(run->audit, view, attempt, endpoint, &row);
	outputs_attempt(&run->outputs, &row);
}

static void on_transcript(void *context, const struct view *view, const char *text)
{
	struct run *run = context;
	char endpoint[ADDRESS_TEXT + 16];

	view_print_endpoint(view, endpoint);
	if (run->progress)
		look_progress_clear();
	fprintf(stderr, "--- %s from %s\n%s", endpoint, view_vantage(run->audit, view)->name, text);
}

static void stop_events(struct run *run)
{
	for (size_t i = 0; i < 2; i++)
		event_del(run->signals[i]);
	event_del(run->tick);
}

static void on_host_done(void *context, struct host *host)
{
	(void)context;
	(void)host;
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	struct run *run = context;

	(void)number;
	(void)what;
	schedule_stop(run->schedule);
}

/* Draws the progress; and wakes the loop, so that the end of the schedule is seen. */
static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct run *run = context;
	struct schedule_progress progress;
	size_t sent, missing;
	long left;

	(void)fd;
	(void)what;
	if (!run->progress)
		return;
	schedule_progress(run->schedule, &progress);
	if (schedule_is_done(run->schedule)) {
		scan_proof_progress(run->proof, &sent, &missing, &left);
		look_waiting(sent, missing, left);
	} else {
		look_progress(&progress, run->since);
	}
}

/* As many descriptors as the system lets us have. */
static void raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

struct event_base *scan_new_loop(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config != NULL && event_config_set_flag(config, EVENT_BASE_FLAG_EPOLL_USE_CHANGELIST) == 0)
		base = event_base_new_with_config(config);
	if (config != NULL)
		event_config_free(config);
	if (base == NULL)
		BUG("libevent has no loop to give");
	return base;
}

static void drive(struct run *run, struct event_base *base, struct tls_context *tls)
{
	static const struct schedule_events events = {
		.settled = on_settled,
		.transcript = on_transcript,
		.host_done = on_host_done,
	};
	struct timeval every = { 0, PROGRESS_EVERY };

	run->since = clock_now();
	run->signals[0] = evsignal_new(base, SIGINT, on_signal, run);
	run->signals[1] = evsignal_new(base, SIGTERM, on_signal, run);
	run->tick = event_new(base, -1, EV_PERSIST, on_tick, run);
	for (size_t i = 0; i < 2; i++)
		event_add(run->signals[i], NULL);
	event_add(run->tick, &every);
	run->schedule = schedule_start(run->audit, base, tls, &events, run);
	while (!schedule_is_done(run->schedule))
		event_base_loop(base, EVLOOP_ONCE);
	while (scan_proof_is_due(run->proof) && !run->audit->interrupted)
		event_base_loop(base, EVLOOP_ONCE);
	scan_proof_finish(run->proof);
	stop_events(run);
	for (size_t i = 0; i < 2; i++)
		event_free(run->signals[i]);
	event_free(run->tick);
	schedule_free(run->schedule);
	if (run->progress)
		look_progress_clear();
}

static void fill_result(const struct audit *audit, bool unwritten, struct scan_result *result)
{
	*result = (struct scan_result){ .unwritten = unwritten };
	for (size_t i = 0; i < audit->vantage_count && i < sizeof result->open_from; i++)
		result->open_from[i] = verdict_of_vantage(audit, i) == VERDICT_OPEN;
}

static int finish(struct run *run, const struct scan_options *options, const struct scan_probes *probes, enum severity fail_on,
		  struct scan_result *result)
{
	struct findings findings;
	struct report report;
	enum judge_doubt doubt;
	int status;

	run->audit->finished = time(NULL);
	/* What the sessions held is not kept beside the report. */
	mem_trim();
	audit_judge(run->audit);
	findings_of(run->audit, &findings);
	if (options->companion != NULL)
		options->companion->add_findings(options->companion->context, run->audit, &findings);
	if (options->exceptions != NULL)
		exceptions_apply(options->exceptions, &findings, run->audit->finished);
	report_build(run->audit, &findings, probes->title, &report);
	if (options->config_read != NULL)
		report_build_file(run->audit, options->config_read, &report);
	if (options->exceptions != NULL)
		report_build_exceptions(run->audit->pool, options->exceptions, &report);
	doubt = run->audit->interrupted ? JUDGE_BLIND : run->audit->verdict == VERDICT_INCONCLUSIVE ? JUDGE_GAPS : JUDGE_SURE;
	if (options->companion != NULL)
		doubt = options->companion->complete(options->companion->context, run->audit, &report);
	status = outputs_tell(&run->outputs, fail_on, doubt, &report);
	if (result != NULL)
		fill_result(run->audit, run->outputs.unwritten, result);
	report_release(&report);
	findings_release(&findings);
	return status;
}

/* Before anything is asked.  What a companion adds may be what they have in common. */
static int open_outputs(struct run *run, const struct scan_options *options, const struct format_look *look, struct err *err)
{
	struct report_target *targets;
	int result;

	if (outputs_open(&run->outputs, &options->outputs, look, err) != 0 || outputs_baseline(&run->outputs, options->baseline, err) != 0)
		return -1;
	if (options->companion != NULL)
		return 0;
	targets = mem_new((run->audit->host_count + 1) * sizeof *targets);
	for (size_t i = 0; i < run->audit->host_count; i++)
		targets[i].host = run->audit->hosts[i]->target != NULL ? target_host(run->audit->hosts[i]->target) : run->audit->hosts[i]->hostname;
	result = outputs_baseline_fits(&run->outputs, &(struct report){ .command = "scan", .targets = targets, .target_count = run->audit->host_count }, err);
	free(targets);
	return result;
}

int scan_run(struct audit *audit, struct event_base *base, const struct scan_options *options, const struct scan_manner *manner,
	     const struct scan_probes *probes, struct scan_result *result)
{
	struct run run = { .audit = audit, .progress = manner->progress };
	struct err err = ERR_INIT;
	struct tls_context *tls = tls_client(&err);
	int status = EXIT_USAGE;

	raise_limits();
	run.proof = tls != NULL ? scan_proof_open(options, audit, base, &err) : NULL;
	if (run.proof == NULL || open_outputs(&run, options, &manner->look, &err) != 0) {
		fprintf(stderr, "relayaudit: %s\n", err.text);
		status = outputs_status_unwritten(&options->outputs);
	} else {
		drive(&run, base, tls);
		status = finish(&run, options, probes, manner->fail_on, result);
	}
	outputs_release(&run.outputs);
	scan_proof_close(run.proof);
	tls_context_free(tls);
	return status;
}
