/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_prose.c - what waits, for people
 */
#include "report/queue_prose.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "report/mail_prose.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/wrap.h"

enum {
	/* Messages, and commands of one kind, in the text report; all of them are in the JSON report. */
	ROWS = 10,
	COMMANDS = 3
};

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void queue_prose_headline(const struct report *report, const struct format_look *look, struct buf *to)
{
	const struct report_queue *queue = report->queue;
	const struct report_waiting_count *strangers = &queue->counts[0], *bounces = &queue->counts[1];
	bool closed = strcmp(report->verdict, "closed") == 0;
	const char *head = strangers->messages ? "WAITING" : closed ? "NOTHING FOUND" : "COULD NOT TELL";
	struct buf line = BUF_INIT(400);

	if (strangers->messages != 0)
		buf_printf(&line, "%zu of %zu message%s in the queue %s strangers', to %zu foreign recipient%s.", strangers->messages, queue->messages,
			   plural(queue->messages), strangers->messages == 1 ? "is" : "are", strangers->recipients, plural(strangers->recipients));
	else if (closed)
		buf_printf(&line, "no strangers' mail waits; %zu message%s %s in the queue.", queue->messages, plural(queue->messages), queue->messages == 1 ? "is" : "are");
	else
		buf_text(&line, "no strangers' mail was found in what could be read, and not all could be.");
	if (bounces->messages != 0)
		buf_printf(&line, " %zu bounce%s to strangers wait%s.", bounces->messages, plural(bounces->messages), bounces->messages == 1 ? "s" : "");
	paint_text(look, to, paint_of(report->verdict), head);
	buf_text(to, "  ");
	wrap_text(to, line.data, (unsigned)strlen(head) + 2, 2, look->width);
	buf_release(&line);
}

static void head(const struct format_look *look, struct buf *to, const char *text)
{
	buf_char(to, '\n');
	paint_text(look, to, TONE_HEAD, text);
	buf_char(to, '\n');
}

static void put_rows(const struct format_look *look, struct buf *to, const struct report_queue *queue)
{
	if (queue->row_count == 0)
		return;
	head(look, to, queue->row_count > ROWS ? "The oldest" : "What waits");
	for (size_t i = 0; i < queue->row_count && i < ROWS; i++) {
		const struct report_waiting *row = &queue->rows[i];
		struct buf line = BUF_INIT(700);

		buf_printf(&line, "%s  %s  <%s> to %zu at %s%s%s", row->id, row->since[0] ? row->since : "since when is not told", row->sender, row->recipients, row->domain,
			   strcmp(row->kind, "bounce") == 0 ? ", a bounce" : "", row->held ? ", held" : "");
		if (row->others != 0)
			buf_printf(&line, "; %zu other recipient%s go%s with it", row->others, plural(row->others), row->others == 1 ? "es" : "");
		buf_text(to, "  ");
		wrap_text(to, line.data, 2, 4, look->width);
		buf_release(&line);
	}
	if (queue->row_count > ROWS)
		buf_printf(to, "  and %zu more\n", queue->row_count - ROWS);
}

/* A command over as many lines as it takes, for a shell to read. */
static void put_command(struct buf *to, const char *command, unsigned width)
{
	enum { INDENT = 4 };
	unsigned column = INDENT;

	buf_printf(to, "%*s", INDENT, "");
	while (*command != '\0') {
		size_t len = strcspn(command, " ");

		/* Room for the blank and the backslash. */
		if (column > INDENT && column + len + 2 > width) {
			buf_printf(to, "\\\n%*s", INDENT + 2, "");
			column = INDENT + 2;
		}
		buf_add(to, command, len);
		command += len;
		if (*command == ' ') {
			buf_char(to, ' ');
			command++;
			column++;
		}
		column += (unsigned)len;
	}
	buf_char(to, '\n');
}

static bool is_alike(const struct report_command *a, const struct report_command *b)
{
	return strcmp(a->mta, b->mta) == 0 && strcmp(a->kind, b->kind) == 0 && strcmp(a->does, b->does) == 0;
}

static void put_commands(const struct format_look *look, struct buf *to, const struct report_queue *queue)
{
	if (queue->command_count == 0)
		return;
	head(look, to, "Commands, none of which was run");
	for (size_t i = 0; i < queue->command_count;) {
		const struct report_command *first = &queue->commands[i];
		size_t count = 0;

		while (i + count < queue->command_count && is_alike(first, first + count))
			count++;
		if (strcmp(first->does, "stop") == 0)
			buf_printf(to, "  stop %s before:\n", first->mta);
		else
			buf_printf(to, "  %s %s (%s):\n", first->does, strcmp(first->kind, "bounce") == 0 ? "bounces to strangers" : "strangers' mail", first->mta);
		for (size_t k = 0; k < count && k < COMMANDS; k++)
			put_command(to, first[k].command, look->width);
		if (count > COMMANDS)
			buf_printf(to, "    and %zu more, in the JSON report:\n      jq -r '.queue.commands[] | select(.does == \"%s\") | .command'\n", count - COMMANDS, first->does);
		i += count;
	}
}

static void put_closing(const struct report *report, const struct format_look *look, struct buf *to)
{
	const struct report_queue *queue = report->queue;
	struct buf line = BUF_INIT(1500);

	buf_printf(&line, "%zu message%s, %zu of them one's own, %zu not judged; %zu line%s of %zu listing%s, %zu not understood.", queue->messages,
		   plural(queue->messages), queue->own, queue->not_judged, queue->lines, plural(queue->lines), queue->source_count, plural(queue->source_count),
		   queue->lines_not_understood);
	if (queue->counts[0].messages != 0)
		buf_text(&line, " A listing shows no clients: what is judged is sender and recipient. A server that is closed by now still sends what waits.");
	if (queue->rows_left_out != 0)
		buf_printf(&line, " Of %zu more no command is given: ask again when these are gone.", queue->rows_left_out);
	buf_char(to, '\n');
	wrap_text(to, line.data, 0, 0, look->width);
	buf_release(&line);
}

void queue_prose_write(const struct report *report, const struct format_look *look, struct buf *to)
{
	const struct report_queue *queue = report->queue;

	mail_prose_table(look, to, "Waiting, by sender", &queue->senders);
	mail_prose_table(look, to, "Waiting, by recipients' domain", &queue->domains);
	put_rows(look, to, queue);
	put_commands(look, to, queue);
	mail_prose_gaps(report, look, to);
	put_closing(report, look, to);
}
