/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_names.c - vocabularies, and the word that was meant
 */
#include "base/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct name_row colours[] = {
	{ "red", 1 },
	{ "green", 2 },
	{ "verdant", 2 },
	{ "black", 0 },
	{ NULL, 0 },
};

static void test_rows_are_read_in_both_directions(void **state)
{
	(void)state;
	assert_int_equal(name_number(colours, "green"), 2);
	assert_int_equal(name_number(colours, "verdant"), 2);
	assert_int_equal(name_number(colours, "black"), 0);
	assert_string_equal(name_of(colours, 1), "red");
	assert_string_equal(name_of(colours, 0), "black");
	assert_string_equal(name_of(colours, 2), "green");      /* the first of two */
}

static void test_what_is_not_there_is_told(void **state)
{
	static const struct name_row none[] = { { NULL, 0 } };

	(void)state;
	assert_int_equal(name_number(colours, "blue"), -1);
	assert_int_equal(name_number(colours, "Red"), -1);
	assert_int_equal(name_number(colours, "re"), -1);
	assert_int_equal(name_number(colours, ""), -1);
	assert_null(name_of(colours, 3));
	assert_int_equal(name_number(none, "red"), -1);
	assert_null(name_of(none, 0));
	assert_null(nearest_name(none, "red"));
}

static void test_the_word_that_was_meant_is_found(void **state)
{
	static const struct name_row words[] = {
		{ "timeout", 1 }, { "retry-after", 2 }, { "helo", 3 }, { "help", 4 }, { "probe", 5 }, { "probes", 6 }, { NULL, 0 },
	};
	static const struct {
		const char *name;
		const char *word;
		const char *meant;
	} rows[] = {
		{ .name = "the word itself", .word = "timeout", .meant = "timeout" },
		{ .name = "a letter missing", .word = "timout", .meant = "timeout" },
		{ .name = "a letter too many", .word = "timeoutt", .meant = "timeout" },
		{ .name = "another letter", .word = "timeouz", .meant = "timeout" },
		{ .name = "neighbours exchanged", .word = "tiemout", .meant = "timeout" },
		{ .name = "two mistakes in a long word", .word = "rety-aftr", .meant = "retry-after" },
		{ .name = "the nearest wins", .word = "probess", .meant = "probes" },
		{ .name = "the first of two as near", .word = "hel", .meant = "helo" },
		{ .name = "more than a third", .word = "timxxxx", .meant = NULL },
		{ .name = "nothing like it", .word = "quarantine", .meant = NULL },
		{ .name = "no word", .word = "", .meant = NULL },
		{ .name = "a letter that is none of its own", .word = "x", .meant = NULL },
		{ .name = "a word that nobody types", .word = "timeouttimeouttimeouttimeouttimeouttimeout", .meant = NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *best = nearest_name(words, rows[i].word);

		if (rows[i].meant == NULL ? best != NULL : best == NULL || strcmp(best, rows[i].meant) != 0)
			fail_msg("%s: %s", rows[i].name, best ? best : "none");
	}
}

static void test_candidates_are_offered_one_by_one(void **state)
{
	struct nearest nearest = NEAREST_INIT("relaied");
	const char far[] = "refused", near[] = "relayed";

	(void)state;
	nearest_offer(&nearest, far);
	nearest_offer(&nearest, near);
	nearest_offer(&nearest, "relied on");
	assert_ptr_equal(nearest.best, near);
	assert_int_equal(nearest.distance, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_read_in_both_directions),
		cmocka_unit_test(test_what_is_not_there_is_told),
		cmocka_unit_test(test_the_word_that_was_meant_is_found),
		cmocka_unit_test(test_candidates_are_offered_one_by_one),
	};

	return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
