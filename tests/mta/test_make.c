/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_make.c - mail servers by what they say of themselves
 */
#include "mta/make.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const struct {
	const char *name;
	const char *banner;
	const char *hello;
	const char *make;       /* NULL: not told */
} rows[] = {
	{ "Postfix", "220 host.test ESMTP Postfix (Debian/GNU)", "250-host.test / PIPELINING / SIZE 10240000", "postfix" },
	{ "Exim", "220 host.test ESMTP Exim 4.96 Sat, 21 Nov 2026 18:00:00 +0000", "250 host.test Hello c.test [192.0.2.7]", "exim" },
	{ "sendmail", "220 host.test ESMTP Sendmail 8.17.1.9/8.17.1.9; Sat, 21 Nov 2026 18:00:00 GMT", NULL, "sendmail" },
	{ "sendmail without its name", "220 host.test ESMTP",
	  "250 host.test Hello c.test [192.0.2.7], pleased to meet you / ENHANCEDSTATUSCODES / PIPELINING / EXPN / VERB", "sendmail" },
	{ "OpenSMTPD", "220 host.test ESMTP OpenSMTPD", NULL, "opensmtpd" },
	{ "Courier", "220 host.test ESMTP Courier", NULL, "courier" },
	{ "Exchange", "220 host.test Microsoft ESMTP MAIL Service ready at Sat, 21 Nov 2026 18:00:00 +0000", NULL, "exchange" },
	{ "Haraka", "220 host.test ESMTP Haraka/3.0.3 ready", NULL, "haraka" },
	{ "Haraka by its answer to EHLO", "220 host.test ESMTP", "250 host.test Hello c.test [192.0.2.7]Haraka is at your service. / PIPELINING",
	  "haraka" },
	{ "Domino", "220 host.test ESMTP Service (HCL Domino Release 12.0.2) ready", NULL, "domino" },
	{ "chasquid", "220 host.test ESMTP chasquid", NULL, "chasquid" },
	{ "qmail with its name", "220 host.test ESMTP qmail", NULL, "qmail" },
	{ "qmail does not tell", "220 host.test ESMTP", "250 host.test / PIPELINING / 8BITMIME", NULL },
	{ "a word that holds another", "220 eximious.test ESMTP", NULL, NULL },
	{ "nothing at all", NULL, NULL, NULL },
	{ "empty", "", "", NULL },
	{ "the greeting comes first", "220 host.test ESMTP Postfix", "250 Haraka says hi", "postfix" },
};

static void test_a_server_is_known_by_its_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *make = make_guess(rows[i].banner, rows[i].hello);

		if (make == NULL ? rows[i].make != NULL : rows[i].make == NULL || strcmp(make, rows[i].make) != 0)
			fail_msg("%s: %s", rows[i].name, make ? make : "not told");
	}
}

static void test_each_make_has_a_title(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].make != NULL)
			assert_non_null(make_title(rows[i].make));
	assert_string_equal(make_title("postfix"), "Postfix");
	assert_string_equal(make_title("exchange"), "Microsoft Exchange");
	assert_string_equal(make_title("something"), "something");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_server_is_known_by_its_words),
		cmocka_unit_test(test_each_make_has_a_title),
	};

	return cmocka_run_group_tests_name("make", tests, NULL, NULL);
}
