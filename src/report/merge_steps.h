/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MERGE_STEPS_H
#define REPORT_MERGE_STEPS_H

/*
 * The steps of merge.c, in their order; each may use what those before have made.
 */

#include <stddef.h>

#include "report/merge.h"

/* Where the rows of one part went. */
struct merge_places {
	size_t *targets;
	size_t *vantages;
	size_t *views;
	size_t *attempts;               /* SIZE_MAX: it is of no view */
};

struct merge {
	const struct merge_part *parts;
	size_t count;
	struct merge_places *places;    /* by part */
	struct merged *into;
};

void merge_targets(struct merge *merge);        /* merge_targets.c */
void merge_views(struct merge *merge);          /* merge_views.c */
void merge_attempts(struct merge *merge);
void merge_findings(struct merge *merge);       /* merge_findings.c */
void merge_exceptions(struct merge *merge);

/* "closed" 0, "inconclusive" 1, "open" 2; and the worse of two, of which either may be NULL. */
int merge_rank(const char *verdict);
const char *merge_worse(const char *one, const char *other);

#endif
