/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_JOINED_H
#define AUDIT_JOINED_H

/*
 * The lines of a message joined: what its events say together, counted in a struct
 * strangers.  Pure: no I/O, and time is what the lines say.
 *
 * However long a log is, and however its messages are mixed, at most JOINED_MOST of
 * them are open at once.  The one of which nothing was said for the longest is settled
 * with what is known of it when there is no room, or when it is older than any queue
 * keeps a message; `dropped` counts those that never ended.
 */

#include <stddef.h>

#include "audit/strangers.h"
#include "mta/event.h"
#include "mta/log_line.h"

enum {
	/* About 250 bytes each, with their texts. */
	JOINED_MOST = 100000,
	/* Seven days: Postfix and sendmail give up after five, Exim after four, qmail after seven. */
	JOINED_AGE = 7 * 24 * 3600,
	/* Deliveries of one message that wait until its origin is known. */
	JOINED_WAITING = 16,
	/* Connections, and deliveries of qmail, of which later lines speak. */
	JOINED_SESSIONS = 4096,
	JOINED_TEXT = 128
};

struct joined;

/* `strangers` is borrowed, and is counted in until joined_free(). */
struct joined *joined_new(struct strangers *strangers);
void joined_free(struct joined *joined);

void joined_add(struct joined *joined, const struct log_line *line, const struct event *event);

/* All that is still open is settled with what is known of it. */
void joined_finish(struct joined *joined);

/* Messages that were settled to make room, or by their age. */
size_t joined_dropped(const struct joined *joined);

#endif
