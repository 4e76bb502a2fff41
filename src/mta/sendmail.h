/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_SENDMAIL_H
#define MTA_SENDMAIL_H

/*
 * sendmail.cf as sendmail reads it: macros, classes, maps, and rule sets, which
 * are run here as sendmail runs them (sendmail 8.17: readcf.c, parseaddr.c), so that
 * no feature of the m4 files has to be known by its lines.
 *
 * Signs ($*, $=w, ...) are bytes above 127, each a word of its own; text that was
 * read has no such bytes.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mta/config.h"
#include "mta/config_files.h"

struct pool;

enum sendmail_sign {
	SIGN_ANY = 0x80,                /* $* */
	SIGN_SOME,                      /* $+ */
	SIGN_ONE,                       /* $- */
	SIGN_CLASS,                     /* $=x; the name's byte follows */
	SIGN_NOT_CLASS,                 /* $~x */
	SIGN_PART,                      /* $1; the digit follows */
	SIGN_MAILER,                    /* $# */
	SIGN_HOST,                      /* $@ */
	SIGN_USER,                      /* $: */
	SIGN_CALL,                      /* $> */
	SIGN_IF,                        /* $?x */
	SIGN_ELSE,                      /* $| */
	SIGN_FI,                        /* $. */
	SIGN_NAME,                      /* $[ */
	SIGN_NAME_END,                  /* $] */
	SIGN_MAP,                       /* $( */
	SIGN_MAP_END,                   /* $) */
	SIGN_NOW,                       /* $&x */
	SIGN_MACRO,                     /* $x, expanded while the file is read */
	SIGNS_END
};

enum {
	/* What sendmail itself bounds: words of a workspace, a line, depth of calls, calls in one rule, passes of one rule. */
	SENDMAIL_WORDS_MOST = 1000,
	SENDMAIL_LINE_MOST = 2048,
	SENDMAIL_DEPTH_MOST = 50,
	SENDMAIL_CALLS_MOST = 15,
	SENDMAIL_PASSES_MOST = 100,
	SENDMAIL_PARTS_MOST = 9,
	/* Debian's file has some 600 rules in 60 sets. */
	SENDMAIL_RULES_MOST = 20000,
	SENDMAIL_SETS_MOST = 500,
	SENDMAIL_MAPS_MOST = 200,
	/* A list of domains has fewer. */
	SENDMAIL_MEMBERS_MOST = 200000,
	SENDMAIL_ROWS_MOST = 200000,
	/* A question needs some thousand steps; more than this is a bomb. */
	SENDMAIL_STEPS_MOST = 400000,
	/* What all questions of one reading may take together: about a second. */
	SENDMAIL_STEPS_ALL = 40000000,
	SENDMAIL_DAEMONS_MOST = 64
};

struct sendmail_member {
	const char *word;
	const char *source;             /* NULL: sendmail put it there */
};

struct sendmail_class {
	struct sendmail_member *members;
	size_t count, capacity;
	struct pool *index;             /* words in lower case */
	const char *opaque;             /* why more may be in it; NULL where all is known */
};

/* A pattern or what replaces it. */
struct sendmail_words {
	const char **at;
	size_t count, capacity;
};

struct sendmail_rule {
	struct sendmail_words left, right;
	const char *source;
	const char *opaque;             /* why it cannot be run here */
};

struct sendmail_set {
	const char *name;
	long number;                    /* -1: none */
	struct sendmail_rule *rules;
	size_t count, capacity;
};

enum sendmail_map_how { MAP_KEYS, MAP_DEQUOTE, MAP_ARITH, MAP_MACRO, MAP_HOST, MAP_BESTMX, MAP_NOTHING, MAP_ELSEWHERE };

struct sendmail_row {
	const char *key;                /* in lower case, unless the map does not fold */
	const char *written;            /* the key as it stands there */
	const char *value;
	const char *source;
	bool repeated;                  /* an earlier row has the key, and holds */
};

struct sendmail_map {
	const char *name;
	const char *type;
	enum sendmail_map_how how;
	const char *source;
	const char *path;               /* of the compiled file, without its ending; NULL */
	const char *file;               /* how the text is called in places: "/etc/mail/access" */
	const char *added;              /* -a */
	const char *on_failure;         /* -T; NULL */
	char blank;                     /* what stands for a space in a key */
	bool fold, keeps_quotes, match_only, optional;
	bool fails;                     /* sendmail cannot open it */
	const char *opaque;             /* why its rows are not known */
	struct sendmail_row *rows;
	size_t count, capacity;
	struct pool *index;
};

struct sendmail_daemon {
	const char *name;
	int family;                     /* 0: whichever */
	bool is_mx_port;
	const char *flags;              /* as $&{daemon_flags} has them */
	bool wants_login;
};

struct sendmail {
	struct config *config;
	struct config_files files;
	struct config_own *own;
	size_t own_count;
	const char *file;               /* for places: "sendmail.cf" */
	const char *names[256];         /* of macros and classes with long names, from 128 on */
	unsigned name_count;
	const char *macros[256];        /* as the file defines them */
	const char *values[256];        /* expanded, once all is read */
	struct sendmail_class classes[256];
	size_t member_count;
	struct sendmail_set *sets;
	size_t set_count, set_capacity;
	size_t rule_count;
	size_t expansions;              /* of macros, so far */
	struct sendmail_map *maps;
	size_t map_count, map_capacity;
	struct sendmail_daemon *daemons;
	size_t daemon_count, daemon_capacity;
	long level;                     /* of the V line */
	char blank;                     /* O BlankSub */
	char delivery;                  /* O DeliveryMode */
	bool short_six;                 /* O UseCompressedIPv6Addresses */
	bool skips_interfaces, skips_loopback;  /* O DontProbeInterfaces */
	const char *operators;          /* O OperatorChars */
	const char *broken;             /* why sendmail does not start; NULL */
	const char *broken_at;
	uint64_t steps_left;            /* of SENDMAIL_STEPS_ALL */
};

/* sendmail_config.c: a zeroed one, and all that follows from the text of sendmail.cf but grants. */
void sendmail_begin(struct sendmail *sendmail, struct config *config, const struct config_files *files);
void sendmail_read_text(struct sendmail *sendmail, const char *bytes, size_t len);

/* sendmail_cf.c: the lines of sendmail.cf. */
void sendmail_cf_parse(struct sendmail *sendmail, const char *bytes, size_t len);
/* What keeps sendmail from starting; the first is kept. */
void sendmail_break(struct sendmail *sendmail, unsigned line, const char *why);

/* sendmail_names.c: names of macros and classes; macros of sendmail's own, and the host's name. */
unsigned char sendmail_name_id(struct sendmail *sendmail, const char *name, size_t len);
void sendmail_names_prepare(struct sendmail *sendmail);
/* The addresses of the machine's interfaces are its own names, once the options are known. */
void sendmail_names_finish(struct sendmail *sendmail);
/* "IPv6:2001:db8:0:0:0:0:0:1", as $&{client_addr} has it. */
void sendmail_address_text(const struct sendmail *sendmail, const struct address *address, char text[ADDRESS_TEXT]);

/* sendmail_class.c */
void sendmail_class_add(struct sendmail *sendmail, unsigned char id, const char *word, size_t len, const char *source);
void sendmail_class_add_words(struct sendmail *sendmail, unsigned char id, const char *words, const char *source);
void sendmail_class_read(struct sendmail *sendmail, unsigned char id, const char *spec, unsigned line);
const struct sendmail_member *sendmail_class_find(const struct sendmail *sendmail, unsigned char id, const char *word);

/* sendmail_expand.c: `$x` made into signs, and macros replaced. -1 where a brace is not closed. */
int sendmail_translate(struct sendmail *sendmail, const char *text, size_t len, char *to, size_t room);
void sendmail_expand(struct sendmail *sendmail, const char *text, char *to, size_t room);

/* sendmail_option.c: what stands behind the O. */
void sendmail_option(struct sendmail *sendmail, const char *text);

/* sendmail_map.c: K lines, and the text beside a compiled map. */
void sendmail_map_define(struct sendmail *sendmail, const char *text, unsigned line);
const struct sendmail_map *sendmail_map_find(const struct sendmail *sendmail, const char *name);
/* Reads the text of a map into rows, as makemap does. */
void sendmail_map_rows(struct sendmail *sendmail, struct sendmail_map *map, const char *bytes, size_t len);
const struct sendmail_row *sendmail_map_row(const struct sendmail_map *map, const char *key);

/* sendmail_cf.c: by name or by number; NULL. */
const struct sendmail_set *sendmail_set_find(const struct sendmail *sendmail, const char *name);

/* sendmail_grant.c: adds grants and facts. */
void sendmail_grants(struct sendmail *sendmail);

/* sendmail_trouble.c: adds facts about rows and words that do nothing; `made`: when sendmail.cf was, 0 where that does not matter. */
void sendmail_troubles(struct sendmail *sendmail, time_t made);

#endif
