/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_JOB_H
#define REMOTE_AGENT_JOB_H

/*
 * One job at work: the audit that it comes to, with one vantage of the agent's own, and
 * its results as lines (audit/result.h).  Probes run here as they run in a scan.
 */

#include <stdbool.h>
#include <stddef.h>

struct agent_job;
struct err;
struct event_base;
struct job;
struct tls_context;
struct vantage;

enum {
	/* Of a request; JOB_MOST is the same. */
	AGENT_BODY_MOST = 2 << 20
};

struct agent_job_settings {
	struct event_base *base;
	struct tls_context *tls;        /* for the servers under test */
	struct vantage *vantage;        /* with its name for EHLO */
	unsigned sessions_most;         /* at once, whatever the job wants */
	size_t result_most;             /* bytes of all lines: what comes behind them ends the job */
	/* Lines with their LFs. */
	void (*say)(void *context, const char *lines, size_t len);
	/* The last call: all was said but that this is all.  NULL, or what kept it from its end.  The job is still to be freed, there or later. */
	void (*over)(void *context, const char *fault);
	void *context;
};

/* Takes the job, whose target was found to be allowed; NULL with `err`, and the job is freed.  Settings are borrowed. */
struct agent_job *agent_job_start(const struct agent_job_settings *settings, struct job *job, struct err *err);

/* Ends its sessions at once, and nobody is told. */
void agent_job_free(struct agent_job *job);

#endif
