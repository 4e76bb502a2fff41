/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_TOLD_H
#define FUZZ_TOLD_H

/*
 * What holds of every reader of configurations, whatever it has read: what comes out is
 * printable, a grant that is not in force says why, and each answer has a reason.
 * What does not hold ends the process by abort(), as a fuzzer wants it.
 */

#include <stddef.h>

struct config;

void told_hold(int holds);

/* Of grants and facts. */
void told_check(const struct config *config);

/* Asks for a client, whose name may be NULL; returns how many services do not answer that they are broken. */
size_t told_ask(const struct config *config, const char *address, const char *name);

/* What of an input stands before the next line of "==", which begins the next file. */
size_t told_part(const char *text, size_t left);

#endif
