/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_practice_rules.c - rules that are wrong, and those of the tests
 */
#include "remote/practice_rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

static void test_rules_say_where_and_what_was_meant(void **state)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{ "domian practice.test", "x.rules:1: there is no rule 'domian'; did you mean 'domain'?" },
		{ "\n# a comment\n  name mx.test\r\n\nlimit-error 1 2 3",
		  "x.rules:5: there is no rule 'limit-error'; did you mean 'limit-errors'?" },
		{ "zzzzzz yes", "x.rules:1: there is no rule 'zzzzzz'" },
		{ "name", "x.rules:1: name needs a value" },
		{ "name a b", "x.rules:1: name takes one host name" },
		{ "tls perhaps", "x.rules:1: tls takes yes or no" },
		{ "style posfix", "x.rules:1: style takes no 'posfix'; did you mean 'postfix'?" },
		{ "style qqq", "x.rules:1: style takes no 'qqq'" },
		{ "greylist", "x.rules:1: greylist needs a value" },
		{ "greylist many", "x.rules:1: greylist takes numbers from 0 to 1000000000, not 'many'" },
		{ "greylist -1", "x.rules:1: greylist takes numbers from 0 to 1000000000, not '-1'" },
		{ "greylist 1 2", "x.rules:1: greylist takes 1 number" },
		{ "limit-errors 1 2", "x.rules:1: limit-errors takes 3 numbers" },
		{ "leak percnt", "x.rules:1: leak takes no 'percnt'; did you mean 'percent'?" },
		{ "leak-sender nul", "x.rules:1: leak-sender takes no 'nul'; did you mean 'null'?" },
		{ "leak-helo host", "x.rules:1: leak-helo takes no 'host'" },
		{ "trust 127.0.0.256/8", "x.rules:1: trust: '127.0.0.256' is not an IP address" },
		{ "trust 127.0.0.1/33", "x.rules:1: trust takes a length from 0 to 32 after the /, not '33'" },
		{ "trust ::1/129", "x.rules:1: trust takes a length from 0 to 128 after the /, not '129'" },
		{ "trust 127.0.0.1/", "x.rules:1: trust takes a length from 0 to 32 after the /, not ''" },
		{ "trust 127.0.0.1 perzent", "x.rules:1: trust takes no 'perzent'; did you mean 'percent'?" },
		{ "refuse-client 127.0.0.1 plain", "x.rules:1: refuse-client takes one network" },
		{ "refuse-client-at mail", "x.rules:1: refuse-client-at takes greeting or rcpt" },
		{ "refuse-at data", "x.rules:1: refuse-at takes data or dot, and a reply such as '554 5.7.1 Relay access denied'" },
		{ "refuse-at data no",
		  "x.rules:1: refuse-at takes data or dot, and a reply such as '554 5.7.1 Relay access denied'" },
		{ "refuse-at rcpt 554 no", "x.rules:1: refuse-at takes no 'rcpt'; did you mean 'data'?" },
		{ "text relays 550 no", "x.rules:1: text takes no 'relays'; did you mean 'relay'?" },
		{ "text relay no", "x.rules:1: text takes a name and a reply such as '550 5.7.1 No'" },
		{ "end-of-data dot", "x.rules:1: end-of-data takes no 'dot'" },
		{ "hostile silense", "x.rules:1: hostile takes no 'silense'; did you mean 'silence'?" },
		{ "hostile silence ehol", "x.rules:1: hostile knows no place 'ehol'; did you mean 'ehlo'?" },
		{ "hostile drip ehlo 0", "x.rules:1: hostile takes from 1 to 60000 milliseconds a byte" },
		{ "hostile drip ehlo 1 2", "x.rules:1: hostile takes what, where, and milliseconds a byte" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;

		assert_null(practice_rules_parse("x.rules", rows[i].text, &err));
		assert_string_equal(err.text, rows[i].error);
		assert_int_equal(err.kind, ERR_SYNTAX);
	}
}

static void test_rules_have_lines_of_bounded_length(void **state)
{
	struct err err = ERR_INIT;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof text);
	memcpy(text, "banner ", 7);
	text[sizeof text - 1] = '\0';
	assert_null(practice_rules_parse("x.rules", text, &err));
	assert_string_equal(err.text, "x.rules:1: the line is longer than 900 bytes");
}

static void test_rules_none_are_a_closed_server_with_a_name(void **state)
{
	struct err err = ERR_INIT;
	struct practice_rules *rules = practice_rules_parse("x.rules", "", &err);

	(void)state;
	assert_non_null(rules);
	assert_string_equal(rules->name, "mail.practice.test");
	assert_int_equal(rules->leaks, 0);
	for (int i = 0; i < PRACTICE_TEXTS; i++) {
		assert_non_null(practice_text_names[i]);
		assert_true(rules->texts[i] != NULL || practice_styles->texts[i] == NULL);
	}
	practice_rules_free(rules);
}

static void test_rules_word_each_reply_as_told(void **state)
{
	struct err err = ERR_INIT;
	struct practice_rules *rules = practice_rules_parse("x.rules",
							    "text relay 571-We do not\\n571 relay\nstyle exim\n"
							    "user a b\nuser *\ndomain One.Test two.test\npipelining no\n",
							    &err);

	(void)state;
	assert_non_null(rules);
	assert_string_equal(rules->texts[TEXT_RELAY], "571-We do not\n571 relay");
	assert_string_equal(rules->texts[TEXT_USER], "550 Unknown user");
	assert_int_equal(rules->users.count, 2);
	assert_true(rules->flags[FLAG_ANY_USER]);
	assert_string_equal(rules->domains.items[0], "one.test");
	assert_null(strstr(rules->capability_lines[0], "PIPELINING"));
	practice_rules_free(rules);
}

/* A style's texts are replies; what a style does not word, the plain one does, or nobody. */
static void test_rules_styles_word_replies_with_codes(void **state)
{
	(void)state;
	for (const struct practice_style *style = practice_styles; style->name != NULL; style++) {
		for (int i = 0; i < PRACTICE_TEXTS; i++) {
			const char *text = style->texts[i];

			if (text == NULL || text == practice_no_text || i == TEXT_EHLO || i == TEXT_RECEIVED)
				continue;
			if (strspn(text, "0123456789") != 3 || strchr(" -", text[3]) == NULL)
				fail_msg("%s: %s", style->name, practice_text_names[i]);
		}
	}
}

static void test_rules_of_the_tests_are_right(void **state)
{
	const char *top = getenv("srcdir");
	char path[1024];
	struct dirent *entry;
	size_t seen = 0;
	DIR *directory;

	(void)state;
	snprintf(path, sizeof path, "%s/tests/fake/rules", top == NULL ? "." : top);
	directory = opendir(path);
	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		struct buf text = BUF_OWN;
		struct err err = ERR_INIT;
		struct practice_rules *rules = NULL;
		char file[2048];

		if (strstr(entry->d_name, ".rules") == NULL)
			continue;
		seen++;
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		if (file_read(file, &text, &err) == 0)
			rules = practice_rules_parse(file, text.data, &err);
		if (rules == NULL)
			fail_msg("%s", err.text);
		practice_rules_free(rules);
		buf_release(&text);
	}
	closedir(directory);
	assert_true(seen > 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_say_where_and_what_was_meant),
		cmocka_unit_test(test_rules_have_lines_of_bounded_length),
		cmocka_unit_test(test_rules_none_are_a_closed_server_with_a_name),
		cmocka_unit_test(test_rules_word_each_reply_as_told),
		cmocka_unit_test(test_rules_styles_word_replies_with_codes),
		cmocka_unit_test(test_rules_of_the_tests_are_right),
	};

	return cmocka_run_group_tests_name("practice_rules", tests, NULL, NULL);
}
