/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_client.c - who may ask, and how much
 */
#include "remote/agent_client.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/tls_gate.h"
#include "remote/agent_peer.h"

enum { HOUR = 3600 };

struct agent_client *agent_client_find(struct agent_client *clients, size_t count, const struct tls_peer *peer)
{
	for (size_t i = 0; i < count; i++)
		if (clients[i].name != NULL ? strcmp(clients[i].name, peer->name) == 0 : strcmp(clients[i].print, peer->print) == 0)
			return &clients[i];
	return NULL;
}

int agent_client_may_begin(const struct agent_client *client, unsigned at_once, unsigned hourly, int64_t now, struct err *err)
{
	if (client->refused_until > now)
		return err_set(err, ERR_LIMIT, "too much of what you sent was no job: you are refused for another %lld s",
			       (long long)((client->refused_until - now) / CLOCK_S + 1));
	if (client->running >= at_once)
		return err_set(err, ERR_LIMIT, "%u of your jobs are at work, and no more may be at once", client->running);
	/* The ring's next place is the oldest of as many as an hour may have. */
	if (client->begun != NULL && client->begun[client->begun_next] != 0 && now - client->begun[client->begun_next] < (int64_t)HOUR * CLOCK_S)
		return err_set(err, ERR_LIMIT, "%u of your jobs began within an hour, and no more may", hourly);
	return 0;
}

void agent_client_begin(struct agent_client *client, unsigned hourly, int64_t now)
{
	if (client->begun == NULL)
		client->begun = mem_new(hourly * sizeof *client->begun);
	client->begun[client->begun_next] = now;
	client->begun_next = (client->begun_next + 1) % hourly;
	client->running++;
	client->faults = 0;
}

void agent_client_end(struct agent_client *client)
{
	client->running--;
}

void agent_client_fault(struct agent_client *client, int64_t now)
{
	client->faults++;
	if (client->faults >= AGENT_CLIENT_FAULTS)
		client->refused_until = now + agent_peer_refusal(client->faults - AGENT_CLIENT_FAULTS + AGENT_PEER_FAULTS);
}

void agent_client_release(struct agent_client *client)
{
	free(client->begun);
	client->begun = NULL;
}
