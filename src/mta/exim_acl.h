/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_EXIM_ACL_H
#define MTA_EXIM_ACL_H

/*
 * The words that an ACL is made of (the tables of Exim's acl.c).
 */

#include <stdbool.h>

enum exim_term_kind {
	TERM_ACL,
	TERM_AUTHENTICATED,
	TERM_CONDITION,
	TERM_CONTROL,
	TERM_DNSLISTS,
	TERM_DOMAINS,
	TERM_ENCRYPTED,
	TERM_ENDPASS,
	TERM_HOSTS,
	TERM_LOCAL_PARTS,
	TERM_RATELIMIT,
	TERM_RECIPIENTS,
	TERM_SENDER_DOMAINS,
	TERM_SENDERS,
	TERM_SET,
	TERM_VERIFY,
	TERM_PLAIN,             /* changes nothing about who may relay */
	TERM_SCAN               /* something about the message or the client that only the world tells */
};

struct exim_term {
	const char *name;
	enum exim_term_kind kind;
	bool modifier;
	bool heavy;             /* not in Debian's exim4-daemon-light */
};

/* By enum exim_verb. */
extern const char *const exim_verb_names[];

#endif
