/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_STORE_TAIL_H
#define REMOTE_STORE_TAIL_H

/*
 * Reads a store while a sink writes it: from its oldest piece to its end, and on from
 * there as it grows and begins new pieces.  Nothing is read twice, and a line only when
 * its end is there.
 */

#include <stdbool.h>
#include <stddef.h>

struct err;
struct store_tail;

enum {
	/* Of one call, so that a long store does not hold up the loop. */
	STORE_TAIL_TURN = 1 << 20
};

/* The file need not be there yet; a directory where it cannot come to be is an error. */
struct store_tail *store_tail_open(const char *path, struct err *err);
void store_tail_close(struct store_tail *tail);

/*
 * Calls `line` for each line that is there by now, without its LF; lines that are longer than a record
 * may be are passed over.  `*more`: the turn was over before the end was reached.
 */
int store_tail_read(struct store_tail *tail, void (*line)(void *context, const char *text, size_t len), void *context,
		    bool *more, struct err *err);

#endif
