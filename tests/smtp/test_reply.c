/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_reply.c - replies whole, in pieces, and such as are none
 */
#include "smtp/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"

static int set_up(void **state)
{
	struct reply_reader *reader = malloc(sizeof *reader);

	assert_non_null(reader);
	reply_reader_init(reader);
	*state = reader;
	return 0;
}

static int tear_down(void **state)
{
	reply_reader_release(*state);
	free(*state);
	return 0;
}

/* Reads in pieces of `piece` bytes up to a state that ends reading; `*at` is where the reader stopped. */
static enum reply_state read_pieces(struct reply_reader *reader, const char *raw, size_t len, size_t piece, struct reply *reply,
				    size_t *at)
{
	enum reply_state state = REPLY_UNFINISHED;

	for (*at = 0; *at < len && state == REPLY_UNFINISHED;) {
		size_t now = len - *at < piece ? len - *at : piece, used = 99999;

		state = reply_read(reader, raw + *at, now, &used, reply);
		assert_true(used <= now);
		if (state == REPLY_UNFINISHED)
			assert_int_equal(used, now);
		*at += used;
	}
	return state;
}

static enum reply_state read_text(struct reply_reader *reader, const char *raw, struct reply *reply)
{
	size_t at;

	return read_pieces(reader, raw, strlen(raw), strlen(raw), reply, &at);
}

struct row {
	const char *name;
	const char *raw;
	int code;
	unsigned lines;
	const char *text;
	int status[3];
};

static const struct row good[] = {
	{ .name = "one line", .raw = "250 ok\r\n", .code = 250, .lines = 1, .text = "ok" },
	{ .name = "three lines", .raw = "250-a\r\n250-b c\r\n250 d\r\n", .code = 250, .lines = 3, .text = "a\nb c\nd" },
	{ .name = "bare LF", .raw = "220-a\n220 b\n", .code = 220, .lines = 2, .text = "a\nb" },
	{ .name = "code alone", .raw = "250\r\n", .code = 250, .lines = 1, .text = "" },
	{ .name = "code and blank", .raw = "250 \r\n", .code = 250, .lines = 1, .text = "" },
	{ .name = "an empty first line", .raw = "250-\r\n250 x\r\n", .code = 250, .lines = 2, .text = "\nx" },
	{ .name = "empty lines", .raw = "250-\r\n250-\r\n250-x\r\n250-\r\n250 \r\n", .code = 250, .lines = 5, .text = "\n\nx\n\n" },
	{ .name = "last line is a code alone", .raw = "250-a\r\n250\r\n", .code = 250, .lines = 2, .text = "a\n" },
	{ .name = "a hyphen in the text", .raw = "354 a-b\r\n", .code = 354, .lines = 1, .text = "a-b" },
	{ .name = "two CR", .raw = "250 a\r\r\n", .code = 250, .lines = 1, .text = "a\r" },
	{ .name = "CR amid a line", .raw = "250 a\rb\r\n", .code = 250, .lines = 1, .text = "a\rb" },
	{ .name = "the least code", .raw = "200 a\r\n", .code = 200, .lines = 1, .text = "a" },
	{ .name = "the greatest code", .raw = "599 a\r\n", .code = 599, .lines = 1, .text = "a" },
	{ .name = "enhanced code", .raw = "550 5.7.1 no\r\n", .code = 550, .lines = 1, .text = "5.7.1 no", .status = { 5, 7, 1 } },
	{ .name = "enhanced code alone", .raw = "550 5.7.1\r\n", .code = 550, .lines = 1, .text = "5.7.1", .status = { 5, 7, 1 } },
	{ .name = "three digits", .raw = "550 5.7.606 a\r\n", .code = 550, .lines = 1, .text = "5.7.606 a",
	  .status = { 5, 7, 606 } },
	{ .name = "that of the last line", .raw = "550-5.1.1 a\r\n550 5.7.1 b\r\n", .code = 550, .lines = 2,
	  .text = "5.1.1 a\n5.7.1 b", .status = { 5, 7, 1 } },
	{ .name = "not that of an earlier line", .raw = "550-5.1.1 a\r\n550 b\r\n", .code = 550, .lines = 2, .text = "5.1.1 a\nb" },
	{ .name = "four digits", .raw = "550 5.7.6061 a\r\n", .code = 550, .lines = 1, .text = "5.7.6061 a" },
	{ .name = "an address is none", .raw = "550 5.7.1.2 a\r\n", .code = 550, .lines = 1, .text = "5.7.1.2 a" },
	{ .name = "two parts are none", .raw = "550 5.7 a\r\n", .code = 550, .lines = 1, .text = "5.7 a" },
	{ .name = "class 3 is none", .raw = "550 3.7.1 a\r\n", .code = 550, .lines = 1, .text = "3.7.1 a" },
	{ .name = "qmail's is none", .raw = "553 no (#5.7.1)\r\n", .code = 553, .lines = 1, .text = "no (#5.7.1)" },
};

static void check_row(struct reply_reader *reader, const struct row *row, size_t piece)
{
	struct reply reply;
	size_t at, len = strlen(row->raw);

	if (read_pieces(reader, row->raw, len, piece, &reply, &at) != REPLY_READY || at != len)
		fail_msg("%s, in pieces of %zu: not read", row->name, piece);
	if (reply.code != row->code || reply.lines != row->lines || reply.cut || strcmp(reply.text, row->text) != 0 ||
	    reply.len != strlen(row->text) || memcmp(reply.status, row->status, sizeof reply.status) != 0)
		fail_msg("%s, in pieces of %zu: %d, %u lines, \"%s\", %d.%d.%d", row->name, piece, reply.code, reply.lines,
			 reply.text, reply.status[0], reply.status[1], reply.status[2]);
	assert_false(reply_reader_is_amid(reader));
}

static void test_a_reply_is_read_alike_in_any_pieces(void **state)
{
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		for (size_t piece = 1; piece <= strlen(good[i].raw); piece++)
			check_row(*state, &good[i], piece);
}

static void test_what_is_no_reply_is_malformed(void **state)
{
	static const struct {
		const char *name;
		const char *raw;
	} rows[] = {
		{ "below 200", "199 a\r\n" },
		{ "above 599", "600 a\r\n" },
		{ "a letter in the code", "25a ok\r\n" },
		{ "two digits", "25\r\n" },
		{ "four digits", "2500 ok\r\n" },
		{ "a tab after the code", "250\tok\r\n" },
		{ "a blank before the code", " 250 ok\r\n" },
		{ "an empty line", "\r\n" },
		{ "a line of CR only", "\r\r\n" },
		{ "another protocol", "SSH-2.0-OpenSSH_9.2\r\n" },
		{ "TLS", "\x15\x03\x01\n" },
		{ "codes that differ", "250-a\r\n251 b\r\n" },
		{ "no code in the second line", "250-a\r\nb\r\n" },
		{ "an empty second line", "250-a\r\n\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t piece = 1; piece <= 16; piece += 15) {
			struct reply_reader reader;
			struct reply reply;
			size_t at;

			reply_reader_init(&reader);
			if (read_pieces(&reader, rows[i].raw, strlen(rows[i].raw), piece, &reply, &at) != REPLY_MALFORMED)
				fail_msg("%s was not malformed", rows[i].name);
			reply_reader_release(&reader);
		}
}

static void test_the_rest_belongs_to_the_next_reply(void **state)
{
	static const char raw[] = "250-a\r\n250 b\r\n550 5.1.1 c\r\n354";
	struct reply_reader *reader = *state;
	struct reply reply;
	size_t used, at;

	assert_int_equal(reply_read(reader, raw, sizeof raw - 1, &used, &reply), REPLY_READY);
	assert_int_equal(used, 14);
	assert_string_equal(reply.text, "a\nb");
	at = used;
	assert_int_equal(reply_read(reader, raw + at, sizeof raw - 1 - at, &used, &reply), REPLY_READY);
	assert_int_equal(used, 13);
	assert_int_equal(reply.code, 550);
	assert_int_equal(reply.lines, 1);
	assert_string_equal(reply.text, "5.1.1 c");
	assert_false(reply_reader_is_amid(reader));
	at += used;
	assert_int_equal(reply_read(reader, raw + at, sizeof raw - 1 - at, &used, &reply), REPLY_UNFINISHED);
	assert_int_equal(used, 3);
	assert_true(reply_reader_is_amid(reader));
	assert_int_equal(reply_read(reader, "\n", 1, &used, &reply), REPLY_READY);
	assert_int_equal(reply.code, 354);
}

static void test_nothing_read_is_unfinished(void **state)
{
	struct reply reply;
	size_t used = 7;

	assert_int_equal(reply_read(*state, "", 0, &used, &reply), REPLY_UNFINISHED);
	assert_int_equal(used, 0);
	assert_false(reply_reader_is_amid(*state));
	assert_int_equal(read_text(*state, "250-a\r\n", &reply), REPLY_UNFINISHED);
	assert_true(reply_reader_is_amid(*state));
}

static void test_a_line_without_an_end_is_endless(void **state)
{
	static const size_t pieces[] = { 1, 1000, 70004 };
	size_t len = 70000, at;
	char *raw = malloc(len + 4);

	(void)state;
	assert_non_null(raw);
	memset(raw, 'x', len + 4);
	memcpy(raw, "250 ", 4);
	memcpy(raw + len + 2, "\r\n", 2);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		struct reply_reader reader;
		struct reply reply;

		reply_reader_init(&reader);
		assert_int_equal(read_pieces(&reader, raw, len + 4, pieces[i], &reply, &at), REPLY_ENDLESS);
		reply_reader_release(&reader);
	}
	free(raw);
}

/* `lines` lines of `width` bytes of text, the last of them "last". */
static void write_lines(struct buf *raw, unsigned lines, size_t width)
{
	for (unsigned i = 1; i < lines; i++) {
		buf_text(raw, "250-");
		for (size_t k = 0; k < width; k++)
			buf_char(raw, (char)('a' + (i + k) % 26));
		buf_text(raw, "\r\n");
	}
	buf_text(raw, "250 last\r\n");
}

static void test_lines_without_a_last_one_are_endless(void **state)
{
	static const struct {
		unsigned lines;
		enum reply_state state;
	} rows[] = { { 255, REPLY_READY }, { REPLY_LINES_MOST, REPLY_READY }, { 257, REPLY_ENDLESS }, { 300, REPLY_ENDLESS } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf raw = BUF_OWN;
		struct reply_reader reader;
		struct reply reply;
		size_t at;

		write_lines(&raw, rows[i].lines, 3);
		reply_reader_init(&reader);
		assert_int_equal(read_pieces(&reader, raw.data, raw.len, 7, &reply, &at), rows[i].state);
		if (rows[i].state == REPLY_READY)
			assert_int_equal(reply.lines, rows[i].lines);
		reply_reader_release(&reader);
		buf_release(&raw);
	}
}

static void test_a_long_line_is_kept_up_to_its_ceiling(void **state)
{
	struct buf raw = BUF_OWN;
	struct reply reply;
	size_t at;

	buf_text(&raw, "550 ");
	for (int i = 0; i < 60000; i++)
		buf_char(&raw, 'x');
	buf_text(&raw, "\r\n250 short\r\n");
	assert_int_equal(read_pieces(*state, raw.data, raw.len, 333, &reply, &at), REPLY_READY);
	assert_true(reply.cut);
	assert_int_equal(reply.len, REPLY_LINE_KEPT - 4);
	assert_int_equal(strspn(reply.text, "x"), reply.len);
	assert_int_equal(read_text(*state, raw.data + at, &reply), REPLY_READY);
	assert_false(reply.cut);
	assert_string_equal(reply.text, "short");
	buf_release(&raw);
}

static void test_many_lines_are_kept_up_to_their_ceiling(void **state)
{
	struct buf raw = BUF_OWN;
	struct reply reply, again;
	size_t at;

	write_lines(&raw, 200, 1000);
	assert_int_equal(read_text(*state, raw.data, &reply), REPLY_READY);
	assert_true(reply.cut);
	assert_int_equal(reply.lines, 200);
	assert_true(reply.len <= (size_t)REPLY_TEXT_KEPT + REPLY_LINE_KEPT);
	assert_true(reply.len > (size_t)REPLY_TEXT_KEPT - REPLY_LINE_KEPT);
	assert_string_equal(reply.text + reply.len - 5, "\nlast");

	char *kept = strdup(reply.text);

	assert_int_equal(read_pieces(*state, raw.data, raw.len, 1, &again, &at), REPLY_READY);
	assert_string_equal(again.text, kept);
	free(kept);
	buf_release(&raw);
}

static void test_nul_and_escapes_are_kept_and_printed_harmless(void **state)
{
	static const char raw[] = "550-a\0b\r\n550 \x1b[2J\xff \\ c\r\n";
	struct buf shown = BUF_OWN;
	struct reply reply;
	size_t at;

	assert_int_equal(read_pieces(*state, raw, sizeof raw - 1, 5, &reply, &at), REPLY_READY);
	assert_int_equal(reply.len, 13);
	assert_memory_equal(reply.text, "a\0b\n\x1b[2J\xff \\ c", 13);
	reply_print(&reply, &shown);
	assert_string_equal(shown.data, "550 a\\0b / \\x1b[2J\\xff \\\\ c");
	buf_release(&shown);
}

static void test_a_reply_is_printed_in_one_line(void **state)
{
	static const struct {
		const char *raw;
		const char *shown;
	} rows[] = {
		{ "550 5.7.1 no\r\n", "550 5.7.1 no" },
		{ "550-5.7.1 a\r\n550 5.7.1 b\r\n", "550 5.7.1 a / 5.7.1 b" },
		{ "250\r\n", "250" },
		{ "250-\r\n250 x\r\n", "250  / x" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf shown = BUF_OWN;
		struct reply reply;

		assert_int_equal(read_text(*state, rows[i].raw, &reply), REPLY_READY);
		reply_print(&reply, &shown);
		assert_string_equal(shown.data, rows[i].shown);
		buf_release(&shown);
	}
}

static void test_what_is_printed_has_a_ceiling(void **state)
{
	struct buf raw = BUF_OWN, shown = BUF_OWN;
	struct reply reply;

	write_lines(&raw, 100, 500);
	assert_int_equal(read_text(*state, raw.data, &reply), REPLY_READY);
	buf_text(&shown, "before: ");
	reply_print(&reply, &shown);
	assert_int_equal(shown.len, strlen("before: ") + TEXT_SHOWN);
	buf_release(&raw);
	buf_release(&shown);
}

static void test_the_first_digit_is_the_class(void **state)
{
	static const char *const raws[] = { "250 a\n", "354 a\n", "450 a\n", "550 a\n" };
	struct reply reply;

	for (int class = 0; class < REPLY_CLASSES; class++) {
		assert_int_equal(read_text(*state, raws[class], &reply), REPLY_READY);
		assert_int_equal(reply_class(&reply), class);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_reply_is_read_alike_in_any_pieces, set_up, tear_down),
		cmocka_unit_test(test_what_is_no_reply_is_malformed),
		cmocka_unit_test_setup_teardown(test_the_rest_belongs_to_the_next_reply, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_read_is_unfinished, set_up, tear_down),
		cmocka_unit_test(test_a_line_without_an_end_is_endless),
		cmocka_unit_test(test_lines_without_a_last_one_are_endless),
		cmocka_unit_test_setup_teardown(test_a_long_line_is_kept_up_to_its_ceiling, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_lines_are_kept_up_to_their_ceiling, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nul_and_escapes_are_kept_and_printed_harmless, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_reply_is_printed_in_one_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_printed_has_a_ceiling, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_first_digit_is_the_class, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
