/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_CATALOGUE_H
#define PROBE_CATALOGUE_H

/*
 * All probes that are known, and the suites that choose among them.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct complaints;
struct err;
struct probe;

enum suite { SUITE_CLASSIC, SUITE_DEFAULT, SUITE_THOROUGH, SUITE_ALL, SUITES };

struct catalogue {
	struct probe **probes;  /* by name */
	size_t count;
	size_t capacity;
	const struct probe *known_local;        /* controls; NULL before they were read */
	const struct probe *unknown_local;
};

/* NULL: not one of ours. */
const char *suite_name(enum suite suite);
int suite_find(const char *name);       /* -1 */
const char *suite_about(enum suite suite);

/*
 * Reads DIR's *.probe.  The probes of a later directory replace those of the same
 * name and, when `own`, belong to every suite, or to `all` only where probe_is_special().  Mistakes are told in `err`, all of
 * them on lines of "file:line:column: sentence" written to `complaints`.
 */
int catalogue_read(struct catalogue *catalogue, const char *directory, bool own, FILE *complaints, struct err *err);
void catalogue_release(struct catalogue *catalogue);

/* NULL when there is none; `*meant` is then the nearest name or NULL. */
const struct probe *catalogue_find(const struct catalogue *catalogue, const char *name, const char **meant);

/* The suite's probes in its order; the array is the caller's, the probes are not. */
const struct probe **catalogue_suite(const struct catalogue *catalogue, enum suite suite, size_t *count);

/* Where the probes were installed, or $RELAYAUDIT_PROBEDIR. */
const char *catalogue_directory(void);

/* Reads one file; mistakes go to `complaints`.  NULL with `err` when it cannot be read or is wrong. */
struct probe *catalogue_read_file(const char *path, FILE *complaints, struct err *err);

#endif
