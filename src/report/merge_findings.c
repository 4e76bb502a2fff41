/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge_findings.c - the findings and exceptions of many reports
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/finding.h"
#include "base/mem.h"
#include "base/pool.h"
#include "report/identity.h"
#include "report/merge_steps.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

/* "mx.example.org 192.0.2.25:25 from NAME", where the vantage has another name in the whole. */
static const char *place_of(const struct merge *merge, const struct report_finding *finding, const char *name)
{
	size_t len = strlen(finding->where), tail = strlen(finding->vantage);
	char *text;
	const char *kept;

	if (is(finding->vantage, name) || len < tail || !is(finding->where + len - tail, finding->vantage))
		return finding->where;
	text = mem_printf("%.*s%s", (int)(len - tail), finding->where, name);
	kept = pool_text(merge->into->pool, text);
	free(text);
	return kept;
}

static struct report_finding in_whole(const struct merge *merge, size_t part, size_t index)
{
	const struct report *report = &merge->into->report;
	const struct merge_places *places = &merge->places[part];
	struct report_finding finding = merge->parts[part].report->findings[index];

	finding.state = finding.was = NULL;
	if (finding.target != NULL)
		finding.target_index = places->targets[finding.target_index];
	if (finding.vantage == NULL)
		return finding;
	finding.view = places->views[finding.view];
	finding.where = place_of(merge, &finding, report->vantages[report->views[finding.view].vantage].name);
	finding.vantage = report->vantages[report->views[finding.view].vantage].name;
	if (finding.probe != NULL)
		finding.attempt = places->attempts[finding.attempt];
	/* An attempt of no view is none that could be shown. */
	if (finding.probe != NULL && finding.attempt == SIZE_MAX)
		finding.attempt = report->views[finding.view].first_attempt;
	return finding;
}

/* All findings of all parts; identities are told apart within each. */
static size_t list_findings(const struct merge *merge, struct report_finding *rows, uint64_t *identities)
{
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++) {
		struct report slice = merge->into->report;
		uint64_t *own;

		slice.findings = rows + count;
		slice.finding_count = merge->parts[p].report->finding_count;
		for (size_t i = 0; i < slice.finding_count; i++)
			rows[count + i] = in_whole(merge, p, i);
		own = identities_of(&slice);
		memcpy(identities + count, own, slice.finding_count * sizeof *own);
		count += slice.finding_count;
		free(own);
	}
	return count;
}

/* What one report bears for a time and the other does not, counts. */
static int rank_of(const struct report_finding *finding)
{
	return 2 * severity_find(finding->severity) + (finding->excused == NULL);
}

static void sort_findings(struct report *report, const struct report_finding *rows, const size_t *best, size_t count)
{
	report->findings = mem_new((count + 1) * sizeof *report->findings);
	for (int severity = SEVERITIES - 1; severity >= 0; severity--)
		for (size_t i = 0; i < count; i++)
			if (severity_find(rows[best[i]].severity) == severity)
				report->findings[report->finding_count++] = rows[best[i]];
}

void merge_findings(struct merge *merge)
{
	size_t count = 0, alike, known = 0, *numbers, *best;
	struct report_finding *rows;
	uint64_t *identities;

	for (size_t p = 0; p < merge->count; p++)
		count += merge->parts[p].report->finding_count;
	rows = mem_new((count + 1) * sizeof *rows);
	identities = mem_new((count + 1) * sizeof *identities);
	numbers = mem_new((count + 1) * sizeof *numbers);
	best = mem_new((count + 1) * sizeof *best);
	list_findings(merge, rows, identities);
	alike = identity_number(identities, count, numbers);
	for (size_t i = 0; i < count; i++) {
		if (numbers[i] == known)
			best[known++] = i;
		else if (rank_of(&rows[i]) > rank_of(&rows[best[numbers[i]]]))
			best[numbers[i]] = i;
	}
	sort_findings(&merge->into->report, rows, best, alike);
	free(rows);
	free(identities);
	free(numbers);
	free(best);
}

static bool is_same_text(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && is(one, other));
}

/* Expired is worse than used, and used than unmatched: one part may have what another has not. */
static int rank_of_state(const char *state)
{
	return is(state, "expired") ? 2 : is(state, "used");
}

static void add_exception(struct report *report, const struct report_exception *exception)
{
	for (size_t i = 0; i < report->exception_count; i++) {
		struct report_exception *row = &report->exceptions[i];

		if (!is(row->finding, exception->finding) || !is_same_text(row->where, exception->where) || !is(row->expires, exception->expires) ||
		    !is(row->source, exception->source))
			continue;
		row->matches += exception->matches;
		if (rank_of_state(exception->state) > rank_of_state(row->state))
			row->state = exception->state;
		return;
	}
	report->exceptions[report->exception_count++] = *exception;
}

void merge_exceptions(struct merge *merge)
{
	struct report *report = &merge->into->report;
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++)
		count += merge->parts[p].report->exception_count;
	report->exceptions = mem_new((count + 1) * sizeof *report->exceptions);
	for (size_t p = 0; p < merge->count; p++)
		for (size_t i = 0; i < merge->parts[p].report->exception_count; i++)
			add_exception(report, &merge->parts[p].report->exceptions[i]);
}
