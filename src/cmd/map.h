/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_MAP_H
#define CMD_MAP_H

/*
 * What the files of the command map share: its options, what they are made into
 * before the first connection, and the file that a run can be resumed from.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "audit/finding.h"
#include "audit/map_plan.h"
#include "cmd/options.h"
#include "net/prefixset.h"
#include "report/format.h"
#include "vantage/target.h"

struct err;
struct exceptions;
struct event_base;
struct vantage;

struct map_options {
	struct option_list boundaries, own_networks, domains, outputs;
	const char *root, *from, *port, *victim, *sender, *helo, *resolution, *resume, *config, *fail_on, *baseline, *color, *progress;
	bool four, six, mine, quiet;
	bool listed;                    /* the target stands in the configuration file */
	struct exceptions *exceptions;  /* borrowed; NULL: no finding is excused */
	int64_t timeout, retry_after;
	unsigned max_sessions;
};

/* Of max_sessions, 0 is what suits the way. */
#define MAP_OPTIONS_INIT { .timeout = 30000000, .retry_after = 5000000 }
enum { MAP_SESSIONS = 24, MAP_COMMANDS = 4 };

/* Everything that a map needs; the texts of the options are borrowed. */
struct map_job {
	struct target *target;
	struct port port;
	struct victim *victim;
	char *sender;
	bool sender_given;
	char token[17];
	char run_id[33];
	struct vantage **vantages;
	size_t vantage_count;
	unsigned resolution;
	struct prefix *boundaries;
	size_t boundary_count, boundary_capacity;
	struct prefixset own;           /* networks that are meant to relay; settled */
	struct format_look look;
	bool progress;
	enum severity fail_on;
};

/* Names are looked up here.  map_job_release() in any case. */
int map_job_make(struct map_job *job, const struct map_options *options, const char *host, struct err *err);
void map_job_release(struct map_job *job);

/* Runs it on the loop and writes its reports.  Returns the exit status; errors of ours are told on standard error. */
int map_drive(const struct map_job *job, const struct map_options *options, struct event_base *base);

int map_check_resolution(const char *text, struct err *err);    /* "/16" or "16" */
int map_check_prefix(const char *text, struct err *err);
int map_check_port(const char *text, struct err *err);          /* one port */

/*
 * The answers so far, in a file of one JSON object a line: a head that says what was asked, and by what way; then
 * a line for each client.  A line that a crash cut short is taken off.
 */
struct map_state;

/*
 * Opens the file and reads what is there, or begins it.  -1 where it is of another server, manner or question.
 * NULL as a path: nothing is kept.
 */
int map_state_open(struct map_state **state, const char *path, const struct map_job *job, struct err *err);

/* MAP_UNASKED where nothing is known.  Only what grants or denies is kept. */
enum map_answer map_state_find(const struct map_state *state, const struct address *client);

void map_state_add(struct map_state *state, const struct address *client, enum map_answer answer);

/* What was added is in the file; -1 where it cannot be written. */
int map_state_flush(struct map_state *state, struct err *err);
void map_state_close(struct map_state *state);

#endif
