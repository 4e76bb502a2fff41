/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_PEER_H
#define REMOTE_AGENT_PEER_H

/*
 * What an agent remembers of the addresses that come to it: who fails again and again is
 * turned away for a while that doubles, before anything is reckoned for them.  An
 * address that showed a good certificate lately is spared, whoever else comes from there: the one
 * who has a certificate must not pay for a neighbour who has none.
 *
 * An address is an IPv4 address, or the /64 of an IPv6 address.  There are so many places,
 * chosen by a hash that outsiders cannot know; where more come, the oldest are forgotten.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct agent_peers;

enum {
	AGENT_PEER_PLACES = 4096,
	AGENT_PEER_WAYS = 4,
	/* Failures that may be honest: a certificate that expired, a monitor that only connects. */
	AGENT_PEER_FAULTS = 5,
	/* Seconds that the first refusal lasts, and the longest. */
	AGENT_PEER_REFUSAL = 1,
	AGENT_PEER_REFUSAL_MOST = 900,
	/* Without a failure for so long, all is forgotten. */
	AGENT_PEER_MEMORY = 3600,
	/* How long a good certificate is remembered of its address. */
	AGENT_PEER_GOOD = 24 * 3600
};

struct agent_peers *agent_peers_new(void);
void agent_peers_free(struct agent_peers *peers);

/* Times are those of clock_now(). */
bool agent_peers_is_refused(struct agent_peers *peers, const struct address *address, int64_t now);

/* A handshake that came to nothing.  True: from now on the address is refused for a while. */
bool agent_peers_fault(struct agent_peers *peers, const struct address *address, int64_t now);

/* A good certificate. */
void agent_peers_good(struct agent_peers *peers, const struct address *address, int64_t now);

/* How long the refusal behind so many failures lasts, in microseconds; 0: there is none yet. */
int64_t agent_peer_refusal(unsigned faults);

#endif
