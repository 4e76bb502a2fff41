/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_caught.c - the newest lines of a store
 */
#include "remote/agent_caught.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "probe/token.h"
#include "remote/record.h"
#include "remote/store_tail.h"

enum { LOOK_MS = 200 };

struct caught_line {
	STAILQ_ENTRY(caught_line) link;
	uint64_t number;
	char run[TOKEN_RUN + 1];
	size_t len;
	char *text;
};

struct agent_caught {
	struct store_tail *tail;
	struct event timer;
	STAILQ_HEAD(caught_lines, caught_line) lines;   /* the oldest first */
	uint64_t numbered;
	size_t bytes;
};

static void forget_oldest(struct agent_caught *caught)
{
	struct caught_line *line = STAILQ_FIRST(&caught->lines);

	STAILQ_REMOVE_HEAD(&caught->lines, link);
	caught->bytes -= line->len;
	free(line->text);
	free(line);
}

static void take_line(void *context, const char *text, size_t len)
{
	struct agent_caught *caught = context;
	struct record_read read;
	struct caught_line *line;

	if (!record_parse(text, len, &read))
		return;
	line = mem_new(sizeof *line);
	line->number = ++caught->numbered;
	memcpy(line->run, read.record.seen.token.run, sizeof line->run);
	record_release(&read);
	line->text = mem_bytes(text, len);
	line->len = len;
	caught->bytes += len;
	STAILQ_INSERT_TAIL(&caught->lines, line, link);
	while (caught->bytes > AGENT_CAUGHT_KEPT)
		forget_oldest(caught);
}

static void look_again(struct agent_caught *caught, bool at_once)
{
	struct timeval wait = { .tv_usec = at_once ? 0 : LOOK_MS * 1000 };

	event_add(&caught->timer, &wait);
}

/* A store that cannot be read for the moment is looked at again: the sink tells what is wrong with it. */
static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct agent_caught *caught = context;
	struct err err = ERR_INIT;
	bool more = false;

	(void)fd;
	(void)what;
	if (store_tail_read(caught->tail, take_line, caught, &more, &err) != 0)
		more = false;
	look_again(caught, more);
}

struct agent_caught *agent_caught_new(struct event_base *base, const char *store, struct err *err)
{
	struct store_tail *tail = store_tail_open(store, err);
	struct agent_caught *caught;

	if (tail == NULL)
		return NULL;
	caught = mem_new(sizeof *caught);
	caught->tail = tail;
	STAILQ_INIT(&caught->lines);
	event_assign(&caught->timer, base, -1, 0, on_timer, caught);
	look_again(caught, true);
	return caught;
}

void agent_caught_free(struct agent_caught *caught)
{
	if (caught == NULL)
		return;
	event_del(&caught->timer);
	store_tail_close(caught->tail);
	while (!STAILQ_EMPTY(&caught->lines))
		forget_oldest(caught);
	free(caught);
}

struct question {
	char runs[AGENT_CAUGHT_RUNS][TOKEN_RUN + 1];
	size_t count;
	uint64_t after;
};

static int read_runs(const char *list, size_t len, struct question *question, struct err *err)
{
	for (size_t at = 0; at < len; at += TOKEN_RUN + 1) {
		char *run = question->runs[question->count];

		if (question->count == AGENT_CAUGHT_RUNS || len - at < TOKEN_RUN || (len - at > TOKEN_RUN && list[at + TOKEN_RUN] != ','))
			return err_set(err, ERR_PROTO, "a run is %d letters, and %d of them are the most", TOKEN_RUN, AGENT_CAUGHT_RUNS);
		memcpy(run, list + at, TOKEN_RUN);
		run[TOKEN_RUN] = '\0';
		if (!token_run_is_name(run))
			return err_set(err, ERR_PROTO, "a run is %d letters of those that it is made of", TOKEN_RUN);
		question->count++;
	}
	return 0;
}

static int read_question(const char *query, struct question *question, struct err *err)
{
	size_t len;

	*question = (struct question){ .count = 0 };
	for (const char *word = query; *word != '\0'; word += len + (word[len] != '\0')) {
		len = strcspn(word, "&");
		if (strncmp(word, "run=", 4) == 0) {
			if (read_runs(word + 4, len - 4, question, err) != 0)
				return -1;
		} else if (strncmp(word, "after=", 6) == 0 && len > 6 && len < 26 && strspn(word + 6, "0123456789") == len - 6) {
			question->after = strtoull(word + 6, NULL, 10);
		} else {
			return err_set(err, ERR_PROTO, "what is caught is asked for by run= and after=");
		}
	}
	return question->count != 0 ? 0 : err_set(err, ERR_PROTO, "what is caught is asked for by run= and after=");
}

static bool is_asked(const struct question *question, const struct caught_line *line)
{
	for (size_t i = 0; i < question->count; i++)
		if (strcmp(question->runs[i], line->run) == 0)
			return line->number > question->after;
	return false;
}

int agent_caught_print(const struct agent_caught *caught, const char *query, struct buf *to, struct err *err)
{
	const struct caught_line *line;
	struct question question;
	uint64_t last;

	if (read_question(query, &question, err) != 0)
		return -1;
	last = caught->numbered;
	STAILQ_FOREACH (line, &caught->lines, link) {
		if (!is_asked(&question, line))
			continue;
		if (to->len + line->len + 64 > to->ceiling) {
			last = line->number - 1;
			break;
		}
		buf_add(to, line->text, line->len);
		buf_char(to, '\n');
	}
	buf_printf(to, "{\"after\":%llu}\n", (unsigned long long)last);
	return 0;
}
