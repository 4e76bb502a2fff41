/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_plan.c - from samples to boundaries
 */
#include "audit/map_plan.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "audit/map_points.h"
#include "base/mem.h"

enum stage { SAMPLES, SEARCH, AGAIN, DONE };

/* What a question is about; its index is that of the point, block or edge. */
enum phase { PHASE_POINT, PHASE_BLOCK, PHASE_EDGE, PHASE_BEFORE, PHASE_BEHIND };

/* Addresses between two neighbours that are tried before a boundary is called vague. */
enum { EDGE_TRIES = 5 };

struct edge {
	size_t region;
	map_number before, behind;
	map_number middle;              /* that was asked about */
	bool opens;
	unsigned char tries;
	unsigned char agreed;           /* of both sides, when asked again */
	unsigned char state;
};

struct map_plan {
	struct map_points points;
	enum stage stage;
	size_t next_point, next_block, next_again;
	size_t stride;                  /* from block to block, without a common divisor with their number */
	struct edge *edges;
	size_t edge_count, edge_capacity;
	uint32_t *ready;                /* edges that wait for their next question */
	size_t ready_count;
	size_t left_out;
	size_t cut_region;              /* the first edge that was left out: what is behind it is not known */
	map_number cut_before;
	struct map_edge *told;
	size_t asked, answered;
	bool alike;                     /* mapped addresses are IPv4 here */
};

/*
 * Neighbours are not asked one behind the other: a server that takes its time for those that may relay takes it here
 * and there, and not from all sessions at once.  By the golden section the places asked so far lie evenly.
 */
static size_t stride_of(size_t count)
{
	size_t stride = count - count * 382 / 1000, a, b;

	for (;; stride--) {
		for (a = count, b = stride; b != 0;) {
			size_t rest = a % b;

			a = b;
			b = rest;
		}
		if (a == 1 || stride <= 1)
			return stride == 0 ? 1 : stride;
	}
}

struct map_plan *map_plan_new(const struct map_scope *scope)
{
	struct map_plan *plan = mem_new(sizeof *plan);

	map_points_init(&plan->points, scope);
	plan->stride = stride_of(plan->points.block_count);
	return plan;
}

void map_plan_free(struct map_plan *plan)
{
	if (plan == NULL)
		return;
	map_points_release(&plan->points);
	free(plan->edges);
	free(plan->ready);
	free(plan->told);
	free(plan);
}

static void add_edge(struct map_plan *plan, size_t region, map_number before, map_number behind, bool opens)
{
	if (plan->left_out != 0 || plan->edge_count == MAP_EDGES_MOST) {
		if (plan->left_out++ == 0) {
			plan->cut_region = region;
			plan->cut_before = before;
		}
		return;
	}
	MEM_ROOM(plan->edges, plan->edge_count, plan->edge_capacity);
	plan->edges[plan->edge_count++] = (struct edge){
		.region = region,
		.before = before,
		.behind = behind,
		.opens = opens,
		.state = behind - before == 1 ? MAP_EDGE_FOUND : MAP_EDGE_SOUGHT,
	};
}

static bool is_mapped(const struct map_region *region)
{
	return region->family == AF_INET6 && region->first >> 32 == 0xffff;
}

static const struct map_point *twin_of(const struct map_plan *plan, const struct map_point *point)
{
	for (size_t i = 0; i < plan->points.point_count; i++) {
		const struct map_point *other = &plan->points.points[i];

		if (other->family == AF_INET && other->number == (point->number & UINT32_MAX))
			return other;
	}
	return NULL;
}

static bool are_alike(const struct map_plan *plan, const struct map_region *region)
{
	for (size_t i = 0; i < plan->points.point_count; i++) {
		const struct map_point *point = &plan->points.points[i], *twin;

		if (point->family != AF_INET6 || point->number < region->first || point->number > region->last)
			continue;
		twin = twin_of(plan, point);
		if (twin == NULL || twin->answer != point->answer)
			return false;
	}
	return true;
}

/* Wherever two neighbours differ. */
static void find_edges(struct map_plan *plan)
{
	for (size_t r = 0; r < plan->points.region_count; r++) {
		struct map_cursor cursor;
		map_number number, before = 0;
		enum map_answer answer, last = MAP_UNASKED;

		if (is_mapped(&plan->points.regions[r]) && are_alike(plan, &plan->points.regions[r])) {
			plan->alike = true;
			continue;
		}
		map_cursor_init(&cursor, &plan->points, &plan->points.regions[r]);
		while (map_cursor_next(&cursor, &number, &answer)) {
			if (last != MAP_UNASKED && answer != last)
				add_edge(plan, r, before, number, answer == MAP_GRANTED);
			before = number;
			last = answer;
		}
	}
	plan->ready = mem_new((plan->edge_count + 1) * sizeof *plan->ready);
	for (size_t i = plan->edge_count; i-- > 0;)
		if (plan->edges[i].state == MAP_EDGE_SOUGHT)
			plan->ready[plan->ready_count++] = (uint32_t)i;
}

/* The middle first; where that has no answer, other places. */
static map_number between(const struct edge *edge)
{
	static const unsigned char eighths[EDGE_TRIES] = { 4, 2, 6, 3, 5 };
	map_number gap = edge->behind - edge->before;

	if (gap >= 16)
		return edge->before + (edge->tries == 0 ? gap / 2 : gap / 8 * eighths[edge->tries]);
	return edge->before + 1 + (gap / 2 - 1 + edge->tries) % (gap - 1);
}

static bool next_sample(struct map_plan *plan, struct map_question *question)
{
	if (plan->next_point < plan->points.point_count) {
		const struct map_point *point = &plan->points.points[plan->next_point];

		question->phase = PHASE_POINT;
		question->index = (uint32_t)plan->next_point++;
		map_number_address(point->family, point->number, &question->client);
		return true;
	}
	if (plan->next_block == plan->points.block_count)
		return false;
	question->phase = PHASE_BLOCK;
	question->index = (uint32_t)(plan->next_block++ * plan->stride % plan->points.block_count);
	map_points_block(&plan->points, question->index, &question->client);
	return true;
}

static int family_of(const struct map_plan *plan, const struct edge *edge)
{
	return plan->points.regions[edge->region].family;
}

static bool next_middle(struct map_plan *plan, struct map_question *question)
{
	struct edge *edge;

	if (plan->ready_count == 0)
		return false;
	question->phase = PHASE_EDGE;
	question->index = plan->ready[--plan->ready_count];
	edge = &plan->edges[question->index];
	edge->middle = between(edge);
	map_number_address(family_of(plan, edge), edge->middle, &question->client);
	return true;
}

/* Both sides of each boundary that was found. */
static bool next_again(struct map_plan *plan, struct map_question *question)
{
	while (plan->next_again < 2 * plan->edge_count) {
		size_t index = plan->next_again / 2;
		bool behind = plan->next_again++ % 2 != 0;
		const struct edge *edge = &plan->edges[index];

		if (edge->state == MAP_EDGE_VAGUE)
			continue;
		question->phase = behind ? PHASE_BEHIND : PHASE_BEFORE;
		question->index = (uint32_t)index;
		map_number_address(family_of(plan, edge), behind ? edge->behind : edge->before, &question->client);
		return true;
	}
	return false;
}

bool map_plan_next(struct map_plan *plan, struct map_question *question)
{
	bool found = false;

	if (plan->stage == SAMPLES)
		found = next_sample(plan, question);
	else if (plan->stage == SEARCH)
		found = next_middle(plan, question);
	else if (plan->stage == AGAIN)
		found = next_again(plan, question);
	plan->asked += found;
	return found;
}

bool map_question_is_again(const struct map_question *question)
{
	return question->phase == PHASE_BEFORE || question->phase == PHASE_BEHIND;
}

size_t map_plan_ready(const struct map_plan *plan)
{
	if (plan->stage == SAMPLES)
		return plan->points.point_count - plan->next_point + plan->points.block_count - plan->next_block;
	if (plan->stage == SEARCH)
		return plan->ready_count;
	return plan->stage == AGAIN ? 2 * plan->edge_count - plan->next_again : 0;
}

/* Where nothing of a stage is left, the next begins. */
static void advance(struct map_plan *plan)
{
	if (plan->asked != plan->answered)
		return;
	if (plan->stage == SAMPLES && plan->next_block == plan->points.block_count) {
		find_edges(plan);
		plan->stage = SEARCH;
	}
	if (plan->stage == SEARCH && plan->ready_count == 0)
		plan->stage = AGAIN;
	while (plan->stage == AGAIN && plan->next_again < 2 * plan->edge_count &&
	       plan->edges[plan->next_again / 2].state == MAP_EDGE_VAGUE)
		plan->next_again++;
	if (plan->stage == AGAIN && plan->next_again == 2 * plan->edge_count)
		plan->stage = DONE;
}

static void take_middle(struct map_plan *plan, uint32_t index, enum map_answer answer)
{
	struct edge *edge = &plan->edges[index];
	map_number gap = edge->behind - edge->before;

	if (answer <= MAP_UNDECIDED) {
		edge->tries++;
		if (edge->tries >= EDGE_TRIES || (gap < 16 && edge->tries >= gap - 1))
			edge->state = MAP_EDGE_VAGUE;
	} else {
		edge->tries = 0;
		if ((answer == MAP_GRANTED) == edge->opens)
			edge->behind = edge->middle;
		else
			edge->before = edge->middle;
		if (edge->behind - edge->before == 1)
			edge->state = MAP_EDGE_FOUND;
	}
	if (edge->state == MAP_EDGE_SOUGHT)
		plan->ready[plan->ready_count++] = index;
}

static void take_again(struct edge *edge, bool behind, enum map_answer answer)
{
	enum map_answer expected = edge->opens == behind ? MAP_GRANTED : MAP_DENIED;

	if (answer != expected)
		edge->state = MAP_EDGE_WAVERING;
	else if (++edge->agreed == 2)
		edge->state = MAP_EDGE_SURE;
}

void map_plan_answer(struct map_plan *plan, const struct map_question *question, enum map_answer answer)
{
	switch (question->phase) {
	case PHASE_POINT:
		plan->points.points[question->index].answer = (unsigned char)answer;
		break;
	case PHASE_BLOCK:
		plan->points.blocks[question->index] = (unsigned char)answer;
		break;
	case PHASE_EDGE:
		take_middle(plan, question->index, answer);
		break;
	default:
		take_again(&plan->edges[question->index], question->phase == PHASE_BEHIND, answer);
	}
	plan->answered++;
	advance(plan);
}

bool map_plan_is_done(const struct map_plan *plan)
{
	return plan->stage == DONE;
}

/* Questions until an interval of so many addresses is halved down to one. */
static size_t halvings(map_number gap)
{
	size_t count = 0;

	for (; gap > 1; gap = (gap + 1) / 2)
		count++;
	return count;
}

void map_plan_progress(const struct map_plan *plan, struct map_plan_progress *progress)
{
	*progress = (struct map_plan_progress){ plan->asked, plan->answered, plan->points.point_count + plan->points.block_count };
	if (plan->stage == SAMPLES)
		return;
	progress->expected = plan->answered + (plan->stage == AGAIN ? 2 * plan->edge_count - plan->next_again : 0);
	for (size_t i = 0; plan->stage == SEARCH && i < plan->edge_count; i++) {
		const struct edge *edge = &plan->edges[i];

		progress->expected += 2 + (edge->state == MAP_EDGE_SOUGHT ? halvings(edge->behind - edge->before) : 0);
	}
}

static void add_range(const struct map_region *region, map_number first, map_number last,
		      struct prefixset *set)
{
	struct address from, to;

	map_number_address(region->family, first, &from);
	map_number_address(region->family, last, &to);
	prefixset_add_range(set, &from, &to);
}

/* While samples are taken: from the first granted one to the last of a row, and no further. */
static void grant_samples(const struct map_plan *plan, const struct map_region *region, struct prefixset *set)
{
	struct map_cursor cursor;
	map_number number, first = 0, last = 0;
	enum map_answer answer;
	bool granted = false;

	map_cursor_init(&cursor, &plan->points, region);
	cursor.gaps = true;
	while (map_cursor_next(&cursor, &number, &answer)) {
		if (granted && answer != MAP_GRANTED)
			add_range(region, first, last, set);
		if (!granted && answer == MAP_GRANTED)
			first = number;
		granted = answer == MAP_GRANTED;
		last = number;
	}
	if (granted)
		add_range(region, first, last, set);
}

static bool begins_granted(const struct map_plan *plan, const struct map_region *region, map_number *first, map_number *last)
{
	struct map_cursor cursor;
	map_number number;
	enum map_answer answer, begun;

	map_cursor_init(&cursor, &plan->points, region);
	if (!map_cursor_next(&cursor, first, &begun))
		return false;
	*last = *first;
	while (map_cursor_next(&cursor, &number, &answer))
		*last = number;
	return begun == MAP_GRANTED;
}

void map_plan_granted(const struct map_plan *plan, struct prefixset *set)
{
	size_t e = 0;

	for (size_t r = 0; r < plan->points.region_count; r++) {
		const struct map_region *region = &plan->points.regions[r];
		map_number first = 0, last = 0;
		bool granted;

		if (plan->stage == SAMPLES) {
			grant_samples(plan, region, set);
			continue;
		}
		if (plan->left_out != 0 && r > plan->cut_region)
			break;
		if (plan->alike && is_mapped(region))
			continue;
		granted = begins_granted(plan, region, &first, &last);
		for (; e < plan->edge_count && plan->edges[e].region == r; e++) {
			if (granted)
				add_range(region, first, plan->edges[e].before, set);
			granted = plan->edges[e].opens;
			first = plan->edges[e].behind;
		}
		if (granted)
			add_range(region, first, plan->left_out != 0 && r == plan->cut_region ? plan->cut_before : last, set);
	}
	prefixset_settle(set);
}

const struct map_edge *map_plan_edges(struct map_plan *plan, size_t *count)
{
	free(plan->told);
	plan->told = mem_new((plan->edge_count + 1) * sizeof *plan->told);
	for (size_t i = 0; i < plan->edge_count; i++) {
		const struct edge *edge = &plan->edges[i];
		struct map_edge *told = &plan->told[i];

		map_number_address(family_of(plan, edge), edge->before, &told->before);
		map_number_address(family_of(plan, edge), edge->behind, &told->behind);
		told->opens = edge->opens;
		told->state = (enum map_edge_state)edge->state;
	}
	*count = plan->edge_count;
	return plan->told;
}

bool map_plan_mapped_alike(const struct map_plan *plan)
{
	return plan->alike;
}

size_t map_plan_left_out(const struct map_plan *plan)
{
	return plan->left_out;
}
