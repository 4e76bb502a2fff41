/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_probe.c - any bytes as a probe file
 *
 * They end in complaints that may be shown, or in a probe that keeps the rules by
 * which sessions are made of it: above all, that no message is handed over where
 * none was meant to be, and that none is left without its end.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/text.h"
#include "probe/parse.h"
#include "probe/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_complaints(const struct complaints *complaints)
{
	check(complaints->count >= 1 && complaints->count <= COMPLAINTS_MOST);
	for (size_t i = 0; i < complaints->count; i++) {
		check(complaints->rows[i].line >= 1 && complaints->rows[i].column >= 1);
		for (const char *byte = complaints->rows[i].text; *byte != '\0'; byte++)
			check(*byte >= ' ' && *byte <= '~');
	}
}

/* All client bytes as a server sees them, placeholders empty: DATA only as the last command, BDAT only of nothing. */
static void check_stream(const struct probe *probe)
{
	struct values values;
	struct buf stream = BUF_OWN;

	for (int i = 0; i < PLACEHOLDERS; i++)
		values.of[i] = "";
	for (size_t i = 0; i < probe->step_count; i++)
		check(line_expand(&probe->steps[i].line, &values, &stream) < 0);
	for (size_t at = 0; at < stream.len;) {
		const char *line = stream.data + at;
		size_t len = 0, blanks = 0;

		while (at + len < stream.len && strchr("\r\n", line[len]) == NULL)
			len++;
		while (blanks < len && (line[blanks] == ' ' || line[blanks] == '\t'))
			blanks++;
		if (text_starts_nocase(line + blanks, "DATA"))
			check(text_equal_nocase(line + blanks, "DATA\r\n"));
		if (text_starts_nocase(line + blanks, "BDAT"))
			check(text_starts_nocase(line + blanks, "BDAT 0 LAST\r\n"));
		at += len + 1;
	}
	buf_release(&stream);
}

/* Behind each 354 that does not decide comes a message, and its write ends in the only true end. */
static void check_messages(const struct probe *probe)
{
	struct values values;

	for (int i = 0; i < PLACEHOLDERS; i++)
		values.of[i] = "";
	values.of[PLACE_MESSAGE] = values.of[PLACE_SECOND_MESSAGE] = "m\r\n";
	for (size_t i = 0; i < probe->step_count; i++) {
		const struct step *step = &probe->steps[i];
		struct buf text = BUF_OWN;
		size_t at = i;

		if (step->kind != EXCHANGE_MESSAGE)
			continue;
		check(i != 0 && text_equal_nocase(line_head(&step[-1].line), "DATA\r\n") && step[-1].replies);
		check(step->timing == EXCHANGE_ALONE && step[-1].expect.count == 1 && step[-1].expect.codes[0] == 354);
		do {
			check(line_expand(&probe->steps[at].line, &values, &text) < 0);
		} while (++at < probe->step_count && probe->steps[at].timing == EXCHANGE_JOINED);
		check(probe->steps[at - 1].replies && probe->steps[at - 1].stage == STAGE_DATA);
		check(text.len >= 6 && memmem(text.data, text.len, "\r\n.\r\n", 5) == text.data + text.len - 5);
		buf_release(&text);
	}
}

static void check_meaning(const struct probe *probe)
{
	bool others = probe->classic != 0 || probe->standard != 0 || probe->thorough;

	check(!probe_is_special(probe) || (!others && probe->control == CONTROL_NONE));
	check(probe->intrusive == (probe->leaves != NULL));
	check(probe->shown == SHOWN_BY_REPLY || probe->sends_message);
	check(!probe->sends_message || !probe->shareable);
	check(!probe->speaks_first || (probe->opens_itself && !probe->shareable && (probe->needs & NEEDS_PLAINTEXT) != 0));
}

static void check_probe(const struct probe *probe)
{
	check(probe->name != NULL && probe->title != NULL && probe->explain != NULL);
	check(probe->step_count >= 1 && probe->step_count <= PROBE_STEPS_MOST);
	for (size_t i = 0; i < probe->step_count; i++)
		check(probe->steps[i].decides == (i + 1 == probe->step_count));
	check(probe->steps[probe->step_count - 1].replies);
	check(!probe->plain_shape || (probe->shareable && probe->step_count == 2));
	check(!probe->has_hello || probe->opens_itself);
	check(probe->classic >= 0 && probe->classic <= 17);
	check(probe->control == CONTROL_NONE || (probe->classic == 0 && probe->standard == 0 && !probe->thorough));
	check(probe->control != CONTROL_NONE || probe_fix(probe, NULL) != NULL);
	check_meaning(probe);
	if (probe->sends_message)
		check_messages(probe);
	else
		check_stream(probe);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct complaints complaints;
	struct probe *probe;

	if (size > PROBE_FILE_MOST)
		return 0;
	complaints_init(&complaints, "fuzzed");
	probe = probe_parse("fuzzed", (const char *)data, size, &complaints);
	if (probe == NULL) {
		check_complaints(&complaints);
	} else {
		check(complaints.count == 0);
		check_probe(probe);
	}
	probe_free(probe);
	complaints_release(&complaints);
	return 0;
}
