/* SPDX-License-Identifier: Apache-2.0 */
/*
 * self_find.c - the mail servers of this machine, by their sockets
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/self.h"
#include "vantage/target.h"

/* SMTP's own (RFC 5321, 6409, 8314), what stands in for 25, and those by which filters give mail back. */
static const unsigned short usual_ports[] = { 25, 465, 587, 2525, 10025, 10026, 10027 };

/* Programs that listen, and whose they are. */
static const struct {
	const char *program, *mta;
} programs[] = {
	{ "master", "postfix" },       { "exim4", "exim" },	      { "exim", "exim" },	 { "sendmail-mta", "sendmail" },
	{ "sendmail", "sendmail" },    { "smtpd", "opensmtpd" },      { "tcpserver", "qmail" },	 { "couriertcpd", "courier" },
	{ "node", "haraka" },
};

static bool is_usual(unsigned short port)
{
	for (size_t i = 0; i < sizeof usual_ports / sizeof *usual_ports; i++)
		if (usual_ports[i] == port)
			return true;
	return false;
}

void self_gap(struct self *self, char *sentence)
{
	self->gaps = mem_resize(self->gaps, self->gap_count + 1, sizeof *self->gaps);
	self->gaps[self->gap_count++] = sentence;
}

unsigned self_port_of(const char *service)
{
	const char *colon = strrchr(service, ':'), *name = colon != NULL ? colon + 1 : service;
	long number = text_number(name, 1, 65535);
	const struct servent *entry = number < 0 ? getservbyname(name, "tcp") : NULL;

	return number > 0 ? (unsigned)number : entry != NULL ? ntohs((uint16_t)entry->s_port) : 0;
}

void self_find_ports(struct self *self)
{
	bool unseen = false;
	size_t kept = 0;

	if (open_ports_find(&self->ports, &self->port_count) != 0)
		self_gap(self, mem_text("which sockets listen here cannot be read from /proc/net/tcp"));
	for (size_t i = 0; i < self->port_count; i++) {
		const struct open_port *port = &self->ports[i];

		if (!is_usual(port->address.port))
			continue;
		unseen = unseen || port->program[0] == '\0';
		for (size_t k = 0; k < sizeof programs / sizeof *programs && self->mta == NULL; k++)
			if (strcmp(programs[k].program, port->program) == 0)
				self->mta = programs[k].mta;
		self->ports[kept++] = *port;
	}
	self->port_count = kept;
	if (kept == 0)
		self_gap(self, mem_text("no mail server listens here: at none of the ports 25, 465, 587, 2525 and 10025 to 10027"));
	else if (unseen)
		self_gap(self, mem_text("which programs hold the sockets is seen by root only"));
}

/* Its row among the targets, made when it is not there. */
static struct scan_target *target_at(struct self *self, const struct address *address, const struct option_list *domains, const char *local_user,
				     struct scan_targets *targets)
{
	char text[ADDRESS_TEXT];

	address_print(address, text);
	for (size_t i = 0; i < targets->count; i++)
		if (strcmp(targets->rows[i].host, text) == 0)
			return &targets->rows[i];
	targets->rows = mem_resize(targets->rows, targets->count + 1, sizeof *targets->rows);
	targets->rows[targets->count] = (struct scan_target){ .host = pool_text(self->pool, text), .local_user = local_user, .listed = true };
	for (size_t i = 0; i < domains->count; i++)
		option_list_add(&targets->rows[targets->count].domains, domains->texts[i]);
	return &targets->rows[targets->count++];
}

static void add_port(struct self *self, struct scan_target *target, unsigned short port)
{
	char *text = mem_printf("%u", port);

	if (target->ports.count < TARGET_PORTS_MOST)
		option_list_add(&target->ports, pool_text(self->pool, text));
	free(text);
}

static bool is_link_local(const struct address *address)
{
	return address->family == AF_INET6 && address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
}

/* Of a socket that takes every address: loopback, and the first other one of the family stands for all. */
static void add_every(struct self *self, const struct open_port *port, int family, const struct option_list *domains, const char *local_user,
		      struct scan_targets *targets)
{
	bool loopback = false, other = false;

	for (size_t i = 0; i < self->server.own_count; i++) {
		const struct address *own = &self->server.own[i].address;
		bool *done = address_is_loopback(own) ? &loopback : &other;

		if (own->family != family || is_link_local(own) || *done)
			continue;
		*done = true;
		add_port(self, target_at(self, own, domains, local_user, targets), port->address.port);
	}
}

void self_targets(struct self *self, const struct option_list *domains, const char *local_user, struct scan_targets *targets)
{
	static const unsigned char zeros[16];

	for (size_t i = 0; i < self->port_count; i++) {
		const struct open_port *port = &self->ports[i];
		struct address bare = port->address;

		bare.port = 0;
		if (memcmp(bare.bytes, zeros, sizeof zeros) != 0) {
			add_port(self, target_at(self, &bare, domains, local_user, targets), port->address.port);
			continue;
		}
		add_every(self, port, bare.family, domains, local_user, targets);
		if (port->both)
			add_every(self, port, AF_INET, domains, local_user, targets);
	}
}

void self_leave_proxies(struct self *self)
{
	for (size_t i = 0; i < self->server.config.fact_count; i++) {
		const struct fact *fact = &self->server.config.facts[i];
		unsigned number = fact->kind == FACT_PROXY && fact->service != NULL ? self_port_of(fact->service) : 0;
		size_t kept = 0;

		for (size_t k = 0; k < self->port_count; k++)
			if (self->ports[k].address.port != number)
				self->ports[kept++] = self->ports[k];
		if (kept != self->port_count)
			self_gap(self, mem_printf("port %u was not tried: it expects a PROXY header (%s)", number, fact->source));
		self->port_count = kept;
	}
}

static bool is_open(const struct self *self, const struct address *address)
{
	static const unsigned char zeros[16];

	for (size_t i = 0; i < self->port_count; i++) {
		const struct open_port *port = &self->ports[i];
		bool every = memcmp(port->address.bytes, zeros, sizeof zeros) == 0;

		if (port->address.port == address->port && (every ? port->both || port->address.family == address->family :
								    address_equal(&port->address, address)))
			return true;
	}
	return false;
}

void self_forgive(const struct self *self, struct audit *audit)
{
	for (size_t i = 0; i < audit->host_count; i++) {
		for (size_t k = 0; k < audit->hosts[i]->endpoint_count; k++) {
			struct endpoint *endpoint = &audit->hosts[i]->endpoints[k];

			endpoint->asked = endpoint->asked && is_open(self, &endpoint->address);
		}
	}
}
