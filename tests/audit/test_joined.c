/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_joined.c - messages joined from their lines, however these are mixed
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "audit/joined.h"
#include "base/mem.h"
#include "mta/logs.h"

static const char *const domains[] = { "own.example" };

struct reader {
	struct strangers_rules rules;
	struct strangers mail;
	struct joined *joined;
	struct logs *logs;
};

static void begin(struct reader *reader)
{
	*reader = (struct reader){ .rules = { .own = PREFIXSET_INIT, .domains = domains, .domain_count = 1 } };
	prefixset_settle(&reader->rules.own);
	strangers_init(&reader->mail, &reader->rules);
	reader->joined = joined_new(&reader->mail);
	reader->logs = mem_new(sizeof *reader->logs);
	stamper_start(&reader->logs->stamper, 1900000000);
}

static void end(struct reader *reader)
{
	joined_free(reader->joined);
	strangers_release(&reader->mail);
	prefixset_release(&reader->rules.own);
	free(reader->logs);
}

static void add(struct reader *reader, const char *text)
{
	struct log_line line;
	struct event event;
	const char *make;

	if (logs_read(reader->logs, (struct slice){ text, strlen(text) }, &line, &event, &make) == LOGS_EVENT)
		joined_add(reader->joined, &line, &event);
}

/* What a message of each kind says, with its number for the id; NULL ends the lines. */
enum { KINDS = 5, LINES = 5 };

static const char *const kinds[KINDS][LINES] = {
	{ "Jan  1 00:00:00 mx postfix/smtpd[1]: %08X1: client=a[198.51.100.1]", "Jan  1 00:00:00 mx postfix/qmgr[1]: %08X1: from=<s@a.example>, size=1, nrcpt=1 (queue active)",
	  "Jan  1 00:00:01 mx postfix/smtp[1]: %08X1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)", "Jan  1 00:00:01 mx postfix/qmgr[1]: %08X1: removed" },
	{ "Jan  1 00:00:00 mx postfix/smtpd[1]: %08X2: client=a[198.51.100.1]", "Jan  1 00:00:00 mx postfix/qmgr[1]: %08X2: from=<s@a.example>, size=1, nrcpt=1 (queue active)",
	  "Jan  1 00:00:01 mx postfix/local[1]: %08X2: to=<r@own.example>, relay=local, status=sent (delivered)", "Jan  1 00:00:01 mx postfix/qmgr[1]: %08X2: removed" },
	{ "Jan  1 00:00:00 mx postfix/smtpd[1]: %08X3: client=a[198.51.100.1], sasl_username=u", "Jan  1 00:00:00 mx postfix/qmgr[1]: %08X3: from=<s@a.example>, size=1, nrcpt=1 (queue active)",
	  "Jan  1 00:00:01 mx postfix/smtp[1]: %08X3: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)", "Jan  1 00:00:01 mx postfix/qmgr[1]: %08X3: removed" },
	{ "Jan  1 00:00:00 mx postfix/smtpd[1]: %08X4: client=a[198.51.100.1]", "Jan  1 00:00:00 mx postfix/qmgr[1]: %08X4: from=<s@a.example>, size=1, nrcpt=1 (queue active)",
	  "Jan  1 00:00:01 mx postfix/smtp[1]: %08X4: to=<r@b.example>, relay=none, status=deferred (timeout)" },
	{ "Jan  1 00:00:01 mx postfix/smtp[1]: %08X5: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)", "Jan  1 00:00:01 mx postfix/qmgr[1]: %08X5: removed" },
};

static unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

/* Each message's lines in their order, and the messages' in any. */
static void mix_and_count(unsigned seed)
{
	enum { MESSAGES = 400 };
	unsigned said[MESSAGES] = { 0 }, left = MESSAGES, state = seed;
	struct reader reader;
	char line[200];

	begin(&reader);
	while (left != 0) {
		unsigned message = next_random(&state) % MESSAGES, kind = message % KINDS;
		const char *format = said[message] < LINES ? kinds[kind][said[message]] : NULL;
		const char *id = format ? strstr(format, "%08X") : NULL;

		if (said[message] > LINES)
			continue;
		if (id == NULL) {
			said[message] = LINES + 1;
			left--;
			continue;
		}
		said[message]++;
		snprintf(line, sizeof line, "%.*s%08X%s", (int)(id - format), format, message, id + 4);
		add(&reader, line);
	}
	joined_finish(reader.joined);
	assert_int_equal(reader.mail.messages, MESSAGES / KINDS);
	assert_int_equal(reader.mail.recipients, MESSAGES / KINDS);
	assert_int_equal(reader.mail.accepted, MESSAGES / KINDS);
	assert_int_equal(reader.mail.accepted_foreign, MESSAGES / KINDS);
	assert_int_equal(reader.mail.deferred, MESSAGES / KINDS);
	assert_int_equal(reader.mail.unknown, MESSAGES / KINDS);
	assert_int_equal(joined_dropped(reader.joined), 0);
	end(&reader);
}

static void test_any_order(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 40; seed++)
		mix_and_count(seed);
}

static void test_ids_without_end(void **state)
{
	struct reader reader;
	char line[200];

	(void)state;
	begin(&reader);
	for (unsigned i = 0; i < JOINED_MOST + 1000; i++) {
		snprintf(line, sizeof line, "Jan  1 00:00:00 mx postfix/smtpd[1]: %08X1: client=a[198.51.100.1]", i);
		add(&reader, line);
	}
	assert_int_equal(joined_dropped(reader.joined), 1000);
	/* The oldest gave way. */
	add(&reader, "Jan  1 00:00:01 mx postfix/smtp[1]: 000000001: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)");
	snprintf(line, sizeof line, "Jan  1 00:00:01 mx postfix/smtp[1]: %08X1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)", JOINED_MOST);
	add(&reader, line);
	joined_finish(reader.joined);
	assert_int_equal(reader.mail.messages, 1);
	assert_int_equal(reader.mail.unknown, 1);
	end(&reader);
}

static void test_age(void **state)
{
	struct reader reader;

	(void)state;
	begin(&reader);
	add(&reader, kinds[0][0]);
	add(&reader, "Jan  1 00:00:00 mx postfix/smtpd[1]: AAAAAAA1: client=a[198.51.100.1]");
	add(&reader, "Jan  1 00:00:00 mx postfix/qmgr[1]: AAAAAAA1: from=<s@a.example>, size=1, nrcpt=1 (queue active)");
	add(&reader, "Jan 20 00:00:00 mx postfix/smtpd[1]: BBBBBBB1: client=a[198.51.100.1]");
	assert_int_equal(reader.mail.accepted, 1);
	assert_int_equal(joined_dropped(reader.joined), 1);
	end(&reader);
}

/* A short id that is used again, without a line that ended the first. */
static void test_reused_id(void **state)
{
	struct reader reader;

	(void)state;
	begin(&reader);
	for (int i = 0; i < 3; i++) {
		add(&reader, "Jan  1 00:00:00 mx postfix/smtpd[1]: AAAAAAA1: client=a[198.51.100.1]");
		add(&reader, "Jan  1 00:00:00 mx postfix/qmgr[1]: AAAAAAA1: from=<s@a.example>, size=1, nrcpt=1 (queue active)");
		add(&reader, "Jan  1 00:00:01 mx postfix/smtp[1]: AAAAAAA1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)");
		add(&reader, "Jan  1 00:00:00 mx postfix/smtpd[1]: AAAAAAA1: client=localhost[127.0.0.1]");
		add(&reader, "Jan  1 00:00:01 mx postfix/smtp[1]: AAAAAAA1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)");
	}
	joined_finish(reader.joined);
	assert_int_equal(reader.mail.messages, 3);
	assert_int_equal(reader.mail.recipients, 3);
	end(&reader);
}

/* Two hosts, and two instances of one, have the same ids. */
static void test_instances(void **state)
{
	struct reader reader;

	(void)state;
	begin(&reader);
	add(&reader, "Jan  1 00:00:00 mx1 postfix/smtpd[1]: AAAAAAA1: client=a[198.51.100.1]");
	add(&reader, "Jan  1 00:00:00 mx2 postfix/smtpd[1]: AAAAAAA1: client=localhost[127.0.0.1]");
	add(&reader, "Jan  1 00:00:00 mx1 postfix-out/smtpd[1]: AAAAAAA1: client=localhost[127.0.0.1]");
	add(&reader, "Jan  1 00:00:01 mx2 postfix/smtp[1]: AAAAAAA1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)");
	add(&reader, "Jan  1 00:00:01 mx1 postfix-out/smtp[1]: AAAAAAA1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)");
	add(&reader, "Jan  1 00:00:01 mx1 postfix/smtp[1]: AAAAAAA1: to=<r@b.example>, relay=b[203.0.113.1]:25, status=sent (250 ok)");
	joined_finish(reader.joined);
	assert_int_equal(reader.mail.messages, 1);
	end(&reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_any_order), cmocka_unit_test(test_ids_without_end), cmocka_unit_test(test_age),
		cmocka_unit_test(test_reused_id), cmocka_unit_test(test_instances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
