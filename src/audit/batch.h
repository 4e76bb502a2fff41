/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_BATCH_H
#define AUDIT_BATCH_H

/*
 * What one session says for several attempts: the exchanges, and for each of
 * them whose reply it brings.  Pure: it knows neither sockets nor time.
 */

#include <stdbool.h>
#include <stddef.h>

#include "smtp/session.h"

struct attempt;
struct audit;
struct step;
struct values;

/* Whose exchange it is: members `first` to `first + count - 1`.  count 0: RSET, nobody's. */
struct cue {
	unsigned first;
	unsigned count;
	const struct step *step;        /* NULL for RSET, and for the DATA that is added */
};

struct batch {
	unsigned *members;              /* indices of attempts */
	size_t member_count;
	size_t member_capacity;
	struct exchange *exchanges;
	struct cue *cues;
	size_t count;
	size_t capacity;
	size_t cue_capacity;
	unsigned resets;
	bool serial;                    /* nothing is pipelined: a refused MAIL is not followed by its RCPT, which would be one error more */
	bool has_message;               /* the last exchange ends one that was added behind the go-ahead */
	bool calibrates;                /* the second exchange asks for an unknown name */
};

#define BATCH_INIT { .count = 0 }

void batch_release(struct batch *batch);

/* What one member of a transaction says. */
struct part {
	unsigned member;                /* its attempt's index */
	const struct attempt *attempt;
	const struct values *values;
};

/*
 * Adds one transaction: all of the first part's steps, and the steps behind the
 * MAIL of the others, which must be of plain shape with the same MAIL line.  A
 * RSET goes before it when the batch is not empty.  Returns 0; or -1 with
 * `*missing` naming a placeholder that has no value: nothing was added then.
 */
int batch_add(struct batch *batch, const struct audit *audit, const struct part *parts, size_t count, const char **missing);

/*
 * Begins an empty batch with a transaction that is nobody's: MAIL, and RCPT for a
 * name that nobody has.  Both lines are the audit's pool's.
 */
void batch_calibrate(struct batch *batch, const char *mail, const char *rcpt);

/* Adds DATA, for an attempt that is tried alone: the connection is closed on its 354, but for a message behind it. */
void batch_add_data(struct batch *batch);

/* Adds a message behind the go-ahead, and its end; both are the audit's pool's. */
void batch_add_message(struct batch *batch, const char *message);

#endif
