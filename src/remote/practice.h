/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REMOTE_PRACTICE_H
#define REMOTE_PRACTICE_H

/*
 * The practice server: a small mail server on loopback that leaks as it is told
 * to.  The demo audits it, and the tests use it as every kind of server, healthy,
 * wrong or hostile.  A message that it takes is thrown away, unless a rule says to
 * hand it on, which it does to loopback addresses only; it keeps nothing but counts.
 *
 * What it does is told in lines of rules, one "key value" each, that
 * practice_rules_parse() reads; `practice_rules.c` has the table of keys.
 */

#include <stddef.h>

struct address;
struct err;
struct event_base;
struct practice;
struct practice_rules;

/* NULL with `err` (file:line and the key probably meant) when a line is wrong. */
struct practice_rules *practice_rules_parse(const char *name, const char *text, struct err *err);
void practice_rules_free(struct practice_rules *rules);

/*
 * Listens on `where`; port 0 takes a free one.  Refuses any address that is not
 * loopback; 0.0.0.0 stands for all of 127.0.0.0/8, and is bound to the loopback
 * interface.  The rules are borrowed until practice_stop(), which is not called from
 * inside one of the server's own callbacks.
 */
struct practice *practice_start(struct event_base *base, const struct address *where, const struct practice_rules *rules,
				struct err *err);
void practice_stop(struct practice *practice);

void practice_address(const struct practice *practice, struct address *address);

struct practice_counts {
	size_t sessions;
	size_t sessions_at_once;        /* the most there were */
	size_t commands;
	size_t refused;                 /* replies of 4yz and 5yz to RCPT */
	size_t accepted_outside;        /* foreign recipients accepted */
	size_t messages;                /* a DATA that came to its final dot */
	size_t early;                   /* sessions whose client spoke before the banner, or pipelined unasked */
	size_t most_errors;             /* refused replies in one session, at the most */
	size_t slept;                   /* replies held back by a limit */
	size_t limited;                 /* sessions refused or ended by a limit */
	size_t delivered;               /* messages handed on, bounces and the like among them */
	size_t undelivered;             /* not taken where they were to go */
	size_t bounced;                 /* of both: bounces, reports and automatic replies */
	size_t held;                    /* kept for ever */
};

void practice_counts(const struct practice *practice, struct practice_counts *counts);

#endif
