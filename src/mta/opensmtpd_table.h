/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_OPENSMTPD_TABLE_H
#define MTA_OPENSMTPD_TABLE_H

/*
 * A table of smtpd.conf: its words, whether they come from the file itself or from
 * another one, and what smtpd 6.8 finds in it (table_static.c, table.c).  Keys are
 * in lower case, as smtpd keeps them.
 */

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "net/prefix.h"

struct config_files;
struct config_own;
struct err;
struct opensmtpd;

enum opensmtpd_shape {
	SHAPE_NONE,                     /* it has no words yet */
	SHAPE_LIST,
	SHAPE_HASH,
	SHAPE_ELSEWHERE                 /* a database, a program: only its backend knows */
};

/* What a word is compared with. */
enum opensmtpd_kind { KIND_STRING, KIND_DOMAIN, KIND_NETADDR, KIND_MAILADDR, KIND_REGEX };

enum opensmtpd_match { MATCH_NO, MATCH_YES, MATCH_UNKNOWN };

struct opensmtpd_entry {
	const char *key;
	const char *value;              /* NULL in a list */
	const char *written;            /* the key as it stands there */
	const char *file;
	unsigned line;
	bool is_network;
	bool host_bits;
	struct prefix network;
	regex_t *expression;            /* once it is asked for */
	bool opaque;                    /* an expression that is not tried */
	bool invalid;                   /* one that is none */
};

struct opensmtpd_table {
	const char *name;               /* "<localhost>"; of a nameless one NULL */
	const char *backend;            /* "static", "db", "ldap" */
	enum opensmtpd_shape shape;
	bool users_only;                /* getpwnam, which answers for nothing else */
	bool from_file;
	bool unreadable;                /* its file is there, and was not read */
	struct opensmtpd_entry *rows;
	size_t count;
	size_t capacity;
};

/* A new one, known by its name, which may be NULL. */
struct opensmtpd_table *opensmtpd_table_new(struct opensmtpd *opensmtpd, const char *name, const char *backend, enum opensmtpd_shape shape);
struct opensmtpd_table *opensmtpd_table_find(const struct opensmtpd *opensmtpd, const char *name);
void opensmtpd_table_free(struct opensmtpd_table *table);

/* A word, with a value or NULL, as it stands at a place. */
void opensmtpd_table_add(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, const char *key, const char *value, const char *file, unsigned line);

/* The words of another file.  -1: smtpd does not take it, and does not start. */
int opensmtpd_table_load(struct opensmtpd *opensmtpd, struct opensmtpd_table *table, const char *path, struct err *err);

/*
 * Whether a word fits a key.  `*entry`, where it is not NULL, is then that word.  `delimiter` is what parts a user's name
 * from its tag.
 */
enum opensmtpd_match opensmtpd_table_match(const struct opensmtpd_table *table, enum opensmtpd_kind kind, const char *key, char delimiter,
					   const struct opensmtpd_entry **entry);

/* The words that stand there as names of the machine's own, any client's or any domain's. */
void opensmtpd_tables_begin(struct opensmtpd *opensmtpd, const struct config_own *own, size_t count);

/*
 * As inet_net_pton(3) and text_to_netaddr() take it: 0, or -1 where it fits no address.  `host_bits` as for
 * prefix_parse().
 */
int opensmtpd_network(const char *text, struct prefix *network, bool *host_bits);

/* An address as smtpd compares it: "198.51.100.7", "[2001:db8::1]". */
enum { OPENSMTPD_CLIENT_TEXT = ADDRESS_TEXT + 2 };
void opensmtpd_client_text(const struct address *address, char text[OPENSMTPD_CLIENT_TEXT]);

/* Whether a name fits a pattern with "*", as hostname_match(). */
bool opensmtpd_name_fits(const char *name, const char *pattern);

#endif
