/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_list.c - string_nextinlist() and match_check_list() of Exim 4.96
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/exim_walk.h"

enum {
	/* Steps for each level that a list is within others: to split it again is work. */
	LIST_COST = 10
};

struct scan {
	struct exim_walk *walk;
	enum exim_list_kind kind;
	const struct exim_value *list;  /* whose words they are, for their places */
	const char *subject;
	bool include_unknown, ignore_unknown, include_defer, ignore_defer;
	bool negated_last;
	bool unknown;                   /* a word could not be told */
	bool unknown_yes, unknown_no;   /* what it would have made of the list */
	const char *unknown_why;
};

void exim_words_free(struct exim_words *words)
{
	if (words != NULL)
		free(words->rows);
	free(words);
}

static void add_word(struct exim *exim, struct exim_words *words, const char *start, const char *end, char separator)
{
	struct buf word = BUF_INIT(EXIM_LINE_MOST);

	for (const char *at = start; at < end; at++) {
		buf_char(&word, *at);
		at += *at == separator && at + 1 < end && at[1] == separator && !iscntrl((unsigned char)separator);
	}
	while (word.len > 0 && isspace((unsigned char)word.data[word.len - 1]) && (word.len == 1 || word.data[word.len - 2] != '\\'))
		word.len--;
	MEM_ROOM(words->rows, words->count, words->capacity);
	words->rows[words->count++] = (struct exim_word){ pool_bytes(exim->config->pool, word.data, word.len), (size_t)(start - words->text) };
	buf_release(&word);
}

static const char *skip_blanks(const char *at, char separator)
{
	while (isspace((unsigned char)*at) && *at != separator)
		at++;
	return at;
}

/* `text` is split where `separator` stands alone. */
static void split(struct exim *exim, struct exim_words *words)
{
	const char *at = skip_blanks(words->text, '\0');
	char separator = ':';

	if (*at == '<' && (ispunct((unsigned char)at[1]) || iscntrl((unsigned char)at[1])) && at[1] != '\0') {
		separator = at[1];
		at += 2;
	}
	words->separator = separator;
	for (;;) {
		const char *end;

		at = skip_blanks(at, separator);
		if (*at == '\0' || words->count >= EXIM_LIST_ITEMS_MOST)
			return;
		for (end = at; *end != '\0'; end++) {
			if (*end != separator)
				continue;
			if (end[1] != separator || iscntrl((unsigned char)separator))
				break;
			end++;
		}
		add_word(exim, words, at, end, separator);
		if (*end == '\0')
			return;
		at = end + 1;
	}
}

static struct exim_words *make_words(struct exim *exim, const char *text, const struct exim_line *line)
{
	struct exim_words *words = mem_new(sizeof *words);

	words->text = pool_text(exim->config->pool, text);
	words->line = line;
	split(exim, words);
	return words;
}

struct exim_words *exim_words(struct exim_walk *walk, const struct exim_value *list, bool expand, bool *kept, enum exim_expanded *expanded)
{
	struct exim *exim = walk->exim;
	struct buf text = BUF_INIT(EXIM_LINE_MOST);
	struct exim_words *words;

	*expanded = EXPAND_OK;
	*kept = !expand || strpbrk(list->text, "$\\") == NULL;
	for (size_t i = 0; *kept && i < exim->word_count; i++)
		if (exim->words[i]->text == list->text && exim->words[i]->line == list->line)
			return exim->words[i];
	if (*kept && exim->word_count < EXIM_FILES_MOST) {
		MEM_ROOM(exim->words, exim->word_count, exim->word_capacity);
		return exim->words[exim->word_count++] = make_words(exim, list->text, list->line);
	}
	if (!*kept) {
		*expanded = exim_expand(walk, list->text, &text);
		words = *expanded == EXPAND_OK ? make_words(exim, text.data, list->line) : NULL;
		buf_release(&text);
		return words;
	}
	*kept = false;
	return make_words(exim, list->text, list->line);
}

bool exim_file_next(struct exim_file_walk *walk, bool addresses)
{
	const char *text = walk->file->text->data;

	while (text[walk->at] != '\0') {
		size_t size = strcspn(text + walk->at, "\n"), len = size < sizeof walk->line - 1 ? size : sizeof walk->line - 1;
		char *line = walk->line, *end;

		memcpy(line, text + walk->at, len);
		line[len] = '\0';
		walk->at += size + (text[walk->at + size] == '\n');
		walk->number++;
		for (char *hash = strchr(line, '#'); hash != NULL; hash = strchr(hash + 1, '#'))
			if (!addresses || hash == line || isspace((unsigned char)hash[-1])) {
				*hash = '\0';
				break;
			}
		for (end = line + strlen(line); end > line && isspace((unsigned char)end[-1]); end--)
			end[-1] = '\0';
		end = line;
		while (isspace((unsigned char)*end))
			end++;
		memmove(line, end, strlen(end) + 1);
		if (*line != '\0')
			return true;
	}
	return false;
}

static enum exim_match match_word(struct scan *scan, const char *word)
{
	struct exim_walk *walk = scan->walk;

	if (++walk->steps > EXIM_STEPS_MOST) {
		walk->reason = "the lists are longer than is walked";
		return MATCH_UNKNOWN;
	}
	switch (scan->kind) {
	case EXIM_HOSTS:
		return exim_host_match(walk, word);
	case EXIM_ADDRESSES:
		return exim_address_match(walk, word, scan->subject);
	default:
		return exim_string_match(walk, word, scan->subject, scan->kind == EXIM_DOMAINS, true);
	}
}

/* "+include_unknown" and its like; false where the word is none of them. */
static bool take_flag(struct scan *scan, const char *word)
{
	if (*word != '+')
		return false;
	if (scan->kind == EXIM_ADDRESSES || scan->kind == EXIM_LOCAL_PARTS)
		return strcmp(word, "+caseful") == 0;
	if (scan->kind != EXIM_HOSTS)
		return false;
	if (strcmp(word, "+include_unknown") == 0 || strcmp(word, "+ignore_unknown") == 0) {
		scan->include_unknown = word[2] == 'n';
		scan->ignore_unknown = !scan->include_unknown;
		return true;
	}
	if (strcmp(word, "+include_defer") == 0 || strcmp(word, "+ignore_defer") == 0) {
		scan->include_defer = word[2] == 'n';
		scan->ignore_defer = !scan->include_defer;
		return true;
	}
	return false;
}

/*
 * What a word's match makes of the list: true where the list ends here with `*result`.  `yes` is what it comes to
 * where the word fits.
 */
static bool ends(struct scan *scan, enum exim_match match, bool yes, enum exim_match *result)
{
	*result = match;
	switch (match) {
	case MATCH_NO:
		return false;
	case MATCH_YES:
		*result = yes ? MATCH_YES : MATCH_NO;
		return true;
	case MATCH_UNKNOWN:
		scan->unknown_why = scan->unknown ? scan->unknown_why : scan->walk->reason;
		scan->unknown = true;
		scan->unknown_yes = scan->unknown_yes || yes;
		scan->unknown_no = scan->unknown_no || !yes;
		return scan->walk->steps > EXIM_STEPS_MOST;
	case MATCH_ERROR:
		*result = scan->include_unknown ? MATCH_YES : MATCH_NO;
		return !scan->ignore_unknown;
	case MATCH_DEFER:
		*result = scan->include_defer ? MATCH_YES : MATCH_DEFER;
		return !scan->ignore_defer;
	default:
		return true;
	}
}

static void remember(struct scan *scan, const char *word, const char *source)
{
	if (scan->kind == EXIM_HOSTS)
		scan->walk->hit = (struct exim_hit){ config_shown(scan->walk->exim->config, word, strlen(word)), source, false };
}

/* A file's lines, as if they were words. */
static bool scan_file(struct scan *scan, const char *path, bool yes, enum exim_match *result)
{
	struct exim *exim = scan->walk->exim;
	struct exim_file_walk lines = { .file = exim_open(exim, path) };

	if (lines.file->missing) {
		scan->walk->reason = config_text(exim->config, "%.300s cannot be opened, and Exim ends the session", lines.file->shown);
		*result = MATCH_DIES;
		return true;
	}
	if (lines.file->why != NULL) {
		scan->walk->reason = lines.file->why;
		return ends(scan, MATCH_UNKNOWN, yes, result);
	}
	scan->negated_last = !yes;
	while (exim_file_next(&lines, scan->kind == EXIM_ADDRESSES || scan->kind == EXIM_LOCAL_PARTS)) {
		const char *word = lines.line;
		bool here = yes;

		if (*word == '!') {
			here = !yes;
			for (word++; isspace((unsigned char)*word); word++)
				;
		}
		scan->negated_last = !here;
		if (!ends(scan, match_word(scan, word), here, result))
			continue;
		if (*result != MATCH_UNKNOWN)
			remember(scan, word, config_place(exim->config, lines.file->shown, lines.number));
		return true;
	}
	return false;
}

/* "+name" */
static bool scan_named(struct scan *scan, const char *name, bool yes, enum exim_match *result)
{
	struct exim_walk *walk = scan->walk;
	const struct exim_named *named = exim_named(walk->exim, scan->kind, name);

	if (named == NULL) {
		walk->reason = config_text(walk->exim->config, "there is no list %.100s", name);
		*result = MATCH_DEFER;
		return true;
	}
	*result = exim_list_match(walk, scan->kind, &named->value, true, scan->subject);
	if (*result == MATCH_DEFER || *result == MATCH_DIES)
		return true;
	return ends(scan, *result, yes, result);
}

static bool scan_word(struct scan *scan, const struct exim_word *row, enum exim_match *result)
{
	const char *word = row->text;
	bool yes = *word != '!';

	if (take_flag(scan, word))
		return false;
	if (!yes)
		for (word++; isspace((unsigned char)*word); word++)
			;
	scan->negated_last = !yes;
	if (*word == '/')
		return scan_file(scan, word, yes, result);
	if (*word == '+' && scan->kind != EXIM_STRINGS)
		return scan_named(scan, word + 1, yes, result);
	if (!ends(scan, match_word(scan, word), yes, result))
		return false;
	remember(scan, word, exim_place(scan->walk->exim, scan->list, row->at));
	return true;
}

static enum exim_match finish(struct scan *scan, enum exim_match result)
{
	bool yes = result == MATCH_YES;

	if (scan->unknown && (result == MATCH_UNKNOWN || (yes ? scan->unknown_no : scan->unknown_yes))) {
		scan->walk->reason = scan->unknown_why;
		return MATCH_UNKNOWN;
	}
	return result;
}

static enum exim_match match_words(struct scan *scan, const struct exim_words *words)
{
	enum exim_match result;

	for (size_t i = 0; i < words->count; i++)
		if (scan_word(scan, &words->rows[i], &result))
			return finish(scan, result);
	if (scan->negated_last && scan->kind == EXIM_HOSTS && words->count != 0) {
		remember(scan, words->rows[words->count - 1].text, exim_place(scan->walk->exim, scan->list, words->rows[words->count - 1].at));
		scan->walk->hit.at_end = true;
	}
	return finish(scan, scan->negated_last ? MATCH_YES : MATCH_NO);
}

enum exim_match exim_list_match(struct exim_walk *walk, enum exim_list_kind kind, const struct exim_value *list, bool expand, const char *subject)
{
	struct scan scan = { .walk = walk, .kind = kind, .list = list, .subject = subject };
	enum exim_match match = MATCH_UNKNOWN;
	enum exim_expanded expanded;
	struct exim_words *words;
	bool kept;

	if (walk->lists_deep >= EXIM_LISTS_DEEP_MOST) {
		walk->reason = "lists name each other without an end, and the process dies";
		return MATCH_DIES;
	}
	/* Lists that name each other twice double at each level; a long file does not. */
	walk->steps += LIST_COST * walk->lists_deep++;
	words = exim_words(walk, list, expand, &kept, &expanded);
	if (words != NULL)
		match = match_words(&scan, words);
	else
		match = expanded == EXPAND_FORCED ? MATCH_NO : expanded == EXPAND_FAILED ? MATCH_DEFER : MATCH_UNKNOWN;
	if (!kept)
		exim_words_free(words);
	walk->lists_deep--;
	return match;
}
