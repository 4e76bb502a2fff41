/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SERVER_CONFIG_H
#define CMD_SERVER_CONFIG_H

/*
 * The mail server's configuration as commands want it: found, read, beside what
 * the operator calls his own, and judged.
 */

#include <stdbool.h>
#include <stddef.h>

#include "mta/config.h"
#include "mta/config_files.h"
#include "net/prefixset.h"
#include "report/build_config.h"

struct err;
struct findings;
struct option_list;
struct settings;

struct server_config_wish {
	const char *root;               /* NULL: this machine's */
	const char *mta;                /* a name that config_kind_find() knows; NULL: whose is found first */
	bool own;                       /* this machine's addresses, also where the files are below a root */
	const struct option_list *own_addresses;        /* "ADDRESS[/LENGTH]"; NULL or empty: this machine's, where it is its own configuration */
	const struct option_list *own_networks; /* beside those of the settings; NULL */
	const struct settings *settings;
	const char *const *paths;       /* files instead of those of the system */
	size_t path_count;
};

/* Begin with SERVER_CONFIG_INIT; server_config_release() in any case. */
struct server_config {
	struct config_files files;
	struct config_paths paths;      /* of the files that were read */
	struct config config;
	struct config_own *own;
	size_t own_count;
	struct prefixset own_networks;  /* settled, loopback among them */
	struct report_inside *vantages; /* of the settings, those whose address they name */
	size_t vantage_count;
};

#define SERVER_CONFIG_INIT { .own_networks = PREFIXSET_INIT }

/* "ADDRESS[/LENGTH]": without a length the address alone is its network. */
int server_config_own(const char *text, struct config_own *own, struct err *err);

/* Whether the configuration of that server can be read: for rows of options. */
int server_config_check_mta(const char *text, struct err *err);

/* Borrows the wish until it is released.  -1 when there is nothing that can be read. */
int server_config_read(struct server_config *server, const struct server_config_wish *wish, struct err *err);

/* What it is worth: grants too wide, rules that do nothing, groups that no vantage has tried.  `open`: strangers may relay. */
void server_config_judge(const struct server_config *server, struct findings *findings, bool *open);

void server_config_release(struct server_config *server);

#endif
