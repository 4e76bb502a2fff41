/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

/*
 * What a report format is made of.  A new one is one file with one of these
 * records, and one row in formats.c.  A format reads the model and nothing else.
 */

#include <stdbool.h>

struct buf;
struct report;
struct report_attempt;
struct report_stray;

struct format_look {
	bool colour;
	bool verbose;
	unsigned width;         /* columns of the terminal; 80 where there is none */
};

/* What reports a format can draw. */
enum { FORMAT_OF_AUDIT = 1, FORMAT_OF_MAP = 2 };

struct format {
	const char *name;       /* "json" */
	const char *about;      /* one line for --help */
	unsigned of;            /* FORMAT_OF_... */
	/* The whole report. */
	void (*write)(const struct report *report, const struct format_look *look, struct buf *to);
	/* One settled attempt while the audit runs; NULL for formats that come at the end only. */
	void (*attempt)(const struct report_attempt *attempt, struct buf *to);
	/* One message of strangers while a log is followed; NULL likewise. */
	void (*stray)(const struct report_stray *stray, struct buf *to);
	/* What the run exits with where it is written in this format; NULL: report->status, as for all others. */
	int (*status)(const struct report *report);
	int status_unwritten;   /* the same where there is no report; with `status` only */
};

extern const struct format format_text;
extern const struct format format_json;
extern const struct format format_ndjson;
extern const struct format format_junit;
extern const struct format format_sarif;
extern const struct format format_github;
extern const struct format format_gitlab;
extern const struct format format_tap;
extern const struct format format_markdown;
extern const struct format format_html;
extern const struct format format_nagios;
extern const struct format format_prometheus;
extern const struct format format_svg;

/* NULL when there is none; `*meant` is then the nearest name, or NULL. */
const struct format *format_find(const char *name, const char **meant);

#endif
