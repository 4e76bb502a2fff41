/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MAP_SPACE_H
#define AUDIT_MAP_SPACE_H

/*
 * The special ranges of both address families (RFC 6890 and its successors), and
 * how closely a map looks at each: what no client can have is skipped, and what
 * stands in many a list of trusted networks is looked at more finely than the rest.
 */

#include <stdbool.h>
#include <stddef.h>

struct map_space {
	const char *prefix;             /* "10.0.0.0/8" */
	const char *name;               /* "private" */
	const char *source;             /* "RFC 1918" */
	bool skipped;                   /* no client has such an address */
	unsigned finer;                 /* bits by which it is looked at more finely than ordinary space; IPv4 */
};

/* In order within a family, IPv4 first; NULL at the end. */
const struct map_space *map_space_at(size_t index);

#endif
