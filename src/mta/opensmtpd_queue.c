/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_queue.c - smtpctl show queue: a line for each envelope
 *
 *	EVPID|inet4|mta|FLAGS|s@x|r@y|d@y|TAKEN|EXPIRES|TRIED|TRIES|pending|SECONDS|why it waits
 *
 * A local part may hold "|" as well, but neither quotes nor "@", and a domain no "|"
 * (valid_localpart() and valid_domainpart() of its util.c), so that an address ends at
 * the first bar behind its "@"; the null sender is "@".  The first half of an EVPID is
 * the message's.
 */
#include "mta/queue.h"

enum { EVPID = 16, MESSAGE_ID = 8 };

static bool cut_field(struct slice *rest, struct slice *field)
{
	return slice_cut(rest, "|", field);
}

static bool is_evpid(struct slice id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!((id.at[i] >= '0' && id.at[i] <= '9') || (id.at[i] >= 'a' && id.at[i] <= 'f')))
			return false;
	return id.len == EVPID;
}

/* "TAKEN|EXPIRES|TRIED|TRIES|STATE|" */
static bool has_numbers(struct slice rest, time_t *taken)
{
	static const char *const states[] = { "pending|", "inflight|", "offline|", "invalid|" };

	for (int i = 0; i < 4; i++) {
		size_t len = 0;
		time_t number = 0;

		while (len < rest.len && len < 18 && rest.at[len] >= '0' && rest.at[len] <= '9')
			number = number * 10 + (rest.at[len++] - '0');
		if (len == 0)
			return false;
		slice_step(&rest, len);
		if (!slice_skip(&rest, "|"))
			return false;
		if (i == 0)
			*taken = number;
	}
	for (size_t i = 0; i < sizeof states / sizeof *states; i++)
		if (slice_starts(rest, states[i]))
			return true;
	return false;
}

/* Up to the first bar behind "@". */
static bool cut_address(struct slice *rest, struct slice *address)
{
	struct slice after = *rest, local, domain;

	if (!slice_cut(&after, "@", &local) || !cut_field(&after, &domain))
		return false;
	*address = (struct slice){ local.at, (size_t)(domain.at + domain.len - local.at) };
	*rest = after;
	return true;
}

static enum queue_sense read(struct queues *queues, struct slice line)
{
	static const char *const flags_of_ours[] = { "auth" };
	struct slice rest = line, from, agent, flags, sender, recipient, destination;
	struct queue_item item = { .taken = 0 };

	if (!cut_field(&rest, &item.id) || !is_evpid(item.id))
		return QUEUE_FOREIGN;
	if (!cut_field(&rest, &from) || !cut_field(&rest, &agent) || !cut_field(&rest, &flags) || !cut_address(&rest, &sender) ||
	    !cut_address(&rest, &recipient) || !cut_address(&rest, &destination) || !has_numbers(rest, &item.taken))
		return QUEUE_BROKEN;
	item.group = (struct slice){ item.id.at, MESSAGE_ID };
	item.sender = slice_is(sender, "@") ? SLICE_NONE : sender;
	item.held = slice_find(flags, "suspend") != NULL || slice_find(flags, "hold") != NULL;
	item.ours = slice_is(from, "local") && item.sender.len != 0;
	for (size_t i = 0; i < sizeof flags_of_ours / sizeof *flags_of_ours; i++)
		item.ours = item.ours || slice_find(flags, flags_of_ours[i]) != NULL;
	queues_item(queues, &item);
	/* What a mailbox of the host forwards is no stranger's: the recipient is the one that the client named. */
	queues_recipient(queues, recipient, true, slice_is(agent, "mda"), false);
	queues->open = false;
	return QUEUE_FINE;
}

static const struct queue_remedy remedies[] = {
	{ "hold", "smtpctl pause envelope {id}", NULL },
	{ "remove", "smtpctl remove {id}", NULL },
	{ NULL, NULL, NULL },
};

const struct queue_reader opensmtpd_queue_reader = {
	.make = "opensmtpd",
	.commands = { { "smtpctl", "show", "queue" } },
	.remedies = remedies,
	.read = read,
};
