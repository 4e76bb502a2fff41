/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_token.c - tokens, and the key that makes them
 */
#include "probe/token.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

enum { EXPIRES = 1900000000 / 60 * 60 };

static const struct token_key key = { { 1, 2, 3, 4 } };

static struct token make(const char *run, unsigned number, enum token_role role, time_t expires)
{
	struct token token = { .number = number, .role = role, .expires = expires };

	snprintf(token.run, sizeof token.run, "%s", run);
	return token;
}

static bool reads_as(const char *text, const struct token *token)
{
	struct token read;

	return token_read(&key, text, strlen(text), &read) && strcmp(read.run, token->run) == 0 && read.number == token->number &&
	       read.role == token->role && read.expires == token->expires;
}

static void test_a_token_is_read_as_it_was_printed(void **state)
{
	static const struct {
		const char *run;
		unsigned number;
		enum token_role role;
		time_t expires;
	} rows[] = {
		{ "aaaaaaaa", 0, TOKEN_VICTIM, 0 },
		{ "abcdefgh", 1, TOKEN_VICTIM, EXPIRES },
		{ "99999999", TOKEN_NUMBER_MOST, TOKEN_SECOND, (time_t)0x0fffffff * 60 },
		{ "x2y3z4a5", 65536, TOKEN_SENDER, EXPIRES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct token token = make(rows[i].run, rows[i].number, rows[i].role, rows[i].expires);
		char text[TOKEN_TEXT];

		token_print(&key, &token, text);
		assert_int_equal(strlen(text), TOKEN_TEXT - 1);
		assert_memory_equal(text, rows[i].run, TOKEN_RUN);
		if (!reads_as(text, &token))
			fail_msg("%s, number %u", rows[i].run, rows[i].number);
	}
}

static void test_a_token_survives_a_change_of_case(void **state)
{
	struct token token = make("abcdefgh", 77, TOKEN_SENDER, EXPIRES);
	char text[TOKEN_TEXT];

	(void)state;
	token_print(&key, &token, text);
	for (size_t i = 0; i < TOKEN_TEXT - 1; i += 2)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
	assert_true(reads_as(text, &token));
	for (size_t i = 0; i < TOKEN_TEXT - 1; i++)
		if (text[i] >= 'a' && text[i] <= 'z')
			text[i] = (char)(text[i] - 'a' + 'A');
	assert_true(reads_as(text, &token));
}

/* 32 letters of five bits: each of the 160 bits, by the letter that has it changed. */
static void test_a_flipped_bit_is_refused(void **state)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
	struct token token = make("abcdefgh", 77, TOKEN_VICTIM, EXPIRES), read = { .number = 12345 };
	char text[TOKEN_TEXT];

	(void)state;
	token_print(&key, &token, text);
	for (size_t i = 0; i < TOKEN_TEXT - 1; i++) {
		char right = text[i];

		for (unsigned bit = 0; bit < 5; bit++) {
			text[i] = letters[(size_t)(strchr(letters, right) - letters) ^ 1u << bit];
			if (token_read(&key, text, TOKEN_TEXT - 1, &read))
				fail_msg("bit %u of letter %zu", bit, i);
		}
		text[i] = right;
	}
	assert_int_equal(read.number, 12345);
	assert_true(token_read(&key, text, TOKEN_TEXT - 1, &read));
}

static void test_what_is_no_token_is_refused(void **state)
{
	struct token token = make("abcdefgh", 77, TOKEN_VICTIM, EXPIRES), read;
	struct token_key other = key;
	char text[TOKEN_TEXT + 1];

	(void)state;
	token_print(&key, &token, text);
	other.bytes[MAC_KEY - 1] ^= 1;
	assert_false(token_read(&other, text, TOKEN_TEXT - 1, &read));
	assert_false(token_read(&key, text, TOKEN_TEXT - 2, &read));
	assert_false(token_read(&key, text, 0, &read));
	text[TOKEN_TEXT - 1] = 'a';
	assert_false(token_read(&key, text, TOKEN_TEXT, &read));
	/* Letters that no token has, and that an eye might take for others. */
	for (const char *wrong = "01lo.\200 "; *wrong != '\0'; wrong++) {
		char right = text[9];

		text[9] = *wrong;
		assert_false(token_read(&key, text, TOKEN_TEXT - 1, &read));
		text[9] = right;
	}
	text[9] = '\0';
	assert_false(token_read(&key, text, TOKEN_TEXT - 1, &read));
}

static void test_a_runs_key_makes_its_own_tokens_alone(void **state)
{
	struct token token = make("abcdefgh", 77, TOKEN_VICTIM, EXPIRES), other = make("abcdefgj", 77, TOKEN_VICTIM, EXPIRES), read;
	struct token_run run, shouted;
	char text[TOKEN_TEXT], same[TOKEN_TEXT];

	(void)state;
	token_run_make(&key, "abcdefghijkl", &run);
	token_run_make(&key, "ABCDEFGH", &shouted);
	assert_string_equal(run.run, "abcdefgh");
	assert_memory_equal(&run, &shouted, sizeof run);
	token_print_run(&run, &token, text);
	token_print(&key, &token, same);
	assert_string_equal(text, same);
	/* What is said of another run is made one of its own, or is none. */
	token_print_run(&run, &other, text);
	assert_true(token_read(&key, text, TOKEN_TEXT - 1, &read));
	assert_string_equal(read.run, "abcdefgh");
	memcpy(run.run, "abcdefgj", TOKEN_RUN);
	token_print_run(&run, &other, text);
	assert_false(token_read(&key, text, TOKEN_TEXT - 1, &read));
}

static void test_a_run_has_a_name_of_eight_letters(void **state)
{
	(void)state;
	assert_true(token_run_is_name("abcdefgh"));
	assert_true(token_run_is_name("23456789"));
	for (const char *const *wrong = (const char *const[]){ "", "abcdefg", "abcdefghi", "ABCDEFGH", "abcdefg0", "abcdefgl", "abc defg", NULL }; *wrong; wrong++)
		assert_false(token_run_is_name(*wrong));
}

static void test_a_token_expires(void **state)
{
	struct token token = make("abcdefgh", 1, TOKEN_VICTIM, EXPIRES);

	(void)state;
	assert_false(token_is_expired(&token, EXPIRES - 1));
	assert_true(token_is_expired(&token, EXPIRES));
	assert_true(token_is_expired(&token, EXPIRES + TOKEN_LIFE));
}

static void test_a_token_is_found_in_text(void **state)
{
	static const struct {
		const char *name, *before, *behind;
	} rows[] = {
		{ "alone", "", "" },
		{ "in an address", "<", "@sink.test>" },
		{ "behind a percent sign's domain", "to ", "%sink.test@host" },
		{ "behind letters that touch it", "abcabc", "" },
		{ "before letters that touch it", "", "abcabc" },
		{ "between 64 others", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" },
		{ "in lines", "X-Relayaudit-Token:\r\n ", "\r\n\r\nbody" },
	};
	struct token token = make("abcdefgh", 9, TOKEN_SECOND, EXPIRES), read;
	char text[TOKEN_TEXT];

	(void)state;
	token_print(&key, &token, text);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *all = mem_printf("%s%s%s", rows[i].before, text, rows[i].behind);
		const char *found = token_find(&key, all, strlen(all), &read);

		if (found != all + strlen(rows[i].before) || read.number != 9)
			fail_msg("%s", rows[i].name);
		/* One letter is missing, or a line's end is in it. */
		assert_null(token_find(&key, all, strlen(rows[i].before) + TOKEN_TEXT - 2, &read));
		all[strlen(rows[i].before) + 7] = '\n';
		assert_null(token_find(&key, all, strlen(all), &read));
		free(all);
	}
	assert_null(token_find(&key, "", 0, &read));
}

/* A directory of the test's own, and a path in it; both the caller's. */
static char *new_directory(void)
{
	char *directory = mem_text("/tmp/test_token.XXXXXX");

	assert_non_null(mkdtemp(directory));
	return directory;
}

static void remove_all(char *directory, char *path)
{
	char *slash;

	unlink(path);
	while ((slash = strrchr(path, '/')) != NULL && slash > path + strlen(directory)) {
		*slash = '\0';
		assert_int_equal(rmdir(path), 0);
	}
	/* Fails where something was left behind. */
	assert_int_equal(rmdir(directory), 0);
	free(path);
	free(directory);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void test_a_key_is_made_with_its_directories(void **state)
{
	char *directory = new_directory(), *path = mem_printf("%s/a/b/token.key", directory);
	struct token_key made, again;
	struct err err = ERR_INIT;
	struct stat about;

	(void)state;
	assert_int_equal(token_key_read(path, &made, &err), 0);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	assert_int_equal(about.st_size, 2 * MAC_KEY + 1);
	assert_int_equal(token_key_read(path, &again, &err), 0);
	assert_memory_equal(&made, &again, sizeof made);
	remove_all(directory, path);
}

static void test_a_key_file_is_read_or_told(void **state)
{
#define GOOD "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	static const struct {
		const char *name, *text;
		mode_t mode;
		enum err_kind kind;
		const char *told;
	} rows[] = {
		{ "a good one", GOOD "\n", 0600, ERR_NONE, "" },
		{ "without a line end", GOOD, 0400, ERR_NONE, "" },
		{ "with CR LF", GOOD "\r\n", 0600, ERR_NONE, "" },
		{ "readable by a group", GOOD "\n", 0640, ERR_FORBIDDEN, "chmod 600" },
		{ "writable by others", GOOD "\n", 0602, ERR_FORBIDDEN, "chmod 600" },
		{ "empty", "", 0600, ERR_SYNTAX, "token.key:1:1: " },
		{ "too short", "0001\n", 0600, ERR_SYNTAX, "token.key:1:1: " },
		{ "a line too many", GOOD "\n" GOOD "\n", 0600, ERR_SYNTAX, "token.key:1:1: " },
		{ "a wrong digit", "00010203040506070809zz0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600, ERR_SYNTAX, "token.key:1:21: " },
		{ "upper case", "000102030405060708090A0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n", 0600, ERR_SYNTAX, "token.key:1:22: " },
	};
	char *directory = new_directory(), *path = mem_printf("%s/token.key", directory);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct token_key read = { { 99 } };
		struct err err = ERR_INIT;

		unlink(path);
		write_file(path, rows[i].text, rows[i].mode);
		token_key_read(path, &read, &err);
		if (err.kind != rows[i].kind || strstr(err.text, rows[i].told) == NULL)
			fail_msg("%s: %s", rows[i].name, err.text);
		assert_int_equal(read.bytes[31], rows[i].kind == ERR_NONE ? 31 : 0);
		assert_int_equal(read.bytes[0], rows[i].kind == ERR_NONE ? 0 : 99);
	}
	remove_all(directory, path);
#undef GOOD
}

static void test_the_key_lies_where_state_does(void **state)
{
	static const struct {
		const char *state, *home, *path;
	} rows[] = {
		{ "/var/state", "/h", "/var/state/relayaudit/token.key" },
		{ "relative", "/h", "/h/.local/state/relayaudit/token.key" },
		{ "", "/h", "/h/.local/state/relayaudit/token.key" },
		{ "", "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *path;

		setenv("XDG_STATE_HOME", rows[i].state, 1);
		setenv("HOME", rows[i].home, 1);
		path = token_key_path();
		assert_true((path == NULL) == (rows[i].path == NULL));
		if (path != NULL)
			assert_string_equal(path, rows[i].path);
		free(path);
	}
}

static void test_a_key_that_cannot_be_made_is_told(void **state)
{
	char *directory = new_directory(), *path = mem_printf("%s/file", directory), *below = mem_printf("%s/token.key", path);
	struct token_key read;
	struct err err = ERR_INIT;

	(void)state;
	write_file(path, "", 0600);
	assert_int_equal(token_key_read(below, &read, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	assert_non_null(strstr(err.text, path));
	free(below);
	remove_all(directory, path);
}

/* Children that all begin when a pipe is closed, and tell the key that they have got. */
static void test_processes_that_make_a_key_at_once_get_one(void **state)
{
	enum { CHILDREN = 8, ROUNDS = 5 };

	(void)state;
	for (int round = 0; round < ROUNDS; round++) {
		char *directory = new_directory(), *path = mem_printf("%s/deep/token.key", directory);
		struct token_key keys[CHILDREN];
		int begin[2], told[2], status;

		assert_int_equal(pipe(begin), 0);
		assert_int_equal(pipe(told), 0);
		for (int i = 0; i < CHILDREN; i++) {
			if (fork() != 0)
				continue;
			struct token_key got;
			struct err err = ERR_INIT;
			char byte;

			close(begin[1]);
			if (read(begin[0], &byte, 1) != 0 || token_key_read(path, &got, &err) != 0)
				_exit(1);
			_exit(write(told[1], &got, sizeof got) == (ssize_t)sizeof got ? 0 : 1);
		}
		close(begin[0]);
		close(begin[1]);
		close(told[1]);
		for (int i = 0; i < CHILDREN; i++) {
			assert_int_equal(read(told[0], &keys[i], sizeof keys[i]), sizeof keys[i]);
			assert_memory_equal(&keys[i], &keys[0], sizeof keys[0]);
		}
		close(told[0]);
		for (int i = 0; i < CHILDREN; i++) {
			assert_true(wait(&status) > 0);
			assert_int_equal(status, 0);
		}
		remove_all(directory, path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_token_is_read_as_it_was_printed),
		cmocka_unit_test(test_a_token_survives_a_change_of_case),
		cmocka_unit_test(test_a_flipped_bit_is_refused),
		cmocka_unit_test(test_what_is_no_token_is_refused),
		cmocka_unit_test(test_a_runs_key_makes_its_own_tokens_alone),
		cmocka_unit_test(test_a_run_has_a_name_of_eight_letters),
		cmocka_unit_test(test_a_token_expires),
		cmocka_unit_test(test_a_token_is_found_in_text),
		cmocka_unit_test(test_a_key_is_made_with_its_directories),
		cmocka_unit_test(test_a_key_file_is_read_or_told),
		cmocka_unit_test(test_the_key_lies_where_state_does),
		cmocka_unit_test(test_a_key_that_cannot_be_made_is_told),
		cmocka_unit_test(test_processes_that_make_a_key_at_once_get_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
