/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_AGENT_CONFIG_H
#define CMD_AGENT_CONFIG_H

/*
 * An agent's own configuration, relayaudit-agent.yml(5): who may ask it for what.  The
 * file is the agent's authority, so that nobody but its owner may be able to change it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "cmd/options.h"
#include "cmd/settings_tree.h"
#include "remote/agent_server.h"

struct agent_config {
	struct buf bytes;
	struct tree tree;
	struct complaints complaints;
	struct option_list listen;
	const char *ca, *crl, *certificate, *key, *state;
	const char *bind, *helo;        /* NULL: as the system chooses; the address's own name */
	bool messages;
	struct agent_client *clients;
	size_t client_count;
	size_t client_capacity;
	struct agent_allow *allow;
	size_t allow_count;
	size_t allow_capacity;
	struct agent_limits limits;
	struct {
		bool wanted;
		struct option_list listen, domains;
		const char *store, *key, *contact;      /* key, contact: NULL */
	} sink;
};

/*
 * Reads the file; 0, or -1 where it cannot be read or may not be believed (`err`), or has mistakes (complaints, and `err`
 * counts them).  agent_config_release() in any case.
 */
int agent_config_read(struct agent_config *config, const char *path, struct err *err);
void agent_config_release(struct agent_config *config);

/* The same from bytes, without a look at the file. */
int agent_config_parse(struct agent_config *config, const char *path, const char *bytes, size_t len, struct err *err);

/* A line for each complaint: "FILE:LINE:COLUMN: sentence". */
void agent_config_tell(const struct agent_config *config, FILE *to);

#endif
