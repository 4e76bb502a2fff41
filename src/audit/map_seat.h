/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MAP_SEAT_H
#define AUDIT_MAP_SEAT_H

/*
 * One session of a map at a time: it asks for the clients that it was given, and
 * tells each answer.  Shared by map_run.c and map_seat.c, and nobody else.
 */

#include "audit/map_run.h"

struct err;
struct map_seat;
struct reply;

struct map_ask {
	struct map_question question;
	unsigned tries;                 /* that came to nothing */
	int64_t due;                    /* not asked before */
};

/* How a session of a seat came to its end. */
struct map_seat_end {
	bool reached;                   /* the server said something */
	size_t heard;                   /* questions that were answered */
	const struct err *err;          /* ERR_NONE where the session went as it should */
	const struct session_facts *facts;
};

/* What a seat tells its run. */
struct map_seat_events {
	/* A reply that is about the client; REASON_NONE: it is granted. */
	void (*heard)(void *context, const struct map_ask *ask, enum reason reason, const struct reply *reply);
	/* The client was not asked; `tried`: because the session broke when it was its turn. */
	void (*unasked)(void *context, const struct map_ask *ask, bool tried, enum reason reason);
	/* The server grants XCLIENT once a session. */
	void (*once)(void *context);
	/* It makes us wait: `heard` clients of this session were too many. */
	void (*slow)(void *context, size_t heard);
	/* Behind all others. */
	void (*over)(void *context, const struct map_seat_end *end);
};

struct map_seat *map_seat_new(const struct map_settings *settings, struct vantage *vantage, const struct map_seat_events *events,
			      void *context);
void map_seat_free(struct map_seat *seat);      /* without a further call */

bool map_seat_is_busy(const struct map_seat *seat);

/* Whether it can ask for more than one client in a session. */
bool map_seat_takes_many(const struct map_seat *seat);

/* Asks, from the loop; at most MAP_CLIENTS. */
void map_seat_ask(struct map_seat *seat, const struct map_ask *asks, size_t count);

#endif
