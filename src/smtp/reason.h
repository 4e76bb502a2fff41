/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_REASON_H
#define SMTP_REASON_H

/*
 * Why a reply refuses: a closed list, decided by code, enhanced code and text
 * together, for no one of them is enough.  "454 4.7.1 Relay access denied" is
 * Postfix's final word, and "450 4.7.1 Greylisted" an invitation to come back.
 */

#include <stdbool.h>

struct reply;

enum reason {
	REASON_NONE,                    /* the reply does not refuse */
	REASON_RELAYING_DENIED,
	REASON_AUTH_REQUIRED,
	REASON_TLS_REQUIRED,
	REASON_UNKNOWN_USER,            /* the server takes the address for one of its own, and has no such user */
	REASON_UNKNOWN_DOMAIN,          /* the recipient's domain does not resolve, or takes no mail (RFC 7505) */
	REASON_SENDER_REFUSED,
	REASON_HELLO_REFUSED,           /* the EHLO or HELO name */
	REASON_CLIENT_BLOCKED,          /* the client's address, name or reputation */
	REASON_SYNTAX,
	REASON_BAD_SEQUENCE,            /* 503: a command out of turn */
	REASON_UNSUPPORTED,             /* the command or parameter is not known here */
	REASON_GREYLISTED,
	REASON_RATE_LIMITED,            /* too many connections, commands, errors or recipients */
	REASON_TEMPORARY,               /* any other 4yz: broken or busy */
	REASON_OTHER,                   /* any other 5yz: policy in words that we do not know */
	REASON_RIGHT_ANSWER,            /* no refusal, but what a server answers that the trick does not fool */
	REASON_CONNECTION_REFUSED,      /* from here on no reply tells it: what kept us from one */
	REASON_CONNECTION_LOST,
	REASON_TIMEOUT,
	REASON_NO_BANNER,
	REASON_TLS_FAILED,
	REASON_MALFORMED_REPLY,
	REASON_NOT_APPLICABLE,          /* a precondition of the probe does not hold here */
	REASON_NOT_ASKED,               /* time or budget ended first */
	REASONS
};

/* What the reply answers. */
enum stage {
	STAGE_CONNECT,
	STAGE_GREETING,
	STAGE_HELLO,
	STAGE_STARTTLS,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_MESSAGE,                  /* its end */
	STAGE_OTHER,
	STAGES
};

/* REASON_NONE for 2yz and 3yz. */
enum reason reason_of(const struct reply *reply, enum stage stage);

/* The stage of a command line by its verb. */
enum stage stage_of(const char *line);

/* Kebab-case, as in reports: "relaying-denied". */
const char *reason_name(enum reason reason);
const char *stage_name(enum stage stage);

/* One phrase for people: "the server refuses to relay". */
const char *reason_phrase(enum reason reason);

/*
 * Whether asking again later may bring another answer: greylisting, a rate
 * limit, a temporary fault.  A 4yz that denies relaying is not among them.
 */
bool reason_is_passing(enum reason reason);

#endif
