/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_ASKED_H
#define NET_ASKED_H

/*
 * A program of this machine that is run once and listened to: a server's own listing
 * command.  No shell is between, its standard input is empty, and it has a time and
 * a size beyond which it is killed.  It waits, and so it is for commands that do
 * nothing else.
 */

#include "base/clock.h"

struct buf;
struct err;

enum {
	/* A queue of 100,000 messages takes Postfix some seconds, on a slow disk perhaps a minute. */
	ASKED_TIME = 120,
	/* That many messages are about 40 MB of JSON. */
	ASKED_OUTPUT_MOST = 256 << 20,
	ASKED_SAID_MOST = 1024,
	ASKED_PATH_MOST = 1024
};

/* Finds a program as a shell would, and in the directories for administrators, which not everybody has in PATH. */
int asked_find(const char *name, char path[ASKED_PATH_MOST]);

/*
 * Runs `path` with `argv`, which a NULL ends, and adds what it writes.  -1 with a sentence when it
 * could not be started, failed, was killed, or wrote more; what it wrote until then is there all the same.
 */
int asked_run(const char *path, const char *const *argv, struct buf *output, struct err *err);

#endif
