/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_JSON_PARTS_H
#define REPORT_JSON_PARTS_H

/*
 * The pieces of a report as JSON objects, and their text: what the formats json
 * and ndjson have in common.  Keys and their order are those of the schema
 * relayaudit-report/1 (docs/relayaudit-report-1.schema.json).
 *
 * Each function returns a new object, the caller's to release: part_block() and
 * part_line() do.  None of them fails; what the heap refuses ends the process in
 * base/mem.c.
 */

#include <stddef.h>
#include <jansson.h>

/* The value of "schema", and the schema's name. */
#define PART_SCHEMA "relayaudit-report/1"

struct buf;
struct report;
struct report_attempt;
struct report_baseline;
struct report_client;
struct report_endpoint;
struct report_exception;
struct report_finding;
struct report_map;
struct report_part;
struct report_grant;
struct report_mail;
struct report_queue;
struct report_source;
struct report_stray;
struct report_counts;
struct report_target;
struct report_vantage;
struct report_view;

json_t *part_run(const struct report *report);
json_t *part_tool(const struct report *report);
/* What became of test messages; only where report->sink is set. */
json_t *part_confirm(const struct report *report);
json_t *part_victim(const struct report *report);       /* null where there is none */
json_t *part_counts(const struct report *report);
json_t *part_target(const struct report_target *target);
json_t *part_vantage(const struct report_vantage *vantage);
json_t *part_view(const struct report *report, const struct report_view *view);
json_t *part_attempt(const struct report_attempt *attempt);
json_t *part_finding(const struct report_finding *finding);
json_t *part_map(const struct report_map *map);                 /* map_json.c */
json_t *part_grant(const struct report_grant *grant);
json_t *part_client(const struct report_client *client);
json_t *part_mail(const struct report_mail *mail);               /* mail_json.c */
json_t *part_stray(const struct report_stray *stray);           /* mail_json.c */
json_t *part_source(const struct report_source *source);        /* mail_json.c */
json_t *part_tally(const struct report_counts *counts);         /* mail_json.c: {"text": count} */
json_t *part_queue(const struct report_queue *queue);           /* queue_json.c */
json_t *part_baseline(const struct report_baseline *baseline);   /* baseline_json.c */
json_t *part_standing(const struct report_finding *finding);     /* baseline_json.c: beside the baseline */
json_t *part_merged(const struct report_part *run);             /* a run that was merged */
json_t *part_exception(const struct report_exception *exception);

/* NULL becomes null; what is not printable ASCII is escaped as in base/text.h. */
json_t *part_text(const char *text);

/* An object with that one member, for others to follow. */
json_t *part_headed(const char *key, const char *text);

void part_add(json_t *object, const char *key, json_t *value);          /* takes the value */
void part_add_text(json_t *object, const char *key, const char *text);
void part_add_count(json_t *object, const char *key, size_t count);

/* All members of `other` behind those of `object`; `other` is released. */
void part_join(json_t *object, json_t *other);

/*
 * Adds the text of a value and releases it.  A block is indented by two, and all
 * of its lines but the first by `margin` more, at most 8; a line ends with a line end.
 */
void part_block(struct buf *to, json_t *value, size_t margin);
void part_line(struct buf *to, json_t *value);

#endif
