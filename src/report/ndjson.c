/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ndjson.c - a JSON object a line, from the first settled attempt on
 *
 * Lines of type "attempt" come as attempts settle, in no order and with no
 * verdict yet, for that takes the controls; findings, views and the run follow at
 * the end.  A stream whose last line is not of type "run" was cut off.  The
 * objects are those of the schema, without the members that count places in its arrays.
 */
#include "base/buf.h"
#include "base/mem.h"
#include "report/format.h"
#include "report/json_parts.h"
#include "report/model.h"

static void put_line(struct buf *to, const char *type, json_t *part)
{
	json_t *line = part_headed("type", type);

	part_join(line, part);
	part_line(to, line);
}

static void write_attempt(const struct report_attempt *attempt, struct buf *to)
{
	put_line(to, "attempt", part_attempt(attempt));
}

static void write_stray(const struct report_stray *stray, struct buf *to)
{
	put_line(to, "message", part_stray(stray));
}

static json_t *part_exceptions(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->exception_count; i++)
		if (json_array_append_new(list, part_exception(&report->exceptions[i])) != 0)
			BUG("a list that cannot grow");
	return list;
}

static json_t *part_parts(const struct report *report)
{
	json_t *list = json_array();

	for (size_t i = 0; i < report->part_count; i++)
		if (json_array_append_new(list, part_merged(&report->parts[i])) != 0)
			BUG("a list that cannot grow");
	return list;
}

static json_t *part_summary(const struct report *report)
{
	json_t *summary = part_headed("schema", PART_SCHEMA);

	part_add(summary, "tool", part_tool(report));
	part_join(summary, part_run(report));
	part_add_text(summary, "verdict", report->verdict);
	part_add_text(summary, "suite", report->suite);
	part_add(summary, "victim", part_victim(report));
	if (report->sink != NULL)
		part_add(summary, "confirm", part_confirm(report));
	part_add(summary, "counts", part_counts(report));
	if (report->mail != NULL)
		part_add(summary, "mail", part_mail(report->mail));
	if (report->queue != NULL)
		part_add(summary, "queue", part_queue(report->queue));
	if (report->exception_count != 0)
		part_add(summary, "exceptions", part_exceptions(report));
	if (report->part_count != 0)
		part_add(summary, "parts", part_parts(report));
	if (report->baseline != NULL)
		part_add(summary, "baseline", part_baseline(report->baseline));
	return summary;
}

static void write_ndjson(const struct report *report, const struct format_look *look, struct buf *to)
{
	(void)look;
	for (size_t i = 0; i < report->finding_count; i++)
		put_line(to, "finding", part_finding(&report->findings[i]));
	for (size_t i = 0; i < report->grant_count; i++)
		put_line(to, "grant", part_grant(&report->grants[i]));
	for (size_t i = 0; i < report->client_count; i++)
		put_line(to, "client", part_client(&report->clients[i]));
	for (size_t i = 0; i < report->view_count; i++)
		put_line(to, "view", part_view(report, &report->views[i]));
	put_line(to, "run", part_summary(report));
}

const struct format format_ndjson = {
	.name = "ndjson",
	.about = "a JSON object a line, each attempt as soon as it is settled",
	.of = FORMAT_OF_AUDIT,
	.write = write_ndjson,
	.attempt = write_attempt,
	.stray = write_stray,
};
