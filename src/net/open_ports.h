/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_OPEN_PORTS_H
#define NET_OPEN_PORTS_H

/*
 * The TCP sockets of this machine, or of this network namespace, that wait for
 * connections, as /proc tells them (proc(5)).
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/address.h"

enum {
	/* A machine with more is not a mail server; what is beyond is left out. */
	OPEN_PORTS_MOST = 4096
};

struct open_port {
	struct address address;         /* with its port; all zeros: every address of its family */
	bool both;                      /* IPv6 "every address" that takes IPv4, too; as far as is known */
	char program[16];               /* of the process that holds it, escaped; "": it could not be seen */
};

/*
 * Fills `rows`, the caller's with free(), in the order of family, address and port.  0, or -1 where /proc cannot be read.
 */
int open_ports_find(struct open_port **rows, size_t *count);

#endif
