/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_CREDENTIALS_H
#define PROBE_CREDENTIALS_H

/*
 * A login that must fail: an account that cannot exist, "relayaudit-" and a random
 * label, whose password is that label.  In the server's log it says who asked.
 */

#include "probe/expand.h"

/* What a placeholder from PLACE_AUTH_USER to PLACE_AUTH_PLAIN_AS stands for (RFC 4616, RFC 4954): base64, the caller's. */
char *credentials_text(enum placeholder place, const char *label, const char *local_user);

#endif
