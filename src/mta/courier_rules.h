/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_COURIER_RULES_H
#define MTA_COURIER_RULES_H

/*
 * The access rules of couriertcpd: as text, which makesmtpaccess compiles, and compiled, which
 * couriertcpd looks up (tcpd.c, tcpdaccess.c, makedat and makedatprog.c of Courier 1.0.16; Net::CIDR for
 * the networks of the text).  Texts are the pool's of the struct config.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/prefix.h"

struct buf;
struct config;
struct pool;

enum {
	/* With networks expanded; a ::/0 in the text has 65536. */
	COURIER_RULES_MOST = 200000
};

struct courier_rule {
	const char *key;                /* any bytes */
	size_t key_len;
	const char *value;              /* up to its first NUL */
	const char *written;            /* the key as the text has it; NULL: as compiled */
	const char *file;               /* of the text; NULL where only the compiled one has it */
	unsigned line;
	bool first;                     /* of its line: a network has many */
	const char *idle_because;       /* a rule of the text that is not in force; NULL */
};

enum courier_rules_state { ACCESS_READ, ACCESS_MISSING, ACCESS_BROKEN, ACCESS_UNKNOWN };

struct courier_rules {
	enum courier_rules_state state;
	const char *why;                /* where they are not read, in a sentence */
	const char *file;               /* ACCESSFILE: a file or a directory of text */
	const char *dat;
	struct courier_rule *rows;
	size_t count;
	size_t capacity;
	struct pool *keys;              /* beside each, the index of its first rule */
	const char *refused;            /* the place for which makesmtpaccess refuses the text; NULL */
	const char *refused_why;
	const char *ended;              /* the place behind which makesmtpaccess reads no more; NULL */
	size_t stale;                   /* rules that text and compiled ones do not share */
};

/* What a key means to couriertcpd. */
enum courier_key {
	ACCESS_ANY,                     /* "*" */
	ACCESS_NETWORK,                 /* "10", "192.0.2.1", ":2001:0db8" */
	ACCESS_DEAD                     /* nobody is ever looked up by it */
};

void courier_rules_free(struct courier_rules *rules);

/* `network` is set for ACCESS_NETWORK; `*why` for ACCESS_DEAD, in a sentence. */
enum courier_key courier_key_of(const char *key, size_t len, struct prefix *network, const char **why);

/* The whole address as couriertcpd writes it: "192.0.2.1", or 8 groups of 4 digits with a colon before each. */
void courier_address_text(const struct address *address, char text[ADDRESS_TEXT]);

/* The keys of a network or range as the text may have it, each with a NUL; -1 where Net::CIDR dies of it. */
int courier_keys_of(const char *text, struct buf *keys, struct prefix *network, bool *host_bits);

/* Adds the lines of one file of the text, and tells why makesmtpaccess would refuse them. */
void courier_rules_text(struct config *config, struct courier_rules *rules, const char *file, const char *text, size_t len);

/* Adds those of a compiled file of the GNU database manager; otherwise says why not. */
void courier_rules_dat(struct config *config, struct courier_rules *rules, const char *bytes, size_t len);

/* NULL when there are too many. */
struct courier_rule *courier_rules_add(struct config *config, struct courier_rules *rules, const char *key, size_t key_len, const char *value);

/* The first rule of that key. */
const struct courier_rule *courier_rules_find(const struct courier_rules *rules, const char *key, size_t len);

/* The rule that couriertcpd goes by; NULL: none, and the client is let in with nothing set. */
const struct courier_rule *courier_rules_match(const struct courier_rules *rules, const struct address *address);

/* Whether the value turns a client away. */
bool courier_denies(const char *value);

/* Whether it sets the variable, and to what: released by the caller. */
bool courier_sets(const char *value, const char *name, char **to);

/* The records of a database file, in no order; false behind the last. */
struct gdbm_walk {
	const unsigned char *bytes;
	size_t len;
	bool sound;                     /* it is such a file, and whole */
	size_t entry;                   /* of the directory */
	size_t slot;
	size_t seen;
};
void gdbm_walk_init(struct gdbm_walk *walk, const char *bytes, size_t len);
bool gdbm_next(struct gdbm_walk *walk, const char **key, size_t *key_len, const char **data, size_t *data_len);

#endif
