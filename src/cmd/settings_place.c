/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings_place.c - finds the configuration file, and looks at who may write it
 */
#include "cmd/settings_place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

#define NAME "relayaudit.yml"

static bool is_trusted(uid_t owner)
{
	return owner == 0 || owner == geteuid();
}

static int check_owner(const char *path, const struct file_about *about, bool found, struct err *err)
{
	struct stat link;

	if ((about->mode & (S_IWGRP | S_IWOTH)) != 0)
		return err_set(err, ERR_FORBIDDEN,
			       "%s can be written by others than its owner, and may name commands to run: it is not read (chmod go-w)", path);
	if (found && (!is_trusted(about->owner) || lstat(path, &link) != 0 || !is_trusted(link.st_uid)))
		return err_set(err, ERR_FORBIDDEN,
			       "%s belongs neither to you nor to root, and may name commands to run: it is not read unless --config names it",
			       path);
	return 0;
}

static int read_it(const char *path, bool found, struct buf *bytes, struct err *err)
{
	struct file_about about;

	if (file_read_about(path, bytes, &about, err) != 0)
		return -1;
	return check_owner(path, &about, found, err);
}

/* Whether something is there; what keeps it from being read is told by whoever reads it. */
static bool is_there(const char *path)
{
	struct stat link;

	return lstat(path, &link) == 0 || (errno != ENOENT && errno != ENOTDIR && errno != EACCES);
}

/* NULL: no such place. */
static char *place_at(int index)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	switch (index) {
	case 0:
		return mem_text(NAME);
	case 1:
		/* The basedir specification bids pass over relative ones. */
		if (config != NULL && config[0] == '/')
			return mem_printf("%s/relayaudit/" NAME, config);
		return home != NULL && home[0] == '/' ? mem_printf("%s/.config/relayaudit/" NAME, home) : NULL;
	default:
		return mem_text("/etc/relayaudit/" NAME);
	}
}

int settings_place_read(const char *named, char **path, struct buf *bytes, struct err *err)
{
	enum { PLACES = 3 };

	*path = NULL;
	if (named != NULL) {
		*path = mem_text(named);
		return read_it(named, false, bytes, err);
	}
	for (int i = 0; i < PLACES; i++) {
		char *place = place_at(i);

		if (place != NULL && is_there(place)) {
			*path = place;
			return read_it(place, true, bytes, err);
		}
		free(place);
	}
	return 0;
}
