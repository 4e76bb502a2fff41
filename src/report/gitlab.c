/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gitlab.c - the findings as a code quality report, the subset of Code Climate's
 * format that GitLab reads
 *
 * It knows no way to say that something is borne: what is, is left out.  What stood in
 * the baseline is for information; what is gone is gone here, too.  An exception that no
 * longer holds is an issue where it is written.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/baseline.h"
#include "report/format.h"
#include "report/identity.h"
#include "report/json_parts.h"
#include "report/model.h"
#include "report/place.h"

static const char *severity_of(const struct report_finding *finding)
{
	static const struct {
		const char *ours, *theirs;
	} rows[] = { { "critical", "blocker" }, { "high", "critical" }, { "medium", "major" }, { "low", "minor" } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].ours, finding->severity) == 0)
			return rows[i].theirs;
	return "info";
}

static json_t *issue_of(const struct report *report, const struct report_finding *finding, uint64_t identity)
{
	char fingerprint[IDENTITY_TEXT];
	struct buf description = BUF_OWN;
	struct place place;
	json_t *issue, *location, *lines;
	char *path;

	place_of(report, finding, &place);
	identity_print(identity, fingerprint);
	buf_printf(&description, "%s (%s)", finding->title, finding->where);
	if (finding->state != NULL)
		buf_printf(&description, ": %s", baseline_phrase(finding));
	issue = part_headed("description", description.data);
	buf_release(&description);
	part_add_text(issue, "check_name", finding->id);
	part_add_text(issue, "fingerprint", fingerprint);
	part_add_text(issue, "severity", baseline_knows(finding) ? "info" : severity_of(finding));
	path = mem_bytes(place.path, place.path_len);
	location = part_headed("path", path);
	free(path);
	lines = json_object();
	part_add_count(lines, "begin", place.line);
	part_add(location, "lines", lines);
	part_add(issue, "location", location);
	return issue;
}

static void write_gitlab(const struct report *report, const struct format_look *look, struct buf *to)
{
	uint64_t *identities = identities_of(report);
	const char *before = "[\n  ";

	(void)look;
	for (size_t i = 0; i < report->finding_count; i++) {
		if (report->findings[i].excused != NULL)
			continue;
		buf_text(to, before);
		part_block(to, issue_of(report, &report->findings[i], identities[i]), 2);
		before = ",\n  ";
	}
	buf_text(to, strcmp(before, "[\n  ") == 0 ? "[]\n" : "\n]\n");
	free(identities);
}

const struct format format_gitlab = {
	.name = "gitlab",
	.about = "a code quality report for GitLab",
	.of = FORMAT_OF_AUDIT,
	.write = write_gitlab,
};
