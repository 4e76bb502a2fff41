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

static void test_an_open_server(void **state)
{
	(void)state;
	expect_text(&open_report, &plain, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_an_open_server) };

	return cmocka_run_group_tests_name("prose", tests, NULL, NULL);
}
