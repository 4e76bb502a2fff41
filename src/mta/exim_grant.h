/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_EXIM_GRANT_H
#define MTA_EXIM_GRANT_H

/*
 * Who may relay: words of lists and statements of the ACL, each tried by asking for
 * a client and an envelope that it covers.
 */

#include "mta/exim_walk.h"

enum {
	/* Grants that are tried; where lists are longer than people write, only some are. */
	EXIM_TRIED_MOST = 300,
	EXIM_TRIED_STEPS_MOST = 3000000,
	/* Words that are looked at. */
	EXIM_SEARCHED_WORDS_MOST = 20000
};

struct exim_search {
	struct exim *exim;
	unsigned tried;
	unsigned steps;                 /* of all tries together */
	unsigned words;
	bool outside;                   /* there is a router for mail to outside */
};

/* A client that is tried, and what came of it. */
struct exim_try {
	struct address address;
	const char *name;
	struct exim_envelope envelope;
	unsigned port;
	enum config_answer answer;
	const struct exim_statement *decided;
	struct exim_hit hit;
	const char *by;
	const char *why;
};

/* False where no more are tried. */
bool exim_try(struct exim_search *search, struct exim_try *what);

/* A stranger's. */
struct exim_envelope exim_stranger(void);
extern const char *const exim_strangers[];

/* A grant, in force or not by what a try came to. */
void exim_settle_grant(struct exim_search *search, struct grant *grant, const struct exim_try *what, bool tried);
/* "relay_from_hosts (dc_relay_nets in update-exim4.conf.conf:17)" */
const char *exim_setting(const struct exim *exim, const char *name, const struct exim_line *line);

/* The words of a list of hosts, each a grant where it covers a client.  `only_open`: those that are in force, and no others. */
void exim_grant_hosts(struct exim_search *search, const struct exim_statement *statement, const struct exim_value *list, const char *setting, bool grants,
		      const struct exim_envelope *envelope, bool only_open);
/* The words of a list of domains. */
void exim_grant_domains(struct exim_search *search, const struct exim_value *list, const char *setting);

/* An envelope that a statement's conditions are made for; what kind of grant that is. */
enum grant_to exim_suit(struct exim_search *search, const struct exim_statement *statement, struct exim_envelope *envelope, const char **covers);

#endif
