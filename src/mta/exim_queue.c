/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_queue.c - exim -bp, and -bpu, -bpa, -bpr
 *
 *	25m  2.9K 0t5C6f-0000c8-00 <s@x> (user) *** frozen ***
 *	        D delivered@y
 *	          waits@y
 *
 * A file that cannot be read has neither age nor sender, and an id alone in its line:
 *
 *	      1xXE7P-000042-1X
 *	    *** spool format error: size=30 ***
 */
#include "mta/queue.h"

/* "25m": how long it has been here. */
static bool read_age(struct slice *rest, time_t now, time_t *taken)
{
	static const struct {
		const char *letter;
		long seconds;
	} units[] = { { "m ", 60 }, { "h ", 3600 }, { "d ", 86400 } };
	long count = slice_digits(rest);

	for (size_t i = 0; count >= 0 && i < sizeof units / sizeof *units; i++) {
		if (slice_skip(rest, units[i].letter)) {
			*taken = now - count * units[i].seconds;
			return true;
		}
	}
	return false;
}

/* "492", "2.9K", "12M"; where the file is gone there are blanks. */
static void skip_size(struct slice *rest)
{
	struct slice after = *rest;

	if (slice_digits(&after) < 0)
		return;
	if (slice_skip(&after, "."))
		(void)slice_digits(&after);
	if (slice_starts(after, "K") || slice_starts(after, "M") || slice_starts(after, "G"))
		slice_step(&after, 1);
	if (slice_starts(after, " "))
		*rest = after;
}

/* "1xX4jN-000041-2q", since 4.97 "1xX4jN-00000000041-2qAb". */
static bool is_message_id(struct slice id)
{
	return queue_is_id(id) && (id.len == 16 || id.len == 23) && id.at[6] == '-';
}

/* Of "s@x>" and "s@x> (user)" the address; a quoted local part may hold all of that as well. */
static bool cut_sender(struct slice rest, struct slice *sender)
{
	static const char end[] = "> (";
	size_t len = rest.len;

	if (slice_ends(rest, ")"))
		while (len != 0 && !slice_starts((struct slice){ rest.at + len, rest.len - len }, end))
			len--;
	else if (slice_ends(rest, ">"))
		len--;
	else
		len = 0;
	*sender = (struct slice){ rest.at, len };
	/* The null sender ends where it begins. */
	return len != 0 || slice_starts(rest, ">");
}

/* Behind the id: "<s@x> (user) *** frozen ***", or that the file cannot be read. */
static enum queue_sense read_sender(struct queues *queues, struct slice rest, struct queue_item *item)
{
	item->held = slice_ends(rest, " *** frozen ***");
	item->unreadable = !slice_starts(rest, "<");
	if (!item->unreadable) {
		slice_step(&rest, 1);
		if (item->held)
			rest.len -= sizeof " *** frozen ***" - 1;
		if (!cut_sender(rest, &item->sender))
			return QUEUE_BROKEN;
	}
	queues_item(queues, item);
	return QUEUE_FINE;
}

static enum queue_sense read(struct queues *queues, struct slice line)
{
	struct queue_item item = { .taken = 0 };
	struct slice rest = line;
	bool done;

	queue_blanks(&rest);
	if (is_message_id(rest)) {
		item.id = rest;
		item.unreadable = true;
		queues_item(queues, &item);
		return QUEUE_FINE;
	}
	if (slice_starts(rest, "*** ") && slice_ends(rest, " ***"))
		return queues->open ? QUEUE_FINE : QUEUE_FOREIGN;
	if (line.len - rest.len < 8) {
		if (!read_age(&rest, queues->now, &item.taken))
			return QUEUE_FOREIGN;
		queue_blanks(&rest);
		skip_size(&rest);
		queue_blanks(&rest);
		item.id = slice_word(&rest);
		if (!is_message_id(item.id))
			return queues->items != 0 ? QUEUE_BROKEN : QUEUE_FOREIGN;
		return read_sender(queues, rest, &item);
	}
	if (!queues->open)
		return QUEUE_FOREIGN;
	done = slice_skip(&rest, "D ") || slice_skip(&rest, "+D ");
	queues_recipient(queues, rest, !done, false, false);
	return QUEUE_FINE;
}

static const struct queue_remedy remedies[] = {
	{ "hold", "exim -Mf {ids}", NULL },
	{ "remove", "exim -Mrm {ids}", NULL },
	{ NULL, NULL, NULL },
};

const struct queue_reader exim_queue_reader = {
	.make = "exim",
	.commands = { { "exim4", "-bp" }, { "exim", "-bp" } },
	.remedies = remedies,
	.read = read,
};
