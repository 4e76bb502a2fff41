/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_peer.c - who comes to an agent, and how that went
 */
#include "remote/agent_peer.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/address.h"
#include "net/mac.h"

struct peer {
	uint64_t key;                   /* 0: an empty place */
	int64_t seen;
	int64_t refused_until;
	int64_t good_until;
	unsigned faults;
};

struct agent_peers {
	unsigned char secret[MAC_KEY];
	struct peer places[AGENT_PEER_PLACES];
};

struct agent_peers *agent_peers_new(void)
{
	struct agent_peers *peers = mem_new(sizeof *peers);

	if (getrandom(peers->secret, sizeof peers->secret, 0) != (ssize_t)sizeof peers->secret)
		BUG("the kernel has no chance to give");
	return peers;
}

void agent_peers_free(struct agent_peers *peers)
{
	free(peers);
}

static uint64_t key_of(const struct agent_peers *peers, const struct address *address)
{
	unsigned char text[9] = { address->family == AF_INET6 ? 6 : 4 }, mac[MAC_SIZE];
	uint64_t key;

	memcpy(text + 1, address->bytes, address->family == AF_INET6 ? 8 : 4);
	mac_make(peers->secret, text, sizeof text, mac);
	memcpy(&key, mac, sizeof key);
	return key | 1;
}

/* Who is known to be good goes last. */
static bool is_dearer(const struct peer *peer, const struct peer *other, int64_t now)
{
	bool good = peer->good_until > now, others = other->good_until > now;

	return good != others ? good : peer->seen > other->seen;
}

static struct peer *find(struct agent_peers *peers, const struct address *address, int64_t now)
{
	uint64_t key = key_of(peers, address);
	struct peer *set = &peers->places[(key >> 8) % (AGENT_PEER_PLACES / AGENT_PEER_WAYS) * AGENT_PEER_WAYS], *best = set;

	for (int i = 0; i < AGENT_PEER_WAYS; i++) {
		if (set[i].key == key) {
			best = &set[i];
			break;
		}
		if (set[i].key == 0 || is_dearer(best, &set[i], now))
			best = &set[i];
	}
	if (best->key != key)
		*best = (struct peer){ .key = key, .seen = now };
	if (now - best->seen > (int64_t)AGENT_PEER_MEMORY * CLOCK_S)
		best->faults = 0;
	best->seen = now;
	return best;
}

int64_t agent_peer_refusal(unsigned faults)
{
	int64_t seconds = AGENT_PEER_REFUSAL;

	if (faults < AGENT_PEER_FAULTS)
		return 0;
	while (faults-- > AGENT_PEER_FAULTS && seconds < AGENT_PEER_REFUSAL_MOST)
		seconds *= 2;
	return (seconds < AGENT_PEER_REFUSAL_MOST ? seconds : AGENT_PEER_REFUSAL_MOST) * CLOCK_S;
}

bool agent_peers_is_refused(struct agent_peers *peers, const struct address *address, int64_t now)
{
	const struct peer *peer = find(peers, address, now);

	return peer->good_until <= now && peer->refused_until > now;
}

bool agent_peers_fault(struct agent_peers *peers, const struct address *address, int64_t now)
{
	struct peer *peer = find(peers, address, now);

	if (peer->good_until > now)
		return false;
	peer->faults += peer->faults < UINT32_MAX;
	peer->refused_until = now + agent_peer_refusal(peer->faults);
	return peer->refused_until > now;
}

void agent_peers_good(struct agent_peers *peers, const struct address *address, int64_t now)
{
	struct peer *peer = find(peers, address, now);

	peer->faults = 0;
	peer->refused_until = 0;
	peer->good_until = now + (int64_t)AGENT_PEER_GOOD * CLOCK_S;
}
