/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_allow.c - an agent's list of what it tests
 */
#include "remote/agent_allow.h"

#include "audit/job.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/text.h"

/* A name is the agent's own word for addresses, which it looks up from where it is. */
static void look_up(struct agent_allow *entry)
{
	int64_t now = clock_now();

	if (now < entry->found_until)
		return;
	entry->found = (struct resolved){ .host = entry->name };
	resolve_hosts(&entry->found, 1, AGENT_NAME_PATIENCE);
	entry->found_until = clock_now() + (int64_t)(entry->found.count != 0 ? AGENT_NAME_LIFE : AGENT_NAME_RETRY) * CLOCK_S;
}

static bool has_port(const struct agent_allow *entry, unsigned short port)
{
	for (size_t i = 0; i < entry->port_count; i++)
		if (entry->ports[i] == port)
			return true;
	return false;
}

static bool holds(struct agent_allow *entry, const struct job *job, const struct address *address)
{
	if (!has_port(entry, address->port))
		return false;
	if (entry->name == NULL)
		return address_is_in(address, &entry->network, entry->bits);
	if (!text_equal_nocase(entry->name, job->name))
		return false;
	look_up(entry);
	for (size_t i = 0; i < entry->found.count; i++)
		if (address_equal(&entry->found.addresses[i], address))
			return true;
	return false;
}

int agent_allow_job(struct agent_allow *list, size_t count, const struct job *job, struct err *err)
{
	char text[ADDRESS_TEXT];

	for (size_t e = 0; e < job->endpoint_count; e++) {
		const struct address *address = &job->endpoints[e].address;
		size_t i = 0;

		while (i < count && !holds(&list[i], job, address))
			i++;
		if (i < count)
			continue;
		address_print_port(address, text);
		return err_set(err, ERR_FORBIDDEN, "%s is not among what this agent tests for the target %s", text, job->name);
	}
	return 0;
}
