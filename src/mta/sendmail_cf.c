/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_cf.c - the lines of sendmail.cf
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_run.h"

#define BLANKS " \t\n\v\f\r"

void sendmail_break(struct sendmail *sendmail, unsigned line, const char *why)
{
	struct config *config = sendmail->config;
	const char *place = config_place(config, sendmail->file, line);
	struct fact *fact;

	if (sendmail->broken != NULL)
		return;
	sendmail->broken = why;
	sendmail->broken_at = place;
	fact = config_add_fact(config, FACT_REFUSES_SERVICE, place);
	fact->title = "sendmail does not start with this line";
	fact->text = why;
	fact->says = "a daemon that runs already goes on with what it read when it started; the next start fails";
	fact->fix = "mend the line, and make sendmail.cf from sendmail.mc rather than by hand";
}

/* "Name=number", "name" or "number": of a rule set. */
static size_t name_length(const char *text)
{
	size_t len = 0;

	while ((text[len] >= '0' && text[len] <= '9') || (text[len] >= 'a' && text[len] <= 'z') || (text[len] >= 'A' && text[len] <= 'Z') || text[len] == '_')
		len++;
	return len;
}

static struct sendmail_set *find_set(const struct sendmail *sendmail, const char *name, long number)
{
	for (size_t i = 0; i < sendmail->set_count; i++)
		if ((name != NULL && text_equal_nocase(sendmail->sets[i].name, name)) || (number >= 0 && sendmail->sets[i].number == number))
			return &sendmail->sets[i];
	return NULL;
}

const struct sendmail_set *sendmail_set_find(const struct sendmail *sendmail, const char *name)
{
	char *copy = mem_bytes(name, name_length(name));
	long number = text_number(copy, 0, 10000);
	struct sendmail_set *set = find_set(sendmail, copy, number);

	free(copy);
	return set;
}

static struct sendmail_set *enter_set(struct sendmail *sendmail, const char *text)
{
	size_t len;
	const char *name, *behind;
	long number;
	struct sendmail_set *set;

	text += strspn(text, BLANKS);
	len = name_length(text);
	name = pool_bytes(sendmail->config->pool, text, len);
	number = text_number(name, 0, 10000);
	behind = text + len + strspn(text + len, BLANKS);
	if (number < 0 && *behind == '=') {
		behind += 1 + strspn(behind + 1, BLANKS);
		number = strtol(behind, NULL, 10);
	}
	set = find_set(sendmail, name, number);
	if (set == NULL) {
		if (sendmail->set_count >= SENDMAIL_SETS_MOST)
			return NULL;
		MEM_ROOM(sendmail->sets, sendmail->set_count, sendmail->set_capacity);
		set = &sendmail->sets[sendmail->set_count++];
		*set = (struct sendmail_set){ .name = name, .number = number };
	}
	return set;
}

/* One side of a rule. */
static const char *compile(struct sendmail *sendmail, const char *text, struct sendmail_words *words)
{
	char expanded[SENDMAIL_LINE_MOST];

	sendmail_expand(sendmail, text, expanded, sizeof expanded);
	if (sendmail_words_scan(sendmail, sendmail->config->pool, expanded, sendmail->level < 9, true, words) != 0)
		return "a rule is longer than it may be";
	for (size_t i = 0; i < words->count; i++) {
		const char *word = words->at[i];

		if ((unsigned char)*word == SIGN_IF || (unsigned char)*word == SIGN_FI)
			return "a rule has a condition, which is not followed";
		for (const char *byte = word + 1; (unsigned char)*word < SIGN_ANY && *byte != '\0'; byte++)
			if ((unsigned char)*byte >= SIGN_ANY)
				return "a rule has a sign within quotes, which is not followed";
	}
	return NULL;
}

static void add_rule(struct sendmail *sendmail, struct sendmail_set *set, char *text, unsigned line)
{
	char *tab = strchr(text, '\t'), *right;
	struct sendmail_rule rule = { .opaque = NULL };

	if (tab == NULL) {
		sendmail_break(sendmail, line, "a rule has no tab between its sides");
		return;
	}
	*tab = '\0';
	right = tab + 1 + strspn(tab + 1, "\t");
	right[strcspn(right, "\t")] = '\0';
	rule.source = config_place(sendmail->config, sendmail->file, line);
	rule.opaque = compile(sendmail, text, &rule.left);
	if (rule.opaque == NULL)
		rule.opaque = compile(sendmail, right, &rule.right);
	else
		compile(sendmail, right, &rule.right);
	if (rule.left.count == 0 || rule.right.count == 0)
		sendmail_break(sendmail, line, rule.left.count == 0 ? "a rule has nothing on its left side" : "a rule has nothing on its right side");
	MEM_ROOM(set->rules, set->count, set->capacity);
	set->rules[set->count++] = rule;
}

/* "w" or "{name}" and what stands behind it; NULL where that is wrong. */
static const char *take_name(struct sendmail *sendmail, const char *text, unsigned char *id)
{
	const char *end = text;
	size_t len = 1;

	if (*text == '{') {
		text++;
		end = strchr(text, '}');
		len = end != NULL ? (size_t)(end - text) : 0;
	}
	if (end == NULL || *text == '\0')
		return NULL;
	*id = sendmail_name_id(sendmail, text, len);
	return *id != 0 ? text + len + (*end == '}') : NULL;
}

static void define(struct sendmail *sendmail, char kind, const char *text, unsigned line)
{
	char expanded[SENDMAIL_LINE_MOST];
	const char *rest;
	unsigned char id;

	if (kind == 'T') {
		sendmail_class_add_words(sendmail, 't', text, NULL);
		return;
	}
	rest = take_name(sendmail, text, &id);
	if (rest == NULL) {
		sendmail_break(sendmail, line, "the name of a macro or class is not closed");
		return;
	}
	if (kind == 'D') {
		/* Longer ones do not fit where they are put. */
		sendmail->macros[id] = pool_bytes(sendmail->config->pool, rest, strnlen(rest, SENDMAIL_LINE_MOST - 1));
	} else if (kind == 'C') {
		sendmail_expand(sendmail, rest, expanded, sizeof expanded);
		sendmail_class_add_words(sendmail, id, expanded, config_place(sendmail->config, sendmail->file, line));
	} else {
		sendmail_class_read(sendmail, id, rest, line);
	}
}

struct reading {
	struct sendmail *sendmail;
	struct sendmail_set *set;
	bool any_set;
};

static void read_rule(struct reading *reading, char *text, unsigned line)
{
	struct sendmail *sendmail = reading->sendmail;

	if (!reading->any_set)
		sendmail_break(sendmail, line, "a rule stands in no rule set");
	else if (reading->set == NULL || sendmail->rule_count++ >= SENDMAIL_RULES_MOST)
		sendmail_break(sendmail, line, "it has more rules or rule sets than are read");
	else
		add_rule(sendmail, reading->set, text, line);
}

static void read_line(struct reading *reading, char *text, unsigned line)
{
	struct sendmail *sendmail = reading->sendmail;
	char expanded[SENDMAIL_LINE_MOST];

	switch (*text) {
	case '\0':
	case '#':
	case 'H': /* headers */
	case 'M': /* mailers */
	case 'P': /* precedences */
	case 'Q': /* queues */
	case 'E': /* environment */
	case 'X': /* filters, which can only refuse */
		break;
	case 'R':
		read_rule(reading, text + 1, line);
		break;
	case 'S':
		sendmail_expand(sendmail, text + 1, expanded, sizeof expanded);
		reading->set = enter_set(sendmail, expanded);
		reading->any_set = true;
		break;
	case 'D':
	case 'C':
	case 'T':
	case 'F':
		define(sendmail, *text, text + 1, line);
		break;
	case 'K':
		sendmail_expand(sendmail, text + 1, expanded, sizeof expanded);
		sendmail_map_define(sendmail, expanded, line);
		break;
	case 'O':
		sendmail_option(sendmail, text + 1);
		break;
	case 'V':
		sendmail->level = strtol(text + 1, NULL, 10);
		break;
	default:
		sendmail_break(sendmail, line, "sendmail does not know a line that begins so");
	}
}

/* How long a line is with those that continue it, which begin with a blank. */
static size_t folded_length(const char *bytes, size_t len, unsigned *lines)
{
	size_t end = 0;

	*lines = 0;
	do {
		const char *newline = memchr(bytes + end, '\n', len - end);

		end = newline != NULL ? (size_t)(newline - bytes) + 1 : len;
		(*lines)++;
	} while (end < len && (bytes[end] == ' ' || bytes[end] == '\t'));
	return end;
}

void sendmail_cf_parse(struct sendmail *sendmail, const char *bytes, size_t len)
{
	struct reading reading = { .sendmail = sendmail };
	unsigned line = 1, lines;

	while (len != 0) {
		size_t folded = folded_length(bytes, len, &lines), used = folded;
		size_t room = folded + 2;
		char *text = mem_new(room);

		while (used > 0 && (bytes[used - 1] == '\n' || bytes[used - 1] == '\r'))
			used--;
		if (*bytes != '#') {
			if (sendmail_translate(sendmail, bytes, used, text, room) != 0)
				sendmail_break(sendmail, line, "a brace of a name is not closed");
			read_line(&reading, text, line);
		}
		free(text);
		bytes += folded;
		len -= folded;
		line += lines;
	}
}
