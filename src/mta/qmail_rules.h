/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_QMAIL_RULES_H
#define MTA_QMAIL_RULES_H

/*
 * The rules of tcpserver: as text, which tcprules(1) compiles, and compiled, which
 * tcpserver looks up (rules.c and tcprules.c of ucspi-tcp 0.88, and of Debian's
 * ucspi-tcp-ipv6).  Texts are the pool's of the struct config.
 */

#include <stdbool.h>
#include <stddef.h>

#include "net/prefix.h"

struct config;
struct pool;

enum {
	/* With ranges expanded; who has more of them blocks the world by a list. */
	QMAIL_RULES_MOST = 200000
};

struct qmail_rule {
	const char *key;                /* any bytes */
	size_t key_len;
	const char *data;               /* as it is compiled: "D", "+NAME=VALUE", each with a NUL */
	size_t data_len;
	bool denies;
	bool relays;                    /* RELAYCLIENT is set */
	const char *block;              /* RBLSMTPD; NULL where it is not set */
	unsigned line;                  /* of the text; 0 where only the compiled one has it */
	bool written;                   /* the first rule of its line: a range has many */
	const char *idle_because;       /* a rule of the text that is not in force; NULL */
};

enum qmail_rules_state { RULES_READ, RULES_MISSING, RULES_BROKEN, RULES_UNKNOWN };

struct qmail_rules {
	enum qmail_rules_state state;
	const char *why;                /* where they are not read */
	const char *file;               /* the text: "/etc/tcp.smtp" */
	const char *cdb;
	struct qmail_rule *rows;
	size_t count;
	size_t capacity;
	struct pool *keys;              /* beside each, the index of its first rule */
	unsigned bad_line;              /* where tcprules refuses the text; 0 */
	size_t stale;                   /* rules of the text that the compiled ones have not */
};

/* What a key means to tcpserver. */
enum qmail_key {
	KEY_ANY,                        /* "" */
	KEY_NETWORK,                    /* an address, or a prefix with its final dot or colon */
	KEY_NAME,                       /* "=host.example" */
	KEY_BELOW,                      /* "=.example" */
	KEY_NAMED,                      /* "=" */
	KEY_IDENT,                      /* "user@192.0.2.1", "user@=host.example" */
	KEY_DEAD                        /* nobody is ever looked up by it */
};

/* `network` is set for KEY_NETWORK; `*why` for KEY_DEAD, in a sentence. */
enum qmail_key qmail_key_of(const struct qmail_rule *rule, bool six, struct prefix *network, const char **why);

void qmail_rules_free(struct qmail_rules *rules);

/* Adds the rules of a text, and tells what is wrong with it.  `six`: the tcprules that knows IPv6. */
void qmail_rules_text(struct config *config, struct qmail_rules *rules, bool six, const char *text, size_t len);

/* Adds those of a compiled file; RULES_BROKEN where it is none. */
void qmail_rules_cdb(struct config *config, struct qmail_rules *rules, const char *bytes, size_t len);

/* The keys of any such file, in order; false behind the last, and `*sound` tells whether it was one at all. */
struct cdb_walk {
	const unsigned char *bytes;
	size_t at;                      /* 0: at the start */
	size_t end;
};
bool cdb_next(struct cdb_walk *walk, size_t len, const char **key, size_t *key_len, const char **data, size_t *data_len, bool *sound);

/* NULL, or false, when it is full or stands there already. */
struct qmail_rule *qmail_rules_add(struct config *config, struct qmail_rules *rules, const char *key, size_t key_len, const char *data, size_t data_len);

/* The first rule of that key. */
const struct qmail_rule *qmail_rules_find(const struct qmail_rules *rules, const char *key, size_t len);

/* The rule that tcpserver goes by, for a client that tells no ident; NULL: none, and it is allowed. */
const struct qmail_rule *qmail_rules_match(const struct qmail_rules *rules, const char *ip, const char *host, bool six);

#endif
