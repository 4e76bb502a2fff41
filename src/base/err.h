/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/*
 * What went wrong on our side: a kind for programs and a full sentence for
 * people.  A function that can fail returns 0 or -1 and takes a struct err *
 * last, which it touches only when it fails.  A server's reply is never one.
 */

enum err_kind {
	ERR_NONE,
	ERR_USAGE,      /* the command line */
	ERR_SYNTAX,     /* a file that we read */
	ERR_SYSTEM,     /* the operating system */
	ERR_NAME,       /* a name that does not resolve */
	ERR_NET,        /* a connection reset or unreachable */
	ERR_REFUSED,    /* nobody listens there */
	ERR_WAY,        /* the way to a server is blocked before it: a proxy, a command */
	ERR_TIMEOUT,
	ERR_TLS,
	ERR_PROTO,      /* a peer that does not speak its protocol */
	ERR_LIMIT,      /* a ceiling reached */
	ERR_FORBIDDEN,  /* not ours to test */
	ERR_KINDS
};

struct err {
	enum err_kind kind;
	char text[512];
};

#define ERR_INIT { ERR_NONE, "" }

/* Always -1, so that failing is one line. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts where it happened before what happened.  Always -1. */
int err_prefix(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
