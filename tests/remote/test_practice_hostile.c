/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_practice_hostile.c - each hostile behaviour at each place, and what some of
 * them say
 */
#include "../fake/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "net/address.h"
#include "remote/practice_hostile.h"

#define OWN "domain practice.test\nuser postmaster alice\ntls yes\n"

/* A reply at RCPT, bent: the bytes that come, up to what the next command brings. */
struct bent {
	const char *what;
	const char *bytes;
	size_t len;
	enum { STAYS, CLOSES, RESETS } then;
};

#define BYTES(text) text, sizeof text - 1
#define OK "250 2.1.5 Ok\r\n"

static void wait_for(struct client *client, size_t len)
{
	while (client->got.len < len && !client->closed)
		event_base_loop(client->talk->base, EVLOOP_ONCE);
}

static const struct bent bents[] = {
	{ "silence", BYTES(""), STAYS },
	{ "no-reply", BYTES("250 2.0.0 Ok\r\n"), STAYS },
	{ "close", BYTES(""), CLOSES },
	{ "reset", BYTES(""), RESETS },
	{ "reply-then-close", BYTES(OK), CLOSES },
	{ "reply-then-reset", BYTES(OK), RESETS },
	{ "reply-then-silence", BYTES(OK), STAYS },
	{ "hang-up-later", BYTES(OK), CLOSES },
	{ "half-reply-then-close", BYTES("250 2.1"), CLOSES },
	{ "half-reply-then-silence", BYTES("250 2.1"), STAYS },
	{ "closing", BYTES("421 4.3.2 Closing\r\n"), CLOSES },
	{ "closing-and-staying", BYTES("421 4.3.2 Closing\r\n250 2.0.0 Ok\r\n"), STAYS },
	{ "nul", BYTES("250 2.1.5 Ok\0nul\0\r\n250 2.0.0 Ok\r\n"), STAYS },
	{ "nul-first", BYTES("\0" OK), STAYS },
	{ "bare-cr", BYTES("250 2.1.5 Ok\r250 2.0.0 Ok\r\n"), STAYS },
	{ "bare-lf", BYTES("250 2.1.5 Ok\n250 2.0.0 Ok\r\n"), STAYS },
	{ "cr-cr-lf", BYTES("250 2.1.5 Ok\r\r\n"), STAYS },
	{ "no-line-end", BYTES("250 2.1.5 Ok"), STAYS },
	{ "empty-line", BYTES("\r\n" OK), STAYS },
	{ "354-to-rcpt", BYTES("354 2.1.5 Ok\r\n250 2.0.0 Ok\r\n"), STAYS },
	{ "999-code", BYTES("999 2.1.5 Ok\r\n"), STAYS },
	{ "short-code", BYTES("25 2.1.5 Ok\r\n"), STAYS },
	{ "long-code", BYTES("25000000000000000000 2.1.5 Ok\r\n"), STAYS },
	{ "differing-codes", BYTES("550-No\r\n250 Yes\r\n"), STAYS },
	{ "code-only", BYTES("250\r\n250 2.0.0 Ok\r\n"), STAYS },
	{ "reply-twice", BYTES(OK OK "250 2.0.0 Ok\r\n"), STAYS },
	{ "reply-late", BYTES(""), STAYS },
	{ "reply-early", BYTES(OK OK), STAYS },
	{ "second-thoughts", BYTES(OK "550 5.7.1 Relaying denied\r\n250 2.0.0 Ok\r\n"), STAYS },
	{ "passing-for-ever", BYTES("450 4.2.0 Greylisted, come back later\r\n"), STAYS },
	{ "trickle", BYTES(OK "250 2.0.0 Ok\r\n"), STAYS },
	{ "drip", BYTES("250-drip\r\n250-drip\r\n250"), STAYS },
	{ "line-of-600", BYTES("250 2.1.5 78250 2.1.5 78"), STAYS },
};

static void test_hostile_bends_a_reply(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bents / sizeof *bents; i++) {
		char rules[200];
		struct talk talk;
		struct client client;

		print_message("%s\n", bents[i].what);
		snprintf(rules, sizeof rules, OWN "hostile %s rcpt 1\n", bents[i].what);
		talk_begin(&talk, rules);
		client_open(&client, &talk, NULL);
		client_greet(&client, "<s@outside.test>");
		client_say(&client, "RCPT TO:<alice@practice.test>\r\n");
		talk_run(&talk);
		client_say(&client, "RSET\r\n");
		talk_run(&talk);
		wait_for(&client, bents[i].len);
		assert_true(client.got.len >= bents[i].len);
		assert_memory_equal(client.got.data, bents[i].bytes, bents[i].len);
		if (bents[i].then == STAYS) {
			assert_false(client.closed);
		} else {
			while (!client.closed)
				event_base_loop(talk.base, EVLOOP_ONCE);
			assert_int_equal(client.err.kind, bents[i].then == CLOSES ? ERR_NONE : ERR_NET);
		}
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_hostile_echo_says_what_it_hears(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "hostile echo\n");
	client_open(&client, &talk, NULL);
	client_say(&client, "EHLO x\r\n");
	wait_for(&client, 8);
	assert_string_equal(client.got.data, "EHLO x\r\n");
	client_close(&client);
	talk_end(&talk);
}

static void test_hostile_injects_behind_starttls(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "hostile starttls-injection\n");
	client_open(&client, &talk, NULL);
	EXPECT(&client, "220");
	ASK(&client, "STARTTLS", "220");
	/* In the clear, in the same segment; the handshake goes on all the same. */
	assert_string_equal(client.got.data, "250 2.0.0 injected\r\n");
	client_start_tls(&client);
	EXPECT(&client, "250 2.0.0 injected");
	ASK(&client, "EHLO client.outside.test", "250");
	client_close(&client);
	talk_end(&talk);
}

static void test_hostile_spoils_the_handshake(void **state)
{
	static const char *const rows[] = {
		"tls-garbage", "tls-plain", "tls-close", "tls-reset", "tls-alert", "tls-http", "tls-huge-record",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char rules[200];
		struct talk talk;
		struct client client;
		struct err err = ERR_INIT;

		print_message("%s\n", rows[i]);
		snprintf(rules, sizeof rules, OWN "hostile %s\n", rows[i]);
		talk_begin(&talk, rules);
		talk.tls = tls_client(&err);
		client_open(&client, &talk, NULL);
		EXPECT(&client, "220");
		client_say(&client, "STARTTLS\r\n");
		/* What the server says next is for TLS to read, if it has not come with the reply. */
		wait_for(&client, 30);
		if (!client.closed && client.got.len == 30)
			stream_start_tls(client.stream, talk.tls, NULL);
		while (!client.closed && !client.secured && client.got.len <= 30)
			event_base_loop(talk.base, EVLOOP_ONCE);
		assert_false(client.secured);
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_hostile_spares_what_it_is_told_to(void **state)
{
	struct talk talk;
	struct client client;

	(void)state;
	talk_begin(&talk, OWN "hostile closing rcpt\nhostile-spares 2\n");
	for (int i = 0; i < 2; i++) {
		client_open(&client, &talk, NULL);
		client_greet(&client, "<s@outside.test>");
		ASK(&client, "RCPT TO:<alice@practice.test>", "250");
		ASK(&client, "RCPT TO:<alice@practice.test>", "250");
		ASK(&client, "RCPT TO:<alice@practice.test>", "421");
		client_expect_end(&client);
		client_close(&client);
	}
	talk_end(&talk);
}

static void test_hostile_floods_end_where_they_should(void **state)
{
	static const struct {
		const char *what;
		size_t len;
		const char *end;
	} rows[] = {
		{ "huge-line", 65536 * 16 + 10, "\r\n250 Ok\r\n" },
		{ "huge-multiline", 100000 * 65 + 8, "\r\n250 Ok\r\n" },
		{ "long-ehlo", 2000 * 26 + 10, "\r\n250 HELP\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char rules[200];
		struct talk talk;
		struct client client;
		size_t tail = strlen(rows[i].end);

		print_message("%s\n", rows[i].what);
		snprintf(rules, sizeof rules, OWN "hostile %s ehlo\n", rows[i].what);
		talk_begin(&talk, rules);
		client_open(&client, &talk, NULL);
		EXPECT(&client, "220");
		client_say(&client, "EHLO x\r\n");
		wait_for(&client, rows[i].len);
		assert_int_equal(client.got.len, rows[i].len);
		assert_string_equal(client.got.data + client.got.len - tail, rows[i].end);
		buf_reset(&client.got);
		ASK(&client, "NOOP", "250");
		client_close(&client);
		talk_end(&talk);
	}
}

static void test_hostile_floods_wait_for_who_does_not_read(void **state)
{
	struct talk talk;
	struct client client;
	struct client quick;

	(void)state;
	talk_begin(&talk, OWN "hostile endless-multiline ehlo\n");
	client_open(&client, &talk, NULL);
	EXPECT(&client, "220");
	client_say(&client, "EHLO x\r\n");
	/* Another client comes through while the first takes all that it is given. */
	client_open(&quick, &talk, NULL);
	EXPECT(&quick, "220");
	ASK(&quick, "NOOP", "250");
	wait_for(&client, 8 << 20);
	ASK(&quick, "NOOP", "250");
	client_close(&quick);
	client_close(&client);
	talk_end(&talk);
}

/* A client that says all there is to say, whatever comes back. */
static void say_all(struct talk *talk)
{
	static const char *const lines[] = {
		"EHLO x\r\n",
		"MAIL FROM:<s@outside.test>\r\n",
		"RCPT TO:<alice@practice.test>\r\n",
		"RCPT TO:<v@elsewhere.test>\r\n",
		"RSET\r\n",
		"NOOP\r\n",
		"MAIL FROM:<s@outside.test>\r\nRCPT TO:<alice@practice.test>\r\nDATA\r\n",
		"x\r\n.\r\n",
		"STARTTLS\r\n",
		"QUIT\r\n",
	};
	struct client client;

	client_open(&client, talk, NULL);
	talk_run(talk);
	for (size_t i = 0; i < sizeof lines / sizeof *lines && !client.closed; i++) {
		client_say(&client, lines[i]);
		talk_run(talk);
	}
	client_close(&client);
}

static void test_hostile_does_each_thing_at_each_place(void **state)
{
	size_t kinds = 0;

	(void)state;
	for (const struct hostile_kind *kind = hostile_kinds; kind->name != NULL; kind++, kinds++) {
		for (const struct name_row *stage = practice_stage_names; stage->name != NULL; stage++) {
			char rules[300];
			struct talk talk;

			snprintf(rules, sizeof rules, OWN "hostile %s %s 1\n%s", kind->name, stage->name,
				 stage->number == AT_CONNECT ? "reply-delay 1\n" : "");
			talk_begin(&talk, rules);
			say_all(&talk);
			talk_end(&talk);
		}
	}
	assert_true(kinds >= 90);
}

static void test_hostile_does_each_thing_inside_tls(void **state)
{
	static const char *const places[] = { "secured", "ehlo" };
	struct err err = ERR_INIT;
	struct tls_context *tls = tls_client(&err);

	(void)state;
	for (const struct hostile_kind *kind = hostile_kinds; kind->name != NULL; kind++) {
		for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
			char rules[300];
			struct talk talk;
			struct client client;

			snprintf(rules, sizeof rules, OWN "implicit-tls\nhostile %s %s 1\n", kind->name, places[i]);
			talk_begin(&talk, rules);
			/* One context for all: each reads the system's certificates. */
			talk.tls = tls;
			client_open(&client, &talk, NULL);
			client_start_tls(&client);
			talk_run(&talk);
			client_say(&client, "EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<alice@practice.test>\r\nQUIT\r\n");
			talk_run(&talk);
			client_close(&client);
			talk.tls = NULL;
			talk_end(&talk);
		}
	}
	tls_context_free(tls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_bends_a_reply),
		cmocka_unit_test(test_hostile_echo_says_what_it_hears),
		cmocka_unit_test(test_hostile_injects_behind_starttls),
		cmocka_unit_test(test_hostile_spoils_the_handshake),
		cmocka_unit_test(test_hostile_spares_what_it_is_told_to),
		cmocka_unit_test(test_hostile_floods_end_where_they_should),
		cmocka_unit_test(test_hostile_floods_wait_for_who_does_not_read),
		cmocka_unit_test(test_hostile_does_each_thing_at_each_place),
		cmocka_unit_test(test_hostile_does_each_thing_inside_tls),
	};

	return cmocka_run_group_tests_name("practice_hostile", tests, NULL, NULL);
}
