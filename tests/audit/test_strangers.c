/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_strangers.c - who is a stranger; and counting texts
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "audit/strangers.h"

static struct slice slice(const char *text)
{
	return (struct slice){ text, strlen(text) };
}

static void test_foreign(void **state)
{
	static const char *const domains[] = { "own.example", ".sub.example" };
	static const struct {
		const char *address;
		bool foreign;
	} rows[] = {
		{ "a@own.example", false }, { "a@OWN.example.", false }, { "a@x.own.example", true }, { "a@sub.example", true },
		{ "a@b.sub.example", false }, { "a@notsub.example", true }, { "a", false }, { "", false }, { "a@", false },
		{ "a@own.example@b.example", true }, { "a%b.example@own.example", false }, { "a@[192.0.2.1]", true },
	};
	const struct strangers_rules rules = { .domains = domains, .domain_count = 2 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strangers_is_foreign(&rules, slice(rows[i].address)) != rows[i].foreign)
			fail_msg("%s", rows[i].address);
}

static void test_own(void **state)
{
	static const struct {
		const char *address;
		bool own;
	} rows[] = {
		{ "127.0.0.1", true }, { "::1", true }, { "::ffff:127.0.0.1", true }, { "192.0.2.7", true }, { "::ffff:192.0.2.7", true },
		{ "192.0.3.7", false }, { "2001:db8::1", false }, { "10.0.0.1", false },
	};
	struct strangers_rules rules = { .own = PREFIXSET_INIT };
	struct prefix prefix;
	struct address address;
	bool bits;

	(void)state;
	assert_int_equal(prefix_parse("192.0.2.0/24", &prefix, &bits, NULL), 0);
	prefixset_add(&rules.own, &prefix);
	prefixset_settle(&rules.own);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(strangers_address(slice(rows[i].address), &address));
		if (strangers_is_own(&rules, &address) != rows[i].own)
			fail_msg("%s", rows[i].address);
	}
	assert_false(strangers_address(slice("unknown"), &address));
	assert_false(strangers_address(slice(""), &address));
	prefixset_release(&rules.own);
}

static void test_run(void **state)
{
	static const struct {
		const char *address;
		bool found;
	} rows[] = {
		{ "relaytest-4kqz7hx2pm5d@example.com", true }, { "RELAYTEST-4KQZ7HX2PM5D%example.com@x", true },
		{ "4kqz7hx2abcdefghijkmnpqrstuvwxyz@sink.example", true }, { "prvs=1=4kqz7hx2abcdefghijkmnpqrstuvwxyz@sink.example", true },
		{ "4kqz7hx2@sink.example", false }, { "a4kqz7hx2abcdefghijkmnpqrstuvwxyz@sink.example", false }, { "", false },
	};
	const struct strangers_rules rules = { .run = "4kqz7hx2pm5daaaa" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strangers_is_of_run(&rules, slice(rows[i].address)) != rows[i].found)
			fail_msg("%s", rows[i].address);
}

static void test_tally(void **state)
{
	struct tally tally = TALLY_INIT(1000);
	char text[20];

	(void)state;
	for (int round = 0; round < 3; round++)
		for (int i = 0; i < 1500; i++) {
			snprintf(text, sizeof text, "text %d", i);
			tally_add(&tally, slice(text), i == 700 ? 5 : 1);
		}
	tally_add(&tally, slice("\033[31m"), 1);
	assert_int_equal(tally.count, 1000);
	assert_int_equal(tally.others, 1501);
	tally_sort(&tally);
	assert_string_equal(tally.rows[0].text, "text 700");
	assert_int_equal(tally.rows[0].count, 15);
	assert_string_equal(tally.rows[1].text, "text 0");
	tally_release(&tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_foreign), cmocka_unit_test(test_own), cmocka_unit_test(test_run), cmocka_unit_test(test_tally),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
