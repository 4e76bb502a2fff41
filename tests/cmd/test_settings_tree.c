/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_settings_tree.c - YAML as far as a configuration file has it, and no farther
 */
#include "cmd/settings_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void put(const struct node *node, struct buf *to)
{
	const struct node *item = node->first;

	if (node->kind == NODE_TEXT) {
		buf_printf(to, "<%s>", node->text);
		return;
	}
	buf_char(to, node->kind == NODE_LIST ? '[' : '{');
	for (; item != NULL; item = item->next)
		put(item, to);
	buf_char(to, node->kind == NODE_LIST ? ']' : '}');
}

static void test_what_is_read(void **state)
{
	static const struct {
		const char *name;
		const char *bytes;
		const char *tree;       /* NULL: there is none */
	} rows[] = {
		{ "nothing", "", NULL },
		{ "comments only", "# a\n\n# b\n", NULL },
		{ "a map", "a: b\nc: d\n", "{<a><b><c><d>}" },
		{ "no line end at the end", "a: b", "{<a><b>}" },
		{ "lists", "a: [b, c]\nd:\n  - e\n  - f\n", "{<a>[<b><c>]<d>[<e><f>]}" },
		{ "a map in a line", "a: {b: c, d: [e]}\n", "{<a>{<b><c><d>[<e>]}}" },
		{ "all is text", "a: no\nb: 010\nc: 1e3\nd: ~\ne: 2027-01-31\nf: null\n", "{<a><no><b><010><c><1e3><d><~><e><2027-01-31><f><null>}" },
		{ "nothing behind a key", "a:\nb: ''\n", "{<a><><b><>}" },
		{ "quotes", "a: \"x: #y\"\n'b c': 'it''s'\n", "{<a><x: #y><b c><it's>}" },
		{ "comments", "a: b # c\n#d: e\nf: g#h\n", "{<a><b><f><g#h>}" },
		{ "CRLF", "a: b\r\nc:\r\n  - d\r\n", "{<a><b><c>[<d>]}" },
		{ "the mark before UTF-8", "\xef\xbb\xbf" "a: b\n", "{<a><b>}" },
		{ "the marks of a document", "---\na: b\n...\n", "{<a><b>}" },
		{ "a version", "%YAML 1.1\n---\na: b\n", "{<a><b>}" },
		{ "letters of the world", "a: M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x93\xa7\n", "{<a><M\xc3\xbcller \xe2\x82\xac \xf0\x9f\x93\xa7>}" },
		{ "lines folded", "a: b\n  c\nd: |\n  e\n  f\n", "{<a><b c><d><e\nf\n>}" },
		{ "a list at the root", "- a\n- b\n", "[<a><b>]" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct complaints complaints;
		struct tree tree;
		struct buf found = BUF_OWN;

		complaints_init(&complaints, "f");
		tree_read(&tree, rows[i].bytes, strlen(rows[i].bytes), &complaints);
		if (complaints.count != 0)
			fail_msg("%s: %s", rows[i].name, complaints.rows[0].text);
		if (tree.root != NULL)
			put(tree.root, &found);
		if (strcmp(found.data, rows[i].tree ? rows[i].tree : "") != 0)
			fail_msg("%s: %s", rows[i].name, found.data);
		buf_release(&found);
		tree_release(&tree);
		complaints_release(&complaints);
	}
}

#define SENTENCE_TAG "a tag has no place in this file: every value is text"
#define SENTENCE_ANCHOR "an anchor has no place in this file: write the value where it belongs"
#define SENTENCE_ALIAS "an alias has no place in this file: write the value where it belongs"

static const struct {
	const char *name;
	const char *bytes;
	size_t len;             /* 0: up to the NUL */
	unsigned line;
	unsigned column;
	const char *sentence;
	size_t count;           /* of complaints */
} mistakes[] = {
	{ "an anchor", "a: &x b\n", 0, 1, 4, SENTENCE_ANCHOR, 1 },
	{ "an anchor of a map", "a: b\nc: &x\n  d: e\n", 0, 2, 4, SENTENCE_ANCHOR, 1 },
	{ "an alias", "a: b\nc: *x\n", 0, 2, 4, SENTENCE_ALIAS, 1 },
	{ "an anchor and its alias", "a: &x b\nc: *x\n", 0, 1, 4, SENTENCE_ANCHOR, 2 },
	{ "a tag", "a: !!int 3\n", 0, 1, 4, SENTENCE_TAG, 1 },
	{ "a tag of a list", "a: !x [b]\n", 0, 1, 4, SENTENCE_TAG, 1 },
	{ "a tag that says nothing", "a: ! b\n", 0, 1, 4, SENTENCE_TAG, 1 },
	{ "a handle of tags", "%TAG !e! tag:example.org,2027:\n---\na: b\n", 0, 1, 1, SENTENCE_TAG, 1 },
	{ "an unknown handle", "a: !e!x b\n", 0, 1, 4, SENTENCE_TAG, 1 },
	{ "a merge key", "a:\n  <<: {b: c}\n", 0, 2, 3, "a merge key has no place in this file: write the values where they belong", 1 },
	{ "a second document", "a: b\n---\nc: d\n", 0, 2, 1, "a second document begins here: the file has one", 1 },
	{ "a key twice", "a: b\nc: d\na: e\n", 0, 3, 1, "'a' stands here again, after line 1", 1 },
	{ "a key twice in a line", "a: {b: c, d: e, \"b\": f}\n", 0, 1, 17, "'b' stands here again, after line 1", 1 },
	{ "a key three times", "a: b\na: c\na: d\n", 0, 2, 1, "'a' stands here again, after line 1", 2 },
	{ "a key that is a list", "? [a]\n: b\n", 0, 1, 3, "a key is a word, and no list or map", 1 },
	{ "a tab", "a:\n\tb: c\n", 0, 2, 1, "a tab cannot indent in YAML: write blanks", 1 },
	{ "indented too much", "a: b\n  c: d\n", 0, 2, 4, "a ':' stands where no key can: mend the indentation, or put the value in quotes", 1 },
	{ "no colon", "a: b\nc\nd: e\n", 0, 3, 1, "a line without a ':' stands among keys", 1 },
	{ "an open list", "a: [b, c\nd: e\n", 0, 2, 2, "a list in brackets lacks a ',' or its ']'", 1 },
	{ "an open map", "a: {b: c\n", 0, 2, 1, "a map in braces lacks a ',' or its '}'", 1 },
	{ "open quotes", "a: \"b\nc: d\n", 0, 3, 1, "the file ends within a text in quotes", 1 },
	{ "an unknown escape", "a: \"\\d\"\n", 0, 1, 5, "this escape is not known within \"...\": write '...' to have it as it is", 1 },
	{ "NUL", "a: b\nc: \0d\n", 11, 2, 4, "the control character 0x00 has no place in this file", 1 },
	{ "an escape", "a: \x1b[31m\n", 0, 1, 4, "the control character 0x1b has no place in this file", 1 },
	{ "an escape that is escaped", "a: b\nc: \"\\e[31m\"\n", 0, 2, 4, "a control character has no place in a value", 1 },
	{ "NUL that is escaped", "c: \"\\0\"\n", 0, 1, 4, "a control character has no place in a value", 1 },
	{ "a carriage return alone", "a: b\rc: d\n", 0, 1, 5, "the control character 0x0d has no place in this file", 1 },
	{ "another line end", "a: b\xc2\x85" "c: d\n", 0, 1, 5, "the invisible character that begins with the byte 0xc2 has no place in this file", 1 },
	{ "a mark within", "a: \xef\xbb\xbf" "b\n", 0, 1, 4, "the invisible character that begins with the byte 0xef has no place in this file", 1 },
	{ "Latin-1", "a: M\xfcller\n", 0, 1, 5, "the byte 0xfc is not UTF-8: the file is not text", 1 },
	{ "UTF-16", "\xff\xfe" "a\0:\0", 6, 1, 1, "the byte 0xff is not UTF-8: the file is not text", 1 },
	{ "a surrogate", "a: \xed\xa0\x80\n", 0, 1, 4, "the byte 0xed is not UTF-8: the file is not text", 1 },
	{ "columns are bytes", "\xc3\xbc\xc3\xbc: &x b\n", 0, 1, 7, SENTENCE_ANCHOR, 1 },
	{ "too deep", "a: [[[[[[[[[[b]]]]]]]]]]\n", 0, 1, 11, "lists and maps lie too deep in one another", 1 },
};

static void test_mistakes_with_their_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		struct complaints complaints;
		const struct complaint *first;
		struct tree tree;

		complaints_init(&complaints, "f");
		tree_read(&tree, mistakes[i].bytes, mistakes[i].len ? mistakes[i].len : strlen(mistakes[i].bytes), &complaints);
		if (complaints.count == 0)
			fail_msg("%s: nothing was said", mistakes[i].name);
		first = &complaints.rows[0];
		if (complaints.count != mistakes[i].count || first->line != mistakes[i].line || first->column != mistakes[i].column ||
		    strcmp(first->text, mistakes[i].sentence) != 0)
			fail_msg("%s: %zu complaints, %u:%u: %s", mistakes[i].name, complaints.count, first->line, first->column, first->text);
		tree_release(&tree);
		complaints_release(&complaints);
	}
}

/* Every one of these is read in a moment, and ends in few complaints. */
static void test_giants(void **state)
{
	enum { SIZE = 1 << 20 };
	static const struct {
		const char *name;
		const char *head;
		const char *piece;
	} rows[] = {
		{ "opened for ever", "a: ", "[" },
		{ "maps for ever", "a: ", "{a: " },
		{ "blocks for ever", "", "- " },
		{ "a long key", "k: v\n", "k" },
		{ "many keys", "", "a:\n" },
		{ "empty keys", "{", ":," },
		{ "many aliases", "a: [", "*x, " },
		{ "many anchors", "a: [", "&x y, " },
		{ "many quotes", "a: ", "'" },
		{ "comments", "", "#\n" },
		{ "a flat list", "a: [", "b, " },
		{ "questions", "", "? " },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf bytes = BUF_INIT(SIZE);
		struct complaints complaints;
		struct tree tree;

		buf_text(&bytes, rows[i].head);
		while (!bytes.cut)
			buf_text(&bytes, rows[i].piece);
		complaints_init(&complaints, "f");
		tree_read(&tree, bytes.data, bytes.len, &complaints);
		if (complaints.count > COMPLAINTS_MOST || (complaints.count == 0 && strcmp(rows[i].name, "comments") != 0))
			fail_msg("%s: %zu complaints", rows[i].name, complaints.count);
		tree_release(&tree);
		complaints_release(&complaints);
		buf_release(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_read),
		cmocka_unit_test(test_mistakes_with_their_places),
		cmocka_unit_test(test_giants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
