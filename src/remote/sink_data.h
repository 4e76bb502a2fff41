/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_SINK_DATA_H
#define REMOTE_SINK_DATA_H

/*
 * A message behind DATA (RFC 5321 4.1.1.4, 4.5.2): where it ends, and what it says.
 *
 * CR LF, dot, CR LF is the end, and nothing else is: neither a bare LF nor a bare CR
 * ends a line, before the dot or behind it.  A server that takes them for ends
 * would make two messages of one (CVE-2023-51764 and its kin), and a sink that did
 * would see smuggled mail where there is none.  Bare ones stay in the message as they came.
 */

#include <stdbool.h>
#include <stddef.h>

struct sink_data {
	unsigned char state;    /* all zero: at the beginning */
};

/*
 * Reads on.  `take` gets the message's bytes without the dots that were put before
 * others, in pieces.  `*used` is how many were read: all of them, or those up to the end.
 */
bool sink_data_read(struct sink_data *data, const char *bytes, size_t len, size_t *used,
		    void (*take)(void *context, const char *bytes, size_t len), void *context);

#endif
