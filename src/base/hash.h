/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

/*
 * A hash of texts, one after another, for tables and for telling names apart.  The same within
 * a process, and nowhere else.  It is no defence against texts that were made to collide: who
 * keys a chain with it bounds the chain.
 */

#include <stdint.h>
#include <string.h>

#include "base/slice.h"

/* Eight bytes at a time; the length goes in, so that no zeros are lost. */
static inline uint64_t hash_mix(uint64_t hash, struct slice text)
{
	hash ^= text.len * 0x9e3779b97f4a7c15ULL;
	for (; text.len != 0;) {
		uint64_t word = 0;
		size_t len = text.len < sizeof word ? text.len : sizeof word;

		memcpy(&word, text.at, len);
		hash = (hash ^ word) * 0xff51afd7ed558ccdULL;
		hash ^= hash >> 32;
		slice_step(&text, len);
	}
	return hash;
}

#endif
