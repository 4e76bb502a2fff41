/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_text.c - text from strangers
 */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static void test_every_byte_becomes_printable(void **state)
{
	(void)state;
	for (int byte = 0; byte < 256; byte++) {
		struct buf to = BUF_OWN;
		char raw = (char)byte;

		text_escape(&to, &raw, 1);
		assert_true(to.len == 1 || to.data[0] == '\\');
		assert_true(to.len == 1 || to.len == 2 || to.len == 4);
		for (size_t i = 0; i < to.len; i++)
			assert_true(to.data[i] >= ' ' && to.data[i] <= '~');
		if (byte >= ' ' && byte <= '~' && byte != '\\')
			assert_int_equal(to.data[0], byte);
		else
			assert_true(to.len > 1);
		buf_release(&to);
	}
}

static void test_escapes_are_those_of_c(void **state)
{
	struct buf to = BUF_OWN;

	(void)state;
	buf_text(&to, "> ");
	text_escape(&to, "a\r\n\t\0\\\x1b[2J\x7f\xc3\xa9\"'", 15);
	assert_string_equal(to.data, "> a\\r\\n\\t\\0\\\\\\x1b[2J\\x7f\\xc3\\xa9\"'");
	text_escape(&to, "", 0);
	assert_int_equal(to.len, strlen(to.data));
	buf_release(&to);
}

static void test_escaping_stops_at_the_ceiling(void **state)
{
	struct buf to = BUF_INIT(6);

	(void)state;
	text_escape(&to, "\x01\x02\x03", 3);
	assert_int_equal(to.len, 6);
	assert_true(to.cut);
	buf_release(&to);
}

static void test_case_does_not_count(void **state)
{
	static const char text[] = "450 Recipient GREYLISTED, come back";

	(void)state;
	assert_true(text_equal_nocase("Mail", "mAIL"));
	assert_false(text_equal_nocase("mail", "mails"));
	assert_true(text_equal_nocase("", ""));
	assert_true(text_starts_nocase("STARTTLS now", "starttls"));
	assert_true(text_starts_nocase("x", ""));
	assert_false(text_starts_nocase("START", "starttls"));
	assert_ptr_equal(text_find_nocase(text, "greylisted"), text + 14);
	assert_ptr_equal(text_find_nocase(text, "450"), text);
	assert_ptr_equal(text_find_nocase(text, "come back"), text + sizeof text - 10);
	assert_null(text_find_nocase(text, "come back "));
	assert_null(text_find_nocase("", "x"));
}

static void test_only_letters_of_ascii_are_lowered(void **state)
{
	char text[] = "AZaz@[`{09\xc3\x89";

	(void)state;
	text_lower(text);
	assert_string_equal(text, "azaz@[`{09\xc3\x89");
}

static void test_a_number_is_digits_and_nothing_else(void **state)
{
	static const struct {
		const char *text;
		long least, most, number;
	} rows[] = {
		{ "25", 1, 65535, 25 },
		{ "0", 0, 9, 0 },
		{ "1", 1, 65535, 1 },
		{ "65535", 1, 65535, 65535 },
		{ "0025", 1, 65535, 25 },
		{ "0", 1, 65535, -1 },
		{ "65536", 1, 65535, -1 },
		{ "", 0, 9, -1 },
		{ " 5", 0, 9, -1 },
		{ "5 ", 0, 9, -1 },
		{ "+5", 0, 9, -1 },
		{ "-5", 0, 9, -1 },
		{ "0x5", 0, 9, -1 },
		{ "5a", 0, 9, -1 },
		{ "99999999999999999999", 0, 0x7fffffffffff, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (text_number(rows[i].text, rows[i].least, rows[i].most) != rows[i].number)
			fail_msg("\"%s\" is not %ld", rows[i].text, rows[i].number);
}

static void test_thousands_are_told_apart(void **state)
{
	static const struct {
		const char *digits, *grouped;
	} rows[] = {
		{ "0", "0" },
		{ "256", "256" },
		{ "1024", "1,024" },
		{ "16777216", "16,777,216" },
		{ "340282366920938463463374607436063178752", "340,282,366,920,938,463,463,374,607,436,063,178,752" },
		{ "", "" },
		{ "-1024", "-1024" },
		{ "not counted", "not counted" },
		{ "1000000000000000000000000000000000000000000", "1000000000000000000000000000000000000000000" },
	};
	char text[TEXT_GROUPED];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(text_group(rows[i].digits, text), rows[i].grouped);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_becomes_printable),
		cmocka_unit_test(test_escapes_are_those_of_c),
		cmocka_unit_test(test_escaping_stops_at_the_ceiling),
		cmocka_unit_test(test_case_does_not_count),
		cmocka_unit_test(test_only_letters_of_ascii_are_lowered),
		cmocka_unit_test(test_a_number_is_digits_and_nothing_else),
		cmocka_unit_test(test_thousands_are_told_apart),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
