/* SPDX-License-Identifier: Apache-2.0 */
/*
 * github.c - the findings as workflow commands of GitHub Actions, which makes
 * annotations of them at file and line
 *
 * A command is a line.  Its text escapes "%" and line ends, and its properties ":" and
 * ",", too (actions/toolkit, packages/core/src/command.ts).  Nothing that a server says
 * stands outside of one: a line that it begins could be a command of its own.
 */
#include <string.h>

#include "base/buf.h"
#include "report/check.h"
#include "report/format.h"
#include "report/model.h"
#include "report/place.h"
#include "report/remark.h"

static void put_escaped(struct buf *to, const char *text, size_t len, const char *also)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '%' || c < 0x20 || c >= 0x7f || strchr(also, c) != NULL)
			buf_printf(to, "%%%02X", c);
		else
			buf_char(to, text[i]);
	}
}

static void put_property(struct buf *to, const char *head, const char *text, size_t len)
{
	buf_text(to, head);
	put_escaped(to, text, len, ":,");
}

/* "::error file=mail/main.cf,line=12,title=trust-oversized::"; a place that no file has is left out. */
static void put_head(struct buf *to, const char *level, const struct place *place, const char *title)
{
	buf_printf(to, "::%s ", level);
	if (place != NULL) {
		put_property(to, "file=", place->path, place->path_len);
		buf_printf(to, ",line=%zu,", place->line);
	}
	put_property(to, "title=", title, strlen(title));
	buf_text(to, "::");
}

static const char *level_of(const struct report *report, const struct check *check)
{
	if (check->state == CHECK_FAILED || (check->state == CHECK_UNTESTED && report->status == 3))
		return "error";
	if (check->state == CHECK_EXCUSED || check->state == CHECK_KNOWN || (check->finding != NULL && strcmp(check->finding->severity, "info") == 0))
		return "notice";
	return "warning";
}

static void put_check(const struct report *report, const struct check *check, struct buf *to)
{
	const struct report_finding *finding = check->finding;
	struct buf text = BUF_OWN;
	struct place place;
	bool placed = finding != NULL && place_of(report, finding, &place);

	put_head(to, level_of(report, check), placed ? &place : NULL, finding != NULL ? finding->id : "not tested");
	if (finding != NULL)
		buf_printf(&text, "%s (%s)\n", finding->title, finding->where);
	else
		check_name(report, check, &text);
	check_details(check, &text);
	put_escaped(to, text.data, text.len - (text.len > 0 && text.data[text.len - 1] == '\n'), "");
	buf_char(to, '\n');
	buf_release(&text);
}

/* What the operator no longer bears, where he said that he did; and what he need not have said. */
static void put_exception(const struct report_exception *exception, struct buf *to)
{
	bool expired = strcmp(exception->state, "expired") == 0;
	struct place place;
	struct buf text = BUF_OWN;

	if (strcmp(exception->state, "used") == 0)
		return;
	if (expired)
		buf_printf(&text, "ignore: %s was borne until %s, and fits %zu finding%s", exception->finding, exception->expires, exception->matches,
			   exception->matches == 1 ? "" : "s");
	else
		buf_printf(&text, "ignore: the exception of %s fits nothing", exception->finding);
	put_head(to, expired ? "warning" : "notice", place_read(exception->source, &place) ? &place : NULL, expired ? "expired" : "unmatched");
	put_escaped(to, text.data, text.len, "");
	buf_char(to, '\n');
	buf_release(&text);
}

static void put_baseline(const struct report *report, struct buf *to)
{
	struct buf text = BUF_OWN;

	if (report->baseline == NULL)
		return;
	remark_sum(report, &text);
	put_head(to, "notice", NULL, "beside the baseline");
	put_escaped(to, text.data, text.len, "");
	buf_char(to, '\n');
	buf_release(&text);
}

static void write_github(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct checks checks;
	bool told = false;

	(void)look;
	checks_of(report, &checks);
	buf_printf(to, "relayaudit %s: %s\n", report->version, report->verdict);
	for (size_t i = 0; i < checks.count; i++) {
		if (checks.rows[i].state == CHECK_PASSED)
			continue;
		put_check(report, &checks.rows[i], to);
		told = told || strcmp(level_of(report, &checks.rows[i]), "error") == 0;
	}
	for (size_t i = 0; i < report->exception_count; i++)
		put_exception(&report->exceptions[i], to);
	put_baseline(report, to);
	/* A job does not fail without saying why. */
	if (report->status != 0 && !told)
		buf_text(to, "::error title=not judged::not all that was asked for could be judged: see the warnings and notices\n");
	checks_release(&checks);
}

const struct format format_github = {
	.name = "github",
	.about = "annotations for GitHub Actions: on standard output of a job's step",
	.of = FORMAT_OF_AUDIT,
	.write = write_github,
};
