/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_JOINED_PARTS_H
#define AUDIT_JOINED_PARTS_H

/*
 * What joined.c (which lines are of one message), joined_message.c (what a message comes to)
 * and joined_session.c (what lines say of others) share, and nobody else.
 */

#include <stdint.h>

#include "audit/joined.h"

enum {
	/* Hosts and instances in one log. */
	JOINED_INSTANCES = 64,
	/* Clients whose names the server lately failed to look up. */
	JOINED_NAMES = 1024
};

enum origin {
	ORIGIN_UNKNOWN,                 /* the log does not show it */
	ORIGIN_LOOPBACK,                /* perhaps a filter's, that hands it back */
	ORIGIN_OWN,
	ORIGIN_STRANGER
};

/* A delivery that counts once it is known whose the message was. */
struct waiting {
	unsigned count;
	struct {
		char domain[64];
		unsigned char len;
	} rows[JOINED_WAITING];
};

struct message {
	uint64_t key;
	unsigned next;                  /* of the same place, or unused */
	unsigned older, newer;
	enum origin origin;
	struct address client;
	time_t taken;
	time_t touched;
	char *sender;                   /* at most JOINED_TEXT bytes; NULL: not known, or the null sender */
	unsigned sender_len;
	struct waiting *waiting;
	unsigned delivered;             /* to foreign recipients */
	unsigned bounced;               /* foreign recipients */
	int hour;
	bool begun;                     /* its first line was seen */
	bool accepted;                  /* its sender is told: the server has it */
	bool null_sender;
	bool foreign;                   /* it has a foreign recipient */
	bool domestic;                  /* it has another */
	bool deferred;                  /* a foreign recipient was */
	bool unknown_user;
	bool bounce_told;
	bool handed_on;                 /* it lives on under another id */
	bool counted;                   /* as strangers' */
	bool of_run;
	bool ended;
	bool withdrawn;                     /* the server took it back */
};

/* A connection, or a delivery of qmail. */
struct session {
	uint64_t key;                   /* 0: none */
	struct address client;          /* family 0: not told */
	enum denial cause;
	bool local;
	bool authenticated;
	bool outside;
	unsigned char id_len;
	unsigned char recipient_len;
	char id[32];
	char recipient[JOINED_TEXT];
};

/* A new one takes the place of an old one of the same hash. */
struct sessions {
	struct session *rows;           /* NULL until one is needed */
};

struct names {
	struct {
		uint64_t key;
		enum denial cause;
	} rows[JOINED_NAMES];
};

/* joined_session.c; `instance` is a hash of whose session it is. */
void sessions_add(struct sessions *sessions, uint64_t instance, const struct event *event);
const struct session *sessions_find(const struct sessions *sessions, uint64_t instance, struct slice name);
void names_add(struct names *names, const struct event *event);
/* Counts a refusal, and an attempt of the run; `session` may be NULL. */
void count_denied(struct strangers *strangers, const struct names *names, const struct event *event, const struct session *session);

/* joined_message.c */
void message_begin(struct message *message, const struct log_line *line, const struct event *event, const struct session *session,
		   struct strangers *strangers);
void message_accept(struct message *message, const struct event *event, struct strangers *strangers);
void message_deliver(struct message *message, const struct event *event, struct strangers *strangers);
void message_inherit(struct message *message, struct message *parent, struct strangers *strangers);
/* Whether the delivery was to the same server, where the message lives on as `heir`. */
bool message_went_on(struct message *message, struct message *heir, const struct event *event, struct strangers *strangers);
void message_bounce(struct message *message, struct strangers *strangers);
void message_settle(struct message *message, struct strangers *strangers);

#endif
