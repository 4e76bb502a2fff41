/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_STORE_H
#define REMOTE_STORE_H

/*
 * What a sink has caught, on disk: a file of records, a line each, and its older
 * pieces FILE.1 (the newest of them), FILE.2 and so on.
 *
 * A record is settled as KEPT when it has been written and fdatasync() has
 * returned: whatever happens to the process or the machine after that, it is there
 * whole.  One sync settles all that was written before it began.
 *
 * A process that is killed leaves at most one torn line, at the end, which nobody was
 * told is kept; store_open() cuts it off.  Where the disk or the quota is full,
 * what was begun is taken back, and each later record tries again: room that was made is used at once.
 */

#include <stddef.h>
#include <stdint.h>

#include "remote/record.h"

struct err;
struct event_base;
struct store;

enum {
	/* A piece is this part of the quota: room is made by taking away the oldest. */
	STORE_PIECES = 8,
	/* Pieces that are looked for: more than STORE_PIECES where the quota was larger once. */
	STORE_PIECES_MOST = 64,
	/* Some hundred messages of the usual size. */
	STORE_QUOTA_LEAST = 1 << 20,
	/* The quota that nobody chose: more than 10,000 caught test messages and bounces. */
	STORE_QUOTA = 64 << 20
};

struct store_settings {
	const char *path;
	uint64_t quota;                 /* bytes, of all pieces together */
	/* Called from the loop for each ticket that was answered KEPT_LATER, in their order. */
	void (*settled)(void *context, uint64_t ticket, enum kept how);
	void *context;
};

/*
 * Opens or makes the file (mode 0640), and locks it against a second writer.  NULL
 * with `err`; ERR_SYNTAX where it holds something else than records, and is left as it is.
 */
struct store *store_open(struct event_base *base, const struct store_settings *settings, struct err *err);

/* Syncs what is written; nothing is settled any more. */
void store_close(struct store *store);

/* All of them or none.  `err` is written with KEPT_FULL and KEPT_BROKEN. */
enum kept store_add(struct store *store, const struct record *records, size_t count, uint64_t ticket, struct err *err);

#endif
