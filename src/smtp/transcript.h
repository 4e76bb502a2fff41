/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_TRANSCRIPT_H
#define SMTP_TRANSCRIPT_H

/*
 * What was said in a session, escaped, in the marks that swaks users know: one
 * line of text a line of dialogue.
 *
 *      " -> "  we say             "<-  "  the server says
 *      " ~> "  inside TLS         "<~  "  inside TLS
 *      "<** "  a refusal          "<~* "  a refusal inside TLS
 *      "=== "  what happened      "*** "  what went wrong
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum {
	/* A session of nine probes is some 2 KiB; what a hostile server adds is cut here. */
	TRANSCRIPT_MOST = 32 << 10
};

struct reply;

struct transcript {
	struct buf text;
	bool inside_tls;
};

#define TRANSCRIPT_INIT { .text = BUF_INIT(TRANSCRIPT_MOST) }

void transcript_release(struct transcript *transcript);

/* Each takes NULL for a transcript that nobody wants. */
void transcript_sent(struct transcript *transcript, const char *bytes, size_t len);
void transcript_reply(struct transcript *transcript, const struct reply *reply);
void transcript_note(struct transcript *transcript, const char *format, ...) __attribute__((format(printf, 2, 3)));
void transcript_fault(struct transcript *transcript, const char *text);

#endif
