/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build.c - an audit as a report
 */
#include "report/build.h"

#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/verdict.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/make.h"
#include "probe/probe.h"
#include "report/model.h"
#include "smtp/capability.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* The view of an endpoint that came farthest. */
static const struct view *best_view(const struct host *host, size_t endpoint)
{
	const struct view *best = NULL;

	for (size_t i = 0; i < host->view_count; i++)
		if (host->views[i].endpoint == endpoint && (best == NULL || best->reach != REACH_OPEN))
			best = &host->views[i];
	return best;
}

static const char *endpoint_verdict(const struct audit *audit, const struct host *host, size_t endpoint)
{
	enum verdict worst = VERDICT_CLOSED;
	bool any = false;

	for (size_t i = 0; i < host->view_count; i++) {
		const struct view *view = &host->views[i];

		if (view->endpoint != endpoint || view_vantage(audit, view)->expect != EXPECT_DENY || view->reach == REACH_NO_FAMILY)
			continue;
		any = true;
		worst = view->verdict > worst ? view->verdict : worst;
	}
	return verdict_name(any ? worst : VERDICT_INCONCLUSIVE);
}

static void build_tls(const struct tls_facts *tls, struct report_endpoint *row)
{
	row->tls_version = tls->version;
	row->tls_cipher = tls->cipher;
	row->tls_subject = tls->subject;
	row->tls_issuer = tls->issuer;
	row->tls_expires = tls->expires;
	row->tls_trust = tls->trust;
}

static void build_endpoint(const struct audit *audit, const struct host *host, size_t index, struct report_endpoint *row)
{
	const struct endpoint *endpoint = &host->endpoints[index];
	const struct view *view = best_view(host, index);
	char text[ADDRESS_TEXT];
	const char *name;
	unsigned flag;

	address_print(&endpoint->address, text);
	*row = (struct report_endpoint){ .address = pool_text(audit->pool, text), .port = endpoint->address.port };
	row->tls = tls_mode_name(view ? view->mode : endpoint->mode);
	row->verdict = endpoint_verdict(audit, host, index);
	row->reached = reach_name(view ? view->reach : REACH_UNTRIED);
	if (view == NULL)
		return;
	row->banner = view->banner;
	row->capabilities = mem_new(32 * sizeof *row->capabilities);
	for (size_t i = 0; (name = capability_at(i, &flag)) != NULL; i++)
		if ((view->capabilities & flag) != 0)
			row->capabilities[row->capability_count++] = name;
	if (view->tls != NULL)
		build_tls(view->tls, row);
}

static void build_target(const struct audit *audit, const struct host *host, struct report_target *row)
{
	*row = (struct report_target){
		.host = host->target ? target_host(host->target) : host->hostname,
		.hostname = host->hostname,
		.domains_guessed = host->domains_guessed,
		.mta = host->mta,
		.mta_title = host->mta ? make_title(host->mta) : NULL,
		.fault = host->fault,
		.line = host->line,
		.verdict = verdict_name(host->verdict),
		.endpoint_count = host->endpoint_count,
	};
	if (host->target != NULL)
		row->domains = (const char **)(uintptr_t)target_domains(host->target, &row->domain_count);
	row->endpoints = mem_new((host->endpoint_count + 1) * sizeof *row->endpoints);
	for (size_t i = 0; i < host->endpoint_count; i++)
		build_endpoint(audit, host, i, &row->endpoints[i]);
}

static void build_vantage(const struct audit *audit, size_t index, struct report_vantage *row)
{
	const struct vantage *vantage = audit->vantages[index];

	char client[ADDRESS_TEXT];

	address_print(&vantage->client, client);
	*row = (struct report_vantage){
		.name = vantage->name,
		.via = vantage->via,
		.expect = expect_name(vantage->expect),
		.helo = vantage->helo,
		.client_address = vantage->client.family ? pool_text(audit->pool, client) : NULL,
		.verdict = verdict_name(verdict_of_vantage(audit, index)),
	};
	for (size_t h = 0; h < audit->host_count; h++) {
		for (size_t i = 0; i < audit->hosts[h]->view_count; i++) {
			const struct view *view = &audit->hosts[h]->views[i];
			char text[ADDRESS_TEXT];

			if (view->vantage != index)
				continue;
			/* Both of the same endpoint, where we have an address of each family. */
			if (row->client_address == NULL && view->local.family != 0) {
				address_print(&view->local, text);
				row->client_address = pool_text(audit->pool, text);
				row->seen_as = view->seen_as;
			} else if (row->seen_as == NULL && (vantage->client.family != 0 || view->local.family == 0)) {
				row->seen_as = view->seen_as;
			}
		}
	}
}

void report_build_attempt(const struct audit *audit, const struct view *view, const struct attempt *attempt, const char *endpoint,
			  struct report_attempt *row)
{
	*row = (struct report_attempt){
		.target = target_host(view->host->target),
		.endpoint = endpoint,
		.vantage = view_vantage(audit, view)->name,
		.probe = attempt->probe->name,
		.title = attempt->probe->title,
		.domain = attempt->domain,
		.mail_from = attempt->mail_from,
		.rcpt_to = attempt->rcpt_to,
		.outcome = outcome_name(attempt->outcome),
		.proof = proof_name(attempt->proof),
		.reason = attempt->reason == REASON_NONE ? NULL : reason_name(attempt->reason),
		.stage = attempt->reply ? stage_name(attempt->stage) : NULL,
		.reply = attempt->reply,
		.note = attempt->note,
		.transcript = attempt->transcript,
		.evidence = attempt->evidence,
		.control = attempt->probe->control != CONTROL_NONE,
	};
}

static void count_messages(struct report *report, const struct attempt *attempt)
{
	report->messages += attempt->proof >= PROOF_DATA;
	report->messages_delivered += attempt->proof == PROOF_DELIVERED;
	report->messages_bounced += attempt->bounced;
}

static void count_attempt(struct report *report, const struct attempt *attempt, enum verdict verdict)
{
	report->probes_skipped += attempt->outcome == OUTCOME_SKIPPED;
	report->probes_run += attempt->outcome != OUTCOME_SKIPPED && attempt->outcome != OUTCOME_ERROR;
	report->probes_accepted += attempt->outcome == OUTCOME_ACCEPTED;
	count_messages(report, attempt);
	report->probes_unjudged += verdict == VERDICT_INCONCLUSIVE && attempt->outcome != OUTCOME_ACCEPTED;
}

static void build_view(const struct audit *audit, const struct view *view, size_t target, struct report *report)
{
	struct report_view *row = &report->views[report->view_count++];
	char endpoint[ADDRESS_TEXT];
	const char *kept, *why;

	address_print_port(&view_endpoint(view)->address, endpoint);
	kept = pool_text(audit->pool, endpoint);
	*row = (struct report_view){
		.target = target,
		.vantage = view->vantage,
		.endpoint = kept,
		.tls = tls_mode_name(view->mode),
		.verdict = verdict_name(verdict_of_view(view, &why)),
		.reached = reach_name(view->reach),
		.reached_text = view->reach_text,
		.counts = view->verdict_counts,
		.throttled = view->throttled,
		.sessions = view->sessions,
		.first_attempt = report->attempt_count,
		.attempt_count = view->count,
		.controls = view->controls,
	};
	row->why = why;
	for (size_t i = 0; i < view->count; i++) {
		struct report_attempt *attempt = &report->attempts[report->attempt_count++];
		struct controls controls = controls_of(view, view->attempts[i].domain);
		enum verdict verdict = verdict_of_attempt(&view->attempts[i], &controls, &why);

		report_build_attempt(audit, view, &view->attempts[i], kept, attempt);
		if (i < view->controls) {
			count_messages(report, &view->attempts[i]);
			continue;
		}
		attempt->verdict = verdict_name(verdict);
		attempt->why = why;
		if (view->verdict_counts)
			count_attempt(report, &view->attempts[i], verdict);
	}
}

const char *report_shown(struct pool *pool, const char *text)
{
	struct buf escaped = BUF_INIT(TEXT_SHOWN);
	const char *kept;

	text_escape(&escaped, text, strlen(text));
	kept = pool_text(pool, escaped.data);
	buf_release(&escaped);
	return kept;
}

static void build_finding(const struct audit *audit, struct report *report, const size_t *first_views, const struct finding *finding)
{
	struct report_finding *row = &report->findings[report->finding_count++];

	*row = (struct report_finding){
		.id = finding->id,
		.severity = severity_name(finding->severity),
		.title = finding->title,
		.where = finding->where,
		.evidence = (const char *const *)finding->evidence,
		.evidence_count = finding->evidence_count,
		.fix = finding->fix,
	};
	if (finding->host != NULL) {
		row->target = finding->host->target ? target_host(finding->host->target) : finding->host->hostname;
		row->target_index = finding->host->number;
	}
	if (finding->view != NULL) {
		row->view = first_views[finding->host->number] + (size_t)(finding->view - finding->host->views);
		row->endpoint = report->views[row->view].endpoint;
		row->vantage = view_vantage(audit, finding->view)->name;
	}
	if (finding->attempt != NULL) {
		row->attempt = report->views[row->view].first_attempt + (size_t)(finding->attempt - finding->view->attempts);
		row->probe = finding->attempt->probe->name;
	}
	if (finding->excused != NULL) {
		row->excused = report_shown(audit->pool, finding->excused->reason);
		row->excused_until = finding->excused->expires;
	}
}

void report_build_file(const struct audit *audit, const char *path, struct report *report)
{
	report->config = report_shown(audit->pool, path);
}

void report_build_exceptions(struct pool *pool, const struct exceptions *exceptions, struct report *report)
{
	report->exceptions = mem_new((exceptions->count + 1) * sizeof *report->exceptions);
	report->exception_count = exceptions->count;
	for (size_t i = 0; i < exceptions->count; i++) {
		const struct exception *exception = &exceptions->rows[i];

		report->exceptions[i] = (struct report_exception){
			.finding = exception->finding,
			.where = exception->where ? report_shown(pool, exception->where) : NULL,
			.reason = report_shown(pool, exception->reason),
			.expires = exception->expires,
			.source = report_shown(pool, exception->source),
			.state = exception->expired ? "expired" : exception->used ? "used" : "unmatched",
			.matches = exception->used,
		};
	}
}

void report_build(const struct audit *audit, const struct findings *findings, const char *suite, struct report *report)
{
	size_t views = 0, attempts = 0, *first_views = mem_new((audit->host_count + 1) * sizeof *first_views);

	for (size_t h = 0; h < audit->host_count; h++) {
		views += audit->hosts[h]->view_count;
		for (size_t i = 0; i < audit->hosts[h]->view_count; i++)
			attempts += audit->hosts[h]->views[i].count;
	}
	*report = (struct report){
		.version = PACKAGE_VERSION,
		.run_id = audit->run_id,
		.command = "scan",
		.suite = suite,
		.verdict = verdict_name(audit->verdict),
		.interrupted = audit->interrupted,
		.victim = audit->victim ? victim_text(audit->victim) : NULL,
		.sink = audit->settings.sink,
		.waited = audit->waited,
		.victim_reserved = audit->victim && victim_is_reserved(audit->victim),
		.targets = mem_new((audit->host_count + 1) * sizeof *report->targets),
		.target_count = audit->host_count,
		.vantages = mem_new((audit->vantage_count + 1) * sizeof *report->vantages),
		.vantage_count = audit->vantage_count,
		.views = mem_new((views + 1) * sizeof *report->views),
		.attempts = mem_new((attempts + 1) * sizeof *report->attempts),
		.findings = mem_new((findings->count + 1) * sizeof *report->findings),
	};
	clock_stamp(audit->started, report->started);
	clock_stamp(audit->finished, report->finished);
	report->finished_at = (long long)audit->finished;
	for (size_t v = 0; v < audit->vantage_count; v++)
		build_vantage(audit, v, &report->vantages[v]);
	for (size_t h = 0; h < audit->host_count; h++) {
		build_target(audit, audit->hosts[h], &report->targets[h]);
		first_views[h] = report->view_count;
		for (size_t i = 0; i < audit->hosts[h]->view_count; i++)
			build_view(audit, &audit->hosts[h]->views[i], h, report);
	}
	for (size_t i = 0; i < findings->count; i++)
		build_finding(audit, report, first_views, &findings->rows[i]);
	free(first_views);
}

void report_release(struct report *report)
{
	for (size_t i = 0; i < report->target_count; i++) {
		for (size_t k = 0; k < report->targets[i].endpoint_count; k++)
			free(report->targets[i].endpoints[k].capabilities);
		free(report->targets[i].endpoints);
	}
	free(report->targets);
	free(report->vantages);
	free(report->views);
	free(report->attempts);
	free(report->findings);
	free(report->exceptions);
	free(report->parts);
	if (report->map != NULL) {
		free(report->map->networks);
		free(report->map->reasons);
		free(report->map->edges);
		free(report->map->spaces);
		free(report->map);
	}
	for (size_t i = 0; i < report->grant_count; i++)
		free(report->grants[i].covered_by);
	free(report->grants);
	for (size_t i = 0; i < report->client_count; i++)
		free(report->clients[i].others);
	free(report->clients);
	*report = (struct report){ .target_count = 0 };
}
