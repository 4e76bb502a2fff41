/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_PREFIXSET_H
#define NET_PREFIXSET_H

/*
 * A set of addresses of both families, as sorted intervals that neither touch
 * nor overlap.  Members are added in any order and settled once, by one sort:
 *
 *	struct prefixset set = PREFIXSET_INIT;
 *	prefixset_add(&set, &prefix);           as often as wanted
 *	prefixset_settle(&set);
 *	prefixset_has(&set, &address);
 *	prefixset_release(&set);
 *
 * Whatever asks a set wants it settled; one that is not is a bug, and ends the
 * program.  An IPv4 address and the IPv6 address that maps it are two addresses.
 * Ports and scopes are not looked at.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/prefix.h"

struct wide;
struct wide_range;

/* Private but for its life: an IPv4 interval in 64 bits, first above last; an IPv6 one in 256. */
struct prefixset {
	uint64_t *four;
	size_t fours;
	size_t fours_capacity;
	struct wide_range *six;
	size_t sixes;
	size_t sixes_capacity;
	bool unsettled;
};

#define PREFIXSET_INIT { .four = NULL }

/* One interval of a set: both ends are in it, and of one family. */
struct prefixset_range {
	struct address first;
	struct address last;
};

/* The decimal digits of 2^128 + 2^32, and a NUL. */
enum { PREFIXSET_COUNT = 41 };

void prefixset_release(struct prefixset *set);

void prefixset_add(struct prefixset *set, const struct prefix *prefix);

/* From first to last, both of one family and in this order; all else is a bug. */
void prefixset_add_range(struct prefixset *set, const struct address *first, const struct address *last);

/* All members of another set, which is settled. */
void prefixset_add_set(struct prefixset *set, const struct prefixset *other);

/* Sorts and joins: n log n in what was added, and nothing when nothing was. */
void prefixset_settle(struct prefixset *set);

/* Fill `to`, which is empty before, from two settled sets, in one sweep; it is settled. */
void prefixset_union(struct prefixset *to, const struct prefixset *a, const struct prefixset *b);
void prefixset_intersect(struct prefixset *to, const struct prefixset *a, const struct prefixset *b);
void prefixset_subtract(struct prefixset *to, const struct prefixset *a, const struct prefixset *b);

bool prefixset_has(const struct prefixset *set, const struct address *address);
bool prefixset_is_empty(const struct prefixset *set);

/* Its addresses of one family, or of both for AF_UNSPEC, in decimal digits. */
void prefixset_count(const struct prefixset *set, int family, char digits[PREFIXSET_COUNT]);

/* The intervals in order, IPv4 first. */
size_t prefixset_ranges(const struct prefixset *set);
struct prefixset_range prefixset_range(const struct prefixset *set, size_t index);

/*
 * The fewest prefixes that make up a set, in order.  Start with PREFIXSET_WALK_INIT and call until false; the set stays as it is meanwhile.
 */
struct prefixset_walk {
	const struct prefixset *set;    /* borrowed */
	size_t index;
	struct address next;            /* where the rest of the interval begins; family 0: at its start */
};

#define PREFIXSET_WALK_INIT(of) { .set = (of) }

bool prefixset_next(struct prefixset_walk *walk, struct prefix *prefix);

#endif
