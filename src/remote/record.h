/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_RECORD_H
#define REMOTE_RECORD_H

/*
 * One caught message to one address, and its form in a store: a JSON object a line
 * (ndjson), relayaudit-sink(1) lists the members.
 *
 * What came from outside is bytes, and JSON has characters: each byte is written as
 * the character of the same number (ISO 8859-1), so that byte 0xe4 is "\u00e4" and a
 * reader gets back what came.  A line is printable ASCII, but for DEL.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/proof.h"
#include "base/buf.h"

enum {
	/* Header and body of a message: test messages have 4 KiB, and a bounce that quotes one with all its reasons much less than this. */
	RECORD_KEPT = 64 << 10,
	/* A line: six characters for each byte, and an envelope that came in lines of SMTP. */
	RECORD_LINE_MOST = 512 << 10
};

/* How keeping a record went. */
enum kept {
	KEPT,
	KEPT_LATER,             /* it is being written; the ticket is settled when it is on disk */
	KEPT_FULL,              /* there is no room now */
	KEPT_BROKEN
};

struct record {
	struct sighting seen;
	long nanoseconds;       /* the fraction of seen.when */
	const char *tls;        /* "TLSv1.3 TLS_AES_256_GCM_SHA384"; NULL: in the clear */
	uint64_t size;          /* bytes of the message, kept or not */
	bool truncated;         /* more came than is kept */
	const char *body;       /* what follows the header's empty line */
	size_t body_len;
};

/* Where the header ends in a message: behind its empty line, or at the end of all. */
size_t record_header_len(const char *message, size_t len);

/* Adds the line with its LF. */
void record_print(const struct record *record, struct buf *to);

/* A record out of a line, and the bytes that it points to. */
struct record_read {
	struct record record;   /* its token has no time of expiry: the address has it */
	char *bytes;
};

/* False: the line, without its LF, is no record.  `*read` is written on success only, and to be released then. */
bool record_parse(const char *line, size_t len, struct record_read *read);
void record_release(struct record_read *read);

#endif
