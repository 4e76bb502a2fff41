/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_parser.c - the words that a statement of smtpd.conf may consist of
 */
#include "mta/opensmtpd_parser.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

const struct opensmtpd_token *opensmtpd_peek(struct opensmtpd_parser *parser)
{
	if (!parser->peeked)
		parser->token = opensmtpd_words_next(parser->words);
	parser->peeked = true;
	return &parser->token;
}

struct opensmtpd_token opensmtpd_take(struct opensmtpd_parser *parser)
{
	struct opensmtpd_token token = *opensmtpd_peek(parser);

	parser->peeked = false;
	parser->spot = token.spot;
	return token;
}

void opensmtpd_fail(struct opensmtpd_parser *parser, const char *format, ...)
{
	char text[2 * TEXT_SHOWN];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!parser->failed)
		opensmtpd_fault(parser->opensmtpd, parser->spot, "%s", text);
	parser->failed = true;
}

void opensmtpd_unexpected(struct opensmtpd_parser *parser)
{
	const struct opensmtpd_token *token = opensmtpd_peek(parser);
	bool ends = token->word == WORD_LINE || token->word == WORD_END;

	parser->spot = token->spot;
	if (ends)
		opensmtpd_fail(parser, "the line ends where something is missing");
	else if (token->word == WORD_KEY)
		opensmtpd_fail(parser, "\"%.100s\" cannot stand there: it means something to smtpd, unless it stands in quotes", token->text);
	else
		opensmtpd_fail(parser, "\"%.100s\" cannot stand there", token->text);
}

bool opensmtpd_has_key(struct opensmtpd_parser *parser, const char *key)
{
	const struct opensmtpd_token *token = opensmtpd_peek(parser);

	if (parser->failed || token->word != WORD_KEY || strcmp(token->text, key) != 0)
		return false;
	opensmtpd_take(parser);
	return true;
}

bool opensmtpd_has_sign(struct opensmtpd_parser *parser, char sign)
{
	const struct opensmtpd_token *token = opensmtpd_peek(parser);

	if (parser->failed || token->word != WORD_SIGN || token->text[0] != sign)
		return false;
	opensmtpd_take(parser);
	return true;
}

const char *opensmtpd_want_string(struct opensmtpd_parser *parser)
{
	if (!parser->failed && opensmtpd_peek(parser)->word == WORD_STRING)
		return opensmtpd_take(parser).text;
	opensmtpd_unexpected(parser);
	return "";
}

long long opensmtpd_want_number(struct opensmtpd_parser *parser)
{
	if (!parser->failed && opensmtpd_peek(parser)->word == WORD_NUMBER)
		return opensmtpd_take(parser).number;
	opensmtpd_unexpected(parser);
	return 0;
}

void opensmtpd_want_key(struct opensmtpd_parser *parser, const char *key)
{
	if (!opensmtpd_has_key(parser, key))
		opensmtpd_unexpected(parser);
}

void opensmtpd_want_sign(struct opensmtpd_parser *parser, char sign)
{
	if (!opensmtpd_has_sign(parser, sign))
		opensmtpd_unexpected(parser);
}

/* Between two entries: one comma, or line ends, or nothing. */
static void skip_comma(struct opensmtpd_parser *parser)
{
	if (opensmtpd_has_sign(parser, ','))
		return;
	while (!parser->failed && opensmtpd_peek(parser)->word == WORD_LINE)
		opensmtpd_take(parser);
}

static bool has_assign(struct opensmtpd_parser *parser)
{
	if (!parser->failed && opensmtpd_peek(parser)->word == WORD_ARROW) {
		opensmtpd_take(parser);
		return true;
	}
	return opensmtpd_has_sign(parser, '=');
}

void opensmtpd_want_entries(struct opensmtpd_parser *parser, struct opensmtpd_table *table)
{
	bool first = true, pairs = false;

	opensmtpd_want_sign(parser, '{');
	do {
		const char *key = opensmtpd_want_string(parser), *value = NULL;
		struct opensmtpd_spot spot = parser->spot;

		if ((first || pairs) && has_assign(parser)) {
			value = opensmtpd_want_string(parser);
			pairs = true;
		} else if (pairs) {
			opensmtpd_unexpected(parser);
		}
		if (!parser->failed)
			opensmtpd_table_add(parser->opensmtpd, table, key, value, spot.file, spot.line);
		first = false;
		if (opensmtpd_has_sign(parser, '}'))
			return;
		skip_comma(parser);
	} while (!parser->failed);
}

bool opensmtpd_is_table(struct opensmtpd_parser *parser)
{
	const struct opensmtpd_token *token = opensmtpd_peek(parser);

	return !parser->failed && (token->word == WORD_STRING || (token->word == WORD_SIGN && (token->text[0] == '{' || token->text[0] == '<')));
}

static void check_use(struct opensmtpd_parser *parser, const struct opensmtpd_table *table, const struct opensmtpd_use *use)
{
	const char *name = table->name != NULL ? table->name : "that stands there";
	bool elsewhere = table->shape == SHAPE_ELSEWHERE;

	if (use->shape == SHAPE_NONE || table->unreadable)
		return;
	if (elsewhere ? table->users_only != use->users && table->users_only : table->shape != use->shape)
		opensmtpd_fail(parser, "the table %.100s cannot be used for %s: it has %s%s", name, use->what,
			       table->shape == SHAPE_HASH ? "values beside its keys" : table->shape == SHAPE_LIST ? "no values beside its keys" : "something else",
			       table->from_file && table->shape == SHAPE_HASH ? ", as its first line has a blank or a ':', or it is empty" : "");
	else if (elsewhere && use->no_db && strcmp(table->backend, "db") == 0)
		opensmtpd_fail(parser, "the table %.100s cannot be used for %s: a compiled file does not do for that", name, use->what);
}

struct opensmtpd_table *opensmtpd_want_table(struct opensmtpd_parser *parser, const struct opensmtpd_use *use)
{
	struct opensmtpd_table *table = NULL;
	const char *word;

	if (opensmtpd_has_sign(parser, '<')) {
		word = opensmtpd_want_string(parser);
		opensmtpd_want_sign(parser, '>');
		table = opensmtpd_table_find(parser->opensmtpd, word);
		if (table == NULL && !parser->failed)
			opensmtpd_fail(parser, "there is no table %.100s before this line", word);
	} else if (!parser->failed && opensmtpd_peek(parser)->word == WORD_SIGN && opensmtpd_peek(parser)->text[0] == '{') {
		table = opensmtpd_table_new(parser->opensmtpd, NULL, "static", SHAPE_NONE);
		opensmtpd_want_entries(parser, table);
	} else {
		word = opensmtpd_want_string(parser);
		if (parser->failed)
			return NULL;
		table = opensmtpd_table_new(parser->opensmtpd, NULL, "static", SHAPE_NONE);
		opensmtpd_table_add(parser->opensmtpd, table, word, NULL, parser->spot.file, parser->spot.line);
	}
	if (table != NULL && !parser->failed)
		check_use(parser, table, use);
	return parser->failed ? NULL : table;
}

bool opensmtpd_is_delay(const char *text)
{
	size_t len = strlen(text);
	long factor = 0, number;
	char *digits;

	if (len < 2)
		return false;
	factor = text[len - 1] == 's' ? 1 : text[len - 1] == 'm' ? 60 : text[len - 1] == 'h' ? 3600 : text[len - 1] == 'd' ? 86400 : 0;
	if (factor == 0)
		return false;
	digits = mem_bytes(text, len - 1);
	number = text_number(digits, 1, 2147483647 / factor);
	free(digits);
	return number >= 1;
}

bool opensmtpd_is_named(const struct opensmtpd_parser *parser, const char *kind, const char *name)
{
	for (size_t i = 0; i < parser->named_count; i++)
		if (strcmp(parser->named[i].kind, kind) == 0 && strcmp(parser->named[i].name, name) == 0)
			return true;
	return false;
}

void opensmtpd_name(struct opensmtpd_parser *parser, const char *kind, const char *name)
{
	if (parser->failed)
		return;
	if (opensmtpd_is_named(parser, kind, name))
		opensmtpd_fail(parser, "there are two of the name %.100s: %s", name, kind);
	MEM_ROOM(parser->named, parser->named_count, parser->named_capacity);
	parser->named[parser->named_count++] = (struct opensmtpd_named){ kind, name };
}
