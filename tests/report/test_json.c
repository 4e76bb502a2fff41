/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_json.c - the formats json and ndjson
 *
 * A report made by hand, each member of which has a value of its own, is compared
 * with full.json and full.ndjson, which schema.sh shows to another parser.
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
#include "base/err.h"
#include "base/file.h"
#include "report/model.h"

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
	{ .host = "nowhere.example",
	  .hostname = "nowhere.example",
	  .fault = "its name does not resolve",
	  .verdict = "inconclusive" },
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
		.first_attempt = 2,
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
		.state = "worse",
		.was = "low",
	},
	{ .id = "scan-incomplete", .severity = "low", .title = "not judged", .where = "nowhere.example", .fix = "check the name", .state = "known", .was = "low" },
};

static struct report_part parts[] = {
	{ .run_id = "a1", .version = "1.0.0", .started = "2026-03-01T12:00:00Z", .finished = "2026-03-01T12:00:09Z", .verdict = "open" },
	{ .run_id = "b2", .version = "1.0.0", .started = "2026-03-01T12:00:01Z", .finished = "2026-03-01T12:00:02Z", .verdict = "inconclusive" },
};

static struct report_gone gone[] = {
	{
		.finding = { .id = "relay", .severity = "critical", .title = "plain: \"Plain\"", .where = "office 192.0.2.25:25 from near", .target = "office",
			     .vantage = "near", .endpoint = "192.0.2.25:25", .probe = "plain" },
		.fingerprint = "0123456789abcdef",
		.state = "not-asked",
		.why = "its endpoint was not asked from its vantage",
	},
	{ .finding = { .id = "rule-dead", .severity = "low", .title = "a rule", .where = "main.cf:12" }, .fingerprint = "fedcba9876543210", .state = "gone" },
};

static struct report_change changes[] = {
	{ .target = "office", .was = "closed", .now = "open" },
	{ .target = "office", .endpoint = "192.0.2.25:465", .tls = "implicit", .vantage = "near", .was = "open" },
};

static struct report_baseline baseline = {
	.run_id = "h2q9",
	.command = "scan",
	.finished = "2026-02-01T12:00:09Z",
	.verdict = "closed",
	.fresh = 1,
	.known = 1,
	.gone = gone,
	.gone_count = 2,
	.not_asked = 1,
	.changes = changes,
	.change_count = 2,
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
	.parts = parts,
	.part_count = 2,
	.baseline = &baseline,
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
	const char *name; /* a path */
	const char *value; /* as JSON */
};

static void assert_is_file(const struct buf *text, const char *name)
{
	const char *top = getenv("srcdir");
	struct buf file = BUF_OWN;
	struct err err = ERR_INIT;
	char path[4096];
	size_t line = 1;

	snprintf(path, sizeof path, "%s/tests/report/%s", top ? top : ".", name);
	if (file_read(path, &file, &err) != 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < text->len; i++) {
		if (i == file.len || text->data[i] != file.data[i])
			fail_msg("%s:%zu differs", path, line);
		line += text->data[i] == '\n';
	}
	assert_int_equal(text->len, file.len);
	buf_release(&file);
}

static void test_a_document_holds_the_whole_model(void **state)
{
	struct buf text = BUF_OWN;

	(void)state;
	format_json.write(&full, &look, &text);
	assert_is_file(&text, "full.json");
	buf_release(&text);
}

static void test_a_stream_is_attempts_findings_views_and_the_run(void **state)
{
	struct buf text = BUF_OWN;

	(void)state;
	for (size_t i = 0; i < full.attempt_count; i++)
		format_ndjson.attempt(&full.attempts[i], &text);
	format_ndjson.write(&full, &look, &text);
	assert_is_file(&text, "full.ndjson");
	buf_release(&text);
}

/* Of a stream, but for its types and for the members of a document that count places. */
static void test_a_line_is_what_the_document_holds(void **state)
{
	static const struct {
		const char *name; /* its path in the document */
		const char *type;
	} rows[] = {
		{ "findings.0", "finding" },
		{ "findings.1", "finding" },
		{ "views.0", "view" },
		{ "views.1", "view" },
	};
	struct buf text = BUF_OWN;
	json_t *document = document_of(&full);
	const char *at_line;

	(void)state;
	format_ndjson.write(&full, &look, &text);
	at_line = text.data;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t len = strcspn(at_line, "\n");
		json_t *line = load(at_line, len), *row = json_deep_copy(at(document, rows[i].name));

		assert_shows(line, "type", rows[i].type[0] == 'f' ? "\"finding\"" : "\"view\"");
		json_object_del(line, "type");
		json_object_del(row, "view");
		json_object_del(row, "attempt");
		json_object_del(row, "first_attempt");
		assert_true(json_equal(line, row));
		json_decref(line);
		json_decref(row);
		at_line += len + 1;
	}
	json_decref(document);
	buf_release(&text);
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
		{ "verdict", "\"inconclusive\"" },
		{ "suite", "null" },
		{ "victim", "null" },
		{ "run.interrupted", "false" },
		{ "targets", "[]" },
		{ "vantages", "[]" },
		{ "views", "[]" },
		{ "attempts", "[]" },
		{ "grants", "[]" },
		{ "findings", "[]" },
		{ "counts.targets", "0" },
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
		{ "a control of eight bits",
		  "\x9b"
		  "2J",
		  "\\x9b2J" },
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
		struct report_finding finding = {
			.id = "relay", .severity = severity_name((enum severity)severity), .title = "", .where = ""
		};
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_document_holds_the_whole_model),
		cmocka_unit_test(test_a_stream_is_attempts_findings_views_and_the_run),
		cmocka_unit_test(test_a_line_is_what_the_document_holds),
		cmocka_unit_test(test_the_pieces_make_one_document),
		cmocka_unit_test(test_an_empty_report_has_all_of_its_lists),
		cmocka_unit_test(test_no_text_gets_out_raw),
		cmocka_unit_test(test_a_long_text_is_written_whole),
		cmocka_unit_test(test_an_attempt_is_a_line_of_its_own),
		cmocka_unit_test(test_an_empty_stream_is_its_run),
		cmocka_unit_test(test_findings_are_counted_by_every_severity),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
