/* SPDX-License-Identifier: Apache-2.0 */
/*
 * besieger.c - many hostile sessions with a sink, of every kind in turn
 *
 *      besieger [-c CONNECTIONS] [-d DOMAIN] [-n SESSIONS] [-u MILLISECONDS] KEY-FILE ADDRESS:PORT
 *
 * They come from addresses of 127.1.0.0/16 and, each eighth, from 127.0.0.1.  A session
 * ends when the sink ends it, or after its time.  Prints how many there were, and how many of
 * them the sink ended.
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
#include "base/err.h"
#include "base/mem.h"
#include "net/listener.h"
#include "net/stream.h"
#include "probe/token.h"

enum { LONG = 64 << 10, MANY = 2000 };

struct siege {
	struct event_base *base;
	struct address where;
	struct token_key key;
	const char *domain;
	long connections, count, time;
	long begun, open, ended, cut, unreached;
	unsigned chance;
};

struct session {
	struct siege *siege;
	const struct kind *kind;
	struct stream *stream;
	struct event timer;
	long pieces;
};

struct kind {
	const char *name;
	void (*begin)(struct session *session, struct buf *to);
	/* Said again whenever all was taken, so many times. */
	long again;
	bool deaf;              /* reads nothing */
	bool resets;            /* at its end */
};

static unsigned next_chance(struct siege *siege)
{
	siege->chance = siege->chance * 1103515245u + 12345u;
	return siege->chance >> 8;
}

static void say_times(struct buf *to, const char *text, long times)
{
	for (long i = 0; i < times; i++)
		buf_text(to, text);
}

static void say_transaction(struct session *session, struct buf *to, long recipients)
{
	struct token token = { .run = "hhhhhhhh", .role = TOKEN_VICTIM, .expires = time(NULL) + 3600 };
	char local[TOKEN_TEXT];

	buf_text(to, "EHLO hostile.test\r\nMAIL FROM:<>\r\n");
	for (long i = 0; i < recipients; i++) {
		token.number = (unsigned)(session->siege->begun * 100 + i) & TOKEN_NUMBER_MOST;
		token_print(&session->siege->key, &token, local);
		buf_printf(to, "RCPT TO:<%s@%s>\r\n", local, session->siege->domain);
	}
}

static void endless_line(struct session *session, struct buf *to)
{
	(void)session;
	say_times(to, "AAAAAAAAAAAAAAAA", LONG / 16);
}

static void garbage(struct session *session, struct buf *to)
{
	for (long i = 0; i < LONG; i++)
		buf_char(to, (char)next_chance(session->siege));
}

static void nothing(struct session *session, struct buf *to)
{
	(void)session;
	(void)to;
}

static void half_a_command(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.te");
}

static void nuls(struct session *session, struct buf *to)
{
	(void)session;
	for (long i = 0; i < MANY; i++)
		buf_add(to, "EHLO \0\r\n\0\n", 9);
}

static void noops(struct session *session, struct buf *to)
{
	(void)session;
	say_times(to, "NOOP\r\n", MANY);
}

static void hellos(struct session *session, struct buf *to)
{
	(void)session;
	say_times(to, "EHLO hostile.test\r\n", MANY);
}

static void outsiders(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nMAIL FROM:<a@b.test>\r\n");
	say_times(to, "RCPT TO:<someone@else.test>\r\nRCPT TO:<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@sink.test>\r\n", MANY);
}

static void tls_garbage(struct session *session, struct buf *to)
{
	buf_text(to, "EHLO hostile.test\r\nSTARTTLS\r\n");
	garbage(session, to);
}

static void tls_injection(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nSTARTTLS\r\nMAIL FROM:<>\r\nRCPT TO:<someone@else.test>\r\nDATA\r\n");
}

static void half_a_handshake(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nSTARTTLS\r\n");
}

static void huge_chunk(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nBDAT 9999999999999999999\r\nBDAT 999999999999\r\n");
	say_times(to, "AAAAAAAAAAAAAAAA", LONG / 16);
}

static void chunk_without_size(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nBDAT -1 LAST\r\nBDAT\r\nBDAT 18446744073709551616 LAST\r\n");
}

static void data_without_recipient(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nMAIL FROM:<>\r\nDATA\r\nSubject: x\r\n\r\nRCPT TO:<a@b.test>\r\n.\r\n");
}

static void web(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "POST / HTTP/1.1\r\nHost: sink.test\r\nContent-Length: 90\r\n\r\nEHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\n");
}

static void claims(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "PROXY TCP4 127.0.0.1 127.0.0.1 1 25\r\nEHLO hostile.test\r\nXCLIENT ADDR=127.0.0.1\r\nAUTH PLAIN AAAA\r\n"
		     "ETRN sink.test\r\nTURN\r\nVRFY root\r\nEXPN root\r\nMAIL FROM:<a@b.test> AUTH=<> RET=HDRS\r\n");
}

static void long_address(struct session *session, struct buf *to)
{
	(void)session;
	buf_text(to, "EHLO hostile.test\r\nMAIL FROM:<\"");
	say_times(to, "\\\">\"@", 380);
	buf_text(to, "\r\nRCPT TO:<");
	say_times(to, "@a,", 600);
	buf_text(to, ">\r\n");
}

static void endless_message(struct session *session, struct buf *to)
{
	if (session->pieces == 0) {
		say_transaction(session, to, 1);
		buf_text(to, "DATA\r\n");
	}
	say_times(to, "AAAAAAAAAAAAAA\r\n", LONG / 16);
}

static void cut_message(struct session *session, struct buf *to)
{
	say_transaction(session, to, 1);
	buf_text(to, "DATA\r\nSubject: cut\r\n\r\n.\r");
}

static void many_recipients(struct session *session, struct buf *to)
{
	say_transaction(session, to, 120);
}

static const struct kind kinds[] = {
	{ "endless line", endless_line, 16, false, false },
	{ "endless line, deaf", endless_line, 4, true, true },
	{ "garbage", garbage, 2, false, false },
	{ "silence", nothing, 0, false, false },
	{ "reset at once", nothing, 0, true, true },
	{ "half a command", half_a_command, 0, false, false },
	{ "NUL", nuls, 0, false, false },
	{ "flood of NOOP, deaf", noops, 8, true, false },
	{ "flood of EHLO, deaf", hellos, 8, true, true },
	{ "flood of RCPT", outsiders, 0, false, false },
	{ "garbage for TLS", tls_garbage, 1, false, false },
	{ "injection behind STARTTLS", tls_injection, 0, false, false },
	{ "half a handshake", half_a_handshake, 0, false, false },
	{ "huge chunk", huge_chunk, 8, false, true },
	{ "chunk without size", chunk_without_size, 0, false, false },
	{ "DATA without recipient", data_without_recipient, 0, false, false },
	{ "web", web, 0, false, false },
	{ "claims", claims, 0, false, false },
	{ "long address", long_address, 0, false, false },
	{ "endless message", endless_message, 40, false, true },
	{ "cut message", cut_message, 0, false, true },
	{ "many recipients", many_recipients, 0, false, false },
};

static void begin_more(struct siege *siege);

static void end(struct session *session, bool cut)
{
	struct siege *siege = session->siege;

	event_del(&session->timer);
	if (session->kind->resets)
		stream_reset(session->stream);
	else
		stream_free(session->stream);
	siege->cut += cut;
	siege->ended++;
	siege->open--;
	free(session);
	begin_more(siege);
}

static void speak(struct session *session)
{
	struct buf text = BUF_OWN;

	session->kind->begin(session, &text);
	session->pieces++;
	stream_write(session->stream, text.data, text.len);
	buf_release(&text);
}

static void on_connected(void *context)
{
	struct session *session = context;

	if (session->kind->deaf)
		stream_pause(session->stream);
	speak(session);
}

static void on_drained(void *context)
{
	struct session *session = context;

	if (session->pieces <= session->kind->again)
		speak(session);
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct session *session = context;

	(void)bytes;
	(void)len;
	if (session->pieces <= session->kind->again && stream_is_flushed(session->stream))
		speak(session);
}

static void on_closed(void *context, const struct err *err)
{
	(void)err;
	end(context, true);
}

static const struct stream_events events = {
	.connected = on_connected,
	.received = on_received,
	.drained = on_drained,
	.closed = on_closed,
};

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	end(context, false);
}

static void begin_one(struct siege *siege)
{
	struct session *session = mem_new(sizeof *session);
	struct origin from = { .address = { .family = siege->where.family } };
	struct err err = ERR_INIT;
	struct timeval time;
	long number = siege->begun++;

	session->siege = siege;
	session->kind = &kinds[(size_t)number % (sizeof kinds / sizeof *kinds)];
	if (number % 8 == 0)
		memcpy(from.address.bytes, "\177\0\0\1", 4);
	else
		from.address = (struct address){ AF_INET, { 127, 1, (unsigned char)(number % 251), (unsigned char)(number / 251 % 250 + 1) }, 0, 0 };
	session->stream = stream_connect(siege->base, &siege->where, &from, &events, session, &err);
	if (session->stream == NULL) {
		siege->unreached++;
		free(session);
		return;
	}
	siege->open++;
	time.tv_sec = 0;
	time.tv_usec = (suseconds_t)(next_chance(siege) % (unsigned)(siege->time * 1000) + 1000);
	event_assign(&session->timer, siege->base, -1, 0, on_timer, session);
	event_add(&session->timer, &time);
}

static void begin_more(struct siege *siege)
{
	while (siege->open < siege->connections && siege->begun < siege->count)
		begin_one(siege);
	if (siege->open == 0 && siege->begun == siege->count)
		event_base_loopbreak(siege->base);
}

int main(int argc, char **argv)
{
	struct siege siege = { .connections = 300, .count = 1000, .time = 500, .domain = "sink.test", .chance = 1 };
	struct err err = ERR_INIT;
	int option;

	signal(SIGPIPE, SIG_IGN);
	while ((option = getopt(argc, argv, "c:d:n:u:")) != -1) {
		if (option == 'c')
			siege.connections = strtol(optarg, NULL, 10);
		else if (option == 'd')
			siege.domain = optarg;
		else if (option == 'n')
			siege.count = strtol(optarg, NULL, 10);
		else if (option == 'u')
			siege.time = strtol(optarg, NULL, 10);
		else
			return 2;
	}
	if (optind + 2 != argc || siege.time < 1 || siege.time > 900)
		return 2;
	if (token_key_read(argv[optind], &siege.key, &err) != 0 || listener_parse(argv[optind + 1], &siege.where, &err) != 0) {
		fprintf(stderr, "besieger: %s\n", err.text);
		return 2;
	}
	siege.base = event_base_new();
	begin_more(&siege);
	event_base_dispatch(siege.base);
	printf("sessions=%ld cut=%ld unreached=%ld\n", siege.ended, siege.cut, siege.unreached);
	event_base_free(siege.base);
	return 0;
}
