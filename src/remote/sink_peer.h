/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SINK_PEER_H
#define REMOTE_SINK_PEER_H

/*
 * What each peer of a sink takes: sessions at once, and messages and bytes in a
 * minute.  A peer is an IPv4 address, or the /64 of an IPv6 address: whoever has one
 * of its addresses has them all.
 *
 * There are so many places, chosen by a hash that outsiders cannot know.  Where more peers
 * come than there are places, those that have no session lose their counts: the
 * limits for all still hold.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct sink_peers;

struct sink_peer {
	uint64_t key;
	int64_t minute;                 /* when it began (clock_now) */
	uint64_t bytes;                 /* in that minute, as the next ones */
	unsigned messages;
	bool told;                      /* one line a minute says that it was refused */
	unsigned sessions;              /* now */
};

enum {
	/* 200 kB in all; a sink's sessions are far fewer. */
	SINK_PEER_PLACES = 4096,
	SINK_PEER_WAYS = 4
};

struct sink_peers *sink_peers_new(void);
void sink_peers_free(struct sink_peers *peers);

/* Its place, with the counts of the present minute; it stays the peer's while `sessions` is not 0. */
struct sink_peer *sink_peers_find(struct sink_peers *peers, const struct address *address, int64_t now);

/* Begins a new minute where the last one is over. */
void sink_peer_turn(struct sink_peer *peer, int64_t now);

#endif
