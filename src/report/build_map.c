/* SPDX-License-Identifier: Apache-2.0 */
/*
 * build_map.c - a map as a report
 */
#include "report/build_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/exception.h"
#include "audit/map_result.h"
#include "audit/map_space.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "report/build.h"
#include "report/model.h"
#include "vantage/vantage.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

/* Text of the operator's, or of the server's that is escaped already. */
static const char *kept_address(struct pool *pool, const struct address *address)
{
	char text[ADDRESS_TEXT];

	address_print(address, text);
	return pool_text(pool, text);
}

static const char *kept_count(struct pool *pool, const struct prefixset *set, int family)
{
	char digits[PREFIXSET_COUNT];

	prefixset_count(set, family, digits);
	return pool_text(pool, digits);
}

static void read_space(const struct map_space *space, struct prefix *prefix)
{
	struct err err = ERR_INIT;
	bool host_bits;

	if (prefix_parse(space->prefix, prefix, &host_bits, &err) != 0)
		BUG("the table of special ranges has a row that is none");
}

/* The narrowest special range that holds it all. */
static const char *space_of(const struct prefix *prefix)
{
	const struct map_space *space;
	const char *name = NULL;
	struct prefix special;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		read_space(space, &special);
		if (special.length <= prefix->length && prefix_has(&special, &prefix->first))
			name = space->name;
	}
	return name;
}

static void build_network(const struct map_record *record, const struct map_result *result, const struct prefix *prefix, struct pool *pool,
			  struct report_map_network *row)
{
	struct prefixset one = PREFIXSET_INIT;
	struct address last;
	char text[PREFIX_TEXT];

	prefix_print(prefix, text);
	prefix_last(prefix, &last);
	prefixset_add(&one, prefix);
	prefixset_settle(&one);
	*row = (struct report_map_network){
		.prefix = pool_text(pool, text),
		.size = kept_count(pool, &one, AF_UNSPEC),
		.first = kept_address(pool, &prefix->first),
		.last = kept_address(pool, &last),
		.space = space_of(prefix),
		.length = prefix->length,
		.four = prefix->first.family == AF_INET,
	};
	memcpy(row->bytes, prefix->first.bytes, sizeof row->bytes);
	row->kind = prefixset_has(&result->strangers, &prefix->first) ? "stranger" :
		    prefixset_has(record->own, &prefix->first)	       ? "own" :
									 "loopback";
	prefixset_release(&one);
}

/* Strangers and others apart, so that a prefix is of one kind. */
static void build_networks(const struct map_record *record, const struct map_result *result, struct pool *pool, struct report_map *map)
{
	struct prefixset own = PREFIXSET_INIT, rest = PREFIXSET_INIT, near = PREFIXSET_INIT;
	const struct prefixset *const parts[] = { &result->strangers, &own, &near };
	size_t capacity = 0;

	prefixset_subtract(&rest, &result->granted, &result->strangers);
	prefixset_intersect(&own, &rest, record->own);
	prefixset_subtract(&near, &rest, record->own);
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct prefixset_walk walk = PREFIXSET_WALK_INIT(parts[i]);
		struct prefix prefix;

		while (prefixset_next(&walk, &prefix)) {
			MEM_ROOM(map->networks, map->network_count, capacity);
			build_network(record, result, &prefix, pool, &map->networks[map->network_count++]);
		}
	}
	prefixset_release(&own);
	prefixset_release(&rest);
	prefixset_release(&near);
}

static void build_reasons(const struct map_tally *tally, struct pool *pool, struct report_map *map)
{
	map->reasons = mem_new(REASONS * sizeof *map->reasons);
	for (size_t i = 0; i < REASONS; i++) {
		if (tally->reasons[i] == 0)
			continue;
		map->reasons[map->reason_count++] = (struct report_map_reason){
			.reason = reason_name((enum reason)i),
			.phrase = reason_phrase((enum reason)i),
			.count = tally->reasons[i],
			.client = kept_address(pool, &tally->clients[i]),
			.reply = tally->replies[i],
		};
	}
}

static void build_edges(struct map_plan *plan, struct pool *pool, struct report_map *map)
{
	size_t count;
	const struct map_edge *edges = map_plan_edges(plan, &count);

	map->edges = mem_new((count + 1) * sizeof *map->edges);
	for (size_t i = 0; i < count; i++) {
		if (edges[i].state == MAP_EDGE_SURE || edges[i].state == MAP_EDGE_FOUND)
			continue;
		map->edges[map->edge_count++] = (struct report_map_edge){
			.before = kept_address(pool, &edges[i].before),
			.behind = kept_address(pool, &edges[i].behind),
			.state = edges[i].state == MAP_EDGE_WAVERING ? "wavering" : "vague",
		};
	}
}

static void build_spaces(unsigned resolution, struct pool *pool, struct report_map *map)
{
	const struct map_space *space;
	size_t capacity = 0;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		struct report_map_space *row;
		struct prefix prefix;
		char asked[16];

		/* Of IPv6 there is too much. */
		read_space(space, &prefix);
		snprintf(asked, sizeof asked, "/%u", resolution + space->finer > 30 ? 30 : resolution + space->finer);
		MEM_ROOM(map->spaces, map->space_count, capacity);
		row = &map->spaces[map->space_count++];
		*row = (struct report_map_space){
			.prefix = space->prefix,
			.name = space->name,
			.source = space->source,
			.asked = space->skipped ? "skipped" : prefix.first.family != AF_INET ? "sample" : space->finer ? pool_text(pool, asked) : "as-the-rest",
			.length = prefix.length,
			.four = prefix.first.family == AF_INET,
		};
		memcpy(row->bytes, prefix.first.bytes, sizeof row->bytes);
	}
}

static struct report_map *build_section(const struct map_record *record, const struct map_result *result, struct pool *pool)
{
	const struct map_settings *settings = record->settings;
	struct report_map *map = mem_new(sizeof *map);
	struct map_plan_progress progress;
	size_t count;
	struct address to = *target_addresses(settings->target, &count);
	char endpoint[ADDRESS_TEXT];

	to.port = settings->port.number;
	address_print_port(&to, endpoint);
	map_plan_progress(record->plan, &progress);
	*map = (struct report_map){
		.endpoint = pool_text(pool, endpoint),
		.tls = tls_mode_name(settings->port.mode),
		.via = report_shown(pool, settings->vantages[0]->via),
		.sender = settings->sender,
		.resolution = record->resolution,
		.families = record->no_six ? "ipv4" : record->no_four ? "ipv6" : "both",
		.whole = result->whole,
		.mapped_alike = map_plan_mapped_alike(record->plan),
		.fault = record->fault,
		.granting = record->tally->granting,
		.denying = record->tally->denying,
		.size4 = kept_count(pool, &result->granted, AF_INET),
		.size6 = kept_count(pool, &result->granted, AF_INET6),
		.strangers4 = kept_count(pool, &result->strangers, AF_INET),
		.strangers6 = kept_count(pool, &result->strangers, AF_INET6),
		.asked = progress.answered,
		.expected = progress.expected,
		.granted = record->tally->granted,
		.denied = record->tally->denied,
		.undecided = record->tally->undecided,
		.resumed = record->resumed,
		.sessions = record->tally->sessions,
		.left_out = map_plan_left_out(record->plan),
		.seconds = (unsigned)(record->finished - record->started),
	};
	build_networks(record, result, pool, map);
	build_reasons(record->tally, pool, map);
	build_edges(record->plan, pool, map);
	build_spaces(record->resolution, pool, map);
	return map;
}

static void build_target(const struct map_record *record, const struct map_result *result, struct pool *pool, struct report *report)
{
	const struct map_settings *settings = record->settings;
	struct report_target *target = &report->targets[0];
	struct report_endpoint *endpoint = mem_new(sizeof *endpoint);
	size_t count;

	*endpoint = (struct report_endpoint){
		.address = kept_address(pool, target_addresses(settings->target, &count)),
		.port = settings->port.number,
		.tls = tls_mode_name(settings->port.mode),
		.banner = record->tally->banner,
		.verdict = verdict_name(result->verdict),
		.reached = record->tally->hello ? "reached" : "untried",
	};
	*target = (struct report_target){
		.host = target_host(settings->target),
		.verdict = endpoint->verdict,
		.endpoints = endpoint,
		.endpoint_count = 1,
	};
}

void report_build_map(const struct map_record *record, const struct map_result *result, const struct findings *findings,
		      struct pool *pool, struct report *report)
{
	const struct map_settings *settings = record->settings;

	*report = (struct report){
		.version = PACKAGE_VERSION,
		.run_id = record->run_id,
		.command = "map",
		.verdict = verdict_name(result->verdict),
		.interrupted = record->interrupted,
		.victim = victim_text(settings->victim),
		.victim_reserved = victim_is_reserved(settings->victim),
		.targets = mem_new(sizeof *report->targets),
		.target_count = 1,
		.vantages = mem_new(sizeof *report->vantages),
		.vantage_count = 1,
		.findings = mem_new((findings->count + 1) * sizeof *report->findings),
		.map = build_section(record, result, pool),
	};
	clock_stamp(record->started, report->started);
	clock_stamp(record->finished, report->finished);
	report->vantages[0] = (struct report_vantage){
		.name = report_shown(pool, settings->vantages[0]->name),
		.via = report->map->via,
		.expect = "deny",
		.helo = settings->vantages[0]->helo,
		.verdict = report->verdict,
	};
	build_target(record, result, pool, report);
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->rows[i];

		report->findings[report->finding_count++] = (struct report_finding){
			.id = finding->id,
			.severity = severity_name(finding->severity),
			.title = finding->title,
			.where = report_shown(pool, finding->where),
			.evidence = (const char *const *)finding->evidence,
			.evidence_count = finding->evidence_count,
			.fix = finding->fix,
			.target = report->targets[0].host,
			.excused = finding->excused ? report_shown(pool, finding->excused->reason) : NULL,
			.excused_until = finding->excused ? finding->excused->expires : NULL,
		};
	}
}
