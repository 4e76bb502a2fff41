/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_queue.c - what listings of a queue say, read back
 */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "report/load_rows.h"
#include "report/model.h"

#define AT(member) offsetof(struct report_queue, member)
#define COUNT_AT(member) offsetof(struct report_waiting_count, member)
#define WAITING_AT(member) offsetof(struct report_waiting, member)
#define COMMAND_AT(member) offsetof(struct report_command, member)

static const char *const kinds[] = { "strangers", "bounce", NULL };

static const struct load_row queue_rows[] = {
	{ "messages", LOAD_COUNT, AT(messages), 0, 0, NULL },
	{ "own", LOAD_COUNT, AT(own), 0, 0, NULL },
	{ "not_judged", LOAD_COUNT, AT(not_judged), 0, 0, NULL },
	{ "strangers", LOAD_OTHER, 0, 0, 0, NULL },
	{ "bounces", LOAD_OTHER, 0, 0, 0, NULL },
	{ "senders", LOAD_OTHER, 0, 0, 0, NULL },
	{ "domains", LOAD_OTHER, 0, 0, 0, NULL },
	{ "waiting", LOAD_OTHER, 0, 0, 0, NULL },
	{ "waiting_left_out", LOAD_COUNT, AT(rows_left_out), 0, 0, NULL },
	{ "commands", LOAD_OTHER, 0, 0, 0, NULL },
	{ "lines", LOAD_COUNT, AT(lines), 0, 0, NULL },
	{ "lines_not_understood", LOAD_COUNT, AT(lines_not_understood), 0, 0, NULL },
	{ "sources", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row count_rows[] = {
	{ "first", LOAD_STAMP, COUNT_AT(first), LOAD_NULL, 0, NULL },
	{ "last", LOAD_STAMP, COUNT_AT(last), LOAD_NULL, 0, NULL },
	{ "messages", LOAD_COUNT, COUNT_AT(messages), 0, 0, NULL },
	{ "held", LOAD_COUNT, COUNT_AT(held), 0, 0, NULL },
	{ "recipients", LOAD_COUNT, COUNT_AT(recipients), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row waiting_rows[] = {
	{ "id", LOAD_TEXT, WAITING_AT(id), 0, 0, NULL },
	{ "mta", LOAD_TEXT, WAITING_AT(mta), 0, 0, NULL },
	{ "kind", LOAD_WORD, WAITING_AT(kind), 0, 0, kinds },
	{ "sender", LOAD_TEXT, WAITING_AT(sender), LOAD_NULL, 0, NULL },
	{ "domain", LOAD_TEXT, WAITING_AT(domain), LOAD_NULL, 0, NULL },
	{ "recipients", LOAD_COUNT, WAITING_AT(recipients), 0, 0, NULL },
	{ "others", LOAD_COUNT, WAITING_AT(others), 0, 0, NULL },
	{ "since", LOAD_STAMP, WAITING_AT(since), LOAD_NULL, 0, NULL },
	{ "held", LOAD_FLAG, WAITING_AT(held), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row command_rows[] = {
	{ "mta", LOAD_TEXT, COMMAND_AT(mta), 0, 0, NULL },
	{ "kind", LOAD_WORD, COMMAND_AT(kind), 0, 0, kinds },
	{ "does", LOAD_TEXT, COMMAND_AT(does), 0, 0, NULL },
	{ "command", LOAD_TEXT, COMMAND_AT(command), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static int load_waiting(struct load *load, const json_t *object, struct report_queue *queue)
{
	const json_t *array;

	if (load_array(load, object, "waiting", false, &array, &queue->row_count) != 0)
		return -1;
	queue->rows = mem_new((queue->row_count + 1) * sizeof *queue->rows);
	for (size_t i = 0; i < queue->row_count; i++)
		if (load_object(load, json_array_get(array, i), waiting_rows, &queue->rows[i]) != 0)
			return -1;
	return 0;
}

static int load_commands(struct load *load, const json_t *object, struct report_queue *queue)
{
	const json_t *array;

	if (load_array(load, object, "commands", false, &array, &queue->command_count) != 0)
		return -1;
	queue->commands = mem_new((queue->command_count + 1) * sizeof *queue->commands);
	for (size_t i = 0; i < queue->command_count; i++)
		if (load_object(load, json_array_get(array, i), command_rows, &queue->commands[i]) != 0)
			return -1;
	return 0;
}

int load_queue(struct load *load, const json_t *object, struct report *report)
{
	static const char *const counts[REPORT_WAITING] = { "strangers", "bounces" };
	struct report_queue *queue = report->queue = mem_new(sizeof *queue);

	/* The report does not say it; without any, what it counts is told in its findings. */
	queue->domains_known = true;
	snprintf(load->at, sizeof load->at, "queue.");
	if (load_object(load, object, queue_rows, queue) != 0 || load_waiting(load, object, queue) != 0 || load_commands(load, object, queue) != 0 ||
	    load_sources(load, object, &queue->sources, &queue->source_count) != 0 ||
	    load_counts(load, "senders", json_object_get(object, "senders"), false, &queue->senders) != 0 ||
	    load_counts(load, "domains", json_object_get(object, "domains"), false, &queue->domains) != 0)
		return -1;
	for (size_t i = 0; i < REPORT_WAITING; i++) {
		snprintf(load->at, sizeof load->at, "queue.%s.", counts[i]);
		if (load_object(load, json_object_get(object, counts[i]), count_rows, &queue->counts[i]) != 0)
			return -1;
	}
	load->at[0] = '\0';
	return 0;
}
