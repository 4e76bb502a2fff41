/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_audit.c - the matrix of attempts, and what hosts, vantages and the whole come to
 */
#include "audit/audit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "staged.h"
#include "audit/verdict.h"
#include "probe/probe.h"
#include "smtp/capability.h"

static const char *const domains[] = { "host.test", NULL }, *const port[] = { "25", NULL };
static const char *const near[] = { "near=local", NULL }, *const both[] = { "near=local", "far=local", NULL };
static const char *const office[] = { "near=local", "office=local?expect=relay", NULL };

/* As a closed server answers. */
static void answer(struct view *view)
{
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
		attempt->rcpt_to = control == CONTROL_NONE ? "v@outside.test" : "x@host.test";
	}
}

static void open_plain(struct view *view)
{
	struct attempt *plain = staged_attempt(view, "plain");

	plain->outcome = OUTCOME_ACCEPTED;
	plain->reason = REASON_NONE;
	plain->proof = PROOF_GO_AHEAD;
	plain->alone = true;
}

static void refuse_connection(struct view *view)
{
	view->reach = REACH_REFUSED;
	for (size_t i = 0; i < view->count; i++) {
		view->attempts[i].outcome = OUTCOME_ERROR;
		view->attempts[i].reason = REASON_CONNECTION_REFUSED;
	}
}

static struct staged *stage(const char *const *vantages)
{
	struct staged *staged = staged_new(4, vantages);

	staged_choose(staged, SUITE_CLASSIC);
	return staged;
}

static void test_views_are_endpoints_by_vantages_with_controls_first(void **state)
{
	static const char *const two[] = { "a.test", "b.test", NULL }, *const ports[] = { "25", "465", "587/starttls", NULL };
	struct staged *staged = stage(both);
	struct host *host = staged_host(staged, "mx.host.test", two, ports);

	(void)state;
	assert_int_equal(host->endpoint_count, 3);
	assert_int_equal(host->view_count, 6);
	for (size_t i = 0; i < host->view_count; i++) {
		const struct view *view = &host->views[i];
		char endpoint[ADDRESS_TEXT + 16];
		static const char *const endpoints[] = { "127.0.0.1:25", "127.0.0.1:465 tls", "127.0.0.1:587 starttls" };

		assert_int_equal(view->endpoint, i / 2);
		assert_int_equal(view->vantage, i % 2);
		assert_int_equal(view->controls, 4);
		for (size_t k = 0; k < view->count; k++) {
			assert_int_equal(view->attempts[k].probe->control != CONTROL_NONE, k < view->controls);
			assert_int_equal(view->attempts[k].outcome, OUTCOME_SKIPPED);
			assert_int_equal(view->attempts[k].reason, REASON_NOT_ASKED);
		}
		/* A probe that names no domain is asked once, any other for each. */
		assert_true(view->count > 4 + 17 && view->count < 4 + 2 * 17);
		view_print_endpoint(view, endpoint);
		assert_string_equal(endpoint, endpoints[i / 2]);
	}
	staged_free(staged);
}

static void test_a_vantage_without_the_family_does_not_count(void **state)
{
	static const char *const six[] = { "six=bind:::1", "near=local", NULL };
	struct staged *staged = stage(six);
	struct host *host = staged_host(staged, "mx.host.test", domains, port);

	(void)state;
	assert_int_equal(host->views[0].reach, REACH_NO_FAMILY);
	answer(&host->views[1]);
	audit_judge(staged->audit);
	assert_false(host->views[0].verdict_counts);
	assert_int_equal(host->verdict, VERDICT_CLOSED);
	assert_int_equal(verdict_of_vantage(staged->audit, 0), VERDICT_INCONCLUSIVE);
	assert_int_equal(verdict_of_vantage(staged->audit, 1), VERDICT_CLOSED);
	staged_free(staged);
}

static void test_without_a_host_nothing_is_known(void **state)
{
	struct staged *staged = stage(near);

	(void)state;
	audit_judge(staged->audit);
	assert_int_equal(staged->audit->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(verdict_of_vantage(staged->audit, 0), VERDICT_INCONCLUSIVE);
	staged_free(staged);
}

static void test_one_open_vantage_opens_the_report(void **state)
{
	struct staged *staged = stage(both);
	struct host *host = staged_host(staged, "mx.host.test", domains, port);

	(void)state;
	answer(&host->views[0]);
	answer(&host->views[1]);
	audit_judge(staged->audit);
	assert_int_equal(staged->audit->verdict, VERDICT_CLOSED);
	open_plain(&host->views[1]);
	audit_judge(staged->audit);
	assert_int_equal(host->views[0].verdict, VERDICT_CLOSED);
	assert_int_equal(host->views[1].verdict, VERDICT_OPEN);
	assert_int_equal(verdict_of_vantage(staged->audit, 0), VERDICT_CLOSED);
	assert_int_equal(verdict_of_vantage(staged->audit, 1), VERDICT_OPEN);
	assert_int_equal(staged->audit->verdict, VERDICT_OPEN);
	staged_free(staged);
}

static void test_an_office_that_relays_leaves_the_server_closed(void **state)
{
	struct staged *staged = stage(office);
	struct host *host = staged_host(staged, "mx.host.test", domains, port);

	(void)state;
	answer(&host->views[0]);
	answer(&host->views[1]);
	open_plain(&host->views[1]);
	audit_judge(staged->audit);
	assert_int_equal(host->verdict, VERDICT_CLOSED);
	assert_int_equal(staged->audit->verdict, VERDICT_CLOSED);
	assert_int_equal(verdict_of_vantage(staged->audit, 1), VERDICT_OPEN);
	staged_free(staged);
}

static void test_an_office_alone_leaves_the_server_unjudged(void **state)
{
	static const char *const alone[] = { "office=local?expect=relay", NULL };
	struct staged *staged = stage(alone);
	struct host *host = staged_host(staged, "mx.host.test", domains, port);

	(void)state;
	answer(host->views);
	open_plain(host->views);
	audit_judge(staged->audit);
	assert_int_equal(host->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(staged->audit->verdict, VERDICT_INCONCLUSIVE);
	staged_free(staged);
}

static void test_the_worst_of_several_hosts_counts(void **state)
{
	struct staged *staged = stage(near);
	struct host *first = staged_host(staged, "a.test", domains, port), *second = staged_host(staged, "b.test", domains, port);

	(void)state;
	answer(first->views);
	answer(second->views);
	staged_attempt(second->views, "plain")->reason = REASON_CLIENT_BLOCKED;
	audit_judge(staged->audit);
	assert_int_equal(first->verdict, VERDICT_CLOSED);
	assert_int_equal(second->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(staged->audit->verdict, VERDICT_INCONCLUSIVE);
	open_plain(first->views);
	audit_judge(staged->audit);
	assert_int_equal(staged->audit->verdict, VERDICT_OPEN);
	staged_free(staged);
}

static void test_a_host_that_could_not_be_audited_is_not_closed(void **state)
{
	struct staged *staged = stage(near);
	struct host *host = staged_host(staged, "a.test", domains, port);

	(void)state;
	answer(host->views);
	audit_add_fault(staged->audit, "nowhere.test", "nowhere.test does not resolve");
	audit_judge(staged->audit);
	assert_int_equal(staged->audit->hosts[1]->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(staged->audit->verdict, VERDICT_INCONCLUSIVE);
	staged_free(staged);
}

static void test_a_port_that_nobody_asked_for_and_nobody_listens_on_does_not_count(void **state)
{
	static const char *const ports[] = { "25", "587", NULL };
	static const struct {
		const char *name;
		bool asked;
		bool reached;           /* the other port */
		enum reach reach;
		bool counts;
		enum verdict verdict;
	} rows[] = {
		{ "refused", false, true, REACH_REFUSED, false, VERDICT_CLOSED },
		{ "refused, and asked for", true, true, REACH_REFUSED, true, VERDICT_INCONCLUSIVE },
		{ "refused, and so was all", false, false, REACH_REFUSED, true, VERDICT_INCONCLUSIVE },
		{ "no answer", false, true, REACH_UNANSWERED, true, VERDICT_INCONCLUSIVE },
		{ "no greeting", false, true, REACH_NO_BANNER, true, VERDICT_INCONCLUSIVE },
		{ "no service", false, true, REACH_NO_SERVICE, true, VERDICT_INCONCLUSIVE },
		{ "no TLS", false, true, REACH_NO_TLS, true, VERDICT_INCONCLUSIVE },
		{ "not tried", false, true, REACH_UNTRIED, true, VERDICT_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct staged *staged = stage(near);
		struct host *host = staged_host(staged, "mx.host.test", domains, ports);

		answer(&host->views[0]);
		if (!rows[i].reached)
			refuse_connection(&host->views[0]);
		refuse_connection(&host->views[1]);
		host->views[1].reach = rows[i].reach;
		host->endpoints[0].asked = host->endpoints[1].asked = rows[i].asked;
		audit_judge(staged->audit);
		if (host->views[1].verdict_counts != rows[i].counts || host->verdict != rows[i].verdict)
			fail_msg("%s: counts %d, %s", rows[i].name, host->views[1].verdict_counts, verdict_name(host->verdict));
		staged_free(staged);
	}
}

static void test_routes_are_judged_by_the_names_of_the_target(void **state)
{
	static const struct {
		const char *rcpt_to;
		enum route route;
		bool for_known;
	} rows[] = {
		{ "v@outside.test", ROUTE_VICTIM, false },
		{ "v@[198.51.100.9]", ROUTE_VICTIM, false },
		{ "v%outside.test@host.test", ROUTE_LOCAL, false },
		{ "v%outside.test@mx.host.test", ROUTE_LOCAL, false },
		{ "v@greets.test", ROUTE_LOCAL, false },
		{ "v@[127.0.0.1]", ROUTE_LOCAL, false },
		{ "v@127.0.0.1", ROUTE_LOCAL, false },
		{ "alice+v@host.test", ROUTE_LOCAL, true },
		{ "postmaster@host.test", ROUTE_LOCAL, true },
		{ "alice@outside.test", ROUTE_VICTIM, false },
		{ "x@sub.host.test", ROUTE_BELOW, false },
	};
	struct staged *staged = stage(near);
	struct host *host = staged_host(staged, "mx.host.test", domains, port);
	struct attempt *attempt = staged_attempt(host->views, "plain");

	(void)state;
	host->hostname = "greets.test";
	staged->audit->settings.local_user = "alice";
	staged->audit->victim_literal = "[198.51.100.9]";
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		attempt->rcpt_to = rows[i].rcpt_to;
		attempt->outcome = OUTCOME_ACCEPTED;
		audit_judge(staged->audit);
		if (attempt->route != rows[i].route || attempt->for_known != rows[i].for_known)
			fail_msg("%s: %s, %d", rows[i].rcpt_to, route_name(attempt->route), attempt->for_known);
	}
	staged_free(staged);
}

/* Everything as Postfix's submission service answers a stranger: "Access denied". */
static void deny_access(struct view *view, enum reason reason)
{
	answer(view);
	view->capabilities = CAP_AUTH;
	for (size_t i = 0; i < view->count; i++) {
		view->attempts[i].outcome = OUTCOME_REJECTED;
		view->attempts[i].reason = reason;
		view->attempts[i].reply = "554 5.7.1 <mx.host.test[192.0.2.7]>: Client host rejected: Access denied";
	}
}

static void test_submission_that_denies_access_wants_a_login(void **state)
{
	static const char *const ports[] = { "25", "587/starttls", NULL };
	static const enum reason reasons[] = { REASON_CLIENT_BLOCKED, REASON_OTHER, REASON_RELAYING_DENIED };

	(void)state;
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		struct staged *staged = stage(both);
		struct host *host = staged_host(staged, "mx.host.test", domains, ports);

		for (size_t v = 0; v < host->view_count; v++) {
			answer(&host->views[v]);
			if (view_endpoint(&host->views[v])->address.port == 587)
				deny_access(&host->views[v], reasons[i]);
		}
		/* The second of the first port: blocked there, too. */
		deny_access(&host->views[1], REASON_CLIENT_BLOCKED);
		host->views[1].capabilities = 0;
		audit_judge(staged->audit);
		assert_int_equal(host->views[2].verdict, VERDICT_CLOSED);
		assert_int_equal(staged_attempt(&host->views[2], "plain")->reason, REASON_AUTH_REQUIRED);
		assert_int_equal(host->views[3].verdict, VERDICT_INCONCLUSIVE);
		assert_int_equal(staged_attempt(&host->views[3], "plain")->reason, reasons[i]);
		staged_free(staged);
	}
}

static void test_who_offers_no_login_wants_none(void **state)
{
	static const char *const ports[] = { "25", "26", NULL };
	struct staged *staged = stage(near);
	struct host *host = staged_host(staged, "mx.host.test", domains, ports);

	(void)state;
	answer(&host->views[0]);
	deny_access(&host->views[1], REASON_CLIENT_BLOCKED);
	host->views[1].capabilities = 0;
	audit_judge(staged->audit);
	assert_int_equal(host->views[1].verdict, VERDICT_INCONCLUSIVE);
	staged_free(staged);
}

static void test_no_name_is_missing_or_twice(void **state)
{
	(void)state;
	for (int i = 0; i < VERDICTS; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(verdict_name((enum verdict)i), verdict_name((enum verdict)k));
	for (int i = 0; i < REACHES; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(reach_name((enum reach)i), reach_name((enum reach)k));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_views_are_endpoints_by_vantages_with_controls_first),
		cmocka_unit_test(test_a_vantage_without_the_family_does_not_count),
		cmocka_unit_test(test_without_a_host_nothing_is_known),
		cmocka_unit_test(test_one_open_vantage_opens_the_report),
		cmocka_unit_test(test_an_office_that_relays_leaves_the_server_closed),
		cmocka_unit_test(test_an_office_alone_leaves_the_server_unjudged),
		cmocka_unit_test(test_the_worst_of_several_hosts_counts),
		cmocka_unit_test(test_a_host_that_could_not_be_audited_is_not_closed),
		cmocka_unit_test(test_a_port_that_nobody_asked_for_and_nobody_listens_on_does_not_count),
		cmocka_unit_test(test_routes_are_judged_by_the_names_of_the_target),
		cmocka_unit_test(test_submission_that_denies_access_wants_a_login),
		cmocka_unit_test(test_who_offers_no_login_wants_none),
		cmocka_unit_test(test_no_name_is_missing_or_twice),
	};

	return cmocka_run_group_tests_name("audit", tests, NULL, NULL);
}
