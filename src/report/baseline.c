/* SPDX-License-Identifier: Apache-2.0 */
/*
 * baseline.c - a report beside an earlier one
 */
#include "report/baseline.h"

#include <stdlib.h>
#include <string.h>

#include "audit/finding.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "report/baseline_gone.h"
#include "report/identity.h"
#include "report/model.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static const struct {
	const char *state;
	const char *phrase;
	bool known;
} states[] = {
	{ "new", "new since the baseline", false },
	{ "worse", "graver than in the baseline", false },
	{ "lapsed", "borne in the baseline, and no longer", false },
	{ "known", "known: it stood in the baseline", true },
	{ "milder", "known: it stood in the baseline, and was graver there", true },
};

bool baseline_knows(const struct report_finding *finding)
{
	for (size_t i = 0; finding->state != NULL && i < sizeof states / sizeof *states; i++)
		if (is(states[i].state, finding->state))
			return states[i].known;
	return false;
}

const char *baseline_phrase(const struct report_finding *finding)
{
	for (size_t i = 0; finding->state != NULL && i < sizeof states / sizeof *states; i++)
		if (is(states[i].state, finding->state))
			return states[i].phrase;
	return NULL;
}

static bool shares_target(const struct report *earlier, const struct report *report)
{
	uint64_t *hosts = mem_new((earlier->target_count + 1) * sizeof *hosts);
	struct identity_index index;
	bool shared = false;

	for (size_t i = 0; i < earlier->target_count; i++)
		hosts[i] = identity_of_text(earlier->targets[i].host);
	identity_index_make(hosts, earlier->target_count, &index);
	for (size_t i = 0; i < report->target_count && !shared; i++)
		shared = identity_find(&index, identity_of_text(report->targets[i].host)) != index.count;
	identity_index_release(&index);
	free(hosts);
	return shared;
}

/* What a report is of, for a sentence. */
static void say_subject(const struct report *report, struct buf *to)
{
	buf_printf(to, "a report of %.20s", report->command);
	if (report->target_count != 0)
		buf_printf(to, " of %.100s", report->targets[0].host);
	if (report->target_count > 1)
		buf_printf(to, " and %zu more", report->target_count - 1);
	if (report->target_count == 0 && report->mta != NULL)
		buf_printf(to, " of %.60s", report->mta);
}

int baseline_check(const struct report *earlier, const char *name, const struct report *report, struct err *err)
{
	struct buf one = BUF_INIT(400), other = BUF_INIT(400);

	if ((earlier->map != NULL) == (report->map != NULL) &&
	    (shares_target(earlier, report) || baseline_same_server(earlier, report) || (earlier->mail != NULL && report->mail != NULL) ||
	     (earlier->queue != NULL && report->queue != NULL)))
		return 0;
	say_subject(earlier, &one);
	say_subject(report, &other);
	err_set(err, ERR_USAGE, "%.200s is %s, and this is %s: nothing in one can be known again in the other", name, one.data, other.data);
	buf_release(&one);
	buf_release(&other);
	return -1;
}

/* Mail of strangers that came after the earlier report is no old story, whatever the place where it is told. */
static bool tells_later_mail(const struct report *earlier, const struct report *report, const struct report_finding *finding)
{
	if (is(finding->id, "strangers-mail") && report->mail != NULL)
		return strcmp(report->mail->strangers_last, earlier->finished) > 0;
	if (is(finding->id, "strangers-queued") && report->queue != NULL)
		return strcmp(report->queue->counts[0].last, earlier->finished) > 0;
	return false;
}

static const char *state_of(const struct report *earlier, const struct report_finding *before, const struct report *report,
			    const struct report_finding *finding)
{
	int rise = severity_find(finding->severity) - severity_find(before->severity);

	if (rise > 0)
		return "worse";
	if (before->excused != NULL && finding->excused == NULL)
		return "lapsed";
	if (tells_later_mail(earlier, report, finding))
		return "new";
	return rise < 0 ? "milder" : "known";
}

/* Which of the earlier findings are still there goes to `seen`. */
static void compare_findings(const struct report *earlier, const struct identity_index *index, struct report *report, bool *seen)
{
	uint64_t *identities = identities_of(report);

	for (size_t i = 0; i < report->finding_count; i++) {
		struct report_finding *finding = &report->findings[i];
		size_t before = identity_find(index, identities[i]);

		finding->state = "new";
		finding->was = NULL;
		if (before != index->count) {
			seen[before] = true;
			finding->state = state_of(earlier, &earlier->findings[before], report, finding);
			finding->was = earlier->findings[before].severity;
		}
		report->baseline->known += baseline_knows(finding);
	}
	report->baseline->fresh = report->finding_count - report->baseline->known;
	free(identities);
}

int baseline_apply(const struct report *earlier, const char *name, struct report *report, struct err *err)
{
	uint64_t *identities;
	struct identity_index index;
	bool *seen;

	if (baseline_check(earlier, name, report, err) != 0)
		return -1;
	/* What a saved report said of an older one. */
	baseline_release(report);
	report->baseline = mem_new(sizeof *report->baseline);
	*report->baseline = (struct report_baseline){ .run_id = earlier->run_id, .command = earlier->command, .verdict = earlier->verdict };
	memcpy(report->baseline->finished, earlier->finished, sizeof earlier->finished);
	identities = identities_of(earlier);
	seen = mem_new(earlier->finding_count + 1);
	identity_index_make(identities, earlier->finding_count, &index);
	compare_findings(earlier, &index, report, seen);
	baseline_find_gone(earlier, identities, seen, report);
	baseline_find_changes(earlier, report);
	identity_index_release(&index);
	free(seen);
	free(identities);
	return 0;
}

void baseline_release(struct report *report)
{
	if (report->baseline == NULL)
		return;
	free(report->baseline->gone);
	free(report->baseline->changes);
	free(report->baseline);
	report->baseline = NULL;
}
