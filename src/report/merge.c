/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c - many reports as one
 */
#include "report/merge.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "report/identity.h"
#include "report/load_rows.h"
#include "report/merge_steps.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { NOTES_MOST = 64 << 10 };

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

int merge_rank(const char *verdict)
{
	int rank = 0;

	while (load_verdicts[rank] != NULL && !is(load_verdicts[rank], verdict))
		rank++;
	return rank;
}

const char *merge_worse(const char *one, const char *other)
{
	if (one == NULL || other == NULL)
		return one == NULL ? other : one;
	return merge_rank(other) > merge_rank(one) ? other : one;
}

/* The runs of all parts; those of a merged part are its own parts. */
static void list_runs(const struct merge *merge, struct report *report)
{
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++)
		count += merge->parts[p].report->part_count + 1;
	report->parts = mem_new(count * sizeof *report->parts);
	for (size_t p = 0; p < merge->count; p++) {
		const struct report *part = merge->parts[p].report;

		for (size_t i = 0; i < part->part_count; i++)
			report->parts[report->part_count++] = part->parts[i];
		if (part->part_count != 0)
			continue;
		struct report_part *row = &report->parts[report->part_count++];

		*row = (struct report_part){ .run_id = part->run_id, .version = part->version, .verdict = part->verdict };
		memcpy(row->started, part->started, sizeof row->started);
		memcpy(row->finished, part->finished, sizeof row->finished);
	}
}

static int check_runs(const struct report *report, struct err *err)
{
	uint64_t *identities = mem_new((report->part_count + 1) * sizeof *identities);
	struct identity_index index;
	int result = 0;

	for (size_t i = 0; i < report->part_count; i++)
		identities[i] = identity_of_text(report->parts[i].run_id);
	identity_index_make(identities, report->part_count, &index);
	for (size_t i = 1; i < index.count && result == 0; i++)
		if (index.rows[i].identity == index.rows[i - 1].identity)
			result = err_set(err, ERR_USAGE, "the run %.60s is there twice: a report is merged once", report->parts[index.rows[i].index].run_id);
	identity_index_release(&index);
	free(identities);
	return result;
}

static int check_commands(const struct merge *merge, struct err *err)
{
	for (size_t p = 0; p < merge->count; p++)
		if (!is(merge->parts[p].report->command, "scan"))
			return err_set(err, ERR_USAGE, "%.200s is a report of %.20s: only reports of scan are merged", merge->parts[p].name,
				       merge->parts[p].report->command);
	return 0;
}

/* A name for the run that is the same whatever the order of its parts. */
static const char *name_run(const struct report *report, struct pool *pool)
{
	uint64_t identity = 0;
	char text[IDENTITY_TEXT];

	for (size_t i = 0; i < report->part_count; i++)
		identity ^= identity_of_text(report->parts[i].run_id);
	identity_print(identity, text);
	return pool_text(pool, text);
}

static void note_versions(const struct merge *merge)
{
	const struct report *report = &merge->into->report;

	for (size_t i = 1; i < report->part_count; i++)
		if (!is(report->parts[i].version, report->parts[0].version)) {
			buf_printf(&merge->into->notes, "the runs are of relayaudit %s and %s\n", report->parts[0].version, report->parts[i].version);
			return;
		}
}

/* What was tried: each once, in the order of the parts. */
static const char *join_suites(const struct merge *merge)
{
	struct buf text = BUF_INIT(1000);
	const char *kept;

	for (size_t p = 0; p < merge->count; p++) {
		const char *suite = merge->parts[p].report->suite;
		bool told = suite == NULL;

		for (size_t i = 0; i < p && !told; i++)
			told = merge->parts[i].report->suite != NULL && is(merge->parts[i].report->suite, suite);
		if (!told)
			buf_printf(&text, "%s%s", text.len != 0 ? ", " : "", suite);
	}
	kept = text.len != 0 ? pool_text(merge->into->pool, text.data) : NULL;
	buf_release(&text);
	return kept;
}

static void join_victims(const struct merge *merge, const struct report *part)
{
	struct report *report = &merge->into->report;

	if (part->victim == NULL)
		return;
	/* What stood in for an address is another in each run. */
	if (report->victim != NULL && !is(report->victim, part->victim) && !(report->victim_reserved && part->victim_reserved))
		buf_printf(&merge->into->notes, "the outside addresses are %s and %s\n", report->victim, part->victim);
	report->victim = report->victim != NULL ? report->victim : part->victim;
	report->victim_reserved = report->victim_reserved || part->victim_reserved;
}

static void join_run(const struct merge *merge)
{
	struct report *report = &merge->into->report;

	report->version = PACKAGE_VERSION;
	report->command = "scan";
	report->run_id = name_run(report, merge->into->pool);
	report->suite = join_suites(merge);
	for (size_t p = 0; p < merge->count; p++) {
		const struct report *part = merge->parts[p].report;

		if (p == 0 || strcmp(part->started, report->started) < 0)
			memcpy(report->started, part->started, sizeof report->started);
		if (p == 0 || strcmp(part->finished, report->finished) > 0) {
			memcpy(report->finished, part->finished, sizeof report->finished);
			report->finished_at = part->finished_at;
		}
		report->verdict = merge_worse(report->verdict, part->verdict);
		report->interrupted = report->interrupted || part->interrupted;
		report->sink = report->sink != NULL ? report->sink : part->sink;
		report->messages += part->messages;
		report->messages_delivered += part->messages_delivered;
		report->messages_bounced += part->messages_bounced;
		report->waited = part->waited > report->waited ? part->waited : report->waited;
		join_victims(merge, part);
	}
}

static bool fits(const char *one, const char *other)
{
	return one == NULL || other == NULL || is(one, other);
}

/* Whether the rows, of which one may have another name by now, are of the same vantage. */
static bool is_same_vantage(const struct report_vantage *one, const struct report_vantage *other)
{
	return is(one->via, other->via) && is(one->expect, other->expect) && fits(one->client_address, other->client_address) &&
	       fits(one->helo, other->helo);
}

static size_t find_name(const struct report *report, const char *name)
{
	size_t i = 0;

	while (i < report->vantage_count && !is(report->vantages[i].name, name))
		i++;
	return i;
}

/* The vantage's place in the whole; where its name is another's, it gets one of its own. */
static size_t place_vantage(struct merge *merge, size_t part, const struct report_vantage *vantage)
{
	struct report *report = &merge->into->report;
	const char *name = vantage->name;
	size_t place = find_name(report, name);
	char *other;

	for (unsigned number = 2; place != report->vantage_count; number++) {
		if (is_same_vantage(&report->vantages[place], vantage))
			return place;
		other = mem_printf("%s-%u", vantage->name, number);
		name = pool_text(merge->into->pool, other);
		free(other);
		place = find_name(report, name);
	}
	if (name != vantage->name)
		buf_printf(&merge->into->notes, "two vantages are called %s: that of %s is %s here\n", vantage->name, merge->parts[part].name, name);
	report->vantages[place] = *vantage;
	report->vantages[place].name = name;
	report->vantage_count++;
	return place;
}

static void merge_vantages(struct merge *merge)
{
	struct report *report = &merge->into->report;
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++)
		count += merge->parts[p].report->vantage_count;
	report->vantages = mem_new((count + 1) * sizeof *report->vantages);
	for (size_t p = 0; p < merge->count; p++) {
		const struct report *part = merge->parts[p].report;

		merge->places[p].vantages = mem_new((part->vantage_count + 1) * sizeof(size_t));
		for (size_t i = 0; i < part->vantage_count; i++) {
			size_t place = place_vantage(merge, p, &part->vantages[i]);
			struct report_vantage *row = &report->vantages[place];

			merge->places[p].vantages[i] = place;
			row->client_address = row->client_address != NULL ? row->client_address : part->vantages[i].client_address;
			row->seen_as = row->seen_as != NULL ? row->seen_as : part->vantages[i].seen_as;
			row->helo = row->helo != NULL ? row->helo : part->vantages[i].helo;
			row->verdict = merge_worse(row->verdict, part->vantages[i].verdict);
		}
	}
}

int report_merge(const struct merge_part *parts, size_t count, struct merged *merged, struct err *err)
{
	struct merge merge = { .parts = parts, .count = count, .places = mem_new((count + 1) * sizeof *merge.places), .into = merged };
	int result;

	*merged = (struct merged){ .notes = BUF_INIT(NOTES_MOST), .pool = pool_new() };
	result = check_commands(&merge, err);
	if (result == 0) {
		list_runs(&merge, &merged->report);
		result = check_runs(&merged->report, err);
	}
	if (result == 0) {
		join_run(&merge);
		note_versions(&merge);
		merge_vantages(&merge);
		merge_targets(&merge);
		merge_views(&merge);
		merge_attempts(&merge);
		merge_findings(&merge);
		merge_exceptions(&merge);
	} else {
		merged_release(merged);
	}
	for (size_t p = 0; p < count; p++) {
		free(merge.places[p].targets);
		free(merge.places[p].vantages);
		free(merge.places[p].views);
		free(merge.places[p].attempts);
	}
	free(merge.places);
	return result;
}

void merged_release(struct merged *merged)
{
	for (size_t i = 0; i < merged->report.target_count; i++)
		free(merged->report.targets[i].domains);
	report_release(&merged->report);
	buf_release(&merged->notes);
	pool_free(merged->pool);
	merged->pool = NULL;
}
