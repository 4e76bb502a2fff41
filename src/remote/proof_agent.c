/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_agent.c - what the sink of an agent has caught
 *
 * The agent is asked again a second behind its last answer.  It hands on records, and a record
 * proves by the token in it, which no agent can make but for its own attempts: the key is the scanner's and the sink's.
 */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/http.h"
#include "remote/agent_caught.h"
#include "remote/envelope.h"
#include "remote/proof_kind.h"
#include "remote/record.h"
#include "vantage/vantage.h"

enum {
	ASK_PATIENCE = 20 * CLOCK_S,
	/* Answers that did not come, one behind the other, before the sink is given up. */
	ASK_FAILURES = 5,
	REFUSAL_MOST = 400
};

struct asker {
	const struct proof_settings *wanted;    /* borrowed */
	struct vantage *vantage;        /* the agent, with its files */
	struct http_transfer *transfer; /* NULL between questions */
	struct event timer;
	struct buf line;                /* begun, and not yet whole; or a refusal */
	size_t first_run;               /* of the question: runs behind those of the last one, */
	size_t runs;                    /* and how many it names */
	unsigned long long after[2];    /* where all were asked up to; and where this round of questions is to be at its end */
	bool whole;                     /* the answer's last line was there */
	int status;
	unsigned failures;
};

/* As the vantage that the agent is, too; "agent:" is in front of it there. */
static struct vantage *vantage_of(const char *rest, struct err *err)
{
	char *text = mem_printf("sink=agent:%s", rest);
	struct vantage *vantage = vantage_parse(text, err);

	free(text);
	return vantage;
}

static int check(const char *rest, struct err *err)
{
	struct vantage *vantage = vantage_of(rest, err);

	vantage_free(vantage);
	return vantage != NULL ? 0 : -1;
}

static void use_record(struct asker *asker, const char *line, size_t len)
{
	const struct proof_settings *wanted = asker->wanted;
	struct record_read read;
	struct token token;

	if (!record_parse(line, len, &read))
		return;
	if (envelope_token(wanted->key, read.record.seen.mail_from, read.record.seen.rcpt_to, &token) && wanted->wants(wanted->context, &token)) {
		read.record.seen.token = token;
		wanted->seen(wanted->context, &read.record.seen);
	}
	record_release(&read);
}

/* {"after":N} */
static bool read_end(const char *line, unsigned long long *after)
{
	static const char before[] = "{\"after\":";
	const char *digits = line + sizeof before - 1;
	size_t len;

	if (strncmp(line, before, sizeof before - 1) != 0)
		return false;
	len = strspn(digits, "0123456789");
	*after = strtoull(digits, NULL, 10);
	return len != 0 && len < 20 && strcmp(digits + len, "}") == 0;
}

static void use_line(struct asker *asker)
{
	unsigned long long after;

	if (!read_end(asker->line.data, &after)) {
		use_record(asker, asker->line.data, asker->line.len);
		return;
	}
	asker->whole = true;
	/* Several questions make a round: what all of them have told is behind us. */
	if (asker->first_run == 0 || after < asker->after[1])
		asker->after[1] = after;
}

static void on_answered(void *context, int status)
{
	struct asker *asker = context;

	asker->status = status;
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct asker *asker = context;

	while (len != 0) {
		const char *end = asker->status == 200 ? memchr(bytes, '\n', len) : NULL;
		size_t piece = end ? (size_t)(end - bytes) : len;

		buf_add(&asker->line, bytes, piece);
		if (end == NULL)
			return;
		if (!asker->line.cut)
			use_line(asker);
		buf_reset(&asker->line);
		asker->line.cut = false;
		bytes += piece + 1;
		len -= piece + 1;
	}
}

static void ask_again(struct asker *asker, bool at_once)
{
	struct timeval wait = { .tv_sec = at_once ? 0 : 1 };

	event_add(&asker->timer, &wait);
}

static void fail(struct asker *asker, const struct err *err)
{
	if (++asker->failures < ASK_FAILURES)
		ask_again(asker, false);
	else
		asker->wanted->failed(asker->wanted->context, err);
}

/* Runs that were not asked about, perhaps because they came to be meanwhile. */
static bool has_more_runs(const struct asker *asker)
{
	return asker->wanted->run_at(asker->wanted->context, asker->first_run + asker->runs) != NULL;
}

static void on_done(void *context, int status, const struct err *err)
{
	struct asker *asker = context;
	struct err fault = *err;
	struct buf shown = BUF_INIT(REFUSAL_MOST);

	asker->transfer = NULL;
	if (fault.kind == ERR_NONE && status != 200) {
		text_escape(&shown, asker->line.data, strcspn(asker->line.data, "\r\n"));
		err_set(&fault, ERR_FORBIDDEN, "the agent does not say what it caught (%d): %s", status, shown.data);
	} else if (fault.kind == ERR_NONE && !asker->whole) {
		err_set(&fault, ERR_PROTO, "the agent's answer was cut short");
	}
	buf_release(&shown);
	if (fault.kind != ERR_NONE) {
		fail(asker, &fault);
		return;
	}
	asker->failures = 0;
	if (has_more_runs(asker)) {
		asker->first_run += asker->runs;
	} else {
		asker->first_run = 0;
		asker->after[0] = asker->after[1];
	}
	ask_again(asker, asker->first_run != 0);
}

static void ask(struct asker *asker)
{
	static const struct http_events events = { .answered = on_answered, .received = on_received, .done = on_done };
	struct buf path = BUF_OWN;
	struct vantage_post post = { .timeout = ASK_PATIENCE, .answer_most = AGENT_CAUGHT_ANSWER + RECORD_LINE_MOST };
	struct err err = ERR_INIT;
	const char *run;
	size_t count = 0;

	buf_reset(&asker->line);
	asker->line.cut = false;
	asker->whole = false;
	asker->status = 0;
	buf_text(&path, "/v1/caught?run=");
	for (; count < AGENT_CAUGHT_RUNS && (run = asker->wanted->run_at(asker->wanted->context, asker->first_run + count)) != NULL; count++)
		buf_printf(&path, "%s%s", count ? "," : "", run);
	asker->runs = count;
	buf_printf(&path, "&after=%llu", asker->after[0]);
	post.path = path.data;
	asker->transfer = vantage_post(asker->vantage, asker->wanted->base, &post, &events, asker, &err);
	buf_release(&path);
	if (asker->transfer == NULL)
		asker->wanted->failed(asker->wanted->context, &err);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	ask(context);
}

static void *open_agent(const char *rest, const struct proof_settings *settings, struct err *err)
{
	struct vantage *vantage = vantage_of(rest, err);
	struct asker *asker;

	if (vantage == NULL)
		return NULL;
	asker = mem_new(sizeof *asker);
	asker->wanted = settings;
	asker->vantage = vantage;
	buf_init(&asker->line, RECORD_LINE_MOST);
	event_assign(&asker->timer, settings->base, -1, 0, on_timer, asker);
	ask_again(asker, true);
	return asker;
}

static void close_agent(void *source)
{
	struct asker *asker = source;

	event_del(&asker->timer);
	if (asker->transfer != NULL)
		http_transfer_abort(asker->transfer);
	vantage_free(asker->vantage);
	buf_release(&asker->line);
	free(asker);
}

const struct proof_kind proof_agent = {
	.scheme = "agent",
	.usage = "agent:https://HOST[:PORT]",
	.about = "what the sink of an agent has caught",
	.takes_tokens = true,
	.check = check,
	.open = open_agent,
	.close = close_agent,
};
