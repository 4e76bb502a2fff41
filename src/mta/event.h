/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_EVENT_H
#define MTA_EVENT_H

/*
 * What one line of a mail server's log said, whichever server it was.  Slices lie in
 * the line, and are good for as long as it is.
 *
 * Log lines are written by clients in part: a name or an address here may hold any
 * bytes, and is data.
 */

#include <stdbool.h>
#include <time.h>

#include "base/slice.h"

enum event_kind {
	EVENT_NONE,
	EVENT_CLIENT,           /* id, client or local: who handed in the message; often its sender, too */
	EVENT_SENDER,           /* id, sender: the message is accepted */
	EVENT_RECIPIENT,        /* id, recipient, status: what became of it for one recipient, for now */
	EVENT_END,              /* id: no more will be said of the message */
	EVENT_DROPPED,          /* id: the server took the message back, refused or discarded */
	EVENT_BOUNCE,           /* id: its sender is told; other: the message that tells it, where that is known */
	EVENT_DENIED,           /* client, sender, recipient, cause: relaying was refused */
	EVENT_NAME,             /* client, cause: why the server has no name for it */
	EVENT_LOST,             /* client: hung up after RCPT */
	EVENT_SESSION,          /* session, and client or authenticated: a connection of which later lines speak */
	EVENT_STARTS,           /* session, id, recipient: a delivery of which a later line tells the status */
	EVENT_TRY               /* sender or recipient of an attempt that came to nothing else */
};

enum event_status { STATUS_SENT, STATUS_DEFERRED, STATUS_BOUNCED };

/* Why the server could not take the client for one of its own, as far as names go. */
enum denial { DENIAL_CORRECT_DNS, DENIAL_MISSING_PTR, DENIAL_MAY_BE_FORGED, DENIAL_NAME_LOOKUP_FAILED, DENIALS };

struct event {
	enum event_kind kind;
	struct slice id;
	struct slice other;              /* of a bounce: its own id */
	struct slice session;            /* what names the connection or delivery in other lines; empty: nothing does */
	struct slice parent;             /* the id that it had before a filter of the same server; empty: none */
	struct slice client;             /* an address as the server printed it; empty: not told */
	struct slice sender;
	struct slice recipient;
	struct slice original;           /* the address that became this recipient by an alias; empty: none */
	struct slice relay;              /* the next hop's address; empty: none */
	struct slice heir;               /* the id under which it went on within the same server; empty: none */
	enum event_status status;
	enum denial cause;
	bool has_sender;                /* an empty sender is the null sender */
	bool local;                     /* from this machine, by no connection */
	bool authenticated;
	bool begins;                    /* EVENT_CLIENT: the id is new, whatever was known of it */
	bool outside;                   /* EVENT_RECIPIENT: by a transport that leaves the host */
	bool unknown_user;              /* EVENT_RECIPIENT, bounced: there is no such local mailbox */
	struct slice more;               /* further recipients, each with a comma before it: event_more() */
	bool doubtful;                  /* EVENT_DENIED: the words are those for an unknown user as well */
};

/* The same event for its next recipient; false: there is none. */
bool event_more(struct event *event);

#endif
