/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_EXIM_WALK_H
#define MTA_EXIM_WALK_H

/*
 * One client's way through the configuration up to RCPT, as Exim 4.96 goes it.
 * What only the world could tell is passed over as if it decided nothing, and
 * noted: the answer is known all the same where something else decides.
 */

#include <stdbool.h>
#include <stddef.h>

#include "mta/exim.h"

struct buf;

/* A stranger's words: names that RFC 2606 keeps free. */
#define EXIM_HELO "client.example.net"
#define EXIM_SENDER "sender@example.net"
#define EXIM_LOCAL_PART "victim"
#define EXIM_DOMAIN "example.com"

enum {
	/* Words of lists that one client is compared with; an ACL's statements count as well, and lists within lists for more. */
	EXIM_STEPS_MOST = 200000,
	/* Exim's own for ACLs; lists that name each other have none there. */
	EXIM_ACLS_DEEP_MOST = 20,
	EXIM_LISTS_DEEP_MOST = 30,
	EXIM_EXPANDED_MOST = 64 << 10,
	EXIM_BRACES_DEEP_MOST = 40,
	EXIM_VARIABLES_MOST = 100
};

enum exim_match {
	MATCH_NO,
	MATCH_YES,
	MATCH_DEFER,
	MATCH_UNKNOWN,          /* only the world can tell */
	MATCH_ERROR,            /* a word that ends its list: within lists only */
	MATCH_DIES              /* the process ends: 421 */
};

enum exim_expanded { EXPAND_OK, EXPAND_FORCED, EXPAND_FAILED, EXPAND_UNKNOWN };

struct exim_envelope {
	const char *helo;
	const char *sender;             /* "" for <> */
	const char *local_part;
	const char *domain;
	const char *login;              /* the authenticator's name; NULL: not logged in */
	bool encrypted;
};

struct exim_variable {
	const char *name;               /* "acl_m_x" */
	char *text;                     /* NULL: not known */
};

/* What matched: a word of a list, and where it stands. */
struct exim_hit {
	const char *word;
	const char *source;
	bool at_end;                    /* no word did, and the last one is negated */
};

struct exim_walk {
	struct exim *exim;
	struct address address;
	char text[ADDRESS_TEXT];        /* of the address */
	const char *name;               /* its verified host name; NULL */
	unsigned port;
	struct exim_envelope envelope;
	struct exim_variable variables[EXIM_VARIABLES_MOST];
	size_t variable_count;
	unsigned steps;
	unsigned lists_deep;
	unsigned acls_deep;
	unsigned braces_deep;
	const char *reason;             /* why something is unknown, failed, deferred */
	bool has_domain;                /* at RCPT: there are $domain and $local_part */
	struct exim_hit hit;            /* of the last list of hosts that matched */
	const struct exim_statement *decided;
	const char *by;
	const char *why;
	bool discards;
	const char *unless;             /* what would keep out a client with a bad name in the world; NULL */
	const struct exim_statement *maybe;     /* the first that might have decided otherwise */
	const char *maybe_why;
};

/* All but the client's address, name and port is a stranger's; change the envelope before use. */
void exim_walk_init(struct exim_walk *walk, struct exim *exim, const struct config_client *client, unsigned port);
void exim_walk_release(struct exim_walk *walk);

/* From the connection to RCPT; discards, by, why and unless are then of this. */
enum config_answer exim_walk_all(struct exim_walk *walk);

/* One ACL's condition; what modifiers do is done. */
enum exim_match exim_condition_match(struct exim_walk *walk, const struct exim_statement *statement, const struct exim_condition *condition);

/* Whether a recipient or sender address can be routed. */
enum exim_match exim_route(struct exim_walk *walk, const char *local_part, const char *domain, bool as_sender);
/* Whether there is a router for mail to outside. */
bool exim_routes_outside(struct exim *exim);

/* expand_string(): adds the expansion to `to`. */
enum exim_expanded exim_expand(struct exim_walk *walk, const char *text, struct buf *to);
/* What stands between the braces of "${if ...": its condition; `*at` is then behind it. */
enum exim_match exim_expand_test(struct exim_walk *walk, const char **at);
/* A group in braces: `*at` stands at the brace, and then behind the closing one.  False: there is none. */
bool exim_group(const char **at, const char **start, size_t *len);
enum exim_expanded exim_expand_part(struct exim_walk *walk, const char *start, size_t len, struct buf *to);
/* "$name"; UNKNOWN where it is not known here, or to nobody. */
enum exim_expanded exim_variable(struct exim_walk *walk, const char *name, size_t len, struct buf *to);
void exim_set_variable(struct exim_walk *walk, const char *name, const char *text);
/* string_interpret_escape(): `*at` stands at the backslash, and then at the last byte of the escape. */
char exim_escape(const char **at);

/*
 * match_check_list(): `subject` is the domain, local part or address; NULL for a list of hosts.  A list that is to be
 * expanded is.
 */
enum exim_match exim_list_match(struct exim_walk *walk, enum exim_list_kind kind, const struct exim_value *list, bool expand, const char *subject);

/* The words of a list. */
struct exim_word {
	const char *text;
	size_t at;                      /* in the value */
};

struct exim_words {
	const char *text;
	const struct exim_line *line;
	struct exim_word *rows;
	size_t count;
	size_t capacity;
	char separator;
};

/* Kept where the list needs no expansion; NULL where it does and cannot be.  `*kept`: not to be released. */
struct exim_words *exim_words(struct exim_walk *walk, const struct exim_value *list, bool expand, bool *kept, enum exim_expanded *expanded);
void exim_words_free(struct exim_words *words);

/* A line of a file that stands in a list: false at its end.  `line` is good until the next. */
struct exim_file_walk {
	const struct exim_file *file;
	size_t at;
	unsigned number;
	char line[1024];
};

bool exim_file_next(struct exim_file_walk *walk, bool addresses);

/* check_host(), check_string() and check_address(): one word. */
enum exim_match exim_host_match(struct exim_walk *walk, const char *word);
enum exim_match exim_string_match(struct exim_walk *walk, const char *word, const char *subject, bool at_is_special, bool partial);
enum exim_match exim_address_match(struct exim_walk *walk, const char *word, const char *subject);

/* Whether a word is an address or a network as Exim reads it: 0, 4 or 6.  `*network` is what it covers. */
int exim_network(const char *word, struct prefix *network, bool *host_bits);
/* Whether it is written like one, and Exim makes an error of it. */
bool exim_is_malformed(const char *word);
/* Letters, digits, dots, hyphens and underscores: a name that is looked up. */
bool exim_is_plain_name(const char *word);

/* "lsearch;/file", with a key: the type is what stands before the semicolon. */
enum exim_match exim_lookup(struct exim_walk *walk, const char *type, size_t len, const char *file, const char *key, bool partial);

/* MATCH_UNKNOWN where it is no expression that libc reads the same way. */
enum exim_match exim_regex(struct exim_walk *walk, const char *expression, const char *subject, bool caseless);

#endif
