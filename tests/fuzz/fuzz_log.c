/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_log.c - whatever stands in a log, or an export of a journal: each line goes through the reader that its
 * head chooses and, without one, through all of them; and what comes of it is joined
 *
 * Slices lie in the line, and the counts are never more than lines allow.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/joined.h"
#include "base/mem.h"
#include "mta/journal.h"
#include "mta/logs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_inside(struct slice part, struct slice line)
{
	if (part.len != 0)
		check(part.at >= line.at && part.len <= line.len && (size_t)(part.at - line.at) <= line.len - part.len);
}

static void check_event(const struct event *event, struct slice line)
{
	const struct slice parts[] = { event->id, event->other, event->session, event->parent, event->client, event->sender,
				       event->recipient, event->original, event->relay, event->heir, event->more };

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		check_inside(parts[i], line);
	check((unsigned)event->cause < DENIALS);
}

struct reader {
	struct logs logs;
	struct journal journal;
	struct joined *joined;
	size_t events;
};

static void read_event(struct reader *reader, const struct log_line *line, struct event *event, struct slice text, const char *make)
{
	check(make != NULL && event->kind != EVENT_NONE);
	do {
		check_event(event, text);
		joined_add(reader->joined, line, event);
		reader->events++;
	} while (event_more(event));
}

static void read_line(struct reader *reader, struct slice text, size_t whole)
{
	struct log_line line;
	struct event event;
	const char *make = NULL;
	bool cut = false;
	enum journal_sense part = journal_feed(&reader->journal, text, whole, &line, &cut);

	if (part == JOURNAL_ENTRY) {
		check(line.text.len <= JOURNAL_MESSAGE && line.tag.len <= JOURNAL_FIELD && line.host.len <= JOURNAL_FIELD);
		if (logs_read_entry(&reader->logs, &line, &event, &make) == LOGS_EVENT)
			read_event(reader, &line, &event, line.text, make);
	} else if (part == JOURNAL_NONE || part == JOURNAL_LEFT) {
		if (logs_read(&reader->logs, text, &line, &event, &make) == LOGS_EVENT)
			read_event(reader, &line, &event, text, make);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const domains[] = { "own.example" };
	struct strangers_rules rules = { .own = PREFIXSET_INIT, .domains = domains, .domain_count = 1, .run = "4kqz7hx2pm5daaaa" };
	struct reader *reader = mem_new(sizeof *reader);
	struct strangers mail;

	strangers_init(&mail, &rules);
	journal_init(&reader->journal);
	reader->joined = joined_new(&mail);
	stamper_start(&reader->logs.stamper, 1700000000);
	while (size != 0) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t len = end ? (size_t)(end - data) : size, whole = len + (end != NULL);
		/* A copy of its own, so that a sanitizer sees each byte that is read behind it. */
		char *copy = mem_resize(NULL, len + (len == 0), 1);

		if (len != 0)
			memcpy(copy, data, len);
		read_line(reader, (struct slice){ copy, len }, whole);
		free(copy);
		data += whole;
		size -= whole;
	}
	(void)journal_end(&reader->journal);
	joined_finish(reader->joined);
	check(mail.messages <= mail.recipients && mail.recipients <= reader->events && mail.accepted_foreign <= mail.accepted);
	check(mail.messages + mail.accepted + mail.unknown + mail.denied + mail.lost + mail.backscatter <= 2 * reader->events);
	joined_free(reader->joined);
	journal_release(&reader->journal);
	strangers_release(&mail);
	free(reader);
	return 0;
}
