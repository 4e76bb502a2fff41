/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_practice_mail.c - what becomes of a message that a practice server took
 *
 * A door on the same loop takes whatever the server hands on, and writes all of it down.
 */
#include "../fake/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define OWN "domain practice.test\nuser postmaster alice\n"
#define SEES(place, text) assert_non_null(strstr((place)->door.heard.data, (text)))
#define NEVER_SEES(place, text) assert_null(strstr((place)->door.heard.data, (text)))

struct guest {
	struct door *door;
	struct stream *stream;
	struct buf line;
	bool message;
};

enum { GUESTS = 32 };

/* Says yes to all, but for DATA, and to whom `refuses` is in its command. */
struct door {
	struct event *accepting;
	const char *refuses;
	struct buf heard;
	struct guest guests[GUESTS];
	size_t count, open;
	int fd;
};

struct place {
	struct talk talk;
	struct client client;
	struct door door;
	struct practice_counts counts;
};

static void hear(struct guest *guest, const char *line)
{
	const char *answer = "250 Ok\r\n";
	bool data = strncmp(line, "DATA", 4) == 0;

	if (guest->message) {
		if (strcmp(line, ".\r\n") != 0)
			return;
		guest->message = false;
	} else if (guest->door->refuses != NULL && strstr(line, guest->door->refuses) != NULL) {
		answer = "550 No\r\n";
	} else if (data) {
		answer = "354 Go on\r\n";
		guest->message = true;
	}
	stream_write(guest->stream, answer, strlen(answer));
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct guest *guest = context;
	char *end;

	buf_add(&guest->door->heard, bytes, len);
	buf_add(&guest->line, bytes, len);
	while (guest->line.len != 0 && (end = strstr(guest->line.data, "\r\n")) != NULL) {
		size_t size = (size_t)(end + 2 - guest->line.data);
		char *line = mem_bytes(guest->line.data, size);

		buf_take(&guest->line, size);
		hear(guest, line);
		free(line);
	}
}

static void on_closed(void *context, const struct err *err)
{
	struct guest *guest = context;

	(void)err;
	stream_free(guest->stream);
	guest->stream = NULL;
	guest->door->open--;
}

static const struct stream_events guest_events = { .received = on_received, .closed = on_closed };

static void on_acceptable(evutil_socket_t fd, short what, void *context)
{
	struct door *door = context;
	struct guest *guest = &door->guests[door->count];
	int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (client < 0)
		return;
	assert_true(door->count < GUESTS);
	door->count++;
	door->open++;
	guest->door = door;
	buf_init(&guest->line, 1 << 20);
	guest->stream = stream_adopt(event_get_base(door->accepting), client, &guest_events, guest);
	stream_write(guest->stream, "220 door\r\n", 10);
}

/* In the rules, %u is the door's port. */
static void begin(struct place *place, const char *rules)
{
	struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof local;
	char text[1024];
	const char *hole;
	size_t len = 0;

	*place = (struct place){ .door.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) };
	assert_int_equal(bind(place->door.fd, (struct sockaddr *)&local, sizeof local), 0);
	assert_int_equal(listen(place->door.fd, 64), 0);
	assert_int_equal(getsockname(place->door.fd, (struct sockaddr *)&local, &size), 0);
	for (; (hole = strstr(rules, "%u")) != NULL; rules = hole + 2)
		len += (size_t)snprintf(text + len, sizeof text - len, "%.*s127.0.0.1:%u", (int)(hole - rules), rules,
					(unsigned)ntohs(local.sin_port));
	snprintf(text + len, sizeof text - len, "%s", rules);
	talk_begin(&place->talk, text);
	buf_init(&place->door.heard, 4 << 20);
	place->door.accepting = event_new(place->talk.base, place->door.fd, EV_READ | EV_PERSIST, on_acceptable, &place->door);
	event_add(place->door.accepting, NULL);
	client_open(&place->client, &place->talk, NULL);
	EXPECT(&place->client, "220");
	ASK(&place->client, "EHLO client.outside.test", "250");
}

static void end(struct place *place)
{
	client_close(&place->client);
	event_free(place->door.accepting);
	for (size_t i = 0; i < place->door.count; i++) {
		stream_free(place->door.guests[i].stream);
		buf_release(&place->door.guests[i].line);
	}
	close(place->door.fd);
	buf_release(&place->door.heard);
	talk_end(&place->talk);
}

/* Runs until so many letters were handed on, or refused where they were to go. */
static void await_letters(struct place *place, size_t letters)
{
	for (;;) {
		talk_counts(&place->talk, &place->counts);
		if (place->counts.delivered + place->counts.undelivered == letters)
			break;
		event_base_loop(place->talk.base, EVLOOP_ONCE);
	}
	talk_run(&place->talk);
	talk_counts(&place->talk, &place->counts);
	assert_int_equal(place->counts.delivered + place->counts.undelivered, letters);
}

static void give(struct place *place, const char *sender, const char *recipient, const char *message)
{
	char line[512];

	snprintf(line, sizeof line, "MAIL FROM:<%s>", sender);
	ASK(&place->client, line, "250");
	snprintf(line, sizeof line, "RCPT TO:%s", recipient);
	ASK(&place->client, line, "250");
	ASK(&place->client, "DATA", "354");
	client_say(&place->client, message);
	client_say(&place->client, "\r\n.\r\n");
	EXPECT(&place->client, "250");
}

static void test_mail_for_outside_is_handed_on_with_a_trace(void **state)
{
	static const struct {
		const char *style, *trace;
	} rows[] = {
		{ "plain", "Received: from client.outside.test ([127.0.0.1])\r\n\tby mail.practice.test with ESMTP id " },
		{ "postfix", "Received: from client.outside.test (unknown [127.0.0.1])\r\n\tby mail.practice.test (Postfix) with ESMTP id " },
		{ "exim", "Received: from [127.0.0.1] (helo=client.outside.test)\r\n\tby mail.practice.test with ESMTP (Exim 4.96)" },
		{ "sendmail", "Received: from client.outside.test ([127.0.0.1])\r\n\tby mail.practice.test (8.17" },
		{ "qmail", "Received: from unknown (HELO client.outside.test) (127.0.0.1)\r\n  by mail.practice.test with ESMTP; " },
	};
	char rules[256];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct place place;

		snprintf(rules, sizeof rules, OWN "style %s\nleak plain\ndeliver %%u\n", rows[i].style);
		begin(&place, rules);
		give(&place, "s@outside.test", "<v@elsewhere.test>", "Subject: one\r\n\r\n..dot\nbare\r\nlast");
		await_letters(&place, 1);
		assert_int_equal(place.counts.delivered, 1);
		SEES(&place, "EHLO mail.practice.test\r\nMAIL FROM:<s@outside.test>\r\nRCPT TO:<v@elsewhere.test>\r\nDATA\r\n");
		SEES(&place, rows[i].trace);
		SEES(&place, "\r\nSubject: one\r\n\r\n..dot\r\nbare\r\nlast\r\n.\r\n");
		end(&place);
	}
}

static void test_mail_in_a_disguise_is_handed_on_without_it(void **state)
{
	static const struct {
		const char *recipient, *path;
	} rows[] = {
		{ "<v@elsewhere.test>", "<v@elsewhere.test>" },
		{ "<v%elsewhere.test@practice.test>", "<v@elsewhere.test>" },
		{ "<elsewhere.test!v@practice.test>", "<v@elsewhere.test>" },
		{ "<\"v@elsewhere.test\"@practice.test>", "<v@elsewhere.test>" },
		{ "<v@elsewhere.test@practice.test>", "<v@elsewhere.test>" },
		{ "<@practice.test:v@elsewhere.test>", "<v@elsewhere.test>" },
		{ "<v%elsewhere.test%practice.test@practice.test>", "<v@elsewhere.test>" },
		{ "<\"v%elsewhere.test\"@practice.test>", "<v@elsewhere.test>" },
		{ "<v@sub.practice.test>", "<v@sub.practice.test>" },
		{ "<v%elsewhere.test>", "<v@elsewhere.test>" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char seen[128];
		struct place place;

		begin(&place, OWN "leak all\ndeliver %u\n");
		give(&place, "", rows[i].recipient, "x");
		await_letters(&place, 1);
		snprintf(seen, sizeof seen, "MAIL FROM:<>\r\nRCPT TO:%s\r\n", rows[i].path);
		SEES(&place, seen);
		end(&place);
	}
}

static void test_mail_for_a_local_name_stays(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "style qmail\nleak plain\ndeliver %u\n");
	give(&place, "s@outside.test", "<alice@practice.test>", "one");
	give(&place, "s@outside.test", "<nobody@practice.test>", "two");
	give(&place, "s@outside.test", "<v%elsewhere.test@practice.test>", "three");
	give(&place, "s@outside.test", "<v@elsewhere.test>", "four");
	await_letters(&place, 1);
	SEES(&place, "four");
	NEVER_SEES(&place, "one\r\n");
	NEVER_SEES(&place, "three");
	end(&place);
}

static void test_mail_that_is_held_or_discarded_goes_nowhere(void **state)
{
	static const char *const rows[] = { "hold\n", "discard\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char rules[128];
		struct place place;

		snprintf(rules, sizeof rules, OWN "leak plain\ndeliver %%u\n%s", rows[i]);
		begin(&place, rules);
		give(&place, "s@outside.test", "<v@elsewhere.test>", "x");
		await_letters(&place, 0);
		assert_int_equal(place.counts.held, i == 0);
		assert_int_equal(place.door.count, 0);
		end(&place);
	}
}

static void test_mail_goes_late_and_twice_where_the_rules_say_so(void **state)
{
	struct place place;
	int64_t began;

	(void)state;
	begin(&place, OWN "leak plain\ndeliver %u\ndeliver-late 60\ndeliver-again\n");
	began = clock_now();
	give(&place, "s@outside.test", "<v@elsewhere.test>", "x");
	await_letters(&place, 2);
	assert_true(clock_now() - began >= 59 * CLOCK_MS);
	assert_int_equal(place.counts.delivered, 2);
	end(&place);
}

static void test_mail_for_nobody_is_bounced_to_its_sender(void **state)
{
	static const struct {
		const char *style, *said;
	} rows[] = {
		{ "plain\nuser *", "Content-Type: multipart/report; report-type=delivery-status;" },
		{ "qmail", "Hi. This is the qmail-send program at mail.practice.test.\r\n" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char rules[160];
		struct place place;

		snprintf(rules, sizeof rules, OWN "style %s\nbounce %%u\n", rows[i].style);
		begin(&place, rules);
		give(&place, "s@outside.test", "<nobody@practice.test>", "X-Mark: here\r\n\r\nx");
		give(&place, "", "<nobody@practice.test>", "for the null sender");
		give(&place, "alice@practice.test", "<nobody@practice.test>", "for ourselves");
		give(&place, "s@outside.test", "<alice@practice.test>", "for a mailbox");
		await_letters(&place, 1);
		assert_int_equal(place.counts.bounced, 1);
		SEES(&place, "MAIL FROM:<>\r\nRCPT TO:<s@outside.test>\r\n");
		SEES(&place, rows[i].said);
		SEES(&place, "<nobody@practice.test>");
		SEES(&place, "\r\nX-Mark: here\r\n");
		end(&place);
	}
}

static void test_mail_is_reported_on_and_answered(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "style postfix\nleak plain\ndsn %u\n");
	give(&place, "s@outside.test", "<alice@practice.test>", "unasked");
	give(&place, "s@outside.test", "<alice@practice.test> NOTIFY=FAILURE", "asked for failure");
	give(&place, "s@outside.test", "<v@elsewhere.test> NOTIFY=SUCCESS,DELAY", "relayed");
	give(&place, "s@outside.test", "<alice@practice.test> NOTIFY=success", "delivered");
	await_letters(&place, 2);
	SEES(&place, "Action: relayed\r\n");
	SEES(&place, "Action: delivered\r\n");
	NEVER_SEES(&place, "asked");
	end(&place);
	begin(&place, OWN "autoreply %u\n");
	give(&place, "s@outside.test", "<alice@practice.test>", "x");
	give(&place, "", "<alice@practice.test>", "x");
	await_letters(&place, 1);
	SEES(&place, "MAIL FROM:<>\r\nRCPT TO:<s@outside.test>\r\n");
	SEES(&place, "Subject: Out of office\r\n");
	end(&place);
}

/* The second message stands in the first one's text, behind what the server takes for its end. */
static void test_mail_smuggled_inside_another_is_mail(void **state)
{
	static const struct {
		const char *name, *end;
	} rows[] = {
		{ "lf", "\n.\n" },       { "lf-crlf", "\n.\r\n" }, { "cr", "\r.\r" },        { "cr-lf", "\r.\n" },
		{ "cr-crlf", "\r.\r\n" }, { "lf-cr", "\n.\r" },     { "crlf-lf", "\r\n.\n" }, { "crlf-cr", "\r\n.\r" },
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		bool fooled = i % 2 == 0;
		char rules[128], text[256];
		struct place place;

		snprintf(rules, sizeof rules, OWN "leak plain\ndeliver %%u\n%s%s\n", fooled ? "end-of-data " : "",
			 fooled ? rows[i / 2].name : "");
		begin(&place, rules);
		ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
		ASK(&place.client, "RCPT TO:<v@elsewhere.test>", "250");
		ASK(&place.client, "DATA", "354");
		snprintf(text, sizeof text,
			 "first%sMAIL FROM:<admin@practice.test>\r\nRCPT TO:<w@elsewhere.test>\r\nDATA\r\nsecond\r\n.\r\n",
			 rows[i / 2].end);
		client_say(&place.client, text);
		EXPECT(&place.client, "250");
		await_letters(&place, fooled ? 2 : 1);
		assert_int_equal(place.counts.messages, fooled ? 2 : 1);
		SEES(&place, "\r\nfirst");
		if (fooled) {
			SEES(&place, "\r\nfirst\r\n.\r\n");
			SEES(&place, "\r\nsecond\r\n.\r\n");
		}
		end(&place);
	}
}

static void test_mail_comes_in_chunks_as_well(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "leak plain\ndeliver %u\n");
	ASK(&place.client, "MAIL FROM:<s@outside.test>", "250");
	ASK(&place.client, "RCPT TO:<v@elsewhere.test>", "250");
	client_say(&place.client, "BDAT 8\r\n\r\n.\r\nab\rBDAT 6 LAST\r\ncd\r\n.e");
	EXPECT(&place.client, "250");
	EXPECT(&place.client, "250");
	await_letters(&place, 1);
	SEES(&place, "\r\n\r\n..\r\nab\rcd\r\n..e\r\n.\r\n");
	end(&place);
}

static void test_mail_that_is_refused_on_its_way_counts(void **state)
{
	static const char *const rows[] = { "MAIL FROM", "RCPT TO", "DATA" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct place place;

		begin(&place, OWN "leak plain\ndeliver %u\n");
		place.door.refuses = rows[i];
		give(&place, "s@outside.test", "<v@elsewhere.test>", "a secret");
		await_letters(&place, 1);
		assert_int_equal(place.counts.undelivered, 1);
		if (i == 2)
			NEVER_SEES(&place, "a secret");
		end(&place);
	}
}

static void test_mail_beyond_the_queue_and_at_the_end_is_dropped(void **state)
{
	enum { LETTERS = 700 };
	struct place place;

	(void)state;
	begin(&place, OWN "leak plain\ndeliver %u\ndeliver-late 100000\n");
	for (int i = 0; i < LETTERS; i++)
		give(&place, "s@outside.test", "<v@elsewhere.test>", "x");
	talk_counts(&place.talk, &place.counts);
	assert_int_equal(place.counts.messages, LETTERS);
	assert_int_equal(place.counts.undelivered, LETTERS - 512);
	end(&place);
	/* And while connections are open. */
	begin(&place, OWN "leak plain\ndeliver %u\n");
	for (int i = 0; i < 20; i++)
		give(&place, "s@outside.test", "<v@elsewhere.test>", "x");
	while (place.door.count == 0)
		event_base_loop(place.talk.base, EVLOOP_ONCE);
	end(&place);
}

static void test_mask_hides_who_the_client_is(void **state)
{
	struct place place;

	(void)state;
	begin(&place, OWN "style sendmail\ntrust 172.17.0.0/16\nmask 172.17.0.1\ndeliver %u\n");
	ASK(&place.client, "EHLO client.outside.test", "250-mail.practice.test Hello client.outside.test [172.17.0.1]");
	give(&place, "s@outside.test", "<v@elsewhere.test>", "x");
	await_letters(&place, 1);
	SEES(&place, "Received: from client.outside.test ([172.17.0.1])\r\n");
	NEVER_SEES(&place, "[127.0.0.1]");
	end(&place);
}

static void test_rules_hand_mail_to_loopback_only(void **state)
{
	static const char *const keys[] = { "deliver", "bounce", "dsn", "autoreply" };
	static const char *const rows[] = { "192.0.2.1:25", "0.0.0.0:25", "10.0.0.1:25", "[2001:db8::1]:25", "[::ffff:127.0.0.1]:25" };

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
			struct err err = ERR_INIT;
			char line[64];

			snprintf(line, sizeof line, "%s %s\n", keys[i], rows[k]);
			assert_null(practice_rules_parse("x", line, &err));
			assert_non_null(strstr(err.text, "takes a loopback address only"));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mail_for_outside_is_handed_on_with_a_trace),
		cmocka_unit_test(test_mail_in_a_disguise_is_handed_on_without_it),
		cmocka_unit_test(test_mail_for_a_local_name_stays),
		cmocka_unit_test(test_mail_that_is_held_or_discarded_goes_nowhere),
		cmocka_unit_test(test_mail_goes_late_and_twice_where_the_rules_say_so),
		cmocka_unit_test(test_mail_for_nobody_is_bounced_to_its_sender),
		cmocka_unit_test(test_mail_is_reported_on_and_answered),
		cmocka_unit_test(test_mail_smuggled_inside_another_is_mail),
		cmocka_unit_test(test_mail_comes_in_chunks_as_well),
		cmocka_unit_test(test_mail_that_is_refused_on_its_way_counts),
		cmocka_unit_test(test_mail_beyond_the_queue_and_at_the_end_is_dropped),
		cmocka_unit_test(test_mask_hides_who_the_client_is),
		cmocka_unit_test(test_rules_hand_mail_to_loopback_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
