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
#include "audit/talk.h"
#include "base/clock.h"
#include "base/mem.h"

struct running {
	struct schedule *schedule;
	struct host *host;
	struct event timer;
	struct discovery *discovery;
	struct talk *talks[AUDIT_SESSIONS_MOST];
	size_t talk_count;
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
	free(running);
	schedule->running--;
	schedule->progress.hosts_done++;
	schedule->events->host_done(schedule->context, host);
	start_hosts(schedule);
}

/* Ends all talks of the host and settles what is open. */
static void cut_short(struct running *running, const char *note)
{
	struct host *host = running->host;

	while (running->talk_count != 0)
		talk_drop(running->talks[--running->talk_count]);
	for (size_t i = 0; i < host->view_count; i++)
		if (host->views[i].pace != NULL)
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

/* Whether the vantage and the host bear one more. */
static bool has_room(const struct running *running, const struct view *view)
{
	return running->talk_count < AUDIT_SESSIONS_MOST &&
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

static bool all_done(const struct host *host)
{
	for (size_t i = 0; i < host->view_count; i++)
		if (!pace_is_done(&host->views[i]))
			return false;
	return true;
}

static void pump(struct running *running)
{
	struct host *host = running->host;
	int64_t now = clock_now(), next = running->deadline;

	if (now >= running->deadline)
		cut_short(running, "the time for this target was over");
	else if (running->schedule->stopping)
		cut_short(running, "the run was interrupted");
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
	if (all_done(host))
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
		if (view->reach == REACH_NO_FAMILY)
			talk_give_up(&schedule->owner, view, REASON_NOT_APPLICABLE, view->reach_text);
	}
	set_timer(running, 0);
}

static void start_host(struct schedule *schedule, struct host *host)
{
	struct running *running = mem_new(sizeof *running);
	const struct audit *audit = schedule->owner.audit;
	size_t domains;

	running->schedule = schedule;
	running->host = host;
	running->deadline = clock_now() + AUDIT_DEADLINE_TIMEOUTS * audit->settings.timeout + 2 * audit->settings.retry_after;
	host->running = running;
	schedule->running++;
	event_assign(&running->timer, schedule->owner.base, -1, 0, on_timer, running);
	target_domains(host->target, &domains);
	if (domains == 0 && host->endpoint_count != 0)
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
