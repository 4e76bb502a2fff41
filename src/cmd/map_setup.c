/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_setup.c - from options to what a map needs
 */
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/map_run.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "cmd/look.h"
#include "cmd/map.h"
#include "cmd/map_known.h"
#include "cmd/scan_check.h"
#include "net/resolve.h"
#include "vantage/vantage.h"
#include "vantage/vantage_kind.h"

enum { LOOKUP_TIME = 10 * CLOCK_S };

int map_check_resolution(const char *text, struct err *err)
{
	if (text_number(text + (text[0] == '/'), MAP_RESOLUTION_LEAST, MAP_RESOLUTION_MOST) >= 0)
		return 0;
	return err_set(err, ERR_USAGE, "'%.40s' is no resolution: a prefix length from /%d to /%d", text, MAP_RESOLUTION_LEAST,
		       MAP_RESOLUTION_MOST);
}

int map_check_prefix(const char *text, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	return prefix_parse(text, &prefix, &host_bits, err);
}

int map_check_port(const char *text, struct err *err)
{
	struct port port;

	return port_parse(text, &port, err);
}

static void add_boundary(struct map_job *job, const struct prefix *prefix)
{
	MEM_ROOM(job->boundaries, job->boundary_count, job->boundary_capacity);
	job->boundaries[job->boundary_count++] = *prefix;
}

static int add_texts(struct map_job *job, const struct option_list *texts, bool own, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	for (size_t i = 0; i < texts->count; i++) {
		if (prefix_parse(texts->texts[i], &prefix, &host_bits, err) != 0)
			return -1;
		if (job->boundary_count == MAP_BOUNDARIES_MOST)
			return err_set(err, ERR_USAGE, "more than %d networks are too many", MAP_BOUNDARIES_MOST);
		add_boundary(job, &prefix);
		if (own)
			prefixset_add(&job->own, &prefix);
	}
	return 0;
}

/* Networks that the server stands in are in many a list of those that it trusts. */
static void add_around(struct map_job *job, const struct address *address)
{
	static const unsigned lengths[][3] = { { 32, 24, 0 }, { 128, 64, 48 } };
	const unsigned *length = lengths[address->family == AF_INET6];
	struct prefix prefix;

	for (size_t i = 0; i < 3; i++)
		if (length[i] != 0) {
			prefix_of(address, length[i], &prefix);
			add_boundary(job, &prefix);
		}
}

static unsigned mask_length(const struct address *mask)
{
	unsigned length = 0;

	while (length < prefix_bits(mask->family) && (mask->bytes[length / 8] & 0x80 >> length % 8) != 0)
		length++;
	return length;
}

/* A server on this machine: the networks of its interfaces. */
static void add_interfaces(struct map_job *job)
{
	struct ifaddrs *list = NULL, *each;

	if (getifaddrs(&list) != 0)
		return;
	for (each = list; each != NULL; each = each->ifa_next) {
		struct address address, mask;
		struct prefix prefix;

		if (each->ifa_addr == NULL || each->ifa_netmask == NULL || (each->ifa_flags & IFF_LOOPBACK) != 0 ||
		    address_from_socket(each->ifa_addr, &address) != 0 || address_from_socket(each->ifa_netmask, &mask) != 0 ||
		    mask.family != address.family)
			continue;
		add_around(job, &address);
		prefix_of(&address, mask_length(&mask), &prefix);
		add_boundary(job, &prefix);
	}
	freeifaddrs(list);
}

/* More than can be looked for are left out: each is an aid, and blocks are asked all the same. */
static void add_known(void *context, const struct prefix *prefix)
{
	struct map_job *job = context;

	if (job->boundary_count < MAP_BOUNDARIES_MOST)
		add_boundary(job, prefix);
}

static int add_networks(struct map_job *job, const struct map_options *options, struct err *err)
{
	size_t count;
	const struct address *own = target_addresses(job->target, &count);
	struct err unreadable = ERR_INIT;

	if (options->root != NULL && map_known(options->root, add_known, job, err) != 0)
		return -1;
	if (add_texts(job, &options->boundaries, false, err) != 0 || add_texts(job, &options->own_networks, true, err) != 0)
		return -1;
	prefixset_settle(&job->own);
	for (size_t i = 0; i < count; i++)
		if (address_is_loopback(&own[i]) || address_is_own(&own[i])) {
			add_interfaces(job);
			/* Its configuration is this machine's; where it cannot be read, the map goes without. */
			if (options->root == NULL)
				map_known("/", add_known, job, &unreadable);
			return 0;
		}
	for (size_t i = 0; i < count; i++)
		add_around(job, &own[i]);
	return 0;
}

static int make_target(struct map_job *job, const struct map_options *options, const char *host, struct err *err)
{
	struct resolved found = { .host = host };

	if (scan_check_host(host, err) != 0)
		return -1;
	resolve_hosts(&found, 1, LOOKUP_TIME);
	if (found.count == 0)
		return err_set(err, ERR_USAGE, "%s", found.err.text);
	job->target = target_approve(host, found.addresses, found.count, options->mine ? PERMISSION_MINE : options->listed ? PERMISSION_LISTED : PERMISSION_NONE, err);
	if (job->target == NULL)
		return -1;
	return port_parse(options->port ? options->port : "25", &job->port, err);
}

static int make_envelope(struct map_job *job, const struct map_options *options, struct err *err)
{
	clock_chance(job->token, sizeof job->token - 1);
	clock_chance(job->run_id, sizeof job->run_id - 1);
	job->sender_given = options->sender != NULL;
	job->victim = victim_approve(options->victim, job->token, err);
	if (job->victim == NULL)
		return err_prefix(err, "the victim");
	for (size_t i = 0; i < options->domains.count; i++)
		if (text_equal_nocase(options->domains.texts[i], victim_domain(job->victim)))
			return err_set(err, ERR_USAGE, "the victim %s lies in a domain of the target's own: it must be outside",
				       victim_text(job->victim));
	job->sender = options->sender ? mem_text(options->sender) : mem_printf("relayaudit-%s@%s", job->token, victim_domain(job->victim));
	return 0;
}

static char *own_name(const struct map_options *options)
{
	char name[256] = "";

	if (options->helo != NULL)
		return mem_text(options->helo);
	if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
		return mem_text("localhost");
	return mem_text(name);
}

static int make_vantages(struct map_job *job, const struct map_options *options, struct err *err)
{
	size_t most = options->max_sessions;

	if (options->from == NULL)
		return err_set(err, ERR_USAGE, "by what way are clients simulated? --from xclient, proxyv2, proxyv1 or 'exec:exim4 -bh {client}'");
	job->vantages = mem_new(MAP_SESSIONS_MOST * sizeof *job->vantages);
	do {
		struct vantage *vantage = vantage_parse_any(options->from, err);

		if (vantage == NULL)
			return -1;
		vantage->helo = own_name(options);
		job->vantages[job->vantage_count++] = vantage;
		if (most == 0)
			most = vantage->kind->blanks ? MAP_COMMANDS : MAP_SESSIONS;
	} while (job->vantage_count < most);
	/* A port of the vantage's own goes before. */
	if (job->vantages[0]->port_count != 0)
		job->port = job->vantages[0]->ports[0];
	job->port.mode = vantage_mode(job->vantages[0], job->port.mode);
	return 0;
}

int map_job_make(struct map_job *job, const struct map_options *options, const char *host, struct err *err)
{
	bool terminal = isatty(STDERR_FILENO) == 1 && !options->quiet;

	*job = (struct map_job){ .own = PREFIXSET_INIT };
	job->fail_on = options->fail_on ? (enum severity)severity_find(options->fail_on) : SEVERITY_HIGH;
	job->resolution = options->resolution ? (unsigned)text_number(options->resolution + (options->resolution[0] == '/'),
								      MAP_RESOLUTION_LEAST, MAP_RESOLUTION_MOST) : MAP_RESOLUTION;
	if (look_make(options->color, false, &job->look, err) != 0 || look_when(options->progress, terminal, &job->progress, err) != 0)
		return -1;
	if (make_target(job, options, host, err) != 0 || make_envelope(job, options, err) != 0)
		return -1;
	return make_vantages(job, options, err) != 0 ? -1 : add_networks(job, options, err);
}

void map_job_release(struct map_job *job)
{
	for (size_t i = 0; i < job->vantage_count; i++)
		vantage_free(job->vantages[i]);
	free(job->vantages);
	free(job->boundaries);
	free(job->sender);
	prefixset_release(&job->own);
	victim_free(job->victim);
	target_free(job->target);
}
