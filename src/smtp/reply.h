/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_REPLY_H
#define SMTP_REPLY_H

/*
 * A server's reply (RFC 5321 4.2), read from whatever pieces the network cuts it
 * into: one or more lines of one code, the last of them without a hyphen.  A
 * line ends in LF; the CR before it is not required.
 *
 * The text is the server's own bytes: it may hold anything but LF within a line,
 * NUL and escapes among it.  Nobody prints it but through text_escape().
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum reply_limits {
	/* RFC 5321 4.5.3.1.5 allows 512 octets a line; what a line has beyond this many is dropped. */
	REPLY_LINE_KEPT = 1024,
	/* A line without an end, or a reply without a last line, is not a reply. */
	REPLY_LINE_MOST = 64 << 10,
	REPLY_LINES_MOST = 256,
	/* All lines of a reply that are kept. */
	REPLY_TEXT_KEPT = 8 << 10
};

enum reply_class {
	REPLY_ACCEPTED,         /* 2yz */
	REPLY_MORE,             /* 3yz */
	REPLY_DEFERRED,         /* 4yz */
	REPLY_REJECTED,         /* 5yz */
	REPLY_CLASSES
};

struct reply {
	int code;               /* 200 to 599 */
	int status[3];          /* RFC 3463 enhanced status code of the last line; status[0] is 0 when there is none */
	const char *text;       /* the lines without their codes, joined by LF; a NUL follows */
	size_t len;
	unsigned lines;
	bool cut;               /* some of the text was dropped */
};

enum reply_state {
	REPLY_UNFINISHED,       /* all bytes were used, and more are needed */
	REPLY_READY,
	REPLY_MALFORMED,        /* no code, or codes that differ within one reply */
	REPLY_ENDLESS           /* a ceiling of the limits above */
};

struct reply_reader {
	struct buf text;
	size_t line_start;      /* where the present line's bytes begin in `text` */
	size_t line_len;        /* of the present line, kept or not */
	unsigned lines;
	int code;
	bool line_cut;
};

void reply_reader_init(struct reply_reader *reader);
void reply_reader_release(struct reply_reader *reader);

/*
 * Reads on.  `*used` is how many of the bytes it took; on REPLY_READY the rest
 * belongs to the next reply, and `reply` is filled in: its text lives until the
 * next call.  After the last two states the reader is good for nothing but release.
 */
enum reply_state reply_read(struct reply_reader *reader, const char *bytes, size_t len, size_t *used,
			    struct reply *reply);

enum reply_class reply_class(const struct reply *reply);

/* Whether bytes of an unfinished reply are held. */
bool reply_reader_is_amid(const struct reply_reader *reader);

/* "550 5.7.1 text", escaped, lines joined by " / ", at most TEXT_SHOWN bytes. */
void reply_print(const struct reply *reply, struct buf *to);

#endif
