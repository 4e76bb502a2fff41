/* SPDX-License-Identifier: Apache-2.0 */
/*
 * asked.c - a program that is run once
 */
#include "net/asked.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"

extern char **environ;

static int find_in(const char *directory, size_t len, const char *name, char path[ASKED_PATH_MOST])
{
	int written = snprintf(path, ASKED_PATH_MOST, "%.*s/%s", (int)len, directory, name);
	struct stat about;

	if (len == 0 || directory[0] != '/' || written < 0 || written >= ASKED_PATH_MOST || access(path, X_OK) != 0)
		return -1;
	return stat(path, &about) == 0 && S_ISREG(about.st_mode) ? 0 : -1;
}

int asked_find(const char *name, char path[ASKED_PATH_MOST])
{
	static const char more[] = "/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/usr/local/bin:/var/qmail/bin";
	const char *const lists[] = { getenv("PATH"), more };

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const char *at = lists[i] ? lists[i] : "";

		while (*at != '\0') {
			size_t len = strcspn(at, ":");

			if (find_in(at, len, name, path) == 0)
				return 0;
			at += len + (at[len] == ':');
		}
	}
	return -1;
}

/* Standard output and standard error, each by a pipe. */
static int start(const char *path, const char *const *argv, int ends[2], pid_t *pid, struct err *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int out[2], said[2], fault;
	sigset_t signals;

	if (pipe2(out, O_CLOEXEC) != 0)
		return err_set(err, ERR_SYSTEM, "no pipe to a command: %s", strerror(errno));
	if (pipe2(said, O_CLOEXEC) != 0) {
		close(out[0]);
		close(out[1]);
		return err_set(err, ERR_SYSTEM, "no pipe to a command: %s", strerror(errno));
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, said[1], STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	sigfillset(&signals);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(&attributes, &signals);
	/* Its words are not changed: the type is older than const. */
	fault = posix_spawn(pid, path, &actions, &attributes, (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	close(said[1]);
	ends[0] = out[0];
	ends[1] = said[0];
	if (fault == 0)
		return 0;
	close(out[0]);
	close(said[0]);
	return err_set(err, ERR_SYSTEM, "'%.200s' cannot be started: %s", path, strerror(fault));
}

/* False: nothing more comes from there. */
static bool take(int fd, struct buf *to)
{
	char bytes[16384];
	ssize_t len = read(fd, bytes, sizeof bytes);

	if (len < 0)
		return errno == EINTR;
	buf_add(to, bytes, (size_t)len);
	return len != 0;
}

/* Who has closed both ends may go on for ever all the same. */
static bool ends_by(pid_t pid, int64_t until)
{
	struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
	bool ended = end.fd < 0;

	while (!ended) {
		int64_t rest = until - clock_now();
		int count = rest > 0 ? poll(&end, 1, (int)(rest / CLOCK_MS) + 1) : 0;

		if (count == 0)
			break;
		ended = count > 0;
	}
	if (end.fd >= 0)
		close(end.fd);
	return ended;
}

/* Until both ends are closed; false: it took too long, or wrote too much. */
static bool listen_to(const int ends[2], int64_t until, struct buf *output, struct buf *said)
{
	struct pollfd fds[2] = { { .fd = ends[0], .events = POLLIN }, { .fd = ends[1], .events = POLLIN } };

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int64_t rest = until - clock_now();
		int count = rest > 0 ? poll(fds, 2, (int)(rest / CLOCK_MS) + 1) : 0;

		if (count == 0 || output->cut)
			return false;
		if (count < 0)
			continue;
		if (fds[0].revents != 0 && !take(fds[0].fd, output))
			fds[0].fd = -1;
		if (fds[1].revents != 0 && !take(fds[1].fd, said))
			fds[1].fd = -1;
	}
	return true;
}

/* ": the last that it said", made safe to show. */
static void explain(const struct buf *said, struct buf *to)
{
	size_t len = said->len;

	while (len != 0 && (said->data[len - 1] == '\n' || said->data[len - 1] == '\r'))
		len--;
	if (len == 0)
		return;
	buf_text(to, ": ");
	text_escape(to, said->data, len < 300 ? len : 300);
}

int asked_run(const char *path, const char *const *argv, struct buf *output, struct err *err)
{
	struct buf said = BUF_INIT(ASKED_SAID_MOST), why = BUF_INIT(TEXT_SHOWN * 4);
	int ends[2] = { -1, -1 }, status = 0, result = 0;
	int64_t until;
	bool whole;
	pid_t pid;

	if (start(path, argv, ends, &pid, err) != 0)
		return -1;
	until = clock_now() + (int64_t)ASKED_TIME * CLOCK_S;
	whole = listen_to(ends, until, output, &said) && ends_by(pid, until);
	close(ends[0]);
	close(ends[1]);
	if (!whole)
		kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	explain(&said, &why);
	if (!whole)
		result = err_set(err, ERR_SYSTEM, "'%.200s' wrote too much, or took longer than %d s, and was killed%.400s", path, ASKED_TIME, why.data);
	else if (WIFSIGNALED(status))
		result = err_set(err, ERR_SYSTEM, "'%.200s' was killed by signal %d%.400s", path, WTERMSIG(status), why.data);
	else if (WEXITSTATUS(status) != 0)
		result = err_set(err, ERR_SYSTEM, "'%.200s' failed with status %d%.400s", path, WEXITSTATUS(status), why.data);
	buf_release(&said);
	buf_release(&why);
	return result;
}
