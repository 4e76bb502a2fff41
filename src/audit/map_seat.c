/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_seat.c - the dialogue of a map
 *
 *      XCLIENT NAME=[UNAVAILABLE] ADDR=203.0.113.9     by XCLIENT only; 220 begins again with the greeting
 *      EHLO probe.example.net                          likewise
 *      MAIL FROM:<...>
 *      RCPT TO:<...>                                   this is the question
 *      RSET
 */
#include "audit/map_seat.h"

#include <stdlib.h>
#include <string.h>

#include "audit/pace.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "smtp/reply.h"
#include "smtp/xclient.h"
#include "vantage/target.h"
#include "vantage/vantage.h"

enum map_step { STEP_CLAIM, STEP_HELLO, STEP_MAIL, STEP_RCPT, STEP_RESET, STEPS };

struct client {
	struct map_ask ask;
	bool heard;             /* the question is answered */
	bool passed;            /* nothing more is said for it, not even RSET */
};

struct map_seat {
	const struct map_settings *settings;
	struct vantage *vantage;
	const struct map_seat_events *events;
	void *context;
	struct session *session;
	struct client clients[MAP_CLIENTS];
	size_t count;
	struct exchange exchanges[MAP_CLIENTS * STEPS];
	struct buf lines;       /* of the claims, one behind the other */
	char *hello, *mail, *rcpt;
	struct err err;         /* why the session cannot be gone on with */
	bool claims;            /* by XCLIENT */
	size_t heard;
	int64_t spoke_at;       /* when the server last did */
	bool busy;
	bool opened;
	bool slow;
};

struct map_seat *map_seat_new(const struct map_settings *settings, struct vantage *vantage, const struct map_seat_events *events,
			      void *context)
{
	struct map_seat *seat = mem_new(sizeof *seat);
	struct session_settings probe = { .to = { .family = AF_INET } };

	seat->settings = settings;
	seat->vantage = vantage;
	seat->events = events;
	seat->context = context;
	buf_init(&seat->lines, (size_t)MAP_CLIENTS * XCLIENT_LINE);
	seat->hello = mem_printf("EHLO %s\r\n", vantage->helo);
	seat->mail = mem_printf("MAIL FROM:<%s>\r\n", settings->sender);
	seat->rcpt = mem_printf("RCPT TO:<%s>\r\n", victim_text(settings->victim));
	vantage_assume(vantage, &(struct address){ .family = AF_INET });
	vantage_prepare(vantage, &probe);
	seat->claims = probe.claim != NULL;
	return seat;
}

void map_seat_free(struct map_seat *seat)
{
	if (seat == NULL)
		return;
	session_free(seat->session);
	buf_release(&seat->lines);
	free(seat->hello);
	free(seat->mail);
	free(seat->rcpt);
	free(seat);
}

bool map_seat_is_busy(const struct map_seat *seat)
{
	return seat->busy;
}

bool map_seat_takes_many(const struct map_seat *seat)
{
	return seat->claims;
}

static enum map_step first_step(const struct map_seat *seat)
{
	return seat->claims ? STEP_CLAIM : STEP_MAIL;
}

/* Which client and which step an exchange is. */
static struct client *place_of(struct map_seat *seat, size_t index, enum map_step *step)
{
	size_t steps = STEPS - first_step(seat);

	*step = (enum map_step)(first_step(seat) + index % steps);
	return &seat->clients[index / steps];
}

/* The lines of all claims; each client's begins where the one before it ends. */
static int compose_claims(struct map_seat *seat, size_t ends[MAP_CLIENTS])
{
	struct session_settings settings = { .to = { .family = AF_INET } };

	buf_reset(&seat->lines);
	for (size_t i = 0; i < seat->count; i++) {
		vantage_assume(seat->vantage, &seat->clients[i].ask.question.client);
		vantage_prepare(seat->vantage, &settings);
		if (xclient_compose(settings.claim, NULL, seat->vantage->helo, session_facts(seat->session)->xclient, &seat->lines, &seat->err) != 0)
			return -1;
		ends[i] = seat->lines.len;
	}
	return 0;
}

static void on_opened(void *context)
{
	struct map_seat *seat = context;
	size_t ends[MAP_CLIENTS] = { 0 }, count = 0;

	seat->opened = true;
	seat->spoke_at = clock_now();
	if (seat->claims && compose_claims(seat, ends) != 0) {
		session_quit(seat->session);
		return;
	}
	for (size_t i = 0; i < seat->count; i++) {
		const char *lines[STEPS] = { NULL, seat->hello, seat->mail, seat->rcpt, "RSET\r\n" };
		size_t begin = i == 0 ? 0 : ends[i - 1];

		for (enum map_step step = first_step(seat); step < STEPS; step++) {
			struct exchange *exchange = &seat->exchanges[count++];

			*exchange = (struct exchange){ .kind = EXCHANGE_COMMAND, .replies = true };
			exchange->timing = step > STEP_MAIL ? EXCHANGE_PIPELINED : EXCHANGE_ALONE;
			exchange->bytes = step == STEP_CLAIM ? seat->lines.data + begin : lines[step];
			exchange->len = step == STEP_CLAIM ? ends[i] - begin : strlen(lines[step]);
		}
	}
	session_talk(seat->session, seat->exchanges, count);
}

static bool on_wanted(void *context, size_t index)
{
	struct map_seat *seat = context;
	enum map_step step;
	const struct client *client = place_of(seat, index, &step);

	return !client->passed && !(step == STEP_RCPT && client->heard);
}

/* What is no refusal is not what was asked for, either. */
static enum reason refusal(const struct reply *reply, enum stage stage)
{
	enum reason reason = reason_of(reply, stage);

	return reason == REASON_NONE ? REASON_OTHER : reason;
}

static void hear(struct map_seat *seat, struct client *client, enum reason reason, const struct reply *reply)
{
	if (client->heard)
		return;
	client->heard = true;
	seat->heard++;
	seat->events->heard(seat->context, &client->ask, reason, reply);
}

/* Another claim than the first may be refused for the first one's sake: the server no longer takes us for whom it trusts. */
static void take_claim(struct map_seat *seat, struct client *client, const struct reply *reply)
{
	struct session_settings settings = { .to = { .family = AF_INET } };

	vantage_prepare(seat->vantage, &settings);
	if (reply->code == 220)
		return;
	if (client != seat->clients && reply->code == 550) {
		seat->events->once(seat->context);
		session_quit(seat->session);
	} else if (client == seat->clients && xclient_is_denied(settings.claim, reply, &seat->err)) {
		session_quit(seat->session);
	} else {
		client->passed = true;
		hear(seat, client, refusal(reply, STAGE_GREETING), reply);
	}
}

static void on_replied(void *context, size_t index, const struct reply *reply)
{
	struct map_seat *seat = context;
	int64_t now = clock_now(), pause = now - seat->spoke_at;
	enum map_step step;
	struct client *client = place_of(seat, index, &step);

	seat->spoke_at = now;
	if (reply->code == 421)
		return;
	if (step == STEP_CLAIM) {
		take_claim(seat, client, reply);
		return;
	}
	if (step == STEP_HELLO && reply_class(reply) != REPLY_ACCEPTED) {
		client->passed = true;
		hear(seat, client, refusal(reply, STAGE_HELLO), reply);
	} else if (step == STEP_MAIL && reply_class(reply) != REPLY_ACCEPTED) {
		hear(seat, client, refusal(reply, STAGE_MAIL), reply);
	} else if (step == STEP_RCPT) {
		hear(seat, client, reply_class(reply) == REPLY_ACCEPTED ? REASON_NONE : refusal(reply, STAGE_RCPT), reply);
	}
	/* A delay before a refusal is meant for us; Postfix lets its own mail rest a second, too (in_flow_delay). */
	if (step == STEP_RCPT && pause > PACE_SLOW && reply_class(reply) != REPLY_ACCEPTED)
		seat->slow = true;
	if (step == STEP_RESET && seat->slow && seat->count > 1) {
		seat->events->slow(seat->context, (size_t)(client - seat->clients) + 1);
		session_quit(seat->session);
	}
}

static enum reason reason_of_end(enum session_end end)
{
	static const enum reason reasons[SESSION_ENDS] = {
		[SESSION_FINISHED] = REASON_NOT_ASKED,
		[SESSION_UNREACHED] = REASON_CONNECTION_REFUSED,
		[SESSION_NO_BANNER] = REASON_NO_BANNER,
		[SESSION_REFUSED] = REASON_CLIENT_BLOCKED,
		[SESSION_TLS] = REASON_TLS_FAILED,
		[SESSION_LOST] = REASON_CONNECTION_LOST,
		[SESSION_SILENT] = REASON_TIMEOUT,
		[SESSION_MALFORMED] = REASON_MALFORMED_REPLY,
	};

	return reasons[end];
}

static void on_ended(void *context, enum session_end end, const struct err *err, const struct reply *reply)
{
	struct map_seat *seat = context;
	struct err said = seat->err.kind != ERR_NONE ? seat->err : *err;
	bool broke = end != SESSION_FINISHED;
	const struct map_seat_end told = {
		.reached = seat->opened || reply != NULL,
		.heard = seat->heard + (end == SESSION_REFUSED && reply != NULL && !seat->claims),
		.err = &said,
		.facts = session_facts(seat->session),
	};

	/* Refused before the first question: by a way where the client is known from the start, that is about the client. */
	if (end == SESSION_REFUSED && reply != NULL && !seat->claims)
		hear(seat, &seat->clients[0], refusal(reply, STAGE_GREETING), reply);
	else if (end == SESSION_REFUSED && reply != NULL)
		err_set(&said, ERR_PROTO, "the server refuses its service to us (%d)", reply->code);
	/* A limit of the server's, perhaps, on refusals or commands. */
	if (broke && seat->heard != 0)
		seat->events->slow(seat->context, seat->heard);
	for (size_t i = 0; i < seat->count; i++) {
		if (seat->clients[i].heard)
			continue;
		seat->events->unasked(seat->context, &seat->clients[i].ask, broke, reason_of_end(end));
		broke = false;
	}
	seat->busy = false;
	seat->events->over(seat->context, &told);
}

static const struct session_events session_events = {
	.opened = on_opened,
	.wanted = on_wanted,
	.replied = on_replied,
	.ended = on_ended,
};

void map_seat_ask(struct map_seat *seat, const struct map_ask *asks, size_t count)
{
	const struct map_settings *settings = seat->settings;
	size_t addresses;
	struct session_settings session = {
		.base = settings->base,
		.tls = settings->tls,
		.to = *target_addresses(settings->target, &addresses),
		.mode = settings->port.mode,
		.server_name = target_host(settings->target),
		.timeout = settings->timeout,
	};

	session_free(seat->session);
	seat->count = count;
	seat->busy = true;
	seat->opened = seat->slow = false;
	seat->heard = 0;
	seat->err = (struct err)ERR_INIT;
	for (size_t i = 0; i < count; i++)
		seat->clients[i] = (struct client){ .ask = asks[i] };
	session.to.port = settings->port.number;
	vantage_assume(seat->vantage, &asks[0].question.client);
	vantage_prepare(seat->vantage, &session);
	/* Ours are exchanges like any other. */
	session.claim = NULL;
	seat->session = session_start(&session, &session_events, seat);
}
