/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SCAN_H
#define CMD_SCAN_H

/*
 * What scan and demo share: the settings that options fill in, the audit that is
 * made of them, and the run to its report and exit status.
 */

#include <stdbool.h>
#include <stdint.h>

#include "audit/finding.h"
#include "cmd/options.h"
#include "probe/catalogue.h"
#include "report/format.h"

struct audit;
struct err;
struct event_base;

struct scan_options {
	struct option_list ports;
	struct option_list domains;
	struct option_list from;
	struct option_list probes;      /* --probe */
	struct option_list skip;
	struct option_list directories; /* --probes */
	struct option_list outputs;
	bool four;
	bool six;
	bool mine;
	bool confirm;
	bool verbose;
	bool quiet;
	bool dry_run;
	const char *local_user;
	const char *victim;
	const char *sender;
	const char *contact;
	const char *helo;
	const char *mx_domain;
	const char *sink;
	const char *key;
	const char *suite;
	const char *fail_on;
	const char *color;
	const char *progress;
	int64_t retry_after;
	int64_t timeout;
	int64_t wait;
	unsigned jobs;
	unsigned max_sessions;
};

#define SCAN_OPTIONS_INIT { .retry_after = 5000000, .timeout = 30000000, .wait = 30000000, .jobs = 16, .max_sessions = 4 }

/* Where "--port" says nothing. */
#define SCAN_PORTS "25, 465, 587"

void scan_options_release(struct scan_options *options);

/* How the run shows itself, and what it fails on: read from the options before anything else is done. */
struct scan_manner {
	struct format_look look;
	bool progress;
	enum severity fail_on;
};

int scan_choose_manner(const struct scan_options *options, struct scan_manner *manner, struct err *err);

/* The catalogue and what of it was chosen; the audit borrows both. */
struct scan_probes {
	struct catalogue catalogue;
	enum suite suite;
	const struct probe **chosen;
	size_t count;
	char *title;                    /* the suite's name; "named" for --probe */
};

int scan_choose_probes(const struct scan_options *options, struct scan_probes *probes, struct err *err);
void scan_probes_release(struct scan_probes *probes);

/*
 * The audit for these targets.  Names are looked up here, unless it is a dry run.
 * NULL with `err` when anything is wrong or forbidden.
 */
struct audit *scan_make_audit(const struct scan_options *options, const struct scan_probes *probes, char **targets, int count,
			      struct err *err);
void scan_free_audit(struct audit *audit);

/* The loop, with as few system calls as it can do with. */
struct event_base *scan_new_loop(void);

/* What a run came to, beside its exit status. */
struct scan_result {
	bool open_from[16];             /* by vantage: its verdict is open */
	bool unwritten;                 /* a report could not be written */
};

/*
 * Runs the audit to its end on the loop, and writes its reports.  Returns the
 * exit status.  Errors of ours are told on standard error.  `result` may be NULL.
 */
int scan_run(struct audit *audit, struct event_base *base, const struct scan_options *options, const struct scan_manner *manner,
	     const struct scan_probes *probes, struct scan_result *result);

/* Prints every dialogue that would be driven. */
void scan_print_dialogues(struct audit *audit, FILE *to);

#endif
