/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SYNCER_H
#define REMOTE_SYNCER_H

/*
 * fdatasync() beside the loop: a disk may take its time, and nobody else is to wait
 * for it.  One thread that does nothing else; it touches no memory but its own
 * stack, and is told and tells by a pair of sockets.
 */

struct err;
struct event_base;
struct syncer;

/* Called from the loop: `fault` is 0 or errno. */
typedef void syncer_done(void *context, int fault);

/* NULL with `err`. */
struct syncer *syncer_new(struct event_base *base, syncer_done *done, void *context, struct err *err);

/* Waits for the sync that is running; `done` is not called any more.  May be called from `done`. */
void syncer_free(struct syncer *syncer);

/* One at a time: not before `done` was called for the last one.  The descriptor may be closed meanwhile.  -1: errno says why not. */
int syncer_start(struct syncer *syncer, int fd);

#endif
