/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_MAP_RESULT_H
#define AUDIT_MAP_RESULT_H

/*
 * What a map comes to: who may relay, which of them are strangers, what is not known,
 * and the findings.  Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "audit/finding.h"
#include "audit/map_plan.h"
#include "audit/map_run.h"

enum {
	/* Findings for prefixes; what is beyond is one more.  A hole amid a range makes a dozen prefixes of it. */
	MAP_FINDINGS_MOST = 200
};

/* A map as it was run.  All borrowed. */
struct map_record {
	const struct map_settings *settings;
	struct map_plan *plan;
	const struct map_tally *tally;
	const char *fault;              /* why it ended early; NULL */
	bool interrupted;
	unsigned resolution;
	bool no_four, no_six;
	const struct prefixset *own;    /* networks that are meant to relay */
	const char *run_id;
	time_t started, finished;
	size_t resumed;                 /* answers that an earlier run had */
};

struct map_result {
	struct prefixset granted;       /* settled */
	struct prefixset strangers;     /* of these, what is neither loopback nor an own network; settled */
	size_t vague, wavering;         /* boundaries that are not exact, or not firm */
	bool whole;                     /* everything was asked and answered, and every boundary is known */
	enum verdict verdict;           /* open: strangers may relay.  closed: none was found, and all is known */
};

void map_result_of(const struct map_record *record, struct map_result *result);
void map_result_release(struct map_result *result);

/* The gravest first, and of these the largest. */
void findings_of_map(const struct map_record *record, const struct map_result *result, struct findings *findings);

#endif
