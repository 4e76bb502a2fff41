/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_gdbm.c - the records of a file of the GNU database manager
 *
 * As gdbmdefs.h of gdbm 1.23 lays them out with 64 bit places, least byte first: a header, a directory
 * of places of buckets, and buckets of slots that name where a record is and how long.  No hash
 * is looked at: each bucket is walked from end to end.
 */
#include <stdint.h>
#include <string.h>

#include "mta/courier_rules.h"

enum {
	MAGIC = 0x13579acf,
	MAGIC_SYNCED = 0x13579ad1,      /* with numsync */
	HEADER = 40,
	BUCKET_HEAD = 112,              /* 6 free places before, and two numbers */
	SLOT = 24,
	EMPTY = -1,
	/* A directory may name the same bucket again and again. */
	SLOTS_MOST = 4 << 20
};

static uint64_t number(const unsigned char *bytes, size_t size)
{
	uint64_t value = 0;

	while (size-- != 0)
		value = value << 8 | bytes[size];
	return value;
}

static uint64_t field(const struct gdbm_walk *walk, size_t at, size_t size)
{
	return number(walk->bytes + at, size);
}

void gdbm_walk_init(struct gdbm_walk *walk, const char *bytes, size_t len)
{
	uint64_t directory, size, bucket, slots;

	*walk = (struct gdbm_walk){ .bytes = (const unsigned char *)bytes, .len = len };
	if (len < HEADER || (field(walk, 0, 4) != MAGIC && field(walk, 0, 4) != MAGIC_SYNCED))
		return;
	directory = field(walk, 8, 8);
	size = field(walk, 16, 4);
	bucket = field(walk, 24, 4);
	slots = field(walk, 28, 4);
	walk->sound = directory <= len && size <= len - directory && bucket >= BUCKET_HEAD && bucket <= len && slots <= (bucket - BUCKET_HEAD) / SLOT;
}

/* Where the bucket of a directory entry begins; 0 where there is none. */
static size_t bucket_of(struct gdbm_walk *walk, size_t entry)
{
	uint64_t place = field(walk, field(walk, 8, 8) + entry * 8, 8);

	if (place == 0 || place > walk->len || field(walk, 24, 4) > walk->len - place) {
		walk->sound = false;
		return 0;
	}
	return place;
}

static bool take(struct gdbm_walk *walk, size_t slot, const char **key, size_t *key_len, const char **data, size_t *data_len)
{
	uint64_t place = field(walk, slot + 8, 8);

	*key_len = field(walk, slot + 16, 4);
	*data_len = field(walk, slot + 20, 4);
	walk->sound = place <= walk->len && *key_len <= walk->len - place && *data_len <= walk->len - place - *key_len;
	if (!walk->sound)
		return false;
	*key = (const char *)walk->bytes + place;
	*data = *key + *key_len;
	return true;
}

bool gdbm_next(struct gdbm_walk *walk, const char **key, size_t *key_len, const char **data, size_t *data_len)
{
	size_t entries = walk->sound ? field(walk, 16, 4) / 8 : 0, slots = walk->sound ? field(walk, 28, 4) : 0, last = 0;

	for (; walk->sound && walk->entry < entries; walk->entry++, walk->slot = 0) {
		size_t bucket = bucket_of(walk, walk->entry);

		/* One with fewer bits than the directory is named by several entries, side by side. */
		last = walk->entry != 0 ? field(walk, field(walk, 8, 8) + (walk->entry - 1) * 8, 8) : 0;
		if (!walk->sound || bucket == last)
			continue;
		while (walk->slot < slots) {
			size_t slot = bucket + BUCKET_HEAD + SLOT * walk->slot++;

			if (walk->seen++ >= SLOTS_MOST)
				walk->sound = false;
			if (!walk->sound)
				return false;
			if ((int32_t)field(walk, slot, 4) != EMPTY)
				return take(walk, slot, key, key_len, data, data_len);
		}
	}
	return false;
}
