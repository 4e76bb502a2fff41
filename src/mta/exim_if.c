/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_if.c - eval_condition() of Exim's expand.c
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/exim_walk.h"

static enum exim_match of_bool(bool holds)
{
	return holds ? MATCH_YES : MATCH_NO;
}

static enum exim_match of_expanded(enum exim_expanded expanded)
{
	return expanded == EXPAND_UNKNOWN ? MATCH_UNKNOWN : MATCH_ERROR;
}

static enum exim_match negate(enum exim_match match)
{
	return match == MATCH_YES ? MATCH_NO : match == MATCH_NO ? MATCH_YES : match;
}

enum operator_kind { COMPARE_STRINGS, COMPARE_FOLDED, COMPARE_NUMBERS, MATCH_EXPRESSION, MATCH_IN_LIST, IN_LIST };

static const struct operator {
	const char *name;
	enum operator_kind kind;
	const char *wants;              /* of comparisons: which of "<=>" */
	enum exim_list_kind list;
} operators[] = {
	{ "<", COMPARE_NUMBERS, "<", EXIM_STRINGS },
	{ "<=", COMPARE_NUMBERS, "<=", EXIM_STRINGS },
	{ "=", COMPARE_NUMBERS, "=", EXIM_STRINGS },
	{ "==", COMPARE_NUMBERS, "=", EXIM_STRINGS },
	{ ">", COMPARE_NUMBERS, ">", EXIM_STRINGS },
	{ ">=", COMPARE_NUMBERS, ">=", EXIM_STRINGS },
	{ "eq", COMPARE_STRINGS, "=", EXIM_STRINGS },
	{ "eqi", COMPARE_FOLDED, "=", EXIM_STRINGS },
	{ "ge", COMPARE_STRINGS, ">=", EXIM_STRINGS },
	{ "gei", COMPARE_FOLDED, ">=", EXIM_STRINGS },
	{ "gt", COMPARE_STRINGS, ">", EXIM_STRINGS },
	{ "gti", COMPARE_FOLDED, ">", EXIM_STRINGS },
	{ "inlist", IN_LIST, "", EXIM_STRINGS },
	{ "inlisti", IN_LIST, "i", EXIM_STRINGS },
	{ "le", COMPARE_STRINGS, "<=", EXIM_STRINGS },
	{ "lei", COMPARE_FOLDED, "<=", EXIM_STRINGS },
	{ "lt", COMPARE_STRINGS, "<", EXIM_STRINGS },
	{ "lti", COMPARE_FOLDED, "<", EXIM_STRINGS },
	{ "match", MATCH_EXPRESSION, "", EXIM_STRINGS },
	{ "match_address", MATCH_IN_LIST, "", EXIM_ADDRESSES },
	{ "match_domain", MATCH_IN_LIST, "", EXIM_DOMAINS },
	{ "match_ip", MATCH_IN_LIST, "", EXIM_HOSTS },
	{ "match_local_part", MATCH_IN_LIST, "", EXIM_LOCAL_PARTS },
};

/* "12", "3k"; false where it is no number. */
static bool read_number(const char *text, long long *number)
{
	char *end;

	*number = strtoll(text, &end, 10);
	if (*end == 'k' || *end == 'K' || *end == 'm' || *end == 'M')
		return false;
	return end[strspn(end, " \t")] == '\0' && (end != text || *text == '\0');
}

static enum exim_match in_list(struct exim_walk *walk, const struct operator *operator, const char *what, const char *list)
{
	const struct exim_value value = { list, walk->decided != NULL ? walk->decided->line : walk->exim->lines.rows, SIZE_MAX };
	enum exim_match match = MATCH_NO;
	enum exim_expanded expanded;
	struct exim_words *words;
	bool kept;

	if (operator->kind == MATCH_IN_LIST && operator->list == EXIM_HOSTS && strcmp(what, walk->text) != 0) {
		walk->reason = "match_ip of another address than the client's is not evaluated";
		return MATCH_UNKNOWN;
	}
	if (operator->kind == MATCH_IN_LIST) {
		match = exim_list_match(walk, operator->list, &value, false, what);
		return match == MATCH_DEFER ? MATCH_ERROR : match;
	}
	words = exim_words(walk, &value, false, &kept, &expanded);
	for (size_t i = 0; words != NULL && i < words->count && match == MATCH_NO; i++)
		match = of_bool(*operator->wants == 'i' ? text_equal_nocase(words->rows[i].text, what) : strcmp(words->rows[i].text, what) == 0);
	if (!kept)
		exim_words_free(words);
	return match;
}

static enum exim_match compare(struct exim_walk *walk, const struct operator *operator, const char *a, const char *b)
{
	long long first, second;
	int order;

	switch (operator->kind) {
	case COMPARE_NUMBERS:
		if (!read_number(a, &first) || !read_number(b, &second)) {
			walk->reason = "a number is expected, and there is none";
			return MATCH_ERROR;
		}
		order = first < second ? -1 : first > second;
		return of_bool(strchr(operator->wants, "<=>"[order + 1]) != NULL);
	case COMPARE_STRINGS:
	case COMPARE_FOLDED:
		order = operator->kind == COMPARE_FOLDED ? strcasecmp(a, b) : strcmp(a, b);
		return of_bool(strchr(operator->wants, order < 0 ? '<' : order > 0 ? '>' : '=') != NULL);
	case MATCH_EXPRESSION:
		return exim_regex(walk, b, a, false);
	default:
		return in_list(walk, operator, a, b);
	}
}

static enum exim_match take_operator(struct exim_walk *walk, const struct operator *operator, const char **at)
{
	struct buf parts[2] = { BUF_INIT(EXIM_EXPANDED_MOST), BUF_INIT(EXIM_EXPANDED_MOST) };
	enum exim_match match = MATCH_YES;

	for (int i = 0; i < 2; i++) {
		enum exim_expanded expanded = EXPAND_FAILED;
		const char *start;
		size_t len;

		if (!exim_group(at, &start, &len)) {
			match = MATCH_ERROR;
			break;
		}
		/* The list behind match_domain and its like is taken as it stands, but for backslashes. */
		if (i == 1 && operator->kind == MATCH_IN_LIST && memchr(start, '$', len) != NULL) {
			walk->reason = "a list with a dollar in it is not evaluated here";
			expanded = EXPAND_UNKNOWN;
		} else {
			expanded = exim_expand_part(walk, start, len, &parts[i]);
		}
		if (expanded != EXPAND_OK && match == MATCH_YES)
			match = of_expanded(expanded);
	}
	if (match == MATCH_YES)
		match = compare(walk, operator, parts[0].data, parts[1].data);
	buf_release(&parts[0]);
	buf_release(&parts[1]);
	return match;
}

/* "and{{..}{..}}" and "or{{..}{..}}"; what stands behind the deciding one is not looked at. */
static enum exim_match take_all(struct exim_walk *walk, const char **at, bool all)
{
	enum exim_match match = of_bool(all);
	const char *start, *part;
	size_t len, part_len;
	char *body;

	if (!exim_group(at, &start, &len))
		return MATCH_ERROR;
	body = mem_bytes(start, len);
	for (const char *rest = body; exim_group(&rest, &part, &part_len);) {
		char *text = mem_bytes(part, part_len);
		const char *inner = text;
		enum exim_match one = exim_expand_test(walk, &inner);

		free(text);
		if (one == MATCH_YES || one == MATCH_NO) {
			if ((one == MATCH_YES) != all) {
				match = one;
				break;
			}
		} else if (one == MATCH_UNKNOWN) {
			match = MATCH_UNKNOWN;
		} else {
			match = one;
			break;
		}
	}
	free(body);
	return match;
}

static enum exim_match is_true(const char *text, bool lax)
{
	const char *number = text + (*text == '-');

	if (number[strspn(number, "0123456789")] == '\0')
		return of_bool(strspn(number, "0") != strlen(number));
	if (text_equal_nocase(text, "false") || text_equal_nocase(text, "no"))
		return MATCH_NO;
	return lax || text_equal_nocase(text, "true") || text_equal_nocase(text, "yes") ? MATCH_YES : MATCH_ERROR;
}

/* Those with one text in braces: exists, isip, bool. */
static enum exim_match take_one(struct exim_walk *walk, const char *name, const char **at)
{
	struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_match match = MATCH_UNKNOWN;
	enum exim_expanded expanded;
	struct prefix network;
	const char *start;
	bool host_bits;
	time_t modified;
	size_t len;
	int family;

	if (!exim_group(at, &start, &len))
		return MATCH_ERROR;
	expanded = exim_expand_part(walk, start, len, &text);
	family = expanded == EXPAND_OK && strchr(text.data, '/') == NULL ? exim_network(text.data, &network, &host_bits) : 0;
	if (expanded != EXPAND_OK)
		match = of_expanded(expanded);
	else if (strcmp(name, "exists") == 0)
		match = of_bool(config_files_has(&walk->exim->files, text.data, &modified));
	else if (strcmp(name, "isip") == 0)
		match = of_bool(family != 0);
	else if (strcmp(name, "isip4") == 0 || strcmp(name, "isip6") == 0)
		match = of_bool(family == name[4] - '0');
	else if (strcmp(name, "bool") == 0 || strcmp(name, "bool_lax") == 0)
		match = is_true(text.data, name[4] == '_');
	else
		walk->reason = config_text(walk->exim->config, "the condition %.60s is not evaluated", name);
	buf_release(&text);
	return match;
}

static enum exim_match take_def(struct exim_walk *walk, const char **at)
{
	struct buf text = BUF_INIT(EXIM_EXPANDED_MOST);
	enum exim_expanded expanded;
	const char *start = *at + 1;
	size_t len = 0;
	bool any;

	while (isalnum((unsigned char)start[len]) || start[len] == '_')
		len++;
	*at = start + len;
	expanded = exim_variable(walk, start, len, &text);
	any = text.len != 0;
	buf_release(&text);
	return expanded == EXPAND_OK ? of_bool(any) : of_expanded(expanded);
}

static enum exim_match take_test(struct exim_walk *walk, const char **at)
{
	static const char *const singles[] = { "exists", "isip", "isip4", "isip6", "bool", "bool_lax", "pam", "radius", "ldapauth", "pwcheck", "saslauthd" };
	char name[32];
	size_t len = 0;

	*at += strspn(*at, " \t\n\r");
	if (isalpha((unsigned char)**at))
		while ((isalnum((unsigned char)(*at)[len]) || (*at)[len] == '_') && len < sizeof name - 1)
			len++;
	else
		len = strspn(*at, "<=>");
	len = len < sizeof name ? len : sizeof name - 1;
	memcpy(name, *at, len);
	name[len] = '\0';
	*at += len;
	if (strcmp(name, "def") == 0 && **at == ':')
		return take_def(walk, at);
	if (strcmp(name, "and") == 0 || strcmp(name, "or") == 0)
		return take_all(walk, at, name[0] == 'a');
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (strcmp(operators[i].name, name) == 0)
			return take_operator(walk, &operators[i], at);
	for (size_t i = 0; i < sizeof singles / sizeof *singles; i++)
		if (strcmp(singles[i], name) == 0)
			return take_one(walk, name, at);
	walk->reason = config_text(walk->exim->config, "the condition %.60s is not evaluated", name);
	/* Behind its groups stand the branches, and nobody knows how many it has: neither is looked at. */
	*at += strlen(*at);
	return MATCH_UNKNOWN;
}

enum exim_match exim_expand_test(struct exim_walk *walk, const char **at)
{
	bool negated = false;
	enum exim_match match;

	if (++walk->braces_deep > EXIM_BRACES_DEEP_MOST) {
		walk->braces_deep--;
		walk->reason = "an expansion is deeper than is followed";
		return MATCH_UNKNOWN;
	}
	for (*at += strspn(*at, " \t\n\r"); **at == '!'; *at += 1 + strspn(*at + 1, " \t\n\r"))
		negated = !negated;
	match = take_test(walk, at);
	walk->braces_deep--;
	return negated ? negate(match) : match;
}
