/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_queue.c - qmail-qread
 *
 *	27 Nov 2026 22:48:11 GMT  #12345  678  <s@x>  bouncing
 *	        remote  r@y
 *	  done  local   l@x
 *
 * Behind "<s@x>" there is a blank always.  What is no printable ASCII in a name is shown
 * as "_".  What qmail-send has not looked at yet is not listed.
 */
#include <string.h>

#include "mta/queue.h"

static bool read_time(struct slice *rest, time_t *when)
{
	enum { SPACE = 32 };
	static const char form[] = "%d %b %Y %H:%M:%S GMT  #";
	char text[SPACE];
	size_t len = rest->len < SPACE - 1 ? rest->len : SPACE - 1;
	struct tm tm = { .tm_year = 0 };
	const char *end;

	memcpy(text, rest->at, len);
	text[len] = '\0';
	end = strptime(text, form, &tm);
	if (end == NULL)
		return false;
	*when = timegm(&tm);
	slice_step(rest, (size_t)(end - text));
	return true;
}

static enum queue_sense read_head(struct queues *queues, struct slice line)
{
	static const char bouncing[] = "  bouncing";
	struct queue_item item = { .taken = 0 };
	struct slice rest = line, size;

	if (!read_time(&rest, &item.taken))
		return QUEUE_FOREIGN;
	if (!slice_cut(&rest, "  ", &item.id) || !slice_cut(&rest, "  <", &size))
		return QUEUE_BROKEN;
	if (slice_ends(rest, bouncing))
		rest.len -= sizeof bouncing - 1;
	else if (slice_ends(rest, " "))
		rest.len--;
	for (size_t i = 0; i < item.id.len; i++)
		if (item.id.at[i] < '0' || item.id.at[i] > '9')
			return QUEUE_BROKEN;
	if (!queue_is_id(item.id) || !slice_ends(rest, ">"))
		return QUEUE_BROKEN;
	rest.len--;
	/* A bounce of a bounce has a sender of its own, and "list-@x-@[]" is a sender for each recipient. */
	item.sender = slice_is(rest, "#@[]") ? SLICE_NONE : rest;
	if (slice_ends(item.sender, "-@[]"))
		item.sender.len -= sizeof "-@[]" - 1;
	queues_item(queues, &item);
	return QUEUE_FINE;
}

static enum queue_sense read(struct queues *queues, struct slice line)
{
	struct slice rest = line;
	bool done, inside;

	if (line.at[0] >= '0' && line.at[0] <= '9')
		return read_head(queues, line);
	if (slice_starts(line, "warning: trouble with #"))
		return QUEUE_BROKEN;
	done = slice_skip(&rest, "  done");
	inside = slice_starts(rest, "\tlocal\t");
	if (!slice_skip(&rest, "\tlocal\t") && !slice_skip(&rest, "\tremote\t"))
		return QUEUE_FOREIGN;
	if (!queues->open)
		return QUEUE_BROKEN;
	queues_recipient(queues, rest, !done, inside, false);
	return QUEUE_FINE;
}

/* It holds its queue in memory: whoever takes files away under it is not heard. */
static const struct queue_remedy remedies[] = {
	{ "stop", "svc -d /service/qmail-send", NULL },
	{ "remove", "find {place} -type f -name {id} -delete", NULL },
	{ NULL, NULL, NULL },
};

const struct queue_reader qmail_queue_reader = {
	.make = "qmail",
	.place = "/var/qmail/queue",
	.commands = { { "qmail-qread" } },
	.remedies = remedies,
	.read = read,
};
