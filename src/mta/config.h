/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_CONFIG_H
#define MTA_CONFIG_H

/*
 * One server's configuration as it was read: its grants, its facts, and whoever can
 * answer for it.
 */

#include "mta/grant.h"

struct config_files;
struct config_kind;
struct err;
struct pool;

enum {
	/* A list of networks with more entries than this is not read by a person; those behind are not told one by one. */
	CONFIG_GRANTS_MOST = 5000,
	CONFIG_FACTS_MOST = 2000
};

struct config {
	struct pool *pool;
	const struct config_kind *kind;
	void *state;                    /* the kind's */
	const char *version;            /* "3.7.11"; NULL where nothing tells */
	struct grant *grants;
	size_t grant_count;
	size_t grant_capacity;
	struct fact *facts;
	size_t fact_count;
	size_t fact_capacity;
	size_t facts_dropped;           /* beyond the ceiling */
};

/* A client that asks, in a clean envelope from outside to outside. */
struct config_client {
	struct address address;
	const char *name;               /* its verified host name; NULL: it has none */
};

enum config_answer { ANSWER_PERMIT, ANSWER_REJECT, ANSWER_DEFER, ANSWER_BROKEN, ANSWER_UNKNOWN, ANSWERS };

/* What one service of the server says to a client. */
struct config_reply {
	const char *service;            /* "smtp", "submission", "127.0.0.1:10025" */
	enum config_answer answer;
	const char *by;                 /* "main.cf:12"; NULL */
	const char *why;                /* a sentence */
};

struct config_replies {
	struct config_reply *rows;      /* the first is the port for mail from outside */
	size_t count;
	size_t capacity;
};

/* An address of the machine, and the length of the network that its interface is in. */
struct config_own {
	struct address address;
	unsigned length;
};

/* What the operator says about where to look. */
struct config_wish {
	const char *const *paths;       /* files to read instead of those of the system */
	size_t path_count;
	const struct config_own *own;   /* none: they are not known */
	size_t own_count;
	const char *told;               /* what the server's own program said (config_kind's `program`); NULL: it was not asked */
};

void config_release(struct config *config);

/* "permit", "reject", ... */
const char *config_answer_name(enum config_answer answer);

/* Both zeroed but for what is given; a setting, which may be a name of the file's own, is made safe to show.  The row is good until the next is added. */
struct grant *config_add_grant(struct config *config, enum grant_to to, const char *source, const char *setting);
struct fact *config_add_fact(struct config *config, enum fact_kind kind, const char *source);

/* The pool's copy, made safe to show and cut at TEXT_SHOWN. */
const char *config_shown(struct config *config, const char *bytes, size_t len);
/* The same of a sentence that may hold a file's own words. */
const char *config_text(struct config *config, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "main.cf:12". */
const char *config_place(struct config *config, const char *file, unsigned line);

/* The name and its number of addresses of one prefix. */
void config_set_network(struct config *config, struct grant *grant, const struct prefix *network, bool host_bits);

#endif
