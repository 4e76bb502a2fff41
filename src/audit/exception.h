/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_EXCEPTION_H
#define AUDIT_EXCEPTION_H

/*
 * Findings that the operator knows and bears for a time, each with a reason and a
 * last day.  An excused finding stays in the report; it only no longer counts for
 * the exit status.  One that has expired excuses nothing.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct err;
struct findings;

struct exception {
	const char *finding;            /* its id */
	const char *where;              /* a pattern of exception_fits(); NULL: everywhere */
	const char *reason;
	const char *expires;            /* "2027-01-31": the last day, in UTC */
	time_t end;                     /* the first moment after it */
	const char *source;             /* "relayaudit.yml:12" */
	size_t used;                    /* by how many findings; set by exceptions_apply() */
	bool expired;                   /* likewise */
};

/* Texts are borrowed. */
struct exceptions {
	struct exception *rows;
	size_t count;
	size_t capacity;
};

/* Marks each finding with the first exception that fits it and has not expired at `now`. */
void exceptions_apply(struct exceptions *exceptions, struct findings *findings, time_t now);

/* Whether all of the text fits: `*` is any run of characters, `?` any one; every other stands for itself, in either case. */
bool exception_fits(const char *pattern, const char *text);

/* "YYYY-MM-DD", a day that there is; `end` is when it is over in UTC. */
int exception_date(const char *text, time_t *end, struct err *err);

/* Whether there are findings of that id. */
int exception_check_finding(const char *id, struct err *err);

#endif
