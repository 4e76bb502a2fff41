/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PREFIX_H
#define NET_PREFIX_H

/*
 * A network: its first address and how many leading bits are fixed (RFC 4632
 * 3.1, RFC 4291 2.3).  The bits behind those are always zero in `first`, whatever
 * was written; its port and scope are 0.
 */

#include <stdbool.h>

#include "net/address.h"

struct err;

struct prefix {
	struct address first;
	unsigned length;                /* 0 to prefix_bits() of the family */
};

/* "ADDRESS/128" and a NUL. */
enum { PREFIX_TEXT = ADDRESS_TEXT + 4 };

/* 32 or 128. */
unsigned prefix_bits(int family);

/* The network of this length that holds the address.  A length that the family has not is a bug. */
void prefix_of(const struct address *address, unsigned length, struct prefix *prefix);

/*
 * "ADDRESS[/LENGTH]", IPv6 with or without brackets around the address; without a length it is the one address.
 * Strict: no short addresses, no netmask, no scope, no sign, no leading zero in the length.  `host_bits` is set when
 * the address has bits that the length does not cover: "210.196.1.2/8", read as 210.0.0.0/8.
 */
int prefix_parse(const char *text, struct prefix *prefix, bool *host_bits, struct err *err);

void prefix_last(const struct prefix *prefix, struct address *last);
bool prefix_has(const struct prefix *prefix, const struct address *address);

/* "192.0.2.0/24", "2001:db8::/32"; a single address with its length, too. */
void prefix_print(const struct prefix *prefix, char text[PREFIX_TEXT]);

#endif
