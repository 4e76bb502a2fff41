/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agent_keys.c - an authority in a directory
 *
 * The index is the authority's memory: "SERIAL issued|revoked SECONDS NAME", a line for
 * each deed, only ever added to.
 */
#include "cmd/agent_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/scan_check.h"
#include "net/pki.h"

enum {
	PEM_MOST = 64 << 10,
	INDEX_MOST = 16 << 20,
	HOSTS_MOST = 32
};

static int make_directory(const char *path, struct err *err)
{
	char *copy = mem_printf("%s/", path);
	int result = 0;

	for (char *slash = strchr(copy + 1, '/'); result == 0 && slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) != 0 && errno != EEXIST)
			result = err_set(err, ERR_SYSTEM, "the directory %s cannot be made: %s", copy, strerror(errno));
		*slash = '/';
	}
	free(copy);
	return result;
}

/* Writes what is not there yet, to the end, with its mode from the first moment. */
static int write_new(const char *directory, const char *name, mode_t mode, int flags, const struct buf *text, struct err *err)
{
	char *path = mem_printf("%s/%s", directory, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode), result = 0;

	if (fd < 0 && errno == EEXIST)
		result = err_set(err, ERR_USAGE, "%s is there already, and is not written over", path);
	else if (fd < 0 || write(fd, text->data, text->len) != (ssize_t)text->len || fsync(fd) != 0)
		result = err_set(err, ERR_SYSTEM, "%s cannot be written: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	free(path);
	return result;
}

static int read_text(const char *directory, const char *name, struct buf *text, struct err *err)
{
	char *path = mem_printf("%s/%s", directory, name);
	int result = file_read(path, text, err);

	free(path);
	return result;
}

static struct pki_authority *open_authority(const char *directory, struct err *err)
{
	struct buf certificate = BUF_INIT(PEM_MOST), key = BUF_INIT(PEM_MOST);
	struct pki_authority *authority = NULL;

	if (read_text(directory, "ca.pem", &certificate, err) == 0 && read_text(directory, "ca.key", &key, err) == 0)
		authority = pki_open(certificate.data, key.data, err);
	if (key.len != 0)
		explicit_bzero(key.data, key.len);
	buf_release(&key);
	buf_release(&certificate);
	return authority;
}

static int add_to_index(const char *directory, const char *serial, const char *deed, const char *name, struct err *err)
{
	struct buf line = BUF_OWN;
	int result;

	buf_printf(&line, "%s %s %lld %s\n", serial, deed, (long long)time(NULL), name);
	result = write_new(directory, "index", 0600, O_APPEND, &line, err);
	buf_release(&line);
	return result;
}

static bool is_there(const char *directory, const char *name)
{
	char *path = mem_printf("%s/%s", directory, name);
	bool there = access(path, F_OK) == 0;

	free(path);
	return there;
}

/* Both files, or none: the key first, and the deed written down before anybody has the certificate. */
static int write_pair(const char *directory, const char *name, const char *serial, const struct buf *certificate, const struct buf *key,
		      struct err *err)
{
	char *first = mem_printf("%s.key", name), *second = mem_printf("%s.pem", name);
	int result = 0;

	if (is_there(directory, second))
		result = err_set(err, ERR_USAGE, "%s/%s is there already, and is not written over", directory, second);
	if (result == 0)
		result = write_new(directory, first, 0600, O_EXCL, key, err);
	if (result == 0 && serial != NULL)
		result = add_to_index(directory, serial, "issued", name, err);
	if (result == 0)
		result = write_new(directory, second, 0644, O_EXCL, certificate, err);
	free(first);
	free(second);
	return result;
}

static int issue(const char *directory, const char *file, const char *name, const char *const *hosts, size_t count, struct err *err)
{
	struct pki_authority *authority = open_authority(directory, err);
	struct buf certificate = BUF_INIT(PEM_MOST), key = BUF_INIT(PEM_MOST);
	char serial[PKI_SERIAL];
	int result = -1;

	if (authority != NULL && pki_issue(authority, name, hosts, count, &certificate, &key, serial, err) == 0)
		result = write_pair(directory, file, serial, &certificate, &key, err);
	if (key.len != 0)
		explicit_bzero(key.data, key.len);
	buf_release(&key);
	buf_release(&certificate);
	pki_close(authority);
	return result;
}

struct revocations {
	struct pki_revoked *rows;
	size_t count;
	size_t capacity;
};

/* One line of the index, cut in four. */
struct deed {
	char serial[PKI_SERIAL];
	char what[16];
	long long when;
	const char *name;
	size_t name_len;
};

static bool read_deed(const char *line, size_t len, struct deed *deed)
{
	char *copy = mem_bytes(line, len), *rest = copy, *serial = strsep(&rest, " "), *what = rest ? strsep(&rest, " ") : NULL,
	     *when = rest ? strsep(&rest, " ") : NULL;
	bool whole = rest != NULL && strlen(serial) < sizeof deed->serial && strlen(what) < sizeof deed->what;

	if (whole) {
		snprintf(deed->serial, sizeof deed->serial, "%s", serial);
		snprintf(deed->what, sizeof deed->what, "%s", what);
		deed->when = strtoll(when, NULL, 10);
		deed->name = line + (rest - copy);
		deed->name_len = strlen(rest);
	}
	free(copy);
	return whole;
}

static bool is_revoked(const struct revocations *list, const char *serial)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->rows[i].serial, serial) == 0)
			return true;
	return false;
}

/* All that was taken back; and what was issued to that name, and not taken back, is `added` to it and the index. */
static int collect(const char *directory, const char *name, struct revocations *list, size_t *added, struct err *err)
{
	struct buf text = BUF_INIT(INDEX_MOST);
	int result = read_text(directory, "index", &text, err);
	struct deed deed;

	for (int pass = 0; result == 0 && pass < 2; pass++) {
		for (const char *line = text.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
			bool taken_back;

			if (!read_deed(line, (size_t)(end - line), &deed))
				continue;
			taken_back = strcmp(deed.what, "revoked") == 0;
			if (pass == 0 ? !taken_back : taken_back || deed.name_len != strlen(name) || strncmp(deed.name, name, deed.name_len) != 0 ||
							      is_revoked(list, deed.serial))
				continue;
			MEM_ROOM(list->rows, list->count, list->capacity);
			list->rows[list->count] = (struct pki_revoked){ .when = pass == 0 ? (time_t)deed.when : time(NULL) };
			memcpy(list->rows[list->count++].serial, deed.serial, sizeof deed.serial);
			*added += pass == 1;
			if (pass == 1 && add_to_index(directory, deed.serial, "revoked", name, err) != 0)
				result = -1;
		}
	}
	buf_release(&text);
	return result;
}

static int write_list(const char *directory, const struct revocations *list, struct err *err)
{
	struct pki_authority *authority = open_authority(directory, err);
	struct buf text = BUF_INIT(INDEX_MOST);
	char *path = mem_printf("%s/crl.pem", directory);
	int result = -1;

	if (authority != NULL && pki_list(authority, list->rows, list->count, &text, err) == 0)
		result = file_replace(path, text.data, text.len, err);
	free(path);
	buf_release(&text);
	pki_close(authority);
	return result;
}

static int make_authority(const char *directory, const char *host, struct err *err)
{
	static const struct revocations none = { .count = 0 };
	struct buf certificate = BUF_INIT(PEM_MOST), key = BUF_INIT(PEM_MOST);
	char *name = mem_printf("relayaudit agent %.40s", host);
	int result = pki_authority(name, &certificate, &key, err);

	if (result == 0)
		result = write_pair(directory, "ca", NULL, &certificate, &key, err);
	if (key.len != 0)
		explicit_bzero(key.data, key.len);
	buf_release(&key);
	buf_release(&certificate);
	free(name);
	return result == 0 ? write_list(directory, &none, err) : -1;
}

int agent_keys_init(const char *directory, char **hosts, size_t count, struct err *err)
{
	if (count == 0)
		return err_set(err, ERR_USAGE, "by which names or addresses will the agent be asked? relayaudit agent keys init HOST...");
	if (count > HOSTS_MOST)
		return err_set(err, ERR_USAGE, "more than %d names of one agent are too many", HOSTS_MOST);
	for (size_t i = 0; i < count; i++)
		if (scan_check_host(hosts[i], err) != 0)
			return -1;
	if (make_directory(directory, err) != 0 || make_authority(directory, hosts[0], err) != 0)
		return -1;
	return issue(directory, "agent", strlen(hosts[0]) <= PKI_NAME_MOST ? hosts[0] : "relayaudit agent", (const char *const *)hosts, count, err);
}

static int check_name(const char *name, struct err *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	static const char *const own[] = { "ca", "agent", "crl", "index" };

	if (name[0] == '\0' || name[0] == '.' || name[0] == '-' || strlen(name) > PKI_NAME_MOST || name[strspn(name, allowed)] != '\0')
		return err_set(err, ERR_USAGE, "'%.80s' cannot be a client's name: letters, digits, '.', '-' and '_', 64 of them at most", name);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strcmp(name, own[i]) == 0)
			return err_set(err, ERR_USAGE, "'%s' cannot be a client's name: there are files of that name", name);
	return 0;
}

int agent_keys_issue(const char *directory, const char *name, struct err *err)
{
	return check_name(name, err) == 0 ? issue(directory, name, name, NULL, 0, err) : -1;
}

int agent_keys_revoke(const char *directory, const char *name, struct err *err)
{
	struct revocations list = { .count = 0 };
	size_t added = 0;
	int result = collect(directory, name, &list, &added, err);

	if (result == 0)
		result = write_list(directory, &list, err);
	free(list.rows);
	if (result == 0 && added == 0)
		return err_set(err, ERR_USAGE, "no certificate of the name '%.80s' is good, so that none is taken back", name);
	return result;
}
