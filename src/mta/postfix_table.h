/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_POSTFIX_TABLE_H
#define MTA_POSTFIX_TABLE_H

/*
 * Lookup tables, "type:name", read from their text: of a compiled one, from the
 * source that lies beside it.  What only a program or a server could answer is not
 * asked, and said to be so.
 */

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/prefix.h"

struct pool;
struct postfix;

enum table_state {
	TABLE_READY,
	TABLE_BROKEN,           /* Postfix cannot use it, and answers 451 whenever it would ask it */
	TABLE_UNKNOWN           /* we cannot read it, Postfix may */
};

enum table_shape { TABLE_KEYS, TABLE_CIDR, TABLE_REGEXP, TABLE_STATIC };

enum rule_kind { RULE_MATCH, RULE_IF, RULE_ENDIF };

enum {
	/* A rule takes some 100 bytes: what is longer is not read, and told. */
	TABLE_RULES_MOST = 100000,
	/* Each is looked for by its name in the list of all. */
	TABLES_MOST = 1000,
	/* A regular expression longer than this, or with more counted repetitions, may take libc for ever to compile. */
	TABLE_PATTERN_MOST = 1000,
	TABLE_REPEATS_MOST = 2
};

struct postfix_rule {
	enum rule_kind kind;
	const char *key;                /* as written, in lower case for TABLE_KEYS */
	const char *value;
	unsigned line;
	bool negated;
	bool opaque;                    /* a regular expression that is not evaluated */
	struct prefix network;          /* TABLE_CIDR */
	regex_t *expression;            /* TABLE_REGEXP */
};

struct postfix_table {
	const char *name;               /* "hash:/etc/postfix/access" */
	const char *file;               /* "access", for places; the table itself where it stands in the configuration */
	bool inside;                    /* it stands in the configuration: its rules have no lines */
	enum table_state state;
	const char *why;                /* a sentence, unless it is ready */
	enum table_shape shape;
	struct postfix_rule *rules;
	size_t count;
	size_t capacity;
	struct pool *keys;              /* TABLE_KEYS: each key with the index of its rule beside it */
};

enum table_found { TABLE_FOUND, TABLE_MISSING, TABLE_FAILED, TABLE_CANNOT_TELL };

/* The table of that name, read on first use; the reader keeps it. Never NULL. */
struct postfix_table *postfix_table_open(struct postfix *postfix, const char *name);
void postfix_table_free(struct postfix_table *table);

/* `partial`: the key is part of an address or a parent domain, with which tables of patterns are not asked. */
enum table_found postfix_table_find(const struct postfix_table *table, const char *key, bool partial, const struct postfix_rule **rule);

/* Where a rule stands: "access:3", or the place of the word that holds the table. */
const char *postfix_table_place(struct postfix *postfix, const struct postfix_table *table, const struct postfix_rule *rule,
				const char *otherwise);

/* Whether "type:" begins it, as Postfix decides that. */
bool postfix_is_table(const char *text);

/* postfix_rules.c: reads the text of a table into rules. */
void postfix_rules_keys(struct postfix *postfix, struct postfix_table *table, const char *bytes, size_t len, bool duplicates_break);
void postfix_rules_inline(struct postfix *postfix, struct postfix_table *table, const char *text);
void postfix_rules_patterns(struct postfix *postfix, struct postfix_table *table, const char *bytes, size_t len, bool perl);
void postfix_rules_patterns_inline(struct postfix *postfix, struct postfix_table *table, const char *text, bool perl);

/* postfix_cidr.c: "net/length" as cidr_match_parse() of 3.7 reads it; -1 with the reason. */
int postfix_cidr_parse(const char *text, struct prefix *network, bool *host_bits, const char **why);

#endif
