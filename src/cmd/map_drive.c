/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_drive.c - runs a map and tells its report
 *
 * SIGINT and SIGTERM end the sessions, and the report says what is known.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audit/exception.h"
#include "audit/map_result.h"
#include "audit/map_run.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/pool.h"
#include "cmd/command.h"
#include "cmd/look.h"
#include "cmd/map.h"
#include "cmd/output.h"
#include "cmd/scan.h"
#include "net/tls.h"
#include "report/build.h"
#include "report/build_map.h"
#include "report/model.h"

enum { PROGRESS_EVERY = 200 * CLOCK_MS };

struct drive {
	const struct map_job *job;
	struct map_plan *plan;
	struct map_run *run;
	struct map_state *state;
	struct outputs outputs;
	struct err err;                 /* why the answers can no longer be kept */
	struct exceptions *exceptions;
	size_t resumed;
	size_t granted;                 /* those that an earlier run had included */
	bool interrupted;
	int64_t since;
};

static enum map_answer known(void *context, const struct map_question *question)
{
	struct drive *drive = context;
	enum map_answer answer = map_state_find(drive->state, &question->client);

	drive->resumed += answer != MAP_UNASKED;
	drive->granted += answer == MAP_GRANTED;
	return answer;
}

static void on_answered(void *context, const struct map_question *question, enum map_answer answer)
{
	struct drive *drive = context;

	drive->granted += answer == MAP_GRANTED;
	if (!map_question_is_again(question))
		map_state_add(drive->state, &question->client, answer);
}

static void on_signal(evutil_socket_t number, short what, void *context)
{
	struct drive *drive = context;

	(void)number;
	(void)what;
	drive->interrupted = true;
	map_run_stop(drive->run);
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
	struct drive *drive = context;
	struct map_plan_progress progress;

	(void)fd;
	(void)what;
	if (map_state_flush(drive->state, &drive->err) != 0)
		map_run_stop(drive->run);
	if (!drive->job->progress)
		return;
	map_plan_progress(drive->plan, &progress);
	look_map(progress.answered, progress.expected, drive->granted, progress.answered - drive->resumed, clock_now() - drive->since);
}

static void loop(struct drive *drive, const struct map_settings *settings)
{
	static const struct map_events events = { .known = known, .answered = on_answered };
	struct timeval every = { 0, PROGRESS_EVERY };
	struct event *woken[] = {
		evsignal_new(settings->base, SIGINT, on_signal, drive),
		evsignal_new(settings->base, SIGTERM, on_signal, drive),
		event_new(settings->base, -1, EV_PERSIST, on_tick, drive),
	};

	event_add(woken[0], NULL);
	event_add(woken[1], NULL);
	event_add(woken[2], &every);
	drive->since = clock_now();
	drive->run = map_run_start(settings, drive->plan, &events, drive);
	while (!map_run_is_done(drive->run))
		event_base_loop(settings->base, EVLOOP_ONCE);
	map_run_stop(drive->run);
	map_state_flush(drive->state, &drive->err);
	for (size_t i = 0; i < 3; i++)
		event_free(woken[i]);
	if (drive->job->progress)
		look_progress_clear();
}

static int tell(struct drive *drive, struct map_record *record)
{
	struct pool *pool = pool_new();
	struct map_result result;
	struct findings findings;
	struct report report;
	int status;

	record->finished = time(NULL);
	record->tally = map_run_tally(drive->run);
	record->fault = drive->err.kind != ERR_NONE ? drive->err.text : map_run_fault(drive->run);
	record->interrupted = drive->interrupted;
	record->resumed = drive->resumed;
	map_result_of(record, &result);
	findings_of_map(record, &result, &findings);
	if (drive->exceptions != NULL)
		exceptions_apply(drive->exceptions, &findings, record->finished);
	report_build_map(record, &result, &findings, pool, &report);
	if (drive->exceptions != NULL)
		report_build_exceptions(pool, drive->exceptions, &report);
	status = outputs_tell(&drive->outputs, drive->job->fail_on, record->interrupted ? JUDGE_BLIND : result.whole ? JUDGE_SURE : JUDGE_GAPS, &report);
	report_release(&report);
	findings_release(&findings);
	map_result_release(&result);
	pool_free(pool);
	return status;
}

static int run_map(struct drive *drive, const struct map_settings *settings, bool no_four, bool no_six)
{
	const struct map_job *job = drive->job;
	const struct map_scope scope = {
		.resolution = job->resolution,
		.no_four = no_four,
		.no_six = no_six,
		.boundaries = job->boundaries,
		.boundary_count = job->boundary_count,
	};
	struct map_record record = {
		.settings = settings,
		.resolution = job->resolution,
		.no_four = no_four,
		.no_six = no_six,
		.own = &job->own,
		.run_id = job->run_id,
		.started = time(NULL),
	};
	int status;

	drive->plan = record.plan = map_plan_new(&scope);
	loop(drive, settings);
	status = tell(drive, &record);
	map_run_free(drive->run);
	map_plan_free(drive->plan);
	return status;
}

int map_drive(const struct map_job *job, const struct map_options *options, struct event_base *base)
{
	struct drive drive = { .job = job, .err = ERR_INIT, .exceptions = options->exceptions };
	struct err err = ERR_INIT;
	struct map_settings settings = {
		.base = base,
		.tls = tls_client(&err),
		.target = job->target,
		.port = job->port,
		.victim = job->victim,
		.sender = job->sender,
		.vantages = job->vantages,
		.vantage_count = job->vantage_count,
		.timeout = options->timeout,
		.retry_after = options->retry_after,
	};
	int status = EXIT_USAGE;

	if (settings.tls == NULL || map_state_open(&drive.state, options->resume, job, &err) != 0 ||
	    outputs_open(&drive.outputs, &options->outputs, &job->look, &err) != 0 ||
	    outputs_baseline(&drive.outputs, options->baseline, &err) != 0) {
		fprintf(stderr, "relayaudit: %s\n", err.text);
	} else {
		status = run_map(&drive, &settings, options->six, options->four);
	}
	outputs_release(&drive.outputs);
	map_state_close(drive.state);
	tls_context_free(settings.tls);
	return status;
}
