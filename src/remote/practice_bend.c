/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_bend.c - replies, spoiled
 *
 * A bend changes the end of `out`, from the reply's first byte on, or gives the
 * session something to send in pieces.  What has no end is sent when the peer has
 * taken what came before it, so that it costs no memory.
 */
#include "remote/practice_session.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/stream.h"

enum {
	FLOOD_PIECE = 16 << 10,
	/* Pieces sent in one turn of the loop to a peer that takes all of them. */
	FLOOD_TURN = 8
};

/* What follows `mark`, replaced by the bytes, with `keep` bytes of it before them. */
static void put_in(struct buf *out, size_t mark, size_t keep, const char *bytes, size_t len)
{
	char *rest = mem_bytes(out->data + mark + keep, out->len - mark - keep);
	size_t rest_len = out->len - mark - keep;

	out->len = mark + keep;
	buf_add(out, bytes, len);
	buf_add(out, rest, rest_len);
	free(rest);
}

static void shorten(struct buf *out, size_t len)
{
	if (len < out->len) {
		out->len = len;
		out->data[len] = '\0';
	}
}

static void bend_instead(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	shorten(&session->practice->out, mark);
	buf_add(&session->practice->out, hostile->bytes, hostile->len);
}

static void bend_before(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	put_in(&session->practice->out, mark, 0, hostile->bytes, hostile->len);
}

static void bend_after(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	(void)mark;
	buf_add(&session->practice->out, hostile->bytes, hostile->len);
}

static void bend_not(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	(void)session;
	(void)hostile;
	(void)mark;
}

static void bend_twice(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	struct buf *out = &session->practice->out;
	size_t len = out->len - mark;
	char *again = mem_bytes(out->data + mark, len);

	(void)hostile;
	buf_add(out, again, len);
	free(again);
}

static void bend_half(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	struct buf *out = &session->practice->out;

	(void)hostile;
	shorten(out, mark + (out->len - mark) / 2);
}

/* The reply's lines, one by one, each given to `write` with what ends it. */
static void bend_lines(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	struct buf *out = &session->practice->out;
	bool codes = hostile->kind->how == HOW_CODE;
	size_t len = out->len - mark;
	char *reply = mem_bytes(out->data + mark, len), *line = reply, *end;

	shorten(out, mark);
	for (; (end = strstr(line, "\r\n")) != NULL; line = end + 2) {
		if (codes)
			buf_add(out, hostile->bytes, hostile->len);
		buf_add(out, line + (codes ? 3 : 0), (size_t)(end - line) - (codes ? 3 : 0));
		buf_add(out, codes ? "\r\n" : hostile->bytes, codes ? 2 : hostile->len);
	}
	free(reply);
}

static void bend_inside(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	struct buf *out = &session->practice->out;
	size_t len = out->len - mark, keep = len > 6 ? len - 2 : len;

	put_in(out, mark, keep, hostile->bytes, hostile->len);
}

/* The reply is held back, and the one that was is sent. */
static void bend_late(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	struct buf *out = &session->practice->out;
	char *held = buf_detach(&session->late);

	(void)hostile;
	buf_add(&session->late, out->data + mark, out->len - mark);
	shorten(out, mark);
	buf_text(out, held);
	free(held);
}

static void bend_early(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	(void)mark;
	buf_add(&session->practice->out, hostile->bytes, hostile->len);
	session->swallow = true;
}

static void bend_trickle(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	struct buf *out = &session->practice->out;

	buf_reset(&session->late);
	buf_add(&session->late, out->data + mark, out->len - mark);
	shorten(out, mark);
	session->hostile = hostile;
	session->offset = 0;
	session->then = NEXT_TRICKLE;
}

static void bend_drip(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	shorten(&session->practice->out, mark);
	session->hostile = hostile;
	session->offset = 0;
	session->then = NEXT_DRIP;
}

static void bend_flood(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	unsigned times = hostile->kind->times;

	shorten(&session->practice->out, mark);
	session->hostile = hostile;
	session->offset = 0;
	session->left = times == 0 ? UINT64_MAX : (uint64_t)times * hostile->len;
	session->then = NEXT_FLOOD;
}

static void bend_forget(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	(void)hostile;
	(void)mark;
	session->mode = MODE_COMMAND;
}

static void bend_echo(struct practice_session *session, const struct practice_hostile *hostile, size_t mark)
{
	(void)hostile;
	shorten(&session->practice->out, mark);
	session->mode = MODE_ECHO;
}

static void (*const bends[])(struct practice_session *, const struct practice_hostile *, size_t) = {
	[HOW_INSTEAD] = bend_instead, [HOW_BEFORE] = bend_before, [HOW_AFTER] = bend_after, [HOW_AS_IT_IS] = bend_not,
	[HOW_TWICE] = bend_twice,     [HOW_HALF] = bend_half,     [HOW_CODE] = bend_lines,  [HOW_ENDINGS] = bend_lines,
	[HOW_INSIDE] = bend_inside,   [HOW_LATE] = bend_late,     [HOW_EARLY] = bend_early, [HOW_TRICKLE] = bend_trickle,
	[HOW_DRIP] = bend_drip,       [HOW_FLOOD] = bend_flood,   [HOW_ECHO] = bend_echo,
	[HOW_FORGET] = bend_forget,
};

static const enum practice_then thens[] = {
	[THEN_ON] = NEXT_READ,         [THEN_CLOSE] = NEXT_CLOSE,        [THEN_RESET] = NEXT_RESET,
	[THEN_SILENCE] = NEXT_SILENCE, [THEN_HANG_UP_LATER] = NEXT_READ,
};

void practice_bend(struct practice_session *session, enum practice_stage stage, size_t mark)
{
	const struct practice_hostile *hostile = session->practice->rules->hostile[stage];
	unsigned char then = session->then;

	if (hostile == NULL)
		return;
	if (session->spared < (unsigned long)session->practice->rules->numbers[NUMBER_HOSTILE_SPARES]) {
		session->spared++;
		return;
	}
	bends[hostile->kind->how](session, hostile, mark);
	session->hang_up = hostile->kind->then == THEN_HANG_UP_LATER;
	if (hostile->kind->then != THEN_ON && session->then == then)
		session->then = (unsigned char)thens[hostile->kind->then];
}

/* What was sent in pieces is over. */
static void end_pieces(struct practice_session *session)
{
	session->then = (unsigned char)thens[session->hostile->kind->then];
	session->hostile = NULL;
	practice_session_follow(session);
}

void practice_flood(struct practice_session *session)
{
	const struct practice_hostile *hostile = session->hostile;
	char piece[FLOOD_PIECE];

	for (int turn = 0; turn < FLOOD_TURN && session->left != 0; turn++) {
		size_t len = 0;

		if (session->stream == NULL || !stream_is_flushed(session->stream))
			return;
		for (; len < sizeof piece && session->left != 0; len++, session->left--) {
			piece[len] = hostile->bytes[session->offset];
			session->offset = session->offset + 1 == hostile->len ? 0 : session->offset + 1;
		}
		practice_session_put(session, piece, len);
	}
	if (session->left != 0) {
		practice_session_wait(session, 0);
		return;
	}
	practice_session_put(session, hostile->tail, hostile->tail_len);
	end_pieces(session);
}

void practice_drip(struct practice_session *session)
{
	const struct practice_hostile *hostile = session->hostile;
	bool own = session->then == NEXT_TRICKLE;
	const char *bytes = own ? session->late.data : hostile->bytes;
	size_t len = own ? session->late.len : hostile->len;

	if (own && session->offset == len) {
		end_pieces(session);
		return;
	}
	practice_session_put(session, bytes + session->offset % len, 1);
	session->offset = own ? session->offset + 1 : (session->offset + 1) % len;
	practice_session_wait(session, hostile->pace);
}
