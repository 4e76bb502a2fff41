/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load_map.c - a map read back
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/prefix.h"
#include "report/load_rows.h"
#include "report/model.h"
#include "smtp/reason.h"

#define AT(member) offsetof(struct report_map, member)
#define IN(type, member) offsetof(struct type, member)

static const char *const families[] = { "ipv4", "ipv6", "both", NULL };
static const char *const kinds[] = { "stranger", "own", "loopback", NULL };
static const char *const states[] = { "vague", "wavering", NULL };

static const struct load_row map_rows[] = {
	{ "endpoint", LOAD_TEXT, AT(endpoint), 0, 0, NULL },
	{ "tls", LOAD_WORD, AT(tls), 0, 0, load_modes },
	{ "via", LOAD_TEXT, AT(via), 0, 0, NULL },
	{ "sender", LOAD_TEXT, AT(sender), 0, 0, NULL },
	{ "resolution", LOAD_NUMBER, AT(resolution), 0, 0, NULL },
	{ "families", LOAD_WORD, AT(families), 0, 0, families },
	{ "whole", LOAD_FLAG, AT(whole), 0, 0, NULL },
	{ "mapped_alike", LOAD_FLAG, AT(mapped_alike), 0, 0, NULL },
	{ "fault", LOAD_TEXT, AT(fault), LOAD_NULL, 0, NULL },
	{ "granting_reply", LOAD_TEXT, AT(granting), LOAD_NULL, 0, NULL },
	{ "denying_reply", LOAD_TEXT, AT(denying), LOAD_NULL, 0, NULL },
	{ "addresses_ipv4", LOAD_TEXT, AT(size4), 0, 0, NULL },
	{ "addresses_ipv6", LOAD_TEXT, AT(size6), 0, 0, NULL },
	{ "strangers_ipv4", LOAD_TEXT, AT(strangers4), 0, 0, NULL },
	{ "strangers_ipv6", LOAD_TEXT, AT(strangers6), 0, 0, NULL },
	{ "asked", LOAD_COUNT, AT(asked), 0, 0, NULL },
	{ "expected", LOAD_COUNT, AT(expected), 0, 0, NULL },
	{ "granted", LOAD_COUNT, AT(granted), 0, 0, NULL },
	{ "denied", LOAD_COUNT, AT(denied), 0, 0, NULL },
	{ "undecided", LOAD_COUNT, AT(undecided), 0, 0, NULL },
	{ "resumed", LOAD_COUNT, AT(resumed), 0, 0, NULL },
	{ "sessions", LOAD_COUNT, AT(sessions), 0, 0, NULL },
	{ "boundaries_left_out", LOAD_COUNT, AT(left_out), 0, 0, NULL },
	{ "seconds", LOAD_NUMBER, AT(seconds), 0, 0, NULL },
	{ "networks", LOAD_OTHER, 0, 0, 0, NULL },
	{ "not_judged", LOAD_OTHER, 0, 0, 0, NULL },
	{ "boundaries", LOAD_OTHER, 0, 0, 0, NULL },
	{ "spaces", LOAD_OTHER, 0, 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row network_rows[] = {
	{ "prefix", LOAD_TEXT, IN(report_map_network, prefix), 0, 0, NULL },
	{ "addresses", LOAD_TEXT, IN(report_map_network, size), 0, 0, NULL },
	{ "first", LOAD_TEXT, IN(report_map_network, first), 0, 0, NULL },
	{ "last", LOAD_TEXT, IN(report_map_network, last), 0, 0, NULL },
	{ "kind", LOAD_WORD, IN(report_map_network, kind), 0, 0, kinds },
	{ "space", LOAD_TEXT, IN(report_map_network, space), LOAD_NULL, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row reason_rows[] = {
	{ "reason", LOAD_TEXT, IN(report_map_reason, reason), 0, 0, NULL },
	{ "clients", LOAD_COUNT, IN(report_map_reason, count), 0, 0, NULL },
	{ "first_client", LOAD_TEXT, IN(report_map_reason, client), 0, 0, NULL },
	{ "reply", LOAD_TEXT, IN(report_map_reason, reply), LOAD_NULL, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row edge_rows[] = {
	{ "before", LOAD_TEXT, IN(report_map_edge, before), 0, 0, NULL },
	{ "behind", LOAD_TEXT, IN(report_map_edge, behind), 0, 0, NULL },
	{ "state", LOAD_WORD, IN(report_map_edge, state), 0, 0, states },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static const struct load_row space_rows[] = {
	{ "prefix", LOAD_TEXT, IN(report_map_space, prefix), 0, 0, NULL },
	{ "name", LOAD_TEXT, IN(report_map_space, name), 0, 0, NULL },
	{ "source", LOAD_TEXT, IN(report_map_space, source), 0, 0, NULL },
	{ "asked", LOAD_TEXT, IN(report_map_space, asked), 0, 0, NULL },
	{ NULL, LOAD_OTHER, 0, 0, 0, NULL },
};

static int read_prefix(struct load *load, const char *text, unsigned char bytes[4], unsigned *length, bool *four)
{
	struct prefix prefix;
	struct err err = ERR_INIT;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, &err) != 0 || host_bits)
		return load_fail(load, "prefix", "is no network");
	*length = prefix.length;
	*four = prefix.first.family == AF_INET;
	memcpy(bytes, prefix.first.bytes, 4);
	return 0;
}

static int load_network(struct load *load, const json_t *object, void *into)
{
	struct report_map_network *row = into;

	if (load_object(load, object, network_rows, row) != 0)
		return -1;
	return read_prefix(load, row->prefix, row->bytes, &row->length, &row->four);
}

static int load_reason(struct load *load, const json_t *object, void *into)
{
	struct report_map_reason *row = into;

	if (load_object(load, object, reason_rows, row) != 0)
		return -1;
	for (unsigned i = REASON_NONE + 1; i < REASONS; i++)
		if (strcmp(reason_name((enum reason)i), row->reason) == 0)
			row->phrase = reason_phrase((enum reason)i);
	return row->phrase != NULL ? 0 : load_fail(load, "reason", "is none that is known");
}

static int load_edge(struct load *load, const json_t *object, void *into)
{
	return load_object(load, object, edge_rows, into);
}

static int load_space(struct load *load, const json_t *object, void *into)
{
	struct report_map_space *row = into;

	if (load_object(load, object, space_rows, row) != 0)
		return -1;
	return read_prefix(load, row->prefix, row->bytes, &row->length, &row->four);
}

/* A list of rows of one size; new memory, which the map releases. */
static int load_rows(struct load *load, const json_t *map, const char *key, size_t size, void **rows, size_t *count,
		     int (*row)(struct load *load, const json_t *object, void *into))
{
	const json_t *array;

	if (load_array(load, map, key, false, &array, count) != 0)
		return -1;
	*rows = mem_new((*count + 1) * size);
	for (size_t i = 0; i < *count; i++) {
		snprintf(load->at, sizeof load->at, "map.%s[%zu].", key, i);
		if (row(load, json_array_get(array, i), (char *)*rows + i * size) != 0)
			return -1;
	}
	return 0;
}

int load_map(struct load *load, const json_t *object, struct report *report)
{
	struct report_map *map = report->map = mem_new(sizeof *map);
	void *networks = NULL, *reasons = NULL, *edges = NULL, *spaces = NULL;
	int result;

	snprintf(load->at, sizeof load->at, "map.");
	result = load_object(load, object, map_rows, map) != 0 ||
		 load_rows(load, object, "networks", sizeof *map->networks, &networks, &map->network_count, load_network) != 0 ||
		 load_rows(load, object, "not_judged", sizeof *map->reasons, &reasons, &map->reason_count, load_reason) != 0 ||
		 load_rows(load, object, "boundaries", sizeof *map->edges, &edges, &map->edge_count, load_edge) != 0 ||
		 load_rows(load, object, "spaces", sizeof *map->spaces, &spaces, &map->space_count, load_space) != 0;
	map->networks = networks;
	map->reasons = reasons;
	map->edges = edges;
	map->spaces = spaces;
	load->at[0] = '\0';
	return result != 0 ? -1 : 0;
}
