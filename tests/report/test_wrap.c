/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_wrap.c - words in columns
 */
#include "report/wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static void test_words_are_broken_into_lines(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		unsigned first;
		unsigned indent;
		unsigned width;
		const char *lines;
	} rows[] = {
		{ "one line", "a b c", 0, 0, 10, "a b c\n" },
		{ "nothing", "", 0, 0, 10, "\n" },
		{ "blanks only", "  \n ", 0, 0, 10, "\n" },
		{ "it just fits", "abcd efghi", 0, 0, 10, "abcd efghi\n" },
		{ "it just does not fit", "abcd efghij", 0, 0, 10, "abcd\nefghij\n" },
		{ "indented", "aaa bbb ccc", 0, 2, 8, "aaa bbb\n  ccc\n" },
		{ "the first line has begun", "aaa bbb ccc", 5, 2, 12, "aaa bbb\n  ccc\n" },
		{ "a word wider than the line", "aa bbbbbbbbbbbb cc", 0, 1, 6, "aa\n bbbbbbbbbbbb\n cc\n" },
		{ "a wide word first", "bbbbbbbbbbbb cc", 3, 1, 6, "bbbbbbbbbbbb\n cc\n" },
		{ "line ends are blanks", "a\nb\n\nc", 0, 0, 10, "a b c\n" },
		{ "blanks are one", "  a   b  ", 0, 0, 10, "a b\n" },
		{ "no room at all", "a b", 0, 4, 2, "a\n    b\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf text = BUF_OWN;

		wrap_text(&text, rows[i].text, rows[i].first, rows[i].indent, rows[i].width);
		if (strcmp(text.data, rows[i].lines) != 0)
			fail_msg("%s: %s", rows[i].name, text.data);
		buf_release(&text);
	}
}

static void test_a_block_keeps_its_lines(void **state)
{
	struct buf text = BUF_OWN;

	(void)state;
	wrap_block(&text, "", 2);
	assert_string_equal(text.data, "");
	wrap_block(&text, " -> a\n\n<-  b", 2);
	assert_string_equal(text.data, "   -> a\n  \n  <-  b\n");
	buf_reset(&text);
	wrap_block(&text, "a\n", 0);
	assert_string_equal(text.data, "a\n");
	buf_release(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_broken_into_lines),
		cmocka_unit_test(test_a_block_keeps_its_lines),
	};

	return cmocka_run_group_tests_name("wrap", tests, NULL, NULL);
}
