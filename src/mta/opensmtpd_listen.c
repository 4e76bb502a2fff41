/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_listen.c - "listen on ...": where mail comes in
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/opensmtpd_parser.h"

enum { TAG_MOST = 32, PORT_MOST = 65535 };

/* What may be given once. */
enum once { FAMILY, PORT, TLS, FILTER, PKI, CA, AUTH, TAG, HOSTNAME, HOSTNAMES, MASK, NO_DSN, SENDERS, RECEIVED, PROXY };

struct state {
	struct opensmtpd_listener *listener;
	bool socket;
	unsigned taken;
};

static const struct opensmtpd_use any = { .what = "logins", .shape = SHAPE_NONE };
static const struct opensmtpd_use names = { .what = "names of listeners", .shape = SHAPE_HASH };
static const struct opensmtpd_use senders = { .what = "senders of users", .shape = SHAPE_HASH };

static void take_inet4(struct opensmtpd_parser *parser, struct state *state)
{
	(void)parser;
	state->listener->family = AF_INET;
}

static void take_inet6(struct opensmtpd_parser *parser, struct state *state)
{
	(void)parser;
	state->listener->family = AF_INET6;
}

static void take_nothing(struct opensmtpd_parser *parser, struct state *state) { (void)parser, (void)state; }

/* Names of ports that mail has; others are those of /etc/services. */
static unsigned port_named(const char *name)
{
	static const struct {
		const char *name;
		unsigned port;
	} ports[] = { { "smtp", 25 }, { "mail", 25 }, { "submission", 587 }, { "submissions", 465 }, { "smtps", 465 }, { "ssmtp", 465 }, { "urd", 465 } };

	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
		if (strcmp(ports[i].name, name) == 0)
			return ports[i].port;
	return 0;
}

static void take_port(struct opensmtpd_parser *parser, struct state *state)
{
	struct opensmtpd_listener *listener = state->listener;

	if (opensmtpd_has_key(parser, "smtp")) {
		listener->port = 25;
	} else if (opensmtpd_has_key(parser, "smtps")) {
		listener->port = 465;
	} else if (opensmtpd_peek(parser)->word == WORD_STRING) {
		listener->port = port_named(opensmtpd_want_string(parser));
	} else {
		long long port = opensmtpd_want_number(parser);

		if (!parser->failed && (port <= 0 || port > PORT_MOST))
			opensmtpd_fail(parser, "there is no port %lld", port);
		listener->port = (unsigned)port;
	}
}

static void take_smtps(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->smtps = true;
	state->listener->tls_verify = opensmtpd_has_key(parser, "verify");
}

static void take_tls(struct opensmtpd_parser *parser, struct state *state)
{
	(void)parser;
	state->listener->starttls = true;
}

static void take_tls_require(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->starttls = state->listener->tls_required = true;
	state->listener->tls_verify = opensmtpd_has_key(parser, "verify");
}

static void take_filter(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->filter = opensmtpd_want_filter(parser);
}

static void take_pki(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->pki = opensmtpd_want_string(parser);
}

static void take_ca(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->ca = opensmtpd_want_string(parser);
}

static void take_auth_optional(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->auth = true;
	if (opensmtpd_is_table(parser))
		opensmtpd_want_table(parser, &any);
}

static void take_auth(struct opensmtpd_parser *parser, struct state *state)
{
	take_auth_optional(parser, state);
	state->listener->auth_required = true;
}

static void take_tag(struct opensmtpd_parser *parser, struct state *state)
{
	state->listener->tag = opensmtpd_want_string(parser);
	if (strlen(state->listener->tag) > TAG_MOST)
		opensmtpd_fail(parser, "a tag has at most %d bytes", TAG_MOST);
}

static void take_hostname(struct opensmtpd_parser *parser, struct state *state)
{
	(void)state;
	opensmtpd_want_string(parser);
}

static void take_hostnames(struct opensmtpd_parser *parser, struct state *state)
{
	(void)state;
	opensmtpd_want_table(parser, &names);
}

static void take_senders(struct opensmtpd_parser *parser, struct state *state)
{
	(void)state;
	opensmtpd_want_table(parser, &senders);
	opensmtpd_has_key(parser, "masquerade");
}

static void take_proxy(struct opensmtpd_parser *parser, struct state *state)
{
	(void)parser;
	state->listener->proxy = true;
}

static const struct {
	const char *key;
	enum once once;
	bool socket;                    /* a listener on the local socket may have it, too */
	void (*take)(struct opensmtpd_parser *parser, struct state *state);
} options[] = {
	{ "inet4", FAMILY, false, take_inet4 },	{ "inet6", FAMILY, false, take_inet6 },
	{ "port", PORT, false, take_port },		{ "filter", FILTER, true, take_filter },
	{ "smtps", TLS, false, take_smtps },		{ "tls", TLS, false, take_tls },
	{ "tls-require", TLS, false, take_tls_require }, { "pki", PKI, false, take_pki },
	{ "ca", CA, false, take_ca },			{ "auth", AUTH, false, take_auth },
	{ "auth-optional", AUTH, false, take_auth_optional }, { "tag", TAG, true, take_tag },
	{ "hostname", HOSTNAME, false, take_hostname },	{ "hostnames", HOSTNAMES, false, take_hostnames },
	{ "mask-src", MASK, true, take_nothing },		{ "received-auth", RECEIVED, false, take_nothing },
	{ "no-dsn", NO_DSN, false, take_nothing },		{ "proxy-v2", PROXY, false, take_proxy },
	{ "senders", SENDERS, false, take_senders },
};

static void take_options(struct opensmtpd_parser *parser, struct state *state)
{
	bool found = true;

	while (found && !parser->failed) {
		found = false;
		for (size_t i = 0; i < sizeof options / sizeof *options && !found; i++) {
			if ((state->socket && !options[i].socket) || !opensmtpd_has_key(parser, options[i].key))
				continue;
			found = true;
			if ((state->taken & 1u << options[i].once) != 0)
				opensmtpd_fail(parser, "\"%s\" stands there twice, or beside what it excludes", options[i].key);
			state->taken |= 1u << options[i].once;
			options[i].take(parser, state);
		}
	}
}

/* A pki or ca of that name, in a line before. */
static void check_named(struct opensmtpd_parser *parser, const char *kind, const char *name)
{
	char *low = mem_text(name != NULL ? name : "");

	text_lower(low);
	if (name != NULL && !parser->failed && !opensmtpd_is_named(parser, kind, low))
		opensmtpd_fail(parser, "there is no %s %.100s before this line", kind, name);
	free(low);
}

/* What only shows when all options are there. */
static void check(struct opensmtpd_parser *parser, struct opensmtpd_listener *listener)
{
	bool tls = listener->starttls || listener->smtps;

	if (parser->failed)
		return;
	if (listener->auth && !tls)
		opensmtpd_fail(parser, "\"auth\" wants \"tls\", \"tls-require\" or \"smtps\" on the same line");
	else if (listener->pki != NULL && !tls)
		opensmtpd_fail(parser, "\"pki\" wants \"tls\", \"tls-require\" or \"smtps\" on the same line");
	else if (strcmp(listener->on, "all") == 0 && !parser->opensmtpd->bsd)
		opensmtpd_fail(parser, "\"listen on all\" is for OpenBSD, which has groups of interfaces: here no interface is named all");
	check_named(parser, "pki", listener->pki);
	check_named(parser, "ca", listener->ca);
}

static void place(struct opensmtpd *opensmtpd, struct opensmtpd_listener *listener)
{
	struct address address;
	struct err err = ERR_INIT;
	bool is_address = strpbrk(listener->on, "[]%") == NULL && address_parse(listener->on, &address, &err) == 0;

	listener->loopback = is_address ? address_is_loopback(&address) : strcmp(listener->on, "lo") == 0 || strcmp(listener->on, "lo0") == 0 ||
									  strcmp(listener->on, "localhost") == 0;
	if (is_address)
		listener->family = address.family;
	if (listener->port == 0)
		listener->port = listener->smtps ? 465 : 25;
	listener->service = config_text(opensmtpd->config, "%.100s:%u", listener->on, listener->port);
}

void opensmtpd_parse_listen(struct opensmtpd_parser *parser)
{
	struct opensmtpd *opensmtpd = parser->opensmtpd;
	struct opensmtpd_listener listener = { .spot = parser->spot };
	struct state state = { .listener = &listener };

	opensmtpd_want_key(parser, "on");
	state.socket = opensmtpd_has_key(parser, "socket");
	if (!state.socket)
		listener.on = opensmtpd_want_string(parser);
	take_options(parser, &state);
	if (state.socket) {
		opensmtpd_name(parser, "listener", "socket");
		return;
	}
	check(parser, &listener);
	if (listener.on == NULL || *listener.on == '\0')
		return;
	place(opensmtpd, &listener);
	MEM_ROOM(opensmtpd->listeners, opensmtpd->listener_count, opensmtpd->listener_capacity);
	opensmtpd->listeners[opensmtpd->listener_count++] = listener;
}

/* Port 25 that is reached from outside, then what else is, then port 25. */
static unsigned rank(const struct opensmtpd_listener *listener)
{
	return (listener->loopback ? 2u : 0u) + (listener->port != 25 ? 1u : 0u);
}

void opensmtpd_sort_listeners(struct opensmtpd *opensmtpd)
{
	size_t best = 0;

	for (size_t i = 1; i < opensmtpd->listener_count; i++)
		if (rank(&opensmtpd->listeners[i]) < rank(&opensmtpd->listeners[best]))
			best = i;
	if (best != 0) {
		struct opensmtpd_listener first = opensmtpd->listeners[0];

		opensmtpd->listeners[0] = opensmtpd->listeners[best];
		opensmtpd->listeners[best] = first;
	}
}
