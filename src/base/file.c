/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.c - whole files, or none
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

int file_read_about(const char *path, struct buf *to, struct file_about *about, struct err *err)
{
	struct stat state;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int result;

	if (file < 0)
		return err_set(err, ERR_SYSTEM, "%s cannot be opened: %s", path, strerror(errno));
	if (fstat(file, &state) != 0 || !S_ISREG(state.st_mode)) {
		result = err_set(err, ERR_SYSTEM, "%s is not a regular file", path);
	} else {
		*about = (struct file_about){ .owner = state.st_uid, .mode = state.st_mode };
		result = read_all(file, path, to, err);
	}
	close(file);
	return result;
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
