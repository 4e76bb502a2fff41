/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_parse_mistakes.c - every mistake of a probe file, with its place and the word meant
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
#define HEAD "name: a-trick\ntitle: A trick\nsuites: thorough\nexplain: What it is.\nfix: *: mend it\n\n"
#define MAIL " -> MAIL FROM:<{sender}>\n<-  expect 2xx\n"
#define RCPT " -> RCPT TO:<{victim}>\n<-  decide 2xx\n"
#define DATA " -> DATA\n<-  expect 354\n -> {message}\n -> .\n<-  decide 2xx\n"
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

struct mistake {
	const char *name;
	const char *text;
	unsigned line;
	unsigned column;
	const char *sentence;
};

#define META(lines) lines "explain: e\n" SCRIPT
#define REST "title: t\nsuites: thorough\nexplain: e\nfix: *: f\n" SCRIPT

static const struct mistake mistakes[] = {
	/* Metadata */
	{ "an unknown key", "nmae: a\nname: a\n" REST, 1, 1, "there is no key 'nmae'; was 'name' meant?" },
	{ "a key that nothing is near", "colour: a\nname: a\n" REST, 1, 1, "there is no key 'colour'" },
	{ "a key in capitals", "Name: a\nname: a\n" REST, 1, 1, "there is no key 'Name'; was 'name' meant?" },
	{ "an empty key", ": a\nname: a\n" REST, 1, 1, "there is no key ''" },
	{ "a key twice", "name: a\nname: b\n" REST, 2, 1, "'name' stands here for the second time" },
	{ "a key without a value", "name: a\nrisk: \t\n" REST, 2, 1, "'risk' has no value" },
	{ "a line that is no key", "name: a\nwhat is this\n" REST, 2, 1,
	  "'what is this' is neither \"key: value\" nor a line of dialogue (\" -> \", \"<-  \", \"=== \")" },
	{ "a continuation of nothing", "  more\nname: a\n" REST, 1, 1,
	  "a line that begins with white space continues a value, and there is none above it" },
	{ "a value of one line", "name: a\n    b\n" REST, 2, 5, "'b' is too much: this value is one line" },
	{ "a name in capitals", "name:   A\n" REST, 1, 9, "the name 'A' may hold small letters, digits and hyphens only" },
	{ "a hyphen first", "name: -a\n" REST, 1, 7, "the name '-a' may hold small letters, digits and hyphens only" },
	{ "a long title", "name: a\nsuites: thorough\nfix: *: f\ntitle: 1234567890123456789012345678901\n    23456789012345678901234567890\n"
	  META(""), 4, 8, "the title has 61 characters; at most 60 fit" },
	{ "an unknown suite", "name: a\ntitle: t\nfix: *: f\nsuites: thorough\n    defualt=3\n" META(""), 5, 5,
	  "there is no suite 'defualt=3'; was 'default' meant?" },
	{ "a suite that nothing is near", "name: a\ntitle: t\nfix: *: f\nsuites: every\n" META(""), 4, 9, "there is no suite 'every'" },
	{ "classic without a number", "name: a\ntitle: t\nfix: *: f\nsuites: thorough classic\n" META(""), 4, 18,
	  "'classic' needs its place among the 17: classic=N" },
	{ "classic beyond 17", "name: a\ntitle: t\nfix: *: f\nsuites: classic=18\n" META(""), 4, 9,
	  "'classic=18' needs a number behind the sign, from 1" },
	{ "default without a digit", "name: a\ntitle: t\nfix: *: f\nsuites: default=\n" META(""), 4, 9,
	  "'default=' needs a number behind the sign, from 1" },
	{ "default from 0", "name: a\ntitle: t\nfix: *: f\nsuites: default=0\n" META(""), 4, 9,
	  "'default=0' needs a number behind the sign, from 1" },
	{ "thorough with a number", "name: a\ntitle: t\nfix: *: f\nsuites: thorough=1\n" META(""), 4, 9,
	  "'thorough=1': only classic and default have places" },
	{ "an unknown control", "name: a\ntitle: t\ncontrol: unknown-locl\nfix: *: f\n" META(""), 3, 10,
	  "there is no control 'unknown-locl'; was 'unknown-local' meant?" },
	{ "a control in a suite", "name: a\ntitle: t\ncontrol: known-local\nsuites: thorough\n" META(""), 11, 1,
	  "a control belongs to no suite: it runs with each of them, sends no message and does not disturb" },
	{ "no suite", "name: a\ntitle: t\nfix: *: f\n" META(""), 10, 1, "the key 'suites' is missing" },
	{ "no title", "name: a\nsuites: thorough\nfix: *: f\n" META(""), 10, 1, "the key 'title' is missing" },
	{ "no name", REST, 10, 1, "the key 'name' is missing" },
	{ "no explanation", "name: a\ntitle: t\nsuites: thorough\nfix: *: f\n" SCRIPT, 10, 1, "the key 'explain' is missing" },
	{ "no fix for the others", "name: a\ntitle: t\nsuites: thorough\nfix: exim: f\n" META(""), 11, 1,
	  "there is no fix for other servers: \"fix: *: what to do\"" },
	{ "a fix without a server", "name: a\nfix: do it\n" REST, 2, 6, "'do it' should name a mail server, a colon, and what to say of it" },
	{ "a fix that says nothing", "name: a\nfix: exim:\n" REST, 2, 6, "'exim:' should name a mail server, a colon, and what to say of it" },
	{ "an unknown requirement", "name: a\nrequires: ipv4 localuser\n" REST, 2, 16,
	  "'localuser' is neither a precondition nor an EHLO keyword; was 'local-user' meant?" },
	{ "a slip in a keyword", "name: a\nrequires: SMTPUTF\n" REST, 2, 11,
	  "'SMTPUTF' is neither a precondition nor an EHLO keyword; was 'SMTPUTF8' meant?" },
	{ "an unknown risk", "name: a\nrisk: high\n" REST, 2, 7, "there is no risk 'high'; was 'syntax' meant?" },
	{ "an unknown opening", "name: a\nopening: greting\n" REST, 2, 10, "there is no opening 'greting'; was 'greeting' meant?" },
	{ "an unknown finding", "name: a\nfinding: smugling\n" REST, 2, 10, "there is no finding 'smugling'; was 'smuggling' meant?" },
	{ "a relay is no finding of its own", "name: a\nfinding: relay\n" REST, 2, 10, "there is no finding 'relay'" },
	{ "shown by something else", "name: a\nshown-by: delivry\n" REST, 2, 11, "nothing is shown by 'delivry'; was 'delivery' meant?" },
	{ "shown by a delivery of nothing", "name: a\nshown-by: delivery\n" REST, 12, 1,
	  "without {message} nothing can be shown by a delivery or a bounce" },
	{ "intrusive, without a word", "name: a\nintrusive:\n" REST, 2, 1, "'intrusive' has no value" },
	{ "intrusive, in another suite", "name: a\nintrusive: Noise.\n" REST, 12, 1, "a probe that is intrusive is in the suite all only" },
	{ "a message, in another suite", HEAD MAIL DATA, 14, 1, "a probe that sends a message is in the suite all only" },
	{ "all and another suite", "name: a\ntitle: t\nfix: *: f\nsuites: thorough all\n" META(""), 11, 1,
	  "the suite all holds every probe, and is named by one that is in no other" },
	{ "all with a number", "name: a\ntitle: t\nfix: *: f\nsuites: all=1\n" META(""), 4, 9, "'all=1': only classic and default have places" },
	{ "a control in the suite all", "name: a\ntitle: t\ncontrol: known-local\nsuites: all\n" META(""), 11, 1,
	  "a control belongs to no suite: it runs with each of them, sends no message and does not disturb" },
	{ "a control that disturbs", "name: a\ntitle: t\ncontrol: known-local\nintrusive: Noise.\n" META(""), 11, 1,
	  "a control belongs to no suite: it runs with each of them, sends no message and does not disturb" },
	{ "backscatter that a reply shows", "name: a\ntitle: t\nfix: *: f\nsuites: all\nfinding: backscatter\nexplain: e\n\n" MAIL DATA, 15, 1,
	  "backscatter is shown by a bounce, and a bounce shows nothing else" },
	{ "a bounce that shows something else",
	  "name: a\ntitle: t\nfix: *: f\nsuites: all\nfinding: smuggling\nshown-by: bounce\nexplain: e\n\n" MAIL DATA, 16, 1,
	  "backscatter is shown by a bounce, and a bounce shows nothing else" },
	{ "a bounce that shows a relay", "name: a\ntitle: t\nfix: *: f\nsuites: all\nshown-by: bounce\nexplain: e\n\n" MAIL DATA, 15, 1,
	  "what a bounce shows is backscatter: \"finding: backscatter\" is missing" },
	{ "a placeholder in classic-sender", "name: a\nclassic-sender: a@{host}\n" REST, 2, 19,
	  "there is no placeholder '{host}'; was '{domain}' meant?" },
	{ "metadata behind the script", HEAD MAIL RCPT "risk: syntax\n", 11, 1,
	  "'risk: syntax' is no line of dialogue: \" -> \", \"<-  \" or \"=== \"" },
	/* Placeholders and escapes */
	{ "host", HEAD MAIL " -> RCPT TO:<a@{host}>\n<-  decide 2xx\n", 9, 16, "there is no placeholder '{host}'; was '{domain}' meant?" },
	{ "mx", HEAD MAIL " -> RCPT TO:<a@{mx}>\n<-  decide 2xx\n", 9, 16, "there is no placeholder '{mx}'; was '{hostname}' meant?" },
	{ "a slip", HEAD MAIL " -> {victm}\n<-  decide 2xx\n", 9, 5, "there is no placeholder '{victm}'; was '{victim}' meant?" },
	{ "nothing near", HEAD MAIL " -> {qqqqqq}\n<-  decide 2xx\n", 9, 5, "there is no placeholder '{qqqqqq}'" },
	{ "no name", HEAD MAIL " -> {}\n<-  decide 2xx\n", 9, 5, "there is no placeholder '{}'" },
	{ "capitals", HEAD MAIL " -> {Victim}\n<-  decide 2xx\n", 9, 5, "there is no placeholder '{Victim}'; was '{victim}' meant?" },
	{ "no closing brace", HEAD MAIL " -> RCPT TO:<{victim>\n<-  decide 2xx\n", 9, 14,
	  "'{victim>' has no closing brace; a brace itself is written \\{" },
	{ "an unknown escape", HEAD MAIL " -> a\\qb\n<-  decide 2xx\n", 9, 6,
	  "'\\\\qb' is no escape: there are \\r \\n \\t \\0 \\\\ \\{ \\xHH, and \\c at the end of a line" },
	{ "half a byte", HEAD MAIL " -> \\x4\n<-  decide 2xx\n", 9, 5,
	  "'\\\\x4' is no escape: there are \\r \\n \\t \\0 \\\\ \\{ \\xHH, and \\c at the end of a line" },
	{ "no hexadecimal number", HEAD MAIL " -> \\x4gabc\n<-  decide 2xx\n", 9, 5,
	  "'\\\\x4g' is no escape: there are \\r \\n \\t \\0 \\\\ \\{ \\xHH, and \\c at the end of a line" },
	{ "a backslash at the end", HEAD MAIL " -> a\\\n<-  decide 2xx\n", 9, 6,
	  "'\\\\' is no escape: there are \\r \\n \\t \\0 \\\\ \\{ \\xHH, and \\c at the end of a line" },
	{ "\\c amid a line", HEAD MAIL " -> a\\cb c d\n<-  decide 2xx\n", 9, 6,
	  "'\\\\c' is no escape: there are \\r \\n \\t \\0 \\\\ \\{ \\xHH, and \\c at the end of a line" },
	/* Server lines */
	{ "no code", HEAD MAIL " -> A\n<-  decide\n", 10, 11, "the reply codes are missing: 2xx, 250, 4xx|5xx, or any" },
	{ "a code below 200", HEAD MAIL " -> A\n<-  decide 199\n", 10, 12, "'199' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "a code above 599", HEAD MAIL " -> A\n<-  decide 600\n", 10, 12, "'600' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "four digits", HEAD MAIL " -> A\n<-  decide 2500\n", 10, 12, "'2500' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "half a class", HEAD MAIL " -> A\n<-  decide 25x\n", 10, 12, "'25x' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "a comma", HEAD MAIL " -> A\n<-  decide 4xx,5xx\n", 10, 12, "'4xx,5xx' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "any among others", HEAD MAIL " -> A\n<-  decide 2xx|any\n", 10, 12, "'2xx|any' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "a bar at the end", HEAD MAIL " -> A\n<-  decide 2xx|\n", 10, 12, "'2xx|' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "nine codes", HEAD " -> A\n<-  decide 200|201|202|203|204|205|206|207|208\n", 8, 12,
	  "'200|201|202|203|204|205|206|207|208' is no reply code: 2xx, 250, 4xx|5xx, or any" },
	{ "a code with text behind", HEAD MAIL " -> A\n<-  decide 250 ok\n", 10, 16, "'ok' is too much: a server line ends with its codes" },
	{ "another word", HEAD " -> A\n<-  accept 2xx\n -> B\n<-  decide 2xx\n", 8, 5,
	  "'accept' is no word for a server line: \"expect CODES\", or \"decide CODES\" for the one that decides" },
	{ "two decide", HEAD " -> A\n<-  decide 2xx\n<-  decide 2xx\n", 9, 5, "line 8 decides already" },
	{ "none decides", HEAD MAIL, 9, 1, "no reply decides: one server line must be \"<-  decide CODES\"" },
	{ "no script", HEAD, 7, 1, "no reply decides: one server line must be \"<-  decide CODES\"" },
	{ "text behind the deciding reply", HEAD MAIL RCPT " -> NOOP\n", 11, 5,
	  "'NOOP' stands behind the deciding reply, where only QUIT may stand" },
	{ "a reply behind the deciding one", HEAD MAIL RCPT "<-  expect 2xx\n", 11, 5,
	  "'expect 2xx' stands behind the deciding reply, which is the last" },
	{ "a reply to the QUIT", HEAD MAIL RCPT " -> QUIT\n<-  expect 221\n", 12, 5,
	  "'expect 221' stands behind the deciding reply, which is the last" },
	{ "the first of two in one write decides", HEAD " -> A\n -> B\n<-  decide 2xx\n<-  expect 2xx\n", 10, 5,
	  "'expect 2xx' stands behind the deciding reply, which is the last" },
	{ "TLS behind the deciding reply", HEAD MAIL RCPT "=== tls\n", 11, 5,
	  "'tls' stands behind the deciding reply, where only QUIT may stand" },
	{ "something else done", HEAD "=== wait\n" MAIL RCPT, 7, 5, "'wait' cannot be done: there is \"=== tls\" only" },
	{ "no mark", HEAD MAIL "RCPT TO:<{victim}>\n" RCPT, 9, 1,
	  "'RCPT TO:<{victim}>' is no line of dialogue: \" -> \", \"<-  \" or \"=== \"" },
	{ "a short line", HEAD MAIL "-\n" RCPT, 9, 1, "'-' is no line of dialogue: \" -> \", \"<-  \" or \"=== \"" },
	/* Bytes */
	{ "escapes are shown, not sent", "name: a\nti\x1b[2Jtle: t\n" REST, 2, 1, "there is no key 'ti\\x1b[2Jtle'" },
};

static void check_mistake(const struct mistake *row, const char *text, size_t len)
{
	struct complaints complaints;
	struct probe *probe = read_text(text, len, &complaints);

	if (probe != NULL || complaints.count == 0)
		fail_msg("%s: no complaint", row->name);
	if (complaints.count != 1 || complaints.rows[0].line != row->line || complaints.rows[0].column != row->column ||
	    strcmp(complaints.rows[0].text, row->sentence) != 0)
		fail_msg("%s: %zu complaints: %u:%u: %s%s%s", row->name, complaints.count, complaints.rows[0].line,
			 complaints.rows[0].column, complaints.rows[0].text, complaints.count > 1 ? "\n  and " : "",
			 complaints.count > 1 ? complaints.rows[1].text : "");
	complaints_release(&complaints);
}

static void test_each_mistake_is_told_with_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++)
		check_mistake(&mistakes[i], mistakes[i].text, strlen(mistakes[i].text));
}

#define DATA_RULE "DATA may only be the deciding step, in a write of its own: nothing is sent after a 354"
#define BDAT_RULE "BDAT may only stand as \"BDAT 0 LAST\", behind \"<-  expect 4xx|5xx\": it must never hand over a message"
#define PIECES_RULE "DATA and BDAT have a line of the script to themselves, and are not put together from pieces"
#define REFUSED " -> A\n<-  expect 4xx|5xx\n"

static void test_no_script_hands_over_a_message(void **state)
{
	static const struct mistake rows[] = {
		{ "DATA on the way", HEAD " -> DATA\n<-  expect 354\n" RCPT, 7, 5, DATA_RULE },
		{ "DATA in small letters", HEAD " -> data\n<-  expect any\n" RCPT, 7, 5, DATA_RULE },
		{ "DATA behind blanks", HEAD " -> \\x20\\tDATA\n<-  expect any\n" RCPT, 7, 5, DATA_RULE },
		{ "DATA in one write with others", HEAD " -> A\n -> DATA\n<-  expect 2xx\n<-  decide 354\n", 8, 5, DATA_RULE },
		{ "DATA and a parameter", HEAD " -> DATA 1\n<-  decide 354\n", 7, 5, DATA_RULE },
		{ "DATA without a line end", HEAD " -> DATA\\c\n<-  decide 354\n", 7, 5, DATA_RULE },
		{ "DATA and a message", HEAD " -> DATA\\r\\nSubject: a\\r\\n\\r\\n.\n<-  decide 2xx\n", 7, 5, DATA_RULE },
		{ "DATA and a message behind NUL", HEAD " -> DATA\\r\\n\\0Subject: a\\r\\n.\n<-  decide 2xx\n", 7, 5, DATA_RULE },
		{ "DATA and a placeholder", HEAD " -> DATA\\r\\n{token}\n<-  decide 2xx\n", 7, 5, DATA_RULE },
		{ "BDAT without expect", HEAD " -> BDAT 0 LAST\n<-  decide 2xx\n", 7, 5, BDAT_RULE },
		{ "BDAT behind a recipient that may be accepted", HEAD " -> A\n<-  expect 2xx|5xx\n -> BDAT 0 LAST\n<-  decide 2xx\n", 9, 5,
		  BDAT_RULE },
		{ "BDAT behind any answer", HEAD " -> A\n<-  expect any\n -> BDAT 0 LAST\n<-  decide 2xx\n", 9, 5, BDAT_RULE },
		{ "BDAT behind a reply that is not waited for", HEAD " -> A\n -> BDAT 0 LAST\n<-  decide 2xx\n", 8, 5, BDAT_RULE },
		{ "BDAT in one write", HEAD " -> A\n -> BDAT 0 LAST\n<-  expect 5xx\n<-  decide 2xx\n", 8, 5, BDAT_RULE },
		{ "BDAT with a byte", HEAD REFUSED " -> BDAT 1 LAST\n<-  decide 2xx\n", 9, 5, BDAT_RULE },
		{ "BDAT behind a blank", HEAD REFUSED " -> \\x20BDAT 1 LAST\n<-  decide 2xx\n", 9, 5, BDAT_RULE },
		{ "BDAT and a chunk", HEAD REFUSED " -> BDAT 0 LAST\\r\\n\\0a\n<-  decide 2xx\n", 9, 5, BDAT_RULE },
		{ "BDAT, not the last", HEAD REFUSED " -> BDAT 0\n<-  decide 2xx\n", 9, 5, BDAT_RULE },
		{ "BDAT behind a line end", HEAD " -> NOOP\\r\\nBDAT 3 LAST\\r\\nabc\n<-  decide 2xx\n", 7, 5, PIECES_RULE },
		{ "BDAT behind a bare LF", HEAD " -> NOOP\\n\\tbdat 3 LAST\n<-  decide 2xx\n", 7, 5, PIECES_RULE },
		{ "DATA behind a bare CR", HEAD " -> NOOP\\rDATA\n<-  decide 2xx\n", 7, 5, PIECES_RULE },
		{ "DATA behind a placeholder that may be empty", HEAD " -> {sender}DATA\n<-  decide 2xx\n", 7, 5, PIECES_RULE },
		{ "DATA of two pieces", HEAD " -> DA\\c\n -> TA\n<-  decide 2xx\n", 8, 5, PIECES_RULE },
		{ "BDAT behind a step without a line end", HEAD " -> NOOP\\n\\c\n -> \\x42DAT 0 LAST\n<-  decide 2xx\n", 8, 5, BDAT_RULE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_mistake(&rows[i], rows[i].text, strlen(rows[i].text));
}

static void test_a_nul_byte_is_a_mistake(void **state)
{
	static const char sentence[] = "a NUL byte stands here: in a client line it is written \\0, and elsewhere it has no place";
	static const char in_title[] = "name: a\ntitle: t\0x\n" REST, in_script[] = HEAD MAIL " -> A\0B\n" RCPT, at_end[] = HEAD MAIL RCPT "\0";
	static const struct mistake rows[] = {
		{ .name = "in the title", .line = 2, .column = 9, .sentence = sentence },
		{ .name = "in the script", .line = 9, .column = 6, .sentence = sentence },
		{ .name = "at the end", .line = 11, .column = 1, .sentence = sentence },
	};

	(void)state;
	check_mistake(&rows[0], in_title, sizeof in_title - 1);
	check_mistake(&rows[1], in_script, sizeof in_script - 1);
	check_mistake(&rows[2], at_end, sizeof at_end - 1);
}

/* `count` pairs of a client line and its reply, of which the last decides. */
static void check_steps(size_t count, const struct mistake *row)
{
	struct buf text = BUF_OWN;

	buf_text(&text, HEAD);
	for (size_t i = 1; i <= count; i++)
		buf_printf(&text, " -> NOOP\n<-  %s 2xx\n", i == count ? "decide" : "expect");
	if (row == NULL) {
		struct probe *probe = read_good("forty steps", text.data);

		assert_int_equal(probe->step_count, count);
		probe_free(probe);
	} else {
		check_mistake(row, text.data, text.len);
	}
	buf_release(&text);
}

static void test_a_probe_has_forty_steps_at_most(void **state)
{
	static const struct mistake row = { .name = "too many steps", .line = 87, .column = 5, .sentence = "a probe has at most 40 steps" };

	(void)state;
	check_steps(40, NULL);
	check_steps(41, &row);
	check_steps(90, &row);
}

static void test_all_mistakes_are_told_in_one_go(void **state)
{
	static const char text[] = "nmae: a\n"
				   "title: t\n"
				   "suites: clasic=1 thorogh\n"
				   "requires: tsl\n"
				   "fix: do\n"
				   " -> MAIL FROM:<{from}>\n"
				   "<-  expect 2x\n"
				   " -> RCPT TO:<\\y>\n"
				   "<-  decides 2xx\n";
	static const unsigned places[][2] = { { 1, 1 },	 { 3, 9 },  { 3, 18 }, { 4, 11 }, { 5, 6 },  { 6, 16 }, { 7, 12 },
					      { 8, 14 }, { 9, 5 },  { 10, 1 }, { 10, 1 }, { 10, 1 }, { 10, 1 } };
	struct complaints complaints;

	(void)state;
	assert_null(read_text(text, sizeof text - 1, &complaints));
	for (size_t i = 0; i < complaints.count; i++)
		if (i == sizeof places / sizeof *places || complaints.rows[i].line != places[i][0] || complaints.rows[i].column != places[i][1])
			fail_msg("%zu: %u:%u: %s", i, complaints.rows[i].line, complaints.rows[i].column, complaints.rows[i].text);
	assert_int_equal(complaints.count, sizeof places / sizeof *places);
	complaints_release(&complaints);
}

static void test_an_empty_file_misses_everything(void **state)
{
	struct complaints complaints;

	(void)state;
	assert_null(read_text("", 0, &complaints));
	assert_int_equal(complaints.count, 6);
	complaints_release(&complaints);
}

static void test_mistakes_without_end_are_cut(void **state)
{
	struct complaints complaints;
	struct buf text = BUF_OWN;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_text(&text, "x\n");
	assert_null(read_text(text.data, text.len, &complaints));
	assert_int_equal(complaints.count, COMPLAINTS_MOST);
	complaints_release(&complaints);
	buf_release(&text);
}

/* 64 KiB are the most that a file has; one line may be all of it. */
static void test_a_line_may_be_as_long_as_a_file(void **state)
{
	struct complaints complaints;
	struct buf text = BUF_OWN;
	struct probe *probe;

	(void)state;
	buf_text(&text, HEAD " -> ");
	while (text.len < PROBE_FILE_MOST - 20)
		buf_char(&text, 'a');
	buf_text(&text, "\n<-  decide 2xx\n");
	probe = read_good("a long line", text.data);
	assert_int_equal(probe->steps[0].line.pieces[0].len, PROBE_FILE_MOST - 20 - strlen(HEAD " -> ") + 2);
	probe_free(probe);
	buf_reset(&text);
	while (text.len < PROBE_FILE_MOST)
		buf_char(&text, '{');
	assert_null(read_text(text.data, text.len, &complaints));
	/* What is quoted of it is not. */
	assert_true(strlen(complaints.rows[0].text) < 250);
	complaints_release(&complaints);
	buf_release(&text);
}

static void test_a_probe_is_called_as_its_file(void **state)
{
	static const struct {
		const char *file;
		size_t mistakes;
	} rows[] = {
		{ "a-trick.probe", 0 }, { "probes/a-trick.probe", 0 }, { "a-trick", 0 }, { "mine.probe", 1 }, { "a-trick.d/b.probe", 1 },
		{ "a-tric.probe", 1 },	{ "a-trickx.probe", 1 },       { ".probe", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct complaints complaints;
		static const char text[] = HEAD MAIL RCPT;

		complaints_init(&complaints, rows[i].file);
		probe_free(probe_parse(rows[i].file, text, sizeof text - 1, &complaints));
		if (complaints.count != rows[i].mistakes)
			fail_msg("%s: %zu complaints", rows[i].file, complaints.count);
		complaints_release(&complaints);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_mistake_is_told_with_its_place),
		cmocka_unit_test(test_no_script_hands_over_a_message),
		cmocka_unit_test(test_a_nul_byte_is_a_mistake),
		cmocka_unit_test(test_a_probe_has_forty_steps_at_most),
		cmocka_unit_test(test_all_mistakes_are_told_in_one_go),
		cmocka_unit_test(test_an_empty_file_misses_everything),
		cmocka_unit_test(test_mistakes_without_end_are_cut),
		cmocka_unit_test(test_a_line_may_be_as_long_as_a_file),
		cmocka_unit_test(test_a_probe_is_called_as_its_file),
	};

	return cmocka_run_group_tests_name("parse_mistakes", tests, NULL, NULL);
}
