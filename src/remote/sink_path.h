/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SINK_PATH_H
#define REMOTE_SINK_PATH_H

/*
 * What follows MAIL FROM: and RCPT TO: (RFC 5321 4.1.2): a path in angle brackets,
 * and parameters.  The path is not understood here, only found: a recipient is
 * compared with the few that there are, and a sender may be anything.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink_path {
	const char *path;               /* between the brackets; borrowed */
	size_t len;
	uint64_t size;                  /* of SIZE=, or 0 */
};

enum sink_path_read {
	SINK_PATH_GOOD,
	SINK_PATH_BROKEN,               /* no brackets, or what follows is no parameters */
	SINK_PATH_PARAMETER             /* one that is not known */
};

/* `is_sender`: parameters are those of MAIL. */
enum sink_path_read sink_path_read(const char *text, size_t len, bool is_sender, struct sink_path *path);

/* Whether the address is one at the domain or below it, with or without the dot of the root behind it. */
bool sink_path_is_at(const char *address, const char *domain);

#endif
