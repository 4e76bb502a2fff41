/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bearing.c - one part of an audit bears out another
 */
#include "audit/bearing.h"

#include <stdio.h>
#include <string.h>

#include "audit/audit.h"
#include "audit/finding_parts.h"
#include "audit/space.h"
#include "audit/strangers.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/config.h"
#include "vantage/vantage.h"

enum {
	/* Grants named in one finding. */
	NAMED_MOST = 5
};

/* The client that the server is to see; NULL where that is not known. */
static const struct address *client_of(const struct audit *audit, const struct view *view)
{
	const struct address *client = vantage_address(view_vantage(audit, view));

	return client != NULL ? client : view->local.family != 0 ? &view->local : NULL;
}

/* Strangers' messages whose client is in the set; `*clients` are its different ones. */
static size_t messages_of(const struct strangers *mail, const struct prefixset *set, size_t *clients)
{
	size_t messages = 0;

	*clients = 0;
	for (size_t i = 0; i < mail->clients.count; i++) {
		struct address address;
		struct err err = ERR_INIT;

		if (address_parse(mail->clients.rows[i].text, &address, &err) != 0 || !prefixset_has(set, &address))
			continue;
		messages += mail->clients.rows[i].count;
		++*clients;
	}
	return messages;
}

static bool is_of_grant(const struct finding *finding, const struct grant *grant)
{
	return finding->host == NULL && grant->to == GRANT_ADDRESSES && strcmp(finding->where, grant->source) == 0 &&
	       (strncmp(finding->id, "trust-", 6) == 0 && strcmp(finding->id, "trust-untested") != 0) && finding->evidence_count != 0 &&
	       strstr(finding->evidence[0], grant->value) != NULL;
}

/* "the client 210.0.0.1 (vantage class-3) was accepted at 192.0.2.25:25" */
static void add_accepted(const struct bearing *bearing, const struct findings *findings, size_t count, const struct grant *grant,
			 struct finding *finding)
{
	const struct view *told = NULL;

	for (size_t i = 0; bearing->audit != NULL && i < count; i++) {
		const struct finding *other = &findings->rows[i];
		const struct address *client = other->view != NULL && strcmp(other->id, "relay") == 0 ? client_of(bearing->audit, other->view) : NULL;
		char text[ADDRESS_TEXT], endpoint[ADDRESS_TEXT + 16];

		if (client == NULL || other->view == told || !prefixset_has(&grant->addresses, client))
			continue;
		told = other->view;
		address_print(client, text);
		view_print_endpoint(other->view, endpoint);
		finding_add_evidence(finding, mem_printf("the scan bears it out: the client %s (vantage %s) was accepted at %s", text,
							 view_vantage(bearing->audit, other->view)->name, endpoint));
	}
}

static void add_mail(const struct bearing *bearing, const struct grant *grant, struct finding *finding)
{
	size_t clients, messages = bearing->mail != NULL ? messages_of(bearing->mail, &grant->addresses, &clients) : 0;
	char digits[24], grouped[TEXT_GROUPED];

	if (messages == 0)
		return;
	snprintf(digits, sizeof digits, "%zu", messages);
	finding_add_evidence(finding, mem_printf("the log bears it out: %s strangers' message%s from %zu client%s inside it %s sent on", text_group(digits, grouped),
						 messages == 1 ? "" : "s", clients, clients == 1 ? "" : "s", messages == 1 ? "was" : "were"));
}

/* The grants that let a client in. */
static void add_grants(const struct config *config, const struct address *client, struct finding *finding)
{
	size_t named = 0;

	for (size_t i = 0; i < config->grant_count && named < NAMED_MOST; i++) {
		const struct grant *grant = &config->grants[i];

		if (grant->to != GRANT_ADDRESSES || !grant->in_force || !prefixset_has(&grant->addresses, client))
			continue;
		finding_add_evidence(finding, mem_printf("%s lets it in: %s: %s", grant->source, grant->setting, grant->value));
		named++;
	}
}

/* Of strangers' mail: by which grants it came. */
static void add_ways(const struct bearing *bearing, struct finding *finding)
{
	size_t named = 0;

	for (size_t i = 0; i < bearing->config->grant_count && named < NAMED_MOST; i++) {
		const struct grant *grant = &bearing->config->grants[i];
		size_t clients, messages;

		if (grant->to != GRANT_ADDRESSES || !grant->in_force)
			continue;
		messages = messages_of(bearing->mail, &grant->addresses, &clients);
		if (messages == 0)
			continue;
		finding_add_evidence(finding, mem_printf("%s let in %zu of the messages: %s: %s", grant->source, messages, grant->setting, grant->value));
		named++;
	}
}

void bearing_add(const struct bearing *bearing, struct findings *findings)
{
	for (size_t i = 0; bearing->config != NULL && i < findings->count; i++) {
		struct finding *finding = &findings->rows[i];
		const struct address *client = bearing->audit != NULL && finding->view != NULL ? client_of(bearing->audit, finding->view) : NULL;

		for (size_t k = 0; k < bearing->config->grant_count; k++) {
			if (!is_of_grant(finding, &bearing->config->grants[k]))
				continue;
			add_accepted(bearing, findings, findings->count, &bearing->config->grants[k], finding);
			add_mail(bearing, &bearing->config->grants[k], finding);
			break;
		}
		if (client != NULL && strcmp(finding->id, "relay") == 0)
			add_grants(bearing->config, client, finding);
		/* What is counted by client was sent on; what only waits is a finding of its own, below critical. */
		if (bearing->mail != NULL && finding->severity == SEVERITY_CRITICAL && strcmp(finding->id, "strangers-mail") == 0)
			add_ways(bearing, finding);
	}
}
