/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk.c - one session of an audit
 *
 * A member of the batch is done in this session once it was settled, or sent back
 * to wait for another session.  Those that are not done when the session ends were
 * not answered: they go back as they are.
 */
#include "audit/talk.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "audit/learn.h"
#include "audit/settle.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "probe/probe.h"
#include "smtp/capability.h"
#include "smtp/reply.h"
#include "smtp/transcript.h"

struct talk {
	const struct talk_owner *owner; /* borrowed */
	struct view *view;
	struct pick pick;
	struct session *session;
	struct batch batch;
	bool *done;                     /* one a member */
	bool taken;                     /* the tasks were taken */
	bool void_riders;               /* the forged hello made a difference: what rides along is asked again */
	unsigned answered;              /* members with an answer */
	enum sender_choice sender;      /* the view's when the members were composed: what others learn since is not theirs */
	int64_t started;
	enum tls_mode mode;
	struct transcript transcript;
};

static struct task *task_of(const struct talk *talk, unsigned index)
{
	return &talk->view->pace->tasks[index];
}

static void tell(const struct talk_owner *owner, struct view *view, unsigned index)
{
	struct task *task = &view->pace->tasks[index];

	if (task->state != TASK_SETTLED || task->told)
		return;
	task->told = true;
	owner->settled(owner->context, view, &view->attempts[index]);
}

void talk_tell(const struct talk_owner *owner, struct view *view)
{
	for (unsigned i = 0; i < view->count; i++)
		tell(owner, view, i);
}

static void settle(const struct talk_owner *owner, struct view *view, unsigned index)
{
	view->pace->tasks[index].state = TASK_SETTLED;
	tell(owner, view, index);
}

/* What each member says, for the report. */
static void note_envelopes(struct talk *talk)
{
	const struct audit *audit = talk->owner->audit;

	for (size_t i = 0; i < talk->batch.count; i++) {
		const struct cue *cue = &talk->batch.cues[i];
		const struct exchange *exchange = &talk->batch.exchanges[i];

		if (cue->step == NULL || (cue->step->stage != STAGE_MAIL && cue->step->stage != STAGE_RCPT))
			continue;
		const char *argument = compose_argument(audit, exchange->bytes, exchange->len);

		for (unsigned m = cue->first; m < cue->first + cue->count; m++) {
			struct attempt *attempt = &talk->view->attempts[talk->batch.members[m]];

			if (cue->step->stage == STAGE_MAIL)
				attempt->mail_from = argument;
			else
				attempt->rcpt_to = argument;
		}
	}
}

/* The server's own name, which a probe may say to it, is known by now. */
static const char *on_greeted(void *context)
{
	struct talk *talk = context;

	learn_greeting(talk->owner->audit, talk->view, session_facts(talk->session));
	return pick_hello(talk->owner->audit, talk->view, &talk->pick);
}

static void on_opened(void *context)
{
	struct talk *talk = context;
	struct view *view = talk->view;
	const struct audit *audit = talk->owner->audit;

	view->pace->opening--;
	view->pace->opened = true;
	view->reach = REACH_OPEN;
	talk->taken = true;
	learn_from(talk->owner->audit, talk->view, session_facts(talk->session));
	pace_respect(view->pace, view->host->mta);
	if (!view->pace->checked)
		pick_check(audit, view);
	talk->sender = view->pace->sender;
	fill_batch(audit, view, &talk->pick, &talk->batch);
	if (talk->pick.kind == KIND_SURE && talk->batch.member_count != 0 &&
	    talk->batch.cues[talk->batch.count - 1].step->stage == STAGE_RCPT)
		batch_add_data(&talk->batch);
	talk->done = mem_new(talk->batch.member_count + 1);
	note_envelopes(talk);
	if (talk->batch.count == 0)
		session_quit(talk->session);
	else
		session_talk(talk->session, talk->batch.exchanges, talk->batch.count);
}

static bool on_wanted(void *context, size_t index)
{
	struct talk *talk = context;
	const struct cue *cue = &talk->batch.cues[index];

	for (unsigned m = cue->first; m < cue->first + cue->count; m++)
		if (!talk->done[m])
			return true;
	return cue->count == 0;
}

static struct settle_chances chances_of(const struct talk *talk, unsigned index)
{
	const struct task *task = task_of(talk, index);
	unsigned choice = task->choice > talk->sender ? task->choice : talk->sender;
	bool sure = talk->pick.kind == KIND_SURE;

	return (struct settle_chances){
		.later = (sure ? task->sure_delays : task->delays) == 0,
		.sender = choice < SENDER_NULL,
		/* As this session was offered it: another one of the view's may be inside TLS by now, where it is not. */
		.tls = talk->mode == TLS_MODE_NONE && (session_facts(talk->session)->capabilities & CAP_STARTTLS) != 0,
	};
}

static void delay(struct talk *talk, unsigned index)
{
	struct pace *pace = talk->view->pace;
	struct task *task = task_of(talk, index);

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
	struct task *task = task_of(talk, index);
	struct pace *pace = talk->view->pace;
	unsigned char choice = task->choice > talk->sender ? task->choice : (unsigned char)talk->sender;

	task->choice = choice + 1;
	/* The ordinary sender is the same for all: what one learned serves the others. */
	if (choice == SENDER_NEUTRAL)
		pace->sender = SENDER_NULL;
	task->state = TASK_PENDING;
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
		if (talk->view->attempts[index].probe->control == CONTROL_NONE && talk->pick.kind != KIND_SURE) {
			task_of(talk, index)->state = TASK_SURE;
			break;
		}
		/* fall through */
	case NEXT_SETTLED:
		/* What was tried alone is told with its transcript, when the session is over. */
		if (talk->pick.kind == KIND_BATCH)
			settle(talk->owner, talk->view, index);
		else
			task_of(talk, index)->state = TASK_SETTLED;
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
		task_of(talk, index)->state = TASK_PENDING;
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

static void on_replied(void *context, size_t at, const struct reply *reply)
{
	struct talk *talk = context;

	if (talk->batch.calibrates && at == 1)
		talk->view->attempts[talk->pick.lead].unknown = answer_of(reply);
	const struct cue *cue = &talk->batch.cues[at];
	struct pool *pool = talk->owner->audit->pool;

	for (unsigned m = cue->first; m < cue->first + cue->count; m++) {
		unsigned index = talk->batch.members[m];
		struct attempt *attempt = &talk->view->attempts[index];
		struct settle_chances chances = chances_of(talk, index);

		if (talk->done[m])
			continue;
		if (talk->void_riders && m != 0) {
			talk->done[m] = true;
			task_of(talk, index)->state = TASK_PENDING;
			continue;
		}
		follow(talk, m, talk->pick.kind == KIND_SURE ? settle_alone(attempt, cue->step, reply, &chances, pool) :
							       settle_reply(attempt, cue->step, reply, &chances, pool));
		if (m == 0 && talk->done[0])
			judge_lead(talk);
	}
	/* What else is said before TLS is one error more to a server that wants it, and a second's wait behind Postfix's tenth. */
	if (talk->pick.kind == KIND_BATCH && talk->answered != 0 && talk->mode == TLS_MODE_NONE && talk->view->mode != TLS_MODE_NONE)
		session_quit(talk->session);
	else
		leave_tarpit(talk);
}

/* What an attempt is worth whose answer did not come. */
static enum reason reason_of_end(enum session_end end, const struct err *err)
{
	static const enum reason reasons[SESSION_ENDS] = {
		[SESSION_FINISHED] = REASON_CONNECTION_LOST, [SESSION_UNREACHED] = REASON_CONNECTION_REFUSED,
		[SESSION_NO_BANNER] = REASON_NO_BANNER,      [SESSION_REFUSED] = REASON_CLIENT_BLOCKED,
		[SESSION_TLS] = REASON_TLS_FAILED,	     [SESSION_LOST] = REASON_CONNECTION_LOST,
		[SESSION_SILENT] = REASON_TIMEOUT,	     [SESSION_MALFORMED] = REASON_MALFORMED_REPLY,
	};

	if (end == SESSION_UNREACHED && err->kind == ERR_WAY)
		return REASON_CONNECTION_LOST;
	return end == SESSION_UNREACHED && err->kind == ERR_TIMEOUT ? REASON_TIMEOUT : reasons[end];
}

/* An accepted attempt stays accepted when it could not be tried alone; any other without an answer is an error. */
static void settle_without_answer(const struct talk_owner *owner, struct view *view, unsigned index, enum reason reason, const char *note)
{
	struct attempt *attempt = &view->attempts[index];

	if (attempt->outcome == OUTCOME_ACCEPTED)
		attempt->note = "accepted, and could not be tried again alone";
	else if (attempt->outcome != OUTCOME_DEFERRED)
		settle_unanswered(attempt, reason, note);
	settle(owner, view, index);
}

/*
 * Puts back what was not answered.  Where nothing was, the first of them is the one whose reply was due;
 * behind answers it may be a limit of the session's, and the next session is smaller.  A session that we
 * cut short owed nothing.
 */
static void put_back(struct talk *talk, enum session_end end, const struct err *err)
{
	bool due = talk->answered == 0 && !(end == SESSION_FINISHED && err->kind == ERR_LIMIT);
	const char *note = err->kind != ERR_NONE ? err->text : "the session came to its end before the answer";

	for (unsigned m = 0; m < talk->batch.member_count; m++) {
		unsigned index = talk->batch.members[m];
		struct task *task = task_of(talk, index);

		if (talk->done[m])
			continue;
		task->kills += due;
		due = false;
		if (task->kills >= PACE_KILLS)
			settle_without_answer(talk->owner, talk->view, index, reason_of_end(end, err),
					      pool_text(talk->owner->audit->pool, note));
		else
			task->state = talk->pick.kind == KIND_SURE ? TASK_SURE : TASK_PENDING;
	}
}

/*
 * Whether it is the forged name that was refused, and so the trick that failed: not our own hello before
 * STARTTLS, and not a client that comes too often or is not wanted at all.
 */
static bool refused_forged(const struct talk *talk, enum session_end end, const struct reply *reply)
{
	const struct session_facts *facts = session_facts(talk->session);
	const struct probe *probe = talk->view->attempts[talk->pick.lead].probe;
	enum reason reason;

	if (end != SESSION_REFUSED || reply == NULL || facts->banner_code != 220 || reply_class(reply) != REPLY_REJECTED)
		return false;
	if (!probe->has_hello || talk->pick.kind == KIND_SURE || !facts->last_hello)
		return false;
	reason = reason_of(reply, STAGE_HELLO);
	return reason != REASON_RATE_LIMITED && reason != REASON_CLIENT_BLOCKED;
}

/* A session that never opened had only its lead. */
static void put_back_lead(struct talk *talk, enum session_end end, const struct err *err, const struct reply *reply)
{
	unsigned index = talk->pick.lead;
	struct task *task = task_of(talk, index);
	struct attempt *attempt = &talk->view->attempts[index];
	struct buf text = BUF_INIT(1024);
	const char *said;

	if (reply != NULL)
		reply_print(reply, &text);
	else
		buf_text(&text, err->text);
	said = pool_text(talk->owner->audit->pool, text.data);
	buf_release(&text);
	if (refused_forged(talk, end, reply)) {
		attempt->reply = said;
		attempt->outcome = OUTCOME_REJECTED;
		attempt->stage = STAGE_HELLO;
		attempt->reason = REASON_HELLO_REFUSED;
		attempt->decided = true;
		talk->answered++;
		settle(talk->owner, talk->view, index);
		return;
	}
	if (talk->view->pace->opened && ++task->kills >= PACE_KILLS)
		settle_without_answer(talk->owner, talk->view, index, reply != NULL ? reason_of(reply, STAGE_GREETING) : reason_of_end(end, err), said);
	else
		task->state = talk->pick.kind == KIND_SURE ? TASK_SURE : TASK_PENDING;
}

/* How the view was not reached, as long as it never was. */
static void note_reach(struct talk *talk, enum session_end end, const struct err *err, const struct reply *reply)
{
	static const enum reach reaches[SESSION_ENDS] = {
		[SESSION_UNREACHED] = REACH_UNANSWERED, [SESSION_NO_BANNER] = REACH_NO_BANNER, [SESSION_REFUSED] = REACH_NO_SERVICE,
		[SESSION_TLS] = REACH_NO_TLS,		[SESSION_LOST] = REACH_NO_SERVICE,     [SESSION_SILENT] = REACH_NO_SERVICE,
		[SESSION_MALFORMED] = REACH_NO_BANNER,	[SESSION_FINISHED] = REACH_OPEN,
	};
	struct view *view = talk->view;
	struct buf text = BUF_INIT(1024);

	view->reach = reaches[end];
	if (end == SESSION_UNREACHED && err->kind == ERR_REFUSED)
		view->reach = REACH_REFUSED;
	if (end == SESSION_UNREACHED && err->kind == ERR_WAY)
		view->reach = REACH_NO_WAY;
	view->reach_reason = reason_of_end(end, err);
	if (reply != NULL) {
		reply_print(reply, &text);
		view->reach_reason = reason_of(reply, STAGE_GREETING);
	} else {
		buf_text(&text, err->text);
	}
	view->reach_text = pool_text(talk->owner->audit->pool, text.data);
	buf_release(&text);
	learn_from(talk->owner->audit, talk->view, session_facts(talk->session));
}

static void strike(struct talk *talk, enum session_end end, const struct reply *reply)
{
	struct pace *pace = talk->view->pace;
	int64_t pause = PACE_PAUSE;

	if (talk->answered != 0) {
		pace->strikes = 0;
		pace->resume_at = clock_now() + PACE_PAUSE / 5;
	} else if (talk->started >= pace->strike_time) {
		pace->strikes++;
		pace->strike_time = clock_now();
		for (unsigned i = 1; i < pace->strikes; i++)
			pause *= 2;
		if (reply != NULL && reason_of(reply, STAGE_GREETING) == REASON_RATE_LIMITED)
			pause = PACE_PAUSE_MOST;
		pace->resume_at = clock_now() + (pause < PACE_PAUSE_MOST ? pause : PACE_PAUSE_MOST);
	}
	if (pace->opened) {
		talk->view->throttled = true;
		if (end == SESSION_REFUSED || talk->answered == 0)
			pace->limit = 1;
	} else {
		pace->limit = 1;
	}
}

/* Half the size, once for all sessions that were under way together. */
static void slow_down(struct talk *talk)
{
	struct pace *pace = talk->view->pace;

	talk->view->throttled = true;
	if (talk->started < pace->size_time)
		return;
	pace->size = (pace->size + 1) / 2;
	pace->size_time = clock_now();
}

static void keep_transcript(struct talk *talk)
{
	const struct talk_owner *owner = talk->owner;

	if (owner->audit->settings.transcripts)
		owner->transcript(owner->context, talk->view, talk->transcript.text.data);
	if (talk->pick.kind == KIND_BATCH || talk->transcript.text.len == 0)
		return;
	struct attempt *attempt = &talk->view->attempts[talk->pick.lead];

	free((char *)(uintptr_t)attempt->transcript);
	attempt->transcript = buf_detach(&talk->transcript.text);
}

static void talk_free(struct talk *talk)
{
	session_free(talk->session);
	batch_release(&talk->batch);
	transcript_release(&talk->transcript);
	free(talk->done);
	free(talk);
}

static void on_ended(void *context, enum session_end end, const struct err *err, const struct reply *reply)
{
	struct talk *talk = context;
	struct view *view = talk->view;
	struct pace *pace = view->pace;
	const struct session_facts *facts = session_facts(talk->session);
	bool slow = facts->slowest_reply > facts->connect_time + PACE_SLOW;

	pace->active--;
	view->sessions++;
	if (talk->taken) {
		put_back(talk, end, err);
	} else {
		pace->opening--;
		if (!pace->opened)
			note_reach(talk, end, err, reply);
		if (talk->pick.has_lead)
			put_back_lead(talk, end, err, reply);
	}
	bool died = end != SESSION_FINISHED && !(end == SESSION_REFUSED && talk->answered != 0);

	if (died)
		strike(talk, end, reply);
	else if (talk->answered != 0)
		pace->strikes = 0;
	if (pace->opened && ((died && talk->taken) || slow))
		slow_down(talk);
	keep_transcript(talk);
	if (talk->pick.has_lead)
		tell(talk->owner, view, talk->pick.lead);
	talk->owner->over(talk->owner->context, talk, view);
	talk_free(talk);
}

static const struct session_events session_events = {
	.hello = on_greeted,
	.opened = on_opened,
	.wanted = on_wanted,
	.replied = on_replied,
	.ended = on_ended,
};

struct talk *talk_start(const struct talk_owner *owner, struct view *view, const struct pick *pick)
{
	struct talk *talk = mem_new(sizeof *talk);
	const struct vantage *vantage = view_vantage(owner->audit, view);
	struct session_settings settings = {
		.base = owner->base,
		.tls = owner->tls,
		.to = view_endpoint(view)->address,
		.mode = view->mode,
		.server_name = target_host(view->host->target),
		.timeout = owner->audit->settings.timeout,
	};

	vantage_prepare(vantage, &settings);
	talk->owner = owner;
	talk->view = view;
	talk->pick = *pick;
	talk->mode = view->mode;
	talk->started = clock_now();
	talk->transcript = (struct transcript)TRANSCRIPT_INIT;
	if (owner->audit->settings.transcripts || pick->kind == KIND_SURE || pick->kind == KIND_SOLO)
		settings.transcript = &talk->transcript;
	view->pace->active++;
	view->pace->opening++;
	talk->session = session_start(&settings, &session_events, talk);
	return talk;
}

void talk_drop(struct talk *talk)
{
	struct pace *pace = talk->view->pace;
	static const struct err cut = { ERR_LIMIT, "the audit ended first" };

	pace->active--;
	if (talk->taken)
		put_back(talk, SESSION_FINISHED, &cut);
	else
		pace->opening--;
	if (!talk->taken && talk->pick.has_lead)
		pace->tasks[talk->pick.lead].state = talk->pick.kind == KIND_SURE ? TASK_SURE : TASK_PENDING;
	talk_free(talk);
}

void talk_give_up(const struct talk_owner *owner, struct view *view, enum reason reason, const char *note)
{
	for (unsigned i = 0; i < view->count; i++)
		if (view->pace->tasks[i].state != TASK_SETTLED)
			settle_without_answer(owner, view, i, reason, note);
}
