/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.c - the domains of a target that were not named
 *
 * "mail.example.org" takes mail for example.org more often than for itself, so
 * parents are asked first.  A name of one label is no mail domain.
 */
#include "audit/discover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "smtp/reply.h"

enum { CANDIDATES = 4, ENDPOINTS_TRIED = 3 };

struct discovery {
	struct audit *audit;
	struct host *host;
	struct event_base *base;
	struct tls_context *tls;
	void (*done)(void *context);
	void *context;
	struct session *session;
	size_t endpoint;
	const char *candidates[CANDIDATES];
	size_t candidate_count;
	struct exchange exchanges[CANDIDATES + 1];
	char lines[CANDIDATES + 1][400];
	const char *found;
};

static void try_endpoint(struct discovery *discovery);

static void add_candidate(struct discovery *discovery, const char *name)
{
	struct address address;
	struct err not_address = ERR_INIT;

	if (name == NULL || strchr(name, '.') == NULL || strlen(name) > 253 || address_parse(name, &address, &not_address) == 0)
		return;
	for (size_t i = 0; i < discovery->candidate_count; i++)
		if (text_equal_nocase(discovery->candidates[i], name))
			return;
	if (discovery->candidate_count < CANDIDATES)
		discovery->candidates[discovery->candidate_count++] = name;
}

static void add_with_parent(struct discovery *discovery, const char *name)
{
	struct address address;
	struct err not_address = ERR_INIT;
	const char *dot = strchr(name, '.');

	if (address_parse(name, &address, &not_address) == 0)
		return;
	add_candidate(discovery, dot ? dot + 1 : NULL);
	add_candidate(discovery, name);
}

static void finish(struct discovery *discovery)
{
	const char *domain = discovery->found;
	void (*done)(void *) = discovery->done;
	void *context = discovery->context;

	if (domain == NULL)
		domain = discovery->candidate_count ? discovery->candidates[0] : "localhost";
	target_add_domain(discovery->host->target, domain);
	discovery->host->domains_guessed = true;
	session_free(discovery->session);
	free(discovery);
	done(context);
}

static void on_opened(void *context)
{
	struct discovery *discovery = context;
	const char *banner = session_facts(discovery->session)->banner;
	char name[256];

	/* "220 mail.example.org ESMTP" */
	if (sscanf(banner, "%*d %255[A-Za-z0-9.-]", name) == 1)
		add_with_parent(discovery, pool_text(discovery->audit->pool, name));
	snprintf(discovery->lines[0], sizeof discovery->lines[0], "MAIL FROM:<%s>\r\n", discovery->audit->settings.sender);
	for (size_t i = 0; i < discovery->candidate_count; i++)
		snprintf(discovery->lines[i + 1], sizeof discovery->lines[i + 1], "RCPT TO:<postmaster@%s>\r\n", discovery->candidates[i]);
	for (size_t i = 0; i <= discovery->candidate_count; i++)
		discovery->exchanges[i] = (struct exchange){
			.timing = EXCHANGE_PIPELINED,
			.bytes = discovery->lines[i],
			.len = strlen(discovery->lines[i]),
			.replies = true,
		};
	session_talk(discovery->session, discovery->exchanges, discovery->candidate_count + 1);
}

static void on_replied(void *context, size_t index, const struct reply *reply)
{
	struct discovery *discovery = context;

	if (index != 0 && reply_class(reply) == REPLY_ACCEPTED && discovery->found == NULL)
		discovery->found = discovery->candidates[index - 1];
}

static void on_ended(void *context, enum session_end end, const struct err *err, const struct reply *reply)
{
	struct discovery *discovery = context;
	bool opened = end == SESSION_FINISHED || end == SESSION_LOST || end == SESSION_SILENT || end == SESSION_MALFORMED;

	(void)err;
	(void)reply;
	if (opened || ++discovery->endpoint >= discovery->host->endpoint_count || discovery->endpoint >= ENDPOINTS_TRIED) {
		finish(discovery);
		return;
	}
	session_free(discovery->session);
	discovery->session = NULL;
	try_endpoint(discovery);
}

static const struct session_events session_events = {
	.opened = on_opened,
	.replied = on_replied,
	.ended = on_ended,
};

/* The first vantage that has an address of the endpoint's family. */
static const struct vantage *vantage_for(const struct audit *audit, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < audit->vantage_count; i++)
		if (vantage_has_family(audit->vantages[i], endpoint->address.family))
			return audit->vantages[i];
	return audit->vantages[0];
}

static void try_endpoint(struct discovery *discovery)
{
	const struct endpoint *endpoint = &discovery->host->endpoints[discovery->endpoint];
	const struct vantage *vantage = vantage_for(discovery->audit, endpoint);
	struct session_settings settings = {
		.base = discovery->base,
		.tls = discovery->tls,
		.to = endpoint->address,
		.from = vantage->origin,
		.mode = endpoint->mode,
		.server_name = target_host(discovery->host->target),
		.name = vantage->helo,
		.timeout = discovery->audit->settings.timeout,
	};

	discovery->session = session_start(&settings, &session_events, discovery);
}

struct discovery *discover_start(struct audit *audit, struct host *host, struct event_base *base, struct tls_context *tls,
				 void (*done)(void *context), void *context)
{
	struct discovery *discovery = mem_new(sizeof *discovery);

	*discovery = (struct discovery){
		.audit = audit, .host = host, .base = base, .tls = tls, .done = done, .context = context,
	};
	add_with_parent(discovery, target_host(host->target));
	try_endpoint(discovery);
	return discovery;
}

void discover_drop(struct discovery *discovery)
{
	if (discovery == NULL)
		return;
	session_free(discovery->session);
	free(discovery);
}
