/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.c - whole files, or none
 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

static int read_all(int file, const char *path, struct buf *to, struct err *err)
{
	char bytes[16384];
	ssize_t got;

	while ((got = read(file, bytes, sizeof bytes)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", path, strerror(errno));
		buf_add(to, bytes, (size_t)got);
		if (to->cut)
			return err_set(err, ERR_LIMIT, "%s is larger than %zu bytes", path, to->ceiling);
	}
	return 0;
}

int file_read(const char *path, struct buf *to, struct err *err)
{
	struct file_about about;

	return file_read_about(path, to, &about, err);
}

/* -1 unless it is a regular file. */
static int look_at(int file, struct file_about *about)
{
	struct stat state;

	if (fstat(file, &state) != 0 || !S_ISREG(state.st_mode))
		return -1;
	*about = (struct file_about){ .owner = state.st_uid, .mode = state.st_mode, .modified = state.st_mtime };
	return 0;
}

/* Takes the file; -1 is one that could not be opened. */
static int read_open(int file, const char *path, struct buf *to, struct file_about *about, struct err *err)
{
	int result;

	if (file < 0)
		return err_set(err, ERR_SYSTEM, "%s cannot be opened: %s", path, strerror(errno));
	if (look_at(file, about) != 0)
		result = err_set(err, ERR_SYSTEM, "%s is not a regular file", path);
	else
		result = read_all(file, path, to, err);
	close(file);
	return result;
}

int file_read_about(const char *path, struct buf *to, struct file_about *about, struct err *err)
{
	return read_open(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path, to, about, err);
}

static int open_below(const char *root, const char *path, int flags)
{
	struct open_how how = { .flags = (unsigned)(flags | O_CLOEXEC), .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
	int directory = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC), file;

	if (directory < 0)
		return -1;
	file = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
	close(directory);
	return file;
}

int file_read_below(const char *root, const char *path, struct buf *to, struct file_about *about, struct err *err)
{
	return read_open(open_below(root, path, O_RDONLY | O_NONBLOCK), path, to, about, err);
}

bool file_is_below(const char *root, const char *path, struct file_about *about)
{
	int file = open_below(root, path, O_PATH);
	bool there = file >= 0 && look_at(file, about) == 0;

	if (file >= 0)
		close(file);
	return there;
}

int file_names_below(const char *root, const char *path, struct buf *to, struct err *err)
{
	int file = open_below(root, path, O_RDONLY | O_DIRECTORY);
	DIR *directory = file >= 0 ? fdopendir(file) : NULL;
	const struct dirent *entry;

	if (directory == NULL) {
		err_set(err, ERR_SYSTEM, "%s cannot be opened: %s", path, strerror(errno));
		if (file >= 0)
			close(file);
		return -1;
	}
	while (!to->cut && (entry = readdir(directory)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			buf_add(to, entry->d_name, strlen(entry->d_name) + 1);
	closedir(directory);
	return to->cut ? err_set(err, ERR_LIMIT, "%s has names of more than %zu bytes", path, to->ceiling) : 0;
}

char *file_from_here(const char *path)
{
	char *here = getcwd(NULL, 0);
	size_t len = here != NULL ? strlen(here) : 0;
	const char *rest = path;

	if (len > 1 && strncmp(path, here, len) == 0 && path[len] == '/')
		rest = path + len + strspn(path + len, "/");
	free(here);
	while (strncmp(rest, "./", 2) == 0)
		rest += 1 + strspn(rest + 1, "/");
	return mem_text(rest);
}

static int write_all(int file, const char *bytes, size_t len)
{
	while (len != 0) {
		ssize_t put = write(file, bytes, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		len -= (size_t)put;
	}
	return fsync(file);
}

int file_replace(const char *path, const char *bytes, size_t len, struct err *err)
{
	char *beside = mem_printf("%s.XXXXXX", path);
	int file = mkstemp(beside), result = 0;

	if (file < 0) {
		result = err_set(err, ERR_SYSTEM, "%s cannot be written: %s", path, strerror(errno));
		goto out;
	}
	if (fchmod(file, 0644) != 0 || write_all(file, bytes, len) != 0 || rename(beside, path) != 0) {
		result = err_set(err, ERR_SYSTEM, "%s cannot be written: %s", path, strerror(errno));
		unlink(beside);
	}
	close(file);
out:
	free(beside);
	return result;
}
