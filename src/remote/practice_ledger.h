/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_LEDGER_H
#define REMOTE_PRACTICE_LEDGER_H

/*
 * What a practice server remembers from one session to the next: tries of
 * greylisted triplets, and connections of each client.  Both are tables of a fixed
 * size in which the new takes the place of the old, so that no client makes
 * them grow.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct practice_ledger;

struct practice_ledger *practice_ledger_new(void);
void practice_ledger_free(struct practice_ledger *ledger);

/* FNV-1a, letters of ASCII in lower case; a chain begins with PRACTICE_HASH. */
#define PRACTICE_HASH 14695981039346656037u
uint64_t practice_hash(uint64_t hash, const void *bytes, size_t len);

/* How often the triplet was tried before this time. */
unsigned practice_ledger_try(struct practice_ledger *ledger, uint64_t triplet);

/* Whether the client has connected at most `most` times in the minute that its first connection began. */
bool practice_ledger_connect(struct practice_ledger *ledger, const struct address *client, long most);

#endif
