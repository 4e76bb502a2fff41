/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_words.c - text into words, and words into text
 *
 * An operator (O OperatorChars) and a sign are words of their own, a quoted string is
 * one with its quotes, and blanks and comments separate.
 */
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/sendmail_run.h"

/* What a byte does to the word before it, as parseaddr.c has it. */
enum kind { KIND_OPERATOR, KIND_TEXT, KIND_QUOTE, KIND_BLANK, KIND_PAIR, KINDS };

enum { KIND_MASK = 7, ENDS = 8, DROPPED = 16 };

static const unsigned char next[KINDS][KINDS] = {
	[KIND_OPERATOR] = { KIND_OPERATOR | ENDS, KIND_TEXT | ENDS, KIND_QUOTE | ENDS, KIND_BLANK | ENDS | DROPPED, KIND_PAIR | ENDS },
	[KIND_TEXT] = { KIND_OPERATOR | ENDS, KIND_TEXT, KIND_QUOTE | ENDS, KIND_BLANK | ENDS | DROPPED, KIND_PAIR | ENDS },
	[KIND_QUOTE] = { KIND_QUOTE, KIND_QUOTE, KIND_OPERATOR, KIND_QUOTE, KIND_QUOTE },
	[KIND_BLANK] = { KIND_OPERATOR, KIND_TEXT, KIND_QUOTE, KIND_BLANK | DROPPED, KIND_PAIR },
	[KIND_PAIR] = { KIND_OPERATOR, KIND_OPERATOR, KIND_OPERATOR, KIND_OPERATOR, KIND_OPERATOR },
};

/* A name of 256 bytes is the longest that sendmail takes. */
enum { WORD_MOST = 256 };

struct scan {
	struct pool *pool;
	struct sendmail_words *words;
	char word[WORD_MOST];
	size_t len;
	enum kind state;
	unsigned comments, angles;
	bool escaped;
};

static enum kind kind_of(const struct sendmail *sendmail, unsigned char byte, bool comments)
{
	static const unsigned char pairs[] = { SIGN_CLASS, SIGN_NOT_CLASS, SIGN_PART, SIGN_NOW, SIGN_IF, SIGN_MACRO };

	if (byte == '"')
		return KIND_QUOTE;
	if (byte == ' ' || (byte >= '\t' && byte <= '\r'))
		return KIND_BLANK;
	if (byte == '(' || byte == ')')
		return comments ? KIND_BLANK : KIND_OPERATOR;
	if (byte >= SIGN_ANY && byte < SIGNS_END)
		return memchr(pairs, byte, sizeof pairs) != NULL ? KIND_PAIR : KIND_OPERATOR;
	return byte != '\0' && (strchr("<>,;", byte) != NULL || strchr(sendmail->operators, byte) != NULL) ? KIND_OPERATOR : KIND_TEXT;
}

void sendmail_words_add(struct sendmail_words *words, const char *word)
{
	MEM_ROOM(words->at, words->count, words->capacity);
	words->at[words->count++] = word;
}

static int finish_word(struct scan *scan)
{
	if (scan->len == 0)
		return 0;
	if (scan->words->count >= SENDMAIL_WORDS_MOST)
		return -1;
	sendmail_words_add(scan->words, pool_bytes(scan->pool, scan->word, scan->len));
	scan->len = 0;
	return 0;
}

static int add_byte(struct scan *scan, char byte)
{
	if (scan->len == sizeof scan->word)
		return -1;
	scan->word[scan->len++] = byte;
	return 0;
}

/* Comments and angles; 1: the byte is no part of any word. */
static int weigh(struct scan *scan, char byte, bool comments, bool lenient)
{
	if (scan->state == KIND_QUOTE)
		return 0;
	if (comments && byte == '(') {
		scan->comments++;
		return 1;
	}
	if (comments && byte == ')') {
		if (scan->comments == 0)
			return lenient ? 0 : -1;
		scan->comments--;
		return 0;
	}
	if (scan->comments != 0)
		return 1;
	if (byte == '<')
		scan->angles++;
	if (byte == '>') {
		if (scan->angles == 0)
			return lenient ? 0 : -1;
		scan->angles--;
	}
	return 0;
}

static int scan_byte(const struct sendmail *sendmail, struct scan *scan, char byte, bool comments, bool lenient)
{
	unsigned move;
	int weight;

	if (scan->escaped) {
		scan->escaped = false;
		if (scan->comments != 0)
			return 0;
		if (byte != '!' || scan->state == KIND_QUOTE)
			return add_byte(scan, '\\') == 0 ? add_byte(scan, byte) : -1;
	}
	scan->escaped = byte == '\\';
	weight = scan->escaped ? 0 : weigh(scan, byte, comments, lenient);
	if (weight != 0)
		return weight < 0 ? -1 : 0;
	move = next[scan->state][kind_of(sendmail, (unsigned char)byte, comments)];
	scan->state = (enum kind)(move & KIND_MASK);
	if ((move & ENDS) != 0 && finish_word(scan) != 0)
		return -1;
	return (move & DROPPED) != 0 || scan->escaped ? 0 : add_byte(scan, byte);
}

int sendmail_words_scan(const struct sendmail *sendmail, struct pool *pool, const char *text, bool comments, bool lenient,
			struct sendmail_words *words)
{
	struct scan scan = { .pool = pool, .words = words, .state = KIND_TEXT };

	for (; *text != '\0'; text++)
		if (scan_byte(sendmail, &scan, *text, comments, lenient) != 0)
			return -1;
	if (!lenient && (scan.state == KIND_QUOTE || scan.comments != 0 || scan.angles != 0))
		return -1;
	return finish_word(&scan);
}

void sendmail_words_join(const struct sendmail *sendmail, const char *const *words, size_t count, char blank, char *to, size_t room)
{
	bool was_text = false;
	size_t len = 0;

	for (size_t i = 0; i < count; i++) {
		bool is_text = kind_of(sendmail, (unsigned char)words[i][0], true) == KIND_TEXT;

		if (was_text && is_text && len + 1 < room)
			to[len++] = blank;
		for (const char *byte = words[i]; *byte != '\0' && len + 1 < room; byte++)
			to[len++] = *byte;
		was_text = is_text;
	}
	to[len] = '\0';
}

void sendmail_words_strip_quotes(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++) {
		if (*text == '"')
			continue;
		if (*text == '\\' && *++text == '\0')
			break;
		*to++ = *text;
	}
	*to = '\0';
}
