/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_QUEUE_READING_H
#define CMD_QUEUE_READING_H

/*
 * Listings of queues, from files or from the servers' own commands, read into counts;
 * and what kept them from being read.
 */

#include <stdbool.h>
#include <stddef.h>

#include "audit/waiting.h"
#include "mta/log_source.h"
#include "report/model.h"

struct queue_reading {
	struct waiting waiting;
	struct report_source *sources;
	size_t source_count;
	size_t lines;
	size_t lines_not_understood;
	char **gaps;                    /* what could not be told: phrases that go on behind a colon */
	size_t gap_count;
};

void queue_reading_init(struct queue_reading *reading, const struct strangers_rules *rules);
void queue_reading_release(struct queue_reading *reading);

/* Adds a gap; takes the text. */
void queue_reading_gap(struct queue_reading *reading, char *text);

/* What somebody wrote down.  An empty file tells nothing. */
void queue_reading_file(struct queue_reading *reading, const struct log_file *file);

/*
 * The listing command of the server of that make, or with NULL of each that is installed, is run.  What it
 * does not write, where it succeeds, does not wait.
 */
void queue_reading_ask(struct queue_reading *reading, const char *make);

/* Behind the last: what is left to be said about all of them. */
void queue_reading_finish(struct queue_reading *reading);

#endif
