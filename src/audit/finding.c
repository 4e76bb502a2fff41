/* SPDX-License-Identifier: Apache-2.0 */
/*
 * finding.c - conclusions from a judged audit
 *
 * An open relay is critical where the plain envelope is accepted (nothing needs to
 * be known to abuse it) and high where a trick is needed.
 */
#include "audit/finding_parts.h"

#include <stdlib.h>
#include <string.h>

#include "audit/verdict.h"
#include "base/buf.h"
#include "base/mem.h"
#include "probe/probe.h"

static const char *const severities[SEVERITIES] = { "info", "low", "medium", "high", "critical" };

const char *severity_name(enum severity severity)
{
	return severities[severity];
}

int severity_find(const char *name)
{
	for (int i = 0; i < SEVERITIES; i++)
		if (strcmp(severities[i], name) == 0)
			return i;
	return -1;
}

char *finding_where(const struct audit *audit, const struct view *view)
{
	char endpoint[ADDRESS_TEXT + 16];

	const char *host = target_host(view->host->target);

	view_print_endpoint(view, endpoint);
	/* A target that is an address is named by its endpoint already. */
	if (strncmp(endpoint + (endpoint[0] == '['), host, strlen(host)) == 0)
		return mem_printf("%s from %s", endpoint, view_vantage(audit, view)->name);
	return mem_printf("%s %s from %s", host, endpoint, view_vantage(audit, view)->name);
}

struct finding *finding_add(struct findings *findings, const char *id, enum severity severity, char *title, char *where)
{
	MEM_ROOM(findings->rows, findings->count, findings->capacity);
	findings->rows[findings->count] = (struct finding){ .id = id, .severity = severity, .title = title, .where = where };
	return &findings->rows[findings->count++];
}

void finding_add_evidence(struct finding *finding, char *text)
{
	finding->evidence = mem_resize(finding->evidence, finding->evidence_count + 1, sizeof *finding->evidence);
	finding->evidence[finding->evidence_count++] = text;
}

static char *envelope_of(const struct attempt *attempt)
{
	return mem_printf("MAIL FROM:<%s> RCPT TO:<%s>", attempt->mail_from ? attempt->mail_from : "", attempt->rcpt_to ? attempt->rcpt_to : "");
}

/* What a door beside the door is worth by itself. */
static enum severity severity_of_door(const char *id)
{
	static const struct {
		const char *id;
		enum severity severity;
	} rows[] = {
		{ "disclosure", SEVERITY_LOW },
		{ "backscatter", SEVERITY_MEDIUM },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].id, id) == 0)
			return rows[i].severity;
	return SEVERITY_HIGH;
}

/* The id that an accepted attempt comes to; NULL where being accepted is as it should be. */
static const char *id_of_accepted(const struct view *view, const struct attempt *attempt, const struct controls *controls,
				  const char **why, enum severity *severity)
{
	enum verdict verdict = verdict_of_attempt(attempt, controls, why);
	const char *door = attempt->probe->finding;

	/* What only an arrival shows, and did not: what came back to the sender has a finding for the whole view. */
	if (attempt->probe->shown != SHOWN_BY_REPLY && verdict != VERDICT_OPEN)
		return NULL;
	if (door != NULL && verdict != VERDICT_INCONCLUSIVE) {
		*severity = severity_of_door(door);
		return door;
	}
	if (verdict == VERDICT_OPEN) {
		*severity = strcmp(attempt->probe->name, "plain") == 0 ? SEVERITY_CRITICAL : SEVERITY_HIGH;
		return "relay";
	}
	*severity = SEVERITY_MEDIUM;
	if (verdict_is_limited(attempt, controls))
		return "relay-limited";
	/* What bounced is known: no relay, or a relay that is proved already and whose sink takes tokens only. */
	if (verdict == VERDICT_CLOSED || (attempt->bounced && view->verdict == VERDICT_OPEN))
		return NULL;
	return "accepted-unproven";
}

static void of_attempt(const struct audit *audit, struct findings *findings, const struct view *view, const struct attempt *attempt)
{
	struct controls controls = controls_of(view, attempt->domain);
	enum severity severity = SEVERITY_INFO;
	const char *why, *id = id_of_accepted(view, attempt, &controls, &why, &severity);
	const char *fix = probe_fix(attempt->probe, view->host->mta), *proof = proof_name(attempt->proof);
	struct finding *finding;

	if (id == NULL)
		return;
	finding = finding_add(findings, id, severity, mem_printf("%s: %s", attempt->probe->name, attempt->probe->title),
			      finding_where(audit, view));
	finding->host = view->host;
	finding->view = view;
	finding->attempt = attempt;
	finding->fix = mem_text(fix ? fix : "");
	finding_add_evidence(finding, envelope_of(attempt));
	if (attempt->reply != NULL)
		finding_add_evidence(finding, mem_printf("the server said: %s", attempt->reply));
	if (attempt->evidence != NULL)
		finding_add_evidence(finding, mem_text(attempt->evidence));
	finding_add_evidence(finding, mem_printf("proof %s: %s", proof ? proof : "none", why));
}

static void of_refused_office(const struct audit *audit, struct findings *findings, const struct view *view)
{
	for (size_t i = view->controls; i < view->count; i++) {
		const struct attempt *attempt = &view->attempts[i];
		struct finding *finding;

		if (strcmp(attempt->probe->name, "plain") != 0 || attempt->outcome != OUTCOME_REJECTED)
			continue;
		finding = finding_add(findings, "relay-refused", SEVERITY_HIGH, mem_text("a vantage that is expected to relay cannot"),
			      finding_where(audit, view));
		finding->host = view->host;
		finding->view = view;
		finding->attempt = attempt;
		finding->fix = mem_text("let the server relay for this network again, or expect it to deny: NAME=URI?expect=deny");
		finding_add_evidence(finding, envelope_of(attempt));
		finding_add_evidence(finding, mem_printf("the server said: %s", attempt->reply));
	}
}

static bool has_accepted(const struct view *view)
{
	for (size_t i = view->controls; i < view->count; i++)
		if (view->attempts[i].outcome == OUTCOME_ACCEPTED)
			return true;
	return false;
}

/* What could not be judged in a view: its attempts by their reasons. */
static void of_gaps(const struct audit *audit, struct findings *findings, const struct view *view)
{
	const char *why;
	struct finding *finding = NULL;
	size_t by_reason[REASONS] = { 0 };

	if (!view->verdict_counts || verdict_of_view(view, &why) == VERDICT_CLOSED)
		return;
	for (size_t i = view->controls; i < view->count; i++) {
		const struct attempt *attempt = &view->attempts[i];
		struct controls controls = controls_of(view, attempt->domain);
		const char *ignored;

		if (attempt->outcome != OUTCOME_ACCEPTED && verdict_of_attempt(attempt, &controls, &ignored) == VERDICT_INCONCLUSIVE)
			by_reason[attempt->reason]++;
	}
	size_t gaps = 0;

	for (int reason = 0; reason < REASONS; reason++)
		gaps += by_reason[reason];
	/* What was accepted and is unproven has findings of its own. */
	if (gaps == 0 && (view->verdict == VERDICT_OPEN || has_accepted(view)))
		return;
	finding = finding_add(findings, "scan-incomplete", SEVERITY_LOW,
		      view->verdict == VERDICT_OPEN ? mem_printf("%zu probe%s could not be judged", gaps, gaps == 1 ? "" : "s") : mem_printf("not judged: %s", why),
		      finding_where(audit, view));
	finding->host = view->host;
	finding->view = view;
	finding->fix = mem_text(view->reach == REACH_OPEN ? "mend what is named here, and scan again, perhaps from another vantage" :
							    "make the service reachable from this vantage, or name the ports to test with --port");
	for (int reason = 0; reason < REASONS; reason++)
		if (by_reason[reason] != 0)
			finding_add_evidence(finding, mem_printf("%zu probe%s: %s (%s)", by_reason[reason], by_reason[reason] == 1 ? "" : "s",
							 reason_phrase((enum reason)reason), reason_name((enum reason)reason)));
}

static void of_view(const struct audit *audit, struct findings *findings, const struct view *view)
{
	bool relays = view_vantage(audit, view)->expect == EXPECT_RELAY;

	for (size_t i = view->controls; !relays && i < view->count; i++)
		if (view->attempts[i].outcome == OUTCOME_ACCEPTED)
			of_attempt(audit, findings, view, &view->attempts[i]);
	if (relays)
		of_refused_office(audit, findings, view);
	findings_of_proof(audit, findings, view);
	if (!relays || view->verdict != VERDICT_OPEN)
		of_gaps(audit, findings, view);
}

void findings_take(struct findings *findings, struct findings *others)
{
	findings->rows = mem_resize(findings->rows, findings->count + others->count + 1, sizeof *findings->rows);
	for (size_t i = 0; i < others->count; i++)
		findings->rows[findings->count++] = others->rows[i];
	findings->capacity = findings->count + 1;
	free(others->rows);
	*others = (struct findings){ .count = 0 };
}

void finding_add_top(struct finding *finding, const char *sentence, const struct tally *tally)
{
	enum { SHOWN = 5 };
	struct buf text = BUF_OWN;

	if (tally->count == 0)
		return;
	buf_text(&text, sentence);
	for (size_t i = 0; i < tally->count && i < SHOWN; i++)
		buf_printf(&text, "%s %s (%zu)", i ? "," : "", tally->rows[i].text, tally->rows[i].count);
	if (tally->count > SHOWN)
		buf_printf(&text, ", and %zu more", tally->count - SHOWN);
	finding_add_evidence(finding, buf_detach(&text));
}

void findings_sort(struct findings *findings)
{
	struct finding *sorted = mem_new((findings->count + 1) * sizeof *sorted);
	size_t count = 0;

	for (int severity = SEVERITIES - 1; severity >= 0; severity--)
		for (size_t i = 0; i < findings->count; i++)
			if ((int)findings->rows[i].severity == severity)
				sorted[count++] = findings->rows[i];
	free(findings->rows);
	findings->rows = sorted;
	findings->capacity = findings->count;
}

void findings_of(const struct audit *audit, struct findings *findings)
{
	*findings = (struct findings){ .count = 0 };
	for (size_t h = 0; h < audit->host_count; h++) {
		const struct host *host = audit->hosts[h];

		if (host->fault != NULL) {
			struct finding *finding = finding_add(findings, "scan-incomplete", SEVERITY_LOW, mem_printf("not judged: %s", host->fault),
						      mem_text(host->hostname));

			finding->host = host;
			finding->fix = mem_text("check the name of the target");
		}
		for (size_t i = 0; i < host->view_count; i++)
			of_view(audit, findings, &host->views[i]);
	}
	findings_sort(findings);
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		struct finding *finding = &findings->rows[i];

		for (size_t k = 0; k < finding->evidence_count; k++)
			free(finding->evidence[k]);
		free(finding->evidence);
		free(finding->title);
		free(finding->where);
		free(finding->fix);
	}
	free(findings->rows);
	*findings = (struct findings){ .count = 0 };
}
