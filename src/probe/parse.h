/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_PARSE_H
#define PROBE_PARSE_H

/*
 * Reads a probe file, relayaudit-probe(5).  The text is foreign: any bytes, any
 * size under the ceiling, end in a probe or in complaints.
 */

#include <stddef.h>

struct complaints;
struct probe;

enum {
	/* The longest probe of ours is 4 KiB. */
	PROBE_FILE_MOST = 64 << 10,
	/* A dialogue of more steps is no probe; it also bounds what one attempt may cost. */
	PROBE_STEPS_MOST = 40
};

/* NULL when there was anything to complain of. */
struct probe *probe_parse(const char *file, const char *text, size_t len, struct complaints *complaints);

#endif
