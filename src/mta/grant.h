/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_GRANT_H
#define MTA_GRANT_H

/*
 * A grant: one piece of a server's configuration that lets a client relay.  A
 * fact: something else about the configuration that its owner should know, as the
 * reader saw it; what it is worth is the business of audit/masks.
 *
 * All texts are printable ASCII, and the pool's of the struct config.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/prefixset.h"

enum grant_to {
	GRANT_ADDRESSES,
	GRANT_NAME,             /* the client's host name */
	GRANT_HELO,
	GRANT_SENDER,
	GRANT_RECIPIENT,        /* a recipient's domain, whoever asks */
	GRANT_LOGIN,
	GRANT_CERTIFICATE,
	GRANT_ANYONE,
	GRANT_UNKNOWN,          /* what only a lookup elsewhere would tell */
	GRANT_TOS
};

struct grant {
	enum grant_to to;
	const char *source;             /* "main.cf:12" */
	const char *setting;            /* "mynetworks" */
	const char *value;              /* "210.196.1.2/8" */
	const char *covers;             /* "210.0.0.0/8", a name, an address; never NULL */
	const char *service;            /* NULL: the server as a whole */
	struct prefix network;          /* for GRANT_ADDRESSES that are one network; family 0 otherwise */
	struct prefixset addresses;     /* for GRANT_ADDRESSES, settled; empty otherwise */
	bool host_bits;                 /* the network was written with bits behind its mask */
	bool in_force;                  /* it lets such a client relay as things stand */
	const char *idle_because;       /* why not, in a sentence; NULL where it is in force */
};

enum fact_kind {
	FACT_HOST_BITS,
	FACT_CLASS_STYLE,
	FACT_SUBNET_STYLE,
	FACT_SHADOWED,
	FACT_DEAD,
	FACT_CUT_SHORT,
	FACT_DUPLICATE,
	FACT_SYNTAX,
	FACT_NOT_EVALUATED,
	FACT_REFUSES_SERVICE,
	FACT_XCLIENT,
	FACT_PROXY,
	FACT_BACKSCATTER,
	FACT_STALE,
	FACT_FORGED_NAME,               /* names are believed that lead nowhere back */
	FACT_KINDS
};

struct fact {
	enum fact_kind kind;
	const char *source;
	const char *title;              /* one line */
	const char *text;               /* what stands there; NULL */
	const char *says;               /* what the server makes of it, in a sentence */
	const char *fix;
	const char *service;            /* of FACT_XCLIENT and FACT_PROXY: where it is so first, "smtp", "127.0.0.1:10025"; NULL */
	struct prefixset addresses;     /* whom FACT_XCLIENT trusts; settled, else empty */
};

#endif
