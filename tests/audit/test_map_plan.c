/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_map_plan.c - a map of servers that exist in this file only
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "audit/map_plan.h"
#include "audit/map_space.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static void read_prefix(const char *text, struct prefix *prefix)
{
	struct err err = ERR_INIT;
	bool host_bits = false;

	if (prefix_parse(text, prefix, &host_bits, &err) != 0)
		fail_msg("%s", err.text);
}

/* "192.0.2.0/24 198.51.100.0/24" */
static void read_set(const char *text, struct prefixset *set)
{
	char *copy = mem_text(text), *rest = copy, *word;

	while ((word = strsep(&rest, " ")) != NULL) {
		struct prefix prefix;

		if (word[0] == '\0')
			continue;
		read_prefix(word, &prefix);
		prefixset_add(set, &prefix);
	}
	prefixset_settle(set);
	free(copy);
}

static char *print_set(const struct prefixset *set)
{
	struct prefixset_walk walk = PREFIXSET_WALK_INIT(set);
	struct buf text = BUF_OWN;
	struct prefix prefix;
	char word[PREFIX_TEXT];

	buf_text(&text, "");
	while (prefixset_next(&walk, &prefix)) {
		prefix_print(&prefix, word);
		buf_printf(&text, "%s%s", text.len ? " " : "", word);
	}
	return buf_detach(&text);
}

/* A server: whom it trusts, whom it never answers, and how often it changes its mind. */
struct server {
	struct prefixset trusted;
	struct prefixset dumb;
	bool fickle;            /* the second question about an address is answered otherwise */
	size_t asked;
};

static enum map_answer ask(struct server *server, const struct map_question *question, bool again)
{
	server->asked++;
	if (prefixset_has(&server->dumb, &question->client))
		return MAP_UNDECIDED;
	return prefixset_has(&server->trusted, &question->client) != (server->fickle && again) ? MAP_GRANTED : MAP_DENIED;
}

/* Answers come in another order than the questions, up to `lag` of them at once. */
static void drive(struct map_plan *plan, struct server *server, size_t lag, unsigned seed)
{
	struct map_question held[64];
	size_t count = 0;

	while (!map_plan_is_done(plan)) {
		while (count < lag && map_plan_next(plan, &held[count]))
			count++;
		assert_true(count != 0);
		size_t chosen = (size_t)rand_r(&seed) % count;
		struct map_question question = held[chosen];

		held[chosen] = held[--count];
		map_plan_answer(plan, &question, ask(server, &question, map_question_is_again(&question)));
	}
	assert_int_equal(count, 0);
}

static void check_found(const char *trusted, const char *dumb, const char *boundaries, unsigned resolution, const char *expected)
{
	struct server server = { .trusted = PREFIXSET_INIT, .dumb = PREFIXSET_INIT };
	struct prefixset set = PREFIXSET_INIT;
	struct prefix boundary;
	struct map_scope scope = { .resolution = resolution };
	struct map_plan *plan;
	char *found;

	read_set(trusted, &server.trusted);
	read_set(dumb, &server.dumb);
	if (boundaries != NULL) {
		read_prefix(boundaries, &boundary);
		scope.boundaries = &boundary;
		scope.boundary_count = 1;
	}
	plan = map_plan_new(&scope);
	drive(plan, &server, 40, resolution);
	map_plan_granted(plan, &set);
	found = print_set(&set);
	if (strcmp(found, expected) != 0)
		fail_msg("of %s (%s dumb), by /%u: %s", trusted, dumb, resolution, found);
	free(found);
	prefixset_release(&set);
	map_plan_free(plan);
	prefixset_release(&server.trusted);
	prefixset_release(&server.dumb);
}

static void test_found(void **state)
{
	static const struct {
		const char *trusted, *dumb, *boundary;
		unsigned resolution;
		const char *expected;
	} rows[] = {
		{ "", "", NULL, 16, "" },
		{ "192.168.0.0/24 127.0.0.0/8 203.0.0.0/8", "", NULL, 16, "127.0.0.0/8 192.168.0.0/24 203.0.0.0/8" },
		{ "192.168.0.0/24 127.0.0.0/8 203.0.0.0/8", "", NULL, 8, "127.0.0.0/8 192.168.0.0/24 203.0.0.0/8" },
		{ "172.17.0.0/16 172.18.5.0/24 ::1", "", NULL, 16, "172.17.0.0/16 172.18.5.0/24 ::1/128" },
		{ "172.17.0.1", "", NULL, 16, "172.17.0.1/32" },
		{ "1.0.0.0/8 223.255.0.0/16", "", NULL, 12, "1.0.0.0/8 223.255.0.0/16" },
		{ "0.0.0.0/0", "", NULL, 8, "1.0.0.0/8 2.0.0.0/7 4.0.0.0/6 8.0.0.0/5 16.0.0.0/4 32.0.0.0/3 64.0.0.0/2 128.0.0.0/2 192.0.0.0/3" },
		/* Smaller than a block: missed, unless somebody names it. */
		{ "198.51.7.0/24", "", NULL, 16, "" },
		{ "198.51.7.0/24", "", "198.51.7.0/24", 16, "198.51.7.0/24" },
		{ "198.51.7.192/27", "", "198.51.7.192", 16, "198.51.7.192/27" },
		{ "::1 fe80::/10 2001:db8::/32 ::ffff:127.0.0.0/104", "", NULL, 16,
		  "::1/128 ::ffff:127.0.0.0/104 2001:db8::/32 fe80::/10" },
		{ "127.0.0.0/8 ::ffff:127.0.0.0/104", "", NULL, 16, "127.0.0.0/8" },
		{ "2400::/8", "", NULL, 16, "2400::/8" },
		{ "2001:db8:7:1::/64", "", "2001:db8:7:1::/64", 16, "2001:db8:7:1::/64" },
		/* Who gives no answer is passed over, also in the middle of a search. */
		{ "203.0.0.0/8", "203.7.0.0/16 204.128.0.0/15", NULL, 16, "203.0.0.0/8" },
		{ "203.0.0.0/9", "203.127.128.1", NULL, 8, "203.0.0.0/9" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		check_found(rows[i].trusted, rows[i].dumb, rows[i].boundary, rows[i].resolution, rows[i].expected);
}

/* Trusted networks by chance, at least as wide as a block: found as they are, whatever the order of the answers. */
static void test_chance(void **state)
{
	unsigned seed = 20261127;

	(void)state;
	for (int round = 0; round < 300; round++) {
		unsigned resolution = 8 + (unsigned)rand_r(&seed) % 5, networks = 1 + (unsigned)rand_r(&seed) % 12;
		struct map_scope scope = { .resolution = resolution, .no_six = true };
		struct server server = { .trusted = PREFIXSET_INIT, .dumb = PREFIXSET_INIT };
		struct prefixset found = PREFIXSET_INIT;
		struct map_plan *plan;
		char *got, *wanted;

		for (unsigned i = 0; i < networks; i++) {
			struct address address = { .family = AF_INET };
			struct prefix prefix;

			do
				for (size_t k = 0; k < 4; k++)
					address.bytes[k] = (unsigned char)rand_r(&seed);
			while (address.bytes[0] == 0 || address.bytes[0] >= 224);
			prefix_of(&address, resolution - (unsigned)rand_r(&seed) % 3, &prefix);
			if (prefix.first.bytes[0] == 0)
				continue;
			prefixset_add(&server.trusted, &prefix);
		}
		prefixset_settle(&server.trusted);
		plan = map_plan_new(&scope);
		drive(plan, &server, 1 + (size_t)rand_r(&seed) % 60, (unsigned)round);
		map_plan_granted(plan, &found);
		got = print_set(&found);
		wanted = print_set(&server.trusted);
		if (strcmp(got, wanted) != 0)
			fail_msg("round %d by /%u:\n%s\nis not\n%s", round, resolution, got, wanted);
		free(got);
		free(wanted);
		map_plan_free(plan);
		prefixset_release(&found);
		prefixset_release(&server.trusted);
	}
}

static void test_edges(void **state)
{
	struct server server = { .trusted = PREFIXSET_INIT, .dumb = PREFIXSET_INIT };
	struct map_scope scope = { .resolution = 8, .no_six = true };
	struct map_plan *plan = map_plan_new(&scope);
	struct map_plan_progress progress;
	const struct map_edge *edges;
	char text[ADDRESS_TEXT];
	size_t count;

	(void)state;
	read_set("9.0.0.0/8 77.0.0.0/8", &server.trusted);
	/* What lies around the upper end of the second one is never answered. */
	read_set("77.128.0.0/9 78.0.0.0/24", &server.dumb);
	drive(plan, &server, 7, 1);
	edges = map_plan_edges(plan, &count);
	assert_int_equal(count, 4);
	address_print(&edges[0].before, text);
	assert_string_equal(text, "8.255.255.255");
	assert_true(edges[0].opens && !edges[1].opens);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(edges[i].state, MAP_EDGE_SURE);
	assert_int_equal(edges[3].state, MAP_EDGE_VAGUE);
	map_plan_progress(plan, &progress);
	assert_int_equal(progress.answered, progress.expected);
	assert_int_equal(progress.answered, server.asked);
	map_plan_free(plan);

	server.fickle = true;
	plan = map_plan_new(&scope);
	drive(plan, &server, 7, 2);
	edges = map_plan_edges(plan, &count);
	assert_int_equal(edges[0].state, MAP_EDGE_WAVERING);
	assert_int_equal(map_plan_left_out(plan), 0);
	map_plan_free(plan);
	prefixset_release(&server.trusted);
	prefixset_release(&server.dumb);
}

/* What is known amid the samples is what was answered, and no more. */
static void test_halfway(void **state)
{
	struct server server = { .trusted = PREFIXSET_INIT, .dumb = PREFIXSET_INIT };
	struct map_scope scope = { .resolution = 16, .no_six = true };
	struct map_plan *plan = map_plan_new(&scope);
	struct prefixset set = PREFIXSET_INIT;
	struct map_question question;
	char digits[PREFIXSET_COUNT];

	(void)state;
	read_set("1.0.0.0/8", &server.trusted);
	for (int i = 0; i < 200; i++) {
		assert_true(map_plan_next(plan, &question));
		map_plan_answer(plan, &question, ask(&server, &question, false));
	}
	map_plan_granted(plan, &set);
	assert_false(prefixset_is_empty(&set));
	prefixset_count(&set, AF_UNSPEC, digits);
	assert_true(strtoul(digits, NULL, 10) < 1u << 24);
	prefixset_release(&set);
	map_plan_free(plan);
	prefixset_release(&server.trusted);
}

/* A server that answers at random ends the search, and is told. */
static void test_random(void **state)
{
	struct map_scope scope = { .resolution = 16, .no_six = true };
	struct map_plan *plan = map_plan_new(&scope);
	struct prefixset set = PREFIXSET_INIT;
	struct map_question question;
	unsigned seed = 7;

	(void)state;
	while (!map_plan_is_done(plan)) {
		assert_true(map_plan_next(plan, &question));
		map_plan_answer(plan, &question, rand_r(&seed) % 2 ? MAP_GRANTED : MAP_DENIED);
	}
	assert_true(map_plan_left_out(plan) > 1000);
	map_plan_granted(plan, &set);
	prefixset_release(&set);
	map_plan_free(plan);
}

static void test_spaces(void **state)
{
	const struct map_space *space;
	struct prefix prefix, last = { .length = 0 };

	(void)state;
	for (size_t i = 0; (space = map_space_at(i)) != NULL; i++) {
		char text[PREFIX_TEXT];

		read_prefix(space->prefix, &prefix);
		prefix_print(&prefix, text);
		if (strncmp(text, "::ffff:", 7) != 0)
			assert_string_equal(text, space->prefix);
		assert_true(strncmp(space->source, "RFC ", 4) == 0);
		if (i != 0 && last.first.family == prefix.first.family)
			assert_true(memcmp(last.first.bytes, prefix.first.bytes, 16) <= 0);
		last = prefix;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_found),	 cmocka_unit_test(test_chance), cmocka_unit_test(test_edges),
		cmocka_unit_test(test_halfway), cmocka_unit_test(test_random), cmocka_unit_test(test_spaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
