/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_queue.c - what waits in a queue, and what would take it out
 */
#include "base/buf.h"
#include "report/html.h"
#include "report/model.h"

enum {
	/* Messages in the page; the JSON report has those that it has. */
	ROWS = 50
};

static void waiting(struct buf *to, const struct report_queue *queue)
{
	static const char *const columns[] = { "Message", "Since", "Sender", "To", "State", NULL };
	size_t rest = queue->rows_left_out + (queue->row_count > ROWS ? queue->row_count - ROWS : 0);

	if (queue->row_count == 0)
		return;
	buf_text(to, "<h3>Messages</h3>\n");
	html_table(to, NULL, "Strangers' messages, and bounces to strangers, the oldest first", columns);
	for (size_t i = 0; i < queue->row_count && i < ROWS; i++) {
		const struct report_waiting *row = &queue->rows[i];

		buf_text(to, "<tr role=\"row\"><th role=\"rowheader\" scope=\"row\"><code>");
		html_text(to, row->id);
		buf_text(to, "</code></th>");
		html_cell(to, columns[1]);
		html_text(to, *row->since ? row->since : "not known");
		buf_text(to, "</td>");
		html_cell(to, columns[2]);
		buf_text(to, "<code>");
		html_text(to, row->sender != NULL && *row->sender ? row->sender : "a bounce");
		buf_text(to, "</code></td>");
		html_cell(to, columns[3]);
		buf_printf(to, "%zu at ", row->recipients);
		buf_text(to, "<code>");
		html_text(to, row->domain != NULL ? row->domain : "a domain that is not shown");
		buf_text(to, "</code></td>");
		html_cell(to, columns[4]);
		buf_text(to, row->held ? "held" : "goes on trying");
		buf_text(to, "</td></tr>\n");
	}
	buf_text(to, html_table_end);
	if (rest != 0)
		html_say(to, "p", "soft", "and %zu more", rest);
}

static void commands(struct buf *to, const struct report_queue *queue)
{
	if (queue->command_count == 0)
		return;
	buf_text(to, "<h3>What would take them out</h3>\n<p>None of these was run.</p>\n");
	for (size_t i = 0; i < queue->command_count; i++) {
		const struct report_command *command = &queue->commands[i];

		buf_text(to, "<details class=\"more\"><summary>");
		html_text(to, command->does);
		buf_text(to, command->kind[0] == 'b' ? " bounces to strangers (" : " strangers' mail (");
		html_text(to, command->mta);
		buf_text(to, ")</summary><pre>");
		html_text(to, command->command);
		buf_text(to, "</pre></details>\n");
	}
}

void html_queue(const struct page *page)
{
	waiting(page->to, page->report->queue);
	commands(page->to, page->report->queue);
	html_say(page->to, "p", "soft", "A listing shows no clients: what is judged is sender and recipient. %zu lines, %zu not understood.", page->report->queue->lines,
		 page->report->queue->lines_not_understood);
}
