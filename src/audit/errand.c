/* SPDX-License-Identifier: Apache-2.0 */
/*
 * errand.c - an agent's part of an audit
 *
 * Whatever ends an errand is put down as its fault, and a timer that is due at once
 * ends it: so nothing is freed while its lines are being read.
 */
#include "audit/errand.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "audit/job.h"
#include "audit/result.h"
#include "audit/settle.h"
#include "audit/talk.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "net/http.h"

enum {
	REFUSAL_MOST = 2048,
	SENTENCE_MOST = 480
};

struct errand {
	const struct talk_owner *owner; /* borrowed */
	struct host *host;
	size_t vantage;
	struct view **views;            /* the vantage's, in their order: that of the job's endpoints */
	bool *viewed;                   /* of which of them the agent has told the end */
	size_t view_count;
	struct buf body;
	struct http_transfer *transfer; /* NULL once it is over */
	struct event timer;
	struct buf line;                /* begun, and not yet whole */
	size_t lines_left;
	int64_t deadline;
	int64_t heard;                  /* when anything came last */
	int status;
	bool complete;                  /* its last line was there */
	bool over;
	struct err fault;
	void (*told)(void *context, struct errand *errand);
	void *context;
};

static void errand_free(struct errand *errand)
{
	event_del(&errand->timer);
	if (errand->transfer != NULL)
		http_transfer_abort(errand->transfer);
	buf_release(&errand->body);
	buf_release(&errand->line);
	free(errand->views);
	free(errand->viewed);
	free(errand);
}

static void wake_at(struct errand *errand, int64_t when)
{
	int64_t rest = when - clock_now();
	struct timeval wait = { 0, 0 };

	if (rest > 0)
		wait = (struct timeval){ .tv_sec = rest / CLOCK_S, .tv_usec = rest % CLOCK_S };
	event_add(&errand->timer, &wait);
}

/* The first fault counts. */
static void fail(struct errand *errand, const struct err *err)
{
	if (errand->over)
		return;
	errand->over = true;
	errand->fault = *err;
	wake_at(errand, 0);
}

static void fail_with(struct errand *errand, enum err_kind kind, const char *sentence)
{
	struct err err = ERR_INIT;

	err_set(&err, kind, "%s", sentence);
	fail(errand, &err);
}

static void use_attempt(struct errand *errand, const struct result_attempt *said, struct err *err)
{
	struct view *view;
	size_t index;

	if (said->endpoint >= errand->view_count) {
		err_set(err, ERR_PROTO, "it tells of an endpoint that it was not asked for");
		return;
	}
	view = errand->views[said->endpoint];
	index = said->number - view->attempts[0].number;
	if (said->number >= view->attempts[0].number && index < view->count && view->pace->tasks[index].state == TASK_SETTLED) {
		err_set(err, ERR_PROTO, "it tells of an attempt twice");
		return;
	}
	if (result_use_attempt(errand->owner->audit, view, said, err) != 0)
		return;
	if (view->attempts[index].proof >= PROOF_DATA)
		errand->owner->audit->taken_at = clock_now();
	talk_settle(errand->owner, view, (unsigned)index);
}

static void use_view(struct errand *errand, const struct result_view *said, struct err *err)
{
	if (said->endpoint >= errand->view_count || errand->viewed[said->endpoint]) {
		err_set(err, ERR_PROTO, "it tells of an endpoint twice, or of one that it was not asked for");
		return;
	}
	if (result_use_view(errand->owner->audit, errand->views[said->endpoint], said, err) == 0)
		errand->viewed[said->endpoint] = true;
}

/* It says that this is all: so it has to be. */
static void use_done(struct errand *errand, struct err *err)
{
	for (size_t i = 0; i < errand->view_count; i++) {
		if (!errand->viewed[i] || pace_count(errand->views[i], TASK_SETTLED) != errand->views[i]->count) {
			err_set(err, ERR_PROTO, "it says that it is done, and has not told all that it was asked");
			return;
		}
	}
	errand->complete = true;
}

static void use_line(struct errand *errand, const char *line, size_t len)
{
	struct result result;
	struct err err = ERR_INIT;

	if (errand->lines_left == 0)
		err_set(&err, ERR_LIMIT, "its answer has more lines than there can be");
	else if (errand->complete)
		err_set(&err, ERR_PROTO, "it goes on after it said that it was done");
	else if (result_read(line, len, &result, &err) == 0) {
		errand->lines_left--;
		if (result.kind == RESULT_ATTEMPT)
			use_attempt(errand, &result.of.attempt, &err);
		else if (result.kind == RESULT_VIEW)
			use_view(errand, &result.of.view, &err);
		else if (result.kind == RESULT_FAULT)
			err_set(&err, ERR_PROTO, "it could not go on: %.300s", result.of.fault);
		else if (result.kind == RESULT_DONE)
			use_done(errand, &err);
		result_release(&result);
	}
	if (err.kind != ERR_NONE)
		fail(errand, &err);
}

static void on_answered(void *context, int status)
{
	struct errand *errand = context;

	errand->status = status;
	errand->heard = clock_now();
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct errand *errand = context;

	errand->heard = clock_now();
	/* Of a refusal, the sentence is read when it is whole. */
	if (errand->status != 200) {
		buf_add(&errand->line, bytes, len < REFUSAL_MOST ? len : REFUSAL_MOST);
		return;
	}
	while (len != 0 && !errand->over) {
		const char *end = memchr(bytes, '\n', len);
		size_t piece = end ? (size_t)(end - bytes) : len;

		buf_add(&errand->line, bytes, piece);
		if (errand->line.cut) {
			fail_with(errand, ERR_LIMIT, "a line of its answer is too long");
			return;
		}
		if (end == NULL)
			return;
		use_line(errand, errand->line.data, errand->line.len);
		buf_reset(&errand->line);
		bytes += piece + 1;
		len -= piece + 1;
	}
}

/* What it said when it refused the job: its own words, escaped. */
static void read_refusal(struct errand *errand, struct err *err)
{
	struct buf shown = BUF_INIT(SENTENCE_MOST - 100);

	text_escape(&shown, errand->line.data, strcspn(errand->line.data, "\r\n"));
	err_set(err, ERR_FORBIDDEN, "it refuses the job (%d)%s%s", errand->status, shown.len ? ": " : "", shown.data);
	buf_release(&shown);
}

static void on_done(void *context, int status, const struct err *err)
{
	struct errand *errand = context;
	struct err fault = *err;

	errand->transfer = NULL;
	errand->status = status;
	if (fault.kind == ERR_NONE && status != 200)
		read_refusal(errand, &fault);
	else if (fault.kind == ERR_NONE && !errand->complete)
		err_set(&fault, ERR_PROTO, "its answer was cut short");
	fail(errand, &fault);
}

/* Where a fault ended it, the agent was no way to the server: what it did not tell stays without an answer. */
static void put_down_fault(struct errand *errand)
{
	const struct talk_owner *owner = errand->owner;
	struct audit *audit = owner->audit;
	struct buf text = BUF_INIT(SENTENCE_MOST);
	const char *sentence;

	buf_printf(&text, "the agent failed: %s", errand->fault.text);
	sentence = pool_text(audit->pool, text.data);
	buf_release(&text);
	for (size_t i = 0; i < errand->view_count; i++) {
		struct view *view = errand->views[i];

		/* What it told of this endpoint to the end is told, whatever happened at another. */
		if (errand->viewed[i] && pace_count(view, TASK_SETTLED) == view->count)
			continue;
		view->reach = REACH_NO_WAY;
		view->reach_text = sentence;
		view->reach_reason = REASON_CONNECTION_LOST;
		talk_give_up(owner, view, REASON_CONNECTION_LOST, sentence);
	}
}

static void end(struct errand *errand)
{
	if (errand->fault.kind != ERR_NONE)
		put_down_fault(errand);
	errand->told(errand->context, errand);
	errand_free(errand);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct errand *errand = context;
	int64_t now = clock_now(), silent_at = errand->heard + ERRAND_SILENCE_SECONDS * CLOCK_S;

	(void)fd;
	(void)what;
	if (errand->over) {
		end(errand);
		return;
	}
	if (now >= errand->deadline)
		fail_with(errand, ERR_TIMEOUT, "it was not done in the time that the job had");
	else if (now >= silent_at)
		fail_with(errand, ERR_TIMEOUT, "nothing was heard of it any more");
	else
		wake_at(errand, silent_at < errand->deadline ? silent_at : errand->deadline);
}

static void collect_views(struct errand *errand)
{
	struct host *host = errand->host;

	errand->views = mem_new((host->view_count + 1) * sizeof *errand->views);
	errand->viewed = mem_new(host->view_count + 1);
	for (size_t i = 0; i < host->view_count; i++)
		if (host->views[i].vantage == errand->vantage)
			errand->views[errand->view_count++] = &host->views[i];
}

static int post(struct errand *errand, unsigned max_sessions, struct err *err)
{
	static const struct http_events events = { .answered = on_answered, .received = on_received, .done = on_done };
	struct audit *audit = errand->owner->audit;
	int64_t duration = job_duration(audit->settings.timeout, audit->settings.retry_after) + ERRAND_GRACE_SECONDS * CLOCK_S;
	struct vantage_post post = { .path = "/v1/jobs", .timeout = duration + CLOCK_S, .answer_most = ERRAND_ANSWER_LEAST };
	struct audit_errand *row;
	size_t attempts = 0;

	MEM_ROOM(audit->errands, audit->errand_count, audit->errand_capacity);
	row = &audit->errands[audit->errand_count++];
	*row = (struct audit_errand){ .host = errand->host->number, .vantage = errand->vantage };
	clock_chance(row->run, TOKEN_RUN);
	if (job_write(audit, errand->host, row, max_sessions, &errand->body, err) != 0)
		return -1;
	for (size_t i = 0; i < errand->view_count; i++)
		attempts += errand->views[i]->count;
	errand->lines_left = attempts + errand->view_count + (size_t)(duration / CLOCK_S) + 16;
	errand->deadline = clock_now() + duration;
	post.body = errand->body.data;
	post.len = errand->body.len;
	post.answer_most += attempts * ERRAND_ATTEMPT_BYTES;
	if (post.answer_most > ERRAND_ANSWER_MOST)
		post.answer_most = ERRAND_ANSWER_MOST;
	errand->transfer = vantage_post(audit->vantages[errand->vantage], errand->owner->base, &post, &events, errand, err);
	return errand->transfer != NULL ? 0 : -1;
}

struct errand *errand_start(const struct talk_owner *owner, struct host *host, size_t vantage, unsigned max_sessions,
			    void (*over)(void *context, struct errand *errand), void *context)
{
	struct errand *errand = mem_new(sizeof *errand);
	struct err err = ERR_INIT;

	*errand = (struct errand){
		.owner = owner,
		.host = host,
		.vantage = vantage,
		.heard = clock_now(),
		.told = over,
		.context = context,
	};
	buf_init(&errand->body, JOB_MOST);
	buf_init(&errand->line, RESULT_LINE_MOST);
	event_assign(&errand->timer, owner->base, -1, 0, on_timer, errand);
	collect_views(errand);
	if (post(errand, max_sessions, &err) != 0)
		fail(errand, &err);
	else
		wake_at(errand, errand->heard + ERRAND_SILENCE_SECONDS * CLOCK_S);
	return errand;
}

void errand_drop(struct errand *errand)
{
	errand_free(errand);
}
