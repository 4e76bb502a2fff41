/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_SESSION_H
#define SMTP_SESSION_H

/*
 * One SMTP session as a client, RFC 5321, driven by the event loop.
 *
 * A session opens first: it connects, waits for the whole banner (it never
 * speaks first), says EHLO or the hello line that it was given, falls back to HELO
 * where the server does not know EHLO, and begins TLS where the endpoint says so.
 * Then its owner hands it exchanges: what is sent, and the reply that is
 * waited for.  It walks them, pipelined where that is asked for and the server
 * offers it (RFC 2920), and tells each reply as it comes.  QUIT is sent after the last reply
 * and its answer is not waited for.
 *
 * Safety: after a 354 nothing is sent but the message that the owner has put next.
 * Where there is none, the connection is closed without a byte of a message, and
 * the server drops the transaction (RFC 5321 4.1.1.10).
 *
 * Deadlines are absolute: one reply within `timeout`, connecting and each TLS
 * handshake within the same, the whole session within three time-outs and 5 s.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/address.h"
#include "net/stream.h"
#include "net/tls.h"

struct dial;
struct event_base;
struct reply;
struct session;
struct transcript;
struct xclient;

enum tls_mode { TLS_MODE_NONE, TLS_MODE_STARTTLS, TLS_MODE_IMPLICIT };

enum exchange_kind {
	EXCHANGE_COMMAND,       /* sends the bytes (if any), and waits for a reply if `replies` */
	EXCHANGE_TLS,           /* does a TLS handshake; inside TLS, it ends the session */
	EXCHANGE_MESSAGE        /* as a command, but sent behind a 354 only: without one, it ends the session */
};

enum exchange_timing {
	EXCHANGE_ALONE,         /* sent when all replies before it are in */
	EXCHANGE_PIPELINED,     /* may go with the one before it where PIPELINING is offered */
	EXCHANGE_JOINED         /* goes with the one before it in one write, whatever is offered */
};

struct exchange {
	enum exchange_kind kind;
	enum exchange_timing timing;
	const char *bytes;      /* borrowed; line ends included */
	size_t len;
	bool replies;           /* whether a reply is waited for */
	bool unasked;           /* a server may answer more than was asked: what stands behind the reply is counted to the next exchange */
};

/* How a session came to its end. */
enum session_end {
	SESSION_FINISHED,       /* all exchanges are done, or the owner stopped it */
	SESSION_UNREACHED,      /* refused, no route, or no answer to the connection: `err` says which */
	SESSION_NO_BANNER,      /* connected, and silent, or closed before a banner */
	SESSION_REFUSED,        /* a greeting, hello or XCLIENT reply that refuses service; or no XCLIENT for us: `err` says so */
	SESSION_TLS,            /* no STARTTLS is offered, it was refused, or the handshake failed */
	SESSION_LOST,           /* the server closed the connection while a reply was due */
	SESSION_SILENT,         /* a reply did not come in time */
	SESSION_MALFORMED,      /* what came is not a reply, or one without an end */
	SESSION_ENDS
};

/* What was learned while opening, and since.  Lives as long as the session. */
struct session_facts {
	char *banner;                   /* escaped reply: "220 mail.example.org ESMTP"; NULL before it came */
	char *hello;                    /* escaped reply to EHLO or HELO; NULL before it came */
	int banner_code;
	unsigned capabilities;          /* enum capability; those after TLS where there is TLS */
	unsigned xclient;               /* XCLIENT_... of the last EHLO reply before opened(): what a client may be claimed with */
	bool secure;
	bool last_hello;                /* the hello behind which nothing but the exchanges comes was said: the owner's, if it has one */
	struct tls_facts *tls;          /* NULL without TLS */
	struct address local;           /* our side; family 0 where a dial connects */
	int64_t connect_time;           /* microseconds: about one round trip */
	int64_t slowest_reply;          /* microseconds from the question, or from the reply before it, to a reply */
};

struct session_events {
	/*
	 * After the greeting: the hello line to say instead of "EHLO name", with its CRLF; "" for none; NULL for
	 * the ordinary.  It is borrowed until ended().  The member may be NULL.
	 */
	const char *(*hello)(void *context);
	/* Opened: the owner now calls session_talk() or session_quit(). */
	void (*opened)(void *context);
	/* Before a write, of its first exchange, and before a handshake: false skips that exchange.  In lock-step this is each of them. */
	bool (*wanted)(void *context, size_t index);
	/* The reply to exchange `index`. */
	void (*replied)(void *context, size_t index, const struct reply *reply);
	/*
	 * The last call.  For SESSION_REFUSED and SESSION_TLS, `reply` is the one that refused, if one did;
	 * else it is NULL.  The owner frees the session: here, or later.
	 */
	void (*ended)(void *context, enum session_end end, const struct err *err, const struct reply *reply);
};

/* The longest PROXY header that we send: 107 bytes in version 1, 52 in version 2. */
enum { SESSION_PREAMBLE_MOST = 108 };

struct session_settings {
	struct event_base *base;
	struct tls_context *tls;
	struct address to;
	struct origin from;             /* for TCP of our own */
	struct dial *dial;              /* another way to connect; NULL: TCP of our own */
	char preamble[SESSION_PREAMBLE_MOST]; /* sent as it is, before the greeting and before any TLS */
	size_t preamble_len;
	size_t prologue_most;           /* bytes of lines before the greeting that are passed over: a command talks to people first */
	const struct xclient *claim;    /* said behind the hello (that inside TLS where there is TLS); NULL: nothing is claimed */
	enum tls_mode mode;
	const char *server_name;        /* for SNI; may be NULL */
	const char *name;               /* our own name, for EHLO */
	bool speaks_first;              /* opened as soon as it is connected: the greeting is the reply to the first exchange */
	int64_t timeout;                /* microseconds */
	struct transcript *transcript;  /* borrowed; NULL where nobody wants it */
};

/* Everything in the settings is borrowed until session_free().  Never fails: what fails is told by ended(), from the loop. */
struct session *session_start(const struct session_settings *settings, const struct session_events *events, void *context);

/* The exchanges are borrowed until ended(). */
void session_talk(struct session *session, const struct exchange *exchanges, size_t count);

/* Ends it politely: ended() follows with SESSION_FINISHED. */
void session_quit(struct session *session);

const struct session_facts *session_facts(const struct session *session);

void session_free(struct session *session);

const char *tls_mode_name(enum tls_mode mode);          /* as in reports: "none", "starttls", "implicit" */

#endif
