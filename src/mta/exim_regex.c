/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_regex.c - Perl's expressions, as far as they say the same to libc
 */
#include <ctype.h>
#include <regex.h>
#include <string.h>

#include "base/buf.h"
#include "mta/exim_walk.h"

enum {
	EXPRESSION_MOST = 500,
	SUBJECT_MOST = 2000,
	REPEATS_MOST = 3
};

/* "[...]", in which a backslash is none of libc's. */
static const char *put_set(const char *at, struct buf *to)
{
	const char *start = at;

	buf_char(to, *at++);
	if (*at == '^')
		buf_char(to, *at++);
	for (; *at != '\0' && (*at != ']' || at == start + 1 || (at == start + 2 && start[1] == '^')); at++) {
		if (*at == '[' || (*at == '\\' && (isalnum((unsigned char)at[1]) || strchr("]^-[", at[1]) != NULL)))
			return NULL;
		at += *at == '\\';
		buf_char(to, *at);
	}
	buf_char(to, ']');
	return *at == ']' ? at : NULL;
}

static const char *put_escape(const char *at, struct buf *to)
{
	static const struct {
		char letter;
		const char *means;
	} letters[] = { { 'd', "[0-9]" }, { 'w', "[A-Za-z0-9_]" }, { 's', "[[:space:]]" }, { 'D', "[^0-9]" }, { 'W', "[^A-Za-z0-9_]" }, { 'S', "[^[:space:]]" } };

	at++;
	if (*at == '\0')
		return NULL;
	if (!isalnum((unsigned char)*at)) {
		/* libc knows no escape of what is not special. */
		if (strchr(".[]\\*+?^$(){}|", *at) != NULL)
			buf_char(to, '\\');
		buf_char(to, *at);
		return at;
	}
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].letter == *at) {
			buf_text(to, letters[i].means);
			return at;
		}
	return NULL;
}

/* False where it means something else to libc, or takes it long. */
static bool translate(const char *at, struct buf *to)
{
	unsigned repeats = 0;

	if (strlen(at) > EXPRESSION_MOST)
		return false;
	for (; *at != '\0'; at++) {
		repeats += *at == '{';
		if (*at == '{' && (repeats > REPEATS_MOST || strspn(at + 1, "0123456789") > 2 || strspn(at + 1, "0123456789") == 0))
			return false;
		if (*at == ',' && repeats != 0 && strspn(at + 1, "0123456789") > 2)
			return false;
		if (*at == '(' && at[1] == '?' && at[2] != ':')
			return false;
		if (*at == '\\' || *at == '[') {
			at = *at == '[' ? put_set(at, to) : put_escape(at, to);
			if (at == NULL)
				return false;
			continue;
		}
		buf_char(to, *at);
		if (*at == '(' && at[1] == '?')
			at += 2;
		/* As few as possible or as many: the same question of whether. */
		if (strchr("*+?}", *at) != NULL && at[1] == '?')
			at++;
		if (strchr("*+?}", *at) != NULL && at[1] != '\0' && strchr("*+?", at[1]) != NULL)
			return false;
	}
	return true;
}

enum exim_match exim_regex(struct exim_walk *walk, const char *expression, const char *subject, bool caseless)
{
	struct buf text = BUF_INIT(8 * EXPRESSION_MOST);
	enum exim_match match = MATCH_UNKNOWN;
	regex_t compiled;

	walk->steps += 200;
	if (strlen(subject) <= SUBJECT_MOST && translate(expression, &text) && !text.cut && text.len != 0 &&
	    regcomp(&compiled, text.data, REG_EXTENDED | REG_NOSUB | (caseless ? REG_ICASE : 0)) == 0) {
		match = regexec(&compiled, subject, 0, NULL, 0) == 0 ? MATCH_YES : MATCH_NO;
		regfree(&compiled);
	}
	if (match == MATCH_UNKNOWN)
		walk->reason = config_text(walk->exim->config, "the expression %.200s is not evaluated", expression);
	buf_release(&text);
	return match;
}
