/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_QUEUE_BUILD_H
#define REPORT_QUEUE_BUILD_H

/*
 * From what listings of a queue say to report model.
 */

#include <stddef.h>
#include <time.h>

struct exceptions;
struct findings;
struct report;
struct report_source;
struct waiting;

/* What was read, beside what is counted of it.  All is borrowed. */
struct queue_facts {
	struct report_source *sources;
	size_t source_count;
	size_t lines;
	size_t lines_not_understood;
	const char *run_id;
	time_t started;
	time_t finished;
	const char *verdict;
};

/* After waiting_sort().  `exceptions` may be NULL.  All arguments are borrowed until report_release_queue(). */
void report_build_queue(const struct waiting *waiting, const struct queue_facts *facts, const struct findings *findings,
			const struct exceptions *exceptions, struct report *report);
void report_release_queue(struct report *report);

/* The section alone. */
void report_free_queue(struct report *report);

#endif
