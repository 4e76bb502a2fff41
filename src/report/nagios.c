/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nagios.c - the report as a monitoring plugin's output
 *
 * Monitoring Plugins Development Guidelines: one line with the state and behind a bar
 * the performance data, then a line for each finding, then the exit status of the state.
 * What comes from a server has no bar, which would begin performance data.
 */
#include <string.h>

#include "base/buf.h"
#include "report/baseline.h"
#include "report/check.h"
#include "report/format.h"
#include "report/model.h"
#include "report/remark.h"

enum state { STATE_OK, STATE_WARNING, STATE_CRITICAL, STATE_UNKNOWN };

/* A host's notification holds no more; what is left out is counted. */
enum { TOLD_MOST = 50 };

static bool is_grave(const struct report_finding *finding)
{
	return strcmp(finding->severity, "high") == 0 || strcmp(finding->severity, "critical") == 0;
}

/* Of what fails the run, the gravest; else whether something could not be told. */
static enum state state_of(const struct report *report, const struct checks *checks)
{
	enum state state = STATE_OK;

	for (size_t i = 0; i < checks->count; i++)
		if (checks->rows[i].state == CHECK_FAILED)
			state = is_grave(checks->rows[i].finding) ? STATE_CRITICAL : state == STATE_CRITICAL ? state : STATE_WARNING;
	if (state == STATE_OK && (checks->of_state[CHECK_UNTESTED] != 0 || report->status != 0))
		state = STATE_UNKNOWN;
	return state;
}

static void put_plain(struct buf *to, const char *text)
{
	for (; *text != '\0'; text++) {
		char byte = *text == '|' ? '/' : *text < ' ' || *text > '~' ? '?' : *text;

		buf_add(to, &byte, 1);
	}
}

static void put_findings(const struct checks *checks, struct buf *to)
{
	size_t told = 0, more = 0;

	for (size_t i = 0; i < checks->count; i++) {
		const struct report_finding *finding = checks->rows[i].finding;

		if (finding == NULL)
			continue;
		if (told == TOLD_MOST) {
			more++;
			continue;
		}
		told++;
		buf_printf(to, "%s (%s%s): ", finding->id, finding->severity, finding->excused ? ", borne" : baseline_knows(finding) ? ", known" : "");
		put_plain(to, finding->title);
		buf_text(to, ", ");
		put_plain(to, finding->where);
		buf_text(to, "\n");
	}
	if (more != 0)
		buf_printf(to, "and %zu more\n", more);
}

static void put_remarks(const struct report *report, struct buf *to)
{
	struct buf lines = BUF_OWN;
	const char *rest, *line;
	size_t len;

	remarks_of(report, &lines);
	for (rest = lines.data; (len = remark_next(&rest, &line)) != 0;) {
		struct buf text = BUF_OWN;

		buf_add(&text, line, len);
		put_plain(to, text.data);
		buf_text(to, "\n");
		buf_release(&text);
	}
	buf_release(&lines);
}

static void write_nagios(const struct report *report, const struct format_look *look, struct buf *to)
{
	static const char *const names[] = { "OK", "WARNING", "CRITICAL", "UNKNOWN" };
	struct checks checks;
	size_t open = 0;

	(void)look;
	checks_of(report, &checks);
	for (size_t i = 0; i < report->target_count; i++)
		open += strcmp(report->targets[i].verdict, "open") == 0;
	buf_printf(to, "RELAYAUDIT %s - %s", names[state_of(report, &checks)], report->verdict);
	if (report->target_count == 1) {
		buf_text(to, ": ");
		put_plain(to, report->targets[0].host);
	} else if (report->target_count > 1) {
		buf_printf(to, ": %zu of %zu servers open", open, report->target_count);
	}
	buf_printf(to, ", %zu failed, %zu not judged, %zu fine", checks.of_state[CHECK_FAILED], checks.of_state[CHECK_UNTESTED],
		   checks.of_state[CHECK_PASSED] + checks.of_state[CHECK_NOTED] + checks.of_state[CHECK_EXCUSED] +
			   checks.of_state[CHECK_KNOWN]);
	buf_printf(to, "|open=%zu;;1;0;%zu probes=%zu;;;0 accepted=%zu;;;0 unjudged=%zu;;;0 findings=%zu;;;0\n", open, report->target_count,
		   report->probes_run, report->probes_accepted, report->probes_unjudged, report->finding_count);
	put_findings(&checks, to);
	put_remarks(report, to);
	checks_release(&checks);
}

static int nagios_status(const struct report *report)
{
	struct checks checks;
	enum state state;

	checks_of(report, &checks);
	state = state_of(report, &checks);
	checks_release(&checks);
	return (int)state;
}

const struct format format_nagios = {
	.name = "nagios",
	.about = "a monitoring plugin's line with performance data, and its exit status",
	.of = FORMAT_OF_AUDIT,
	.write = write_nagios,
	.status = nagios_status,
	.status_unwritten = STATE_UNKNOWN,
};
