/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_points.c - the first questions of a map
 *
 * The second address of a block is asked: the first would miss a single trusted
 * gateway, 172.17.0.1, and both find what begins where the block does.
 */
#include "audit/map_points.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/map_space.h"
#include "base/err.h"
#include "base/mem.h"

enum {
	/* Blocks of 2000::/3 are so many bits larger, as a prefix length: 512 of them beside the /16s of IPv4. */
	SIX_COARSER = 4,
	BLOCK_LEAST = 2                 /* bits of the smallest block */
};

void map_number_address(int family, map_number number, struct address *address)
{
	size_t size = family == AF_INET ? 4 : 16;

	*address = (struct address){ .family = family };
	for (size_t i = size; i-- > 0; number >>= 8)
		address->bytes[i] = (unsigned char)number;
}

static map_number map_address_number(const struct address *address)
{
	size_t size = address->family == AF_INET ? 4 : 16;
	map_number number = 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | address->bytes[i];
	return number;
}

static void ends(const struct prefix *prefix, map_number *first, map_number *last)
{
	struct address end;

	prefix_last(prefix, &end);
	*first = map_address_number(&prefix->first);
	*last = map_address_number(&end);
}

static void read_row(const char *text, struct prefix *prefix)
{
	struct err err = ERR_INIT;
	bool host_bits = false;

	if (prefix_parse(text, prefix, &host_bits, &err) != 0 || host_bits)
		BUG("the table of special ranges has a row that is none");
}

static void add_region(struct map_points *points, int family, map_number first, map_number last)
{
	if (points->region_count == MAP_REGIONS)
		BUG("more regions than there is room for");
	points->regions[points->region_count++] = (struct map_region){ family, first, last };
}

/* What is left of a family without its skipped ranges.  Mapped addresses are a region of their own: they are IPv4 again. */
static void make_regions(struct map_points *points, int family)
{
	map_number next = 0, top = family == AF_INET ? UINT32_MAX : ~(map_number)0;
	const struct map_space *space;
	bool whole = false;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		struct prefix prefix;
		map_number first, last;
		bool mapped = strncmp(space->prefix, "::ffff:", 7) == 0;

		read_row(space->prefix, &prefix);
		if (prefix.first.family != family || (!space->skipped && !mapped))
			continue;
		ends(&prefix, &first, &last);
		if (first > next)
			add_region(points, family, next, first - 1);
		/* IPv4 again, without what is skipped there. */
		if (mapped)
			add_region(points, family, first + (1u << 24), first + (224u << 24) - 1);
		next = last + 1;
		whole = last == top;
	}
	if (!whole)
		add_region(points, family, next, top);
}

static const struct map_region *region_of(const struct map_points *points, int family, map_number number)
{
	for (size_t i = 0; i < points->region_count; i++) {
		const struct map_region *region = &points->regions[i];

		if (region->family == family && number >= region->first && number <= region->last)
			return region;
	}
	return NULL;
}

/* The first block may begin amid where a larger one would. */
static map_number block_at(const struct map_span *span, uint32_t block)
{
	map_number size = (map_number)1 << span->shift;

	return block == 0 ? span->first + 1 : (span->first & ~(size - 1)) + block * size + 1;
}

static void add_span(struct map_points *points, int family, map_number first, map_number last, unsigned length)
{
	unsigned bits = prefix_bits(family);
	struct map_span *span = &points->spans[points->span_count++];
	map_number size;

	if (points->span_count > MAP_SPANS)
		BUG("more spans than there is room for");
	*span = (struct map_span){ .family = family, .first = first, .last = last, .offset = (uint32_t)points->block_count };
	span->shift = bits - (length > bits - BLOCK_LEAST ? bits - BLOCK_LEAST : length);
	size = (map_number)1 << span->shift;
	span->count = (uint32_t)((last - (first & ~(size - 1))) / size + 1);
	points->block_count += span->count;
}

/* A region of IPv4: ordinary blocks, and smaller ones in the ranges that are looked at more finely. */
static void make_spans(struct map_points *points, const struct map_region *region, unsigned resolution)
{
	const struct map_space *space;
	map_number next = region->first;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		struct prefix prefix;
		map_number first, last;

		read_row(space->prefix, &prefix);
		if (prefix.first.family != AF_INET || space->finer == 0)
			continue;
		ends(&prefix, &first, &last);
		if (first < next || last > region->last)
			continue;
		if (first > next)
			add_span(points, AF_INET, next, first - 1, resolution);
		add_span(points, AF_INET, first, last, resolution + space->finer);
		next = last + 1;
	}
	if (next <= region->last)
		add_span(points, AF_INET, next, region->last, resolution);
}

static void add_point(struct map_points *points, int family, map_number number)
{
	if (region_of(points, family, number) == NULL)
		return;
	MEM_ROOM(points->points, points->point_count, points->point_capacity);
	points->points[points->point_count++] = (struct map_point){ .family = family, .number = number };
}

/* Both sides of both edges; one beyond the end of all is in no region. */
static void add_edges(struct map_points *points, int family, map_number first, map_number last)
{
	map_number top = family == AF_INET ? UINT32_MAX : ~(map_number)0;

	if (first != 0)
		add_point(points, family, first - 1);
	add_point(points, family, first);
	add_point(points, family, last);
	if (last != top)
		add_point(points, family, last + 1);
}

static void add_boundary(struct map_points *points, const struct prefix *prefix)
{
	const map_number mapped = (map_number)0xffff << 32;
	map_number first, last;

	ends(prefix, &first, &last);
	add_edges(points, prefix->first.family, first, last);
	if (prefix->first.family == AF_INET)
		add_edges(points, AF_INET6, mapped + first, mapped + last);
}

static void add_special(struct map_points *points)
{
	static const char *const others[] = { "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:192.168.0.1", "::ffff:192.0.2.1", "fe80::1", };
	const struct map_space *space;
	struct prefix prefix;
	map_number first, last;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		read_row(space->prefix, &prefix);
		ends(&prefix, &first, &last);
		add_point(points, prefix.first.family, first);
		if (last != first)
			add_point(points, prefix.first.family, first + 1);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		read_row(others[i], &prefix);
		add_point(points, prefix.first.family, map_address_number(&prefix.first));
	}
	for (size_t i = 0; i < points->region_count; i++) {
		add_point(points, points->regions[i].family, points->regions[i].first);
		add_point(points, points->regions[i].family, points->regions[i].last);
	}
}

static int compare(const void *a, const void *b)
{
	const struct map_point *one = a, *other = b;

	if (one->family != other->family)
		return one->family == AF_INET ? -1 : 1;
	return (one->number > other->number) - (one->number < other->number);
}

static void sort_points(struct map_points *points)
{
	size_t kept = 0;

	if (points->point_count == 0)
		return;
	qsort(points->points, points->point_count, sizeof *points->points, compare);
	for (size_t i = 1; i < points->point_count; i++)
		if (compare(&points->points[kept], &points->points[i]) != 0)
			points->points[++kept] = points->points[i];
	points->point_count = kept + 1;
}

void map_points_init(struct map_points *points, const struct map_scope *scope)
{
	*points = (struct map_points){ .points = NULL };
	if (!scope->no_four)
		make_regions(points, AF_INET);
	for (size_t i = 0, count = points->region_count; i < count; i++)
		make_spans(points, &points->regions[i], scope->resolution);
	if (!scope->no_six) {
		make_regions(points, AF_INET6);
		add_span(points, AF_INET6, (map_number)1 << 125, ((map_number)1 << 126) - 1,
			 scope->resolution > SIX_COARSER ? scope->resolution - SIX_COARSER : 0);
	}
	add_special(points);
	for (size_t i = 0; i < scope->boundary_count; i++)
		add_boundary(points, &scope->boundaries[i]);
	sort_points(points);
	points->blocks = mem_new(points->block_count + 1);
}

void map_points_release(struct map_points *points)
{
	free(points->points);
	free(points->blocks);
}

void map_points_block(const struct map_points *points, size_t index, struct address *address)
{
	size_t span = 0;

	while (span + 1 < points->span_count && index >= points->spans[span + 1].offset)
		span++;
	map_number_address(points->spans[span].family, block_at(&points->spans[span], (uint32_t)(index - points->spans[span].offset)), address);
}

void map_cursor_init(struct map_cursor *cursor, const struct map_points *points, const struct map_region *region)
{
	*cursor = (struct map_cursor){ .points = points, .region = region };
	while (cursor->point < points->point_count && (points->points[cursor->point].family != region->family ||
						       points->points[cursor->point].number < region->first))
		cursor->point++;
	while (cursor->span < points->span_count && (points->spans[cursor->span].family != region->family ||
						     points->spans[cursor->span].last < region->first))
		cursor->span++;
}

/* Whether a number of the kind is left in the region. */
static bool point_here(const struct map_cursor *cursor, map_number *number)
{
	const struct map_point *point = &cursor->points->points[cursor->point];

	if (cursor->point >= cursor->points->point_count || point->family != cursor->region->family || point->number > cursor->region->last)
		return false;
	*number = point->number;
	return true;
}

static bool block_here(const struct map_cursor *cursor, map_number *number)
{
	const struct map_span *span = &cursor->points->spans[cursor->span];

	if (cursor->span >= cursor->points->span_count || span->family != cursor->region->family)
		return false;
	*number = block_at(span, cursor->block);
	return *number <= cursor->region->last;
}

bool map_cursor_next(struct map_cursor *cursor, map_number *number, enum map_answer *answer)
{
	for (;;) {
		map_number point = 0, block = 0;
		bool has_point = point_here(cursor, &point), has_block = block_here(cursor, &block);
		unsigned char said = MAP_UNASKED;

		if (!has_point && !has_block)
			return false;
		*number = has_point && (!has_block || point <= block) ? point : block;
		if (has_block && block == *number) {
			const struct map_span *span = &cursor->points->spans[cursor->span];

			said = cursor->points->blocks[span->offset + cursor->block];
			if (++cursor->block == span->count) {
				cursor->block = 0;
				cursor->span++;
			}
		}
		if (has_point && point == *number) {
			unsigned char other = cursor->points->points[cursor->point++].answer;

			said = other > MAP_UNDECIDED ? other : said;
		}
		if (said > MAP_UNDECIDED || (cursor->gaps && said == MAP_UNASKED)) {
			*answer = (enum map_answer)said;
			return true;
		}
	}
}
