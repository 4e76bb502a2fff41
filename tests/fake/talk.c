/* SPDX-License-Identifier: Apache-2.0 */
/*
 * talk.c - a client and a practice server on one loop
 */
#include "talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "net/address.h"

enum { TALK_LATEST_S = 20, TALK_MOST = 64 << 20 };

static void on_late(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	fail_msg("what was waited for did not come");
}

void talk_begin_alone(struct talk *talk)
{
	struct timeval latest = { .tv_sec = TALK_LATEST_S };

	signal(SIGPIPE, SIG_IGN);
	*talk = (struct talk){ .base = event_base_new() };
	talk->late = event_new(talk->base, -1, 0, on_late, NULL);
	event_add(talk->late, &latest);
}

void talk_begin(struct talk *talk, const char *rules)
{
	struct address where = { .family = AF_INET };
	struct err err = ERR_INIT;

	talk_begin_alone(talk);
	talk->rules = practice_rules_parse("test.rules", rules, &err);
	if (talk->rules == NULL)
		fail_msg("%s", err.text);
	talk->practice = practice_start(talk->base, &where, talk->rules, &err);
	if (talk->practice == NULL)
		fail_msg("%s", err.text);
	practice_address(talk->practice, &talk->address);
	talk->address.bytes[0] = 127;
	talk->address.bytes[3] = 1;
}

void talk_end(struct talk *talk)
{
	practice_stop(talk->practice);
	practice_rules_free(talk->rules);
	tls_context_free(talk->tls);
	event_free(talk->late);
	event_base_free(talk->base);
}

void talk_run(struct talk *talk)
{
	for (int i = 0; i < 8; i++)
		event_base_loop(talk->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
}

void talk_counts(struct talk *talk, struct practice_counts *counts)
{
	practice_counts(talk->practice, counts);
}

static void on_connected(void *context)
{
	struct client *client = context;

	client->connected = true;
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct client *client = context;

	buf_add(&client->got, bytes, len);
}

static void on_secured(void *context)
{
	struct client *client = context;

	client->secured = true;
}

static void on_closed(void *context, const struct err *err)
{
	struct client *client = context;

	client->closed = true;
	client->err = *err;
}

static const struct stream_events client_events = {
	.connected = on_connected,
	.received = on_received,
	.secured = on_secured,
	.closed = on_closed,
};

void client_open(struct client *client, struct talk *talk, const char *from)
{
	struct origin origin = { .interface = "" };
	struct err err = ERR_INIT;

	*client = (struct client){ .talk = talk };
	buf_init(&client->got, TALK_MOST);
	buf_init(&client->reply, TALK_MOST);
	if (from != NULL && address_parse(from, &origin.address, &err) != 0)
		fail_msg("%s", err.text);
	client->stream = stream_connect(talk->base, &talk->address, &origin, &client_events, client, &err);
	if (client->stream == NULL)
		fail_msg("%s", err.text);
	while (!client->connected && !client->closed)
		event_base_loop(talk->base, EVLOOP_ONCE);
}

void client_close(struct client *client)
{
	stream_free(client->stream);
	buf_release(&client->got);
	buf_release(&client->reply);
	talk_run(client->talk);
}

void client_say_bytes(struct client *client, const char *bytes, size_t len)
{
	stream_write(client->stream, bytes, len);
}

void client_say(struct client *client, const char *bytes)
{
	client_say_bytes(client, bytes, strlen(bytes));
}

/* How many bytes at the beginning of what came are a reply; 0: not all of one is there yet. */
static size_t whole_reply(const struct buf *got)
{
	const char *line = got->data, *end;

	while ((end = strchr(line, '\n')) != NULL) {
		if (end - line < 4 || line[3] != '-')
			return (size_t)(end + 1 - got->data);
		line = end + 1;
	}
	return 0;
}

const char *client_reply(struct client *client)
{
	size_t len;

	buf_reset(&client->reply);
	while ((len = whole_reply(&client->got)) == 0 && !client->closed)
		event_base_loop(client->talk->base, EVLOOP_ONCE);
	if (len == 0)
		return "closed";
	for (size_t i = 0; i < len; i++)
		if (client->got.data[i] != '\r' && i + 1 < len)
			buf_char(&client->reply, client->got.data[i]);
	buf_take(&client->got, len);
	return client->reply.data;
}

const char *client_ask(struct client *client, const char *line)
{
	client_say(client, line);
	client_say(client, "\r\n");
	return client_reply(client);
}

void talk_expect(struct client *client, const char *reply, const char *start, const char *file, int line)
{
	(void)client;
	if (strncmp(reply, start, strlen(start)) == 0)
		return;
	print_error("'%s' was expected, and '%s' came\n", start, reply);
	_fail(file, line);
}

void client_greet(struct client *client, const char *sender)
{
	EXPECT(client, "220");
	ASK(client, "EHLO client.outside.test", "250");
	client_say(client, "MAIL FROM:");
	ASK(client, sender, "250");
}

void client_start_tls(struct client *client)
{
	struct err err = ERR_INIT;

	if (client->talk->tls == NULL)
		client->talk->tls = tls_client(&err);
	stream_start_tls(client->stream, client->talk->tls, "mail.practice.test");
	while (!client->secured && !client->closed)
		event_base_loop(client->talk->base, EVLOOP_ONCE);
	assert_true(client->secured);
}

void client_expect_end(struct client *client)
{
	while (!client->closed)
		event_base_loop(client->talk->base, EVLOOP_ONCE);
	assert_string_equal(client->got.data, "");
}
