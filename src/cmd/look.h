/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_LOOK_H
#define CMD_LOOK_H

/*
 * Colours and progress: only where a terminal is, or where the operator says so.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/format.h"

struct err;
struct schedule_progress;

/* "auto", "always", "never"; NULL is auto.  `terminal` is what auto comes to. */
int look_when(const char *text, bool terminal, bool *wanted, struct err *err);

/* Colour by --color, NO_COLOR (no-color.org) and whether standard output is a terminal; its width. */
int look_make(const char *color, bool verbose, struct format_look *look, struct err *err);

/* One line on standard error, drawn over the last. */
void look_progress(const struct schedule_progress *progress, int64_t since);
/* Test messages that were taken and those of which nothing was seen yet. */
void look_waiting(size_t sent, size_t missing, long left);
/* Answers and those still expected of a map; the rate and the time left by `fresh` answers in `elapsed` microseconds. */
void look_map(size_t answered, size_t expected, size_t granted, size_t fresh, int64_t elapsed);
void look_progress_clear(void);

#endif
