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

struct pace *pace_new(const struct audit *audit, struct view *view)
{
	struct pace *pace = mem_new(sizeof *pace);
	bool relays = view_vantage(audit, view)->expect == EXPECT_RELAY;

	pace->tasks = mem_new(view->count * sizeof *pace->tasks);
	pace->size = PACE_REJECTIONS;
	pace->limit = audit->settings.max_sessions;
	for (size_t i = 0; i < view->count; i++) {
		struct attempt *attempt = &view->attempts[i];

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

static const struct values *values_for(const struct audit *audit, struct view *view, unsigned index, struct composition *composition)
{
	struct pace *pace = view->pace;

	/* Before the first session is open, neither the server's name nor our own address is known. */
	if (!pace->composed)
		compose_begin(audit, view, &pace->begun);
	pace->composed = pace->opened;
	compose_values(audit, &view->attempts[index], choice_of(view, index), &pace->begun, composition);
	return &composition->values;
}

/* The MAIL line of a task of plain shape; NULL when a placeholder has no value. */
static const char *mail_of(const struct audit *audit, struct view *view, unsigned index)
{
	struct task *task = &view->pace->tasks[index];
	const struct probe *probe = view->attempts[index].probe;
	struct composition composition;
	const char *missing;
	size_t len;

	if (task->mail == NULL || task->mail_choice != choice_of(view, index)) {
		task->mail = compose_line(audit, &probe->steps[0].line, values_for(audit, view, index, &composition), &len, &missing);
		task->mail_choice = (unsigned char)choice_of(view, index);
	}
	return task->mail;
}

static void skip(const struct audit *audit, struct view *view, unsigned index, const char *what)
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
	if ((probe->needs & NEEDS_LOCAL_USER) != 0 && audit->settings.local_user == NULL)
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

void pick_check(const struct audit *audit, struct view *view)
{
	for (unsigned i = 0; i < view->count; i++) {
		const char *what;

		if (view->pace->tasks[i].state != TASK_PENDING)
			continue;
		what = lacks(audit, view, view->attempts[i].probe);
		if (what != NULL)
			skip(audit, view, i, what);
	}
	view->pace->checked = true;
}

static bool is_pending(const struct view *view, unsigned index)
{
	return view->pace->tasks[index].state == TASK_PENDING;
}

/* Rejections that a probe may bring: the deciding one, and those that are wanted or allowed on the way to it. */
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

/* Pending tasks that may share a session, by what they may cost in rejections. */
static unsigned pending_cost(const struct view *view, unsigned *risky)
{
	unsigned cost = 0;

	*risky = 0;
	for (unsigned i = 0; i < view->count; i++) {
		const struct probe *probe = view->attempts[i].probe;

		if (!is_pending(view, i) || !probe->shareable)
			continue;
		cost += cost_of(probe);
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
		    compose_line(audit, &probe->hello, values_for(audit, view, *index, &composition), &len, &missing) != NULL)
			return true;
		if (!view->pace->opened)
			return false;
		skip(audit, view, *index, missing);
	}
	return false;
}

struct pick pick_session(const struct audit *audit, struct view *view)
{
	struct pace *pace = view->pace;
	struct pick pick = { .kind = KIND_NONE };
	unsigned risky, cost = pending_cost(view, &risky), sessions = (cost + pace->size - 1) / pace->size;

	if ((risky + PACE_RISKY - 1) / PACE_RISKY > sessions)
		sessions = (risky + PACE_RISKY - 1) / PACE_RISKY;
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
			return (struct pick){ KIND_SURE, i, true };
		}
	}
	if (pace->opened && pace->opening == 0 && find_lead(audit, view, stands_alone, &pick.lead)) {
		pick.kind = KIND_SOLO;
		pick.has_lead = true;
		pace->tasks[pick.lead].state = TASK_OUT;
	}
	return pick;
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
	return compose_line(audit, &probe->hello, values_for(audit, view, pick->lead, &composition), &len, &missing);
}

/* What is left of a session's room. */
struct room {
	unsigned tasks;
	unsigned risky;
	unsigned resets;
	unsigned commands;
	unsigned rcpts;         /* a MAIL */
};

static bool fits(const struct view *view, unsigned index, bool risky, bool leading)
{
	const struct probe *probe = view->attempts[index].probe;

	return is_pending(view, index) && probe->shareable && probe->risky == risky && (leading || !probe->has_hello);
}

/* What the operator could add. */
static const char *placeholder_lack(const char *missing)
{
	if (strcmp(missing, placeholder_name(PLACE_VICTIM_LITERAL)) == 0)
		return "an outside address whose mail exchanger is known (--victim)";
	if (strcmp(missing, placeholder_name(PLACE_BACKUP)) == 0)
		return "a second domain of the target (--domain)";
	return missing;
}

/* Marks the parts as out, or skips the one that lacks a placeholder's value. */
static void add_transaction(const struct audit *audit, struct view *view, struct batch *batch, const unsigned *indices, unsigned count)
{
	struct part parts[PACE_RCPTS_LOCKSTEP] = { { .member = 0 } };
	struct composition compositions[PACE_RCPTS_LOCKSTEP];
	const char *missing = NULL;

	for (unsigned i = 0; i < count; i++) {
		const struct values *values = values_for(audit, view, indices[i], &compositions[i]);

		parts[i] = (struct part){ indices[i], &view->attempts[indices[i]], values };
		view->pace->tasks[indices[i]].state = TASK_OUT;
	}
	if (batch_add(batch, audit, parts, count, &missing) == 0)
		return;
	/* Alone, each shows for itself whether it is the one that lacks a value. */
	for (unsigned i = 0; i < count; i++)
		if (count == 1 || batch_add(batch, audit, &parts[i], 1, &missing) != 0)
			skip(audit, view, indices[i], placeholder_lack(missing));
}

/* A known local recipient may open what comes behind it: it has a MAIL of its own. */
static bool shares_mail(const struct probe *probe)
{
	return probe->plain_shape && probe->control != CONTROL_KNOWN_LOCAL;
}

/* The next transaction of the kind asked for; false when there is none, or no room. */
static bool take_transaction(const struct audit *audit, struct view *view, struct batch *batch, struct room *room, bool risky)
{
	unsigned indices[PACE_RCPTS_LOCKSTEP], count = 0, cost = 0, most = room->rcpts;
	const char *mail = NULL;

	if (room->tasks == 0 || (batch->count != 0 && room->resets == 0) || room->commands < 2 || (risky && room->risky == 0))
		return false;
	most = most < room->tasks ? most : room->tasks;
	most = risky && room->risky < most ? room->risky : most;
	most = most < room->commands - 1 ? most : room->commands - 1;
	for (unsigned i = 0; i < view->count && count < most; i++) {
		const struct probe *probe = view->attempts[i].probe;

		if (!fits(view, i, risky, false))
			continue;
		if (count == 0) {
			cost = cost_of(probe);
			/* What never fits comes first in a session. */
			if (cost > room->tasks && batch->count != 0)
				continue;
			indices[count++] = i;
			if (!shares_mail(probe))
				break;
			mail = mail_of(audit, view, i);
		} else if (shares_mail(probe) && mail != NULL && mail_of(audit, view, i) == mail) {
			indices[count++] = i;
		}
	}
	if (count == 0)
		return false;
	cost = cost > count ? cost : count;
	room->tasks -= cost < room->tasks ? cost : room->tasks;
	room->risky -= risky ? count : 0;
	room->resets -= batch->count != 0;
	room->commands -= count + 1 < room->commands ? count + 1 : room->commands;
	add_transaction(audit, view, batch, indices, count);
	return true;
}

/* In lock-step every command is a round trip: each session takes its share of them. */
static unsigned share_of(const struct audit *audit, struct view *view)
{
	unsigned risky, cost = pending_cost(view, &risky), mails = 0;
	const char *last = NULL;

	if (view->pace->share != 0)
		return view->pace->share;
	for (unsigned i = 0; i < view->count; i++) {
		if (!is_pending(view, i) || !view->attempts[i].probe->plain_shape)
			continue;
		const char *mail = mail_of(audit, view, i);

		mails += mail != last;
		last = mail;
	}
	view->pace->share = (cost + 2 * mails) / audit->settings.max_sessions + 2;
	return view->pace->share;
}

static void fill_room(const struct audit *audit, struct view *view, struct room *room)
{
	bool pipelining = (view->capabilities & CAP_PIPELINING) != 0;
	unsigned risky, cost = pending_cost(view, &risky), sessions = (cost + view->pace->size - 1) / view->pace->size;

	*room = (struct room){
		.tasks = view->pace->size,
		.risky = sessions != 0 ? (risky + sessions - 1) / sessions : 0,
		.resets = PACE_RESETS,
		.commands = pipelining ? 1000 : share_of(audit, view),
		.rcpts = pipelining ? PACE_RCPTS : PACE_RCPTS_LOCKSTEP,
	};
	if (room->risky > PACE_RISKY)
		room->risky = PACE_RISKY;
}

void pick_batch(const struct audit *audit, struct view *view, const struct pick *pick, struct batch *batch)
{
	struct room room;

	if (pick->has_lead) {
		add_transaction(audit, view, batch, &pick->lead, 1);
		if (pick->kind != KIND_BATCH)
			return;
	}
	fill_room(audit, view, &room);
	room.tasks -= pick->has_lead;
	/* Room is kept for the risky ones, which come last. */
	unsigned kept = room.risky < room.tasks ? room.risky : room.tasks - (room.tasks != 0);

	room.tasks -= kept;
	while (take_transaction(audit, view, batch, &room, false))
		continue;
	room.tasks += kept;
	while (take_transaction(audit, view, batch, &room, true))
		continue;
}
