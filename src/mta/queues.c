/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queues.c - the table of readers, and what they have in common
 */
#include "mta/queue.h"

#include <string.h>

static const struct queue_reader *const readers[] = {
	&postfix_queue_reader, &exim_queue_reader, &sendmail_queue_reader, &opensmtpd_queue_reader, &qmail_queue_reader,
};

enum { READERS = sizeof readers / sizeof *readers };

const struct queue_reader *queue_reader_at(size_t index)
{
	return index < READERS ? readers[index] : NULL;
}

/* A listing that goes over into another one. */
static void leave(struct queues *queues)
{
	queues->open = false;
	queues->missing += queues->headed;
	queues->headed = false;
	queues->items = 0;
}

enum queue_sense queues_read(struct queues *queues, struct slice line)
{
	struct slice bare = line;
	enum queue_sense sense = QUEUE_FOREIGN;

	queue_blanks(&bare);
	if (bare.len == 0) {
		queues->open = false;
		return QUEUE_FINE;
	}
	if (queues->reader != NULL)
		sense = queues->reader->read(queues, line);
	for (size_t i = 0; i < READERS && sense == QUEUE_FOREIGN; i++) {
		const struct queues before = *queues;

		if (readers[i] == queues->reader)
			continue;
		leave(queues);
		queues->reader = readers[i];
		queues->place[0] = '\0';
		sense = readers[i]->read(queues, line);
		if (sense == QUEUE_FOREIGN)
			*queues = before;
	}
	return sense;
}

bool queues_end(struct queues *queues)
{
	leave(queues);
	return queues->missing == 0;
}

void queues_item(struct queues *queues, const struct queue_item *item)
{
	queues->items++;
	queues->open = true;
	queues->headed = queues->reader->totals;
	queues->taker->item(queues->context, item);
}

void queues_recipient(struct queues *queues, struct slice address, bool waits, bool inside, bool cut)
{
	queues->taker->recipient(queues->context, address, waits, inside, cut);
}

void queues_held(struct queues *queues)
{
	queues->taker->held(queues->context);
}

void queues_total(struct queues *queues, size_t total)
{
	queues->missing += total > queues->items ? total - queues->items : queues->items - total;
	queues->open = false;
	queues->headed = false;
	queues->items = 0;
}

bool queue_is_id(struct slice id)
{
	if (id.len == 0 || id.len > QUEUE_ID_MOST || id.at[0] == '-')
		return false;
	for (size_t i = 0; i < id.len; i++) {
		char byte = id.at[i];

		if (!((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '-'))
			return false;
	}
	return true;
}

void queue_blanks(struct slice *rest)
{
	while (rest->len != 0 && (rest->at[0] == ' ' || rest->at[0] == '\t'))
		slice_step(rest, 1);
}

bool queue_is_reason(struct slice text)
{
	return text.len > 1 && text.at[0] == '(' && text.at[text.len - 1] == ')';
}

bool queue_time(struct slice *rest, time_t now, time_t *when)
{
	static const char *const forms[] = { "%a %b %d %H:%M:%S", "%a %b %d %H:%M", "%b %d %H:%M:%S", "%b %d %H:%M" };
	enum { SPACE = 24, DAY = 24 * 3600 };
	char text[SPACE];
	size_t len = rest->len < SPACE - 1 ? rest->len : SPACE - 1;

	memcpy(text, len ? rest->at : "", len);
	text[len] = '\0';
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct tm tm, today;
		const char *end;

		localtime_r(&now, &today);
		tm = (struct tm){ .tm_year = today.tm_year, .tm_isdst = -1 };
		end = strptime(text, forms[i], &tm);
		if (end == NULL || (*end != ' ' && *end != '\0'))
			continue;
		tm.tm_isdst = -1;
		*when = mktime(&tm);
		if (*when > now + DAY) {
			tm.tm_year = today.tm_year - 1;
			tm.tm_isdst = -1;
			*when = mktime(&tm);
		}
		slice_step(rest, (size_t)(end - text));
		return true;
	}
	return false;
}
