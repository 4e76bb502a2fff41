/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_RULES_H
#define REMOTE_PRACTICE_RULES_H

/*
 * What a practice server was told to be: practice_rules_parse()'s result, as the
 * server, its policy and its tables read it.  Nothing changes it while it serves.
 *
 * A rule is one line, "key value"; a line that begins with # is a comment.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"
#include "remote/practice.h"
#include "remote/practice_style.h"

struct practice_hostile;

/* What a sender is, seen from here; a set of bits. */
enum practice_sender {
	SENDER_NULL = 1 << 0,
	SENDER_UNQUALIFIED = 1 << 1,
	SENDER_LITERAL = 1 << 2,
	SENDER_DOMAIN = 1 << 3,         /* in a domain of ours */
	SENDER_USER = 1 << 4,           /* a mailbox of ours */
	SENDER_LOCALHOST = 1 << 5,
	SENDER_SUBDOMAIN = 1 << 6,
	SENDER_OUTSIDE = 1 << 7,
	SENDER_UNRESOLVABLE = 1 << 8,   /* a reserved name, as example.com */
	SENDER_UNKNOWN = 1 << 9         /* in a domain of ours, and no mailbox */
};

/* What a client calls itself; a set of bits. */
enum practice_helo {
	HELO_NONE = 1 << 0,
	HELO_DOMAIN = 1 << 1,
	HELO_NAME = 1 << 2,             /* our own name */
	HELO_LOCALHOST = 1 << 3,
	HELO_LITERAL = 1 << 4
};

enum practice_flag {
	FLAG_TLS,
	FLAG_TLS_ONLY,
	FLAG_IMPLICIT_TLS,
	FLAG_PIPELINING,
	FLAG_STRICT_LOCKSTEP,
	FLAG_AUTH_REQUIRED,
	FLAG_AUTH,                      /* offered; nobody has an account */
	FLAG_AUTH_TAKES_ANY,
	FLAG_SENDER_MUST_RESOLVE,
	FLAG_SENDER_MUST_EXIST,
	FLAG_ANY_USER,
	FLAG_LEAK_SECOND,
	FLAG_LEAK_AFTER_TLS,
	FLAG_REFUSE_CLIENT_AT_RCPT,
	FLAG_REFUSE_EARLY,
	FLAG_PROXY,
	FLAG_STARTTLS_KEEPS_INPUT,
	FLAG_HELO_REQUIRED,
	PRACTICE_FLAGS
};

enum practice_number {
	NUMBER_BANNER_DELAY,
	NUMBER_REPLY_DELAY,
	NUMBER_GREYLIST,
	NUMBER_SOFT_ERRORS,
	NUMBER_HARD_ERRORS,
	NUMBER_ERROR_SLEEP,
	NUMBER_NONMAIL,
	NUMBER_SYNTAX,
	NUMBER_UNKNOWN,                 /* unknown commands */
	NUMBER_CONNECTIONS_PER_MINUTE,
	NUMBER_SESSIONS,
	NUMBER_RCPT_FREE,
	NUMBER_RCPT_THROTTLE,
	NUMBER_RECIPIENTS,
	NUMBER_REFUSED_DELAY,
	NUMBER_SECOND_EHLO_DELAY,
	NUMBER_CLOSE_AFTER,
	NUMBER_IDLE,
	NUMBER_OPEN_EVERY,
	NUMBER_HOSTILE_SPARES,
	PRACTICE_NUMBERS
};

/* Where in a session a hostile server turns hostile. */
enum practice_stage {
	AT_CONNECT,             /* before a byte was said */
	AT_BANNER,
	AT_EHLO,
	AT_STARTTLS,            /* the reply to STARTTLS */
	AT_TLS,                 /* where the handshake should be */
	AT_SECURED,             /* after it */
	AT_MAIL,
	AT_RCPT,
	AT_RSET,
	AT_DATA,
	AT_DOT,                 /* the reply to the message */
	AT_QUIT,
	AT_OTHER,
	PRACTICE_STAGES
};

/* Ends of a message that are taken for one; CR LF . CR LF always is. */
struct practice_end {
	const char *name;
	const char *bytes;
	size_t len;
};

extern const struct practice_end practice_ends[];
enum { PRACTICE_ENDS = 8 };

struct practice_network {
	struct address address;
	unsigned bits;
	unsigned tricks;
};

struct practice_networks {
	struct practice_network *items;
	size_t count, capacity;
};

struct practice_words {
	char **items;
	size_t count, capacity;
};

struct practice_rules {
	const struct practice_style *style;
	char *name;
	struct practice_words domains, users, banner, capabilities;
	struct practice_words owned;            /* texts of ours that `texts` points to */
	struct practice_networks trusted, refused, xclients, open_here;
	/* Replies as the style or a rule words them; NULL where the server has no such refusal. */
	const char *texts[PRACTICE_TEXTS];
	const char *refuse_at_data, *refuse_at_dot;
	char *capability_lines[2];              /* "SIZE\0...": with STARTTLS, and inside TLS */
	bool flags[PRACTICE_FLAGS];
	bool flags_told[PRACTICE_FLAGS];
	long numbers[PRACTICE_NUMBERS];
	unsigned leaks;                         /* tricks that open the server to everyone */
	unsigned leak_senders, leak_helos;
	unsigned ends;                          /* of practice_ends[], as bits */
	struct practice_hostile *hostile[PRACTICE_STAGES];
};

bool practice_network_has(const struct practice_networks *networks, const struct address *address);

#endif
