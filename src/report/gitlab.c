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

static void put_place(json_t *issue, const struct place *place)
{
	char *path = mem_bytes(place->path, place->path_len);
	json_t *location = part_headed("path", path), *lines = json_object();

	part_add_count(lines, "begin", place->line);
	part_add(location, "lines", lines);
	part_add(issue, "location", location);
	free(path);
}

static json_t *issue_of(const struct report *report, const struct report_finding *finding, uint64_t identity)
{
	char fingerprint[IDENTITY_TEXT];
	struct buf description = BUF_OWN;
	struct place place;
	json_t *issue;

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
	put_place(issue, &place);
	return issue;
}

/* One that no longer holds or fits nothing, at its own line. */
static json_t *issue_of_exception(const struct report_exception *exception)
{
	const char *colon = strrchr(exception->source, ':');
	struct place place = { exception->source, colon != NULL ? (size_t)(colon - exception->source) : strlen(exception->source),
			       colon != NULL ? strtoul(colon + 1, NULL, 10) : 1 };
	char *description = mem_printf("the exception of %s at %s %s: %s", exception->finding, exception->where != NULL ? exception->where : "*",
				       strcmp(exception->state, "expired") == 0 ? "has expired" : "fits nothing", exception->reason);
	json_t *issue = part_headed("description", description);
	char fingerprint[IDENTITY_TEXT];

	identity_print(identity_of_text(description), fingerprint);
	part_add_text(issue, "check_name", "exception");
	part_add_text(issue, "fingerprint", fingerprint);
	part_add_text(issue, "severity", "info");
	put_place(issue, &place);
	free(description);
	return issue;
}

static void put_issue(struct buf *to, size_t *count, json_t *issue)
{
	buf_text(to, (*count)++ == 0 ? "[\n  " : ",\n  ");
	part_block(to, issue, 2);
}

static void write_gitlab(const struct report *report, const struct format_look *look, struct buf *to)
{
	uint64_t *identities = identities_of(report);
	size_t count = 0;

	(void)look;
	for (size_t i = 0; i < report->finding_count; i++)
		if (report->findings[i].excused == NULL)
			put_issue(to, &count, issue_of(report, &report->findings[i], identities[i]));
	for (size_t i = 0; i < report->exception_count; i++)
		if (strcmp(report->exceptions[i].state, "used") != 0)
			put_issue(to, &count, issue_of_exception(&report->exceptions[i]));
	buf_text(to, count == 0 ? "[]\n" : "\n]\n");
	free(identities);
}

const struct format format_gitlab = {
	.name = "gitlab",
	.about = "a code quality report for GitLab",
	.of = FORMAT_OF_AUDIT,
	.write = write_gitlab,
};
