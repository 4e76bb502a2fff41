/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_rules.c - the text of a lookup table as rules
 *
 * Keys as postmap(1) takes them, networks as cidr_table(5), expressions as
 * regexp_table(5) and, where they mean the same, pcre_table(5).  A line that Postfix
 * passes over is passed over, and told.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/postfix.h"
#include "mta/postfix_table.h"

static const char blanks[] = " \t\r\n\v\f";

struct reader {
	struct postfix *postfix;
	struct postfix_table *table;
	bool duplicates_break;
	bool perl;
	unsigned nesting;
};

static void tell(struct reader *reader, enum fact_kind kind, unsigned line, const char *text, const char *title, const char *says)
{
	struct config *config = reader->postfix->config;
	struct fact *fact = config_add_fact(config, kind, line != 0 ? config_place(config, reader->table->file, line) : reader->table->file);

	fact->title = title;
	fact->text = config_shown(config, text, strlen(text));
	fact->says = says;
	fact->fix = "take the line out, or write what was meant";
}

/* NULL, and the table is not evaluated, where there is no room. */
static struct postfix_rule *add_rule(struct reader *reader, enum rule_kind kind, unsigned line)
{
	struct postfix_table *table = reader->table;

	if (table->count >= TABLE_RULES_MOST) {
		table->state = TABLE_UNKNOWN;
		table->why = config_text(reader->postfix->config, "it has more than %d rules", TABLE_RULES_MOST);
		return NULL;
	}
	MEM_ROOM(table->rules, table->count, table->capacity);
	table->rules[table->count] = (struct postfix_rule){ .kind = kind, .key = "", .value = "", .line = line };
	return &table->rules[table->count++];
}

/* `text` is one logical line, and may be written to. */
static void take_key(struct reader *reader, char *text, unsigned line)
{
	struct postfix_table *table = reader->table;
	struct pool *pool = reader->postfix->config->pool;
	bool quoted = false;
	char *value = text, *end;
	struct postfix_rule *rule;
	void **beside;
	size_t *index;

	for (; *value != '\0' && (quoted || !isspace((unsigned char)*value)); value++) {
		if (*value == '\\' && value[1] != '\0')
			value++;
		else if (*value == '"')
			quoted = !quoted;
	}
	end = value;
	value += strspn(value, blanks);
	if (quoted || value == end || *value == '\0') {
		tell(reader, FACT_DEAD, line, text, "a line of a table is passed over", "it is not a key, a blank and a value");
		return;
	}
	*end = '\0';
	for (end = value + strlen(value); end > value && isspace((unsigned char)end[-1]); end--)
		end[-1] = '\0';
	text_lower(text);
	if (table->keys == NULL)
		table->keys = pool_new();
	if (pool_beside(table->keys, text, strlen(text)) != NULL) {
		tell(reader, FACT_DUPLICATE, line, text, "a key stands twice in a table",
		     reader->duplicates_break ? "Postfix does not use the table at all, and answers 451" : "the first one counts");
		if (reader->duplicates_break) {
			table->state = TABLE_BROKEN;
			table->why = "a key stands in it twice";
		}
		return;
	}
	rule = add_rule(reader, RULE_MATCH, line);
	if (rule == NULL)
		return;
	rule->key = pool_text(table->keys, text);
	rule->value = pool_text(pool, value);
	index = mem_new(sizeof *index);
	*index = table->count - 1;
	beside = pool_beside(table->keys, text, strlen(text));
	*beside = index;
}

static char *skip_negation(char *text, bool *negated)
{
	for (; *text == '!' || isspace((unsigned char)*text); text++)
		*negated = *negated != (*text == '!');
	return text;
}

static bool is_keyword(const char *text, const char *word)
{
	return text_starts_nocase(text, word) && !isalnum((unsigned char)text[strlen(word)]);
}

static void take_endif(struct reader *reader, unsigned line)
{
	if (reader->nesting == 0)
		tell(reader, FACT_DEAD, line, "endif", "an endif without an if", "Postfix passes over it");
	else if (add_rule(reader, RULE_ENDIF, line) != NULL)
		reader->nesting--;
}

static void take_cidr(struct reader *reader, char *text, unsigned line)
{
	bool negated = false, host_bits, block = is_keyword(text, "if");
	char *pattern = skip_negation(block ? text + 2 : text, &negated), *value = pattern + strcspn(pattern, blanks);
	struct prefix network;
	struct postfix_rule *rule;
	const char *why;

	if (*value != '\0')
		*value++ = '\0';
	value += strspn(value, blanks);
	for (char *end = value + strlen(value); end > value && isspace((unsigned char)end[-1]); end--)
		end[-1] = '\0';
	if (postfix_cidr_parse(pattern, &network, &host_bits, &why) != 0) {
		tell(reader, host_bits ? FACT_HOST_BITS : FACT_DEAD, line, pattern,
		     host_bits ? "a network of a table has bits behind its mask" : "a line of a table is passed over",
		     config_text(reader->postfix->config, "%s; Postfix passes over the line, and uses the rest of the table", why));
		return;
	}
	if (!block && *value == '\0') {
		tell(reader, FACT_DEAD, line, pattern, "a line of a table is passed over", "there is no result behind the network");
		return;
	}
	rule = add_rule(reader, block ? RULE_IF : RULE_MATCH, line);
	if (rule == NULL)
		return;
	rule->key = pool_text(reader->postfix->config->pool, pattern);
	rule->value = pool_text(reader->postfix->config->pool, value);
	rule->negated = negated;
	rule->network = network;
	reader->nesting += block;
}

/* "/pattern/flags" at the start; -1 where there is none. `pattern` is in place, `at` then behind the flags. */
static int take_delimited(char **at, char **pattern, const char **flags, size_t *flag_count)
{
	char mark = **at, *end = *at + 1;

	if (mark == '\0' || isalnum((unsigned char)mark) || isspace((unsigned char)mark))
		return -1;
	*pattern = end;
	while (*end != '\0' && *end != mark)
		end += *end == '\\' && end[1] != '\0' ? 2 : 1;
	if (*end == '\0')
		return -1;
	*end++ = '\0';
	*flags = end;
	*flag_count = strcspn(end, " \t\r\n\v\f!");
	*at = end + *flag_count;
	return 0;
}

/* What libc compiles quickly, and what means in a Perl expression what it means in a POSIX one. */
static bool is_plain(const char *pattern, bool perl)
{
	unsigned repeats = 0;

	if (strlen(pattern) > TABLE_PATTERN_MOST)
		return false;
	for (const char *at = pattern; *at != '\0'; at++) {
		repeats += *at == '{';
		/* A hundred times a hundred states are compiled in no time, a thousand times a thousand are not. */
		if (*at == '{' && strspn(at + 1, "0123456789") > 2)
			return false;
		if (*at == ',' && strspn(at + 1, "0123456789") > 2 && repeats != 0)
			return false;
		if (*at == '\\' && at[1] != '\0') {
			at++;
			if (isalnum((unsigned char)*at))
				return false;
		} else if (perl && ((*at == '(' && at[1] == '?') || (strchr("*+?}", *at) != NULL && at[1] != '\0' && strchr("?+", at[1]) != NULL))) {
			return false;
		}
	}
	return repeats <= TABLE_REPEATS_MOST;
}

static void compile(struct reader *reader, struct postfix_rule *rule, const char *pattern, const char *flags, size_t count)
{
	int options = REG_EXTENDED | REG_ICASE | REG_NOSUB;
	bool known = is_plain(pattern, reader->perl);

	for (size_t i = 0; i < count; i++) {
		options ^= flags[i] == 'i' ? REG_ICASE : flags[i] == 'x' && !reader->perl ? REG_EXTENDED : flags[i] == 'm' && !reader->perl ? REG_NEWLINE : 0;
		known = known && (flags[i] == 'i' || (!reader->perl && (flags[i] == 'x' || flags[i] == 'm')));
	}
	rule->opaque = !known;
	if (!known)
		return;
	rule->expression = mem_new(sizeof *rule->expression);
	if (regcomp(rule->expression, pattern, options) != 0) {
		free(rule->expression);
		rule->expression = NULL;
		rule->opaque = true;
	}
}

static void take_expression(struct reader *reader, char *text, unsigned line)
{
	bool negated = false, block = is_keyword(text, "if");
	char *at = skip_negation(block ? text + 2 : text, &negated), *pattern;
	char *whole = mem_text(at);
	const char *flags;
	size_t flag_count;
	struct postfix_rule *rule;

	if (take_delimited(&at, &pattern, &flags, &flag_count) != 0) {
		tell(reader, FACT_DEAD, line, text, "a line of a table is passed over", "it does not begin with an expression between two delimiters");
	} else if ((rule = add_rule(reader, block ? RULE_IF : RULE_MATCH, line)) != NULL) {
		compile(reader, rule, pattern, flags, flag_count);
		/* A second expression behind the first. */
		rule->opaque = rule->opaque || *at == '!';
		rule->negated = negated;
		rule->key = pool_bytes(reader->postfix->config->pool, whole, strcspn(whole, " \t"));
		at += strspn(at, blanks);
		for (char *end = at + strlen(at); end > at && isspace((unsigned char)end[-1]); end--)
			end[-1] = '\0';
		rule->value = pool_text(reader->postfix->config->pool, at);
		reader->nesting += block;
	}
	free(whole);
}

static void take_pattern(struct reader *reader, char *text, unsigned line)
{
	if (is_keyword(text, "endif"))
		take_endif(reader, line);
	else if (reader->table->shape == TABLE_CIDR)
		take_cidr(reader, text, line);
	else
		take_expression(reader, text, line);
}

/* Logical lines, as in main.cf. */
static void each_line(struct reader *reader, const char *bytes, size_t len, void (*take)(struct reader *reader, char *text, unsigned line))
{
	struct buf text = BUF_INIT(len + 1);
	unsigned number = 0, first = 0;

	for (size_t at = 0; at < len && reader->table->state == TABLE_READY;) {
		const char *line = bytes + at, *end = memchr(line, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - line) : len - at, skipped = 0;

		number++;
		at += size + 1;
		while (skipped < size && isspace((unsigned char)line[skipped]))
			skipped++;
		if (skipped == size || line[skipped] == '#')
			continue;
		if (skipped == 0) {
			if (text.len != 0)
				take(reader, text.data, first);
			buf_reset(&text);
			first = number;
		} else if (text.len == 0) {
			continue;
		}
		buf_add(&text, line, size);
	}
	if (text.len != 0 && reader->table->state == TABLE_READY)
		take(reader, text.data, first);
	buf_release(&text);
}

void postfix_rules_keys(struct postfix *postfix, struct postfix_table *table, const char *bytes, size_t len, bool duplicates_break)
{
	struct reader reader = { .postfix = postfix, .table = table, .duplicates_break = duplicates_break };

	each_line(&reader, bytes, len, take_key);
}

void postfix_rules_patterns(struct postfix *postfix, struct postfix_table *table, const char *bytes, size_t len, bool perl)
{
	struct reader reader = { .postfix = postfix, .table = table, .perl = perl };

	each_line(&reader, bytes, len, take_pattern);
}

/* "{ word, {word with blanks} }": each word without its braces; -1 where the outer ones are missing. */
static int each_word(struct reader *reader, const char *text, void (*take)(struct reader *reader, char *text))
{
	size_t len = strlen(text), size;
	char *inner;
	const char *at, *word;

	if (len < 3 || text[len - 1] != '}')
		return -1;
	inner = mem_bytes(text + 1, len - 2);
	at = inner;
	while ((word = postfix_word(&at, ", \t\r\n", &size)) != NULL) {
		bool braced = size > 1 && word[0] == '{' && word[size - 1] == '}';
		char *copy = braced ? mem_bytes(word + 1, size - 2) : mem_bytes(word, size);

		take(reader, copy + strspn(copy, blanks));
		free(copy);
	}
	free(inner);
	return reader->table->count != 0 ? 0 : -1;
}

static void take_pair(struct reader *reader, char *text)
{
	char *equals = strchr(text, '=');

	if (equals == NULL) {
		reader->table->state = TABLE_BROKEN;
		reader->table->why = "a word of it is not NAME=VALUE";
		return;
	}
	*equals = ' ';
	take_key(reader, text, 0);
}

static void take_pattern_word(struct reader *reader, char *text)
{
	take_pattern(reader, text, 0);
}

void postfix_rules_inline(struct postfix *postfix, struct postfix_table *table, const char *text)
{
	struct reader reader = { .postfix = postfix, .table = table };

	if (each_word(&reader, text, take_pair) != 0) {
		table->state = TABLE_BROKEN;
		table->why = "it is not inline:{NAME=VALUE, ...}";
	}
}

void postfix_rules_patterns_inline(struct postfix *postfix, struct postfix_table *table, const char *text, bool perl)
{
	struct reader reader = { .postfix = postfix, .table = table, .perl = perl };

	if (each_word(&reader, text, take_pattern_word) != 0 && table->count == 0) {
		table->state = TABLE_BROKEN;
		table->why = "there is no rule between its braces";
	}
}
