/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_expand.c - expand_string() of Exim, as far as an envelope and a client decide
 *
 * What runs a program, connects, or looks up elsewhere is not evaluated.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/exim_walk.h"

char exim_escape(const char **at)
{
	static const char letters[] = "bfnrtv", bytes[] = "\b\f\n\r\t\v";
	const char *next = *at + 1, *known;
	unsigned value = 0, digits = 0;

	if (*next == '\0')
		return '\\';
	*at = next;
	if (*next >= '0' && *next <= '7') {
		for (; digits < 3 && next[digits] >= '0' && next[digits] <= '7'; digits++)
			value = value * 8 + (unsigned)(next[digits] - '0');
		*at = next + digits - 1;
		return (char)value;
	}
	if (*next == 'x') {
		for (digits = 1; digits < 3 && isxdigit((unsigned char)next[digits]); digits++)
			value = value * 16 + (unsigned)(isdigit((unsigned char)next[digits]) ? next[digits] - '0' : (next[digits] | 0x20) - 'a' + 10);
		*at = next + digits - 1;
		return (char)value;
	}
	known = strchr(letters, *next);
	return known != NULL ? bytes[known - letters] : *next;
}

bool exim_group(const char **at, const char **start, size_t *len)
{
	const char *byte = *at + strspn(*at, " \t\n\r");
	unsigned deep = 0;

	if (*byte != '{')
		return false;
	*start = byte + 1;
	for (; *byte != '\0'; byte++) {
		if (byte[0] == '\\' && byte[1] == 'N') {
			const char *end = strstr(byte + 2, "\\N");

			if (end == NULL)
				return false;
			byte = end + 1;
		} else if (*byte == '\\' && byte[1] != '\0') {
			byte++;
		} else if (*byte == '{') {
			deep++;
		} else if (*byte == '}' && --deep == 0) {
			*len = (size_t)(byte - *start);
			*at = byte + 1;
			return true;
		}
	}
	return false;
}

enum exim_expanded exim_expand_part(struct exim_walk *walk, const char *start, size_t len, struct buf *to)
{
	char *part = mem_bytes(start, len);
	enum exim_expanded result = exim_expand(walk, part, to);

	free(part);
	return result;
}

static enum exim_expanded unknown(struct exim_walk *walk, const char *what, size_t len)
{
	walk->reason = config_text(walk->exim->config, "${%.*s} is not evaluated", (int)(len < 100 ? len : 100), what);
	return EXPAND_UNKNOWN;
}

/* "{yes}{no}" or "{yes} fail", behind a condition. */
static enum exim_expanded expand_branch(struct exim_walk *walk, const char *at, bool yes, struct buf *to)
{
	const char *first, *second;
	size_t first_len, second_len;

	at += strspn(at, " \t\n\r");
	if (*at == '\0') {
		buf_text(to, yes ? "true" : "");
		return EXPAND_OK;
	}
	if (!exim_group(&at, &first, &first_len))
		return EXPAND_FAILED;
	if (yes)
		return exim_expand_part(walk, first, first_len, to);
	at += strspn(at, " \t\n\r");
	if (*at == '\0')
		return EXPAND_OK;
	if (exim_group(&at, &second, &second_len))
		return exim_expand_part(walk, second, second_len, to);
	return strncmp(at, "fail", 4) == 0 ? EXPAND_FORCED : EXPAND_FAILED;
}

static enum exim_expanded expand_if(struct exim_walk *walk, const char *at, struct buf *to)
{
	struct buf one = BUF_INIT(EXIM_EXPANDED_MOST), other = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_match holds = exim_expand_test(walk, &at);
	enum exim_expanded result;

	if (holds == MATCH_YES || holds == MATCH_NO)
		return expand_branch(walk, at, holds == MATCH_YES, to);
	if (holds != MATCH_UNKNOWN)
		return holds == MATCH_ERROR ? EXPAND_FAILED : EXPAND_UNKNOWN;
	/* It may be the same either way. */
	result = expand_branch(walk, at, true, &one);
	if (result == expand_branch(walk, at, false, &other) && result == EXPAND_OK && strcmp(one.data, other.data) == 0)
		buf_text(to, one.data);
	else
		result = EXPAND_UNKNOWN;
	buf_release(&one);
	buf_release(&other);
	return result;
}

/* "1+2", "rcpt_count/2": one operator between two numbers. */
static bool calculate(const char *text, long *value)
{
	char *end;
	long a = strtol(text, &end, 10), b;
	char operator;

	end += strspn(end, " ");
	if (end == text)
		return false;
	*value = a;
	if (*end == '\0')
		return true;
	operator = *end;
	text = end + 1 + strspn(end + 1, " ");
	b = strtol(text, &end, 10);
	if (end == text || *end != '\0' || a > 1000000 || b > 1000000 || a < -1000000 || b < -1000000 || (operator == '/' && b == 0))
		return false;
	*value = operator == '+' ? a + b : operator == '-' ? a - b : operator == '*' ? a * b : operator == '/' ? a / b : 0;
	return strchr("+-*/", operator) != NULL;
}

/* "lc:", "domain:" and their like, of what is expanded already. */
static enum exim_expanded apply(struct exim_walk *walk, const char *name, size_t len, const char *of, struct buf *to)
{
	const char *mark = strrchr(of, '@');
	long number;

	if (len == 2 && (strncmp(name, "lc", 2) == 0 || strncmp(name, "uc", 2) == 0)) {
		for (; *of != '\0'; of++)
			buf_char(to, (char)(*name == 'l' ? tolower((unsigned char)*of) : toupper((unsigned char)*of)));
	} else if (len == 6 && strncmp(name, "domain", 6) == 0) {
		buf_text(to, mark != NULL ? mark + 1 : "");
	} else if (len == 10 && strncmp(name, "local_part", 10) == 0) {
		buf_add(to, of, mark != NULL ? (size_t)(mark - of) : strlen(of));
	} else if (len == 4 && strncmp(name, "eval", 4) == 0 && calculate(of, &number)) {
		buf_printf(to, "%ld", number);
	} else {
		return unknown(walk, name, len);
	}
	return EXPAND_OK;
}

/* What stands between "${" and its "}". */
static enum exim_expanded expand_braces(struct exim_walk *walk, const char *body, struct buf *to)
{
	struct buf of = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_expanded result;
	size_t len = 0;

	while (isalnum((unsigned char)body[len]) || body[len] == '_')
		len++;
	if (len == 2 && strncmp(body, "if", 2) == 0)
		return expand_if(walk, body + 2, to);
	if (body[len] == '\0' && len != 0)
		return exim_variable(walk, body, len, to);
	if (body[len] != ':')
		return unknown(walk, body, strlen(body));
	result = exim_expand(walk, body + len + 1, &of);
	if (result == EXPAND_OK)
		result = apply(walk, body, len, of.data, to);
	buf_release(&of);
	return result;
}

/* `*at` stands at the dollar, and is then behind what it stands before. */
static enum exim_expanded expand_dollar(struct exim_walk *walk, const char **at, struct buf *to)
{
	const char *start = *at + 1;
	enum exim_expanded result;
	size_t len = 0;
	char *body;

	if (*start == '{') {
		*at = start;
		if (!exim_group(at, &start, &len))
			return EXPAND_FAILED;
		body = mem_bytes(start, len);
		result = expand_braces(walk, body, to);
		free(body);
		return result;
	}
	while (isalnum((unsigned char)start[len]) || start[len] == '_')
		len++;
	*at = start + len;
	return len != 0 ? exim_variable(walk, start, len, to) : EXPAND_FAILED;
}

enum exim_expanded exim_expand(struct exim_walk *walk, const char *text, struct buf *to)
{
	enum exim_expanded result = EXPAND_OK;

	walk->steps += 1 + (unsigned)(to->len / 1024);
	if (++walk->braces_deep > EXIM_BRACES_DEEP_MOST || walk->steps > EXIM_STEPS_MOST) {
		walk->braces_deep--;
		walk->reason = "an expansion is deeper or longer than is followed";
		return EXPAND_UNKNOWN;
	}
	for (const char *at = text; *at != '\0' && result == EXPAND_OK;) {
		if (at[0] == '\\' && at[1] == 'N') {
			const char *end = strstr(at + 2, "\\N");
			size_t len = end != NULL ? (size_t)(end - at - 2) : strlen(at + 2);

			buf_add(to, at + 2, len);
			at += 2 + len + (end != NULL ? 2 : 0);
		} else if (*at == '\\') {
			if (at[1] == '\0')
				result = EXPAND_FAILED;
			buf_char(to, exim_escape(&at));
			at++;
		} else if (*at == '$') {
			result = expand_dollar(walk, &at, to);
		} else {
			buf_char(to, *at++);
		}
	}
	walk->braces_deep--;
	if (result == EXPAND_FAILED)
		walk->reason = config_text(walk->exim->config, "%.200s cannot be expanded", text);
	if (to->cut) {
		walk->reason = "an expansion is longer than is followed";
		return EXPAND_UNKNOWN;
	}
	return result;
}
