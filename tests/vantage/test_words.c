/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_words.c - commands cut into words, and filled in
 */
#include "vantage/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* "one|two words|" */
static void print(const struct words *words, struct buf *to)
{
	for (size_t i = 0; i < words->count; i++)
		buf_printf(to, "%s|", words->texts[i]);
	assert_null(words->texts[words->count]);
}

static void test_words_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		const char *words;
	} rows[] = {
		{ "one", "one|" },
		{ "  one   two ", "one|two|" },
		{ "'one two' three", "one two|three|" },
		{ "\"one two\"three", "one twothree|" },
		{ "a'b c'd\"e f\"", "ab cde f|" },
		{ "x '' \"\"", "x|||" },
		{ "'a\\b\"c'", "a\\b\"c|" },
		{ "\"a\\\"b\\\\c\\d'e\"", "a\"b\\c\\d'e|" },
		{ "a\\ b \\'c\\\"", "a b|'c\"|" },
		{ "sh -c 'nc \"$1\" 25 | tee log; exit'", "sh|-c|nc \"$1\" 25 | tee log; exit|" },
		{ "echo $HOME *.c ~ > x", "echo|$HOME|*.c|~|>|x|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct buf shown = BUF_OWN;
		struct words words;

		if (words_split(rows[i].text, &words, &err) != 0)
			fail_msg("%s: %s", rows[i].text, err.text);
		print(&words, &shown);
		if (strcmp(shown.data, rows[i].words) != 0)
			fail_msg("%s: %s", rows[i].text, shown.data);
		buf_release(&shown);
		words_release(&words);
	}
}

static void test_words_that_never_end_are_refused(void **state)
{
	static const char *const rows[] = { "", "   ", "''", "a 'b", "a \"b", "a \"b\\\"", "a\\", "'" };
	char many[2 * (WORDS_MOST + 1) + 1];
	struct words words;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;

		if (words_split(rows[i], &words, &err) == 0 || err.kind != ERR_USAGE)
			fail_msg("%s was taken", rows[i]);
	}
	for (size_t i = 0; i < sizeof many - 1; i++)
		many[i] = i % 2 ? ' ' : 'x';
	many[sizeof many - 1] = '\0';
	struct err err = ERR_INIT;

	assert_int_equal(words_split(many, &words, &err), -1);
	assert_non_null(strstr(err.text, "more than 256 words"));
}

static void test_words_are_filled_in_within_their_bounds(void **state)
{
	static const struct {
		const char *text;
		const char *filled;
	} rows[] = {
		{ "nc {host} {port}", "nc|192.0.2.25|25|" },
		{ "x '{host}:{port}' a{port}b", "x|192.0.2.25:25|a25b|" },
		{ "x {client}", "x|a b'c|" },
		{ "x {hosts} {} { host } {HOST} $port", "x|{hosts}|{}|{|host|}|{HOST}|$port|" },
	};
	static const struct word_values values = { "192.0.2.25", "25", "a b'c" }, unnamed = { "h", "p", NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct buf shown = BUF_OWN;
		struct words words, filled;

		assert_int_equal(words_split(rows[i].text, &words, &err), 0);
		words_fill(&words, &values, &filled);
		print(&filled, &shown);
		if (strcmp(shown.data, rows[i].filled) != 0)
			fail_msg("%s: %s", rows[i].text, shown.data);
		buf_release(&shown);
		words_release(&filled);
		words_fill(&words, &unnamed, &filled);
		assert_int_equal(filled.count, words.count);
		assert_int_equal(words_name(&words, "client"), words_name(&filled, "client"));
		words_release(&filled);
		words_release(&words);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_told_apart),
		cmocka_unit_test(test_words_that_never_end_are_refused),
		cmocka_unit_test(test_words_are_filled_in_within_their_bounds),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
