/* SPDX-License-Identifier: Apache-2.0 */
/*
 * joined_session.c - lines of which others speak: connections, deliveries, names
 */
#include <string.h>

#include "audit/joined_parts.h"
#include "base/mem.h"

static uint64_t hash_of(uint64_t hash, struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211ULL;
	hash ^= hash >> 31;
	return hash ? hash : 1;
}

static uint64_t key_of(uint64_t instance, struct slice name)
{
	return hash_of(instance * 33, name);
}

void sessions_add(struct sessions *sessions, uint64_t instance, const struct event *event)
{
	uint64_t key = key_of(instance, event->session);
	struct session *row;

	if (sessions->rows == NULL)
		sessions->rows = mem_new(JOINED_SESSIONS * sizeof *sessions->rows);
	row = &sessions->rows[key % JOINED_SESSIONS];
	/* "authenticated" is about a connection that is known, and a process may have had another before. */
	if (row->key != key || event->kind == EVENT_STARTS || event->client.len != 0 || event->local)
		*row = (struct session){ .key = key, .cause = event->cause, .local = event->local };
	row->authenticated = row->authenticated || event->authenticated;
	if (event->client.len != 0)
		strangers_address(event->client, &row->client);
	if (event->kind != EVENT_STARTS)
		return;
	row->outside = event->outside;
	row->id_len = (unsigned char)(event->id.len < sizeof row->id ? event->id.len : sizeof row->id);
	memcpy(row->id, event->id.at, row->id_len);
	/* Of a long address the end, which has the domain. */
	row->recipient_len = (unsigned char)(event->recipient.len < sizeof row->recipient ? event->recipient.len : sizeof row->recipient);
	memcpy(row->recipient, event->recipient.at + event->recipient.len - row->recipient_len, row->recipient_len);
}

const struct session *sessions_find(const struct sessions *sessions, uint64_t instance, struct slice name)
{
	uint64_t key;
	const struct session *row;

	if (name.len == 0 || sessions->rows == NULL)
		return NULL;
	key = key_of(instance, name);
	row = &sessions->rows[key % JOINED_SESSIONS];
	return row->key == key ? row : NULL;
}

void names_add(struct names *names, const struct event *event)
{
	uint64_t key = hash_of(1, event->client);

	names->rows[key % JOINED_NAMES].key = key;
	names->rows[key % JOINED_NAMES].cause = event->cause;
}

void count_denied(struct strangers *strangers, const struct names *names, const struct event *event, const struct session *session)
{
	uint64_t key = hash_of(1, event->client);
	enum denial cause = session != NULL && event->client.len == 0 ? session->cause : event->cause;
	struct address client = { .family = 0 };
	char text[ADDRESS_TEXT] = "unknown";

	if (event->client.len != 0)
		strangers_address(event->client, &client);
	else if (session != NULL)
		client = session->client;
	if (client.family != 0)
		address_print(&client, text);
	if (strangers_is_of_run(strangers->rules, event->recipient) || strangers_is_of_run(strangers->rules, event->sender))
		tally_add(&strangers->run_clients, (struct slice){ text, strlen(text) }, 1);
	if (event->kind != EVENT_DENIED || (event->doubtful && !strangers_is_foreign(strangers->rules, event->recipient)))
		return;
	if (cause == DENIAL_MISSING_PTR && event->client.len != 0 && names->rows[key % JOINED_NAMES].key == key)
		cause = names->rows[key % JOINED_NAMES].cause;
	strangers->denied++;
	strangers->causes[cause]++;
	tally_add(&strangers->denied_clients, (struct slice){ text, strlen(text) }, 1);
}
