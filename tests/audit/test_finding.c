/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_finding.c - what is concluded, how grave it is, and what proves it
 */
#include "audit/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "staged.h"
#include "audit/verdict.h"
#include "probe/probe.h"

static const char *const domains[] = { "host.test", NULL }, *const port[] = { "25", NULL };
static const char *const near[] = { "near=local", NULL }, *const office[] = { "office=local?expect=relay", NULL };

static struct staged *stage(const char *const *vantages)
{
	struct staged *staged = staged_new(4, vantages);
	struct view *view;

	staged_choose(staged, SUITE_DEFAULT);
	view = staged_host(staged, "mx.host.test", domains, port)->views;
	view->reach = REACH_OPEN;
	for (size_t i = 0; i < view->count; i++) {
		struct attempt *attempt = &view->attempts[i];
		enum control control = attempt->probe->control;

		attempt->outcome = control == CONTROL_KNOWN_LOCAL ? OUTCOME_ACCEPTED : OUTCOME_REJECTED;
		attempt->reason = control == CONTROL_KNOWN_LOCAL ? REASON_NONE :
				  control != CONTROL_NONE	 ? REASON_UNKNOWN_USER :
								   REASON_RELAYING_DENIED;
		attempt->stage = STAGE_RCPT;
		attempt->decided = true;
		attempt->mail_from = "s@example.net";
		attempt->rcpt_to = "v@outside.test";
		attempt->reply = "554 5.7.1 Relay access denied";
	}
	return staged;
}

static struct view *view_of(const struct staged *staged)
{
	return staged->audit->hosts[0]->views;
}

static void let_in(struct staged *staged, const char *probe, const char *rcpt_to)
{
	struct attempt *attempt = staged_attempt(view_of(staged), probe);

	attempt->outcome = OUTCOME_ACCEPTED;
	attempt->reason = REASON_NONE;
	attempt->proof = PROOF_GO_AHEAD;
	attempt->alone = true;
	attempt->rcpt_to = rcpt_to;
	attempt->reply = "250 ok";
}

static void judge(struct staged *staged, struct findings *findings)
{
	audit_judge(staged->audit);
	findings_of(staged->audit, findings);
}

static void expect_finding(const struct findings *findings, size_t index, const char *id, enum severity severity, const char *title)
{
	assert_true(index < findings->count);
	const struct finding *finding = &findings->rows[index];

	if (strcmp(finding->id, id) != 0 || finding->severity != severity || strstr(finding->title, title) != finding->title)
		fail_msg("%zu: %s, %s: %s", index, finding->id, severity_name(finding->severity), finding->title);
	assert_non_null(finding->where);
	assert_non_null(finding->fix);
	assert_non_null(finding->host);
}

static void test_a_closed_server_gives_no_findings(void **state)
{
	struct staged *staged = stage(near);
	struct findings findings;

	(void)state;
	judge(staged, &findings);
	assert_int_equal(findings.count, 0);
	findings_release(&findings);
	staged_free(staged);
}

static void test_acceptances_by_what_they_prove(void **state)
{
	struct staged *staged = stage(near);
	struct findings findings;

	(void)state;
	let_in(staged, "percent-at-host", "v%outside.test@host.test");
	let_in(staged, "subdomain-random", "x@y.host.test");
	let_in(staged, "plain", "v@outside.test");
	let_in(staged, "quoted-at-host", "\"v@outside.test\"@host.test");
	staged_attempt(view_of(staged), "quoted-at-host")->alone = false;
	judge(staged, &findings);
	/* What could not be judged comes last. */
	assert_true(findings.count >= 4);
	expect_finding(&findings, 0, "relay", SEVERITY_CRITICAL, "plain: ");
	expect_finding(&findings, 1, "relay", SEVERITY_HIGH, "percent-at-host: ");
	expect_finding(&findings, 2, "relay-limited", SEVERITY_MEDIUM, "subdomain-random: ");
	expect_finding(&findings, 3, "accepted-unproven", SEVERITY_MEDIUM, "quoted-at-host: ");
	assert_string_equal(findings.rows[0].where, "mx.host.test 127.0.0.1:25 from near");
	assert_int_equal(findings.rows[0].evidence_count, 3);
	assert_string_equal(findings.rows[0].evidence[0], "MAIL FROM:<s@example.net> RCPT TO:<v@outside.test>");
	assert_string_equal(findings.rows[0].evidence[1], "the server said: 250 ok");
	assert_string_equal(findings.rows[0].evidence[2], "proof go-ahead: an outside address was accepted, and DATA got its go-ahead");
	assert_ptr_equal(findings.rows[0].attempt, staged_attempt(view_of(staged), "plain"));
	findings_release(&findings);
	assert_int_equal(findings.count, 0);
	staged_free(staged);
}

static void test_the_fix_is_that_for_the_make(void **state)
{
	struct staged *staged = stage(near);
	struct findings findings;

	(void)state;
	let_in(staged, "percent-at-host", "v%outside.test@host.test");
	staged->audit->hosts[0]->mta = "qmail";
	judge(staged, &findings);
	assert_string_equal(findings.rows[0].fix, "delete control/percenthack");
	findings_release(&findings);
	staged->audit->hosts[0]->mta = NULL;
	judge(staged, &findings);
	assert_string_equal(findings.rows[0].fix, "refuse `%` in the local part of a recipient from outside");
	findings_release(&findings);
	staged_free(staged);
}

static void test_gaps_are_told_with_their_reasons(void **state)
{
	struct staged *staged = stage(near);
	struct attempt *plain = staged_attempt(view_of(staged), "plain");
	struct findings findings;

	(void)state;
	plain->outcome = OUTCOME_DEFERRED;
	plain->reason = REASON_GREYLISTED;
	judge(staged, &findings);
	assert_int_equal(findings.count, 1);
	expect_finding(&findings, 0, "scan-incomplete", SEVERITY_LOW, "not judged: greylisted");
	assert_int_equal(findings.rows[0].evidence_count, 1);
	assert_string_equal(findings.rows[0].evidence[0] + strlen(findings.rows[0].evidence[0]) - 12, "(greylisted)");
	assert_true(strncmp(findings.rows[0].evidence[0], "1 probe: ", 9) == 0);
	findings_release(&findings);
	/* An open server has its gaps counted beside. */
	let_in(staged, "percent-at-host", "v@outside.test");
	judge(staged, &findings);
	assert_int_equal(findings.count, 2);
	expect_finding(&findings, 1, "scan-incomplete", SEVERITY_LOW, "1 probe");
	findings_release(&findings);
	staged_free(staged);
}

static void test_an_office_that_cannot_relay_is_a_finding(void **state)
{
	struct staged *staged = stage(office);
	struct findings findings;

	(void)state;
	judge(staged, &findings);
	assert_int_equal(findings.count, 1);
	expect_finding(&findings, 0, "relay-refused", SEVERITY_HIGH, "a vantage that is expected to relay cannot");
	assert_int_equal(findings.rows[0].evidence_count, 2);
	assert_string_equal(findings.rows[0].evidence[1], "the server said: 554 5.7.1 Relay access denied");
	findings_release(&findings);
	/* One that can is none. */
	let_in(staged, "plain", "v@outside.test");
	judge(staged, &findings);
	assert_int_equal(findings.count, 0);
	findings_release(&findings);
	staged_free(staged);
}

static void test_a_target_that_was_not_scanned_is_a_finding(void **state)
{
	struct staged *staged = stage(near);
	struct findings findings;

	(void)state;
	audit_add_fault(staged->audit, "nowhere.test", "nowhere.test does not resolve");
	judge(staged, &findings);
	assert_int_equal(findings.count, 1);
	expect_finding(&findings, 0, "scan-incomplete", SEVERITY_LOW, "not judged: nowhere.test does not resolve");
	assert_string_equal(findings.rows[0].where, "nowhere.test");
	assert_null(findings.rows[0].view);
	assert_null(findings.rows[0].attempt);
	findings_release(&findings);
	staged_free(staged);
}

static void test_a_family_that_no_vantage_has_is_a_gap(void **state)
{
	static const char *const six[] = { "six=bind:::1", NULL };
	struct staged *staged = staged_new(4, six);
	struct findings findings;

	(void)state;
	staged_choose(staged, SUITE_CLASSIC);
	staged_host(staged, "mx.host.test", domains, port);
	judge(staged, &findings);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.rows[0].id, "scan-incomplete");
	findings_release(&findings);
	staged_free(staged);
}

static void test_severities_are_read_in_both_directions(void **state)
{
	(void)state;
	for (int i = 0; i < SEVERITIES; i++)
		assert_int_equal(severity_find(severity_name((enum severity)i)), i);
	assert_int_equal(severity_find("grave"), -1);
	assert_int_equal(severity_find(""), -1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_closed_server_gives_no_findings),
		cmocka_unit_test(test_acceptances_by_what_they_prove),
		cmocka_unit_test(test_the_fix_is_that_for_the_make),
		cmocka_unit_test(test_gaps_are_told_with_their_reasons),
		cmocka_unit_test(test_an_office_that_cannot_relay_is_a_finding),
		cmocka_unit_test(test_a_target_that_was_not_scanned_is_a_finding),
		cmocka_unit_test(test_a_family_that_no_vantage_has_is_a_gap),
		cmocka_unit_test(test_severities_are_read_in_both_directions),
	};

	return cmocka_run_group_tests_name("finding", tests, NULL, NULL);
}
