/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joined.c - events of one message, whatever lies between them
 *
 * An id is one of an instance (host and syslog name): a server's short ids are used
 * again, and two servers may have the same.  Where a filter of the host hands a message
 * back, its second id has a client on loopback; it inherits whose the message was
 * from the delivery that brought it to the filter ("queued as ID"), or from what the
 * filter forwards (orig_queue_id).
 */
#include "audit/joined.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/joined_parts.h"
#include "base/hash.h"
#include "base/mem.h"

/* Places for few messages lie close together; there are more when there are more messages. */
enum { PLACES_FIRST = 1 << 10 };

/* Messages are named by their place and 1; 0 is none. */
struct joined {
	struct strangers *strangers;
	struct message *messages;
	unsigned count;                 /* that were ever used */
	unsigned capacity;
	unsigned unused;                /* a chain of those that may be used again */
	unsigned oldest, newest;        /* by the time of their last line */
	unsigned *places;
	unsigned place_count;           /* a power of two */
	size_t dropped;
	struct sessions sessions;
	struct names names;
	uint64_t instances[JOINED_INSTANCES];
	size_t instance_count;
	uint64_t instance;              /* of the line at hand */
};

struct joined *joined_new(struct strangers *strangers)
{
	struct joined *joined = mem_new(sizeof *joined);

	joined->strangers = strangers;
	joined->place_count = PLACES_FIRST;
	joined->places = mem_new(PLACES_FIRST * sizeof *joined->places);
	return joined;
}

void joined_free(struct joined *joined)
{
	if (joined == NULL)
		return;
	for (unsigned i = 0; i < joined->count; i++) {
		free(joined->messages[i].sender);
		free(joined->messages[i].waiting);
	}
	free(joined->messages);
	free(joined->places);
	free(joined->sessions.rows);
	free(joined);
}

size_t joined_dropped(const struct joined *joined)
{
	return joined->dropped;
}

static struct message *at(const struct joined *joined, unsigned name)
{
	return &joined->messages[name - 1];
}

static unsigned *place_of(struct joined *joined, uint64_t key)
{
	return &joined->places[(key ^ key >> 23) & (joined->place_count - 1)];
}

static struct message *find(struct joined *joined, uint64_t key)
{
	unsigned name = *place_of(joined, key);

	while (name != 0 && at(joined, name)->key != key)
		name = at(joined, name)->next;
	return name ? at(joined, name) : NULL;
}

static unsigned name_of_message(const struct joined *joined, const struct message *message)
{
	return (unsigned)(message - joined->messages) + 1;
}

static void leave_order(struct joined *joined, struct message *message)
{
	*(message->older ? &at(joined, message->older)->newer : &joined->oldest) = message->newer;
	*(message->newer ? &at(joined, message->newer)->older : &joined->newest) = message->older;
}

static void enter_order(struct joined *joined, struct message *message)
{
	unsigned name = name_of_message(joined, message);

	message->older = joined->newest;
	message->newer = 0;
	*(joined->newest ? &at(joined, joined->newest)->newer : &joined->oldest) = name;
	joined->newest = name;
}

/* Settles the message with what is known, and forgets it. */
static void close_message(struct joined *joined, struct message *message)
{
	unsigned name = name_of_message(joined, message), *link = place_of(joined, message->key);

	message_settle(message, joined->strangers);
	while (*link != name)
		link = &at(joined, *link)->next;
	*link = message->next;
	leave_order(joined, message);
	free(message->sender);
	free(message->waiting);
	message->sender = NULL;
	message->waiting = NULL;
	message->next = joined->unused;
	joined->unused = name;
}

static void drop_old(struct joined *joined)
{
	time_t clock = joined->strangers->clock;

	while (joined->oldest != 0 && clock != 0 && at(joined, joined->oldest)->touched != 0 &&
	       at(joined, joined->oldest)->touched < clock - JOINED_AGE) {
		joined->dropped += !at(joined, joined->oldest)->ended;
		close_message(joined, at(joined, joined->oldest));
	}
}

/* As many places as messages were ever open at once, at least. */
static void grow_places(struct joined *joined)
{
	unsigned *place;

	free(joined->places);
	joined->place_count *= 4;
	joined->places = mem_new(joined->place_count * sizeof *joined->places);
	for (unsigned name = joined->oldest; name != 0; name = at(joined, name)->newer) {
		place = place_of(joined, at(joined, name)->key);
		at(joined, name)->next = *place;
		*place = name;
	}
}

static struct message *open_message(struct joined *joined, uint64_t key)
{
	unsigned *place, name;
	struct message *message;

	drop_old(joined);
	if (joined->unused == 0 && joined->count >= joined->place_count)
		grow_places(joined);
	if (joined->unused == 0 && joined->count == JOINED_MOST) {
		joined->dropped += !at(joined, joined->oldest)->ended;
		close_message(joined, at(joined, joined->oldest));
	}
	if (joined->unused != 0) {
		name = joined->unused;
		joined->unused = at(joined, name)->next;
	} else {
		MEM_ROOM(joined->messages, joined->count, joined->capacity);
		name = ++joined->count;
	}
	place = place_of(joined, key);
	message = at(joined, name);
	*message = (struct message){ .key = key, .next = *place, .hour = -1 };
	*place = name;
	enter_order(joined, message);
	return message;
}

/* The message of an id, which is new when none is known. */
static struct message *message_of(struct joined *joined, const struct log_line *line, struct slice id)
{
	uint64_t key = hash_mix(joined->instance, id);
	struct message *message = find(joined, key);

	if (message == NULL) {
		message = open_message(joined, key);
	} else if (joined->newest != name_of_message(joined, message)) {
		leave_order(joined, message);
		enter_order(joined, message);
	}
	message->touched = line->stamp.when ? line->stamp.when : message->touched;
	return message;
}

/* The message of an id in any instance of the log. */
static struct message *find_anywhere(struct joined *joined, struct slice id)
{
	struct message *message = find(joined, hash_mix(joined->instance, id));

	for (size_t i = 0; message == NULL && i < joined->instance_count; i++)
		message = find(joined, hash_mix(joined->instances[i], id));
	return message;
}

static void note_instance(struct joined *joined)
{
	for (size_t i = 0; i < joined->instance_count; i++)
		if (joined->instances[i] == joined->instance)
			return;
	if (joined->instance_count < JOINED_INSTANCES)
		joined->instances[joined->instance_count++] = joined->instance;
}

static void add_client(struct joined *joined, const struct log_line *line, const struct event *event)
{
	uint64_t key = hash_mix(joined->instance, event->id);
	const struct session *session = sessions_find(&joined->sessions, joined->instance, event->session);
	struct message *message = find(joined, key), *parent;

	/* An id that is used again: what it was is over. */
	if (message != NULL && event->begins && message->begun)
		close_message(joined, message);
	note_instance(joined);
	message = message_of(joined, line, event->id);
	message_begin(message, line, event, session, joined->strangers);
	if (event->parent.len != 0 && message->origin == ORIGIN_LOOPBACK) {
		parent = find_anywhere(joined, event->parent);
		if (parent != NULL)
			message_inherit(message, parent, joined->strangers);
	}
}

static void deliver(struct joined *joined, const struct log_line *line, const struct event *event)
{
	struct message *message, *heir = NULL;

	if (event->id.len == 0)
		return;
	message = message_of(joined, line, event->id);
	if (event->heir.len != 0)
		heir = find_anywhere(joined, event->heir);
	if (heir != NULL && heir != message && event->status == STATUS_SENT && message_went_on(message, heir, event, joined->strangers))
		return;
	message_deliver(message, event, joined->strangers);
}

static void add_recipient(struct joined *joined, const struct log_line *line, const struct event *event)
{
	const struct session *started = event->id.len == 0 ? sessions_find(&joined->sessions, joined->instance, event->session) : NULL;
	struct event known;

	if (started == NULL) {
		deliver(joined, line, event);
		return;
	}
	/* qmail: which message and recipient, another line said. */
	known = *event;
	known.id = (struct slice){ started->id, started->id_len };
	known.recipient = (struct slice){ started->recipient, started->recipient_len };
	known.outside = started->outside;
	deliver(joined, line, &known);
}

static void add_bounce(struct joined *joined, const struct log_line *line, const struct event *event)
{
	message_bounce(message_of(joined, line, event->id), joined->strangers);
	/* The message that tells of it is the server's own. */
	if (event->other.len != 0) {
		struct message *told = message_of(joined, line, event->other);

		told->origin = ORIGIN_OWN;
		told->begun = true;
	}
}

static void add_end(struct joined *joined, const struct event *event)
{
	struct message *message = find(joined, hash_mix(joined->instance, event->id));

	if (message == NULL)
		return;
	message->withdrawn = event->kind == EVENT_DROPPED;
	message->ended = true;
	/* The line that says whose it was comes after the filter's answer. */
	if (message->origin != ORIGIN_LOOPBACK || message->delivered == 0 || message->withdrawn)
		close_message(joined, message);
}

static void add_denied(struct joined *joined, const struct event *event)
{
	const struct session *session = sessions_find(&joined->sessions, joined->instance, event->session);

	count_denied(joined->strangers, &joined->names, event, session);
}

void joined_add(struct joined *joined, const struct log_line *line, const struct event *event)
{
	if (line->stamp.when > joined->strangers->clock)
		joined->strangers->clock = line->stamp.when;
	joined->instance = line->instance;
	switch (event->kind) {
	case EVENT_CLIENT:
		add_client(joined, line, event);
		break;
	case EVENT_SENDER:
		message_accept(message_of(joined, line, event->id), event, joined->strangers);
		break;
	case EVENT_RECIPIENT:
		add_recipient(joined, line, event);
		break;
	case EVENT_END:
	case EVENT_DROPPED:
		add_end(joined, event);
		break;
	case EVENT_BOUNCE:
		add_bounce(joined, line, event);
		break;
	case EVENT_DENIED:
	case EVENT_TRY:
		add_denied(joined, event);
		break;
	case EVENT_NAME:
		names_add(&joined->names, event);
		break;
	case EVENT_LOST:
		joined->strangers->lost++;
		break;
	case EVENT_SESSION:
	case EVENT_STARTS:
		sessions_add(&joined->sessions, joined->instance, event);
		break;
	case EVENT_NONE:
		break;
	}
}

void joined_finish(struct joined *joined)
{
	while (joined->oldest != 0)
		close_message(joined, at(joined, joined->oldest));
}
