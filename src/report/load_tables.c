/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_tables.c - the members of a JSON report, by object
 *
 * The same as json_parts.c writes, in its order; docs/relayaudit-report-1.schema.json has them in words.
 */
#include "report/load_tables.h"

#include "report/model.h"

#define AT(type, member) offsetof(struct type, member)

static const char *const expects[] = { "deny", "relay", NULL };
static const char *const outcomes[] = { "skipped", "rejected", "accepted", "deferred", "error", NULL };
static const char *const standings[] = { "new", "worse", "lapsed", "known", "milder", NULL };
static const char *const answers[] = { "permit", "reject", "defer", "broken", "unknown", NULL };
static const char *const states[] = { "used", "unmatched", "expired", NULL };

const struct load_row load_tool_rows[] = {
	{ "name", LOAD_OTHER, 0, 0, 0, NULL },
	{ "version", LOAD_TEXT, AT(report, version), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_run_rows[] = {
	{ "id", LOAD_TEXT, AT(report, run_id), 0, 0, NULL },
	{ "started", LOAD_STAMP, AT(report, started), 0, 0, NULL },
	{ "finished", LOAD_STAMP, AT(report, finished), 0, 0, NULL },
	{ "command", LOAD_TEXT, AT(report, command), 0, 0, NULL },
	{ "interrupted", LOAD_FLAG, AT(report, interrupted), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_victim_rows[] = {
	{ "address", LOAD_TEXT, AT(report, victim), 0, 0, NULL },
	{ "reserved", LOAD_FLAG, AT(report, victim_reserved), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_confirm_rows[] = {
	{ "sink", LOAD_TEXT, AT(report, sink), 0, 0, NULL },
	{ "messages", LOAD_COUNT, AT(report, messages), 0, 0, NULL },
	{ "delivered", LOAD_COUNT, AT(report, messages_delivered), 0, 0, NULL },
	{ "bounced", LOAD_COUNT, AT(report, messages_bounced), 0, 0, NULL },
	{ "waited", LOAD_NUMBER, AT(report, waited), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

/* How many there are of what stands in lists is counted, and not believed. */
const struct load_row load_count_rows[] = {
	{ "targets", LOAD_OTHER, 0, 0, 0, NULL },
	{ "vantages", LOAD_OTHER, 0, 0, 0, NULL },
	{ "views", LOAD_OTHER, 0, 0, 0, NULL },
	{ "attempts", LOAD_OTHER, 0, 0, 0, NULL },
	{ "findings", LOAD_OTHER, 0, 0, 0, NULL },
	{ "probes_run", LOAD_COUNT, AT(report, probes_run), 0, 0, NULL },
	{ "probes_accepted", LOAD_COUNT, AT(report, probes_accepted), 0, 0, NULL },
	{ "probes_skipped", LOAD_COUNT, AT(report, probes_skipped), 0, 0, NULL },
	{ "probes_unjudged", LOAD_COUNT, AT(report, probes_unjudged), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_endpoint_rows[] = {
	{ "address", LOAD_TEXT, AT(report_endpoint, address), 0, 0, NULL },
	{ "port", LOAD_NUMBER, AT(report_endpoint, port), 0, 0, NULL },
	{ "tls", LOAD_WORD, AT(report_endpoint, tls), 0, 0, load_modes },
	{ "banner", LOAD_TEXT, AT(report_endpoint, banner), LOAD_NULL, 0, NULL },
	{ "capabilities", LOAD_TEXTS, AT(report_endpoint, capabilities), 0, AT(report_endpoint, capability_count), NULL },
	{ "verdict", LOAD_WORD, AT(report_endpoint, verdict), 0, 0, load_verdicts },
	{ "reached", LOAD_TEXT, AT(report_endpoint, reached), 0, 0, NULL },
	{ "tls_version", LOAD_TEXT, AT(report_endpoint, tls_version), LOAD_NULL, 0, NULL },
	{ "tls_cipher", LOAD_TEXT, AT(report_endpoint, tls_cipher), LOAD_NULL, 0, NULL },
	{ "tls_subject", LOAD_TEXT, AT(report_endpoint, tls_subject), LOAD_NULL, 0, NULL },
	{ "tls_issuer", LOAD_TEXT, AT(report_endpoint, tls_issuer), LOAD_NULL, 0, NULL },
	{ "tls_expires", LOAD_TEXT, AT(report_endpoint, tls_expires), LOAD_NULL, 0, NULL },
	{ "tls_trust", LOAD_TEXT, AT(report_endpoint, tls_trust), LOAD_NULL, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_target_rows[] = {
	{ "host", LOAD_TEXT, AT(report_target, host), 0, 0, NULL },
	{ "hostname", LOAD_TEXT, AT(report_target, hostname), LOAD_NULL, 0, NULL },
	{ "domains", LOAD_TEXTS, AT(report_target, domains), 0, AT(report_target, domain_count), NULL },
	{ "domains_guessed", LOAD_FLAG, AT(report_target, domains_guessed), 0, 0, NULL },
	{ "mta", LOAD_TEXT, AT(report_target, mta), LOAD_NULL, 0, NULL },
	{ "mta_title", LOAD_TEXT, AT(report_target, mta_title), LOAD_NULL, 0, NULL },
	{ "fault", LOAD_TEXT, AT(report_target, fault), LOAD_NULL, 0, NULL },
	{ "verdict", LOAD_WORD, AT(report_target, verdict), 0, 0, load_verdicts },
	{ "endpoints", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_vantage_rows[] = {
	{ "name", LOAD_TEXT, AT(report_vantage, name), 0, 0, NULL },
	{ "via", LOAD_TEXT, AT(report_vantage, via), 0, 0, NULL },
	{ "expect", LOAD_WORD, AT(report_vantage, expect), 0, 0, expects },
	{ "helo", LOAD_TEXT, AT(report_vantage, helo), LOAD_NULL, 0, NULL },
	{ "client_address", LOAD_TEXT, AT(report_vantage, client_address), LOAD_NULL, 0, NULL },
	{ "address_seen_by_server", LOAD_TEXT, AT(report_vantage, seen_as), LOAD_NULL, 0, NULL },
	{ "verdict", LOAD_WORD, AT(report_vantage, verdict), 0, 0, load_verdicts },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_view_rows[] = {
	{ "target", LOAD_OTHER, 0, 0, 0, NULL },
	{ "vantage", LOAD_OTHER, 0, 0, 0, NULL },
	{ "endpoint", LOAD_TEXT, AT(report_view, endpoint), 0, 0, NULL },
	{ "tls", LOAD_WORD, AT(report_view, tls), 0, 0, load_modes },
	{ "verdict", LOAD_WORD, AT(report_view, verdict), 0, 0, load_verdicts },
	{ "why", LOAD_TEXT, AT(report_view, why), LOAD_NULL, 0, NULL },
	{ "reached", LOAD_TEXT, AT(report_view, reached), 0, 0, NULL },
	{ "reached_text", LOAD_TEXT, AT(report_view, reached_text), LOAD_NULL, 0, NULL },
	{ "counts", LOAD_FLAG, AT(report_view, counts), 0, 0, NULL },
	{ "throttled", LOAD_FLAG, AT(report_view, throttled), 0, 0, NULL },
	{ "sessions", LOAD_COUNT, AT(report_view, sessions), 0, 0, NULL },
	{ "attempt_count", LOAD_COUNT, AT(report_view, attempt_count), 0, 0, NULL },
	{ "controls", LOAD_COUNT, AT(report_view, controls), 0, 0, NULL },
	{ "first_attempt", LOAD_COUNT, AT(report_view, first_attempt), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_attempt_rows[] = {
	{ "target", LOAD_TEXT, AT(report_attempt, target), 0, 0, NULL },
	{ "endpoint", LOAD_TEXT, AT(report_attempt, endpoint), 0, 0, NULL },
	{ "vantage", LOAD_TEXT, AT(report_attempt, vantage), 0, 0, NULL },
	{ "probe", LOAD_TEXT, AT(report_attempt, probe), 0, 0, NULL },
	{ "title", LOAD_TEXT, AT(report_attempt, title), 0, 0, NULL },
	{ "control", LOAD_FLAG, AT(report_attempt, control), 0, 0, NULL },
	{ "domain", LOAD_TEXT, AT(report_attempt, domain), LOAD_NULL, 0, NULL },
	{ "mail_from", LOAD_TEXT, AT(report_attempt, mail_from), LOAD_NULL, 0, NULL },
	{ "rcpt_to", LOAD_TEXT, AT(report_attempt, rcpt_to), LOAD_NULL, 0, NULL },
	{ "outcome", LOAD_WORD, AT(report_attempt, outcome), 0, 0, outcomes },
	{ "proof", LOAD_TEXT, AT(report_attempt, proof), LOAD_NULL, 0, NULL },
	{ "reason", LOAD_TEXT, AT(report_attempt, reason), LOAD_NULL, 0, NULL },
	{ "stage", LOAD_TEXT, AT(report_attempt, stage), LOAD_NULL, 0, NULL },
	{ "reply", LOAD_TEXT, AT(report_attempt, reply), LOAD_NULL, 0, NULL },
	{ "note", LOAD_TEXT, AT(report_attempt, note), LOAD_NULL, 0, NULL },
	{ "verdict", LOAD_WORD, AT(report_attempt, verdict), LOAD_NULL, 0, load_verdicts },
	{ "why", LOAD_TEXT, AT(report_attempt, why), LOAD_NULL, 0, NULL },
	{ "evidence", LOAD_TEXT, AT(report_attempt, evidence), LOAD_ABSENT, 0, NULL },
	{ "transcript", LOAD_LINES, AT(report_attempt, transcript), LOAD_ABSENT, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_finding_rows[] = {
	{ "id", LOAD_TEXT, AT(report_finding, id), 0, 0, NULL },
	{ "severity", LOAD_WORD, AT(report_finding, severity), 0, 0, load_severities },
	{ "title", LOAD_TEXT, AT(report_finding, title), 0, 0, NULL },
	{ "where", LOAD_TEXT, AT(report_finding, where), 0, 0, NULL },
	{ "evidence", LOAD_TEXTS, AT(report_finding, evidence), 0, AT(report_finding, evidence_count), NULL },
	{ "fix", LOAD_TEXT, AT(report_finding, fix), LOAD_NULL, 0, NULL },
	{ "file", LOAD_TEXT, AT(report_finding, file), LOAD_ABSENT, 0, NULL },
	{ "target", LOAD_TEXT, AT(report_finding, target), LOAD_ABSENT, 0, NULL },
	{ "vantage", LOAD_TEXT, AT(report_finding, vantage), LOAD_ABSENT, 0, NULL },
	{ "endpoint", LOAD_TEXT, AT(report_finding, endpoint), LOAD_ABSENT, 0, NULL },
	{ "probe", LOAD_TEXT, AT(report_finding, probe), LOAD_ABSENT, 0, NULL },
	{ "view", LOAD_COUNT, AT(report_finding, view), LOAD_ABSENT, 0, NULL },
	{ "attempt", LOAD_COUNT, AT(report_finding, attempt), LOAD_ABSENT, 0, NULL },
	{ "excused", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "baseline", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_excused_rows[] = {
	{ "reason", LOAD_TEXT, AT(report_finding, excused), 0, 0, NULL },
	{ "expires", LOAD_TEXT, AT(report_finding, excused_until), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_standing_rows[] = {
	{ "state", LOAD_WORD, AT(report_finding, state), 0, 0, standings },
	{ "severity", LOAD_WORD, AT(report_finding, was), LOAD_ABSENT, 0, load_severities },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_grant_rows[] = {
	{ "mta", LOAD_TEXT, AT(report_grant, mta), 0, 0, NULL },
	{ "source", LOAD_TEXT, AT(report_grant, source), 0, 0, NULL },
	{ "setting", LOAD_TEXT, AT(report_grant, setting), 0, 0, NULL },
	{ "value", LOAD_TEXT, AT(report_grant, value), 0, 0, NULL },
	{ "to", LOAD_TEXT, AT(report_grant, to), 0, 0, NULL },
	{ "network", LOAD_TEXT, AT(report_grant, network), 0, 0, NULL },
	{ "addresses", LOAD_TEXT, AT(report_grant, addresses), LOAD_NULL, 0, NULL },
	{ "covered_by", LOAD_TEXTS, AT(report_grant, covered_by), 0, AT(report_grant, covered_count), NULL },
	{ "in_force", LOAD_FLAG, AT(report_grant, in_force), 0, 0, NULL },
	{ "idle_because", LOAD_TEXT, AT(report_grant, idle_because), LOAD_ABSENT, 0, NULL },
	{ "service", LOAD_TEXT, AT(report_grant, service), LOAD_ABSENT, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_client_rows[] = {
	{ "address", LOAD_TEXT, AT(report_client, address), 0, 0, NULL },
	{ "name", LOAD_TEXT, AT(report_client, name), LOAD_NULL, 0, NULL },
	{ "service", LOAD_TEXT, AT(report_client, first.service), 0, 0, NULL },
	{ "answer", LOAD_WORD, AT(report_client, first.answer), 0, 0, answers },
	{ "by", LOAD_TEXT, AT(report_client, first.by), LOAD_NULL, 0, NULL },
	{ "why", LOAD_TEXT, AT(report_client, first.why), LOAD_NULL, 0, NULL },
	{ "other_services", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_reply_rows[] = {
	{ "service", LOAD_TEXT, AT(report_reply, service), 0, 0, NULL },
	{ "answer", LOAD_WORD, AT(report_reply, answer), 0, 0, answers },
	{ "by", LOAD_TEXT, AT(report_reply, by), LOAD_NULL, 0, NULL },
	{ "why", LOAD_TEXT, AT(report_reply, why), LOAD_NULL, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_exception_rows[] = {
	{ "finding", LOAD_TEXT, AT(report_exception, finding), 0, 0, NULL },
	{ "where", LOAD_TEXT, AT(report_exception, where), LOAD_NULL, 0, NULL },
	{ "reason", LOAD_TEXT, AT(report_exception, reason), 0, 0, NULL },
	{ "expires", LOAD_TEXT, AT(report_exception, expires), 0, 0, NULL },
	{ "source", LOAD_TEXT, AT(report_exception, source), 0, 0, NULL },
	{ "state", LOAD_WORD, AT(report_exception, state), 0, 0, states },
	{ "matches", LOAD_COUNT, AT(report_exception, matches), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

const struct load_row load_part_rows[] = {
	{ "run", LOAD_TEXT, AT(report_part, run_id), 0, 0, NULL },
	{ "version", LOAD_TEXT, AT(report_part, version), 0, 0, NULL },
	{ "started", LOAD_STAMP, AT(report_part, started), 0, 0, NULL },
	{ "finished", LOAD_STAMP, AT(report_part, finished), 0, 0, NULL },
	{ "verdict", LOAD_WORD, AT(report_part, verdict), 0, 0, load_verdicts },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

/* The document's own members; lists and sections follow. */
const struct load_row load_document_rows[] = {
	{ "schema", LOAD_OTHER, 0, 0, 0, NULL },
	{ "tool", LOAD_OTHER, 0, 0, 0, NULL },
	{ "run", LOAD_OTHER, 0, 0, 0, NULL },
	{ "verdict", LOAD_WORD, AT(report, verdict), 0, 0, load_verdicts },
	{ "suite", LOAD_TEXT, AT(report, suite), LOAD_NULL, 0, NULL },
	{ "victim", LOAD_OTHER, 0, LOAD_NULL, 0, NULL },
	{ "confirm", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "counts", LOAD_OTHER, 0, 0, 0, NULL },
	{ "targets", LOAD_OTHER, 0, 0, 0, NULL },
	{ "vantages", LOAD_OTHER, 0, 0, 0, NULL },
	{ "views", LOAD_OTHER, 0, 0, 0, NULL },
	{ "attempts", LOAD_OTHER, 0, 0, 0, NULL },
	{ "grants", LOAD_OTHER, 0, 0, 0, NULL },
	{ "configuration", LOAD_TEXT, AT(report, mta), LOAD_ABSENT, 0, NULL },
	{ "clients", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "map", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "mail", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "queue", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "findings", LOAD_OTHER, 0, 0, 0, NULL },
	{ "exceptions", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "parts", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ "baseline", LOAD_OTHER, 0, LOAD_ABSENT, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};
