/* SPDX-License-Identifier: Apache-2.0 */
/*
 * result_rows.c - the members of result lines
 */
#include "audit/result_rows.h"

#include "audit/result.h"
#include "smtp/transcript.h"

const struct name_row result_kind_names[] = {
	{ "attempt", RESULT_ATTEMPT }, { "view", RESULT_VIEW }, { "alive", RESULT_ALIVE },
	{ "fault", RESULT_FAULT },     { "done", RESULT_DONE }, { NULL, 0 },
};
_Static_assert(sizeof result_kind_names / sizeof *result_kind_names == RESULT_KINDS + 1, "each kind has its name");

static const char *outcome_word(int number)
{
	return outcome_name((enum outcome)number);
}

/* What only a sink can show is no agent's to say: names end before it. */
static const char *proof_word(int number)
{
	return proof_name((enum proof)number);
}

static const char *reason_word(int number)
{
	return number == REASON_NONE ? NULL : reason_name((enum reason)number);
}

static const char *stage_word(int number)
{
	return stage_name((enum stage)number);
}

static const char *reach_word(int number)
{
	return reach_name((enum reach)number);
}

static const char *mode_word(int number)
{
	return tls_mode_name((enum tls_mode)number);
}

static const char *answer_word(int number)
{
	static const char *const names[] = { NULL, "accepted", "refused" };

	return names[number];
}

#define AT(type, member) .offset = offsetof(struct type, member)
#define TEXT(type, member) { .key = #member, .kind = SHAPE_TEXT, AT(type, member), .most = RESULT_TEXT_MOST }
#define MAYBE(type, member) { .key = #member, .kind = SHAPE_TEXT, AT(type, member), .most = RESULT_TEXT_MOST, .nullable = true }
#define COUNT(type, member, limit) { .key = #member, .kind = SHAPE_COUNT, AT(type, member), .most = limit }
#define FLAG(type, member) { .key = #member, .kind = SHAPE_FLAG, AT(type, member) }
#define NAME(type, member, last, word) { .key = #member, .kind = SHAPE_NAME, AT(type, member), .most = (last) + 1, .name = word }
#define KIND { .key = "type", .kind = SHAPE_OTHER }
#define END { .key = NULL }

const struct shape_row result_attempt_rows[] = {
	KIND,
	COUNT(result_attempt, endpoint, 1 << 20),
	COUNT(result_attempt, number, TOKEN_NUMBER_MOST),
	TEXT(result_attempt, probe),
	TEXT(result_attempt, domain),
	NAME(result_attempt, outcome, OUTCOMES - 1, outcome_word),
	NAME(result_attempt, proof, PROOF_DATA, proof_word),
	NAME(result_attempt, reason, REASONS - 1, reason_word),
	NAME(result_attempt, stage, STAGES - 1, stage_word),
	NAME(result_attempt, unknown, ANSWER_REFUSED, answer_word),
	FLAG(result_attempt, decided),
	FLAG(result_attempt, alone),
	MAYBE(result_attempt, mail_from),
	MAYBE(result_attempt, rcpt_to),
	MAYBE(result_attempt, reply),
	MAYBE(result_attempt, note),
	{ .key = "transcript", .kind = SHAPE_LINES, AT(result_attempt, transcript), .most = TRANSCRIPT_MOST, .nullable = true },
	END,
};

const struct shape_row result_view_rows[] = {
	KIND,
	COUNT(result_view, endpoint, 1 << 20),
	NAME(result_view, reach, REACHES - 1, reach_word),
	NAME(result_view, reach_reason, REASONS - 1, reason_word),
	NAME(result_view, mode, TLS_MODE_IMPLICIT, mode_word),
	COUNT(result_view, banner_code, 999),
	COUNT(result_view, sessions, RESULT_SESSIONS_MOST),
	MAYBE(result_view, reach_text),
	MAYBE(result_view, banner),
	MAYBE(result_view, hello),
	TEXT(result_view, capabilities),
	MAYBE(result_view, local),
	MAYBE(result_view, seen_as),
	TEXT(result_view, helo),
	MAYBE(result_view, tls_version),
	MAYBE(result_view, tls_cipher),
	MAYBE(result_view, tls_subject),
	MAYBE(result_view, tls_issuer),
	MAYBE(result_view, tls_expires),
	MAYBE(result_view, tls_trust),
	FLAG(result_view, throttled),
	END,
};

const struct shape_row result_fault_rows[] = { KIND, TEXT(result_fault, text), END };
const struct shape_row result_sign_rows[] = { KIND, END };
