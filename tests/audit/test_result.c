/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_result.c - what an agent tells is read as it was written, and believed where it holds together
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "audit/result.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "probe/probe.h"
#include "smtp/capability.h"
#include "staged.h"

static const char *const domains[] = { "host.test", NULL }, *const ports[] = { "25", NULL };
static const char *const vantages[] = { "far=agent:https://probe.example.net?ca=/a&certificate=/b&key=/c", NULL };

static int set_up(void **state)
{
	struct staged *staged = staged_new(4, vantages);

	staged_choose(staged, SUITE_DEFAULT);
	staged_host(staged, "mx.host.test", domains, ports);
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

static struct result read_line(const struct buf *line)
{
	struct result result;
	struct err err = ERR_INIT;

	assert_int_equal(line->data[line->len - 1], '\n');
	if (result_read(line->data, line->len - 1, &result, &err) != 0)
		fail_msg("%s: %s", err.text, line->data);
	return result;
}

static void test_an_attempt_is_read_as_it_was_written(void **state)
{
	struct staged *staged = *state;
	struct view *view = view_of(staged);
	struct attempt *attempt = staged_attempt(view, "percent-at-host"), told;
	struct buf line = BUF_OWN;
	struct err err = ERR_INIT;
	struct result result;

	attempt->outcome = OUTCOME_ACCEPTED;
	attempt->proof = PROOF_GO_AHEAD;
	attempt->reason = REASON_NONE;
	attempt->stage = STAGE_RCPT;
	attempt->unknown = ANSWER_REFUSED;
	attempt->decided = attempt->alone = true;
	attempt->mail_from = "a@b.test";
	attempt->rcpt_to = "c%d@host.test";
	attempt->reply = "250 2.1.5 \\\"Ok\\\\";
	attempt->transcript = mem_text(" -> RCPT TO:<x>\n<-  250 Ok\n");
	result_write_attempt(view, 0, attempt, &line);
	told = *attempt;
	*attempt = (struct attempt){ .probe = told.probe, .number = told.number, .domain = told.domain };
	result = read_line(&line);
	assert_int_equal(result.kind, RESULT_ATTEMPT);
	assert_int_equal(result_use_attempt(staged->audit, view, &result.of.attempt, &err), 0);
	result_release(&result);
	assert_int_equal(attempt->outcome, OUTCOME_ACCEPTED);
	assert_int_equal(attempt->proof, PROOF_GO_AHEAD);
	assert_int_equal(attempt->unknown, ANSWER_REFUSED);
	assert_true(attempt->decided && attempt->alone);
	assert_string_equal(attempt->rcpt_to, told.rcpt_to);
	assert_string_equal(attempt->reply, told.reply);
	assert_string_equal(attempt->transcript, told.transcript);
	assert_null(attempt->note);
	free((char *)(uintptr_t)told.transcript);
	buf_release(&line);
}

static void test_a_view_is_read_as_it_was_written(void **state)
{
	struct staged *staged = *state;
	struct view *view = view_of(staged);
	struct tls_facts facts = { .version = "TLSv1.3", .cipher = "X", .subject = "/CN=mx", .issuer = "/CN=mx", .trust = "self-signed" };
	struct buf line = BUF_OWN;
	struct err err = ERR_INIT;
	struct result result;

	view->reach = REACH_OPEN;
	view->banner = "220 mail.host.test ESMTP Postfix";
	view->hello = "250 mail.host.test / PIPELINING / STARTTLS";
	view->capabilities = CAP_PIPELINING | CAP_STARTTLS;
	view->mode = TLS_MODE_STARTTLS;
	view->tls = &facts;
	view->sessions = 7;
	view->throttled = true;
	view->seen_as = "198.51.100.7";
	assert_int_equal(address_parse("198.51.100.7", &view->local, &err), 0);
	result_write_view(staged->audit, view, 0, &line);
	view->tls = NULL;
	view->banner = view->hello = view->seen_as = NULL;
	view->capabilities = 0;
	view->sessions = 0;
	view->mode = TLS_MODE_NONE;
	view->local.family = 0;
	result = read_line(&line);
	assert_int_equal(result.kind, RESULT_VIEW);
	if (result_use_view(staged->audit, view, &result.of.view, &err) != 0)
		fail_msg("%s", err.text);
	result_release(&result);
	assert_string_equal(view->banner, "220 mail.host.test ESMTP Postfix");
	assert_int_equal(view->capabilities, CAP_PIPELINING | CAP_STARTTLS);
	assert_int_equal(view->mode, TLS_MODE_STARTTLS);
	assert_int_equal(view->sessions, 7);
	assert_string_equal(view->tls->version, "TLSv1.3");
	assert_string_equal(view->tls->trust, "self-signed");
	assert_string_equal(view->seen_as, "198.51.100.7");
	assert_int_equal(view->local.family, AF_INET);
	/* Read from the server's words, as if they had been said here. */
	assert_string_equal(view->host->hostname, "mail.host.test");
	assert_string_equal(view->host->mta, "postfix");
	buf_release(&line);
}

static void test_signs_are_read(void **state)
{
	struct buf line = BUF_OWN;
	struct result result;

	(void)state;
	result_write_sign(RESULT_FAULT, "the disk is full", &line);
	result = read_line(&line);
	assert_int_equal(result.kind, RESULT_FAULT);
	assert_string_equal(result.of.fault, "the disk is full");
	result_release(&result);
	buf_reset(&line);
	result_write_sign(RESULT_DONE, NULL, &line);
	assert_string_equal(line.data, "{\"type\":\"done\"}\n");
	buf_release(&line);
}

static void test_what_contradicts_itself_is_not_believed(void **state)
{
	static const struct {
		const char *name;
		bool believed, confirm;
		struct result_attempt said;
	} rows[] = {
		{ "refused", true, false, { .outcome = OUTCOME_REJECTED, .reason = REASON_RELAYING_DENIED, .reply = "554 5.7.1 no" } },
		{ "refused, without a reply", false, false, { .outcome = OUTCOME_REJECTED, .reason = REASON_RELAYING_DENIED } },
		{ "refused with 250", false, false, { .outcome = OUTCOME_REJECTED, .reason = REASON_RELAYING_DENIED, .reply = "250 Ok" } },
		{ "refused for no reason", false, false, { .outcome = OUTCOME_REJECTED, .reply = "554 no" } },
		{ "refused, and proved", false, false, { .outcome = OUTCOME_REJECTED, .proof = PROOF_RCPT, .reason = REASON_OTHER, .reply = "554 no" } },
		{ "accepted", true, false, { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_RCPT, .reply = "250 Ok" } },
		{ "accepted with 554", false, false, { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_RCPT, .reply = "554 no" } },
		{ "accepted without a proof", false, false, { .outcome = OUTCOME_ACCEPTED, .reply = "250 Ok" } },
		{ "accepted, and a reason", false, false, { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_RCPT, .reason = REASON_OTHER, .reply = "250 Ok" } },
		{ "a message that nobody asked for", false, false, { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_DATA, .reply = "250 Ok" } },
		{ "a message", true, true, { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_DATA, .reply = "250 Ok" } },
		{ "deferred", true, false, { .outcome = OUTCOME_DEFERRED, .reason = REASON_GREYLISTED, .reply = "450 later" } },
		{ "deferred with 250", false, false, { .outcome = OUTCOME_DEFERRED, .reason = REASON_GREYLISTED, .reply = "250 Ok" } },
		{ "an error", true, false, { .outcome = OUTCOME_ERROR, .reason = REASON_TIMEOUT } },
		{ "an error with a proof", false, false, { .outcome = OUTCOME_ERROR, .proof = PROOF_RCPT, .reason = REASON_TIMEOUT } },
		{ "skipped", true, false, { .outcome = OUTCOME_SKIPPED, .reason = REASON_NOT_APPLICABLE } },
	};
	struct staged *staged = *state;
	struct view *view = view_of(staged);
	struct attempt *attempt = staged_attempt(view, "plain");

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct result_attempt said = rows[i].said;
		struct err err = ERR_INIT;

		said.number = attempt->number;
		said.probe = "plain";
		said.domain = "host.test";
		staged->audit->settings.confirm = rows[i].confirm;
		if ((result_use_attempt(staged->audit, view, &said, &err) == 0) != rows[i].believed)
			fail_msg("%s: %s", rows[i].name, err.text);
		said.number += 1000;
		assert_int_equal(result_use_attempt(staged->audit, view, &said, &err), -1);
		said.number = attempt->number;
		said.probe = "ctl-known-local";
		assert_int_equal(result_use_attempt(staged->audit, view, &said, &err), -1);
	}
}

static void test_what_is_no_line_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "{}", "[]", "{\"type\":\"other\"}", "{\"type\":1}", "{\"type\":\"done\",\"more\":1}", "{\"type\":\"done\",\"type\":\"done\"}",
		"{\"type\":\"fault\"}", "{\"type\":\"fault\",\"text\":\"\\u001b[2J\"}", "{\"type\":\"fault\",\"text\":\"\xc3\xa4\"}",
		"{\"type\":\"attempt\"}", "{\"type\":\"view\",\"endpoint\":0}", "{\"type\":\"done\"} x",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct result result;
		struct err err = ERR_INIT;

		if (result_read(rows[i], strlen(rows[i]), &result, &err) == 0)
			fail_msg("%s", rows[i]);
		for (const char *byte = err.text; *byte != '\0'; byte++)
			assert_in_range(*byte, ' ', '~');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_an_attempt_is_read_as_it_was_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_view_is_read_as_it_was_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_signs_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_contradicts_itself_is_not_believed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_no_line_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
