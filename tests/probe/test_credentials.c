/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_credentials.c - the login that must fail, byte for byte
 */
#include "probe/credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void test_each_placeholder_is_the_base64_of_its_fields(void **state)
{
	/* By base64(1): relayaudit-ab, ab, and these between NUL bytes. */
	static const struct {
		enum placeholder place;
		const char *label;
		const char *text;
	} rows[] = {
		{ PLACE_AUTH_USER, "ab", "cmVsYXlhdWRpdC1hYg==" },
		{ PLACE_AUTH_USER, "a", "cmVsYXlhdWRpdC1h" },
		{ PLACE_AUTH_USER, "abc", "cmVsYXlhdWRpdC1hYmM=" },
		{ PLACE_AUTH_PASSWORD, "ab", "YWI=" },
		{ PLACE_AUTH_PLAIN, "ab", "AHJlbGF5YXVkaXQtYWIAYWI=" },
		{ PLACE_AUTH_PLAIN_EMPTY, "ab", "AHJlbGF5YXVkaXQtYWIA" },
		{ PLACE_AUTH_PLAIN_AS, "ab", "cG9zdG1hc3RlcgByZWxheWF1ZGl0LWFiAGFi" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = credentials_text(rows[i].place, rows[i].label, "postmaster");

		if (strcmp(text, rows[i].text) != 0)
			fail_msg("%s with %s: %s", placeholder_name(rows[i].place), rows[i].label, text);
		free(text);
	}
}

static void test_a_local_user_of_any_bytes_is_taken(void **state)
{
	char *text = credentials_text(PLACE_AUTH_PLAIN_AS, "a", "\xff\xfe\xfb");

	(void)state;
	/* The bytes above 127 are the letters / and + . */
	assert_string_equal(text, "//77AHJlbGF5YXVkaXQtYQBh");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_placeholder_is_the_base64_of_its_fields),
		cmocka_unit_test(test_a_local_user_of_any_bytes_is_taken),
	};

	return cmocka_run_group_tests_name("credentials", tests, NULL, NULL);
}
