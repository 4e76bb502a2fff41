/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_RULES_H
#define REMOTE_PRACTICE_RULES_H

/*
 * What a practice server was told to be: practice_rules_parse()'s result, as the
 * server, its policy and its tables read it.  Nothing changes it while it serves.
 *
 * A rule is one line, "key value"; a line that begins with # is a comment.
 * TRICK is one of plain percent bang quoted route double-at subdomain postmaster
 * all; NETWORK is an address, or an address/bits whose mask is laid over both sides.
 *
 * Who it is
 *      name NAME                       its host name; mail.practice.test
 *      domain DOMAIN...                for which it takes mail
 *      user NAME...                    mailboxes there; * is any; postmaster always is one
 *      style plain|postfix|exim|sendmail|opensmtpd|qmail|courier|haraka
 *      banner TEXT                     more than one: a multi-line greeting
 *      text NAME REPLY                 another reply in place of the style's; \n parts its lines
 *      capability LINE                 one more in the EHLO reply
 *      pipelining yes|no               as the style has it
 *      tls yes|no, tls-only, implicit-tls
 *      auth, auth-required             AUTH is offered, demanded; nobody has an account
 *      helo-required
 *
 * Whose mail it relays
 *      trust NETWORK [TRICK...]        these clients': all of it, or in these forms only
 *      leak TRICK...                   everybody's
 *      leak-sender null|unqualified|literal|domain|user|localhost|subdomain|outside...
 *      leak-helo none|domain|name|localhost|literal...
 *      leak-second                     after a local recipient that was taken
 *      leak-after-tls, auth-takes-any
 *      open-at NETWORK                 everybody's who connects to this address of its own
 *      open-every N                    and to each address whose number N divides
 *      xclient NETWORK                 who may say by XCLIENT to be another
 *      proxy                           a PROXY header is demanded, from anybody
 *      starttls-keeps-input            commands sent in the clear behind STARTTLS are obeyed inside TLS
 *      end-of-data lf|lf-crlf|cr|cr-lf|cr-crlf|lf-cr|crlf-lf|crlf-cr...
 *
 * What it refuses for other reasons
 *      refuse-at data|dot REPLY        what goes outside, late
 *      greylist N                      the first N tries of client, sender and recipient
 *      refuse-client NETWORK           with refuse-client-at greeting|rcpt
 *      refuse-early                    every recipient of who spoke before the banner
 *      sender-must-resolve             example.com and the like do not; sender-refused-at mail|rcpt
 *      sender-must-exist               where its domain is ours
 *
 * What becomes of a message that it took; WHERE is ADDRESS:PORT on loopback, and what no
 * rule hands on is thrown away
 *      deliver WHERE                   what is for outside, with a Received line in the style's words
 *      deliver-late MS                 this long after it was taken, and bounces likewise
 *      deliver-again                   twice
 *      hold, discard                   it is kept for ever, or thrown away after all
 *      bounce WHERE                    what is for a local name that is no `user`: to its sender
 *      dsn WHERE                       a report of success where NOTIFY=SUCCESS was asked for
 *      autoreply WHERE                 an answer to whoever writes to a `user`
 *      mask ADDRESS                    every client is seen as this one, as behind a masquerading bridge
 *
 * Limits and delays, in milliseconds
 *      banner-delay MS                 before the last line of the banner
 *      reply-delay MS, refused-delay MS, second-ehlo-delay MS
 *      limit-errors SOFT HARD MS       as Postfix
 *      limit-rcpt-throttle N MS        as sendmail's BadRcptThrottle
 *      limit-nonmail N, limit-syntax N, limit-unknown N
 *      limit-recipients N, limit-sessions N, limit-connections-per-minute N
 *      close-after N                   commands
 *      idle MS
 *      strict-lockstep                 a byte that comes before its turn ends the session, as OpenSMTPD
 *
 * Hostility
 *      hostile WHAT [AT [MS]]          rows in practice_hostile.c; MS a byte where it drips
 *      hostile-spares N                the first N times in a session
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
	FLAG_SENDER_AT_RCPT,            /* and is told so only at RCPT, as by Postfix */
	FLAG_SENDER_MUST_EXIST,
	FLAG_ANY_USER,
	FLAG_LEAK_SECOND,
	FLAG_LEAK_AFTER_TLS,
	FLAG_REFUSE_CLIENT_AT_RCPT,
	FLAG_REFUSE_EARLY,
	FLAG_PROXY,
	FLAG_STARTTLS_KEEPS_INPUT,
	FLAG_HELO_REQUIRED,
	FLAG_DELIVER_AGAIN,
	FLAG_HOLD,
	FLAG_DISCARD,
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
	NUMBER_DELIVER_LATE,
	PRACTICE_NUMBERS
};

/* Where a message is handed on to. */
enum practice_hop { HOP_DELIVER, HOP_BOUNCE, HOP_DSN, HOP_AUTOREPLY, PRACTICE_HOPS };

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
	AT_MESSAGE,             /* as soon as it begins to come */
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
	struct address hops[PRACTICE_HOPS];     /* without a family: none */
	bool hands_on;                          /* one of them is told */
	struct address mask;                    /* without a family: none */
};

bool practice_network_has(const struct practice_networks *networks, const struct address *address);

#endif
