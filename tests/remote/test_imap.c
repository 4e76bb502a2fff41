/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_imap.c - responses of IMAP servers, whole and in pieces
 */
#include "remote/imap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

/* Reads one response in pieces of that size; returns how many bytes it took. */
static size_t read_pieces(struct imap_reader *reader, const char *bytes, size_t len, size_t piece)
{
	size_t at = 0, used;

	while (at < len) {
		enum imap_state state = imap_read(reader, bytes + at, len - at < piece ? len - at : piece, &used);

		at += used;
		if (state != IMAP_MORE)
			break;
	}
	return at;
}

/* Each is one response, and something of the next. */
static const struct {
	const char *name, *bytes;
	size_t first;           /* bytes of the first response */
} streams[] = {
	{ "a line", "* OK hi\r\n* BYE\r\n", 9 },
	{ "a line that ends in LF alone", "* OK hi\n* BYE\r\n", 8 },
	{ "a literal", "* 1 FETCH (BODY[TEXT] {5}\r\na\r\nb\n)\r\n* BYE\r\n", 35 },
	{ "a literal of nothing", "* 1 FETCH (BODY[TEXT] {0}\r\n)\r\n* BYE\r\n", 30 },
	{ "two literals", "* 1 FETCH (A {1}\r\n) B {2}\r\n)) C)\r\n* BYE\r\n", 34 },
	{ "a literal that holds one", "* 1 FETCH (A {6}\r\n{4}\r\n\n)\r\n* BYE\r\n", 27 },
	{ "a literal that ends in one", "* 1 FETCH (A {6}\r\n\n{99}\r)\r\n* BYE\r\n", 27 },
	{ "text for people that ends like one", "* OK say {5}\r\n* BYE\r\n", 14 },
	{ "likewise with a tag", "p1 NO say {5}\r\n* BYE\r\n", 15 },
	{ "a continuation", "+ {5}\r\n* BYE\r\n", 7 },
	{ "braces that are none", "* LIST {5} {x}\r\n* BYE\r\n", 16 },
	{ "an empty line", "\r\n* BYE\r\n", 2 },
};

static void test_imap_reads_one_response(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		for (size_t piece = 1; piece < 50; piece += piece < 5 ? 1 : 44) {
			struct imap_reader reader;
			size_t len = strlen(streams[i].bytes), took;

			imap_reader_init(&reader);
			took = read_pieces(&reader, streams[i].bytes, len, piece);
			if (took != streams[i].first || reader.state != IMAP_WHOLE)
				fail_msg("%s: took %zu bytes in pieces of %zu", streams[i].name, took, piece);
			assert_int_equal(reader.text.len, took);
			/* And the next one. */
			took += read_pieces(&reader, streams[i].bytes + took, len - took, piece);
			assert_int_equal(took, len);
			assert_string_equal(reader.text.data, "* BYE\r\n");
			imap_reader_release(&reader);
		}
}

static void test_imap_ends_what_is_too_long(void **state)
{
	static const char huge[] = "* 1 FETCH (A {999999}\r\n", huger[] = "* 1 FETCH (A {99999999999999999999}\r\n";
	struct imap_reader reader;
	size_t used;

	(void)state;
	imap_reader_init(&reader);
	assert_int_equal(imap_read(&reader, huge, sizeof huge - 1, &used), IMAP_BROKEN);
	assert_int_equal(imap_read(&reader, "* OK\r\n", 6, &used), IMAP_BROKEN);
	imap_reader_release(&reader);
	imap_reader_init(&reader);
	for (size_t i = 0; i < IMAP_REPLY_MOST; i++)
		assert_int_equal(imap_read(&reader, "x", 1, &used), IMAP_MORE);
	assert_int_equal(imap_read(&reader, "x", 1, &used), IMAP_BROKEN);
	imap_reader_release(&reader);
	/* More than a number holds is no size at all; whatever follows is read as lines. */
	imap_reader_init(&reader);
	assert_int_equal(imap_read(&reader, huger, sizeof huger - 1, &used), IMAP_MORE);
	assert_int_equal(reader.literal, 0);
	imap_reader_release(&reader);
}

static void parse(const char *bytes, struct imap_reply *reply)
{
	if (!imap_parse(bytes, strlen(bytes), reply))
		fail_msg("not parsed: %s", bytes);
}

static void test_imap_parses_what_is_said_of_a_mailbox(void **state)
{
	struct imap_reply reply;

	(void)state;
	parse("* OK [UIDNEXT 4392] Predicted next UID\r\n", &reply);
	assert_int_equal(reply.kind, IMAP_OK);
	assert_string_equal(reply.tag, "");
	assert_int_equal(reply.uid_next, 4392);
	parse("* ok [uidvalidity 3857529045] UIDs valid\r\n", &reply);
	assert_int_equal(reply.uid_validity, 3857529045);
	parse("* OK [UIDNEXT 99999999999] far\r\n", &reply);
	assert_int_equal(reply.uid_next, 0);
	parse("p12 NO [AUTHENTICATIONFAILED] go\r\n", &reply);
	assert_int_equal(reply.kind, IMAP_NO);
	assert_string_equal(reply.tag, "p12");
	parse("* BYE\r\n", &reply);
	assert_int_equal(reply.kind, IMAP_BYE);
	parse("* 172 EXISTS\r\n", &reply);
	assert_int_equal(reply.kind, IMAP_OTHER);
}

static void test_imap_parses_what_was_found(void **state)
{
	struct imap_reply reply;
	const char *at;

	(void)state;
	parse("* SEARCH 2 84 4294967295 4294967296 7\r\n", &reply);
	assert_int_equal(reply.kind, IMAP_SEARCH);
	at = reply.uids;
	assert_int_equal(imap_uid(&at), 2);
	assert_int_equal(imap_uid(&at), 84);
	assert_int_equal(imap_uid(&at), UINT32_MAX);
	assert_int_equal(imap_uid(&at), 0);
	parse("* SEARCH\r\n", &reply);
	at = reply.uids;
	assert_int_equal(imap_uid(&at), 0);
}

static void test_imap_parses_a_message(void **state)
{
	struct imap_reply reply;

	(void)state;
	parse("* 12 FETCH (FLAGS (\\Seen (a \"b)\" {1}\r\n)) c) UID 77 BODY[HEADER]<0> {6}\r\nA: b\r\n BODY[TEXT]<0> \"q\\\"r\" X NIL)\r\n", &reply);
	assert_int_equal(reply.kind, IMAP_FETCH);
	assert_int_equal(reply.uid, 77);
	assert_int_equal(reply.header_len, 6);
	assert_memory_equal(reply.header, "A: b\r\n", 6);
	assert_int_equal(reply.text_len, 4);
	assert_memory_equal(reply.text, "q\\\"r", 4);
	parse("* 12 FETCH (BODY[HEADER] ~{0}\r\n BODY[TEXT] NIL BODY[HEADER.FIELDS (A B)] {1}\r\nx UID 1)\r\n", &reply);
	assert_non_null(reply.header);
	assert_int_equal(reply.header_len, 0);
	assert_null(reply.text);
	assert_int_equal(reply.uid, 1);
}

static void test_imap_refuses_what_is_none(void **state)
{
	static const char *const rows[] = {
		"\r\n", " * OK\r\n", "*\r\n", "* \r\n", "a-tag-that-is-too-long OK\r\n", "* 1 FETCH\r\n", "* 1 FETCH (\r\n",
		"* 1 FETCH (UID 0)\r\n", "* 1 FETCH (UID x)\r\n", "* 1 FETCH (UID 1 \r\n", "* 1 FETCH (A (b)\r\n", "* 1 FETCH (A {5}\r\nabc)\r\n",
		"* 1 FETCH (A \"b)\r\n", "* 1 FETCH (A \"b\\", "* 1 FETCH (BODY[HEADER] )\r\n", "* 1 FETCH (BODY[",
	};
	struct imap_reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (imap_parse(rows[i], strlen(rows[i]), &reply))
			fail_msg("parsed: %s", rows[i]);
}

static void test_imap_quotes_names(void **state)
{
	struct buf name = BUF_OWN;

	(void)state;
	assert_true(imap_quote(&name, "In \"box\\"));
	assert_string_equal(name.data, "\"In \\\"box\\\\\"");
	buf_reset(&name);
	assert_false(imap_quote(&name, "a\r\nb DELETE"));
	assert_false(imap_quote(&name, "\303\244"));
	buf_release(&name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_imap_reads_one_response),
		cmocka_unit_test(test_imap_ends_what_is_too_long),
		cmocka_unit_test(test_imap_parses_what_is_said_of_a_mailbox),
		cmocka_unit_test(test_imap_parses_what_was_found),
		cmocka_unit_test(test_imap_parses_a_message),
		cmocka_unit_test(test_imap_refuses_what_is_none),
		cmocka_unit_test(test_imap_quotes_names),
	};

	return cmocka_run_group_tests_name("imap", tests, NULL, NULL);
}
