/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_files.c - a configuration's files, below a root
 */
#include "mta/config_files.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"

int config_files_read(struct config_files *files, const char *path, struct buf *to, time_t *modified, struct err *err)
{
	struct file_about about;

	if (file_read_below(files->root, path, to, &about, err) != 0)
		return -1;
	if (to->len > files->left)
		return err_set(err, ERR_LIMIT, "%s and the files before it are larger than %d bytes", path, CONFIG_ALL_MOST);
	files->left -= to->len;
	*modified = about.modified;
	return 0;
}

bool config_files_has(const struct config_files *files, const char *path, time_t *modified)
{
	struct file_about about;

	if (!file_is_below(files->root, path, &about))
		return false;
	*modified = about.modified;
	return true;
}
