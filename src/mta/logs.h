/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_LOGS_H
#define MTA_LOGS_H

/*
 * Which server wrote a line, and what it said.  Decided for each line by itself: a
 * file may hold the lines of several servers, and of programs that are none.
 */

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "mta/event.h"
#include "mta/log_line.h"

enum { LOGS_TAGS = 64, LOGS_TAG = 40, LOGS_HEAD = 96 };

/* Private: a tag, and what follows from it. */
struct logs_tag {
	char text[LOGS_TAG];
	size_t len;
	bool fit;                               /* it is one by each of its bytes: a journal's may be anything */
	const struct log_reader *reader;
	unsigned turn;                          /* of the host that the instance is of; 0: none */
	uint64_t instance;
};

/* Private but for the stamper: all zeros, and logs_start() before each file. */
struct logs {
	struct stamper stamper;
	const struct log_reader *reader;        /* of the last line without a tag */
	char head[LOGS_HEAD];                   /* the last line's, to its tag: a stamp and a host, each with its blank */
	size_t head_len;                        /* 0: not known */
	struct stamp head_stamp;
	char host[LOGS_TAG];                    /* the last one, with its blank */
	size_t host_len;
	unsigned host_turn;                     /* counts the changes of the host */
	size_t text_column;                     /* where the text of the last line with a tag begins */
	struct logs_tag tags[LOGS_TAGS];        /* tags seen */
	struct logs_tag long_tag;               /* the last one that is too long to be kept */
};

enum logs_sense {
	LOGS_ALIEN,             /* no log line that we know */
	LOGS_OTHER,             /* of another program, or of syslog itself */
	LOGS_BROKEN,            /* a mail server's, and it cannot be read */
	LOGS_PLAIN,             /* a mail server's, of no interest */
	LOGS_EVENT
};

/* `latest` as for stamper_start(). */
void logs_start(struct logs *logs, time_t latest);

/* The line without its end.  `line` is written, `event` where there is one, and `make` but where nobody owns the line. */
enum logs_sense logs_read(struct logs *logs, struct slice text, struct log_line *line, struct event *event, const char **make);

/* The same of an entry of the journal, whose line is in its parts but for the hour and the instance; a text of SLICE_NONE is one that is not there. */
enum logs_sense logs_read_entry(struct logs *logs, struct log_line *line, struct event *event, const char **make);

#endif
