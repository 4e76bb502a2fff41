/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_source.c - files as lines
 *
 * A line is a piece of the block that was read; only one that two blocks share is
 * copied.  What is packed is told by its first bytes, and only that goes through the
 * unpacker: it would copy what is plain once more.  Unpacking runs in this process, never
 * in a program that a file's name or content could choose.
 */
#include "mta/log_source.h"

#include <archive.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/log_tail.h"

/* Large enough that the calls do not count, and small enough for a processor's cache. */
enum { BLOCK = 128 * 1024 };

struct log_source {
	char *shown;            /* its name, escaped */
	struct archive *archive; /* NULL: it is plain */
	struct log_tail *tail;  /* instead, of a file that grows */
	char *bytes;            /* a block of the file */
	size_t head;            /* bytes of its beginning that are there, and were given to nobody yet */
	int fd;
	struct slice block;     /* what is left of what was read, or unpacked */
	struct buf carried;     /* the beginning of a line that the last block did not end */
	bool cut;               /* more of that line was there */
	size_t whole;           /* its bytes in the file */
	bool ended;
	bool torn;              /* the last line has no end */
	size_t line_most;
};

static char *escaped(const char *path)
{
	struct buf text = BUF_INIT(TEXT_SHOWN);

	text_escape(&text, path, strlen(path));
	return buf_detach(&text);
}

static void add(struct log_files *files, char *path, time_t changed, bool listed)
{
	MEM_ROOM(files->rows, files->count, files->capacity);
	files->rows[files->count++] = (struct log_file){ .path = path, .changed = changed, .listed = listed };
}

/* Of a directory's names: those of the first row that fits any. */
static const char *const families[] = { "mail.log", "maillog", "mainlog", "exim_mainlog", "smtpd.log", "mail", "current", "syslog", "messages" };

/* "mail.log", "mail.log.1", "mail.log-20261127.gz"; tai64n names belong to current. */
static bool is_of(const char *name, const char *family)
{
	size_t len = strlen(family);

	if (strcmp(family, "current") == 0 && name[0] == '@')
		return true;
	return strncmp(name, family, len) == 0 && (name[len] == '\0' || name[len] == '.' || name[len] == '-') &&
	       strncmp(name + len, ".err", 4) != 0 && strncmp(name + len, ".warn", 5) != 0 && strncmp(name + len, ".info", 5) != 0;
}

/* The oldest first; of the same second, "mail.log.2" before "mail.log.1" before "mail.log". */
static int compare(const void *left, const void *right)
{
	const struct log_file *a = left, *b = right;

	if (a->changed != b->changed)
		return a->changed < b->changed ? -1 : 1;
	if (strlen(a->path) != strlen(b->path))
		return strlen(a->path) > strlen(b->path) ? -1 : 1;
	return strcmp(b->path, a->path);
}

static void keep_family(struct log_files *files, size_t first)
{
	for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
		size_t kept = first;
		bool any = false;

		for (size_t i = first; i < files->count; i++)
			any = any || is_of(strrchr(files->rows[i].path, '/') + 1, families[f]);
		for (size_t i = first; any && i < files->count; i++) {
			if (is_of(strrchr(files->rows[i].path, '/') + 1, families[f]))
				files->rows[kept++] = files->rows[i];
			else
				free(files->rows[i].path);
		}
		if (any) {
			files->count = kept;
			return;
		}
	}
}

static int add_directory(struct log_files *files, const char *path, struct err *err)
{
	DIR *directory = opendir(path);
	size_t first = files->count;
	const struct dirent *entry;
	struct stat about;

	if (directory == NULL)
		return err_set(err, ERR_SYSTEM, "the directory cannot be read: %s", strerror(errno));
	while ((entry = readdir(directory)) != NULL && files->count - first < LOG_FILES_MOST)
		if (entry->d_name[0] != '.' && fstatat(dirfd(directory), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(about.st_mode) &&
		    strncmp(entry->d_name, "rejectlog", 9) != 0 && strncmp(entry->d_name, "paniclog", 8) != 0)
			add(files, mem_printf("%s/%s", path, entry->d_name), about.st_mtime, true);
	closedir(directory);
	keep_family(files, first);
	if (files->count == first)
		return err_set(err, ERR_SYSTEM, "there is no file in the directory");
	qsort(files->rows + first, files->count - first, sizeof *files->rows, compare);
	return 0;
}

int log_files_add(struct log_files *files, const char *path, struct err *err)
{
	struct stat about;
	int result = 0;

	if (strcmp(path, "-") == 0) {
		add(files, mem_text(path), 0, false);
		return 0;
	}
	if (stat(path, &about) != 0)
		result = err_set(err, ERR_SYSTEM, "it cannot be read: %s", strerror(errno));
	else if (S_ISDIR(about.st_mode))
		result = add_directory(files, path, err);
	else if (!S_ISREG(about.st_mode))
		result = err_set(err, ERR_SYSTEM, "it is neither a file nor a directory, and is not opened; standard input is '-'");
	else
		add(files, mem_text(path), about.st_mtime, false);
	if (result != 0) {
		char *shown = escaped(path);

		err_prefix(err, "%.300s: ", shown);
		free(shown);
	}
	return result;
}

void log_files_release(struct log_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->rows[i].path);
	free(files->rows);
	*files = (struct log_files){ .count = 0 };
}

/* Without waiting for whoever may have put a fifo in the file's place meanwhile. */
static int open_file(const struct log_file *file, struct err *err)
{
	struct stat about;
	int fd;

	if (strcmp(file->path, "-") == 0)
		return STDIN_FILENO;
	fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return err_set(err, ERR_SYSTEM, "it cannot be read: %s", strerror(errno));
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
		close(fd);
		return err_set(err, ERR_SYSTEM, "it is no file, and is not opened");
	}
	return fd;
}

/* The file's next bytes; 0 at its end, -1 with errno. */
static ssize_t read_bytes(struct log_source *source)
{
	size_t head = source->head;
	ssize_t len;

	source->head = 0;
	if (head != 0)
		return (ssize_t)head;
	do {
		len = read(source->fd, source->bytes, BLOCK);
	} while (len < 0 && errno == EINTR);
	return len;
}

/* The file's first bytes, as many as any format is told by; a pipe may give them one by one. */
static int read_head(struct log_source *source, size_t wanted, struct err *err)
{
	while (source->head < wanted) {
		ssize_t len = read(source->fd, source->bytes + source->head, BLOCK - source->head);

		if (len == 0)
			break;
		if (len > 0)
			source->head += (size_t)len;
		else if (errno != EINTR)
			return err_set(err, ERR_SYSTEM, "%.300s: it cannot be read: %s", source->shown, strerror(errno));
	}
	return 0;
}

static const struct {
	size_t at;
	struct slice bytes;
} packed[] = {
	{ 0, SLICE("\x1f\x8b") },                /* gzip */
	{ 0, SLICE("\xfd" "7zXZ") },
	{ 0, SLICE("\x28\xb5\x2f\xfd") },        /* zstd */
	{ 1, SLICE("\x2a\x4d\x18") },            /* zstd, a frame that is skipped */
	{ 0, SLICE("BZh") },
};

enum { PACKED_HEAD = 5 };

static bool is_packed(const struct log_source *source)
{
	for (size_t i = 0; i < sizeof packed / sizeof *packed; i++) {
		size_t end = packed[i].at + packed[i].bytes.len;

		if (source->head >= end && memcmp(source->bytes + packed[i].at, packed[i].bytes.at, packed[i].bytes.len) == 0)
			return true;
	}
	return false;
}

/* What the unpacker is fed with. */
static la_ssize_t feed(struct archive *archive, void *context, const void **bytes)
{
	struct log_source *source = context;
	ssize_t len = read_bytes(source);

	*bytes = source->bytes;
	if (len < 0)
		archive_set_error(archive, errno, "%s", strerror(errno));
	return len;
}

static int open_packed(struct log_source *source, struct err *err)
{
	struct archive_entry *entry;
	const char *why;
	int result;

	source->archive = archive_read_new();
	if (source->archive == NULL)
		BUG("no memory for an archive");
	archive_read_support_filter_gzip(source->archive);
	archive_read_support_filter_xz(source->archive);
	archive_read_support_filter_zstd(source->archive);
	archive_read_support_filter_bzip2(source->archive);
	archive_read_support_format_raw(source->archive);
	archive_read_support_format_empty(source->archive);
	result = archive_read_open(source->archive, source, NULL, feed, NULL);
	if (result == ARCHIVE_OK)
		result = archive_read_next_header(source->archive, &entry);
	source->ended = result == ARCHIVE_EOF;
	if (source->ended || result >= ARCHIVE_WARN)
		return 0;
	why = archive_error_string(source->archive);
	return err_set(err, ERR_SYSTEM, "%.300s: it cannot be unpacked: %.120s", source->shown, why ? why : "no reason is known");
}

struct log_source *log_source_open(const struct log_file *file, size_t line_most, struct err *err)
{
	struct log_source *source = mem_new(sizeof *source);

	source->shown = escaped(strcmp(file->path, "-") == 0 ? "standard input" : file->path);
	source->line_most = line_most;
	buf_init(&source->carried, line_most);
	source->bytes = mem_new(BLOCK);
	source->fd = open_file(file, err);
	if (source->fd < 0)
		err_prefix(err, "%.300s: ", source->shown);
	else if (read_head(source, PACKED_HEAD, err) == 0 && (!is_packed(source) || open_packed(source, err) == 0))
		return source;
	log_source_close(source);
	return NULL;
}

struct log_source *log_source_follow(const struct log_file *file, size_t line_most, int stop, struct err *err)
{
	struct log_source *source = mem_new(sizeof *source);

	source->shown = escaped(file->path);
	source->fd = -1;
	source->line_most = line_most;
	buf_init(&source->carried, line_most);
	source->bytes = mem_new(BLOCK);
	source->tail = log_tail_open(file->path, stop, err);
	if (source->tail != NULL)
		return source;
	err_prefix(err, "%.300s: ", source->shown);
	log_source_close(source);
	return NULL;
}

void log_source_close(struct log_source *source)
{
	if (source == NULL)
		return;
	if (source->archive != NULL)
		archive_read_free(source->archive);
	if (source->fd > STDIN_FILENO)
		close(source->fd);
	log_tail_close(source->tail);
	free(source->bytes);
	buf_release(&source->carried);
	free(source->shown);
	free(source);
}

static int read_tail(struct log_source *source, struct err *err)
{
	ssize_t len = log_tail_read(source->tail, source->bytes, BLOCK, err);

	source->ended = len <= 0;
	if (len < 0)
		return err_prefix(err, "%.300s: ", source->shown);
	source->block = (struct slice){ source->bytes, (size_t)len };
	return len != 0;
}

static int read_plain(struct log_source *source, struct err *err)
{
	ssize_t len = read_bytes(source);

	source->ended = len <= 0;
	if (len < 0)
		return err_set(err, ERR_SYSTEM, "%.300s: it cannot be read to its end: %s", source->shown, strerror(errno));
	source->block = (struct slice){ source->bytes, (size_t)len };
	return len != 0;
}

static int read_packed(struct log_source *source, struct err *err)
{
	const void *bytes;
	la_int64_t offset;
	size_t len;
	int result;

	do {
		result = archive_read_data_block(source->archive, &bytes, &len, &offset);
	} while (result == ARCHIVE_RETRY || (result == ARCHIVE_OK && len == 0));
	if (result == ARCHIVE_EOF) {
		source->ended = true;
		return 0;
	}
	if (result < ARCHIVE_WARN) {
		const char *why = archive_error_string(source->archive);

		source->ended = true;
		return err_set(err, ERR_SYSTEM, "%.300s: it cannot be read to its end: %.120s", source->shown, why ? why : "no reason is known");
	}
	source->block = (struct slice){ bytes, len };
	return 1;
}

/* More bytes; 0 at the end. */
static int read_block(struct log_source *source, struct err *err)
{
	if (source->tail != NULL)
		return read_tail(source, err);
	return source->archive != NULL ? read_packed(source, err) : read_plain(source, err);
}

/* A line's bytes so far; false while its end is not there. */
static bool take_line(struct log_source *source, struct slice *line)
{
	struct slice piece = source->block;
	const char *end = memchr(piece.at, '\n', piece.len);

	if (end != NULL)
		piece.len = (size_t)(end - piece.at);
	if (end != NULL && source->carried.len == 0 && piece.len <= source->line_most) {
		*line = piece;
		source->whole = piece.len + 1;
		source->block.at = end + 1;
		source->block.len -= piece.len + 1;
		return true;
	}
	buf_add(&source->carried, piece.at, piece.len);
	source->cut = source->cut || source->carried.cut;
	*line = (struct slice){ source->carried.data, source->carried.len };
	source->whole += piece.len + (end != NULL);
	slice_step(&source->block, piece.len + (end != NULL));
	return end != NULL;
}

size_t log_source_whole(const struct log_source *source)
{
	return source->whole;
}

bool log_source_is_torn(const struct log_source *source)
{
	return source->torn;
}

int log_source_next(struct log_source *source, struct slice *line, bool *cut, struct err *err)
{
	int result;

	/* The line before this one is done with. */
	if (source->carried.len != 0 || source->carried.cut)
		buf_reset(&source->carried);
	source->cut = false;
	source->whole = 0;
	for (;;) {
		if (source->block.len != 0 && take_line(source, line))
			break;
		result = source->ended ? 0 : read_block(source, err);
		if (result < 0)
			return -1;
		if (result == 0) {
			/* The last line may lack its end. */
			if (source->carried.len == 0)
				return 0;
			*line = (struct slice){ source->carried.data, source->carried.len };
			source->torn = true;
			break;
		}
	}
	*cut = source->cut;
	return 1;
}
