/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_POSTFIX_LIST_H
#define MTA_POSTFIX_LIST_H

/*
 * Lists of clients or domains: mynetworks, relay_domains and their like
 * (match_list(3) of Postfix).  Patterns are tried in order, and the first that fits
 * decides; one that Postfix cannot read ends the search with an error, for those
 * clients that come as far.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/prefixset.h"

struct postfix;
struct postfix_settings;
struct postfix_table;

struct postfix_pattern {
	bool negated;
	const char *text;               /* in lower case, without '!' */
	const char *source;
	const char *setting;
	const struct postfix_table *table; /* NULL: a literal pattern */
	bool is_network;
	struct prefix network;          /* that the pattern stands for; with host bits, where they are cleared */
	bool host_bits;
	int broken_family;              /* of the clients for which the search ends here with an error; 0 */
	bool broken;                    /* for all clients */
	bool unknown;                   /* what it covers is not known here */
	const char *why;                /* it is broken or unknown */
};

struct postfix_list {
	const char *setting;
	bool parents;                   /* "example.org" covers its subdomains, too */
	bool is_default;                /* made from mynetworks_style */
	struct postfix_pattern *rows;
	size_t count;
	size_t capacity;
	const char *fault;              /* Postfix would end with it: in a sentence; NULL */
};

/* Who is looked for: the texts are those that Postfix would look up. */
struct postfix_peer {
	const char *name;               /* in lower case; "unknown" for a client without one; NULL: no name is tried */
	const char *text;               /* of the address; NULL: none is tried */
	struct address address;
};

enum list_match { LIST_NO, LIST_YES, LIST_BROKEN, LIST_CANNOT_TELL };

/* The list as these settings have it, read on first use; the reader keeps it. */
const struct postfix_list *postfix_list(struct postfix *postfix, const struct postfix_settings *settings, const char *name);
void postfix_list_free(struct postfix_list *list);

/* `which` is the pattern that decided; NULL where none did. */
enum list_match postfix_list_match(const struct postfix_list *list, const struct postfix_peer *peer, const struct postfix_pattern **which);

/* Tells what the list does not do: dead patterns, an end cut off, errors. */
void postfix_list_tell(struct postfix *postfix, const struct postfix_list *list);

/* postfix_style.c: the patterns that mynetworks_style makes of the machine's addresses. */
int postfix_style_fill(struct postfix *postfix, const struct postfix_settings *settings, struct postfix_list *list);

/* The next pattern of a list, zeroed. */
struct postfix_pattern *postfix_list_add(struct postfix_list *list, const char *text, const char *source, const char *setting);

#endif
