/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_path.c - the path in MAIL and RCPT
 */
#include "remote/practice_path.h"

#include <string.h>

static void skip_blanks(const char **text, size_t *len)
{
	while (*len != 0 && (**text == ' ' || **text == '\t')) {
		(*text)++;
		(*len)--;
	}
}

/* The bracket that closes the path that begins here, outside quotes; NULL when there is none. */
static const char *closing(const char *text, size_t len)
{
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (text[i] == '>' && !quoted)
			return text + i;
	}
	return NULL;
}

bool practice_path_find(const char *text, size_t len, struct practice_path *path)
{
	const char *end;
	size_t nested = 0;

	if (len == 0)
		return false;
	for (; len != 0 && *text == '<'; nested++) {
		text++;
		len--;
		skip_blanks(&text, &len);
	}
	end = nested != 0 ? closing(text, len) : memchr(text, ' ', len);
	if (end == NULL && nested != 0)
		return false;
	path->text = text;
	path->len = end == NULL ? len : (size_t)(end - text);
	path->rest = text + path->len;
	path->rest_len = len - path->len;
	for (; nested != 0 && path->rest_len != 0 && *path->rest == '>'; nested--) {
		path->rest++;
		path->rest_len--;
	}
	while (path->len != 0 && strchr(" \t", path->text[path->len - 1]) != NULL)
		path->len--;
	return nested == 0;
}

bool practice_path_parameters(const char *text, size_t len)
{
	while (len != 0) {
		size_t word = 0;

		if (*text != ' ')
			return false;
		skip_blanks(&text, &len);
		while (word < len && text[word] != ' ' && text[word] != '\t')
			word++;
		for (size_t i = 0; i < word && text[i] != '='; i++)
			if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-", text[i]) == NULL ||
			    text[i] == '\0')
				return false;
		text += word;
		len -= word;
	}
	return true;
}
