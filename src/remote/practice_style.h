/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_STYLE_H
#define REMOTE_PRACTICE_STYLE_H

/*
 * How the servers that people run word their replies, and what each makes of an
 * address that hides another: a practice server in a style is taken for the real one.
 *
 * In a text stand {name} for the server's name, {helo} for what the client calls
 * itself, {client} for the client's address, {address} for the address in the
 * command, and {id} for a number of the message.  A LF parts the lines of a reply
 * that has several; each bears its code.
 */

#include <stdbool.h>
#include <stddef.h>

enum practice_text {
	TEXT_BANNER,
	TEXT_EHLO,              /* the first line */
	TEXT_HELO,
	TEXT_MAIL,
	TEXT_RCPT,
	TEXT_DATA,
	TEXT_DOT,
	TEXT_RSET,
	TEXT_NOOP,
	TEXT_QUIT,
	TEXT_VRFY,
	TEXT_HELP,
	TEXT_STARTTLS,
	TEXT_NO_STARTTLS,
	TEXT_AUTH_OK,
	TEXT_AUTH_FAILED,
	TEXT_NO_AUTH,
	TEXT_NO_COMMAND,        /* unknown */
	TEXT_NEED_HELO,
	TEXT_HELO_SYNTAX,       /* no name; NULL: allowed */
	TEXT_NEED_MAIL,
	TEXT_NEED_RCPT,
	TEXT_NO_RCPT,           /* DATA where every recipient was refused */
	TEXT_SECOND_MAIL,       /* NULL: the second replaces the first */
	TEXT_SECOND_EHLO,       /* NULL: allowed */
	TEXT_RELAY,
	TEXT_USER,              /* NULL: every local part is taken */
	TEXT_RCPT_SYNTAX,
	TEXT_MAIL_SYNTAX,
	TEXT_PARAMETER,
	TEXT_SENDER,            /* its domain does not resolve */
	TEXT_SENDER_USER,       /* its domain is ours, and it is no mailbox */
	TEXT_SENDER_UNQUALIFIED,/* NULL: allowed, and so are literals below */
	TEXT_SENDER_LITERAL,
	TEXT_RCPT_LITERAL,
	TEXT_NEED_TLS,
	TEXT_NEED_AUTH,
	TEXT_GREYLIST,
	TEXT_CLIENT,
	TEXT_RECIPIENTS,        /* too many in one transaction */
	TEXT_ERRORS,            /* too many: from here on the session ends */
	TEXT_NONMAIL,
	TEXT_SYNTAX,
	TEXT_UNKNOWN,
	TEXT_RATE,
	TEXT_SESSIONS,
	TEXT_LOCKSTEP,
	TEXT_EARLY,
	TEXT_IDLE,
	TEXT_LONG,              /* a line that is too long */
	TEXT_XCLIENT,           /* refused */
	TEXT_RECEIVED,          /* the trace of a message that is handed on; it has {literal} {sender} {recipient} {protocol} {date} */
	TEXT_PROXY,             /* no PROXY header where one is expected */
	PRACTICE_TEXTS
};

/* The forms of a recipient by which mail is smuggled past a server's checks. */
enum practice_trick {
	TRICK_PLAIN,            /* user@outside */
	TRICK_PERCENT,          /* user%outside@here */
	TRICK_BANG,             /* outside!user@here */
	TRICK_QUOTED,           /* "user@outside"@here */
	TRICK_ROUTE,            /* @here:user@outside */
	TRICK_DOUBLE_AT,        /* user@outside@here */
	TRICK_SUBDOMAIN,        /* user@sub.here */
	TRICK_POSTMASTER,       /* postmaster@outside */
	TRICKS,
	TRICKS_ALL = (1 << TRICKS) - 1
};

/* What a server answers to a local address that hides an outside one. */
enum practice_reading {
	READS_RELAY,            /* relaying denied */
	READS_SYNTAX,
	READS_USER,             /* no such user */
	READS_LOCAL             /* taken, as any local part */
};

enum { PRACTICE_CAPABILITIES = 12 };

struct practice_style {
	const char *name;
	const char *texts[PRACTICE_TEXTS];
	const char *capabilities[PRACTICE_CAPABILITIES];        /* without PIPELINING and STARTTLS; NULL ends them */
	enum practice_reading readings[TRICKS];
	bool pipelining;
};

/* Says that a style has no such refusal, where the default has one. */
extern const char practice_no_text[];

/* The first is the default; what others leave out is as there.  A row without a name ends them. */
extern const struct practice_style practice_styles[];

/* A text's name in rules, as "relay"; NULL ends them. */
extern const char *const practice_text_names[PRACTICE_TEXTS + 1];

#endif
