/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tap.c - the report for the Test Anything Protocol, version 13
 *
 * A test point a check.  What the operator bears for a time, and what the baseline has, is
 * skipped.  Exceptions that no longer hold, and what is
 * gone, are told in comments.
 */
#include "base/buf.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/format.h"
#include "report/json_parts.h"
#include "report/model.h"
#include "report/quote.h"
#include "report/remark.h"

/* A YAML scalar as JSON writes it, which is YAML, too. */
static void put_scalar(struct buf *to, const char *key, const char *text)
{
	struct buf line = BUF_OWN;

	part_line(&line, part_text(text));
	buf_printf(to, "  %s: %s", key, line.data);
	buf_release(&line);
}

static void put_block(const struct report_finding *finding, struct buf *to)
{
	buf_text(to, "  ---\n");
	put_scalar(to, "severity", finding->severity);
	if (finding->evidence_count != 0)
		buf_text(to, "  evidence:\n");
	for (size_t i = 0; i < finding->evidence_count; i++) {
		buf_text(to, "    - ");
		part_line(to, part_text(finding->evidence[i]));
	}
	if (finding->fix != NULL)
		put_scalar(to, "fix", finding->fix);
	buf_text(to, "  ...\n");
}

static void put_point(const struct report *report, const struct check *check, size_t number, struct buf *to)
{
	bool bad = check->state == CHECK_FAILED || check->state == CHECK_UNTESTED;
	struct buf name = BUF_OWN;

	check_name(report, check, &name);
	buf_printf(to, "%s %zu - ", bad ? "not ok" : "ok", number);
	quote_line(to, name.data, "#\\");
	buf_release(&name);
	if (check->state == CHECK_EXCUSED) {
		buf_printf(to, " # SKIP borne until %s: ", check->finding->excused_until);
		quote_line(to, check->finding->excused, "#\\");
	}
	if (check->state == CHECK_KNOWN)
		buf_printf(to, " # SKIP %s", baseline_phrase(check->finding));
	buf_text(to, "\n");
	if (check->finding != NULL)
		put_block(check->finding, to);
}

static void put_remarks(const struct report *report, struct buf *to)
{
	struct buf lines = BUF_OWN;
	const char *rest, *line;
	size_t len;

	remarks_of(report, &lines);
	for (rest = lines.data; (len = remark_next(&rest, &line)) != 0;)
		buf_printf(to, "# %.*s\n", (int)len, line);
	buf_release(&lines);
}

static void write_tap(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct checks checks;

	(void)look;
	checks_of(report, &checks);
	buf_printf(to, "TAP version 13\n# relayaudit %s, verdict %s\n1..%zu\n", report->version, report->verdict, checks.count);
	for (size_t i = 0; i < checks.count; i++)
		put_point(report, &checks.rows[i], i + 1, to);
	checks_release(&checks);
	put_remarks(report, to);
}

const struct format format_tap = {
	.name = "tap",
	.about = "Test Anything Protocol: a test point for each finding, and for each endpoint without any",
	.of = FORMAT_OF_AUDIT,
	.write = write_tap,
};
