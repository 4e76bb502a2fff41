/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_CONFIG_KIND_H
#define MTA_CONFIG_KIND_H

/*
 * What a reader of configurations is made of.  A new server is one file with one of
 * these records, and one row in config_kinds.c.  A reader executes nothing,
 * connects to nothing, and opens files through config_files only; it is handed what the
 * server's own program told, and does without when that could not be asked.
 */

#include "mta/config.h"

struct config_kind {
	const char *mta;                /* its short name, as in make.c */
	const char *where;              /* "/etc/postfix/main.cf": for people */
	const char *as_client;          /* what stands before a client's address in a vantage that the server takes for it: "xclient:"; NULL: it must be that client */
	/*
	 * The server's own program that knows what no file holds, asked where it is this machine's configuration that is read:
	 * a NULL ends it; NULL: there is none.  It only prints.
	 */
	const char *const *program;
	/* Whether its configuration lies below the root. */
	bool (*is_here)(const struct config_files *files);
	/*
	 * Reads it, and fills in grants and facts.  -1 where there is nothing to be told; what the server itself stumbles over
	 * is a fact.  `config->state` is set before anything can fail.
	 */
	int (*read)(struct config_files *files, const struct config_wish *wish, struct config *config, struct err *err);
	/* Adds a reply for each service, the one for mail from outside first. */
	void (*ask)(const struct config *config, const struct config_client *client, struct config_replies *replies);
	void (*release)(void *state);
};

extern const struct config_kind config_exim;
extern const struct config_kind config_postfix;
extern const struct config_kind config_sendmail;
extern const struct config_kind config_opensmtpd;
extern const struct config_kind config_qmail;
extern const struct config_kind config_courier;
extern const struct config_kind config_haraka;

/* The reader of that name; NULL when there is none, and `*meant` is then the nearest name, or NULL. */
const struct config_kind *config_kind_find(const char *mta, const char **meant);

/* The readers in order; NULL behind the last. */
const struct config_kind *config_kind_at(size_t index);

#endif
