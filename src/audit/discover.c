/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discover.c - the domains of a target that were not named
 *
 * "mail.example.org" takes mail for example.org more often than for itself, so
 * parents are asked first.  A name of one label is no mail domain.
 *
 * The first endpoints are asked side by side, so that those that say nothing cost
 * one time-out together; the first of them that answers decides.
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

enum progress { UNDER_WAY, OPENED, FAILED };

/* What one endpoint is asked. */
struct inquiry {
	struct discovery *discovery;
	struct endpoint *endpoint;
	const struct vantage *vantage;
	struct session *session;
	enum progress progress;
	const char *candidates[CANDIDATES];
	size_t candidate_count;
	struct exchange exchanges[CANDIDATES + 1];
	char lines[CANDIDATES + 1][400];
	const char *found;
};

struct discovery {
	struct audit *audit;
	struct host *host;
	struct event_base *base;
	struct tls_context *tls;
	void (*done)(void *context);
	void *context;
	struct inquiry inquiries[ENDPOINTS_TRIED];
	size_t count;
};

static void add_candidate(struct inquiry *inquiry, const char *name)
{
	struct address address;
	struct err not_address = ERR_INIT;

	if (name == NULL || strchr(name, '.') == NULL || strlen(name) > 253 || address_parse(name, &address, &not_address) == 0)
		return;
	for (size_t i = 0; i < inquiry->candidate_count; i++)
		if (text_equal_nocase(inquiry->candidates[i], name))
			return;
	if (inquiry->candidate_count < CANDIDATES)
		inquiry->candidates[inquiry->candidate_count++] = name;
}

static void add_with_parent(struct inquiry *inquiry, const char *name)
{
	struct address address;
	struct err not_address = ERR_INIT;
	const char *dot = strchr(name, '.');

	if (address_parse(name, &address, &not_address) == 0)
		return;
	add_candidate(inquiry, dot ? dot + 1 : NULL);
	add_candidate(inquiry, name);
}

/* The domain that was accepted; else the likeliest of those that were asked for. */
static const char *outcome_of(const struct discovery *discovery)
{
	const char *likely = NULL;

	for (size_t i = 0; i < discovery->count; i++)
		if (discovery->inquiries[i].found != NULL)
			return discovery->inquiries[i].found;
	for (size_t i = 0; i < discovery->count && likely == NULL; i++)
		if (discovery->inquiries[i].progress == OPENED && discovery->inquiries[i].candidate_count != 0)
			likely = discovery->inquiries[i].candidates[0];
	if (likely == NULL && discovery->count != 0 && discovery->inquiries[0].candidate_count != 0)
		likely = discovery->inquiries[0].candidates[0];
	return likely ? likely : "localhost";
}

static void finish(struct discovery *discovery)
{
	void (*done)(void *) = discovery->done;
	void *context = discovery->context;

	target_add_domain(discovery->host->target, outcome_of(discovery));
	discovery->host->domains_guessed = true;
	discover_drop(discovery);
	done(context);
}

/* A domain was found, or the first endpoint that answers at all has had its say. */
static bool is_decided(const struct discovery *discovery)
{
	for (size_t i = 0; i < discovery->count; i++)
		if (discovery->inquiries[i].found != NULL)
			return true;
	for (size_t i = 0; i < discovery->count; i++)
		if (discovery->inquiries[i].progress != FAILED)
			return discovery->inquiries[i].progress == OPENED;
	return true;
}

static void on_opened(void *context)
{
	struct inquiry *inquiry = context;
	const struct audit *audit = inquiry->discovery->audit;
	const char *banner = session_facts(inquiry->session)->banner;
	char name[256];

	/* "220 mail.example.org ESMTP" */
	if (sscanf(banner, "%*d %255[A-Za-z0-9.-]", name) == 1)
		add_with_parent(inquiry, pool_text(audit->pool, name));
	snprintf(inquiry->lines[0], sizeof inquiry->lines[0], "MAIL FROM:<%s>\r\n", audit->settings.sender);
	for (size_t i = 0; i < inquiry->candidate_count; i++)
		snprintf(inquiry->lines[i + 1], sizeof inquiry->lines[i + 1], "RCPT TO:<postmaster@%s>\r\n", inquiry->candidates[i]);
	for (size_t i = 0; i <= inquiry->candidate_count; i++)
		inquiry->exchanges[i] = (struct exchange){
			.timing = EXCHANGE_PIPELINED,
			.bytes = inquiry->lines[i],
			.len = strlen(inquiry->lines[i]),
			.replies = true,
		};
	session_talk(inquiry->session, inquiry->exchanges, inquiry->candidate_count + 1);
}

static void on_replied(void *context, size_t index, const struct reply *reply)
{
	struct inquiry *inquiry = context;

	if (index != 0 && reply_class(reply) == REPLY_ACCEPTED && inquiry->found == NULL)
		inquiry->found = inquiry->candidates[index - 1];
}

static void on_ended(void *context, enum session_end end, const struct err *err, const struct reply *reply)
{
	struct inquiry *inquiry = context;
	bool opened = end == SESSION_FINISHED || end == SESSION_LOST || end == SESSION_SILENT || end == SESSION_MALFORMED;

	(void)reply;
	inquiry->progress = opened ? OPENED : FAILED;
	/* Who was silent once is given one more chance, not two. */
	if (!opened && err->kind == ERR_TIMEOUT)
		inquiry->endpoint->silent_to = inquiry->vantage;
	if (is_decided(inquiry->discovery))
		finish(inquiry->discovery);
}

static const struct session_events session_events = {
	.opened = on_opened,
	.replied = on_replied,
	.ended = on_ended,
};

/* The first vantage that asks there and has an address of the endpoint's family. */
static const struct vantage *vantage_for(const struct audit *audit, const struct host *host, const struct endpoint *endpoint)
{
	for (size_t i = 0; i < audit->vantage_count; i++)
		if (!vantage_is_remote(audit->vantages[i]) && audit_asks(audit->vantages[i], host, endpoint) &&
		    vantage_has_family(audit->vantages[i], endpoint->address.family))
			return audit->vantages[i];
	return NULL;
}

static void ask(struct discovery *discovery, const struct vantage *vantage, struct endpoint *endpoint)
{
	struct inquiry *inquiry = &discovery->inquiries[discovery->count++];
	const char *host = target_host(discovery->host->target);

	*inquiry = (struct inquiry){ .discovery = discovery, .endpoint = endpoint, .vantage = vantage };
	add_with_parent(inquiry, host);
	struct session_settings settings = {
		.base = discovery->base,
		.tls = discovery->tls,
		.to = endpoint->address,
		.mode = vantage_mode(inquiry->vantage, endpoint->mode),
		.server_name = host,
		.timeout = discovery->audit->settings.timeout,
	};

	vantage_prepare(inquiry->vantage, &settings);
	inquiry->session = session_start(&settings, &session_events, inquiry);
}

struct discovery *discover_start(struct audit *audit, struct host *host, struct event_base *base, struct tls_context *tls,
				 void (*done)(void *context), void *context)
{
	struct discovery *discovery = mem_new(sizeof *discovery);

	*discovery = (struct discovery){
		.audit = audit, .host = host, .base = base, .tls = tls, .done = done, .context = context,
	};
	for (size_t i = 0; i < host->endpoint_count && discovery->count < ENDPOINTS_TRIED; i++) {
		const struct vantage *vantage = vantage_for(audit, host, &host->endpoints[i]);

		if (vantage != NULL)
			ask(discovery, vantage, &host->endpoints[i]);
	}
	/* Of no family that anybody has: asked all the same, for the sentence that it comes to. */
	for (size_t i = 0; discovery->count == 0; i++)
		if (!vantage_is_remote(audit->vantages[i]))
			ask(discovery, audit->vantages[i], &host->endpoints[0]);
	return discovery;
}

void discover_guess(struct host *host)
{
	struct inquiry inquiry = { .candidate_count = 0 };

	add_with_parent(&inquiry, target_host(host->target));
	target_add_domain(host->target, inquiry.candidate_count != 0 ? inquiry.candidates[0] : "localhost");
	host->domains_guessed = true;
}

void discover_drop(struct discovery *discovery)
{
	if (discovery == NULL)
		return;
	for (size_t i = 0; i < discovery->count; i++)
		session_free(discovery->inquiries[i].session);
	free(discovery);
}
