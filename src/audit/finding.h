/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_FINDING_H
#define AUDIT_FINDING_H

/*
 * Conclusions, with severity, evidence and fix.  Ids are stable: programs and
 * baselines know them.
 */

#include <stddef.h>

#include "audit/audit.h"

struct exception;
struct let_in;
struct strangers;
struct waiting;

enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL, SEVERITIES };

struct finding {
	const char *id;                 /* static: "relay" */
	enum severity severity;
	char *title;
	char *where;                    /* "mail.example.org 192.0.2.25:25 from far", "main.cf:12" */
	char **evidence;
	size_t evidence_count;
	char *fix;
	const struct host *host;        /* NULL: of a configuration, or of a log */
	const struct view *view;        /* NULL: of the whole host */
	const struct attempt *attempt;  /* NULL: of the whole view */
	const struct exception *excused; /* set by exceptions_apply(); NULL: it counts */
};

struct findings {
	struct finding *rows;
	size_t count;
	size_t capacity;
};

/* After audit_judge().  The gravest first; within a severity in the order of hosts, views and probes. */
void findings_of(const struct audit *audit, struct findings *findings);

/* What a log's conclusions need beside its counts.  All is borrowed. */
struct mail_context {
	const char *where;              /* the log's name, escaped */
	const char *make;               /* whose it is; NULL: several, or not known */
	const char *const *vantages;    /* own addresses of the scan's vantages, as address_print() has them */
	size_t vantage_count;
	const char *const *gaps;        /* what could not be told, and why */
	size_t gap_count;
	const struct let_in *let_in;    /* whom the configuration lets in; NULL: none was read */
};

/* Of a log; the tallies are sorted.  As above, but no finding has a host. */
void findings_of_mail(const struct strangers *mail, const struct mail_context *context, struct findings *findings);

/* Of a queue; the tallies are sorted.  The gaps are phrases that go on behind a colon. */
void findings_of_queue(const struct waiting *waiting, const char *where, const char *const *gaps, size_t gap_count, struct findings *findings);

void findings_release(struct findings *findings);

const char *severity_name(enum severity severity);
int severity_find(const char *name);    /* -1 */

#endif
