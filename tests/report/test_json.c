/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json.c - the formats json and ndjson, and the vocabularies of their schema
 *
 * With an argument it writes a report made by hand to standard output in that
 * format, for another parser to look at (schema.sh).
 */
#include "report/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <jansson.h>

#include "audit/finding.h"
#include "base/buf.h"
#include "report/model.h"

/* Each member of the model has a value of its own. */

static const char *domains[] = { "example.org", "example.net" };
static const char *capabilities[] = { "PIPELINING", "STARTTLS" };
static const char *const evidence[] = { "MAIL FROM:<a@b> RCPT TO:<\"v%d\"@c>", "the server said: 250 \\x1b[2J" };

static struct report_endpoint endpoints[] = {
	{
		.address = "2001:db8::25",
		.port = 587,
		.tls = "starttls",
		.banner = "220 mail.example.org \\x1b[31m",
		.capabilities = capabilities,
		.capability_count = 2,
		.verdict = "open",
		.reached = "reached",
		.tls_version = "TLSv1.3",
		.tls_cipher = "TLS_AES_256_GCM_SHA384",
		.tls_subject = "CN=mail.example.org",
		.tls_issuer = "CN=an issuer",
		.tls_expires = "2027-01-31T00:00:00Z",
		.tls_trust = "self-signed certificate",
	},
	{
		.address = "192.0.2.25",
		.port = 465,
		.tls = "implicit",
		.verdict = "inconclusive",
		.reached = "tls-failed",
		.tls_version = "TLSv1.2",
		.tls_expires = "",
	},
};

static struct report_target targets[] = {
	{
		.host = "office",
		.hostname = "mail.example.org",
		.domains = domains,
		.domain_count = 2,
		.domains_guessed = true,
		.mta = "postfix",
		.mta_title = "Postfix",
		.verdict = "open",
		.endpoints = endpoints,
		.endpoint_count = 2,
	},
	{ .host = "nowhere.example", .hostname = "nowhere.example", .fault = "its name does not resolve", .verdict = "inconclusive" },
};

static struct report_vantage vantages[] = {
	{ .name = "near", .via = "local", .expect = "relay", .verdict = "closed" },
	{
		.name = "far",
		.via = "bind:198.51.100.67",
		.expect = "deny",
		.helo = "far.example.net",
		.client_address = "198.51.100.67",
		.seen_as = "172.17.0.1",
		.verdict = "open",
	},
};

static struct report_view views[] = {
	{
		.target = 0,
		.vantage = 1,
		.endpoint = "[2001:db8::25]:587",
		.tls = "starttls",
		.verdict = "open",
		.why = "an outside address was accepted",
		.reached = "reached",
		.counts = true,
		.throttled = true,
		.sessions = 7,
		.first_attempt = 1,
		.attempt_count = 2,
		.controls = 1,
	},
	{
		.target = 1,
		.vantage = 0,
		.endpoint = "192.0.2.25:465",
		.tls = "implicit",
		.verdict = "inconclusive",
		.why = "not reached",
		.reached = "tls-failed",
		.reached_text = "the handshake failed",
	},
};

static struct report_attempt attempts[] = {
	{
		.target = "office",
		.endpoint = "[2001:db8::25]:587",
		.vantage = "far",
		.probe = "ctl-known-local",
		.title = "Known local address",
		.domain = "example.org",
		.outcome = "skipped",
		.reason = "not-asked",
		.note = "time was over",
		.control = true,
	},
	{
		.target = "office",
		.endpoint = "[2001:db8::25]:587",
		.vantage = "far",
		.probe = "quoted-percent",
		.title = "Percent, \"quoted\"",
		.domain = "example.net",
		.mail_from = "",
		.rcpt_to = "\"v%s%n\\\\x\"@example.net",
		.outcome = "accepted",
		.proof = "go-ahead",
		.stage = "rcpt",
		.reply = "250 2.1.5 \"},{\" \\r\\n</script>",
		.verdict = "open",
		.why = "an outside address was accepted, and DATA got its go-ahead",
		.transcript = " -> RCPT TO:<\"v\"@c>\n<-  250 \\x1b[2J\n",
	},
};

static struct report_finding findings[] = {
	{
		.id = "relay",
		.severity = "high",
		.title = "quoted-percent: Percent",
		.where = "office [2001:db8::25]:587 starttls from far",
		.evidence = evidence,
		.evidence_count = 2,
		.fix = "allow_percent_hack = no",
		.target = "office",
		.vantage = "far",
		.endpoint = "[2001:db8::25]:587",
		.probe = "quoted-percent",
		.attempt = 1,
		.view = 0,
	},
	{ .id = "scan-incomplete", .severity = "low", .title = "not judged", .where = "nowhere.example", .fix = "check the name" },
};

static const struct report full = {
	.version = "1.0.0",
	.run_id = "k3r7",
	.started = "2026-03-01T12:00:00Z",
	.finished = "2026-03-01T12:00:09Z",
	.command = "scan",
	.verdict = "open",
	.interrupted = true,
	.victim_reserved = true,
	.victim = "k3r7@example.com",
	.suite = "default",
	.targets = targets,
	.target_count = 2,
	.vantages = vantages,
	.vantage_count = 2,
	.views = views,
	.view_count = 2,
	.attempts = attempts,
	.attempt_count = 2,
	.findings = findings,
	.finding_count = 2,
	.probes_run = 11,
	.probes_accepted = 12,
	.probes_skipped = 13,
	.probes_unjudged = 14,
};

static const struct report empty = {
	.version = "1.0.0",
	.run_id = "k3r7",
	.started = "2026-03-01T12:00:00Z",
	.finished = "2026-03-01T12:00:00Z",
	.command = "scan",
	.verdict = "inconclusive",
};

static const struct format_look look = { .width = 80 };

static json_t *load(const char *text, size_t len)
{
	json_error_t error;
	json_t *value = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);

	if (value == NULL)
		fail_msg("%d:%d: %s", error.line, error.column, error.text);
	return value;
}

static json_t *document_of(const struct report *report)
{
	struct buf text = BUF_OWN;
	json_t *document;

	format_json.write(report, &look, &text);
	document = load(text.data, text.len);
	buf_release(&text);
	return document;
}

/* "a.0.b" from there; NULL when it is not there. */
static const json_t *at(const json_t *value, const char *path)
{
	char key[64];

	while (value != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");

		assert_true(len < sizeof key);
		snprintf(key, sizeof key, "%.*s", (int)len, path);
		value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10)) : json_object_get(value, key);
		path += path[len] == '.' ? len + 1 : len;
	}
	return value;
}

/* How many numbers, texts, flags, nulls and empty lists there are. */
static size_t count_leaves(const json_t *value)
{
	size_t count = 0, i;
	const char *key;
	json_t *member;

	if (json_is_object(value)) {
		json_object_foreach((json_t *)(uintptr_t)value, key, member)
			count += count_leaves(member);
		return count;
	}
	if (json_is_array(value) && json_array_size(value) != 0) {
		json_array_foreach(value, i, member)
			count += count_leaves(member);
		return count;
	}
	return 1;
}

static void assert_shows(const json_t *from, const char *path, const char *expected)
{
	const json_t *value = at(from, path);
	char *text;

	if (value == NULL)
		fail_msg("there is no %s", path);
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (strcmp(text, expected) != 0)
		fail_msg("%s is %s and not %s", path, text, expected);
	free(text);
}

struct shown {
	const char *name;       /* a path */
	const char *value;      /* as JSON */
};

static const struct shown head[] = {
	{ "schema", "\"relayaudit-report/1\"" },
	{ "tool.name", "\"relayaudit\"" },
	{ "tool.version", "\"1.0.0\"" },
	{ "run.id", "\"k3r7\"" },
	{ "run.started", "\"2026-03-01T12:00:00Z\"" },
	{ "run.finished", "\"2026-03-01T12:00:09Z\"" },
	{ "run.command", "\"scan\"" },
	{ "run.interrupted", "true" },
	{ "verdict", "\"open\"" },
	{ "suite", "\"default\"" },
	{ "victim.address", "\"k3r7@example.com\"" },
	{ "victim.reserved", "true" },
	{ "counts.targets", "2" },
	{ "counts.vantages", "2" },
	{ "counts.views", "2" },
	{ "counts.attempts", "2" },
	{ "counts.probes_run", "11" },
	{ "counts.probes_accepted", "12" },
	{ "counts.probes_skipped", "13" },
	{ "counts.probes_unjudged", "14" },
	{ "counts.findings.critical", "0" },
	{ "counts.findings.high", "1" },
	{ "counts.findings.medium", "0" },
	{ "counts.findings.low", "1" },
	{ "counts.findings.info", "0" },
	{ "grants", "[]" },
};

static const struct shown places[] = {
	{ "targets.0.host", "\"office\"" },
	{ "targets.0.hostname", "\"mail.example.org\"" },
	{ "targets.0.domains.0", "\"example.org\"" },
	{ "targets.0.domains.1", "\"example.net\"" },
	{ "targets.0.domains_guessed", "true" },
	{ "targets.0.mta", "\"postfix\"" },
	{ "targets.0.mta_title", "\"Postfix\"" },
	{ "targets.0.fault", "null" },
	{ "targets.0.verdict", "\"open\"" },
	{ "targets.0.endpoints.0.address", "\"2001:db8::25\"" },
	{ "targets.0.endpoints.0.port", "587" },
	{ "targets.0.endpoints.0.tls", "\"starttls\"" },
	{ "targets.0.endpoints.0.banner", "\"220 mail.example.org \\\\x1b[31m\"" },
	{ "targets.0.endpoints.0.capabilities.0", "\"PIPELINING\"" },
	{ "targets.0.endpoints.0.capabilities.1", "\"STARTTLS\"" },
	{ "targets.0.endpoints.0.verdict", "\"open\"" },
	{ "targets.0.endpoints.0.reached", "\"reached\"" },
	{ "targets.0.endpoints.0.tls_version", "\"TLSv1.3\"" },
	{ "targets.0.endpoints.0.tls_cipher", "\"TLS_AES_256_GCM_SHA384\"" },
	{ "targets.0.endpoints.0.tls_subject", "\"CN=mail.example.org\"" },
	{ "targets.0.endpoints.0.tls_issuer", "\"CN=an issuer\"" },
	{ "targets.0.endpoints.0.tls_expires", "\"2027-01-31T00:00:00Z\"" },
	{ "targets.0.endpoints.0.tls_trust", "\"self-signed certificate\"" },
	{ "targets.0.endpoints.1.address", "\"192.0.2.25\"" },
	{ "targets.0.endpoints.1.port", "465" },
	{ "targets.0.endpoints.1.tls", "\"implicit\"" },
	{ "targets.0.endpoints.1.banner", "null" },
	{ "targets.0.endpoints.1.capabilities", "[]" },
	{ "targets.0.endpoints.1.verdict", "\"inconclusive\"" },
	{ "targets.0.endpoints.1.reached", "\"tls-failed\"" },
	{ "targets.0.endpoints.1.tls_version", "\"TLSv1.2\"" },
	{ "targets.0.endpoints.1.tls_cipher", "null" },
	{ "targets.0.endpoints.1.tls_subject", "null" },
	{ "targets.0.endpoints.1.tls_issuer", "null" },
	{ "targets.0.endpoints.1.tls_expires", "null" },
	{ "targets.0.endpoints.1.tls_trust", "null" },
	{ "targets.1.host", "\"nowhere.example\"" },
	{ "targets.1.hostname", "\"nowhere.example\"" },
	{ "targets.1.domains", "[]" },
	{ "targets.1.domains_guessed", "false" },
	{ "targets.1.mta", "null" },
	{ "targets.1.mta_title", "null" },
	{ "targets.1.fault", "\"its name does not resolve\"" },
	{ "targets.1.verdict", "\"inconclusive\"" },
	{ "targets.1.endpoints", "[]" },
	{ "vantages.0.name", "\"near\"" },
	{ "vantages.0.via", "\"local\"" },
	{ "vantages.0.expect", "\"relay\"" },
	{ "vantages.0.helo", "null" },
	{ "vantages.0.client_address", "null" },
	{ "vantages.0.address_seen_by_server", "null" },
	{ "vantages.0.verdict", "\"closed\"" },
	{ "vantages.1.name", "\"far\"" },
	{ "vantages.1.via", "\"bind:198.51.100.67\"" },
	{ "vantages.1.expect", "\"deny\"" },
	{ "vantages.1.helo", "\"far.example.net\"" },
	{ "vantages.1.client_address", "\"198.51.100.67\"" },
	{ "vantages.1.address_seen_by_server", "\"172.17.0.1\"" },
	{ "vantages.1.verdict", "\"open\"" },
};

static const struct shown results[] = {
	{ "views.0.target", "\"office\"" },
	{ "views.0.endpoint", "\"[2001:db8::25]:587\"" },
	{ "views.0.tls", "\"starttls\"" },
	{ "views.0.vantage", "\"far\"" },
	{ "views.0.verdict", "\"open\"" },
	{ "views.0.why", "\"an outside address was accepted\"" },
	{ "views.0.reached", "\"reached\"" },
	{ "views.0.reached_text", "null" },
	{ "views.0.counts", "true" },
	{ "views.0.throttled", "true" },
	{ "views.0.sessions", "7" },
	{ "views.0.attempt_count", "2" },
	{ "views.0.controls", "1" },
	{ "views.0.first_attempt", "1" },
	{ "views.1.target", "\"nowhere.example\"" },
	{ "views.1.endpoint", "\"192.0.2.25:465\"" },
	{ "views.1.tls", "\"implicit\"" },
	{ "views.1.vantage", "\"near\"" },
	{ "views.1.verdict", "\"inconclusive\"" },
	{ "views.1.why", "\"not reached\"" },
	{ "views.1.reached", "\"tls-failed\"" },
	{ "views.1.reached_text", "\"the handshake failed\"" },
	{ "views.1.counts", "false" },
	{ "views.1.throttled", "false" },
	{ "views.1.sessions", "0" },
	{ "views.1.attempt_count", "0" },
	{ "views.1.controls", "0" },
	{ "views.1.first_attempt", "0" },
	{ "attempts.0.target", "\"office\"" },
	{ "attempts.0.endpoint", "\"[2001:db8::25]:587\"" },
	{ "attempts.0.vantage", "\"far\"" },
	{ "attempts.0.probe", "\"ctl-known-local\"" },
	{ "attempts.0.title", "\"Known local address\"" },
	{ "attempts.0.control", "true" },
	{ "attempts.0.domain", "\"example.org\"" },
	{ "attempts.0.mail_from", "null" },
	{ "attempts.0.rcpt_to", "null" },
	{ "attempts.0.outcome", "\"skipped\"" },
	{ "attempts.0.proof", "null" },
	{ "attempts.0.reason", "\"not-asked\"" },
	{ "attempts.0.stage", "null" },
	{ "attempts.0.reply", "null" },
	{ "attempts.0.note", "\"time was over\"" },
	{ "attempts.0.verdict", "null" },
	{ "attempts.0.why", "null" },
	{ "attempts.1.target", "\"office\"" },
	{ "attempts.1.endpoint", "\"[2001:db8::25]:587\"" },
	{ "attempts.1.vantage", "\"far\"" },
	{ "attempts.1.probe", "\"quoted-percent\"" },
	{ "attempts.1.title", "\"Percent, \\\"quoted\\\"\"" },
	{ "attempts.1.control", "false" },
	{ "attempts.1.domain", "\"example.net\"" },
	{ "attempts.1.mail_from", "\"\"" },
	{ "attempts.1.rcpt_to", "\"\\\"v%s%n\\\\\\\\x\\\"@example.net\"" },
	{ "attempts.1.outcome", "\"accepted\"" },
	{ "attempts.1.proof", "\"go-ahead\"" },
	{ "attempts.1.reason", "null" },
	{ "attempts.1.stage", "\"rcpt\"" },
	{ "attempts.1.reply", "\"250 2.1.5 \\\"},{\\\" \\\\r\\\\n</script>\"" },
	{ "attempts.1.note", "null" },
	{ "attempts.1.verdict", "\"open\"" },
	{ "attempts.1.why", "\"an outside address was accepted, and DATA got its go-ahead\"" },
	{ "attempts.1.transcript", "\" -> RCPT TO:<\\\"v\\\"@c>\\n<-  250 \\\\x1b[2J\\n\"" },
	{ "findings.0.id", "\"relay\"" },
	{ "findings.0.severity", "\"high\"" },
	{ "findings.0.title", "\"quoted-percent: Percent\"" },
	{ "findings.0.where", "\"office [2001:db8::25]:587 starttls from far\"" },
	{ "findings.0.evidence.0", "\"MAIL FROM:<a@b> RCPT TO:<\\\"v%d\\\"@c>\"" },
	{ "findings.0.evidence.1", "\"the server said: 250 \\\\x1b[2J\"" },
	{ "findings.0.fix", "\"allow_percent_hack = no\"" },
	{ "findings.0.target", "\"office\"" },
	{ "findings.0.vantage", "\"far\"" },
	{ "findings.0.endpoint", "\"[2001:db8::25]:587\"" },
	{ "findings.0.probe", "\"quoted-percent\"" },
	{ "findings.0.view", "0" },
	{ "findings.0.attempt", "1" },
	{ "findings.1.id", "\"scan-incomplete\"" },
	{ "findings.1.severity", "\"low\"" },
	{ "findings.1.title", "\"not judged\"" },
	{ "findings.1.where", "\"nowhere.example\"" },
	{ "findings.1.evidence", "[]" },
	{ "findings.1.fix", "\"check the name\"" },
};

static void test_every_member_of_the_model_is_written_and_nothing_else(void **state)
{
	static const struct {
		const struct shown *rows;
		size_t count;
	} parts[] = {
		{ head, sizeof head / sizeof *head },
		{ places, sizeof places / sizeof *places },
		{ results, sizeof results / sizeof *results },
	};
	json_t *document = document_of(&full);
	size_t count = 0;

	(void)state;
	for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
		for (size_t i = 0; i < parts[p].count; i++)
			assert_shows(document, parts[p].rows[i].name, parts[p].rows[i].value);
		count += parts[p].count;
	}
	assert_int_equal(count_leaves(document), count);
	json_decref(document);
}

/* The pieces, put together, are laid out as the library would lay out the whole. */
static void test_the_pieces_make_one_document(void **state)
{
	static const struct report *const reports[] = { &full, &empty };

	(void)state;
	for (size_t i = 0; i < sizeof reports / sizeof *reports; i++) {
		struct buf text = BUF_OWN;
		json_t *document;
		char *whole;

		format_json.write(reports[i], &look, &text);
		document = load(text.data, text.len);
		whole = json_dumps(document, JSON_INDENT(2) | JSON_ENSURE_ASCII);
		assert_int_equal(text.len, strlen(whole) + 1);
		assert_memory_equal(text.data, whole, strlen(whole));
		assert_int_equal(text.data[text.len - 1], '\n');
		free(whole);
		json_decref(document);
		buf_release(&text);
	}
}

static void test_an_empty_report_has_all_of_its_lists(void **state)
{
	static const struct shown rows[] = {
		{ "verdict", "\"inconclusive\"" }, { "suite", "null" },     { "victim", "null" },
		{ "run.interrupted", "false" },    { "targets", "[]" },     { "vantages", "[]" },
		{ "views", "[]" },                 { "attempts", "[]" },    { "grants", "[]" },
		{ "findings", "[]" },              { "counts.targets", "0" },
	};
	json_t *document = document_of(&empty);

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_shows(document, rows[i].name, rows[i].value);
	json_decref(document);
}

static void assert_clean(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		if ((text->data[i] < ' ' || text->data[i] > '~') && text->data[i] != '\n')
			fail_msg("byte %d at %zu", text->data[i], i);
}

static void test_no_text_gets_out_raw(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *shown;
	} rows[] = {
		{ "quotes", "a\"b", "a\"b" },
		{ "what was escaped before", "\\x1b\\r\\n\\\\", "\\x1b\\r\\n\\\\" },
		{ "the end of a member", "\"}],\"x\":[{", "\"}],\"x\":[{" },
		{ "a format", "%s%n%1$*9$d", "%s%n%1$*9$d" },
		{ "a carriage return", "a\rb", "a\\rb" },
		{ "an escape sequence", "\x1b[2J", "\\x1b[2J" },
		{ "DEL", "\x7f", "\\x7f" },
		{ "a control of eight bits", "\x9b" "2J", "\\x9b2J" },
		{ "UTF-8", "b\xc3\xbcro", "b\\xc3\\xbcro" },
		{ "what is no UTF-8", "\xff\xfe\xc0\x80", "\\xff\\xfe\\xc0\\x80" },
		{ "a separator of lines in JavaScript", "\xe2\x80\xa8", "\\xe2\\x80\\xa8" },
		{ "nothing", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct report_attempt attempt = attempts[0];
		struct buf text = BUF_OWN;
		json_t *line;
		const char *shown;

		attempt.vantage = rows[i].text;
		format_ndjson.attempt(&attempt, &text);
		assert_clean(&text);
		assert_ptr_equal(strchr(text.data, '\n'), text.data + text.len - 1);
		line = load(text.data, text.len);
		shown = json_string_value(at(line, "vantage"));
		if (strcmp(shown, rows[i].shown) != 0)
			fail_msg("%s: %s", rows[i].name, shown);
		json_decref(line);
		buf_release(&text);
	}
}

static void test_a_long_text_is_written_whole(void **state)
{
	enum { LONG = 1 << 20 };
	char *reply = malloc(LONG + 1);
	struct report_attempt attempt = attempts[1];
	struct buf text = BUF_OWN;
	json_t *line;

	(void)state;
	memset(reply, '"', LONG);
	reply[LONG] = '\0';
	attempt.reply = reply;
	format_ndjson.attempt(&attempt, &text);
	line = load(text.data, text.len);
	assert_int_equal(json_string_length(at(line, "reply")), LONG);
	json_decref(line);
	buf_release(&text);
	free(reply);
}

static void test_an_attempt_is_a_line_of_its_own(void **state)
{
	struct buf text = BUF_OWN;
	json_t *document = document_of(&full), *line;

	(void)state;
	format_ndjson.attempt(&attempts[1], &text);
	assert_memory_equal(text.data, "{\"type\":\"attempt\",\"target\":\"office\",", 35);
	line = load(text.data, text.len);
	assert_int_equal(json_object_del(line, "type"), 0);
	assert_true(json_equal(line, at(document, "attempts.1")));
	json_decref(line);
	json_decref(document);
	buf_release(&text);
}

/* What is of this type at that place in the document, but for the members that count places. */
static void assert_line(const char *text, size_t len, const char *type, const json_t *expected)
{
	static const char *const counting[] = { "view", "attempt", "first_attempt" };
	json_t *line = load(text, len), *other = json_copy((json_t *)(uintptr_t)expected);

	assert_string_equal(json_string_value(at(line, "type")), type);
	json_object_del(line, "type");
	for (size_t i = 0; i < sizeof counting / sizeof *counting; i++)
		json_object_del(other, counting[i]);
	assert_true(json_equal(line, other));
	json_decref(line);
	json_decref(other);
}

static void test_a_stream_ends_with_findings_views_and_the_run(void **state)
{
	static const struct {
		const char *name;       /* its path in the document */
		const char *type;
	} rows[] = {
		{ "findings.0", "finding" }, { "findings.1", "finding" }, { "views.0", "view" }, { "views.1", "view" },
	};
	struct buf text = BUF_OWN;
	json_t *document = document_of(&full), *run;
	const char *line;

	(void)state;
	format_ndjson.write(&full, &look, &text);
	assert_clean(&text);
	line = text.data;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = strcspn(line, "\n");

		assert_line(line, len, rows[i].type, at(document, rows[i].name));
		line += len + 1;
	}
	assert_ptr_equal(strchr(line, '\n'), text.data + text.len - 1);
	run = json_copy((json_t *)(uintptr_t)at(document, "run"));
	json_object_set(run, "schema", json_object_get(document, "schema"));
	json_object_set(run, "tool", json_object_get(document, "tool"));
	json_object_set(run, "verdict", json_object_get(document, "verdict"));
	json_object_set(run, "suite", json_object_get(document, "suite"));
	json_object_set(run, "victim", json_object_get(document, "victim"));
	json_object_set(run, "counts", json_object_get(document, "counts"));
	assert_line(line, strlen(line), "run", run);
	json_decref(run);
	json_decref(document);
	buf_release(&text);
}

static void test_an_empty_stream_is_its_run(void **state)
{
	struct buf text = BUF_OWN;
	json_t *line;

	(void)state;
	format_ndjson.write(&empty, &look, &text);
	line = load(text.data, text.len);
	assert_shows(line, "type", "\"run\"");
	assert_shows(line, "victim", "null");
	assert_shows(line, "verdict", "\"inconclusive\"");
	json_decref(line);
	buf_release(&text);
}

static void test_findings_are_counted_by_every_severity(void **state)
{
	(void)state;
	for (int severity = 0; severity < SEVERITIES; severity++) {
		struct report_finding finding = { .id = "relay", .severity = severity_name((enum severity)severity), .title = "", .where = "" };
		struct report report = empty;
		json_t *document;
		const json_t *counts;

		report.findings = &finding;
		report.finding_count = 1;
		document = document_of(&report);
		counts = at(document, "counts.findings");
		assert_int_equal(json_object_size(counts), SEVERITIES);
		assert_int_equal(json_integer_value(json_object_get(counts, finding.severity)), 1);
		json_decref(document);
	}
}

/* The names of what the schema calls so; NULL stands for what is null there, or is not there. */
static const char *outcome_at(int i)
{
	return outcome_name((enum outcome)i);
}

static const char *proof_at(int i)
{
	return proof_name((enum proof)i);
}

static const char *reason_at(int i)
{
	return i == REASON_NONE ? NULL : reason_name((enum reason)i);
}

static const char *stage_at(int i)
{
	return stage_name((enum stage)i);
}

static const char *verdict_at(int i)
{
	return verdict_name((enum verdict)i);
}

static const char *reach_at(int i)
{
	return reach_name((enum reach)i);
}

static const char *severity_at(int i)
{
	return severity_name((enum severity)i);
}

static const char *tls_at(int i)
{
	return tls_mode_name((enum tls_mode)i);
}

static const char *expect_at(int i)
{
	return expect_name((enum expect)i);
}

static json_t *load_schema(void)
{
	const char *top = getenv("srcdir");
	char path[4096];
	json_error_t error;
	json_t *schema;

	snprintf(path, sizeof path, "%s/docs/relayaudit-report-1.schema.json", top ? top : ".");
	schema = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (schema == NULL)
		fail_msg("%s:%d: %s", path, error.line, error.text);
	return schema;
}

static void test_the_schema_has_our_vocabularies(void **state)
{
	static const struct {
		const char *name;
		int count;
		const char *(*at)(int i);
	} rows[] = {
		{ "outcome", OUTCOMES, outcome_at }, { "proof", PROOFS, proof_at },       { "reason", REASONS, reason_at },
		{ "stage", STAGES, stage_at },       { "verdict", VERDICTS, verdict_at }, { "reach", REACHES, reach_at },
		{ "severity", SEVERITIES, severity_at }, { "tls", TLS_MODE_IMPLICIT + 1, tls_at }, { "expect", EXPECT_RELAY + 1, expect_at },
	};
	json_t *schema = load_schema();

	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
		const json_t *names = json_object_get(at(at(schema, "$defs"), rows[r].name), "enum");
		size_t used = 0;

		for (int i = 0; i < rows[r].count; i++) {
			const char *name = rows[r].at(i), *other;

			if (name == NULL)
				continue;
			other = json_string_value(json_array_get(names, used++));
			if (other == NULL || strcmp(name, other) != 0)
				fail_msg("%s: %s in the schema, where %s is ours", rows[r].name, other ? other : "nothing", name);
		}
		if (json_array_size(names) != used)
			fail_msg("%s: the schema has more than our %zu", rows[r].name, used);
	}
	json_decref(schema);
}

/* Whatever is an object is described and takes no member that is not. */
static void assert_strict(const json_t *schema, const char *name)
{
	const json_t *properties = json_object_get(schema, "properties");
	const char *key;
	json_t *member;

	if (properties == NULL)
		return;
	if (!json_is_false(json_object_get(schema, "additionalProperties")))
		fail_msg("%s takes any member", name);
	json_object_foreach((json_t *)(uintptr_t)properties, key, member) {
		if (json_string_length(json_object_get(member, "description")) == 0)
			fail_msg("%s: %s is not described", name, key);
		assert_strict(member, key);
	}
}

static void test_the_schema_is_strict_and_described(void **state)
{
	json_t *schema = load_schema();
	const char *key;
	json_t *member;

	(void)state;
	assert_strict(schema, "the report");
	json_object_foreach(json_object_get(schema, "$defs"), key, member)
		assert_strict(member, key);
	assert_shows(schema, "properties.schema.const", "\"relayaudit-report/1\"");
	json_decref(schema);
}

/* As a run would: attempts first. */
static int print_report(const char *name)
{
	const struct format *format = strcmp(name, "ndjson") == 0 ? &format_ndjson : &format_json;
	struct buf text = BUF_OWN;

	for (size_t i = 0; format->attempt != NULL && i < full.attempt_count; i++)
		format->attempt(&full.attempts[i], &text);
	format->write(&full, &look, &text);
	fwrite(text.data, 1, text.len, stdout);
	buf_release(&text);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_member_of_the_model_is_written_and_nothing_else),
		cmocka_unit_test(test_the_pieces_make_one_document),
		cmocka_unit_test(test_an_empty_report_has_all_of_its_lists),
		cmocka_unit_test(test_no_text_gets_out_raw),
		cmocka_unit_test(test_a_long_text_is_written_whole),
		cmocka_unit_test(test_an_attempt_is_a_line_of_its_own),
		cmocka_unit_test(test_a_stream_ends_with_findings_views_and_the_run),
		cmocka_unit_test(test_an_empty_stream_is_its_run),
		cmocka_unit_test(test_findings_are_counted_by_every_severity),
		cmocka_unit_test(test_the_schema_has_our_vocabularies),
		cmocka_unit_test(test_the_schema_is_strict_and_described),
	};

	if (argc > 1)
		return print_report(argv[1]);
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
