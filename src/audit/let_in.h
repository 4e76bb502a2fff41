/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_LET_IN_H
#define AUDIT_LET_IN_H

/*
 * Which grants of a configuration let in the strangers of a log: by their addresses,
 * and where no address does, by whatever answers them.  The configuration is as it
 * stands now; the log may be older.  Pure.
 */

#include <stddef.h>

#include "audit/tally.h"

struct config;
struct grant;
struct prefixset;

enum {
	/* Clients that the configuration is asked about one by one: it walks through all of its rules for each. */
	LET_IN_ASKED = 500
};

struct let_in_row {
	const struct grant *grant;      /* the configuration's */
	size_t clients;
	size_t messages;
};

struct let_in {
	const struct config *config;    /* borrowed */
	struct let_in_row *rows;        /* the most messages first; a client may be in several */
	size_t count;
	size_t clients_by_none;         /* that no grant of today lets in, as far as addresses tell */
	size_t messages_by_none;
};

void let_in_find(const struct config *config, const struct tally *clients, struct let_in *found);
void let_in_release(struct let_in *found);

/*
 * Adds whom the configuration trusts by an address, and not through a mask too wide; the set is not settled then.
 * `own` is what the operator calls his own, settled.
 */
void let_in_narrow(const struct config *config, const struct prefixset *own, struct prefixset *trusted);

#endif
