/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_PROXY_H
#define REMOTE_PRACTICE_PROXY_H

/*
 * The header of the PROXY protocol, versions 1 and 2, by which a proxy tells a
 * server whose connection it hands on.
 */

#include <stddef.h>

struct address;

enum proxy_state {
	PROXY_UNFINISHED,
	PROXY_READ,             /* `*used` bytes were the header; the client's address is changed where it names one */
	PROXY_WRONG
};

enum proxy_state practice_proxy_read(const char *bytes, size_t len, size_t *used, struct address *client);

#endif
