/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink_path.c - paths and parameters
 *
 * A blank before the bracket is let pass: many clients put one there.
 */
#include "remote/sink_path.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Those of MAIL that EHLO offers; `=` where a value follows.  RCPT has none. */
static const char *const known[] = { "SIZE=", "BODY=7BIT", "BODY=8BITMIME", "SMTPUTF8", NULL };

/* Where the bracket closes that was opened before `at`; quoted ones do not count. */
static const char *find_end(const char *at, const char *end)
{
	bool quoted = false;

	for (; at < end; at++) {
		if (*at == '\\' && quoted && at + 1 < end)
			at++;
		else if (*at == '"')
			quoted = !quoted;
		else if (*at == '>' && !quoted)
			return at;
	}
	return NULL;
}

static bool read_size(const char *text, size_t len, uint64_t *size)
{
	uint64_t number = 0;

	/* RFC 1870: at most 20 digits; ours are compared with a few MiB. */
	if (len == 0 || len > 20)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		number = number > UINT64_MAX / 16 ? number : number * 10 + (uint64_t)(text[i] - '0');
	}
	*size = number;
	return true;
}

static enum sink_path_read read_parameter(const char *word, size_t len, struct sink_path *path)
{
	for (size_t i = 0; known[i] != NULL; i++) {
		size_t name = strlen(known[i]);

		if (known[i][name - 1] == '=' && len > name && strncasecmp(word, known[i], name) == 0)
			return read_size(word + name, len - name, &path->size) ? SINK_PATH_GOOD : SINK_PATH_BROKEN;
		if (len == name && strncasecmp(word, known[i], name) == 0)
			return SINK_PATH_GOOD;
	}
	return SINK_PATH_PARAMETER;
}

enum sink_path_read sink_path_read(const char *text, size_t len, bool is_sender, struct sink_path *path)
{
	const char *end = text + len, *at = text, *close;
	struct sink_path read = { .size = 0 };
	enum sink_path_read result = SINK_PATH_GOOD;

	/* A NUL would end the text for whoever reads it later. */
	if (memchr(text, '\0', len) != NULL)
		return SINK_PATH_BROKEN;
	while (at < end && *at == ' ')
		at++;
	close = at < end && *at == '<' ? find_end(at + 1, end) : NULL;
	if (close == NULL)
		return SINK_PATH_BROKEN;
	read.path = at + 1;
	read.len = (size_t)(close - at) - 1;
	for (at = close + 1; at < end && result == SINK_PATH_GOOD;) {
		const char *word = at;

		if (*word != ' ')
			return SINK_PATH_BROKEN;
		while (word < end && *word == ' ')
			word++;
		for (at = word; at < end && *at != ' ';)
			at++;
		if (at != word)
			result = is_sender ? read_parameter(word, (size_t)(at - word), &read) : SINK_PATH_PARAMETER;
	}
	if (result == SINK_PATH_GOOD)
		*path = read;
	return result;
}

bool sink_path_is_at(const char *address, const char *domain)
{
	const char *at = strrchr(address, '@');
	size_t len = strlen(domain), size = at ? strlen(at + 1) : 0;

	if (size != 0 && at[size] == '.')
		size--;
	if (size < len || strncasecmp(at + 1 + size - len, domain, len) != 0)
		return false;
	return size == len || at[size - len] == '.';
}
