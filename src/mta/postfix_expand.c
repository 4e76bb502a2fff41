/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_expand.c - $name, ${name?text:text}, ${{text} == {text} ? {text} : {text}}
 *
 * As mac_expand() of 3.7 does it.  Each reference costs one of a number that is
 * given at the start, and the text that comes out has a ceiling: Postfix itself has
 * no such bound, and never ends on forty lines of "a2 = $a1$a1".
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "mta/postfix_main.h"

static const char blanks[] = " \t\r\n";

struct expansion {
	const struct postfix_settings *settings;
	unsigned depth;
	unsigned references;
	size_t written;                 /* of all levels: operands count, too */
	struct err *err;
};

static int expand(struct expansion *expansion, const char *text, struct buf *to);

static int add(struct expansion *expansion, struct buf *to, const char *bytes, size_t len)
{
	expansion->written += len;
	buf_add(to, bytes, len);
	if (to->cut || expansion->written > POSTFIX_EXPANDED_MOST)
		return err_set(expansion->err, ERR_LIMIT, "the references of a parameter come to more than %d bytes", POSTFIX_EXPANDED_MOST);
	return 0;
}

/* "{ text }" at the start: its text without blanks around it, and what follows it.  NULL where there is none; the text is cut off in place. */
static char *take_braced(char **at)
{
	char *start = *at + strspn(*at, blanks), *end = start, *text;
	unsigned level = 0;

	if (*start != '{')
		return NULL;
	do {
		level += *end == '{';
		level -= *end == '}';
		end++;
	} while (level != 0 && *end != '\0');
	if (level != 0)
		return NULL;
	*at = end + strspn(end, blanks);
	end[-1] = '\0';
	text = start + 1 + strspn(start + 1, blanks);
	for (end--; end > text && strchr(blanks, end[-1]) != NULL; end--)
		end[-1] = '\0';
	return text;
}

/* "3.6" as a number to compare, as compat_level_from_numbers() has it. */
static long level_of(const char *text)
{
	char *end;
	long major = strtol(text, &end, 10), minor = 0, patch = 0;

	if (*end == '.')
		minor = strtol(end + 1, &end, 10);
	if (*end == '.')
		patch = strtol(end + 1, &end, 10);
	return *end != '\0' || major < 0 || major > 99 || minor < 0 || minor > 999 || patch < 0 || patch > 999 ?
		       -1 :
		       major * 1000000 + minor * 1000 + patch;
}

static int compare(const char *left, const char *right, bool levels)
{
	char *left_end, *right_end;
	long a, b;

	if (levels) {
		a = level_of(left);
		b = level_of(right);
		return a < b ? -1 : a > b;
	}
	a = strtol(left, &left_end, 10);
	b = strtol(right, &right_end, 10);
	if (*left != '\0' && *right != '\0' && *left_end == '\0' && *right_end == '\0')
		return a < b ? -1 : a > b;
	return strcmp(left, right);
}

static int decide(const char *operator, size_t len, int order, bool *holds)
{
	static const struct {
		const char *name;
		bool less, equal, more;
	} rows[] = {
		{ "==", false, true, false }, { "!=", true, false, true }, { "<=", true, true, false },
		{ ">=", false, true, true },  { "<", true, false, false }, { ">", false, false, true },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strlen(rows[i].name) != len || strncmp(rows[i].name, operator, len) != 0)
			continue;
		*holds = order < 0 ? rows[i].less : order > 0 ? rows[i].more : rows[i].equal;
		return 0;
	}
	return -1;
}

/* "{left} operator {right}": whether it holds; `at` is then behind it. */
static int relation(struct expansion *expansion, char **at, bool *holds)
{
	char *left = take_braced(at), *operator = *at, *right;
	size_t len = strspn(operator, "<>!=");
	bool levels = strncmp(operator + len, "level", 5) == 0;
	struct buf a = BUF_INIT(POSTFIX_EXPANDED_MOST), b = BUF_INIT(POSTFIX_EXPANDED_MOST);
	int result = -1;

	*at += len + (levels ? 5 : 0);
	right = take_braced(at);
	if (left == NULL || right == NULL)
		result = err_set(expansion->err, ERR_SYNTAX, "a comparison is not {TEXT} OPERATOR {TEXT}");
	else if (expand(expansion, left, &a) == 0 && expand(expansion, right, &b) == 0 &&
		 (result = decide(operator, len, compare(a.data, b.data, levels), holds)) != 0)
		result = err_set(expansion->err, ERR_SYNTAX, "'%.10s' compares nothing", operator);
	buf_release(&a);
	buf_release(&b);
	return result;
}

/* What stands behind '?' or ':'. */
static int choose(struct expansion *expansion, char *at, bool holds, struct buf *to)
{
	bool first = *at == '?';
	char *yes = NULL, *no = NULL;

	at++;
	if (first) {
		yes = take_braced(&at);
		if (yes == NULL) {
			yes = at;
			at = (char *)"";
		}
		if (*at == ':')
			at++;
		else if (*at != '\0')
			return err_set(expansion->err, ERR_SYNTAX, "there is no ':' before '%.20s'", at);
		else
			at = NULL;
	}
	if (at != NULL) {
		no = take_braced(&at);
		if (no == NULL)
			no = at;
		else if (*at != '\0')
			return err_set(expansion->err, ERR_SYNTAX, "'%.20s' is left over", at);
	}
	if (holds)
		return yes != NULL ? expand(expansion, yes, to) : 0;
	return no != NULL ? expand(expansion, no, to) : 0;
}

/* What stands between "${" and "}", or behind "$"; it is the caller's to change. */
static int reference(struct expansion *expansion, char *text, struct buf *to)
{
	char *at = text + strspn(text, blanks), *name = at, *end;
	const char *value;
	bool holds = false;
	char mark;

	if (++expansion->references > POSTFIX_REFERENCES_MOST)
		return err_set(expansion->err, ERR_LIMIT, "a parameter has more than %d references", POSTFIX_REFERENCES_MOST);
	if (*at == '{') {
		if (relation(expansion, &at, &holds) != 0)
			return -1;
		if (*at == '\0')
			return add(expansion, to, holds ? "bool_true" : "", holds ? 9 : 0);
		if (*at != '?' && *at != ':')
			return err_set(expansion->err, ERR_SYNTAX, "there is neither '?' nor ':' before '%.20s'", at);
		return choose(expansion, at, holds, to);
	}
	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	end = at;
	at += strspn(at, blanks);
	mark = *at;
	if (mark != '\0' && mark != '?' && mark != ':')
		return err_set(expansion->err, ERR_SYNTAX, "'%.40s' is no parameter's name", name);
	if (name == end)
		return err_set(expansion->err, ERR_SYNTAX, "there is no name behind a '$'");
	*end = '\0';
	value = postfix_raw(expansion->settings, name);
	if (mark == '\0')
		return value != NULL ? expand(expansion, value, to) : 0;
	*at = mark;
	return choose(expansion, at, value != NULL && value[strspn(value, blanks)] != '\0', to);
}

/* The end of the reference whose text begins here; NULL where it is not closed. */
static const char *closing(const char *text, char open)
{
	char close = open == '{' ? '}' : ')';
	unsigned level = 1;

	for (; *text != '\0'; text++) {
		level += *text == open;
		level -= *text == close;
		if (level == 0)
			return text;
	}
	return NULL;
}

static int one_reference(struct expansion *expansion, const char **at, struct buf *to)
{
	const char *start = *at + 1, *end;
	char *copy;
	int result;

	if (*start == '{' || *start == '(') {
		end = closing(start + 1, *start);
		if (end == NULL)
			return err_set(expansion->err, ERR_SYNTAX, "a reference is not closed: '%.40s'", *at);
		start++;
		*at = end + 1;
	} else {
		for (end = start; isalnum((unsigned char)*end) || *end == '_'; end++)
			;
		*at = end;
	}
	copy = mem_bytes(start, (size_t)(end - start));
	result = reference(expansion, copy, to);
	free(copy);
	return result;
}

static int expand(struct expansion *expansion, const char *text, struct buf *to)
{
	int result = 0;

	if (expansion->depth >= POSTFIX_DEPTH_MOST)
		return err_set(expansion->err, ERR_SYNTAX, "references are nested more than %d deep: one refers to itself", POSTFIX_DEPTH_MOST);
	expansion->depth++;
	while (*text != '\0' && result == 0) {
		size_t plain = strcspn(text, "$");

		if (plain != 0) {
			result = add(expansion, to, text, plain);
			text += plain;
		} else if (text[1] == '$') {
			result = add(expansion, to, text, 1);
			text += 2;
		} else {
			result = one_reference(expansion, &text, to);
		}
	}
	expansion->depth--;
	return result;
}

int postfix_expand(const struct postfix_settings *settings, const char *text, struct buf *to, unsigned *references, struct err *err)
{
	struct expansion expansion = { .settings = settings, .references = *references, .err = err };
	int result = expand(&expansion, text, to);

	*references = expansion.references;
	return result;
}

int postfix_value(const struct postfix_settings *settings, const char *name, struct buf *to, struct err *err)
{
	const struct postfix_setting *setting = postfix_setting_find(settings, name);
	const char *raw = postfix_raw(settings, name);
	unsigned references = 0;

	if (raw == NULL)
		return 0;
	if (postfix_expand(settings, raw, to, &references, err) == 0)
		return 0;
	return setting != NULL ? err_prefix(err, "%s:%u: %s", setting->file, setting->line, name) : err_prefix(err, "%s", name);
}
