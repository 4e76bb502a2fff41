/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_clock.c - clocks, and chance
 */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_time_only_goes_forward(void **state)
{
	int64_t before = clock_now();

	(void)state;
	assert_true(before > 0);
	for (int i = 0; i < 100000; i++) {
		int64_t now = clock_now();

		assert_true(now >= before);
		assert_true(now - before < 600ll * CLOCK_S);
		before = now;
	}
}

static void test_a_second_has_its_microseconds(void **state)
{
	struct timespec real;
	int64_t ours;

	(void)state;
	ours = clock_now();
	clock_gettime(CLOCK_MONOTONIC, &real);
	assert_true(real.tv_sec - ours / CLOCK_S <= 600 && real.tv_sec - ours / CLOCK_S >= 0);
	assert_int_equal(CLOCK_S / CLOCK_MS, 1000);
}

static void test_stamps_are_utc_to_the_second(void **state)
{
	static const struct {
		long long when;
		const char *stamp;
	} rows[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 951782399, "2000-02-28T23:59:59Z" },
		{ 951782400, "2000-02-29T00:00:00Z" },
		{ 1772366400, "2026-03-01T12:00:00Z" },
		{ 4294967296, "2106-02-07T06:28:16Z" },
		{ 253402300799, "9999-12-31T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char stamp[CLOCK_STAMP];

		clock_stamp((time_t)rows[i].when, stamp);
		assert_string_equal(stamp, rows[i].stamp);
	}
}

static void test_chance_is_letters_that_nobody_confuses(void **state)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	unsigned seen[256] = { 0 };
	char word[33];

	(void)state;
	for (int i = 0; i < 128; i++) {
		clock_chance(word, 32);
		assert_int_equal(strlen(word), 32);
		assert_int_equal(strspn(word, letters), 32);
		for (const char *at = word; *at != '\0'; at++)
			seen[(unsigned char)*at]++;
	}
	/* 128 of each are expected; ten times the deviation from that is not chance. */
	for (const char *at = letters; *at != '\0'; at++)
		assert_true(seen[(unsigned char)*at] > 16 && seen[(unsigned char)*at] < 240);
}

static void test_chance_does_not_repeat_itself(void **state)
{
	char one[21], two[21], none[1] = { 'x' };

	(void)state;
	clock_chance(one, 20);
	clock_chance(two, 20);
	assert_string_not_equal(one, two);
	clock_chance(none, 0);
	assert_string_equal(none, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time_only_goes_forward),
		cmocka_unit_test(test_a_second_has_its_microseconds),
		cmocka_unit_test(test_stamps_are_utc_to_the_second),
		cmocka_unit_test(test_chance_is_letters_that_nobody_confuses),
		cmocka_unit_test(test_chance_does_not_repeat_itself),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
