/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_file.c - whole files, or none
 */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

/* A directory of its own, where each test begins with nothing. */
static int set_up(void **state)
{
	char *folder = strdup("/tmp/relayaudit-test-file.XXXXXX");

	assert_non_null(folder);
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	*state = folder;
	return 0;
}

static unsigned files_here(void)
{
	DIR *folder = opendir(".");
	unsigned count = 0;

	assert_non_null(folder);
	for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(folder);
	return count;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "a", "b", "pipe", "folder/inside", "folder" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		remove(names[i]);
	assert_int_equal(files_here(), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(*state), 0);
	free(*state);
	return 0;
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_replace(path, bytes, len, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
}

static void check_file(const char *path, const char *bytes, size_t len)
{
	struct buf read = BUF_OWN;
	struct err err = ERR_INIT;

	assert_int_equal(file_read(path, &read, &err), 0);
	assert_int_equal(err.kind, ERR_NONE);
	assert_int_equal(read.len, len);
	assert_memory_equal(read.data, bytes, len);
	buf_release(&read);
}

static void test_what_was_written_is_read(void **state)
{
	struct stat about;

	(void)state;
	write_file("a", "one\0two\n", 8);
	check_file("a", "one\0two\n", 8);
	assert_int_equal(stat("a", &about), 0);
	assert_int_equal(about.st_mode & 0777, 0644);
	write_file("b", "", 0);
	check_file("b", "", 0);
	assert_int_equal(files_here(), 2);
}

static void test_a_large_file_is_read_whole(void **state)
{
	size_t len = 300001;
	char *bytes = malloc(len);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 7 + i / 256);
	write_file("a", bytes, len);
	check_file("a", bytes, len);
	free(bytes);
}

static void test_bytes_are_added_to_what_is_there(void **state)
{
	struct buf read = BUF_OWN;
	struct err err = ERR_INIT;

	(void)state;
	write_file("a", "two", 3);
	buf_text(&read, "one ");
	assert_int_equal(file_read("a", &read, &err), 0);
	assert_string_equal(read.data, "one two");
	buf_release(&read);
}

static void test_a_file_is_replaced_whole(void **state)
{
	(void)state;
	write_file("a", "a longer text", 13);
	write_file("a", "short", 5);
	check_file("a", "short", 5);
	assert_int_equal(files_here(), 1);
}

static void test_who_has_the_old_file_open_keeps_it(void **state)
{
	char old[8] = "";
	FILE *open_before;

	(void)state;
	write_file("a", "old", 3);
	open_before = fopen("a", "r");
	assert_non_null(open_before);
	write_file("a", "newer", 5);
	assert_int_equal(fread(old, 1, sizeof old, open_before), 3);
	assert_string_equal(old, "old");
	fclose(open_before);
}

static void test_a_file_that_cannot_be_replaced_leaves_no_trace(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	write_file("folder/inside", "x", 1);
	assert_int_equal(file_replace("folder", "y", 1, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "folder cannot be written: "));
	assert_int_equal(files_here(), 1);
	check_file("folder/inside", "x", 1);
	err = (struct err)ERR_INIT;
	assert_int_equal(file_replace("nowhere/a", "y", 1, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, "nowhere/a"));
}

static void test_more_than_the_ceiling_is_an_error(void **state)
{
	struct buf exact = BUF_INIT(5), small = BUF_INIT(4);
	struct err err = ERR_INIT;

	(void)state;
	write_file("a", "12345", 5);
	assert_int_equal(file_read("a", &exact, &err), 0);
	assert_int_equal(file_read("a", &small, &err), -1);
	assert_int_equal(err.kind, ERR_LIMIT);
	assert_string_equal(err.text, "a is larger than 4 bytes");
	buf_release(&exact);
	buf_release(&small);
}

static void test_only_regular_files_are_read(void **state)
{
	static const char *const names[] = { "pipe", "folder", "/dev/zero", "missing" };
	struct buf read = BUF_OWN;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct err err = ERR_INIT;

		assert_int_equal(file_read(names[i], &read, &err), -1);
		assert_int_equal(err.kind, ERR_SYSTEM);
		assert_non_null(strstr(err.text, names[i]));
	}
	assert_int_equal(read.len, 0);
	buf_release(&read);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_what_was_written_is_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_large_file_is_read_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bytes_are_added_to_what_is_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_file_is_replaced_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_who_has_the_old_file_open_keeps_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_file_that_cannot_be_replaced_leaves_no_trace, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_more_than_the_ceiling_is_an_error, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_only_regular_files_are_read, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
