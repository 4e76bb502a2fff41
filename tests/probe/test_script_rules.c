/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_script_rules.c - probes that send a message: what they may do, and each thing that they may not
 */
#include "probe/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "probe/probe.h"

/* Five lines and an empty one: a script behind it begins on line 7. */
#define HEAD "name: a-trick\ntitle: A trick\nsuites: all\nexplain: What it is.\nfix: *: mend it\n\n"
#define MAIL " -> MAIL FROM:<{sender}>\n<-  expect 2xx\n"
#define RCPT " -> RCPT TO:<{victim}>\n<-  expect 2xx\n"
/* It begins on line 11. */
#define ENVELOPE HEAD MAIL RCPT
#define DATA " -> DATA\n<-  expect 354\n"
#define END " -> .\n<-  decide 2xx\n"

static struct probe *read_text(const char *text, struct complaints *complaints)
{
	/* Of exactly that size, so that a sanitizer sees a read past the end. */
	size_t len = strlen(text);
	char *exact = malloc(len + 1);
	struct probe *probe;

	assert_non_null(exact);
	memcpy(exact, text, len);
	complaints_init(complaints, "mine");
	probe = probe_parse("mine", exact, len, complaints);
	free(exact);
	return probe;
}

static struct probe *read_good(const char *name, const char *text)
{
	struct complaints complaints;
	struct probe *probe = read_text(text, &complaints);

	if (probe == NULL)
		fail_msg("%s: %u:%u: %s", name, complaints.rows[0].line, complaints.rows[0].column, complaints.rows[0].text);
	complaints_release(&complaints);
	return probe;
}

/* One letter a step: C a command, M a message behind a 354, T the handshake; "+" before what is joined, "?" or "!" behind what is answered. */
static char *print_shape(const struct probe *probe)
{
	struct buf text = BUF_OWN;

	for (size_t i = 0; i < probe->step_count; i++) {
		const struct step *step = &probe->steps[i];

		buf_text(&text, step->timing == EXCHANGE_JOINED ? "+" : "");
		buf_char(&text, "CTM"[step->kind]);
		buf_text(&text, step->decides ? "!" : step->replies ? "?" : "");
	}
	return buf_detach(&text);
}

static void test_a_message_goes_where_it_was_asked_for(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *shape;
	} rows[] = {
		{ "DATA", ENVELOPE DATA " -> {message}\n" END, "C?C?C?M+C!" },
		{ "text behind it", ENVELOPE DATA " -> {message}\n -> XJS\n" END, "C?C?C?M+C+C!" },
		{ "two transactions", ENVELOPE DATA " -> {message}\n -> .\n<-  expect 2xx\n" MAIL RCPT DATA " -> {second_message}\n" END,
		  "C?C?C?M+C?C?C?C?M+C!" },
		{ "and then a recipient", ENVELOPE DATA " -> {message}\n -> .\n<-  expect 2xx\n -> RCPT TO:<{victim}>\n<-  decide 2xx\n",
		  "C?C?C?M+C?C!" },
		{ "smuggled", ENVELOPE DATA " -> {message}\n -> \\n.\\n\\c\n -> MAIL FROM:<>\n -> DATA\n -> {second_message}\n"
		  " -> .\n<-  expect 2xx\n -> NOOP\n<-  decide 354\n", "C?C?C?M+C+C+C+C+C?C!" },
		{ "a NUL before the dot", ENVELOPE DATA " -> {message}\n -> \\0.\n" END, "C?C?C?M+C+C!" },
		{ "BDAT", ENVELOPE " -> BDAT {message_size} LAST\n -> {message}\n<-  decide 2xx\n", "C?C?C+C!" },
		{ "two chunks", ENVELOPE " -> BDAT {message_size}\n -> {message}\n<-  expect 2xx\n -> BDAT 6 LAST\n -> QUIT\n<-  decide 2xx\n",
		  "C?C?C+C?C+C!" },
		{ "an empty last chunk", ENVELOPE " -> BDAT {message_size}\n -> {message}\n<-  expect 2xx\n -> BDAT 0 LAST\n<-  decide 2xx\n",
		  "C?C?C+C?C!" },
		{ "chunks of several lines", ENVELOPE " -> BDAT {message_size}\n -> {message}\n<-  expect 2xx\n -> BDAT 4\n -> a\n -> b\\c\n"
		  "<-  expect any\n -> BDAT 4 LAST\n -> ab\n<-  decide 2xx\n", "C?C?C+C?C+C+C?C+C!" },
		{ "a DATA that decides", ENVELOPE DATA " -> {message}\n -> .\n<-  expect 2xx\n" MAIL " -> DATA\n<-  decide 354\n",
		  "C?C?C?M+C?C?C!" },
		{ "the null sender, and our own domain", HEAD " -> MAIL FROM:<>\n<-  expect any\n -> RCPT TO:<a@{domain}>\n<-  expect any\n" DATA
		  " -> {message}\n" END, "C?C?C?M+C!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct probe *probe = read_good(rows[i].name, rows[i].text);
		char *shape = print_shape(probe);

		if (strcmp(shape, rows[i].shape) != 0)
			fail_msg("%s: %s", rows[i].name, shape);
		assert_true(probe->sends_message && probe_is_special(probe) && !probe->shareable);
		free(shape);
		probe_free(probe);
	}
}

static void test_the_reply_behind_a_message_is_of_its_stage(void **state)
{
	struct probe *probe = read_good("DATA", ENVELOPE DATA " -> {message}\n" END);

	(void)state;
	assert_int_equal(probe->steps[4].stage, STAGE_DATA);
	/* The message brings its own line end. */
	assert_int_equal(probe->steps[3].line.count, 1);
	probe_free(probe);
	probe = read_good("BDAT", ENVELOPE " -> BDAT {message_size} LAST\n -> {message}\n<-  decide 2xx\n");
	assert_int_equal(probe->steps[3].stage, STAGE_DATA);
	assert_int_equal(probe->steps[3].line.count, 1);
	probe_free(probe);
}

struct mistake {
	const char *name;
	const char *text;
	unsigned line;
	const char *sentence;
};

static void check_mistake(const struct mistake *row)
{
	struct complaints complaints;
	struct probe *probe = read_text(row->text, &complaints);

	if (probe != NULL || complaints.count == 0)
		fail_msg("%s: no complaint", row->name);
	for (size_t i = 0; i < complaints.count; i++)
		if (complaints.rows[i].line == row->line && strcmp(complaints.rows[i].text, row->sentence) == 0) {
			complaints_release(&complaints);
			return;
		}
	fail_msg("%s: %zu complaints: %u:%u: %s", row->name, complaints.count, complaints.rows[0].line, complaints.rows[0].column,
		 complaints.rows[0].text);
}

#define ASKS "DATA stands in a write of its own, and with \"<-  expect 354\": only then a message may follow"
#define COMES "behind DATA and its 354 comes {message} or {second_message}, and the line \".\""
#define ENDS "a message ends with the line \".\", which is the last of its write, and not before"
#define ONE_REPLY "a message or a chunk has one reply, behind its last line"
#define ALONE "a message has a line of the script to itself"
#define PLACE "a message stands behind the 354 of DATA, or behind BDAT with its size, and nowhere else"
#define SIZE "BDAT stands with its size, with LAST or without, and in the same write comes a chunk of just that size"
#define OURS "where a message is sent, its addresses are the operator's or the server's, made of placeholders"
#define PIECES "DATA and BDAT have a line of the script to themselves, and are not put together from pieces"
#define GOOD " -> {message}\n" END

static void test_no_message_is_left_without_its_end_or_sent_unasked(void **state)
{
	static const struct mistake rows[] = {
		{ "any answer will do", ENVELOPE " -> DATA\n<-  expect any\n" GOOD, 11, ASKS },
		{ "another code", ENVELOPE " -> DATA\n<-  expect 3xx\n" GOOD, 11, ASKS },
		{ "two codes", ENVELOPE " -> DATA\n<-  expect 354|250\n" GOOD, 11, ASKS },
		{ "no answer", ENVELOPE " -> DATA\n" GOOD, 11, ASKS },
		{ "behind another line", ENVELOPE " -> NOOP\n -> DATA\n<-  expect 2xx\n<-  expect 354\n" GOOD, 12, ASKS },
		{ "DATA and more", ENVELOPE " -> DATA 1\n<-  expect 354\n" GOOD, 11, ASKS },
		{ "something else first", ENVELOPE DATA " -> Subject: a\n" GOOD, 11, COMES },
		{ "no end", ENVELOPE DATA " -> {message}\n<-  decide 2xx\n", 13, ENDS },
		{ "a false end only", ENVELOPE DATA " -> {message}\n -> \\n.\\n\\c\n<-  decide 2xx\n", 14, ENDS },
		{ "an end that is glued", ENVELOPE DATA " -> {message}\n -> a\\c\n" END, 15, ENDS },
		{ "an end amid the lines", ENVELOPE DATA " -> {message}\n -> .\n" END, 15, ENDS },
		{ "an end amid a line", ENVELOPE DATA " -> {message}\n -> a\\r\\n.\\r\\nRSET\n" END, 15, ENDS },
		{ "an end of two pieces", ENVELOPE DATA " -> {message}\n -> .\\c\n -> \\r\\nRSET\n" END, 16, ENDS },
		{ "a command behind the end", ENVELOPE DATA " -> {message}\n -> .\n -> RSET\n<-  decide 2xx\n", 15, ENDS },
		{ "two replies", ENVELOPE DATA " -> {message}\n -> .\n<-  expect 2xx\n<-  decide 2xx\n", 13, ONE_REPLY },
		{ "a second message without an end", ENVELOPE DATA " -> {message}\n -> .\n<-  expect 2xx\n" DATA
		  " -> {second_message}\n<-  decide 2xx\n", 18, ENDS },
		{ "with bytes before it", ENVELOPE DATA " -> X: {message}\n" END, 13, ALONE },
		{ "with bytes behind it", ENVELOPE DATA " -> {message}a\n" END, 13, ALONE },
		{ "as a command", ENVELOPE " -> {message}\n<-  expect any\n" DATA GOOD, 11, PLACE },
		{ "behind the end", ENVELOPE DATA " -> {message}\n -> .\n<-  expect 2xx\n -> {message}\n<-  decide 2xx\n", 16, PLACE },
		{ "behind a recipient", ENVELOPE " -> RCPT TO:<{victim}>\n -> {second_message}\n<-  decide 2xx\n", 12, PLACE },
		{ "hidden in a command", ENVELOPE " -> NOOP\\nDATA\n<-  expect any\n" DATA GOOD, 11, PIECES },
		{ "put together", ENVELOPE " -> DA\\c\n -> TA\n<-  expect 354\n" DATA GOOD, 12, PIECES },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_mistake(&rows[i]);
}

static void test_a_chunk_has_the_size_that_is_said(void **state)
{
	static const struct mistake rows[] = {
		{ "too small", ENVELOPE " -> BDAT 5 LAST\n -> QUIT\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "too large", ENVELOPE " -> BDAT 7 LAST\n -> QUIT\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "the chunk in another write", ENVELOPE " -> BDAT 6 LAST\n<-  expect any\n -> QUIT\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "none", ENVELOPE " -> BDAT 6 LAST\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "none said, and one there", ENVELOPE " -> BDAT 0 LAST\n -> QUIT\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "another word", ENVELOPE " -> BDAT 6 FIRST\n -> QUIT\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "no number", ENVELOPE " -> BDAT LAST\n -> QUIT\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "the message by a number", ENVELOPE " -> BDAT 3 LAST\n -> {message}\n<-  decide 2xx\n", 11, SIZE },
		{ "the message's size, and other text", ENVELOPE " -> BDAT {message_size} LAST\n -> a\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "the message and more", ENVELOPE " -> BDAT {message_size} LAST\n -> {message}\n -> a\n<-  decide 2xx\n", 11, SIZE },
		{ "the other message", ENVELOPE " -> BDAT {message_size} LAST\n -> {second_message}\n<-  decide 2xx\n", 11, SIZE },
		{ "a placeholder inside", ENVELOPE " -> BDAT 2 LAST\n -> {rand}\n<-  expect any\n" DATA GOOD, 11, SIZE },
		{ "behind another line", ENVELOPE " -> NOOP\n -> BDAT {message_size} LAST\n -> {message}\n<-  decide 2xx\n", 12, SIZE },
		{ "two replies", ENVELOPE " -> BDAT {message_size} LAST\n -> {message}\n<-  expect any\n<-  decide 2xx\n", 11, ONE_REPLY },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_mistake(&rows[i]);
}

static void test_a_message_goes_to_nobody_else(void **state)
{
	static const struct mistake rows[] = {
		{ "a recipient", HEAD MAIL " -> RCPT TO:<a@elsewhere.test>\n<-  expect 2xx\n" DATA GOOD, 9, OURS },
		{ "a chance name elsewhere", HEAD MAIL " -> RCPT TO:<{rand}@elsewhere.test>\n<-  expect 2xx\n" DATA GOOD, 9, OURS },
		{ "a local part of ours elsewhere", HEAD MAIL " -> RCPT TO:<{victim_local}@elsewhere.test>\n<-  expect 2xx\n" DATA GOOD, 9, OURS },
		{ "the sender as a recipient", HEAD MAIL " -> RCPT TO:<{sender}>\n<-  expect 2xx\n" DATA GOOD, 9, OURS },
		{ "the null recipient", HEAD MAIL " -> RCPT TO:<>\n<-  expect 2xx\n" DATA GOOD, 9, OURS },
		{ "a sender", HEAD " -> MAIL FROM:<a@elsewhere.test>\n<-  expect 2xx\n" RCPT DATA GOOD, 7, OURS },
		{ "smuggled", ENVELOPE DATA " -> {message}\n -> \\n.\\n\\c\n -> RCPT TO:<a@elsewhere.test>\n" END, 15, OURS },
		{ "in small letters", HEAD MAIL " -> rcpt to:<a@elsewhere.test>\n<-  expect 2xx\n" DATA GOOD, 9, OURS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_mistake(&rows[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_goes_where_it_was_asked_for),
		cmocka_unit_test(test_the_reply_behind_a_message_is_of_its_stage),
		cmocka_unit_test(test_no_message_is_left_without_its_end_or_sent_unasked),
		cmocka_unit_test(test_a_chunk_has_the_size_that_is_said),
		cmocka_unit_test(test_a_message_goes_to_nobody_else),
	};

	return cmocka_run_group_tests_name("script_rules", tests, NULL, NULL);
}
