/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_proof.c - test messages, and what a sink's sightings make of attempts
 */
#include "audit/proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "staged.h"
#include "audit/finding.h"
#include "audit/message.h"
#include "audit/verdict.h"
#include "base/err.h"
#include "base/mem.h"
#include "probe/probe.h"

static const char *const domains[] = { "host.test", NULL }, *const port[] = { "25", NULL };
static const char *const near[] = { "near=local", NULL };
static const struct token_key key = { "a key for tests, and for no more" };

static int set_up(void **state)
{
	struct staged *staged = staged_new(4, near);
	struct view *view;

	staged_choose(staged, SUITE_DEFAULT);
	view = staged_host(staged, "mx.host.test", domains, port)->views;
	staged->audit->key = &key;
	token_run_make(&key, staged->audit->run_id, &staged->audit->signer);
	staged->audit->tokens = staged->audit->settings.confirm = true;
	view->reach = REACH_OPEN;
	*state = staged;
	return 0;
}

static int tear_down(void **state)
{
	staged_free(*state);
	return 0;
}

static struct view *view_of(const struct staged *staged)
{
	return staged->audit->hosts[0]->views;
}

static struct token token_of(const struct staged *staged, const struct attempt *attempt, enum token_role role)
{
	struct token token = { .number = attempt->number, .role = role, .expires = staged->audit->started + TOKEN_LIFE };

	memcpy(token.run, staged->audit->run_id, TOKEN_RUN);
	return token;
}

/* The sink has the attempt's message, with this above its own header. */
static bool deliver(struct staged *staged, const struct attempt *attempt, const char *above)
{
	char text[TOKEN_TEXT], headers[2000];
	struct token token = token_of(staged, attempt, TOKEN_VICTIM);
	struct sighting sighting = { .token = token, .peer = "192.0.2.25", .helo = "mx.host.test", .mail_from = "s@x.test", .rcpt_to = "v@outside.test" };

	token_print(&key, &token, text);
	snprintf(headers, sizeof headers, "%sFrom: a@b.test\r\n" PROOF_HEADER ": %s\r\nSubject: x\r\n", above, text);
	sighting.headers = headers;
	sighting.headers_len = strlen(headers);
	return proof_note(staged->audit, &sighting);
}

static bool bounce(struct staged *staged, const struct attempt *attempt)
{
	static const char headers[] = "From: MAILER-DAEMON@host.test\r\nAuto-Submitted: auto-replied\r\n";
	struct sighting sighting = { .token = token_of(staged, attempt, TOKEN_SENDER), .mail_from = "", .rcpt_to = "t@outside.test",
				     .headers = headers, .headers_len = sizeof headers - 1 };

	return proof_note(staged->audit, &sighting);
}

static void test_a_delivery_proves_the_attempt(void **state)
{
	struct attempt *attempt = staged_attempt(view_of(*state), "percent-at-host");

	assert_true(deliver(*state, attempt, "Received: from x by y; now\r\n"));
	assert_int_equal(attempt->proof, PROOF_DELIVERED);
	assert_int_equal(attempt->outcome, OUTCOME_ACCEPTED);
	assert_true(attempt->alone);
	assert_string_equal(attempt->evidence, "the test message reached <v@outside.test> from <s@x.test>, brought by 192.0.2.25");
	assert_null(attempt->received_from);
	/* A bounce of one recipient among several takes nothing from it. */
	assert_true(bounce(*state, attempt));
	assert_int_equal(attempt->proof, PROOF_DELIVERED);
	assert_true(attempt->bounced);
}

static void test_what_is_not_our_message_is_a_bounce(void **state)
{
	struct attempt *attempt = staged_attempt(view_of(*state), "percent-at-host");

	attempt->outcome = OUTCOME_ACCEPTED;
	attempt->proof = PROOF_DATA;
	assert_true(bounce(*state, attempt));
	assert_int_equal(attempt->proof, PROOF_BOUNCED);
	assert_true(attempt->bounced);
	assert_non_null(attempt->evidence);
	assert_true(deliver(*state, attempt, ""));
	assert_int_equal(attempt->proof, PROOF_DELIVERED);
}

static void test_the_token_of_another_attempt_makes_it_no_delivery(void **state)
{
	struct staged *staged = *state;
	struct attempt *attempt = staged_attempt(view_of(staged), "percent-at-host"), *other = staged_attempt(view_of(staged), "plain");
	char text[TOKEN_TEXT], headers[200];
	struct token token = token_of(staged, other, TOKEN_VICTIM);
	struct sighting sighting = { .token = token_of(staged, attempt, TOKEN_SENDER), .rcpt_to = "t@outside.test" };

	token_print(&key, &token, text);
	snprintf(headers, sizeof headers, PROOF_HEADER ": %s\n", text);
	sighting.headers = headers;
	sighting.headers_len = strlen(headers);
	assert_true(proof_note(staged->audit, &sighting));
	assert_int_equal(attempt->proof, PROOF_BOUNCED);
	assert_int_equal(other->proof, PROOF_NONE);
}

static void test_other_runs_and_numbers_are_nobodys(void **state)
{
	struct staged *staged = *state;
	struct attempt *attempt = staged_attempt(view_of(staged), "plain");
	struct sighting sighting = { .token = token_of(staged, attempt, TOKEN_VICTIM), .headers = "", .rcpt_to = "t@outside.test" };

	sighting.token.number = 0;
	assert_false(proof_note(staged->audit, &sighting));
	sighting.token.number = staged->audit->numbered + 1;
	assert_false(proof_note(staged->audit, &sighting));
	sighting.token.number = attempt->number;
	memcpy(sighting.token.run, "aaaaaaaa", TOKEN_RUN);
	assert_false(proof_note(staged->audit, &sighting));
	assert_int_equal(attempt->proof, PROOF_NONE);
}

/* An agent signs for its own attempts, and the run for all others. */
static void test_a_token_counts_for_the_attempts_of_its_signer(void **state)
{
	struct staged *staged = *state;
	struct attempt *attempt = staged_attempt(view_of(staged), "plain");
	struct sighting sighting = { .token = token_of(staged, attempt, TOKEN_VICTIM), .headers = "", .rcpt_to = "t@outside.test" };
	struct sighting agents = sighting;
	struct audit_errand errand = { .run = "errandaa" };

	memcpy(agents.token.run, "ERRANDAA", TOKEN_RUN);
	assert_false(proof_is_ours(staged->audit, &agents.token));
	staged->audit->errands = mem_new(sizeof errand);
	staged->audit->errands[0] = errand;
	staged->audit->errand_count = 1;
	assert_true(proof_is_ours(staged->audit, &agents.token));
	assert_true(proof_is_ours(staged->audit, &sighting.token));
	assert_false(proof_note(staged->audit, &sighting));
	assert_int_equal(attempt->proof, PROOF_NONE);
	staged->audit->errands[0].vantage = 1;
	assert_false(proof_note(staged->audit, &agents));
	assert_true(proof_note(staged->audit, &sighting));
	assert_int_equal(attempt->proof, PROOF_BOUNCED);
	attempt->proof = PROOF_NONE;
	staged->audit->errands[0].vantage = 0;
	assert_true(proof_note(staged->audit, &agents));
	assert_int_equal(attempt->proof, PROOF_BOUNCED);
}

static void test_the_client_is_read_from_the_lowest_received_line(void **state)
{
	static const struct {
		const char *name;
		const char *headers;
		const char *client;     /* NULL: not told */
	} rows[] = {
		{ "postfix", "Received: from mx.host.test (mx.host.test [192.0.2.25])\r\n\tby sink\r\n"
			     "Received: from far.test (unknown [198.51.100.66])\r\n\tby mx.host.test (Postfix) with ESMTP id 4F\r\n", "198.51.100.66" },
		{ "postfix, a literal as the name", "Received: from [127.0.0.1] (far.test [198.51.100.66])\r\n\tby mx\r\n", "198.51.100.66" },
		{ "exim", "Received: from far.test ([198.51.100.66] helo=x)\r\n\tby mx.host.test with esmtp\r\n", "198.51.100.66" },
		{ "exim, a literal as the name", "Received: from [198.51.100.66] (helo=[127.0.0.1])\r\n\tby mx\r\n", "198.51.100.66" },
		{ "sendmail", "Received: from x (far.test [198.51.100.66] (may be forged))\r\n\tby mx (8.17)\r\n", "198.51.100.66" },
		{ "courier", "Received: from x (far [::ffff:198.51.100.66])\r\n  by mx with SMTP\r\n", "198.51.100.66" },
		{ "IPv6", "Received: from x (far [IPv6:2001:db8::66])\n\tby mx\n", "2001:db8::66" },
		{ "a bridge", "Received: from far.test (unknown [172.17.0.1])\r\n\tby mx\r\n", "172.17.0.1" },
		{ "no address", "Received: by mx (queue 12 invoked by uid 5)\r\n", NULL },
		{ "garbage", "Received: from [] [[[] [\x01] [999.1.1.1] by [192.0.2.1]\r\n", NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct attempt *attempt = staged_attempt(view_of(*state), "plain");

		attempt->received_from = NULL;
		deliver(*state, attempt, rows[i].headers);
		if ((attempt->received_from == NULL) != (rows[i].client == NULL) ||
		    (rows[i].client != NULL && strcmp(attempt->received_from, rows[i].client) != 0))
			fail_msg("%s: %s", rows[i].name, attempt->received_from ? attempt->received_from : "not told");
	}
}

static const struct finding *find(const struct findings *findings, const char *id)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strcmp(findings->rows[i].id, id) == 0)
			return &findings->rows[i];
	return NULL;
}

static void test_an_address_that_is_lost_is_a_finding(void **state)
{
	static const struct {
		const char *name;
		const char *local;
		const char *seen;
		bool lost;
	} rows[] = {
		{ "as it is", "198.51.100.66", "198.51.100.66", false },
		{ "behind a NAT of our own", "192.168.1.7", "198.51.100.66", false },
		{ "a bridge", "198.51.100.66", "172.17.0.1", true },
		{ "a bridge, from a private network", "192.168.1.7", "172.17.0.1", true },
		{ "loopback", "198.51.100.66", "127.0.0.1", true },
		{ "a balancer", "198.51.100.66", "192.0.2.80", true },
		{ "IPv6 through an IPv4 proxy", "2001:db8::66", "172.18.0.1", true },
		{ "mapped", "198.51.100.66", "::ffff:198.51.100.66", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct staged *staged = *state;
		struct err err = ERR_INIT;
		struct findings findings;

		assert_int_equal(address_parse(rows[i].local, &view_of(staged)->local, &err), 0);
		view_of(staged)->seen_as = rows[i].seen;
		audit_judge(staged->audit);
		findings_of(staged->audit, &findings);
		if ((find(&findings, "client-address-lost") != NULL) != rows[i].lost)
			fail_msg("%s", rows[i].name);
		findings_release(&findings);
	}
}

static void test_bounces_make_one_finding_of_a_view(void **state)
{
	struct staged *staged = *state;
	struct findings findings;
	const struct finding *finding;

	for (size_t i = 1; i < 9; i++)
		bounce(staged, &view_of(staged)->attempts[i]);
	view_of(staged)->host->mta = "qmail";
	audit_judge(staged->audit);
	findings_of(staged->audit, &findings);
	finding = find(&findings, "backscatter");
	assert_non_null(finding);
	assert_int_equal(finding->evidence_count, 6);
	assert_string_equal(finding->evidence[5], "and 3 more");
	assert_non_null(strstr(finding->fix, "realrcptto"));
	findings_release(&findings);
}

static void test_the_message_says_who_and_why(void **state)
{
	struct staged *staged = *state;
	struct view *view = view_of(staged);
	struct attempt *attempt = staged_attempt(view, "plain");
	struct token token;
	const char *message = message_compose(staged->audit, view, attempt, TOKEN_VICTIM, "", "v@outside.test");
	size_t len = strlen(message);

	assert_true(len < MESSAGE_MOST);
	assert_non_null(strstr(message, "\r\n\r\nThis is a test by relayaudit"));
	assert_non_null(strstr(message, "postmaster@tester.example.net"));
	assert_non_null(strstr(message, staged->audit->run_id));
	assert_non_null(token_find(&key, strstr(message, PROOF_HEADER), TOKEN_TEXT + 40, &token));
	assert_int_equal(token.number, attempt->number);
	for (const char *line = message; *line != '\0'; line = strchr(line, '\n') + 1) {
		const char *end = strchr(line, '\n');

		assert_non_null(end);
		assert_int_equal(end[-1], '\r');
		assert_true(line[0] != '.' && end - line <= 160);
	}
}

#define STAGED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		STAGED(test_a_delivery_proves_the_attempt),
		STAGED(test_what_is_not_our_message_is_a_bounce),
		STAGED(test_the_token_of_another_attempt_makes_it_no_delivery),
		STAGED(test_other_runs_and_numbers_are_nobodys),
		STAGED(test_a_token_counts_for_the_attempts_of_its_signer),
		STAGED(test_the_client_is_read_from_the_lowest_received_line),
		STAGED(test_an_address_that_is_lost_is_a_finding),
		STAGED(test_bounces_make_one_finding_of_a_view),
		STAGED(test_the_message_says_who_and_why),
	};

	return cmocka_run_group_tests_name("proof", tests, NULL, NULL);
}
