/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_LOG_READING_H
#define CMD_LOG_READING_H

/*
 * Log files read into counts, and what kept them from being read.
 */

#include <stdbool.h>
#include <stddef.h>

#include "audit/strangers.h"
#include "mta/log_source.h"
#include "report/model.h"

struct log_reading {
	struct strangers mail;
	struct report_source *sources;
	size_t source_count;
	size_t lines;
	size_t lines_not_understood;
	size_t lines_of_others;
	size_t lines_understood;
	size_t messages_without_end;
	const char *make;               /* whose log it is; NULL: several servers', or not known */
	char **gaps;                    /* what could not be told: phrases that go on behind a colon */
	size_t gap_count;
};

/* The logs that are where mail servers write, below a root or, where it is NULL, on this machine; the texts are the caller's. */
enum { LOGS_USUAL = 4 };
int log_reading_usual(const char *root, char *found[LOGS_USUAL]);

/* Adds a gap; takes the text. */
void log_reading_gap(struct log_reading *reading, char *text);

/* A reading that goes on with the last file as it grows. */
struct log_watch {
	int stop;                       /* a descriptor that becomes readable when it is enough */
	void (*tell)(void *context, const struct strangers_told *told);
	void *context;
};

/* Reads all of them, and with a watch (NULL: none) goes on reading the last.  What cannot be read is a gap; `rules` is borrowed until log_reading_release(). */
void log_reading_run(struct log_reading *reading, const struct log_files *files, const struct strangers_rules *rules, const struct log_watch *watch);
void log_reading_release(struct log_reading *reading);

#endif
