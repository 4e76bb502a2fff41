/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_SCHEDULE_H
#define AUDIT_SCHEDULE_H

/*
 * Runs an audit: fast, then sure.
 *
 * Fast: envelope-only probes share sessions, a few at a time, each kept below the
 * limits at which known servers delay or hang up (pace.h).  Sure: what was accepted
 * is tried again alone, up to the go-ahead of DATA, before it is believed.  A session
 * that dies gives its unanswered attempts to a new one of half the size, after a
 * pause; nothing is ever concluded from a closed connection.
 */

#include <stdbool.h>
#include <stddef.h>

struct attempt;
struct audit;
struct event_base;
struct host;
struct schedule;
struct tls_context;
struct view;

struct schedule_events {
	void (*settled)(void *context, const struct view *view, const struct attempt *attempt);
	/* A session's transcript, when it ended; only where settings.transcripts is set. */
	void (*transcript)(void *context, const struct view *view, const char *text);
	void (*host_done)(void *context, struct host *host);
};

/* How many attempts there are, and how many are settled: for a progress bar. */
struct schedule_progress {
	size_t attempts;
	size_t settled;
	size_t accepted;
	size_t hosts;
	size_t hosts_done;
};

/* Everything is borrowed until schedule_free().  The loop is the caller's to run; nothing is left in it once all hosts are done. */
struct schedule *schedule_start(struct audit *audit, struct event_base *base, struct tls_context *tls,
				const struct schedule_events *events, void *context);
void schedule_free(struct schedule *schedule);

bool schedule_is_done(const struct schedule *schedule);
void schedule_progress(const struct schedule *schedule, struct schedule_progress *progress);

/* Ends all sessions at once, tells nobody, and frees it: the loop may go on.  May be NULL. */
void schedule_drop(struct schedule *schedule);

/* Ends all sessions at once; what was not answered is told as such. */
void schedule_stop(struct schedule *schedule);

#endif
