/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_domain.c - the domains that Haraka's plugins take mail for
 */
#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "mta/haraka.h"

enum {
	/* Longer ones are not evaluated. */
	PATTERN_MOST = 200
};

/* What JavaScript and POSIX mean the same by: letters, dots, alternatives, and single repetitions. */
static bool is_simple(const char *pattern)
{
	bool repeatable = false;

	if (strlen(pattern) > PATTERN_MOST)
		return false;
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*' || *pattern == '+' || *pattern == '?') {
			if (!repeatable)
				return false;
			repeatable = false;
		} else if (*pattern == '\\') {
			if (*++pattern != '.' && *pattern != '-')
				return false;
			repeatable = true;
		} else if (*pattern == '|') {
			repeatable = false;
		} else if (isalnum((unsigned char)*pattern) || *pattern == '.' || *pattern == '-' || *pattern == '_') {
			repeatable = true;
		} else {
			return false;
		}
	}
	return true;
}

int haraka_pattern(const char *pattern, const char *domain)
{
	char *posix, *to;
	regex_t compiled;
	int fits;

	if (!is_simple(pattern))
		return -1;
	posix = mem_printf("^(%s)$", pattern);
	/* An escaped '-' is one as it is. */
	to = posix;
	for (const char *from = posix; *from != '\0'; from++)
		if (*from != '\\' || from[1] != '-')
			*to++ = *from;
	*to = '\0';
	if (regcomp(&compiled, posix, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0) {
		free(posix);
		return -1;
	}
	fits = regexec(&compiled, domain, 0, NULL, 0) == 0;
	regfree(&compiled);
	free(posix);
	return fits;
}

void haraka_hosts_take(struct haraka *haraka)
{
	haraka->takes = haraka->hosts.unread || haraka->patterns.unread || haraka->patterns.count > HARAKA_PATTERNS_MOST ? -1 : 0;
	haraka->takes_place = haraka->patterns.path;
	for (size_t i = 0; i < haraka->hosts.count; i++) {
		if (text_equal_nocase(haraka->hosts.rows[i].value, HARAKA_OUTSIDE)) {
			haraka->takes = 1;
			haraka->takes_place = haraka_place(haraka, &haraka->hosts, haraka->hosts.rows[i].line);
			return;
		}
	}
	for (size_t i = 0; i < haraka->patterns.count && i < HARAKA_PATTERNS_MOST; i++) {
		int fits = haraka_pattern(haraka->patterns.rows[i].value, HARAKA_OUTSIDE);

		if (fits == 0)
			continue;
		haraka->takes = fits;
		haraka->takes_place = haraka_place(haraka, &haraka->patterns, haraka->patterns.rows[i].line);
		/* All lines are one expression, and one that is not understood may end it. */
		if (fits < 0)
			return;
	}
}

/* The word behind "action" in an object without others in it; 0 where it has none, -1 where it is no such object. */
static int action_of(const char *text, const char **action, size_t *len)
{
	const char *at;

	*len = 0;
	*action = "";
	if (text == NULL || *text != '{' || text[strlen(text) - 1] != '}' || strpbrk(text + 1, "{[\\") != NULL)
		return -1;
	at = strstr(text, "\"action\"");
	if (at == NULL)
		return 0;
	at += strlen("\"action\"");
	at += strspn(at, " \t");
	if (*at != ':')
		return -1;
	at += 1 + strspn(at + 1, " \t");
	if (*at != '"')
		return -1;
	*action = at + 1;
	*len = strcspn(at + 1, "\"");
	return 1;
}

enum haraka_destination haraka_destination(const struct haraka *haraka, const char *domain, const struct haraka_line **line)
{
	const char *action;
	size_t len;
	int found;

	*line = NULL;
	if (haraka->destinations.unread)
		return DESTINATION_UNKNOWN;
	if (!haraka_has_section(&haraka->destinations, "domains"))
		return DESTINATION_SKIPPED;
	*line = haraka_pair(&haraka->destinations, "domains", domain);
	if (*line == NULL || (*line)->value == NULL || *(*line)->value == '\0')
		return DESTINATION_DENIED;
	found = action_of((*line)->value, &action, &len);
	if (found < 0)
		return DESTINATION_UNKNOWN;
	return (len == 6 && memcmp(action, "accept", 6) == 0) || (len == 8 && memcmp(action, "continue", 8) == 0) ? DESTINATION_TAKEN : DESTINATION_DENIED;
}
