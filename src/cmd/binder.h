/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_BINDER_H
#define CMD_BINDER_H

/*
 * From the tree of a configuration file to values: words as rows, and a complaint at the
 * place of whatever is wrong, after which the rest is read all the same.
 */

#include <stdbool.h>
#include <stddef.h>

struct complaints;
struct err;
struct nearest;
struct node;
struct option_list;
struct tree;

struct binder {
	const struct tree *tree;
	struct complaints *complaints;
	void *whole;                    /* what the file as a whole is read into */
};

/* One word of a map: what may stand behind it. */
struct binder_word {
	const char *name;               /* NULL ends the rows */
	void (*bind)(struct binder *binder, const struct node *key, const struct node *value, void *into);
};

/* One more mistake would not be told. */
bool binder_is_full(const struct binder *binder);

/* A sentence at a node; and one that begins with the key's name. */
void binder_complain(struct binder *binder, const struct node *node, const char *sentence);
void binder_complain_of(struct binder *binder, const struct node *node, const struct node *key, const char *sentence);

/* There is no such key, and perhaps another was meant. */
void binder_complain_of_word(struct binder *binder, const struct node *key, const struct nearest *nearest);

/* A text that says something; NULL and a complaint otherwise. */
const char *binder_text(struct binder *binder, const struct node *key, const struct node *value);
const char *binder_checked(struct binder *binder, const struct node *key, const struct node *value, int (*check)(const char *, struct err *));

/* A value, or a list of them. */
void binder_list(struct binder *binder, const struct node *key, const struct node *value, int (*check)(const char *, struct err *),
		 struct option_list *list);

/* NULL where there is none; offers all of them. */
const struct binder_word *binder_find(const struct binder_word *words, const char *name, struct nearest *nearest);

/* Reads a map by its words. */
void binder_map(struct binder *binder, const struct node *map, const struct binder_word *words, void *into);

/* Whether it is a map; else the key's name and the sentence say what it should be. */
bool binder_wants_map(struct binder *binder, const struct node *key, const struct node *value, const char *sentence);

#endif
