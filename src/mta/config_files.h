/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_CONFIG_FILES_H
#define MTA_CONFIG_FILES_H

/*
 * The files of a configuration, which is hostile data: all below one root, regular
 * files only, each under a ceiling and all together under another.
 */

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct buf;
struct err;

enum {
	/* Postfix's own main.cf with every parameter in it has 40 kB; a list of networks may stand in it. */
	CONFIG_FILE_MOST = 4 << 20,
	/* A table of a hundred thousand networks has half of it. */
	CONFIG_TABLE_MOST = 8 << 20,
	/* What all files of one server may come to, so that memory stays bounded. */
	CONFIG_ALL_MOST = 16 << 20,
	/* The names in a directory of files that are read as one. */
	CONFIG_NAMES_MOST = 64 << 10
};

struct config_files {
	const char *root;               /* "/" for this machine; borrowed */
	size_t left;                    /* of CONFIG_ALL_MOST */
};

/* Adds the bytes of a file below the root; a buffer's ceiling holds as it does for file_read(). */
int config_files_read(struct config_files *files, const char *path, struct buf *to, time_t *modified, struct err *err);

/* Fills `names` with those in a directory, as NUL after each, in order; -1 where it is none. */
int config_files_names(const struct config_files *files, const char *path, struct buf *names, struct err *err);

bool config_files_has(const struct config_files *files, const char *path, time_t *modified);

#endif
