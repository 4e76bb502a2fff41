/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_SETTINGS_TREE_H
#define CMD_SETTINGS_TREE_H

/*
 * A configuration file as a tree of texts, lists and maps, each with its place: the
 * one door to libyaml, and less than YAML on purpose.  Every scalar is text, so
 * that no value turns into something else (a country "no", a port 0o25).  Anchors,
 * aliases, tags, merge keys, a second document, a key that stands twice and
 * control characters are mistakes; nothing is expanded.
 */

#include <stddef.h>

#include "base/complaint.h"
#include "base/pool.h"

enum {
	/* A fleet of ten thousand targets is one megabyte. */
	TREE_SIZE_MOST = 4 << 20,
	TREE_NODES_MOST = 400000,
	/* targets, name, endpoints, entry: twice what is needed. */
	TREE_DEPTH_MOST = 8
};

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
	enum node_kind kind;
	unsigned line;                  /* from 1 */
	unsigned place;                 /* characters before it in its line; tree_complain() makes a column of it */
	const char *text;               /* NODE_TEXT: no control characters but line ends; "" where there is nothing */
	struct node *first;             /* of a list its items, of a map key, value, key, value, ... */
	struct node *next;
	struct node *last;              /* while it is read */
	size_t count;                   /* of items, or of keys */
};

struct tree {
	const char *bytes;              /* borrowed until tree_release() */
	size_t len;
	struct pool *pool;
	struct node *nodes;             /* all of them, in one piece */
	size_t node_count;
	struct node *root;              /* NULL: an empty file */
};

/*
 * Reads `len` bytes.  Mistakes are added to `complaints`; after one of form there is no
 * root, after the others it is what could be read.  tree_release() in any case.
 */
void tree_read(struct tree *tree, const char *bytes, size_t len, struct complaints *complaints);
void tree_release(struct tree *tree);

/* A sentence at the node's place; texts of the file are escaped by the caller. */
void tree_complain(const struct tree *tree, const struct node *node, struct complaints *complaints, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
