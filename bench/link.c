/* SPDX-License-Identifier: Apache-2.0 */
/*
 * link.c - a long line between two network namespaces, where the kernel has no netem
 *
 *      link NAME-A NAME-B MILLISECONDS
 *
 * Makes two TUN devices.  A packet that leaves by one of them comes in by the other
 * after half the MILLISECONDS, so that they are the round-trip time; TCP above it is
 * the kernel's own.  The devices appear where the program was started, and go on
 * working when they are moved elsewhere:
 *
 *      link long-a long-b 100 &
 *      ip link set long-a netns near
 *      ip link set long-b netns server
 *
 * It prints "ready" when they exist, and runs until SIGTERM or SIGINT, and the devices
 * with it.  Packets that it had no room for are told on standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum {
	PACKET_MOST = 2048,             /* a TUN device's MTU is 1500 */
	PACKETS = 8192,                 /* under way in one direction; a power of two */
	LINK_SLOWEST = 60000,
	US = 1000,
	SECOND = 1000000000
};

struct packet {
	int64_t due;
	size_t len;
	char bytes[PACKET_MOST];
};

/* One direction: a ring, of which `first` and `last` count on for ever. */
struct line {
	int in;
	int out;
	unsigned first;
	unsigned last;
	unsigned long lost;
	struct packet ring[PACKETS];
};

static volatile sig_atomic_t over;

static void on_signal(int number)
{
	(void)number;
	over = 1;
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * SECOND + time.tv_nsec;
}

static int open_device(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && strlen(name) < sizeof request.ifr_name) {
		memcpy(request.ifr_name, name, strlen(name) + 1);
		if (ioctl(fd, TUNSETIFF, &request) == 0)
			return fd;
	}
	fprintf(stderr, "link: %s: %s\n", name, strerror(errno));
	exit(1);
}

/* Takes in all that waits.  Where the ring is full, the last packet's place is taken again: that one is lost. */
static void take_in(struct line *line, int64_t delay)
{
	for (;;) {
		struct packet *packet = &line->ring[line->last % PACKETS];
		ssize_t got = read(line->in, packet->bytes, sizeof packet->bytes);

		if (got <= 0)
			return;
		packet->len = (size_t)got;
		packet->due = now() + delay;
		if (line->last - line->first < PACKETS - 1)
			line->last++;
		else
			line->lost++;
	}
}

/* A device that is down, or has no room, loses the packet, as lines do. */
static void let_out(struct line *line, int64_t time)
{
	while (line->first != line->last) {
		const struct packet *packet = &line->ring[line->first % PACKETS];

		if (packet->due > time)
			return;
		if (write(line->out, packet->bytes, packet->len) < 0)
			line->lost++;
		line->first++;
	}
}

static int64_t earlier(const struct line *line, int64_t due)
{
	const struct packet *packet = &line->ring[line->first % PACKETS];

	return line->first != line->last && packet->due < due ? packet->due : due;
}

static void carry(struct line lines[2], int64_t delay)
{
	struct pollfd ends[2] = { { .fd = lines[0].in, .events = POLLIN }, { .fd = lines[1].in, .events = POLLIN } };

	while (!over) {
		int64_t time = now(), due = earlier(&lines[0], earlier(&lines[1], time + SECOND)) - time;
		struct timespec rest = { due > 0 ? due / SECOND : 0, due > 0 ? due % SECOND : 0 };

		if (ppoll(ends, 2, &rest, NULL) < 0 && errno != EINTR)
			return;
		for (int i = 0; i < 2; i++) {
			take_in(&lines[i], delay);
			let_out(&lines[i], now());
		}
	}
}

/* Woken to the microsecond, and before whatever else is running: the line is not to be slower on a busy machine. */
static void be_punctual(void)
{
	struct sched_param first = { .sched_priority = sched_get_priority_min(SCHED_FIFO) };

	prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0);
	sched_setscheduler(0, SCHED_FIFO, &first);
}

int main(int argc, char **argv)
{
	char *end = NULL;
	double milliseconds = argc == 4 ? strtod(argv[3], &end) : -1;
	struct line *lines = calloc(2, sizeof *lines);

	if (lines == NULL || end == NULL || *end != '\0' || !(milliseconds >= 0 && milliseconds <= LINK_SLOWEST)) {
		fputs("usage: link NAME-A NAME-B MILLISECONDS\n", stderr);
		return 2;
	}
	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	be_punctual();
	lines[0].in = lines[1].out = open_device(argv[1]);
	lines[1].in = lines[0].out = open_device(argv[2]);
	puts("ready");
	fflush(stdout);
	carry(lines, (int64_t)(milliseconds * US * US / 2));
	if (lines[0].lost + lines[1].lost != 0)
		fprintf(stderr, "link: %lu packets were lost\n", lines[0].lost + lines[1].lost);
	free(lines);
	return 0;
}
