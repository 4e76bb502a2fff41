/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FAKE_TALK_H
#define TESTS_FAKE_TALK_H

/*
 * A client that talks to a practice server on the same loop, one step after the
 * other: each step runs the loop until what it waits for has come.  What does not
 * come fails the test.
 */

#include <event2/event.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "net/stream.h"
#include "net/tls.h"
#include "remote/practice.h"

struct talk {
	struct event_base *base;
	struct event *late;
	struct practice_rules *rules;
	struct practice *practice;
	struct address address;
	struct tls_context *tls;
};

struct client {
	struct talk *talk;
	struct stream *stream;
	struct buf got;
	struct buf reply;       /* the last one that client_reply() took */
	bool connected, secured, closed;
	struct err err;
};

/* The rules' text is that of a file; wrong ones fail the test. */
void talk_begin(struct talk *talk, const char *rules);
/* Without a practice server: whoever is talked to is the test's, and so is `address`. */
void talk_begin_alone(struct talk *talk);
void talk_end(struct talk *talk);

/* What is due now, and nothing that is waited for. */
void talk_run(struct talk *talk);
void talk_counts(struct talk *talk, struct practice_counts *counts);

/* From an address of 127.0.0.0/8; NULL: any. */
void client_open(struct client *client, struct talk *talk, const char *from);
void client_close(struct client *client);

void client_say(struct client *client, const char *bytes);
void client_say_bytes(struct client *client, const char *bytes, size_t len);

/* The next whole reply, lines joined by LF without CR; it lives until the next call. */
const char *client_reply(struct client *client);

/* Says the line, with CR LF, and returns its reply. */
const char *client_ask(struct client *client, const char *line);

/* From here to there in one go: EHLO, and a sender. */
void client_greet(struct client *client, const char *sender);

void client_start_tls(struct client *client);

/* Runs until the server has hung up; nothing may have been said before. */
void client_expect_end(struct client *client);

/* As client_reply() and client_ask(); what begins otherwise fails the test. */
#define EXPECT(client, start) talk_expect((client), client_reply(client), (start), __FILE__, __LINE__)
#define ASK(client, line, start) talk_expect((client), client_ask((client), (line)), (start), __FILE__, __LINE__)
void talk_expect(struct client *client, const char *reply, const char *start, const char *file, int line);

#endif
