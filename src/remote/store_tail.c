/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_tail.c - follows a store
 *
 * The file that is read stays open while it is renamed, and is known again by its
 * inode.  The one after it is looked for only when all of it was read and it is not
 * FILE any more: FILE.3's successor is FILE.2.  Since names move meanwhile, it
 * is looked whether the name was still right after the next one was opened.
 */
#include "remote/store_tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "remote/store.h"

struct store_tail {
	char *path;
	int fd;                         /* -1: nothing is open */
	int64_t offset;                 /* of the first line that was not read */
	bool skipping;                  /* it is a line that is too long */
	unsigned lost;                  /* times that the file's name was not found */
	char *bytes;
};

enum {
	TAIL_ROOM = RECORD_LINE_MOST + 1,
	/* A file whose name is not found so often has been taken away, and was not renamed just now. */
	TAIL_LOST = 5
};

static char *name_of_piece(const struct store_tail *tail, unsigned number)
{
	return number == 0 ? mem_text(tail->path) : mem_printf("%s.%u", tail->path, number);
}

static int open_piece(const struct store_tail *tail, unsigned number)
{
	char *name = name_of_piece(tail, number);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	free(name);
	return fd;
}

/* Whether that is the name of the file that is open. */
static bool is_ours(const struct store_tail *tail, unsigned number)
{
	char *name = name_of_piece(tail, number);
	struct stat named, ours;
	bool same = stat(name, &named) == 0 && fstat(tail->fd, &ours) == 0 && named.st_ino == ours.st_ino && named.st_dev == ours.st_dev;

	free(name);
	return same;
}

/* The number of the oldest piece that there is. */
static unsigned oldest(const struct store_tail *tail)
{
	unsigned found = 0;

	for (unsigned i = 1; i <= STORE_PIECES_MOST; i++) {
		char *name = name_of_piece(tail, i);

		if (access(name, F_OK) == 0)
			found = i;
		free(name);
	}
	return found;
}

static void take(struct store_tail *tail, int fd)
{
	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = fd;
	tail->offset = 0;
	tail->skipping = false;
	tail->lost = 0;
}

/* Whether something is left to read in the file that is open, which nobody writes any more. */
static bool has_rest(const struct store_tail *tail)
{
	ssize_t len = pread(tail->fd, tail->bytes, TAIL_ROOM, tail->offset);

	return len == TAIL_ROOM || (len > 0 && memchr(tail->bytes, '\n', (size_t)len) != NULL);
}

/* Goes on to the next file, when there is one.  False: there is nothing more to read now. */
static bool advance(struct store_tail *tail)
{
	unsigned number = 0;
	int fd;

	if (tail->fd < 0) {
		fd = open_piece(tail, oldest(tail));
		if (fd >= 0)
			take(tail, fd);
		return fd >= 0;
	}
	while (number <= STORE_PIECES_MOST && !is_ours(tail, number))
		number++;
	if (number == 0)
		return false;
	if (number > STORE_PIECES_MOST && ++tail->lost < TAIL_LOST)
		return false;
	/* What was written to it between the last look and its renaming comes first. */
	if (has_rest(tail))
		return true;
	fd = open_piece(tail, number > STORE_PIECES_MOST ? oldest(tail) : number - 1);
	if (fd < 0)
		return false;
	if (number <= STORE_PIECES_MOST && !is_ours(tail, number)) {
		close(fd);
		return false;
	}
	take(tail, fd);
	return true;
}

struct store_tail *store_tail_open(const char *path, struct err *err)
{
	struct store_tail *tail;
	struct stat about;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno != ENOENT) {
		err_set(err, ERR_SYSTEM, "%s cannot be opened: %s", path, strerror(errno));
		return NULL;
	}
	if (fd >= 0 && (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))) {
		err_set(err, ERR_SYSTEM, "%s is not a regular file", path);
		close(fd);
		return NULL;
	}
	if (fd >= 0)
		close(fd);
	tail = mem_new(sizeof *tail);
	tail->path = mem_text(path);
	tail->fd = -1;
	tail->bytes = mem_new(TAIL_ROOM);
	return tail;
}

void store_tail_close(struct store_tail *tail)
{
	if (tail == NULL)
		return;
	if (tail->fd >= 0)
		close(tail->fd);
	free(tail->bytes);
	free(tail->path);
	free(tail);
}

/* The lines in the bytes from `offset` on; how many bytes were used. */
static size_t tell_lines(struct store_tail *tail, size_t len, void (*line)(void *context, const char *text, size_t len), void *context)
{
	size_t begin = 0;
	const char *end;

	while ((end = memchr(tail->bytes + begin, '\n', len - begin)) != NULL) {
		size_t next = (size_t)(end + 1 - tail->bytes);

		if (!tail->skipping)
			line(context, tail->bytes + begin, next - begin - 1);
		tail->skipping = false;
		begin = next;
	}
	if (begin != 0 || len < TAIL_ROOM)
		return begin;
	tail->skipping = true;
	return len;
}

int store_tail_read(struct store_tail *tail, void (*line)(void *context, const char *text, size_t len), void *context,
		    bool *more, struct err *err)
{
	size_t turn = 0;

	*more = false;
	if (tail->fd < 0 && !advance(tail))
		return 0;
	while (turn < STORE_TAIL_TURN) {
		struct stat about;
		ssize_t len;
		size_t used;

		/* A sink that comes up after a crash cuts off what was not whole. */
		if (fstat(tail->fd, &about) == 0 && about.st_size < tail->offset)
			tail->offset = about.st_size;
		len = pread(tail->fd, tail->bytes, TAIL_ROOM, tail->offset);
		if (len < 0)
			return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", tail->path, strerror(errno));
		used = tell_lines(tail, (size_t)len, line, context);
		tail->offset += (int64_t)used;
		turn += used;
		if (used == 0 && !advance(tail))
			return 0;
	}
	*more = true;
	return 0;
}
