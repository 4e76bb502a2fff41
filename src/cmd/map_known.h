/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_MAP_KNOWN_H
#define CMD_MAP_KNOWN_H

/*
 * The networks that a mail server's own configuration names, for a map to look at
 * their edges.  Nothing of it is executed or believed: the server is asked.
 */

#include "net/prefix.h"

struct err;

/* -1 with `err` where there is no configuration below the directory, or none that can be read. */
int map_known(const char *root, void (*add)(void *context, const struct prefix *prefix), void *context, struct err *err);

#endif
