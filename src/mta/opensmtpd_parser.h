/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_OPENSMTPD_PARSER_H
#define MTA_OPENSMTPD_PARSER_H

/*
 * What the statements of smtpd.conf are read with.  A statement that smtpd does not
 * take is a fault; the rest of its line is passed over, and what follows is read
 * all the same, for what it would grant once the fault is mended.
 */

#include "mta/opensmtpd_words.h"

struct opensmtpd_parser {
	struct opensmtpd *opensmtpd;
	struct opensmtpd_words *words;
	struct opensmtpd_token token;   /* the next one, where `peeked` */
	bool peeked;
	bool failed;                    /* the statement is lost */
	struct opensmtpd_spot spot;     /* of the last word taken */
	struct opensmtpd_named {
		const char *kind, *name;
	} *named;                       /* names that may be given once */
	size_t named_count;
	size_t named_capacity;
};

/* What a table has to be good for. */
struct opensmtpd_use {
	const char *what;               /* "from lookups" */
	enum opensmtpd_shape shape;     /* SHAPE_NONE: any */
	bool no_db;                     /* a compiled file does not do */
	bool users;                     /* the system's users do */
};

const struct opensmtpd_token *opensmtpd_peek(struct opensmtpd_parser *parser);
struct opensmtpd_token opensmtpd_take(struct opensmtpd_parser *parser);

/* Each takes the next word where it is the one wanted. */
bool opensmtpd_has_key(struct opensmtpd_parser *parser, const char *key);
bool opensmtpd_has_sign(struct opensmtpd_parser *parser, char sign);

/* The statement fails where the next word is another. */
const char *opensmtpd_want_string(struct opensmtpd_parser *parser);
long long opensmtpd_want_number(struct opensmtpd_parser *parser);
void opensmtpd_want_key(struct opensmtpd_parser *parser, const char *key);
void opensmtpd_want_sign(struct opensmtpd_parser *parser, char sign);

/* "<name>", "word" or "{ ... }"; NULL where the statement fails. */
bool opensmtpd_is_table(struct opensmtpd_parser *parser);
struct opensmtpd_table *opensmtpd_want_table(struct opensmtpd_parser *parser, const struct opensmtpd_use *use);

/* "{ ... }" into a table. */
void opensmtpd_want_entries(struct opensmtpd_parser *parser, struct opensmtpd_table *table);

void opensmtpd_fail(struct opensmtpd_parser *parser, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The next word cannot stand there. */
void opensmtpd_unexpected(struct opensmtpd_parser *parser);

/* A name of a kind, which fails where it is the second; and whether there is one. */
void opensmtpd_name(struct opensmtpd_parser *parser, const char *kind, const char *name);
bool opensmtpd_is_named(const struct opensmtpd_parser *parser, const char *kind, const char *name);

/* "4h" */
bool opensmtpd_is_delay(const char *text);

/* The statements that have files of their own; the first word is taken already. */
void opensmtpd_parse_action(struct opensmtpd_parser *parser);
void opensmtpd_parse_match(struct opensmtpd_parser *parser);
void opensmtpd_parse_listen(struct opensmtpd_parser *parser);
void opensmtpd_parse_filter(struct opensmtpd_parser *parser);
void opensmtpd_parse_proc(struct opensmtpd_parser *parser);

/* The filter of a listener or action: a name, or "{ ... }", which is a chain of its own; NULL where it fails. */
struct opensmtpd_filter *opensmtpd_want_filter(struct opensmtpd_parser *parser);

/* The listener for mail from outside comes first. */
void opensmtpd_sort_listeners(struct opensmtpd *opensmtpd);

#endif
