/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_run.c - the seats of a map, and what becomes of its questions
 *
 * A question that came to nothing waits in `again`, with a time before which it is not
 * asked.  A server that fails session after session is given longer and longer pauses,
 * fewer seats, and is then given up.
 */
#include "audit/map_run.h"

#include <event2/event.h>
#include <stdlib.h>

#include "audit/map_seat.h"
#include "audit/pace.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "smtp/reply.h"
#include "vantage/vantage.h"

enum {
	/* Sessions in a row without an answer before the server is given up: that was never reached, that was, and that speaks. */
	FAILURES_UNREACHED = 3,
	FAILURES = 8,
	FAILURES_SPEAKING = 64,
	/* Sessions that go well before there may be one more at once again. */
	RECOVERY = 50
};

struct map_run {
	struct map_settings settings;
	struct map_plan *plan;
	const struct map_events *events;
	void *context;
	struct map_seat *seats[MAP_SESSIONS_MOST];
	size_t limit;                   /* of seats that may be busy */
	size_t busy;
	size_t batch;                   /* clients a session */
	struct map_ask *again;
	size_t again_count, again_capacity;
	int64_t again_due;              /* none of them is due before */
	struct event *timer;
	int64_t resume_at;
	unsigned failures;              /* in a row */
	unsigned good;                  /* in a row */
	bool once;                      /* XCLIENT is granted once a session */
	bool opened;                    /* the server answered at least once */
	bool done;
	char *fault;
	struct map_tally tally;
};

static void go_on(struct map_run *run);

static char *printed(const struct reply *reply)
{
	struct buf text = BUF_INIT(200);

	reply_print(reply, &text);
	return buf_detach(&text);
}

static void settle(struct map_run *run, const struct map_ask *ask, enum map_answer answer, enum reason reason, const struct reply *reply)
{
	struct map_tally *tally = &run->tally;

	if (answer == MAP_GRANTED) {
		tally->granted++;
		if (tally->granting == NULL)
			tally->granting = printed(reply);
	} else if (answer == MAP_DENIED) {
		tally->denied++;
		if (tally->denying == NULL)
			tally->denying = printed(reply);
	} else {
		tally->undecided++;
		if (tally->reasons[reason]++ == 0) {
			tally->clients[reason] = ask->question.client;
			tally->replies[reason] = reply ? printed(reply) : NULL;
		}
	}
	map_plan_answer(run->plan, &ask->question, answer);
	run->events->answered(run->context, &ask->question, answer);
}

static void ask_again(struct map_run *run, const struct map_ask *ask, bool tried)
{
	struct map_ask later = *ask;

	later.tries += tried;
	later.due = tried ? clock_now() + run->settings.retry_after * later.tries : 0;
	MEM_ROOM(run->again, run->again_count, run->again_capacity);
	run->again[run->again_count++] = later;
	if (later.due < run->again_due)
		run->again_due = later.due;
}

static void on_heard(void *context, const struct map_ask *ask, enum reason reason, const struct reply *reply)
{
	struct map_run *run = context;

	if (reason == REASON_NONE)
		settle(run, ask, MAP_GRANTED, reason, reply);
	else if (reason == REASON_RELAYING_DENIED || reason == REASON_AUTH_REQUIRED)
		settle(run, ask, MAP_DENIED, reason, reply);
	else if (reason_is_passing(reason) && ask->tries + 1 < MAP_TRIES)
		ask_again(run, ask, true);
	else
		settle(run, ask, MAP_UNDECIDED, reason, reply);
}

static void on_unasked(void *context, const struct map_ask *ask, bool tried, enum reason reason)
{
	struct map_run *run = context;

	/* A server that cannot be reached says nothing of this client. */
	if (tried && reason != REASON_CONNECTION_REFUSED && ask->tries + 1 >= MAP_TRIES)
		settle(run, ask, MAP_UNDECIDED, reason, NULL);
	else
		ask_again(run, ask, tried && reason != REASON_CONNECTION_REFUSED);
}

static void on_once(void *context)
{
	struct map_run *run = context;

	run->batch = 1;
	run->once = true;
}

static void on_slow(void *context, size_t heard)
{
	struct map_run *run = context;

	if (heard <= run->batch)
		run->batch = heard > 1 ? heard - 1 : 1;
	run->good = 0;
}

static void give_up(struct map_run *run, const char *why)
{
	if (run->fault == NULL)
		run->fault = mem_text(why);
	run->done = true;
}

/* A session without an answer: the next ones later, and fewer of them. */
static void note_failure(struct map_run *run, bool reached, const struct err *err)
{
	unsigned most = reached ? FAILURES_SPEAKING : run->opened ? FAILURES : FAILURES_UNREACHED;
	int64_t pause = PACE_PAUSE;

	run->good = 0;
	/* A claim that is refused from the beginning is refused for ever. */
	if (err->kind == ERR_PROTO && reached && run->tally.granted + run->tally.denied + run->tally.undecided == 0) {
		give_up(run, err->text);
		return;
	}
	if (++run->failures >= most) {
		give_up(run, err->kind != ERR_NONE ? err->text : "the server ends its sessions without an answer");
		return;
	}
	if (reached && run->failures < FAILURES)
		return;
	for (unsigned i = 1; i < run->failures && pause < PACE_PAUSE_MOST; i++)
		pause *= 2;
	run->resume_at = clock_now() + (pause > PACE_PAUSE_MOST ? PACE_PAUSE_MOST : pause);
	run->limit = run->limit > 1 ? run->limit / 2 : 1;
}

/* What went well for a while may be pressed a little harder again. */
static void recover(struct map_run *run)
{
	if (run->limit < run->settings.vantage_count)
		run->limit++;
	if (!run->once && run->batch < MAP_CLIENTS)
		run->batch++;
}

static void on_over(void *context, const struct map_seat_end *end)
{
	struct map_run *run = context;

	run->busy--;
	run->tally.sessions++;
	run->opened = run->opened || end->reached;
	if (run->tally.hello == NULL && end->facts->hello != NULL) {
		run->tally.hello = mem_text(end->facts->hello);
		run->tally.banner = mem_text(end->facts->banner);
	}
	if (end->heard != 0) {
		run->failures = 0;
		if (++run->good % RECOVERY == 0)
			recover(run);
	} else {
		note_failure(run, end->reached, end->err);
	}
	go_on(run);
}

static const struct map_seat_events seat_events = {
	.heard = on_heard,
	.unasked = on_unasked,
	.once = on_once,
	.slow = on_slow,
	.over = on_over,
};

static int64_t earliest(const struct map_run *run)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < run->again_count; i++)
		if (run->again[i].due < due)
			due = run->again[i].due;
	return due;
}

/* The next question that may be asked now. */
static bool take(struct map_run *run, int64_t now, struct map_ask *ask)
{
	for (size_t i = 0; now >= run->again_due && i < run->again_count; i++)
		if (run->again[i].due <= now) {
			*ask = run->again[i];
			run->again[i] = run->again[--run->again_count];
			return true;
		}
	run->again_due = earliest(run);
	*ask = (struct map_ask){ .tries = 0 };
	while (map_plan_next(run->plan, &ask->question)) {
		enum map_answer known = map_question_is_again(&ask->question) ? MAP_UNASKED : run->events->known(run->context, &ask->question);

		if (known == MAP_UNASKED)
			return true;
		map_plan_answer(run->plan, &ask->question, known);
	}
	return false;
}

static void wait_until(struct map_run *run, int64_t when)
{
	int64_t rest = when - clock_now();
	struct timeval wait = { .tv_sec = rest > 0 ? rest / CLOCK_S : 0, .tv_usec = rest > 0 ? rest % CLOCK_S : 0 };

	event_add(run->timer, &wait);
}

static bool fill(struct map_run *run, struct map_seat *seat)
{
	struct map_ask asks[MAP_CLIENTS];
	/* Few questions are shared out among the seats. */
	size_t most = map_seat_takes_many(seat) ? run->batch : 1, count = 0, share = map_plan_ready(run->plan) / run->limit + 1;
	int64_t now = clock_now();

	most = share < most ? share : most;
	while (count < most && take(run, now, &asks[count]))
		count++;
	if (count == 0)
		return false;
	run->busy++;
	map_seat_ask(seat, asks, count);
	return true;
}

/* Seats take questions until there are none, and the run is done when all are answered. */
static void go_on(struct map_run *run)
{
	if (run->done)
		return;
	if (run->resume_at > clock_now()) {
		wait_until(run, run->resume_at);
		return;
	}
	for (size_t i = 0; i < run->settings.vantage_count && run->busy < run->limit; i++)
		if (!map_seat_is_busy(run->seats[i]) && !fill(run, run->seats[i]))
			break;
	run->done = run->busy == 0 && map_plan_is_done(run->plan);
	if (run->busy == 0 && run->again_count != 0)
		wait_until(run, earliest(run));
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	go_on(context);
}

struct map_run *map_run_start(const struct map_settings *settings, struct map_plan *plan, const struct map_events *events, void *context)
{
	struct map_run *run = mem_new(sizeof *run);

	run->settings = *settings;
	run->plan = plan;
	run->events = events;
	run->context = context;
	run->limit = settings->vantage_count;
	run->batch = MAP_CLIENTS;
	run->timer = event_new(settings->base, -1, 0, on_timer, run);
	for (size_t i = 0; i < settings->vantage_count; i++)
		run->seats[i] = map_seat_new(&run->settings, settings->vantages[i], &seat_events, run);
	go_on(run);
	return run;
}

void map_run_stop(struct map_run *run)
{
	run->done = true;
	event_del(run->timer);
	for (size_t i = 0; i < run->settings.vantage_count; i++) {
		map_seat_free(run->seats[i]);
		run->seats[i] = NULL;
	}
}

void map_run_free(struct map_run *run)
{
	if (run == NULL)
		return;
	map_run_stop(run);
	event_free(run->timer);
	for (size_t i = 0; i < REASONS; i++)
		free(run->tally.replies[i]);
	free(run->tally.granting);
	free(run->tally.denying);
	free(run->tally.banner);
	free(run->tally.hello);
	free(run->again);
	free(run->fault);
	free(run);
}

bool map_run_is_done(const struct map_run *run)
{
	return run->done;
}

const char *map_run_fault(const struct map_run *run)
{
	return run->fault;
}

const struct map_tally *map_run_tally(const struct map_run *run)
{
	return &run->tally;
}
