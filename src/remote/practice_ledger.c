/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_ledger.c - what outlasts a session
 *
 * Each key has one place, chosen by its hash.
 */
#include "remote/practice_ledger.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/address.h"

enum { LEDGER_PLACES = 16 << 10 };

struct tries {
	uint64_t triplet;
	unsigned count;
};

struct minute {
	uint64_t client;
	int64_t began;
	long count;
};

struct practice_ledger {
	struct tries *tries;
	struct minute *minutes;
};

struct practice_ledger *practice_ledger_new(void)
{
	struct practice_ledger *ledger = mem_new(sizeof *ledger);

	ledger->tries = mem_new(LEDGER_PLACES * sizeof *ledger->tries);
	ledger->minutes = mem_new(LEDGER_PLACES * sizeof *ledger->minutes);
	return ledger;
}

void practice_ledger_free(struct practice_ledger *ledger)
{
	if (ledger == NULL)
		return;
	free(ledger->tries);
	free(ledger->minutes);
	free(ledger);
}

uint64_t practice_hash(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *next = bytes;

	for (size_t i = 0; i < len; i++) {
		unsigned char byte = next[i] >= 'A' && next[i] <= 'Z' ? next[i] + 'a' - 'A' : next[i];

		hash = (hash ^ byte) * 1099511628211u;
	}
	return hash;
}

/* The low bits of FNV-1a are its weak ones. */
static size_t place_of(uint64_t hash)
{
	return (hash ^ hash >> 32) % LEDGER_PLACES;
}

unsigned practice_ledger_try(struct practice_ledger *ledger, uint64_t triplet)
{
	struct tries *tries = &ledger->tries[place_of(triplet)];

	if (tries->triplet != triplet)
		*tries = (struct tries){ .triplet = triplet };
	return tries->count++;
}

bool practice_ledger_connect(struct practice_ledger *ledger, const struct address *client, long most)
{
	uint64_t key = practice_hash(PRACTICE_HASH, client->bytes, sizeof client->bytes);
	struct minute *minute = &ledger->minutes[place_of(key)];
	int64_t now = clock_now();

	if (minute->client != key || now - minute->began >= 60 * (int64_t)CLOCK_S)
		*minute = (struct minute){ .client = key, .began = now };
	return minute->count++ < most;
}
