/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_BASELINE_GONE_H
#define REPORT_BASELINE_GONE_H

/*
 * The parts of baseline.c: what the earlier report had and this one has not, and which
 * verdicts are others.
 */

#include <stdbool.h>
#include <stdint.h>

struct report;

/* The earlier findings that are not `seen`, with whether this run could have seen them. */
void baseline_find_gone(const struct report *earlier, const uint64_t *identities, const bool *seen, struct report *report);

/* Verdicts of targets, and of endpoints as vantages see them, that differ or stand on one side only. */
void baseline_find_changes(const struct report *earlier, struct report *report);

/* Whether both have read the configuration of a server of the same make. */
bool baseline_same_server(const struct report *earlier, const struct report *report);

#endif
