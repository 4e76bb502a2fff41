/* SPDX-License-Identifier: Apache-2.0 */
/*
 * clock.c - the clocks, and chance
 */
#include "base/clock.h"

#include <sys/random.h>

#include "base/mem.h"

int64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * CLOCK_S + now.tv_nsec / 1000;
}

void clock_stamp(time_t when, char stamp[CLOCK_STAMP])
{
	struct tm parts;

	if (gmtime_r(&when, &parts) == NULL || strftime(stamp, CLOCK_STAMP, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		BUG("a time that has no year of four digits");
}

void clock_chance(char *word, size_t len)
{
	static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";

	unsigned char bytes[64];

	if (len > sizeof bytes || getrandom(bytes, len, 0) != (ssize_t)len)
		BUG("the kernel has no random bytes, or too many are wanted");
	for (size_t i = 0; i < len; i++)
		word[i] = letters[bytes[i] % 32];
	word[len] = '\0';
}
