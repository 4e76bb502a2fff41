/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SINK_H
#define REMOTE_SINK_H

/*
 * The receiver that proves deliveries: an SMTP server (RFC 5321) fit for port 25 of
 * the internet that takes mail for its tokens and for nobody else.  It never
 * connects out, asks no DNS, relays nothing and bounces nothing: what it does not
 * keep, it refuses while the client is there to hear it.
 *
 * A message is answered 250 when whoever is asked to take it says that it is kept.
 */

#include <stddef.h>
#include <stdint.h>

#include "remote/record.h"

struct address;
struct err;
struct event_base;
struct sink;
struct tls_context;
struct token_key;

/* What anybody may take of it.  A peer is an IPv4 address or the /64 of an IPv6 address. */
struct sink_limits {
	unsigned sessions, sessions_peer;               /* at once */
	unsigned secured;                               /* of the sessions, in TLS */
	unsigned receiving;                             /* of the sessions, in the middle of a message */
	unsigned messages, messages_peer;               /* in a minute */
	uint64_t bytes, bytes_peer;                     /* in a minute, of all kinds */
	int64_t command, message, session;              /* microseconds for one command, one message, and in all */
};

/* Those of the command and of "listen:", with the reason for each. */
extern const struct sink_limits sink_usual_limits;

enum {
	/* RFC 5321 4.5.3.1.4 and .6 want 512 and 1,000 octets, and extensions more. */
	SINK_LINE = 2048,
	SINK_HELO = 255,
	/* Announced as SIZE (RFC 1870): bounces that return all of a message are below it, and one is read in a second. */
	SINK_MESSAGE_MOST = 4 << 20,
	/* RFC 5321 4.5.3.1.8. */
	SINK_RECIPIENTS = 100,
	/* As Postfix's smtpd_hard_error_limit. */
	SINK_ERRORS = 20,
	/* Ten times what a client needs that sends a hundred messages. */
	SINK_COMMANDS = 5000,
	SINK_DOMAINS = 64
};

struct sink_settings {
	const char *const *domains;     /* whose tokens are taken */
	size_t domain_count;
	const struct token_key *key;
	const char *name;               /* in the greeting; NULL: the first domain */
	const char *contact;            /* whom to ask, told with each refusal; may be NULL */
	struct tls_context *tls;        /* NULL: STARTTLS is not offered */
	const struct sink_limits *limits;
	/*
	 * A message, once for each of its addresses.  KEPT_LATER: sink_settle() is called with
	 * the ticket, after this has returned.  Else `err` may say why not, for the log.
	 */
	enum kept (*take)(void *context, const struct record *records, size_t count, uint64_t ticket, struct err *err);
	/* A line for the log, printable, without its end; not more than some a second. */
	void (*log)(void *context, const char *line);
	void *context;
};

/* The settings are borrowed until sink_free(). */
struct sink *sink_new(struct event_base *base, const struct sink_settings *settings);

/* Ends every session, without a word; not called from inside a callback of the sink's. */
void sink_free(struct sink *sink);

/* One more door, as listener_parse() reads it; port 0 takes a free one.  `*bound` is where it listens. */
int sink_listen(struct sink *sink, const struct address *where, struct address *bound, struct err *err);

/* Answers the session that waits with this ticket, if it is still there. */
void sink_settle(struct sink *sink, uint64_t ticket, enum kept how);

#endif
