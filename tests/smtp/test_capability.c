/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_capability.c - what an EHLO reply offers
 */
#include "smtp/capability.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "smtp/reply.h"

struct row {
	const char *name;
	const char *raw;
	size_t len;             /* of a row with a NUL in it; else 0 */
	unsigned flags;
};

static const struct row rows[] = {
	{ .name = "Postfix",
	  .raw = "250-host.test\r\n250-PIPELINING\r\n250-SIZE 10240000\r\n250-VRFY\r\n250-ETRN\r\n250-STARTTLS\r\n"
	  "250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-DSN\r\n250-SMTPUTF8\r\n250 CHUNKING\r\n",
	  .flags = CAP_PIPELINING | CAP_SIZE | CAP_VRFY | CAP_ETRN | CAP_STARTTLS | CAP_ENHANCEDSTATUSCODES | CAP_8BITMIME |
		   CAP_DSN | CAP_SMTPUTF8 | CAP_CHUNKING },
	{ .name = "the server's name is none", .raw = "250 STARTTLS\r\n" },
	{ .name = "nor is it one before others", .raw = "250-XCLIENT\r\n250 HELP\r\n", .flags = CAP_HELP },
	{ .name = "an empty first line", .raw = "250-\r\n250-SIZE\r\n250 STARTTLS\r\n", .flags = CAP_SIZE | CAP_STARTTLS },
	{ .name = "lower case", .raw = "250-host.test\r\n250-starttls\r\n250 Auth plain\r\n", .flags = CAP_STARTTLS | CAP_AUTH },
	{ .name = "AUTH as it was", .raw = "250-host.test\r\n250 AUTH=LOGIN\r\n", .flags = CAP_AUTH },
	{ .name = "parameters", .raw = "250-host.test\r\n250-XCLIENT NAME ADDR\r\n250 AUTH PLAIN LOGIN\r\n",
	  .flags = CAP_XCLIENT | CAP_AUTH },
	{ .name = "a parameter is no keyword", .raw = "250-host.test\r\n250 XTRICK STARTTLS\r\n" },
	{ .name = "longer words", .raw = "250-host.test\r\n250-STARTTLSX\r\n250-8BITMIMES\r\n250 DS\r\n" },
	{ .name = "a hyphen in the keyword", .raw = "250-host.test\r\n250 MT-PRIORITY MIXER\r\n", .flags = CAP_MT_PRIORITY },
	{ .name = "a blank before the keyword", .raw = "250-host.test\r\n250  STARTTLS\r\n" },
	{ .name = "empty lines between", .raw = "250-host.test\r\n250-\r\n250 DSN\r\n", .flags = CAP_DSN },
	{ .name = "a NUL hides nothing", .raw = "250-ho\0st.test\r\n250-X\0Y\r\n250 DSN\r\n", .len = 34, .flags = CAP_DSN },
};

static void test_a_reply_is_read_for_keywords(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reply_reader reader;
		struct reply reply;
		size_t used;

		reply_reader_init(&reader);
		assert_int_equal(reply_read(&reader, rows[i].raw, rows[i].len ? rows[i].len : strlen(rows[i].raw), &used, &reply),
				 REPLY_READY);
		if (capability_parse(&reply) != rows[i].flags)
			fail_msg("%s: %#x, not %#x", rows[i].name, capability_parse(&reply), rows[i].flags);
		reply_reader_release(&reader);
	}
}

static void test_the_table_is_read_in_both_directions(void **state)
{
	unsigned all = 0, flag;
	size_t count = 0;

	(void)state;
	for (const char *keyword; (keyword = capability_at(count, &flag)) != NULL; count++) {
		assert_int_equal(capability_flag(keyword), flag);
		assert_true(flag != 0 && (flag & (flag - 1)) == 0);
		assert_int_equal(all & flag, 0);
		all |= flag;
	}
	assert_int_equal(count, 20);
	assert_int_equal(all, (1u << 20) - 1);
	assert_null(capability_at(count, &flag));
	assert_null(capability_at(SIZE_MAX, &flag));
}

static void test_an_unknown_keyword_has_no_flag(void **state)
{
	(void)state;
	assert_int_equal(capability_flag("XTRICK"), 0);
	assert_int_equal(capability_flag(""), 0);
	assert_int_equal(capability_flag("STARTTLS"), CAP_STARTTLS);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_reply_is_read_for_keywords),
		cmocka_unit_test(test_the_table_is_read_in_both_directions),
		cmocka_unit_test(test_an_unknown_keyword_has_no_flag),
	};

	return cmocka_run_group_tests_name("capability", tests, NULL, NULL);
}
