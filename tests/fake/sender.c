/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sender.c - sends test messages to a sink, one a connection, and tells which were taken
 *
 *      sender [-b ADDRESS] [-c CONNECTIONS] [-d DOMAIN] [-f FIRST] [-n MESSAGES] [-s BYTES] [-r RUN]
 *             [-p] [-t] [-K PID -a ANSWERS -u MICROSECONDS] KEY-FILE ADDRESS:PORT
 *
 * Prints the number of each message that was answered 250, and at the end, to standard
 * error, what else there was.  -b: from that address of ours.  -p: to the plain address sender@DOMAIN, with no key.  -t: by
 * STARTTLS.  -K kills a process, by SIGKILL, so many microseconds after so many answers,
 * and then ends when the connections are lost.
 */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/listener.h"
#include "net/stream.h"
#include "net/tls.h"
#include "probe/token.h"

enum step { GREETING, HELLO, START_TLS, HELLO_AGAIN, MAIL, RCPT, DATA, DOT, QUIT };

struct sender {
	struct event_base *base;
	struct address where;
	struct origin from;
	struct token_key key;
	struct tls_context *tls;
	struct event killing;
	const char *domain, *run;
	char *body;
	long connections, first, count, size, answers, delay;
	pid_t victim;
	bool plain, by_tls, killed;
	long begun, open, kept, full, refused, lost;
};

struct talk {
	struct sender *sender;
	struct stream *stream;
	struct buf got;
	long number;
	enum step step;
};

static void begin_more(struct sender *sender);

static void end(struct talk *talk)
{
	struct sender *sender = talk->sender;

	stream_free(talk->stream);
	buf_release(&talk->got);
	free(talk);
	sender->open--;
	begin_more(sender);
}

static void say(struct talk *talk, const char *text)
{
	stream_write(talk->stream, text, strlen(text));
}

static void say_envelope(struct talk *talk)
{
	struct sender *sender = talk->sender;
	struct token token = { .number = (unsigned)talk->number, .role = TOKEN_VICTIM, .expires = time(NULL) + 3600 };
	struct buf text = BUF_OWN;
	char local[TOKEN_TEXT] = "sender";

	snprintf(token.run, sizeof token.run, "%s", sender->run);
	if (!sender->plain)
		token_print(&sender->key, &token, local);
	buf_printf(&text, "MAIL FROM:<s%ld@outside.test>\r\nRCPT TO:<%s@%s>\r\nDATA\r\n", talk->number, local, sender->domain);
	say(talk, text.data);
	buf_release(&text);
	talk->step = MAIL;
}

static void on_killing(evutil_socket_t fd, short what, void *context)
{
	struct sender *sender = context;

	(void)fd;
	(void)what;
	kill(sender->victim, SIGKILL);
	sender->killed = true;
}

static void plan_killing(struct sender *sender)
{
	struct timeval wait = { sender->delay / 1000000, sender->delay % 1000000 };

	if (sender->victim != 0 && sender->kept == sender->answers && !sender->killed)
		event_add(&sender->killing, &wait);
}

static void note(struct talk *talk, const char *reply)
{
	struct sender *sender = talk->sender;

	if (talk->step == DOT && reply[0] == '2') {
		printf("%ld\n", talk->number);
		fflush(stdout);
		sender->kept++;
		plan_killing(sender);
	} else if (strncmp(reply, "452", 3) == 0) {
		sender->full++;
	} else {
		sender->refused++;
		if (sender->refused == 1)
			fprintf(stderr, "refused: %.100s\n", reply);
	}
}

/* What comes after a good reply.  False: that was the last one. */
static bool go_on(struct talk *talk)
{
	struct sender *sender = talk->sender;

	switch (talk->step) {
	case GREETING:
		say(talk, "EHLO sender.test\r\n");
		talk->step = HELLO;
		return true;
	case HELLO:
		if (!sender->by_tls) {
			say_envelope(talk);
			return true;
		}
		say(talk, "STARTTLS\r\n");
		talk->step = START_TLS;
		return true;
	case HELLO_AGAIN:
		say_envelope(talk);
		return true;
	case DATA:
		say(talk, sender->body);
		talk->step = DOT;
		return true;
	case DOT:
		note(talk, "250");
		say(talk, "QUIT\r\n");
		talk->step = QUIT;
		return true;
	case QUIT:
		return false;
	default:
		talk->step++;
		return true;
	}
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct talk *talk = context;
	char *line_end;

	buf_add(&talk->got, bytes, len);
	while ((line_end = strchr(talk->got.data, '\n')) != NULL) {
		const char *line = talk->got.data;
		size_t used = (size_t)(line_end + 1 - line);
		bool good = line[0] == '2' || (talk->step == DATA && line[0] == '3');

		if (used > 4 && line[3] == '-') {
			buf_take(&talk->got, used);
			continue;
		}
		if (good && talk->step == START_TLS) {
			/* The last act: it may find the connection closed, and the talk is gone. */
			buf_reset(&talk->got);
			stream_start_tls(talk->stream, talk->sender->tls, NULL);
			return;
		}
		if (!good)
			note(talk, line);
		if (!good || !go_on(talk)) {
			end(talk);
			return;
		}
		buf_take(&talk->got, used);
	}
}

static void on_connected(void *context)
{
	(void)context;
}

static void on_secured(void *context)
{
	struct talk *talk = context;

	say(talk, "EHLO sender.test\r\n");
	talk->step = HELLO_AGAIN;
}

static void on_closed(void *context, const struct err *err)
{
	struct talk *talk = context;

	(void)err;
	talk->sender->lost += talk->step != QUIT;
	end(talk);
}

static const struct stream_events events = {
	.connected = on_connected,
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
};

static void begin_more(struct sender *sender)
{
	while (sender->open < sender->connections && sender->begun < sender->count && !sender->killed) {
		struct talk *talk = mem_new(sizeof *talk);
		struct err err = ERR_INIT;

		talk->sender = sender;
		buf_init(&talk->got, 1 << 16);
		talk->number = sender->first + sender->begun++;
		talk->stream = stream_connect(sender->base, &sender->where, &sender->from, &events, talk, &err);
		if (talk->stream == NULL) {
			sender->lost++;
			free(talk);
			continue;
		}
		sender->open++;
	}
	if (sender->open == 0 && (sender->begun == sender->count || sender->killed))
		event_base_loopbreak(sender->base);
}

/* A header, and lines up to the size. */
static char *make_body(long size)
{
	struct buf text = BUF_OWN;

	buf_text(&text, "From: <sender@outside.test>\r\nSubject: test\r\n\r\n");
	while ((long)text.len < size)
		buf_text(&text, "The quick brown fox jumps over the lazy dog, and over many other dogs, too.\r\n");
	buf_text(&text, ".\r\n");
	return buf_detach(&text);
}

static int usage(void)
{
	fputs("usage: sender [-b ADDRESS] [-c N] [-d DOMAIN] [-f N] [-n N] [-s N] [-r RUN] [-p] [-t] [-K PID -a N -u N] KEY ADDRESS:PORT\n", stderr);
	return 2;
}

static bool read_options(struct sender *sender, int argc, char **argv)
{
	int option;
	struct err err = ERR_INIT;

	while ((option = getopt(argc, argv, "b:c:d:f:n:s:r:ptK:a:u:")) != -1) {
		switch (option) {
		case 'b':
			if (address_parse(optarg, &sender->from.address, &err) != 0)
				return false;
			break;
		case 'c': sender->connections = strtol(optarg, NULL, 10); break;
		case 'd': sender->domain = optarg; break;
		case 'f': sender->first = strtol(optarg, NULL, 10); break;
		case 'n': sender->count = strtol(optarg, NULL, 10); break;
		case 's': sender->size = strtol(optarg, NULL, 10); break;
		case 'r': sender->run = optarg; break;
		case 'p': sender->plain = true; break;
		case 't': sender->by_tls = true; break;
		case 'K': sender->victim = (pid_t)strtol(optarg, NULL, 10); break;
		case 'a': sender->answers = strtol(optarg, NULL, 10); break;
		case 'u': sender->delay = strtol(optarg, NULL, 10); break;
		default: return false;
		}
	}
	return optind + 2 == argc;
}

int main(int argc, char **argv)
{
	struct sender sender = { .connections = 1, .count = 1, .size = 600, .domain = "sink.test", .run = "abcdefgh", .first = 1 };
	struct err err = ERR_INIT;
	int64_t since;

	signal(SIGPIPE, SIG_IGN);
	if (!read_options(&sender, argc, argv))
		return usage();
	if (token_key_read(argv[optind], &sender.key, &err) != 0 || listener_parse(argv[optind + 1], &sender.where, &err) != 0 ||
	    (sender.tls = tls_client(&err)) == NULL) {
		fprintf(stderr, "sender: %s\n", err.text);
		return 2;
	}
	sender.base = event_base_new();
	sender.body = make_body(sender.size);
	event_assign(&sender.killing, sender.base, -1, 0, on_killing, &sender);
	plan_killing(&sender);
	since = clock_now();
	begin_more(&sender);
	event_base_dispatch(sender.base);
	fprintf(stderr, "kept=%ld full=%ld refused=%ld lost=%ld ms=%ld\n", sender.kept, sender.full, sender.refused, sender.lost,
		(long)((clock_now() - since) / 1000));
	event_del(&sender.killing);
	if (sender.victim != 0 && !sender.killed)
		kill(sender.victim, SIGKILL);
	event_base_free(sender.base);
	tls_context_free(sender.tls);
	free(sender.body);
	return 0;
}
