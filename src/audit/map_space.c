/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_space.c - the table of special ranges
 *
 * Finer by 8 bits is a /24 where the rest is asked by the /16: 192.168.0.0/16 and
 * 172.16.0.0/12 together cost 4,352 questions so. The same for 10.0.0.0/8 would cost more
 * than all of the internet, so that it is by the /20 there.
 */
#include "audit/map_space.h"

static const struct map_space spaces[] = {
	{ "0.0.0.0/8", "this network", "RFC 791", true, 0 },
	{ "10.0.0.0/8", "private", "RFC 1918", false, 4 },
	{ "100.64.0.0/10", "carriers' NAT", "RFC 6598", false, 4 },
	{ "127.0.0.0/8", "loopback", "RFC 1122", false, 0 },
	{ "169.254.0.0/16", "link-local", "RFC 3927", false, 4 },
	{ "172.16.0.0/12", "private, containers", "RFC 1918", false, 8 },
	{ "192.0.0.0/24", "protocol assignments", "RFC 6890", false, 0 },
	{ "192.0.2.0/24", "documentation", "RFC 5737", false, 0 },
	{ "192.88.99.0/24", "6to4 relays, deprecated", "RFC 7526", false, 0 },
	{ "192.168.0.0/16", "private", "RFC 1918", false, 8 },
	{ "198.18.0.0/15", "benchmarks", "RFC 2544", false, 0 },
	{ "198.51.100.0/24", "documentation", "RFC 5737", false, 0 },
	{ "203.0.113.0/24", "documentation", "RFC 5737", false, 0 },
	{ "224.0.0.0/4", "multicast", "RFC 5771", true, 0 },
	{ "240.0.0.0/4", "reserved", "RFC 1112", true, 0 },
	{ "::/128", "unspecified", "RFC 4291", true, 0 },
	{ "::1/128", "loopback", "RFC 4291", false, 0 },
	{ "::ffff:0.0.0.0/96", "mapped IPv4", "RFC 4291", false, 0 },
	{ "64:ff9b::/96", "translated IPv4", "RFC 6052", false, 0 },
	{ "100::/64", "discard", "RFC 6666", false, 0 },
	{ "2001::/32", "Teredo", "RFC 4380", false, 0 },
	{ "2001:db8::/32", "documentation", "RFC 3849", false, 0 },
	{ "2002::/16", "6to4", "RFC 3056", false, 0 },
	{ "3fff::/20", "documentation", "RFC 9637", false, 0 },
	{ "fc00::/7", "unique local", "RFC 4193", false, 0 },
	{ "fd00::/8", "unique local, self-assigned", "RFC 4193", false, 0 },
	{ "fe80::/10", "link-local", "RFC 4291", false, 0 },
	{ "ff00::/8", "multicast", "RFC 4291", true, 0 },
};

const struct map_space *map_space_at(size_t index)
{
	return index < sizeof spaces / sizeof *spaces ? &spaces[index] : NULL;
}
