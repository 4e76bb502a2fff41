/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink.c - the sink's door
 *
 * Where all places are taken, a client that comes takes that of the session which has been
 * silent the longest among those that have not named a token: thousands who
 * stall do not keep the one out who delivers.  Only where each has named one is the newcomer
 * sent away.  The same goes for the places of one peer.
 */
#include "remote/sink.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/listener.h"
#include "remote/sink_session.h"

const struct sink_limits sink_usual_limits = {
	/* A few kB each, while no message comes in. */
	.sessions = 200,
	/* Mail servers open 20 connections to one place, and some one for each message. */
	.sessions_peer = 50,
	/* A session in TLS has about 40 kB; the others are told to come later, or to go on in the clear. */
	.secured = 64,
	/* 64 KiB are kept of each message: 8 MiB. */
	.receiving = 128,
	/* A thorough scan from ten vantages sends some 2,000, and all of them come from the server under test. */
	.messages = 20000,
	.messages_peer = 6000,
	/* Those messages are 4 KiB each, or bounces of 10 KiB. */
	.bytes = 256 << 20,
	.bytes_peer = 64 << 20,
	/* RFC 5321 4.5.3.2 asks a patient server for five minutes; a client that has a test message to deliver needs a second. */
	.command = (int64_t)60 * CLOCK_S,
	.message = (int64_t)180 * CLOCK_S,
	.session = (int64_t)600 * CLOCK_S,
};

enum {
	/* Of a turn, of which each session may say 4 KiB before it is sent. */
	SINK_OUT = 64 << 10,
	/* Lines a minute about refusals. */
	SINK_TOLD = 60
};

struct sink *sink_new(struct event_base *base, const struct sink_settings *settings)
{
	struct sink *sink = mem_new(sizeof *sink);

	sink->base = base;
	sink->settings = settings;
	sink->peers = sink_peers_new();
	sink->all.minute = clock_now();
	buf_init(&sink->out, SINK_OUT);
	return sink;
}

void sink_free(struct sink *sink)
{
	if (sink == NULL)
		return;
	for (size_t i = 0; i < sink->listener_count; i++)
		listener_close(sink->listeners[i]);
	while (sink->sessions != NULL)
		sink_session_drop(sink->sessions);
	free(sink->listeners);
	sink_peers_free(sink->peers);
	buf_release(&sink->out);
	free(sink);
}

void sink_tell_refusal(struct sink *sink, const struct sink_session *session)
{
	struct buf line = BUF_INIT(1024);
	char peer[ADDRESS_TEXT];

	if (session->refused == NULL)
		return;
	if (session->peer->told || sink->told >= SINK_TOLD) {
		sink->untold++;
		return;
	}
	session->peer->told = true;
	sink->told++;
	address_print(&session->client, peer);
	buf_printf(&line, "refused %s helo=", peer);
	if (session->helo != NULL)
		text_escape(&line, session->helo, strlen(session->helo));
	buf_printf(&line, " errors=%u: %s", session->errors, session->refused);
	sink->settings->log(sink->settings->context, line.data);
	buf_release(&line);
}

/* A new minute for all, and what the last one has left unsaid. */
void sink_turn_minute(struct sink *sink, int64_t now)
{
	int64_t minute = sink->all.minute;
	struct buf line = BUF_INIT(128);

	sink_peer_turn(&sink->all, now);
	if (sink->all.minute == minute)
		return;
	if (sink->untold != 0) {
		buf_printf(&line, "refused %u more sessions that were not told one by one", sink->untold);
		sink->settings->log(sink->settings->context, line.data);
		buf_release(&line);
	}
	sink->told = sink->untold = 0;
}

/* The session that gives way, of the peer's or (NULL) of all; NULL: each has named a token. */
static struct sink_session *find_idle(const struct sink *sink, const struct sink_peer *peer)
{
	struct sink_session *found = NULL;

	for (struct sink_session *session = sink->sessions; session != NULL; session = session->next)
		if (!session->known && (peer == NULL || session->peer == peer) && (found == NULL || session->heard <= found->heard))
			found = session;
	return found;
}

/* Makes a place for one more.  False: there is none. */
static bool make_room(struct sink *sink, const struct sink_peer *peer)
{
	const struct sink_limits *limits = sink->settings->limits;
	struct sink_session *idle;

	if (peer->sessions >= limits->sessions_peer)
		idle = find_idle(sink, peer);
	else if (sink->session_count >= limits->sessions)
		idle = find_idle(sink, NULL);
	else
		return true;
	if (idle == NULL)
		return false;
	sink_session_end(idle, "421 4.7.0 Too many sessions: others are waiting");
	return true;
}

static void on_client(void *context, int fd, const struct address *client)
{
	static const char busy[] = "421 4.7.0 Too many sessions: try again later\r\n";
	struct sink *sink = context;
	int64_t now = clock_now();
	struct sink_peer *peer = sink_peers_find(sink->peers, client, now);

	sink_turn_minute(sink, now);
	if (make_room(sink, peer)) {
		sink_session_begin(sink, fd, client, peer);
		return;
	}
	sink->untold++;
	/* Into an empty buffer of the system's: it goes whole, or the client is gone. */
	if (send(fd, busy, sizeof busy - 1, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		sink->untold++;
	close(fd);
}

int sink_listen(struct sink *sink, const struct address *where, struct address *bound, struct err *err)
{
	struct listener *listener = listener_open(sink->base, where, NULL, on_client, sink, err);

	if (listener == NULL)
		return -1;
	MEM_ROOM(sink->listeners, sink->listener_count, sink->listener_room);
	sink->listeners[sink->listener_count++] = listener;
	listener_address(listener, bound);
	return 0;
}

void sink_settle(struct sink *sink, uint64_t ticket, enum kept how)
{
	for (struct sink_session *session = sink->sessions; session != NULL; session = session->next) {
		if (session->ticket == ticket) {
			sink_session_settle(session, how);
			return;
		}
	}
}
