/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_QUEUE_PROSE_H
#define REPORT_QUEUE_PROSE_H

/*
 * What waits in a queue, for people; with commands that they may run.
 */

#include "report/format.h"

/* One sentence that answers the question; report->queue is there. */
void queue_prose_headline(const struct report *report, const struct format_look *look, struct buf *to);

/* Tables, commands, what could not be told, and what was read. */
void queue_prose_write(const struct report *report, const struct format_look *look, struct buf *to);

#endif
