/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_result.c - the conclusions of a map
 */
#include "audit/map_result.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/finding_parts.h"
#include "audit/map_space.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "vantage/target.h"
#include "vantage/vantage.h"

static void add_text(struct prefixset *set, const char *text)
{
	struct err err = ERR_INIT;
	struct prefix prefix;
	bool host_bits;

	if (prefix_parse(text, &prefix, &host_bits, &err) == 0)
		prefixset_add(set, &prefix);
}

static void subtract(struct prefixset *from, const struct prefixset *what)
{
	struct prefixset rest = PREFIXSET_INIT;

	prefixset_subtract(&rest, from, what);
	prefixset_release(from);
	*from = rest;
}

void map_result_of(const struct map_record *record, struct map_result *result)
{
	static const char *const loopback[] = { "127.0.0.0/8", "::1", "::ffff:127.0.0.0/104" };
	struct prefixset near = PREFIXSET_INIT;
	size_t count;
	const struct map_edge *edges = map_plan_edges(record->plan, &count);

	*result = (struct map_result){ .granted = PREFIXSET_INIT, .strangers = PREFIXSET_INIT };
	map_plan_granted(record->plan, &result->granted);
	for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++)
		add_text(&near, loopback[i]);
	prefixset_add_set(&near, record->own);
	prefixset_settle(&near);
	prefixset_add_set(&result->strangers, &result->granted);
	prefixset_settle(&result->strangers);
	subtract(&result->strangers, &near);
	prefixset_release(&near);
	for (size_t i = 0; i < count; i++) {
		result->vague += edges[i].state == MAP_EDGE_VAGUE || edges[i].state == MAP_EDGE_SOUGHT;
		result->wavering += edges[i].state == MAP_EDGE_WAVERING;
	}
	result->whole = map_plan_is_done(record->plan) && record->tally->undecided == 0 && result->vague == 0 && result->wavering == 0 &&
			map_plan_left_out(record->plan) == 0;
	result->verdict = !prefixset_is_empty(&result->strangers) ? VERDICT_OPEN :
			  result->whole				   ? VERDICT_CLOSED :
								     VERDICT_INCONCLUSIVE;
}

void map_result_release(struct map_result *result)
{
	prefixset_release(&result->granted);
	prefixset_release(&result->strangers);
}

/* Whether all addresses of the prefix are in special ranges that nobody across the internet has. */
static bool map_is_special(const struct prefix *prefix)
{
	const struct map_space *space;

	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		struct err err = ERR_INIT;
		struct prefix special;
		bool host_bits;

		/* Addresses that hold an IPv4 address lead to whoever has that. */
		if (strstr(space->name, "IPv4") == NULL && strstr(space->name, "6to4") == NULL && strcmp(space->name, "Teredo") != 0 &&
		    prefix_parse(space->prefix, &special, &host_bits, &err) == 0 && special.length <= prefix->length &&
		    prefix_has(&special, &prefix->first))
			return true;
	}
	return false;
}

/* "mail.example.org 127.0.0.1:10025 by xclient"; the caller's. */
static char *map_where(const struct map_record *record)
{
	size_t count;
	struct address to = *target_addresses(record->settings->target, &count);
	const char *mode = record->settings->port.mode == TLS_MODE_NONE ? "" : record->settings->port.mode == TLS_MODE_IMPLICIT ? " tls" : " starttls";
	char text[ADDRESS_TEXT];

	to.port = record->settings->port.number;
	address_print_port(&to, text);
	return mem_printf("%s %s%s by %s", target_host(record->settings->target), text, mode, record->settings->vantages[0]->name);
}

static void add_prefix(const struct map_record *record, const struct prefix *prefix, struct findings *findings)
{
	static const char fix[] = "Take it out of the networks that the server trusts (Postfix: mynetworks; Exim: relay_from_hosts; sendmail: "
				  "the access map), or write it as narrow as it was meant. If it is meant to relay, say --own-network.";
	struct prefixset one = PREFIXSET_INIT;
	struct prefix any = *prefix;
	char text[PREFIX_TEXT], size[PREFIXSET_COUNT], grouped[TEXT_GROUPED], *place = map_where(record);
	bool special = map_is_special(prefix);
	struct finding *finding;

	prefix_print(prefix, text);
	prefixset_add(&one, &any);
	prefixset_settle(&one);
	prefixset_count(&one, AF_UNSPEC, size);
	prefixset_release(&one);
	finding = finding_add(findings, "relay", special ? SEVERITY_HIGH : SEVERITY_CRITICAL,
			      mem_printf("%s may relay: %s address%s", text, text_group(size, grouped), strcmp(size, "1") == 0 ? "" : "es"),
			      mem_printf("%s %s", place, text));
	finding->fix = mem_text(fix);
	finding_add_evidence(finding, mem_printf("MAIL FROM:<%s> RCPT TO:<%s>", record->settings->sender, victim_text(record->settings->victim)));
	if (record->tally->granting != NULL)
		finding_add_evidence(finding, mem_printf("the server said: %s", record->tally->granting));
	finding_add_evidence(finding, mem_text("proof rcpt: a recipient outside was accepted for clients of both ends, and no message was sent"));
	free(place);
}

static void add_gap(const struct map_record *record, char *title, struct findings *findings)
{
	struct finding *finding = finding_add(findings, "scan-incomplete", SEVERITY_LOW, title, map_where(record));

	finding->fix = mem_text("");
}

/* What keeps the map from being whole. */
static void add_gaps(const struct map_record *record, const struct map_result *result, struct findings *findings)
{
	size_t left_out = map_plan_left_out(record->plan);

	if (record->fault != NULL)
		add_gap(record, mem_printf("not judged: the map is not whole: %s", record->fault), findings);
	else if (!map_plan_is_done(record->plan))
		add_gap(record, mem_text("not judged: the map is not whole: it was interrupted"), findings);
	if (record->tally->undecided != 0)
		add_gap(record, mem_printf("not judged: %zu clients were neither granted nor denied relaying", record->tally->undecided), findings);
	if (result->vague + left_out != 0 && map_plan_is_done(record->plan))
		add_gap(record, mem_printf("not judged: %zu boundaries between clients that may relay and others are not known",
					   result->vague + left_out), findings);
	if (result->wavering != 0)
		add_gap(record, mem_printf("not judged: at %zu boundaries the server answered the second time otherwise than the first",
					   result->wavering), findings);
}

static int by_weight(const void *a, const void *b)
{
	const struct prefix *one = a, *other = b;
	bool special = map_is_special(one), too = map_is_special(other);

	if (special != too)
		return special ? 1 : -1;
	if (one->first.family != other->first.family)
		return one->first.family == AF_INET ? -1 : 1;
	if (one->length != other->length)
		return one->length < other->length ? -1 : 1;
	return memcmp(one->first.bytes, other->first.bytes, sizeof one->first.bytes);
}

void findings_of_map(const struct map_record *record, const struct map_result *result, struct findings *findings)
{
	struct prefixset_walk walk = PREFIXSET_WALK_INIT(&result->strangers);
	struct prefix *list = NULL, next;
	size_t count = 0, capacity = 0;

	*findings = (struct findings){ .count = 0 };
	while (prefixset_next(&walk, &next)) {
		MEM_ROOM(list, count, capacity);
		list[count++] = next;
	}
	if (count != 0)
		qsort(list, count, sizeof *list, by_weight);
	for (size_t i = 0; i < count && i < MAP_FINDINGS_MOST; i++)
		add_prefix(record, &list[i], findings);
	if (count > MAP_FINDINGS_MOST) {
		struct finding *finding = finding_add(findings, "relay", SEVERITY_HIGH,
						      mem_printf("%zu further networks may relay", count - MAP_FINDINGS_MOST), map_where(record));

		finding->fix = mem_text("");
	}
	free(list);
	add_gaps(record, result, findings);
}
