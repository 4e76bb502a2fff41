/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_listen.c - a sink inside this process, for the time of a scan
 *
 * Nothing is kept on disk: what is seen is told, and a message of another run is
 * taken as well, since its token is good, and passed over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/listener.h"
#include "net/tls.h"
#include "remote/proof_kind.h"
#include "remote/sink.h"

struct door {
	struct sink_settings settings;
	const struct proof_settings *wanted;    /* borrowed */
	const char *domain;                     /* borrowed */
	struct sink *sink;
	struct tls_context *tls;
};

static int check(const char *rest, struct err *err)
{
	struct address where;

	return listener_parse(rest, &where, err);
}

static enum kept take(void *context, const struct record *records, size_t count, uint64_t ticket, struct err *err)
{
	struct door *door = context;

	(void)ticket;
	(void)err;
	for (size_t i = 0; i < count; i++)
		if (door->wanted->wants(door->wanted->context, &records[i].seen.token))
			door->wanted->seen(door->wanted->context, &records[i].seen);
	return KEPT;
}

/* The report says what was seen; nobody reads a log of a scan. */
static void log_nothing(void *context, const char *line)
{
	(void)context;
	(void)line;
}

static void close_door(void *source)
{
	struct door *door = source;

	sink_free(door->sink);
	tls_context_free(door->tls);
	free(door);
}

static void *open_door(const char *rest, const struct proof_settings *settings, struct err *err)
{
	struct door *door = mem_new(sizeof *door);
	struct address where, bound;

	door->wanted = settings;
	door->domain = settings->domain;
	door->tls = tls_server(settings->domain, err);
	door->settings = (struct sink_settings){
		.domains = &door->domain,
		.domain_count = 1,
		.key = settings->key,
		.tls = door->tls,
		.limits = &sink_usual_limits,
		.take = take,
		.log = log_nothing,
		.context = door,
	};
	door->sink = sink_new(settings->base, &door->settings);
	if (door->tls == NULL || listener_parse(rest, &where, err) != 0 || sink_listen(door->sink, &where, &bound, err) != 0) {
		close_door(door);
		return NULL;
	}
	return door;
}

const struct proof_kind proof_listen = {
	.scheme = "listen",
	.usage = "listen:ADDRESS:PORT",
	.about = "received by this process, which the domain's mail has to reach",
	.takes_tokens = true,
	.check = check,
	.open = open_door,
	.close = close_door,
};
