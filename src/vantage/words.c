/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words.c - commands cut into words
 */
#include "vantage/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"

/* Reads what stands in quotes, from behind the first to behind the last; NULL where there is no last. */
static const char *read_quoted(const char *text, char quote, struct buf *word)
{
	for (; *text != quote; text++) {
		if (*text == '\0')
			return NULL;
		if (quote == '"' && *text == '\\' && (text[1] == '"' || text[1] == '\\'))
			text++;
		buf_char(word, *text);
	}
	return text + 1;
}

/* One word, from its first byte; returns where it ends. */
static const char *read_word(const char *text, struct buf *word, struct err *err)
{
	while (text != NULL && *text != '\0' && *text != ' ') {
		char byte = *text++;

		if (byte == '\'' || byte == '"') {
			text = read_quoted(text, byte, word);
			if (text == NULL)
				err_set(err, ERR_USAGE, "the command has a %c that is not closed", byte);
		} else if (byte != '\\') {
			buf_char(word, byte);
		} else if (*text != '\0') {
			buf_char(word, *text++);
		} else {
			err_set(err, ERR_USAGE, "the command ends in a lone backslash");
			text = NULL;
		}
	}
	return text;
}

int words_split(const char *text, struct words *words, struct err *err)
{
	struct words made = { .texts = mem_new((WORDS_MOST + 1) * sizeof *made.texts) };

	while (*(text += strspn(text, " ")) != '\0') {
		struct buf word = BUF_OWN;

		if (made.count == WORDS_MOST) {
			err_set(err, ERR_USAGE, "the command has more than %d words", WORDS_MOST);
			text = NULL;
		} else {
			text = read_word(text, &word, err);
		}
		if (text == NULL) {
			buf_release(&word);
			words_release(&made);
			return -1;
		}
		made.texts[made.count++] = word.len ? buf_detach(&word) : mem_text("");
	}
	if (made.count == 0 || made.texts[0][0] == '\0') {
		words_release(&made);
		return err_set(err, ERR_USAGE, "there is no command to run");
	}
	*words = made;
	return 0;
}

bool words_name(const struct words *words, const char *what)
{
	char *place = mem_printf("{%s}", what);
	bool found = false;

	for (size_t i = 0; i < words->count; i++)
		found = found || strstr(words->texts[i], place) != NULL;
	free(place);
	return found;
}

static char *fill(const char *text, const struct word_values *values)
{
	const struct {
		const char *place, *value;
	} rows[] = { { "{host}", values->host }, { "{port}", values->port }, { "{client}", values->client } };
	struct buf filled = BUF_OWN;

	while (*text != '\0') {
		size_t i = 0;

		while (i < 3 && (rows[i].value == NULL || strncmp(text, rows[i].place, strlen(rows[i].place)) != 0))
			i++;
		if (i < 3) {
			buf_text(&filled, rows[i].value);
			text += strlen(rows[i].place);
		} else {
			buf_char(&filled, *text++);
		}
	}
	return filled.len ? buf_detach(&filled) : mem_text("");
}

void words_fill(const struct words *words, const struct word_values *values, struct words *filled)
{
	filled->count = words->count;
	filled->texts = mem_new((words->count + 1) * sizeof *filled->texts);
	for (size_t i = 0; i < words->count; i++)
		filled->texts[i] = fill(words->texts[i], values);
}

void words_release(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->texts[i]);
	free(words->texts);
	*words = (struct words){ .count = 0 };
}
