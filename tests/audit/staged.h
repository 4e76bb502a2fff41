/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STAGED_H
#define TESTS_STAGED_H

/*
 * An audit of servers on loopback that nobody connects to, with the probes of the
 * source tree.
 */

#include "audit/audit.h"
#include "probe/catalogue.h"

struct staged {
	struct catalogue catalogue;
	struct audit *audit;
	struct vantage *vantages[4];
};

/* Vantages as on the command line, ended by NULL. */
struct staged *staged_new(unsigned max_sessions, const char *const *vantages);
void staged_free(struct staged *staged);

/* Our own array of probes, which staged_free() frees. */
void staged_choose(struct staged *staged, enum suite suite);

/* With domains ended by NULL, and ports as on the command line, ended by NULL; prepared. */
struct host *staged_host(struct staged *staged, const char *name, const char *const *domains, const char *const *ports);

/* The attempt of that probe; the first of several. */
struct attempt *staged_attempt(const struct view *view, const char *probe);

#endif
