/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_items.c - lists as words with places
 *
 * Postfix expands first and splits then, and forgets where a word came from.  Here
 * a raw value is split first, by the same rule, and each word expanded on its own,
 * so that a word of "$other" has the line of `other`; the words are the same.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/postfix.h"

static const char separators[] = ", \t\r\n";

const char *postfix_word(const char **at, const char *between, size_t *len)
{
	const char *start = *at + strspn(*at, between), *end = start;
	unsigned level = 0;

	if (*start == '\0')
		return NULL;
	for (; *end != '\0'; end++) {
		if (*end == '{')
			level++;
		else if (level > 0 && *end == '}')
			level--;
		else if (level == 0 && strchr(between, *end) != NULL)
			break;
	}
	*len = (size_t)(end - start);
	*at = end;
	return start;
}

void postfix_items_release(struct postfix_items *items)
{
	free(items->rows);
	*items = (struct postfix_items){ .count = 0 };
}

int postfix_items_split(struct postfix *postfix, const char *text, const char *source, const char *setting, struct postfix_items *items,
			struct err *err)
{
	const char *word;
	size_t len;

	while ((word = postfix_word(&text, separators, &len)) != NULL) {
		if (items->count >= POSTFIX_ITEMS_MOST)
			return err_set(err, ERR_LIMIT, "%s: %s has more than %d words", source, setting, POSTFIX_ITEMS_MOST);
		MEM_ROOM(items->rows, items->count, items->capacity);
		items->rows[items->count++] = (struct postfix_item){ pool_bytes(postfix->config->pool, word, len), source, setting };
	}
	return 0;
}

/* The name in "$name", "${name}" or "$(name)" and nothing else; NULL. */
static char *lone_reference(const char *word, size_t len)
{
	size_t start = 1, end = len;

	if (len < 2 || word[0] != '$')
		return NULL;
	if ((word[1] == '{' && word[len - 1] == '}') || (word[1] == '(' && word[len - 1] == ')')) {
		start = 2;
		end = len - 1;
	}
	if (start >= end)
		return NULL;
	for (size_t i = start; i < end; i++)
		if (!isalnum((unsigned char)word[i]) && word[i] != '_')
			return NULL;
	return mem_bytes(word + start, end - start);
}

static int read_deeper(struct postfix *postfix, const struct postfix_settings *settings, const char *name, struct postfix_items *items,
		       unsigned depth, struct err *err);

static int take_word(struct postfix *postfix, const struct postfix_settings *settings, const char *word, size_t len, const char *source,
		     const char *setting, struct postfix_items *items, unsigned depth, struct err *err)
{
	char *name = lone_reference(word, len), *raw;
	struct buf text = BUF_INIT(POSTFIX_EXPANDED_MOST);
	int result;

	if (name != NULL) {
		if (++items->references > POSTFIX_REFERENCES_MOST)
			result = err_set(err, ERR_LIMIT, "%s: %s has more than %d references", source, setting, POSTFIX_REFERENCES_MOST);
		else
			result = read_deeper(postfix, settings, name, items, depth + 1, err);
		free(name);
		return result;
	}
	raw = mem_bytes(word, len);
	result = postfix_expand(settings, raw, &text, &items->references, err);
	if (result == 0)
		result = postfix_items_split(postfix, text.data, source, setting, items, err);
	else
		err_prefix(err, "%s: %s", source, setting);
	buf_release(&text);
	free(raw);
	return result;
}

static int read_deeper(struct postfix *postfix, const struct postfix_settings *settings, const char *name, struct postfix_items *items,
		       unsigned depth, struct err *err)
{
	const struct postfix_setting *setting = postfix_setting_find(settings, name);
	const char *raw = postfix_raw(settings, name), *at = raw, *counted = raw, *word;
	const char *shown = pool_text(postfix->config->pool, name);
	unsigned line = setting != NULL ? setting->line : 0;
	size_t len;

	if (raw == NULL)
		return 0;
	if (depth > POSTFIX_DEPTH_MOST)
		return err_set(err, ERR_SYNTAX, "%s refers to itself", name);
	while ((word = postfix_word(&at, separators, &len)) != NULL) {
		for (; counted < word; counted++)
			line += *counted == '\n';
		if (take_word(postfix, settings, word, len, setting != NULL ? config_place(postfix->config, setting->file, line) : "the default",
			      shown, items, depth, err) != 0)
			return -1;
	}
	return 0;
}

int postfix_items_read(struct postfix *postfix, const struct postfix_settings *settings, const char *name, struct postfix_items *items,
		       struct err *err)
{
	if (read_deeper(postfix, settings, name, items, 0, err) == 0)
		return 0;
	postfix_items_release(items);
	return -1;
}

const char *postfix_file_name(struct postfix *postfix, const char *path)
{
	size_t len = strlen(postfix->directory);
	bool inside = strncmp(path, postfix->directory, len) == 0 && path[len] == '/';

	return config_shown(postfix->config, inside ? path + len + 1 : path, strlen(inside ? path + len + 1 : path));
}
