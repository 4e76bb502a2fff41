/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_sink.c - whatever a client may send to a sink
 *
 * The first byte says in pieces of how many bytes the rest arrives.  Replies have to be
 * whole lines of printable text, and a message that is taken is for a token.
 */
#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "remote/sink.h"
#include "remote/sink_session.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLIES = 4 << 20 };

static const char *const domains[] = { "sink.test" };

/* All zero: the corpus has tokens that are made with it, and expire in 2400. */
static const struct token_key key;

static void check(int holds)
{
	if (!holds)
		abort();
}

static enum kept take(void *context, const struct record *records, size_t count, uint64_t ticket, struct err *err)
{
	size_t *messages = context;
	struct token token;

	(void)err;
	check(count > 0 && count <= SINK_RECIPIENTS && ticket != 0);
	for (size_t i = 0; i < count; i++) {
		const struct sighting *seen = &records[i].seen;

		check(token_read(&key, seen->rcpt_to, TOKEN_TEXT - 1, &token));
		check(strcmp(token.run, seen->token.run) == 0 && token.number == seen->token.number);
		check(seen->headers_len + records[i].body_len <= RECORD_KEPT && seen->helo != NULL && seen->mail_from != NULL);
		check(records[i].truncated == (records[i].size > seen->headers_len + records[i].body_len));
	}
	return (enum kept)(++*messages % 3 == 0 ? KEPT_FULL : KEPT);
}

static void log_line(void *context, const char *line)
{
	(void)context;
	for (; *line != '\0'; line++)
		check(*line >= ' ' && *line <= '~');
}

static void check_replies(const struct buf *got)
{
	size_t begin = 0;

	for (size_t i = 0; i < got->len; i++) {
		if (got->data[i] == '\n') {
			check(i >= begin + 5 && got->data[i - 1] == '\r' && strchr(" -", got->data[begin + 3]) != NULL);
			check(got->data[begin] >= '2' && got->data[begin] <= '5');
			begin = i + 1;
		} else {
			check((got->data[i] >= ' ' && got->data[i] <= '~') || got->data[i] == '\r');
		}
	}
	check(begin == got->len);
}

/* What the sink has said.  False: it has hung up. */
static bool hear(int fd, struct buf *got)
{
	char bytes[4096];
	ssize_t len;

	while ((len = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		buf_add(got, bytes, (size_t)len);
	return len != 0;
}

static void talk(struct event_base *base, int fd, const char *bytes, size_t size, size_t piece, struct buf *got)
{
	size_t at = 0, idle = 0;
	bool open = true;

	while (open && at < size && idle < 8) {
		size_t len = piece == 0 || piece > size - at ? size - at : piece;
		ssize_t put = send(fd, bytes + at, len, MSG_DONTWAIT | MSG_NOSIGNAL);

		at += put > 0 ? (size_t)put : 0;
		idle = put > 0 ? 0 : idle + 1;
		event_base_loop(base, EVLOOP_NONBLOCK);
		open = hear(fd, got);
	}
	for (int i = 0; i < 8; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		hear(fd, got);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t messages = 0;
	struct sink_settings settings = { .domains = domains, .domain_count = 1, .key = &key, .limits = &sink_usual_limits, .take = take,
					  .log = log_line, .context = &messages };
	struct address client = { AF_INET, { 192, 0, 2, 1 }, 0, 0 };
	struct buf got = BUF_INIT(REPLIES);
	struct event_base *base;
	struct sink *sink;
	int pair[2];

	if (size == 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
		return 0;
	base = event_base_new();
	sink = sink_new(base, &settings);
	sink_session_begin(sink, pair[0], &client, sink_peers_find(sink->peers, &client, clock_now()));
	talk(base, pair[1], (const char *)data + 1, size - 1, data[0], &got);
	check_replies(&got);
	check(sink->session_count <= 1 && sink->receiving <= sink->session_count);
	close(pair[1]);
	event_base_loop(base, EVLOOP_NONBLOCK);
	sink_free(sink);
	event_base_free(base);
	buf_release(&got);
	return 0;
}
