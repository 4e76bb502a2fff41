/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_build.c - what waits, as a report
 */
#include "report/queue_build.h"

#include <stdlib.h>

#include "audit/finding.h"
#include "audit/waiting.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"
#include "report/build.h"
#include "report/mail_build.h"
#include "report/model.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

enum { COMMAND_MOST = 4096 };

static const char *const kinds[WAITING_KINDS] = { [WAITING_STRANGERS] = "strangers", [WAITING_BOUNCE] = "bounce" };

static void stamp(time_t when, char text[32])
{
	if (when != 0)
		clock_stamp(when, text);
}

static void build_rows(const struct waiting *waiting, struct report_queue *queue)
{
	queue->rows = mem_new((waiting->row_count + 1) * sizeof *queue->rows);
	queue->row_count = waiting->row_count;
	queue->rows_left_out = waiting->rows_dropped;
	for (size_t i = 0; i < waiting->row_count; i++) {
		const struct waiting_row *row = &waiting->rows[i];

		queue->rows[i] = (struct report_waiting){
			.id = row->id,
			.mta = row->reader->make,
			.kind = kinds[row->kind],
			.sender = row->sender,
			.domain = row->domain,
			.recipients = row->recipients,
			.others = row->others,
			.held = row->held,
		};
		stamp(row->taken, queue->rows[i].since);
	}
}

/* All commands of one kind. */
static void build_remedy(const struct waiting *waiting, const struct queue_reader *reader, const struct queue_remedy *remedy,
			 enum waiting_kind kind, struct report_queue *queue)
{
	struct buf command = BUF_INIT(COMMAND_MOST);
	size_t from = 0;

	while (waiting_command(waiting, reader, remedy, kind, &from, &command)) {
		queue->commands = mem_resize(queue->commands, queue->command_count + 1, sizeof *queue->commands);
		queue->commands[queue->command_count++] = (struct report_command){
			.mta = reader->make,
			.kind = kinds[kind],
			.does = remedy->does,
			.command = pool_text(waiting->pool, command.data),
		};
		buf_reset(&command);
	}
	buf_release(&command);
}

static void build_commands(const struct waiting *waiting, struct report_queue *queue)
{
	const struct queue_reader *reader;

	for (int kind = 0; kind < WAITING_KINDS; kind++)
		for (size_t i = 0; (reader = queue_reader_at(i)) != NULL; i++)
			for (const struct queue_remedy *remedy = reader->remedies; remedy->does != NULL; remedy++)
				build_remedy(waiting, reader, remedy, (enum waiting_kind)kind, queue);
}

static void build_section(const struct waiting *waiting, const struct queue_facts *facts, struct report_queue *queue)
{
	*queue = (struct report_queue){
		.messages = waiting->messages,
		.own = waiting->own,
		.not_judged = waiting->unjudged,
		.lines = facts->lines,
		.lines_not_understood = facts->lines_not_understood,
		.sources = facts->sources,
		.source_count = facts->source_count,
		.domains_known = waiting->rules->domain_count != 0,
	};
	for (int kind = 0; kind < WAITING_KINDS; kind++) {
		const struct waiting_count *count = &waiting->counts[kind];

		queue->counts[kind] = (struct report_waiting_count){ .messages = count->messages, .held = count->held, .recipients = count->recipients };
		stamp(count->first, queue->counts[kind].first);
		stamp(count->last, queue->counts[kind].last);
	}
	report_copy_tally(&waiting->senders, &queue->senders);
	report_copy_tally(&waiting->domains, &queue->domains);
	build_rows(waiting, queue);
	build_commands(waiting, queue);
}

void report_build_queue(const struct waiting *waiting, const struct queue_facts *facts, const struct findings *findings,
			const struct exceptions *exceptions, struct report *report)
{
	*report = (struct report){
		.version = PACKAGE_VERSION,
		.run_id = facts->run_id,
		.command = "queue",
		.verdict = facts->verdict,
		.queue = mem_new(sizeof *report->queue),
	};
	clock_stamp(facts->started, report->started);
	clock_stamp(facts->finished, report->finished);
	report->finished_at = (long long)facts->finished;
	build_section(waiting, facts, report->queue);
	report_build_findings(findings, waiting->pool, report);
	if (exceptions != NULL)
		report_build_exceptions(waiting->pool, exceptions, report);
}

void report_free_queue(struct report *report)
{
	free(report->queue->senders.rows);
	free(report->queue->domains.rows);
	free(report->queue->rows);
	free(report->queue->commands);
	free(report->queue);
	report->queue = NULL;
}

void report_release_queue(struct report *report)
{
	report_free_queue(report);
	report_release(report);
}
