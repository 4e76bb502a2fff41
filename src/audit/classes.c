/* SPDX-License-Identifier: Apache-2.0 */
/*
 * classes.c - who is treated alike, and whom nobody has tried
 *
 * A sweep over the ends of all intervals.  What applies between two of them is known by
 * the exclusive-or of the grants' chance numbers, so that a step costs the same
 * whatever applies; a list of the grants is made once for each class.
 */
#include "audit/classes.h"

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "audit/finding_parts.h"
#include "audit/space.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/config.h"
#include "mta/config_kind.h"

enum {
	/* Classes told in one finding. */
	TOLD_MOST = 10
};

/* Here a grant's interval begins, or the one before has ended. */
struct edge {
	struct address at;
	size_t grant;
};

struct sweep {
	const struct config *config;
	struct classes *classes;
	struct pool *known;             /* what applies, and the class beside it */
	struct edge *edges;
	size_t count;
	size_t capacity;
	bool *applies;                  /* each grant */
	uint64_t mark;
	size_t applying;
};

/* Well-mixed numbers (splitmix64): those of two sets of grants do not meet by accident. */
static uint64_t mark_of(size_t grant)
{
	uint64_t mixed = (grant + 1) * 0x9e3779b97f4a7c15u;

	mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9u;
	mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebu;
	return mixed ^ mixed >> 31;
}

static int compare_addresses(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family == AF_INET ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

static int compare_edges(const void *a, const void *b)
{
	const struct edge *left = a, *right = b;
	int order = compare_addresses(&left->at, &right->at);

	return order != 0 ? order : left->grant < right->grant ? -1 : left->grant > right->grant;
}

/* The next address, or the one before; false where the family has none. */
static bool step(struct address *address, int by)
{
	for (int i = address->family == AF_INET ? 3 : 15; i >= 0; i--) {
		address->bytes[i] = (unsigned char)(address->bytes[i] + by);
		if (address->bytes[i] != (by > 0 ? 0 : 255))
			return true;
	}
	return false;
}

static void add_edge(struct sweep *sweep, const struct address *at, size_t grant)
{
	MEM_ROOM(sweep->edges, sweep->count, sweep->capacity);
	sweep->edges[sweep->count++] = (struct edge){ *at, grant };
}

static void add_edges(struct sweep *sweep, size_t index)
{
	const struct grant *grant = &sweep->config->grants[index];

	if (grant->to != GRANT_ADDRESSES || !grant->in_force)
		return;
	for (size_t i = 0; i < prefixset_ranges(&grant->addresses); i++) {
		struct prefixset_range range = prefixset_range(&grant->addresses, i);

		add_edge(sweep, &range.first, index);
		if (step(&range.last, 1))
			add_edge(sweep, &range.last, index);
	}
}

static struct trust_class *new_class(struct sweep *sweep, size_t **index)
{
	struct classes *classes = sweep->classes;
	struct trust_class *class;

	if (classes->count == CLASSES_MOST) {
		classes->cut = true;
		return NULL;
	}
	MEM_ROOM(classes->rows, classes->count, classes->capacity);
	*index = mem_new(sizeof **index);
	**index = classes->count;
	class = &classes->rows[classes->count++];
	*class = (struct trust_class){ .grants = mem_new((sweep->applying + 1) * sizeof *class->grants) };
	for (size_t i = 0; i < sweep->config->grant_count; i++)
		if (sweep->applies[i])
			class->grants[class->grant_count++] = i;
	return class;
}

/* The class of what applies now; NULL where there is no room for it. */
static struct trust_class *class_of(struct sweep *sweep)
{
	size_t **index;

	pool_bytes(sweep->known, (const char *)&sweep->mark, sizeof sweep->mark);
	index = (size_t **)(void *)pool_beside(sweep->known, (const char *)&sweep->mark, sizeof sweep->mark);
	return *index != NULL ? &sweep->classes->rows[**index] : new_class(sweep, index);
}

/* What lies from one edge to the next, or to the end of the family. */
static void add_stretch(struct sweep *sweep, const struct address *first, const struct address *next)
{
	struct trust_class *class = sweep->applying != 0 ? class_of(sweep) : NULL;
	struct address last = { .family = first->family };

	if (class == NULL)
		return;
	if (next != NULL && next->family == first->family)
		last = *next;
	/* Before address zero stands the last of all. */
	step(&last, -1);
	prefixset_add_range(&class->addresses, first, &last);
}

void classes_find(const struct config *config, struct classes *classes)
{
	struct sweep sweep = { .config = config, .classes = classes, .known = pool_new(), .applies = mem_new(config->grant_count + 1) };

	*classes = (struct classes){ .count = 0 };
	for (size_t i = 0; i < config->grant_count; i++)
		add_edges(&sweep, i);
	if (sweep.count != 0)
		qsort(sweep.edges, sweep.count, sizeof *sweep.edges, compare_edges);
	for (size_t i = 0; i < sweep.count; i++) {
		const struct edge *edge = &sweep.edges[i], *next = i + 1 < sweep.count ? edge + 1 : NULL;

		/* What reaches to the end of one family does not begin in the other. */
		if (i != 0 && edge->at.family != edge[-1].at.family) {
			memset(sweep.applies, 0, config->grant_count);
			sweep.mark = sweep.applying = 0;
		}
		sweep.applies[edge->grant] = !sweep.applies[edge->grant];
		sweep.applying = sweep.applies[edge->grant] ? sweep.applying + 1 : sweep.applying - 1;
		sweep.mark ^= mark_of(edge->grant);
		if (next == NULL || compare_addresses(&edge->at, &next->at) != 0)
			add_stretch(&sweep, &edge->at, next != NULL ? &next->at : NULL);
	}
	for (size_t i = 0; i < classes->count; i++)
		prefixset_settle(&classes->rows[i].addresses);
	pool_free(sweep.known);
	free(sweep.edges);
	free(sweep.applies);
}

void classes_release(struct classes *classes)
{
	for (size_t i = 0; i < classes->count; i++) {
		prefixset_release(&classes->rows[i].addresses);
		free(classes->rows[i].grants);
	}
	free(classes->rows);
	*classes = (struct classes){ .count = 0 };
}

struct address class_example(const struct trust_class *class)
{
	struct prefixset_range range = prefixset_range(&class->addresses, 0);

	if (compare_addresses(&range.first, &range.last) != 0)
		step(&range.first, 1);
	return range.first;
}

static bool is_tried(const struct trust_class *class, const struct address *clients, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (prefixset_has(&class->addresses, &clients[i]))
			return true;
	return false;
}

static bool is_inside(const struct trust_class *class, const struct prefixset *own)
{
	struct prefixset others = PREFIXSET_INIT;
	bool inside;

	prefixset_subtract(&others, &class->addresses, own);
	inside = prefixset_is_empty(&others);
	prefixset_release(&others);
	return inside;
}

/* Of one setting: all classes, and those that nobody tried. */
struct untested {
	const struct grant *grant;
	size_t all, count, told;
	enum severity severity;
	char *lines[TOLD_MOST];
};

static struct untested *untested_of(struct untested *rows, size_t *count, const struct grant *grant)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(rows[i].grant->setting, grant->setting) == 0 && rows[i].grant->service == grant->service)
			return &rows[i];
	rows[*count] = (struct untested){ .grant = grant, .severity = SEVERITY_INFO };
	return &rows[(*count)++];
}

/* "210.0.0.0/8 by main.cf:3, 16,777,216 addresses: xclient:210.0.0.1" */
static char *line_of(const struct config *config, const struct trust_class *class)
{
	struct prefixset_walk walk = PREFIXSET_WALK_INIT(&class->addresses);
	struct address example = class_example(class);
	char digits[PREFIXSET_COUNT], grouped[TEXT_GROUPED], network[PREFIX_TEXT], address[ADDRESS_TEXT];
	struct prefix prefix;

	prefixset_next(&walk, &prefix);
	prefix_print(&prefix, network);
	prefixset_count(&class->addresses, AF_UNSPEC, digits);
	address_print(&example, address);
	return mem_printf("%s%s by %s, %s address%s: %s%s", network, prefixset_next(&walk, &prefix) ? " and others" : "",
			  config->grants[class->grants[0]].source, text_group(digits, grouped), strcmp(digits, "1") == 0 ? "" : "es",
			  config->kind->as_client != NULL ? config->kind->as_client : "a vantage with the address ", address);
}

static void tell(const struct config *config, struct untested *row, struct findings *findings)
{
	struct finding *finding = finding_add(findings, "trust-untested", row->severity,
					      mem_printf("no vantage asks as %zu of the %zu groups of clients that %s lets relay", row->count, row->all, row->grant->setting),
					      mem_text(row->grant->source));

	for (size_t i = 0; i < row->told; i++)
		finding_add_evidence(finding, row->lines[i]);
	if (row->count > row->told)
		finding_add_evidence(finding, mem_printf("and %zu more", row->count - row->told));
	finding->fix = mem_text(config->kind->as_client != NULL ?
					"list these vantages in relayaudit.yml, with expect: relay where they should be able to, and scan" :
					"list a vantage inside each in relayaudit.yml, with expect: relay where it should be able to, and scan");
}

void classes_findings(const struct config *config, const struct prefixset *own, const struct address *clients, size_t client_count,
		      struct findings *findings)
{
	struct classes classes;
	struct untested *rows;
	size_t count = 0;

	classes_find(config, &classes);
	rows = mem_new((classes.count + 1) * sizeof *rows);
	for (size_t i = 0; i < classes.count; i++) {
		const struct trust_class *class = &classes.rows[i];
		struct untested *row = untested_of(rows, &count, &config->grants[class->grants[0]]);

		row->all++;
		if (is_tried(class, clients, client_count))
			continue;
		if (row->count++ == 0)
			row->grant = &config->grants[class->grants[0]];
		if (row->told < TOLD_MOST)
			row->lines[row->told++] = line_of(config, class);
		if (!is_inside(class, own))
			row->severity = SEVERITY_LOW;
	}
	for (size_t i = 0; i < count; i++)
		if (rows[i].count != 0)
			tell(config, &rows[i], findings);
	findings_sort(findings);
	free(rows);
	classes_release(&classes);
}
