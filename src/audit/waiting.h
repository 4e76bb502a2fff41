/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_WAITING_H
#define AUDIT_WAITING_H

/*
 * Whose mail waits.  No listing of a queue shows a client, so that a message is
 * strangers' when its sender is of no own domain, and neither is a recipient that it
 * still waits for; a bounce to strangers is the same with the null sender.  What a
 * listing says to be the host's own (submitted by a process, or after a login) is
 * nobody else's.  Where the own domains are not known, nothing is told apart.
 *
 * Pure: no I/O, no time but what listings say.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "audit/strangers.h"
#include "mta/queue.h"

struct buf;
struct pool;

enum {
	/* Ids for commands: 200 bytes each. */
	WAITING_ROWS_MOST = 200000,
	WAITING_TEXT = 128,
	/* Ids in one command: some lines of a terminal, and far below what a system takes. */
	WAITING_IDS = 50
};

enum waiting_kind { WAITING_STRANGERS, WAITING_BOUNCE, WAITING_KINDS };

/* What one id names, of strangers'. */
struct waiting_row {
	enum waiting_kind kind;
	char id[QUEUE_ID_MOST + 1];
	const struct queue_reader *reader;
	const char *place;              /* the queue's directory; NULL */
	const char *sender;             /* escaped; "" */
	const char *domain;             /* of the first foreign recipient, escaped */
	size_t recipients;              /* foreign ones that wait */
	size_t others;                  /* that are not, or were served: they go with it */
	time_t taken;                   /* 0: not known */
	bool held;
};

/* What an item, and what the items of a message come to; the lowest counts. */
enum waiting_sense { WAITING_IS_STRANGERS, WAITING_IS_BOUNCE, WAITING_IS_UNSURE, WAITING_IS_OWN, WAITING_SENSES };

/* Private. */
struct waiting_item {
	struct waiting_row row;
	bool begun;
	bool own_sender;
	bool null_sender;
	bool ours;
	bool unreadable;
	bool cut;                       /* a recipient is not shown to its end */
	size_t shown;                   /* recipients */
};

/* Private. */
struct waiting_group {
	char id[QUEUE_ID_MOST + 1];     /* "": the item is the message */
	bool begun;
	bool held;                      /* each of its items of this sense */
	enum waiting_sense sense;
	time_t taken;
};

/* Counts of one kind. */
struct waiting_count {
	size_t messages;
	size_t held;
	size_t recipients;
	time_t first, last;             /* when they were taken; 0: not known */
};

struct waiting {
	const struct strangers_rules *rules;    /* borrowed */
	size_t messages;                /* all of them */
	size_t own;                     /* neither strangers' nor bounces to them */
	size_t unjudged;                /* of which the listing does not show enough */
	struct waiting_count counts[WAITING_KINDS];
	struct tally domains;           /* of foreign recipients; counts recipients */
	struct tally senders;           /* of strangers' messages */
	struct waiting_row *rows;
	size_t row_count;
	size_t row_capacity;
	size_t rows_dropped;
	struct pool *pool;
	/* Private: what is at hand. */
	struct queues *queues;
	struct waiting_item item;
	struct waiting_group group;
};

void waiting_init(struct waiting *waiting, const struct strangers_rules *rules);
void waiting_release(struct waiting *waiting);

/* Before and behind each listing; `queues` is made ready, and is borrowed until the end, where what was begun is judged. */
void waiting_begin(struct waiting *waiting, struct queues *queues, time_t now);
void waiting_end(struct waiting *waiting);

/* Sorts the tallies; the oldest rows come first. */
void waiting_sort(struct waiting *waiting);

/*
 * The commands of a make that do so with the rows of that kind, one after the other, in `command`; false: there
 * are no more.  `*from` is 0 before the first call.
 */
bool waiting_command(const struct waiting *waiting, const struct queue_reader *reader, const struct queue_remedy *remedy,
		     enum waiting_kind kind, size_t *from, struct buf *command);

#endif
