/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.c - exchanges for a session, and whose they are
 *
 * All bytes come from the audit's pool and outlive the batch.
 */
#include "audit/batch.h"

#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/compose.h"
#include "base/mem.h"
#include "probe/probe.h"

void batch_release(struct batch *batch)
{
	free(batch->members);
	free(batch->exchanges);
	free(batch->cues);
	*batch = (struct batch)BATCH_INIT;
}

static void add_exchange(struct batch *batch, struct exchange exchange, struct cue cue)
{
	MEM_ROOM(batch->exchanges, batch->count, batch->capacity);
	if (batch->cue_capacity < batch->capacity) {
		batch->cue_capacity = batch->capacity;
		batch->cues = mem_resize(batch->cues, batch->cue_capacity, sizeof *batch->cues);
	}
	batch->exchanges[batch->count] = exchange;
	batch->cues[batch->count++] = cue;
}

/* MAIL, RCPT and RSET may be pipelined; the rest ends a group (RFC 2920 3.1). */
static enum exchange_timing timing_of(const struct batch *batch, const struct probe *probe, const struct step *step)
{
	if (step->timing == EXCHANGE_JOINED)
		return EXCHANGE_JOINED;
	return probe->shareable && !batch->serial ? EXCHANGE_PIPELINED : EXCHANGE_ALONE;
}

static int add_step(struct batch *batch, const struct audit *audit, const struct part *part, const struct step *step, struct cue cue,
		    const char **missing)
{
	struct exchange exchange = {
		.kind = step->kind,
		.timing = timing_of(batch, part->attempt->probe, step),
		.replies = step->replies,
		.unasked = part->attempt->probe->unasked,
	};

	if (step->kind == EXCHANGE_COMMAND) {
		exchange.bytes = compose_line(audit, &step->line, part->values, &exchange.len, missing);
		if (exchange.bytes == NULL)
			return -1;
	}
	add_exchange(batch, exchange, cue);
	return 0;
}

static int add_parts(struct batch *batch, const struct audit *audit, const struct part *parts, size_t count, const char **missing)
{
	unsigned first = (unsigned)batch->member_count;

	for (size_t p = 0; p < count; p++) {
		const struct probe *probe = parts[p].attempt->probe;

		for (size_t s = p == 0 ? 0 : 1; s < probe->step_count; s++) {
			bool shared = s == 0 && count > 1;
			struct cue cue = { shared ? first : first + (unsigned)p, shared ? (unsigned)count : 1, &probe->steps[s] };

			if (add_step(batch, audit, &parts[p], &probe->steps[s], cue, missing) != 0)
				return -1;
		}
	}
	return 0;
}

int batch_add(struct batch *batch, const struct audit *audit, const struct part *parts, size_t count, const char **missing)
{
	static const struct exchange reset = {
		.timing = EXCHANGE_PIPELINED, .bytes = "RSET\r\n", .len = 6, .replies = true
	};
	size_t before = batch->count;

	if (batch->count != 0)
		add_exchange(batch, reset, (struct cue){ 0, 0, NULL });
	if (add_parts(batch, audit, parts, count, missing) != 0) {
		batch->count = before;
		return -1;
	}
	batch->resets += before != 0;
	for (size_t p = 0; p < count; p++) {
		MEM_ROOM(batch->members, batch->member_count, batch->member_capacity);
		batch->members[batch->member_count++] = parts[p].member;
	}
	return 0;
}

void batch_calibrate(struct batch *batch, const char *mail, const char *rcpt)
{
	const char *lines[] = { mail, rcpt };

	for (size_t i = 0; i < 2; i++)
		add_exchange(batch,
			     (struct exchange){ .timing = EXCHANGE_PIPELINED, .bytes = lines[i], .len = strlen(lines[i]), .replies = true },
			     (struct cue){ 0, 0, NULL });
	batch->calibrates = true;
}

void batch_add_data(struct batch *batch)
{
	static const struct exchange data = { .timing = EXCHANGE_ALONE, .bytes = "DATA\r\n", .len = 6, .replies = true };

	add_exchange(batch, data, (struct cue){ 0, 1, NULL });
}

void batch_add_message(struct batch *batch, const char *message)
{
	const struct exchange body = { .kind = EXCHANGE_MESSAGE, .timing = EXCHANGE_ALONE, .bytes = message, .len = strlen(message) };
	static const struct exchange dot = { .timing = EXCHANGE_JOINED, .bytes = ".\r\n", .len = 3, .replies = true };

	add_exchange(batch, body, (struct cue){ 0, 1, NULL });
	add_exchange(batch, dot, (struct cue){ 0, 1, NULL });
	batch->has_message = true;
}
