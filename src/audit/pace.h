/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_PACE_H
#define AUDIT_PACE_H

/*
 * How a view is worked through: the state of each attempt's task, and how hard
 * the server may be pressed at present.  Shared by pick.c (what the next session is
 * for), fill.c (which tasks go into it), talk.c (one session) and schedule.c (when sessions begin).
 *
 * The figures are those that every server's defaults bear; each names the server
 * that sets it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/audit.h"
#include "audit/batch.h"
#include "audit/compose.h"

enum pace_limits {
	PACE_REJECTIONS = 9,            /* a session: Postfix makes every reply behind the 10th error wait a second */
	PACE_RCPTS = 3,                 /* a MAIL: sendmail's BadRcptThrottle on Debian */
	PACE_RCPTS_LOCKSTEP = 9,        /* the same where PIPELINING, and so sendmail, is out of the question */
	PACE_RESETS = 8,                /* a session: Exim ends it at the 12th command that is no mail */
	PACE_RISKY = 3,                 /* a session: Exim ends it at the 4th syntax error */
	PACE_CONNECT_GAP = 5000,        /* microseconds between connections: OpenSMTPD's listen queue of 5 */
	PACE_KILLS = 2,                 /* sessions that one attempt may cost before it is given up */
	PACE_STRIKES = 4,               /* sessions in a row without an answer before a view is given up; 2 before any */
	PACE_PAUSE = 500000,            /* microseconds before the next try after the first strike; doubles */
	PACE_PAUSE_MOST = 20000000,
	PACE_SLOW = 900000,             /* microseconds beyond a round trip: the server throttles */
	PACE_TARPIT = 4000000           /* the same: each error of a session costs more (Courier: 8, 16, 32 s), so one a session it is */
};

enum task_state {
	TASK_PENDING,
	TASK_OUT,               /* in a session */
	TASK_LATER,             /* asked again when the pause is over */
	TASK_SURE,              /* accepted: to be tried alone */
	TASK_SETTLED
};

struct task {
	enum task_state state;
	bool own_sender;                /* a message may go out: bounces are to name the attempt */
	unsigned cost;                  /* rejections that it may bring */
	unsigned char kills;            /* sessions that died with this one's reply due */
	unsigned char delays;           /* pauses that it had */
	unsigned char sure_delays;
	unsigned char choice;           /* enum sender_choice */
	bool told;                      /* the outcome was told to the schedule */
	unsigned char mail_choice;      /* the choice that `mail` was composed with */
	const char *mail;               /* the MAIL line, pooled; NULL: not composed yet */
};

struct pace {
	struct task *tasks;             /* one an attempt */
	struct values begun;            /* compose_begin()'s, */
	bool began;
	bool composed;                  /* once the server was opened */
	unsigned size;                  /* rejections a session may bring */
	int64_t size_time;              /* when it was last made smaller */
	unsigned limit;                 /* sessions at once */
	unsigned active;
	unsigned opening;               /* of these, those that have not taken their tasks yet */
	bool opened;                    /* the server was opened at least once */
	bool checked;                   /* preconditions were looked at */
	unsigned strikes;
	int64_t strike_time;            /* sessions begun before it belong to the same failure */
	int64_t resume_at;              /* no session begins before */
	int64_t later_at;               /* when TASK_LATER turns to TASK_PENDING; 0: nothing waits */
	enum sender_choice sender;      /* at least this one: earlier ones were refused */
	unsigned share;                 /* in lock-step: commands a session takes; 0: not reckoned yet */
};

/* Presses a server of a known make no harder than it bears.  NULL: of no known make. */
void pace_respect(struct pace *pace, const char *mta);

struct pace *pace_new(const struct audit *audit, struct view *view);
void pace_free(struct pace *pace);

/* Tasks in that state. */
size_t pace_count(const struct view *view, enum task_state state);

/* The view is done: every task is settled and no session is left. */
bool pace_is_done(const struct view *view);

enum session_kind {
	KIND_NONE,              /* nothing to do at present */
	KIND_BATCH,             /* many, with our own hello or the forged one of `lead` */
	KIND_SOLO,              /* one that cannot share */
	KIND_SURE               /* one that was accepted, alone */
};

struct pick {
	enum session_kind kind;
	unsigned lead;          /* index of the attempt for SOLO, SURE, and a forged hello */
	bool has_lead;
};

/* What the next session would be for; marks `lead` as out. */
struct pick pick_session(const struct audit *audit, struct view *view);

/*
 * The same for a server that lets us wait for its greeting, and may wait for a word of ours: probes that speak first,
 * once each, until one of them or the next greeting tells more.  KIND_NONE: none is left, or the server is not like that.
 */
struct pick pick_first_word(const struct audit *audit, struct view *view);

/* Whether the session of that pick speaks before the greeting. */
bool pick_speaks_first(const struct view *view, const struct pick *pick);

/* Settles tasks whose preconditions do not hold at the endpoint.  Once the capabilities are known. */
void pick_check(const struct audit *audit, struct view *view);

/* For fill.c: what a task says, its MAIL line (NULL when a placeholder has no value), and what is left to do. */
const struct values *pick_values(const struct audit *audit, struct view *view, unsigned index, struct composition *composition);
const char *pick_mail(const struct audit *audit, struct view *view, unsigned index);
void pick_skip(const struct audit *audit, struct view *view, unsigned index, const char *what);

/* The rejections that all pending tasks may bring; `*risky` of them may be syntax errors. */
unsigned pick_cost(const struct view *view, unsigned *risky);

/* Fills the batch of an opened session, and marks its members as out. */
void fill_batch(const struct audit *audit, struct view *view, const struct pick *pick, struct batch *batch);

/* The hello line that a probe of this view says instead of ours; NULL for ours. */
const char *pick_hello(const struct audit *audit, struct view *view, const struct pick *pick);

#endif
