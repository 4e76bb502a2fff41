/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit.c - the matrix of attempts
 *
 * Endpoints by vantages are views; domains by probes are the attempts of a view.
 * Controls come first: two a domain.
 */
#include "audit/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/pool.h"
#include "probe/probe.h"

struct audit *audit_new(const struct audit_settings *settings)
{
	struct audit *audit = mem_new(sizeof *audit);

	audit->settings = *settings;
	audit->pool = pool_new();
	clock_chance(audit->run_id, 20);
	/* So that whoever knows the run's id finds its addresses in a log. */
	memcpy(audit->token, audit->run_id, 12);
	audit->started = time(NULL);
	return audit;
}

static void host_free(struct host *host)
{
	for (size_t i = 0; i < host->view_count; i++) {
		struct view *view = &host->views[i];

		for (size_t k = 0; k < view->count; k++)
			free((char *)(uintptr_t)view->attempts[k].transcript);
		free(view->attempts);
		free(view->tls);
	}
	free(host->views);
	free(host->endpoints);
	target_free(host->target);
	free(host);
}

void audit_free(struct audit *audit)
{
	if (audit == NULL)
		return;
	for (size_t i = 0; i < audit->host_count; i++)
		host_free(audit->hosts[i]);
	free(audit->hosts);
	free(audit->errands);
	victim_free(audit->victim);
	pool_free(audit->pool);
	free(audit);
}

static struct host *add_host(struct audit *audit)
{
	struct host *host = mem_new(sizeof *host);

	MEM_ROOM(audit->hosts, audit->host_count, audit->host_capacity);
	host->number = audit->host_count;
	audit->hosts[audit->host_count++] = host;
	return host;
}

static bool has_endpoint(const struct host *host, const struct address *address, const struct port *port)
{
	for (size_t i = 0; i < host->endpoint_count; i++) {
		const struct endpoint *there = &host->endpoints[i];

		if (address_equal(&there->address, address) && there->address.port == port->number && there->mode == port->mode)
			return true;
	}
	return false;
}

/* `own`: the ports are a vantage's. */
static void add_endpoints(const struct audit *audit, struct host *host, const struct port *ports, size_t port_count, bool own)
{
	size_t count;
	const struct address *addresses = target_addresses(host->target, &count);

	host->endpoints = mem_resize(host->endpoints, host->endpoint_count + count * port_count + 1, sizeof *host->endpoints);
	for (size_t p = 0; p < port_count; p++) {
		for (size_t a = 0; a < count; a++) {
			struct endpoint *endpoint = &host->endpoints[host->endpoint_count];

			if ((audit->settings.family != 0 && addresses[a].family != audit->settings.family) ||
			    (own && has_endpoint(host, &addresses[a], &ports[p])))
				continue;
			*endpoint = (struct endpoint){ .address = addresses[a], .mode = ports[p].mode, .asked = own || ports[p].asked, .own = own };
			endpoint->address.port = ports[p].number;
			host->endpoint_count++;
		}
	}
}

struct host *audit_add_target(struct audit *audit, struct target *target, const char *name, const struct port *ports,
			      size_t port_count)
{
	struct host *host = add_host(audit);
	bool common = audit->vantage_count == 0;

	host->target = target;
	host->hostname = pool_text(audit->pool, name ? name : target_host(target));
	host->name_known = name != NULL;
	for (size_t v = 0; v < audit->vantage_count; v++)
		common = common || audit->vantages[v]->port_count == 0;
	if (common)
		add_endpoints(audit, host, ports, port_count, false);
	for (size_t v = 0; v < audit->vantage_count; v++)
		add_endpoints(audit, host, audit->vantages[v]->ports, audit->vantages[v]->port_count, true);
	return host;
}

struct host *audit_add_endpoints(struct audit *audit, struct target *target, const char *name, struct endpoint *endpoints, size_t count)
{
	struct host *host = add_host(audit);

	host->target = target;
	host->hostname = pool_text(audit->pool, name);
	host->name_known = true;
	host->endpoints = endpoints;
	host->endpoint_count = count;
	return host;
}

struct host *audit_add_fault(struct audit *audit, const char *name, const char *fault)
{
	struct host *host = add_host(audit);

	host->hostname = pool_text(audit->pool, name);
	host->fault = pool_text(audit->pool, fault);
	return host;
}

static bool names_domain(const struct probe *probe)
{
	if (line_has(&probe->hello, PLACE_DOMAIN))
		return true;
	for (size_t i = 0; i < probe->step_count; i++)
		if (line_has(&probe->steps[i].line, PLACE_DOMAIN) || line_has(&probe->steps[i].line, PLACE_BACKUP))
			return true;
	return false;
}

static void add_attempt(struct audit *audit, struct view *view, const struct probe *probe, const char *domain)
{
	view->attempts[view->count++] = (struct attempt){
		.probe = probe,
		.number = ++audit->numbered,
		.domain = domain,
		.outcome = OUTCOME_SKIPPED,
		.reason = REASON_NOT_ASKED,
	};
}

static void fill_view(struct audit *audit, struct host *host, struct view *view)
{
	size_t domain_count;
	const char *const *domains = target_domains(host->target, &domain_count);

	view->attempts = mem_new((audit->probe_count + 2) * domain_count * sizeof *view->attempts);
	for (size_t d = 0; d < domain_count; d++) {
		const char *domain = pool_text(audit->pool, domains[d]);

		add_attempt(audit, view, audit->known_local, domain);
		add_attempt(audit, view, audit->unknown_local, domain);
	}
	view->controls = view->count;
	for (size_t d = 0; d < domain_count; d++)
		for (size_t p = 0; p < audit->probe_count; p++)
			if (d == 0 || names_domain(audit->probes[p]))
				add_attempt(audit, view, audit->probes[p], pool_text(audit->pool, domains[d]));
}

bool audit_asks(const struct vantage *vantage, const struct host *host, const struct endpoint *endpoint)
{
	if (vantage->port_count != 0)
		return vantage_has_port(vantage, endpoint->address.port, endpoint->mode);
	return !endpoint->own && (!vantage->once || endpoint == host->endpoints);
}

void audit_prepare(struct audit *audit, struct host *host)
{
	host->views = mem_new((host->endpoint_count * audit->vantage_count + 1) * sizeof *host->views);
	host->view_count = 0;
	for (size_t e = 0; e < host->endpoint_count; e++) {
		for (size_t v = 0; v < audit->vantage_count; v++) {
			struct view *view = &host->views[host->view_count];

			if (!audit_asks(audit->vantages[v], host, &host->endpoints[e]))
				continue;
			host->view_count++;
			*view = (struct view){ .host = host, .endpoint = e, .vantage = v };
			view->mode = vantage_mode(audit->vantages[v], host->endpoints[e].mode);
			view->verdict_counts = true;
			if (host->endpoints[e].first != 0)
				audit->numbered = host->endpoints[e].first - 1;
			fill_view(audit, host, view);
			if (!vantage_has_family(audit->vantages[v], host->endpoints[e].address.family)) {
				view->reach = REACH_NO_FAMILY;
				view->verdict_counts = false;
				view->reach_text = "the vantage has no address of this family";
			}
		}
	}
}

const char *audit_local_user(const struct audit *audit, const struct host *host)
{
	return host->local_user ? host->local_user : audit->settings.local_user;
}

const struct endpoint *view_endpoint(const struct view *view)
{
	return &view->host->endpoints[view->endpoint];
}

const struct vantage *view_vantage(const struct audit *audit, const struct view *view)
{
	return audit->vantages[view->vantage];
}

void view_print_endpoint(const struct view *view, char text[ADDRESS_TEXT + 16])
{
	static const char *const modes[] = { "", " starttls", " tls" };
	char address[ADDRESS_TEXT];

	address_print_port(&view_endpoint(view)->address, address);
	snprintf(text, ADDRESS_TEXT + 16, "%s%s", address, modes[view->mode]);
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[VERDICTS] = { "closed", "inconclusive", "open" };

	return names[verdict];
}

const char *reach_name(enum reach reach)
{
	static const char *const names[REACHES] = {
		"untried",	   "reached",	 "connection-refused", "no-answer",	       "no-banner",
		"service-refused", "tls-failed", "vantage-failed",     "no-address-of-family",
	};

	return names[reach];
}
