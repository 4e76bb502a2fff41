/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_pieces.c - JSON cut into pieces
 */
#include "report/pieces.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

static void add(struct buf *to, const struct piece *piece)
{
	buf_add(to, piece->start, piece->len);
}

static void cut(const char *text, struct buf *to)
{
	struct pieces pieces = pieces_of(text, strlen(text), strchr(text, '{') == text ? '{' : '[');
	struct piece key, value;

	if (pieces.close == '}')
		while (pieces_next_member(&pieces, &key, &value)) {
			add(to, &key);
			buf_char(to, '=');
			add(to, &value);
			buf_char(to, '|');
		}
	else
		while (pieces_next(&pieces, &value)) {
			add(to, &value);
			buf_char(to, '|');
		}
	buf_text(to, pieces.broken ? "broken" : "end");
}

static void test_values_are_found_and_not_read(void **state)
{
	static const struct {
		const char *name;
		const char *text;
		const char *pieces;
	} rows[] = {
		{ "no elements", "[]", "end" },
		{ "blanks only", " [ \n\t ] ", "end" },
		{ "scalars", "[1, true ,\"a\"]", "1|true|\"a\"|end" },
		{ "brackets in a text", "[\"]},[{\", 2]", "\"]},[{\"|2|end" },
		{ "an escaped quote", "[\"a\\\"]\\\\\", 2]", "\"a\\\"]\\\\\"|2|end" },
		{ "nested", "[{\"a\": [1, {\"b\": []}]}, []]", "{\"a\": [1, {\"b\": []}]}|[]|end" },
		{ "members", "{\"a\" : 1, \"b\":{\"a\":2}}", "\"a\"=1|\"b\"={\"a\":2}|end" },
		{ "a key with a colon", "{\"a:b\":1}", "\"a:b\"=1|end" },
		{ "two values without a comma", "[1 2]", "1|broken" },
		{ "a comma too many", "[1,]", "1|broken" },
		{ "a comma first", "[,1]", "broken" },
		{ "a colon in a list", "[1:2]", "1|broken" },
		{ "a key without a value", "{\"a\"}", "broken" },
		{ "a key that is no text", "{1: 2}", "broken" },
		{ "a bracket too many", "[1]]", "1|broken" },
		{ "it does not end", "[1", "broken" },
		{ "it is a list", "1", "broken" },
		{ "nothing", "", "broken" },
		/* What each of these is, their reader says: they are no JSON. */
		{ "a text that does not end", "[\"a]", "\"a|end" },
		{ "brackets that do not fit", "[[1}, 2]", "[1}|2|end" },
		{ "a bracket too few", "[[1, 2]", "[1, 2|end" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf to = BUF_OWN;

		cut(rows[i].text, &to);
		if (strcmp(to.data, rows[i].pieces) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, to.data, rows[i].pieces);
		buf_release(&to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_found_and_not_read),
	};

	return cmocka_run_group_tests_name("pieces", tests, NULL, NULL);
}
