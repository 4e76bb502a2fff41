/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

/*
 * Names to addresses and back, before the audit begins: the one door to c-ares.
 * Everything here waits for its answers, many questions at once, and never longer
 * than the time-out given.
 */

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/address.h"

enum {
	RESOLVE_ADDRESSES_MOST = 16,
	/* Resolvers and home routers drop questions beyond a few hundred at once. */
	RESOLVE_AT_ONCE = 128
};

struct resolved {
	const char *host;               /* borrowed: a name, or an address as text */
	struct address addresses[RESOLVE_ADDRESSES_MOST];
	size_t count;
	struct err err;                 /* kind ERR_NONE when there is an address */
};

/* Fills in all of the list.  An address as text needs no question. */
void resolve_hosts(struct resolved *list, size_t count, int64_t timeout);

/*
 * The name that the address's PTR record tells and that leads back to the
 * address; NULL when there is none.  The name is the caller's.
 */
char *resolve_name(const struct address *address, int64_t timeout);

/* The first address of the domain's mail exchanger (of the domain itself where it has no MX record); family 0 when there is none. */
void resolve_exchanger(const char *domain, int64_t timeout, struct address *address);

#endif
