/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.c - the whole report as one JSON document
 *
 * The document is written piece by piece: a tree of all attempts would take
 * several times their text, and a fleet of servers has them by the hundred thousand.
 */
#include "base/buf.h"
#include "report/format.h"
#include "report/json_parts.h"
#include "report/model.h"

/* "schema" has been written, so that a comma goes before each. */
static void put_member(struct buf *to, const char *key, json_t *value)
{
	buf_printf(to, ",\n  \"%s\": ", key);
	part_block(to, value, 2);
}

static void put_rows(struct buf *to, const char *key, const struct report *report, size_t count,
		     json_t *(*row)(const struct report *report, size_t index))
{
	buf_printf(to, ",\n  \"%s\": [", key);
	for (size_t i = 0; i < count; i++) {
		buf_text(to, i == 0 ? "\n    " : ",\n    ");
		part_block(to, row(report, i), 4);
	}
	buf_text(to, count == 0 ? "]" : "\n  ]");
}

static json_t *target_row(const struct report *report, size_t index)
{
	return part_target(&report->targets[index]);
}

static json_t *vantage_row(const struct report *report, size_t index)
{
	return part_vantage(&report->vantages[index]);
}

static json_t *view_row(const struct report *report, size_t index)
{
	json_t *row = part_view(report, &report->views[index]);

	part_add_count(row, "first_attempt", report->views[index].first_attempt);
	return row;
}

static json_t *attempt_row(const struct report *report, size_t index)
{
	return part_attempt(&report->attempts[index]);
}

static json_t *finding_row(const struct report *report, size_t index)
{
	const struct report_finding *finding = &report->findings[index];
	json_t *row = part_finding(finding);

	if (finding->vantage != NULL)
		part_add_count(row, "view", finding->view);
	if (finding->probe != NULL)
		part_add_count(row, "attempt", finding->attempt);
	return row;
}

static json_t *grant_row(const struct report *report, size_t index)
{
	return part_grant(&report->grants[index]);
}

static json_t *client_row(const struct report *report, size_t index)
{
	return part_client(&report->clients[index]);
}

static json_t *exception_row(const struct report *report, size_t index)
{
	return part_exception(&report->exceptions[index]);
}

static json_t *merged_row(const struct report *report, size_t index)
{
	return part_merged(&report->parts[index]);
}

static void write_json(const struct report *report, const struct format_look *look, struct buf *to)
{
	(void)look;
	buf_text(to, "{\n  \"schema\": \"" PART_SCHEMA "\"");
	put_member(to, "tool", part_tool(report));
	put_member(to, "run", part_run(report));
	put_member(to, "verdict", part_text(report->verdict));
	put_member(to, "suite", part_text(report->suite));
	put_member(to, "victim", part_victim(report));
	if (report->sink != NULL)
		put_member(to, "confirm", part_confirm(report));
	put_member(to, "counts", part_counts(report));
	put_rows(to, "targets", report, report->target_count, target_row);
	put_rows(to, "vantages", report, report->vantage_count, vantage_row);
	put_rows(to, "views", report, report->view_count, view_row);
	put_rows(to, "attempts", report, report->attempt_count, attempt_row);
	/* What a configuration grants: a scan reads none. */
	put_rows(to, "grants", report, report->grant_count, grant_row);
	if (report->mta != NULL) {
		put_member(to, "configuration", part_text(report->mta));
		put_rows(to, "clients", report, report->client_count, client_row);
	}
	if (report->map != NULL)
		put_member(to, "map", part_map(report->map));
	if (report->mail != NULL)
		put_member(to, "mail", part_mail(report->mail));
	if (report->queue != NULL)
		put_member(to, "queue", part_queue(report->queue));
	put_rows(to, "findings", report, report->finding_count, finding_row);
	if (report->exception_count != 0)
		put_rows(to, "exceptions", report, report->exception_count, exception_row);
	if (report->part_count != 0)
		put_rows(to, "parts", report, report->part_count, merged_row);
	if (report->baseline != NULL)
		put_member(to, "baseline", part_baseline(report->baseline));
	buf_text(to, "\n}\n");
}

const struct format format_json = {
	.name = "json",
	.about = "everything, for programs (schema " PART_SCHEMA ")",
	.of = FORMAT_OF_AUDIT | FORMAT_OF_MAP,
	.write = write_json,
};
