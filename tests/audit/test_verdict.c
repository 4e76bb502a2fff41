/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_verdict.c - the rules of judgement, cell by cell
 */
#include "audit/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "probe/probe.h"
#include "smtp/capability.h"

/* Where a refusal met the attempt.  A letter of each reason's row stands for one of these. */
static const struct situation {
	const char *name;
	enum trick trick;
	enum stage stage;
	bool decided;
	enum route route;
} situations[] = {
	{ "a local-looking recipient", TRICK_RECIPIENT, STAGE_RCPT, true, ROUTE_LOCAL },
	{ "an outside recipient", TRICK_RECIPIENT, STAGE_RCPT, true, ROUTE_VICTIM },
	{ "a recipient that was not reached", TRICK_RECIPIENT, STAGE_MAIL, false, ROUTE_VICTIM },
	{ "a sender", TRICK_SENDER, STAGE_MAIL, false, ROUTE_VICTIM },
	{ "a recipient behind a sender", TRICK_SENDER, STAGE_RCPT, true, ROUTE_VICTIM },
	{ "a hello", TRICK_HELLO, STAGE_HELLO, false, ROUTE_VICTIM },
	{ "a sender behind a hello", TRICK_HELLO, STAGE_MAIL, false, ROUTE_VICTIM },
	{ "a recipient behind a hello", TRICK_HELLO, STAGE_RCPT, true, ROUTE_VICTIM },
	{ "a step of a dialogue", TRICK_SESSION, STAGE_RCPT, false, ROUTE_VICTIM },
	{ "the end of a dialogue", TRICK_SESSION, STAGE_OTHER, true, ROUTE_VICTIM },
};

/* C closed, i inconclusive, in the order of the situations. */
static const char *const refusals[REASONS] = {
	[REASON_NONE] = "iiiiiiiiii",
	[REASON_RELAYING_DENIED] = "CCCCCCCCCC",
	[REASON_AUTH_REQUIRED] = "CCCCCCCCCC",
	[REASON_TLS_REQUIRED] = "iiiiiiiiii",
	[REASON_UNKNOWN_USER] = "CCiCCCCCiC",
	[REASON_UNKNOWN_DOMAIN] = "Ciiiiiiiii",
	[REASON_SENDER_REFUSED] = "iiiCCiiiii",
	[REASON_HELLO_REFUSED] = "iiiiiCCCii",
	[REASON_CLIENT_BLOCKED] = "iiiiiiiiii",
	[REASON_SYNTAX] = "CCiCCCCCCC",
	[REASON_BAD_SEQUENCE] = "CCiCCCCCCC",
	[REASON_UNSUPPORTED] = "CCiCCCCCCC",
	[REASON_GREYLISTED] = "iiiiiiiiii",
	[REASON_RATE_LIMITED] = "iiiiiiiiii",
	[REASON_TEMPORARY] = "iiiiiiiiii",
	[REASON_OTHER] = "CCiCCCCCiC",
	[REASON_RIGHT_ANSWER] = "CCiCCCCCiC",
	[REASON_CONNECTION_REFUSED] = "iiiiiiiiii",
	[REASON_CONNECTION_LOST] = "iiiiiiiiii",
	[REASON_TIMEOUT] = "iiiiiiiiii",
	[REASON_NO_BANNER] = "iiiiiiiiii",
	[REASON_TLS_FAILED] = "iiiiiiiiii",
	[REASON_MALFORMED_REPLY] = "iiiiiiiiii",
	[REASON_NOT_APPLICABLE] = "iiiiiiiiii",
	[REASON_NOT_ASKED] = "iiiiiiiiii",
};
_Static_assert(sizeof refusals / sizeof *refusals == REASONS, "a row for each reason");

static void test_what_a_refusal_is_worth(void **state)
{
	(void)state;
	for (int reason = 0; reason < REASONS; reason++) {
		assert_non_null(refusals[reason]);
		for (size_t i = 0; i < sizeof situations / sizeof *situations; i++) {
			const struct situation *at = &situations[i];
			struct probe probe = { .trick = at->trick };
			struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_REJECTED, .reason = (enum reason)reason,
						   .stage = at->stage, .decided = at->decided, .route = at->route };
			struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = ANSWER_REFUSED };
			const char *why = NULL;
			enum verdict verdict = verdict_of_attempt(&attempt, &controls, &why);

			if (verdict != (refusals[reason][i] == 'C' ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE))
				fail_msg("%s for %s: %s", at->name, reason_name((enum reason)reason), verdict_name(verdict));
			assert_true(why != NULL && strlen(why) > 10);
		}
	}
}

/* Whatever the reason, what was no refusal is never closed; but for what does not apply. */
static void test_no_other_outcome_is_closed(void **state)
{
	static const enum outcome outcomes[] = { OUTCOME_SKIPPED, OUTCOME_DEFERRED, OUTCOME_ERROR };

	(void)state;
	for (size_t o = 0; o < sizeof outcomes / sizeof *outcomes; o++) {
		for (int reason = 0; reason < REASONS; reason++) {
			struct probe probe = { .trick = TRICK_RECIPIENT };
			struct attempt attempt = { .probe = &probe, .outcome = outcomes[o], .reason = (enum reason)reason,
						   .stage = STAGE_RCPT, .decided = true, .route = ROUTE_VICTIM };
			struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = ANSWER_REFUSED };
			const char *why = NULL;
			bool applies = outcomes[o] != OUTCOME_SKIPPED || reason != REASON_NOT_APPLICABLE;

			assert_int_equal(verdict_of_attempt(&attempt, &controls, &why), applies ? VERDICT_INCONCLUSIVE : VERDICT_CLOSED);
			assert_non_null(why);
			attempt.note = "our own words";
			verdict_of_attempt(&attempt, &controls, &why);
			assert_string_equal(why, "our own words");
		}
	}
}

/* Verdicts by what the control of unknown names said: not asked, accepted, refused. */
static const struct accepted {
	const char *name;
	enum route route;
	bool alone;
	bool for_known;
	const char *verdicts;
} acceptances[] = {
	{ "the victim's domain", ROUTE_VICTIM, true, false, "OOO" },
	{ "another domain", ROUTE_OTHER, true, false, "OOO" },
	{ "a local-looking address", ROUTE_LOCAL, true, false, "iiO" },
	{ "no domain", ROUTE_NONE, true, false, "iiO" },
	{ "a route that is not known", ROUTE_UNKNOWN, true, false, "iiO" },
	{ "a name like the server's", ROUTE_BELOW, true, false, "iiC" },
	{ "a mailbox that exists", ROUTE_LOCAL, true, true, "iii" },
	{ "the victim's domain, not tried alone", ROUTE_VICTIM, false, false, "iii" },
	{ "another domain, not tried alone", ROUTE_OTHER, false, false, "iii" },
	{ "a local-looking address, not tried alone", ROUTE_LOCAL, false, false, "iii" },
	{ "no domain, not tried alone", ROUTE_NONE, false, false, "iii" },
	{ "a name like the server's, not tried alone", ROUTE_BELOW, false, false, "iii" },
	{ "a mailbox that exists, not tried alone", ROUTE_LOCAL, false, true, "iii" },
};

/* What an unknown name got is told by the control of the domain, or by the attempt's own session. */
static void check_acceptance(size_t row, enum trick trick, enum control_answer answer, bool own)
{
	static const char letters[VERDICTS] = { [VERDICT_CLOSED] = 'C', [VERDICT_INCONCLUSIVE] = 'i', [VERDICT_OPEN] = 'O' };
	struct probe probe = { .trick = trick };
	struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_ACCEPTED, .proof = PROOF_GO_AHEAD, .stage = STAGE_RCPT,
				   .decided = true, .route = acceptances[row].route, .alone = acceptances[row].alone,
				   .for_known = acceptances[row].for_known, .domain = "host.test",
				   .rcpt_to = acceptances[row].route == ROUTE_NONE ? "a%b" : "a%b@HOST.test",
				   .unknown = own ? answer : ANSWER_NONE };
	struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = own ? ANSWER_NONE : answer };
	bool told = own ? attempt.route != ROUTE_BELOW : attempt.route != ROUTE_NONE;
	const char *why = NULL;
	enum verdict verdict = verdict_of_attempt(&attempt, &controls, &why);
	char wanted = acceptances[row].verdicts[told ? answer : ANSWER_NONE];

	if (letters[verdict] != wanted)
		fail_msg("%s, unknown names %d by %s: %s", acceptances[row].name, (int)answer, own ? "its session" : "the control",
			 verdict_name(verdict));
	assert_non_null(why);
	assert_int_equal(verdict_is_limited(&attempt, &controls),
			 attempt.alone && attempt.route == ROUTE_BELOW && controls.unknown == ANSWER_REFUSED);
}

static void test_what_an_acceptance_is_worth(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof acceptances / sizeof *acceptances; i++)
		for (int trick = 0; trick <= TRICK_SESSION; trick++)
			for (int answer = ANSWER_NONE; answer <= ANSWER_REFUSED; answer++) {
				check_acceptance(i, (enum trick)trick, (enum control_answer)answer, false);
				check_acceptance(i, (enum trick)trick, (enum control_answer)answer, true);
			}
}

/* What a message has shown goes before what the envelope let guess. */
static void test_what_a_message_has_shown(void **state)
{
	static const struct {
		const char *name;
		enum route route;
		enum proof proof;
		bool alone;
		enum verdict verdict;
	} rows[] = {
		{ "an outside address, arrived", ROUTE_VICTIM, PROOF_DELIVERED, true, VERDICT_OPEN },
		{ "a local-looking one, arrived", ROUTE_LOCAL, PROOF_DELIVERED, true, VERDICT_OPEN },
		{ "a name like the server's, arrived", ROUTE_BELOW, PROOF_DELIVERED, true, VERDICT_OPEN },
		{ "arrived after a lost session", ROUTE_NONE, PROOF_DELIVERED, false, VERDICT_OPEN },
		{ "an outside address, bounced", ROUTE_VICTIM, PROOF_BOUNCED, true, VERDICT_INCONCLUSIVE },
		{ "a local-looking one, bounced", ROUTE_LOCAL, PROOF_BOUNCED, true, VERDICT_CLOSED },
		{ "one without a domain, bounced", ROUTE_NONE, PROOF_BOUNCED, true, VERDICT_CLOSED },
		{ "an outside address, never seen again", ROUTE_VICTIM, PROOF_DATA, true, VERDICT_INCONCLUSIVE },
		{ "a local-looking one, never seen again", ROUTE_LOCAL, PROOF_DATA, true, VERDICT_INCONCLUSIVE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct probe probe = { .trick = TRICK_RECIPIENT };
		struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_ACCEPTED, .proof = rows[i].proof, .route = rows[i].route,
					   .alone = rows[i].alone, .domain = "host.test", .rcpt_to = "a%b@host.test" };
		struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = ANSWER_REFUSED };
		const char *why = NULL;
		enum verdict verdict = verdict_of_attempt(&attempt, &controls, &why);

		if (verdict != rows[i].verdict)
			fail_msg("%s: %s, for %s", rows[i].name, verdict_name(verdict), why);
		assert_non_null(why);
	}
}

/* A filter may have disliked what the message says: only a refusal to relay is one. */
static void test_a_message_refused_at_its_end(void **state)
{
	struct probe probe = { .trick = TRICK_RECIPIENT };
	struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = ANSWER_REFUSED };
	const char *why = NULL;

	(void)state;
	for (int reason = REASON_RELAYING_DENIED; reason < REASON_CONNECTION_REFUSED; reason++) {
		struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_REJECTED, .reason = (enum reason)reason, .stage = STAGE_MESSAGE,
					   .decided = true, .route = ROUTE_VICTIM };
		bool relaying = reason == REASON_RELAYING_DENIED || reason == REASON_AUTH_REQUIRED;

		assert_int_equal(verdict_of_attempt(&attempt, &controls, &why), relaying ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE);
	}
}

/* Where accepting is right, only what arrives is a finding; and a door is no relay in itself. */
static void test_what_only_an_arrival_shows(void **state)
{
	static const struct step other = { .stage = STAGE_OTHER, .decides = true }, rcpt = { .stage = STAGE_RCPT, .decides = true };
	static const struct {
		const char *name;
		enum shown shown;
		const char *finding;
		const struct step *last;
		enum proof proof;
		enum verdict verdict;
	} rows[] = {
		{ "delivery, none", SHOWN_BY_DELIVERY, NULL, &other, PROOF_DATA, VERDICT_CLOSED },
		{ "delivery, arrived", SHOWN_BY_DELIVERY, NULL, &other, PROOF_DELIVERED, VERDICT_OPEN },
		{ "bounce, none", SHOWN_BY_BOUNCE, "backscatter", &other, PROOF_DATA, VERDICT_CLOSED },
		{ "bounce, bounced", SHOWN_BY_BOUNCE, "backscatter", &other, PROOF_BOUNCED, VERDICT_CLOSED },
		{ "a disclosure", SHOWN_BY_REPLY, "disclosure", &other, PROOF_RCPT, VERDICT_CLOSED },
		{ "smuggled and arrived", SHOWN_BY_REPLY, "smuggling", &other, PROOF_DELIVERED, VERDICT_OPEN },
		{ "XCLIENT, and then a recipient", SHOWN_BY_REPLY, "xclient-open", &rcpt, PROOF_GO_AHEAD, VERDICT_OPEN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct step last = *rows[i].last;
		struct probe probe = { .trick = TRICK_SESSION, .shown = rows[i].shown, .finding = rows[i].finding, .steps = &last, .step_count = 1 };
		struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_ACCEPTED, .proof = rows[i].proof, .alone = true,
					   .route = ROUTE_VICTIM, .bounced = rows[i].proof == PROOF_BOUNCED };
		struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = ANSWER_ACCEPTED };
		const char *why = NULL;

		if (verdict_of_attempt(&attempt, &controls, &why) != rows[i].verdict)
			fail_msg("%s: for %s", rows[i].name, why);
		/* Where nobody could look, silence shows nothing. */
		attempt.unwatched = true;
		if (rows[i].proof == PROOF_DATA && verdict_of_attempt(&attempt, &controls, &why) != VERDICT_INCONCLUSIVE)
			fail_msg("%s, unwatched: for %s", rows[i].name, why);
	}
}

/* Courier knows the users of its mail domain, and takes any name for its host name. */
static void test_a_control_holds_for_its_own_domain_only(void **state)
{
	struct probe probe = { .trick = TRICK_RECIPIENT };
	struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_ACCEPTED, .proof = PROOF_GO_AHEAD, .decided = true,
				   .route = ROUTE_LOCAL, .alone = true, .domain = "host.test", .rcpt_to = "a%b@mail.host.test" };
	struct controls controls = { .known = ANSWER_ACCEPTED, .unknown = ANSWER_REFUSED };
	const char *why = NULL;

	(void)state;
	assert_int_equal(verdict_of_attempt(&attempt, &controls, &why), VERDICT_INCONCLUSIVE);
	attempt.unknown = ANSWER_REFUSED;
	assert_int_equal(verdict_of_attempt(&attempt, &controls, &why), VERDICT_OPEN);
	attempt.unknown = ANSWER_ACCEPTED;
	assert_int_equal(verdict_of_attempt(&attempt, &controls, &why), VERDICT_INCONCLUSIVE);
}

static void test_the_note_tells_why_it_was_not_tried_alone(void **state)
{
	struct probe probe = { .trick = TRICK_RECIPIENT };
	struct attempt attempt = { .probe = &probe, .outcome = OUTCOME_ACCEPTED, .route = ROUTE_VICTIM, .note = "refused when alone" };
	struct controls controls = { .known = ANSWER_ACCEPTED };
	const char *why;

	(void)state;
	verdict_of_attempt(&attempt, &controls, &why);
	assert_string_equal(why, "refused when alone");
}

/* A view of two domains, and of one with two tricks. */
enum { KNOWN, UNKNOWN, OTHER_KNOWN, OTHER_UNKNOWN, FIRST, SECOND, ATTEMPTS };

static const struct probe known_local = { .control = CONTROL_KNOWN_LOCAL }, unknown_local = { .control = CONTROL_UNKNOWN_LOCAL };
static const struct probe trick = { .trick = TRICK_RECIPIENT };

struct scene {
	struct attempt attempts[ATTEMPTS];
	struct view view;
};

/* Everything as a closed server answers. */
static void set_scene(struct scene *scene)
{
	static const struct attempt accepted = { .probe = &known_local, .domain = "host.test", .outcome = OUTCOME_ACCEPTED };
	static const struct attempt refused = { .probe = &unknown_local, .domain = "host.test", .outcome = OUTCOME_REJECTED,
						.reason = REASON_UNKNOWN_USER, .stage = STAGE_RCPT, .decided = true };
	static const struct attempt denied = { .probe = &trick, .domain = "host.test", .outcome = OUTCOME_REJECTED,
					       .reason = REASON_RELAYING_DENIED, .stage = STAGE_RCPT, .decided = true, .route = ROUTE_VICTIM };

	*scene = (struct scene){ .attempts = { accepted, refused, accepted, refused, denied, denied } };
	scene->attempts[OTHER_KNOWN].domain = scene->attempts[OTHER_UNKNOWN].domain = "other.test";
	scene->view = (struct view){ .reach = REACH_OPEN, .attempts = scene->attempts, .count = ATTEMPTS, .controls = FIRST };
}

static void expect_view(const struct scene *scene, const char *name, enum verdict wanted, const char *words)
{
	const char *why = NULL;
	enum verdict verdict = verdict_of_view(&scene->view, &why);

	if (verdict != wanted || why == NULL || strstr(why, words) == NULL)
		fail_msg("%s: %s, for %s", name, verdict_name(verdict), why ? why : "nothing");
}

static void test_a_view_is_closed_when_all_was_refused_for_good(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene);
	expect_view(&scene, "all denied", VERDICT_CLOSED, "every trick was refused");
	scene.attempts[FIRST].outcome = OUTCOME_SKIPPED;
	scene.attempts[FIRST].reason = REASON_NOT_APPLICABLE;
	expect_view(&scene, "one does not apply", VERDICT_CLOSED, "every trick was refused");
	scene.view.count = SECOND;
	expect_view(&scene, "none applies", VERDICT_INCONCLUSIVE, "nothing was tested");
	scene.view.count = ATTEMPTS;
	scene.attempts[SECOND].reason = REASON_GREYLISTED;
	scene.attempts[SECOND].outcome = OUTCOME_DEFERRED;
	expect_view(&scene, "one greylisted", VERDICT_INCONCLUSIVE, "greylisted");
	scene.attempts[FIRST] = scene.attempts[SECOND];
	scene.attempts[FIRST].outcome = OUTCOME_ACCEPTED;
	scene.attempts[FIRST].alone = true;
	expect_view(&scene, "one accepted", VERDICT_OPEN, "an outside address was accepted");
}

static void test_a_view_that_was_not_reached_is_never_closed(void **state)
{
	struct scene scene;

	(void)state;
	for (int reach = 0; reach < REACHES; reach++) {
		set_scene(&scene);
		scene.view.reach = (enum reach)reach;
		scene.view.reach_text = "here is why";
		expect_view(&scene, reach_name((enum reach)reach), reach == REACH_OPEN ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE,
			    reach == REACH_OPEN ? "every trick" : "here is why");
		scene.view.reach_text = NULL;
		expect_view(&scene, reach_name((enum reach)reach), reach == REACH_OPEN ? VERDICT_CLOSED : VERDICT_INCONCLUSIVE,
			    reach == REACH_OPEN ? "every trick" : "not reached");
	}
}

static void test_a_control_that_fails_leaves_nothing_proved(void **state)
{
	static const struct {
		const char *name;
		enum outcome outcome;
		enum reason reason;
		enum verdict verdict;
		const char *words;
	} rows[] = {
		{ "relaying is denied", OUTCOME_REJECTED, REASON_RELAYING_DENIED, VERDICT_INCONCLUSIVE, "--domain" },
		{ "no such user", OUTCOME_REJECTED, REASON_UNKNOWN_USER, VERDICT_INCONCLUSIVE, "--local-user" },
		{ "blocked", OUTCOME_REJECTED, REASON_CLIENT_BLOCKED, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "greylisted", OUTCOME_DEFERRED, REASON_GREYLISTED, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "the sender is refused", OUTCOME_REJECTED, REASON_SENDER_REFUSED, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "TLS is wanted", OUTCOME_REJECTED, REASON_TLS_REQUIRED, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "words that nobody knows", OUTCOME_REJECTED, REASON_OTHER, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "no answer", OUTCOME_ERROR, REASON_TIMEOUT, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "not asked", OUTCOME_SKIPPED, REASON_NOT_ASKED, VERDICT_INCONCLUSIVE, "refusals prove nothing" },
		{ "a login is wanted for everything", OUTCOME_REJECTED, REASON_AUTH_REQUIRED, VERDICT_CLOSED, "every trick" },
		{ "accepted", OUTCOME_ACCEPTED, REASON_NONE, VERDICT_CLOSED, "every trick" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (int which = KNOWN; which <= OTHER_KNOWN; which += OTHER_KNOWN) {
			struct scene scene;

			set_scene(&scene);
			scene.attempts[which].outcome = rows[i].outcome;
			scene.attempts[which].reason = rows[i].reason;
			expect_view(&scene, rows[i].name, rows[i].verdict, rows[i].words);
			/* An acceptance proves itself. */
			scene.attempts[SECOND].outcome = OUTCOME_ACCEPTED;
			scene.attempts[SECOND].alone = true;
			expect_view(&scene, rows[i].name, VERDICT_OPEN, "an outside address was accepted");
		}
	}
}

static void test_where_a_login_is_offered_the_advice_is_another(void **state)
{
	struct scene scene;

	(void)state;
	set_scene(&scene);
	scene.view.capabilities = CAP_AUTH;
	scene.attempts[KNOWN].outcome = OUTCOME_REJECTED;
	scene.attempts[KNOWN].reason = REASON_CLIENT_BLOCKED;
	expect_view(&scene, "blocked", VERDICT_INCONCLUSIVE, "offers a login");
	scene.attempts[KNOWN].reason = REASON_UNKNOWN_USER;
	expect_view(&scene, "no such user", VERDICT_INCONCLUSIVE, "--local-user");
}

static void test_controls_belong_to_their_domain(void **state)
{
	struct scene scene;
	struct controls controls;

	(void)state;
	set_scene(&scene);
	scene.attempts[OTHER_UNKNOWN].outcome = OUTCOME_ACCEPTED;
	scene.attempts[OTHER_KNOWN].outcome = OUTCOME_DEFERRED;
	scene.attempts[OTHER_KNOWN].reason = REASON_GREYLISTED;
	controls = controls_of(&scene.view, "host.test");
	assert_int_equal(controls.known, ANSWER_ACCEPTED);
	assert_int_equal(controls.unknown, ANSWER_REFUSED);
	controls = controls_of(&scene.view, "other.test");
	assert_int_equal(controls.known, ANSWER_NONE);
	assert_int_equal(controls.known_reason, REASON_GREYLISTED);
	assert_int_equal(controls.unknown, ANSWER_ACCEPTED);
	scene.attempts[OTHER_UNKNOWN].outcome = OUTCOME_DEFERRED;
	assert_int_equal(controls_of(&scene.view, "other.test").unknown, ANSWER_NONE);
	controls = controls_of(&scene.view, "third.test");
	assert_int_equal(controls.known, ANSWER_NONE);
	assert_int_equal(controls.unknown, ANSWER_NONE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_refusal_is_worth),
		cmocka_unit_test(test_no_other_outcome_is_closed),
		cmocka_unit_test(test_what_an_acceptance_is_worth),
		cmocka_unit_test(test_what_a_message_has_shown),
		cmocka_unit_test(test_a_message_refused_at_its_end),
		cmocka_unit_test(test_what_only_an_arrival_shows),
		cmocka_unit_test(test_a_control_holds_for_its_own_domain_only),
		cmocka_unit_test(test_the_note_tells_why_it_was_not_tried_alone),
		cmocka_unit_test(test_a_view_is_closed_when_all_was_refused_for_good),
		cmocka_unit_test(test_a_view_that_was_not_reached_is_never_closed),
		cmocka_unit_test(test_a_control_that_fails_leaves_nothing_proved),
		cmocka_unit_test(test_where_a_login_is_offered_the_advice_is_another),
		cmocka_unit_test(test_controls_belong_to_their_domain),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
