/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_batch.c - exchanges, and whose they are
 */
#include "audit/batch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "audit/compose.h"
#include "staged.h"
#include "base/buf.h"
#include "base/text.h"
#include "probe/probe.h"

static const char *const local[] = { "local", NULL }, *const domains[] = { "host.test", NULL }, *const ports[] = { "25", NULL };

struct stage_set {
	struct staged *staged;
	struct view *view;
	struct values begun;
	struct composition compositions[4];
	struct batch batch;
};

static int set_up(void **state)
{
	struct stage_set *set = calloc(1, sizeof *set);

	assert_non_null(set);
	set->staged = staged_new(4, local);
	staged_choose(set->staged, SUITE_THOROUGH);
	set->view = staged_host(set->staged, "mx.host.test", domains, ports)->views;
	compose_begin(set->staged->audit, set->view, &set->begun);
	*state = set;
	return 0;
}

static int tear_down(void **state)
{
	struct stage_set *set = *state;

	batch_release(&set->batch);
	assert_int_equal(set->batch.count, 0);
	staged_free(set->staged);
	free(set);
	return 0;
}

/* Adds one transaction of the probes, ended by NULL. */
static int add(struct stage_set *set, const char *const *probes, const char **missing)
{
	struct part parts[4];
	size_t count = 0;

	for (; probes[count] != NULL; count++) {
		struct attempt *attempt = staged_attempt(set->view, probes[count]);

		compose_values(set->staged->audit, set->view, attempt, SENDER_NEUTRAL, false, &set->begun, &set->compositions[count]);
		parts[count] = (struct part){ (unsigned)(attempt - set->view->attempts), attempt, &set->compositions[count].values };
	}
	return batch_add(&set->batch, set->staged->audit, parts, count, missing);
}

/* "members timing bytes", a line an exchange. */
static void expect_exchanges(const struct stage_set *set, const char *wanted)
{
	static const char *const timings[] = { "alone", "pipelined", "joined" };
	struct buf text = BUF_OWN;

	for (size_t i = 0; i < set->batch.count; i++) {
		const struct cue *cue = &set->batch.cues[i];

		buf_printf(&text, "%u+%u %s ", cue->first, cue->count, timings[set->batch.exchanges[i].timing]);
		text_escape(&text, set->batch.exchanges[i].bytes, set->batch.exchanges[i].len);
		buf_char(&text, '\n');
	}
	if (strcmp(text.data, wanted) != 0)
		fail_msg("%s", text.data);
	buf_release(&text);
}

#define PROBES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_a_transaction_is_shared_by_its_members(void **state)
{
	struct stage_set *set = *state;
	const char *missing;

	assert_int_equal(add(set, PROBES("plain", "percent-at-host", "route-host"), &missing), 0);
	expect_exchanges(set, "0+3 pipelined MAIL FROM:<tester@example.net>\\r\\n\n"
			      "0+1 pipelined RCPT TO:<v@outside.test>\\r\\n\n"
			      "1+1 pipelined RCPT TO:<v%outside.test@host.test>\\r\\n\n"
			      "2+1 pipelined RCPT TO:<@host.test:v@outside.test>\\r\\n\n");
	assert_int_equal(set->batch.resets, 0);
	assert_int_equal(set->batch.member_count, 3);
	assert_ptr_equal(&set->view->attempts[set->batch.members[1]], staged_attempt(set->view, "percent-at-host"));
}

static void test_a_reset_parts_transactions_and_is_nobodys(void **state)
{
	struct stage_set *set = *state;
	const char *missing;

	assert_int_equal(add(set, PROBES("plain"), &missing), 0);
	assert_int_equal(add(set, PROBES("sender-null"), &missing), 0);
	expect_exchanges(set, "0+1 pipelined MAIL FROM:<tester@example.net>\\r\\n\n"
			      "0+1 pipelined RCPT TO:<v@outside.test>\\r\\n\n"
			      "0+0 pipelined RSET\\r\\n\n"
			      "1+1 pipelined MAIL FROM:<>\\r\\n\n"
			      "1+1 pipelined RCPT TO:<v@outside.test>\\r\\n\n");
	assert_int_equal(set->batch.resets, 1);
}

static void test_a_dialogue_of_its_own_keeps_its_writes(void **state)
{
	struct stage_set *set = *state;
	const char *missing;

	assert_int_equal(add(set, PROBES("pipelined-block"), &missing), 0);
	expect_exchanges(set, "0+1 alone MAIL FROM:<tester@example.net>\\r\\n\n"
			      "0+1 joined RCPT TO:<v@outside.test>\\r\\n\n");
}

static void test_data_goes_behind_one_that_is_tried_alone(void **state)
{
	struct stage_set *set = *state;
	const char *missing;

	assert_int_equal(add(set, PROBES("plain"), &missing), 0);
	batch_add_data(&set->batch);
	expect_exchanges(set, "0+1 pipelined MAIL FROM:<tester@example.net>\\r\\n\n"
			      "0+1 pipelined RCPT TO:<v@outside.test>\\r\\n\n"
			      "0+1 alone DATA\\r\\n\n");
	assert_null(set->batch.cues[2].step);
}

static void test_what_lacks_a_value_adds_nothing(void **state)
{
	struct stage_set *set = *state;
	const char *missing = NULL;

	assert_int_equal(add(set, PROBES("plain"), &missing), 0);
	assert_int_equal(add(set, PROBES("route-host", "literal-victim"), &missing), -1);
	assert_string_equal(missing, "victim_literal");
	assert_int_equal(set->batch.count, 2);
	assert_int_equal(set->batch.member_count, 1);
	assert_int_equal(set->batch.resets, 0);
	assert_int_equal(add(set, PROBES("route-host"), &missing), 0);
	assert_int_equal(set->batch.count, 5);
}

#define ON_STAGE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_STAGE(test_a_transaction_is_shared_by_its_members),
		ON_STAGE(test_a_reset_parts_transactions_and_is_nobodys),
		ON_STAGE(test_a_dialogue_of_its_own_keeps_its_writes),
		ON_STAGE(test_data_goes_behind_one_that_is_tried_alone),
		ON_STAGE(test_what_lacks_a_value_adds_nothing),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
