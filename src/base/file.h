/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

/*
 * Whole files: read under a ceiling, written beside their name and moved into
 * place, so that a reader never sees half of one.
 */

#include <stddef.h>
#include <sys/types.h>

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
};

/* As file_read(), and tells about the very file that was read. */
int file_read_about(const char *path, struct buf *to, struct file_about *about, struct err *err);

/* Replaces the file whole, or leaves the old one as it was. */
int file_replace(const char *path, const char *bytes, size_t len, struct err *err);

#endif
