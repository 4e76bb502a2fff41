/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junit.c - the report as JUnit XML, which pipelines know
 *
 * A test suite a target, a test case a check.  What fails the run is a failure, what
 * could not be told an error, what the operator bears and what the baseline has is
 * skipped; a finding below what fails the run passes, and is told.  Exceptions that no
 * longer hold, and what is gone, are told in the last suite.
 */
#include "base/buf.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/format.h"
#include "report/model.h"
#include "report/quote.h"
#include "report/remark.h"

static void put_attribute(struct buf *to, const char *name, const char *value)
{
	buf_printf(to, " %s=\"", name);
	quote_xml(to, value);
	buf_text(to, "\"");
}

static void put_property(struct buf *to, const char *name, const char *value)
{
	buf_text(to, "      <property");
	put_attribute(to, "name", name);
	put_attribute(to, "value", value);
	buf_text(to, "/>\n");
}

static const struct {
	const char *element;            /* NULL: it passes */
	const char *told;               /* the element that holds the details */
} elements[CHECK_STATES] = {
	[CHECK_NOTED] = { NULL, "system-out" },
	[CHECK_EXCUSED] = { "skipped", "system-out" },
	[CHECK_KNOWN] = { "skipped", "system-out" },
	[CHECK_UNTESTED] = { "error", NULL },
	[CHECK_FAILED] = { "failure", NULL },
};

/* What a check says in its one line beside its kind. */
static const char *message_of(const struct check *check)
{
	if (check->state == CHECK_EXCUSED)
		return check->finding->excused;
	if (check->state == CHECK_KNOWN)
		return baseline_phrase(check->finding);
	if (check->finding != NULL)
		return check->finding->title;
	return check->view != NULL ? check->view->why : "nothing was tested";
}

static void put_details(struct buf *to, const struct check *check)
{
	struct buf details = BUF_OWN;

	check_details(check, &details);
	quote_xml(to, details.data ? details.data : "");
	buf_release(&details);
}

static void put_case(const struct report *report, const struct check *check, const char *target, struct buf *to)
{
	const char *element = elements[check->state].element, *told = elements[check->state].told;
	struct buf name = BUF_OWN;

	check_name(report, check, &name);
	buf_text(to, "    <testcase");
	put_attribute(to, "classname", target);
	put_attribute(to, "name", name.data);
	buf_text(to, ">\n");
	buf_release(&name);
	if (element != NULL) {
		buf_printf(to, "      <%s", element);
		put_attribute(to, "message", message_of(check));
		if (check->finding != NULL && check->state != CHECK_EXCUSED && check->state != CHECK_KNOWN)
			put_attribute(to, "type", check->finding->id);
		buf_text(to, ">");
		if (told == NULL)
			put_details(to, check);
		buf_printf(to, "</%s>\n", element);
	}
	if (told != NULL) {
		buf_printf(to, "      <%s>", told);
		put_details(to, check);
		buf_printf(to, "</%s>\n", told);
	}
	buf_text(to, "    </testcase>\n");
}

static void put_counts(const struct check *rows, size_t count, struct buf *to)
{
	size_t of_state[CHECK_STATES] = { 0 };

	for (size_t i = 0; i < count; i++)
		of_state[rows[i].state]++;
	buf_printf(to, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", count, of_state[CHECK_FAILED],
		   of_state[CHECK_UNTESTED], of_state[CHECK_EXCUSED] + of_state[CHECK_KNOWN]);
}

static void put_remarks(const struct report *report, struct buf *to)
{
	struct buf lines = BUF_OWN;

	remarks_of(report, &lines);
	if (lines.len != 0) {
		buf_text(to, "    <system-out>");
		quote_xml(to, lines.data);
		buf_text(to, "</system-out>\n");
	}
	buf_release(&lines);
}

/* The checks of one target, or of none; in the last suite stands what is to be told of the whole. */
static void put_suite(const struct report *report, const struct check *rows, size_t count, bool last, struct buf *to)
{
	const struct report_target *target = rows->target < report->target_count ? &report->targets[rows->target] : NULL;
	const char *name = target ? target->host : report->command;

	buf_text(to, "  <testsuite");
	put_attribute(to, "name", name);
	put_counts(rows, count, to);
	put_attribute(to, "timestamp", report->started);
	buf_text(to, ">\n    <properties>\n");
	put_property(to, "verdict", target ? target->verdict : report->verdict);
	if (target != NULL && target->mta_title != NULL)
		put_property(to, "server", target->mta_title);
	buf_text(to, "    </properties>\n");
	for (size_t i = 0; i < count; i++)
		put_case(report, &rows[i], name, to);
	if (last)
		put_remarks(report, to);
	buf_text(to, "  </testsuite>\n");
}

static void write_junit(const struct report *report, const struct format_look *look, struct buf *to)
{
	struct checks checks;
	size_t end;

	(void)look;
	checks_of(report, &checks);
	buf_text(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"relayaudit\"");
	put_counts(checks.rows, checks.count, to);
	buf_text(to, ">\n");
	for (size_t i = 0; i < checks.count; i = end) {
		for (end = i; end < checks.count && checks.rows[end].target == checks.rows[i].target;)
			end++;
		put_suite(report, &checks.rows[i], end - i, end == checks.count, to);
	}
	buf_text(to, "</testsuites>\n");
	checks_release(&checks);
}

const struct format format_junit = {
	.name = "junit",
	.about = "JUnit XML: a test case for each finding, and for each endpoint without any",
	.of = FORMAT_OF_AUDIT,
	.write = write_junit,
};
