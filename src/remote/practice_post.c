/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_post.c - letters that a practice server hands on
 *
 * A letter is in the list from its posting to its end; `due` says that its time has
 * come, and `session` that it is on its way.
 */
#include "remote/practice_post.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "net/address.h"
#include "remote/practice.h"
#include "smtp/reply.h"
#include "smtp/session.h"

enum {
	/* More than any run of tests has on its way at once. */
	POST_LETTERS = 512,
	POST_SESSIONS = 4,
	POST_TIMEOUT = 5 * CLOCK_S,
	LETTER_EXCHANGES = 4
};

struct letter {
	struct practice_post *post;
	struct letter *next, **link;
	struct address to;
	struct event timer;
	struct session *session;
	char *texts[LETTER_EXCHANGES];  /* what is said */
	struct exchange exchanges[LETTER_EXCHANGES];
	bool due;
	bool taken;
};

struct practice_post {
	struct event_base *base;
	const char *name;
	struct practice_counts *counts;
	struct letter *letters, **last;
	size_t count, sessions;
};

static void letter_free(struct letter *letter)
{
	struct practice_post *post = letter->post;

	event_del(&letter->timer);
	post->sessions -= letter->session != NULL;
	session_free(letter->session);
	*letter->link = letter->next;
	if (letter->next != NULL)
		letter->next->link = letter->link;
	else
		post->last = letter->link;
	post->count--;
	for (int i = 0; i < LETTER_EXCHANGES; i++)
		free(letter->texts[i]);
	free(letter);
}

static void on_opened(void *context)
{
	struct letter *letter = context;

	session_talk(letter->session, letter->exchanges, LETTER_EXCHANGES);
}

static void on_replied(void *context, size_t index, const struct reply *reply)
{
	struct letter *letter = context;
	bool last = index == LETTER_EXCHANGES - 1;

	letter->taken = last && reply->code / 100 == 2;
	if (!last && reply->code >= 400)
		session_quit(letter->session);
}

static void go_on(struct practice_post *post);

static void on_ended(void *context, enum session_end end, const struct err *err, const struct reply *reply)
{
	struct letter *letter = context;
	struct practice_post *post = letter->post;

	(void)end;
	(void)err;
	(void)reply;
	if (letter->taken)
		post->counts->delivered++;
	else
		post->counts->undelivered++;
	letter_free(letter);
	go_on(post);
}

static const struct session_events letter_events = { .opened = on_opened, .replied = on_replied, .ended = on_ended };

static void start(struct letter *letter)
{
	struct session_settings settings = {
		.base = letter->post->base,
		.to = letter->to,
		.mode = TLS_MODE_NONE,
		.name = letter->post->name,
		.timeout = POST_TIMEOUT,
	};

	letter->post->sessions++;
	letter->session = session_start(&settings, &letter_events, letter);
}

/* Sends what is due, as far as connections go. */
static void go_on(struct practice_post *post)
{
	for (struct letter *letter = post->letters; letter != NULL && post->sessions < POST_SESSIONS; letter = letter->next)
		if (letter->due && letter->session == NULL)
			start(letter);
}

static void on_due(evutil_socket_t fd, short what, void *context)
{
	struct letter *letter = context;

	(void)fd;
	(void)what;
	letter->due = true;
	go_on(letter->post);
}

/* With a dot more before each line that begins with one, and the end behind it (RFC 5321 4.5.2). */
static char *stuffed(const char *text, size_t len)
{
	struct buf to = BUF_OWN;
	bool fresh = true;

	for (size_t i = 0; i < len; i++) {
		if (fresh && text[i] == '.')
			buf_char(&to, '.');
		buf_char(&to, text[i]);
		fresh = text[i] == '\n';
	}
	buf_text(&to, fresh ? ".\r\n" : "\r\n.\r\n");
	return buf_detach(&to);
}

static bool is_clean(const char *path)
{
	for (; *path != '\0'; path++)
		if ((unsigned char)*path < ' ' || *path == 127)
			return false;
	return true;
}

void practice_post_send(struct practice_post *post, const struct address *to, const char *sender, const char *recipient,
			const char *text, size_t len, long delay)
{
	static const enum exchange_kind kinds[LETTER_EXCHANGES] = { [LETTER_EXCHANGES - 1] = EXCHANGE_MESSAGE };
	struct timeval time = { .tv_sec = delay / 1000, .tv_usec = delay % 1000 * 1000 };
	struct letter *letter;

	if (post->count == POST_LETTERS || !address_is_loopback(to) || !is_clean(sender) || !is_clean(recipient) ||
	    memchr(text, '\0', len) != NULL) {
		post->counts->undelivered++;
		return;
	}
	letter = mem_new(sizeof *letter);
	letter->post = post;
	letter->to = *to;
	letter->texts[0] = mem_printf("MAIL FROM:<%s>\r\n", sender);
	letter->texts[1] = mem_printf("RCPT TO:<%s>\r\n", recipient);
	letter->texts[2] = mem_text("DATA\r\n");
	letter->texts[3] = stuffed(text, len);
	for (int i = 0; i < LETTER_EXCHANGES; i++)
		letter->exchanges[i] = (struct exchange){
			.kind = kinds[i],
			.bytes = letter->texts[i],
			.len = strlen(letter->texts[i]),
			.replies = true,
		};
	letter->link = post->last;
	*post->last = letter;
	post->last = &letter->next;
	post->count++;
	event_assign(&letter->timer, post->base, -1, 0, on_due, letter);
	event_add(&letter->timer, &time);
}

struct practice_post *practice_post_new(struct event_base *base, const char *name, struct practice_counts *counts)
{
	struct practice_post *post = mem_new(sizeof *post);

	post->base = base;
	post->name = name;
	post->counts = counts;
	post->last = &post->letters;
	return post;
}

void practice_post_free(struct practice_post *post)
{
	if (post == NULL)
		return;
	while (post->letters != NULL)
		letter_free(post->letters);
	free(post);
}
