/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settle.c - from reply to outcome
 *
 * A 4yz that denies relaying is a refusal like any other (Postfix's
 * defer_unauth_destination); one that passes is asked again once.  A refusal of a
 * sender that is not the trick says nothing of the recipient.
 */
#include "audit/settle.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "probe/attempt.h"
#include "probe/probe.h"
#include "smtp/reply.h"

/* Of a reply that is remembered; longer ones are read each time. */
enum { READING_MOST = 508 };

static const char *pooled_reply(const struct reply *reply, struct pool *pool)
{
	struct buf text = BUF_INIT(1024);
	const char *copy;

	reply_print(reply, &text);
	copy = pool_bytes(pool, text.data, text.len);
	buf_release(&text);
	return copy;
}

/* Outcome of a reply that refuses, by class and reason. */
static enum outcome outcome_of(const struct reply *reply, enum reason reason)
{
	if (reply_class(reply) == REPLY_DEFERRED && reason != REASON_RELAYING_DENIED && reason != REASON_AUTH_REQUIRED)
		return OUTCOME_DEFERRED;
	return OUTCOME_REJECTED;
}

/* Whether the reply refused a sender that the probe left open, so that its recipient was not tested. */
static bool blames_open_sender(const struct attempt *attempt, const struct step *step, enum reason reason)
{
	if (attempt->probe->trick == TRICK_SENDER)
		return false;
	return reason == REASON_SENDER_REFUSED || (step->stage == STAGE_MAIL && !reason_is_passing(reason) &&
						   reason != REASON_TLS_REQUIRED && reason != REASON_AUTH_REQUIRED &&
						   reason != REASON_RELAYING_DENIED && reason != REASON_CLIENT_BLOCKED &&
						   reason != REASON_HELLO_REFUSED);
}

/*
 * Whether the reply is one to its command: another 2yz or 3yz than RFC 5321 4.3.2 knows there, or an enhanced
 * code that says the contrary, answers something else.
 */
static bool is_answer(const struct step *step, const struct reply *reply)
{
	bool yes = reply_class(reply) == REPLY_ACCEPTED, more = reply_class(reply) == REPLY_MORE;

	/* OpenSMTPD says "252 5.5.1" to VRFY. */
	if (step->stage != STAGE_MAIL && step->stage != STAGE_RCPT)
		return true;
	if (more || (yes && (reply->code < 250 || reply->code > 252)))
		return false;
	return reply->status[0] == 0 || yes == (reply->status[0] == 2);
}

static const char *contradiction(const struct reply *reply, struct pool *pool)
{
	struct buf note = BUF_INIT(1024);
	const char *copy;

	buf_text(&note, "the reply answers something else, or contradicts itself: ");
	reply_print(reply, &note);
	copy = pool_bytes(pool, note.data, note.len);
	buf_release(&note);
	return copy;
}

/* What a reply came to. */
struct reading {
	const char *shown;
	enum reason reason;
};

static void remember(struct pool *pool, const char *key, size_t len, const struct reading *reading)
{
	struct reading *copy = mem_new(sizeof *copy);

	*copy = *reading;
	pool_bytes(pool, key, len);
	*pool_beside(pool, key, len) = copy;
}

/*
 * A fleet gives the same few replies.  One that was shown before is remembered, so that it is not read a third
 * time; what each server says in words of its own is not.  A reason hangs on the code, the text, and what was asked.
 */
static struct reading read_reply(const struct reply *reply, enum stage stage, struct pool *pool)
{
	const char head[4] = { '\0', (char)stage, (char)(reply->code / 100), (char)(reply->code % 100) };
	char key[sizeof head + READING_MOST];
	bool fits = reply->len <= READING_MOST && !reply->cut, again;
	void **known = NULL;
	struct buf shown = BUF_INIT(1024);

	if (fits) {
		memcpy(key, head, sizeof head);
		memcpy(key + sizeof head, reply->text, reply->len);
		known = pool_beside(pool, key, sizeof head + reply->len);
	}
	if (known != NULL)
		return *(const struct reading *)*known;
	reply_print(reply, &shown);
	again = pool_beside(pool, shown.data, shown.len) != NULL;
	struct reading reading = { pool_bytes(pool, shown.data, shown.len), reason_of(reply, stage) };

	buf_release(&shown);
	if (fits && again)
		remember(pool, key, sizeof head + reply->len, &reading);
	return reading;
}

static void write_down(struct attempt *attempt, const struct step *step, const struct reply *reply, struct pool *pool)
{
	enum stage stage = step ? step->stage : STAGE_DATA;
	struct reading reading = read_reply(reply, stage, pool);

	attempt->reply = reading.shown;
	attempt->stage = stage;
	attempt->reason = reading.reason;
	attempt->decided = step == NULL || step->decides;
}

static enum next refused(struct attempt *attempt, const struct step *step, const struct reply *reply,
			 const struct settle_chances *chances)
{
	attempt->outcome = outcome_of(reply, attempt->reason);
	attempt->proof = PROOF_NONE;
	if (attempt->reason == REASON_TLS_REQUIRED && chances->tls)
		return NEXT_TLS;
	if (blames_open_sender(attempt, step, attempt->reason) && chances->sender)
		return NEXT_SENDER;
	if (reason_is_passing(attempt->reason) && chances->later)
		return NEXT_LATER;
	return NEXT_SETTLED;
}

/*
 * Whether a message that has an ending in it which is none was refused, and with it the trick: Postfix answers a
 * bare LF with 521, Exim with 421, and both hang up.
 */
static bool turns_down_ending(const struct attempt *attempt, const struct step *step, const struct reply *reply)
{
	if (!attempt->probe->sends_message || !attempt->probe->unasked || attempt->probe->finding == NULL)
		return false;
	if (step->stage != STAGE_DATA || text_starts_nocase(line_head(&step->line), "DATA"))
		return false;
	return reply->code == 421 || reply_class(reply) == REPLY_REJECTED;
}

/* A message may be seen at the sink before the server says that it has it: that proves more. */
static void prove_taken(struct attempt *attempt)
{
	if (attempt->proof < PROOF_DATA)
		attempt->proof = PROOF_DATA;
}

enum next settle_reply(struct attempt *attempt, const struct step *step, const struct reply *reply,
		       const struct settle_chances *chances, struct pool *pool)
{
	bool as_expected = expectation_holds(&step->expect, reply);

	if (attempt->proof == PROOF_DELIVERED && !as_expected)
		return NEXT_SETTLED;
	if (turns_down_ending(attempt, step, reply)) {
		write_down(attempt, step, reply, pool);
		attempt->outcome = OUTCOME_REJECTED;
		attempt->reason = REASON_RIGHT_ANSWER;
		attempt->decided = true;
		return NEXT_SETTLED;
	}
	if (reply->code == 421)
		return NEXT_AGAIN;
	if (!is_answer(step, reply)) {
		settle_unanswered(attempt, REASON_MALFORMED_REPLY, contradiction(reply, pool));
		return NEXT_SETTLED;
	}
	if (as_expected && !step->decides)
		return NEXT_GO_ON;
	write_down(attempt, step, reply, pool);
	if (as_expected) {
		attempt->outcome = OUTCOME_ACCEPTED;
		attempt->reason = REASON_NONE;
		if (attempt->probe->sends_message) {
			/* Alone already, and never sent twice. */
			prove_taken(attempt);
			attempt->alone = true;
			return NEXT_SETTLED;
		}
		attempt->proof = reply->code == 354 ? PROOF_GO_AHEAD : PROOF_RCPT;
		return NEXT_SURE;
	}
	if (reply_class(reply) == REPLY_ACCEPTED || reply_class(reply) == REPLY_MORE) {
		/* Who is not fooled may answer the last question kindly. */
		if (step->decides && attempt->probe->finding != NULL && step->stage != STAGE_RCPT) {
			attempt->outcome = OUTCOME_REJECTED;
			attempt->reason = REASON_RIGHT_ANSWER;
			return NEXT_SETTLED;
		}
		/* Yes, in another code than the probe knows: no refusal, whatever it is. */
		if (step->decides && (step->stage == STAGE_DATA || step->stage == STAGE_RCPT)) {
			settle_unanswered(attempt, REASON_MALFORMED_REPLY, contradiction(reply, pool));
			return NEXT_SETTLED;
		}
		/* A step on the way was taken where it should have been refused, or the other way round. */
		attempt->outcome = OUTCOME_SKIPPED;
		attempt->reason = REASON_NOT_APPLICABLE;
		attempt->note = "a step before the deciding one was answered otherwise than the trick needs";
		return NEXT_SETTLED;
	}
	return refused(attempt, step, reply, chances);
}

/* As far as it goes without a message; with one, the reply to its end decides. */
static enum next go_ahead(struct attempt *attempt, const struct settle_chances *chances)
{
	attempt->proof = PROOF_GO_AHEAD;
	attempt->alone = !chances->message;
	return chances->message ? NEXT_GO_ON : NEXT_SETTLED;
}

/* DATA, alone, behind a recipient that was accepted again. */
static enum next settle_data(struct attempt *attempt, const struct reply *reply, const struct settle_chances *chances,
			     struct pool *pool)
{
	if (reply->code == 354)
		return go_ahead(attempt, chances);
	if (reason_is_passing(reason_of(reply, STAGE_DATA)) && chances->later)
		return NEXT_LATER;
	if (reply_class(reply) == REPLY_ACCEPTED) {
		attempt->note = "accepted, but DATA was answered by neither go-ahead nor refusal";
		return NEXT_SETTLED;
	}
	attempt->alone = true;
	write_down(attempt, NULL, reply, pool);
	attempt->outcome = outcome_of(reply, attempt->reason);
	attempt->proof = PROOF_NONE;
	attempt->note = "the recipient was accepted, and DATA refused";
	return NEXT_SETTLED;
}

enum next settle_alone(struct attempt *attempt, const struct step *step, const struct reply *reply,
		       const struct settle_chances *chances, struct pool *pool)
{
	if (reply->code == 421)
		return NEXT_AGAIN;
	if (step == NULL)
		return settle_data(attempt, reply, chances, pool);
	if (!is_answer(step, reply)) {
		settle_unanswered(attempt, REASON_MALFORMED_REPLY, contradiction(reply, pool));
		return NEXT_SETTLED;
	}
	if (expectation_holds(&step->expect, reply)) {
		if (!step->decides)
			return NEXT_GO_ON;
		attempt->reply = pooled_reply(reply, pool);
		if (step->stage == STAGE_RCPT)
			return NEXT_GO_ON;
		if (reply->code == 354)
			return go_ahead(attempt, chances);
		/* Nothing comes behind a deciding reply to another command. */
		attempt->alone = true;
		return NEXT_SETTLED;
	}
	if (reason_is_passing(reason_of(reply, step->stage)) && chances->later)
		return NEXT_LATER;
	struct buf note = BUF_INIT(1024);

	buf_text(&note, "accepted in a session with others, and refused when it was tried alone: ");
	reply_print(reply, &note);
	attempt->note = pool_bytes(pool, note.data, note.len);
	buf_release(&note);
	return NEXT_SETTLED;
}

enum next settle_message(struct attempt *attempt, const struct reply *reply, const struct settle_chances *chances, struct pool *pool)
{
	/* It came, whatever is said of it now. */
	if (attempt->proof == PROOF_DELIVERED && reply_class(reply) != REPLY_ACCEPTED)
		return NEXT_SETTLED;
	if (reply->code == 421)
		return NEXT_AGAIN;
	if (reply_class(reply) == REPLY_MORE) {
		attempt->note = "the message was answered by neither acceptance nor refusal";
		return NEXT_SETTLED;
	}
	if (reply_class(reply) != REPLY_ACCEPTED && reason_is_passing(reason_of(reply, STAGE_DATA)) && chances->later)
		return NEXT_LATER;
	attempt->alone = true;
	write_down(attempt, NULL, reply, pool);
	attempt->stage = STAGE_MESSAGE;
	if (reply_class(reply) == REPLY_ACCEPTED) {
		prove_taken(attempt);
		attempt->reason = REASON_NONE;
		return NEXT_SETTLED;
	}
	attempt->outcome = outcome_of(reply, attempt->reason);
	attempt->proof = PROOF_NONE;
	attempt->note = "accepted up to the go-ahead of DATA, and the message refused at its end";
	return NEXT_SETTLED;
}

void settle_unanswered(struct attempt *attempt, enum reason reason, const char *note)
{
	if (attempt->proof == PROOF_DELIVERED)
		return;
	attempt->outcome = OUTCOME_ERROR;
	attempt->proof = PROOF_NONE;
	attempt->reason = reason;
	attempt->note = note;
	attempt->reply = NULL;
}
