/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_SENDMAIL_RUN_H
#define MTA_SENDMAIL_RUN_H

/*
 * One question to a sendmail.cf: a client, an envelope, and what its rule sets make
 * of them.  Nothing is looked up: the sender's and the recipient's domain are taken to
 * exist, the client's name to be verified, and no other name to be in DNS.
 */

#include "mta/sendmail.h"

struct sendmail_question {
	struct address client;
	const char *name;               /* verified; NULL: none */
	const char *sender;             /* "sender@example.net" */
	const char *recipient;
	bool is_exchanger;              /* the recipient's domain names this server as its exchanger */
	const struct sendmail_daemon *daemon;
};

/* The first rule that lets pass, or refuses, and what had been found then. */
struct sendmail_cause {
	const char *rule;               /* NULL: there was none */
	const struct sendmail_row *row;
	const struct sendmail_member *member;
};

struct sendmail_run {
	struct sendmail *sendmail;
	const struct sendmail_question *question;
	struct pool *pool;              /* words of this run */
	const char *now[256];           /* what $&x is; NULL: nothing */
	bool now_unknown[256];
	unsigned steps;
	const char *unknown;            /* why there is no answer; the run is over */
	const struct sendmail_row *row; /* the last row of a map that was found */
	const struct sendmail_member *member;   /* of a class, by which the rule's left side fits */
	struct sendmail_cause granted, refused;
	unsigned depth;
};

/* What a server says in the end. */
struct sendmail_verdict {
	enum config_answer answer;
	const char *by;
	const char *rule;               /* that lets pass; NULL */
	const char *why;
	const struct sendmail_row *row; /* the row of a map that decided; NULL */
	const struct sendmail_member *member;
};

/* sendmail_ask.c */
void sendmail_ask(struct sendmail *sendmail, const struct sendmail_question *question, struct sendmail_verdict *verdict);
/* Adds a reply for each daemon that serves the client's family. */
void sendmail_replies(struct sendmail *sendmail, const struct config_client *client, struct config_replies *replies);

/* sendmail_words.c: text into words, and back. -1 where quotes, comments or angles are not closed. */
int sendmail_words_scan(const struct sendmail *sendmail, struct pool *pool, const char *text, bool comments, bool lenient,
			struct sendmail_words *words);
void sendmail_words_join(const struct sendmail *sendmail, const char *const *words, size_t count, char blank, char *to, size_t room);
void sendmail_words_add(struct sendmail_words *words, const char *word);
void sendmail_words_strip_quotes(char *text);

/* sendmail_rewrite.c: -1 where a rule could not be replaced; the workspace is then as it was. */
int sendmail_rewrite(struct sendmail_run *run, struct sendmail_words *work, const struct sendmail_set *set);
void sendmail_run_stop(struct sendmail_run *run, const char *why);

/* sendmail_match.c: where the parts of a match lie. */
struct sendmail_part {
	size_t first, end;              /* words of the workspace */
	size_t pattern;
};

bool sendmail_match(struct sendmail_run *run, const struct sendmail_words *pattern, const struct sendmail_words *work,
		    struct sendmail_part parts[SENDMAIL_PARTS_MOST], size_t *count);

/* sendmail_lookup.c: what a map says; NULL: nothing. `arguments` begin with the key. */
const char *sendmail_lookup(struct sendmail_run *run, const struct sendmail_map *map, char *key, const char *const *arguments, size_t count);

#endif
