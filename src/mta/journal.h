/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_JOURNAL_H
#define MTA_JOURNAL_H

/*
 * What journalctl writes of systemd's journal with -o export and -o json (also json-sse and
 * json-seq): entries of fields, where its other forms are lines as syslog has them.
 * https://systemd.io/JOURNAL_EXPORT_FORMATS/
 *
 * It is fed with the lines of a file, and says which are its own: a file may hold lines of
 * other kinds before and behind.  A length that is written in the file is believed for as long
 * as what it leads to is an entry; however long a field is, JOURNAL_MESSAGE bytes are kept.
 * Pure: no I/O.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "mta/log_line.h"

enum {
	/* As of any line: ten times the longest that a mail server writes. */
	JOURNAL_MESSAGE = 64 * 1024,
	/* Host names, identifiers, numbers. */
	JOURNAL_FIELD = 256
};

/* The ceiling of a binary field; systemd's own reader has the same. */
#define JOURNAL_BINARY_MOST ((uint64_t)768 << 20)

enum journal_field {
	JOURNAL_TEXT, JOURNAL_IDENTIFIER, JOURNAL_COMMAND, JOURNAL_PID, JOURNAL_SAID_PID, JOURNAL_HOST, JOURNAL_SOURCE_TIME, JOURNAL_TIME,
	JOURNAL_FIELDS
};

struct journal_value {
	struct buf bytes;
	bool there;             /* the first of that name; more are passed over */
	bool hidden;            /* it is there, and was too long for journalctl */
};

/* Private. */
struct journal {
	struct journal_value values[JOURNAL_FIELDS];
	int state;
	int field;              /* that is being read; JOURNAL_FIELDS: one of no interest */
	uint64_t size;          /* of a binary field, or what is left of it */
	unsigned size_bytes;    /* that were read of its length */
};

enum journal_sense {
	JOURNAL_NONE,           /* the line is none of a journal */
	JOURNAL_PART,           /* it is of an entry that goes on */
	JOURNAL_ENTRY,          /* with it an entry ends: `line` is filled in */
	JOURNAL_LOST,           /* with it an entry ends that cannot be read */
	JOURNAL_LEFT            /* an entry before it has no end, and the line is none of a journal */
};

void journal_init(struct journal *journal);
void journal_release(struct journal *journal);

/*
 * The next line without its end; `whole` is its length in the file, with its end and with what
 * was cut off.  Of an entry: what a line of syslog would say, whose text is SLICE_NONE where the
 * message is not there; it is good until the next call.  `*cut`: more of it was there.
 */
enum journal_sense journal_feed(struct journal *journal, struct slice text, size_t whole, struct log_line *line, bool *cut);

/* At the end of a file: whether an entry was left without its end.  The next file begins anew. */
bool journal_end(struct journal *journal);

/* journal_json.c: fills in the values of one object; false: it is no entry. */
bool journal_read_json(struct journal *journal, struct slice text);

/* Which field has the name; JOURNAL_FIELDS: none of interest. */
int journal_field_of(struct slice name);

#endif
