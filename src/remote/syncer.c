/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syncer.c - waits for the disk, so that the loop need not
 *
 * What goes to the thread is a descriptor of its own, and what comes back is an
 * errno: both as the bytes of an int, which a stream socket passes on whole.
 */
#include "remote/syncer.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

enum {
	/* It calls fdatasync() and no more; a sanitizer wants some of its own. */
	SYNCER_STACK = 256 << 10
};

struct syncer {
	struct event told;
	int ours, theirs;
	pthread_t thread;
	syncer_done *done;
	void *context;                  /* borrowed */
};

/* `given` is the thread's end of the pair. */
static void *work(void *given)
{
	int door = *(const int *)given, fd;

	while (recv(door, &fd, sizeof fd, MSG_WAITALL) == (ssize_t)sizeof fd) {
		int fault = fdatasync(fd) == 0 ? 0 : errno;

		close(fd);
		if (send(door, &fault, sizeof fault, MSG_NOSIGNAL) != (ssize_t)sizeof fault)
			break;
	}
	return NULL;
}

static void on_told(evutil_socket_t fd, short what, void *context)
{
	struct syncer *syncer = context;
	int fault;

	(void)what;
	if (recv(fd, &fault, sizeof fault, MSG_DONTWAIT) == (ssize_t)sizeof fault)
		syncer->done(syncer->context, fault);
}

/* Signals are the loop's. */
static int begin(struct syncer *syncer)
{
	pthread_attr_t manner;
	sigset_t all, before;
	int fault;

	pthread_attr_init(&manner);
	pthread_attr_setstacksize(&manner, SYNCER_STACK);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	fault = pthread_create(&syncer->thread, &manner, work, &syncer->theirs);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&manner);
	return fault;
}

struct syncer *syncer_new(struct event_base *base, syncer_done *done, void *context, struct err *err)
{
	struct syncer *syncer = mem_new(sizeof *syncer);
	int pair[2], fault;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		err_set(err, ERR_SYSTEM, "no socket: %s", strerror(errno));
		free(syncer);
		return NULL;
	}
	syncer->ours = pair[0];
	syncer->theirs = pair[1];
	syncer->done = done;
	syncer->context = context;
	fault = begin(syncer);
	if (fault != 0) {
		err_set(err, ERR_SYSTEM, "no thread: %s", strerror(fault));
		close(pair[0]);
		close(pair[1]);
		free(syncer);
		return NULL;
	}
	event_assign(&syncer->told, base, syncer->ours, EV_READ | EV_PERSIST, on_told, syncer);
	event_add(&syncer->told, NULL);
	return syncer;
}

void syncer_free(struct syncer *syncer)
{
	if (syncer == NULL)
		return;
	event_del(&syncer->told);
	shutdown(syncer->ours, SHUT_WR);
	pthread_join(syncer->thread, NULL);
	close(syncer->ours);
	close(syncer->theirs);
	free(syncer);
}

int syncer_start(struct syncer *syncer, int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return -1;
	if (send(syncer->ours, &own, sizeof own, MSG_NOSIGNAL) != (ssize_t)sizeof own) {
		close(own);
		return -1;
	}
	return 0;
}
