/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_tail.c - a file that grows
 */
#include "mta/log_tail.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

struct log_tail {
	char *path;
	int fd;
	int changes;            /* of inotify: the directory, since a new file has no watch yet */
	int stop;
	off_t at;
	bool leaving;           /* another file has the name: the old one is looked at once more */
};

static int open_regular(const char *path, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat about;

	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "it cannot be read: %s", strerror(errno));
	if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode))
		return fd;
	close(fd);
	return err_set(err, ERR_SYSTEM, "it is no file, and is not opened");
}

/* Before the first byte is read, so that no change is missed. */
static int watch(const char *path, struct err *err)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char *real = realpath(path, NULL), *slash = real != NULL ? strrchr(real, '/') : NULL;
	bool watched;

	if (slash != NULL)
		slash[slash == real] = '\0';
	watched = fd >= 0 && slash != NULL && inotify_add_watch(fd, real, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) >= 0;
	free(real);
	if (watched)
		return fd;
	err_set(err, ERR_SYSTEM, "its directory cannot be watched: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

struct log_tail *log_tail_open(const char *path, int stop, struct err *err)
{
	struct log_tail *tail = mem_new(sizeof *tail);

	*tail = (struct log_tail){ .path = mem_text(path), .fd = -1, .stop = stop };
	tail->changes = watch(path, err);
	if (tail->changes >= 0)
		tail->fd = open_regular(path, err);
	if (tail->fd >= 0)
		return tail;
	log_tail_close(tail);
	return NULL;
}

void log_tail_close(struct log_tail *tail)
{
	if (tail == NULL)
		return;
	if (tail->fd >= 0)
		close(tail->fd);
	if (tail->changes >= 0)
		close(tail->changes);
	free(tail->path);
	free(tail);
}

/* At the end of the file: whether to read on, there, in another one, or from its beginning. */
static bool has_moved(struct log_tail *tail)
{
	struct stat now, named;
	struct err err = ERR_INIT;
	int fd;

	if (fstat(tail->fd, &now) == 0 && now.st_size < tail->at) {
		tail->at = lseek(tail->fd, 0, SEEK_SET);
		return true;
	}
	if (stat(tail->path, &named) != 0 || (named.st_ino == now.st_ino && named.st_dev == now.st_dev))
		return false;
	/* What was written until it was renamed. */
	if (!tail->leaving) {
		tail->leaving = true;
		return true;
	}
	fd = open_regular(tail->path, &err);
	if (fd < 0)
		return false;
	tail->leaving = false;
	close(tail->fd);
	tail->fd = fd;
	tail->at = 0;
	return true;
}

/* Until something changes in the directory; false: it is enough. */
static bool wait_for_change(struct log_tail *tail)
{
	struct pollfd fds[2] = { { .fd = tail->stop, .events = POLLIN }, { .fd = tail->changes, .events = POLLIN } };
	char events[4096];

	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	if (fds[0].revents != 0)
		return false;
	while (read(tail->changes, events, sizeof events) > 0)
		continue;
	return true;
}

ssize_t log_tail_read(struct log_tail *tail, char *bytes, size_t room, struct err *err)
{
	for (;;) {
		ssize_t len = read(tail->fd, bytes, room);

		if (len > 0) {
			tail->at += len;
			return len;
		}
		if (len < 0 && errno != EINTR)
			return err_set(err, ERR_SYSTEM, "it cannot be read any further: %s", strerror(errno));
		if (len == 0 && has_moved(tail)) {
			if (tail->at != 0)
				continue;
			/* The line that was begun there does not go on here. */
			bytes[0] = '\n';
			return 1;
		}
		if (len == 0 && !wait_for_change(tail))
			return 0;
	}
}
