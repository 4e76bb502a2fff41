/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_buf.c - bytes that grow up to a ceiling
 */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* What holds around each act. */
static void check(const struct buf *buf, const char *text)
{
	assert_non_null(buf->data);
	assert_string_equal(buf->data, text);
	assert_int_equal(buf->len, strlen(text));
	assert_true(buf->len <= buf->ceiling);
	assert_true(buf->capacity == 0 || buf->len < buf->capacity);
}

static void test_a_new_buffer_is_empty_text(void **state)
{
	struct buf buf = BUF_INIT(10), other;

	(void)state;
	check(&buf, "");
	buf_add(&buf, "", 0);
	buf_reset(&buf);
	buf_take(&buf, 0);
	check(&buf, "");
	assert_int_equal(buf.capacity, 0);
	buf_release(&buf);
	buf_init(&other, 0);
	check(&other, "");
	buf_char(&other, 'x');
	check(&other, "");
	assert_true(other.cut);
	buf_release(&other);
}

static void test_everything_added_is_text_at_once(void **state)
{
	struct buf buf = BUF_OWN;

	(void)state;
	buf_text(&buf, "one");
	check(&buf, "one");
	buf_char(&buf, ' ');
	buf_add(&buf, "two three", 3);
	check(&buf, "one two");
	buf_printf(&buf, " %d %s", 3, "four");
	check(&buf, "one two 3 four");
	buf_printf(&buf, "%s", "");
	check(&buf, "one two 3 four");
	assert_false(buf.cut);
	buf_release(&buf);
	check(&buf, "");
}

static void test_nul_is_a_byte_as_any(void **state)
{
	struct buf buf = BUF_OWN;

	(void)state;
	buf_add(&buf, "a\0b", 3);
	buf_char(&buf, '\0');
	assert_int_equal(buf.len, 4);
	assert_memory_equal(buf.data, "a\0b\0", 5);
	buf_release(&buf);
}

static void test_what_does_not_fit_is_cut_and_told(void **state)
{
	struct buf buf = BUF_INIT(5);

	(void)state;
	buf_text(&buf, "12345");
	assert_false(buf.cut);
	buf_text(&buf, "");
	assert_false(buf.cut);
	buf_char(&buf, '6');
	assert_true(buf.cut);
	check(&buf, "12345");
	buf_reset(&buf);
	assert_false(buf.cut);
	buf_printf(&buf, "%s", "1234567");
	assert_true(buf.cut);
	check(&buf, "12345");
	buf_release(&buf);
	assert_int_equal(buf.ceiling, 5);
	assert_false(buf.cut);
}

static void test_growing_keeps_what_is_there(void **state)
{
	struct buf buf = BUF_INIT(100000);

	(void)state;
	for (int i = 0; i < 120000; i++) {
		buf_char(&buf, (char)('a' + i % 26));
		assert_int_equal(buf.data[buf.len], '\0');
	}
	assert_int_equal(buf.len, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(buf.data[i], 'a' + i % 26);
	buf_release(&buf);
}

static void test_taking_removes_from_the_front(void **state)
{
	struct buf buf = BUF_INIT(6);

	(void)state;
	buf_text(&buf, "abcdef");
	buf_take(&buf, 2);
	check(&buf, "cdef");
	buf_text(&buf, "gh");
	check(&buf, "cdefgh");
	assert_false(buf.cut);
	buf_take(&buf, 6);
	check(&buf, "");
	buf_release(&buf);
}

static void test_what_is_detached_is_the_callers(void **state)
{
	struct buf buf = BUF_INIT(9);
	char *text;

	(void)state;
	text = buf_detach(&buf);
	assert_string_equal(text, "");
	free(text);
	buf_text(&buf, "kept text");
	text = buf_detach(&buf);
	check(&buf, "");
	buf_text(&buf, "another");
	assert_string_equal(text, "kept text");
	free(text);
	buf_release(&buf);
}

static void collect(void *to, const char *bytes, size_t len)
{
	buf_add(to, bytes, len);
	buf_char(to, '|');
}

static void test_a_spilling_buffer_hands_on_what_does_not_fit(void **state)
{
	struct buf all = BUF_OWN, buf = BUF_SPILLING(8, collect, &all);

	(void)state;
	buf_text(&buf, "one");
	buf_text(&buf, "two");
	assert_string_equal(all.data, "");
	buf_text(&buf, "three");
	check(&buf, "three");
	buf_text(&buf, "more than eight");
	buf_printf(&buf, "%d", 4);
	assert_false(buf.cut);
	buf_spill(&buf);
	check(&buf, "");
	assert_string_equal(all.data, "onetwo|three|more than eight|4|");
	buf_release(&buf);
	buf_release(&all);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_buffer_is_empty_text),
		cmocka_unit_test(test_everything_added_is_text_at_once),
		cmocka_unit_test(test_nul_is_a_byte_as_any),
		cmocka_unit_test(test_what_does_not_fit_is_cut_and_told),
		cmocka_unit_test(test_growing_keeps_what_is_there),
		cmocka_unit_test(test_taking_removes_from_the_front),
		cmocka_unit_test(test_what_is_detached_is_the_callers),
		cmocka_unit_test(test_a_spilling_buffer_hands_on_what_does_not_fit),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
