/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_LOGS_H
#define MTA_LOGS_H

/*
 * Which server wrote a line, and what it said.  Decided for each line by itself: a
 * file may hold the lines of several servers, and of programs that are none.
 */

#include <stdbool.h>

#include "mta/event.h"
#include "mta/log_line.h"

enum { LOGS_TAGS = 64, LOGS_TAG = 40 };

/* Private. */
struct logs_tag {
	char text[LOGS_TAG];
	size_t len;
	const struct log_reader *reader;
};

struct logs {
	struct stamper stamper;                 /* stamper_start() before each file */
	const struct log_reader *reader;        /* of the last line without a tag */
	char host[LOGS_TAG];                    /* of the last line, with its blank */
	size_t host_len;
	size_t text_column;                     /* where the text of the last line with a tag begins */
	struct logs_tag tags[LOGS_TAGS];        /* tags seen, and whose they are */
};

enum logs_sense {
	LOGS_ALIEN,             /* no log line that we know */
	LOGS_OTHER,             /* of another program, or of syslog itself */
	LOGS_BROKEN,            /* a mail server's, and it cannot be read */
	LOGS_PLAIN,             /* a mail server's, of no interest */
	LOGS_EVENT
};

/* The line without its end.  `line`, `event` and `make` are written; the latter stays where nobody owns the line. */
enum logs_sense logs_read(struct logs *logs, struct slice text, struct log_line *line, struct event *event, const char **make);

/* The same of an entry of the journal, whose line is in its parts but for the hour; a text of SLICE_NONE is one that is not there. */
enum logs_sense logs_read_entry(struct logs *logs, struct log_line *line, struct event *event, const char **make);

#endif
