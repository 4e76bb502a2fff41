/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_login.c - files with passwords
 */
#include "net/login.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

static const struct {
	const char *name, *text, *user;
	const char *expect_user, *expect_password;      /* NULL: an error */
} rows[] = {
	{ "a password", "s3cret word \nmore\n", "me", "me", "s3cret word " },
	{ "without an end of line", "s3:cret", "me", "me", "s3:cret" },
	{ "with CR LF", "s3cret\r\n", "me", "me", "s3cret" },
	{ "a user, too", "you:s3:cret\n", NULL, "you", "s3:cret" },
	{ "a user without a password", "you\n", NULL, NULL, NULL },
	{ "an empty line", "\ns3cret\n", "me", NULL, NULL },
	{ "nothing", "", "me", NULL, NULL },
	{ "a password like a word of netrc", "machine\n", "me", "me", "machine" },
	{ "netrc", "machine host.test login me password s3cret\n", "me", "me", "s3cret" },
	{ "netrc, in lines", "machine HOST.test\n\tlogin me\n\tpassword s3cret\n", "me", "me", "s3cret" },
	{ "netrc, quoted", "machine host.test login me password \"s3 \\\"cret\"\n", "me", "me", "s3 \"cret" },
	{ "netrc, of another host", "machine other.test login me password no\n", "me", NULL, NULL },
	{ "netrc, of another user", "machine host.test login you password no machine host.test login me password s3cret", "me", "me", "s3cret" },
	{ "netrc, of any user", "machine host.test login you password s3cret", NULL, "you", "s3cret" },
	{ "netrc, without a user", "machine host.test password s3cret", "me", "me", "s3cret" },
	{ "netrc, nobody known", "machine host.test password s3cret", NULL, NULL, NULL },
	{ "netrc, default", "machine a login b password c\ndefault login me password s3cret", "me", "me", "s3cret" },
	{ "netrc, cut off", "machine host.test login me password", "me", NULL, NULL },
	{ "netrc, a word that is none", "machine host.test account x login me what password s3cret", "me", "me", "s3cret" },
};

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

static void test_login_reads_files(void **state)
{
	char path[] = "/tmp/test_login.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct login login = { NULL, NULL };
		struct err err = ERR_INIT;

		write_file(path, rows[i].text);
		if ((login_read(path, "host.test", rows[i].user, &login, &err) == 0) != (rows[i].expect_password != NULL))
			fail_msg("%s: %s", rows[i].name, err.text);
		if (rows[i].expect_password == NULL) {
			assert_null(login.user);
			assert_null(login.password);
			assert_non_null(strstr(err.text, path));
			continue;
		}
		if (strcmp(login.user, rows[i].expect_user) != 0 || strcmp(login.password, rows[i].expect_password) != 0)
			fail_msg("%s: %s, %s", rows[i].name, login.user, login.password);
		login_release(&login);
		assert_null(login.password);
	}
	unlink(path);
}

static void test_login_tells_what_file_is_missing(void **state)
{
	struct login login;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(login_read("/nonexistent/secret", "host.test", "me", &login, &err), -1);
	assert_non_null(strstr(err.text, "/nonexistent/secret"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_login_reads_files),
		cmocka_unit_test(test_login_tells_what_file_is_missing),
	};

	return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
