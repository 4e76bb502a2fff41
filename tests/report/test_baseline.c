/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_baseline.c - by what findings are known again, and what that does to the exit status
 *
 * Reports that were really made are compared by baseline.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "report/baseline.h"
#include "report/identity.h"
#include "report/judge.h"
#include "report/model.h"

/* A target with one endpoint, seen from one vantage with one probe; copies are bent by the tests. */
struct staged {
	struct report_target target;
	struct report_vantage vantage;
	struct report_view view;
	struct report_attempt attempt;
	struct report_finding finding;
	struct report report;
};

static void stage(struct staged *staged)
{
	staged->target = (struct report_target){ .host = "mx.example.org", .verdict = "open" };
	staged->vantage = (struct report_vantage){ .name = "far", .via = "local", .expect = "deny", .verdict = "open" };
	staged->view = (struct report_view){ .endpoint = "192.0.2.25:25", .tls = "none", .verdict = "open", .why = "", .reached = "reached", .counts = true,
					     .attempt_count = 1 };
	staged->attempt = (struct report_attempt){ .target = "mx.example.org", .endpoint = "192.0.2.25:25", .vantage = "far", .probe = "plain",
						   .domain = "example.org", .outcome = "accepted", .verdict = "open", .why = "" };
	staged->finding = (struct report_finding){ .id = "relay", .severity = "critical", .title = "plain: it relays", .target = "mx.example.org",
						   .where = "mx.example.org 192.0.2.25:25 from far", .vantage = "far", .endpoint = "192.0.2.25:25",
						   .probe = "plain" };
	staged->report = (struct report){ .run_id = "a", .command = "scan", .verdict = "open", .finished = "2026-11-28T00:00:00Z", .targets = &staged->target,
					  .target_count = 1, .vantages = &staged->vantage, .vantage_count = 1, .views = &staged->view, .view_count = 1,
					  .attempts = &staged->attempt, .attempt_count = 1, .findings = &staged->finding, .finding_count = 1 };
}

static uint64_t identity_of(const struct report *report)
{
	uint64_t *identities = identities_of(report), identity = identities[0];

	free(identities);
	return identity;
}

static void test_a_finding_of_a_file_is_known_without_its_line_and_directory(void **state)
{
	static const struct {
		const char *name;
		const char *id, *where, *title;
		bool same;
	} rows[] = {
		{ "itself", "trust-oversized", "/etc/postfix/main.cf:12", "trusts 210.0.0.0/8", true },
		{ "another line", "trust-oversized", "/etc/postfix/main.cf:9999", "trusts 210.0.0.0/8", true },
		{ "a column, too", "trust-oversized", "/etc/postfix/main.cf:12:3", "trusts 210.0.0.0/8", true },
		{ "another directory", "trust-oversized", "main.cf:12", "trusts 210.0.0.0/8", true },
		{ "another file", "trust-oversized", "/etc/postfix/master.cf:12", "trusts 210.0.0.0/8", false },
		{ "another network", "trust-oversized", "/etc/postfix/main.cf:12", "trusts 211.0.0.0/8", false },
		{ "another id", "trust-bridge", "/etc/postfix/main.cf:12", "trusts 210.0.0.0/8", false },
		{ "no line", "trust-oversized", "/etc/postfix/main.cf", "trusts 210.0.0.0/8", false },
		{ "what runs together", "trust-oversizedmain.cf", ":12", "trusts 210.0.0.0/8", false },
	};
	struct report_finding finding = { .severity = "high" };
	struct report report = { .findings = &finding, .finding_count = 1 };
	uint64_t first = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		finding.id = rows[i].id;
		finding.where = rows[i].where;
		finding.title = rows[i].title;
		first = i == 0 ? identity_of(&report) : first;
		if ((identity_of(&report) == first) != rows[i].same)
			fail_msg("%s", rows[i].name);
	}
}

static void test_a_finding_of_a_scan_is_known_by_its_places(void **state)
{
	struct staged staged;
	uint64_t first;

	(void)state;
	stage(&staged);
	first = identity_of(&staged.report);
	staged.finding.title = "another title";
	staged.finding.severity = "low";
	assert_true(identity_of(&staged.report) == first);
	staged.attempt.domain = "example.net";
	assert_false(identity_of(&staged.report) == first);
	stage(&staged);
	staged.finding.vantage = "near";
	assert_false(identity_of(&staged.report) == first);
	stage(&staged);
	staged.finding.probe = NULL;
	assert_false(identity_of(&staged.report) == first);
	stage(&staged);
	staged.finding.target = "mx.example.net";
	assert_false(identity_of(&staged.report) == first);
}

static void test_findings_that_are_alike_are_told_apart_by_their_order(void **state)
{
	struct report_finding rows[3] = { { .id = "scan-incomplete", .where = "mail.log" }, { .id = "scan-incomplete", .where = "mail.log" },
					  { .id = "scan-incomplete", .where = "mail.log" } };
	struct report report = { .findings = rows, .finding_count = 3 };
	uint64_t *three = identities_of(&report), *two;

	(void)state;
	report.finding_count = 2;
	two = identities_of(&report);
	assert_true(three[0] != three[1] && three[1] != three[2] && three[0] != three[2]);
	assert_true(two[0] == three[0] && two[1] == three[1]);
	free(three);
	free(two);
}

/* How the one finding stands, and what the run ends with; the earlier report is bent by `bend`. */
static int standing(void (*bend)(struct staged *earlier, struct staged *now), const char **state)
{
	struct staged earlier, now;
	struct err err = ERR_INIT;

	stage(&earlier);
	stage(&now);
	bend(&earlier, &now);
	assert_int_equal(baseline_apply(&earlier.report, "old.json", &now.report, &err), 0);
	report_judge(&now.report, SEVERITY_HIGH, JUDGE_SURE);
	*state = now.finding.state;
	baseline_release(&now.report);
	return now.report.status;
}

static void bend_nothing(struct staged *earlier, struct staged *now)
{
	(void)earlier;
	(void)now;
}

static void bend_none(struct staged *earlier, struct staged *now)
{
	(void)now;
	earlier->report.finding_count = 0;
}

static void bend_milder_then(struct staged *earlier, struct staged *now)
{
	(void)now;
	earlier->finding.severity = "high";
}

static void bend_graver_then(struct staged *earlier, struct staged *now)
{
	earlier->finding.severity = "critical";
	now->finding.severity = "high";
}

static void bend_borne_then(struct staged *earlier, struct staged *now)
{
	(void)now;
	earlier->finding.excused = "a lab";
}

static void bend_borne(struct staged *earlier, struct staged *now)
{
	earlier->finding.excused = now->finding.excused = "a lab";
}

static void test_what_is_known_fails_nothing_and_all_else_does(void **state)
{
	static const struct {
		void (*bend)(struct staged *earlier, struct staged *now);
		const char *state;
		int status;
	} rows[] = {
		{ bend_nothing, "known", 0 }, { bend_none, "new", 1 },		{ bend_milder_then, "worse", 1 },
		{ bend_graver_then, "milder", 0 }, { bend_borne_then, "lapsed", 1 }, { bend_borne, "known", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *stands;
		int status = standing(rows[i].bend, &stands);

		assert_string_equal(stands, rows[i].state);
		assert_int_equal(status, rows[i].status);
	}
}

static const char *why_gone(void (*bend)(struct staged *earlier, struct staged *now))
{
	struct staged earlier, now;
	struct err err = ERR_INIT;
	const char *why;

	stage(&earlier);
	stage(&now);
	now.report.finding_count = 0;
	now.attempt.outcome = "rejected";
	now.attempt.verdict = "closed";
	bend(&earlier, &now);
	assert_int_equal(baseline_apply(&earlier.report, "old.json", &now.report, &err), 0);
	assert_int_equal(now.report.baseline->gone_count, 1);
	why = now.report.baseline->gone[0].why;
	assert_string_equal(now.report.baseline->gone[0].state, why == NULL ? "gone" : "not-asked");
	baseline_release(&now.report);
	return why != NULL ? why : "gone";
}

static void bend_starttls(struct staged *earlier, struct staged *now)
{
	(void)earlier;
	now->view.tls = "starttls";
}

static void bend_unreached(struct staged *earlier, struct staged *now)
{
	(void)earlier;
	now->view.reached = "connection-refused";
}

static void bend_skipped(struct staged *earlier, struct staged *now)
{
	(void)earlier;
	now->attempt.outcome = "skipped";
}

static void bend_unjudged(struct staged *earlier, struct staged *now)
{
	(void)earlier;
	now->attempt.outcome = "deferred";
	now->attempt.verdict = "inconclusive";
}

static void bend_other_domain(struct staged *earlier, struct staged *now)
{
	(void)earlier;
	now->attempt.domain = "example.net";
}

static struct report_mail some_log;
static struct report_queue some_queue;

/* A report of self, which has it all, beside one that has read the log alone. */
static void queued(struct staged *earlier, const char *id)
{
	earlier->report.mail = &some_log;
	earlier->report.queue = &some_queue;
	earlier->finding = (struct report_finding){ .id = id, .severity = "high", .title = "of no target", .where = "/usr/sbin/postqueue -j" };
}

static void bend_no_queue(struct staged *earlier, struct staged *now)
{
	queued(earlier, "strangers-queued");
	now->report.mail = &some_log;
}

static void bend_empty_queue(struct staged *earlier, struct staged *now)
{
	queued(earlier, "strangers-queued");
	now->report.queue = &some_queue;
}

static void bend_no_log(struct staged *earlier, struct staged *now)
{
	queued(earlier, "strangers-mail");
	now->report.queue = &some_queue;
}

static void bend_half_of_both(struct staged *earlier, struct staged *now)
{
	queued(earlier, "backscatter");
	now->report.mail = &some_log;
}

static void test_what_was_not_asked_is_not_gone(void **state)
{
	static const struct {
		void (*bend)(struct staged *earlier, struct staged *now);
		const char *why;
	} rows[] = {
		{ bend_nothing, "gone" },
		{ bend_starttls, "its endpoint was not asked from its vantage" },
		{ bend_unreached, "its endpoint was not reached" },
		{ bend_skipped, "its probe was skipped" },
		{ bend_unjudged, "its probe could not be judged" },
		{ bend_other_domain, "its probe was not tried" },
		{ bend_no_queue, "no queue was read" },
		{ bend_empty_queue, "gone" },
		{ bend_no_log, "no log was read" },
		{ bend_half_of_both, "no queue was read" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(why_gone(rows[i].bend), rows[i].why);
}

static void test_a_run_that_judged_nothing_never_passes(void **state)
{
	struct staged staged;

	(void)state;
	stage(&staged);
	staged.attempt.verdict = staged.view.verdict = staged.target.verdict = staged.report.verdict = "inconclusive";
	staged.attempt.outcome = "error";
	staged.finding.id = "scan-incomplete";
	staged.finding.severity = "low";
	staged.finding.excused = "it is down";
	report_judge(&staged.report, SEVERITY_HIGH, JUDGE_GAPS);
	assert_int_equal(staged.report.status, 3);
	/* Where something was, what is borne is no reason to end so; what no finding tells of is. */
	staged.attempt.verdict = "closed";
	report_judge(&staged.report, SEVERITY_HIGH, JUDGE_GAPS);
	assert_int_equal(staged.report.status, 0);
	report_judge(&staged.report, SEVERITY_HIGH, JUDGE_BLIND);
	assert_int_equal(staged.report.status, 3);
	staged.finding.excused = NULL;
	report_judge(&staged.report, SEVERITY_HIGH, JUDGE_GAPS);
	assert_int_equal(staged.report.status, 3);
}

static void test_an_index_finds_the_first_of_each(void **state)
{
	static const uint64_t identities[] = { 7, 3, 7, 9, 3, 0, UINT64_MAX };
	static const size_t numbers[] = { 0, 1, 0, 2, 1, 3, 4 };
	size_t found[7];
	struct identity_index index;

	(void)state;
	identity_index_make(identities, 7, &index);
	assert_int_equal(identity_find(&index, 7), 0);
	assert_int_equal(identity_find(&index, 3), 1);
	assert_int_equal(identity_find(&index, 0), 5);
	assert_int_equal(identity_find(&index, UINT64_MAX), 6);
	assert_int_equal(identity_find(&index, 8), 7);
	identity_index_release(&index);
	assert_int_equal(identity_number(identities, 7, found), 5);
	assert_memory_equal(found, numbers, sizeof numbers);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_finding_of_a_file_is_known_without_its_line_and_directory),
		cmocka_unit_test(test_a_finding_of_a_scan_is_known_by_its_places),
		cmocka_unit_test(test_findings_that_are_alike_are_told_apart_by_their_order),
		cmocka_unit_test(test_what_is_known_fails_nothing_and_all_else_does),
		cmocka_unit_test(test_what_was_not_asked_is_not_gone),
		cmocka_unit_test(test_a_run_that_judged_nothing_never_passes),
		cmocka_unit_test(test_an_index_finds_the_first_of_each),
	};

	return cmocka_run_group_tests_name("baseline", tests, NULL, NULL);
}
