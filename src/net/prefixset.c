/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefixset.c - sets of addresses as sorted intervals
 *
 * A million prefixes are common (a routing table), so an IPv4 interval takes 8
 * bytes and is sorted by three counting passes over its first address; IPv6
 * intervals, of which there are fewer, by qsort().  What follows the sort is one
 * sweep, and is written once for both, over 128-bit numbers.
 */
#include "net/prefixset.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct wide {
	uint64_t high;
	uint64_t low;
};

struct wide_range {
	struct wide first;
	struct wide last;
};

/* The sort of IPv4 intervals: 3 passes over 11 of the 32 bits each. */
enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

static const int families[] = { AF_INET, AF_INET6 };

static int compare(struct wide a, struct wide b)
{
	if (a.high != b.high)
		return a.high < b.high ? -1 : 1;
	return a.low < b.low ? -1 : a.low > b.low;
}

static struct wide plus_one(struct wide number)
{
	number.low++;
	number.high += number.low == 0;
	return number;
}

static struct wide minus_one(struct wide number)
{
	number.high -= number.low == 0;
	number.low--;
	return number;
}

/* The one number that has no successor, in which 1 is not to be added. */
static bool is_top(struct wide number, int family)
{
	return family == AF_INET ? number.low == UINT32_MAX : number.high == UINT64_MAX && number.low == UINT64_MAX;
}

static uint64_t eight(const unsigned char *bytes)
{
	uint64_t number = 0;

	for (int i = 0; i < 8; i++)
		number = number << 8 | bytes[i];
	return number;
}

static uint32_t number_four(const struct address *address)
{
	return (uint32_t)(eight(address->bytes) >> 32);
}

static struct wide to_number(const struct address *address)
{
	if (address->family == AF_INET)
		return (struct wide){ 0, number_four(address) };
	return (struct wide){ eight(address->bytes), eight(address->bytes + 8) };
}

static struct address to_address(struct wide number, int family)
{
	struct address address = { .family = family };
	unsigned bytes = prefix_bits(family) / 8;

	for (unsigned i = 0; i < bytes; i++) {
		unsigned shift = 8 * (bytes - 1 - i);

		address.bytes[i] = (unsigned char)(shift < 64 ? number.low >> shift : number.high >> (shift - 64));
	}
	return address;
}

/* How many intervals of a family there are, and each, whatever it is stored as. */
static size_t members(const struct prefixset *set, int family)
{
	return family == AF_INET ? set->fours : set->sixes;
}

static struct wide_range member(const struct prefixset *set, int family, size_t index)
{
	if (family == AF_INET)
		return (struct wide_range){ { 0, set->four[index] >> 32 }, { 0, set->four[index] & UINT32_MAX } };
	return set->six[index];
}

static void append(struct prefixset *set, int family, struct wide_range range)
{
	if (family == AF_INET) {
		MEM_ROOM(set->four, set->fours, set->fours_capacity);
		set->four[set->fours++] = range.first.low << 32 | range.last.low;
	} else {
		MEM_ROOM(set->six, set->sixes, set->sixes_capacity);
		set->six[set->sixes++] = range;
	}
}

/* As append(), in order: joins what overlaps the last interval or follows on it. */
static void append_joined(struct prefixset *set, int family, struct wide_range range)
{
	size_t count = members(set, family);
	struct wide_range last;

	if (count != 0) {
		last = member(set, family, count - 1);
		if (is_top(last.last, family))
			return;
		if (compare(range.first, plus_one(last.last)) <= 0) {
			if (compare(range.last, last.last) <= 0)
				return;
			range.first = last.first;
			*(family == AF_INET ? &set->fours : &set->sixes) -= 1;
		}
	}
	append(set, family, range);
}

static void want_settled(const struct prefixset *set)
{
	if (set->unsettled)
		BUG("a set of prefixes was asked before it was settled");
}

void prefixset_release(struct prefixset *set)
{
	free(set->four);
	free(set->six);
	*set = (struct prefixset)PREFIXSET_INIT;
}

void prefixset_add(struct prefixset *set, const struct prefix *prefix)
{
	struct address last;

	prefix_last(prefix, &last);
	append(set, prefix->first.family, (struct wide_range){ to_number(&prefix->first), to_number(&last) });
	set->unsettled = true;
}

void prefixset_add_range(struct prefixset *set, const struct address *first, const struct address *last)
{
	struct wide_range range = { to_number(first), to_number(last) };

	if (first->family != last->family || compare(range.first, range.last) > 0)
		BUG("a range of addresses that ends before it begins");
	append(set, first->family, range);
	set->unsettled = true;
}

void prefixset_add_set(struct prefixset *set, const struct prefixset *other)
{
	want_settled(other);
	for (size_t i = 0; i < other->fours; i++)
		append(set, AF_INET, member(other, AF_INET, i));
	for (size_t i = 0; i < other->sixes; i++)
		append(set, AF_INET6, member(other, AF_INET6, i));
	set->unsettled = set->unsettled || other->fours != 0 || other->sixes != 0;
}

/* One pass: in the order of 11 bits of the first address, equal ones as they stood. */
static void sort_by_digit(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
	size_t starts[DIGITS] = { 0 }, next = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i] >> shift & (DIGITS - 1)]++;
	for (size_t digit = 0; digit < DIGITS; digit++) {
		size_t many = starts[digit];

		starts[digit] = next;
		next += many;
	}
	for (size_t i = 0; i < count; i++)
		to[starts[from[i] >> shift & (DIGITS - 1)]++] = from[i];
}

static void sort_four(struct prefixset *set)
{
	uint64_t *other;

	for (size_t i = 1; i < set->fours; i++) {
		if (set->four[i - 1] >> 32 > set->four[i] >> 32) {
			other = mem_resize(NULL, set->fours, sizeof *other);
			sort_by_digit(set->four, other, set->fours, 32);
			sort_by_digit(other, set->four, set->fours, 32 + DIGIT_BITS);
			sort_by_digit(set->four, other, set->fours, 32 + 2 * DIGIT_BITS);
			free(set->four);
			set->four = other;
			set->fours_capacity = set->fours;
			return;
		}
	}
}

static int by_first(const void *a, const void *b)
{
	const struct wide_range *left = a, *right = b;

	return compare(left->first, right->first);
}

/* As append_joined() for all of them; a third of the time of many prefixes goes here. */
static void join_four(struct prefixset *set)
{
	size_t kept = 0;
	uint64_t last;

	for (size_t i = 1; i < set->fours; i++) {
		last = set->four[kept] & UINT32_MAX;
		if (set->four[i] >> 32 > last + 1)
			set->four[++kept] = set->four[i];
		else if ((set->four[i] & UINT32_MAX) > last)
			set->four[kept] = (set->four[kept] & ~(uint64_t)UINT32_MAX) | (set->four[i] & UINT32_MAX);
	}
	set->fours = set->fours == 0 ? 0 : kept + 1;
}

static void join_six(struct prefixset *set)
{
	size_t count = set->sixes;

	/* What is written never passes what is read. */
	set->sixes = 0;
	for (size_t i = 0; i < count; i++)
		append_joined(set, AF_INET6, set->six[i]);
}

void prefixset_settle(struct prefixset *set)
{
	if (!set->unsettled)
		return;
	sort_four(set);
	join_four(set);
	if (set->sixes != 0)
		qsort(set->six, set->sixes, sizeof *set->six, by_first);
	join_six(set);
	set->unsettled = false;
}

void prefixset_union(struct prefixset *to, const struct prefixset *a, const struct prefixset *b)
{
	want_settled(a);
	want_settled(b);
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		int family = families[f];
		size_t i = 0, j = 0;

		while (i < members(a, family) || j < members(b, family)) {
			bool left = j == members(b, family) || (i < members(a, family) &&
				compare(member(a, family, i).first, member(b, family, j).first) <= 0);

			append_joined(to, family, left ? member(a, family, i) : member(b, family, j));
			*(left ? &i : &j) += 1;
		}
	}
}

void prefixset_intersect(struct prefixset *to, const struct prefixset *a, const struct prefixset *b)
{
	want_settled(a);
	want_settled(b);
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		int family = families[f];
		size_t i = 0, j = 0;

		while (i < members(a, family) && j < members(b, family)) {
			struct wide_range left = member(a, family, i), right = member(b, family, j);
			struct wide_range both = {
				compare(left.first, right.first) > 0 ? left.first : right.first,
				compare(left.last, right.last) < 0 ? left.last : right.last,
			};

			if (compare(both.first, both.last) <= 0)
				append(to, family, both);
			*(compare(left.last, right.last) < 0 ? &i : &j) += 1;
		}
	}
}

/* What is left of one interval of `a`, where `j` is the first interval of `b` that does not end before it. */
static void subtract_one(struct prefixset *to, int family, struct wide_range rest, const struct prefixset *b, size_t j)
{
	for (; j < members(b, family); j++) {
		struct wide_range hole = member(b, family, j);

		if (compare(hole.first, rest.last) > 0)
			break;
		if (compare(hole.first, rest.first) > 0)
			append(to, family, (struct wide_range){ rest.first, minus_one(hole.first) });
		if (compare(hole.last, rest.last) >= 0)
			return;
		rest.first = plus_one(hole.last);
	}
	append(to, family, rest);
}

void prefixset_subtract(struct prefixset *to, const struct prefixset *a, const struct prefixset *b)
{
	want_settled(a);
	want_settled(b);
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		int family = families[f];
		size_t j = 0;

		for (size_t i = 0; i < members(a, family); i++) {
			struct wide_range whole = member(a, family, i);

			while (j < members(b, family) && compare(member(b, family, j).last, whole.first) < 0)
				j++;
			subtract_one(to, family, whole, b, j);
		}
	}
}

bool prefixset_has(const struct prefixset *set, const struct address *address)
{
	struct wide number = to_number(address);
	size_t low = 0, high = members(set, address->family);

	want_settled(set);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct wide_range range = member(set, address->family, middle);

		if (compare(number, range.first) < 0)
			high = middle;
		else if (compare(number, range.last) > 0)
			low = middle + 1;
		else
			return true;
	}
	return false;
}

bool prefixset_is_empty(const struct prefixset *set)
{
	return set->fours == 0 && set->sixes == 0;
}

/* A sum of up to 2^128 + 2^32 needs a third word. */
static void add_up(uint64_t sum[3], struct wide_range range)
{
	struct wide size = { range.last.high - range.first.high - (range.last.low < range.first.low), range.last.low - range.first.low };
	uint64_t low = sum[0] + size.low, carry = low < size.low, high = sum[1] + size.high, over = high < size.high;

	high += carry;
	over += high < carry;
	low++;
	high += low == 0;
	over += low == 0 && high == 0;
	sum[0] = low;
	sum[1] = high;
	sum[2] += over;
}

/* Divides by ten in halves of a word, and returns what remains. */
static unsigned divide_by_ten(uint64_t sum[3])
{
	uint64_t rest = 0;

	for (int i = 2; i >= 0; i--) {
		uint64_t upper = rest << 32 | sum[i] >> 32, lower;

		rest = upper % 10;
		lower = rest << 32 | (sum[i] & UINT32_MAX);
		rest = lower % 10;
		sum[i] = (upper / 10) << 32 | lower / 10;
	}
	return (unsigned)rest;
}

void prefixset_count(const struct prefixset *set, int family, char digits[PREFIXSET_COUNT])
{
	uint64_t sum[3] = { 0 };
	char backwards[PREFIXSET_COUNT];
	size_t len = 0;

	want_settled(set);
	for (size_t f = 0; f < sizeof families / sizeof *families; f++)
		if (family == AF_UNSPEC || family == families[f])
			for (size_t i = 0; i < members(set, families[f]); i++)
				add_up(sum, member(set, families[f], i));
	do
		backwards[len++] = (char)('0' + divide_by_ten(sum));
	while ((sum[0] | sum[1] | sum[2]) != 0);
	for (size_t i = 0; i < len; i++)
		digits[i] = backwards[len - 1 - i];
	digits[len] = '\0';
}

size_t prefixset_ranges(const struct prefixset *set)
{
	want_settled(set);
	return set->fours + set->sixes;
}

struct prefixset_range prefixset_range(const struct prefixset *set, size_t index)
{
	int family = index < set->fours ? AF_INET : AF_INET6;
	struct wide_range range = member(set, family, family == AF_INET ? index : index - set->fours);

	return (struct prefixset_range){ to_address(range.first, family), to_address(range.last, family) };
}

bool prefixset_next(struct prefixset_walk *walk, struct prefix *prefix)
{
	struct prefixset_range range;
	struct address last;
	unsigned length;

	if (walk->index == prefixset_ranges(walk->set))
		return false;
	range = prefixset_range(walk->set, walk->index);
	if (walk->next.family == 0)
		walk->next = range.first;
	/* The shortest prefix that begins here and does not go beyond the end. */
	for (length = prefix_bits(range.first.family); length > 0; length--) {
		prefix_of(&walk->next, length - 1, prefix);
		prefix_last(prefix, &last);
		if (!address_equal(&prefix->first, &walk->next) || compare(to_number(&last), to_number(&range.last)) > 0)
			break;
	}
	prefix_of(&walk->next, length, prefix);
	prefix_last(prefix, &last);
	if (address_equal(&last, &range.last)) {
		walk->index++;
		walk->next = (struct address){ 0 };
	} else {
		walk->next = to_address(plus_one(to_number(&last)), last.family);
	}
	return true;
}
