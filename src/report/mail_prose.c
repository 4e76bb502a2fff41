/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mail_prose.c - what logs say, for people
 */
#include "report/mail_prose.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/prefix.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/wrap.h"

enum {
	/* Rows of a table; all of them are in the JSON report. */
	ROWS = 10,
	/* Networks of a length below one of the next shorter. */
	NETWORKS = 4,
	NAME = 34,
	COUNT = 9
};

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

void mail_prose_headline(const struct report *report, const struct format_look *look, struct buf *to)
{
	const struct report_mail *mail = report->mail;
	bool open = strcmp(report->verdict, "open") == 0, closed = strcmp(report->verdict, "closed") == 0;
	const char *head = open ? "OPEN" : closed ? "NOTHING FOUND" : "COULD NOT TELL";
	struct buf line = BUF_INIT(400);

	if (open)
		buf_printf(&line, "strangers' mail went out: %zu message%s to %zu recipient%s, from %zu client%s.", mail->messages, plural(mail->messages),
			   mail->recipients, plural(mail->recipients), mail->clients.count, plural(mail->clients.count));
	else if (mail->accepted_not_delivered != 0)
		buf_printf(&line, "no strangers' mail was delivered, but %zu message%s of strangers %s accepted.", mail->accepted_not_delivered,
			   plural(mail->accepted_not_delivered), mail->accepted_not_delivered == 1 ? "was" : "were");
	else
		buf_text(&line, closed ? "no strangers' mail went out." : "no strangers' mail was found in what could be read, and not all could be.");
	paint_text(look, to, paint_of(report->verdict), head);
	buf_text(to, "  ");
	wrap_text(to, line.data, (unsigned)strlen(head) + 2, 2, look->width);
	buf_release(&line);
}

static void head(const struct format_look *look, struct buf *to, const char *text)
{
	buf_char(to, '\n');
	paint_text(look, to, TONE_HEAD, text);
	buf_char(to, '\n');
}

/* A name that is too long loses its middle. */
static void put_name(struct buf *to, unsigned indent, const char *name)
{
	size_t room = NAME - indent, len = strlen(name);

	buf_printf(to, "%*s", (int)indent + 2, "");
	if (len <= room)
		buf_printf(to, "%-*s", (int)room, name);
	else
		buf_printf(to, "%.*s...%s", (int)(room / 2 - 2), name, name + len - (room - room / 2 - 1));
}

static void put_bar(const struct format_look *look, struct buf *to, size_t count, size_t most)
{
	unsigned width = look->width > NAME + COUNT + 12 ? look->width - NAME - COUNT - 6 : 8;
	size_t length = most ? (size_t)((double)count / (double)most * width) : 0;

	buf_printf(to, " %*zu ", COUNT, count);
	length = length == 0 && count != 0 ? 1 : length;
	paint(look, to, TONE_OPEN);
	for (size_t i = 0; i < length; i++)
		buf_char(to, '#');
	paint(look, to, TONE_END);
	buf_char(to, '\n');
}

void mail_prose_table(const struct format_look *look, struct buf *to, const char *title, const struct report_counts *counts)
{
	size_t rest = counts->others;

	if (counts->count == 0)
		return;
	head(look, to, title);
	for (size_t i = 0; i < counts->count && i < ROWS; i++) {
		put_name(to, 0, counts->rows[i].text);
		put_bar(look, to, counts->rows[i].count, counts->rows[0].count);
	}
	for (size_t i = ROWS; i < counts->count; i++)
		rest += counts->rows[i].count;
	if (rest != 0)
		buf_printf(to, "  %-*s %*zu\n", NAME, "all others", COUNT, rest);
}

static bool is_inside(const char *network, const char *wide)
{
	struct prefix outer, inner;
	struct err err;
	bool bits;

	return prefix_parse(wide, &outer, &bits, &err) == 0 && prefix_parse(network, &inner, &bits, &err) == 0 && prefix_has(&outer, &inner.first);
}

/* The networks of one length inside another, and those inside them in turn. */
static void put_networks(const struct format_look *look, struct buf *to, const struct report_mail *mail, unsigned level, const char *wide)
{
	const struct report_counts *counts = &mail->prefixes[level];
	unsigned told = 0;

	for (size_t i = 0; i < counts->count && told < NETWORKS; i++) {
		/* A hundredth of the largest shows no mask. */
		if (i != 0 && counts->rows[i].count * 100 < mail->prefixes[0].rows[0].count)
			break;
		if (wide != NULL && !is_inside(counts->rows[i].text, wide))
			continue;
		told++;
		put_name(to, level * 2, counts->rows[i].text);
		put_bar(look, to, counts->rows[i].count, mail->prefixes[0].rows[0].count);
		if (level + 1 < REPORT_PREFIXES)
			put_networks(look, to, mail, level + 1, counts->rows[i].text);
	}
}

/* Each hour a column. */
static void put_hours(const struct format_look *look, struct buf *to, const struct report_mail *mail)
{
	enum { HIGH = 6 };
	size_t most = 0;

	for (size_t i = 0; i < REPORT_HOURS; i++)
		most = mail->hours[i] > most ? mail->hours[i] : most;
	if (most == 0)
		return;
	head(look, to, "By the hour in which they were taken");
	for (unsigned line = HIGH; line >= 1; line--) {
		struct buf row = BUF_INIT(200);
		size_t len;

		for (size_t i = 0; i < REPORT_HOURS; i++) {
			bool full = mail->hours[i] * HIGH > most * (line - 1) || (line == 1 && mail->hours[i] != 0);

			buf_text(&row, full ? " ##" : "   ");
		}
		for (len = row.len; len != 0 && row.data[len - 1] == ' '; len--)
			;
		if (line == HIGH)
			buf_printf(to, "  %6zu", most);
		else
			buf_printf(to, "%8s", "");
		paint(look, to, TONE_OPEN);
		buf_add(to, row.data, len);
		paint(look, to, TONE_END);
		buf_char(to, '\n');
		buf_release(&row);
	}
	buf_printf(to, "%8s", "");
	for (unsigned i = 0; i < REPORT_HOURS; i++)
		buf_printf(to, " %02u", i);
	buf_char(to, '\n');
}

static void put_strangers(const struct format_look *look, struct buf *to, const struct report_mail *mail)
{
	if (mail->messages == 0)
		return;
	head(look, to, "Strangers' messages by network");
	put_networks(look, to, mail, 0, NULL);
	mail_prose_table(look, to, "By client", &mail->clients);
	mail_prose_table(look, to, "By sender", &mail->senders);
	mail_prose_table(look, to, "Deliveries by recipient's domain", &mail->domains);
	put_hours(look, to, mail);
}

static void put_denied(const struct format_look *look, struct buf *to, const struct report_mail *mail)
{
	char line[300];

	if (mail->denied == 0 && mail->lost_input_channel == 0)
		return;
	head(look, to, "Refused, as it should be");
	for (size_t i = 0; i < REPORT_CAUSES; i++) {
		if (mail->causes[i].count == 0)
			continue;
		buf_printf(to, "  %-20s %8zu  ", mail->causes[i].text, mail->causes[i].count);
		wrap_text(to, mail->cause_notes[i], 33, 33, look->width);
	}
	if (mail->lost_input_channel != 0) {
		buf_printf(to, "  %-20s %8zu  ", "hung up after RCPT", mail->lost_input_channel);
		wrap_text(to, "the client left without a word, as programs do that look for open relays: it does not matter", 33, 33, look->width);
	}
	for (size_t i = 0; i < mail->denied_clients.count && i < 5; i++) {
		snprintf(line, sizeof line, "%s%s %zu", i ? ", " : "  from ", mail->denied_clients.rows[i].text, mail->denied_clients.rows[i].count);
		buf_text(to, line);
	}
	if (mail->denied_clients.count > 5)
		buf_printf(to, ", and %zu more clients", mail->denied_clients.count - 5);
	if (mail->denied_clients.count != 0)
		buf_char(to, '\n');
}

static void put_run(const struct format_look *look, struct buf *to, const struct report_mail *mail)
{
	char title[120];

	if (mail->run == NULL)
		return;
	snprintf(title, sizeof title, "What the server saw of the scan %.60s", mail->run);
	head(look, to, title);
	if (mail->run_clients.count == 0)
		buf_text(to, "  no line names an address of it\n");
	for (size_t i = 0; i < mail->run_clients.count; i++)
		buf_printf(to, "  %zu attempt%s from %s\n", mail->run_clients.rows[i].count, plural(mail->run_clients.rows[i].count), mail->run_clients.rows[i].text);
}

void mail_prose_gaps(const struct report *report, const struct format_look *look, struct buf *to)
{
	static const char gap[] = "could not tell: ";
	bool told = false;

	for (size_t i = 0; i < report->finding_count; i++) {
		/* Those of a scan in the same report have another place. */
		if (strcmp(report->findings[i].id, "scan-incomplete") != 0 || strncmp(report->findings[i].title, gap, sizeof gap - 1) != 0)
			continue;
		if (!told)
			head(look, to, "Could not be told");
		told = true;
		buf_text(to, "  ");
		wrap_text(to, report->findings[i].title + sizeof gap - 1, 2, 4, look->width);
	}
}

static void put_closing(const struct report *report, const struct format_look *look, struct buf *to)
{
	const struct report_mail *mail = report->mail;
	struct buf line = BUF_INIT(1500);

	buf_printf(&line, "%zu line%s of %zu file%s", mail->lines, plural(mail->lines), mail->source_count, plural(mail->source_count));
	if (*mail->first != '\0')
		buf_printf(&line, ", from %s to %s", mail->first, mail->last);
	buf_printf(&line, ": %zu not understood, %zu of other programs.", mail->lines_not_understood, mail->lines_of_others);
	if (mail->accepted_not_delivered != 0)
		buf_printf(&line, " Of %zu message%s that %s accepted from strangers the log shows no delivery.", mail->accepted_not_delivered,
			   plural(mail->accepted_not_delivered), mail->accepted_not_delivered == 1 ? "was" : "were");
	if (mail->delivered_origin_unknown != 0)
		buf_printf(&line, " Of %zu message%s that went out the log does not show who handed %s in.", mail->delivered_origin_unknown,
			   plural(mail->delivered_origin_unknown), mail->delivered_origin_unknown == 1 ? "it" : "them");
	if (!mail->domains_known)
		buf_text(&line, " No own domains are known: whatever left the host counts as mail for others. --domain names them.");
	buf_char(to, '\n');
	wrap_text(to, line.data, 0, 0, look->width);
	buf_release(&line);
}

void mail_prose_stray(const struct report_stray *stray, struct buf *to)
{
	buf_printf(to, "%s  strangers' mail from %s, sender <%s>, went to %s\n", *stray->when ? stray->when : "some time", stray->client, stray->sender,
		   *stray->domain ? stray->domain : "a foreign recipient");
}

void mail_prose_write(const struct report *report, const struct format_look *look, struct buf *to)
{
	put_strangers(look, to, report->mail);
	put_denied(look, to, report->mail);
	put_run(look, to, report->mail);
	mail_prose_gaps(report, look, to);
	put_closing(report, look, to);
}
