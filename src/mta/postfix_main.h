/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_POSTFIX_MAIN_H
#define MTA_POSTFIX_MAIN_H

/*
 * Postfix's parameters: those of main.cf, a service's own over them, and the
 * defaults below; expanded as Postfix does, within bounds (postconf(5)).
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct config;
struct err;
struct pool;

enum {
	/* Postfix knows about 900 parameters. */
	POSTFIX_SETTINGS_MOST = 20000,
	/* Postfix's own bound on macros inside macros. */
	POSTFIX_DEPTH_MOST = 100,
	/* What one parameter may come to; and how many references that may take. A bomb doubles with each. */
	POSTFIX_EXPANDED_MOST = 4 << 20,
	POSTFIX_REFERENCES_MOST = 20000
};

struct postfix_setting {
	const char *name;
	const char *value;              /* as written; a '\n' for each line end, also of comments in between */
	const char *file;               /* "main.cf" */
	unsigned line;                  /* where the value begins */
};

struct postfix_settings {
	struct postfix_setting *rows;
	size_t count;
	size_t capacity;
	struct pool *names;             /* each name with the index of its row beside it */
	const struct postfix_settings *below; /* asked where this has nothing; NULL: the defaults are; borrowed */
	const struct postfix_settings *told; /* the defaults as this Postfix has them, below all; NULL: not known; borrowed */
	const char *fault;              /* Postfix itself would give up: in a sentence; NULL */
	const char *fault_place;
};

void postfix_settings_init(struct postfix_settings *settings, const struct postfix_settings *below);
void postfix_settings_release(struct postfix_settings *settings);

/*
 * Reads main.cf.  What Postfix takes in without a word and its owner should know is told as a fact.
 * -1 where it goes beyond a ceiling.
 */
int postfix_settings_parse(struct postfix_settings *settings, struct config *config, const char *file, const char *bytes, size_t len,
			   struct err *err);

/* Sets or replaces one: the texts are borrowed. */
void postfix_settings_put(struct postfix_settings *settings, const char *name, const char *value, const char *file, unsigned line);

/* Where it is defined, by this or what lies below; NULL when it is nowhere and the default holds. */
const struct postfix_setting *postfix_setting_find(const struct postfix_settings *settings, const char *name);

/*
 * Replaces all references in a text.  -1 where Postfix would fail, or a bound is reached.  `references` counts on from what
 * the same list has cost before, so that many words are not each allowed all of them.
 */
int postfix_expand(const struct postfix_settings *settings, const char *text, struct buf *to, unsigned *references, struct err *err);

/* The whole value of a parameter, expanded, its default where it is not set; empty where it has none. */
int postfix_value(const struct postfix_settings *settings, const char *name, struct buf *to, struct err *err);

/* Whether it is "yes"; `otherwise` where it can't be told. */
bool postfix_is_yes(const struct postfix_settings *settings, const char *name, bool otherwise);

/* The value as it is written, or the default as this Postfix has it, unexpanded; NULL for a parameter that is not known. */
const char *postfix_raw(const struct postfix_settings *settings, const char *name);

/* Takes in what `postconf -d` printed. */
void postfix_defaults_tell(struct postfix_settings *told, struct pool *pool, const char *text);

/* postfix_default.c: the default as it stands in Postfix, unexpanded; NULL for a parameter that we don't know. */
const char *postfix_default(const char *name);

#endif
