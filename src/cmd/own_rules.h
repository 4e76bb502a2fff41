/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_OWN_RULES_H
#define CMD_OWN_RULES_H

/*
 * Who is no stranger, as options and configuration file say: what the commands that
 * read a server's own files have in common.
 */

#include "audit/strangers.h"
#include "cmd/options.h"

struct err;
struct report_source;
struct settings;

/* Of the command line; each may be NULL. */
struct own_lists {
	const struct option_list *domains;
	const struct option_list *relay_domains;
	const struct option_list *networks;
};

/* Fills in networks (these, the file's, this machine's addresses) and domains; both are borrowed until own_rules_release(). */
void own_rules_make(struct strangers_rules *rules, struct option_list *domains, struct own_lists lists, const struct settings *settings);
void own_rules_release(struct strangers_rules *rules, struct option_list *domains);

/* "ADDRESS" or "ADDRESS/LENGTH": for rows of options. */
int own_rules_check_network(const char *text, struct err *err);

/* "mail.log", "mail.log and 3 more", or `none`: the sources' names; the caller's. */
char *own_rules_where(const struct report_source *sources, size_t count, const char *none);

#endif
