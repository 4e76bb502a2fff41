/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/*
 * Whole files: read under a ceiling, written beside their name and moved into
 * place, so that a reader never sees half of one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

struct buf;
struct err;

/*
 * Adds the file's bytes.  Only regular files are read (a fifo or device never
 * ends); more than the buffer's ceiling is an error, as is not being readable.
 */
int file_read(const char *path, struct buf *to, struct err *err);

/* Whose it is, and who may do what with it. */
struct file_about {
	uid_t owner;
	mode_t mode;
	time_t modified;
};

/* As file_read(), and tells about the very file that was read. */
int file_read_about(const char *path, struct buf *to, struct file_about *about, struct err *err);

/*
 * As file_read_about(), of a path below a directory that stands for the root: no link and no ".." leads out of it.
 * The root "/" is the machine's own.
 */
int file_read_below(const char *root, const char *path, struct buf *to, struct file_about *about, struct err *err);

/* Whether there is a regular file, below a root as above; it is not read. */
bool file_is_below(const char *root, const char *path, struct file_about *about);

/* Adds the names in a directory below a root, each with a NUL, in no order, without "." and ".."; more than the ceiling of `to` is an error. */
int file_names_below(const char *root, const char *path, struct buf *to, struct err *err);

/* The path as seen from the working directory, where it lies below that: "mail/main.cf"; the caller's. */
char *file_from_here(const char *path);

/* Replaces the file whole, or leaves the old one as it was. */
int file_replace(const char *path, const char *bytes, size_t len, struct err *err);

#endif
