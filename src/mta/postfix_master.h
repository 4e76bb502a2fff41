/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_POSTFIX_MASTER_H
#define MTA_POSTFIX_MASTER_H

/*
 * master.cf: which smtpd processes there are, and what is different for each
 * (master(5)).
 */

#include <stddef.h>

struct err;
struct postfix;

/* Adds the services; the one that takes mail from outside is the first.  -1 beyond a ceiling. */
int postfix_master_parse(struct postfix *postfix, const char *file, const char *bytes, size_t len, struct err *err);

/* One smtpd with nothing of its own, where there is no master.cf. */
void postfix_master_assume(struct postfix *postfix);

#endif
