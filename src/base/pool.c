/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pool.c - each text once
 *
 * Open addressing over a power of two, at most two thirds full.  The hash takes
 * eight bytes at a step: a scan asks for a few hundred texts a server.
 */
#include "base/pool.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct pool_text {
	char *text;
	size_t len;
	uint64_t hash;
	void *beside;
};

struct pool {
	struct pool_text *slots;
	size_t size;
	size_t used;
};

struct pool *pool_new(void)
{
	struct pool *pool = mem_new(sizeof *pool);

	pool->size = 256;
	pool->slots = mem_new(pool->size * sizeof *pool->slots);
	return pool;
}

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->size; i++) {
		free(pool->slots[i].text);
		free(pool->slots[i].beside);
	}
	free(pool->slots);
	free(pool);
}

static uint64_t hash_of(const char *bytes, size_t len)
{
	uint64_t hash = len * 0x9e3779b97f4a7c15u;

	while (len != 0) {
		size_t step = len < sizeof hash ? len : sizeof hash;
		uint64_t word = 0;

		memcpy(&word, bytes, step);
		hash = (hash ^ word) * 0xff51afd7ed558ccdu;
		hash ^= hash >> 32;
		bytes += step;
		len -= step;
	}
	return hash;
}

static struct pool_text *slot_for(struct pool *pool, const char *bytes, size_t len, uint64_t hash)
{
	for (size_t at = hash & (pool->size - 1);; at = (at + 1) & (pool->size - 1)) {
		struct pool_text *slot = &pool->slots[at];

		if (slot->text == NULL)
			return slot;
		if (slot->hash == hash && slot->len == len && memcmp(slot->text, bytes, len) == 0)
			return slot;
	}
}

static void pool_grow(struct pool *pool)
{
	struct pool old = *pool;

	pool->size = old.size * 2;
	pool->slots = mem_new(pool->size * sizeof *pool->slots);
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].text != NULL)
			*slot_for(pool, old.slots[i].text, old.slots[i].len, old.slots[i].hash) = old.slots[i];
	free(old.slots);
}

const char *pool_bytes(struct pool *pool, const char *bytes, size_t len)
{
	uint64_t hash = hash_of(bytes, len);
	struct pool_text *slot = slot_for(pool, bytes, len, hash);

	if (slot->text != NULL)
		return slot->text;
	*slot = (struct pool_text){ .text = mem_bytes(bytes, len), .len = len, .hash = hash };
	const char *text = slot->text;

	if (++pool->used * 3 > pool->size * 2)
		pool_grow(pool);
	return text;
}

void **pool_beside(struct pool *pool, const char *bytes, size_t len)
{
	struct pool_text *slot = slot_for(pool, bytes, len, hash_of(bytes, len));

	return slot->text != NULL ? &slot->beside : NULL;
}

const char *pool_text(struct pool *pool, const char *text)
{
	return pool_bytes(pool, text, strlen(text));
}
