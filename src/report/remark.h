/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_REMARK_H
#define REPORT_REMARK_H

/*
 * What is to be told of a report beside its findings, in lines of plain text that each
 * format puts where it has room: exceptions that no longer hold or fit nothing, and what
 * is new, known and gone beside the baseline, with the verdicts that are others.  No
 * list is longer than fifty lines; the rest is counted.
 */

#include <stddef.h>

struct buf;
struct format_look;
struct report;
struct report_finding;

/* "relayaudit.yml:12: the exception of relay at * expired on 2026-01-31: lab network" */
void remark_exceptions(const struct report *report, struct buf *lines);

/* The same, and of the baseline: the sum first, then what is gone, what was not asked, and verdicts that are others. */
void remarks_of(const struct report *report, struct buf *lines);

/* The next line of what was written, without its end; `*lines` goes on behind it.  0: there is none. */
size_t remark_next(const char **lines, const char **line);

/* "2 findings are new, 1 is known and fails nothing, 1 is gone, 1 was not asked this time." */
void remark_sum(const struct report *report, struct buf *to);

/* For people: the lines of the baseline, wrapped. */
void remark_prose(const struct report *report, const struct format_look *look, struct buf *to);

/* For people, under a finding, indented: until when it is borne and why, and how it stands beside the baseline. */
void remark_standing(const struct report_finding *finding, unsigned indent, const struct format_look *look, struct buf *to);

#endif
