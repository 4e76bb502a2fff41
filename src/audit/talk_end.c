/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk_end.c - what is left when a session ends, and what its end says of the server
 */
#include <string.h>

#include "audit/learn.h"
#include "audit/settle.h"
#include "audit/talk_parts.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/pool.h"
#include "probe/probe.h"
#include "smtp/reply.h"

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
void talk_settle_without_answer(const struct talk_owner *owner, struct view *view, unsigned index, enum reason reason, const char *note)
{
	struct attempt *attempt = &view->attempts[index];

	if (attempt->outcome == OUTCOME_ACCEPTED)
		attempt->note = "accepted, and could not be tried again alone";
	else if (attempt->outcome != OUTCOME_DEFERRED)
		settle_unanswered(attempt, reason, note);
	talk_settle(owner, view, index);
}

/*
 * Puts back what was not answered.  Where nothing was, the first of them is the one whose reply was due;
 * behind answers it may be a limit of the session's, and the next session is smaller.  A session that we
 * cut short owed nothing.
 */
void talk_put_back(struct talk *talk, enum session_end end, const struct err *err)
{
	bool due = talk->answered == 0 && !(end == SESSION_FINISHED && err->kind == ERR_LIMIT);
	const char *note = err->kind != ERR_NONE ? err->text : "the session came to its end before the answer";

	for (unsigned m = 0; m < talk->batch.member_count; m++) {
		unsigned index = talk->batch.members[m];
		struct task *task = talk_task(talk, index);

		if (talk->done[m])
			continue;
		task->kills += due;
		due = false;
		if (task->kills >= PACE_KILLS)
			talk_settle_without_answer(talk->owner, talk->view, index, reason_of_end(end, err),
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
void talk_put_back_lead(struct talk *talk, enum session_end end, const struct err *err, const struct reply *reply)
{
	unsigned index = talk->pick.lead;
	struct task *task = talk_task(talk, index);
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
		talk_settle(talk->owner, talk->view, index);
		return;
	}
	if (talk->view->pace->opened && ++task->kills >= PACE_KILLS)
		talk_settle_without_answer(talk->owner, talk->view, index, reply != NULL ? reason_of(reply, STAGE_GREETING) : reason_of_end(end, err), said);
	else
		task->state = talk->pick.kind == KIND_SURE ? TASK_SURE : TASK_PENDING;
}

/* How the view was not reached, as long as it never was. */
void talk_note_reach(struct talk *talk, enum session_end end, const struct err *err, const struct reply *reply)
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

void talk_strike(struct talk *talk, enum session_end end, const struct reply *reply)
{
	struct pace *pace = talk->view->pace;
	int64_t pause = PACE_PAUSE;

	if (talk->answered != 0) {
		if (pace->opened)
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
void talk_slow_down(struct talk *talk)
{
	struct pace *pace = talk->view->pace;

	talk->view->throttled = true;
	if (talk->started < pace->size_time)
		return;
	pace->size = (pace->size + 1) / 2;
	pace->size_time = clock_now();
}
