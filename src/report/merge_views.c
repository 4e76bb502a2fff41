/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge_views.c - what each vantage saw of each endpoint, and its attempts
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/identity.h"
#include "report/merge_steps.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static size_t count_views(const struct merge *merge)
{
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++)
		count += merge->parts[p].report->view_count;
	return count;
}

/* The view as it is in the whole, with the target and the vantage that it has there. */
static struct report_view in_whole(const struct merge *merge, size_t part, size_t index)
{
	struct report_view view = merge->parts[part].report->views[index];

	view.target = merge->places[part].targets[view.target];
	view.vantage = merge->places[part].vantages[view.vantage];
	return view;
}

/* From a vantage that is to relay, the worst is to be refused. */
static bool is_worse(const struct report *report, const struct report_view *one, const struct report_view *other)
{
	int rise = merge_rank(one->verdict) - merge_rank(other->verdict);

	if (one->counts != other->counts)
		return one->counts;
	return is(report->vantages[other->vantage].expect, "relay") ? rise < 0 : rise > 0;
}

static void add_view(const struct report *report, struct report_view *row, const struct report_view *view)
{
	if (row->endpoint == NULL) {
		*row = *view;
		row->first_attempt = row->attempt_count = row->controls = 0;
		return;
	}
	if (is_worse(report, view, row)) {
		row->verdict = view->verdict;
		row->why = view->why;
	}
	if (is(view->reached, "reached")) {
		row->reached = view->reached;
		row->reached_text = view->reached_text;
	}
	row->counts = row->counts || view->counts;
	row->throttled = row->throttled || view->throttled;
	row->sessions += view->sessions;
}

/* Views stand in the order of their targets: the place of each that has this number. */
static size_t *order_views(const struct merge *merge, const size_t *numbers, size_t count)
{
	const struct report *report = &merge->into->report;
	size_t *next = mem_new((report->target_count + 2) * sizeof *next), *places = mem_new((count + 1) * sizeof *places), at = 0, known = 0;

	for (int pass = 0; pass < 2; pass++) {
		at = known = 0;
		for (size_t p = 0; p < merge->count; p++)
			for (size_t i = 0; i < merge->parts[p].report->view_count; i++) {
				size_t target = merge->places[p].targets[merge->parts[p].report->views[i].target];

				if (numbers[at++] != known)
					continue;
				if (pass == 0)
					next[target + 1]++;
				else
					places[known] = next[target]++;
				known++;
			}
		for (size_t t = 1; pass == 0 && t <= report->target_count; t++)
			next[t] += next[t - 1];
	}
	free(next);
	return places;
}

void merge_views(struct merge *merge)
{
	struct report *report = &merge->into->report;
	size_t count = count_views(merge), at = 0, *numbers = mem_new((count + 1) * sizeof *numbers), *order;
	uint64_t *identities = mem_new((count + 1) * sizeof *identities);

	for (size_t p = 0; p < merge->count; p++)
		for (size_t i = 0; i < merge->parts[p].report->view_count; i++) {
			const struct report_view view = in_whole(merge, p, i);

			identities[at++] = identity_of_view(report, &view);
		}
	report->view_count = identity_number(identities, count, numbers);
	report->views = mem_new((report->view_count + 1) * sizeof *report->views);
	order = order_views(merge, numbers, report->view_count);
	at = 0;
	for (size_t p = 0; p < merge->count; p++) {
		merge->places[p].views = mem_new((merge->parts[p].report->view_count + 1) * sizeof(size_t));
		for (size_t i = 0; i < merge->parts[p].report->view_count; i++) {
			const struct report_view view = in_whole(merge, p, i);

			merge->places[p].views[i] = order[numbers[at++]];
			add_view(report, &report->views[merge->places[p].views[i]], &view);
		}
	}
	free(order);
	free(identities);
	free(numbers);
}

/* An attempt of a part, and where it belongs. */
struct row {
	const struct report_attempt *attempt;
	size_t view;
	size_t *place;                  /* where its place is kept */
	bool control;
};

static size_t count_attempts(const struct merge *merge)
{
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++)
		for (size_t i = 0; i < merge->parts[p].report->view_count; i++)
			count += merge->parts[p].report->views[i].attempt_count;
	return count;
}

static size_t list_attempts(struct merge *merge, struct row *rows)
{
	size_t count = 0;

	for (size_t p = 0; p < merge->count; p++) {
		const struct report *part = merge->parts[p].report;

		merge->places[p].attempts = mem_new((part->attempt_count + 1) * sizeof(size_t));
		for (size_t i = 0; i < part->attempt_count; i++)
			merge->places[p].attempts[i] = SIZE_MAX;
		for (size_t v = 0; v < part->view_count; v++)
			for (size_t i = 0; i < part->views[v].attempt_count; i++) {
				size_t index = part->views[v].first_attempt + i;

				rows[count++] = (struct row){ &part->attempts[index], merge->places[p].views[v], &merge->places[p].attempts[index],
							      i < part->views[v].controls };
			}
	}
	return count;
}

static uint64_t identity_of_row(const struct row *row)
{
	char *text = mem_printf("%zu %d %s %s", row->view, row->control, row->attempt->probe, row->attempt->domain ? row->attempt->domain : "");
	uint64_t identity = identity_of_text(text);

	free(text);
	return identity;
}

static int rank_of(const struct report_attempt *attempt, bool relays)
{
	int rank = attempt->verdict == NULL ? 0 : relays ? 3 - merge_rank(attempt->verdict) : 1 + merge_rank(attempt->verdict);

	return 4 * rank + 2 * is(attempt->outcome, "accepted") + !is(attempt->outcome, "skipped");
}

/* The worst of each number, as the first of them that is. */
static void choose(const struct report *report, const struct row *rows, size_t count, const size_t *numbers, size_t *best)
{
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		size_t number = numbers[i];
		bool relays = is(report->vantages[report->views[rows[i].view].vantage].expect, "relay");

		if (number == known)
			best[known++] = i;
		else if (rank_of(rows[i].attempt, relays) > rank_of(rows[best[number]].attempt, relays))
			best[number] = i;
	}
}

/* A view's attempts are a run of the report's, its controls first. */
static void lay_out(struct report *report, const struct row *rows, const size_t *best, size_t count, size_t *places)
{
	size_t *next = mem_new(2 * (report->view_count + 1) * sizeof *next), at = 0;

	for (size_t i = 0; i < count; i++) {
		report->views[rows[best[i]].view].attempt_count++;
		report->views[rows[best[i]].view].controls += rows[best[i]].control;
	}
	for (size_t v = 0; v < report->view_count; v++) {
		report->views[v].first_attempt = next[2 * v] = at;
		next[2 * v + 1] = at + report->views[v].controls;
		at += report->views[v].attempt_count;
	}
	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[best[i]];
		struct report_attempt *attempt;

		places[i] = next[2 * row->view + !row->control]++;
		attempt = &report->attempts[places[i]];
		*attempt = *row->attempt;
		attempt->target = report->targets[report->views[row->view].target].host;
		attempt->vantage = report->vantages[report->views[row->view].vantage].name;
	}
	free(next);
}

static void count_probes(struct report *report)
{
	for (size_t v = 0; v < report->view_count; v++) {
		const struct report_view *view = &report->views[v];

		for (size_t i = view->controls; i < view->attempt_count && view->counts; i++) {
			const struct report_attempt *attempt = &report->attempts[view->first_attempt + i];
			bool skipped = is(attempt->outcome, "skipped"), accepted = is(attempt->outcome, "accepted");

			report->probes_skipped += skipped;
			report->probes_run += !skipped && !is(attempt->outcome, "error");
			report->probes_accepted += accepted;
			report->probes_unjudged += !accepted && attempt->verdict != NULL && is(attempt->verdict, "inconclusive");
		}
	}
}

void merge_attempts(struct merge *merge)
{
	struct report *report = &merge->into->report;
	size_t count = count_attempts(merge);
	struct row *rows = mem_new((count + 1) * sizeof *rows);
	uint64_t *identities = mem_new((count + 1) * sizeof *identities);
	size_t *numbers = mem_new((count + 1) * sizeof *numbers), *best = mem_new((count + 1) * sizeof *best), *places;

	list_attempts(merge, rows);
	for (size_t i = 0; i < count; i++)
		identities[i] = identity_of_row(&rows[i]);
	report->attempt_count = identity_number(identities, count, numbers);
	report->attempts = mem_new((report->attempt_count + 1) * sizeof *report->attempts);
	places = mem_new((report->attempt_count + 1) * sizeof *places);
	choose(report, rows, count, numbers, best);
	lay_out(report, rows, best, report->attempt_count, places);
	for (size_t i = 0; i < count; i++)
		*rows[i].place = places[numbers[i]];
	count_probes(report);
	free(rows);
	free(identities);
	free(numbers);
	free(best);
	free(places);
}
