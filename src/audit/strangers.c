/* SPDX-License-Identifier: Apache-2.0 */
/*
 * strangers.c - who is a stranger, and what is counted of strangers
 */
#include "audit/strangers.h"

#include <string.h>

#include "base/err.h"
#include "probe/token.h"

/* Letters of a run's id in the reserved victim's name. */
enum { RUN_LETTERS = 12 };

void strangers_init(struct strangers *strangers, const struct strangers_rules *rules)
{
	*strangers = (struct strangers){
		.rules = rules,
		.clients = TALLY_INIT(STRANGERS_CLIENTS_MOST),
		.senders = TALLY_INIT(STRANGERS_NAMES_MOST),
		.domains = TALLY_INIT(STRANGERS_NAMES_MOST),
		.denied_clients = TALLY_INIT(STRANGERS_CLIENTS_MOST),
		.bounce_senders = TALLY_INIT(STRANGERS_NAMES_MOST),
		.run_clients = TALLY_INIT(STRANGERS_NAMES_MOST),
	};
}

void strangers_release(struct strangers *strangers)
{
	tally_release(&strangers->clients);
	tally_release(&strangers->senders);
	tally_release(&strangers->domains);
	tally_release(&strangers->denied_clients);
	tally_release(&strangers->bounce_senders);
	tally_release(&strangers->run_clients);
}

bool strangers_address(struct slice text, struct address *address)
{
	char copy[ADDRESS_TEXT];
	struct err err;

	/* Most are. */
	if (address_read_ipv4(text.at, text.len, address))
		return true;
	if (text.len == 0 || text.len >= sizeof copy)
		return false;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (address_parse(copy, address, &err) != 0)
		return false;
	address_unmap(address);
	address->scope = 0;
	address->port = 0;
	return true;
}

bool strangers_is_own(const struct strangers_rules *rules, const struct address *address)
{
	return address_is_loopback(address) || prefixset_has(&rules->own, address);
}

static struct slice domain_of(struct slice address)
{
	const char *at = address.len ? memrchr(address.at, '@', address.len) : NULL;

	if (at == NULL)
		return SLICE_NONE;
	return (struct slice){ at + 1, address.len - (size_t)(at + 1 - address.at) };
}

bool strangers_is_foreign(const struct strangers_rules *rules, struct slice address)
{
	struct slice domain = domain_of(address);

	if (slice_ends(domain, "."))
		domain.len--;
	if (domain.len == 0)
		return false;
	for (size_t i = 0; i < rules->domain_count; i++) {
		struct slice own = { rules->domains[i], strlen(rules->domains[i]) }, end = domain;

		if (own.at[0] == '.' && domain.len > own.len)
			end = (struct slice){ domain.at + domain.len - own.len, own.len };
		if (slice_equal_nocase(end, own))
			return false;
	}
	return true;
}

/* A token starts with the run's first letters, whatever tag stands before it, and is in an address of its own length. */
bool strangers_is_of_run(const struct strangers_rules *rules, struct slice address)
{
	char letters[RUN_LETTERS + 1];
	const char *at;

	if (rules->run == NULL)
		return false;
	strncpy(letters, rules->run, RUN_LETTERS);
	letters[RUN_LETTERS] = '\0';
	if (slice_find_nocase(address, letters) != NULL)
		return true;
	letters[TOKEN_RUN] = '\0';
	at = slice_find_nocase(address, letters);
	/* Another letter before it would make another word of it. */
	if (at == NULL || (at != address.at && ((at[-1] | 32) >= 'a' && (at[-1] | 32) <= 'z')))
		return false;
	for (size_t i = 0; i < TOKEN_TEXT - 1; i++) {
		if (at + i == address.at + address.len)
			return false;
		if (!((at[i] >= '0' && at[i] <= '9') || ((at[i] | 32) >= 'a' && (at[i] | 32) <= 'z')))
			return false;
	}
	return true;
}

void strangers_count_message(struct strangers *strangers, const struct address *client, struct slice sender, time_t when, int hour)
{
	char text[ADDRESS_TEXT];

	address_print(client, text);
	strangers->messages++;
	strangers->private_clients += address_is_private(client);
	tally_add(&strangers->clients, (struct slice){ text, strlen(text) }, 1);
	tally_add(&strangers->senders, sender.len ? sender : SLICE("<>"), 1);
	if (hour >= 0 && hour < 24)
		strangers->hours[hour]++;
	if (when == 0)
		return;
	if (strangers->first == 0 || when < strangers->first)
		strangers->first = when;
	if (when > strangers->last)
		strangers->last = when;
}
