/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schedule.c - when sessions begin
 *
 * One timer a host wakes pump(), which begins as many sessions as the limits
 * allow and sets the timer to the next moment at which it could do more.
 */
#include "audit/schedule.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "audit/discover.h"
#include "audit/errand.h"
#include "audit/job.h"
#include "audit/talk.h"
#include "base/clock.h"
#include "base/mem.h"

/* How the sessions that a server bears from all together are shared among our own and agents. */
struct shares {
	unsigned each;                  /* an agent's, at once; 0: there is no agent */
	unsigned agents;                /* at work at once */
	unsigned own;                   /* ours, while agents wait for their turn */
};

struct running {
	struct schedule *schedule;
	struct host *host;
	struct event timer;
	struct discovery *discovery;
	struct talk *talks[AUDIT_SESSIONS_MOST];
	size_t talk_count;
	struct errand **errands;        /* one an agent, by its vantage: NULL before and after */
	size_t errand_count;            /* of these, how many are under way */
	size_t errand_next;             /* the vantage to begin one for */
	struct shares shares;
	int64_t connect_at;             /* no connection before */
	int64_t deadline;
	size_t settled;
};

struct schedule {
	struct talk_owner owner;
	const struct schedule_events *events;
	void *context;
	size_t next;                    /* host to begin with */
	size_t running;
	bool stopping;
	struct schedule_progress progress;
};

static void pump(struct running *running);
static void start_hosts(struct schedule *schedule);

static void set_timer(struct running *running, int64_t when)
{
	int64_t rest = when - clock_now();
	struct timeval wait = { 0, 0 };

	if (rest > 0)
		wait = (struct timeval){ .tv_sec = rest / CLOCK_S, .tv_usec = rest % CLOCK_S };
	event_add(&running->timer, &wait);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	pump(context);
}

static void finish_host(struct running *running)
{
	struct schedule *schedule = running->schedule;
	struct host *host = running->host;

	event_del(&running->timer);
	for (size_t i = 0; i < host->view_count; i++) {
		talk_tell(&schedule->owner, &host->views[i]);
		pace_free(host->views[i].pace);
		host->views[i].pace = NULL;
	}
	host->running = NULL;
	free(running->errands);
	free(running);
	schedule->running--;
	schedule->progress.hosts_done++;
	schedule->events->host_done(schedule->context, host);
	start_hosts(schedule);
}

static bool is_remote(const struct running *running, const struct view *view)
{
	return vantage_is_remote(view_vantage(running->schedule->owner.audit, view));
}

/* Ends all talks of the host, `all`: and errands, which have a deadline of their own, and settles what is open. */
static void cut_short(struct running *running, bool all, const char *note)
{
	struct host *host = running->host;

	while (running->talk_count != 0)
		talk_drop(running->talks[--running->talk_count]);
	for (size_t v = 0; all && v < running->schedule->owner.audit->vantage_count; v++) {
		if (running->errands[v] != NULL)
			errand_drop(running->errands[v]);
		running->errands[v] = NULL;
	}
	if (all) {
		running->errand_count = 0;
		running->errand_next = running->schedule->owner.audit->vantage_count;
	}
	for (size_t i = 0; i < host->view_count; i++)
		if (host->views[i].pace != NULL && (all || !is_remote(running, &host->views[i])))
			talk_give_up(&running->schedule->owner, &host->views[i], REASON_NOT_ASKED, note);
}

/* Whether nothing more can be hoped for. */
static bool is_hopeless(const struct view *view)
{
	const struct pace *pace = view->pace;

	if (pace->active != 0)
		return false;
	if (!pace->opened && (view->reach == REACH_REFUSED || view->reach == REACH_NO_TLS))
		return true;
	return pace->strikes >= (pace->opened ? PACE_STRIKES : 2);
}

static void wake_later(struct view *view, int64_t now, int64_t *next)
{
	struct pace *pace = view->pace;

	if (pace->later_at == 0)
		return;
	if (pace->later_at > now) {
		*next = pace->later_at < *next ? pace->later_at : *next;
		return;
	}
	pace->later_at = 0;
	for (size_t i = 0; i < view->count; i++)
		if (pace->tasks[i].state == TASK_LATER)
			pace->tasks[i].state = view->attempts[i].outcome == OUTCOME_ACCEPTED ? TASK_SURE : TASK_PENDING;
}

/* Sessions at once from the view's vantage to this host. */
static unsigned active_of_vantage(const struct host *host, size_t vantage)
{
	unsigned active = 0;

	for (size_t i = 0; i < host->view_count; i++)
		if (host->views[i].vantage == vantage && host->views[i].pace != NULL)
			active += host->views[i].pace->active;
	return active;
}

static bool is_for_agent(const struct host *host, size_t vantage)
{
	for (size_t i = 0; i < host->view_count; i++)
		if (host->views[i].vantage == vantage)
			return true;
	return false;
}

/* Sessions of our own that the server bears now. */
static size_t own_room(const struct running *running)
{
	size_t others = running->errand_count * running->shares.each, left = others < AUDIT_SESSIONS_MOST ? AUDIT_SESSIONS_MOST - others : 1;

	if (running->errand_next < running->schedule->owner.audit->vantage_count && running->shares.own < left)
		return running->shares.own;
	return left;
}

/* Whether the vantage and the host bear one more. */
static bool has_room(const struct running *running, const struct view *view)
{
	return running->talk_count < own_room(running) &&
	       active_of_vantage(running->host, view->vantage) < running->schedule->owner.audit->settings.max_sessions;
}

static bool begin(struct running *running, struct view *view, const struct pick *pick)
{
	if (pick->kind == KIND_NONE)
		return false;
	running->talks[running->talk_count++] = talk_start(&running->schedule->owner, view, pick);
	return true;
}

/* Begins one session for the view if it wants one now.  `*next` is brought forward to when it may want one. */
static bool begin_session(struct running *running, struct view *view, int64_t now, int64_t *next)
{
	struct pace *pace = view->pace;
	struct pick pick;

	if (is_remote(running, view))
		return false;
	wake_later(view, now, next);
	if (has_room(running, view)) {
		pick = pick_first_word(running->schedule->owner.audit, view);
		if (begin(running, view, &pick))
			return true;
	}
	if (is_hopeless(view)) {
		talk_give_up(&running->schedule->owner, view, view->reach == REACH_OPEN ? REASON_CONNECTION_LOST : view->reach_reason,
			     view->reach == REACH_OPEN ? "the server ended several sessions in a row without an answer" : view->reach_text);
		return false;
	}
	if (pace->active >= pace->limit || !has_room(running, view))
		return false;
	if (pace->resume_at > now) {
		*next = pace->resume_at < *next ? pace->resume_at : *next;
		return false;
	}
	pick = pick_session(running->schedule->owner.audit, view);
	return begin(running, view, &pick);
}

static void on_errand_over(void *context, struct errand *errand)
{
	struct running *running = context;
	size_t v = 0;

	while (running->errands[v] != errand)
		v++;
	running->errands[v] = NULL;
	running->errand_count--;
	set_timer(running, 0);
}

/* As many agents as may be at work are sent on their way; each takes one of the host's vantages. */
static void begin_errands(struct running *running)
{
	struct schedule *schedule = running->schedule;
	const struct audit *audit = schedule->owner.audit;

	for (; running->errand_next < audit->vantage_count; running->errand_next++) {
		size_t v = running->errand_next;

		if (!vantage_is_remote(audit->vantages[v]) || !is_for_agent(running->host, v))
			continue;
		if (running->errand_count == running->shares.agents)
			return;
		running->errand_count++;
		running->errands[v] = errand_start(&schedule->owner, running->host, v, running->shares.each, on_errand_over, running);
	}
}

static void share(struct running *running)
{
	const struct audit *audit = running->schedule->owner.audit;
	unsigned agents = 0, own = 0;

	for (size_t v = 0; v < audit->vantage_count; v++) {
		if (!is_for_agent(running->host, v))
			continue;
		if (vantage_is_remote(audit->vantages[v]))
			agents++;
		else
			own = 1;
	}
	if (agents == 0)
		return;
	running->shares.each = AUDIT_SESSIONS_MOST / (agents + own);
	if (running->shares.each > audit->settings.max_sessions)
		running->shares.each = audit->settings.max_sessions;
	if (running->shares.each == 0)
		running->shares.each = 1;
	running->shares.agents = (AUDIT_SESSIONS_MOST - own * running->shares.each) / running->shares.each;
	if (running->shares.agents == 0)
		running->shares.agents = 1;
	running->shares.own = running->shares.each;
}

static bool all_done(const struct running *running)
{
	const struct host *host = running->host;

	if (running->errand_count != 0)
		return false;
	for (size_t i = 0; i < host->view_count; i++)
		if (!pace_is_done(&host->views[i]))
			return false;
	return true;
}

static void pump(struct running *running)
{
	struct host *host = running->host;
	int64_t now = clock_now(), next = running->deadline;

	if (running->schedule->stopping)
		cut_short(running, true, "the run was interrupted");
	else if (now >= running->deadline)
		cut_short(running, false, "the time for this target was over");
	/* Behind it there are agents at most, and they say when they are over. */
	if (now >= running->deadline)
		next = now + 3600 * (int64_t)CLOCK_S;
	begin_errands(running);
	for (size_t i = 0; i < host->view_count; i++) {
		/* Views take turns, so that two vantages are at work side by side. */
		struct view *view = &host->views[i];

		while (now >= running->connect_at && begin_session(running, view, now, &next)) {
			running->connect_at = now + PACE_CONNECT_GAP;
			next = running->connect_at;
		}
	}
	if (running->connect_at > now && running->connect_at < next && running->talk_count < AUDIT_SESSIONS_MOST)
		next = running->connect_at;
	if (all_done(running))
		finish_host(running);
	else
		set_timer(running, next);
}

static void on_over(void *context, struct talk *talk, struct view *view)
{
	struct running *running = view->host->running;

	(void)context;
	for (size_t i = 0; i < running->talk_count; i++) {
		if (running->talks[i] == talk) {
			running->talks[i] = running->talks[--running->talk_count];
			break;
		}
	}
	set_timer(running, 0);
}

static void on_settled(void *context, struct view *view, struct attempt *attempt)
{
	struct schedule *schedule = context;

	schedule->progress.settled++;
	schedule->progress.accepted += attempt->outcome == OUTCOME_ACCEPTED && attempt >= view->attempts + view->controls;
	schedule->events->settled(schedule->context, view, attempt);
}

static void on_transcript(void *context, struct view *view, const char *text)
{
	struct schedule *schedule = context;

	schedule->events->transcript(schedule->context, view, text);
}

static void begin_views(void *context)
{
	struct running *running = context;
	struct schedule *schedule = running->schedule;
	struct audit *audit = schedule->owner.audit;
	struct host *host = running->host;

	running->discovery = NULL;
	audit_prepare(audit, host);
	for (size_t i = 0; i < host->view_count; i++) {
		struct view *view = &host->views[i];

		view->pace = pace_new(audit, view);
		schedule->progress.attempts += view->count;
		if (view->reach == REACH_NO_FAMILY && !is_remote(running, view))
			talk_give_up(&schedule->owner, view, REASON_NOT_APPLICABLE, view->reach_text);
	}
	share(running);
	set_timer(running, 0);
}

/* Domains are asked for from here: where only agents are, the likeliest is taken. */
static bool may_discover(const struct audit *audit, const struct host *host)
{
	for (size_t e = 0; e < host->endpoint_count; e++)
		for (size_t v = 0; v < audit->vantage_count; v++)
			if (!vantage_is_remote(audit->vantages[v]) && audit_asks(audit->vantages[v], host, &host->endpoints[e]))
				return true;
	return false;
}

static void start_host(struct schedule *schedule, struct host *host)
{
	struct running *running = mem_new(sizeof *running);
	const struct audit *audit = schedule->owner.audit;
	size_t domains;

	running->schedule = schedule;
	running->host = host;
	running->errands = mem_new((audit->vantage_count + 1) * sizeof *running->errands);
	running->deadline = clock_now() + job_duration(audit->settings.timeout, audit->settings.retry_after);
	host->running = running;
	schedule->running++;
	event_assign(&running->timer, schedule->owner.base, -1, 0, on_timer, running);
	target_domains(host->target, &domains);
	if (domains == 0 && !may_discover(audit, host))
		discover_guess(host);
	if (domains == 0 && may_discover(audit, host))
		running->discovery = discover_start(schedule->owner.audit, host, schedule->owner.base, schedule->owner.tls, begin_views,
						    running);
	else
		begin_views(running);
}

static void start_hosts(struct schedule *schedule)
{
	struct audit *audit = schedule->owner.audit;

	while (!schedule->stopping && schedule->running < audit->settings.jobs && schedule->next < audit->host_count) {
		struct host *host = audit->hosts[schedule->next++];

		if (host->fault == NULL) {
			start_host(schedule, host);
		} else {
			schedule->progress.hosts_done++;
			schedule->events->host_done(schedule->context, host);
		}
	}
}

struct schedule *schedule_start(struct audit *audit, struct event_base *base, struct tls_context *tls,
				const struct schedule_events *events, void *context)
{
	struct schedule *schedule = mem_new(sizeof *schedule);

	schedule->owner = (struct talk_owner){
		.audit = audit,
		.base = base,
		.tls = tls,
		.settled = on_settled,
		.transcript = on_transcript,
		.over = on_over,
		.context = schedule,
	};
	schedule->events = events;
	schedule->context = context;
	schedule->progress.hosts = audit->host_count;
	start_hosts(schedule);
	return schedule;
}

void schedule_free(struct schedule *schedule)
{
	free(schedule);
}

static void tell_nobody(void *context, struct view *view, struct attempt *attempt)
{
	(void)context;
	(void)view;
	(void)attempt;
}

static void drop_host(struct running *running)
{
	struct host *host = running->host;

	discover_drop(running->discovery);
	while (running->talk_count != 0)
		talk_drop(running->talks[--running->talk_count]);
	for (size_t v = 0; v < running->schedule->owner.audit->vantage_count; v++)
		if (running->errands[v] != NULL)
			errand_drop(running->errands[v]);
	event_del(&running->timer);
	for (size_t i = 0; i < host->view_count; i++) {
		pace_free(host->views[i].pace);
		host->views[i].pace = NULL;
	}
	host->running = NULL;
	free(running->errands);
	free(running);
}

void schedule_drop(struct schedule *schedule)
{
	if (schedule == NULL)
		return;
	schedule->owner.settled = tell_nobody;
	for (size_t i = 0; i < schedule->owner.audit->host_count; i++)
		if (schedule->owner.audit->hosts[i]->running != NULL)
			drop_host(schedule->owner.audit->hosts[i]->running);
	schedule_free(schedule);
}

bool schedule_is_done(const struct schedule *schedule)
{
	return schedule->running == 0 && (schedule->stopping || schedule->next == schedule->owner.audit->host_count);
}

void schedule_progress(const struct schedule *schedule, struct schedule_progress *progress)
{
	*progress = schedule->progress;
}

void schedule_stop(struct schedule *schedule)
{
	struct audit *audit = schedule->owner.audit;

	schedule->stopping = true;
	audit->interrupted = true;
	for (size_t i = 0; i < audit->host_count; i++) {
		struct running *running = audit->hosts[i]->running;

		if (running == NULL)
			continue;
		if (running->discovery != NULL) {
			discover_drop(running->discovery);
			target_add_domain(audit->hosts[i]->target, "localhost");
			begin_views(running);
		}
		set_timer(running, 0);
	}
}
