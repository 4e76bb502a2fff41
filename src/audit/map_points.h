/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MAP_POINTS_H
#define AUDIT_MAP_POINTS_H

/*
 * What a map asks at first, as numbers: the single addresses that matter, and one in
 * each block.  Shared by map_plan.c and map_points.c, and nobody else.
 *
 * An address is a number of its family.  Spans hold a byte for each block and no
 * address, so that a resolution of /24 fits into 16 MB.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/map_plan.h"

__extension__ typedef unsigned __int128 map_number;

/* Addresses without a gap between them that any client may have. */
struct map_region {
	int family;
	map_number first, last;
};

/* Blocks of one size; the second address of each is asked. */
struct map_span {
	int family;
	map_number first, last;
	unsigned shift;                 /* a block has 1 << shift addresses; at least 1 */
	uint32_t count;
	uint32_t offset;                /* of its first block among all */
};

struct map_point {
	int family;
	map_number number;
	unsigned char answer;
};

enum { MAP_REGIONS = 12, MAP_SPANS = 24 };

struct map_points {
	struct map_region regions[MAP_REGIONS];
	size_t region_count;
	struct map_span spans[MAP_SPANS];
	size_t span_count;
	struct map_point *points;       /* sorted, each once */
	size_t point_count;
	size_t point_capacity;
	unsigned char *blocks;          /* answers, by span and block */
	size_t block_count;
};

void map_points_init(struct map_points *points, const struct map_scope *scope);
void map_points_release(struct map_points *points);

/* The address that is asked of a block, counted over all spans. */
void map_points_block(const struct map_points *points, size_t index, struct address *address);

void map_number_address(int family, map_number number, struct address *address);

/*
 * Points and blocks of a region in order, each number once.  Those that got no answer that counts are left out, and so are
 * those that were not asked yet, unless `gaps` is set.
 */
struct map_cursor {
	const struct map_points *points;
	const struct map_region *region;
	size_t point;
	size_t span;
	uint32_t block;
	bool gaps;
};

void map_cursor_init(struct map_cursor *cursor, const struct map_points *points, const struct map_region *region);
bool map_cursor_next(struct map_cursor *cursor, map_number *number, enum map_answer *answer);

#endif
