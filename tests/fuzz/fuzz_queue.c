/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_queue.c - whatever stands in a listing of a queue: each line goes through the
 * readers, and what comes of it is judged; commands hold nothing but ids
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/waiting.h"
#include "base/buf.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

/* No byte that a shell would act on, but those of the forms themselves. */
static void check_commands(const struct waiting *waiting)
{
	static const char fine[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./ '?";
	const struct queue_reader *reader;
	struct buf command = BUF_INIT(4096);

	for (size_t i = 0; (reader = queue_reader_at(i)) != NULL; i++) {
		for (const struct queue_remedy *remedy = reader->remedies; remedy->does != NULL; remedy++) {
			size_t from = 0;

			while (waiting_command(waiting, reader, remedy, WAITING_STRANGERS, &from, &command)) {
				check(strspn(command.data, fine) == command.len && !command.cut);
				buf_reset(&command);
			}
		}
	}
	buf_release(&command);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const domains[] = { "example.org" };
	struct strangers_rules rules = { .own = PREFIXSET_INIT, .domains = domains, .domain_count = 1 };
	struct waiting waiting;
	struct queues queues;

	waiting_init(&waiting, &rules);
	waiting_begin(&waiting, &queues, 1795820000);
	while (size != 0) {
		const uint8_t *end = memchr(data, '\n', size);
		struct slice text = { (const char *)data, end ? (size_t)(end - data) : size };
		/* A copy of its own, so that a sanitizer sees each byte that is read behind it. */
		char *copy = mem_resize(NULL, text.len + (text.len == 0), 1);

		if (text.len != 0)
			memcpy(copy, text.at, text.len);
		text.at = copy;
		queues_read(&queues, text);
		free(copy);
		data += end ? text.len + 1 : size;
		size -= end ? text.len + 1 : size;
	}
	waiting_end(&waiting);
	queues_end(&queues);
	waiting_sort(&waiting);
	check(waiting.messages == waiting.own + waiting.unjudged + waiting.counts[WAITING_STRANGERS].messages + waiting.counts[WAITING_BOUNCE].messages);
	check(waiting.row_count >= waiting.counts[WAITING_STRANGERS].messages + waiting.counts[WAITING_BOUNCE].messages);
	check_commands(&waiting);
	waiting_release(&waiting);
	return 0;
}
