/* SPDX-License-Identifier: Apache-2.0 */
/*
 * imap_session.c - one command after the other
 *
 * EXAMINE; then, each time that new mail is asked for, NOOP (which has the server
 * look into its mailbox), UID SEARCH, and UID FETCH for each message found.
 */
#include "remote/imap_session.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/http.h"
#include "remote/imap.h"

enum step { OPENING, EXAMINING, ASKING_LAST, RESTING, KNOCKING, SEARCHING, FETCHING, OVER };

static const char *const step_names[] = { "the login", "EXAMINE", "UID SEARCH", "a rest", "NOOP", "UID SEARCH", "UID FETCH", "an end" };

struct imap_session {
	struct http_line *line;
	struct event late;
	struct imap_reader reader;
	const struct imap_events *events;       /* NULL: closed */
	void *context;
	unsigned busy;
	enum step step;
	unsigned tag;
	char *examine;                          /* the command's arguments */
	uint32_t next, validity;
	uint32_t from;
	uint32_t uids[IMAP_MESSAGES_MOST];
	size_t found, fetched;
};

static void leave(struct imap_session *session)
{
	if (--session->busy == 0 && session->events == NULL)
		free(session);
}

static void end(struct imap_session *session)
{
	session->step = OVER;
	event_del(&session->late);
	http_line_close(session->line);
	session->line = NULL;
}

static void fail(struct imap_session *session, const struct err *err)
{
	if (session->step == OVER)
		return;
	end(session);
	session->events->failed(session->context, err);
}

static void fail_with(struct imap_session *session, enum err_kind kind, const char *why)
{
	struct err err = ERR_INIT;

	err_set(&err, kind, "the mailbox's server %s (at %s)", why, step_names[session->step]);
	fail(session, &err);
}

static void wait(struct imap_session *session)
{
	struct timeval patience = { IMAP_PATIENCE_S, 0 };

	evtimer_add(&session->late, &patience);
}

static void say(struct imap_session *session, enum step step, const char *command, const char *argument)
{
	struct buf line = BUF_OWN;

	session->step = step;
	session->tag++;
	buf_printf(&line, "p%u %s%s\r\n", session->tag, command, argument);
	wait(session);
	http_line_write(session->line, line.data, line.len);
	buf_release(&line);
}

static void rest(struct imap_session *session)
{
	session->step = RESTING;
	event_del(&session->late);
}

static void fetch_next(struct imap_session *session)
{
	char argument[128];

	if (session->fetched == session->found) {
		rest(session);
		session->events->looked(session->context);
		return;
	}
	snprintf(argument, sizeof argument, "%lu (UID BODY.PEEK[HEADER]<0.%d> BODY.PEEK[TEXT]<0.%d>)",
		 (unsigned long)session->uids[session->fetched++], IMAP_HEADER_KEPT, IMAP_TEXT_KEPT);
	say(session, FETCHING, "UID FETCH ", argument);
}

static int compare(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

/* The newest have the highest numbers; whichever order they come in, those stay. */
static void note_found(struct imap_session *session, uint32_t uid)
{
	size_t least = 0;

	if (session->found < IMAP_MESSAGES_MOST) {
		session->uids[session->found++] = uid;
		return;
	}
	for (size_t i = 1; i < session->found; i++)
		if (session->uids[i] < session->uids[least])
			least = i;
	if (session->uids[least] < uid)
		session->uids[least] = uid;
}

static void note_search(struct imap_session *session, const char *uids)
{
	uint32_t uid;

	while ((uid = imap_uid(&uids)) != 0) {
		if (session->step == ASKING_LAST)
			session->next = uid < UINT32_MAX && uid >= session->next ? uid + 1 : session->next;
		else if (session->step == SEARCHING && uid >= session->from)
			note_found(session, uid);
	}
}

static void note_fetch(struct imap_session *session, const struct imap_reply *reply)
{
	struct imap_message message = { reply->uid, reply->header, reply->header_len, reply->text, reply->text_len };

	/* Others tell of flags that somebody changed. */
	if (session->step == FETCHING && reply->header != NULL && reply->uid == session->uids[session->fetched - 1])
		session->events->message(session->context, &message);
}

static void note(struct imap_session *session, const struct imap_reply *reply)
{
	if (reply->kind == IMAP_BYE)
		fail_with(session, ERR_NET, "ends the session");
	else if (reply->kind == IMAP_SEARCH)
		note_search(session, reply->uids);
	else if (reply->kind == IMAP_FETCH)
		note_fetch(session, reply);
	else if (reply->kind == IMAP_OK && session->step == EXAMINING) {
		session->next = reply->uid_next != 0 ? reply->uid_next : session->next;
		session->validity = reply->uid_validity != 0 ? reply->uid_validity : session->validity;
	}
}

static void tell_examined(struct imap_session *session)
{
	rest(session);
	session->events->examined(session->context, session->next, session->validity);
}

/* A command is done. */
static void go_on(struct imap_session *session)
{
	char argument[32];

	switch (session->step) {
	case EXAMINING:
		if (session->next != 0) {
			tell_examined(session);
		} else {
			session->next = 1;
			say(session, ASKING_LAST, "UID SEARCH *", "");
		}
		break;
	case ASKING_LAST:
		tell_examined(session);
		break;
	case KNOCKING:
		snprintf(argument, sizeof argument, "%lu:*", (unsigned long)session->from);
		say(session, SEARCHING, "UID SEARCH UID ", argument);
		break;
	case SEARCHING:
		qsort(session->uids, session->found, sizeof *session->uids, compare);
		fetch_next(session);
		break;
	case FETCHING:
		fetch_next(session);
		break;
	case OPENING:
	case RESTING:
	case OVER:
		break;
	}
}

static void take(struct imap_session *session, const struct imap_reply *reply)
{
	char tag[IMAP_TAG];

	snprintf(tag, sizeof tag, "p%u", session->tag);
	if (reply->tag[0] == '\0') {
		note(session, reply);
	} else if (strcmp(reply->tag, tag) != 0 || session->step == RESTING) {
		fail_with(session, ERR_PROTO, "answers what was not asked");
	} else if (reply->kind == IMAP_OK) {
		go_on(session);
	} else if (session->step == EXAMINING) {
		fail_with(session, ERR_USAGE, "does not open a mailbox of this name");
	} else if (session->step == ASKING_LAST || session->step == FETCHING) {
		/* An empty mailbox has no last message, and one may be gone before it is fetched. */
		go_on(session);
	} else {
		fail_with(session, ERR_PROTO, "refuses a command");
	}
}

static void on_received(void *context, const char *bytes, size_t len)
{
	struct imap_session *session = context;
	struct imap_reply reply;
	size_t used;

	session->busy++;
	while (len != 0 && session->step != OVER) {
		enum imap_state state = imap_read(&session->reader, bytes, len, &used);

		bytes += used;
		len -= used;
		if (state == IMAP_BROKEN)
			fail_with(session, ERR_LIMIT, "says more at once than anybody needs");
		else if (state == IMAP_WHOLE && !imap_parse(session->reader.text.data, session->reader.text.len, &reply))
			fail_with(session, ERR_PROTO, "says what is not IMAP");
		else if (state == IMAP_WHOLE)
			take(session, &reply);
	}
	leave(session);
}

static void on_opened(void *context)
{
	struct imap_session *session = context;

	say(session, EXAMINING, "EXAMINE ", session->examine);
}

static void on_closed(void *context, const struct err *err)
{
	struct imap_session *session = context;

	session->busy++;
	if (err->kind == ERR_NONE)
		fail_with(session, ERR_NET, "closed the connection");
	else
		fail(session, err);
	leave(session);
}

static void on_late(evutil_socket_t fd, short what, void *context)
{
	struct imap_session *session = context;

	(void)fd;
	(void)what;
	session->busy++;
	fail_with(session, ERR_TIMEOUT, "did not answer in time");
	leave(session);
}

static const struct http_line_events line_events = {
	.opened = on_opened,
	.received = on_received,
	.closed = on_closed,
};

struct imap_session *imap_session_open(struct event_base *base, struct http *http, const struct http_peer *peer, const char *mailbox,
				       const struct imap_events *events, void *context, struct err *err)
{
	struct buf examine = BUF_OWN;
	struct imap_session *session;

	if (!imap_quote(&examine, mailbox)) {
		buf_release(&examine);
		err_set(err, ERR_USAGE, "the mailbox's name is not in ASCII: give it as the server writes it (modified UTF-7)");
		return NULL;
	}
	session = mem_new(sizeof *session);
	session->examine = buf_detach(&examine);
	session->events = events;
	session->context = context;
	imap_reader_init(&session->reader);
	evtimer_assign(&session->late, base, on_late, session);
	wait(session);
	session->line = http_line_open(http, peer, &line_events, session, err);
	if (session->line != NULL)
		return session;
	imap_session_close(session);
	return NULL;
}

void imap_session_look(struct imap_session *session, uint32_t from)
{
	if (session->step != RESTING)
		BUG("the session is at work");
	session->busy++;
	session->from = from;
	session->found = session->fetched = 0;
	say(session, KNOCKING, "NOOP", "");
	leave(session);
}

void imap_session_close(struct imap_session *session)
{
	if (session == NULL)
		return;
	session->busy++;
	end(session);
	imap_reader_release(&session->reader);
	free(session->examine);
	session->events = NULL;
	leave(session);
}
