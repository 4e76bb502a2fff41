/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_QUEUE_H
#define MTA_QUEUE_H

/*
 * What a mail server's own listing says of its queue, whichever server it is: of each
 * message its id, sender and recipients.  No listing shows the client.
 *
 * Names and addresses in a listing are strangers' and may hold any bytes.  An id is
 * made of letters, digits and hyphens and nothing else, so that it may be written into
 * a command; what is none makes its line QUEUE_BROKEN.
 *
 * A new server is one file with a struct queue_reader, and one row in queues.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/slice.h"

enum {
	/* A message to some thousands of recipients is one line of postqueue -j. */
	QUEUE_LINE_MOST = 4 << 20,
	QUEUE_ID_MOST = 32,
	QUEUE_PLACE_MOST = 200,
	/* Words of a listing command. */
	QUEUE_ARGUMENTS = 4
};

/* What one id names: a message or, with OpenSMTPD, an envelope.  Slices are good during the call. */
struct queue_item {
	struct slice id;
	struct slice group;             /* items with the same are one message; empty: the item is a message */
	struct slice sender;            /* empty: the null sender */
	time_t taken;                   /* 0: not told */
	bool held;                      /* it is not sent until someone lets it go */
	bool ours;                      /* the listing says so: by a process of the host, or by who logged in */
	bool unreadable;                /* the server cannot tell its sender, or does not show all of it */
};

/* Whoever wants to know.  Recipients are of the item before. */
struct queue_taker {
	void (*item)(void *context, const struct queue_item *item);
	/* `waits`: it was not delivered yet; `inside`: to a mailbox of the host; `cut`: not all of the address is shown. */
	void (*recipient)(void *context, struct slice address, bool waits, bool inside, bool cut);
	/* The item before is held, as a line below it says. */
	void (*held)(void *context);
};

enum queue_sense {
	QUEUE_FOREIGN,                  /* not of this server's listing */
	QUEUE_BROKEN,                   /* of it, and cannot be read */
	QUEUE_FINE
};

struct queue_reader;

/* A listing that is being read. */
struct queues {
	const struct queue_taker *taker;
	void *context;
	time_t now;                     /* ages, and times without a year, are before it */
	const struct queue_reader *reader;      /* of the last line; NULL: of none yet */
	bool open;                      /* recipients may follow */
	bool headed;                    /* a total has to follow */
	size_t items;                   /* since the last total */
	size_t missing;                 /* that totals count, and that were not there */
	char place[QUEUE_PLACE_MOST + 1];       /* the directory that the listing names; "" */
};

/* One kind of command, to which ids are added. */
struct queue_remedy {
	const char *does;               /* "stop", "hold", "remove" */
	const char *form;               /* "exim -Mf {ids}"; {id}: one for each; {place}: the queue's directory; neither: once */
	const char *each;               /* stands before each of {ids}: "-h "; NULL: nothing does */
};

struct queue_reader {
	const char *make;               /* as in mta/make.h */
	const char *place;              /* where its queue usually is; NULL: no command needs it */
	bool totals;                    /* a listing ends with its number of messages */
	/* Commands that list the queue, the best first; rows of NULL end it. */
	const char *commands[3][QUEUE_ARGUMENTS + 1];
	/* That list the rest of it, where the best is there; likewise. */
	const char *also[3][QUEUE_ARGUMENTS + 1];
	const struct queue_remedy *remedies;    /* ended by one without `does` */
	enum queue_sense (*read)(struct queues *queues, struct slice line);
};

extern const struct queue_reader postfix_queue_reader;
extern const struct queue_reader exim_queue_reader;
extern const struct queue_reader sendmail_queue_reader;
extern const struct queue_reader qmail_queue_reader;
extern const struct queue_reader opensmtpd_queue_reader;

/* The readers in order; NULL behind the last. */
const struct queue_reader *queue_reader_at(size_t index);

/* A line without its end: whosever it is.  QUEUE_FOREIGN: nobody's. */
enum queue_sense queues_read(struct queues *queues, struct slice line);

/* Behind the last line.  False: the end of a listing that has one is missing. */
bool queues_end(struct queues *queues);

/* For readers */

void queues_item(struct queues *queues, const struct queue_item *item);
void queues_recipient(struct queues *queues, struct slice address, bool waits, bool inside, bool cut);
void queues_held(struct queues *queues);
/* The number of messages that the listing says it has. */
void queues_total(struct queues *queues, size_t total);

bool queue_is_id(struct slice id);

/* Steps over "Fri Nov 27 22:46:53", with or without the day's name and the seconds; the year is the latest that is not behind `now`. */
bool queue_time(struct slice *rest, time_t now, time_t *when);

/* Steps over blanks and tabs. */
void queue_blanks(struct slice *rest);

/* "(why it waits)": from the first byte to the last. */
bool queue_is_reason(struct slice text);

#endif
