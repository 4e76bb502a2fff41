/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk.c - one session of an audit: its life
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
#include "audit/message.h"
#include "audit/talk_parts.h"
#include "audit/verdict.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "probe/probe.h"

struct task *talk_task(const struct talk *talk, unsigned index)
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

void talk_settle(const struct talk_owner *owner, struct view *view, unsigned index)
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

/* Alone, a recipient is followed by DATA, and where deliveries are to be proved, a message by that. */
static void go_further(struct talk *talk)
{
	const struct audit *audit = talk->owner->audit;
	struct attempt *attempt = &talk->view->attempts[talk->pick.lead];
	const struct step *last = talk->batch.cues[talk->batch.count - 1].step;
	struct composition composition;
	const struct values *values;

	if (last->stage == STAGE_RCPT)
		batch_add_data(&talk->batch);
	verdict_route(audit, talk->view, attempt);
	/* What looks like the target's own and is not leads to no sink: a message would show nothing. */
	if (!audit->settings.confirm || attempt->route == ROUTE_BELOW || (last->stage != STAGE_RCPT && !text_starts_nocase(line_head(&last->line), "DATA")))
		return;
	values = pick_values(audit, talk->view, talk->pick.lead, &composition);
	batch_add_message(&talk->batch, message_compose(audit, talk->view, attempt, TOKEN_VICTIM, values->of[PLACE_SENDER], values->of[PLACE_VICTIM]));
}

static void on_opened(void *context)
{
	struct talk *talk = context;
	struct view *view = talk->view;
	const struct audit *audit = talk->owner->audit;

	view->pace->opening--;
	talk->taken = true;
	/* Who speaks first is only connected so far. */
	if (!pick_speaks_first(view, &talk->pick)) {
		view->pace->opened = true;
		view->reach = REACH_OPEN;
		learn_from(talk->owner->audit, talk->view, session_facts(talk->session));
		pace_respect(view->pace, view->host->mta);
		if (!view->pace->checked)
			pick_check(audit, view);
	}
	talk->sender = view->pace->sender;
	fill_batch(audit, view, &talk->pick, &talk->batch);
	if (talk->pick.kind == KIND_SURE && talk->batch.member_count != 0)
		go_further(talk);
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
		talk_put_back(talk, end, err);
	} else {
		pace->opening--;
		if (!pace->opened)
			talk_note_reach(talk, end, err, reply);
		if (talk->pick.has_lead)
			talk_put_back_lead(talk, end, err, reply);
	}
	bool died = end != SESSION_FINISHED && !(end == SESSION_REFUSED && talk->answered != 0);

	if (died)
		talk_strike(talk, end, reply);
	else if (talk->answered != 0 && pace->opened)
		pace->strikes = 0;
	if (pace->opened && ((died && talk->taken) || slow))
		talk_slow_down(talk);
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
	.replied = talk_on_replied,
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
		.speaks_first = pick_speaks_first(view, pick),
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
		talk_put_back(talk, SESSION_FINISHED, &cut);
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
			talk_settle_without_answer(owner, view, i, reason, note);
}
