/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_LOG_SOURCE_H
#define MTA_LOG_SOURCE_H

/*
 * The lines of log files, plain or packed by gzip, xz, zstd or bzip2, of directories
 * and of standard input.  Nothing but regular files is opened: a fifo or a device
 * never ends.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/slice.h"

struct err;

enum {
	/* Ten times the longest that a mail server writes. */
	LOG_LINE_MOST = 64 * 1024,
	/* Names in one directory; a server keeps a few dozen of old logs. */
	LOG_FILES_MOST = 10000
};

/* Files in the order in which they were written. */
struct log_files {
	struct log_file *rows;
	size_t count;
	size_t capacity;
};

struct log_file {
	char *path;             /* "-": standard input */
	time_t changed;
	bool listed;            /* found in a directory, and not named by the operator */
};

/*
 * Adds what the operator named.  Of a directory it is the files of one log, by their
 * names (mail.log and mail.log.1.gz, maillog, mainlog, current and @4...), else all of
 * them, the oldest first.  -1 where there is nothing that may be opened.
 */
int log_files_add(struct log_files *files, const char *path, struct err *err);
void log_files_release(struct log_files *files);

struct log_source;

/* Of a line, `line_most` bytes are seen.  NULL with a sentence when it cannot be opened. */
struct log_source *log_source_open(const struct log_file *file, size_t line_most, struct err *err);
/* The same of a plain file that is still written: it does not end before `stop` can be read (log_tail.h). */
struct log_source *log_source_follow(const struct log_file *file, size_t line_most, int stop, struct err *err);
void log_source_close(struct log_source *source);

/*
 * The next line, without its end ("\n": a "\r" before it is the line's); good until the next call.
 * `*cut` when there was more than is seen.  0: there are no more; -1: it cannot be read any further.
 */
int log_source_next(struct log_source *source, struct slice *line, bool *cut, struct err *err);

/* How long the line before is in the file, with its end and what was cut off. */
size_t log_source_whole(const struct log_source *source);

/* Whether the line before is the last, and lacks its end. */
bool log_source_is_torn(const struct log_source *source);

#endif
