/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge_targets.c - the targets of many reports, with their endpoints
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/identity.h"
#include "report/merge_steps.h"

static bool is(const char *word, const char *other)
{
	return strcmp(word, other) == 0;
}

static const char *either(const char *one, const char *other)
{
	return one != NULL ? one : other;
}

static void add_domains(struct report_target *row, const struct report_target *target)
{
	row->domains = mem_resize(row->domains, row->domain_count + target->domain_count + 1, sizeof *row->domains);
	for (size_t i = 0; i < target->domain_count; i++) {
		bool there = false;

		for (size_t k = 0; k < row->domain_count && !there; k++)
			there = is(row->domains[k], target->domains[i]);
		if (!there)
			row->domains[row->domain_count++] = target->domains[i];
	}
}

static struct report_endpoint *find_endpoint(struct report_target *row, const struct report_endpoint *endpoint)
{
	for (size_t i = 0; i < row->endpoint_count; i++)
		if (is(row->endpoints[i].address, endpoint->address) && row->endpoints[i].port == endpoint->port && is(row->endpoints[i].tls, endpoint->tls))
			return &row->endpoints[i];
	return NULL;
}

/* What the one that came farther has to tell. */
static void add_endpoint(struct report_target *row, const struct report_endpoint *endpoint)
{
	struct report_endpoint *there = find_endpoint(row, endpoint);
	const char *verdict = there != NULL ? merge_worse(there->verdict, endpoint->verdict) : endpoint->verdict;

	if (there != NULL && (is(there->reached, "reached") || !is(endpoint->reached, "reached"))) {
		there->verdict = verdict;
		return;
	}
	if (there == NULL)
		there = &row->endpoints[row->endpoint_count++];
	else
		free(there->capabilities);
	*there = *endpoint;
	there->verdict = verdict;
	there->capabilities = mem_new((endpoint->capability_count + 1) * sizeof *there->capabilities);
	for (size_t i = 0; i < endpoint->capability_count; i++)
		there->capabilities[i] = endpoint->capabilities[i];
}

static void add_target(struct report_target *row, const struct report_target *target)
{
	bool first = row->host == NULL;

	row->host = target->host;
	row->hostname = either(row->hostname, target->hostname);
	row->domains_guessed = (first || row->domains_guessed) && target->domains_guessed;
	row->mta = either(row->mta, target->mta);
	row->mta_title = either(row->mta_title, target->mta_title);
	row->fault = either(row->fault, target->fault);
	row->verdict = merge_worse(row->verdict, target->verdict);
	add_domains(row, target);
	row->endpoints = mem_resize(row->endpoints, row->endpoint_count + target->endpoint_count + 1, sizeof *row->endpoints);
	for (size_t i = 0; i < target->endpoint_count; i++)
		add_endpoint(row, &target->endpoints[i]);
}

void merge_targets(struct merge *merge)
{
	struct report *report = &merge->into->report;
	uint64_t *identities;
	size_t count = 0, at = 0, *numbers;

	for (size_t p = 0; p < merge->count; p++)
		count += merge->parts[p].report->target_count;
	identities = mem_new((count + 1) * sizeof *identities);
	numbers = mem_new((count + 1) * sizeof *numbers);
	for (size_t p = 0; p < merge->count; p++)
		for (size_t i = 0; i < merge->parts[p].report->target_count; i++)
			identities[at++] = identity_of_text(merge->parts[p].report->targets[i].host);
	report->target_count = identity_number(identities, count, numbers);
	report->targets = mem_new((report->target_count + 1) * sizeof *report->targets);
	at = 0;
	for (size_t p = 0; p < merge->count; p++) {
		const struct report *part = merge->parts[p].report;

		merge->places[p].targets = mem_new((part->target_count + 1) * sizeof(size_t));
		for (size_t i = 0; i < part->target_count; i++) {
			merge->places[p].targets[i] = numbers[at];
			add_target(&report->targets[numbers[at++]], &part->targets[i]);
		}
	}
	free(identities);
	free(numbers);
}
