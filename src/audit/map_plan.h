/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MAP_PLAN_H
#define AUDIT_MAP_PLAN_H

/*
 * Which clients a map asks about, and what their answers come to.  Pure: it does no
 * I/O, and is driven by questions taken and answers given back in any order.
 *
 * First the edges of the networks that somebody named and of the special ranges, and
 * one address in every block of the resolution; then, between any two neighbours that
 * were answered differently, the boundary to one address, by bisection, on the
 * assumption that there is one change between them; last, both sides of each boundary
 * once more.  A hole that lies between two neighbours with equal answers is missed.
 *
 * An address that got no answer that counts is passed over, as if it had not been
 * asked, and is counted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/prefix.h"
#include "net/prefixset.h"

enum {
	MAP_RESOLUTION_LEAST = 4,
	MAP_RESOLUTION = 16,
	MAP_RESOLUTION_MOST = 24,       /* 16 million questions, a byte each */
	/* Boundaries that are looked for: a server that has more answers at random, or by something else than the address. */
	MAP_EDGES_MOST = 20000,
	MAP_BOUNDARIES_MOST = 10000
};

enum map_answer { MAP_UNASKED, MAP_UNDECIDED, MAP_DENIED, MAP_GRANTED };

/* All borrowed, and not needed any more once map_plan_new() returns. */
struct map_scope {
	unsigned resolution;            /* prefix length of a block of public IPv4 */
	bool no_four;
	bool no_six;
	const struct prefix *boundaries;        /* known networks, whose edges are looked at */
	size_t boundary_count;
};

struct map_question {
	struct address client;
	unsigned char phase;            /* the plan's own */
	uint32_t index;
};

/* How sure a boundary is. */
enum map_edge_state {
	MAP_EDGE_SOUGHT,
	MAP_EDGE_FOUND,                 /* exact, and not asked again yet */
	MAP_EDGE_SURE,                  /* exact, and both sides were answered so twice */
	MAP_EDGE_WAVERING,              /* exact, but the second answers were others */
	MAP_EDGE_VAGUE                  /* somewhere between two addresses: what lies between was not answered */
};

/* The last address with one answer, and the first with another. */
struct map_edge {
	struct address before;
	struct address behind;
	bool opens;                     /* what is behind it may relay */
	enum map_edge_state state;
};

struct map_plan_progress {
	size_t asked;
	size_t answered;
	size_t expected;                /* grows as boundaries are found */
};

struct map_plan;

struct map_plan *map_plan_new(const struct map_scope *scope);
void map_plan_free(struct map_plan *plan);

/* The next question that can be asked now; false where there is none before further answers. */
bool map_plan_next(struct map_plan *plan, struct map_question *question);

/* Whether it was asked before: what is known of an earlier run is no second answer. */
bool map_question_is_again(const struct map_question *question);

/* How many questions can be asked before further answers. */
size_t map_plan_ready(const struct map_plan *plan);

/* The answer to a question that was taken.  Each is answered once. */
void map_plan_answer(struct map_plan *plan, const struct map_question *question, enum map_answer answer);

bool map_plan_is_done(const struct map_plan *plan);
void map_plan_progress(const struct map_plan *plan, struct map_plan_progress *progress);

/*
 * Who may relay, by all answers so far; settled.  Between boundaries that were not sought to the end, only what is
 * known to be granted is in it.
 */
void map_plan_granted(const struct map_plan *plan, struct prefixset *set);

/* The boundaries, in order; `count` may be 0.  Borrowed until the next call. */
const struct map_edge *map_plan_edges(struct map_plan *plan, size_t *count);

/*
 * Whether IPv4 addresses that are written as IPv6 (::ffff:0:0/96) were answered as the IPv4 addresses are, wherever both
 * were asked: then they are not searched, and not among those granted.
 */
bool map_plan_mapped_alike(const struct map_plan *plan);

/* Boundaries beyond MAP_EDGES_MOST, which were not looked for. */
size_t map_plan_left_out(const struct map_plan *plan);

#endif
