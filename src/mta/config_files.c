/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_files.c - a configuration's files, below a root
 */
#include "mta/config_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

static void add_path(struct config_paths *paths, const char *path)
{
	if (paths->count == CONFIG_PATHS_MOST)
		return;
	paths->rows = mem_resize(paths->rows, paths->count + 1, sizeof *paths->rows);
	paths->rows[paths->count++] = mem_text(path);
}

const char *config_paths_find(const struct config_paths *paths, const char *name, size_t len)
{
	for (size_t i = 0; i < paths->count; i++) {
		size_t whole = strlen(paths->rows[i]);

		if (whole >= len && memcmp(paths->rows[i] + whole - len, name, len) == 0 && (whole == len || paths->rows[i][whole - len - 1] == '/'))
			return paths->rows[i];
	}
	return NULL;
}

void config_paths_release(struct config_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->rows[i]);
	free(paths->rows);
	*paths = (struct config_paths){ .count = 0 };
}

int config_files_read(struct config_files *files, const char *path, struct buf *to, time_t *modified, struct err *err)
{
	struct file_about about;

	if (file_read_below(files->root, path, to, &about, err) != 0)
		return -1;
	if (to->len > files->left)
		return err_set(err, ERR_LIMIT, "%s and the files before it are larger than %d bytes", path, CONFIG_ALL_MOST);
	files->left -= to->len;
	if (files->paths != NULL)
		add_path(files->paths, path);
	*modified = about.modified;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int config_files_names(const struct config_files *files, const char *path, struct buf *names, struct err *err)
{
	struct buf found = BUF_INIT(CONFIG_NAMES_MOST);
	const char **sorted = NULL;
	size_t count = 0, capacity = 0;
	int result = file_names_below(files->root, path, &found, err);

	for (const char *at = found.data; result == 0 && at < found.data + found.len; at += strlen(at) + 1) {
		MEM_ROOM(sorted, count, capacity);
		sorted[count++] = at;
	}
	if (count != 0)
		qsort(sorted, count, sizeof *sorted, by_name);
	for (size_t i = 0; i < count; i++)
		buf_add(names, sorted[i], strlen(sorted[i]) + 1);
	free(sorted);
	buf_release(&found);
	return result;
}

bool config_files_has(const struct config_files *files, const char *path, time_t *modified)
{
	struct file_about about;

	if (!file_is_below(files->root, path, &about))
		return false;
	*modified = about.modified;
	return true;
}
