/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_proof_mailbox.c - how a mailbox is named; what comes into one is in mailbox.sh
 */
#include "remote/proof_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <event2/event.h>
#include <string.h>

#include "base/err.h"

static const struct {
	const char *rest, *complaint;   /* NULL: none */
} rows[] = {
	{ "//me@mail.example", NULL },
	{ "//me@mail.example/", NULL },
	{ "//me@mail.example:1993/Some/Folder", NULL },
	{ "//me%40mail.example@[2001:db8::1]:993/In%20box", NULL },
	{ "//me@mail.example@mail.example/INBOX", NULL },
	{ "", "USER@HOST" },
	{ "me@mail.example", "USER@HOST" },
	{ "//mail.example", "USER@HOST" },
	{ "//@mail.example", "USER@HOST" },
	{ "//me@", "USER@HOST" },
	{ "//me@/INBOX", "USER@HOST" },
	{ "//me:s3cret@mail.example", "a password does not stand here" },
	{ "//me%4@mail.example", "%HH" },
	{ "//me@mail.example/a%0d%0ab", "%HH" },
	{ "//me@mail.example/a%00b", "%HH" },
	{ "//me@mail.example/%", "%HH" },
};

static void test_mailbox_is_named_by_a_url(void **state)
{
	const struct proof_kind *const kinds[] = { &proof_imap, &proof_imaps };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct proof_kind *kind = kinds[i % 2];
		struct err err = ERR_INIT;
		int result = kind->check(rows[i].rest, &err);

		if ((result == 0) != (rows[i].complaint == NULL))
			fail_msg("%s: %s", rows[i].rest, err.text);
		if (result == 0)
			continue;
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.text, rows[i].complaint));
		assert_non_null(strstr(err.text, kind->scheme));
		assert_null(strstr(err.text, "s3cret"));
	}
}

static void test_mailbox_needs_a_password(void **state)
{
	struct proof_settings settings = { .base = event_base_new() };
	struct err err = ERR_INIT;

	(void)state;
	assert_null(proof_imaps.open("//me@127.0.0.1/INBOX", &settings, &err));
	assert_int_equal(err.kind, ERR_USAGE);
	assert_non_null(strstr(err.text, "a file with the mailbox's password is needed"));
	settings.password_file = "/nonexistent/secret";
	assert_null(proof_imap.open("//me@127.0.0.1/INBOX", &settings, &err));
	assert_non_null(strstr(err.text, "/nonexistent/secret"));
	assert_null(proof_imap.open("nonsense", &settings, &err));
	assert_false(proof_imap.takes_tokens || proof_imaps.takes_tokens);
	event_base_free(settings.base);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mailbox_is_named_by_a_url),
		cmocka_unit_test(test_mailbox_needs_a_password),
	};

	return cmocka_run_group_tests_name("proof_mailbox", tests, NULL, NULL);
}
