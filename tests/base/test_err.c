/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_err.c - kind and sentence
 */
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void test_failing_is_one_line(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(err_set(&err, ERR_NET, "%s port %d refused", "192.0.2.1", 25), -1);
	assert_int_equal(err.kind, ERR_NET);
	assert_string_equal(err.text, "192.0.2.1 port 25 refused");
	assert_int_equal(err_set(&err, ERR_TLS, "no"), -1);
	assert_int_equal(err.kind, ERR_TLS);
	assert_string_equal(err.text, "no");
}

static void test_where_comes_before_what(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_set(&err, ERR_SYNTAX, "a number is expected");
	assert_int_equal(err_prefix(&err, "line %d", 7), -1);
	err_prefix(&err, "%s", "a.probe");
	assert_string_equal(err.text, "a.probe: line 7: a number is expected");
	assert_int_equal(err.kind, ERR_SYNTAX);
}

static void test_a_percent_sign_in_the_sentence_is_text(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	err_set(&err, ERR_USAGE, "%s", "v%s%n@host.test");
	err_prefix(&err, "%s", "100%d");
	assert_string_equal(err.text, "100%d: v%s%n@host.test");
}

static void test_a_long_sentence_is_cut_and_stays_text(void **state)
{
	char longer[2 * sizeof((struct err *)0)->text];
	struct err err = ERR_INIT;

	(void)state;
	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	err_set(&err, ERR_LIMIT, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	err_prefix(&err, "here");
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_memory_equal(err.text, "here: xxx", 9);
	err_prefix(&err, "%s", longer);
	assert_int_equal(strspn(err.text, "x"), sizeof err.text - 1);
	assert_int_equal(err.kind, ERR_LIMIT);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failing_is_one_line),
		cmocka_unit_test(test_where_comes_before_what),
		cmocka_unit_test(test_a_percent_sign_in_the_sentence_is_text),
		cmocka_unit_test(test_a_long_sentence_is_cut_and_stays_text),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
