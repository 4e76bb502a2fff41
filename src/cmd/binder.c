/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binder.c - from the tree of a configuration file to values
 */
#include "cmd/binder.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/names.h"
#include "base/text.h"
#include "cmd/options.h"
#include "cmd/settings_tree.h"

/* One more mistake would not be told. */
bool binder_is_full(const struct binder *binder)
{
	return binder->complaints->count == COMPLAINTS_MOST;
}

static char *shown(const char *text, size_t most)
{
	struct buf to = BUF_INIT(TEXT_SHOWN);

	text_escape(&to, text, strnlen(text, most));
	return buf_detach(&to);
}

void binder_complain(struct binder *binder, const struct node *node, const char *sentence)
{
	char *text = shown(sentence, TEXT_SHOWN);

	tree_complain(binder->tree, node, binder->complaints, "%s", text);
	free(text);
}

/* "SENTENCE" with the key's name for its %s. */
void binder_complain_of(struct binder *binder, const struct node *node, const struct node *key, const char *sentence)
{
	char *name = shown(key->text, 60);

	tree_complain(binder->tree, node, binder->complaints, "'%s' %s", name, sentence);
	free(name);
}

void binder_complain_of_word(struct binder *binder, const struct node *key, const struct nearest *nearest)
{
	char *name = shown(key->text, 60);

	tree_complain(binder->tree, key, binder->complaints, "there is no key '%s' here%s%s%s", name, nearest->best ? "; was '" : "",
		      nearest->best ? nearest->best : "", nearest->best ? "' meant?" : "");
	free(name);
}

/* A text that says something; NULL and a complaint otherwise. */
const char *binder_text(struct binder *binder, const struct node *key, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		binder_complain_of(binder, value, key, value->kind == NODE_LIST ? "takes one value, and no list" : "takes one value, and no map");
	else if (value->text[0] == '\0')
		binder_complain_of(binder, value, key, "has no value");
	else
		return value->text;
	return NULL;
}

const char *binder_checked(struct binder *binder, const struct node *key, const struct node *value, int (*check)(const char *, struct err *))
{
	const char *text = binder_text(binder, key, value);
	struct err err = ERR_INIT;

	if (text == NULL || check(text, &err) == 0)
		return text;
	binder_complain(binder, value, err.text);
	return NULL;
}

/* A value, or a list of them. */
void binder_list(struct binder *binder, const struct node *key, const struct node *value, int (*check)(const char *, struct err *),
		      struct option_list *list)
{
	const struct node *item = value->kind == NODE_LIST ? value->first : value;

	if (value->kind == NODE_LIST && value->first == NULL)
		binder_complain_of(binder, value, key, "is an empty list");
	for (; item != NULL; item = value->kind == NODE_LIST ? item->next : NULL) {
		const char *text = binder_checked(binder, key, item, check);

		if (text != NULL)
			option_list_add(list, text);
	}
}

const struct binder_word *binder_find(const struct binder_word *words, const char *name, struct nearest *nearest)
{
	for (; words->name != NULL; words++) {
		if (strcmp(words->name, name) == 0)
			return words;
		nearest_offer(nearest, words->name);
	}
	return NULL;
}

void binder_map(struct binder *binder, const struct node *map, const struct binder_word *words, void *into)
{
	for (const struct node *key = map->first; key != NULL && !binder_is_full(binder); key = key->next->next) {
		struct nearest nearest = NEAREST_INIT(key->text);
		const struct binder_word *word = binder_find(words, key->text, &nearest);

		if (key->kind != NODE_TEXT || strcmp(key->text, "<<") == 0)
			continue;
		if (word == NULL) {
			binder_complain_of_word(binder, key, &nearest);
			continue;
		}
		word->bind(binder, key, key->next, into);
	}
}

/* A map of names, and a map or text behind each. */
bool binder_wants_map(struct binder *binder, const struct node *key, const struct node *value, const char *sentence)
{
	if (value->kind == NODE_MAP)
		return true;
	binder_complain_of(binder, value, key, sentence);
	return false;
}
