/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_HOSTILE_H
#define REMOTE_PRACTICE_HOSTILE_H

/*
 * What a hostile server does in place of a reply: rows of a way (`how` the reply
 * is bent, and what happens `then`), a place where it is done when the rule names none,
 * and bytes.  In bytes that are a reply, XXX stands for the code that a healthy
 * server would give at that place.
 */

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "remote/practice_rules.h"

struct err;

enum hostile_how {
	HOW_INSTEAD,            /* the bytes in place of the reply */
	HOW_BEFORE,
	HOW_AFTER,
	HOW_AS_IT_IS,
	HOW_TWICE,
	HOW_HALF,               /* half of the reply */
	HOW_CODE,               /* the bytes in place of the reply's code */
	HOW_ENDINGS,            /* the bytes in place of each line end */
	HOW_INSIDE,             /* the bytes amid the reply's text */
	HOW_LATE,               /* held back until the next command came */
	HOW_EARLY,              /* and after it the bytes, as the next command's reply */
	HOW_TRICKLE,            /* the reply, byte by byte */
	HOW_DRIP,               /* the bytes, byte by byte, again and again */
	HOW_FLOOD,              /* the bytes, as often as `times` says and as fast as they are read; 0 is for ever */
	HOW_FORGET,             /* the reply, and the command is forgotten: a message is read as commands */
	HOW_ECHO                /* what the client sends */
};

enum hostile_then {
	THEN_ON,                /* the session goes on */
	THEN_CLOSE,
	THEN_RESET,
	THEN_SILENCE,           /* nothing more is said, or listened to */
	THEN_HANG_UP_LATER      /* the next command finds the connection closed */
};

struct hostile_kind {
	const char *name;
	enum hostile_how how;
	enum hostile_then then;
	enum practice_stage at;
	const char *bytes;
	size_t len;
	const char *tail;       /* text after a flood; may be NULL */
	unsigned times;
};

/* One rule's hostility: the kind, with its bytes made ready for the stage. */
struct practice_hostile {
	const struct hostile_kind *kind;
	char *bytes;
	size_t len;
	char *tail;
	size_t tail_len;
	long pace;              /* milliseconds a byte */
};

/* The rows, for lists and for tests that try them all; a row without a name ends them. */
extern const struct hostile_kind hostile_kinds[];

extern const struct name_row practice_stage_names[];

/* `at` may be NULL; `*stage` is where it is done. */
struct practice_hostile *practice_hostile_new(const char *what, const char *at, long pace, enum practice_stage *stage,
					      struct err *err);
void practice_hostile_free(struct practice_hostile *hostile);

#endif
