/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_parts.c - targets, views, attempts and findings as JSON
 *
 * RFC 8259.  The texts of the model are printable ASCII; the operator's own words
 * (the name of a vantage) may come by another way, and are escaped here if they
 * have to be, so that no byte gets out raw.
 *
 * A member is there whether it is known or not, and null if not, so that a reader
 * needs no second case; only a transcript, and what a finding does not
 * concern, are left out.
 */
#include "report/json_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "report/model.h"

static json_t *new_object(void)
{
	/* Nothing is made before an object is: from here on the library asks base/mem.c, which never returns NULL. */
	json_set_alloc_funcs(mem_new, free);
	return json_object();
}

/* A transcript has several lines, and no other text has. */
static bool is_shown(const char *text)
{
	for (; *text != '\0'; text++)
		if ((*text < ' ' || *text > '~') && *text != '\n')
			return false;
	return true;
}

json_t *part_text(const char *text)
{
	struct buf escaped = BUF_OWN;
	json_t *value;

	if (text == NULL)
		return json_null();
	if (is_shown(text))
		return json_string_nocheck(text);
	text_escape(&escaped, text, strlen(text));
	value = json_string_nocheck(escaped.data);
	buf_release(&escaped);
	return value;
}

void part_add(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new_nocheck(object, key, value) != 0)
		BUG("a member that cannot be added");
}

void part_add_text(json_t *object, const char *key, const char *text)
{
	part_add(object, key, part_text(text));
}

void part_add_count(json_t *object, const char *key, size_t count)
{
	part_add(object, key, json_integer((json_int_t)count));
}

static void add_flag(json_t *object, const char *key, bool flag)
{
	part_add(object, key, json_boolean(flag));
}

/* What TLS did not tell is "" in the model. */
static void add_fact(json_t *object, const char *key, const char *text)
{
	part_add_text(object, key, text != NULL && *text != '\0' ? text : NULL);
}

static void add_texts(json_t *object, const char *key, const char *const *texts, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		if (json_array_append_new(list, part_text(texts[i])) != 0)
			BUG("a list that cannot grow");
	part_add(object, key, list);
}

json_t *part_headed(const char *key, const char *text)
{
	json_t *object = new_object();

	part_add_text(object, key, text);
	return object;
}

void part_join(json_t *object, json_t *other)
{
	if (json_object_update_new(object, other) != 0)
		BUG("an object that cannot grow");
}

json_t *part_tool(const struct report *report)
{
	json_t *tool = part_headed("name", "relayaudit");

	part_add_text(tool, "version", report->version);
	return tool;
}

json_t *part_run(const struct report *report)
{
	json_t *run = part_headed("id", report->run_id);

	part_add_text(run, "started", report->started);
	part_add_text(run, "finished", report->finished);
	part_add_text(run, "command", report->command);
	add_flag(run, "interrupted", report->interrupted);
	return run;
}

json_t *part_victim(const struct report *report)
{
	json_t *victim;

	if (report->victim == NULL)
		return json_null();
	victim = part_headed("address", report->victim);
	add_flag(victim, "reserved", report->victim_reserved);
	return victim;
}

json_t *part_confirm(const struct report *report)
{
	json_t *confirm = part_headed("sink", report->sink);

	part_add_count(confirm, "messages", report->messages);
	part_add_count(confirm, "delivered", report->messages_delivered);
	part_add_count(confirm, "bounced", report->messages_bounced);
	part_add_count(confirm, "waited", report->waited);
	return confirm;
}

static size_t count_findings(const struct report *report, const char *severity)
{
	size_t count = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		count += strcmp(report->findings[i].severity, severity) == 0;
	return count;
}

json_t *part_counts(const struct report *report)
{
	static const char *const severities[] = { "critical", "high", "medium", "low", "info" };
	json_t *counts = new_object(), *findings = new_object();

	part_add_count(counts, "targets", report->target_count);
	part_add_count(counts, "vantages", report->vantage_count);
	part_add_count(counts, "views", report->view_count);
	part_add_count(counts, "attempts", report->attempt_count);
	part_add_count(counts, "probes_run", report->probes_run);
	part_add_count(counts, "probes_accepted", report->probes_accepted);
	part_add_count(counts, "probes_skipped", report->probes_skipped);
	part_add_count(counts, "probes_unjudged", report->probes_unjudged);
	for (size_t i = 0; i < sizeof severities / sizeof *severities; i++)
		part_add_count(findings, severities[i], count_findings(report, severities[i]));
	part_add(counts, "findings", findings);
	return counts;
}

static json_t *part_endpoint(const struct report_endpoint *endpoint)
{
	json_t *row = part_headed("address", endpoint->address);

	part_add_count(row, "port", endpoint->port);
	part_add_text(row, "tls", endpoint->tls);
	part_add_text(row, "banner", endpoint->banner);
	add_texts(row, "capabilities", endpoint->capabilities, endpoint->capability_count);
	part_add_text(row, "verdict", endpoint->verdict);
	part_add_text(row, "reached", endpoint->reached);
	add_fact(row, "tls_version", endpoint->tls_version);
	add_fact(row, "tls_cipher", endpoint->tls_cipher);
	add_fact(row, "tls_subject", endpoint->tls_subject);
	add_fact(row, "tls_issuer", endpoint->tls_issuer);
	add_fact(row, "tls_expires", endpoint->tls_expires);
	add_fact(row, "tls_trust", endpoint->tls_trust);
	return row;
}

json_t *part_target(const struct report_target *target)
{
	json_t *row = part_headed("host", target->host), *endpoints = json_array();

	part_add_text(row, "hostname", target->hostname);
	add_texts(row, "domains", target->domains, target->domain_count);
	add_flag(row, "domains_guessed", target->domains_guessed);
	part_add_text(row, "mta", target->mta);
	part_add_text(row, "mta_title", target->mta_title);
	part_add_text(row, "fault", target->fault);
	part_add_text(row, "verdict", target->verdict);
	for (size_t i = 0; i < target->endpoint_count; i++)
		if (json_array_append_new(endpoints, part_endpoint(&target->endpoints[i])) != 0)
			BUG("a list that cannot grow");
	part_add(row, "endpoints", endpoints);
	return row;
}

json_t *part_vantage(const struct report_vantage *vantage)
{
	json_t *row = part_headed("name", vantage->name);

	part_add_text(row, "via", vantage->via);
	part_add_text(row, "expect", vantage->expect);
	part_add_text(row, "helo", vantage->helo);
	part_add_text(row, "client_address", vantage->client_address);
	part_add_text(row, "address_seen_by_server", vantage->seen_as);
	part_add_text(row, "verdict", vantage->verdict);
	return row;
}

json_t *part_view(const struct report *report, const struct report_view *view)
{
	json_t *row = part_headed("target", report->targets[view->target].host);

	part_add_text(row, "endpoint", view->endpoint);
	part_add_text(row, "tls", view->tls);
	part_add_text(row, "vantage", report->vantages[view->vantage].name);
	part_add_text(row, "verdict", view->verdict);
	part_add_text(row, "why", view->why);
	part_add_text(row, "reached", view->reached);
	part_add_text(row, "reached_text", view->reached_text);
	add_flag(row, "counts", view->counts);
	add_flag(row, "throttled", view->throttled);
	part_add_count(row, "sessions", view->sessions);
	part_add_count(row, "attempt_count", view->attempt_count);
	part_add_count(row, "controls", view->controls);
	return row;
}

json_t *part_attempt(const struct report_attempt *attempt)
{
	json_t *row = part_headed("target", attempt->target);

	part_add_text(row, "endpoint", attempt->endpoint);
	part_add_text(row, "vantage", attempt->vantage);
	part_add_text(row, "probe", attempt->probe);
	part_add_text(row, "title", attempt->title);
	add_flag(row, "control", attempt->control);
	part_add_text(row, "domain", attempt->domain);
	part_add_text(row, "mail_from", attempt->mail_from);
	part_add_text(row, "rcpt_to", attempt->rcpt_to);
	part_add_text(row, "outcome", attempt->outcome);
	part_add_text(row, "proof", attempt->proof);
	part_add_text(row, "reason", attempt->reason);
	part_add_text(row, "stage", attempt->stage);
	part_add_text(row, "reply", attempt->reply);
	part_add_text(row, "note", attempt->note);
	part_add_text(row, "verdict", attempt->verdict);
	part_add_text(row, "why", attempt->why);
	if (attempt->evidence != NULL)
		part_add_text(row, "evidence", attempt->evidence);
	if (attempt->transcript != NULL)
		part_add_text(row, "transcript", attempt->transcript);
	return row;
}

json_t *part_finding(const struct report_finding *finding)
{
	json_t *row = part_headed("id", finding->id);
	const struct {
		const char *key;
		const char *text;
	} places[] = {
		{ "file", finding->file },
		{ "target", finding->target },
		{ "vantage", finding->vantage },
		{ "endpoint", finding->endpoint },
		{ "probe", finding->probe },
	};

	part_add_text(row, "severity", finding->severity);
	part_add_text(row, "title", finding->title);
	part_add_text(row, "where", finding->where);
	add_texts(row, "evidence", finding->evidence, finding->evidence_count);
	part_add_text(row, "fix", finding->fix);
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (places[i].text != NULL)
			part_add_text(row, places[i].key, places[i].text);
	if (finding->excused != NULL) {
		json_t *excused = part_headed("reason", finding->excused);

		part_add_text(excused, "expires", finding->excused_until);
		part_add(row, "excused", excused);
	}
	if (finding->state != NULL)
		part_add(row, "baseline", part_standing(finding));
	return row;
}

json_t *part_grant(const struct report_grant *grant)
{
	json_t *row = part_headed("mta", grant->mta);

	part_add_text(row, "source", grant->source);
	part_add_text(row, "setting", grant->setting);
	part_add_text(row, "value", grant->value);
	part_add_text(row, "to", grant->to);
	part_add_text(row, "network", grant->network);
	part_add_text(row, "addresses", grant->addresses);
	add_texts(row, "covered_by", grant->covered_by, grant->covered_count);
	add_flag(row, "in_force", grant->in_force);
	if (grant->idle_because != NULL)
		part_add_text(row, "idle_because", grant->idle_because);
	if (grant->service != NULL)
		part_add_text(row, "service", grant->service);
	return row;
}

static void add_reply(json_t *row, const struct report_reply *reply)
{
	part_add_text(row, "answer", reply->answer);
	part_add_text(row, "by", reply->by);
	part_add_text(row, "why", reply->why);
}

json_t *part_client(const struct report_client *client)
{
	json_t *row = part_headed("address", client->address), *others = json_array();

	part_add_text(row, "name", client->name);
	part_add_text(row, "service", client->first.service);
	add_reply(row, &client->first);
	for (size_t i = 0; i < client->other_count; i++) {
		json_t *other = part_headed("service", client->others[i].service);

		add_reply(other, &client->others[i]);
		if (json_array_append_new(others, other) != 0)
			BUG("a list that cannot grow");
	}
	part_add(row, "other_services", others);
	return row;
}

json_t *part_exception(const struct report_exception *exception)
{
	json_t *row = part_headed("finding", exception->finding);

	part_add_text(row, "where", exception->where);
	part_add_text(row, "reason", exception->reason);
	part_add_text(row, "expires", exception->expires);
	part_add_text(row, "source", exception->source);
	part_add_text(row, "state", exception->state);
	part_add_count(row, "matches", exception->matches);
	return row;
}

json_t *part_merged(const struct report_part *run)
{
	json_t *row = part_headed("run", run->run_id);

	part_add_text(row, "version", run->version);
	part_add_text(row, "started", run->started);
	part_add_text(row, "finished", run->finished);
	part_add_text(row, "verdict", run->verdict);
	return row;
}

struct margin {
	struct buf *to;
	size_t width;
};

/* Line ends within texts are escaped, so that each one here is the layout's. */
static int add_indented(const char *bytes, size_t len, void *context)
{
	static const char blanks[] = "        ";
	const struct margin *margin = context;
	const char *last = bytes + len, *end;

	while ((end = memchr(bytes, '\n', (size_t)(last - bytes))) != NULL) {
		buf_add(margin->to, bytes, (size_t)(end + 1 - bytes));
		buf_add(margin->to, blanks, margin->width);
		bytes = end + 1;
	}
	buf_add(margin->to, bytes, (size_t)(last - bytes));
	return 0;
}

static void print(struct buf *to, json_t *value, size_t margin, size_t flags)
{
	struct margin context = { .to = to, .width = margin };

	if (json_dump_callback(value, add_indented, &context, flags | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) != 0)
		BUG("a value that has no text");
	json_decref(value);
}

void part_block(struct buf *to, json_t *value, size_t margin)
{
	print(to, value, margin, JSON_INDENT(2));
}

void part_line(struct buf *to, json_t *value)
{
	print(to, value, 0, JSON_COMPACT);
	buf_char(to, '\n');
}
