/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_XCLIENT_H
#define SMTP_XCLIENT_H

/*
 * The XCLIENT command, Postfix's XCLIENT_README: a client that the server trusts
 * says for whom it speaks.  The attributes that a server takes stand behind the
 * keyword in its reply to EHLO; its 220 to the command begins the session again
 * with the greeting.  Pure: words only.
 */

#include <stdbool.h>

struct buf;
struct err;
struct reply;

/* With its CR LF; a server need not take more. */
enum { XCLIENT_LINE = 512 };

/* What is claimed.  All borrowed. */
struct xclient {
	const char *address;    /* "203.0.113.9", "IPV6:2001:db8::9" */
	const char *name;       /* its name in DNS; NULL: it has none */
	const char *advice;     /* a sentence without its full stop: how a server is told to grant it */
};

/* Attributes of the command that the EHLO reply names, as flags; 0 where no XCLIENT is offered. */
enum { XCLIENT_OFFERED = 1, XCLIENT_ADDR = 2, XCLIENT_NAME = 4, XCLIENT_HELO = 8 };

unsigned xclient_offered(const struct reply *offer);

/*
 * The line, of the attributes in `offered`: ADDR always, NAME and HELO where they are offered.
 * HELO is the name in the hello line that follows: `hello` where it is not NULL ("" is none), else `own`.  -1 where the
 * server offers no XCLIENT, or none with an address; the sentence says how to grant it.
 */
int xclient_compose(const struct xclient *claim, const char *hello, const char *own, unsigned offered, struct buf *line, struct err *err);

/*
 * Whether the reply says that we may not claim; `err` is filled in then.  Other refusals are of the client that was
 * claimed, as a greeting's would be.
 */
bool xclient_is_denied(const struct xclient *claim, const struct reply *reply, struct err *err);

#endif
