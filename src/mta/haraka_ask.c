/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_ask.c - what Haraka says to a client
 *
 * Its plugins are asked one after the other for a recipient, until one says more than to go on. Where none
 * does, who is trusted may relay, and all others may not.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mta/haraka.h"

struct asking {
	struct haraka *haraka;
	struct config_reply *reply;
	bool relays;
	const char *relays_by;
	const struct haraka_plugin *unsure;     /* one that may take the recipient */
};

static void say(const struct asking *asking, enum config_answer answer, const char *by, const char *why)
{
	asking->reply->answer = answer;
	asking->reply->by = by;
	asking->reply->why = why;
}

static const char *listed(struct haraka *haraka, const struct haraka_plugin *plugin)
{
	return haraka_place(haraka, &haraka->list, plugin->line);
}

/* Whoever is let relay may still be refused by what is not read here. */
static void permit(const struct asking *asking, const char *by, const char *why)
{
	const struct haraka_plugin *refuses = haraka_plugin(asking->haraka, PLUGIN_REFUSES);

	if (refuses == NULL)
		say(asking, ANSWER_PERMIT, by, why);
	else
		say(asking, ANSWER_UNKNOWN, listed(asking->haraka, refuses), config_text(asking->haraka->config, "the plugin %.100s may refuse the client", refuses->name));
}

/* The recipient's hooks of the plugin relay; true where one of them decides. */
static bool by_relay(struct asking *asking)
{
	struct haraka *haraka = asking->haraka;
	const struct haraka_line *line = NULL;
	enum haraka_destination destination =
		haraka->dest_domains && !asking->relays ? haraka_destination(haraka, HARAKA_OUTSIDE, &line) : DESTINATION_SKIPPED;
	const char *place = haraka_place(haraka, &haraka->destinations, line != NULL ? line->line : 0);

	if (destination == DESTINATION_TAKEN)
		permit(asking, place, "the recipient's domain is listed");
	else if (destination == DESTINATION_DENIED)
		say(asking, ANSWER_REJECT, place, "dest_domains is on, and refuses whatever domain has no action there to take it");
	else if (destination == DESTINATION_UNKNOWN)
		say(asking, ANSWER_UNKNOWN, place, "what is said for the recipient's domain is not told here");
	else if (haraka->all)
		permit(asking, haraka_place(haraka, &haraka->relay, haraka_pair(&haraka->relay, "relay", "all")->line), "the plugin relay takes all recipients");
	else
		return false;
	return true;
}

static bool by_plugin(struct asking *asking, const struct haraka_plugin *plugin)
{
	struct haraka *haraka = asking->haraka;

	switch (plugin->part) {
	case PLUGIN_RELAY:
		return by_relay(asking);
	case PLUGIN_HOST_LIST:
		if (haraka->takes > 0)
			permit(asking, haraka->takes_place, "the recipient's domain is listed");
		else if (haraka->takes < 0 && asking->unsure == NULL)
			asking->unsure = plugin;
		return haraka->takes > 0;
	case PLUGIN_FORWARD:
		if (!haraka->check_recipient || !haraka_has_section(&haraka->forward, HARAKA_OUTSIDE))
			return false;
		permit(asking, haraka->forward.path, "the recipient's domain has a section");
		return true;
	case PLUGIN_TAKES:
		if (asking->unsure == NULL)
			asking->unsure = plugin;
		return false;
	default:
		return false;
	}
}

static void by_recipient(struct asking *asking)
{
	struct haraka *haraka = asking->haraka;
	bool decided = false;

	for (size_t i = 0; i < haraka->plugin_count && !decided; i++)
		decided = by_plugin(asking, &haraka->plugins[i]);
	/* One before it may have taken what another refused. */
	if (decided && (asking->unsure == NULL || asking->reply->answer != ANSWER_REJECT))
		return;
	if (asking->relays)
		permit(asking, asking->relays_by, "the plugin relay trusts the client's address");
	else if (asking->unsure != NULL)
		say(asking, ANSWER_UNKNOWN, listed(haraka, asking->unsure),
		    config_text(haraka->config, "whether the plugin %.100s takes the recipient is not told here", asking->unsure->name));
	else
		say(asking, ANSWER_REJECT, haraka->list.path, "no plugin takes the recipient");
}

/* What comes before any plugin is asked; true where it decides. */
static bool is_settled(const struct asking *asking, const struct address *address)
{
	struct haraka *haraka = asking->haraka;
	const struct haraka_network *proxy = haraka_match(haraka->trusted, haraka->trusted_count, address);
	const struct haraka_plugin *other = haraka_plugin(haraka, PLUGIN_OTHER);

	if (haraka->fault != NULL)
		say(asking, ANSWER_BROKEN, haraka->fault_place, haraka->fault);
	else if (haraka->overridden != NULL)
		say(asking, ANSWER_UNKNOWN, haraka->overridden, "the file may stand for all others, and is not read here");
	else if (haraka->list.unread || haraka->relay.unread || haraka->proxies.unread)
		say(asking, ANSWER_UNKNOWN,
		    haraka->list.unread ? haraka->list.path : haraka->relay.unread ? haraka->relay.path : haraka->proxies.path, "the file could not be read whole");
	else if (proxy != NULL)
		say(asking, ANSWER_UNKNOWN, haraka_place(haraka, &haraka->proxies, proxy->line->line), "the client is a proxy, and its PROXY header says who asks");
	else if (other != NULL)
		say(asking, ANSWER_UNKNOWN, listed(haraka, other), config_text(haraka->config, "what the plugin %.100s does is not told here", other->name));
	else
		return false;
	return true;
}

static void ask_port(struct haraka *haraka, unsigned port, const struct address *address, struct config_reply *reply)
{
	struct asking asking = { .haraka = haraka, .reply = reply };
	const struct haraka_network *network = NULL;

	reply->service = port == 25 ? "smtp" : config_text(haraka->config, "%u", port);
	if (is_settled(&asking, address))
		return;
	if (haraka_plugin(haraka, PLUGIN_RELAY) != NULL && haraka->acl)
		network = haraka_match(haraka->networks, haraka->network_count, address);
	if (network != NULL) {
		asking.relays_by = haraka_place(haraka, &haraka->allow, network->line->line);
		if (network->unknown || haraka->allow.unread) {
			say(&asking, ANSWER_UNKNOWN, asking.relays_by, "what JavaScript makes of the network's length is not told here");
			return;
		}
		asking.relays = true;
	}
	if (haraka->allow.unread && haraka->acl)
		say(&asking, ANSWER_UNKNOWN, haraka->allow.path, "the file could not be read");
	else if (!asking.relays && (port == 587 || port == 465))
		say(&asking, ANSWER_REJECT, haraka->smtp.path, "at this port Haraka takes mail only from who has logged in, or is trusted");
	else
		by_recipient(&asking);
}

void haraka_ask(struct haraka *haraka, const struct config_client *client, struct config_replies *replies)
{
	for (size_t i = 0; i < haraka->port_count; i++) {
		MEM_ROOM(replies->rows, replies->count, replies->capacity);
		replies->rows[replies->count] = (struct config_reply){ .service = NULL };
		ask_port(haraka, haraka->ports[i], &client->address, &replies->rows[replies->count++]);
	}
}
