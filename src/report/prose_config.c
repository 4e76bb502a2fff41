/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prose_config.c - a configuration for people
 */
#include "report/prose_config.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "report/format.h"
#include "report/model.h"
#include "report/paint.h"
#include "report/remark.h"
#include "report/wrap.h"

enum {
	/* A list of networks longer than this is shown in its beginning; JSON has all. */
	GRANTS_SHOWN = 40
};

static void paragraph(const struct format_look *look, struct buf *to, unsigned indent, const char *text)
{
	buf_printf(to, "%*s", (int)indent, "");
	wrap_text(to, text, indent, indent, look->width);
}

static void write_headline(const struct report *report, const struct format_look *look, struct buf *to)
{
	bool open = strcmp(report->verdict, "open") == 0, closed = strcmp(report->verdict, "closed") == 0;
	const char *head = open ? "OPEN" : closed ? "CLOSED" : "INCONCLUSIVE";
	struct buf line = BUF_INIT(400);

	buf_printf(&line, "the configuration of %s %s", report->mta,
		   open ? "lets strangers relay." : closed ? "lets nobody relay who is a stranger by his address." : "could not be judged in all.");
	paint_text(look, to, paint_of(report->verdict), head);
	buf_text(to, "  ");
	wrap_text(to, line.data, (unsigned)strlen(head) + 2, (unsigned)strlen(head) + 2, look->width);
	buf_release(&line);
}

static void write_grant(const struct report_grant *grant, const struct format_look *look, struct buf *to)
{
	struct buf line = BUF_INIT(2000);
	char grouped[TEXT_GROUPED];

	buf_printf(&line, "%s  %s: %s", grant->source, grant->setting, grant->value);
	if (strcmp(grant->value, grant->network) != 0)
		buf_printf(&line, " = %s", grant->network);
	if (grant->addresses != NULL)
		buf_printf(&line, ", %s address%s", text_group(grant->addresses, grouped), strcmp(grant->addresses, "1") == 0 ? "" : "es");
	if (grant->service != NULL)
		buf_printf(&line, ", service %s", grant->service);
	if (!grant->in_force)
		buf_printf(&line, " (not in force: %s)", grant->idle_because);
	for (size_t i = 0; i < grant->covered_count; i++)
		buf_printf(&line, "%s%s", i == 0 ? "; vantages inside: " : ", ", grant->covered_by[i]);
	buf_text(to, "  ");
	wrap_text(to, line.data, 2, 6, look->width);
	buf_release(&line);
}

void prose_grants(const struct report *report, const struct format_look *look, struct buf *to)
{
	buf_char(to, '\n');
	paint_text(look, to, TONE_HEAD, report->grant_count == 0 ? "Nobody may relay" : "Who may relay");
	buf_char(to, '\n');
	for (size_t i = 0; i < report->grant_count && (i < GRANTS_SHOWN || look->verbose); i++)
		write_grant(&report->grants[i], look, to);
	if (report->grant_count > GRANTS_SHOWN && !look->verbose)
		buf_printf(to, "  and %zu more (-v shows them)\n", report->grant_count - GRANTS_SHOWN);
}

static void write_finding(const struct report_finding *finding, const struct format_look *look, struct buf *to)
{
	struct buf head = BUF_INIT(2000);

	buf_printf(&head, "%s  %s", finding->where, finding->title);
	buf_text(to, "  ");
	wrap_text(to, head.data, 2, 6, look->width);
	buf_reset(&head);
	buf_printf(&head, "%s, %s", finding->severity, finding->id);
	paragraph(look, to, 6, head.data);
	for (size_t i = 0; i < finding->evidence_count; i++)
		paragraph(look, to, 6, finding->evidence[i]);
	if (finding->fix != NULL && *finding->fix != '\0') {
		buf_reset(&head);
		buf_printf(&head, "fix: %s", finding->fix);
		paragraph(look, to, 6, head.data);
	}
	remark_standing(finding, 6, look, to);
	buf_release(&head);
}

static void write_findings(const struct report *report, const struct format_look *look, struct buf *to)
{
	if (report->finding_count == 0)
		return;
	buf_char(to, '\n');
	paint_text(look, to, TONE_HEAD, "Findings");
	buf_char(to, '\n');
	for (size_t i = 0; i < report->finding_count; i++)
		write_finding(&report->findings[i], look, to);
}

static void write_reply(const struct report_reply *reply, const struct format_look *look, struct buf *to, const char *who)
{
	struct buf line = BUF_INIT(2000);

	buf_printf(&line, "%s at %s: %s%s%s%s%s%s", who, reply->service, reply->answer, reply->by != NULL || reply->why != NULL ? " (" : "",
		   reply->by != NULL ? reply->by : "", reply->by != NULL && reply->why != NULL ? ": " : "", reply->why != NULL ? reply->why : "",
		   reply->by != NULL || reply->why != NULL ? ")" : "");
	buf_text(to, "  ");
	wrap_text(to, line.data, 2, 6, look->width);
	buf_release(&line);
}

static void write_clients(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct buf who = BUF_INIT(700);

	if (report->client_count == 0)
		return;
	buf_char(to, '\n');
	paint_text(look, to, TONE_HEAD, "May these relay?");
	buf_char(to, '\n');
	for (size_t i = 0; i < report->client_count; i++) {
		const struct report_client *client = &report->clients[i];

		buf_reset(&who);
		buf_printf(&who, "%s%s%s", client->address, client->name != NULL ? " " : "", client->name != NULL ? client->name : "");
		write_reply(&client->first, look, to, who.data);
		for (size_t k = 0; k < client->other_count; k++)
			write_reply(&client->others[k], look, to, who.data);
	}
	buf_release(&who);
}

void prose_config(const struct report *report, const struct format_look *look, struct buf *to)
{
	write_headline(report, look, to);
	prose_grants(report, look, to);
	write_findings(report, look, to);
	write_clients(report, look, to);
}
