/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joined_message.c - what a message comes to
 */
#include <stdlib.h>
#include <string.h>

#include "audit/joined_parts.h"
#include "base/mem.h"

static struct slice domain_of(struct slice address)
{
	const char *at = address.len ? memrchr(address.at, '@', address.len) : NULL;

	return at ? (struct slice){ at + 1, address.len - (size_t)(at + 1 - address.at) } : SLICE_NONE;
}

static void keep_sender(struct message *message, struct slice sender)
{
	message->null_sender = sender.len == 0;
	/* Nobody asks for that of one's own. */
	if (message->sender != NULL || sender.len == 0 || message->origin == ORIGIN_OWN)
		return;
	message->sender_len = (unsigned)(sender.len < JOINED_TEXT ? sender.len : JOINED_TEXT);
	message->sender = mem_bytes(sender.at, message->sender_len);
}

/* One attempt of the run for each message, however many lines name it. */
static void look_for_run(struct message *message, struct strangers *strangers, const struct event *event)
{
	char text[ADDRESS_TEXT];

	if (strangers->rules->run == NULL || message->of_run || message->client.family == 0)
		return;
	if (!strangers_is_of_run(strangers->rules, event->sender) && !strangers_is_of_run(strangers->rules, event->recipient))
		return;
	message->of_run = true;
	address_print(&message->client, text);
	tally_add(&strangers->run_clients, (struct slice){ text, strlen(text) }, 1);
}

void message_begin(struct message *message, const struct log_line *line, const struct event *event, const struct session *session,
		   struct strangers *strangers)
{
	bool authenticated = event->authenticated, local = event->local;
	struct address client = { .family = 0 };

	if (event->client.len != 0)
		strangers_address(event->client, &client);
	/* A process that serves another connection now says nothing of this one. */
	if (session != NULL && (client.family == 0 || session->client.family == 0 || address_equal(&client, &session->client))) {
		authenticated = authenticated || session->authenticated;
		local = local || session->local;
		if (client.family == 0)
			client = session->client;
	}
	message->begun = true;
	message->taken = line->stamp.when;
	message->hour = line->stamp.hour;
	message->client = client;
	if (message->origin == ORIGIN_UNKNOWN) {
		if (local || authenticated)
			message->origin = ORIGIN_OWN;
		else if (client.family != 0 && address_is_loopback(&client))
			message->origin = ORIGIN_LOOPBACK;
		else if (client.family != 0)
			message->origin = strangers_is_own(strangers->rules, &client) ? ORIGIN_OWN : ORIGIN_STRANGER;
	}
	if (event->has_sender)
		message_accept(message, event, strangers);
}

void message_accept(struct message *message, const struct event *event, struct strangers *strangers)
{
	message->accepted = true;
	keep_sender(message, event->sender);
	look_for_run(message, strangers, event);
}

/* One delivery to a foreign recipient of a stranger. */
static void count(struct message *message, struct slice domain, struct strangers *strangers)
{
	struct strangers_told told;

	strangers->recipients++;
	tally_add(&strangers->domains, domain.len ? domain : SLICE("?"), 1);
	if (message->counted)
		return;
	message->counted = true;
	told = (struct strangers_told){ .client = &message->client, .sender = { message->sender, message->sender_len }, .domain = domain,
					.when = message->taken ? message->taken : message->touched };
	strangers_count_message(strangers, &message->client, told.sender, told.when, message->hour);
	if (strangers->tell != NULL)
		strangers->tell(strangers->tell_context, &told);
}

static void wait_for_origin(struct message *message, struct slice domain)
{
	struct waiting *waiting = message->waiting;

	if (waiting == NULL)
		waiting = message->waiting = mem_new(sizeof *waiting);
	if (waiting->count == JOINED_WAITING)
		return;
	waiting->rows[waiting->count].len = (unsigned char)(domain.len < sizeof waiting->rows->domain ? domain.len : sizeof waiting->rows->domain);
	if (domain.len != 0)
		memcpy(waiting->rows[waiting->count].domain, domain.at, waiting->rows[waiting->count].len);
	waiting->count++;
}

void message_deliver(struct message *message, const struct event *event, struct strangers *strangers)
{
	struct slice asked = event->original.len ? event->original : event->recipient;

	look_for_run(message, strangers, event);
	/* What the server delivers by itself, or under its own names, is its own affair. */
	if (!event->outside || !strangers_is_foreign(strangers->rules, asked)) {
		/* A mailbox that another server of ours does not know, or that is not here, in a domain that is not foreign or has no transport out. */
		message->domestic = true;
		message->unknown_user = message->unknown_user || event->unknown_user;
		return;
	}
	message->foreign = true;
	message->deferred = message->deferred || event->status == STATUS_DEFERRED;
	message->bounced += event->status == STATUS_BOUNCED;
	if (event->status != STATUS_SENT)
		return;
	message->delivered++;
	if (message->origin == ORIGIN_STRANGER)
		count(message, domain_of(asked), strangers);
	else if (message->origin == ORIGIN_LOOPBACK)
		wait_for_origin(message, domain_of(asked));
}

void message_inherit(struct message *message, struct message *parent, struct strangers *strangers)
{
	parent->handed_on = true;
	/* A filter's filter's child: whose it was stays to be told. */
	if (parent->origin == ORIGIN_LOOPBACK)
		return;
	message->origin = parent->origin;
	message->client = parent->client;
	message->taken = parent->taken ? parent->taken : message->taken;
	message->hour = parent->hour >= 0 ? parent->hour : message->hour;
	if (message->origin != ORIGIN_STRANGER)
		return;
	for (unsigned i = 0; i < message->delivered; i++) {
		struct slice domain = SLICE_NONE;

		if (message->waiting != NULL && i < message->waiting->count)
			domain = (struct slice){ message->waiting->rows[i].domain, message->waiting->rows[i].len };
		count(message, domain, strangers);
	}
}

bool message_went_on(struct message *message, struct message *heir, const struct event *event, struct strangers *strangers)
{
	struct address hop;

	if (event->outside) {
		/* Any server says "queued as": only this host's own can have taken it from loopback. */
		if (heir->origin != ORIGIN_LOOPBACK && !message->handed_on)
			return false;
		if (!strangers_address(event->relay, &hop) || !strangers_is_own(strangers->rules, &hop))
			return false;
		if (heir->origin == ORIGIN_LOOPBACK)
			message_inherit(heir, message, strangers);
		return true;
	}
	/* "forwarded as": a mailbox of its own sends it on. */
	heir->origin = ORIGIN_OWN;
	message->domestic = true;
	return true;
}

void message_bounce(struct message *message, struct strangers *strangers)
{
	struct slice sender = { message->sender, message->sender_len };

	if (message->bounce_told || !message->unknown_user || message->origin == ORIGIN_OWN || message->origin == ORIGIN_LOOPBACK ||
	    !strangers_is_foreign(strangers->rules, sender))
		return;
	message->bounce_told = true;
	strangers->backscatter++;
	tally_add(&strangers->bounce_senders, sender, 1);
}

void message_settle(struct message *message, struct strangers *strangers)
{
	if (message->withdrawn && message->delivered == 0)
		return;
	if (message->origin == ORIGIN_UNKNOWN) {
		/* A bounce is the server's own, and has no client. */
		strangers->unknown += message->delivered != 0 && !message->null_sender;
		return;
	}
	if (message->origin != ORIGIN_STRANGER || message->handed_on)
		return;
	strangers->bounced += message->bounced;
	strangers->deferred += message->deferred;
	if (message->delivered == 0 && message->accepted && (message->foreign || !message->domestic)) {
		strangers->accepted++;
		strangers->accepted_foreign += message->foreign;
	}
}
