/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_job.c - a job made into an audit, and its results into lines
 */
#include "remote/agent_job.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/compose.h"
#include "audit/job.h"
#include "audit/result.h"
#include "audit/schedule.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"

_Static_assert((int)AGENT_BODY_MOST == (int)JOB_MOST, "a request is a job");

struct agent_job {
	const struct agent_job_settings *settings;
	struct job *job;
	struct audit *audit;
	struct schedule *schedule;
	struct event alive;
	struct event ending;
	struct buf line;
	size_t said;                    /* bytes */
	const char *fault;
	bool over;
};

static void end(struct agent_job *job, const char *fault)
{
	static const struct timeval now = { 0, 0 };

	if (job->over)
		return;
	job->over = true;
	job->fault = fault;
	event_add(&job->ending, &now);
}

/* What was written into the line. */
static void say(struct agent_job *job)
{
	bool fits = job->said + job->line.len <= job->settings->result_most && !job->line.cut;

	if (fits && !job->over) {
		job->said += job->line.len;
		job->settings->say(job->settings->context, job->line.data, job->line.len);
	} else {
		end(job, "the results are longer than this agent sends for one job");
	}
	buf_reset(&job->line);
}

static void on_settled(void *context, const struct view *view, const struct attempt *attempt)
{
	struct agent_job *job = context;

	result_write_attempt(view, view->endpoint, attempt, &job->line);
	say(job);
}

static void on_transcript(void *context, const struct view *view, const char *text)
{
	(void)context;
	(void)view;
	(void)text;
}

static void on_host_done(void *context, struct host *host)
{
	struct agent_job *job = context;

	for (size_t i = 0; i < host->view_count; i++) {
		result_write_view(job->audit, &host->views[i], host->views[i].endpoint, &job->line);
		say(job);
	}
	end(job, NULL);
}

static void on_alive(evutil_socket_t fd, short what, void *context)
{
	struct agent_job *job = context;

	(void)fd;
	(void)what;
	result_write_sign(RESULT_ALIVE, NULL, &job->line);
	say(job);
}

/* In a turn of its own: the schedule is not on the stack. */
static void on_ending(evutil_socket_t fd, short what, void *context)
{
	struct agent_job *job = context;

	(void)fd;
	(void)what;
	event_del(&job->alive);
	job->settings->over(job->settings->context, job->fault);
}

static struct audit *audit_of(const struct agent_job_settings *settings, const struct job *job)
{
	const struct audit_settings made = {
		.timeout = job->timeout,
		.retry_after = job->retry_after,
		.max_sessions = job->max_sessions < settings->sessions_most ? job->max_sessions : settings->sessions_most,
		.jobs = 1,
		.confirm = job->confirm,
		.contact = job->contact,
		.mx_domain = job->mx_domain,
		.sender = job->sender,
		.sender_named = job->sender_named,
		.classic = job->classic,
	};
	struct audit *audit = audit_new(&made);

	snprintf(audit->run_id, sizeof audit->run_id, "%s", job->run);
	memcpy(audit->token, audit->run_id, 12);
	audit->signer = job->signer;
	audit->tokens = job->tokens;
	audit->vantages = mem_new(sizeof *audit->vantages);
	audit->vantages[0] = settings->vantage;
	audit->vantage_count = 1;
	audit->probes = mem_new(job->probe_count * sizeof *audit->probes);
	for (size_t i = 0; i < job->probe_count; i++)
		audit->probes[i] = job->probes[i];
	audit->probe_count = job->probe_count;
	audit->known_local = job->known_local;
	audit->unknown_local = job->unknown_local;
	if (job->victim_literal != NULL)
		audit->victim_literal = pool_text(audit->pool, job->victim_literal);
	return audit;
}

/* The endpoints' addresses, each once: they are what was allowed. */
static size_t addresses_of(const struct job *job, struct address *addresses)
{
	size_t count = 0;

	for (size_t i = 0; i < job->endpoint_count; i++) {
		size_t k = 0;

		while (k < count && !address_equal(&addresses[k], &job->endpoints[i].address))
			k++;
		if (k == count && count < TARGET_ADDRESSES_MOST) {
			addresses[count] = job->endpoints[i].address;
			addresses[count++].port = 0;
		}
	}
	return count;
}

static int add_host(struct audit *audit, const struct job *job, struct err *err)
{
	struct address addresses[TARGET_ADDRESSES_MOST];
	size_t count = addresses_of(job, addresses);
	struct target *target = target_approve(job->name, addresses, count, PERMISSION_ALLOWED, err);
	struct endpoint *endpoints;
	struct host *host;

	if (target == NULL)
		return -1;
	for (size_t i = 0; i < job->domain_count; i++)
		target_add_domain(target, job->domains[i]);
	endpoints = mem_new(job->endpoint_count * sizeof *endpoints);
	for (size_t i = 0; i < job->endpoint_count; i++)
		endpoints[i] = (struct endpoint){
			.address = job->endpoints[i].address,
			.mode = job->endpoints[i].mode,
			.first = job->endpoints[i].first,
			.asked = true,
		};
	host = audit_add_endpoints(audit, target, job->hostname, endpoints, job->endpoint_count);
	host->name_known = job->name_known;
	if (job->local_user != NULL)
		host->local_user = pool_text(audit->pool, job->local_user);
	return 0;
}

static int prepare(struct agent_job *made, const struct job *job, struct err *err)
{
	struct audit *audit = audit_of(made->settings, job);

	made->audit = audit;
	audit->victim = victim_approve(job->victim, audit->token, err);
	if (audit->victim == NULL)
		return -1;
	if (audit->settings.sender == NULL)
		audit->settings.sender = compose_token(audit, 0, TOKEN_SENDER);
	return add_host(audit, job, err);
}

struct agent_job *agent_job_start(const struct agent_job_settings *settings, struct job *job, struct err *err)
{
	static const struct schedule_events events = { .settled = on_settled, .transcript = on_transcript, .host_done = on_host_done };
	static const struct timeval every = { RESULT_ALIVE_SECONDS, 0 };
	struct agent_job *made = mem_new(sizeof *made);

	made->settings = settings;
	made->job = job;
	buf_init(&made->line, RESULT_LINE_MOST);
	event_assign(&made->alive, settings->base, -1, EV_PERSIST, on_alive, made);
	event_assign(&made->ending, settings->base, -1, 0, on_ending, made);
	if (prepare(made, job, err) != 0) {
		agent_job_free(made);
		return NULL;
	}
	event_add(&made->alive, &every);
	made->schedule = schedule_start(made->audit, settings->base, settings->tls, &events, made);
	return made;
}

void agent_job_free(struct agent_job *job)
{
	if (job == NULL)
		return;
	event_del(&job->alive);
	event_del(&job->ending);
	schedule_drop(job->schedule);
	if (job->audit != NULL) {
		free(job->audit->vantages);
		free(job->audit->probes);
		audit_free(job->audit);
	}
	job_free(job->job);
	buf_release(&job->line);
	free(job);
}
