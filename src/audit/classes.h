/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AUDIT_CLASSES_H
#define AUDIT_CLASSES_H

/*
 * Trust classes: the sets of client addresses that a configuration treats alike, as
 * far as its grants say.  Strangers, whom no grant names, are none of them.  Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/prefixset.h"

struct config;
struct findings;

enum {
	/* What a person reads, and more; the addresses of what is beyond go to no class. */
	CLASSES_MOST = 1000
};

struct trust_class {
	struct prefixset addresses;     /* settled, and not empty */
	size_t *grants;                 /* which of the configuration's grants apply, in their order: in force, and by address */
	size_t grant_count;
};

struct classes {
	struct trust_class *rows;       /* in the order of their lowest addresses, IPv4 first; disjoint */
	size_t count;
	size_t capacity;
	bool cut;                       /* there are more */
};

/* One sort of all ends of the grants' intervals. */
void classes_find(const struct config *config, struct classes *classes);

void classes_release(struct classes *classes);

/* An address that stands for the class: the second of its first interval, for the first often names a network. */
struct address class_example(const struct trust_class *class);

/*
 * Adds a finding "trust-untested" for each setting with classes that none of the clients is in, and sorts.  `own` is the
 * operator's own, settled: a class inside it is told all the same, as information.
 */
void classes_findings(const struct config *config, const struct prefixset *own, const struct address *clients, size_t client_count,
		      struct findings *findings);

#endif
