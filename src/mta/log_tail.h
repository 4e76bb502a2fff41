/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_LOG_TAIL_H
#define MTA_LOG_TAIL_H

/*
 * The bytes of a log that is still written, as "tail -F" has them: from its beginning,
 * and then as they come.  A file that takes its name (rotation) is read from its
 * beginning once the old one is at its end, and so is one that was cut to nothing.
 * It waits for the kernel to tell of a change, and for nothing else.
 */

#include <stddef.h>
#include <sys/types.h>

struct err;
struct log_tail;

/* `stop` is a descriptor that becomes readable when it is enough; it is borrowed.  NULL with a sentence that does not name the file. */
struct log_tail *log_tail_open(const char *path, int stop, struct err *err);
void log_tail_close(struct log_tail *tail);

/* More bytes, at least one; a line end between two files.  0: it is enough; -1: it cannot be read any further. */
ssize_t log_tail_read(struct log_tail *tail, char *bytes, size_t room, struct err *err);

#endif
