/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pick.c - sessions filled from the real catalogue keep all limits, and lose nothing
 *
 * A server is played that answers every session in full: what a session took is
 * settled, until nothing is left.
 */
#include "audit/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "staged.h"
#include "probe/probe.h"
#include "smtp/capability.h"

static const char *const local[] = { "local", NULL }, *const one[] = { "host.test", NULL }, *const port[] = { "25", NULL };

/* What the sessions of a view came to. */
struct tally {
	size_t batches;
	size_t solos;
	size_t settled;
	size_t most_commands;   /* in one shared session */
	size_t commands;        /* in all of them */
	unsigned char times[2000];      /* each attempt was taken */
};

static const struct probe *probe_of(const struct view *view, const struct batch *batch, unsigned member)
{
	return view->attempts[batch->members[member]].probe;
}

/* Replies that may be errors to the server: those of deciding steps, and of all that may be refused on the way. */
static size_t count_refusals(const struct batch *batch)
{
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++) {
		const struct step *step = batch->cues[i].step;

		count += step != NULL && (step->decides || !(step->expect.count == 1 && step->expect.codes[0] / (step->expect.codes[0] > 5 ? 100 : 1) == 2));
	}
	return count;
}

static void check_members(const struct view *view, const struct batch *batch, const struct pick *pick)
{
	bool pipelining = (view->capabilities & CAP_PIPELINING) != 0;
	unsigned risky = 0;

	assert_true(batch->member_count <= PACE_REJECTIONS);
	for (unsigned m = 0; m < batch->member_count; m++) {
		const struct probe *probe = probe_of(view, batch, m);

		assert_true(probe->shareable);
		if (probe->has_hello && !(m == 0 && pick->has_lead && batch->members[0] == pick->lead))
			fail_msg("%s says a hello of its own and does not lead", probe->name);
		risky += probe->risky;
		/* In lock-step they are last under their MAIL, and that is one of several. */
		if (pipelining && risky != 0 && !probe->risky && !(m == 1 && pick->has_lead) && probe->control != CONTROL_KNOWN_LOCAL)
			fail_msg("%s comes behind risky ones", probe->name);
	}
	if (risky > PACE_RISKY)
		fail_msg("%u risky probes in one session", risky);
}

static void check_limits(const struct view *view, const struct batch *batch, const struct pick *pick)
{
	bool pipelining = (view->capabilities & CAP_PIPELINING) != 0;
	unsigned resets = 0;

	check_members(view, batch, pick);
	if (count_refusals(batch) > PACE_REJECTIONS)
		fail_msg("%zu refusals in one session", count_refusals(batch));
	for (size_t i = 0; i < batch->count; i++) {
		const struct cue *cue = &batch->cues[i];

		resets += cue->step == NULL;
		/* Members of one transaction are those of its MAIL. */
		assert_true(cue->count <= (pipelining ? PACE_RCPTS : PACE_RCPTS_LOCKSTEP));
		/* A known recipient may open what comes behind it: it is the last. */
		for (unsigned m = cue->first; m + 1 < cue->first + cue->count; m++)
			if (probe_of(view, batch, m)->control == CONTROL_KNOWN_LOCAL)
				assert_true(probe_of(view, batch, m + 1)->control == CONTROL_KNOWN_LOCAL);
	}
	assert_int_equal(resets, batch->resets);
	assert_true(resets <= PACE_RESETS);
}

static void play_session(struct staged *staged, struct view *view, const struct pick *pick, struct tally *tally)
{
	struct batch batch = BATCH_INIT;

	view->pace->opening--;
	view->pace->opened = true;
	view->local = view_endpoint(view)->address;
	if (!view->pace->checked)
		pick_check(staged->audit, view);
	fill_batch(staged->audit, view, pick, &batch);
	if (pick->kind == KIND_BATCH) {
		check_limits(view, &batch, pick);
		tally->batches++;
		tally->commands += batch.count;
		tally->most_commands = batch.count > tally->most_commands ? batch.count : tally->most_commands;
	} else {
		tally->solos++;
		assert_true(batch.member_count <= 1);
	}
	for (size_t m = 0; m < batch.member_count; m++) {
		assert_int_equal(view->pace->tasks[batch.members[m]].state, TASK_OUT);
		view->pace->tasks[batch.members[m]].state = TASK_SETTLED;
		tally->times[batch.members[m]]++;
	}
	batch_release(&batch);
}

/* `size` is how many refusals a session may hold once the server slowed down. */
static void play(struct staged *staged, struct view *view, unsigned size, struct tally *tally)
{
	struct pick picks[AUDIT_SESSIONS_MOST];
	size_t count;

	*tally = (struct tally){ .batches = 0 };
	view->pace = pace_new(staged->audit, view);
	view->pace->size = size;
	assert_true(view->count <= sizeof tally->times);
	do {
		for (count = 0; count < staged->audit->settings.max_sessions; count++) {
			picks[count] = pick_session(staged->audit, view);
			if (picks[count].kind == KIND_NONE)
				break;
			view->pace->opening++;
		}
		for (size_t i = 0; i < count; i++)
			play_session(staged, view, &picks[i], tally);
	} while (count != 0 && tally->batches + tally->solos < 5000);
	tally->settled = pace_count(view, TASK_SETTLED);
	for (size_t i = 0; i < view->count; i++) {
		bool skipped = view->attempts[i].reason == REASON_NOT_APPLICABLE;

		if (view->pace->tasks[i].state != TASK_SETTLED || tally->times[i] != !skipped)
			fail_msg("%s was taken %u times", view->attempts[i].probe->name, tally->times[i]);
	}
	assert_true(pace_is_done(view));
	pace_free(view->pace);
	view->pace = NULL;
}

static void test_each_suite_is_asked_once_within_all_limits(void **state)
{
	(void)state;
	for (int suite = 0; suite < SUITES; suite++) {
		for (unsigned sessions = 1; sessions <= AUDIT_SESSIONS_MOST; sessions++) {
			for (int variant = 0; variant < 8; variant++) {
				struct staged *staged = staged_new(sessions, local);
				struct tally tally;

				staged_choose(staged, (enum suite)suite);
				staged->audit->settings.local_user = (variant & 2) != 0 ? "alice" : NULL;
				struct host *host = staged_host(staged, "mx.host.test", one, port);

				host->views[0].capabilities = (variant & 1) != 0 ? ~0u : 0;
				play(staged, &host->views[0], (variant & 4) != 0 ? 5 : PACE_REJECTIONS, &tally);
				staged_free(staged);
			}
			if (suite == SUITE_THOROUGH)
				sessions++;
		}
	}
}

/* A row of pseudo-random numbers, the same each time. */
static unsigned next_chance(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static void test_any_pool_is_asked_once_within_all_limits(void **state)
{
	static const char *const domains[][4] = { { "host.test", NULL }, { "host.test", "a.test", NULL }, { "host.test", "a.test", "b.test", NULL } };

	(void)state;
	for (unsigned seed = 1; seed <= 60; seed++) {
		unsigned chance = seed, keep = 0, part = 1 + next_chance(&chance) % 4;
		struct staged *staged = staged_new(1 + next_chance(&chance) % AUDIT_SESSIONS_MOST, local);
		struct audit *audit = staged->audit;
		struct tally tally;

		staged_choose(staged, SUITE_THOROUGH);
		for (size_t i = 0; i < audit->probe_count; i++)
			if (next_chance(&chance) % 4 < part)
				audit->probes[keep++] = audit->probes[i];
		audit->probe_count = keep;
		audit->settings.local_user = next_chance(&chance) % 2 ? "alice" : NULL;
		struct host *host = staged_host(staged, "mx.host.test", domains[next_chance(&chance) % 3], port);

		host->views[0].capabilities = next_chance(&chance) % 2 ? ~0u : 0;
		play(staged, &host->views[0], 1 + next_chance(&chance) % PACE_REJECTIONS, &tally);
		staged_free(staged);
	}
}

static void test_controls_come_first_and_before_any_forged_hello(void **state)
{
	struct staged *staged = staged_new(4, local);
	struct batch batch = BATCH_INIT;
	struct pick pick;

	(void)state;
	staged_choose(staged, SUITE_DEFAULT);
	struct view *view = staged_host(staged, "mx.host.test", one, port)->views;

	view->capabilities = CAP_PIPELINING;
	view->pace = pace_new(staged->audit, view);
	pick = pick_session(staged->audit, view);
	assert_int_equal(pick.kind, KIND_BATCH);
	assert_false(pick.has_lead);
	assert_null(pick_hello(staged->audit, view, &pick));
	view->pace->opened = true;
	pick_check(staged->audit, view);
	fill_batch(staged->audit, view, &pick, &batch);
	assert_int_equal(probe_of(view, &batch, 0)->control, CONTROL_UNKNOWN_LOCAL);
	assert_string_equal(probe_of(view, &batch, 1)->name, "plain");
	assert_int_equal(probe_of(view, &batch, 2)->control, CONTROL_KNOWN_LOCAL);
	assert_int_equal(batch.cues[0].count, 3);
	batch_release(&batch);
	pace_free(view->pace);
	view->pace = NULL;
	staged_free(staged);
}

/*
 * Round trips are what a distant server costs.  The figures are those of today: who makes them
 * smaller changes them here, and they do not grow unseen.
 */
static void test_the_default_suite_costs_few_round_trips(void **state)
{
	static const struct {
		const char *name;
		unsigned capabilities;
		size_t sessions;
		size_t commands;        /* in the longest of the sessions */
	} rows[] = {
		{ "pipelining", CAP_PIPELINING, 8, 25 },
		/* And three to connect, greet and say EHLO: 14 round trips. */
		{ "lock-step", CAP_DSN, 8, 11 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct staged *staged = staged_new(8, local);
		struct tally tally;

		staged_choose(staged, SUITE_DEFAULT);
		struct host *host = staged_host(staged, "mx.host.test", one, port);

		/* The most that there is to ask: nothing is skipped for want of an address. */
		staged->audit->victim_literal = "[192.0.2.9]";
		staged->audit->settings.local_user = "alice";
		host->views[0].capabilities = rows[i].capabilities;
		play(staged, &host->views[0], PACE_REJECTIONS, &tally);
		if (tally.batches > rows[i].sessions || tally.most_commands > rows[i].commands || tally.solos != 0)
			fail_msg("%s: %zu sessions, %zu commands, %zu in the longest, %zu alone", rows[i].name, tally.batches, tally.commands,
				 tally.most_commands, tally.solos);
		staged_free(staged);
	}
}

static void test_what_cannot_be_asked_is_skipped_and_told(void **state)
{
	static const struct {
		const char *probe;
		const char *note;
	} rows[] = {
		{ "starttls-reset", "needs STARTTLS" },
		{ "smtputf8-plain", "needs SMTPUTF8" },
		{ "pipelined-block", "needs PIPELINING" },
		{ "literal-v6", "needs an IPv6 address of the target" },
	};
	struct staged *staged = staged_new(4, local);

	(void)state;
	staged_choose(staged, SUITE_THOROUGH);
	struct view *view = staged_host(staged, "mx.host.test", one, port)->views;

	view->pace = pace_new(staged->audit, view);
	pick_check(staged->audit, view);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct attempt *attempt = staged_attempt(view, rows[i].probe);

		if (attempt->outcome != OUTCOME_SKIPPED || attempt->reason != REASON_NOT_APPLICABLE || attempt->note == NULL ||
		    strcmp(attempt->note, rows[i].note) != 0)
			fail_msg("%s: %s", rows[i].probe, attempt->note ? attempt->note : "nothing");
	}
	pace_free(view->pace);
	view->pace = NULL;
	staged_free(staged);
}

static void test_who_may_relay_is_asked_for_the_plain_one_only(void **state)
{
	static const char *const office[] = { "office=local?expect=relay", NULL };
	struct staged *staged = staged_new(4, office);

	(void)state;
	staged_choose(staged, SUITE_DEFAULT);
	struct view *view = staged_host(staged, "mx.host.test", one, port)->views;

	view->pace = pace_new(staged->audit, view);
	assert_int_equal(pace_count(view, TASK_PENDING), 3);
	assert_int_equal(view->pace->tasks[staged_attempt(view, "plain") - view->attempts].state, TASK_PENDING);
	pace_free(view->pace);
	view->pace = NULL;
	staged_free(staged);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_suite_is_asked_once_within_all_limits),
		cmocka_unit_test(test_any_pool_is_asked_once_within_all_limits),
		cmocka_unit_test(test_controls_come_first_and_before_any_forged_hello),
		cmocka_unit_test(test_the_default_suite_costs_few_round_trips),
		cmocka_unit_test(test_what_cannot_be_asked_is_skipped_and_told),
		cmocka_unit_test(test_who_may_relay_is_asked_for_the_plain_one_only),
	};

	return cmocka_run_group_tests_name("pick", tests, NULL, NULL);
}
