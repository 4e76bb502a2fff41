/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_transcript.c - marks, escapes and the ceiling
 */
#include "smtp/transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "smtp/reply.h"

/* A literal with its length, for it may hold NUL. */
#define BYTES(literal) (literal), sizeof(literal) - 1

static void hear(struct transcript *transcript, const char *raw, size_t len)
{
	struct reply_reader reader;
	struct reply reply;
	size_t used;

	reply_reader_init(&reader);
	assert_int_equal(reply_read(&reader, raw, len, &used, &reply), REPLY_READY);
	transcript_reply(transcript, &reply);
	reply_reader_release(&reader);
}

static void say(struct transcript *transcript, const char *line)
{
	transcript_sent(transcript, line, strlen(line));
}

static void test_a_dialogue_is_written_line_by_line(void **state)
{
	struct transcript transcript = TRANSCRIPT_INIT;

	(void)state;
	transcript_note(&transcript, "connected to %s port %d", "192.0.2.1", 25);
	hear(&transcript, BYTES("220 host.test\r\n"));
	say(&transcript, "EHLO c.test\r\n");
	hear(&transcript, BYTES("250-host.test\r\n250 SIZE\r\n"));
	say(&transcript, "MAIL FROM:<>\r\nRCPT TO:<v@outside.test>\r\n");
	hear(&transcript, BYTES("450 later\r\n"));
	transcript_fault(&transcript, "the connection was lost");
	assert_string_equal(transcript.text.data, "=== connected to 192.0.2.1 port 25\n"
						  "<-  220 host.test\n"
						  " -> EHLO c.test\n"
						  "<-  250-host.test\n"
						  "<-  250 SIZE\n"
						  " -> MAIL FROM:<>\n"
						  " -> RCPT TO:<v@outside.test>\n"
						  "<** 450 later\n"
						  "*** the connection was lost\n");
	transcript_release(&transcript);
}

static void test_tls_has_marks_of_its_own(void **state)
{
	struct transcript transcript = TRANSCRIPT_INIT;

	(void)state;
	transcript.inside_tls = true;
	say(&transcript, "RSET\r\n");
	hear(&transcript, BYTES("250 ok\r\n"));
	hear(&transcript, BYTES("354 go\r\n"));
	hear(&transcript, BYTES("550-a\r\n550 b\r\n"));
	assert_string_equal(transcript.text.data, " ~> RSET\n<~  250 ok\n<~  354 go\n<~* 550-a\n<~* 550 b\n");
	transcript_release(&transcript);
}

static void test_bytes_are_escaped(void **state)
{
	struct transcript transcript = TRANSCRIPT_INIT;

	(void)state;
	transcript_sent(&transcript, BYTES("RCPT TO:<a\0\xc0z>\rb\nc"));
	hear(&transcript, BYTES("550-\r\n550 \x1b[2J\0\r\n"));
	transcript_note(&transcript, "%s", "two\nlines");
	transcript_fault(&transcript, "\x7f");
	assert_string_equal(transcript.text.data, " -> RCPT TO:<a\\0\\xc0z>\\rb\\nc\n"
						  "<** 550-\n"
						  "<** 550 \\x1b[2J\\0\n"
						  "=== two\\nlines\n"
						  "*** \\x7f\n");
	transcript_release(&transcript);
}

static void test_nobody_may_want_it(void **state)
{
	(void)state;
	say(NULL, "QUIT\r\n");
	hear(NULL, BYTES("221 bye\r\n"));
	transcript_note(NULL, "%d", 1);
	transcript_fault(NULL, "x");
}

static void test_what_a_server_adds_has_a_ceiling(void **state)
{
	struct transcript transcript = TRANSCRIPT_INIT;

	(void)state;
	for (int i = 0; i < 3000; i++)
		hear(&transcript, BYTES("250 a line of twenty-nine bytes\r\n"));
	assert_int_equal(transcript.text.len, TRANSCRIPT_MOST);
	assert_true(transcript.text.cut);
	transcript_release(&transcript);
	assert_int_equal(transcript.text.len, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_dialogue_is_written_line_by_line),
		cmocka_unit_test(test_tls_has_marks_of_its_own),
		cmocka_unit_test(test_bytes_are_escaped),
		cmocka_unit_test(test_nobody_may_want_it),
		cmocka_unit_test(test_what_a_server_adds_has_a_ceiling),
	};

	return cmocka_run_group_tests_name("transcript", tests, NULL, NULL);
}
