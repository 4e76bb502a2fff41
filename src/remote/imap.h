/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_IMAP_H
#define REMOTE_IMAP_H

/*
 * What an IMAP server says (RFC 9051, RFC 3501): pieces of the stream in, one
 * whole response after the other out, and of each what a reader of new mail needs.
 * Pure: no I/O, no clock.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum {
	/* What is asked of a message: long enough for header lines that a dozen filters have added, and for what a bounce quotes. */
	IMAP_HEADER_KEPT = 64 << 10,
	IMAP_TEXT_KEPT = 16 << 10,
	/* One response with its literals: a message as above, or a search that finds thousands. */
	IMAP_REPLY_MOST = 128 << 10,
	IMAP_TAG = 16
};

enum imap_state { IMAP_MORE, IMAP_WHOLE, IMAP_BROKEN };

/* Collects one response: a line, and where it ends in "{LENGTH}" so many bytes and the line that goes on after them. */
struct imap_reader {
	struct buf text;
	size_t line;                    /* where the line that is being read begins */
	size_t literal;                 /* bytes of a literal that are still to come */
	enum imap_state state;
};

void imap_reader_init(struct imap_reader *reader);
void imap_reader_release(struct imap_reader *reader);

/*
 * Takes bytes up to the end of the response; `used` says how many.  After
 * IMAP_WHOLE `text` holds it until the next call.  IMAP_BROKEN, which is for good: it is
 * longer than IMAP_REPLY_MOST.
 */
enum imap_state imap_read(struct imap_reader *reader, const char *bytes, size_t len, size_t *used);

enum imap_kind {
	IMAP_OK,
	IMAP_NO,
	IMAP_BAD,
	IMAP_BYE,
	IMAP_SEARCH,
	IMAP_FETCH,
	IMAP_OTHER
};

/* Pointers lead into the text that was parsed. */
struct imap_reply {
	char tag[IMAP_TAG];             /* "" where it is untagged */
	enum imap_kind kind;
	uint32_t uid_next;              /* of OK [UIDNEXT ...]; 0: none */
	uint32_t uid_validity;
	const char *uids;               /* of SEARCH: what imap_uid() reads */
	uint32_t uid;                   /* of FETCH; 0: none */
	const char *header;             /* likewise; NULL: none */
	size_t header_len;
	const char *text;
	size_t text_len;
};

/* Reads one whole response.  False: it is not of this protocol. */
bool imap_parse(const char *bytes, size_t len, struct imap_reply *reply);

/* The next number of a SEARCH response, or 0. */
uint32_t imap_uid(const char **at);

/* Adds the name as a quoted string.  False: it holds what a quoted string cannot. */
bool imap_quote(struct buf *to, const char *name);

#endif
