/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measured.c - runs a program and tells what it took
 *
 *      measured [-k SECONDS] [-i MILLISECONDS] FILE COMMAND [ARGUMENT]...
 *
 * Writes to FILE, for a shell to read: status (128 and more: a signal's number),
 * wall and after (milliseconds, the latter since SIGINT was sent), peak (KiB), cpu
 * (milliseconds), killed (1 when it had to be ended after the -k SECONDS).  -i sends SIGINT that long
 * after the program has come to handle it.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MS = 1000000, POLL_MS = 5 };

struct measure {
	pid_t pid;
	int status;
	long wall, after;
	bool killed;
	struct rusage usage;
};

static long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000 + time.tv_nsec / MS;
}

/* Whether the child has ended, within the time. */
static bool ended_within(struct measure *measure, const sigset_t *child, long milliseconds)
{
	long until = now() + milliseconds, rest;

	for (;;) {
		if (wait4(measure->pid, &measure->status, WNOHANG, &measure->usage) == measure->pid)
			return true;
		rest = until - now();
		if (rest <= 0)
			return false;
		sigtimedwait(child, NULL, &(struct timespec){ rest / 1000, rest % 1000 * MS });
	}
}

static bool handles_sigint(pid_t pid)
{
	char name[64], line[256];
	unsigned long long caught = 0;
	FILE *file;

	snprintf(name, sizeof name, "/proc/%ld/status", (long)pid);
	file = fopen(name, "r");
	if (file == NULL)
		return false;
	while (fgets(line, sizeof line, file) != NULL)
		if (strncmp(line, "SigCgt:", 7) == 0)
			caught = strtoull(line + 7, NULL, 16);
	fclose(file);
	return (caught >> (SIGINT - 1) & 1) != 0;
}

static void run(struct measure *measure, const sigset_t *child, long limit, long interrupt)
{
	long begun = now(), sent = 0;
	bool ended = false;

	if (interrupt >= 0) {
		while (!ended && now() - begun < limit && !handles_sigint(measure->pid))
			ended = ended_within(measure, child, POLL_MS);
		if (!ended && !ended_within(measure, child, interrupt))
			kill(measure->pid, SIGINT);
		else
			ended = true;
		sent = now();
	}
	if (!ended && !ended_within(measure, child, limit)) {
		measure->killed = true;
		kill(measure->pid, SIGKILL);
		ended_within(measure, child, limit);
	}
	measure->wall = now() - begun;
	measure->after = interrupt >= 0 ? now() - sent : 0;
}

static int tell(const char *path, const struct measure *measure)
{
	FILE *file = fopen(path, "w");
	const struct timeval *user = &measure->usage.ru_utime, *system = &measure->usage.ru_stime;
	long cpu = (user->tv_sec + system->tv_sec) * 1000 + (user->tv_usec + system->tv_usec) / 1000;
	int status = WIFEXITED(measure->status) ? WEXITSTATUS(measure->status) : 128 + WTERMSIG(measure->status);

	if (file == NULL) {
		fprintf(stderr, "measured: %s: %s\n", path, strerror(errno));
		return 2;
	}
	fprintf(file, "status=%d\nwall=%ld\nafter=%ld\npeak=%ld\ncpu=%ld\nkilled=%d\n", status, measure->wall, measure->after,
		measure->usage.ru_maxrss, cpu, measure->killed);
	return fclose(file) == 0 ? 0 : 2;
}

static int usage(void)
{
	fputs("usage: measured [-k SECONDS] [-i MILLISECONDS] FILE COMMAND [ARGUMENT]...\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	struct measure measure = { .killed = false };
	long limit = 60, interrupt = -1;
	sigset_t child, before;
	int option;

	while ((option = getopt(argc, argv, "+k:i:")) != -1) {
		if (option == 'k')
			limit = strtol(optarg, NULL, 10);
		else if (option == 'i')
			interrupt = strtol(optarg, NULL, 10);
		else
			return usage();
	}
	if (optind + 2 > argc)
		return usage();
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, &before);
	measure.pid = fork();
	if (measure.pid == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		signal(SIGINT, SIG_DFL);
		execvp(argv[optind + 1], argv + optind + 1);
		_exit(127);
	}
	if (measure.pid < 0)
		return 2;
	run(&measure, &child, limit * 1000, interrupt);
	return tell(argv[optind], &measure);
}
