/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_parse.c - what is read out of good probe files
 */
#include "probe/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/text.h"
#include "probe/probe.h"
#include "smtp/capability.h"

/* Five lines and an empty one: a script behind it begins on line 7. */
#define HEAD "name: a-trick\ntitle: A trick\nsuites: thorough\nexplain: What it is.\nfix: *: mend it\n\n"
#define MAIL " -> MAIL FROM:<{sender}>\n<-  expect 2xx\n"
#define RCPT " -> RCPT TO:<{victim}>\n<-  decide 2xx\n"
/* Metadata before it end in a script that is good. */
#define SCRIPT "\n" MAIL RCPT

static struct probe *read_text(const char *text, size_t len, struct complaints *complaints)
{
	/* Of exactly that size, so that a sanitizer sees a read past the end. */
	char *exact = malloc(len + (len == 0));
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
	struct probe *probe = read_text(text, strlen(text), &complaints);

	if (probe == NULL)
		fail_msg("%s: %u:%u: %s", name, complaints.rows[0].line, complaints.rows[0].column, complaints.rows[0].text);
	complaints_release(&complaints);
	return probe;
}

static void print_line(const struct line *line, struct buf *to)
{
	for (size_t i = 0; i < line->count; i++) {
		if (line->pieces[i].placeholder < 0)
			text_escape(to, line->pieces[i].bytes, line->pieces[i].len);
		else
			buf_printf(to, "{%s}", placeholder_name((enum placeholder)line->pieces[i].placeholder));
	}
}

/* A step a line: "+" where it is joined to the one before; "? codes" where it replies, "! codes" where it decides. */
static char *print_steps(const struct probe *probe)
{
	struct buf text = BUF_OWN;

	if (probe->has_hello) {
		buf_text(&text, "hello ");
		print_line(&probe->hello, &text);
		buf_char(&text, '\n');
	}
	for (size_t i = 0; i < probe->step_count; i++) {
		const struct step *step = &probe->steps[i];

		buf_text(&text, step->timing == EXCHANGE_JOINED ? "+" : "");
		buf_text(&text, step->kind == EXCHANGE_TLS ? "tls" : "");
		print_line(&step->line, &text);
		if (step->replies)
			buf_text(&text, step->decides ? " !" : " ?");
		for (size_t k = 0; k < step->expect.count; k++)
			buf_printf(&text, " %d", step->expect.codes[k]);
		buf_char(&text, '\n');
	}
	return buf_detach(&text);
}

static const struct {
	const char *name;
	const char *script;
	const char *steps;
} scripts[] = {
	{ "plain", MAIL RCPT, "MAIL FROM:<{sender}>\\r\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n" },
	{ "any blanks around", "->A \t\n  <-\texpect  250 \n\t->  B\n<- decide 2xx\n", "A\\r\\n ? 250\nB\\r\\n ! 2\n" },
	{ "codes", " -> A\n<-  expect 4xx|550|2xx\n -> B\n<-  expect any\n -> C\n<-  decide 252\n",
	  "A\\r\\n ? 4 550 2\nB\\r\\n ?\nC\\r\\n ! 252\n" },
	{ "eight codes", " -> A\n<-  decide 200|201|202|203|204|205|206|599\n", "A\\r\\n ! 200 201 202 203 204 205 206 599\n" },
	{ "in one write", " -> A\n -> B\n -> C\n<-  expect 2xx\n<-  expect 3xx\n<-  decide 4xx\n",
	  "A\\r\\n ? 2\n+B\\r\\n ? 3\n+C\\r\\n ! 4\n" },
	{ "fewer replies: of the last lines", " -> A\n -> B\n -> C\n<-  expect 2xx\n<-  decide 4xx\n",
	  "A\\r\\n\n+B\\r\\n ? 2\n+C\\r\\n ! 4\n" },
	{ "one reply for three", " -> A\n -> B\n -> C\n<-  decide 4xx\n", "A\\r\\n\n+B\\r\\n\n+C\\r\\n ! 4\n" },
	{ "fewer replies, and on it goes", " -> A\n -> B\n<-  expect 2xx\n -> C\n<-  decide 4xx\n",
	  "A\\r\\n\n+B\\r\\n ? 2\nC\\r\\n ! 4\n" },
	{ "fewer replies before TLS", " -> A\n -> B\n<-  expect 220\n=== tls\n -> C\n<-  decide 4xx\n",
	  "A\\r\\n\n+B\\r\\n ? 220\ntls\nC\\r\\n ! 4\n" },
	{ "more replies than lines", " -> A\n<-  expect 2xx\n<-  expect 3xx\n<-  decide 5xx\n", "A\\r\\n ? 2\n ? 3\n ! 5\n" },
	{ "more replies than two lines", " -> A\n -> B\n<-  expect 2xx\n<-  expect 3xx\n<-  decide 5xx\n",
	  "A\\r\\n ? 2\n+B\\r\\n ? 3\n ! 5\n" },
	{ "a line behind too many replies", " -> A\n<-  expect 2xx\n<-  expect 3xx\n -> B\n<-  decide 2xx\n",
	  "A\\r\\n ? 2\n ? 3\nB\\r\\n ! 2\n" },
	{ "the server first", "<-  expect 220\n -> A\n<-  decide 2xx\n", " ? 220\nA\\r\\n ! 2\n" },
	{ "no line end", " -> A\\c\n -> B\n<-  decide 2xx\n", "A\n+B\\r\\n ! 2\n" },
	{ "every escape", " -> \\r\\n\\0\\t\\\\\\{\\}}\\x41\\xfF\\x20\n<-  decide 2xx\n",
	  "\\r\\n\\0\\t\\\\{}}A\\xff \\r\\n ! 2\n" },
	{ "blanks at the end are not sent", " -> A  \t \n<-  decide 2xx\n", "A\\r\\n ! 2\n" },
	{ "an empty line", " -> \n<-  decide 2xx\n", "\\r\\n ! 2\n" },
	{ "UTF-8", " -> \xef\xbc\xa0\n<-  decide 2xx\n", "\\xef\\xbc\\xa0\\r\\n ! 2\n" },
	{ "a brace that closes", " -> }\n<-  decide 2xx\n", "}\\r\\n ! 2\n" },
	{ "placeholders side by side", " -> {rand}{rand}-{ip6}\n<-  decide 2xx\n", "{rand}{rand}-{ip6}\\r\\n ! 2\n" },
	{ "QUIT at the end", MAIL RCPT " -> QUIT\n", "MAIL FROM:<{sender}>\\r\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n" },
	{ "comments and empty lines", "# one\n" MAIL "\n# -> two\n\n" RCPT,
	  "MAIL FROM:<{sender}>\\r\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n" },
	{ "DATA decides", MAIL " -> DATA\n<-  decide 354\n", "MAIL FROM:<{sender}>\\r\\n ? 2\nDATA\\r\\n ! 354\n" },
	{ "data in small letters", " -> data\n<-  decide 354\n", "data\\r\\n ! 354\n" },
	{ "BDAT of nothing, behind a refusal", " -> A\n<-  expect 4xx|550\n -> BDAT 0 LAST\n<-  decide 2xx\n",
	  "A\\r\\n ? 4 550\nBDAT 0 LAST\\r\\n ! 2\n" },
	{ "the words amid a line", " -> MAIL FROM:<data@bdat.test>\n<-  decide 2xx\n", "MAIL FROM:<data@bdat.test>\\r\\n ! 2\n" },
	{ "no line end at the end", " -> A\n<-  decide 2xx", "A\\r\\n ! 2\n" },
};

static void test_scripts_are_read_step_by_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct buf text = BUF_OWN;

		buf_printf(&text, "%s%s", HEAD, scripts[i].script);
		struct probe *probe = read_good(scripts[i].name, text.data);
		char *steps = print_steps(probe);

		if (strcmp(steps, scripts[i].steps) != 0)
			fail_msg("%s: %s", scripts[i].name, steps);
		free(steps);
		probe_free(probe);
		buf_release(&text);
	}
}

static void test_lines_may_end_in_cr_lf(void **state)
{
	struct probe *probe;
	char *steps;

	(void)state;
	probe = read_good("CR LF", "name: a\r\ntitle: A trick\r\nsuites: default=2\r\nexplain: One,\r\n    two.\r\nfix: *: mend it\r\n\r\n"
				   " -> MAIL FROM:<>\r\n<-  decide 2xx\r\n");
	steps = print_steps(probe);
	assert_string_equal(steps, "MAIL FROM:<>\\r\\n ! 2\n");
	assert_string_equal(probe->title, "A trick");
	assert_string_equal(probe->explain, "One, two.");
	assert_int_equal(probe->standard, 2);
	free(steps);
	probe_free(probe);
}

static void test_all_metadata_are_kept(void **state)
{
	struct probe *probe = read_good("metadata", "# a comment\n"
						    "name: a-1\n"
						    "title:   Sixty\n"
						    "    in all\n"
						    "suites: classic=17\n"
						    "  default=3 thorough\n"
						    "explain: One\n"
						    "    two\n"
						    "# unseen\n"
						    "\n"
						    "\tthree.\n"
						    "    .\n"
						    "    Four: five.\n"
						    "bites: postfix: a = b\n"
						    "bites: *: some\n"
						    "    more\n"
						    "fix: exim: that\n"
						    "fix: *: this\n"
						    "reference: RFC 5321\n"
						    "reference: RFC 2505\n"
						    "requires:\n"
						    "    local-user ipv6\n"
						    "    SMTPUTF8 MT-PRIORITY\n"
						    "risk: syntax\n"
						    "opening: hello\n"
						    "classic-sender: a\\{{literal}\n" SCRIPT);
	struct buf sender = BUF_OWN;

	(void)state;
	assert_string_equal(probe->file, "mine");
	assert_string_equal(probe->name, "a-1");
	assert_string_equal(probe->title, "Sixty in all");
	assert_int_equal(probe->classic, 17);
	assert_int_equal(probe->standard, 3);
	assert_true(probe->thorough);
	assert_string_equal(probe->explain, "One two three.\nFour: five.");
	assert_int_equal(probe->bites.count, 2);
	assert_string_equal(probe->bites.rows[0].about, "postfix");
	assert_string_equal(probe->bites.rows[0].text, "a = b");
	assert_string_equal(probe->bites.rows[1].text, "some more");
	assert_string_equal(probe_fix(probe, "exim"), "that");
	assert_string_equal(probe_fix(probe, "postfix"), "this");
	assert_string_equal(probe_fix(probe, NULL), "this");
	assert_int_equal(probe->reference_count, 2);
	assert_string_equal(probe->references[1], "RFC 2505");
	assert_int_equal(probe->needs, NEEDS_LOCAL_USER | NEEDS_IPV6);
	assert_int_equal(probe->capabilities, CAP_SMTPUTF8 | CAP_MT_PRIORITY);
	assert_true(probe->risky);
	assert_false(probe->opens_itself);
	print_line(&probe->classic_sender, &sender);
	assert_string_equal(sender.data, "a{{literal}");
	buf_release(&sender);
	probe_free(probe);
}

/* What is derived from the steps decides with whom a probe may share a session. */
static void test_the_shape_follows_from_the_steps(void **state)
{
	static const struct {
		const char *name;
		const char *opening;
		const char *script;
		const char *steps;      /* NULL: not looked at */
		bool shareable;
		bool plain;
		enum trick trick;
		unsigned needs;
	} rows[] = {
		{ "plain", "", MAIL RCPT, NULL, true, true, TRICK_RECIPIENT, 0 },
		{ "its own sender", "", " -> MAIL FROM:<a@{domain}>\n<-  expect 2xx\n" RCPT, NULL, true, true, TRICK_SENDER, 0 },
		{ "another code", "", " -> MAIL FROM:<{sender}>\n<-  expect 250\n" RCPT, NULL, true, false, TRICK_SESSION, 0 },
		{ "two recipients", "", MAIL " -> RCPT TO:<{domain}>\n<-  expect any\n" RCPT, NULL, true, false, TRICK_SESSION, 0 },
		{ "a recipient alone", "", RCPT, NULL, false, false, TRICK_SESSION, 0 },
		{ "another command", "", MAIL " -> RSET\n<-  expect 2xx\n" RCPT, NULL, false, false, TRICK_SESSION, 0 },
		{ "one write", "", " -> MAIL FROM:<{sender}>\n -> RCPT TO:<{victim}>\n<-  expect 2xx\n<-  decide 2xx\n", NULL, false,
		  false, TRICK_SESSION, 0 },
		{ "a bare CR", "", MAIL " -> RCPT TO:<a>\\r<b>\n<-  decide 2xx\n", NULL, false, false, TRICK_SESSION, 0 },
		{ "a bare LF", "", MAIL " -> RCPT TO:<a>\\n<b>\n<-  decide 2xx\n", NULL, false, false, TRICK_SESSION, 0 },
		{ "a NUL", "", MAIL " -> RCPT TO:<a\\0>\n<-  decide 2xx\n", NULL, false, false, TRICK_SESSION, 0 },
		{ "no line end", "", MAIL " -> RCPT TO:<a>\\n\\c\n<-  decide 2xx\n", NULL, false, false, TRICK_SESSION, 0 },
		{ "an IPv4 address", "", MAIL " -> RCPT TO:<a@{ip_hex}>\n<-  decide 2xx\n", NULL, true, true, TRICK_RECIPIENT, NEEDS_IPV4 },
		{ "an IPv6 address", "", MAIL " -> RCPT TO:<a@{ip6}>\n<-  decide 2xx\n", NULL, true, true, TRICK_RECIPIENT, NEEDS_IPV6 },
		{ "a hello of its own", "opening: greeting\n", " -> EHLO {domain}\n<-  expect 2xx\n" MAIL RCPT,
		  "hello EHLO {domain}\\r\\n\nMAIL FROM:<{sender}>\\r\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n", true, true, TRICK_HELLO, 0 },
		{ "helo and 250", "opening: greeting\n", " -> helo {ip}\n<-  expect 250\n" MAIL RCPT, NULL, true, true, TRICK_HELLO, NEEDS_IPV4 },
		{ "a hello that may fail", "opening: greeting\n", " -> EHLO a\n<-  expect any\n" MAIL RCPT,
		  "EHLO a\\r\\n ?\nMAIL FROM:<{sender}>\\r\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n", false, false, TRICK_HELLO, 0 },
		{ "a hello in one write with others", "opening: greeting\n", " -> EHLO a\n -> NOOP\n<-  expect 2xx\n<-  decide 2xx\n",
		  "EHLO a\\r\\n ? 2\n+NOOP\\r\\n ! 2\n", false, false, TRICK_HELLO, 0 },
		{ "a hello that decides", "opening: greeting\n", " -> EHLO a\n<-  decide 2xx\n", "EHLO a\\r\\n ! 2\n", false, false, TRICK_HELLO, 0 },
		{ "a hello without CR", "opening: greeting\n", " -> EHLO a\\n\\c\n<-  expect 2xx\n" RCPT,
		  "EHLO a\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n", false, false, TRICK_HELLO, 0 },
		{ "no hello at all", "opening: greeting\n", MAIL RCPT, NULL, false, false, TRICK_HELLO, 0 },
		{ "a hello of another protocol", "opening: greeting\n", " -> LHLO a\n<-  expect 2xx\n" RCPT, NULL, false, false, TRICK_HELLO, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf text = BUF_OWN;

		buf_printf(&text, "%s%s%s", rows[i].opening, HEAD, rows[i].script);
		struct probe *probe = read_good(rows[i].name, text.data);
		char *steps = print_steps(probe);

		if (rows[i].steps != NULL && strcmp(steps, rows[i].steps) != 0)
			fail_msg("%s: %s", rows[i].name, steps);
		if (probe->shareable != rows[i].shareable || probe->plain_shape != rows[i].plain || probe->trick != rows[i].trick ||
		    probe->needs != rows[i].needs)
			fail_msg("%s: shareable %d, plain %d, trick %d, needs %u", rows[i].name, probe->shareable, probe->plain_shape,
				 probe->trick, probe->needs);
		free(steps);
		probe_free(probe);
		buf_release(&text);
	}
}

#define MESSAGE " -> DATA\n<-  expect 354\n -> {message}\n -> .\n<-  decide 2xx\n"

static const struct {
	const char *name;
	const char *keys;
	const char *script;
	const char *finding;
	const char *leaves;
	enum shown shown;
	bool message, unasked, logs_in, special;
} meanings[] = {
	{ "plain", "suites: thorough\n", MAIL RCPT, NULL, NULL, SHOWN_BY_REPLY, false, false, false, false },
	{ "in no other suite", "suites: all\n", MAIL RCPT, NULL, NULL, SHOWN_BY_REPLY, false, false, false, false },
	{ "a finding", "suites: thorough\nfinding: disclosure\n", MAIL RCPT, "disclosure", NULL, SHOWN_BY_REPLY, false, false, false, false },
	{ "intrusive", "suites: all\nintrusive: A line\n    in the log.\n", MAIL RCPT, NULL, "A line in the log.", SHOWN_BY_REPLY, false, false,
	  false, true },
	{ "a message", "suites: all\n", MAIL MESSAGE, NULL, NULL, SHOWN_BY_REPLY, true, true, false, true },
	{ "a delivery", "suites: all\nshown-by: delivery\n", MAIL MESSAGE, NULL, NULL, SHOWN_BY_DELIVERY, true, true, false, true },
	{ "a bounce", "suites: all\nshown-by: bounce\nfinding: backscatter\n", MAIL MESSAGE, "backscatter", NULL, SHOWN_BY_BOUNCE, true, true,
	  false, true },
	{ "a login", "suites: all\n", " -> auth PLAIN =\n<-  decide 235\n", NULL, NULL, SHOWN_BY_REPLY, false, false, true, false },
	{ "credentials alone", "suites: all\n", " -> {auth_user}\n<-  decide 235\n", NULL, NULL, SHOWN_BY_REPLY, false, false, true, false },
	{ "fewer replies than lines", "suites: thorough\n", " -> A\n -> B\n<-  decide 2xx\n", NULL, NULL, SHOWN_BY_REPLY, false, true, false,
	  false },
	{ "as many replies as lines", "suites: thorough\n", " -> A\n -> B\n<-  expect 2xx\n<-  decide 2xx\n", NULL, NULL, SHOWN_BY_REPLY, false,
	  false, false, false },
};

/* What a probe means, apart from its dialogue. */
static void test_the_meaning_is_read_and_derived(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++) {
		struct buf text = BUF_OWN;

		buf_printf(&text, "name: a\ntitle: t\n%sexplain: e\nfix: *: f\n\n%s", meanings[i].keys, meanings[i].script);
		struct probe *probe = read_good(meanings[i].name, text.data);
		const char *finding = probe->finding ? probe->finding : "none", *leaves = probe->leaves ? probe->leaves : "none";

		assert_string_equal(finding, meanings[i].finding ? meanings[i].finding : "none");
		assert_string_equal(leaves, meanings[i].leaves ? meanings[i].leaves : "none");
		assert_int_equal(probe->intrusive, meanings[i].leaves != NULL);
		if (probe->shown != meanings[i].shown || probe->sends_message != meanings[i].message || probe->unasked != meanings[i].unasked ||
		    probe->logs_in != meanings[i].logs_in || probe_is_special(probe) != meanings[i].special)
			fail_msg("%s: shown %d, message %d, unasked %d, login %d", meanings[i].name, probe->shown, probe->sends_message,
				 probe->unasked, probe->logs_in);
		probe_free(probe);
		buf_release(&text);
	}
}

static void test_a_probe_may_speak_first(void **state)
{
	struct probe *probe = read_good("connect", "opening: connect\n" HEAD " -> PROXY\n<-  expect 220\n -> EHLO a\n<-  expect 2xx\n" MAIL RCPT);
	char *steps = print_steps(probe);

	(void)state;
	assert_true(probe->speaks_first && probe->opens_itself && probe->unasked);
	assert_false(probe->has_hello || probe->shareable);
	assert_int_equal(probe->needs, NEEDS_PLAINTEXT);
	assert_string_equal(steps, "PROXY\\r\\n ? 220\nEHLO a\\r\\n ? 2\nMAIL FROM:<{sender}>\\r\\n ? 2\nRCPT TO:<{victim}>\\r\\n ! 2\n");
	free(steps);
	probe_free(probe);
	/* An EHLO that comes before the greeting is a step, and not the hello of a session. */
	probe = read_good("EHLO", "opening: connect\n" HEAD " -> EHLO a\n<-  expect 2xx\n" MAIL RCPT);
	assert_false(probe->has_hello || probe->shareable);
	assert_int_equal(probe->step_count, 3);
	probe_free(probe);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scripts_are_read_step_by_step),
		cmocka_unit_test(test_lines_may_end_in_cr_lf),
		cmocka_unit_test(test_all_metadata_are_kept),
		cmocka_unit_test(test_the_shape_follows_from_the_steps),
		cmocka_unit_test(test_the_meaning_is_read_and_derived),
		cmocka_unit_test(test_a_probe_may_speak_first),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
