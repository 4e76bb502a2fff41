/* SPDX-License-Identifier: Apache-2.0 */
/*
 * look.c - colours and progress
 */
#include "cmd/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "audit/schedule.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/names.h"

int look_when(const char *text, bool terminal, bool *wanted, struct err *err)
{
	static const struct name_row whens[] = { { "auto", 0 }, { "always", 1 }, { "never", 2 }, { NULL, 0 } };
	int when = text ? name_number(whens, text) : 0;

	if (when < 0)
		return err_set(err, ERR_USAGE, "'%.40s' is none of auto, always and never", text);
	*wanted = when == 1 || (when == 0 && terminal);
	return 0;
}

int look_make(const char *color, bool verbose, struct format_look *look, struct err *err)
{
	struct winsize size;
	const char *none = getenv("NO_COLOR");
	bool terminal = isatty(STDOUT_FILENO) == 1;

	*look = (struct format_look){ .verbose = verbose, .width = 80 };
	if (terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
		look->width = size.ws_col > 110 ? 110 : size.ws_col;
	return look_when(color, terminal && (none == NULL || none[0] == '\0'), &look->colour, err);
}

void look_progress(const struct schedule_progress *progress, int64_t since)
{
	unsigned done = progress->attempts ? (unsigned)(progress->settled * 20 / progress->attempts) : 0;
	char bar[21];

	for (unsigned i = 0; i < 20; i++)
		bar[i] = i < done ? '#' : '.';
	bar[20] = '\0';
	fprintf(stderr, "\r[%s] %zu of %zu answered, %zu accepted, %lld s ", bar, progress->settled, progress->attempts, progress->accepted,
		(long long)((clock_now() - since) / CLOCK_S));
	fflush(stderr);
}

void look_waiting(size_t sent, size_t missing, long left)
{
	unsigned done = sent ? (unsigned)((sent - missing) * 20 / sent) : 0;

	fprintf(stderr, "\r[%.*s%.*s] %zu of %zu test messages seen again, %ld s left ", (int)done, "####################", (int)(20 - done),
		"....................", sent - missing, sent, left);
	fflush(stderr);
}

void look_map(size_t answered, size_t expected, size_t granted, size_t fresh, int64_t elapsed)
{
	unsigned done = expected ? (unsigned)(answered * 20 / expected) : 0;
	double rate = elapsed > 0 ? (double)fresh * CLOCK_S / (double)elapsed : 0;

	fprintf(stderr, "\r\033[K[%.*s%.*s] %zu of %zu answered, %zu may relay", (int)done, "####################", (int)(20 - done),
		"....................", answered, expected, granted);
	if (rate > 0)
		fprintf(stderr, ", %.0f/s, %.0f s left ", rate, (double)(expected - answered) / rate);
	fflush(stderr);
}

void look_progress_clear(void)
{
	fputs("\r\033[K", stderr);
	fflush(stderr);
}
