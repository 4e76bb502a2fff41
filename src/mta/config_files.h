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
	CONFIG_NAMES_MOST = 64 << 10,
	/* Paths that are remembered: findings name the first files of a server's, and rarely the hundredth. */
	CONFIG_PATHS_MOST = 1000
};

/* Which files were read, in their order. */
struct config_paths {
	char **rows;
	size_t count;
};

struct config_files {
	const char *root;               /* "/" for this machine; borrowed */
	size_t left;                    /* of CONFIG_ALL_MOST */
	struct config_paths *paths;     /* to which each file is added that was read; NULL: nobody asks; borrowed */
};

/* Adds the bytes of a file below the root; a buffer's ceiling holds as it does for file_read(). */
int config_files_read(struct config_files *files, const char *path, struct buf *to, time_t *modified, struct err *err);

/* Fills `names` with those in a directory, as NUL after each, in order; -1 where it is none. */
int config_files_names(const struct config_files *files, const char *path, struct buf *names, struct err *err);

bool config_files_has(const struct config_files *files, const char *path, time_t *modified);

/* The first file read whose path ends with this name, "main.cf" or "conf.d/main/01_lists"; NULL. */
const char *config_paths_find(const struct config_paths *paths, const char *name, size_t len);

void config_paths_release(struct config_paths *paths);

#endif
