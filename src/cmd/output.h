/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_OUTPUT_H
#define CMD_OUTPUT_H

/*
 * Where reports go: each "-o FORMAT[=FILE]" is one.  A file is written beside its
 * name and moved into place at the end, so that a reader never sees half of one and
 * a failure leaves the old one; standard output is written as it comes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "audit/finding.h"
#include "report/format.h"
#include "report/judge.h"

struct err;
struct loaded;
struct option_list;

struct output {
	const struct format *format;
	const char *path;       /* borrowed; NULL: standard output */
	char *beside;
	FILE *to;
};

struct outputs {
	struct output *rows;
	size_t count;
	struct format_look look;
	struct loaded *baseline;        /* NULL: none */
	bool unwritten;                 /* a report could not be written */
};

/* Whether "FORMAT[=FILE]" can be understood, and draws a scan, or a map. */
int output_check(const char *spec, struct err *err);
int output_check_map(const char *spec, struct err *err);

/* Whether it can be understood; and, once the report is known, whether all of them draw it. */
int output_check_any(const char *spec, struct err *err);
int outputs_fit(const struct option_list *specs, const struct report *report, struct err *err);

/* `specs` empty: text on standard output. */
int outputs_open(struct outputs *outputs, const struct option_list *specs, const struct format_look *look, struct err *err);

/* Whether any of them tells attempts while the audit runs. */
bool outputs_want_attempts(const struct outputs *outputs);
void outputs_attempt(struct outputs *outputs, const struct report_attempt *attempt);

/* A message of strangers, to those that tell of it while a log is followed. */
void outputs_stray(struct outputs *outputs, const struct report_stray *stray);

/*
 * The saved report that the run's is shown beside, report/baseline.h; `path` NULL: none.  Read before anything is asked, so
 * that a mistake costs no scan; and whether it fits a report of which only the targets are known yet.
 */
int outputs_baseline(struct outputs *outputs, const char *path, struct err *err);
int outputs_baseline_fits(const struct outputs *outputs, const struct report *report, struct err *err);

/*
 * Compares the report with the baseline, judges it, writes it to all of them and moves files into place.  Returns what the
 * run exits with: the report's status, or what one of the formats makes of it (nagios).  The first failure is told on standard
 * error, and `unwritten` set; the other outputs are tried all the same.
 */
int outputs_tell(struct outputs *outputs, enum severity fail_on, enum judge_doubt doubt, struct report *report);

/* What a run exits with where there is no report: EXIT_USAGE, but for such a format. */
int outputs_status_unwritten(const struct option_list *specs);

/* Removes what was begun; after outputs_tell() only memory is left to release. */
void outputs_release(struct outputs *outputs);

#endif
