/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_job.c - a job is read as it was written, and nothing else is a job
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "audit/job.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "probe/probe.h"
#include "staged.h"

static const char *const domains[] = { "host.test", "other.test", NULL }, *const ports[] = { "25", "587/starttls", NULL };
static const char *const vantages[] = { "near=local", "far=agent:https://probe.example.net?ca=/a&certificate=/b&key=/c", NULL };
static const struct token_key key = { "a key for tests, and for no more" };

struct place {
	struct staged *staged;
	struct host *host;
	struct buf text;
};

static int set_up(void **state)
{
	struct place *place = mem_new(sizeof *place);

	place->staged = staged_new(4, vantages);
	staged_choose(place->staged, SUITE_DEFAULT);
	place->host = staged_host(place->staged, "mx.host.test", domains, ports);
	buf_init(&place->text, JOB_MOST);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	buf_release(&place->text);
	staged_free(place->staged);
	free(place);
	return 0;
}

static void write_job(struct place *place)
{
	struct audit_errand errand = { .run = "errandaa", .vantage = 1 };
	struct err err = ERR_INIT;

	buf_reset(&place->text);
	if (job_write(place->staged->audit, place->host, &errand, 3, &place->text, &err) != 0)
		fail_msg("%s", err.text);
}

static struct job *read_job(const struct place *place)
{
	struct err err = ERR_INIT;
	struct job *job = job_read(place->text.data, place->text.len, &err);

	if (job == NULL)
		fail_msg("%s", err.text);
	return job;
}

static void test_a_job_is_read_as_it_was_written(void **state)
{
	struct place *place = *state;
	const struct audit *audit = place->staged->audit;
	struct job *job;

	write_job(place);
	job = read_job(place);
	assert_string_equal(job->run, audit->run_id);
	assert_int_equal(strlen(job->nonce), JOB_NONCE);
	assert_true(job->expires > time(NULL) && job->expires <= time(NULL) + JOB_LIFE_MOST);
	assert_string_equal(job->name, "mx.host.test");
	assert_int_equal(job->domain_count, 2);
	assert_string_equal(job->domains[1], "other.test");
	assert_int_equal(job->endpoint_count, 2);
	for (size_t i = 0; i < 2; i++) {
		/* near and far take turns, an endpoint behind the other. */
		const struct view *view = &place->host->views[2 * i + 1];

		assert_int_equal(job->endpoints[i].first, view->attempts[0].number);
		assert_int_equal(job->endpoints[i].mode, view->mode);
		assert_int_equal(job->endpoints[i].address.port, i ? 587 : 25);
	}
	assert_int_equal(job->timeout, 1000000);
	assert_int_equal(job->max_sessions, 3);
	assert_string_equal(job->victim, "v@outside.test");
	assert_string_equal(job->sender, "tester@example.net");
	assert_false(job->confirm);
	assert_int_equal(job->probe_count, audit->probe_count);
	for (size_t i = 0; i < job->probe_count; i++) {
		assert_string_equal(job->probes[i]->name, audit->probes[i]->name);
		assert_string_equal(job->probes[i]->text, audit->probes[i]->text);
		assert_int_equal(job->probes[i]->step_count, audit->probes[i]->step_count);
	}
	assert_string_equal(job->known_local->name, "ctl-known-local");
	assert_true(job_attempts(job) >= place->host->views[1].count * 2);
	job_free(job);
}

/* Files and addresses of ours are nobody's business, and the shared key is in no job. */
static void test_a_job_has_its_runs_key_and_no_other(void **state)
{
	struct place *place = *state;
	struct audit *audit = place->staged->audit;
	struct token_run own;
	struct job *job;
	char shared[2 * MAC_KEY + 1] = "";

	audit->key = &key;
	audit->tokens = audit->settings.confirm = true;
	token_run_make(&key, audit->run_id, &audit->signer);
	write_job(place);
	job = read_job(place);
	token_run_make(&key, "errandaa", &own);
	assert_memory_equal(&job->signer, &own, sizeof own);
	assert_true(job->confirm && job->tokens && job->sender == NULL);
	for (size_t i = 0; i < MAC_KEY; i++)
		snprintf(shared + 2 * i, 3, "%02x", key.bytes[i]);
	assert_null(strstr(place->text.data, shared));
	for (size_t i = 0; i < MAC_KEY; i++)
		snprintf(shared + 2 * i, 3, "%02x", audit->signer.bytes[i]);
	assert_null(strstr(place->text.data, shared));
	assert_null(strstr(place->text.data, "\"/a\""));
	assert_null(strstr(place->text.data, "probe.example.net"));
	job_free(job);
}

static void test_what_is_no_job_is_refused(void **state)
{
	/* What stands in a job, and what instead. */
	static const struct {
		const char *name;
		const char *there;
		const char *instead;
		const char *told;
	} rows[] = {
		{ "schema", "relayaudit-job/1", "relayaudit-job/2", "schema" },
		{ "member unknown", "\"limits\":{", "\"limits\":{\"command\":\"id\",", "'command' is not known" },
		{ "member missing", "\"classic\":false,", "", "'classic' is missing" },
		{ "member twice", "\"classic\":false,", "\"classic\":false,\"classic\":false,", "no JSON object" },
		{ "kind", "\"classic\":false", "\"classic\":\"no\"", "'classic' has no value" },
		{ "time", "\"timeout\":1000", "\"timeout\":600001", "'timeout' has no value" },
		{ "no time", "\"timeout\":1000", "\"timeout\":0", "no time" },
		{ "negative", "\"timeout\":1000", "\"timeout\":-1", "'timeout' has no value" },
		{ "fraction", "\"timeout\":1000", "\"timeout\":1000.5", "'timeout' has no value" },
		{ "sessions", "\"max_sessions\":3", "\"max_sessions\":65", "'max_sessions' has no value" },
		{ "port", "\"port\":25,", "\"port\":65561,", "'port' has no value" },
		{ "no port", "\"port\":25,", "\"port\":0,", "no port" },
		{ "name for an address", "\"address\":\"127.0.0.1\"", "\"address\":\"localhost\"", "no IP address" },
		{ "mode", "\"tls\":\"starttls\"", "\"tls\":\"STARTTLS\"", "'tls' has no value" },
		{ "line end in the sender", "tester@example.net", "a@b.test>\\r\\nRCPT", "'sender' has no value" },
		{ "bracket in the sender", "tester@example.net", "a@b.test><x", "the sender" },
		{ "path in a domain", "\"other.test\"", "\"other.test> <a\"", "a domain" },
		{ "escape in a name", "\"name\":\"mx.host.test\"", "\"name\":\"mx\\u001b[2J\"", "'name' has no value" },
		{ "NUL", "\"name\":\"mx.host.test\"", "\"name\":\"mx\\u0000\"", "no JSON object" },
		{ "messages to nobody", "\"confirm\":false", "\"confirm\":true", "token" },
		{ "tokens for nothing", "\"tokens\":false", "\"tokens\":true", "tokens" },
		{ "broken probe", " -> MAIL FROM:", "=> MAIL FROM:", ".probe:" },
		{ "probe of another name", "\"name\":\"plain\"", "\"name\":\"plainer\"", "plainer.probe:" },
		{ "file for a probe", "\"name\":\"plain\"", "\"name\":\"../plain\"", "a probe's name" },
		{ "no control", "\"name\":\"ctl-known-local\"", "\"name\":\"ctl-unknown-local\"", "ctl-unknown-local" },
	};
	struct place *place = *state;

	write_job(place);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf text = BUF_OWN;
		struct err err = ERR_INIT;
		const char *at = strstr(place->text.data, rows[i].there);
		struct job *job;

		if (at == NULL)
			fail_msg("%s: there is no %s", rows[i].name, rows[i].there);
		buf_add(&text, place->text.data, (size_t)(at - place->text.data));
		buf_text(&text, rows[i].instead);
		buf_text(&text, at + strlen(rows[i].there));
		job = job_read(text.data, text.len, &err);
		if (job != NULL || strstr(err.text, rows[i].told) == NULL)
			fail_msg("%s: %s", rows[i].name, job ? "it is taken" : err.text);
		for (const char *byte = err.text; *byte != '\0'; byte++)
			assert_in_range(*byte, ' ', '~');
		buf_release(&text);
	}
}

static void test_a_job_is_whole_or_none(void **state)
{
	struct place *place = *state;

	write_job(place);
	for (size_t len = 0; len < place->text.len; len += 977) {
		struct err err = ERR_INIT;

		assert_null(job_read(place->text.data, len, &err));
		assert_int_equal(err.kind, ERR_PROTO);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_job_is_read_as_it_was_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_job_has_its_runs_key_and_no_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_what_is_no_job_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_job_is_whole_or_none, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
