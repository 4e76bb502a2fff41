/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_log.c - whatever stands in a log: each line goes through the reader that its
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const domains[] = { "own.example" };
	struct strangers_rules rules = { .own = PREFIXSET_INIT, .domains = domains, .domain_count = 1, .run = "4kqz7hx2pm5daaaa" };
	struct logs *logs = mem_new(sizeof *logs);
	struct strangers mail;
	struct joined *joined;
	size_t events = 0;

	strangers_init(&mail, &rules);
	joined = joined_new(&mail);
	stamper_start(&logs->stamper, 1700000000);
	while (size != 0) {
		const uint8_t *end = memchr(data, '\n', size);
		struct slice text = { (const char *)data, end ? (size_t)(end - data) : size };
		/* A copy of its own, so that a sanitizer sees each byte that is read behind it. */
		char *copy = mem_resize(NULL, text.len + (text.len == 0), 1);
		struct log_line line;
		struct event event;
		const char *make = NULL;

		if (text.len != 0)
			memcpy(copy, text.at, text.len);
		text.at = copy;
		if (logs_read(logs, text, &line, &event, &make) == LOGS_EVENT) {
			check(make != NULL && event.kind != EVENT_NONE);
			do {
				check_event(&event, text);
				joined_add(joined, &line, &event);
				events++;
			} while (event_more(&event));
		}
		free(copy);
		data += end ? text.len + 1 : size;
		size -= end ? text.len + 1 : size;
	}
	joined_finish(joined);
	check(mail.messages <= mail.recipients && mail.recipients <= events && mail.accepted_foreign <= mail.accepted);
	check(mail.messages + mail.accepted + mail.unknown + mail.denied + mail.lost + mail.backscatter <= 2 * events);
	joined_free(joined);
	strangers_release(&mail);
	free(logs);
	return 0;
}
