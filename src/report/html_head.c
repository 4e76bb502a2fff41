/* SPDX-License-Identifier: Apache-2.0 */
/*
 * html_head.c - the verdict in one sentence, figures, and how it was found out
 */
#include "report/html.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "report/model.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static size_t count_open(const struct report *report)
{
	size_t open = 0;

	for (size_t i = 0; i < report->target_count; i++)
		open += is(report->targets[i].verdict, "open");
	return open;
}

static void say_of_mail(const struct report *report, struct buf *line)
{
	const struct report_mail *mail = report->mail;

	if (mail->messages != 0)
		buf_printf(line, "Strangers' mail went out: %zu message%s to %zu recipient%s.", mail->messages, html_plural(mail->messages), mail->recipients,
			   html_plural(mail->recipients));
	else if (is(report->verdict, "closed"))
		buf_text(line, "No strangers' mail went out.");
	else
		buf_text(line, "No strangers' mail was found in what could be read, and not all could be.");
}

static void say_of_queue(const struct report *report, struct buf *line)
{
	const struct report_waiting_count *strangers = &report->queue->counts[0];

	if (strangers->messages != 0)
		buf_printf(line, "Strangers' mail waits in the queue: %zu message%s to %zu recipient%s.", strangers->messages, html_plural(strangers->messages),
			   strangers->recipients, html_plural(strangers->recipients));
	else if (is(report->verdict, "closed"))
		buf_text(line, "No strangers' mail waits in the queue.");
	else
		buf_text(line, "No strangers' mail was found in what could be read, and not all could be.");
}

static void say_of_config(const struct report *report, struct buf *line)
{
	buf_printf(line, "The configuration of %s %s", report->mta,
		   is(report->verdict, "open")	 ? "lets strangers relay." :
		   is(report->verdict, "closed") ? "lets nobody relay who is a stranger by his address." :
						   "could not be judged in all.");
}

static void say_of_map(const struct report *report, struct buf *line)
{
	const struct report_map *map = report->map;
	bool four = !is(map->strangers4, "0"), six = !is(map->strangers6, "0");

	if (four || six)
		buf_printf(line, "%s relays for strangers: %s%s%s%s%s.", report->targets[0].host, four ? map->strangers4 : "", four ? " IPv4" : "",
			   four && six ? " and " : "", six ? map->strangers6 : "", six ? " IPv6 addresses" : " addresses");
	else
		buf_printf(line, "%s: no stranger was found who may relay%s.", report->targets[0].host, map->whole ? "" : ", but not all is known");
}

static void say_of_scan(const struct report *report, struct buf *line)
{
	size_t open = count_open(report);
	const char *answer = is(report->verdict, "open")   ? " accepts mail from strangers for strangers." :
			     is(report->verdict, "closed") ? ": no vantage that should be refused can relay." :
							     ": it could not be told whether it relays.";

	if (is(report->command, "self"))
		buf_printf(line, "This machine%s", answer);
	else if (report->target_count == 1)
		buf_printf(line, "%s%s", report->targets[0].host, answer);
	else if (open != 0)
		buf_printf(line, "%zu of %zu servers %s mail from strangers for strangers.", open, report->target_count, open == 1 ? "accepts" : "accept");
	else
		buf_printf(line, "%zu servers%s", report->target_count,
			   is(report->verdict, "closed") ? answer : ": it could not be told of all whether they relay.");
}

static void say_sentence(const struct report *report, struct buf *line)
{
	if (report->map != NULL)
		say_of_map(report, line);
	else if (report->target_count != 0 || is(report->command, "self"))
		say_of_scan(report, line);
	else if (report->queue != NULL)
		say_of_queue(report, line);
	else if (report->mail != NULL)
		say_of_mail(report, line);
	else if (report->mta != NULL)
		say_of_config(report, line);
	else
		say_of_scan(report, line);
}

static void figure_of_text(struct buf *to, const char *name, const char *digits)
{
	buf_printf(to, "<div><dt>%s</dt><dd>", name);
	html_digits(to, digits);
	buf_text(to, "</dd></div>\n");
}

static void figure(struct buf *to, const char *name, size_t count)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%zu", count);
	figure_of_text(to, name, digits);
}

static size_t count_reached(const struct report *report)
{
	size_t reached = 0;

	for (size_t i = 0; i < report->target_count; i++)
		for (size_t k = 0; k < report->targets[i].endpoint_count; k++)
			reached += is(report->targets[i].endpoints[k].reached, "reached");
	return reached;
}

static void figures(const struct report *report, struct buf *to)
{
	size_t counted = 0, excused = 0;

	for (size_t i = 0; i < report->finding_count; i++) {
		counted += report->findings[i].fails;
		excused += report->findings[i].excused != NULL;
	}
	buf_text(to, "<dl class=\"figures\">\n");
	if (report->map != NULL) {
		figure_of_text(to, "IPv4 addresses may relay", report->map->size4);
		figure_of_text(to, "of them strangers'", report->map->strangers4);
		figure(to, "questions asked", report->map->asked);
	} else if (report->target_count != 0) {
		if (report->target_count > 1)
			figure(to, "servers", report->target_count);
		figure(to, report->vantage_count == 1 ? "vantage" : "vantages", report->vantage_count);
		figure(to, "endpoints reached", count_reached(report));
		figure(to, "attempts", report->probes_run);
		figure(to, "accepted", report->probes_accepted);
		figure(to, "not judged", report->probes_unjudged);
	}
	if (report->mail != NULL) {
		figure(to, "strangers' messages sent on", report->mail->messages);
		figure(to, "to recipients", report->mail->recipients);
		figure(to, "refused, as it should be", report->mail->denied);
	}
	if (report->queue != NULL) {
		figure(to, "messages in the queue", report->queue->messages);
		figure(to, "of them strangers'", report->queue->counts[0].messages);
		figure(to, "bounces to strangers", report->queue->counts[1].messages);
	}
	if (report->mta != NULL)
		figure(to, "grants", report->grant_count);
	figure(to, "findings", report->finding_count);
	if (report->status == 1)
		figure(to, "that fail this run", counted);
	if (excused != 0)
		figure(to, "borne for a time", excused);
	if (report->baseline != NULL) {
		figure(to, "new since the baseline", report->baseline->fresh);
		figure(to, "known from it", report->baseline->known);
		figure(to, "gone since then", report->baseline->gone_count - report->baseline->not_asked);
	}
	buf_text(to, "</dl>\n");
}

void html_headline(const struct page *page)
{
	const struct report *report = page->report;
	struct buf line = BUF_INIT(4000);
	const char *word = is(report->verdict, "open") ? "Open" : is(report->verdict, "closed") ? "Closed" : "Inconclusive";

	say_sentence(report, &line);
	buf_text(page->to, "<div class=\"top\"><header>\n<p class=\"brand\"><b>relayaudit</b> ");
	html_text(page->to, report->command);
	buf_printf(page->to, ", %.10s</p>\n<h1><span class=\"verdict\">%s<span class=\"unseen\">: </span></span>", report->finished, word);
	html_text(page->to, line.data);
	buf_text(page->to, "</h1>\n");
	if (report->interrupted)
		html_say(page->to, "p", "soft", "The run was interrupted: what is said here holds for what was asked until then.");
	figures(report, page->to);
	buf_text(page->to, "</header></div>\n");
	buf_release(&line);
}

static void fact(struct buf *to, const char *name, const char *text)
{
	if (text == NULL)
		return;
	buf_printf(to, "<dt>%s</dt><dd>", name);
	html_text(to, text);
	buf_text(to, "</dd>\n");
}

static void note_proof(const struct report *report, struct buf *to)
{
	if (report->sink != NULL)
		html_say(to, "p", NULL, "%zu test message%s taken by the server: %zu delivered to %s, %zu bounced.", report->messages,
			 report->messages == 1 ? " was" : "s were", report->messages_delivered, report->sink, report->messages_bounced);
	else if (is(report->verdict, "open"))
		html_say(to, "p", NULL,
			 "No message was sent: \"go-ahead\" means that the server answered DATA with 354, and the connection was closed there. "
			 "Only a delivery proves it beyond doubt: --confirm sends test messages to an address of yours, and waits for them.");
	if (report->victim_reserved)
		html_say(to, "p", NULL,
			 "The outside address was in the reserved domain example.com. A server that looks up recipient domains may refuse it "
			 "for its DNS and not for relaying: --victim names an address of yours.");
}

void html_notes(const struct page *page)
{
	const struct report *report = page->report;
	struct buf *to = page->to;
	struct buf line = BUF_INIT(4000);

	if (report->target_count != 0 && report->map == NULL)
		note_proof(report, to);
	for (size_t i = 0; i < report->vantage_count && i < 20; i++)
		buf_printf(&line, "%s%s", i != 0 ? ", " : "", report->vantages[i].name);
	if (report->vantage_count > 20)
		buf_printf(&line, " and %zu more", report->vantage_count - 20);
	buf_text(to, "<dl class=\"facts\">\n");
	fact(to, "Began", report->started);
	fact(to, "Ended", report->finished);
	fact(to, "Tried", report->suite);
	fact(to, "From", report->vantage_count != 0 ? line.data : NULL);
	fact(to, "Outside address", report->victim);
	fact(to, "Configuration of", report->mta);
	fact(to, "Settings", report->config);
	buf_reset(&line);
	buf_printf(&line, "%d (%s)", report->status,
		   report->status == 1 ? "something was found" : report->status == 0 ? "nothing was found that fails it" : "not all could be tested");
	fact(to, "Exit status", line.data);
	buf_reset(&line);
	buf_printf(&line, "%zu runs, whose reports were merged", report->part_count);
	fact(to, "Made of", report->part_count != 0 ? line.data : NULL);
	buf_text(to, "</dl>\n");
	buf_release(&line);
}
