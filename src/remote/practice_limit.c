/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_limit.c - what a client may do before the server slows down or hangs up
 *
 * Counted as the real ones count: Postfix lets the reply to the error that reaches
 * its soft limit go at once and holds back those after it; Exim lets one RSET, one
 * HELO and one STARTTLS go free between messages.
 */
#include "remote/practice_session.h"

#include <string.h>

static const struct practice_rules *rules_of(const struct practice_session *session)
{
	return session->practice->rules;
}

/* Whether Exim would count it as a command without mail: each of some is free once between messages. */
static bool is_without_mail(struct practice_session *session, unsigned verb, enum practice_stage stage)
{
	bool *once = stage == AT_RSET     ? &session->used_rset :
		     stage == AT_EHLO     ? &session->used_helo :
		     stage == AT_STARTTLS ? &session->used_starttls :
					    NULL;
	bool free_now = once != NULL && !*once;

	if ((verb & VERB_MAIL) != 0)
		return false;
	if (once != NULL)
		*once = true;
	return !free_now;
}

/* A limit whose text takes the place of the reply. */
static void replace(struct practice_session *session, enum practice_text text, size_t mark)
{
	practice_unsay(session, mark);
	session->sleep = 0;
	practice_cut_off(session, text);
}

/* Exim's: the reply that is one too many has a second line. */
static void end_for_syntax(struct practice_session *session, size_t mark)
{
	struct buf *out = &session->practice->out;
	size_t len = out->len;

	practice_cut_off(session, TEXT_SYNTAX);
	if (len >= mark + 4 && memcmp(out->data + mark, out->data + len, 3) == 0)
		out->data[mark + 3] = '-';
}

/* How long the reply waits for what was refused, and whether the session has errors left. */
static void count_refusal(struct practice_session *session, unsigned verb)
{
	const long *numbers = rules_of(session)->numbers;

	session->errors++;
	session->refusals++;
	if ((verb & VERB_RCPT) == 0)
		return;
	session->practice->counts.refused++;
	session->bad_recipients += session->mail;
	session->sleep += numbers[NUMBER_REFUSED_DELAY];
	if (numbers[NUMBER_RCPT_THROTTLE] != 0 && session->bad_recipients > (unsigned long)numbers[NUMBER_RCPT_FREE])
		session->sleep += numbers[NUMBER_RCPT_THROTTLE];
}

void practice_account(struct practice_session *session, unsigned verb, enum practice_stage stage, size_t mark)
{
	const long *numbers = rules_of(session)->numbers;
	struct buf *out = &session->practice->out;
	unsigned errors = session->errors;

	if (out->len > mark && (out->data[mark] == '4' || out->data[mark] == '5'))
		count_refusal(session, verb);
	if (numbers[NUMBER_HARD_ERRORS] != 0 && errors >= (unsigned long)numbers[NUMBER_SOFT_ERRORS])
		session->sleep += numbers[NUMBER_ERROR_SLEEP];
	session->unknown += (verb & VERB_UNKNOWN) != 0;
	session->nonmail += is_without_mail(session, verb, stage);
	if (numbers[NUMBER_UNKNOWN] != 0 && session->unknown > (unsigned long)numbers[NUMBER_UNKNOWN])
		replace(session, TEXT_UNKNOWN, mark);
	else if (numbers[NUMBER_NONMAIL] != 0 && session->nonmail > (unsigned long)numbers[NUMBER_NONMAIL])
		replace(session, TEXT_NONMAIL, mark);
	else if (numbers[NUMBER_SYNTAX] != 0 && session->syntax > (unsigned long)numbers[NUMBER_SYNTAX])
		end_for_syntax(session, mark);
	else if (numbers[NUMBER_HARD_ERRORS] != 0 && session->errors >= (unsigned long)numbers[NUMBER_HARD_ERRORS])
		practice_cut_off(session, TEXT_ERRORS);
	else if (numbers[NUMBER_CLOSE_AFTER] != 0 && session->commands >= (unsigned long)numbers[NUMBER_CLOSE_AFTER])
		session->then = NEXT_CLOSE;
	session->practice->counts.slept += session->sleep != 0;
}
