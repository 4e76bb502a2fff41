/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_queue.c - postqueue -j, and postqueue -p, which is mailq
 *
 *	{"queue_name": "deferred", "queue_id": "372FB6E", "arrival_time": 1795819609, ..., "sender": "s@x",
 *	 "recipients": [{"address": "r@y", "delay_reason": "..."}]}
 *
 *	-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------
 *	372FB6E*        477 Fri Nov 27 22:46:49  s@x
 *	(why it waits)
 *	                                         r@y
 *
 *	-- 2 Kbytes in 5 Requests.
 *
 * The null sender is MAILER-DAEMON in both.
 */
#include "mta/queue.h"

#include <string.h>

#include <jansson.h>

enum { RECIPIENT_COLUMN = 41 };

static const char null_sender[] = "MAILER-DAEMON";

static struct slice text_of(const json_t *value)
{
	return json_is_string(value) ? (struct slice){ json_string_value(value), json_string_length(value) } : SLICE_NONE;
}

static enum queue_sense read_object(struct queues *queues, const json_t *object)
{
	const json_t *sender = json_object_get(object, "sender"), *recipients = json_object_get(object, "recipients"), *row;
	struct queue_item item = { .id = text_of(json_object_get(object, "queue_id")), .sender = text_of(sender) };
	size_t i;

	if (!queue_is_id(item.id) || !json_is_string(sender) || !json_is_array(recipients))
		return QUEUE_BROKEN;
	json_array_foreach(recipients, i, row)
		if (!json_is_string(json_object_get(row, "address")))
			return QUEUE_BROKEN;
	item.taken = (time_t)json_integer_value(json_object_get(object, "arrival_time"));
	item.held = slice_is(text_of(json_object_get(object, "queue_name")), "hold");
	if (slice_is(item.sender, null_sender))
		item.sender = SLICE_NONE;
	queues_item(queues, &item);
	/* This way of listing has no total. */
	queues->headed = false;
	json_array_foreach(recipients, i, row)
		queues_recipient(queues, text_of(json_object_get(row, "address")), true, false, false);
	queues->open = false;
	queues->items = 0;
	return QUEUE_FINE;
}

static enum queue_sense read_json(struct queues *queues, struct slice line)
{
	json_t *object = json_loadb(line.at, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	enum queue_sense sense = QUEUE_BROKEN;

	if (object != NULL)
		sense = read_object(queues, object);
	json_decref(object);
	return sense;
}

/* "372FB6E*        477 Fri Nov 27 22:46:49  s@x" */
static enum queue_sense read_head(struct queues *queues, struct slice line)
{
	struct slice rest = line;
	struct queue_item item = { .id = slice_word(&rest) };

	/* Active, held, to be bounced at its next try; "!#" is both of them. */
	while (item.id.len != 0 && strchr("*!#", item.id.at[item.id.len - 1]) != NULL)
		item.held = item.id.at[--item.id.len] == '!' || item.held;
	queue_blanks(&rest);
	if (slice_digits(&rest) < 0 || !slice_skip(&rest, " ") || !queue_time(&rest, queues->now, &item.taken) || !slice_skip(&rest, "  "))
		return QUEUE_FOREIGN;
	if (!queue_is_id(item.id) || rest.len == 0)
		return QUEUE_BROKEN;
	item.sender = slice_is(rest, null_sender) ? SLICE_NONE : rest;
	queues_item(queues, &item);
	return QUEUE_FINE;
}

/* "-- 2 Kbytes in 5 Requests." */
static enum queue_sense read_total(struct queues *queues, struct slice rest)
{
	struct slice before;
	long total;

	if (!slice_cut(&rest, " Kbytes in ", &before))
		return QUEUE_FOREIGN;
	total = slice_digits(&rest);
	if (total < 0 || !slice_starts(rest, " Request"))
		return QUEUE_BROKEN;
	queues_total(queues, (size_t)total);
	return QUEUE_FINE;
}

static enum queue_sense read(struct queues *queues, struct slice line)
{
	struct slice bare = line;

	if (line.at[0] == '{')
		return read_json(queues, line);
	if (slice_starts(line, "-Queue ID-")) {
		queues->headed = true;
		return QUEUE_FINE;
	}
	if (slice_is(line, "Mail queue is empty"))
		return QUEUE_FINE;
	if (slice_skip(&bare, "-- "))
		return read_total(queues, bare);
	queue_blanks(&bare);
	if (!queues->open || (line.at[0] != ' ' && line.at[0] != '('))
		return read_head(queues, line);
	if (queue_is_reason(bare))
		return QUEUE_FINE;
	if (line.len - bare.len < RECIPIENT_COLUMN)
		return QUEUE_FOREIGN;
	queues_recipient(queues, bare, true, false, false);
	return QUEUE_FINE;
}

static const struct queue_remedy remedies[] = {
	{ "hold", "postsuper {ids}", "-h " },
	{ "remove", "postsuper {ids}", "-d " },
	{ NULL, NULL, NULL },
};

const struct queue_reader postfix_queue_reader = {
	.make = "postfix",
	.totals = true,
	.commands = { { "postqueue", "-j" } },
	.remedies = remedies,
	.read = read,
};
