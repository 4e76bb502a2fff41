/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prose.c - the report for people
 *
 * The verdict first; then what was accepted, literally, by vantage and endpoint;
 * then what could not be judged, and why; and a closing line that says what ran,
 * from where, and what was accepted.  The file is not called after its format,
 * "text", because base has a text.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/format.h"
#include "report/mail_prose.h"
#include "report/map_text.h"
#include "report/matrix.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/prose_config.h"
#include "report/queue_prose.h"
#include "report/remark.h"
#include "report/wrap.h"

struct writer {
	const struct report *report;
	const struct format_look *look;
	struct buf *to;
	size_t told;                    /* views, which come in the order of their targets */
};

static void tone(const struct writer *writer, enum tone which)
{
	paint(writer->look, writer->to, which);
}

static void toned(const struct writer *writer, enum tone which, const char *text)
{
	paint_text(writer->look, writer->to, which, text);
}

static void paragraph(const struct writer *writer, unsigned first, unsigned indent, const char *text)
{
	wrap_text(writer->to, text, first, indent, writer->look->width);
}

static bool is_finding(const struct report_finding *finding, const char *id)
{
	return strcmp(finding->id, id) == 0;
}

static bool is_command(const struct report *report, const char *name)
{
	return report->command != NULL && strcmp(report->command, name) == 0;
}

/* One sentence that answers the question. */
static void write_headline(const struct writer *writer)
{
	const struct report *report = writer->report;
	const char *head = strcmp(report->verdict, "open") == 0 ? "OPEN" : strcmp(report->verdict, "closed") == 0 ? "CLOSED" : "INCONCLUSIVE";
	const char *answer = strcmp(head, "OPEN") == 0	 ? " accepts mail from strangers for strangers." :
			     strcmp(head, "CLOSED") == 0 ? ": no vantage that should be refused can relay." :
							   ": it could not be told whether it relays.";
	unsigned column = (unsigned)strlen(head) + 2;
	size_t open = 0;
	char line[300];

	for (size_t i = 0; i < report->target_count; i++)
		open += strcmp(report->targets[i].verdict, "open") == 0;
	if (is_command(report, "self"))
		snprintf(line, sizeof line, "this machine%s", answer);
	else if (report->target_count == 1)
		snprintf(line, sizeof line, "%.200s%s", report->targets[0].host, answer);
	else if (open != 0)
		snprintf(line, sizeof line, "%zu of %zu servers accept mail from strangers for strangers.", open, report->target_count);
	else
		snprintf(line, sizeof line, "%zu servers%s", report->target_count,
			 strcmp(head, "CLOSED") == 0 ? answer : ": it could not be told of all whether they relay.");
	toned(writer, paint_of(report->verdict), head);
	buf_text(writer->to, "  ");
	paragraph(writer, column, column, line);
}

/* "192.0.2.25:465 tls", as an endpoint is written on the command line and in findings. */
enum { ENDPOINT_TEXT = 100 };

static const char *print_endpoint(const struct report_view *view, char text[ENDPOINT_TEXT])
{
	const char *mode = strcmp(view->tls, "none") == 0 ? "" : strcmp(view->tls, "implicit") == 0 ? " tls" : " starttls";

	snprintf(text, ENDPOINT_TEXT, "%s%s", view->endpoint, mode);
	return text;
}

static bool was_reached(const struct report_view *view)
{
	return strcmp(view->reached, "reached") == 0;
}

/* What a view came to; for a vantage that is expected to relay, relaying is the good news. */
static void write_outcome(const struct writer *writer, const struct report_view *view)
{
	bool relays = strcmp(writer->report->vantages[view->vantage].expect, "relay") == 0;
	size_t ran, accepted;

	matrix_count(writer->report, view, &ran, &accepted);
	if (!view->counts) {
		buf_printf(writer->to, "no service (%s)\n", view->reached);
	} else if (relays && strcmp(view->verdict, "inconclusive") != 0) {
		bool open = strcmp(view->verdict, "open") == 0;

		toned(writer, open ? TONE_CLOSED : TONE_OPEN, open ? "relays" : "refuses");
		buf_text(writer->to, open ? ", as it is expected to\n" : ", and is expected to relay\n");
	} else {
		toned(writer, paint_of(view->verdict), view->verdict);
		if (was_reached(view))
			buf_printf(writer->to, "  %zu of %zu probe%s accepted%s\n", accepted, ran, ran == 1 ? "" : "s",
				   view->throttled ? "; the server throttles" : "");
		else
			buf_printf(writer->to, "  %s\n", view->reached);
	}
}

/* One view in a line: "near  192.0.2.25:25  open  1 of 58 probes accepted"; several as a matrix. */
static void write_views(struct writer *writer, size_t target)
{
	const struct report *report = writer->report;
	size_t first = writer->told, end;
	char endpoint[ENDPOINT_TEXT];

	while (first < report->view_count && report->views[first].target < target)
		first++;
	for (end = first; end < report->view_count && report->views[end].target == target; end++)
		continue;
	writer->told = end;
	if (end - first == 1) {
		const struct report_view *only = &report->views[first];

		buf_printf(writer->to, "  %-6.40s  %-16s  ", report->vantages[only->vantage].name, print_endpoint(only, endpoint));
		write_outcome(writer, only);
	} else if (end != first) {
		matrix_write(report, first, end, writer->look, writer->to);
	}
}

static void write_target(struct writer *writer, size_t index)
{
	const struct report_target *target = &writer->report->targets[index];
	struct buf line = BUF_INIT(2000);

	buf_char(writer->to, '\n');
	tone(writer, TONE_HEAD);
	buf_printf(writer->to, "%s", target->host);
	tone(writer, TONE_END);
	if (target->fault != NULL) {
		buf_printf(writer->to, "\n  %s\n", target->fault);
		/* In a merged report others may have found it. */
		write_views(writer, index);
		return;
	}
	if (target->mta_title != NULL)
		buf_printf(&line, " (%s)", target->mta_title);
	buf_text(&line, target->domain_count == 1 ? ", mail domain " : ", mail domains ");
	for (size_t i = 0; i < target->domain_count; i++)
		buf_printf(&line, "%s%s", i ? ", " : "", target->domains[i]);
	if (target->domains_guessed)
		buf_text(&line, " (guessed from its name; --domain says it)");
	size_t blanks = strspn(line.data, " ");

	buf_add(writer->to, line.data, blanks);
	paragraph(writer, (unsigned)(strlen(target->host) + blanks), 4, line.data + blanks);
	buf_release(&line);
	write_views(writer, index);
}

static const struct report_target *target_of(const struct report *report, const struct report_finding *finding)
{
	return &report->targets[report->views[finding->view].target];
}

/* For a shell: in single quotes.  What had to be escaped cannot be typed, and is not offered. */
static void write_quoted(struct buf *to, const char *text)
{
	buf_char(to, '\'');
	for (; *text != '\0'; text++)
		buf_text(to, *text == '\'' ? "'\\''" : (char[]){ *text, '\0' });
	buf_char(to, '\'');
}

/* The swaks command that repeats the envelope by hand; with a message only where its recipient is the operator's. */
static void write_swaks(const struct writer *writer, const struct report_attempt *attempt, const char *tls)
{
	if (attempt->mail_from == NULL || attempt->rcpt_to == NULL || strchr(attempt->mail_from, '\\') != NULL ||
	    strchr(attempt->rcpt_to, '\\') != NULL)
		return;
	buf_text(writer->to, "      swaks --server ");
	write_quoted(writer->to, attempt->endpoint);
	buf_text(writer->to, " --from ");
	write_quoted(writer->to, attempt->mail_from[0] ? attempt->mail_from : "<>");
	buf_text(writer->to, " --to ");
	write_quoted(writer->to, attempt->rcpt_to);
	if (strcmp(tls, "none") != 0)
		buf_text(writer->to, strcmp(tls, "implicit") == 0 ? " --tls-on-connect" : " --tls");
	if (writer->report->victim_reserved)
		buf_text(writer->to, " --quit-after RCPT");
	buf_char(writer->to, '\n');
}

static void write_standing(const struct writer *writer, const struct report_finding *finding, unsigned indent)
{
	remark_standing(finding, indent, writer->look, writer->to);
}

/* The address, the probe that it is, and the reply: three facts on two lines. */
static void write_accepted(const struct writer *writer, const struct report_finding *finding)
{
	const struct report_attempt *attempt = &writer->report->attempts[finding->attempt];
	bool sender = attempt->mail_from != NULL;

	buf_text(writer->to, "  RCPT TO:<");
	toned(writer, TONE_HEAD, attempt->rcpt_to ? attempt->rcpt_to : "");
	buf_printf(writer->to, ">\n      %s, from <%s>\n      proof %s: %s\n", attempt->probe, sender ? attempt->mail_from : "",
		   attempt->proof ? attempt->proof : "none", attempt->reply ? attempt->reply : "no reply");
	if (attempt->evidence != NULL) {
		buf_text(writer->to, "      ");
		paragraph(writer, 6, 6, attempt->evidence);
	}
	if (strcmp(finding->id, "relay") != 0) {
		buf_text(writer->to, "      ");
		paragraph(writer, 6, 6, attempt->why);
	}
	write_standing(writer, finding, 6);
	if (writer->look->verbose && attempt->transcript != NULL)
		wrap_block(writer->to, attempt->transcript, 6);
	if (writer->look->verbose)
		write_swaks(writer, attempt, writer->report->views[finding->view].tls);
}

/*
 * The findings of one id in chains, a view's each.  Places are counted from 1, and 0 is none; a report of many
 * open servers has a hundred thousand findings, which nobody may walk for each of them.
 */
struct chains {
	size_t *next;           /* by finding */
	size_t *last;           /* by view */
};

static void link_findings(const struct report *report, const char *id, struct chains *chains)
{
	chains->next = mem_new((report->finding_count + 1) * sizeof *chains->next);
	chains->last = mem_new((report->view_count + 1) * sizeof *chains->last);
	for (size_t i = 0; i < report->finding_count; i++) {
		size_t *last = &chains->last[report->findings[i].view];

		if (!is_finding(&report->findings[i], id))
			continue;
		if (*last != 0)
			chains->next[*last - 1] = i + 1;
		*last = i + 1;
	}
}

/* Each fix once, for all probes of the chain that it mends. */
static void write_fixes(const struct writer *writer, const struct chains *chains, size_t first)
{
	const struct report_finding *rows = writer->report->findings;
	const struct report_target *target = target_of(writer->report, &rows[first]);

	for (size_t i = first + 1; i != 0; i = chains->next[i - 1]) {
		const char *fix = rows[i - 1].fix;
		bool told = fix == NULL || fix[0] == '\0';

		for (size_t k = first + 1; k != i && !told; k = chains->next[k - 1])
			told = rows[k - 1].fix != NULL && strcmp(rows[k - 1].fix, fix) == 0;
		if (told)
			continue;
		buf_text(writer->to, "  Fix");
		if (target->mta_title != NULL)
			buf_printf(writer->to, " (%s)", target->mta_title);
		buf_text(writer->to, ": ");
		paragraph(writer, 7 + (target->mta_title ? (unsigned)strlen(target->mta_title) + 3 : 0), 4, fix);
	}
}

/* All findings of one id, by view. */
static void write_group(const struct writer *writer, const char *id, const char *head)
{
	const struct report *report = writer->report;
	struct chains chains;
	char endpoint[ENDPOINT_TEXT];

	link_findings(report, id, &chains);
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct report_finding *first = &report->findings[i];

		if (!is_finding(first, id) || chains.last[first->view] == 0)
			continue;
		chains.last[first->view] = 0;
		buf_char(writer->to, '\n');
		toned(writer, strcmp(id, "relay") == 0 ? TONE_OPEN : TONE_UNSURE, head);
		buf_printf(writer->to, " at %s from %s\n", print_endpoint(&report->views[first->view], endpoint), first->vantage);
		for (size_t k = i + 1; k != 0; k = chains.next[k - 1])
			write_accepted(writer, &report->findings[k - 1]);
		write_fixes(writer, &chains, i);
	}
	free(chains.next);
	free(chains.last);
}

static void write_office(const struct writer *writer)
{
	for (size_t i = 0; i < writer->report->finding_count; i++) {
		const struct report_finding *finding = &writer->report->findings[i];

		if (!is_finding(finding, "relay-refused"))
			continue;
		buf_char(writer->to, '\n');
		toned(writer, TONE_OPEN, "Cannot relay");
		buf_printf(writer->to, " at %s from %s, which is expected to\n", finding->endpoint, finding->vantage);
		for (size_t k = 0; k < finding->evidence_count; k++)
			buf_printf(writer->to, "  %s\n", finding->evidence[k]);
		write_standing(writer, finding, 2);
	}
}

/* How bad, and where: a file's name may be long. */
static void write_place(const struct writer *writer, const struct report_finding *finding)
{
	struct buf place = BUF_INIT(2000);

	buf_printf(&place, "(%s) at %s", finding->severity, finding->where);
	paragraph(writer, (unsigned)strlen(finding->id) + 1, 2, place.data);
	buf_release(&place);
}

/* Findings that are no relay: doors beside the door, and what the sink and the server saw. */
static void write_others(const struct writer *writer)
{
	static const char *const told[] = { "relay", "relay-refused", "accepted-unproven", "relay-limited", "scan-incomplete" };

	for (size_t i = 0; i < writer->report->finding_count; i++) {
		const struct report_finding *finding = &writer->report->findings[i];
		bool other = true;

		for (size_t k = 0; k < sizeof told / sizeof *told; k++)
			other = other && !is_finding(finding, told[k]);
		/* What is of no endpoint has no other place. */
		other = other || (is_finding(finding, "scan-incomplete") && finding->target == NULL);
		if (!other)
			continue;
		buf_char(writer->to, '\n');
		toned(writer, TONE_UNSURE, finding->id);
		buf_char(writer->to, ' ');
		write_place(writer, finding);
		buf_text(writer->to, "  ");
		paragraph(writer, 2, 2, finding->title);
		for (size_t k = 0; k < finding->evidence_count; k++) {
			buf_text(writer->to, "      ");
			paragraph(writer, 6, 8, finding->evidence[k]);
		}
		if (finding->fix != NULL && finding->fix[0] != '\0') {
			buf_text(writer->to, "  Fix: ");
			paragraph(writer, 7, 4, finding->fix);
		}
		write_standing(writer, finding, 2);
	}
}

/* Of views; what keeps a whole target from being scanned stands under its name. */
static void write_gaps(const struct writer *writer)
{
	const struct report *report = writer->report;
	size_t gaps = 0;

	for (size_t i = 0; i < report->finding_count; i++)
		gaps += is_finding(&report->findings[i], "scan-incomplete") && report->findings[i].vantage != NULL;
	if (gaps == 0)
		return;
	buf_char(writer->to, '\n');
	toned(writer, TONE_UNSURE, "Could not be judged");
	buf_char(writer->to, '\n');
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct report_finding *finding = &report->findings[i];
		static const char head[] = "not judged: ";
		const char *title = finding->title;
		char endpoint[ENDPOINT_TEXT], line[700];

		if (!is_finding(finding, "scan-incomplete") || finding->vantage == NULL)
			continue;
		if (strncmp(title, head, sizeof head - 1) == 0)
			title += sizeof head - 1;
		buf_text(writer->to, "  ");
		snprintf(line, sizeof line, "%.100s from %.80s: %.450s", print_endpoint(&report->views[finding->view], endpoint),
			 finding->vantage, title);
		paragraph(writer, 2, 4, line);
		for (size_t k = 0; k < finding->evidence_count && was_reached(&report->views[finding->view]); k++)
			buf_printf(writer->to, "      %s\n", finding->evidence[k]);
		write_standing(writer, finding, 6);
	}
}

/* A probe that a precondition kept away, told once for each reason. */
static void write_skipped(const struct writer *writer)
{
	const struct report *report = writer->report;
	struct buf told = BUF_INIT(4000);

	for (size_t i = 0; i < report->attempt_count && writer->look->verbose; i++) {
		const struct report_attempt *attempt = &report->attempts[i];
		char key[300];

		if (strcmp(attempt->outcome, "skipped") != 0 || attempt->note == NULL || attempt->control)
			continue;
		snprintf(key, sizeof key, "%.60s: %.200s\n", attempt->probe, attempt->note);
		if (told.len != 0 && strstr(told.data, key) != NULL)
			continue;
		buf_text(&told, key);
	}
	if (told.len != 0) {
		buf_char(writer->to, '\n');
		toned(writer, TONE_HEAD, "Not applicable");
		buf_char(writer->to, '\n');
		wrap_block(writer->to, told.data, 2);
	}
	buf_release(&told);
}

/* An endpoint that offers TLS, and was not asked a thing inside it. */
static bool has_unasked_tls(const struct report *report)
{
	for (size_t i = 0; i < report->attempt_count; i++)
		if (strcmp(report->attempts[i].probe, "starttls-reset") == 0 && strcmp(report->attempts[i].outcome, "skipped") != 0)
			return false;
	for (size_t i = 0; i < report->target_count; i++)
		for (size_t k = 0; k < report->targets[i].endpoint_count; k++) {
			const struct report_endpoint *endpoint = &report->targets[i].endpoints[k];

			for (size_t c = 0; strcmp(endpoint->tls, "none") == 0 && c < endpoint->capability_count; c++)
				if (strcmp(endpoint->capabilities[c], "STARTTLS") == 0)
					return true;
		}
	return false;
}

static void write_notes(const struct writer *writer)
{
	const struct report *report = writer->report;

	if (strcmp(report->verdict, "open") != 0 && has_unasked_tls(report)) {
		buf_char(writer->to, '\n');
		paragraph(writer, 0, 0,
			  "STARTTLS is offered, and nothing was asked inside TLS: a server that trusts whoever encrypts is seen "
			  "by --suite thorough, or by an endpoint of its own: --port 25/starttls.");
	}

	if (report->sink != NULL) {
		struct buf line = BUF_INIT(1000);

		buf_printf(&line, "%zu test message%s taken by the server: %zu delivered to %s, %zu bounced. ", report->messages,
			   report->messages == 1 ? " was" : "s were", report->messages_delivered, report->sink, report->messages_bounced);
		if (report->messages != 0)
			buf_printf(&line, "Waited %u s for what did not come.", report->waited);
		buf_char(writer->to, '\n');
		paragraph(writer, 0, 0, line.data);
		buf_release(&line);
	}
	if (strcmp(report->verdict, "open") == 0 && report->sink == NULL) {
		buf_char(writer->to, '\n');
		paragraph(writer, 0, 0,
			  "No message was sent: \"go-ahead\" means that the server answered DATA with 354, and the connection "
			  "was closed there. Only a delivery proves it beyond doubt: --confirm sends test messages to an "
			  "address of yours, and waits for them.");
	}
	if (report->victim_reserved && report->probes_run != 0) {
		buf_char(writer->to, '\n');
		paragraph(writer, 0, 0,
			  "The outside address was in the reserved domain example.com. A server that looks up recipient domains "
			  "may refuse it for its DNS and not for relaying: --victim names an address of yours.");
	}
}

/* What the operator bears is told, and above all what no longer holds. */
static void write_exceptions(const struct writer *writer)
{
	const struct report *report = writer->report;

	if (report->exception_count == 0)
		return;
	buf_char(writer->to, '\n');
	toned(writer, TONE_HEAD, "Exceptions");
	buf_char(writer->to, '\n');
	for (size_t i = 0; i < report->exception_count; i++) {
		const struct report_exception *row = &report->exceptions[i];
		bool expired = strcmp(row->state, "expired") == 0;
		char line[1500];

		snprintf(line, sizeof line, "%.200s: %s at %.400s: %s%s%s; %zu finding%s; %.512s", row->source, row->finding, row->where ? row->where : "*",
			 expired ? "EXPIRED on " : "until ", row->expires, expired ? ", it excuses nothing any more" : row->matches ? "" : ", but it fits nothing",
			 row->matches, row->matches == 1 ? "" : "s", row->reason);
		buf_text(writer->to, "  ");
		paragraph(writer, 2, 4, line);
	}
}

static void write_closing(const struct writer *writer)
{
	const struct report *report = writer->report;
	size_t endpoints = 0;

	for (size_t i = 0; i < report->target_count; i++)
		for (size_t k = 0; k < report->targets[i].endpoint_count; k++)
			endpoints += strcmp(report->targets[i].endpoints[k].reached, "reached") == 0;
	struct buf line = BUF_INIT(1000);

	buf_printf(&line, "%zu attempt%s (%s) from %zu vantage%s (", report->probes_run, report->probes_run == 1 ? "" : "s", report->suite,
		   report->vantage_count, report->vantage_count == 1 ? "" : "s");
	for (size_t i = 0; i < report->vantage_count && i < 6; i++)
		buf_printf(&line, "%s%s", i ? ", " : "", report->vantages[i].name);
	buf_printf(&line, "%s) at %zu endpoint%s: %zu accepted, %zu not judged, %zu not applicable.%s", report->vantage_count > 6 ? ", ..." : "",
		   endpoints, endpoints == 1 ? "" : "s", report->probes_accepted, report->probes_unjudged, report->probes_skipped,
		   report->interrupted ? " The run was interrupted." : "");
	if (report->part_count != 0)
		buf_printf(&line, " Merged from the reports of %zu runs.", report->part_count);
	buf_char(writer->to, '\n');
	paragraph(writer, 0, 0, line.data);
	buf_release(&line);
}

static void write_text(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct writer writer = { .report = report, .look = look, .to = to };

	if (report->map != NULL) {
		map_text_write(report, look, to);
		write_exceptions(&writer);
		remark_prose(report, look, to);
		return;
	}
	if (is_command(report, "log")) {
		mail_prose_headline(report, look, to);
		write_others(&writer);
		mail_prose_write(report, look, to);
		write_exceptions(&writer);
		remark_prose(report, look, to);
		return;
	}
	if (is_command(report, "queue")) {
		queue_prose_headline(report, look, to);
		write_others(&writer);
		queue_prose_write(report, look, to);
		write_exceptions(&writer);
		remark_prose(report, look, to);
		return;
	}
	if (is_command(report, "config")) {
		prose_config(report, look, to);
		write_exceptions(&writer);
		remark_prose(report, look, to);
		return;
	}
	write_headline(&writer);
	for (size_t i = 0; i < report->target_count; i++)
		write_target(&writer, i);
	write_group(&writer, "relay", "ACCEPTED");
	write_office(&writer);
	write_group(&writer, "accepted-unproven", "Accepted, unproven");
	write_group(&writer, "relay-limited", "Accepted for names like its own");
	write_others(&writer);
	if (report->mta != NULL)
		prose_grants(report, look, to);
	if (report->mail != NULL)
		mail_prose_write(report, look, to);
	if (report->queue != NULL)
		queue_prose_write(report, look, to);
	write_gaps(&writer);
	write_skipped(&writer);
	write_exceptions(&writer);
	remark_prose(report, look, to);
	write_notes(&writer);
	write_closing(&writer);
}

const struct format format_text = {
	.name = "text",
	.about = "for people (the default)",
	.of = FORMAT_OF_AUDIT | FORMAT_OF_MAP,
	.write = write_text,
	.stray = mail_prose_stray,
};
