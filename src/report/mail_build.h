/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_MAIL_BUILD_H
#define REPORT_MAIL_BUILD_H

/*
 * From what logs say to report model.
 */

#include <stddef.h>
#include <time.h>

struct exceptions;
struct findings;
struct let_in;
struct pool;
struct report;
struct report_counts;
struct report_source;
struct strangers;
struct tally;

/* What was read, beside what is counted of it.  All is borrowed. */
struct mail_reading {
	struct report_source *sources;
	size_t source_count;
	size_t lines;
	size_t lines_not_understood;
	size_t lines_of_others;
	size_t messages_without_end;
	const char *run_id;             /* of this run */
	time_t started;
	time_t finished;
	const char *verdict;
	struct pool *pool;              /* holds what the operator says of findings */
	const struct let_in *let_in;    /* NULL: no configuration was read */
};

/* Sorts the tallies, so that nothing may be counted any more.  Call it before findings_of_mail(). */
void report_sort_mail(struct strangers *mail);

/* `exceptions` may be NULL.  All arguments are borrowed until report_release_mail(). */
void report_build_mail(const struct strangers *mail, const struct mail_reading *reading, const struct findings *findings,
		       const struct exceptions *exceptions, struct report *report);
void report_release_mail(struct report *report);

/* For reports without hosts: the rows of `findings`, whose texts are borrowed; the pool holds what the operator says of them. */
void report_build_findings(const struct findings *findings, struct pool *pool, struct report *report);

/* The rows of a sorted tally, whose texts are borrowed; counts->rows is for the caller to free. */
void report_copy_tally(const struct tally *tally, struct report_counts *counts);

/* The causes of refusals in order, and what each means. */
const char *report_mail_cause(size_t index, const char **note);

#endif
