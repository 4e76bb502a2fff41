/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_IMAP_SESSION_H
#define REMOTE_IMAP_SESSION_H

/*
 * A session with an IMAP server that reads new mail of one mailbox, and changes
 * nothing: the mailbox is examined, messages are peeked at.
 *
 * Callbacks may close the session.  No command waits longer than IMAP_PATIENCE.
 */

#include <stddef.h>
#include <stdint.h>

struct err;
struct event_base;
struct http;
struct http_peer;
struct imap_session;

enum {
	IMAP_PATIENCE_S = 30,
	/* Of a crowd of new messages, the newest are looked at. */
	IMAP_MESSAGES_MOST = 1000
};

struct imap_message {
	uint32_t uid;
	const char *header;             /* never NULL; both may be cut (IMAP_HEADER_KEPT, IMAP_TEXT_KEPT) */
	size_t header_len;
	const char *text;               /* all that follows the header; NULL with length 0 where there is none */
	size_t text_len;
};

struct imap_events {
	/* Logged in, and the mailbox is open; `next` is the UID that the next message will have. */
	void (*examined)(void *context, uint32_t next, uint32_t validity);
	/* In the order of their UIDs. */
	void (*message)(void *context, const struct imap_message *message);
	/* All that imap_session_look() asked for was told. */
	void (*looked)(void *context);
	/* No more calls follow; the session is still to be closed. */
	void (*failed)(void *context, const struct err *err);
};

/* `mailbox` is the name as the server has it, in ASCII; all is borrowed for the call, but for `events` and `context`. */
struct imap_session *imap_session_open(struct event_base *base, struct http *http, const struct http_peer *peer, const char *mailbox,
				       const struct imap_events *events, void *context, struct err *err);

/* Asks for the messages from this UID on; not before looked() has answered the last time. */
void imap_session_look(struct imap_session *session, uint32_t from);

void imap_session_close(struct imap_session *session);

#endif
