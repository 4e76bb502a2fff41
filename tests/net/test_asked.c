/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_asked.c - programs that are run once
 */
#include "net/asked.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/err.h"

static int run(const char *script, size_t most, struct buf *output, struct err *err)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	char path[ASKED_PATH_MOST];

	*output = (struct buf)BUF_INIT(most);
	*err = (struct err)ERR_INIT;
	assert_int_equal(asked_find("sh", path), 0);
	return asked_run(path, argv, output, err);
}

static void test_asked_ends_and_what_was_written(void **state)
{
	static const struct {
		const char *script, *output, *sentence;
	} rows[] = {
		{ "echo one; echo two", "one\ntwo\n", NULL },
		{ "echo one; echo why >&2; exit 3", "one\n", "failed with status 3: why" },
		{ "echo one; kill -9 $$", "one\n", "was killed by signal 9" },
		/* It has said all, and ends afterwards. */
		{ "echo one; exec >&- 2>&-; exit 4", "one\n", "failed with status 4" },
		{ "printf '\\033[31m\\a\\n' >&2; exit 1", "", "failed with status 1: \\x1b[31m\\x07" },
		{ "cat", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf output;
		struct err err;
		int result = run(rows[i].script, 1000, &output, &err);

		assert_int_equal(result, rows[i].sentence != NULL ? -1 : 0);
		assert_int_equal(output.len, strlen(rows[i].output));
		assert_memory_equal(output.data, rows[i].output, output.len);
		if (rows[i].sentence != NULL && strstr(err.text, rows[i].sentence) == NULL)
			fail_msg("%s: %s", rows[i].script, err.text);
		buf_release(&output);
	}
}

static void test_asked_ends_who_writes_too_much(void **state)
{
	struct buf output;
	struct err err;

	(void)state;
	assert_int_equal(run("while :; do echo more; done", 100000, &output, &err), -1);
	assert_non_null(strstr(err.text, "wrote too much"));
	assert_int_equal(output.len, 100000);
	buf_release(&output);
}

static void test_asked_finds_no_program_that_is_none(void **state)
{
	char path[ASKED_PATH_MOST];

	(void)state;
	assert_int_equal(asked_find("relayaudit-nonesuch", path), -1);
	assert_int_equal(asked_find("../bin/nonesuch", path), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked_ends_and_what_was_written),
		cmocka_unit_test(test_asked_ends_who_writes_too_much),
		cmocka_unit_test(test_asked_finds_no_program_that_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
