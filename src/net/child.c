/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.c - processes on the loop
 *
 *      BEGUN      started; answered() is due from the loop
 *      TALKING    the descriptor is the taker's
 *      ASKED      the connection ended, ended() is due: when the process ends, or is too slow to
 *      PARTING    hung up: it may end by itself
 *      TERMINATED sent SIGTERM
 *
 * A process that ended is a zombie until release(): so long its number, which is its
 * group's as well, is nobody else's, and what it left behind can be killed by it.
 */
#include "net/child.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

enum {
	/* Reads of standard error in one turn of the loop. */
	CHILD_TURN = 4,
	/* Descriptors a child may have: old programs close all that they may, one by one, and we may have raised our own limit to a million. */
	CHILD_DESCRIPTORS = 1024
};

enum child_state { BEGUN, TALKING, ASKED, PARTING, TERMINATED };

struct child {
	struct children *children;
	struct child *next;
	pid_t pid;
	int pidfd;
	int connection;                 /* ours, until it is handed over; else -1 */
	int complaints;                 /* its standard error; -1 behind its end */
	enum child_state state;
	bool ended;                     /* a zombie */
	struct event exit;
	struct event complaint;
	struct event timer;
	struct buf said;
	char *program;
	struct address to;
	int status, signal;
	void (*judge)(const struct child_end *end, struct err *err);
	const struct call_events *events;
	void *context;
};

struct children {
	struct child *first;
};

struct children *children_new(void)
{
	return mem_new(sizeof(struct children));
}

/* Unlinked, reaped, and gone; what it started is killed with it. */
static void release(struct child *child)
{
	struct child **link = &child->children->first;

	while (*link != child)
		link = &(*link)->next;
	*link = child->next;
	event_del(&child->exit);
	event_del(&child->complaint);
	event_del(&child->timer);
	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	close(child->pidfd);
	if (child->complaints >= 0)
		close(child->complaints);
	if (child->connection >= 0)
		close(child->connection);
	buf_release(&child->said);
	free(child->program);
	free(child);
}

static void set_timer(struct child *child, int64_t rest)
{
	struct timeval wait = { .tv_sec = rest / CLOCK_S, .tv_usec = rest % CLOCK_S };

	event_add(&child->timer, &wait);
}

/* What stands there now; of more than is kept, the beginning goes. */
static void read_complaints(struct child *child)
{
	char bytes[4096];

	for (int turn = 0; turn < CHILD_TURN && child->complaints >= 0; turn++) {
		ssize_t len = read(child->complaints, bytes, sizeof bytes);

		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (len <= 0) {
			event_del(&child->complaint);
			close(child->complaints);
			child->complaints = -1;
			return;
		}
		buf_add(&child->said, bytes, (size_t)len);
		if (child->said.len > CHILD_SAID_MOST)
			buf_take(&child->said, child->said.len - CHILD_SAID_MOST);
	}
}

static void on_complaint(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	read_complaints(context);
}

/* The answer to explain().  The child may be hung up in it. */
static void tell_end(struct child *child)
{
	struct child_end end = { .program = child->program, .to = child->to, .status = child->status, .signal = child->signal };
	struct err err = ERR_INIT;

	/* What a pipe holds. */
	for (int turn = 0; turn < CHILD_TURN; turn++)
		read_complaints(child);
	end.said = child->said.data;
	child->state = TALKING;
	if (child->ended)
		child->judge(&end, &err);
	child->events->ended(child->context, &err);
}

static void on_exit_of(evutil_socket_t fd, short what, void *context)
{
	struct child *child = context;
	siginfo_t info = { .si_pid = 0 };

	(void)fd;
	(void)what;
	if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == 0)
		return;
	event_del(&child->exit);
	child->ended = true;
	if (info.si_code == CLD_EXITED)
		child->status = info.si_status;
	else
		child->signal = info.si_status;
	if (child->state == ASKED)
		tell_end(child);
	else if (child->state >= PARTING)
		release(child);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct child *child = context;

	(void)fd;
	(void)what;
	switch (child->state) {
	case BEGUN:
		child->state = TALKING;
		int connection = child->connection;

		child->connection = -1;
		child->events->answered(child->context, connection);
		break;
	case ASKED:
		tell_end(child);
		break;
	case PARTING:
		child->state = TERMINATED;
		kill(-child->pid, SIGTERM);
		set_timer(child, CHILD_KILL);
		break;
	case TERMINATED:
		release(child);
		break;
	default:
		break;
	}
}

void child_explain(void *call)
{
	struct child *child = call;

	child->state = ASKED;
	set_timer(child, child->ended ? 0 : CHILD_EXPLAIN);
}

void child_hang_up(void *call)
{
	struct child *child = call;

	if (child->connection >= 0)
		close(child->connection);
	child->connection = -1;
	child->events = NULL;
	child->state = PARTING;
	/* From the loop: a callback of this child may be on the stack. */
	if (child->ended)
		child->state = TERMINATED;
	set_timer(child, child->ended ? 0 : CHILD_GRACE);
}

/* What our end and the child's are: 0 a socket pair, 1 a pipe for standard error. */
static int make_ends(int ours[2], int its[2], struct err *err)
{
	int pair[2], pipe_ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return err_set(err, ERR_SYSTEM, "no connection to a command: %s", strerror(errno));
	if (pipe2(pipe_ends, O_CLOEXEC) != 0) {
		close(pair[0]);
		close(pair[1]);
		return err_set(err, ERR_SYSTEM, "no pipe to a command: %s", strerror(errno));
	}
	ours[0] = pair[0];
	its[0] = pair[1];
	ours[1] = pipe_ends[0];
	its[1] = pipe_ends[1];
	/* Ours only: a program does not expect its standard output to be non-blocking. */
	fcntl(ours[0], F_SETFL, O_NONBLOCK);
	fcntl(ours[1], F_SETFL, O_NONBLOCK);
	return 0;
}

static int spawn_with(const int its[2], char *const argv[], pid_t *pid)
{
	struct rlimit before, less;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t signals;
	int fault;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, its[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, its[0], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, its[1], STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	sigfillset(&signals);
	posix_spawnattr_setsigdefault(&attributes, &signals);
	sigemptyset(&signals);
	posix_spawnattr_setsigmask(&attributes, &signals);
	getrlimit(RLIMIT_NOFILE, &before);
	less = before;
	if (less.rlim_cur > CHILD_DESCRIPTORS)
		less.rlim_cur = CHILD_DESCRIPTORS;
	setrlimit(RLIMIT_NOFILE, &less);
	fault = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
	setrlimit(RLIMIT_NOFILE, &before);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return fault;
}

static int start(char *const argv[], struct child *child, struct err *err)
{
	int ours[2] = { -1, -1 }, its[2] = { -1, -1 }, fault;

	if (make_ends(ours, its, err) != 0)
		return -1;
	fault = spawn_with(its, argv, &child->pid);
	close(its[0]);
	close(its[1]);
	if (fault == 0) {
		child->pidfd = (int)syscall(SYS_pidfd_open, child->pid, 0);
		if (child->pidfd >= 0) {
			child->connection = ours[0];
			child->complaints = ours[1];
			return 0;
		}
		fault = errno;
		kill(-child->pid, SIGKILL);
		waitpid(child->pid, NULL, 0);
	}
	close(ours[0]);
	close(ours[1]);
	return err_set(err, ERR_WAY, "'%.100s' cannot be started: %s", argv[0], strerror(fault));
}

struct child *child_call(struct children *children, struct event_base *base, const struct child_order *order,
			 const struct call_events *events, void *context, struct err *err)
{
	struct child *child = mem_new(sizeof *child);

	if (start(order->argv, child, err) != 0) {
		free(child);
		return NULL;
	}
	child->children = children;
	child->next = children->first;
	children->first = child;
	child->program = mem_text(order->argv[0]);
	child->to = order->to;
	child->judge = order->judge;
	child->events = events;
	child->context = context;
	buf_init(&child->said, CHILD_SAID_MOST + 4096);
	event_assign(&child->exit, base, child->pidfd, EV_READ | EV_PERSIST, on_exit_of, child);
	event_assign(&child->complaint, base, child->complaints, EV_READ | EV_PERSIST, on_complaint, child);
	event_assign(&child->timer, base, -1, 0, on_timer, child);
	event_add(&child->exit, NULL);
	event_add(&child->complaint, NULL);
	set_timer(child, 0);
	return child;
}

/* Waits for the ends of all; standard error is read meanwhile, so that nobody hangs on it. */
static void wait_for_all(struct children *children, int64_t time)
{
	int64_t until = clock_now() + time;

	for (struct child *child = children->first; child != NULL; child = child->next) {
		struct pollfd ends[2] = { { .fd = child->pidfd, .events = POLLIN }, { .fd = child->complaints, .events = POLLIN } };

		while (!child->ended) {
			int64_t rest = until - clock_now();
			int count = poll(ends, 2, rest > 0 ? (int)(rest / CLOCK_MS) + 1 : 0);

			if (count == 0 || (count < 0 && errno != EINTR))
				break;
			if (count > 0)
				read_complaints(child);
			ends[1].fd = child->complaints;
			child->ended = count > 0 && ends[0].revents != 0;
			if (rest <= 0)
				break;
		}
	}
}

void children_free(struct children *children)
{
	if (children == NULL)
		return;
	wait_for_all(children, CHILD_KILL);
	for (struct child *child = children->first; child != NULL; child = child->next)
		if (!child->ended)
			kill(-child->pid, SIGTERM);
	wait_for_all(children, CHILD_KILL / 4);
	while (children->first != NULL)
		release(children->first);
	free(children);
}
