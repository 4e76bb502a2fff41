/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SPACE_H
#define AUDIT_SPACE_H

/*
 * Kinds of address space, by the IANA special-purpose registries and by what
 * container hosts give out unasked.
 */

#include "net/prefixset.h"

enum space {
	SPACE_LOOPBACK,
	SPACE_LINK,             /* RFC 4291 2.5.6: who stands on the same wire, however long the prefix is written */
	SPACE_PRIVATE,          /* RFC 1918, RFC 4193, RFC 3927 */
	SPACE_CARRIER,          /* RFC 6598: a provider's customers share it */
	SPACE_RESERVED,         /* nobody has it: documentation, multicast, 240/4 */
	SPACE_PUBLIC,
	SPACES
};

/* The addresses of one kind among those of a settled set; `part` is empty before. */
void space_part(const struct prefixset *set, enum space space, struct prefixset *part);

/* What is known to hand out this network to containers: "Docker's bridges"; NULL. */
const char *space_bridge(const struct prefix *network);

/* "1 in 256 of all IPv4", "1 in 2^16 of all IPv6", "all of IPv4"; at most 40 bytes. */
void space_share(const struct prefix *network, char text[40]);

#endif
