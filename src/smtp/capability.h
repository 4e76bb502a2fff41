/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SMTP_CAPABILITY_H
#define SMTP_CAPABILITY_H

/*
 * What a server offers in its EHLO reply (RFC 5321 4.1.1.1): a set of flags, one
 * a keyword that we know.  Keywords that we do not know are left out.
 */

#include <stddef.h>

enum capability {
	CAP_PIPELINING = 1u << 0,
	CAP_STARTTLS = 1u << 1,
	CAP_AUTH = 1u << 2,
	CAP_SIZE = 1u << 3,
	CAP_8BITMIME = 1u << 4,
	CAP_DSN = 1u << 5,
	CAP_SMTPUTF8 = 1u << 6,
	CAP_CHUNKING = 1u << 7,
	CAP_BINARYMIME = 1u << 8,
	CAP_ENHANCEDSTATUSCODES = 1u << 9,
	CAP_REQUIRETLS = 1u << 10,
	CAP_MT_PRIORITY = 1u << 11,
	CAP_XCLIENT = 1u << 12,
	CAP_XFORWARD = 1u << 13,
	CAP_ETRN = 1u << 14,
	CAP_VRFY = 1u << 15,
	CAP_EXPN = 1u << 16,
	CAP_HELP = 1u << 17,
	CAP_BURL = 1u << 18,
	CAP_DELIVERBY = 1u << 19
};

struct reply;
struct buf;

/* The flags of the second and later lines; the first is the server's name. */
unsigned capability_parse(const struct reply *reply);

/* The flag of a keyword as EHLO spells it, in capitals; 0 when it is none of ours. */
unsigned capability_flag(const char *keyword);

/* The keyword at place `index` of our table and its flag; NULL at the end. */
const char *capability_at(size_t index, unsigned *flag);

#endif
