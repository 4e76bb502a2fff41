/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own_rules.c - who is no stranger
 */
#include "cmd/own_rules.h"

#include <ifaddrs.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/settings.h"
#include "net/prefix.h"
#include "report/model.h"

int own_rules_check_network(const char *text, struct err *err)
{
	struct prefix prefix;
	bool host_bits;

	return prefix_parse(text, &prefix, &host_bits, err);
}

static void add_networks(struct prefixset *set, const struct option_list *list)
{
	for (size_t i = 0; list != NULL && i < list->count; i++) {
		struct prefix prefix;
		struct err err;
		bool host_bits;

		/* Their syntax was checked when they were read. */
		if (prefix_parse(list->texts[i], &prefix, &host_bits, &err) == 0)
			prefixset_add(set, &prefix);
	}
}

/* What this machine sends to itself by its own addresses is no stranger's. */
static void add_interfaces(struct prefixset *set)
{
	struct ifaddrs *first, *each;

	if (getifaddrs(&first) != 0)
		return;
	for (each = first; each != NULL; each = each->ifa_next) {
		struct address address;
		struct prefix prefix;

		if (each->ifa_addr == NULL || address_from_socket(each->ifa_addr, &address) != 0)
			continue;
		prefix_of(&address, prefix_bits(address.family), &prefix);
		prefixset_add(set, &prefix);
	}
	freeifaddrs(first);
}

static void add_list(struct option_list *to, const struct option_list *from)
{
	for (size_t i = 0; from != NULL && i < from->count; i++)
		option_list_add(to, from->texts[i]);
}

void own_rules_make(struct strangers_rules *rules, struct option_list *domains, struct own_lists lists, const struct settings *settings)
{
	add_networks(&rules->own, lists.networks);
	add_networks(&rules->own, &settings->networks);
	add_interfaces(&rules->own);
	prefixset_settle(&rules->own);
	add_list(domains, lists.domains);
	add_list(domains, lists.relay_domains);
	for (size_t i = 0; i < settings->target_count; i++)
		add_list(domains, &settings->targets[i].domains);
	rules->domains = domains->texts;
	rules->domain_count = domains->count;
}

void own_rules_release(struct strangers_rules *rules, struct option_list *domains)
{
	prefixset_release(&rules->own);
	option_list_release(domains);
}

char *own_rules_where(const struct report_source *sources, size_t count, const char *none)
{
	if (count == 0)
		return mem_text(none);
	if (count == 1)
		return mem_text(sources[0].name);
	return mem_printf("%s and %zu more", sources[0].name, count - 1);
}
