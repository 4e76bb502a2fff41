/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_json.c - what waits, as JSON
 */
#include "base/mem.h"
#include "report/json_parts.h"
#include "report/model.h"

static void add_stamp(json_t *object, const char *key, const char *stamp)
{
	part_add_text(object, key, *stamp != '\0' ? stamp : NULL);
}

static void append(json_t *list, json_t *row)
{
	if (json_array_append_new(list, row) != 0)
		BUG("a list that cannot grow");
}

static json_t *part_count(const struct report_waiting_count *count)
{
	json_t *row = part_headed("first", *count->first ? count->first : NULL);

	add_stamp(row, "last", count->last);
	part_add_count(row, "messages", count->messages);
	part_add_count(row, "held", count->held);
	part_add_count(row, "recipients", count->recipients);
	return row;
}

static json_t *part_waiting(const struct report_waiting *waiting)
{
	json_t *row = part_headed("id", waiting->id);

	part_add_text(row, "mta", waiting->mta);
	part_add_text(row, "kind", waiting->kind);
	part_add_text(row, "sender", waiting->sender);
	part_add_text(row, "domain", waiting->domain);
	part_add_count(row, "recipients", waiting->recipients);
	part_add_count(row, "others", waiting->others);
	add_stamp(row, "since", waiting->since);
	part_add(row, "held", json_boolean(waiting->held));
	return row;
}

static json_t *part_command(const struct report_command *command)
{
	json_t *row = part_headed("mta", command->mta);

	part_add_text(row, "kind", command->kind);
	part_add_text(row, "does", command->does);
	part_add_text(row, "command", command->command);
	return row;
}

json_t *part_queue(const struct report_queue *queue)
{
	json_t *row = json_object(), *waiting = json_array(), *commands = json_array(), *sources = json_array();

	part_add_count(row, "messages", queue->messages);
	part_add_count(row, "own", queue->own);
	part_add_count(row, "not_judged", queue->not_judged);
	part_add(row, "strangers", part_count(&queue->counts[0]));
	part_add(row, "bounces", part_count(&queue->counts[1]));
	part_add(row, "senders", part_tally(&queue->senders));
	part_add(row, "domains", part_tally(&queue->domains));
	for (size_t i = 0; i < queue->row_count; i++)
		append(waiting, part_waiting(&queue->rows[i]));
	for (size_t i = 0; i < queue->command_count; i++)
		append(commands, part_command(&queue->commands[i]));
	for (size_t i = 0; i < queue->source_count; i++)
		append(sources, part_source(&queue->sources[i]));
	part_add(row, "waiting", waiting);
	part_add_count(row, "waiting_left_out", queue->rows_left_out);
	part_add(row, "commands", commands);
	part_add_count(row, "lines", queue->lines);
	part_add_count(row, "lines_not_understood", queue->lines_not_understood);
	part_add(row, "sources", sources);
	return row;
}
