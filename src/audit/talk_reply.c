/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk_reply.c - what a reply means to the attempt whose question it answers
 */
#include "audit/settle.h"
#include "audit/talk_parts.h"
#include "base/clock.h"
#include "probe/probe.h"
#include "smtp/capability.h"
#include "smtp/reply.h"

static struct settle_chances chances_of(const struct talk *talk, unsigned index)
{
	const struct task *task = talk_task(talk, index);
	unsigned choice = task->choice > talk->sender ? task->choice : talk->sender;
	bool sure = talk->pick.kind == KIND_SURE;

	return (struct settle_chances){
		.message = talk->batch.has_message,
		.later = (sure ? task->sure_delays : task->delays) == 0,
		.sender = choice < SENDER_NULL,
		/* As this session was offered it: another one of the view's may be inside TLS by now, where it is not. */
		.tls = talk->mode == TLS_MODE_NONE && (session_facts(talk->session)->capabilities & CAP_STARTTLS) != 0,
	};
}

static void delay(struct talk *talk, unsigned index)
{
	struct pace *pace = talk->view->pace;
	struct task *task = talk_task(talk, index);

	if (talk->pick.kind == KIND_SURE)
		task->sure_delays++;
	else
		task->delays++;
	task->state = TASK_LATER;
	if (pace->later_at == 0)
		pace->later_at = clock_now() + talk->owner->audit->settings.retry_after;
}

static void try_other_sender(struct talk *talk, unsigned index)
{
	struct task *task = talk_task(talk, index);
	struct pace *pace = talk->view->pace;
	unsigned char choice = task->choice > talk->sender ? task->choice : (unsigned char)talk->sender;

	task->choice = choice + 1;
	/* The ordinary sender is the same for all: what one learned serves the others. */
	if (choice == SENDER_NEUTRAL)
		pace->sender = SENDER_NULL;
	task->state = TASK_PENDING;
}

/* A control is accepted as it should be; but an unknown name that is taken may be bounced, which a message shows. */
static bool is_tried_alone(const struct talk *talk, const struct attempt *attempt)
{
	enum control control = attempt->probe->control;

	return talk->pick.kind != KIND_SURE &&
	       (control == CONTROL_NONE || (control == CONTROL_UNKNOWN_LOCAL && talk->owner->audit->settings.confirm));
}

static enum next settle(const struct talk *talk, size_t at, struct attempt *attempt, const struct reply *reply,
			const struct settle_chances *chances)
{
	struct pool *pool = talk->owner->audit->pool;
	const struct step *step = talk->batch.cues[at].step;

	if (talk->pick.kind != KIND_SURE)
		return settle_reply(attempt, step, reply, chances, pool);
	if (talk->batch.has_message && at + 1 == talk->batch.count)
		return settle_message(attempt, reply, chances, pool);
	return settle_alone(attempt, step, reply, chances, pool);
}

static void follow(struct talk *talk, unsigned member, enum next next)
{
	unsigned index = talk->batch.members[member];

	if (next == NEXT_GO_ON || next == NEXT_AGAIN)
		return;
	talk->done[member] = true;
	talk->answered++;
	switch (next) {
	case NEXT_SURE:
		/* Controls are accepted as they should be, and a go-ahead is as far as we go. */
		if (is_tried_alone(talk, &talk->view->attempts[index])) {
			talk_task(talk, index)->state = TASK_SURE;
			break;
		}
		/* fall through */
	case NEXT_SETTLED:
		/* What was tried alone is told with its transcript, when the session is over. */
		if (talk->pick.kind == KIND_BATCH)
			talk_settle(talk->owner, talk->view, index);
		else
			talk_task(talk, index)->state = TASK_SETTLED;
		break;
	case NEXT_LATER:
		delay(talk, index);
		break;
	case NEXT_SENDER:
		try_other_sender(talk, index);
		break;
	default:
		talk->view->mode = TLS_MODE_STARTTLS;
		talk->view->pace->checked = false;
		talk_task(talk, index)->state = TASK_PENDING;
	}
}

static void judge_lead(struct talk *talk)
{
	const struct attempt *lead = &talk->view->attempts[talk->pick.lead];

	if (talk->pick.kind == KIND_BATCH && talk->pick.has_lead)
		talk->void_riders = !(lead->outcome == OUTCOME_REJECTED && lead->reason == REASON_RELAYING_DENIED && lead->decided);
}

/*
 * What is still to be asked here would wait longer and longer: it goes to sessions of its own, once this one
 * brought an answer, for a server that is as slow at the first command is so in each.  The talk may be gone behind this.
 */
static void leave_tarpit(struct talk *talk)
{
	const struct session_facts *facts = session_facts(talk->session);

	if (facts->slowest_reply <= facts->connect_time + PACE_TARPIT)
		return;
	talk->view->throttled = true;
	talk->view->pace->size = 1;
	if (talk->pick.kind == KIND_BATCH && talk->answered != 0)
		session_quit(talk->session);
}

/* What the server does with a name that nobody has.  Behind a MAIL that it refused, it was not asked. */
static enum control_answer answer_of(const struct reply *reply)
{
	enum reason reason = reason_of(reply, STAGE_RCPT);

	if (reply_class(reply) == REPLY_ACCEPTED)
		return ANSWER_ACCEPTED;
	if (reason == REASON_BAD_SEQUENCE || reason == REASON_RATE_LIMITED || reason == REASON_CLIENT_BLOCKED || reason == REASON_SENDER_REFUSED)
		return ANSWER_NONE;
	return reply_class(reply) == REPLY_REJECTED || reason == REASON_RELAYING_DENIED ? ANSWER_REFUSED : ANSWER_NONE;
}

void talk_on_replied(void *context, size_t at, const struct reply *reply)
{
	struct talk *talk = context;

	if (talk->batch.calibrates && at == 1)
		talk->view->attempts[talk->pick.lead].unknown = answer_of(reply);
	const struct cue *cue = &talk->batch.cues[at];

	for (unsigned m = cue->first; m < cue->first + cue->count; m++) {
		unsigned index = talk->batch.members[m];
		struct attempt *attempt = &talk->view->attempts[index];
		struct settle_chances chances = chances_of(talk, index);

		if (talk->done[m])
			continue;
		if (talk->void_riders && m != 0) {
			talk->done[m] = true;
			talk_task(talk, index)->state = TASK_PENDING;
			continue;
		}
		follow(talk, m, settle(talk, at, attempt, reply, &chances));
		if (attempt->proof >= PROOF_DATA)
			talk->owner->audit->taken_at = clock_now();
		else if (attempt->stage == STAGE_MESSAGE)
			talk->owner->audit->refused_at = clock_now();
		if (m == 0 && talk->done[0])
			judge_lead(talk);
	}
	/* What else is said before TLS is one error more to a server that wants it, and a second's wait behind Postfix's tenth. */
	if (talk->pick.kind == KIND_BATCH && talk->answered != 0 && talk->mode == TLS_MODE_NONE && talk->view->mode != TLS_MODE_NONE)
		session_quit(talk->session);
	else
		leave_tarpit(talk);
}
