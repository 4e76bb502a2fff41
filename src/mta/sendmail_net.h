/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_SENDMAIL_NET_H
#define MTA_SENDMAIL_NET_H

/*
 * Networks as sendmail's access map and class R hold them: "10", "10.1", "IPv6:2001:db8".
 * Both floor functions are pure.
 */

#include <stdbool.h>

#include "net/prefix.h"

/* A key that sendmail asks for when such a client comes; "::" only where its option says so. */
bool sendmail_network(const char *text, bool short_six, struct prefix *network);

/* What somebody meant who wrote a mask, a star or a final dot, which no key has. */
bool sendmail_meant_network(const char *text, struct prefix *network, bool *host_bits);

#endif
