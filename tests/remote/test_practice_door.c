/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_practice_door.c - the doors beside the door: TLS, AUTH, XCLIENT, PROXY, the
 * end of a message
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
#define OUTSIDE "RCPT TO:<v@elsewhere.test>"

static void test_practice_starts_tls(void **state)
{
	struct talk talk;
	struct client client;
	struct tls_facts facts;

	(void)state;
	talk_begin(&talk, OWN "name mx.practice.test\ntls yes\nleak-after-tls\n");
	client_open(&client, &talk, NULL);
	client_greet(&client, "<s@outside.test>");
	ASK(&client, OUTSIDE, "554");
	ASK(&client, "EHLO client.outside.test", "250");
	assert_non_null(strstr(client.reply.data, "STARTTLS"));
	ASK(&client, "STARTTLS", "220");
	client_start_tls(&client);
	stream_describe_tls(client.stream, &facts);
	assert_non_null(strstr(facts.subject, "mx.practice.test"));
	assert_string_equal(facts.trust, "self-signed certificate");
	ASK(&client, "EHLO client.outside.test", "250");
	assert_null(strstr(client.reply.data, "STARTTLS"));
	ASK(&client, "STARTTLS", "502");
	ASK(&client, OUTSIDE, "503");
	ASK(&client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&client, OUTSIDE, "250");
	ASK(&client, "QUIT", "221");
	client_expect_end(&client);
	assert_int_equal(client.err.kind, ERR_NONE);
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_demands_tls(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "tls-only\n");
	client_open(&client, &talk, NULL);
	EXPECT(&client, "220");
	ASK(&client, "EHLO client.outside.test", "250");
	ASK(&client, "MAIL FROM:<s@outside.test>", "530 5.7.0");
	ASK(&client, "RSET", "530");
	ASK(&client, "NOOP", "250");
	ASK(&client, "STARTTLS", "220");
	client_start_tls(&client);
	ASK(&client, "EHLO client.outside.test", "250");
	ASK(&client, "MAIL FROM:<s@outside.test>", "250");
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_speaks_tls_from_the_first_byte(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "implicit-tls\n");
	client_open(&client, &talk, NULL);
	client_start_tls(&client);
	client_greet(&client, "<s@outside.test>");
	ASK(&client, OUTSIDE, "554");
	client_close(&client);
	client_open(&client, &talk, NULL);
	client_say(&client, "EHLO client.outside.test\r\n");
	while (!client.closed)
		event_base_loop(talk.base, EVLOOP_ONCE);
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_forgets_what_was_said_behind_starttls(void **state)
{
	static const struct {
		const char *rules, *answer;
	} rows[] = { { OWN "tls yes\n", "221" }, { OWN "tls yes\nstarttls-keeps-input\n", "252 2.0.0 alice" } };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct talk talk;
		struct client client;

		talk_begin(&talk, rows[i].rules);
		client_open(&client, &talk, NULL);
		EXPECT(&client, "220");
		ASK(&client, "STARTTLS\r\nVRFY alice", "220");
		client_start_tls(&client);
		ASK(&client, "QUIT", rows[i].answer);
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_practice_takes_no_password_or_any(void **state)
{
	static const struct {
		const char *rules, *verdict, *mail;
	} rows[] = {
		{ OWN "auth-required\n", "535", "530" },
		{ OWN "auth-required\nauth-takes-any\n", "235", "250" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct talk talk;
		struct client client;

		talk_begin(&talk, rows[i].rules);
		client_open(&client, &talk, NULL);
		EXPECT(&client, "220");
		ASK(&client, "EHLO client.outside.test", "250");
		assert_non_null(strstr(client.reply.data, "AUTH PLAIN LOGIN"));
		ASK(&client, "AUTH CRAM-MD5", "504");
		ASK(&client, "AUTH LOGIN", "334 VXNlcm5hbWU6");
		ASK(&client, "*", "501");
		ASK(&client, "AUTH PLAIN", "334");
		ASK(&client, "*", "501");
		ASK(&client, "AUTH LOGIN dGVzdA==", "334 UGFzc3dvcmQ6");
		ASK(&client, "dGVzdA==", rows[i].verdict);
		ASK(&client, "MAIL FROM:<s@outside.test>", rows[i].mail);
		ASK(&client, "AUTH PLAIN AHRlc3QAdGVzdA==", i == 0 ? "535" : "503");
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_practice_believes_xclient_from_those_who_may(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "style exim\nxclient 127.0.0.0/8\ntrust 198.51.100.7\n");
	client_open(&client, &talk, NULL);
	client_greet(&client, "<s@outside.test>");
	ASK(&client, OUTSIDE, "550");
	ASK(&client, "EHLO client.outside.test", "250-mail.practice.test Hello client.outside.test [127.0.0.1]\n250-XCLIENT NAME");
	ASK(&client, "XCLIENT NAME=x", "501");
	ASK(&client, "XCLIENT NAME=x ADDR=198.51.100.7", "220 mail.practice.test");
	ASK(&client, "EHLO client.outside.test", "250-mail.practice.test Hello client.outside.test [198.51.100.7]\n250-PIPE");
	ASK(&client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&client, OUTSIDE, "250");
	ASK(&client, "XCLIENT ADDR=198.51.100.8", "500");
	client_close(&client);
	client_open(&client, &talk, NULL);
	EXPECT(&client, "220");
	ASK(&client, "XCLIENT ADDR=IPV6:2001:db8::1", "220");
	ASK(&client, "EHLO client.outside.test", "250-mail.practice.test Hello client.outside.test [2001:db8::1]");
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_believes_a_proxy_header(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *outside; /* NULL: the header is refused */
	} rows[] = {
#define HEADER(text) text, sizeof text - 1
		{ HEADER("PROXY TCP4 198.51.100.7 127.0.0.1 1234 25\r\n"), "250" },
		{ HEADER("PROXY TCP4 198.51.100.8 127.0.0.1 1234 25\r\n"), "554" },
		{ HEADER("PROXY TCP6 2001:db8::7 ::1 1234 25\r\n"), "250" },
		{ HEADER("PROXY UNKNOWN\r\n"), "554" },
		{ HEADER("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x07\x7f\0\0\x01\x04\xd2\0\x19"), "250" },
		{ HEADER("\r\n\r\n\0\r\nQUIT\n\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
			 "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x08\x04\xd2\0\x19"),
		  "250" },
		{ HEADER("\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"), "554" },
		{ HEADER("\r\n\r\n\0\r\nQUIT\n\x11\x11\0\x0c\xc6\x33\x64\x07\x7f\0\0\x01\x04\xd2\0\x19"), NULL },
		{ HEADER("\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff"), NULL },
		{ HEADER("\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x04\0\0\0\0"), NULL },
		{ HEADER("PROXY TCP4 198.51.100.7\r\n"), NULL },
		{ HEADER("PROXY TCP4 2001:db8::7 ::1 1234 25\r\n"), NULL },
		{ HEADER("EHLO client.outside.test\r\n"), NULL },
		{ HEADER("PROXY "
			 "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
			 "56789"),
		  NULL },
	};
	struct talk talk;

	(void)state;
	talk_begin(&talk, OWN "proxy\ntrust 198.51.100.7\ntrust 2001:db8::7\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct client client;

		print_message("row %zu\n", i);
		client_open(&client, &talk, NULL);
		for (size_t k = 0; k < rows[i].len; k++) {
			client_say_bytes(&client, rows[i].bytes + k, 1);
			talk_run(&talk);
		}
		if (rows[i].outside == NULL) {
			EXPECT(&client, "421");
			client_expect_end(&client);
		} else {
			client_greet(&client, "<s@outside.test>");
			ASK(&client, OUTSIDE, rows[i].outside);
		}
		client_close(&client);
	}
	talk_end(&talk);
}

static void test_practice_ends_a_message_where_it_is_told_to(void **state)
{
	static const struct {
		const char *rules, *bytes;
		size_t messages;
	} rows[] = {
		{ OWN, "a\r\n.\r\n", 1 },
		{ OWN, ".\r\n", 1 },
		{ OWN, "a\n.\nb\n.\r\nc\r.\rd\r\n.\re\r\n.\n\r\n..\r\n\r\n.x\r\n", 0 },
		{ OWN "end-of-data lf\n", "a\n.\n", 1 },
		{ OWN "end-of-data lf\n", "a\r\n.\n", 1 },
		{ OWN "end-of-data lf\n", "a\n.\r\n", 0 },
		{ OWN "end-of-data lf-crlf\n", "a\n.\r\n", 1 },
		{ OWN "end-of-data cr\n", "a\r.\r", 1 },
		{ OWN "end-of-data cr-lf lf\n", "a\r.\n", 1 },
		{ OWN "end-of-data cr-crlf\n", "a\r.\r\n", 1 },
		{ OWN "end-of-data lf-cr\n", "a\n.\r", 1 },
		{ OWN "end-of-data crlf-lf\n", "a\r\n.\n", 1 },
		{ OWN "end-of-data crlf-cr\n", "a\r\n.\r", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct talk talk;
		struct client client;
		struct practice_counts counts;

		print_message("row %zu\n", i);
		talk_begin(&talk, rows[i].rules);
		client_open(&client, &talk, NULL);
		client_greet(&client, "<s@outside.test>");
		ASK(&client, "RCPT TO:<alice@practice.test>", "250");
		ASK(&client, "DATA", "354");
		client_say(&client, rows[i].bytes);
		talk_run(&talk);
		talk_counts(&talk, &counts);
		assert_int_equal(counts.messages, rows[i].messages);
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_practice_takes_chunks(void **state)
{
	struct talk talk;
	struct client client;
	struct practice_counts counts;

	(void)state;
	talk_begin(&talk, OWN "style postfix\n");
	client_open(&client, &talk, NULL);
	client_greet(&client, "<s@outside.test>");
	ASK(&client, OUTSIDE, "454");
	ASK(&client, "BDAT 6\r\nQUIT", "554 5.5.1");
	ASK(&client, "BDAT 0 LAST", "554 5.5.1");
	ASK(&client, "RCPT TO:<alice@practice.test>", "250");
	client_say(&client, "BDAT 5\r\nhelloBDAT 2 LAST\r\n!!");
	EXPECT(&client, "250 2.0.0 Ok: chunk");
	EXPECT(&client, "250 2.0.0 Ok: queued as");
	ASK(&client, "BDAT 0 LAST", "503");
	ASK(&client, "QUIT", "221");
	talk_counts(&talk, &counts);
	assert_int_equal(counts.messages, 1);
	client_close(&client);
	talk_end(&talk);
}

static void test_practice_is_not_hurt_by_clients_that_leave(void **state)
{
	static const char *const words[] = {
		"",
		"EH",
		"EHLO x\r\n",
		"STARTTLS\r\n",
		"STARTTLS\r\n\x16\x03\x01",
		"MAIL FROM:<s@outside.test>\r\n",
		"AUTH PLAIN\r\n",
		"MAIL FROM:<s@outside.test>\r\nRCPT TO:<alice@practice.test>\r\nDATA\r\nx",
		"QUIT\r\n",
		"BDAT 1000\r\nxx",
	};
	static const char *const rules[] = { OWN "tls yes\n", OWN "tls yes\nreply-delay 5\nauth\n", OWN "implicit-tls\n",
					     OWN "proxy\n" };

	(void)state;
	for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
		struct talk talk;

		talk_begin(&talk, rules[r]);
		for (size_t i = 0; i < 2 * (sizeof words / sizeof *words); i++) {
			struct client client;

			client_open(&client, &talk, NULL);
			client_say(&client, words[i / 2]);
			talk_run(&talk);
			if (i % 2) {
				stream_reset(client.stream);
				client.stream = NULL;
			}
			client_close(&client);
		}
		/* The last leaves the server to be stopped amid its session. */
		struct client last;

		client_open(&last, &talk, NULL);
		client_say(&last, "EHLO x\r\n");
		talk_run(&talk);
		practice_stop(talk.practice);
		talk.practice = NULL;
		client_close(&last);
		talk_end(&talk);
	}
}

static void test_practice_listens_on_loopback_only(void **state)
{
	static const struct address rows[] = {
		{ AF_INET, { 192, 0, 2, 1 }, 0, 0 },
		{ AF_INET6, { 0 }, 0, 0 },
		{ AF_INET6, { 0x20, 0x01, 0x0d, 0xb8 }, 0, 0 },
		{ AF_INET, { 128 }, 0, 0 },
	};
	struct talk talk;
	struct err err = ERR_INIT;

	(void)state;
	talk_begin(&talk, OWN);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_null(practice_start(talk.base, &rows[i], talk.rules, &err));
		assert_int_equal(err.kind, ERR_FORBIDDEN);
	}
	talk_end(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_practice_starts_tls),
		cmocka_unit_test(test_practice_demands_tls),
		cmocka_unit_test(test_practice_speaks_tls_from_the_first_byte),
		cmocka_unit_test(test_practice_forgets_what_was_said_behind_starttls),
		cmocka_unit_test(test_practice_takes_no_password_or_any),
		cmocka_unit_test(test_practice_believes_xclient_from_those_who_may),
		cmocka_unit_test(test_practice_believes_a_proxy_header),
		cmocka_unit_test(test_practice_ends_a_message_where_it_is_told_to),
		cmocka_unit_test(test_practice_takes_chunks),
		cmocka_unit_test(test_practice_is_not_hurt_by_clients_that_leave),
		cmocka_unit_test(test_practice_listens_on_loopback_only),
	};

	return cmocka_run_group_tests_name("practice_door", tests, NULL, NULL);
}
