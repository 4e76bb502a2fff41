/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_peer.c - who takes how much of a sink
 *
 * A table of sets of four.  The key is a MAC of the address under a key of this
 * process, so that nobody can fill one set on purpose.
 */
#include "remote/sink_peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/address.h"
#include "net/mac.h"

enum { MINUTE = 60 };

struct sink_peers {
	unsigned char secret[MAC_KEY];
	struct sink_peer places[SINK_PEER_PLACES];
};

struct sink_peers *sink_peers_new(void)
{
	struct sink_peers *peers = mem_new(sizeof *peers);

	if (getrandom(peers->secret, sizeof peers->secret, 0) != (ssize_t)sizeof peers->secret)
		BUG("the kernel has no chance to give");
	return peers;
}

void sink_peers_free(struct sink_peers *peers)
{
	free(peers);
}

void sink_peer_turn(struct sink_peer *peer, int64_t now)
{
	if (now - peer->minute < (int64_t)MINUTE * CLOCK_S)
		return;
	peer->minute = now;
	peer->bytes = 0;
	peer->messages = 0;
	peer->told = false;
}

/* Never 0, which is an empty place's. */
static uint64_t key_of(const struct sink_peers *peers, const struct address *address)
{
	unsigned char text[9] = { address->family == AF_INET6 ? 6 : 4 }, mac[MAC_SIZE];
	uint64_t key;

	memcpy(text + 1, address->bytes, address->family == AF_INET6 ? 8 : 4);
	mac_make(peers->secret, text, sizeof text, mac);
	memcpy(&key, mac, sizeof key);
	return key | 1;
}

struct sink_peer *sink_peers_find(struct sink_peers *peers, const struct address *address, int64_t now)
{
	uint64_t key = key_of(peers, address);
	struct sink_peer *set = &peers->places[(key >> 8) % (SINK_PEER_PLACES / SINK_PEER_WAYS) * SINK_PEER_WAYS], *best = set;

	for (int i = 0; i < SINK_PEER_WAYS; i++) {
		if (set[i].key == key) {
			sink_peer_turn(&set[i], now);
			return &set[i];
		}
		if (set[i].sessions < best->sessions || (set[i].sessions == best->sessions && set[i].minute < best->minute))
			best = &set[i];
	}
	/* Four peers with sessions in one set: the fifth shares the place of the one with the fewest. */
	if (best->sessions == 0)
		*best = (struct sink_peer){ .key = key, .minute = now };
	sink_peer_turn(best, now);
	return best;
}
