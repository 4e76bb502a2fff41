/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prose.c - the report for people, word by word
 */
#include "report/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "report/model.h"

static const struct format_look plain = { .width = 80 }, verbose = { .width = 80, .verbose = true }, coloured = { .width = 80, .colour = true };

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void expect_text(const struct report *report, const struct format_look *look, const char *wanted)
{
	struct buf text = BUF_OWN;
	size_t same = 0;

	format_text.write(report, look, &text);
	while (text.data[same] != '\0' && text.data[same] == wanted[same])
		same++;
	if (text.data[same] != wanted[same])
		fail_msg("from \"%.40s\" on:\n%s", text.data + same, text.data);
	buf_release(&text);
}

/* A server that is open from one of two vantages, by a trick that its make has a fix for. */
static const char *const domains[] = { "host.test", "other.test" };
static struct report_endpoint endpoints[] = {
	{ .address = "192.0.2.25", .port = 25, .tls = "none", .verdict = "open", .reached = "reached" },
	{ .address = "192.0.2.25", .port = 465, .tls = "implicit", .verdict = "inconclusive", .reached = "connection-refused" },
};
static struct report_target targets[] = {
	{ .host = "mx.host.test", .hostname = "mx.host.test", .domains = (const char **)(uintptr_t)domains, .domain_count = 2, .mta = "postfix",
	  .mta_title = "Postfix", .verdict = "open", .endpoints = endpoints, .endpoint_count = 2 },
};
static struct report_vantage vantages[] = {
	{ .name = "near", .via = "local", .expect = "deny", .verdict = "closed" },
	{ .name = "far", .via = "bind:198.51.100.7", .expect = "deny", .verdict = "open" },
};
static struct report_attempt attempts[] = {
	{ .probe = "ctl-known-local", .outcome = "accepted", .endpoint = "192.0.2.25:25", .control = true },
	{ .probe = "plain", .outcome = "rejected", .endpoint = "192.0.2.25:25", .reason = "relaying-denied" },
	{ .probe = "ctl-known-local", .outcome = "accepted", .endpoint = "192.0.2.25:25", .control = true },
	{ .probe = "percent-at-host", .title = "Percent hack", .outcome = "accepted", .endpoint = "192.0.2.25:25", .mail_from = "s@example.net",
	  .rcpt_to = "v%outside.test@host.test", .proof = "go-ahead", .reply = "250 2.1.5 Ok", .verdict = "open",
	  .why = "a local-looking address was accepted", .transcript = " -> DATA\n<-  354 go\n" },
	{ .probe = "smtputf8-plain", .outcome = "skipped", .endpoint = "192.0.2.25:25", .reason = "not-applicable", .note = "needs SMTPUTF8" },
	{ .probe = "ctl-known-local", .outcome = "error", .endpoint = "192.0.2.25:465", .control = true },
	{ .probe = "plain", .outcome = "error", .endpoint = "192.0.2.25:465", .reason = "connection-refused" },
};
static struct report_view views[] = {
	{ .vantage = 0, .endpoint = "192.0.2.25:25", .tls = "none", .verdict = "closed", .why = "w", .reached = "reached", .counts = true,
	  .first_attempt = 0, .attempt_count = 2, .controls = 1 },
	{ .vantage = 1, .endpoint = "192.0.2.25:25", .tls = "none", .verdict = "open", .why = "w", .reached = "reached", .counts = true,
	  .throttled = true, .first_attempt = 2, .attempt_count = 3, .controls = 1 },
	{ .vantage = 1, .endpoint = "192.0.2.25:465", .tls = "implicit", .verdict = "inconclusive", .why = "w", .reached = "connection-refused",
	  .first_attempt = 5, .attempt_count = 2, .controls = 1 },
};
static struct report_finding findings[] = {
	{ .id = "relay", .severity = "high", .title = "percent-at-host: Percent hack", .where = "mx.host.test 192.0.2.25:25 from far",
	  .fix = "leave `allow_untrusted_routing = no`, which is the default, and look at the hub behind it, which does the percent hack",
	  .target = "mx.host.test", .vantage = "far", .endpoint = "192.0.2.25:25", .probe = "percent-at-host", .attempt = 3, .view = 1 },
};
static const struct report open_report = {
	.version = "1", .command = "relayaudit scan mx.host.test", .verdict = "open", .victim = "v@outside.test", .suite = "default",
	.targets = targets, .target_count = 1, .vantages = vantages, .vantage_count = 2, .views = views, .view_count = 3,
	.attempts = attempts, .attempt_count = COUNT(attempts), .findings = findings, .finding_count = 1,
	.probes_run = 2, .probes_accepted = 1, .probes_skipped = 1, .probes_unjudged = 1,
};


#define NOT_SENT                                                                        \
	"\n"                                                                            \
	"No message was sent: \"go-ahead\" means that the server answered DATA with 354,\n" \
	"and the connection was closed there. Only a delivery proves it beyond doubt:\n"  \
	"--confirm sends test messages to an address of yours, and waits for them.\n"

static const char open_text[] =
	"OPEN  mx.host.test accepts mail from strangers for strangers.\n"
	"\n"
	"mx.host.test (Postfix), mail domains host.test, other.test\n"
	"          192.0.2.25\n"
	"          25          465 tls\n"
	"  near    closed 0/1\n"
	"  far     open 1/1*   -\n"
	"  n/m: accepted of so many probes; *: the server throttles; -: no service there,\n"
	"  or not for this vantage.\n"
	"\n"
	"ACCEPTED at 192.0.2.25:25 from far\n"
	"  RCPT TO:<v%outside.test@host.test>\n"
	"      percent-at-host, from <s@example.net>\n"
	"      proof go-ahead: 250 2.1.5 Ok\n"
	"  Fix (Postfix): leave `allow_untrusted_routing = no`, which is the default, and\n"
	"    look at the hub behind it, which does the percent hack\n"
	NOT_SENT
	"\n"
	"2 attempts (default) from 2 vantages (near, far) at 1 endpoint: 1 accepted, 1\n"
	"not judged, 1 not applicable.\n";

static void test_an_open_server_is_told_with_proof_and_fix(void **state)
{
	(void)state;
	expect_text(&open_report, &plain, open_text);
}

static void test_verbose_adds_transcript_command_and_what_was_left_out(void **state)
{
	(void)state;
	expect_text(&open_report, &verbose,
		    "OPEN  mx.host.test accepts mail from strangers for strangers.\n"
		    "\n"
		    "mx.host.test (Postfix), mail domains host.test, other.test\n"
		    "          192.0.2.25\n"
		    "          25          465 tls\n"
		    "  near    closed 0/1\n"
		    "  far     open 1/1*   -\n"
		    "  n/m: accepted of so many probes; *: the server throttles; -: no service there,\n"
		    "  or not for this vantage.\n"
		    "\n"
		    "ACCEPTED at 192.0.2.25:25 from far\n"
		    "  RCPT TO:<v%outside.test@host.test>\n"
		    "      percent-at-host, from <s@example.net>\n"
		    "      proof go-ahead: 250 2.1.5 Ok\n"
		    "       -> DATA\n"
		    "      <-  354 go\n"
		    "      swaks --server '192.0.2.25:25' --from 's@example.net' --to 'v%outside.test@host.test'\n"
		    "  Fix (Postfix): leave `allow_untrusted_routing = no`, which is the default, and\n"
		    "    look at the hub behind it, which does the percent hack\n"
		    "\n"
		    "Not applicable\n"
		    "  smtputf8-plain: needs SMTPUTF8\n"
		    NOT_SENT
		    "\n"
		    "2 attempts (default) from 2 vantages (near, far) at 1 endpoint: 1 accepted, 1\n"
		    "not judged, 1 not applicable.\n");
}

/* Colours are around words and change none of them. */
static void test_colours_change_no_word(void **state)
{
	struct buf text = BUF_OWN;
	size_t len = 0;

	(void)state;
	format_text.write(&open_report, &coloured, &text);
	assert_true(strncmp(text.data, "\033[1;31mOPEN\033[0m", 15) == 0);
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\033')
			i += strcspn(text.data + i, "m");
		else
			text.data[len++] = text.data[i];
	}
	text.data[len] = '\0';
	assert_string_equal(text.data, open_text);
	buf_release(&text);
}

static void test_a_closed_server_is_told_in_a_few_lines(void **state)
{
	struct report_target target = { .host = "mx.host.test", .domains = (const char **)(uintptr_t)domains, .domain_count = 1,
					.domains_guessed = true, .verdict = "closed", .endpoints = endpoints, .endpoint_count = 1 };
	struct report report = { .verdict = "closed", .suite = "classic", .targets = &target, .target_count = 1, .vantages = vantages,
				 .vantage_count = 1, .views = views, .view_count = 1, .attempts = attempts, .attempt_count = 2,
				 .victim_reserved = true, .probes_run = 17 };

	(void)state;
	expect_text(&report, &plain,
		    "CLOSED  mx.host.test: no vantage that should be refused can relay.\n"
		    "\n"
		    "mx.host.test, mail domain host.test (guessed from its name; --domain says it)\n"
		    "  near    192.0.2.25:25     closed  0 of 1 probe accepted\n"
		    "\n"
		    "The outside address was in the reserved domain example.com. A server that looks\n"
		    "up recipient domains may refuse it for its DNS and not for relaying: --victim\n"
		    "names an address of yours.\n"
		    "\n"
		    "17 attempts (classic) from 1 vantage (near) at 1 endpoint: 0 accepted, 0 not\n"
		    "judged, 0 not applicable.\n");
}

static void test_what_could_not_be_judged_is_told_by_view_and_target(void **state)
{
	static const char *const evidence[] = { "58 probes: the client is refused (client-blocked)" };
	struct report_target both[] = {
		{ .host = "mx.host.test", .domains = (const char **)(uintptr_t)domains, .domain_count = 1, .verdict = "inconclusive",
		  .endpoints = endpoints, .endpoint_count = 1 },
		{ .host = "nowhere.test", .verdict = "inconclusive", .fault = "nowhere.test does not resolve" },
	};
	struct report_view view = views[0];
	struct report_finding gaps[] = {
		{ .id = "scan-incomplete", .severity = "low", .title = "not judged: not even ordinary mail to a local mailbox is accepted from "
								      "here, so refusals prove nothing",
		  .where = "w", .fix = "f", .target = "mx.host.test", .vantage = "near", .endpoint = "192.0.2.25:25", .evidence = evidence,
		  .evidence_count = 1 },
		{ .id = "scan-incomplete", .severity = "low", .title = "not judged: nowhere.test does not resolve", .where = "nowhere.test",
		  .fix = "f", .target = "nowhere.test" },
	};
	struct report report = { .verdict = "inconclusive", .suite = "default", .targets = both, .target_count = 2, .vantages = vantages,
				 .vantage_count = 1, .views = &view, .view_count = 1, .attempts = attempts, .attempt_count = 2,
				 .findings = gaps, .finding_count = 2, .probes_run = 58, .probes_unjudged = 58, .interrupted = true };

	(void)state;
	view.verdict = "inconclusive";
	expect_text(&report, &plain,
		    "INCONCLUSIVE  2 servers: it could not be told of all whether they relay.\n"
		    "\n"
		    "mx.host.test, mail domain host.test\n"
		    "  near    192.0.2.25:25     inconclusive  0 of 1 probe accepted\n"
		    "\n"
		    "nowhere.test\n"
		    "  nowhere.test does not resolve\n"
		    "\n"
		    "Could not be judged\n"
		    "  192.0.2.25:25 from near: not even ordinary mail to a local mailbox is accepted\n"
		    "    from here, so refusals prove nothing\n"
		    "      58 probes: the client is refused (client-blocked)\n"
		    "\n"
		    "58 attempts (default) from 1 vantage (near) at 1 endpoint: 0 accepted, 58 not\n"
		    "judged, 0 not applicable. The run was interrupted.\n");
}

static void test_an_office_is_told_by_what_is_expected_of_it(void **state)
{
	static const char *const evidence[] = { "MAIL FROM:<s@example.net> RCPT TO:<v@outside.test>", "the server said: 554 5.7.1 no" };
	struct report_vantage offices[] = { { .name = "office", .expect = "relay" }, { .name = "branch", .expect = "relay" } };
	struct report_target target = targets[0];
	struct report_view two[] = { views[0], views[0] };
	struct report_finding finding = { .id = "relay-refused", .severity = "high", .title = "t", .where = "w", .fix = "f",
					  .target = "mx.host.test", .vantage = "branch", .endpoint = "192.0.2.25:25", .probe = "plain",
					  .evidence = evidence, .evidence_count = 2, .view = 1, .attempt = 1 };
	struct report report = { .verdict = "closed", .suite = "default", .targets = &target, .target_count = 1, .vantages = offices,
				 .vantage_count = 2, .views = two, .view_count = 2, .attempts = attempts, .attempt_count = 2,
				 .findings = &finding, .finding_count = 1, .probes_run = 2 };

	(void)state;
	target.verdict = "closed";
	two[0].verdict = "open";
	two[1].vantage = 1;
	expect_text(&report, &plain,
		    "CLOSED  mx.host.test: no vantage that should be refused can relay.\n"
		    "\n"
		    "mx.host.test (Postfix), mail domains host.test, other.test\n"
		    "          192.0.2.25\n"
		    "          25\n"
		    "  office  relays 0/1\n"
		    "  branch  refuses 0/1\n"
		    "  n/m: accepted of so many probes.\n"
		    "\n"
		    "Cannot relay at 192.0.2.25:25 from branch, which is expected to\n"
		    "  MAIL FROM:<s@example.net> RCPT TO:<v@outside.test>\n"
		    "  the server said: 554 5.7.1 no\n"
		    "\n"
		    "2 attempts (default) from 2 vantages (office, branch) at 1 endpoint: 0 accepted,\n"
		    "0 not judged, 0 not applicable.\n");
}

/* Addresses, replies, transcripts and commands are shown whole; all else stays in the columns. */
static void test_lines_stay_within_the_columns(void **state)
{
	static const char *const many[] = { "first.host.test", "second.host.test", "third.host.test", "fourth.host.test", "fifth.host.test" };
	struct report_target target = targets[0];
	struct report report = open_report;
	struct buf text = BUF_OWN;

	(void)state;
	target.domains = (const char **)(uintptr_t)many;
	target.domain_count = COUNT(many);
	target.domains_guessed = true;
	report.targets = &target;
	report.victim_reserved = true;
	report.interrupted = true;
	format_text.write(&report, &plain, &text);
	for (const char *line = text.data; *line != '\0'; line += strcspn(line, "\n") + 1)
		if (strcspn(line, "\n") > 80)
			fail_msg("%.*s", (int)strcspn(line, "\n"), line);
	buf_release(&text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_open_server_is_told_with_proof_and_fix),
		cmocka_unit_test(test_verbose_adds_transcript_command_and_what_was_left_out),
		cmocka_unit_test(test_colours_change_no_word),
		cmocka_unit_test(test_a_closed_server_is_told_in_a_few_lines),
		cmocka_unit_test(test_what_could_not_be_judged_is_told_by_view_and_target),
		cmocka_unit_test(test_an_office_is_told_by_what_is_expected_of_it),
		cmocka_unit_test(test_lines_stay_within_the_columns),
	};

	return cmocka_run_group_tests_name("prose", tests, NULL, NULL);
}
