/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_config.c - a configuration as a report
 */
#include "report/build_config.h"

#include <stdlib.h>
#include <string.h>

#include "audit/exception.h"
#include "audit/finding.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config.h"
#include "mta/config_files.h"
#include "mta/config_kind.h"
#include "mta/make.h"
#include "report/model.h"
#include "report/place.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const char *const tos[] = {
	[GRANT_ADDRESSES] = "addresses", [GRANT_NAME] = "name",	  [GRANT_HELO] = "helo",     [GRANT_SENDER] = "sender", [GRANT_RECIPIENT] = "recipient",
	[GRANT_LOGIN] = "login",	 [GRANT_CERTIFICATE] = "certificate", [GRANT_ANYONE] = "anyone", [GRANT_UNKNOWN] = "unknown",
};

_Static_assert(sizeof tos / sizeof *tos == GRANT_TOS, "a kind of grant without a name");

static void build_grant(const struct report_config *from, const struct grant *grant, struct report_grant *row)
{
	struct config *config = from->config;
	char digits[PREFIXSET_COUNT];

	*row = (struct report_grant){
		.mta = config->kind->mta,
		.source = grant->source,
		.setting = grant->setting,
		.value = grant->value,
		.network = grant->covers,
		.service = grant->service,
		.to = tos[grant->to],
		.in_force = grant->in_force,
		.idle_because = grant->idle_because,
	};
	if (grant->to != GRANT_ADDRESSES)
		return;
	prefixset_count(&grant->addresses, AF_UNSPEC, digits);
	row->addresses = pool_text(config->pool, digits);
	row->covered_by = mem_new((from->vantage_count + 1) * sizeof *row->covered_by);
	for (size_t i = 0; i < from->vantage_count; i++)
		if (prefixset_has(&grant->addresses, &from->vantages[i].address))
			row->covered_by[row->covered_count++] = from->vantages[i].name;
}

static struct report_reply reply_of(const struct config_reply *reply)
{
	return (struct report_reply){ reply->service, config_answer_name(reply->answer), reply->by, reply->why };
}

static void build_client(const struct report_config *from, size_t index, struct report_client *row)
{
	const struct config_client *client = &from->clients[index];
	const struct config_replies *replies = &from->replies[index];
	char text[ADDRESS_TEXT];

	address_print(&client->address, text);
	*row = (struct report_client){
		.address = pool_text(from->config->pool, text),
		.name = client->name != NULL ? config_shown(from->config, client->name, strlen(client->name)) : NULL,
		.others = mem_new((replies->count + 1) * sizeof *row->others),
	};
	row->first = reply_of(&replies->rows[0]);
	for (size_t i = 1; i < replies->count; i++)
		if (replies->rows[i].answer != replies->rows[0].answer)
			row->others[row->other_count++] = reply_of(&replies->rows[i]);
}

/* The path of the file that a finding's place names, below the root that it was read from. */
static const char *file_of(const struct report_config *from, const char *where)
{
	const char *root = from->files->root, *path, *shown;
	struct place place;
	char *whole, *here;

	if (!place_read(where, &place))
		return NULL;
	path = config_paths_find(from->files->paths, place.path, place.path_len);
	if (path == NULL)
		return NULL;
	whole = strcmp(root, "/") == 0 ? mem_text(path) : mem_printf("%s/%s", root, path + strspn(path, "/"));
	here = file_from_here(whole);
	shown = config_shown(from->config, here, strlen(here));
	free(here);
	free(whole);
	return shown;
}

static void build_finding(const struct report_config *from, const struct finding *finding, struct report_finding *row)
{
	*row = (struct report_finding){
		.id = finding->id,
		.severity = severity_name(finding->severity),
		.title = finding->title,
		.where = finding->where,
		.file = file_of(from, finding->where),
		.evidence = (const char *const *)finding->evidence,
		.evidence_count = finding->evidence_count,
		.fix = finding->fix,
	};
	if (finding->excused != NULL) {
		row->excused = config_shown(from->config, finding->excused->reason, strlen(finding->excused->reason));
		row->excused_until = finding->excused->expires;
	}
}

void report_add_config(const struct report_config *from, struct report *report)
{
	struct config *config = from->config;

	report->mta = config_text(config, "%s%s%s", make_title(config->kind->mta), config->version != NULL ? " " : "", config->version != NULL ? config->version : "");
	report->grants = mem_new((config->grant_count + 1) * sizeof *report->grants);
	report->grant_count = config->grant_count;
	for (size_t i = 0; i < config->grant_count; i++)
		build_grant(from, &config->grants[i], &report->grants[i]);
}

void report_build_config(const struct report_config *from, struct report *report)
{
	*report = (struct report){
		.version = PACKAGE_VERSION,
		.run_id = from->run_id,
		.command = "config",
		.verdict = from->verdict,
		.clients = mem_new((from->client_count + 1) * sizeof *report->clients),
		.client_count = from->client_count,
		.findings = mem_new((from->findings->count + 1) * sizeof *report->findings),
		.finding_count = from->findings->count,
	};
	clock_stamp(from->started, report->started);
	clock_stamp(from->finished, report->finished);
	report_add_config(from, report);
	for (size_t i = 0; i < from->client_count; i++)
		build_client(from, i, &report->clients[i]);
	for (size_t i = 0; i < from->findings->count; i++)
		build_finding(from, &from->findings->rows[i], &report->findings[i]);
}
