/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_report.c - any bytes as a saved report
 *
 * They end in one sentence that may be shown, or in a report that every format of its kind
 * draws, and that comes back from its own JSON; as its own baseline it knows all of itself.
 * What is no JSON is refused, however it is cut.
 */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "report/baseline.h"
#include "report/format.h"
#include "report/judge.h"
#include "report/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void draw_all(const struct report *report)
{
	static const struct format *const formats[] = {
		&format_text, &format_json,     &format_ndjson, &format_junit,  &format_sarif,      &format_github, &format_gitlab,
		&format_tap,  &format_markdown, &format_html,   &format_nagios, &format_prometheus, &format_svg,
	};
	const struct format_look look = { .verbose = true, .width = 80 };
	unsigned of = report->map != NULL ? FORMAT_OF_MAP : FORMAT_OF_AUDIT;

	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		struct buf text = BUF_OWN;

		if ((formats[i]->of & of) != 0)
			formats[i]->write(report, &look, &text);
		buf_release(&text);
	}
}

static void check_round(const struct report *report)
{
	const struct format_look look = { .width = 80 };
	struct buf text = BUF_OWN, again = BUF_OWN;
	struct err err = ERR_INIT;
	struct loaded other;

	format_json.write(report, &look, &text);
	check(text.cut || loaded_parse("again", &text, &other, &err) == 0);
	if (!text.cut) {
		format_json.write(&other.report, &look, &again);
		check(strcmp(text.data, again.data) == 0);
		loaded_release(&other);
	}
	buf_release(&again);
	buf_release(&text);
}

static void check_itself(const struct loaded *loaded, const struct buf *text)
{
	struct err err = ERR_INIT;
	struct loaded other;

	check(loaded_parse("itself", text, &other, &err) == 0);
	/* Not of everything a later one can be known again. */
	if (baseline_apply(&loaded->report, "itself", &other.report, &err) == 0) {
		report_judge(&other.report, SEVERITY_HIGH, report_doubt(&other.report));
		draw_all(&other.report);
	}
	loaded_release(&other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = BUF_OWN;
	struct err err = ERR_INIT;
	struct loaded loaded;
	json_error_t error;
	json_t *whole;

	buf_add(&text, (const char *)data, size);
	whole = json_loadb(text.data, text.len, JSON_REJECT_DUPLICATES, &error);
	if (loaded_parse("fuzzed", &text, &loaded, &err) != 0) {
		check(err.text[0] != '\0');
		/* A line and a column are told of what is no JSON, and of nothing else. */
		check(whole == NULL || strncmp(err.text, "fuzzed: ", 8) == 0);
		for (const char *byte = err.text; *byte != '\0'; byte++)
			check(*byte >= ' ' && *byte <= '~');
	} else {
		check(whole != NULL);
		report_judge(&loaded.report, SEVERITY_HIGH, report_doubt(&loaded.report));
		draw_all(&loaded.report);
		check_round(&loaded.report);
		check_itself(&loaded, &text);
		loaded_release(&loaded);
	}
	json_decref(whole);
	buf_release(&text);
	return 0;
}
