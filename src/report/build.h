/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BUILD_H
#define REPORT_BUILD_H

/*
 * From audit to report model.
 */

struct attempt;
struct audit;
struct exceptions;
struct findings;
struct pool;
struct report;
struct report_attempt;
struct view;

/* After audit_judge().  Both are borrowed until report_release(). */
void report_build(const struct audit *audit, const struct findings *findings, const char *suite, struct report *report);

/* Which configuration file was read: after report_build(). */
void report_build_file(const struct audit *audit, const char *path, struct report *report);

/* After exceptions_apply() and the report: what became of the exceptions, in texts of the pool. */
void report_build_exceptions(struct pool *pool, const struct exceptions *exceptions, struct report *report);

/* The operator's own words, escaped as in base/text.h; the pool's. */
const char *report_shown(struct pool *pool, const char *text);

/* One attempt while the audit runs; its verdict is not known yet.  `endpoint` is the view's, "192.0.2.25:25"; the row borrows it. */
void report_build_attempt(const struct audit *audit, const struct view *view, const struct attempt *attempt, const char *endpoint,
			  struct report_attempt *row);

#endif
