/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_settle.c - what each reply makes of an attempt, and what is done next
 */
#include "audit/settle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/pool.h"
#include "probe/attempt.h"
#include "probe/probe.h"
#include "smtp/reply.h"

static int set_up(void **state)
{
	*state = pool_new();
	return 0;
}

static int tear_down(void **state)
{
	pool_free(*state);
	return 0;
}

static const struct step mail = { .stage = STAGE_MAIL, .replies = true, .expect = { { 2 }, 1 } };
static const struct step rcpt = { .stage = STAGE_RCPT, .replies = true, .decides = true, .expect = { { 2 }, 1 } };
static const struct step refused = { .stage = STAGE_RCPT, .replies = true, .expect = { { 4, 5 }, 2 } };
static const struct step any = { .stage = STAGE_RCPT, .replies = true };
static const struct step data = { .stage = STAGE_DATA, .replies = true, .decides = true, .expect = { { 354 }, 1 } };
static const struct step hello = { .stage = STAGE_HELLO, .replies = true, .expect = { { 2 }, 1 } };

static const struct probe recipient = { .trick = TRICK_RECIPIENT }, sender = { .trick = TRICK_SENDER };

#define ALL { true, true, true, false }
#define NO_LATER { false, true, true, false }
#define NO_SENDER { true, false, true, false }
#define NO_TLS { true, true, false, false }
#define NONE { false, false, false, false }

struct row {
	const char *name;
	const struct step *step;        /* NULL: the DATA behind an attempt alone */
	const char *raw;
	struct settle_chances chances;
	enum next next;
	enum outcome outcome;
	enum reason reason;
	enum proof proof;
	bool alone;
};

static void check(const struct row *row, const struct probe *probe, const struct attempt *before, struct pool *pool,
		  enum next (*settle)(struct attempt *attempt, const struct step *step, const struct reply *reply,
				      const struct settle_chances *chances, struct pool *pool))
{
	struct attempt attempt = *before;
	struct reply_reader reader;
	struct reply reply;
	enum next next;
	size_t used;

	attempt.probe = probe;
	reply_reader_init(&reader);
	assert_int_equal(reply_read(&reader, row->raw, strlen(row->raw), &used, &reply), REPLY_READY);
	next = settle(&attempt, row->step, &reply, &row->chances, pool);
	if (next != row->next)
		fail_msg("%s: next is %d, not %d", row->name, next, row->next);
	if (attempt.outcome != row->outcome || attempt.reason != row->reason || attempt.proof != row->proof || attempt.alone != row->alone)
		fail_msg("%s: %s for %s, proof %d, alone %d", row->name, outcome_name(attempt.outcome), reason_name(attempt.reason),
			 attempt.proof, attempt.alone);
	/* What is over has either the server's words or ours. */
	if (next == NEXT_SETTLED && attempt.reply == NULL && attempt.note == NULL)
		fail_msg("%s: nothing was written down", row->name);
	reply_reader_release(&reader);
}

static const struct attempt fresh = { .outcome = OUTCOME_SKIPPED, .reason = REASON_NOT_ASKED };

static const struct row to_the_trick[] = {
	/* Accepted */
	{ "accepted", &rcpt, "250 ok\n", ALL, NEXT_SURE, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
	{ "251", &rcpt, "251 will forward\n", ALL, NEXT_SURE, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
	{ "go-ahead", &data, "354 go\n", ALL, NEXT_SURE, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, false },
	/* On the way */
	{ "the sender is taken", &mail, "250 ok\n", ALL, NEXT_GO_ON, OUTCOME_SKIPPED, REASON_NOT_ASKED, PROOF_NONE, false },
	{ "any reply will do", &any, "550 no\n", ALL, NEXT_GO_ON, OUTCOME_SKIPPED, REASON_NOT_ASKED, PROOF_NONE, false },
	{ "a refusal that is wanted", &refused, "454 4.7.1 Relay access denied\n", ALL, NEXT_GO_ON, OUTCOME_SKIPPED, REASON_NOT_ASKED,
	  PROOF_NONE, false },
	{ "taken, though a refusal is wanted", &refused, "250 ok\n", ALL, NEXT_SETTLED, OUTCOME_SKIPPED, REASON_NOT_APPLICABLE, PROOF_NONE,
	  false },
	/* Refused */
	{ "relaying denied", &rcpt, "554 5.7.1 <v@outside.test>: Relay access denied\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
	  REASON_RELAYING_DENIED, PROOF_NONE, false },
	{ "relaying denied by 454", &rcpt, "454 4.7.1 <v@outside.test>: Relay access denied\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
	  REASON_RELAYING_DENIED, PROOF_NONE, false },
	{ "a login wanted, by 4yz", &rcpt, "454 4.7.0 Authentication required\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
	  REASON_AUTH_REQUIRED, PROOF_NONE, false },
	{ "unknown user", &rcpt, "550 5.1.1 User unknown\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_UNKNOWN_USER, PROOF_NONE, false },
	{ "unknown user, by 4yz", &rcpt, "450 4.1.1 <u@host.test>: Recipient address rejected: User unknown in relay recipient table\n",
	  ALL, NEXT_SETTLED, OUTCOME_DEFERRED, REASON_UNKNOWN_USER, PROOF_NONE, false },
	{ "blocked", &rcpt, "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen\n", ALL, NEXT_SETTLED,
	  OUTCOME_REJECTED, REASON_CLIENT_BLOCKED, PROOF_NONE, false },
	{ "DATA is refused", &data, "554 5.5.1 no valid recipients\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_BAD_SEQUENCE,
	  PROOF_NONE, false },
	{ "DATA is answered by 250, where it is the trick", &data, "250 ok\n", ALL, NEXT_SETTLED, OUTCOME_ERROR,
	  REASON_MALFORMED_REPLY, PROOF_NONE, false },
	/* Asked again after a pause */
	{ "greylisted", &rcpt, "450 4.7.1 Greylisted, try again later\n", ALL, NEXT_LATER, OUTCOME_DEFERRED, REASON_GREYLISTED,
	  PROOF_NONE, false },
	{ "greylisted again", &rcpt, "450 4.7.1 Greylisted, try again later\n", NO_LATER, NEXT_SETTLED, OUTCOME_DEFERRED,
	  REASON_GREYLISTED, PROOF_NONE, false },
	{ "a fault of the server's", &rcpt, "451 4.3.0 Temporary lookup failure\n", ALL, NEXT_LATER, OUTCOME_DEFERRED, REASON_TEMPORARY,
	  PROOF_NONE, false },
	{ "too much at once", &mail, "450 4.7.1 Error: too much mail from 192.0.2.7\n", ALL, NEXT_LATER, OUTCOME_DEFERRED,
	  REASON_RATE_LIMITED, PROOF_NONE, false },
	{ "too much at once again", &mail, "450 4.7.1 Error: too much mail from 192.0.2.7\n", NO_LATER, NEXT_SETTLED, OUTCOME_DEFERRED,
	  REASON_RATE_LIMITED, PROOF_NONE, false },
	/* 421 ends the session and answers nothing */
	{ "421 to the recipient", &rcpt, "421 4.7.0 too many errors\n", ALL, NEXT_AGAIN, OUTCOME_SKIPPED, REASON_NOT_ASKED, PROOF_NONE,
	  false },
	{ "421 on the way", &mail, "421 bye\n", NONE, NEXT_AGAIN, OUTCOME_SKIPPED, REASON_NOT_ASKED, PROOF_NONE, false },
	{ "421 where 4yz is wanted", &refused, "421 bye\n", ALL, NEXT_AGAIN, OUTCOME_SKIPPED, REASON_NOT_ASKED, PROOF_NONE, false },
	/* Another sender */
	{ "the sender is refused", &mail, "553 5.1.8 <s@nowhere.test>... Domain of sender address s@nowhere.test does not exist\n", ALL,
	  NEXT_SENDER, OUTCOME_REJECTED, REASON_SENDER_REFUSED, PROOF_NONE, false },
	{ "refused at the recipient for its sender", &rcpt, "550 5.1.8 <s@nowhere.test>: Sender address rejected: Domain not found\n", ALL,
	  NEXT_SENDER, OUTCOME_REJECTED, REASON_SENDER_REFUSED, PROOF_NONE, false },
	{ "a sender in words that nobody knows", &mail, "550 no\n", ALL, NEXT_SENDER, OUTCOME_REJECTED, REASON_OTHER, PROOF_NONE, false },
	{ "no other sender is left", &mail, "553 5.1.8 <s@nowhere.test>... Domain of sender address s@nowhere.test does not exist\n",
	  NO_SENDER, NEXT_SETTLED, OUTCOME_REJECTED, REASON_SENDER_REFUSED, PROOF_NONE, false },
	{ "the sender is deferred", &mail, "451 4.1.8 <s@nowhere.test>... Domain of sender address s@nowhere.test does not resolve\n", ALL,
	  NEXT_SENDER, OUTCOME_DEFERRED, REASON_SENDER_REFUSED, PROOF_NONE, false },
	{ "greylisted at the sender", &mail, "450 4.7.1 Greylisted\n", ALL, NEXT_LATER, OUTCOME_DEFERRED, REASON_GREYLISTED, PROOF_NONE,
	  false },
	{ "blocked at the sender", &mail, "550 5.7.1 Client host blocked using zen\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
	  REASON_CLIENT_BLOCKED, PROOF_NONE, false },
	{ "a login wanted at the sender", &mail, "530 5.7.0 Authentication required\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
	  REASON_AUTH_REQUIRED, PROOF_NONE, false },
	{ "the hello name is refused at the recipient", &rcpt, "504 5.5.2 <c>: Helo command rejected: need fully-qualified hostname\n", ALL,
	  NEXT_SETTLED, OUTCOME_REJECTED, REASON_HELLO_REFUSED, PROOF_NONE, false },
	{ "a hello that is refused", &hello, "501 Syntactically invalid EHLO argument(s)\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
	  REASON_HELLO_REFUSED, PROOF_NONE, false },
	/* TLS */
	{ "TLS is wanted", &mail, "530 5.7.0 Must issue a STARTTLS command first\n", ALL, NEXT_TLS, OUTCOME_REJECTED, REASON_TLS_REQUIRED,
	  PROOF_NONE, false },
	{ "TLS is wanted, and not to be had", &mail, "530 5.7.0 Must issue a STARTTLS command first\n", NO_TLS, NEXT_SETTLED,
	  OUTCOME_REJECTED, REASON_TLS_REQUIRED, PROOF_NONE, false },
	/* Replies to something else */
	{ "a greeting for an answer", &rcpt, "220 host.test\n", ALL, NEXT_SETTLED, OUTCOME_ERROR, REASON_MALFORMED_REPLY, PROOF_NONE, false },
	{ "yes and no", &rcpt, "250 5.7.1 Relaying denied\n", ALL, NEXT_SETTLED, OUTCOME_ERROR, REASON_MALFORMED_REPLY, PROOF_NONE, false },
	{ "no and yes", &rcpt, "550 2.1.5 Ok\n", ALL, NEXT_SETTLED, OUTCOME_ERROR, REASON_MALFORMED_REPLY, PROOF_NONE, false },
	{ "a go-ahead for a recipient", &rcpt, "354 go\n", ALL, NEXT_SETTLED, OUTCOME_ERROR, REASON_MALFORMED_REPLY, PROOF_NONE, false },
};

static void test_replies_to_the_trick(void **state)
{
	for (size_t i = 0; i < sizeof to_the_trick / sizeof *to_the_trick; i++)
		check(&to_the_trick[i], &recipient, &fresh, *state, settle_reply);
}

/* Where the sender is the trick, its refusal is the answer. */
static void test_replies_to_a_sender_that_is_the_trick(void **state)
{
	static const struct row rows[] = {
		{ "refused", &mail, "553 5.1.8 Domain of sender address does not exist\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
		  REASON_SENDER_REFUSED, PROOF_NONE, false },
		{ "refused at the recipient", &rcpt, "550 5.1.8 <s@nowhere.test>: Sender address rejected: Domain not found\n", ALL, NEXT_SETTLED,
		  OUTCOME_REJECTED, REASON_SENDER_REFUSED, PROOF_NONE, false },
		{ "in words that nobody knows", &mail, "550 no\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_OTHER, PROOF_NONE, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i], &sender, &fresh, *state, settle_reply);
}

static void test_replies_to_one_that_is_tried_alone(void **state)
{
	static const struct attempt accepted = { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_RCPT, .reply = "250 ok" };
	static const struct row rows[] = {
		{ "the sender is taken again", &mail, "250 ok\n", ALL, NEXT_GO_ON, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "the recipient is taken again: DATA comes", &rcpt, "250 ok\n", ALL, NEXT_GO_ON, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "go-ahead", NULL, "354 go\n", ALL, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, true },
		{ "DATA is refused for the relaying", NULL, "550 5.7.1 Relaying denied\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED,
		  REASON_RELAYING_DENIED, PROOF_NONE, true },
		{ "DATA is refused", NULL, "554 no\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_OTHER, PROOF_NONE, true },
		{ "DATA is deferred", NULL, "451 4.3.0 busy\n", ALL, NEXT_LATER, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "DATA is deferred again", NULL, "451 4.3.0 busy\n", NO_LATER, NEXT_SETTLED, OUTCOME_DEFERRED, REASON_TEMPORARY, PROOF_NONE, true },
		{ "DATA is answered by 250", NULL, "250 ok\n", ALL, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "421 to DATA", NULL, "421 bye\n", ALL, NEXT_AGAIN, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "421 to the recipient", &rcpt, "421 bye\n", ALL, NEXT_AGAIN, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "another deciding command", &data, "354 go\n", ALL, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, true },
		{ "refused when alone", &rcpt, "554 5.7.1 Relay access denied\n", ALL, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT,
		  false },
		{ "greylisted when alone", &rcpt, "450 4.7.1 Greylisted\n", ALL, NEXT_LATER, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT, false },
		{ "greylisted again when alone", &rcpt, "450 4.7.1 Greylisted\n", NO_LATER, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_RCPT,
		  false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i], &recipient, &accepted, *state, settle_alone);
}

#define MESSAGE { true, true, true, true }
#define NO_LATER_MESSAGE { false, true, true, true }

static enum next settle_message_at(struct attempt *attempt, const struct step *step, const struct reply *reply,
				   const struct settle_chances *chances, struct pool *pool)
{
	(void)step;
	return settle_message(attempt, reply, chances, pool);
}

/* With a message ready, the go-ahead is not the end; the reply to the message is. */
static void test_replies_to_a_message(void **state)
{
	static const struct attempt accepted = { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_RCPT, .reply = "250 ok" };
	static const struct attempt going = { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_GO_AHEAD, .reply = "250 ok" };
	static const struct row before[] = {
		{ "go-ahead", NULL, "354 go\n", MESSAGE, NEXT_GO_ON, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, false },
		{ "go-ahead to the deciding DATA", &data, "354 go\n", MESSAGE, NEXT_GO_ON, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, false },
		{ "DATA is refused", NULL, "554 no\n", MESSAGE, NEXT_SETTLED, OUTCOME_REJECTED, REASON_OTHER, PROOF_NONE, true },
	};
	static const struct row behind[] = {
		{ "taken", NULL, "250 queued as 1\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DATA, true },
		{ "refused for the relaying", NULL, "554 5.7.1 Relaying denied\n", MESSAGE, NEXT_SETTLED, OUTCOME_REJECTED, REASON_RELAYING_DENIED,
		  PROOF_NONE, true },
		{ "refused in words that nobody knows", NULL, "554 no\n", MESSAGE, NEXT_SETTLED, OUTCOME_REJECTED, REASON_OTHER, PROOF_NONE, true },
		{ "deferred", NULL, "451 4.3.0 busy\n", MESSAGE, NEXT_LATER, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, false },
		{ "deferred again", NULL, "451 4.3.0 busy\n", NO_LATER_MESSAGE, NEXT_SETTLED, OUTCOME_DEFERRED, REASON_TEMPORARY, PROOF_NONE, true },
		{ "a second go-ahead", NULL, "354 go\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, false },
		{ "421", NULL, "421 bye\n", MESSAGE, NEXT_AGAIN, OUTCOME_ACCEPTED, REASON_NONE, PROOF_GO_AHEAD, false },
	};

	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		check(&before[i], &recipient, &accepted, *state, settle_alone);
	for (size_t i = 0; i < sizeof behind / sizeof *behind; i++)
		check(&behind[i], &recipient, &going, *state, settle_message_at);
}

/* The sink may have the message before the server's word about it is read. */
static void test_a_delivery_before_the_reply_stands(void **state)
{
	static const struct attempt seen = { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_DELIVERED, .reply = "250 ok", .alone = true };
	static const struct attempt bounced = { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_BOUNCED, .reply = "250 ok", .bounced = true };
	static const struct row rows[] = {
		{ "taken", NULL, "250 queued as 1\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DELIVERED, true },
		{ "refused", NULL, "554 no\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DELIVERED, true },
		{ "deferred", NULL, "451 4.3.0 busy\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DELIVERED, true },
		{ "421", NULL, "421 bye\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DELIVERED, true },
	};
	static const struct row taken = { "bounced, and taken", NULL, "250 queued\n", MESSAGE, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_BOUNCED, true };
	struct attempt attempt = seen;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i], &recipient, &seen, *state, settle_message_at);
	check(&taken, &recipient, &bounced, *state, settle_message_at);
	settle_unanswered(&attempt, REASON_CONNECTION_LOST, NULL);
	assert_int_equal(attempt.proof, PROOF_DELIVERED);
	assert_int_equal(attempt.outcome, OUTCOME_ACCEPTED);
}

/* A probe with messages of its own is settled by its last reply, and never sent twice. */
static void test_replies_to_a_probe_that_sends_messages(void **state)
{
	static const struct step end = { .stage = STAGE_DATA, .replies = true, .decides = true, .expect = { { 2 }, 1 } };
	static const struct step noop = { .stage = STAGE_OTHER, .replies = true, .decides = true, .expect = { { 354 }, 1 } };
	static const struct probe sends = { .trick = TRICK_RECIPIENT, .sends_message = true };
	static const struct probe smuggles = { .trick = TRICK_SESSION, .sends_message = true, .finding = "smuggling" };
	static const struct row taken = { "taken", &end, "250 ok\n", ALL, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DATA, true };
	static const struct row fooled = { "fooled", &noop, "354 go\n", ALL, NEXT_SETTLED, OUTCOME_ACCEPTED, REASON_NONE, PROOF_DATA, true };
	static const struct row right = { "not fooled", &noop, "250 ok\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_RIGHT_ANSWER, PROOF_NONE, false };

	static const struct step ending = { .stage = STAGE_DATA, .replies = true, .expect = { { 2 }, 1 } };
	static const struct probe odd = { .trick = TRICK_SESSION, .sends_message = true, .unasked = true, .finding = "smuggling" };
	static const struct row rows[] = {
		{ "Postfix", &ending, "521 5.5.2 mx.test Error: bare <LF> received\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_RIGHT_ANSWER,
		  PROOF_NONE, false },
		{ "Exim", &ending, "421 mx.test lost input connection\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_RIGHT_ANSWER, PROOF_NONE, false },
		{ "on the way there", &mail, "421 bye\n", ALL, NEXT_AGAIN, OUTCOME_SKIPPED, REASON_NOT_ASKED, PROOF_NONE, false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check(&rows[i], &odd, &fresh, *state, settle_reply);
	check(&taken, &sends, &fresh, *state, settle_reply);
	check(&fooled, &smuggles, &fresh, *state, settle_reply);
	check(&right, &smuggles, &fresh, *state, settle_reply);
}

static void test_a_refusal_is_written_down_with_its_stage(void **state)
{
	struct attempt attempt = fresh;
	struct settle_chances none = NONE;
	struct reply reply = { .code = 550, .status = { 5, 7, 1 }, .text = "5.7.1 Relaying\ndenied", .len = 21, .lines = 2 };

	attempt.probe = &recipient;
	settle_reply(&attempt, &rcpt, &reply, &none, *state);
	assert_string_equal(attempt.reply, "550 5.7.1 Relaying / denied");
	assert_int_equal(attempt.stage, STAGE_RCPT);
	assert_true(attempt.decided);
	settle_reply(&attempt, &mail, &reply, &none, *state);
	assert_int_equal(attempt.stage, STAGE_MAIL);
	assert_false(attempt.decided);
}

/* It is read anew twice, and then remembered; neither by its words nor by its code alone. */
static void test_a_reply_that_comes_again_is_told_apart_from_its_like(void **state)
{
	static const struct row rows[] = {
		{ "refused", &rcpt, "550 no\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_OTHER, PROOF_NONE, false },
		{ "the same words, and another code", &rcpt, "450 no\n", NO_LATER, NEXT_SETTLED, OUTCOME_DEFERRED, REASON_TEMPORARY,
		  PROOF_NONE, false },
		{ "the same code, and other words", &rcpt, "550 Relaying denied\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_RELAYING_DENIED,
		  PROOF_NONE, false },
		{ "an unknown user", &rcpt, "550 no such user\n", ALL, NEXT_SETTLED, OUTCOME_REJECTED, REASON_UNKNOWN_USER, PROOF_NONE, false },
	};

	for (int turn = 0; turn < 4; turn++)
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			check(&rows[i], &recipient, &fresh, *state, settle_reply);
}

static void test_a_long_reply_is_read_whole_each_time(void **state)
{
	struct attempt attempt = fresh;
	struct settle_chances none = NONE;
	char text[900];
	struct reply reply = { .code = 550, .text = text, .len = sizeof text - 1, .lines = 1 };
	static const char words[] = "relaying denied";

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	attempt.probe = &recipient;
	for (int turn = 0; turn < 3; turn++) {
		text[sizeof text - sizeof words - 1] = ' ';
		memcpy(text + sizeof text - sizeof words, turn % 2 ? words : "no such mailbox", sizeof words - 1);
		settle_reply(&attempt, &rcpt, &reply, &none, *state);
		assert_int_equal(attempt.reason, turn % 2 ? REASON_RELAYING_DENIED : REASON_UNKNOWN_USER);
	}
}

static void test_without_an_answer_there_is_none(void **state)
{
	struct attempt attempt = { .outcome = OUTCOME_ACCEPTED, .proof = PROOF_RCPT, .reply = "250 ok" };

	(void)state;
	settle_unanswered(&attempt, REASON_TIMEOUT, "no answer came");
	assert_int_equal(attempt.outcome, OUTCOME_ERROR);
	assert_int_equal(attempt.proof, PROOF_NONE);
	assert_int_equal(attempt.reason, REASON_TIMEOUT);
	assert_string_equal(attempt.note, "no answer came");
	assert_null(attempt.reply);
}

#define POOLED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		POOLED(test_replies_to_the_trick),
		POOLED(test_a_reply_that_comes_again_is_told_apart_from_its_like),
		POOLED(test_a_long_reply_is_read_whole_each_time),
		POOLED(test_replies_to_a_sender_that_is_the_trick),
		POOLED(test_replies_to_one_that_is_tried_alone),
		POOLED(test_replies_to_a_message),
		POOLED(test_replies_to_a_probe_that_sends_messages),
		POOLED(test_a_refusal_is_written_down_with_its_stage),
		POOLED(test_a_delivery_before_the_reply_stands),
		cmocka_unit_test(test_without_an_answer_there_is_none),
	};

	return cmocka_run_group_tests_name("settle", tests, NULL, NULL);
}
