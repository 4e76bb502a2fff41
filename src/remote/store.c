/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.c - caught messages on disk
 *
 * Lines are appended and synced in groups: while one sync runs, what comes waits for
 * the next.  After a sync that failed nobody knows what is on disk (Linux forgets the
 * pages that it could not write), so that those who waited are told so and send again: a
 * record that is there twice harms nobody, one that is missing would.
 */
#include "remote/store.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "remote/syncer.h"

/* Every line that record_print() makes begins so. */
static const char first_words[] = "{\"time\":\"";

struct store {
	char *path;
	uint64_t quota;
	int fd;
	uint64_t size;                  /* of the file that is open */
	uint64_t older;                 /* of the pieces before it */
	struct syncer *syncer;
	bool syncing;
	bool torn;                      /* bytes behind `size` could not be taken back yet */
	size_t doomed;                  /* tickets of which a sync has failed that nobody waited for */
	uint64_t *tickets;              /* in their order; those before `covered` are settled by the running sync */
	size_t count, capacity, covered;
	void (*settled)(void *context, uint64_t ticket, enum kept how);
	void *context;
};

static bool is_full(int fault)
{
	return fault == ENOSPC || fault == EDQUOT || fault == EFBIG;
}

static char *piece_name(const struct store *store, unsigned number)
{
	return mem_printf("%s.%u", store->path, number);
}

static void count_older(struct store *store)
{
	store->older = 0;
	for (unsigned i = 1; i <= STORE_PIECES_MOST; i++) {
		char *name = piece_name(store, i);
		struct stat about;

		if (stat(name, &about) == 0)
			store->older += (uint64_t)about.st_size;
		free(name);
	}
}

/* The place of the last line's first byte in the first `size` bytes, of which the last is its LF. */
static int64_t last_line(int fd, int64_t size)
{
	char bytes[4096];

	for (int64_t end = size - 1; end > 0;) {
		size_t len = end < (int64_t)sizeof bytes ? (size_t)end : sizeof bytes;
		const char *found;

		if (pread(fd, bytes, len, end - (int64_t)len) != (ssize_t)len)
			return -1;
		found = memrchr(bytes, '\n', len);
		if (found != NULL)
			return end - (int64_t)len + (found + 1 - bytes);
		end -= (int64_t)len;
	}
	return 0;
}

static bool is_record(int fd, int64_t begin, int64_t end)
{
	size_t len = (size_t)(end - begin);
	struct record_read read;
	bool good = false;
	char *line;

	if (end - begin > RECORD_LINE_MOST)
		return false;
	line = mem_new(len + 1);
	if (pread(fd, line, len, begin) == (ssize_t)len && record_parse(line, len, &read)) {
		record_release(&read);
		good = true;
	}
	free(line);
	return good;
}

/* Cuts off what a crash has left at the end: a line without its end, and lines that the disk never got whole. */
static int recover(struct store *store, int64_t size, struct err *err)
{
	char start[sizeof first_words - 1];
	ssize_t len = pread(store->fd, start, sizeof start, 0);
	int64_t whole = size;
	char end = '\n';

	if (len < 0 || memcmp(start, first_words, (size_t)len) != 0)
		return err_set(err, ERR_SYNTAX, "%s:1:1: this is no store of relayaudit's; nothing of it was changed", store->path);
	if (size != 0 && pread(store->fd, &end, 1, size - 1) != 1)
		return err_set(err, ERR_SYSTEM, "%s cannot be read: %s", store->path, strerror(errno));
	if (end != '\n')
		whole = last_line(store->fd, size + 1);
	while (whole > 0) {
		int64_t begin = last_line(store->fd, whole);

		if (begin < 0 || is_record(store->fd, begin, whole - 1))
			break;
		whole = begin;
	}
	if (whole < 0 || (whole != size && ftruncate(store->fd, whole) != 0))
		return err_set(err, ERR_SYSTEM, "%s cannot be mended: %s", store->path, strerror(errno));
	store->size = (uint64_t)whole;
	return 0;
}

/* That the name is there is on disk as well. */
static void sync_directory(const char *path)
{
	char *copy = mem_text(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

static int open_file(struct store *store, struct err *err)
{
	struct stat about;

	store->fd = open(store->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640);
	if (store->fd < 0)
		return err_set(err, ERR_SYSTEM, "%s cannot be opened: %s", store->path, strerror(errno));
	if (fstat(store->fd, &about) != 0 || !S_ISREG(about.st_mode))
		return err_set(err, ERR_SYSTEM, "%s is not a regular file", store->path);
	if (flock(store->fd, LOCK_EX | LOCK_NB) != 0)
		return err_set(err, ERR_SYSTEM, "%s is written by another process", store->path);
	if (recover(store, (int64_t)about.st_size, err) != 0)
		return -1;
	sync_directory(store->path);
	return 0;
}

/* What is settled may go on with the next record: it is added behind those that are here. */
static void settle(struct store *store, size_t count, enum kept how)
{
	for (size_t i = 0; i < count; i++)
		store->settled(store->context, store->tickets[i], how);
	store->count -= count;
	memmove(store->tickets, store->tickets + count, store->count * sizeof *store->tickets);
}

static enum kept kept_by(int fault)
{
	return fault == 0 ? KEPT : is_full(fault) ? KEPT_FULL : KEPT_BROKEN;
}

static bool start_sync(struct store *store)
{
	store->covered = store->count;
	store->syncing = syncer_start(store->syncer, store->fd) == 0;
	return store->syncing;
}

static void on_synced(void *context, int fault)
{
	struct store *store = context;

	if (store->doomed != 0) {
		store->doomed -= store->covered < store->doomed ? store->covered : store->doomed;
		fault = EIO;
	}
	settle(store, store->covered, kept_by(fault));
	store->syncing = false;
	if (store->count != 0 && !start_sync(store)) {
		/* No descriptor is left for the thread: it is done here. */
		store->syncing = true;
		settle(store, store->count, kept_by(fdatasync(store->fd) == 0 ? 0 : errno));
		store->syncing = false;
	}
}

struct store *store_open(struct event_base *base, const struct store_settings *settings, struct err *err)
{
	struct store *store = mem_new(sizeof *store);

	store->path = mem_text(settings->path);
	store->quota = settings->quota;
	store->settled = settings->settled;
	store->context = settings->context;
	store->fd = -1;
	if (open_file(store, err) == 0)
		store->syncer = syncer_new(base, on_synced, store, err);
	if (store->syncer == NULL) {
		store_close(store);
		return NULL;
	}
	count_older(store);
	return store;
}

void store_close(struct store *store)
{
	if (store == NULL)
		return;
	syncer_free(store->syncer);
	if (store->fd >= 0) {
		fdatasync(store->fd);
		close(store->fd);
	}
	free(store->tickets);
	free(store->path);
	free(store);
}

/* FILE becomes FILE.1, and so on; the last of them stays where a name is already taken behind it. */
static int shift_pieces(const struct store *store)
{
	unsigned last = 1;
	int result = 0;

	/* Done before, when no new file could be made. */
	if (access(store->path, F_OK) != 0)
		return 0;
	while (last < STORE_PIECES_MOST) {
		char *name = piece_name(store, last);
		bool there = access(name, F_OK) == 0;

		free(name);
		if (!there)
			break;
		last++;
	}
	for (unsigned i = last; result == 0 && i > 0; i--) {
		char *from = i > 1 ? piece_name(store, i - 1) : mem_text(store->path), *to = piece_name(store, i);

		result = rename(from, to);
		free(from);
		free(to);
	}
	return result;
}

/*
 * Begins a new file when the present one is as large as a piece.  What waits for a sync has
 * it here: rare, and the one time that the loop waits for the disk.  Without a new
 * file the old one goes on.
 */
static void rotate(struct store *store)
{
	int old = store->fd;
	uint64_t size = store->size;
	struct err err = ERR_INIT;

	if (store->size < store->quota / STORE_PIECES)
		return;
	/* A sync tells of a failure once. */
	if (fdatasync(old) != 0)
		store->doomed = store->count;
	if (store->doomed != 0 || shift_pieces(store) != 0)
		return;
	if (open_file(store, &err) == 0) {
		close(old);
	} else {
		if (store->fd >= 0)
			close(store->fd);
		store->fd = old;
		store->size = size;
	}
	count_older(store);
	if (store->fd == old)
		store->older -= size < store->older ? size : store->older;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len != 0) {
		ssize_t put = write(fd, bytes, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		len -= (size_t)put;
	}
	return 0;
}

/* Takes back what was written behind the end. */
static bool take_back(struct store *store, uint64_t end)
{
	store->size = end;
	store->torn = ftruncate(store->fd, (off_t)end) != 0;
	return !store->torn;
}

static bool has_room(struct store *store, size_t more)
{
	if (store->older + store->size + more <= store->quota)
		return true;
	/* Somebody may have made some. */
	count_older(store);
	return store->older + store->size + more <= store->quota;
}

static enum kept write_record(struct store *store, const struct record *record, struct buf *line, struct err *err)
{
	int fault;

	buf_reset(line);
	record_print(record, line);
	if (line->cut)
		BUG("a record that is longer than its line may be");
	if (!has_room(store, line->len)) {
		err_set(err, ERR_LIMIT, "%s has reached its quota of %llu bytes", store->path, (unsigned long long)store->quota);
		return KEPT_FULL;
	}
	if (write_all(store->fd, line->data, line->len) != 0) {
		fault = errno;
		err_set(err, ERR_SYSTEM, "%s cannot be written: %s", store->path, strerror(fault));
		return kept_by(fault);
	}
	store->size += line->len;
	return KEPT;
}

enum kept store_add(struct store *store, const struct record *records, size_t count, uint64_t ticket, struct err *err)
{
	struct buf line = BUF_INIT(RECORD_LINE_MOST);
	uint64_t since;
	enum kept how = KEPT;

	if (store->torn && !take_back(store, store->size)) {
		err_set(err, ERR_SYSTEM, "%s cannot be mended: %s", store->path, strerror(errno));
		return KEPT_BROKEN;
	}
	rotate(store);
	since = store->size;
	for (size_t i = 0; i < count && how == KEPT; i++)
		how = write_record(store, &records[i], &line, err);
	buf_release(&line);
	if (how != KEPT) {
		take_back(store, since);
		return how;
	}
	MEM_ROOM(store->tickets, store->count, store->capacity);
	store->tickets[store->count++] = ticket;
	if (store->syncing || start_sync(store))
		return KEPT_LATER;
	store->count--;
	return kept_by(fdatasync(store->fd) == 0 ? 0 : errno);
}
