/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_queue.c - sendmail's mailq, also -v and of several directories
 *
 *			/var/spool/mqueue (5 requests)
 *	-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------
 *	6ARMmBHb000092*      25 Fri Nov 27 22:48 <s@x>
 *	      8BITMIME   (why it waits)
 *						 <r@y>
 *			Total requests: 5
 *
 * With -v there is a priority before the time, and the time has no day's name.  Long
 * addresses are cut without a sign (prtstr() of its queue.c): what begins with "<" and
 * does not end with ">" is not all there.
 *
 * -qQ lists what is quarantined, with "QUARANTINE: why" below its first line, and -qL
 * what is lost, with "?" behind its id; neither is sent, nor in the listing without.
 */
#include "mta/queue.h"

#include <string.h>

enum {
	/* Of an address, at the least: 38 of a recipient's without -v. */
	WIDTH = 38,
	/* An id's letters; marks of no meaning to us stand behind. */
	ID_LEAST = 12
};

/* "/var/spool/mqueue (5 requests)", "/var/spool/mqueue is empty" */
static enum queue_sense read_place(struct queues *queues, struct slice bare)
{
	const char *end = slice_find(bare, " (");
	bool empty = slice_ends(bare, " is empty");
	struct slice place = { bare.at, end ? (size_t)(end - bare.at) : 0 };

	/* Of a directory in parts the data's is named. */
	if (slice_ends(place, "/df"))
		place.len -= sizeof "/df" - 1;

	if (!empty && (end == NULL || slice_find(bare, " request") == NULL))
		return QUEUE_FOREIGN;
	queues->open = false;
	queues->headed = queues->headed || !empty;
	queues->place[0] = '\0';
	for (size_t i = 0; i < place.len; i++)
		if (strchr("/.-_", place.at[i]) == NULL && !queue_is_id((struct slice){ place.at + i, 1 }))
			return QUEUE_FINE;
	if (place.len <= QUEUE_PLACE_MOST) {
		memcpy(queues->place, place.at, place.len);
		queues->place[place.len] = '\0';
	}
	return QUEUE_FINE;
}

/* What is quoted goes on: the ">" at its end is one of the local part. */
static bool is_quoting(struct slice text)
{
	bool quoting = false;

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			quoting = !quoting;
		else if (text.at[i] == '\\')
			/* Each is shown twice, and so is what it quotes where that is another. */
			i += i + 2 < text.len && text.at[i + 2] == '\\' ? 3 : 2;
	}
	return quoting;
}

/* Of "<r@y>" what stands between; `cut`: it does not end. */
static struct slice bare_address(struct slice text, bool *cut)
{
	*cut = slice_starts(text, "<") ? !slice_ends(text, ">") || is_quoting(text) : text.len >= WIDTH;
	if (slice_skip(&text, "<") && !*cut)
		text.len--;
	return text;
}

static enum queue_sense read_head(struct queues *queues, struct slice line)
{
	struct slice rest = line;
	struct queue_item item = { .id = slice_word(&rest) };

	while (item.id.len > ID_LEAST && strchr("*-X?Q", item.id.at[item.id.len - 1]) != NULL) {
		item.held = item.held || item.id.at[item.id.len - 1] == '?';
		item.id.len--;
	}
	queue_blanks(&rest);
	if (queue_is_id(item.id) && item.id.len > 6 && queue_is_reason(rest)) {
		/* "(no control file)", "(job completed)": nothing more is told. */
		item.unreadable = true;
		queues_item(queues, &item);
		return QUEUE_FINE;
	}
	if (slice_digits(&rest) < 0)
		return QUEUE_FOREIGN;
	queue_blanks(&rest);
	if (!queue_time(&rest, queues->now, &item.taken)) {
		if (slice_digits(&rest) < 0)
			return QUEUE_FOREIGN;
		slice_skip(&rest, "+");
		queue_blanks(&rest);
		if (!queue_time(&rest, queues->now, &item.taken))
			return QUEUE_FOREIGN;
	}
	queue_blanks(&rest);
	if (!queue_is_id(item.id) || rest.len == 0)
		return QUEUE_BROKEN;
	item.sender = bare_address(rest, &item.unreadable);
	if (slice_is(item.sender, "MAILER-DAEMON"))
		item.sender = SLICE_NONE;
	queues_item(queues, &item);
	return QUEUE_FINE;
}

static bool is_note(struct slice bare)
{
	return queue_is_reason(bare) || slice_starts(bare, "8BITMIME") || slice_starts(bare, "7BIT");
}

static enum queue_sense read(struct queues *queues, struct slice line)
{
	struct slice bare = line, address;
	bool cut;

	queue_blanks(&bare);
	if (slice_skip(&bare, "Total requests: ")) {
		long total = slice_digits(&bare);

		if (total < 0)
			return QUEUE_BROKEN;
		queues_total(queues, (size_t)total);
		return QUEUE_FINE;
	}
	if (slice_starts(line, "-----Q-ID----- ") || slice_is(line, "MSP Queue status...") || slice_is(line, "MTA Queue status..."))
		return QUEUE_FINE;
	if (slice_starts(bare, "/"))
		return read_place(queues, bare);
	if (bare.len == line.len)
		return read_head(queues, line);
	if (!queues->open)
		return QUEUE_FOREIGN;
	if (is_note(bare))
		return QUEUE_FINE;
	if (slice_starts(bare, "QUARANTINE: ")) {
		queues_held(queues);
		return QUEUE_FINE;
	}
	address = bare_address(bare, &cut);
	queues_recipient(queues, address, true, false, cut);
	return QUEUE_FINE;
}

static const struct queue_remedy remedies[] = {
	{ "hold", "sendmail -Qrelayaudit -qI{id}", NULL },
	{ "remove", "find {place} -type f -name '?f{id}' -delete", NULL },
	{ NULL, NULL, NULL },
};

const struct queue_reader sendmail_queue_reader = {
	.make = "sendmail",
	.place = "/var/spool/mqueue",
	.totals = true,
	.commands = { { "mailq", "-v" } },
	.also = { { "mailq", "-v", "-qQ" }, { "mailq", "-v", "-qL" } },
	.remedies = remedies,
	.read = read,
};
