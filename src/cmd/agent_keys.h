/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_AGENT_KEYS_H
#define CMD_AGENT_KEYS_H

/*
 * The small authority of an agent and its controllers, as files of one directory:
 *
 *      ca.pem ca.key           the authority; its key stays where it is
 *      crl.pem                 what it has taken back, written anew by each revocation
 *      agent.pem agent.key     the agent's own
 *      NAME.pem NAME.key       a client's
 *      index                   what was issued and taken back, a line each
 *
 * Keys are readable by their owner alone, and nothing that is there is written over but crl.pem.
 */

#include <stddef.h>

struct err;

/* The authority, its empty list, and the agent's certificate for these hosts (names or addresses). */
int agent_keys_init(const char *directory, char **hosts, size_t count, struct err *err);
int agent_keys_issue(const char *directory, const char *name, struct err *err);
int agent_keys_revoke(const char *directory, const char *name, struct err *err);

#endif
