/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_journal.c - entries of systemd's journal, whole and rotten
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "mta/journal.h"

/* What came of a file: a letter for each line that says something (n none, e entry, c entry cut, x lost, l left, E left open at the end). */
struct came {
	char letters[64];
	struct buf said;        /* "host tag pid when text" of each entry, a line each */
};

static void add_letter(struct came *came, char letter)
{
	size_t len = strlen(came->letters);

	assert_true(len + 1 < sizeof came->letters);
	came->letters[len] = letter;
}

static void tell(struct came *came, const struct log_line *line)
{
	buf_printf(&came->said, "%.*s %.*s %.*s %lld ", (int)line->host.len, line->host.at ? line->host.at : "", (int)line->tag.len,
		   line->tag.at ? line->tag.at : "", (int)line->pid.len, line->pid.at ? line->pid.at : "", (long long)line->stamp.when);
	if (line->text.at == NULL)
		buf_text(&came->said, "(none)");
	else
		buf_add(&came->said, line->text.at, line->text.len);
	buf_char(&came->said, '\n');
}

/* Lines of at most `most` bytes are seen. */
static struct came feed(const char *bytes, size_t len, size_t most)
{
	struct came came = { .said = BUF_OWN };
	struct journal journal;

	journal_init(&journal);
	while (len != 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t line_len = end ? (size_t)(end - bytes) : len, whole = line_len + (end != NULL);
		/* A copy of its own, so that a sanitizer sees what is read behind it. */
		char *copy = mem_bytes(bytes, line_len);
		struct log_line line;
		bool cut = false;
		enum journal_sense sense = journal_feed(&journal, (struct slice){ copy, line_len < most ? line_len : most }, whole, &line, &cut);

		if (sense == JOURNAL_ENTRY)
			tell(&came, &line);
		if (sense != JOURNAL_PART)
			add_letter(&came, sense == JOURNAL_NONE ? 'n' : sense == JOURNAL_LOST ? 'x' : sense == JOURNAL_LEFT ? 'l' : cut ? 'c' : 'e');
		free(copy);
		bytes += whole;
		len -= whole;
	}
	if (journal_end(&journal))
		add_letter(&came, 'E');
	journal_release(&journal);
	return came;
}

static void check_bytes(const char *bytes, size_t len, size_t most, const char *letters, const char *said)
{
	struct came came = feed(bytes, len, most);

	assert_string_equal(came.letters, letters);
	assert_string_equal(came.said.data, said);
	buf_release(&came.said);
}

#define CHECK(literal, letters, said) check_bytes("" literal, sizeof(literal) - 1, 65536, letters, said)

#define HEAD "__CURSOR=s=1;i=1\n__REALTIME_TIMESTAMP=1735689598123456\n_HOSTNAME=mx\n_PID=7\n"
#define SMTPD HEAD "SYSLOG_IDENTIFIER=postfix/smtpd\n"

static void test_export(void **state)
{
	(void)state;
	CHECK(SMTPD "MESSAGE=a=b c\n\n", "e", "mx postfix/smtpd 7 1735689598 a=b c\n");
	CHECK(HEAD "_COMM=exim4\n_PID=8\n_SOURCE_REALTIME_TIMESTAMP=1735689600000000\nMESSAGE=x\nMESSAGE=y\n\n", "e", "mx exim4 7 1735689600 x\n");
	CHECK("__CURSOR=s\nSYSLOG_PID=9\nSYSLOG_IDENTIFIER=i\n\n" SMTPD "MESSAGE=\n\n", "ee", " i 9 0 (none)\nmx postfix/smtpd 7 1735689598 \n");
	CHECK("before\n" SMTPD "MESSAGE=x\n\nbehind\n__MONOTONIC=1\n", "nenn", "mx postfix/smtpd 7 1735689598 x\n");
	/* Bytes among which line ends and whole entries are. */
	CHECK(SMTPD "MESSAGE\n\5\0\0\0\0\0\0\0a\n\nb\0\nOTHER=1\n\n", "e", "mx postfix/smtpd 7 1735689598 a\n\nb\0\n");
	CHECK(SMTPD "OTHER\n\26\0\0\0\0\0\0\0\n\n__CURSOR=\nMESSAGE=no\nMESSAGE=yes\n\n", "e", "mx postfix/smtpd 7 1735689598 yes\n");
	/* A length of which a byte is a line end, or a carriage return before one. */
	CHECK(SMTPD "MESSAGE\n\n\0\0\0\0\0\0\00001234567\n9\n\n", "e", "mx postfix/smtpd 7 1735689598 01234567\n9\n");
	CHECK(SMTPD "MESSAGE\n\2\0\0\0\0\0\0\0\n\n\n\n", "e", "mx postfix/smtpd 7 1735689598 \n\n\n");
	CHECK(SMTPD "MESSAGE\n\0\0\0\0\0\0\0\0\n\n", "e", "mx postfix/smtpd 7 1735689598 \n");
}

static void test_rotten(void **state)
{
	(void)state;
	/* Lengths that lie: too short, too long, beyond any. */
	CHECK(SMTPD "MESSAGE\n\3\0\0\0\0\0\0\0abcd\nOTHER=1\n\n" SMTPD "MESSAGE=x\n\n", "xe", "mx postfix/smtpd 7 1735689598 x\n");
	CHECK(SMTPD "MESSAGE\n\6\0\0\0\0\0\0\0abcd\nOTHER=1\n" SMTPD "MESSAGE=x\n\n", "xe", "mx postfix/smtpd 7 1735689598 x\n");
	CHECK(SMTPD "MESSAGE\n\377\377\377\377\377\377\377\377abcd\n\nnone\n", "xn", "");
	CHECK(SMTPD "MESSAGE\n\377\0\0\0\0\0\0\0abcd\n\nnone\n", "E", "");
	/* What ends in the middle. */
	CHECK(SMTPD "MESSAGE=x\n", "E", "");
	CHECK(SMTPD "MESSAGE\n\3\0\0", "E", "");
	CHECK(SMTPD "MESSAGE\n\3\0\0\0\0\0\0\0abc", "E", "");
	/* Lines of another kind, where an entry should go on. */
	CHECK(SMTPD "Mar  5 18:31:52 mx postfix/qmgr[1]: AAAAA: removed\n\n", "ln", "");
	CHECK(SMTPD "\0\0\0\n", "l", "");
	CHECK("__CURSOR=\n=\n", "l", "");
}

static void test_long(void **state)
{
	struct buf text = BUF_OWN;

	(void)state;
	buf_text(&text, SMTPD "MESSAGE=");
	for (int i = 0; i < 100; i++)
		buf_char(&text, 'x');
	buf_text(&text, "\n\n");
	check_bytes(text.data, text.len, 60, "c", "mx postfix/smtpd 7 1735689598 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n");
	buf_reset(&text);
	buf_text(&text, SMTPD "MESSAGE\n");
	buf_add(&text, "\x64\0\0\0\0\0\0\0", 8);
	for (int i = 0; i < 100; i++)
		buf_char(&text, 'x');
	buf_text(&text, "\n\n");
	check_bytes(text.data, text.len, 60, "c", "mx postfix/smtpd 7 1735689598 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n\n");
	buf_release(&text);
}

static void test_json(void **state)
{
	(void)state;
	CHECK("{\"MESSAGE\":\"a\\\"b\",\"_HOSTNAME\":\"mx\",\"__REALTIME_TIMESTAMP\":\"1735689598123456\",\"SYSLOG_IDENTIFIER\":\"exim\",\"_PID\":\"7\",\"X\":[\"1\"]}\n", "e",
	      "mx exim 7 1735689598 a\"b\n");
	CHECK("data: {\"MESSAGE\":[104,105,10,255],\"_COMM\":\"c\"}\n\n\x1e{\"MESSAGE\":[[104],\"no\"],\"_COMM\":[\"d\",\"e\"]}\n", "ene", " c  0 hi\n\377\n d  0 h\n");
	CHECK("{\"MESSAGE\":null,\"_COMM\":\"c\"}\n{\"_COMM\":\"d\"}\n{\"MESSAGE\":[null,\"x\"],\"_COMM\":\"e\"}\n", "eee", " c  0 (none)\n d  0 (none)\n e  0 (none)\n");
	/* No entries: broken, of another kind, twice the same name, numbers that are no bytes. */
	CHECK("{\n{}\n{\"MESSAGE\":\"a\n{\"log\":\"x\"}\n[\"MESSAGE\"]\n{\"MESSAGE\":\"a\",\"MESSAGE\":\"b\"}\n", "nnnnnn", "");
	CHECK("{\"MESSAGE\":[256]}\n{\"MESSAGE\":[-1]}\n{\"MESSAGE\":[1,\"a\"]}\n{\"MESSAGE\":1}\n{\"MESSAGE\":{}}\n{\"__REALTIME_TIMESTAMP\":\"1e9\"}\n", "nnnnne", "   0 (none)\n");
	CHECK("\0{}\n\x1e\ndata: \n", "nnn", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_export), cmocka_unit_test(test_rotten), cmocka_unit_test(test_long), cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
