/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_practice_session.c - a practice server's limits, order, time and TLS
 */
#include "../fake/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "net/address.h"

#define OWN "domain practice.test\nuser postmaster alice\n"
#define FROM "<s@outside.test>"
#define OUTSIDE "RCPT TO:<v@elsewhere.test>"

/* One talk and one client a test, if not said otherwise. */
struct place {
	struct talk talk;
	struct client client;
	struct practice_counts counts;
};

static void begin(struct place *place, const char *rules)
{
	talk_begin(&place->talk, rules);
	client_open(&place->client, &place->talk, NULL);
}

static void end(struct place *place)
{
	client_close(&place->client);
	talk_end(&place->talk);
}

/* Hangs up, and comes again. */
static void come_again(struct place *place)
{
	client_close(&place->client);
	client_open(&place->client, &place->talk, NULL);
}

static void test_practice_answers_pipelined_commands_in_order(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN);
	EXPECT(&place.client, "220");
	ASK(&place.client, "EHLO client.outside.test", "250");
	client_say(&place.client, "MAIL FROM:<s@outside.test>\r\nRCPT TO:<v@elsewhere.test>\r\nRCPT TO:<alice@practice.test>\r\n"
				  "RCPT TO:<nobody@practice.test>\r\nRSET\r\nNOO");
	EXPECT(&place.client, "250 2.1.0");
	EXPECT(&place.client, "554 5.7.1");
	EXPECT(&place.client, "250 2.1.5");
	EXPECT(&place.client, "550 5.1.1");
	EXPECT(&place.client, "250 2.0.0");
	client_say(&place.client, "P\nQUIT\r\nNOOP\r\n");
	EXPECT(&place.client, "250 2.0.0");
	EXPECT(&place.client, "221");
	client_expect_end(&place.client);
	talk_counts(&place.talk, &place.counts);
	/* Bytes behind QUIT are pipelined though nobody may (RFC 2920 3.1). */
	assert_int_equal(place.counts.early, 1);
	end(&place);
}

static void test_practice_reads_commands_byte_by_byte(void **state)
{
	static const char text[] = "EHLO client.outside.test\r\nMAIL FROM:<s@outside.test>\r\nRCPT TO:<alice@practice.test>\r\n"
				   "DATA\r\nhello\r\n.\r\nQUIT\r\n";
	static const char *const replies[] = { "250-", "250 2.1.0", "250 2.1.5", "354", "250 2.0.0", "221" };
	struct place place;

	(void)state;
	begin(&place, OWN);
	EXPECT(&place.client, "220");
	for (size_t i = 0; i < sizeof text - 1; i++) {
		client_say_bytes(&place.client, text + i, 1);
		talk_run(&place.talk);
	}
	for (size_t i = 0; i < sizeof replies / sizeof *replies; i++)
		EXPECT(&place.client, replies[i]);
	client_expect_end(&place.client);
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 0);
	end(&place);
}

static void test_practice_counts_clients_that_pipeline_unasked(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "pipelining no\n");
	EXPECT(&place.client, "220");
	ASK(&place.client, "EHLO client.outside.test", "250");
	assert_null(strstr(place.client.reply.data, "PIPELINING"));
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 0);
	client_say(&place.client, "NOOP\r\nNOOP\r\nNOOP\r\n");
	EXPECT(&place.client, "250");
	EXPECT(&place.client, "250");
	EXPECT(&place.client, "250");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 1);
	end(&place);
}

static void test_practice_answers_a_batch_that_its_client_is_slow_to_read(void **state)
{
	struct place place;
	enum { COMMANDS = 5000 };

	(void)state;
	begin(&place, OWN);
	EXPECT(&place.client, "220");
	for (int i = 0; i < COMMANDS; i++)
		client_say(&place.client, "VRFY 0123456789012345678901234567890123456789\r\n");
	for (int i = 0; i < COMMANDS; i++)
		EXPECT(&place.client, "252");
	ASK(&place.client, "QUIT", "221");
	end(&place);
}

static void test_practice_survives_lines_without_measure(void **state)
{
	struct place place;
	char *much = malloc(1 << 20);

	(void)state;
	memset(much, 'x', 1 << 20);
	begin(&place, OWN);
	EXPECT(&place.client, "220");
	client_say_bytes(&place.client, much, 1 << 20);
	EXPECT(&place.client, "500 5.5.2");
	client_say(&place.client, "\r\n");
	ASK(&place.client, "NOOP", "250");
	memset(much, 0, 4000);
	client_say_bytes(&place.client, much, 2000);
	client_say(&place.client, "\r\n");
	EXPECT(&place.client, "502");
	memcpy(much, "RCPT TO:<", 9);
	ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
	client_say_bytes(&place.client, much, 1000);
	client_say(&place.client, "@practice.test>\r\n");
	EXPECT(&place.client, "501");
	end(&place);
	free(much);
}

static void test_practice_slows_down_and_hangs_up_at_errors_as_postfix(void **state)
{
	struct place place;
	int64_t began;

	(void)state;
	begin(&place, OWN "limit-errors 3 5 40\n");
	client_greet(&place.client, FROM);
	began = clock_now();
	for (int i = 0; i < 3; i++)
		ASK(&place.client, OUTSIDE, "554");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.slept, 0);
	/* The third error's own reply was prompt; all after it wait. */
	ASK(&place.client, "NOOP", "250");
	assert_true(clock_now() - began >= 40 * CLOCK_MS);
	ASK(&place.client, OUTSIDE, "554");
	ASK(&place.client, OUTSIDE, "554");
	EXPECT(&place.client, "421 4.7.0 mail.practice.test Error: too many errors");
	client_expect_end(&place.client);
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.slept, 3);
	assert_int_equal(place.counts.limited, 1);
	assert_int_equal(place.counts.most_errors, 5);
	end(&place);
}

static void test_practice_forgets_errors_when_a_message_came(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "limit-errors 3 3 0\n");
	client_greet(&place.client, FROM);
	for (int i = 0; i < 3; i++) {
		ASK(&place.client, OUTSIDE, "554");
		ASK(&place.client, OUTSIDE, "554");
		ASK(&place.client, "RCPT TO:<alice@practice.test>", "250");
		ASK(&place.client, "DATA", "354");
		ASK(&place.client, ".", "250");
		ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
	}
	end(&place);
}

static void test_practice_ends_at_commands_without_mail_as_exim(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "style exim\nlimit-nonmail 10\n");
	EXPECT(&place.client, "220");
	ASK(&place.client, "EHLO client.outside.test", "250");
	for (int i = 0; i < 11; i++) {
		ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
		ASK(&place.client, "RSET", "250 Reset OK");
	}
	ASK(&place.client, "RSET", "554 Too many nonmail commands");
	client_expect_end(&place.client);
	end(&place);
}

static void test_practice_ends_at_syntax_errors_as_exim(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "style exim\nlimit-syntax 3\n");
	EXPECT(&place.client, "220");
	ASK(&place.client, "EHLO client.outside.test", "250");
	ASK(&place.client, "MAIL FROM:<s@[127.0.0.1]>", "501");
	ASK(&place.client, "MAIL FROM:<s>", "501");
	ASK(&place.client, OUTSIDE, "503");
	ASK(&place.client, "MAIL FROM:<s@outside.test", "501");
	ASK(&place.client, "MAIL FROM:<s@[127.0.0.1]>",
	    "501-s@[127.0.0.1]: domain literals not allowed\n501 Too many syntax or protocol errors");
	client_expect_end(&place.client);
	end(&place);
}

static void test_practice_ends_at_unknown_commands(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "limit-unknown 2\n");
	EXPECT(&place.client, "220");
	ASK(&place.client, "FROB", "502");
	ASK(&place.client, "FROB", "502");
	ASK(&place.client, "FROB", "421");
	client_expect_end(&place.client);
	end(&place);
}

static void test_practice_throttles_bad_recipients_of_one_transaction_as_sendmail(void **state)
{
	struct place place;
	int64_t began;

	(void)state;
	begin(&place, OWN "limit-rcpt-throttle 3 40\n");
	client_greet(&place.client, FROM);
	for (int i = 0; i < 3; i++)
		ASK(&place.client, OUTSIDE, "554");
	ASK(&place.client, "RSET", "250");
	ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
	for (int i = 0; i < 3; i++)
		ASK(&place.client, OUTSIDE, "554");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.slept, 0);
	began = clock_now();
	ASK(&place.client, OUTSIDE, "554");
	assert_true(clock_now() - began >= 40 * CLOCK_MS);
	end(&place);
}

static void test_practice_delays_what_it_is_told_to(void **state)
{
	static const char *const rows[] = { "reply-delay 30\n", "second-ehlo-delay 30\n", "refused-delay 30\n",
					    "banner-delay 30\n" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct place place;
		char rules[200];
		int64_t began = clock_now();

		snprintf(rules, sizeof rules, OWN "%s", rows[i]);
		begin(&place, rules);
		client_greet(&place.client, FROM);
		ASK(&place.client, OUTSIDE, "554");
		ASK(&place.client, "EHLO client.outside.test", "250");
		assert_true(clock_now() - began >= 30 * CLOCK_MS);
		end(&place);
	}
}

static void test_practice_says_a_teaser_and_sees_who_speaks_before_the_banner(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "banner hello\nbanner welcome\nbanner-delay 50\nrefuse-early\n");
	while (place.client.got.len == 0)
		event_base_loop(place.talk.base, EVLOOP_ONCE);
	assert_string_equal(place.client.got.data, "220-hello\r\n");
	EXPECT(&place.client, "220-hello\n220 welcome");
	ASK(&place.client, "HELO client.outside.test", "250");
	ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "250");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 0);
	come_again(&place);
	client_say(&place.client, "HELO client.outside.test\r\n");
	EXPECT(&place.client, "220-hello\n220 welcome");
	EXPECT(&place.client, "250");
	ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "550 5.5.1 Protocol error");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 1);
	end(&place);
}

static void test_practice_in_lockstep_closes_on_any_early_byte(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "style opensmtpd\nstrict-lockstep\n");
	client_greet(&place.client, FROM);
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "250 2.1.5");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 0);
	ASK(&place.client, "RSET\r\nNOOP", "500 5.5.1 Invalid command: Pipelining not supported");
	client_expect_end(&place.client);
	come_again(&place);
	end(&place);

	begin(&place, OWN "style opensmtpd\nstrict-lockstep\nreply-delay 30\n");
	EXPECT(&place.client, "220");
	client_say(&place.client, "EHLO client.outside.test\r\n");
	talk_run(&place.talk);
	ASK(&place.client, "NOOP", "500 5.5.1");
	client_expect_end(&place.client);
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.early, 1);
	end(&place);
}

static void test_practice_greylists_a_triplet(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "greylist 2\nleak plain\n");
	client_greet(&place.client, FROM);
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "450 4.2.0");
	ASK(&place.client, "RCPT TO:<ALICE@practice.test>", "450 4.2.0");
	ASK(&place.client, OUTSIDE, "450 4.2.0");
	ASK(&place.client, "RCPT TO:<nobody@practice.test>", "550");
	come_again(&place);
	client_greet(&place.client, FROM);
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "250");
	ASK(&place.client, "RSET", "250");
	ASK(&place.client, "MAIL FROM:<other@outside.test>", "250");
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "450 4.2.0");
	end(&place);
}

static void test_practice_refuses_clients_at_the_door(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "refuse-client 127.0.0.0/16\n");
	EXPECT(&place.client, "554 5.7.1 Client host [127.0.0.1] blocked");
	client_expect_end(&place.client);
	client_close(&place.client);
	client_open(&place.client, &place.talk, "127.9.0.1");
	EXPECT(&place.client, "220");
	end(&place);

	begin(&place, OWN "refuse-client 127.0.0.0/8\nrefuse-client-at rcpt\n");
	client_greet(&place.client, FROM);
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "554 5.7.1 Client host");
	end(&place);
}

static void test_practice_refuses_too_many_connections(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "limit-connections-per-minute 2\n");
	EXPECT(&place.client, "220");
	come_again(&place);
	EXPECT(&place.client, "220");
	come_again(&place);
	EXPECT(&place.client, "421 4.3.2 Connection rate limit exceeded");
	client_expect_end(&place.client);
	client_close(&place.client);
	client_open(&place.client, &place.talk, "127.0.0.2");
	EXPECT(&place.client, "220");
	end(&place);
}

static void test_practice_refuses_too_many_sessions_at_once(void **state)
{
	struct place place;
	struct client second, third;

	(void)state;
	begin(&place, OWN "limit-sessions 2\n");
	client_open(&second, &place.talk, NULL);
	client_open(&third, &place.talk, NULL);
	EXPECT(&place.client, "220");
	EXPECT(&second, "220");
	EXPECT(&third, "421 4.7.0");
	client_expect_end(&third);
	client_close(&third);
	client_close(&second);
	client_open(&second, &place.talk, NULL);
	EXPECT(&second, "220");
	client_close(&second);
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.sessions, 4);
	assert_int_equal(place.counts.sessions_at_once, 3);
	end(&place);
}

static void test_practice_closes_after_some_commands_and_when_idle(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "close-after 2\nlimit-recipients 1\n");
	EXPECT(&place.client, "220");
	ASK(&place.client, "NOOP", "250");
	ASK(&place.client, "NOOP", "250");
	client_expect_end(&place.client);
	end(&place);

	begin(&place, OWN "idle 30\nlimit-recipients 1\n");
	client_greet(&place.client, FROM);
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "250");
	ASK(&place.client, "RCPT TO:<alice@practice.test>", "452 4.5.3");
	EXPECT(&place.client, "421 4.4.2");
	client_expect_end(&place.client);
	end(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_practice_answers_pipelined_commands_in_order),
		cmocka_unit_test(test_practice_reads_commands_byte_by_byte),
		cmocka_unit_test(test_practice_counts_clients_that_pipeline_unasked),
		cmocka_unit_test(test_practice_answers_a_batch_that_its_client_is_slow_to_read),
		cmocka_unit_test(test_practice_survives_lines_without_measure),
		cmocka_unit_test(test_practice_slows_down_and_hangs_up_at_errors_as_postfix),
		cmocka_unit_test(test_practice_forgets_errors_when_a_message_came),
		cmocka_unit_test(test_practice_ends_at_commands_without_mail_as_exim),
		cmocka_unit_test(test_practice_ends_at_syntax_errors_as_exim),
		cmocka_unit_test(test_practice_ends_at_unknown_commands),
		cmocka_unit_test(test_practice_throttles_bad_recipients_of_one_transaction_as_sendmail),
		cmocka_unit_test(test_practice_delays_what_it_is_told_to),
		cmocka_unit_test(test_practice_says_a_teaser_and_sees_who_speaks_before_the_banner),
		cmocka_unit_test(test_practice_in_lockstep_closes_on_any_early_byte),
		cmocka_unit_test(test_practice_greylists_a_triplet),
		cmocka_unit_test(test_practice_refuses_clients_at_the_door),
		cmocka_unit_test(test_practice_refuses_too_many_connections),
		cmocka_unit_test(test_practice_refuses_too_many_sessions_at_once),
		cmocka_unit_test(test_practice_closes_after_some_commands_and_when_idle),
	};

	return cmocka_run_group_tests_name("practice_session", tests, NULL, NULL);
}
