/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pick.c - which tasks go into the next session
 *
 * Controls go first.  A session has its plain tasks first and its risky ones
 * last, for a server that ends the session then has answered the rest.  Probes
 * that say another server name in EHLO lead sessions of their own; others may ride
 * along, since the leader's answer shows whether the name changed anything.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/pace.h"
#include "audit/settle.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "probe/probe.h"
#include "smtp/capability.h"

/* The deciding rejection, and those that are wanted or allowed on the way to it. */
static unsigned cost_of(const struct probe *probe)
{
	unsigned cost = 0;

	for (size_t i = 0; i < probe->step_count; i++) {
		const struct expectation *expect = &probe->steps[i].expect;
		short code = expect->count == 1 ? expect->codes[0] : 0;

		cost += probe->steps[i].decides || !(code == 2 || code / 100 == 2);
	}
	return cost;
}

struct pace *pace_new(const struct audit *audit, struct view *view)
{
	struct pace *pace = mem_new(sizeof *pace);
	bool relays = view_vantage(audit, view)->expect == EXPECT_RELAY;

	pace->tasks = mem_new(view->count * sizeof *pace->tasks);
	pace->size = PACE_REJECTIONS;
	pace->limit = audit->settings.max_sessions;
	if (view_endpoint(view)->silent_to == view_vantage(audit, view)) {
		pace->strikes = 1;
		pace->limit = 1;
	}
	for (size_t i = 0; i < view->count; i++) {
		struct attempt *attempt = &view->attempts[i];

		pace->tasks[i].cost = cost_of(attempt->probe);
		pace->tasks[i].choice = audit->settings.classic ? SENDER_CLASSIC : SENDER_NEUTRAL;
		/* Where relaying is meant, only whether it works is asked. */
		if (relays && i >= view->controls && strcmp(attempt->probe->name, "plain") != 0) {
			attempt->reason = REASON_NOT_APPLICABLE;
			attempt->note = "this vantage is expected to relay";
			pace->tasks[i].state = TASK_SETTLED;
		}
	}
	return pace;
}

void pace_respect(struct pace *pace, const char *mta)
{
	static const struct {
		const char *mta;
		unsigned size;
		unsigned limit;         /* sessions at once */
	} rows[] = {
		/*
		 * The first error costs 8 s, each further one of the session twice the last.  Of the 4 connections of one
		 * address, those that we have left still count until it has noticed.
		 */
		{ "courier", 1, 2 },
		{ "exchange", 4, 8 },   /* MaxProtocolErrors 5, then it hangs up */
		{ "chasquid", 2, 8 },   /* 3 errors, then 421 */
	};

	for (size_t i = 0; mta != NULL && i < sizeof rows / sizeof *rows; i++)
		if (strcmp(rows[i].mta, mta) == 0) {
			pace->size = rows[i].size < pace->size ? rows[i].size : pace->size;
			pace->limit = rows[i].limit < pace->limit ? rows[i].limit : pace->limit;
		}
}

void pace_free(struct pace *pace)
{
	if (pace == NULL)
		return;
	free(pace->tasks);
	free(pace);
}

size_t pace_count(const struct view *view, enum task_state state)
{
	size_t found = 0;

	for (size_t i = 0; i < view->count; i++)
		found += view->pace->tasks[i].state == state;
	return found;
}

bool pace_is_done(const struct view *view)
{
	return view->pace->active == 0 && pace_count(view, TASK_SETTLED) == view->count;
}

static enum sender_choice choice_of(const struct view *view, unsigned index)
{
	unsigned char own = view->pace->tasks[index].choice;

	return own > view->pace->sender ? (enum sender_choice)own : view->pace->sender;
}

const struct values *pick_values(const struct audit *audit, struct view *view, unsigned index, struct composition *composition)
{
	struct pace *pace = view->pace;

	if (!pace->began)
		compose_begin(audit, view, &pace->begun);
	/* Before the first session is open, neither the server's name nor our own address is known. */
	else if (!pace->composed)
		compose_learned(audit, view, &pace->begun);
	pace->began = true;
	pace->composed = pace->opened;
	compose_values(audit, view, &view->attempts[index], choice_of(view, index), pace->tasks[index].own_sender, &pace->begun, composition);
	return &composition->values;
}

/* The MAIL line of a task of plain shape; NULL when a placeholder has no value. */
const char *pick_mail(const struct audit *audit, struct view *view, unsigned index)
{
	struct task *task = &view->pace->tasks[index];
	const struct probe *probe = view->attempts[index].probe;
	struct composition composition;
	const char *missing;
	size_t len;

	if (task->mail == NULL || task->mail_choice != choice_of(view, index)) {
		task->mail = compose_line(audit, &probe->steps[0].line, pick_values(audit, view, index, &composition), &len, &missing);
		task->mail_choice = (unsigned char)choice_of(view, index);
	}
	return task->mail;
}

void pick_skip(const struct audit *audit, struct view *view, unsigned index, const char *what)
{
	struct buf note = BUF_INIT(256);
	struct attempt *attempt = &view->attempts[index];

	buf_printf(&note, "needs %s", what);
	attempt->outcome = OUTCOME_SKIPPED;
	attempt->reason = REASON_NOT_APPLICABLE;
	attempt->note = pool_text(audit->pool, note.data);
	view->pace->tasks[index].state = TASK_SETTLED;
	buf_release(&note);
}

/* What a probe needs and does not find here; NULL: nothing. */
static const char *lacks(const struct audit *audit, const struct view *view, const struct probe *probe)
{
	unsigned missing = probe->capabilities & ~view->capabilities, flag;
	const char *name;
	size_t count;
	const struct address *own = target_addresses(view->host->target, &count);
	bool four = false, six = false;

	for (size_t i = 0; i < count; i++) {
		four = four || own[i].family == AF_INET;
		six = six || own[i].family == AF_INET6;
	}
	if (probe->sends_message && !audit->settings.confirm)
		return "leave to send messages (--confirm)";
	if ((probe->needs & NEEDS_LOCAL_USER) != 0 && audit_local_user(audit, view->host) == NULL)
		return "a mailbox that exists there (--local-user)";
	if ((probe->needs & NEEDS_IPV4) != 0 && !four)
		return "an IPv4 address of the target";
	if ((probe->needs & NEEDS_IPV6) != 0 && !six)
		return "an IPv6 address of the target";
	if ((probe->needs & NEEDS_TLS) != 0 && view->mode == TLS_MODE_NONE)
		return "TLS, which this endpoint is not tested with";
	if ((probe->needs & NEEDS_PLAINTEXT) != 0 && view->mode != TLS_MODE_NONE)
		return "a session without TLS";
	if ((missing & CAP_STARTTLS) != 0 && view->mode != TLS_MODE_NONE)
		return "a session without TLS";
	for (size_t i = 0; (name = capability_at(i, &flag)) != NULL; i++)
		if ((missing & flag) != 0)
			return name;
	return NULL;
}

/* What the operator could add for a placeholder that has no value. */
static const char *placeholder_lack(int placeholder)
{
	if (placeholder == PLACE_VICTIM_LITERAL)
		return "an outside address whose mail exchanger is known (--victim)";
	if (placeholder == PLACE_MX_DOMAIN)
		return "a domain that names the target as its MX (--mx-domain)";
	if (placeholder == PLACE_BACKUP)
		return "a second domain of the target (--domain)";
	return placeholder_name((enum placeholder)placeholder);
}

/* The same of a task's placeholders; NULL: all of them have values. */
static const char *lacks_value(const struct audit *audit, struct view *view, unsigned index)
{
	const struct probe *probe = view->attempts[index].probe;
	struct composition composition;
	const struct values *values = pick_values(audit, view, index, &composition);

	for (size_t s = 0; s < probe->step_count; s++) {
		const struct line *line = &probe->steps[s].line;

		for (size_t i = 0; i < line->count; i++)
			if (line->pieces[i].placeholder >= 0 && values->of[line->pieces[i].placeholder] == NULL)
				return placeholder_lack(line->pieces[i].placeholder);
	}
	return NULL;
}

void pick_check(const struct audit *audit, struct view *view)
{
	for (unsigned i = 0; i < view->count; i++) {
		const char *what;

		if (view->pace->tasks[i].state != TASK_PENDING)
			continue;
		what = lacks(audit, view, view->attempts[i].probe);
		if (what == NULL)
			what = lacks_value(audit, view, i);
		if (what != NULL)
			pick_skip(audit, view, i, what);
	}
	view->pace->checked = true;
}

static bool is_pending(const struct view *view, unsigned index)
{
	return view->pace->tasks[index].state == TASK_PENDING;
}

/* Pending tasks that may share a session, by what they may cost in rejections. */
unsigned pick_cost(const struct view *view, unsigned *risky)
{
	unsigned cost = 0;

	*risky = 0;
	for (unsigned i = 0; i < view->count; i++) {
		const struct probe *probe = view->attempts[i].probe;

		if (!is_pending(view, i) || !probe->shareable)
			continue;
		cost += view->pace->tasks[i].cost;
		*risky += probe->risky;
	}
	return cost;
}

static bool find_pending(const struct view *view, bool (*fits)(const struct probe *), unsigned *index)
{
	for (unsigned i = 0; i < view->count; i++) {
		if (is_pending(view, i) && fits(view->attempts[i].probe)) {
			*index = i;
			return true;
		}
	}
	return false;
}

static bool leads(const struct probe *probe)
{
	return probe->shareable && probe->has_hello;
}

static bool stands_alone(const struct probe *probe)
{
	return !probe->shareable;
}

static bool is_first_session(const struct view *view)
{
	return is_pending(view, 0);
}

/*
 * The next that fits and whose hello can be said.  A value that is missing before the server was
 * opened may come; later it will not, and our own hello in its place would be another probe.
 */
static bool find_lead(const struct audit *audit, struct view *view, bool (*fits)(const struct probe *), unsigned *index)
{
	while (find_pending(view, fits, index)) {
		const struct probe *probe = view->attempts[*index].probe;
		struct composition composition;
		const char *missing;
		size_t len;

		if (!probe->has_hello ||
		    compose_line(audit, &probe->hello, pick_values(audit, view, *index, &composition), &len, &missing) != NULL)
			return true;
		if (!view->pace->opened)
			return false;
		pick_skip(audit, view, *index, missing);
	}
	return false;
}

struct pick pick_session(const struct audit *audit, struct view *view)
{
	struct pace *pace = view->pace;
	struct pick pick = { .kind = KIND_NONE };
	unsigned risky, cost = pick_cost(view, &risky), sessions = (cost + pace->size - 1) / pace->size;

	if ((risky + PACE_RISKY - 1) / PACE_RISKY > sessions)
		sessions = (risky + PACE_RISKY - 1) / PACE_RISKY;
	/* A server that wants lock-step is served by all sessions at once, and tells so when it is opened. */
	if (!pace->opened && sessions > pace->limit / 2 && sessions < pace->limit)
		sessions = pace->limit;
	if (sessions > pace->opening) {
		pick.kind = KIND_BATCH;
		/* The first session is our own: it brings the controls. */
		if (!(is_first_session(view) && pace->opening == 0))
			pick.has_lead = find_lead(audit, view, leads, &pick.lead);
		if (pick.has_lead)
			pace->tasks[pick.lead].state = TASK_OUT;
		return pick;
	}
	for (unsigned i = 0; i < view->count; i++) {
		if (pace->tasks[i].state == TASK_SURE) {
			pace->tasks[i].state = TASK_OUT;
			pace->tasks[i].own_sender = audit->settings.confirm;
			return (struct pick){ KIND_SURE, i, true };
		}
	}
	if (pace->opened && pace->opening == 0 && find_lead(audit, view, stands_alone, &pick.lead)) {
		pick.kind = KIND_SOLO;
		pick.has_lead = true;
		pace->tasks[pick.lead].own_sender = audit->settings.confirm;
		pace->tasks[pick.lead].state = TASK_OUT;
	}
	return pick;
}

bool pick_speaks_first(const struct view *view, const struct pick *pick)
{
	return pick->kind != KIND_BATCH && pick->has_lead && view->attempts[pick->lead].probe->speaks_first;
}

struct pick pick_first_word(const struct audit *audit, struct view *view)
{
	struct pace *pace = view->pace;

	/* Some wait, some hang up on who says nothing, and Postfix says 421 then. */
	if (pace->opened || pace->strikes == 0 || (view->reach != REACH_NO_BANNER && view->reach != REACH_NO_SERVICE) ||
	    (view->banner != NULL && strncmp(view->banner, "421", 3) != 0))
		return (struct pick){ .kind = KIND_NONE };
	for (unsigned i = 0; i < view->count; i++) {
		const struct probe *probe = view->attempts[i].probe;
		struct task *task = &pace->tasks[i];
		bool sure = task->state == TASK_SURE;

		if (!probe->speaks_first || task->kills != 0 || !(sure || task->state == TASK_PENDING) || lacks(audit, view, probe) != NULL)
			continue;
		task->state = TASK_OUT;
		task->own_sender = audit->settings.confirm;
		return (struct pick){ sure ? KIND_SURE : KIND_SOLO, i, true };
	}
	return (struct pick){ .kind = KIND_NONE };
}

const char *pick_hello(const struct audit *audit, struct view *view, const struct pick *pick)
{
	const struct probe *probe = pick->has_lead ? view->attempts[pick->lead].probe : NULL;
	struct composition composition;
	const char *missing;
	size_t len;

	if (probe == NULL || !probe->opens_itself)
		return NULL;
	if (!probe->has_hello)
		return "";
	return compose_line(audit, &probe->hello, pick_values(audit, view, pick->lead, &composition), &len, &missing);
}
