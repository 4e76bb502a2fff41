/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sarif.c - the findings as SARIF 2.1.0, for code scanning
 *
 * A rule for each finding's id, a result for each finding, with a fingerprint that
 * stays from run to run.  What the operator bears is a suppression.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/format.h"
#include "report/identity.h"
#include "report/json_parts.h"
#include "report/model.h"
#include "report/place.h"
#include "report/remark.h"

static json_t *message(const char *text)
{
	return part_headed("text", text);
}

static json_t *list_of(json_t *value)
{
	json_t *list = json_array();

	if (json_array_append_new(list, value) != 0)
		BUG("a list that cannot grow");
	return list;
}

static const char *level_of(const struct report_finding *finding)
{
	if (strcmp(finding->severity, "critical") == 0 || strcmp(finding->severity, "high") == 0)
		return "error";
	return strcmp(finding->severity, "info") == 0 || check_is_gap(finding) ? "note" : "warning";
}

/* Whether it is the first of its id: a rule stands once. */
static bool is_first(const struct report *report, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (strcmp(report->findings[i].id, report->findings[index].id) == 0)
			return false;
	return true;
}

static json_t *rules_of(const struct report *report)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < report->finding_count; i++) {
		json_t *rule;

		if (!is_first(report, i))
			continue;
		rule = part_headed("id", report->findings[i].id);
		part_add(rule, "shortDescription", message(report->findings[i].id));
		if (json_array_append_new(rules, rule) != 0)
			BUG("a list that cannot grow");
	}
	return rules;
}

static json_t *location_of(const struct report *report, const struct report_finding *finding)
{
	struct place place;
	json_t *physical, *region, *location;
	char *path;

	place_of(report, finding, &place);
	path = mem_bytes(place.path, place.path_len);
	location = json_object();
	physical = json_object();
	region = json_object();
	part_add(physical, "artifactLocation", part_headed("uri", path));
	part_add_count(region, "startLine", place.line);
	part_add(physical, "region", region);
	part_add(location, "physicalLocation", physical);
	part_add(location, "message", message(finding->where));
	free(path);
	return location;
}

/* NULL without a baseline: there is nothing to compare with. */
static const char *baseline_state_of(const struct report_finding *finding)
{
	if (finding->state == NULL)
		return NULL;
	if (!baseline_knows(finding))
		return "new";
	return strcmp(finding->state, "milder") == 0 ? "updated" : "unchanged";
}

static json_t *result_of(const struct report *report, const struct report_finding *finding, const char *baseline_state, const char *fingerprint)
{
	struct buf text = BUF_OWN;
	json_t *result = part_headed("ruleId", finding->id);

	buf_printf(&text, "%s (%s)", finding->title, finding->where);
	for (size_t i = 0; i < finding->evidence_count; i++)
		buf_printf(&text, "\n%s", finding->evidence[i]);
	if (finding->fix != NULL && finding->fix[0] != '\0')
		buf_printf(&text, "\nfix: %s", finding->fix);
	part_add_text(result, "level", level_of(finding));
	if (baseline_state != NULL)
		part_add_text(result, "baselineState", baseline_state);
	part_add(result, "message", message(text.data));
	part_add(result, "locations", list_of(location_of(report, finding)));
	part_add(result, "partialFingerprints", part_headed("relayaudit/1", fingerprint));
	part_add(result, "properties", part_headed("severity", finding->severity));
	if (finding->excused != NULL) {
		json_t *suppression = part_headed("kind", "external");

		part_add_text(suppression, "justification", finding->excused);
		part_add(result, "suppressions", list_of(suppression));
	}
	buf_release(&text);
	return result;
}

/* Beside a baseline, also what is gone; not what was not asked, for its absence means nothing. */
static json_t *results_of(const struct report *report)
{
	uint64_t *identities = identities_of(report);
	json_t *results = json_array();
	char fingerprint[IDENTITY_TEXT];

	for (size_t i = 0; i < report->finding_count; i++) {
		identity_print(identities[i], fingerprint);
		if (json_array_append_new(results, result_of(report, &report->findings[i], baseline_state_of(&report->findings[i]), fingerprint)) != 0)
			BUG("a list that cannot grow");
	}
	for (size_t i = 0; report->baseline != NULL && i < report->baseline->gone_count; i++) {
		const struct report_gone *gone = &report->baseline->gone[i];

		if (gone->why == NULL && json_array_append_new(results, result_of(report, &gone->finding, "absent", gone->fingerprint)) != 0)
			BUG("a list that cannot grow");
	}
	free(identities);
	return results;
}

/* Exceptions that no longer hold, or fit nothing. */
static json_t *notifications_of(const struct report *report)
{
	json_t *list = json_array();
	struct buf lines = BUF_OWN;
	const char *rest, *line;
	size_t len;

	remark_exceptions(report, &lines);
	for (rest = lines.data; (len = remark_next(&rest, &line)) != 0;) {
		json_t *notification = part_headed("level", "warning");
		char *text = mem_bytes(line, len);

		part_add(notification, "message", message(text));
		free(text);
		if (json_array_append_new(list, notification) != 0)
			BUG("a list that cannot grow");
	}
	buf_release(&lines);
	return list;
}

static json_t *invocation_of(const struct report *report)
{
	json_t *invocation = part_headed("startTimeUtc", report->started);

	part_add_text(invocation, "endTimeUtc", report->finished);
	part_add(invocation, "exitCode", json_integer(report->status));
	part_add(invocation, "executionSuccessful", json_boolean(report->status == 0 || report->status == 1));
	part_add(invocation, "toolConfigurationNotifications", notifications_of(report));
	return invocation;
}

static void write_sarif(const struct report *report, const struct format_look *look, struct buf *to)
{
	json_t *driver = part_headed("name", "relayaudit"), *tool = json_object(), *run = json_object();

	(void)look;
	part_add_text(driver, "version", report->version);
	part_add(driver, "rules", rules_of(report));
	part_add(tool, "driver", driver);
	part_add(run, "tool", tool);
	part_add(run, "invocations", list_of(invocation_of(report)));
	part_add(run, "properties", part_headed("verdict", report->verdict));
	buf_text(to, "{\n  \"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\",\n  \"version\": \"2.1.0\",\n  \"runs\": [\n    ");
	part_add(run, "results", results_of(report));
	part_block(to, run, 4);
	buf_text(to, "\n  ]\n}\n");
}

const struct format format_sarif = {
	.name = "sarif",
	.about = "SARIF 2.1.0, for code scanning",
	.of = FORMAT_OF_AUDIT,
	.write = write_sarif,
};
