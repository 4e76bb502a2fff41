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
#include "report/judge.h"

struct audit;
struct err;
struct event_base;
struct exceptions;
struct report;
struct settings;

/* What else goes into the report of a scan, when that is done. */
struct scan_companion {
	/* Adds findings to those of the judged audit. */
	void (*add_findings)(void *context, const struct audit *audit, struct findings *findings);
	/* Adds sections to the report and says its verdict.  Whether something could not be judged. */
	enum judge_doubt (*complete)(void *context, const struct audit *audit, struct report *report);
	void *context;
};

struct scan_options {
	struct option_list ports;
	struct option_list domains;
	struct option_list from;
	struct option_list from_helos;  /* of `from`, in its order: the vantage's own name, NULL for none; or empty */
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
	bool show_config;
	const char *local_user;
	const char *victim;
	const char *sender;
	const char *contact;            /* who answers for the audit; NULL */
	const char *config;
	const char *helo;
	const char *mx_domain;
	const char *sink;
	const char *password;           /* "@FILE" */
	const char *key;
	const char *suite;
	const char *fail_on;
	const char *baseline;           /* a saved report; NULL: none */
	const char *color;
	const char *progress;
	int64_t retry_after;
	int64_t timeout;
	int64_t wait;
	unsigned jobs;
	unsigned max_sessions;
	const struct scan_companion *companion; /* borrowed; NULL: the scan is all there is */
	struct exceptions *exceptions;  /* borrowed; NULL: no finding is excused */
	const char *config_read;        /* the file that was read, borrowed; NULL: none */
};

#define SCAN_OPTIONS_INIT { .retry_after = 5000000, .timeout = 30000000, .wait = 30000000, .jobs = 16, .max_sessions = 4 }

/* Where "--port" says nothing. */
#define SCAN_PORTS "25, 465, 587"

/* One server to scan, with what the configuration file knows of it. */
struct scan_target {
	const char *host;               /* a host name or an address */
	struct option_list addresses;   /* instead of what DNS says; empty: what DNS says */
	struct option_list domains;     /* these three: empty or NULL, and the options' count */
	struct option_list ports;
	const char *local_user;
	bool listed;                    /* it stands in the file: it may be tested */
	unsigned line;                  /* there; else 0 */
};

struct scan_targets {
	struct scan_target *rows;       /* their texts are borrowed */
	size_t count;
};

/* After settings_read(): the vantages of the file, unless --from says others; and what options overrule in its targets. */
int scan_use_settings(struct scan_options *options, struct settings *settings, struct err *err);

/* The targets that are named, by the file's names or as they are; all of the file's where none is. */
int scan_choose_targets(const struct settings *settings, char **names, size_t count, struct scan_targets *targets, struct err *err);
void scan_targets_release(struct scan_targets *targets);

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
struct audit *scan_make_audit(const struct scan_options *options, const struct scan_probes *probes, const struct scan_targets *targets,
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
