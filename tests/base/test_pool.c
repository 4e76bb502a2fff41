/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pool.c - each text once
 */
#include "base/pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int set_up(void **state)
{
	*state = pool_new();
	return 0;
}

static int tear_down(void **state)
{
	pool_free(*state);
	return 0;
}

static void test_equal_texts_are_equal_pointers(void **state)
{
	char text[] = "550 no";
	const char *kept = pool_text(*state, text);

	assert_ptr_not_equal(kept, text);
	text[0] = '4';
	assert_string_equal(kept, "550 no");
	assert_ptr_equal(pool_text(*state, "550 no"), kept);
	assert_ptr_not_equal(pool_text(*state, text), kept);
	assert_ptr_equal(pool_bytes(*state, "550 no relaying", 6), kept);
}

static void test_the_empty_text_is_one_as_well(void **state)
{
	const char *empty = pool_text(*state, "");

	assert_string_equal(empty, "");
	assert_ptr_equal(pool_bytes(*state, "x", 0), empty);
}

static void test_nul_tells_texts_apart(void **state)
{
	const char *kept = pool_bytes(*state, "a\0b", 4);

	assert_memory_equal(kept, "a\0b\0", 5);
	assert_ptr_not_equal(kept, pool_text(*state, "a"));
	assert_ptr_not_equal(kept, pool_bytes(*state, "a\0c", 4));
	assert_ptr_equal(kept, pool_bytes(*state, "a\0b", 4));
}

static void test_pointers_stay_while_it_grows(void **state)
{
	enum { TEXTS = 20000 };
	const char **kept = calloc(TEXTS, sizeof *kept);
	char text[32];

	assert_non_null(kept);
	for (int i = 0; i < TEXTS; i++) {
		snprintf(text, sizeof text, "reply %d", i);
		kept[i] = pool_text(*state, text);
	}
	for (int i = 0; i < TEXTS; i++) {
		snprintf(text, sizeof text, "reply %d", i);
		assert_string_equal(kept[i], text);
		assert_ptr_equal(pool_text(*state, text), kept[i]);
	}
	free(kept);
}

static void test_what_is_kept_beside_a_text_stays_while_it_grows(void **state)
{
	void **beside;
	char text[32];

	assert_null(pool_beside(*state, "reply", 5));
	pool_text(*state, "reply");
	beside = pool_beside(*state, "reply", 5);
	assert_non_null(beside);
	assert_null(*beside);
	*beside = strdup("read");
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof text, "other %d", i);
		pool_text(*state, text);
	}
	assert_string_equal(*pool_beside(*state, "reply", 5), "read");
	assert_null(pool_beside(*state, "repl", 4));
}

static void test_freeing_none_is_fine(void **state)
{
	(void)state;
	pool_free(NULL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_equal_texts_are_equal_pointers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_empty_text_is_one_as_well, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nul_tells_texts_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_pointers_stay_while_it_grows, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_kept_beside_a_text_stays_while_it_grows, set_up, tear_down),
		cmocka_unit_test(test_freeing_none_is_fine),
	};

	return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
