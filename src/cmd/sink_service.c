/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_service.c - a sink, its key, its TLS and its store
 */
#include "cmd/sink_service.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/address.h"
#include "net/listener.h"
#include "net/tls.h"
#include "probe/token.h"
#include "remote/sink.h"
#include "remote/store.h"

struct sink_service {
	const struct sink_service_settings *wanted;
	struct sink_settings settings;
	struct token_key key;
	struct tls_context *tls;
	struct sink *sink;
	struct store *store;
};

static void say(void *context, const char *line)
{
	const struct sink_service *service = context;

	service->wanted->log(service->wanted->context, line);
}

static enum kept take(void *context, const struct record *records, size_t count, uint64_t ticket, struct err *err)
{
	struct sink_service *service = context;

	return store_add(service->store, records, count, ticket, err);
}

static void on_settled(void *context, uint64_t ticket, enum kept how)
{
	struct sink_service *service = context;

	sink_settle(service->sink, ticket, how);
}

static int open_ports(struct sink_service *service, struct err *err)
{
	for (size_t i = 0; i < service->wanted->listen_count; i++) {
		struct address where, bound;
		char text[ADDRESS_TEXT], line[ADDRESS_TEXT + 32];

		if (listener_parse(service->wanted->listen[i], &where, err) != 0 || sink_listen(service->sink, &where, &bound, err) != 0)
			return -1;
		address_print_port(&bound, text);
		snprintf(line, sizeof line, "listening on %s", text);
		say(service, line);
	}
	return 0;
}

static int set_up(struct sink_service *service, struct event_base *base, struct err *err)
{
	const struct sink_service_settings *wanted = service->wanted;
	const struct store_settings store = { .path = wanted->store, .quota = wanted->quota, .settled = on_settled, .context = service };

	if (token_key_read(wanted->key, &service->key, err) != 0)
		return -1;
	service->tls = wanted->certificate ? tls_server_files(wanted->certificate, wanted->private_key, err) :
					     tls_server(wanted->name ? wanted->name : wanted->domains[0], err);
	if (service->tls == NULL)
		return -1;
	service->settings = (struct sink_settings){
		.domains = wanted->domains,
		.domain_count = wanted->domain_count,
		.key = &service->key,
		.name = wanted->name,
		.contact = wanted->contact,
		.tls = service->tls,
		.limits = wanted->limits,
		.take = take,
		.log = say,
		.context = service,
	};
	service->sink = sink_new(base, &service->settings);
	if (open_ports(service, err) != 0 || (wanted->opened != NULL && wanted->opened(wanted->context, err) != 0))
		return -1;
	service->store = store_open(base, &store, err);
	return service->store ? 0 : -1;
}

struct sink_service *sink_service_new(struct event_base *base, const struct sink_service_settings *settings, struct err *err)
{
	struct sink_service *service = mem_new(sizeof *service);

	service->wanted = settings;
	if (set_up(service, base, err) == 0)
		return service;
	sink_service_free(service);
	return NULL;
}

void sink_service_free(struct sink_service *service)
{
	if (service == NULL)
		return;
	sink_free(service->sink);
	store_close(service->store);
	tls_context_free(service->tls);
	free(service);
}
