/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_exception.c - what is borne, where, and until when
 */
#include "audit/exception.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "audit/finding.h"
#include "base/err.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void test_patterns(void **state)
{
	static const struct {
		const char *pattern;
		const char *text;
		bool fits;
	} rows[] = {
		{ "", "", true },
		{ "", "a", false },
		{ "a", "a", true },
		{ "a", "ab", false },
		{ "ab", "a", false },
		{ "*", "", true },
		{ "*", "anything at all", true },
		{ "?", "a", true },
		{ "?", "", false },
		{ "main.cf:12", "main.cf:12", true },
		{ "main.cf:12", "main.cf:120", false },
		{ "main.cf:*", "main.cf:120", true },
		{ "MAIL.example.org *", "mail.Example.org 192.0.2.25:25 from far", true },
		{ "* from far", "mail.example.org 192.0.2.25:25 from far", true },
		{ "* from far", "mail.example.org 192.0.2.25:25 from farther", false },
		{ "*:25 from *", "mail.example.org 192.0.2.25:25 from far", true },
		{ "*:25 from *", "mail.example.org 192.0.2.25:465 from far", false },
		{ "[2001:db8::1]:25 *", "[2001:db8::1]:25 from far", true },
		{ "*a*b*c", "xxaxxbxxbc", true },
		{ "*a*b*c", "xxaxxcxxb", false },
		{ "a**b", "ab", true },
		{ "*?", "", false },
		{ "a.c", "abc", false },
		{ "[ab]", "a", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (exception_fits(rows[i].pattern, rows[i].text) != rows[i].fits)
			fail_msg("'%s' and '%s'", rows[i].pattern, rows[i].text);
}

/* Where a naive matcher would take for ever. */
static void test_a_pattern_of_stars_ends(void **state)
{
	char pattern[401], text[2001];

	(void)state;
	for (size_t i = 0; i < 400; i++)
		pattern[i] = i % 2 ? 'a' : '*';
	pattern[399] = 'b';
	pattern[400] = '\0';
	memset(text, 'a', 2000);
	text[2000] = '\0';
	assert_false(exception_fits(pattern, text));
}

static void test_days(void **state)
{
	static const struct {
		const char *text;
		long long end;          /* -1: there is no such day */
	} rows[] = {
		{ "1970-01-01", 86400 },
		{ "2027-01-31", 1801440000 },
		{ "2024-02-29", 1709251200 },
		{ "2000-02-29", 951868800 },
		{ "2026-12-31", 1798761600 },
		{ "2023-02-29", -1 },
		{ "2100-02-29", -1 },
		{ "2027-04-31", -1 },
		{ "2027-13-01", -1 },
		{ "2027-00-01", -1 },
		{ "2027-01-00", -1 },
		{ "2027-1-1", -1 },
		{ "2027-01-31 ", -1 },
		{ "2027-01-31T00:00:00Z", -1 },
		{ "31.01.2027", -1 },
		{ "never", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct err err = ERR_INIT;
		time_t end = -1;
		int result = exception_date(rows[i].text, &end, &err);

		if (result != (rows[i].end < 0 ? -1 : 0) || (long long)end != rows[i].end)
			fail_msg("'%s': %lld, %s", rows[i].text, (long long)end, err.text);
	}
}

static void test_findings_are_known(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(exception_check_finding("relay", &err), 0);
	assert_int_equal(exception_check_finding("trust-oversized", &err), 0);
	assert_int_equal(exception_check_finding("trust-oversised", &err), -1);
	assert_string_equal(err.text, "there is no finding 'trust-oversised'; was 'trust-oversized' meant?");
	assert_int_equal(exception_check_finding("zzz", &err), -1);
	assert_string_equal(err.text, "there is no finding 'zzz'");
}

static void test_the_first_that_fits_and_holds_excuses(void **state)
{
	struct exception rows[] = {
		{ .finding = "relay", .where = "* from far", .expires = "2020-01-01", .end = 100 },
		{ .finding = "relay", .where = "* from far", .expires = "2027-01-31", .end = 300 },
		{ .finding = "relay", .expires = "2027-01-31", .end = 300 },
		{ .finding = "relay-limited", .expires = "2027-01-31", .end = 300 },
	};
	struct exceptions exceptions = { .rows = rows, .count = COUNT(rows) };
	struct finding found[] = {
		{ .id = "relay", .where = (char *)"192.0.2.1:25 from far" },
		{ .id = "relay", .where = (char *)"192.0.2.1:25 from near" },
		{ .id = "scan-incomplete", .where = (char *)"192.0.2.1:25 from far" },
	};
	struct findings findings = { .rows = found, .count = COUNT(found) };

	(void)state;
	exceptions_apply(&exceptions, &findings, 299);
	assert_ptr_equal(found[0].excused, &rows[1]);
	assert_ptr_equal(found[1].excused, &rows[2]);
	assert_null(found[2].excused);
	assert_true(rows[0].expired);
	assert_false(rows[1].expired);
	assert_int_equal(rows[0].used, 1);
	assert_int_equal(rows[1].used, 1);
	assert_int_equal(rows[2].used, 2);
	assert_int_equal(rows[3].used, 0);
	for (size_t i = 0; i < COUNT(found); i++)
		found[i].excused = NULL;
	/* The moment after the last day. */
	exceptions_apply(&exceptions, &findings, 300);
	for (size_t i = 0; i < COUNT(found); i++)
		assert_null(found[i].excused);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(rows[i].expired);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_a_pattern_of_stars_ends),
		cmocka_unit_test(test_days),
		cmocka_unit_test(test_findings_are_known),
		cmocka_unit_test(test_the_first_that_fits_and_holds_excuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
