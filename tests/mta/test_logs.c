/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_logs.c - single lines: whose they are, and what they say
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "mta/logs.h"

struct row {
	const char *line;
	const char *make;               /* NULL: nobody's */
	enum logs_sense sense;
	enum event_kind kind;
	const char *client;             /* NULL: these three are not looked at */
	const char *sender;
	const char *recipient;
};

static bool fits(struct slice slice, const char *text)
{
	return text == NULL || slice_is(slice, text);
}

static void look(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct logs *logs = mem_new(sizeof *logs);
		const char *make = NULL;
		struct log_line line;
		struct event event;
		enum logs_sense sense;

		stamper_start(&logs->stamper, 1900000000);
		sense = logs_read(logs, (struct slice){ rows[i].line, strlen(rows[i].line) }, &line, &event, &make);
		if (sense != rows[i].sense || (sense == LOGS_EVENT && event.kind != rows[i].kind) || (make == NULL) != (rows[i].make == NULL) ||
		    (make != NULL && strcmp(make, rows[i].make) != 0) || !fits(event.client, rows[i].client) ||
		    !fits(event.sender, rows[i].sender) || !fits(event.recipient, rows[i].recipient))
			fail_msg("%s: sense %d, event %d of %s, <%.*s>, <%.*s> from %.*s", rows[i].line, sense, event.kind, make ? make : "nobody",
				 (int)event.sender.len, event.sender.at, (int)event.recipient.len, event.recipient.at, (int)event.client.len, event.client.at);
		free(logs);
	}
}

static void test_heads(void **state)
{
	static const struct row rows[] = {
		{ "Mar  5 18:31:52 mx postfix/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "Mar 5 18:31:52 mx postfix/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "Mar 15 18:31:52 mx postfix-in/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "<22>Mar 15 18:31:52 mx mail1/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "Mar 15 18:31:52.123456 postfix/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "2026-03-15T18:31:52.123456+01:00 mx postfix/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "2026-03-15T18:31:52+0100 mx postfix/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "2026-03-15T18:31:52Z mx postfix/qmgr[1]: AAAAA: removed", "postfix", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "2026-03-15 18:31:52 1tGabc-000ABC-DE Completed", "exim", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "2026-03-15 18:31:52.123 +0100 [123] 1tGabc-000ABC-DE Completed", "exim", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "Mar 15 18:31:52 mx exim[1]: 2026-03-15 18:31:52 1tGabc-000ABC-DE Completed", "exim", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "@400000006567a1c40f424000 end msg 12", "qmail", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "Mar 15 18:31:52 mx qmail: 1165421234.123456 end msg 12", "qmail", LOGS_EVENT, EVENT_END, NULL, NULL, NULL },
		{ "Mar 15 18:31:52 mx sshd[1]: Failed password for root from 192.0.2.1 port 22 ssh2", NULL, LOGS_OTHER, EVENT_NONE, NULL, NULL, NULL },
		{ "Mar 15 18:31:52 mx last message repeated 3 times", NULL, LOGS_OTHER, EVENT_NONE, NULL, NULL, NULL },
		{ "-- Boot 0123456789abcdef --", NULL, LOGS_OTHER, EVENT_NONE, NULL, NULL, NULL },
		{ "Mar 32 18:31:52 mx postfix/qmgr[1]: AAAAA: removed", NULL, LOGS_ALIEN, EVENT_NONE, NULL, NULL, NULL },
		{ "The quick brown fox jumps over the lazy dog", NULL, LOGS_ALIEN, EVENT_NONE, NULL, NULL, NULL },
		{ "", NULL, LOGS_ALIEN, EVENT_NONE, NULL, NULL, NULL },
	};

	(void)state;
	look(rows, sizeof rows / sizeof *rows);
}

#define POSTFIX "Mar 15 18:31:52 mx postfix/smtpd[1]: "
#define SMTP "Mar 15 18:31:52 mx postfix/smtp[1]: "

static void test_postfix(void **state)
{
	static const struct row rows[] = {
		{ POSTFIX "AAAAA: client=unknown[192.0.2.1]", "postfix", LOGS_EVENT, EVENT_CLIENT, "192.0.2.1", NULL, NULL },
		{ POSTFIX "AAAAA: client=a[IPv6:2001:db8::1]", "postfix", LOGS_EVENT, EVENT_CLIENT, "2001:db8::1", NULL, NULL },
		{ POSTFIX "AAAAA: client=a[192.0.2.1", "postfix", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ POSTFIX "AAAAA: client=a[192.0.2.1], sasl_method=LOGIN, sasl_username=[x]", "postfix", LOGS_EVENT, EVENT_CLIENT, "192.0.2.1", NULL, NULL },
		{ SMTP "AAAAA: to=<\">, relay=x\"@b>, relay=b[192.0.2.2]:25, status=sent (status=bounced)", "postfix", LOGS_EVENT, EVENT_RECIPIENT, NULL, NULL, "\">, relay=x\"@b" },
		{ SMTP "AAAAA: to=<a@b>, relay=b[192.0.2.2]:25, delay=1, status=se", "postfix", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ SMTP "AAAAA: to=<a@b>, relay=b[192.0.2.2]:25, delay=1, status=deliverable (ok)", "postfix", LOGS_PLAIN, EVENT_NONE, NULL, NULL, NULL },
		{ SMTP "AAAAA: to=<a@b", "postfix", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ POSTFIX "AAAAA: reject: RCPT from a[192.0.2.1]: 554 <r@b>: Relay access denied; from=<> to=<r@b>", "postfix", LOGS_EVENT, EVENT_DENIED, "192.0.2.1", "", "r@b" },
		{ POSTFIX "NOQUEUE: reject: RCPT from a[192.0.2.1]: 554 <Relay access denied", "postfix", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ POSTFIX "NOQUEUE: reject: CONNECT from a[192.0.2.1]: 554 go away; proto=SMTP", "postfix", LOGS_PLAIN, EVENT_NONE, NULL, NULL, NULL },
		{ POSTFIX "warning: 192.0.2.1: hostname a verification failed: Temporary failure in name resolution", "postfix", LOGS_EVENT, EVENT_NAME, "192.0.2.1", NULL, NULL },
		{ POSTFIX "lost connection after RCPT from a[192.0.2.1]", "postfix", LOGS_EVENT, EVENT_LOST, "192.0.2.1", NULL, NULL },
		{ POSTFIX "lost connection after CONNECT from a[192.0.2.1]", "postfix", LOGS_PLAIN, EVENT_NONE, NULL, NULL, NULL },
		{ "Mar 15 18:31:52 mx postfix/pickup[1]: AAAAA: uid=0 from=<root>", "postfix", LOGS_EVENT, EVENT_CLIENT, "", NULL, NULL },
	};

	(void)state;
	look(rows, sizeof rows / sizeof *rows);
}

#define EXIM "2026-03-15 18:31:52 1tGabc-000ABC-DE "

static void test_exim(void **state)
{
	static const struct row rows[] = {
		{ EXIM "<= s@a H=([192.0.2.9]) [192.0.2.1]:2500 P=smtp S=1", "exim", LOGS_EVENT, EVENT_CLIENT, "192.0.2.1", "s@a", NULL },
		{ EXIM "<= \"a H=b [192.0.2.9]\"@c H=a (b) [2001:db8::1] P=smtp S=1", "exim", LOGS_EVENT, EVENT_CLIENT, "2001:db8::1", "\"a H=b [192.0.2.9]\"@c", NULL },
		{ EXIM "<= <> R=1tGabd-000ABC-DE U=x P=local S=1", "exim", LOGS_EVENT, EVENT_BOUNCE, NULL, "", NULL },
		{ EXIM "<= s@a H=(x", "exim", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ EXIM "** r@b: Unrouteable address", "exim", LOGS_EVENT, EVENT_RECIPIENT, NULL, NULL, "r@b" },
		{ EXIM "=> r@b R=x T=remote_smtp H=b [192.0.2.2] C=\"250 H=c [127.0.0.1]\"", "exim", LOGS_EVENT, EVENT_RECIPIENT, NULL, NULL, "r@b" },
		{ EXIM "=> r@b", "exim", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ "2026-03-15 18:31:52 H=a [192.0.2.1] F=<rejected RCPT <x>: y@z> rejected RCPT <r@b>: relay not permitted", "exim", LOGS_EVENT, EVENT_DENIED, "192.0.2.1", NULL, NULL },
		{ "2026-03-15 18:31:52 H=a [192.0.2.1] rejected RCPT r@b: relay not permitted", "exim", LOGS_EVENT, EVENT_DENIED, "192.0.2.1", "", "r@b" },
		{ "2026-03-15 18:31:52 H=a [192.0.2.1] F=<s@a> rejected RCPT <r@own>: Unknown user", "exim", LOGS_EVENT, EVENT_TRY, NULL, "s@a", "r@own" },
		{ "2026-03-15 18:31:52 SMTP connection from [192.0.2.1] lost", "exim", LOGS_PLAIN, EVENT_NONE, NULL, NULL, NULL },
	};

	(void)state;
	look(rows, sizeof rows / sizeof *rows);
}

#define SENDMAIL "Mar 15 18:31:52 mx sm-mta[1]: 4ARA00000001: "

static void test_sendmail(void **state)
{
	static const struct row rows[] = {
		{ SENDMAIL "from=<s@a>, size=1, class=0, nrcpts=1, proto=SMTP, daemon=MTA, relay=a [192.0.2.1] (may be forged)", "sendmail", LOGS_EVENT, EVENT_CLIENT, "192.0.2.1", "s@a", NULL },
		{ SENDMAIL "from=<s@a>, size=1, class=0, nrcpts=0, proto=SMTP, daemon=MTA, relay=a [192.0.2.1]", "sendmail", LOGS_EVENT, EVENT_TRY, "192.0.2.1", "s@a", NULL },
		{ SENDMAIL "from=<s@a>, size=1", "sendmail", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ SENDMAIL "to=<r@b>,<r@c>, delay=1, mailer=esmtp, relay=b [192.0.2.2], dsn=2.0.0, stat=Sent (ok)", "sendmail", LOGS_EVENT, EVENT_RECIPIENT, NULL, NULL, "r@b" },
		{ SENDMAIL "to=<r@b>, delay=1, mailer=esmtp, rel", "sendmail", LOGS_BROKEN, EVENT_NONE, NULL, NULL, NULL },
		{ SENDMAIL "ruleset=check_rcpt, arg1=<r@b>, relay=[192.0.2.1], reject=451 4.7.1 Relaying temporarily denied. Cannot resolve PTR record for 192.0.2.1", "sendmail", LOGS_EVENT, EVENT_DENIED, "192.0.2.1", NULL, "r@b" },
		{ SENDMAIL "ruleset=check_rcpt, arg1=<r@b>, relay=[192.0.2.1], reject=550 5.1.1 <r@b>... User unknown", "sendmail", LOGS_EVENT, EVENT_TRY, "192.0.2.1", NULL, "r@b" },
		{ SENDMAIL "lost input channel from a [192.0.2.1] to MTA after data", "sendmail", LOGS_PLAIN, EVENT_NONE, NULL, NULL, NULL },
		{ "QAA02454: from=<s@a>, size=0, nrcpts=0, proto=SMTP, relay=[192.0.2.1]", "sendmail", LOGS_EVENT, EVENT_TRY, "192.0.2.1", "s@a", NULL },
	};

	(void)state;
	look(rows, sizeof rows / sizeof *rows);
}

static void check_stamp(time_t latest, const char *text, time_t when, int hour)
{
	struct stamper stamper;
	struct slice rest = { text, strlen(text) };
	struct stamp stamp;

	stamper_start(&stamper, latest);
	if (!stamp_read(&stamper, &rest, &stamp) || stamp.when != when || stamp.hour != hour || !slice_is(rest, "x"))
		fail_msg("%s: %lld, %d", text, (long long)stamp.when, stamp.hour);
}

static void test_stamps(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	check_stamp(1735689600, "Dec 31 23:59:58 x", 1735689598, 23);
	check_stamp(1735689600, "Jan  1 00:00:00 x", 1735689600, 0);
	/* A clock that is ahead by some hours. */
	check_stamp(1735689600, "Jan  1 09:00:00 x", 1735722000, 9);
	check_stamp(1735689600, "Jan 5 09:00:00 x", 1704445200, 9);
	check_stamp(0, "2025-01-01T01:00:00.5+01:00 x", 1735689600, 1);
	check_stamp(0, "2025-01-01T00:00:00Z x", 1735689600, 0);
	check_stamp(0, "2024-12-31 19:00:00 -0500 x", 1735689600, 19);
	check_stamp(0, "@40000000677485000f424000 x", 1735689462, 23);
}

/* journalctl -o short-unix, short-precise, short-iso-precise and short-full. */
static void test_journal_stamps(void **state)
{
	(void)state;
	setenv("TZ", "UTC0", 1);
	tzset();
	check_stamp(0, "1735689598.123456 x", 1735689598, 23);
	check_stamp(1735689600, "Dec 31 23:59:58.123456 x", 1735689598, 23);
	check_stamp(0, "2024-12-31T23:59:58.123456+0000 x", 1735689598, 23);
	check_stamp(0, "Tue 2024-12-31 23:59:58 UTC x", 1735689598, 23);
	check_stamp(0, "Tue 2024-12-31 23:59:58.123456 UTC x", 1735689598, 23);
	check_stamp(0, "Tue 2024-12-31 20:59:58 -03 x", 1735689598, 20);
	check_stamp(0, "Wed 2025-01-01 02:59:58 +03 x", 1735689598, 2);
	setenv("TZ", "CET-1CEST", 1);
	tzset();
	check_stamp(0, "Wed 2025-01-01 00:59:58 CET x", 1735689598, 0);
	check_stamp(0, "Tue 2024-12-31 23:59:58 UTC x", 1735689598, 23);
	check_stamp(0, "1735689598.123456 x", 1735689598, 0);
}

/* A message with line ends in it: journalctl indents all but the first, by so much. */
static void test_journal_lines(void **state)
{
	static const char first[] = "1735689598.123456 mx systemd[1]: two", next[] = "                                 lines", less[] = "         lines";
	static const char withheld[] = "1735689598.123456 mx postfix/smtpd[1]: [1.2K blob data]";
	struct logs *logs = mem_new(sizeof *logs);
	const char *make = NULL;
	struct log_line line;
	struct event event;

	(void)state;
	stamper_start(&logs->stamper, 1900000000);
	assert_int_equal(logs_read(logs, (struct slice){ next, strlen(next) }, &line, &event, &make), LOGS_ALIEN);
	assert_int_equal(logs_read(logs, (struct slice){ first, strlen(first) }, &line, &event, &make), LOGS_OTHER);
	assert_int_equal(logs_read(logs, (struct slice){ next, strlen(next) }, &line, &event, &make), LOGS_OTHER);
	assert_int_equal(logs_read(logs, (struct slice){ less, strlen(less) }, &line, &event, &make), LOGS_ALIEN);
	assert_int_equal(logs_read(logs, (struct slice){ withheld, strlen(withheld) }, &line, &event, &make), LOGS_BROKEN);
	free(logs);
}

/* What is known from the lines before makes no difference: each is read as if it were the first. */
static void test_lines_before(void **state)
{
	enum { LINES = 12 };
	static const char *const lines[LINES] = {
		"Jan  1 00:00:00 mx1 postfix/smtpd[12]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx1 postfix/smtpd[3]:4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx2 postfix/smtpd[12]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx1 postfix-in/smtpd[12]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx1 postfix/smtpd[1x]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx1 postfix/smtpd[1 2]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx1 postfix/smtpd[]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 mx1 postfix/smtpd: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:00 postfix/smtpd[12]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"<22>Jan  1 00:00:00 mx1 postfix/smtpd[12]: 4AAAAAAAAA: client=a[198.51.100.1]",
		"Jan  1 00:00:01 mx1 kernel: no mail",
		"Jan  1 00:00:01 mx1 postfix/smtpd[12",
	};
	struct logs *logs = mem_new(sizeof *logs);
	struct log_line line, alone;
	struct event event;
	const char *make;

	(void)state;
	logs_start(logs, 1900000000);
	/* Each behind each. */
	for (size_t i = 0; i < 2 * LINES * LINES; i++) {
		const char *text = lines[i % 2 ? i / 2 / LINES : i / 2 % LINES];
		struct slice slice = { text, strlen(text) };
		struct logs *fresh = mem_new(sizeof *fresh);
		enum logs_sense sense = logs_read(logs, slice, &line, &event, &make);

		logs_start(fresh, 1900000000);
		if (logs_read(fresh, slice, &alone, &event, &make) != sense || line.instance != alone.instance || !slice_equal(line.host, alone.host) ||
		    !slice_equal(line.tag, alone.tag) || !slice_equal(line.pid, alone.pid) || !slice_equal(line.text, alone.text) || line.stamp.when != alone.stamp.when)
			fail_msg("%s: read otherwise behind other lines", text);
		free(fresh);
	}
	free(logs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heads), cmocka_unit_test(test_postfix), cmocka_unit_test(test_exim), cmocka_unit_test(test_sendmail), cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_journal_stamps), cmocka_unit_test(test_journal_lines), cmocka_unit_test(test_lines_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
