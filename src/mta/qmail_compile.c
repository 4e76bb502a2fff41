/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_compile.c - the text of tcpserver's rules, as tcprules(1) takes it
 *
 * One line that it can't read, and it writes no rules at all: those that were compiled
 * before stay in force.  The lines behind that are read all the same here, for that line
 * will be mended.
 */
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "mta/config.h"
#include "mta/qmail_rules.h"

enum {
	/* A line with a hundred variables has a tenth of it. */
	LINE_MOST = 64 << 10
};

struct compiler {
	struct config *config;
	struct qmail_rules *rules;
	bool six;
	unsigned line;
	unsigned told;                  /* the line whose key stands twice */
	bool full;
};

static void tell(struct compiler *compiler, enum fact_kind kind, const char *text, size_t len, const char *title, const char *says, const char *fix)
{
	struct fact *fact = config_add_fact(compiler->config, kind, config_place(compiler->config, compiler->rules->file, compiler->line));

	fact->title = title;
	fact->text = config_shown(compiler->config, text, len);
	fact->says = says;
	fact->fix = fix;
}

static void refuse(struct compiler *compiler, const char *text, size_t len, const char *why)
{
	if (compiler->rules->bad_line != 0)
		return;
	compiler->rules->bad_line = compiler->line;
	tell(compiler, FACT_SYNTAX, text, len, "tcprules refuses the whole file at this line",
	     config_text(compiler->config, "%s; no rules are written, and what was compiled before stays in force", why),
	     "mend the line, run tcprules, and look at what it says");
}

/* scan_ulong() where that has 64 bits; false where something else stands there. */
static bool take_number(const char *text, size_t len, uint64_t *number)
{
	*number = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		*number = *number * 10 + (uint64_t)(text[i] - '0');
	}
	return true;
}

static void add(struct compiler *compiler, const char *key, size_t key_len, const struct buf *data, bool written)
{
	const struct qmail_rule *first = qmail_rules_find(compiler->rules, key, key_len);
	unsigned before = first != NULL ? first->line : 0;
	struct qmail_rule *rule = qmail_rules_add(compiler->config, compiler->rules, key, key_len, data->data, data->len);

	if (rule == NULL) {
		compiler->full = true;
		return;
	}
	rule->line = compiler->line;
	rule->written = written;
	if (before != 0 && compiler->told != compiler->line)
		tell(compiler, FACT_SHADOWED, key, key_len, "a second rule of the same key",
		     config_text(compiler->config, "the first one counts, that of line %u", before), "keep one of them");
	compiler->told = before != 0 ? compiler->line : compiler->told;
}

/* doaddressdata(): where '-' stands before any name or user, the numbers around it are a range. */
static void add_range(struct compiler *compiler, const char *key, size_t len, const struct buf *data)
{
	const char *dash = memchr(key, '=', len) == NULL && memchr(key, '@', len) == NULL ? memchr(key, '-', len) : NULL;
	size_t left, right, from;
	uint64_t low, high;
	bool written = true;

	if (dash == NULL) {
		add(compiler, key, len, data, true);
		return;
	}
	left = (size_t)(dash - key);
	from = left + 1;
	while (left > 0 && key[left - 1] != '.')
		left--;
	for (right = from; right < len && key[right] != '.'; right++)
		;
	if (!take_number(key + left, (size_t)(dash - key) - left, &low) || !take_number(key + from, right - from, &high)) {
		refuse(compiler, key, len, "around a '-' stand numbers");
		return;
	}
	high = high > 255 ? 255 : high;
	if (low > high)
		tell(compiler, FACT_DEAD, key, len, "an empty range", "there is nothing between its ends, and tcprules makes no rule of it", "write the lower number first");
	for (; low <= high && !compiler->full; low++, written = false) {
		struct buf one = BUF_INIT(LINE_MOST);

		buf_add(&one, key, left);
		buf_printf(&one, "%u", (unsigned)low);
		buf_add(&one, key + right, len - right);
		add(compiler, one.data, one.len, data, written);
		buf_release(&one);
	}
}

/* ",NAME=qVALUEq" with any byte for q, as often as wanted. */
static bool take_variables(const char *at, size_t left, struct buf *data)
{
	while (left != 0) {
		const char *equals = *at == ',' ? memchr(at, '=', left) : NULL, *end;
		size_t value;

		if (equals == NULL)
			return false;
		value = (size_t)(equals - at) + 2;
		if (value > left)
			return false;
		end = value < left ? memchr(at + value, equals[1], left - value) : NULL;
		if (end == NULL)
			return false;
		buf_char(data, '+');
		buf_add(data, at + 1, (size_t)(equals - at));
		buf_add(data, at + value, (size_t)(end - at) - value);
		buf_char(data, '\0');
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	return true;
}

static bool starts(const char *at, size_t left, const char *word)
{
	return left >= strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

/* Where the key ends; `len` where there is no rule in the line. */
static size_t key_length(const struct compiler *compiler, const char *line, size_t len)
{
	size_t at = 0;

	for (; at < len; at++)
		if (line[at] == ':' && (!compiler->six || starts(line + at + 1, len - at - 1, "deny") || starts(line + at + 1, len - at - 1, "allow")))
			break;
	return at;
}

static const char *why_bad(const char *line, size_t len, size_t key)
{
	if (line[len - 1] == '\r')
		return "it ends in a carriage return, as a file from Windows does";
	if (memchr(line + key + 1, '#', len - key - 1) != NULL)
		return "a comment has a line of its own";
	if (memchr(line + key + 1, ':', len - key - 1) != NULL)
		return "behind the first ':' stands neither allow nor deny; this tcprules knows no IPv6";
	return "behind the ':' stands allow or deny, and then ,NAME=\"VALUE\" with nothing between";
}

static void take_line(struct compiler *compiler, const char *line, size_t len)
{
	struct buf data = BUF_INIT(LINE_MOST);
	size_t key, at;
	bool deny;

	if (*line == '#' || *line == '\n')
		return;
	while (len != 0 && (line[len - 1] == '\n' || line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	key = key_length(compiler, line, len);
	if (key == len) {
		if (compiler->six && len != 0)
			refuse(compiler, line, len, "there is neither :allow nor :deny in it, and the tcprules of ucspi-tcp-ipv6 never ends");
		else if (len != 0 && *line != '\r')
			tell(compiler, FACT_DEAD, line, len, "a line without a colon", "tcprules passes over it", "write KEY:allow or KEY:deny");
		return;
	}
	deny = starts(line + key + 1, len - key - 1, "deny");
	at = key + 1 + (deny ? 4 : 5);
	if (deny)
		buf_add(&data, "D", 2);
	if ((!deny && !starts(line + key + 1, len - key - 1, "allow")) || !take_variables(line + at, len - at, &data))
		refuse(compiler, line, len, why_bad(line, len, key));
	else if (data.cut || key >= LINE_MOST / 2)
		refuse(compiler, line, len, "it is longer than is read here");
	else
		add_range(compiler, line, key, &data);
	buf_release(&data);
}

void qmail_rules_text(struct config *config, struct qmail_rules *rules, bool six, const char *text, size_t len)
{
	struct compiler compiler = { .config = config, .rules = rules, .six = six };

	for (size_t at = 0, next; at < len && !compiler.full; at = next) {
		const char *end = memchr(text + at, '\n', len - at);

		next = end != NULL ? (size_t)(end - text) + 1 : len;
		compiler.line++;
		take_line(&compiler, text + at, next - at);
	}
}
