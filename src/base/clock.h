/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/*
 * Time that only goes forward, for deadlines; time of day, for reports; and
 * chance from the kernel, for names that nobody can guess.
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* Microseconds since some moment before the program began. */
int64_t clock_now(void);

enum { CLOCK_MS = 1000, CLOCK_S = 1000000 };

/* RFC 3339 in UTC, to the second: "2026-03-01T12:00:00Z" and a NUL. */
enum { CLOCK_STAMP = 21 };
void clock_stamp(time_t when, char stamp[CLOCK_STAMP]);

/* `len` random letters and digits in lower case (32 of them: no 0, 1, l, o), at most 64, and a NUL. */
void clock_chance(char *word, size_t len);

#endif
