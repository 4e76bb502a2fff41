/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_baseline.c - what a saved report says of its baseline
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "report/load_rows.h"
#include "report/load_tables.h"
#include "report/model.h"

#define AT(type, member) offsetof(struct type, member)

static const char *const places[] = { "gone", "not-asked", NULL };

static const struct load_row baseline_rows[] = {
	{ "run", LOAD_TEXT, AT(report_baseline, run_id), 0, 0, NULL },
	{ "command", LOAD_TEXT, AT(report_baseline, command), 0, 0, NULL },
	{ "finished", LOAD_STAMP, AT(report_baseline, finished), 0, 0, NULL },
	{ "verdict", LOAD_WORD, AT(report_baseline, verdict), 0, 0, load_verdicts },
	{ "new", LOAD_COUNT, AT(report_baseline, fresh), 0, 0, NULL },
	{ "known", LOAD_COUNT, AT(report_baseline, known), 0, 0, NULL },
	{ "gone", LOAD_OTHER, 0, 0, 0, NULL },
	{ "changes", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row gone_rows[] = {
	{ "id", LOAD_TEXT, AT(report_gone, finding.id), 0, 0, NULL },
	{ "severity", LOAD_WORD, AT(report_gone, finding.severity), 0, 0, load_severities },
	{ "title", LOAD_TEXT, AT(report_gone, finding.title), 0, 0, NULL },
	{ "where", LOAD_TEXT, AT(report_gone, finding.where), 0, 0, NULL },
	{ "target", LOAD_TEXT, AT(report_gone, finding.target), LOAD_NULL, 0, NULL },
	{ "vantage", LOAD_TEXT, AT(report_gone, finding.vantage), LOAD_NULL, 0, NULL },
	{ "endpoint", LOAD_TEXT, AT(report_gone, finding.endpoint), LOAD_NULL, 0, NULL },
	{ "probe", LOAD_TEXT, AT(report_gone, finding.probe), LOAD_NULL, 0, NULL },
	{ "fingerprint", LOAD_OTHER, 0, 0, 0, NULL },
	{ "state", LOAD_WORD, AT(report_gone, state), 0, 0, places },
	{ "why", LOAD_TEXT, AT(report_gone, why), LOAD_NULL, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row change_rows[] = {
	{ "target", LOAD_TEXT, AT(report_change, target), 0, 0, NULL },
	{ "endpoint", LOAD_TEXT, AT(report_change, endpoint), LOAD_NULL, 0, NULL },
	{ "tls", LOAD_WORD, AT(report_change, tls), LOAD_NULL, 0, load_modes },
	{ "vantage", LOAD_TEXT, AT(report_change, vantage), LOAD_NULL, 0, NULL },
	{ "was", LOAD_WORD, AT(report_change, was), LOAD_NULL, 0, load_verdicts },
	{ "now", LOAD_WORD, AT(report_change, now), LOAD_NULL, 0, load_verdicts },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static int load_gone(struct load *load, const json_t *object, const struct report *report, struct report_gone *row)
{
	const char *print;

	if (load_object(load, object, gone_rows, row) != 0)
		return -1;
	print = json_string_value(json_object_get(object, "fingerprint"));
	if (print == NULL || strlen(print) != sizeof row->fingerprint - 1 || strspn(print, "0123456789abcdef") != sizeof row->fingerprint - 1)
		return load_fail(load, "fingerprint", "is not 16 hexadecimal digits");
	memcpy(row->fingerprint, print, sizeof row->fingerprint);
	if ((row->why == NULL) != (strcmp(row->state, "gone") == 0))
		return load_fail(load, "why", "and state do not go together");
	/* Of none of the report's: a saved one tells no line of a target. */
	row->finding.target_index = report->target_count;
	return 0;
}

static int load_gone_rows(struct load *load, const json_t *object, const struct report *report, struct report_baseline *baseline)
{
	const json_t *array;
	size_t count;

	if (load_array(load, object, "gone", false, &array, &count) != 0)
		return -1;
	baseline->gone = mem_new((count + 1) * sizeof *baseline->gone);
	for (size_t i = 0; i < count; i++) {
		load_enter(load, "baseline.gone", i);
		if (load_gone(load, json_array_get(array, i), report, &baseline->gone[i]) != 0)
			return -1;
		baseline->gone_count++;
		baseline->not_asked += baseline->gone[i].why != NULL;
	}
	return 0;
}

static int load_changes(struct load *load, const json_t *object, struct report_baseline *baseline)
{
	const json_t *array;
	size_t count;

	if (load_array(load, object, "changes", false, &array, &count) != 0)
		return -1;
	baseline->changes = mem_new((count + 1) * sizeof *baseline->changes);
	for (size_t i = 0; i < count; i++) {
		struct report_change *row = &baseline->changes[i];

		load_enter(load, "baseline.changes", i);
		if (load_object(load, json_array_get(array, i), change_rows, row) != 0)
			return -1;
		if ((row->endpoint == NULL) != (row->vantage == NULL) || (row->endpoint == NULL) != (row->tls == NULL))
			return load_fail(load, "endpoint", "and tls and vantage do not go together");
		baseline->change_count++;
	}
	return 0;
}

/* Findings have a state where the report has a baseline, and nowhere else. */
static int check_states(struct load *load, const struct report *report)
{
	size_t known = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		load_enter(load, "findings", i);
		if ((report->findings[i].state != NULL) != (report->baseline != NULL))
			return load_fail(load, "baseline", report->baseline != NULL ? "is missing" : "is of none that the report has");
		if (report->findings[i].state != NULL && (strcmp(report->findings[i].state, "known") == 0 || strcmp(report->findings[i].state, "milder") == 0))
			known++;
	}
	load->at[0] = '\0';
	if (report->baseline != NULL && (report->baseline->known != known || report->baseline->fresh != report->finding_count - known))
		return load_fail(load, "baseline", "counts other findings than there are");
	return 0;
}

int load_baseline(struct load *load, const json_t *object, struct report *report)
{
	if (object != NULL) {
		report->baseline = mem_new(sizeof *report->baseline);
		snprintf(load->at, sizeof load->at, "baseline.");
		if (load_object(load, object, baseline_rows, report->baseline) != 0 || load_gone_rows(load, object, report, report->baseline) != 0 ||
		    load_changes(load, object, report->baseline) != 0)
			return -1;
	}
	return check_states(load, report);
}
