/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_practice.c - a practice server's dialogue and policy
 */
#include "../fake/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/address.h"

#define OWN "domain practice.test\nuser postmaster alice\n"

static void test_practice_holds_a_whole_dialogue(void **state)
{
	struct talk talk;
	struct client client;
	struct practice_counts counts;

	(void)state;
	talk_begin(&talk, OWN "name mx.practice.test\ncapability XPRACTICE 1\n");
	client_open(&client, &talk, NULL);
	EXPECT(&client, "220 mx.practice.test ESMTP practice server");
	ASK(&client, "EHLO client.outside.test", "250-mx.practice.test\n250-PIPELINING\n250-SIZE 10240000\n");
	assert_non_null(strstr(client.reply.data, "\n250 XPRACTICE 1"));
	ASK(&client, "MAIL FROM:<a@outside.test> SIZE=100 BODY=8BITMIME", "250 2.1.0");
	ASK(&client, "RCPT TO:<alice@practice.test>", "250 2.1.5");
	ASK(&client, "RCPT TO:<nobody@practice.test>", "550 5.1.1 <nobody@practice.test>");
	ASK(&client, "RCPT TO:<b@elsewhere.test>", "554 5.7.1 <b@elsewhere.test>: Relay access denied");
	ASK(&client, "DATA", "354");
	ASK(&client, "Subject: x\r\n\r\n..\r\n.x\r\n.", "250 2.0.0");
	ASK(&client, "NOOP", "250");
	ASK(&client, "RSET", "250");
	ASK(&client, "VRFY alice", "252");
	ASK(&client, "FROB", "502");
	ASK(&client, "QUIT", "221");
	client_expect_end(&client);
	talk_counts(&talk, &counts);
	assert_int_equal(counts.sessions, 1);
	assert_int_equal(counts.commands, 11);
	assert_int_equal(counts.refused, 2);
	assert_int_equal(counts.messages, 1);
	assert_int_equal(counts.most_errors, 3);
	assert_int_equal(counts.early, 0);
	assert_int_equal(counts.accepted_outside, 0);
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_keeps_commands_in_order(void **state)
{
	static const char *const rows[][2] = {
		{ "EHLO", "501" },
		{ "RCPT TO:<alice@practice.test>", "503" },
		{ "DATA", "503" },
		{ "MAIL FROM:<a@outside.test", "501" },
		{ "MAIL FROM:", "501" },
		{ "MAIL TO:<a@outside.test>", "501" },
		{ "MAIL FROM:<a@outside.test> \x01", "555" },
		{ "RCPT TO:<alice@practice.test>", "503" },
		{ "mail from: <a@outside.test>", "250" },
		{ "MAIL FROM:<b@outside.test>", "503" },
		{ "RCPT TO:<>", "501" },
		{ "RCPT TO:<@practice.test>", "501" },
		{ "RCPT TO:<alice@>", "501" },
		{ "RCPT TO:<alice@practice.test> <b@elsewhere.test>", "555" },
		{ "RCPT TO:<alice@practice.test>,<b@elsewhere.test>", "555" },
		{ "DATA", "554" },
		{ "rcpt to:<ALICE@Practice.Test>", "250" },
		{ "RCPT TO:<<alice@practice.test>>", "250" },
		{ "RCPT TO:< alice@practice.test >", "250" },
		{ "RCPT TO:alice@practice.test", "250" },
		{ "RCPT TO:<postmaster>", "250" },
		{ "RCPT TO:<alice>", "250" },
		{ "RCPT TO:<alice@localhost>", "250" },
		{ "RCPT TO:<alice@[127.0.0.1]>", "250" },
		{ "RCPT TO:<@elsewhere.test:alice@practice.test>", "250" },
		{ "RSET", "250" },
		{ "DATA", "503" },
		{ "BDAT x", "502" },
		{ "AUTH PLAIN", "503" },
		{ "STARTTLS", "502" },
		{ "XCLIENT ADDR=127.0.0.1", "550" },
		{ "", "502" },
	};
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN);
	client_open(&client, &talk, NULL);
	EXPECT(&client, "220");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		print_message("%s\n", rows[i][0]);
		ASK(&client, rows[i][0], rows[i][1]);
	}
	client_close(&client);
	talk_end(&talk);
}

/* What each style answers to each form. */
static const char *const recipients[] = {
	"<v@elsewhere.test>",
	"<v%elsewhere.test@practice.test>",
	"<\"v@elsewhere.test\"@practice.test>",
	"<v@elsewhere.test@practice.test>",
	"<@practice.test:v@elsewhere.test>",
	"<elsewhere.test!v@practice.test>",
	"<nobody@practice.test>",
	"<v@elsewhere.test",
};

static const struct {
	const char *style;
	const char *banner;
	const char *replies[8];
} styles[] = {
	{ "postfix",
	  "220 mail.practice.test ESMTP Postfix",
	  { "454 4.7.1 <v@elsewhere.test>: Relay access denied", "454", "454", "454", "454", "454", "550 5.1.1 ", "501 5.1.3" } },
	{ "exim",
	  "220 mail.practice.test ESMTP Exim",
	  { "550 relay not permitted", "550 Unknown", "550 Unknown", "501 ", "550 relay", "550 Unknown", "550 Unknown user",
	    "501 " } },
	{ "sendmail",
	  "220 mail.practice.test ESMTP Sendmail",
	  { "550 5.7.1 <v@elsewhere.test>... Relaying denied", "550 5.7.1", "550 5.7.1", "553 5.1.3", "550 5.7.1", "550 5.7.1",
	    "550 5.1.1 <nobody@practice.test>... User unknown", "553" } },
	{ "opensmtpd",
	  "220 mail.practice.test ESMTP OpenSMTPD",
	  { "550 Invalid recipient: <v@elsewhere.test>", "550 Inv", "501 5.1.3", "501 5.1.3", "550 Inv", "550 Inv",
	    "550 Invalid recipient: <nobody@practice.test>", "501" } },
	{ "qmail",
	  "220 mail.practice.test ESMTP",
	  { "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "250 ok", "250", "250", "553", "250", "250 ok",
	    "555 syntax error (#5.5.4)" } },
	{ "courier",
	  "220 mail.practice.test ESMTP",
	  { "513 Relaying denied.", "550", "550", "513 Syntax error.", "513 Relaying", "550", "550 User <nobody", "513 Syntax" } },
	{ "haraka",
	  "220 mail.practice.test ESMTP Haraka",
	  { "550 I cannot deliver mail for <v@elsewhere.test>", "250", "250", "501", "550", "250", "250 recipient <nobody",
	    "501" } },
	{ "plain",
	  "220 mail.practice.test ESMTP practice server",
	  { "554 5.7.1", "554", "554", "554", "554", "554", "550 5.1.1", "501" } },
};

static void test_practice_styles_refuse_in_their_own_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
		char rules[200];
		struct talk talk;
		struct client client;

		print_message("%s\n", styles[i].style);
		snprintf(rules, sizeof rules, OWN "style %s\n", styles[i].style);
		talk_begin(&talk, rules);
		client_open(&client, &talk, NULL);
		EXPECT(&client, styles[i].banner);
		ASK(&client, "EHLO client.outside.test", "250-mail.practice.test");
		ASK(&client, "MAIL FROM:<s@outside.test>", "250");
		for (size_t k = 0; k < sizeof recipients / sizeof *recipients; k++) {
			client_say(&client, "RCPT TO:");
			ASK(&client, recipients[k], styles[i].replies[k]);
		}
		ASK(&client, "QUIT", "221");
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_practice_styles_refuse_senders(void **state)
{
	static const struct {
		const char *rules, *sender, *reply;
	} rows[] = {
		{ "style exim", "<s@[127.0.0.1]>", "501 s@[127.0.0.1]: domain literals not allowed" },
		{ "style exim", "<spamtest>", "501 spamtest: sender address must contain a domain" },
		{ "style exim", "<>", "250 OK" },
		{ "style courier", "<spamtest>", "517 Syntax error." },
		{ "style sendmail", "<spamtest>", "553 5.5.4" },
		{ "style sendmail", "<s@[127.0.0.1]>", "250" },
		{ "style postfix", "<spamtest>", "250" },
		{ "style qmail", "<spamtest>", "250" },
		{ "style postfix\nsender-must-resolve", "<s@example.com>", "450 4.1.8 <s@example.com>: Sender address rejected" },
		{ "style sendmail\nsender-must-resolve", "<s@x.example>", "553 5.1.8" },
		{ "sender-must-resolve", "<s@outside.test>", "250" },
		{ "sender-must-resolve", "<s@notexample.com>", "250" },
		{ "sender-must-resolve", "<>", "250" },
		{ "auth-required", "<s@outside.test>", "530 5.7.0" },
		{ "tls-only", "<s@outside.test>", "530 5.7.0 Must issue a STARTTLS" },
		{ "helo-required", "<s@outside.test>", "503" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char rules[200];
		struct talk talk;
		struct client client;

		snprintf(rules, sizeof rules, OWN "%s\n", rows[i].rules);
		talk_begin(&talk, rules);
		client_open(&client, &talk, NULL);
		EXPECT(&client, "220");
		client_say(&client, "MAIL FROM:");
		ASK(&client, rows[i].sender, rows[i].reply);
		client_close(&client);
		talk_end(&talk);
	}
}

/* Each row is a session of its own: one envelope, and whether it is taken. */
struct envelope {
	const char *from, *helo, *sender, *recipient;
	const char *reply;
};

static void try_envelopes(const char *rules, const struct envelope *rows, size_t count)
{
	struct talk talk;

	talk_begin(&talk, rules);
	for (size_t i = 0; i < count; i++) {
		struct client client;

		print_message("%s %s %s %s\n", rows[i].from, rows[i].helo, rows[i].sender, rows[i].recipient);
		client_open(&client, &talk, rows[i].from);
		EXPECT(&client, "220");
		client_say(&client, "EHLO ");
		ASK(&client, rows[i].helo, "250");
		client_say(&client, "MAIL FROM:");
		ASK(&client, rows[i].sender, "250");
		client_say(&client, "RCPT TO:");
		ASK(&client, rows[i].recipient, rows[i].reply);
		client_close(&client);
	}
	talk_end(&talk);
}

#define TRY(rules, rows) try_envelopes((rules), (rows), sizeof(rows) / sizeof *(rows))
#define HELO "client.outside.test"
#define FROM "<s@outside.test>"

static void test_practice_lays_the_mask_over_both_sides(void **state)
{
	static const struct envelope rows[] = {
		{ "127.86.0.1", HELO, FROM, "<v%elsewhere.test@practice.test>", "250" },
		{ "127.86.255.254", HELO, FROM, "<v%elsewhere.test@practice.test>", "250" },
		{ "127.86.9.9", HELO, FROM, "<v%elsewhere.test>", "250" },
		{ "127.86.9.9", HELO, FROM, "<v@elsewhere.test>", "554" },
		{ "127.86.9.9", HELO, FROM, "<elsewhere.test!v@practice.test>", "554" },
		{ "127.87.0.1", HELO, FROM, "<v%elsewhere.test@practice.test>", "554" },
		{ "127.0.0.1", HELO, FROM, "<v%elsewhere.test@practice.test>", "554" },
		{ "127.5.0.9", HELO, FROM, "<v@elsewhere.test>", "250" },
		{ "127.5.0.9", HELO, FROM, "<elsewhere.test!v@practice.test>", "250" },
		{ "127.6.0.9", HELO, FROM, "<v@elsewhere.test>", "554" },
	};

	(void)state;
	TRY(OWN "trust 127.86.0.1/16 percent\ntrust 127.5.0.9\n", rows);
}

static void test_practice_may_refuse_a_sender_late(void **state)
{
	static const struct envelope rows[] = {
		{ NULL, HELO, "<s@example.com>", "<alice@practice.test>", "450 4.1.8" },
		{ NULL, HELO, "<s@outside.test>", "<alice@practice.test>", "250" },
		{ NULL, HELO, "<bob@practice.test>", "<alice@practice.test>", "550 5.1.0" },
	};

	(void)state;
	TRY(OWN "sender-must-resolve\nsender-refused-at rcpt\nsender-must-exist\n", rows);
}

static void test_practice_leaks_the_named_forms_and_no_others(void **state)
{
	static const struct {
		const char *trick, *recipient;
	} forms[] = {
		{ "plain", "<v@elsewhere.test>" },
		{ "percent", "<v%elsewhere.test@practice.test>" },
		{ "bang", "<elsewhere.test!v@practice.test>" },
		{ "quoted", "<\"v@elsewhere.test\"@practice.test>" },
		{ "route", "<@practice.test:v@elsewhere.test>" },
		{ "double-at", "<v@elsewhere.test@practice.test>" },
		{ "subdomain", "<v@sub.practice.test>" },
		{ "postmaster", "<postmaster@elsewhere.test>" },
	};
	enum { FORMS = sizeof forms / sizeof *forms };

	(void)state;
	for (size_t i = 0; i <= FORMS; i++) {
		char rules[200];
		struct talk talk;
		struct client client;

		snprintf(rules, sizeof rules, OWN "leak %s\n", i == FORMS ? "all" : forms[i].trick);
		talk_begin(&talk, rules);
		client_open(&client, &talk, NULL);
		client_greet(&client, FROM);
		for (size_t k = 0; k < FORMS; k++) {
			/* A plain relay takes all that is outside. */
			bool plain = i == 0 && (k == 6 || k == 7);

			print_message("%s %s\n", rules, forms[k].recipient);
			client_say(&client, "RCPT TO:");
			ASK(&client, forms[k].recipient, i == k || i == FORMS || plain ? "250" : "554");
		}
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_practice_leaks_to_senders(void **state)
{
	static const struct envelope domain[] = {
		{ NULL, HELO, "<x@practice.test>", "<v@elsewhere.test>", "250" },
		{ NULL, HELO, "<alice@practice.test>", "<v@elsewhere.test>", "250" },
		{ NULL, HELO, FROM, "<v@elsewhere.test>", "554" },
		{ NULL, HELO, "<>", "<v@elsewhere.test>", "554" },
	};
	static const struct envelope user[] = {
		{ NULL, HELO, "<x@practice.test>", "<v@elsewhere.test>", "554" },
		{ NULL, HELO, "<alice@practice.test>", "<v@elsewhere.test>", "250" },
	};
	static const struct envelope null[] = {
		{ NULL, HELO, "<>", "<v@elsewhere.test>", "250" },
		{ NULL, HELO, "<spamtest>", "<v@elsewhere.test>", "554" },
	};
	static const struct envelope others[] = {
		{ NULL, HELO, "<spamtest>", "<v@elsewhere.test>", "250" },
		{ NULL, HELO, "<x@localhost>", "<v@elsewhere.test>", "250" },
		{ NULL, HELO, "<x@[127.0.0.1]>", "<v@elsewhere.test>", "250" },
		{ NULL, HELO, "<x@sub.practice.test>", "<v@elsewhere.test>", "554" },
	};

	(void)state;
	TRY(OWN "leak-sender domain\n", domain);
	TRY(OWN "leak-sender user\n", user);
	TRY(OWN "leak-sender null\n", null);
	TRY(OWN "leak-sender unqualified localhost\n", others);
}

static void test_practice_leaks_to_names_in_ehlo(void **state)
{
	static const struct envelope rows[] = {
		{ NULL, "practice.test", FROM, "<v@elsewhere.test>", "250" },
		{ NULL, "LOCALHOST", FROM, "<v@elsewhere.test>", "250" },
		{ NULL, "mail.practice.test", FROM, "<v@elsewhere.test>", "554" },
		{ NULL, "[127.0.0.1]", FROM, "<v@elsewhere.test>", "554" },
	};

	(void)state;
	TRY(OWN "leak-helo domain localhost\n", rows);
}

static void test_practice_leaks_at_addresses_of_its_own(void **state)
{
	struct talk talk;

	(void)state;
	talk_begin(&talk, OWN "open-every 4\nopen-at 127.0.0.9\n");
	for (unsigned char last = 1; last < 13; last++) {
		struct client client;

		talk.address.bytes[3] = last;
		client_open(&client, &talk, NULL);
		client_greet(&client, FROM);
		ASK(&client, "RCPT TO:<v@elsewhere.test>", last % 4 == 0 || last == 9 ? "250" : "554");
		client_close(&client);
	}
	talk_end(&talk);
}

static void test_practice_leaks_behind_a_local_recipient(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "leak-second\n");
	client_open(&client, &talk, NULL);
	client_greet(&client, FROM);
	ASK(&client, "RCPT TO:<v@elsewhere.test>", "554");
	ASK(&client, "RCPT TO:<alice@practice.test>", "250");
	ASK(&client, "RCPT TO:<v@elsewhere.test>", "250");
	ASK(&client, "RSET", "250");
	ASK(&client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&client, "RCPT TO:<v@elsewhere.test>", "554");
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_refuses_late_what_goes_outside(void **state)
{
	struct talk talk;
	struct client client;
	struct practice_counts counts;

	(void)state;
	talk_begin(&talk, OWN "leak all\nrefuse-at data 554 5.7.1 Relay access denied\n");
	client_open(&client, &talk, NULL);
	client_greet(&client, FROM);
	ASK(&client, "RCPT TO:<v@elsewhere.test>", "250");
	ASK(&client, "DATA", "554 5.7.1 Relay access denied");
	ASK(&client, "RSET", "250");
	ASK(&client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&client, "RCPT TO:<alice@practice.test>", "250");
	ASK(&client, "DATA", "354");
	ASK(&client, ".", "250");
	talk_counts(&talk, &counts);
	assert_int_equal(counts.accepted_outside, 1);
	assert_int_equal(counts.messages, 1);
	client_close(&client);
	talk_end(&talk);

	talk_begin(&talk, OWN "leak all\nrefuse-at dot 554-5.7.1 Relay access denied\\n554 5.7.1 really\n");
	client_open(&client, &talk, NULL);
	client_greet(&client, FROM);
	ASK(&client, "RCPT TO:<v@elsewhere.test>", "250");
	ASK(&client, "DATA", "354");
	ASK(&client, "x\r\n.", "554-5.7.1 Relay access denied\n554 5.7.1 really");
	ASK(&client, "RCPT TO:<v@elsewhere.test>", "503");
	client_close(&client);
	talk_end(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_practice_holds_a_whole_dialogue),
		cmocka_unit_test(test_practice_keeps_commands_in_order),
		cmocka_unit_test(test_practice_styles_refuse_in_their_own_words),
		cmocka_unit_test(test_practice_styles_refuse_senders),
		cmocka_unit_test(test_practice_lays_the_mask_over_both_sides),
		cmocka_unit_test(test_practice_may_refuse_a_sender_late),
		cmocka_unit_test(test_practice_leaks_the_named_forms_and_no_others),
		cmocka_unit_test(test_practice_leaks_to_senders),
		cmocka_unit_test(test_practice_leaks_to_names_in_ehlo),
		cmocka_unit_test(test_practice_leaks_at_addresses_of_its_own),
		cmocka_unit_test(test_practice_leaks_behind_a_local_recipient),
		cmocka_unit_test(test_practice_refuses_late_what_goes_outside),
	};

	return cmocka_run_group_tests_name("practice", tests, NULL, NULL);
}
