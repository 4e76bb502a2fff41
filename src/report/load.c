/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.c - a JSON report read back into the model
 */
#include "report/load.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "report/baseline.h"
#include "report/build.h"
#include "report/json_parts.h"
#include "report/load_rows.h"
#include "report/load_tables.h"
#include "report/mail_build.h"
#include "report/pieces.h"
#include "report/queue_build.h"

enum {
	/* A report of ten thousand servers with a suite each has about this size. */
	FILE_MOST = 1 << 30
};

static int load_endpoints(struct load *load, const json_t *object, struct report_target *target)
{
	const json_t *array;
	size_t count;

	if (load_array(load, object, "endpoints", false, &array, &count) != 0)
		return -1;
	target->endpoints = mem_new((count + 1) * sizeof *target->endpoints);
	target->endpoint_count = count;
	for (size_t i = 0; i < count; i++)
		if (load_object(load, json_array_get(array, i), load_endpoint_rows, &target->endpoints[i]) != 0)
			return -1;
	return 0;
}

static int load_target(struct load *load, const json_t *object, struct report *report, size_t index)
{
	if (load_object(load, object, load_target_rows, &report->targets[index]) != 0)
		return -1;
	return load_endpoints(load, object, &report->targets[index]);
}

static int load_vantage(struct load *load, const json_t *object, struct report *report, size_t index)
{
	return load_object(load, object, load_vantage_rows, &report->vantages[index]);
}

/* Views stand in the order of their targets. */
static int load_view(struct load *load, const json_t *object, struct report *report, size_t index)
{
	struct report_view *view = &report->views[index];
	const char *target = json_string_value(json_object_get(object, "target")), *vantage = json_string_value(json_object_get(object, "vantage"));

	if (load_object(load, object, load_view_rows, view) != 0)
		return -1;
	view->target = index != 0 ? report->views[index - 1].target : 0;
	while (target != NULL && view->target < report->target_count && strcmp(report->targets[view->target].host, target) != 0)
		view->target++;
	while (vantage != NULL && view->vantage < report->vantage_count && strcmp(report->vantages[view->vantage].name, vantage) != 0)
		view->vantage++;
	if (target == NULL || view->target >= report->target_count)
		return load_fail(load, "target", "is no target, or not in the order of the targets");
	if (vantage == NULL || view->vantage >= report->vantage_count)
		return load_fail(load, "vantage", "is no vantage");
	if (view->controls > view->attempt_count)
		return load_fail(load, "controls", "are more than the attempts");
	return 0;
}

static int load_attempt(struct load *load, const json_t *object, struct report *report, size_t index)
{
	return load_object(load, object, load_attempt_rows, &report->attempts[index]);
}

/* Where it stands among views, attempts and targets. */
static int place_finding(struct load *load, struct report *report, struct report_finding *finding)
{
	if ((finding->vantage != NULL) != (finding->endpoint != NULL) || (finding->probe != NULL && finding->vantage == NULL))
		return load_fail(load, "vantage", "and endpoint and probe do not go together");
	if (finding->vantage != NULL && (finding->target == NULL || finding->view >= report->view_count))
		return load_fail(load, "view", "is no place in views");
	if (finding->probe != NULL && (finding->attempt >= report->attempt_count || report->attempts[finding->attempt].why == NULL))
		return load_fail(load, "attempt", "is no place of a judged attempt");
	if (finding->vantage != NULL)
		finding->target_index = report->views[finding->view].target;
	if (finding->target == NULL || strcmp(report->targets[finding->target_index].host, finding->target) == 0)
		return 0;
	for (finding->target_index = 0; finding->target_index < report->target_count; finding->target_index++)
		if (strcmp(report->targets[finding->target_index].host, finding->target) == 0)
			return 0;
	return load_fail(load, "target", "is no target");
}

static int load_finding(struct load *load, const json_t *object, struct report *report, size_t index)
{
	struct report_finding *finding = &report->findings[index];
	const json_t *excused = json_object_get(object, "excused"), *standing = json_object_get(object, "baseline");

	if (load_object(load, object, load_finding_rows, finding) != 0 || (excused != NULL && load_object(load, excused, load_excused_rows, finding) != 0) ||
	    (standing != NULL && load_object(load, standing, load_standing_rows, finding) != 0))
		return -1;
	/* Most findings stand near others of their target. */
	if (finding->target != NULL && report->target_count == 0)
		return load_fail(load, "target", "is no target");
	finding->target_index = index != 0 && report->target_count != 0 ? report->findings[index - 1].target_index : 0;
	return place_finding(load, report, finding);
}

static int load_grant(struct load *load, const json_t *object, struct report *report, size_t index)
{
	struct report_grant *grant = &report->grants[index];

	if (load_object(load, object, load_grant_rows, grant) != 0)
		return -1;
	return grant->in_force || grant->idle_because != NULL ? 0 : load_fail(load, "idle_because", "is missing");
}

static int load_client(struct load *load, const json_t *object, struct report *report, size_t index)
{
	struct report_client *client = &report->clients[index];
	const json_t *array;

	if (load_object(load, object, load_client_rows, client) != 0 ||
	    load_array(load, object, "other_services", false, &array, &client->other_count) != 0)
		return -1;
	client->others = mem_new((client->other_count + 1) * sizeof *client->others);
	for (size_t i = 0; i < client->other_count; i++)
		if (load_object(load, json_array_get(array, i), load_reply_rows, &client->others[i]) != 0)
			return -1;
	return 0;
}

static int load_exception(struct load *load, const json_t *object, struct report *report, size_t index)
{
	return load_object(load, object, load_exception_rows, &report->exceptions[index]);
}

static int load_merged(struct load *load, const json_t *object, struct report *report, size_t index)
{
	return load_object(load, object, load_part_rows, &report->parts[index]);
}

/* The lists of a document, each of which may lead to those before. */
static const struct list {
	const char *key;
	size_t rows;            /* where the model has them, and their number */
	size_t count;
	size_t size;
	bool absent;            /* it may be */
	int (*load)(struct load *load, const json_t *object, struct report *report, size_t index);
} lists[] = {
#define LIST(key, rows, count, type, absent, load) { key, offsetof(struct report, rows), offsetof(struct report, count), sizeof(struct type), absent, load }
	LIST("targets", targets, target_count, report_target, false, load_target),
	LIST("vantages", vantages, vantage_count, report_vantage, false, load_vantage),
	LIST("views", views, view_count, report_view, false, load_view),
	LIST("attempts", attempts, attempt_count, report_attempt, false, load_attempt),
	LIST("findings", findings, finding_count, report_finding, false, load_finding),
	LIST("grants", grants, grant_count, report_grant, false, load_grant),
	LIST("clients", clients, client_count, report_client, true, load_client),
	LIST("exceptions", exceptions, exception_count, report_exception, true, load_exception),
	LIST("parts", parts, part_count, report_part, true, load_merged),
};

enum { LISTS = sizeof lists / sizeof *lists };

/* A document: its lists as text, each element of which becomes a tree for as long as it is read, and what is left as one tree. */
struct cut {
	json_t *rest;           /* with an empty list in place of each */
	struct piece lists[LISTS];
};

static json_t *read_piece(const struct piece *piece)
{
	json_error_t error;

	return json_loadb(piece->start, piece->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
}

static int load_element(struct load *load, const struct list *list, const struct piece *piece, struct report *report, size_t index)
{
	json_t *element = read_piece(piece);
	int result;

	load_enter(load, list->key, index);
	load->torn = element == NULL;
	result = load->torn ? -1 : list->load(load, element, report, index);
	json_decref(element);
	return result;
}

static int load_list(struct load *load, const struct cut *cut, size_t which, struct report *report)
{
	const struct list *list = &lists[which];
	const json_t *array;
	struct pieces pieces;
	struct piece piece;
	size_t count = 0;
	void *rows;

	if (load_array(load, cut->rest, list->key, list->absent, &array, &count) != 0)
		return -1;
	pieces = pieces_of(cut->lists[which].start, cut->lists[which].len, '[');
	while (pieces_next(&pieces, &piece))
		count++;
	load->torn = pieces.broken && array != NULL;
	if (load->torn)
		return -1;
	rows = mem_new((count + 1) * list->size);
	memcpy((char *)report + list->rows, &rows, sizeof rows);
	pieces = pieces_of(cut->lists[which].start, cut->lists[which].len, '[');
	for (size_t i = 0; pieces_next(&pieces, &piece); i++) {
		/* What was begun is released with the rest. */
		size_t begun = i + 1;

		memcpy((char *)report + list->count, &begun, sizeof begun);
		if (load_element(load, list, &piece, report, i) != 0)
			return -1;
	}
	load->at[0] = '\0';
	return 0;
}

/* Attempts are a run of the report's for each view. */
static int check_views(struct load *load, const struct report *report)
{
	for (size_t i = 0; i < report->view_count; i++) {
		const struct report_view *view = &report->views[i];

		load_enter(load, "views", i);
		if (view->first_attempt > report->attempt_count || view->attempt_count > report->attempt_count - view->first_attempt)
			return load_fail(load, "first_attempt", "and its attempt_count lead out of attempts");
	}
	load->at[0] = '\0';
	return 0;
}

/* What formats draw by the command that made the report has to be there. */
static int check_sections(struct load *load, const struct report *report)
{
	const struct {
		const char *command;
		const char *key;
		bool there;
	} rows[] = {
		{ "map", "map", report->map != NULL },
		{ "log", "mail", report->mail != NULL },
		{ "queue", "queue", report->queue != NULL },
		{ "config", "configuration", report->mta != NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(report->command, rows[i].command) == 0 && !rows[i].there)
			return load_fail(load, rows[i].key, "is missing in a report of that command");
	return 0;
}

/* A relay that a scan found is that of an attempt from a vantage; a map finds networks. */
static int check_findings(struct load *load, const struct report *report)
{
	static const char *const ids[] = { "relay", "accepted-unproven", "relay-limited", "relay-refused" };

	for (size_t i = 0; i < report->finding_count && report->map == NULL; i++)
		for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
			const struct report_finding *finding = &report->findings[i];

			load_enter(load, "findings", i);
			if (strcmp(finding->id, ids[k]) == 0 && (finding->vantage == NULL || (finding->probe == NULL && k < 3)))
				return load_fail(load, "probe", "is missing, and so is a map");
		}
	load->at[0] = '\0';
	return 0;
}

static int load_part(struct load *load, const json_t *document, const char *key, const struct load_row *rows, struct report *report)
{
	const json_t *object = json_object_get(document, key);

	/* Which of them may be so, the rows of the document say. */
	if (object == NULL || (json_is_null(object) && strcmp(key, "victim") == 0))
		return 0;
	snprintf(load->at, sizeof load->at, "%s.", key);
	if (load_object(load, object, rows, report) != 0)
		return -1;
	load->at[0] = '\0';
	return 0;
}

static int say_other(struct load *load)
{
	return load_fail(load, "schema", "is not " PART_SCHEMA ": it is no report of relayaudit, or of another version");
}

static int load_document(struct load *load, const struct cut *cut, struct report *report)
{
	const json_t *document = cut->rest, *schema = json_object_get(document, "schema");
	const struct {
		const char *key;
		const struct load_row *rows;
	} parts[] = {
		{ "tool", load_tool_rows },	  { "run", load_run_rows },	  { "victim", load_victim_rows },
		{ "confirm", load_confirm_rows }, { "counts", load_count_rows },
	};

	if (!json_is_string(schema) || strcmp(json_string_value(schema), PART_SCHEMA) != 0)
		return say_other(load);
	if (load_object(load, document, load_document_rows, report) != 0)
		return -1;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (load_part(load, document, parts[i].key, parts[i].rows, report) != 0)
			return -1;
	for (size_t i = 0; i < LISTS; i++)
		if (load_list(load, cut, i, report) != 0)
			return -1;
	if (json_object_get(document, "map") != NULL && (load_map(load, json_object_get(document, "map"), report) != 0 || report->target_count == 0))
		return report->target_count != 0 ? -1 : load_fail(load, "map", "is of no target");
	if (json_object_get(document, "mail") != NULL && load_mail(load, json_object_get(document, "mail"), report) != 0)
		return -1;
	if (json_object_get(document, "queue") != NULL && load_queue(load, json_object_get(document, "queue"), report) != 0)
		return -1;
	return check_sections(load, report) != 0 || check_views(load, report) != 0 || check_findings(load, report) != 0 ?
		       -1 :
		       load_baseline(load, json_object_get(document, "baseline"), report);
}

static void read_clock(struct report *report)
{
	struct tm moment = { .tm_isdst = 0 };

	if (strptime(report->finished, "%Y-%m-%dT%H:%M:%SZ", &moment) != NULL)
		report->finished_at = (long long)timegm(&moment);
}

/* A list stays text, if it is one. */
static int cut_member(struct cut *cut, const struct piece *key, const struct piece *value)
{
	json_t *name = read_piece(key), *tree = NULL;
	const char *text = json_string_value(name);
	int result = -1;

	if (text != NULL && json_object_get(cut->rest, text) == NULL) {
		for (size_t i = 0; i < LISTS && *value->start == '['; i++)
			if (strcmp(lists[i].key, text) == 0) {
				cut->lists[i] = *value;
				tree = json_array();
			}
		tree = tree != NULL ? tree : read_piece(value);
		result = tree != NULL ? json_object_set_new(cut->rest, text, tree) : -1;
	}
	json_decref(name);
	return result;
}

static int cut_document(const struct buf *text, struct cut *cut)
{
	struct pieces members = pieces_of(text->data, text->len, '{');
	struct piece key, value;

	*cut = (struct cut){ .rest = json_object() };
	for (size_t i = 0; i < LISTS; i++)
		cut->lists[i] = (struct piece){ "", 0 };
	while (pieces_next_member(&members, &key, &value))
		if (cut_member(cut, &key, &value) != 0)
			return -1;
	return members.broken ? -1 : 0;
}

/* As one tree, which tells the line and the column, or that it is JSON and no object. */
static void say_torn(struct load *load, const struct buf *text)
{
	json_error_t error;
	json_t *document = json_loadb(text->data, text->len, JSON_REJECT_DUPLICATES, &error);
	struct buf shown = BUF_INIT(150);

	/* It quotes the file. */
	text_escape(&shown, error.text, strlen(error.text));
	if (document == NULL)
		err_set(load->err, ERR_SYNTAX, "%.200s:%d:%d: this is no JSON: %s", load->path, error.line, error.column, shown.data);
	else
		say_other(load);
	buf_release(&shown);
	json_decref(document);
}

int loaded_parse(const char *path, const struct buf *text, struct loaded *loaded, struct err *err)
{
	struct load load = { .path = path, .err = err };
	struct cut cut;
	int result;

	json_set_alloc_funcs(mem_new, free);
	*loaded = (struct loaded){ .path = path, .texts = pool_new() };
	load.texts = loaded->texts;
	load.torn = cut_document(text, &cut) != 0;
	result = load.torn ? -1 : load_document(&load, &cut, &loaded->report);
	json_decref(cut.rest);
	if (load.torn)
		say_torn(&load, text);
	if (result != 0)
		loaded_release(loaded);
	else
		read_clock(&loaded->report);
	return result;
}

int loaded_read(const char *path, struct loaded *loaded, struct err *err)
{
	struct buf text = BUF_INIT(FILE_MOST);
	int result = file_read(path, &text, err) != 0 ? -1 : loaded_parse(path, &text, loaded, err);

	buf_release(&text);
	return result;
}

void loaded_release(struct loaded *loaded)
{
	struct report *report = &loaded->report;

	baseline_release(report);
	for (size_t i = 0; i < report->target_count; i++)
		free(report->targets[i].domains);
	for (size_t i = 0; i < report->finding_count; i++)
		free((void *)(uintptr_t)report->findings[i].evidence);
	if (report->queue != NULL) {
		free(report->queue->sources);
		report_free_queue(report);
	}
	if (report->mail != NULL) {
		free(report->mail->sources);
		report_release_mail(report);
	} else {
		report_release(report);
	}
	pool_free(loaded->texts);
	loaded->texts = NULL;
}
