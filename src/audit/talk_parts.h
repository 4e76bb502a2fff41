/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_TALK_PARTS_H
#define AUDIT_TALK_PARTS_H

/*
 * What the files of a talk share, and nobody else: talk.c (its life), talk_reply.c
 * (what a reply means to its member) and talk_end.c (what is left when it ends).
 */

#include "audit/talk.h"
#include "smtp/session.h"
#include "smtp/transcript.h"

struct err;
struct reply;

struct talk {
	const struct talk_owner *owner; /* borrowed */
	struct view *view;
	struct pick pick;
	struct session *session;
	struct batch batch;
	bool *done;                     /* one a member */
	bool taken;                     /* the tasks were taken */
	bool void_riders;               /* the forged hello made a difference: what rides along is asked again */
	unsigned answered;              /* members with an answer */
	enum sender_choice sender;      /* the view's when the members were composed: what others learn since is not theirs */
	int64_t started;
	enum tls_mode mode;
	struct transcript transcript;
};

struct task *talk_task(const struct talk *talk, unsigned index);

/* talk_reply.c */
void talk_on_replied(void *context, size_t at, const struct reply *reply);

/* talk_end.c: what was not answered goes back, or is given up. */
void talk_put_back(struct talk *talk, enum session_end end, const struct err *err);
void talk_put_back_lead(struct talk *talk, enum session_end end, const struct err *err, const struct reply *reply);
void talk_settle_without_answer(const struct talk_owner *owner, struct view *view, unsigned index, enum reason reason, const char *note);

/* talk_end.c: what the end says of the server. */
void talk_note_reach(struct talk *talk, enum session_end end, const struct err *err, const struct reply *reply);
void talk_strike(struct talk *talk, enum session_end end, const struct reply *reply);
void talk_slow_down(struct talk *talk);

#endif
