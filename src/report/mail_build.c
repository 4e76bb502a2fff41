/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_build.c - what logs say as a report
 */
#include "report/mail_build.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/exception.h"
#include "audit/finding.h"
#include "audit/let_in.h"
#include "audit/strangers.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "mta/grant.h"
#include "net/prefix.h"
#include "report/build.h"
#include "report/model.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const struct {
	const char *name;
	const char *note;
} causes[DENIALS] = {
	[DENIAL_CORRECT_DNS] = { "correct-dns", "the client's name and address agree in the DNS; it may not relay, and was told so: as it should be" },
	[DENIAL_MISSING_PTR] = { "missing-ptr", "the client's address has no name (PTR record); a client of yours that is trusted by its name is refused for this" },
	[DENIAL_MAY_BE_FORGED] = { "may-be-forged", "the client's name does not lead back to its address; its operator, or a forger, wrote it: nothing to do here" },
	[DENIAL_NAME_LOOKUP_FAILED] = { "name-lookup-failed", "the lookup of the client's name failed; where it is often so, look after the server's DNS resolver" },
};

const char *report_mail_cause(size_t index, const char **note)
{
	*note = causes[index].note;
	return causes[index].name;
}

void report_sort_mail(struct strangers *mail)
{
	tally_sort(&mail->clients);
	tally_sort(&mail->senders);
	tally_sort(&mail->domains);
	tally_sort(&mail->denied_clients);
	tally_sort(&mail->bounce_senders);
	tally_sort(&mail->run_clients);
}

void report_copy_tally(const struct tally *tally, struct report_counts *counts)
{
	*counts = (struct report_counts){ .count = tally->count, .others = tally->others };
	counts->rows = mem_new((tally->count + 1) * sizeof *counts->rows);
	for (size_t i = 0; i < tally->count; i++)
		counts->rows[i] = (struct report_count){ .text = tally->rows[i].text, .count = tally->rows[i].count };
}

/* Networks of clients, of so many bits in either family. */
static void count_prefixes(const struct tally *clients, unsigned four, unsigned six, struct report_counts *counts)
{
	struct tally networks = TALLY_INIT(STRANGERS_NAMES_MOST);

	for (size_t i = 0; i < clients->count; i++) {
		struct address address;
		struct prefix prefix;
		struct err err;
		char text[PREFIX_TEXT];

		if (address_parse(clients->rows[i].text, &address, &err) != 0)
			continue;
		prefix_of(&address, address.family == AF_INET ? four : six, &prefix);
		prefix_print(&prefix, text);
		tally_add(&networks, (struct slice){ text, strlen(text) }, clients->rows[i].count);
	}
	tally_sort(&networks);
	*counts = (struct report_counts){ .count = networks.count, .others = networks.others };
	counts->rows = mem_new((networks.count + 1) * sizeof *counts->rows);
	/* The model owns these texts: they are in no tally that stays. */
	for (size_t i = 0; i < networks.count; i++)
		counts->rows[i] = (struct report_count){ .text = mem_text(networks.rows[i].text), .count = networks.rows[i].count };
	tally_release(&networks);
}

static void stamp(time_t when, char text[32])
{
	if (when != 0)
		clock_stamp(when, text);
}

static void build_grants(const struct let_in *let_in, struct report_mail *row)
{
	row->grants_known = true;
	row->clients_by_none = let_in->clients_by_none;
	row->messages_by_none = let_in->messages_by_none;
	row->grant_count = let_in->count;
	row->grants = mem_new((let_in->count + 1) * sizeof *row->grants);
	for (size_t i = 0; i < let_in->count; i++) {
		const struct grant *grant = let_in->rows[i].grant;

		row->grants[i] = (struct report_opener){
			.source = grant->source,
			.setting = grant->setting,
			.value = grant->value,
			.covers = grant->covers,
			.clients = let_in->rows[i].clients,
			.messages = let_in->rows[i].messages,
		};
	}
}

static void build_section(const struct strangers *mail, const struct mail_reading *reading, struct report_mail *row)
{
	static const unsigned lengths[REPORT_PREFIXES][2] = { { 8, 32 }, { 16, 48 }, { 24, 64 } };

	*row = (struct report_mail){
		.messages = mail->messages,
		.recipients = mail->recipients,
		.deferred = mail->deferred,
		.bounced = mail->bounced,
		.accepted_not_delivered = mail->accepted,
		.delivered_origin_unknown = mail->unknown,
		.denied = mail->denied,
		.lost_input_channel = mail->lost,
		.backscatter = mail->backscatter,
		.lines = reading->lines,
		.lines_not_understood = reading->lines_not_understood,
		.lines_of_others = reading->lines_of_others,
		.messages_without_end = reading->messages_without_end,
		.run = mail->rules->run,
		.domains_known = mail->rules->domain_count != 0,
		.sources = reading->sources,
		.source_count = reading->source_count,
	};
	for (size_t i = 0; i < DENIALS; i++) {
		row->causes[i].text = report_mail_cause(i, &row->cause_notes[i]);
		row->causes[i].count = mail->causes[i];
	}
	for (size_t i = 0; i < REPORT_HOURS; i++)
		row->hours[i] = mail->hours[i];
	report_copy_tally(&mail->clients, &row->clients);
	report_copy_tally(&mail->senders, &row->senders);
	report_copy_tally(&mail->domains, &row->domains);
	report_copy_tally(&mail->denied_clients, &row->denied_clients);
	report_copy_tally(&mail->run_clients, &row->run_clients);
	for (size_t i = 0; i < REPORT_PREFIXES; i++)
		count_prefixes(&mail->clients, lengths[i][0], lengths[i][1], &row->prefixes[i]);
	for (size_t i = 0; i < row->run_clients.count; i++)
		row->run_attempts += row->run_clients.rows[i].count;
	if (reading->let_in != NULL)
		build_grants(reading->let_in, row);
	stamp(mail->first, row->strangers_first);
	stamp(mail->last, row->strangers_last);
	stamp(mail->from, row->first);
	stamp(mail->to, row->last);
}

void report_build_findings(const struct findings *findings, struct pool *pool, struct report *report)
{
	report->findings = mem_new((findings->count + 1) * sizeof *report->findings);
	report->finding_count = findings->count;
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->rows[i];

		report->findings[i] = (struct report_finding){
			.id = finding->id,
			.severity = severity_name(finding->severity),
			.title = finding->title,
			.where = finding->where,
			.evidence = (const char *const *)finding->evidence,
			.evidence_count = finding->evidence_count,
			.fix = finding->fix,
			.excused = finding->excused ? report_shown(pool, finding->excused->reason) : NULL,
			.excused_until = finding->excused ? finding->excused->expires : NULL,
		};
	}
}

void report_build_mail(const struct strangers *mail, const struct mail_reading *reading, const struct findings *findings,
		       const struct exceptions *exceptions, struct report *report)
{
	*report = (struct report){
		.version = PACKAGE_VERSION,
		.run_id = reading->run_id,
		.command = "log",
		.verdict = reading->verdict,
		.mail = mem_new(sizeof *report->mail),
	};
	clock_stamp(reading->started, report->started);
	clock_stamp(reading->finished, report->finished);
	build_section(mail, reading, report->mail);
	report_build_findings(findings, reading->pool, report);
	if (exceptions != NULL)
		report_build_exceptions(reading->pool, exceptions, report);
}

void report_release_mail(struct report *report)
{
	struct report_mail *mail = report->mail;

	for (size_t i = 0; i < REPORT_PREFIXES; i++) {
		/* Made by count_prefixes(). */
		for (size_t k = 0; k < mail->prefixes[i].count; k++)
			free((char *)(uintptr_t)mail->prefixes[i].rows[k].text);
		free(mail->prefixes[i].rows);
	}
	free(mail->clients.rows);
	free(mail->senders.rows);
	free(mail->domains.rows);
	free(mail->denied_clients.rows);
	free(mail->run_clients.rows);
	free(mail->grants);
	free(mail);
	report_release(report);
}
