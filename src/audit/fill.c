/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fill.c - which tasks go into an opened session
 *
 * Pipelined, a session costs a round trip however much it says: transactions are
 * short, plain tasks come first and risky ones last.  In lock-step every command is
 * a round trip: as many recipients as may be share a MAIL, sessions that begin with
 * the ordinary sender stay with it, the others take the foreign senders, and each
 * takes its share of the commands and no more.
 */
#include <stdlib.h>
#include <string.h>

#include "audit/pace.h"
#include "audit/verdict.h"
#include "base/buf.h"
#include "base/pool.h"
#include "probe/probe.h"
#include "smtp/capability.h"

/* What is left of a session's room. */
struct room {
	bool lockstep;
	bool fresh;             /* nothing is in the session yet */
	unsigned tasks;         /* by the rejections that they may bring */
	unsigned risky;
	unsigned resets;
	unsigned commands;
	unsigned rcpts;         /* a MAIL */
};

/* Which tasks are wanted. */
enum taste {
	TASTE_PLAIN,            /* not risky */
	TASTE_ODD,              /* not risky, with a MAIL that few share */
	TASTE_RISKY,
	TASTE_ANY               /* plain ones, and risky ones behind them in the same MAIL */
};

/* The members of one transaction. */
struct party {
	unsigned indices[PACE_RCPTS_LOCKSTEP];
	unsigned count;
	unsigned cost;          /* rejections */
	unsigned commands;
	unsigned risky;
};

/* Marks the members as out.  pick_check() has seen to it that their placeholders have values. */
static void add_transaction(const struct audit *audit, struct view *view, struct batch *batch, const struct party *party)
{
	struct part parts[PACE_RCPTS_LOCKSTEP] = { { .member = 0 } };
	struct composition compositions[PACE_RCPTS_LOCKSTEP];
	const char *missing = NULL;

	for (unsigned i = 0; i < party->count; i++) {
		unsigned index = party->indices[i];

		parts[i] = (struct part){ index, &view->attempts[index], pick_values(audit, view, index, &compositions[i]) };
		view->pace->tasks[index].state = TASK_OUT;
	}
	if (batch_add(batch, audit, parts, party->count, &missing) != 0)
		for (unsigned i = 0; i < party->count; i++)
			pick_skip(audit, view, party->indices[i], missing);
}

static bool is_free(const struct view *view, unsigned index)
{
	const struct probe *probe = view->attempts[index].probe;

	return view->pace->tasks[index].state == TASK_PENDING && probe->shareable && !probe->has_hello;
}

/* A known local recipient may open what comes behind it: it comes last under its MAIL. */
static bool is_known(const struct view *view, unsigned index)
{
	return view->attempts[index].probe->control == CONTROL_KNOWN_LOCAL;
}

static bool is_odd(const struct audit *audit, struct view *view, unsigned index)
{
	return !view->attempts[index].probe->plain_shape || pick_mail(audit, view, index) != pick_mail(audit, view, 0);
}

static bool suits(const struct audit *audit, struct view *view, unsigned index, enum taste taste)
{
	bool risky = view->attempts[index].probe->risky;

	if (!is_free(view, index) || is_known(view, index))
		return false;
	if (taste == TASTE_RISKY)
		return risky;
	return !risky && (taste != TASTE_ODD || is_odd(audit, view, index));
}

/* Takes the task into the party if there is room. */
static bool join(const struct view *view, const struct room *room, struct party *party, unsigned index)
{
	const struct probe *probe = view->attempts[index].probe;
	unsigned cost = view->pace->tasks[index].cost, commands = (unsigned)probe->step_count - 1;
	/* What never fits may have a session of its own. */
	bool alone = party->count == 0 && room->fresh;

	if (party->count == room->rcpts || party->risky + probe->risky > room->risky)
		return false;
	if ((party->cost + cost > room->tasks || party->commands + commands > room->commands) && !alone)
		return false;
	party->indices[party->count++] = index;
	party->cost += cost;
	party->commands += commands;
	party->risky += probe->risky;
	return true;
}

/* All that suit and share the MAIL of the first. */
static void join_all(const struct audit *audit, struct view *view, const struct room *room, struct party *party, enum taste taste)
{
	const char *mail = pick_mail(audit, view, party->indices[0]);

	for (unsigned i = 0; i < view->count && mail != NULL && party->count < room->rcpts; i++)
		if (i != party->indices[0] && suits(audit, view, i, taste) && view->attempts[i].probe->plain_shape &&
		    pick_mail(audit, view, i) == mail)
			join(view, room, party, i);
}

static void join_known(const struct audit *audit, struct view *view, const struct room *room, struct party *party)
{
	const char *mail = pick_mail(audit, view, party->indices[0]);

	for (unsigned i = 0; i < view->controls; i++)
		if (is_free(view, i) && is_known(view, i) && pick_mail(audit, view, i) == mail)
			join(view, room, party, i);
}

/* Whether a known local recipient waits for a place at the end of a transaction. */
static bool known_waits(const struct view *view)
{
	for (unsigned i = 0; i < view->controls; i++)
		if (is_free(view, i) && is_known(view, i))
			return true;
	return false;
}

static bool find_first(const struct audit *audit, struct view *view, const struct room *room, struct party *party, enum taste taste)
{
	for (unsigned i = 0; i < view->count; i++)
		if (suits(audit, view, i, taste == TASTE_ANY ? TASTE_PLAIN : taste) && join(view, room, party, i))
			return true;
	return false;
}

/* Risky ones that share the MAIL of the first, as many as a session bears. */
static unsigned count_risky(const struct audit *audit, struct view *view, unsigned first)
{
	const char *mail = pick_mail(audit, view, first);
	unsigned count = 0;

	for (unsigned i = 0; i < view->count && count < PACE_RISKY; i++)
		count += i != first && suits(audit, view, i, TASTE_RISKY) && view->attempts[i].probe->plain_shape &&
			 pick_mail(audit, view, i) == mail;
	return count;
}

static void gather(const struct audit *audit, struct view *view, const struct room *room, struct party *party, enum taste taste)
{
	struct room less = *room;
	bool known = known_waits(view);

	if (!view->attempts[party->indices[0]].probe->plain_shape)
		return;
	/* A place is kept for the known recipient, which comes last. */
	if (known && less.rcpts > 1 && less.tasks > 1) {
		less.rcpts--;
		less.tasks--;
		less.commands--;
	}
	if (taste == TASTE_ANY) {
		/* Every session takes its part of the risky ones: three are the most, and they must all find room. */
		struct room plain = less;

		plain.rcpts -= plain.rcpts > PACE_RISKY ? count_risky(audit, view, party->indices[0]) : 0;
		join_all(audit, view, &plain, party, TASTE_PLAIN);
		join_all(audit, view, &less, party, TASTE_RISKY);
	} else {
		join_all(audit, view, &less, party, taste);
	}
	if (known)
		join_known(audit, view, room, party);
}

/* The next transaction, begun by `lead` if there is one; false when there is none, or no room. */
static bool take(const struct audit *audit, struct view *view, struct batch *batch, struct room *room, const unsigned *lead,
		 enum taste taste)
{
	struct room inner = *room;
	struct party party = { .count = 0 };
	unsigned overhead = 1 + (batch->count != 0);

	if (room->tasks == 0 || room->commands <= overhead || (batch->count != 0 && room->resets == 0))
		return false;
	inner.commands -= overhead;
	inner.fresh = batch->count == 0;
	if (lead != NULL)
		join(view, &inner, &party, *lead);
	else if (!find_first(audit, view, &inner, &party, taste) && !(batch->count == 0 && known_waits(view)))
		return false;
	if (party.count != 0)
		gather(audit, view, &inner, &party, taste);
	else
		for (unsigned i = 0; i < view->controls && party.count == 0; i++)
			if (is_free(view, i))
				join(view, &inner, &party, i);
	room->tasks -= party.cost < room->tasks ? party.cost : room->tasks;
	room->risky -= party.risky;
	room->resets -= batch->count != 0;
	room->commands -= party.commands + overhead < room->commands ? party.commands + overhead : room->commands;
	add_transaction(audit, view, batch, &party);
	return true;
}

/* In lock-step: the commands of all pending tasks, shared out to the sessions that have to be anyway. */
static unsigned share_of(const struct audit *audit, struct view *view)
{
	unsigned risky, rcpts = 0, ordinary = 0, mails = 0, cost = pick_cost(view, &risky);
	unsigned most = audit->settings.max_sessions, sessions = (cost + view->pace->size - 1) / view->pace->size;
	const char *last = NULL;

	if (view->pace->share != 0)
		return view->pace->share;
	sessions = (sessions + most - 1) / most * most;
	for (unsigned i = 0; i < view->count; i++) {
		const struct attempt *attempt = &view->attempts[i];

		if (!attempt->probe->shareable || view->pace->tasks[i].state == TASK_SETTLED)
			continue;
		rcpts += (unsigned)attempt->probe->step_count - 1;
		if (!is_odd(audit, view, i))
			ordinary++;
		else if (!attempt->probe->plain_shape || pick_mail(audit, view, i) != last)
			mails++;
		last = attempt->probe->plain_shape ? pick_mail(audit, view, i) : last;
	}
	mails += (ordinary + view->pace->size - 1) / view->pace->size;
	/* Each MAIL but a session's first has a RSET before it. */
	cost = rcpts + 2 * mails;
	cost = cost > sessions ? cost - sessions : cost;
	/* More than its part, since transactions are not cut. */
	view->pace->share = (sessions != 0 ? cost / sessions : cost) + 1;
	if (view->pace->share < 4)
		view->pace->share = 4;
	return view->pace->share;
}

static struct room room_of(const struct audit *audit, struct view *view)
{
	bool lockstep = (view->capabilities & CAP_PIPELINING) == 0;
	unsigned risky, cost = pick_cost(view, &risky), sessions = (cost + view->pace->size - 1) / view->pace->size;
	struct room room = {
		.lockstep = lockstep,
		.tasks = view->pace->size,
		.risky = sessions != 0 ? (risky + sessions - 1) / sessions : 0,
		.resets = PACE_RESETS,
		.commands = lockstep ? share_of(audit, view) : 1000,
		.rcpts = lockstep ? PACE_RCPTS_LOCKSTEP : PACE_RCPTS,
	};

	if (room.risky > PACE_RISKY || lockstep)
		room.risky = PACE_RISKY;
	return room;
}

static void fill_lockstep(const struct audit *audit, struct view *view, struct batch *batch, struct room *room, const unsigned *lead)
{
	if (lead != NULL || known_waits(view)) {
		take(audit, view, batch, room, lead, TASTE_ANY);
	} else {
		while (take(audit, view, batch, room, NULL, TASTE_ODD))
			continue;
	}
	while (take(audit, view, batch, room, NULL, TASTE_ANY))
		continue;
	while (take(audit, view, batch, room, NULL, TASTE_RISKY))
		continue;
}

static void fill_pipelined(const struct audit *audit, struct view *view, struct batch *batch, struct room *room, const unsigned *lead)
{
	/* Room is kept for the risky ones, which come last. */
	unsigned kept = room->risky < room->tasks ? room->risky : room->tasks - (room->tasks != 0);

	room->tasks -= kept;
	if (lead != NULL)
		take(audit, view, batch, room, lead, TASTE_PLAIN);
	while (take(audit, view, batch, room, NULL, TASTE_PLAIN))
		continue;
	room->tasks += kept;
	while (take(audit, view, batch, room, NULL, TASTE_RISKY))
		continue;
}

/*
 * What was accepted and looks local is worth as much as an unknown name is at the
 * same domain: a server may know the users of its mail domain and take anything for
 * its host name (Courier).
 */
static void calibrate(const struct audit *audit, struct view *view, struct attempt *attempt, struct batch *batch)
{
	const char *mail = pick_mail(audit, view, 0), *domain;
	struct composition composition;
	struct buf line = BUF_INIT(1024);
	size_t len;

	verdict_route(audit, view, attempt);
	if (mail == NULL || (attempt->route != ROUTE_LOCAL && attempt->route != ROUTE_NONE) || attempt->for_known)
		return;
	domain = route_domain(attempt->rcpt_to, &len);
	pick_values(audit, view, (unsigned)(attempt - view->attempts), &composition);
	buf_printf(&line, "RCPT TO:<%s%s%.*s>\r\n", composition.rand, len != 0 ? "@" : "", (int)len, domain);
	/* What had to be escaped to be shown is not the address any more. */
	if (strchr(line.data, '\\') == NULL)
		batch_calibrate(batch, mail, pool_bytes(audit->pool, line.data, line.len));
	buf_release(&line);
}

void fill_batch(const struct audit *audit, struct view *view, const struct pick *pick, struct batch *batch)
{
	const unsigned *lead = pick->has_lead ? &pick->lead : NULL;
	struct room room = room_of(audit, view);

	batch->serial = view->pace->size == 1;
	/* The lead is out, and so not among those that the room was reckoned for. */
	if (lead != NULL && room.risky == 0 && view->attempts[*lead].probe->risky)
		room.risky = 1;
	/* A server that ended such a session is asked for less. */
	if (pick->kind == KIND_SURE && view->pace->tasks[pick->lead].kills == 0)
		calibrate(audit, view, &view->attempts[pick->lead], batch);
	if (pick->kind != KIND_BATCH) {
		add_transaction(audit, view, batch, &(struct party){ .indices = { pick->lead }, .count = 1 });
		return;
	}
	if (room.lockstep)
		fill_lockstep(audit, view, batch, &room, lead);
	else
		fill_pipelined(audit, view, batch, &room, lead);
}
