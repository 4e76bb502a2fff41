/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_json.c - a map as JSON
 */
#include "base/mem.h"
#include "report/json_parts.h"
#include "report/model.h"

static void append(json_t *list, json_t *row)
{
	if (json_array_append_new(list, row) != 0)
		BUG("a list that cannot grow");
}

static json_t *networks_of(const struct report_map *map)
{
	json_t *list = json_array();

	for (size_t i = 0; i < map->network_count; i++) {
		const struct report_map_network *network = &map->networks[i];
		json_t *row = part_headed("prefix", network->prefix);

		part_add_text(row, "addresses", network->size);
		part_add_text(row, "first", network->first);
		part_add_text(row, "last", network->last);
		part_add_text(row, "kind", network->kind);
		part_add_text(row, "space", network->space);
		append(list, row);
	}
	return list;
}

static json_t *reasons_of(const struct report_map *map)
{
	json_t *list = json_array();

	for (size_t i = 0; i < map->reason_count; i++) {
		json_t *row = part_headed("reason", map->reasons[i].reason);

		part_add_count(row, "clients", map->reasons[i].count);
		part_add_text(row, "first_client", map->reasons[i].client);
		part_add_text(row, "reply", map->reasons[i].reply);
		append(list, row);
	}
	return list;
}

static json_t *edges_of(const struct report_map *map)
{
	json_t *list = json_array();

	for (size_t i = 0; i < map->edge_count; i++) {
		json_t *row = part_headed("before", map->edges[i].before);

		part_add_text(row, "behind", map->edges[i].behind);
		part_add_text(row, "state", map->edges[i].state);
		append(list, row);
	}
	return list;
}

static json_t *spaces_of(const struct report_map *map)
{
	json_t *list = json_array();

	for (size_t i = 0; i < map->space_count; i++) {
		json_t *row = part_headed("prefix", map->spaces[i].prefix);

		part_add_text(row, "name", map->spaces[i].name);
		part_add_text(row, "source", map->spaces[i].source);
		part_add_text(row, "asked", map->spaces[i].asked);
		append(list, row);
	}
	return list;
}

json_t *part_map(const struct report_map *map)
{
	json_t *row = part_headed("endpoint", map->endpoint);
	const struct {
		const char *key;
		size_t count;
	} counts[] = {
		{ "asked", map->asked },	 { "expected", map->expected }, { "granted", map->granted },   { "denied", map->denied },
		{ "undecided", map->undecided }, { "resumed", map->resumed },	{ "sessions", map->sessions }, { "boundaries_left_out", map->left_out },
		{ "seconds", map->seconds },
	};

	part_add_text(row, "tls", map->tls);
	part_add_text(row, "via", map->via);
	part_add_text(row, "sender", map->sender);
	part_add_count(row, "resolution", map->resolution);
	part_add_text(row, "families", map->families);
	part_add(row, "whole", json_boolean(map->whole));
	part_add(row, "mapped_alike", json_boolean(map->mapped_alike));
	part_add_text(row, "fault", map->fault);
	part_add_text(row, "granting_reply", map->granting);
	part_add_text(row, "denying_reply", map->denying);
	part_add_text(row, "addresses_ipv4", map->size4);
	part_add_text(row, "addresses_ipv6", map->size6);
	part_add_text(row, "strangers_ipv4", map->strangers4);
	part_add_text(row, "strangers_ipv6", map->strangers6);
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		part_add_count(row, counts[i].key, counts[i].count);
	part_add(row, "networks", networks_of(map));
	part_add(row, "not_judged", reasons_of(map));
	part_add(row, "boundaries", edges_of(map));
	part_add(row, "spaces", spaces_of(map));
	return row;
}
