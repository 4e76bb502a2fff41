/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_AGENT_NONCE_H
#define REMOTE_AGENT_NONCE_H

/*
 * Which jobs an agent has taken: each one runs once, also when the agent was restarted
 * meanwhile.  A file has a line for each, "EXPIRES NONCE"; a job that has expired is refused
 * for that, and its line is dropped when the file is next written anew.
 */

#include <stddef.h>
#include <stdint.h>

struct agent_nonces;
struct err;

enum {
	/* Jobs that have not expired yet: nobody who is let in asks for so many in an hour. */
	AGENT_NONCES_MOST = 100000
};

/* The directory is there; the file in it is made, and locked against a second agent.  NULL with `err`. */
struct agent_nonces *agent_nonces_open(const char *directory, struct err *err);
void agent_nonces_close(struct agent_nonces *nonces);

/*
 * Takes the job with that nonce and time of expiry, both checked already: when this returns 0, the file has it on
 * disk.  -1 where it was taken before (ERR_FORBIDDEN), or it cannot be kept (ERR_SYSTEM, ERR_LIMIT).
 */
int agent_nonces_take(struct agent_nonces *nonces, const char *nonce, int64_t expires, struct err *err);

#endif
