/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sink.c - what a sink takes, and what it answers
 */
#include "remote/sink.h"

#include "../fake/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/token.h"

struct place {
	struct talk talk;
	struct sink *sink;
	struct sink_settings settings;
	struct sink_limits limits;
	struct token_key key;
	enum kept how;                  /* what is answered to a message */
	uint64_t ticket;
	size_t messages, records;
	struct record last;             /* its texts are in these */
	struct buf headers, body, sender, log;
	char token[TOKEN_TEXT];
};

static const char *const domains[] = { "sink.test", "other.test" };

static enum kept take(void *context, const struct record *records, size_t count, uint64_t ticket, struct err *err)
{
	struct place *place = context;
	const struct record *record = &records[count - 1];

	(void)err;
	place->messages++;
	place->records += count;
	place->ticket = ticket;
	place->last = *record;
	buf_reset(&place->headers);
	buf_reset(&place->body);
	buf_reset(&place->sender);
	buf_add(&place->headers, record->seen.headers, record->seen.headers_len);
	buf_add(&place->body, record->body, record->body_len);
	buf_text(&place->sender, record->seen.mail_from);
	return place->how;
}

static void log_line(void *context, const char *line)
{
	struct place *place = context;

	buf_printf(&place->log, "%s\n", line);
}

static int set_up(void **state)
{
	struct place *place = mem_new(sizeof *place);
	struct address where = { AF_INET, { 127, 0, 0, 1 }, 0, 0 };
	struct token token = { .run = "abcdefgh", .number = 5, .expires = time(NULL) + 600 };
	struct err err = ERR_INIT;

	talk_begin_alone(&place->talk);
	place->limits = sink_usual_limits;
	buf_init(&place->headers, 1 << 20);
	buf_init(&place->body, 1 << 20);
	buf_init(&place->sender, 1 << 20);
	buf_init(&place->log, 1 << 20);
	token_print(&place->key, &token, place->token);
	place->settings = (struct sink_settings){ .domains = domains, .domain_count = 2, .key = &place->key, .name = "mx.sink.test",
						  .tls = tls_server("mx.sink.test", &err), .limits = &place->limits, .take = take,
						  .log = log_line, .context = place };
	place->sink = sink_new(place->talk.base, &place->settings);
	if (sink_listen(place->sink, &where, &place->talk.address, &err) != 0)
		fail_msg("%s", err.text);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	sink_free(place->sink);
	tls_context_free((struct tls_context *)(uintptr_t)place->settings.tls);
	buf_release(&place->headers);
	buf_release(&place->body);
	buf_release(&place->sender);
	buf_release(&place->log);
	talk_end(&place->talk);
	free(place);
	return 0;
}

/* A command with the token in the place of the star. */
static const char *ask(struct place *place, struct client *client, const char *command)
{
	size_t before = strcspn(command, "*");
	char *line = mem_printf("%.*s%s%s", (int)before, command, command[before] == '*' ? place->token : "",
				command[before] == '*' ? command + before + 1 : "");
	const char *reply = client_ask(client, line);

	free(line);
	return reply;
}

static void expect(struct place *place, struct client *client, const char *command, const char *start)
{
	const char *reply = ask(place, client, command);

	if (strncmp(reply, start, strlen(start)) != 0)
		fail_msg("%s: %s, and not %s", command, reply, start);
}

static void begin(struct place *place, struct client *client)
{
	client_open(client, &place->talk, NULL);
	EXPECT(client, "220 mx.sink.test ");
	expect(place, client, "EHLO client.test", "250-mx.sink.test\n");
}

static void begin_message(struct place *place, struct client *client)
{
	begin(place, client);
	expect(place, client, "MAIL FROM:<a@b.test>", "250");
	expect(place, client, "RCPT TO:<*@sink.test>", "250");
}

static void test_only_tokens_are_recipients(void **state)
{
	static const struct {
		const char *command, *reply;
	} rows[] = {
		{ "RCPT TO:<*@sink.test>", "250" },
		{ "RCPT TO: <*@SINK.test>", "250" },
		{ "rcpt to:<*@other.test>", "250" },
		{ "RCPT TO:<*@else.test>", "550 5.7.1" },
		{ "RCPT TO:<*@sink.test.>", "250" },
		{ "RCPT TO:<*@sub.sink.test>", "250" },
		{ "RCPT TO:<prvs=0123456789=*@sink.test>", "250" },
		{ "RCPT TO:<*.else.test@sink.test>", "250" },
		{ "RCPT TO:<*@xsink.test>", "550 5.7.1" },
		{ "RCPT TO:<*@test>", "550 5.7.1" },
		{ "RCPT TO:<*@>", "550 5.7.1" },
		{ "RCPT TO:<*@sink.test..>", "550 5.7.1" },
		{ "RCPT TO:<else.test!*@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<*x@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<*>", "550 5.7.1" },
		{ "RCPT TO:<*%else.test@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<x*@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<\"*\"@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<@sink.test:*@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<*@sink.test@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<*@[127.0.0.1]>", "550 5.7.1" },
		{ "RCPT TO:<postmaster@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<postmaster>", "550 5.7.1" },
		{ "RCPT TO:<abcdefghaaaaaaaaaaaaaaaaaaaaaaaa@sink.test>", "550 5.7.1" },
		{ "RCPT TO:<>", "550 5.7.1" },
		{ "RCPT TO:*@sink.test", "501" },
		{ "RCPT TO:<*@sink.test", "501" },
		{ "RCPT TO:<*@sink.test>,<a@b.test>", "501" },
		{ "RCPT TO:<*@sink.test> NOTIFY=SUCCESS", "555" },
		{ "RCPT <*@sink.test>", "501" },
	};
	struct place *place = *state;
	struct client client;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(place, &client);
		expect(place, &client, "MAIL FROM:<>", "250");
		expect(place, &client, rows[i].command, rows[i].reply);
		expect(place, &client, "DATA", rows[i].reply[0] == '2' ? "354" : "554");
		client_close(&client);
	}
	assert_int_equal(place->messages, 0);
}

/* Whom a server may take mail for anywhere carries no token; the sender of a test does. */
static void test_role_mailboxes_go_by_the_sender(void **state)
{
	static const struct {
		const char *mail, *rcpt, *reply;
	} rows[] = {
		{ "MAIL FROM:<*@sink.test>", "RCPT TO:<postmaster@sink.test>", "250" },
		{ "MAIL FROM:<*@sink.test>", "RCPT TO:<ABUSE@other.test>", "250" },
		{ "MAIL FROM:<SRS0=aB3c=7d=sink.test=*@relay.test>", "RCPT TO:<postmaster@sink.test>", "250" },
		{ "MAIL FROM:<*@sink.test>", "RCPT TO:<postmaster@else.test>", "550 5.7.1" },
		{ "MAIL FROM:<*@sink.test>", "RCPT TO:<root@sink.test>", "550 5.7.1" },
		{ "MAIL FROM:<*@sink.test>", "RCPT TO:<postmaster%else.test@sink.test>", "550 5.7.1" },
		{ "MAIL FROM:<x*@sink.test>", "RCPT TO:<postmaster@sink.test>", "550 5.7.1" },
		{ "MAIL FROM:<a@*>", "RCPT TO:<postmaster@sink.test>", "550 5.7.1" },
		{ "MAIL FROM:<>", "RCPT TO:<postmaster@sink.test>", "550 5.7.1" },
	};
	struct place *place = *state;
	struct client client;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		begin(place, &client);
		expect(place, &client, rows[i].mail, "250");
		expect(place, &client, rows[i].rcpt, rows[i].reply);
		client_close(&client);
	}
}

static void test_an_expired_token_is_refused(void **state)
{
	struct place *place = *state;
	struct token token = { .run = "abcdefgh", .number = 5, .expires = time(NULL) - 61 };
	struct client client;

	token_print(&place->key, &token, place->token);
	begin(place, &client);
	expect(place, &client, "MAIL FROM:<>", "250");
	expect(place, &client, "RCPT TO:<*@sink.test>", "550 5.7.1 This test is over");
	client_close(&client);
}

static void test_commands_are_answered(void **state)
{
	static const struct {
		const char *command, *reply;
	} rows[] = {
		{ "VRFY root", "252" },        { "EXPN root", "502" },     { "HELP", "214" },	      { "NOOP x", "250" },
		{ "RSET", "250" },	       { "TURN", "500" },	   { "ETRN sink.test", "500" }, { "AUTH PLAIN", "500" },
		{ "XCLIENT ADDR=1", "500" },   { "", "500" },		   { "HELO", "501" },	      { "DATA", "503" },
		{ "BDAT x", "501" },
	};
	static const struct {
		const char *command, *reply;
	} senders[] = {
		{ "MAIL FROM:<>", "250" },
		{ "MAIL FROM:<a@b.test> SIZE=1000 BODY=8BITMIME SMTPUTF8", "250" },
		{ "MAIL FROM:<a@b.test> SIZE=4194305", "552" },
		{ "MAIL FROM:<a@b.test> SIZE=99999999999999999999", "552" },
		{ "MAIL FROM:<a@b.test> SIZE=x", "501" },
		{ "MAIL FROM:<a@b.test> RET=HDRS", "555" },
		{ "MAIL FROM:<\"a>b\"@b.test>", "250" },
		{ "MAIL FROM:a@b.test", "501" },
		{ "MAIL TO:<a@b.test>", "501" },
	};
	struct place *place = *state;
	struct client client;

	begin(place, &client);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		expect(place, &client, rows[i].command, rows[i].reply);
	client_expect_end(&client);
	client_close(&client);
	begin(place, &client);
	for (size_t i = 0; i < sizeof senders / sizeof *senders; i++) {
		expect(place, &client, senders[i].command, senders[i].reply);
		expect(place, &client, "RSET", "250");
	}
	client_close(&client);
}

/* What follows DATA, and the messages that a sink makes of it. */
static void test_one_end_of_a_message_and_no_other(void **state)
{
	static const struct {
		const char *name, *said, *kept;
	} rows[] = {
		{ "plain", "A: b\r\n\r\nbody\r\n.\r\n", "A: b\r\n\r\nbody\r\n" },
		{ "nothing", ".\r\n", "" },
		{ "a dot more", "..\r\n...x\r\n.y\r\n.\r\n", ".\r\n..x\r\ny\r\n" },
		{ "LF dot LF", "a\n.\nMAIL FROM:<x@y>\n.\n\r\n.\r\n", "a\n.\nMAIL FROM:<x@y>\n.\n\r\n" },
		{ "LF dot CR LF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n" },
		{ "CR LF dot LF", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n" },
		{ "CR dot CR", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n" },
		{ "CR LF dot CR", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n" },
		{ "CR LF dot CR CR LF", "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n" },
		{ "CR dot CR LF", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n" },
		{ "CR CR LF dot CR LF", "a\r\r\n.\r\n", "a\r\r\n" },
	};
	struct place *place = *state;
	struct client client;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf all = BUF_OWN;

		place->messages = 0;
		begin_message(place, &client);
		expect(place, &client, "DATA", "354");
		/* At once, or byte by byte. */
		for (size_t k = 0; rows[i].said[k] != '\0'; k++) {
			client_say_bytes(&client, rows[i].said + k, 1);
			if (i % 2 != 0)
				talk_run(&place->talk);
		}
		EXPECT(&client, "250 2.6.0");
		expect(place, &client, "NOOP", "250");
		buf_add(&all, place->headers.data, place->headers.len);
		buf_add(&all, place->body.data, place->body.len);
		if (place->messages != 1 || strcmp(all.data, rows[i].kept) != 0)
			fail_msg("%s: %s", rows[i].name, all.data);
		assert_int_equal(place->last.size, strlen(rows[i].kept));
		buf_release(&all);
		client_close(&client);
	}
}

static void test_a_message_comes_in_chunks(void **state)
{
	struct place *place = *state;
	struct client client;

	begin_message(place, &client);
	client_say(&client, "BDAT 8\r\nA: b\r\n\r\nBDAT 5\r\n.\r\n.\rBDAT 0 LAST\r\n");
	EXPECT(&client, "250");
	EXPECT(&client, "250");
	EXPECT(&client, "250 2.6.0");
	assert_string_equal(place->headers.data, "A: b\r\n\r\n");
	assert_string_equal(place->body.data, ".\r\n.\r");
	/* Without a recipient they are read, and thrown away. */
	client_say(&client, "BDAT 13 LAST\r\nMAIL FROM:<\r\nNOOP\r\n");
	EXPECT(&client, "503");
	EXPECT(&client, "250 2.0.0");
	expect(place, &client, "MAIL FROM:<>", "250");
	expect(place, &client, "RCPT TO:<*@sink.test>", "250");
	client_say(&client, "BDAT 1\r\nx");
	EXPECT(&client, "250");
	expect(place, &client, "DATA", "503");
	expect(place, &client, "RCPT TO:<*@sink.test>", "503");
	client_close(&client);
	assert_int_equal(place->messages, 1);
}

static void test_a_large_message_is_cut_and_a_huge_one_refused(void **state)
{
	static const char line[] = "0123456789012345678901234567890123456789012345678901234567890\r\n";
	struct place *place = *state;
	struct client client;

	for (int huge = 0; huge < 2; huge++) {
		size_t size = huge ? SINK_MESSAGE_MOST + 1 : 200000, lines = size / (sizeof line - 1) + 1;

		begin_message(place, &client);
		expect(place, &client, "DATA", "354");
		for (size_t i = 0; i < lines; i++) {
			client_say(&client, line);
			if (i % 1000 == 0)
				talk_run(&place->talk);
		}
		client_say(&client, ".\r\n");
		EXPECT(&client, huge ? "552" : "250");
		expect(place, &client, "NOOP", "250");
		client_close(&client);
	}
	assert_int_equal(place->messages, 1);
	assert_true(place->last.truncated);
	assert_true(place->last.size >= 200000);
	assert_int_equal(place->headers.len + place->body.len, RECORD_KEPT);
}

static void test_a_message_is_answered_when_it_is_kept(void **state)
{
	static const struct {
		enum kept how;
		const char *reply;
	} rows[] = { { KEPT, "250" }, { KEPT_FULL, "452" }, { KEPT_BROKEN, "451" } };
	struct place *place = *state;
	struct client client;

	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		bool later = i >= sizeof rows / sizeof *rows;

		place->how = later ? KEPT_LATER : rows[i % 3].how;
		begin_message(place, &client);
		expect(place, &client, "DATA", "354");
		client_say(&client, "x\r\n.\r\nNOOP\r\n");
		if (later) {
			place->ticket = 0;
			while (place->ticket == 0)
				event_base_loop(place->talk.base, EVLOOP_ONCE);
			talk_run(&place->talk);
			assert_int_equal(client.got.len, 0);
			sink_settle(place->sink, place->ticket + 1000, KEPT);
			assert_int_equal(client.got.len, 0);
			sink_settle(place->sink, place->ticket, rows[i % 3].how);
		}
		EXPECT(&client, rows[i % 3].reply);
		EXPECT(&client, "250 2.0.0");
		client_close(&client);
	}
	/* Who has gone meanwhile is not missed. */
	place->how = KEPT_LATER;
	begin_message(place, &client);
	expect(place, &client, "DATA", "354");
	client_say(&client, "x\r\n.\r\n");
	place->ticket = 0;
	while (place->ticket == 0)
		event_base_loop(place->talk.base, EVLOOP_ONCE);
	client_close(&client);
	sink_settle(place->sink, place->ticket, KEPT);
	assert_non_null(strstr(place->log.data, "caught run=abcdefgh number=5 role=0 peer=127.0.0.1 helo=client.test from=<a@b.test> recipients=1"));
}

static void test_tls_forgets_what_came_before(void **state)
{
	struct place *place = *state;
	struct client client;

	begin(place, &client);
	client_say(&client, "STARTTLS\r\nMAIL FROM:<injected@b.test>\r\n");
	EXPECT(&client, "220");
	client_start_tls(&client);
	expect(place, &client, "MAIL FROM:<>", "503 5.5.1 Say EHLO first");
	expect(place, &client, "STARTTLS", "502");
	expect(place, &client, "EHLO client.test", "250");
	assert_null(strstr(client.reply.data, "STARTTLS"));
	expect(place, &client, "MAIL FROM:<>", "250");
	expect(place, &client, "RCPT TO:<*@sink.test>", "250");
	expect(place, &client, "RCPT TO:<*@other.test>", "250");
	expect(place, &client, "DATA", "354");
	client_say(&client, "x\r\n.\r\n");
	EXPECT(&client, "250");
	expect(place, &client, "QUIT", "221");
	client_expect_end(&client);
	client_close(&client);
	assert_int_equal(place->records, 2);
	assert_non_null(place->last.tls);
}

static void test_limits_hold(void **state)
{
	struct place *place = *state;
	struct client clients[4];

	place->limits.sessions = 3;
	place->limits.sessions_peer = 2;
	for (int i = 0; i < 3; i++) {
		client_open(&clients[i], &place->talk, i == 2 ? "127.0.0.3" : "127.0.0.2");
		EXPECT(&clients[i], "220");
	}
	/* The one that has been silent the longest gives way to another of the same peer. */
	expect(place, &clients[0], "EHLO client.test", "250");
	client_open(&clients[3], &place->talk, "127.0.0.2");
	EXPECT(&clients[3], "220");
	EXPECT(&clients[1], "421 4.7.0");
	client_close(&clients[1]);
	/* Not one that has named a token. */
	for (int i = 0; i < 4; i += 3) {
		expect(place, &clients[i], "EHLO client.test", "250");
		expect(place, &clients[i], "MAIL FROM:<>", "250");
		expect(place, &clients[i], "RCPT TO:<*@sink.test>", "250");
	}
	client_open(&clients[1], &place->talk, "127.0.0.2");
	EXPECT(&clients[1], "421 4.7.0");
	client_close(&clients[1]);
	expect(place, &clients[0], "NOOP", "250");
	/* One message at a time, and one a minute. */
	place->limits.receiving = 1;
	place->limits.messages_peer = 1;
	expect(place, &clients[0], "DATA", "354");
	expect(place, &clients[3], "DATA", "452");
	client_say(&clients[0], "x\r\n.\r\n");
	EXPECT(&clients[0], "250");
	expect(place, &clients[0], "MAIL FROM:<>", "450");
	for (int i = 0; i < 4; i++)
		if (i != 1)
			client_close(&clients[i]);
}

static void test_time_and_bytes_end_a_session(void **state)
{
	struct place *place = *state;
	struct client client;

	place->limits.command = 200 * CLOCK_MS;
	begin(place, &client);
	client_say(&client, "NO");
	EXPECT(&client, "421 4.4.2");
	client_expect_end(&client);
	client_close(&client);
	place->limits.command = sink_usual_limits.command;
	place->limits.bytes_peer = 50000;
	begin(place, &client);
	for (int i = 0; i < 400; i++)
		client_say(&client, "RSET xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n");
	while (!client.closed)
		event_base_loop(place->talk.base, EVLOOP_ONCE);
	assert_non_null(strstr(client.got.data, "421 4.7.0 Too many bytes"));
	client_close(&client);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_only_tokens_are_recipients, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_role_mailboxes_go_by_the_sender, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_an_expired_token_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_commands_are_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_one_end_of_a_message_and_no_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_message_comes_in_chunks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_large_message_is_cut_and_a_huge_one_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_message_is_answered_when_it_is_kept, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tls_forgets_what_came_before, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits_hold, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_time_and_bytes_end_a_session, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
