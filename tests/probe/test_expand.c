/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_expand.c - lines of bytes and placeholders
 */
#include "probe/expand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static int set_up(void **state)
{
	static struct line line;

	line = (struct line){ .count = 0 };
	*state = &line;
	return 0;
}

static int tear_down(void **state)
{
	struct line *line = *state;

	line_release(line);
	assert_int_equal(line->count, 0);
	return 0;
}

static void test_each_placeholder_is_found_by_its_name(void **state)
{
	const char *meant = NULL;

	(void)state;
	for (int i = 0; i < PLACEHOLDERS; i++) {
		assert_int_equal(placeholder_find(placeholder_name((enum placeholder)i), &meant), i);
		assert_true(strlen(placeholder_about((enum placeholder)i)) > 4);
	}
	assert_null(meant);
}

static void test_the_name_meant_is_told(void **state)
{
	static const struct {
		const char *name;
		const char *meant;      /* NULL: none */
	} rows[] = {
		{ "host", "domain" },	  { "mx", "hostname" },	    { "server", "hostname" },  { "ip4", "ip" },
		{ "ipv4", "ip" },	  { "ipv6", "ip6" },	    { "user", "local_user" },  { "recipient", "victim" },
		{ "from", "sender" },	  { "ehlo", "helo" },	    { "random", "rand" },      { "vantage", "client" },
		{ "to", "victim" },	  { "address", "literal" }, { "victm", "victim" },     { "sender-local", "sender_local" },
		{ "domains", "domain" },  { "Helo", "helo" },	    { "localuser", "local_user" }, { "", NULL },
		{ "data", "message" },	  { "mail", "message" },    { "messages", "message" }, { "second-message", "second_message" },
		{ "password", "auth_password" }, { "account", "auth_user" }, { "auth-plain", "auth_plain" }, { "size", "message_size" },
		{ "qqqqqqq", NULL },	  { "ip_hexx", "ip_hex" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *meant = "untouched";

		assert_int_equal(placeholder_find(rows[i].name, &meant), -1);
		if (rows[i].meant == NULL ? meant != NULL : meant == NULL || strcmp(meant, rows[i].meant) != 0)
			fail_msg("{%s}: %s", rows[i].name, meant ? meant : "none");
	}
}

static void test_bytes_in_a_row_are_one_piece(void **state)
{
	struct line *line = *state;

	line_add_bytes(line, "MAIL", 4);
	line_add_bytes(line, "\0<", 2);
	assert_int_equal(line->count, 1);
	assert_int_equal(line->pieces[0].len, 6);
	assert_memory_equal(line->pieces[0].bytes, "MAIL\0<", 7);
	line_add_placeholder(line, PLACE_SENDER);
	line_add_bytes(line, ">", 1);
	assert_int_equal(line->count, 3);
	assert_string_equal(line_head(line), "MAIL");
	assert_true(line_has(line, PLACE_SENDER));
	assert_false(line_has(line, PLACE_VICTIM));
	assert_false(line_is(line, PLACE_SENDER));
}

static void test_a_line_may_be_a_placeholder_and_nothing_else(void **state)
{
	struct line *line = *state;

	assert_false(line_is(line, PLACE_MESSAGE));
	line_add_placeholder(line, PLACE_MESSAGE);
	assert_true(line_is(line, PLACE_MESSAGE));
	assert_false(line_is(line, PLACE_SECOND_MESSAGE));
	line_add_bytes(line, "a", 1);
	assert_false(line_is(line, PLACE_MESSAGE));
}

static void test_a_line_that_begins_with_a_placeholder_has_no_head(void **state)
{
	struct line *line = *state;

	assert_string_equal(line_head(line), "");
	line_add_placeholder(line, PLACE_RAND);
	line_add_bytes(line, "x", 1);
	assert_string_equal(line_head(line), "");
}

static void test_values_take_the_places(void **state)
{
	struct values values = { .of = { [PLACE_VICTIM] = "v@outside.test", [PLACE_SENDER] = "" } };
	struct line *line = *state;
	struct buf text = BUF_OWN;

	line_add_bytes(line, "\0", 1);
	line_add_placeholder(line, PLACE_VICTIM);
	line_add_placeholder(line, PLACE_SENDER);
	line_add_placeholder(line, PLACE_VICTIM);
	line_add_bytes(line, "{rand}", 6);
	assert_int_equal(line_expand(line, &values, &text), -1);
	assert_int_equal(text.len, 1 + 14 + 14 + 6);
	assert_memory_equal(text.data, "\0v@outside.testv@outside.test{rand}", text.len);
	buf_release(&text);
}

static void test_a_value_that_is_missing_is_named(void **state)
{
	struct values values = { .of = { [PLACE_VICTIM] = "v@outside.test" } };
	struct line *line = *state;
	struct buf text = BUF_OWN;

	line_add_placeholder(line, PLACE_VICTIM);
	line_add_placeholder(line, PLACE_IP6);
	line_add_placeholder(line, PLACE_CLIENT);
	assert_int_equal(line_expand(line, &values, &text), PLACE_IP6);
	buf_release(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_placeholder_is_found_by_its_name),
		cmocka_unit_test(test_the_name_meant_is_told),
		cmocka_unit_test_setup_teardown(test_bytes_in_a_row_are_one_piece, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_line_may_be_a_placeholder_and_nothing_else, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_line_that_begins_with_a_placeholder_has_no_head, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_values_take_the_places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_value_that_is_missing_is_named, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("expand", tests, NULL, NULL);
}
