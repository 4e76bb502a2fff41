/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline_gone.c - what an earlier report had and this one has not
 *
 * Silence is not absence: a finding is gone only where this run asked what had shown it,
 * and got an answer that can be judged.
 */
#include "report/baseline_gone.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/identity.h"
#include "report/model.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

/* This run's targets and views, to be found by what they are. */
struct asked {
	const struct report *earlier, *report;
	struct identity_index targets, views;
};

static void index_targets(const struct report *report, struct identity_index *index)
{
	uint64_t *identities = mem_new((report->target_count + 1) * sizeof *identities);

	for (size_t i = 0; i < report->target_count; i++)
		identities[i] = identity_of_text(report->targets[i].host);
	identity_index_make(identities, report->target_count, index);
	free(identities);
}

static void index_views(const struct report *report, struct identity_index *index)
{
	uint64_t *identities = mem_new((report->view_count + 1) * sizeof *identities);

	for (size_t i = 0; i < report->view_count; i++)
		identities[i] = identity_of_view(report, &report->views[i]);
	identity_index_make(identities, report->view_count, index);
	free(identities);
}

bool baseline_same_server(const struct report *earlier, const struct report *report)
{
	size_t len = earlier->mta != NULL ? strcspn(earlier->mta, " ") : 0;

	return len != 0 && report->mta != NULL && strcspn(report->mta, " ") == len && strncmp(earlier->mta, report->mta, len) == 0;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whether each file that was read then was read again. */
static bool has_sources(const struct report_source *before, size_t before_count, const struct report_source *now, size_t now_count)
{
	for (size_t i = 0; i < before_count; i++) {
		bool again = false;

		for (size_t k = 0; k < now_count && !again; k++)
			again = now[k].fault == NULL && is(last_part(now[k].name), last_part(before[i].name));
		if (!again)
			return false;
	}
	return true;
}

/* Of the answers why a finding could not have been seen, NULL is that it could. */
static const char *why_not_of_mail(const struct asked *asked)
{
	const struct report_mail *before = asked->earlier->mail, *now = asked->report->mail;

	if (now == NULL)
		return "no log was read";
	if (before != NULL && !has_sources(before->sources, before->source_count, now->sources, now->source_count))
		return "another log was read";
	return NULL;
}

static const char *why_not_of_queue(const struct asked *asked)
{
	const struct report_queue *before = asked->earlier->queue, *now = asked->report->queue;

	if (now == NULL)
		return "no queue was read";
	if (before != NULL && !has_sources(before->sources, before->source_count, now->sources, now->source_count))
		return "another queue was read";
	return NULL;
}

static const char *why_not_of_config(const struct asked *asked)
{
	if (asked->report->mta == NULL)
		return "no configuration was read";
	return baseline_same_server(asked->earlier, asked->report) ? NULL : "another server's configuration was read";
}

static const char *why_not_of_map(const struct asked *asked)
{
	const struct report_map *before = asked->earlier->map, *now = asked->report->map;

	if (now == NULL || !is(now->endpoint, before->endpoint) || !is(now->tls, before->tls))
		return "its endpoint was not mapped";
	return now->whole ? NULL : "the map is not whole";
}

static bool is_same_text(const char *one, const char *other)
{
	return one == other || (one != NULL && other != NULL && is(one, other));
}

/* The same probe for the same domain, where that was judged. */
static const char *why_not_of_probe(const struct asked *asked, const struct report_view *view, const struct report_finding *finding)
{
	const char *domain = asked->earlier->attempts[finding->attempt].domain;

	for (size_t i = view->controls; i < view->attempt_count; i++) {
		const struct report_attempt *attempt = &asked->report->attempts[view->first_attempt + i];

		if (!is(attempt->probe, finding->probe) || !is_same_text(attempt->domain, domain))
			continue;
		if (is(attempt->outcome, "skipped"))
			return "its probe was skipped";
		if (attempt->verdict != NULL && is(attempt->verdict, "inconclusive") && !is(attempt->outcome, "accepted"))
			return "its probe could not be judged";
		return NULL;
	}
	return "its probe was not tried";
}

static const char *why_not_of_view(const struct asked *asked, const struct report_finding *finding)
{
	const struct report_view *before = &asked->earlier->views[finding->view], *view;
	size_t place = identity_find(&asked->views, identity_of_view(asked->earlier, before));

	if (place == asked->views.count)
		return "its endpoint was not asked from its vantage";
	view = &asked->report->views[place];
	/* What could not be judged then is judged now, or there would be a finding that says the same. */
	if (is(finding->id, "scan-incomplete"))
		return NULL;
	if (!is(view->reached, "reached"))
		return "its endpoint was not reached";
	if (finding->probe != NULL)
		return why_not_of_probe(asked, view, finding);
	if (asked->report->interrupted)
		return "the run was interrupted";
	return is(finding->id, "backscatter") && asked->report->sink == NULL ? "no test message was sent" : NULL;
}

/* Findings of neither target nor vantage: by the command that made them, and of self, which is all of them, by their id. */
static const char *why_not_of_server(const struct asked *asked, const struct report_finding *finding)
{
	/* What may have shown it: both, where both were read. */
	static const struct {
		const char *id;
		bool log, queue;
	} shown[] = {
		{ "strangers-mail", true, false },     { "client-address-lost", true, false }, { "strangers-queued", false, true },
		{ "backscatter", true, true },	       { "scan-incomplete", true, true },
	};
	const struct report *earlier = asked->earlier;

	if (identity_is_of_file(finding))
		return why_not_of_config(asked);
	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
		bool log = shown[i].log && earlier->mail != NULL, queue = shown[i].queue && earlier->queue != NULL;
		const char *why = NULL;

		if (!is(finding->id, shown[i].id) || (!log && !queue))
			continue;
		if (log)
			why = why_not_of_mail(asked);
		return why == NULL && queue ? why_not_of_queue(asked) : why;
	}
	if (is(finding->id, "scan-incomplete"))
		return is(earlier->command, asked->report->command) ? NULL : "this run was another command";
	return why_not_of_config(asked);
}

static const char *why_not(const struct asked *asked, const struct report_finding *finding)
{
	if (finding->target == NULL)
		return why_not_of_server(asked, finding);
	if (identity_find(&asked->targets, identity_of_text(finding->target)) == asked->targets.count)
		return "its target was not asked";
	if (asked->earlier->map != NULL)
		return why_not_of_map(asked);
	return finding->vantage != NULL ? why_not_of_view(asked, finding) : NULL;
}

void baseline_find_gone(const struct report *earlier, const uint64_t *identities, const bool *seen, struct report *report)
{
	struct report_baseline *baseline = report->baseline;
	struct asked asked = { .earlier = earlier, .report = report };

	index_targets(report, &asked.targets);
	index_views(report, &asked.views);
	baseline->gone = mem_new((earlier->finding_count + 1) * sizeof *baseline->gone);
	for (size_t i = 0; i < earlier->finding_count; i++) {
		struct report_gone *row = &baseline->gone[baseline->gone_count];

		if (seen[i])
			continue;
		row->finding = earlier->findings[i];
		row->finding.evidence_count = 0;
		row->why = why_not(&asked, &earlier->findings[i]);
		row->state = row->why == NULL ? "gone" : "not-asked";
		if (row->finding.target != NULL)
			row->finding.target_index = identity_find(&asked.targets, identity_of_text(row->finding.target));
		identity_print(identities[i], row->fingerprint);
		baseline->gone_count++;
		baseline->not_asked += row->why != NULL;
	}
	identity_index_release(&asked.targets);
	identity_index_release(&asked.views);
}

static void add_change(struct report_baseline *baseline, size_t *capacity, struct report_change change)
{
	if (change.was != NULL && change.now != NULL && is(change.was, change.now))
		return;
	MEM_ROOM(baseline->changes, baseline->change_count, *capacity);
	baseline->changes[baseline->change_count++] = change;
}

static struct report_change of_target(const struct report_target *target, const char *was, const char *now)
{
	return (struct report_change){ .target = target->host, .was = was, .now = now };
}

static struct report_change of_view(const struct report *report, const struct report_view *view, const char *was, const char *now)
{
	return (struct report_change){
		.target = report->targets[view->target].host, .endpoint = view->endpoint, .tls = view->tls,
		.vantage = report->vantages[view->vantage].name, .was = was, .now = now,
	};
}

static void compare_targets(const struct report *earlier, struct report *report, size_t *capacity)
{
	struct identity_index before, now;

	index_targets(earlier, &before);
	index_targets(report, &now);
	for (size_t i = 0; i < report->target_count; i++) {
		size_t place = identity_find(&before, identity_of_text(report->targets[i].host));

		add_change(report->baseline, capacity,
			   of_target(&report->targets[i], place != before.count ? earlier->targets[place].verdict : NULL, report->targets[i].verdict));
	}
	for (size_t i = 0; i < earlier->target_count; i++)
		if (identity_find(&now, identity_of_text(earlier->targets[i].host)) == now.count)
			add_change(report->baseline, capacity, of_target(&earlier->targets[i], earlier->targets[i].verdict, NULL));
	identity_index_release(&before);
	identity_index_release(&now);
}

/* What is no service has no verdict that could be another. */
static void compare_views(const struct report *earlier, struct report *report, size_t *capacity)
{
	struct identity_index before, now;

	index_views(earlier, &before);
	index_views(report, &now);
	for (size_t i = 0; i < report->view_count; i++) {
		const struct report_view *view = &report->views[i];
		size_t place = identity_find(&before, identity_of_view(report, view));
		const struct report_view *other = place != before.count ? &earlier->views[place] : NULL;

		if (view->counts || (other != NULL && other->counts))
			add_change(report->baseline, capacity, of_view(report, view, other != NULL ? other->verdict : NULL, view->verdict));
	}
	for (size_t i = 0; i < earlier->view_count; i++) {
		const struct report_view *view = &earlier->views[i];

		if (view->counts && identity_find(&now, identity_of_view(earlier, view)) == now.count)
			add_change(report->baseline, capacity, of_view(earlier, view, view->verdict, NULL));
	}
	identity_index_release(&before);
	identity_index_release(&now);
}

void baseline_find_changes(const struct report *earlier, struct report *report)
{
	size_t capacity = 0;

	compare_targets(earlier, report, &capacity);
	compare_views(earlier, report, &capacity);
}
