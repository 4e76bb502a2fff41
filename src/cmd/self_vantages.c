/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self_vantages.c - from where a machine's own server is tried
 *
 * Whom the configuration trusts is expected to relay, for that is what the operator
 * wrote; unless its grant is a finding of the gravest kinds: then what comes through
 * it is the hole itself.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/classes.h"
#include "audit/finding.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "cmd/self.h"
#include "mta/config_kind.h"

/* Of two with one name the first: loopback has many addresses. */
static void add(struct self *self, struct option_list *from, const char *name, const char *via, const struct address *address, bool relays)
{
	size_t len = strlen(name);
	char text[ADDRESS_TEXT], *whole;

	for (size_t i = 0; i < from->count; i++)
		if (strncmp(from->texts[i], name, len) == 0 && from->texts[i][len] == '=')
			return;
	address_print(address, text);
	whole = mem_printf("%s=%s%s%cexpect=%s", name, via, text, strchr(via, '?') != NULL ? '&' : '?', relays ? "relay" : "deny");
	if (self->clients_port != 0 && strcmp(via, "bind:") != 0) {
		char *at_port = mem_printf("%s&port=%u", whole, self->clients_port);

		free(whole);
		whole = at_port;
	}
	option_list_add(from, pool_text(self->pool, whole));
	free(whole);
}

/* Whether one of the addresses that this machine can ask from is in the set. */
static bool has_own(const struct self *self, const struct prefixset *set)
{
	for (size_t i = 0; i < self->server.own_count; i++)
		if (prefixset_has(set, &self->server.own[i].address))
			return true;
	return false;
}

void self_choose_way(struct self *self, const char *root)
{
	const struct config *config = &self->server.config;
	const char *via = config->kind->as_client;

	self->via = via;
	if (via != NULL && strncmp(via, "exec:", 5) == 0) {
		char *below = root != NULL ? mem_printf("exec:chroot %s %s", root, via + 5) : mem_text(via);

		self->via = pool_text(self->pool, below);
		free(below);
		/* Its configuration and its queue are for root to open. */
		self->as_clients = geteuid() == 0;
		return;
	}
	for (size_t i = 0; via != NULL && i < config->fact_count && !self->as_clients; i++) {
		const struct fact *fact = &config->facts[i];

		if (fact->kind != FACT_XCLIENT || fact->service == NULL || !has_own(self, &fact->addresses))
			continue;
		self->clients_port = self_port_of(fact->service);
		self->as_clients = self->clients_port != 0;
	}
}

/* Whether the configuration lets the client relay at the port for mail from outside. */
static bool may_relay(const struct self *self, const struct address *address)
{
	struct config_client client = { .address = *address };
	struct config_replies replies = { .count = 0 };
	bool permits;

	if (!self->has_config)
		return address_is_loopback(address);
	client.address.port = 0;
	client.address.scope = 0;
	self->server.config.kind->ask(&self->server.config, &client, &replies);
	permits = replies.count != 0 && replies.rows[0].answer == ANSWER_PERMIT;
	free(replies.rows);
	return permits;
}

static bool is_grave(const struct self *self, const struct grant *grant)
{
	for (size_t i = 0; i < self->findings.count; i++) {
		const struct finding *finding = &self->findings.rows[i];

		if (finding->severity >= SEVERITY_HIGH && strcmp(finding->id, "trust-oversized") == 0 && strcmp(finding->where, grant->source) == 0 &&
		    finding->evidence_count != 0 && strstr(finding->evidence[0], grant->value) != NULL)
			return true;
	}
	return false;
}

/* An address of whom no grant speaks. */
static void add_stranger(struct self *self, const struct classes *classes, const char *via, struct option_list *from)
{
	/* Documentation networks, RFC 5737 and 3849: nobody has them. */
	static const char *const strangers[] = { "203.0.113.77", "198.51.100.77", "192.0.2.77", "2001:db8:77::77" };

	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++) {
		struct address address;
		struct err err = ERR_INIT;
		bool known = address_parse(strangers[i], &address, &err) != 0;

		for (size_t k = 0; k < classes->count && !known; k++)
			known = prefixset_has(&classes->rows[k].addresses, &address);
		if (known)
			continue;
		add(self, from, "stranger", via, &address, false);
		return;
	}
}

static void add_classes(struct self *self, struct option_list *from)
{
	const char *via = self->via;
	struct classes classes;

	classes_find(&self->server.config, &classes);
	add_stranger(self, &classes, via, from);
	for (size_t i = 0; i < classes.count && i < SELF_CLASSES_MOST; i++) {
		const struct trust_class *class = &classes.rows[i];
		struct address example = class_example(class);
		bool grave = false;
		char *name = mem_printf("group-%zu", i + 1);

		for (size_t k = 0; k < class->grant_count; k++)
			grave = grave || is_grave(self, &self->server.config.grants[class->grants[k]]);
		add(self, from, name, via, &example, !grave && may_relay(self, &example));
		free(name);
	}
	if (classes.count > SELF_CLASSES_MOST)
		self_gap(self, mem_printf("of %zu groups of trusted clients the first %d are asked as", classes.count, SELF_CLASSES_MOST));
	classes_release(&classes);
}

void self_vantages(struct self *self, struct option_list *from)
{
	size_t own = 0;

	for (size_t i = 0; i < self->server.own_count && own < SELF_OWN_MOST; i++) {
		const struct address *address = &self->server.own[i].address;
		bool loopback = address_is_loopback(address);
		char *name;

		if (address->family == AF_INET6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80)
			continue;
		name = loopback ? mem_text(address->family == AF_INET ? "loopback" : "loopback6") : mem_printf("own-%zu", ++own);
		if (!loopback || address->bytes[0] == 127 || address->family == AF_INET6)
			add(self, from, name, "bind:", address, may_relay(self, address));
		free(name);
	}
	if (self->has_config && self->as_clients)
		add_classes(self, from);
	else if (self->has_config)
		self_gap(self, mem_printf("the server was not asked as other clients: %s",
					  self->server.config.kind->as_client != NULL ?
						  "it grants XCLIENT to nobody; smtpd_authorized_xclient_hosts = 127.0.0.1 on a listener of its own would let it be asked" :
						  "only real clients can ask it; scan it from other machines"));
}
