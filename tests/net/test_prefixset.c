/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prefixset.c - sets of addresses: made, joined, taken apart, counted
 *
 * Operations are checked on rows with known answers, and on random sets over a
 * small space against one bit an address.
 */
#include "net/prefixset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/* Adds "PREFIX PREFIX-or-FIRST-LAST ..." and settles. */
static void fill(struct prefixset *set, const char *words)
{
	char *copy = mem_text(words), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL) {
		char *dash = strchr(word, '-');
		struct err err = ERR_INIT;
		struct prefix prefix;
		bool host_bits;

		if (*word == '\0')
			continue;
		if (dash != NULL) {
			struct address first, last;

			*dash = '\0';
			assert_int_equal(address_parse(word, &first, &err), 0);
			assert_int_equal(address_parse(dash + 1, &last, &err), 0);
			prefixset_add_range(set, &first, &last);
		} else {
			assert_int_equal(prefix_parse(word, &prefix, &host_bits, &err), 0);
			prefixset_add(set, &prefix);
		}
	}
	free(copy);
	prefixset_settle(set);
}

static void assert_ranges(const struct prefixset *set, const char *wanted)
{
	struct buf got = BUF_OWN;

	for (size_t i = 0; i < prefixset_ranges(set); i++) {
		struct prefixset_range range = prefixset_range(set, i);
		char text[ADDRESS_TEXT];

		address_print(&range.first, text);
		buf_printf(&got, "%s%s-", i == 0 ? "" : " ", text);
		address_print(&range.last, text);
		buf_text(&got, text);
	}
	assert_string_equal(got.data, wanted);
	buf_release(&got);
}

static void assert_prefixes(const struct prefixset *set, const char *wanted)
{
	struct prefixset_walk walk = PREFIXSET_WALK_INIT(set);
	struct buf got = BUF_OWN;
	struct prefix prefix;

	while (prefixset_next(&walk, &prefix)) {
		char text[PREFIX_TEXT];

		prefix_print(&prefix, text);
		buf_printf(&got, "%s%s", got.len == 0 ? "" : " ", text);
	}
	assert_string_equal(got.data, wanted);
	buf_release(&got);
}

static void test_prefixset_joins_what_overlaps_or_touches_in_any_order(void **state)
{
	static const struct {
		const char *added, *ranges, *prefixes, *count;
	} rows[] = {
		{ "", "", "", "0" },
		{ "192.0.2.1", "192.0.2.1-192.0.2.1", "192.0.2.1/32", "1" },
		{ "192.0.2.0/25 192.0.2.128/25", "192.0.2.0-192.0.2.255", "192.0.2.0/24", "256" },
		{ "192.0.2.128/25 192.0.2.0/25", "192.0.2.0-192.0.2.255", "192.0.2.0/24", "256" },
		{ "10.0.0.0/8 10.1.0.0/16 10.1.2.3", "10.0.0.0-10.255.255.255", "10.0.0.0/8", "16777216" },
		{ "10.1.2.3 10.1.0.0/16 10.0.0.0/8", "10.0.0.0-10.255.255.255", "10.0.0.0/8", "16777216" },
		{ "192.0.2.0/24 192.0.2.0/24", "192.0.2.0-192.0.2.255", "192.0.2.0/24", "256" },
		{ "192.0.2.5-192.0.2.9", "192.0.2.5-192.0.2.9", "192.0.2.5/32 192.0.2.6/31 192.0.2.8/31", "5" },
		{ "0.0.0.0/0", "0.0.0.0-255.255.255.255", "0.0.0.0/0", "4294967296" },
		{ "0.0.0.0/1 128.0.0.0/1", "0.0.0.0-255.255.255.255", "0.0.0.0/0", "4294967296" },
		{ "255.255.255.255 0.0.0.0", "0.0.0.0-0.0.0.0 255.255.255.255-255.255.255.255", "0.0.0.0/32 255.255.255.255/32", "2" },
		{ "255.0.0.0/8 255.255.255.255", "255.0.0.0-255.255.255.255", "255.0.0.0/8", "16777216" },
		{ "0.0.0.1-255.255.255.254", "0.0.0.1-255.255.255.254", NULL, "4294967294" },
		{ "::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0", "340282366920938463463374607431768211456" },
		{ "::/0 0.0.0.0/0", "0.0.0.0-255.255.255.255 ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "0.0.0.0/0 ::/0",
			"340282366920938463463374607436063178752" },
		{ "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", NULL,
			"340282366920938463463374607431768211455" },
		{ "2001:db8::/33 2001:db8:8000::/33", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::/32",
			"79228162514264337593543950336" },
		{ "::ffff:ffff:ffff:ffff 0:0:0:1::", "::ffff:ffff:ffff:ffff-0:0:0:1::", "::ffff:ffff:ffff:ffff/128 0:0:0:1::/128", "2" },
		{ "2001:db8::/64 192.0.2.0/24 2001:db8::1", "192.0.2.0-192.0.2.255 2001:db8::-2001:db8::ffff:ffff:ffff:ffff",
			"192.0.2.0/24 2001:db8::/64", "18446744073709551872" },
		{ "::ffff:192.0.2.1 192.0.2.1", "192.0.2.1-192.0.2.1 ::ffff:192.0.2.1-::ffff:192.0.2.1",
			"192.0.2.1/32 ::ffff:192.0.2.1/128", "2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct prefixset set = PREFIXSET_INIT;
		char digits[PREFIXSET_COUNT];

		fill(&set, rows[i].added);
		assert_ranges(&set, rows[i].ranges);
		if (rows[i].prefixes != NULL)
			assert_prefixes(&set, rows[i].prefixes);
		prefixset_count(&set, AF_UNSPEC, digits);
		assert_string_equal(digits, rows[i].count);
		assert_int_equal(prefixset_is_empty(&set), *rows[i].added == '\0');
		prefixset_release(&set);
	}
}

static void test_prefixset_operations_on_both_families(void **state)
{
	static const struct {
		const char *a, *b, *sum, *both, *rest;
	} rows[] = {
		{ "", "", "", "", "" },
		{ "10.0.0.0/8", "", "10.0.0.0/8", "", "10.0.0.0/8" },
		{ "", "10.0.0.0/8", "10.0.0.0/8", "", "" },
		{ "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8", "" },
		{ "10.0.0.0/30", "10.0.0.1", "10.0.0.0/30", "10.0.0.1/32", "10.0.0.0/32 10.0.0.2/31" },
		{ "10.0.0.1", "10.0.0.0/30", "10.0.0.0/30", "10.0.0.1/32", "" },
		{ "10.0.0.0/25", "10.0.0.128/25", "10.0.0.0/24", "", "10.0.0.0/25" },
		{ "0.0.0.0/0 ::/0", "0.0.0.0/1 ::/1", "0.0.0.0/0 ::/0", "0.0.0.0/1 ::/1", "128.0.0.0/1 8000::/1" },
		{ "10.0.0.0/32 10.0.0.2/32 10.0.0.4/32", "10.0.0.1-10.0.0.3", "10.0.0.0/30 10.0.0.4/32", "10.0.0.2/32",
			"10.0.0.0/32 10.0.0.4/32" },
		{ "10.0.0.0/24", "10.0.0.0/32 10.0.0.128/25 192.0.2.0/24", "10.0.0.0/24 192.0.2.0/24", "10.0.0.0/32 10.0.0.128/25",
			"10.0.0.1/32 10.0.0.2/31 10.0.0.4/30 10.0.0.8/29 10.0.0.16/28 10.0.0.32/27 10.0.0.64/26" },
		{ "255.255.255.254/31", "255.255.255.255", "255.255.255.254/31", "255.255.255.255/32", "255.255.255.254/32" },
		{ "::/0", "::", "::/0", "::/128", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct prefixset a = PREFIXSET_INIT, b = PREFIXSET_INIT, sum = PREFIXSET_INIT, both = PREFIXSET_INIT, rest = PREFIXSET_INIT;

		fill(&a, rows[i].a);
		fill(&b, rows[i].b);
		prefixset_union(&sum, &a, &b);
		assert_prefixes(&sum, rows[i].sum);
		prefixset_intersect(&both, &a, &b);
		assert_prefixes(&both, rows[i].both);
		prefixset_subtract(&rest, &a, &b);
		if (rows[i].rest != NULL)
			assert_prefixes(&rest, rows[i].rest);
		prefixset_add_set(&a, &b);
		prefixset_settle(&a);
		assert_prefixes(&a, rows[i].sum);
		prefixset_release(&a);
		prefixset_release(&b);
		prefixset_release(&sum);
		prefixset_release(&both);
		prefixset_release(&rest);
	}
}

enum { SPACE = 256 };

/* A generator of our own, so that a failure can be had again. */
static unsigned next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static struct address small(int family, unsigned number)
{
	struct address address = { .family = family };

	/* Across a border of bytes, and for IPv6 of words. */
	if (family == AF_INET) {
		address.bytes[2] = (unsigned char)(number >= SPACE / 2);
		address.bytes[3] = (unsigned char)(number >= SPACE / 2 ? number - SPACE / 2 : number + SPACE / 2);
	} else {
		address.bytes[7] = (unsigned char)(number >= SPACE / 2);
		memset(address.bytes + 8, number >= SPACE / 2 ? 0 : 0xff, 8);
		address.bytes[15] = (unsigned char)(number >= SPACE / 2 ? number - SPACE / 2 : number + SPACE / 2);
	}
	return address;
}

static void fill_random(struct prefixset *set, bool bits[SPACE], int family, uint32_t *seed)
{
	memset(bits, 0, SPACE * sizeof *bits);
	for (unsigned i = next_random(seed) % 12; i > 0; i--) {
		unsigned first = next_random(seed) % SPACE, last = first + next_random(seed) % 30;
		struct address from, to;

		last = last < SPACE ? last : SPACE - 1;
		from = small(family, first);
		to = small(family, last);
		prefixset_add_range(set, &from, &to);
		for (unsigned number = first; number <= last; number++)
			bits[number] = true;
	}
	prefixset_settle(set);
}

static void test_prefixset_agrees_with_one_bit_an_address(void **state)
{
	uint32_t seed = 2003;

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		int family = round % 2 == 0 ? AF_INET : AF_INET6;
		struct prefixset a = PREFIXSET_INIT, b = PREFIXSET_INIT, sum = PREFIXSET_INIT, both = PREFIXSET_INIT, rest = PREFIXSET_INIT;
		struct prefixset again = PREFIXSET_INIT, none = PREFIXSET_INIT;
		bool in_a[SPACE], in_b[SPACE];
		struct prefixset_walk walk = PREFIXSET_WALK_INIT(&sum);
		struct prefix prefix;

		fill_random(&a, in_a, family, &seed);
		fill_random(&b, in_b, family, &seed);
		prefixset_union(&sum, &a, &b);
		prefixset_intersect(&both, &a, &b);
		prefixset_subtract(&rest, &a, &b);
		for (unsigned number = 0; number < SPACE; number++) {
			struct address address = small(family, number);

			assert_int_equal(prefixset_has(&sum, &address), in_a[number] || in_b[number]);
			assert_int_equal(prefixset_has(&both, &address), in_a[number] && in_b[number]);
			assert_int_equal(prefixset_has(&rest, &address), in_a[number] && !in_b[number]);
		}
		/* Split into prefixes and put together again, it is the same set. */
		while (prefixset_next(&walk, &prefix))
			prefixset_add(&again, &prefix);
		prefixset_settle(&again);
		assert_int_equal(prefixset_ranges(&again), prefixset_ranges(&sum));
		prefixset_subtract(&none, &again, &sum);
		assert_true(prefixset_is_empty(&none));
		prefixset_release(&a);
		prefixset_release(&b);
		prefixset_release(&sum);
		prefixset_release(&both);
		prefixset_release(&rest);
		prefixset_release(&again);
	}
}

static void test_prefixset_has_neither_neighbours_nor_the_other_family(void **state)
{
	static const struct {
		const char *address;
		bool has;
	} rows[] = {
		{ "192.0.1.255", false }, { "192.0.2.0", true }, { "192.0.2.255", true }, { "192.0.3.0", false },
		{ "::c000:200", false }, { "::ffff:192.0.2.1", false }, { "2001:db8::", true }, { "2001:db9::", false },
	};
	struct prefixset set = PREFIXSET_INIT;

	(void)state;
	fill(&set, "192.0.2.0/24 2001:db8::/32 10.0.0.0/8 198.51.100.7");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address address;
		struct err err = ERR_INIT;

		assert_int_equal(address_parse(rows[i].address, &address, &err), 0);
		if (prefixset_has(&set, &address) != rows[i].has)
			fail_msg("%s", rows[i].address);
	}
	prefixset_release(&set);
}

static void test_prefixset_counts_each_family(void **state)
{
	struct prefixset set = PREFIXSET_INIT;
	char digits[PREFIXSET_COUNT];

	(void)state;
	fill(&set, "210.0.0.0/8 2001:db8::/127 2001:db8::8/127 8000::/1");
	prefixset_count(&set, AF_INET, digits);
	assert_string_equal(digits, "16777216");
	prefixset_count(&set, AF_INET6, digits);
	assert_string_equal(digits, "170141183460469231731687303715884105732");
	prefixset_release(&set);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixset_joins_what_overlaps_or_touches_in_any_order),
		cmocka_unit_test(test_prefixset_operations_on_both_families),
		cmocka_unit_test(test_prefixset_agrees_with_one_bit_an_address),
		cmocka_unit_test(test_prefixset_has_neither_neighbours_nor_the_other_family),
		cmocka_unit_test(test_prefixset_counts_each_family),
	};

	return cmocka_run_group_tests_name("prefixset", tests, NULL, NULL);
}
