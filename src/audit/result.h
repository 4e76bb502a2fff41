/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_RESULT_H
#define AUDIT_RESULT_H

/*
 * What an agent answers to a job: a line of JSON for each attempt that is settled, and
 * for each endpoint once all is asked, and at last one that says so.  An answer without that
 * last line was cut.  relayaudit-agent(1) lists the members.
 *
 * Lines are read by people who trust no agent: each has its ceiling, texts are
 * printable ASCII, enumerations are by name, and what contradicts itself is no result.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "audit/audit.h"

struct buf;
struct err;

enum {
	/* The transcript of a session, each byte of which JSON may write as two, and a few replies. */
	RESULT_LINE_MOST = 128 << 10,
	RESULT_TEXT_MOST = 2048,
	/* A line is said at least this often, so that who hears none knows that none is coming. */
	RESULT_ALIVE_SECONDS = 5,
	RESULT_SESSIONS_MOST = 1 << 20
};

enum result_kind { RESULT_ATTEMPT, RESULT_VIEW, RESULT_ALIVE, RESULT_FAULT, RESULT_DONE, RESULT_KINDS };

struct result_attempt {
	unsigned endpoint;              /* its place among the job's */
	unsigned number;
	const char *probe, *domain;
	const char *mail_from, *rcpt_to, *reply, *note, *transcript;    /* NULL as in struct attempt */
	enum outcome outcome;
	enum proof proof;
	enum reason reason;
	enum stage stage;
	enum control_answer unknown;
	bool decided, alone;
};

struct result_view {
	unsigned endpoint;
	enum reach reach;
	enum reason reach_reason;
	enum tls_mode mode;
	unsigned banner_code;
	unsigned sessions;
	const char *reach_text, *banner, *hello, *capabilities, *local, *seen_as, *helo;
	const char *tls_version, *tls_cipher, *tls_subject, *tls_issuer, *tls_expires, *tls_trust;      /* version NULL: no TLS */
	bool throttled;
};

struct result {
	enum result_kind kind;
	void *store;                    /* what the texts are borrowed from */
	union {
		struct result_attempt attempt;
		struct result_view view;
		const char *fault;      /* why no more comes */
	} of;
};

/* Each adds one line with its LF. */
void result_write_attempt(const struct view *view, size_t endpoint, const struct attempt *attempt, struct buf *to);
void result_write_view(const struct audit *audit, const struct view *view, size_t endpoint, struct buf *to);
void result_write_sign(enum result_kind kind, const char *fault, struct buf *to);

/* A line without its LF.  -1 with a sentence without foreign bytes; result_release() on success only. */
int result_read(const char *line, size_t len, struct result *result, struct err *err);
void result_release(struct result *result);

/*
 * Writes a result into the attempt that it is of, or the view.  -1 where it is not what was asked,
 * or contradicts itself or what was said before.  Nothing else is looked at than the view itself.
 */
int result_use_attempt(const struct audit *audit, struct view *view, const struct result_attempt *said, struct err *err);
int result_use_view(const struct audit *audit, struct view *view, const struct result_view *said, struct err *err);

#endif
