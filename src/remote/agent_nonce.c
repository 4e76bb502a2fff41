/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_nonce.c - jobs that were taken, on disk
 *
 * In memory they lie in a table of open addressing that is never more than half full.  A
 * line is written whole and synced before the job begins; what a crash has left behind the
 * last line end is passed over.
 */
#include "remote/agent_nonce.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "audit/job.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"

enum {
	PLACES = 1 << 18,
	LINE = 16 + 1 + JOB_NONCE + 1,
	FILE_MOST = 2 * AGENT_NONCES_MOST * (int)(16 + 1 + JOB_NONCE + 1)
};
_Static_assert(PLACES > 2 * AGENT_NONCES_MOST, "half of the table stays empty");

struct taken {
	int64_t expires;                /* 0: an empty place */
	char nonce[JOB_NONCE];
};

struct agent_nonces {
	char *path;
	int fd, lock;
	off_t size;                     /* of the file, up to its last whole line */
	size_t lines;                   /* in the file */
	size_t count;                   /* in the table */
	struct taken *places;
};

static size_t hash(const char *nonce)
{
	uint64_t mixed = 1469598103934665603u;

	for (size_t i = 0; i < JOB_NONCE; i++)
		mixed = (mixed ^ (unsigned char)nonce[i]) * 1099511628211u;
	return (size_t)(mixed ^ mixed >> 32) % PLACES;
}

/* Its place, or the empty one where it would be. */
static struct taken *find(const struct agent_nonces *nonces, const char *nonce)
{
	size_t at = hash(nonce);

	while (nonces->places[at].expires != 0 && memcmp(nonces->places[at].nonce, nonce, JOB_NONCE) != 0)
		at = (at + 1) % PLACES;
	return &nonces->places[at];
}

static void add(struct agent_nonces *nonces, const char *nonce, int64_t expires)
{
	struct taken *place = find(nonces, nonce);

	nonces->count += place->expires == 0;
	place->expires = expires;
	memcpy(place->nonce, nonce, JOB_NONCE);
}

/* "EXPIRES NONCE"; what is no such line was torn by a crash, before its job began. */
static void read_line(struct agent_nonces *nonces, const char *line, size_t len, int64_t now)
{
	char *end;
	long long expires;

	if (len < JOB_NONCE + 2)
		return;
	expires = strtoll(line, &end, 10);
	if (*end == ' ' && line + len == end + 1 + JOB_NONCE && expires > now && nonces->count < AGENT_NONCES_MOST)
		add(nonces, end + 1, expires);
}

static int read_file(struct agent_nonces *nonces, struct err *err)
{
	struct buf text = BUF_INIT(FILE_MOST);
	int64_t now = time(NULL);

	if (file_read(nonces->path, &text, err) != 0) {
		buf_release(&text);
		return -1;
	}
	for (const char *line = text.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
		read_line(nonces, line, (size_t)(end - line), now);
	buf_release(&text);
	return 0;
}

/* All that has not expired, in a new file; the table is made anew as well. */
static int write_anew(struct agent_nonces *nonces, struct err *err)
{
	struct taken *old = nonces->places;
	struct buf text = BUF_INIT(FILE_MOST);
	int64_t now = time(NULL);
	int fd, result;

	nonces->places = mem_new(PLACES * sizeof *nonces->places);
	nonces->count = 0;
	for (size_t i = 0; i < PLACES; i++) {
		if (old[i].expires <= now)
			continue;
		add(nonces, old[i].nonce, old[i].expires);
		buf_printf(&text, "%lld %.*s\n", (long long)old[i].expires, JOB_NONCE, old[i].nonce);
	}
	free(old);
	nonces->lines = nonces->count;
	result = file_replace(nonces->path, text.data, text.len, err);
	buf_release(&text);
	if (result != 0)
		return -1;
	fd = open(nonces->path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "%s cannot be opened: %s", nonces->path, strerror(errno));
	if (nonces->fd >= 0)
		close(nonces->fd);
	nonces->fd = fd;
	nonces->size = lseek(fd, 0, SEEK_END);
	return 0;
}

/* Beside the file, which is replaced now and then. */
static int take_lock(struct agent_nonces *nonces, struct err *err)
{
	char *path = mem_printf("%s.lock", nonces->path);
	int result = 0;

	nonces->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (nonces->lock < 0)
		result = err_set(err, ERR_SYSTEM, "%s cannot be made: %s", path, strerror(errno));
	else if (flock(nonces->lock, LOCK_EX | LOCK_NB) != 0)
		result = err_set(err, ERR_SYSTEM, "%s is locked: another agent uses this directory", path);
	free(path);
	return result;
}

struct agent_nonces *agent_nonces_open(const char *directory, struct err *err)
{
	struct agent_nonces *nonces = mem_new(sizeof *nonces);

	nonces->path = mem_printf("%s/jobs", directory);
	nonces->fd = -1;
	nonces->places = mem_new(PLACES * sizeof *nonces->places);
	if (take_lock(nonces, err) == 0 && (access(nonces->path, F_OK) != 0 || read_file(nonces, err) == 0) && write_anew(nonces, err) == 0)
		return nonces;
	agent_nonces_close(nonces);
	return NULL;
}

void agent_nonces_close(struct agent_nonces *nonces)
{
	if (nonces == NULL)
		return;
	if (nonces->fd >= 0)
		close(nonces->fd);
	if (nonces->lock >= 0)
		close(nonces->lock);
	free(nonces->places);
	free(nonces->path);
	free(nonces);
}

int agent_nonces_take(struct agent_nonces *nonces, const char *nonce, int64_t expires, struct err *err)
{
	char line[LINE + 8];
	int len;

	if (find(nonces, nonce)->expires != 0)
		return err_set(err, ERR_FORBIDDEN, "this job was taken before");
	if ((nonces->count >= AGENT_NONCES_MOST || nonces->lines >= 2 * AGENT_NONCES_MOST - 1) && write_anew(nonces, err) != 0)
		return -1;
	if (nonces->count >= AGENT_NONCES_MOST)
		return err_set(err, ERR_LIMIT, "more jobs were taken within an hour than can be remembered");
	len = snprintf(line, sizeof line, "%lld %.*s\n", (long long)expires, JOB_NONCE, nonce);
	if (write(nonces->fd, line, (size_t)len) != len || fdatasync(nonces->fd) != 0) {
		err_set(err, ERR_SYSTEM, "%s cannot be written: %s", nonces->path, strerror(errno));
		/* Half a line would spoil the next one. */
		if (ftruncate(nonces->fd, nonces->size) != 0)
			nonces->lines = 2 * AGENT_NONCES_MOST;
		return -1;
	}
	nonces->size += len;
	nonces->lines++;
	add(nonces, nonce, expires);
	return 0;
}
