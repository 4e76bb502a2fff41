/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_shell.c - the words of a shell script
 */
#include "mta/qmail_shell.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum {
	/* Stands where a variable outside of quotes has a blank, which divides words. */
	SPLIT = 1,
	/* Stands within quotes for what only the shell could tell, so that a shell within the shell sees a word there. */
	UNTOLD = 2
};

/* Words that only join commands; those that begin and end what may not be run. */
static const struct {
	const char *word;
	int deeper;
} joins[] = {
	{ "if", 1 },   { "then", 0 }, { "else", 0 }, { "elif", 0 }, { "fi", -1 }, { "for", 1 }, { "while", 1 }, { "until", 1 },
	{ "do", 0 },   { "done", -1 }, { "case", 1 }, { "esac", -1 }, { "{", 0 },  { "}", 0 },	 { "!", 0 },
};

void shell_init(struct shell *shell, const char *text, size_t len)
{
	*shell = (struct shell){ .text = text, .len = len, .line = 1 };
}

static void drop_words(struct shell *shell)
{
	for (size_t i = 0; i < shell->count; i++)
		free(shell->words[i].text);
	shell->count = 0;
}

void shell_release(struct shell *shell)
{
	drop_words(shell);
	free(shell->words);
	for (size_t i = 0; i < shell->variable_count; i++) {
		free(shell->variables[i].name);
		free(shell->variables[i].value);
	}
	free(shell->variables);
}

const struct shell_variable *shell_variable(const struct shell *shell, const char *name, size_t len)
{
	for (size_t i = 0; i < shell->variable_count; i++)
		if (strlen(shell->variables[i].name) == len && memcmp(shell->variables[i].name, name, len) == 0)
			return &shell->variables[i];
	return NULL;
}

void shell_assign(struct shell *shell, const struct shell_word *word, bool exports)
{
	const char *equals = strchr(word->text, '=');
	size_t len = equals != NULL ? (size_t)(equals - word->text) : strlen(word->text);
	struct shell_variable *variable = (struct shell_variable *)shell_variable(shell, word->text, len);

	if ((equals == NULL && !exports) || (variable == NULL && shell->variable_count >= SHELL_VARIABLES_MOST))
		return;
	if (variable == NULL) {
		MEM_ROOM(shell->variables, shell->variable_count, shell->variable_capacity);
		variable = &shell->variables[shell->variable_count++];
		*variable = (struct shell_variable){ .name = mem_bytes(word->text, len), .value = mem_text(""), .unknown = equals == NULL };
	}
	variable->exported = variable->exported || exports;
	if (equals == NULL)
		return;
	free(variable->value);
	variable->value = mem_text(equals + 1);
	/* What is set in an if may not be set. */
	variable->unknown = word->unknown || shell->depth != 0;
}

void shell_unset(struct shell *shell, const char *name)
{
	struct shell_variable *variable = (struct shell_variable *)shell_variable(shell, name, strlen(name));

	if (variable == NULL)
		return;
	*variable->value = '\0';
	variable->unknown = shell->depth != 0;
	variable->exported = variable->exported && shell->depth != 0;
}

static int peek(const struct shell *shell)
{
	return shell->at < shell->len ? (unsigned char)shell->text[shell->at] : -1;
}

static int take(struct shell *shell)
{
	int byte = peek(shell);

	if (byte >= 0)
		shell->at++;
	if (byte == '\n')
		shell->line++;
	return byte;
}

/* Steps behind the end of `...` or $(...), whatever is in it. */
static void skip_command(struct shell *shell, int end)
{
	int byte, nesting = 0;

	while ((byte = take(shell)) >= 0) {
		if (byte == '\\')
			take(shell);
		else if (byte == '(' && end == ')')
			nesting++;
		else if (byte == end && nesting-- == 0)
			return;
	}
}

static bool is_name(int byte, bool first)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_' || (!first && byte >= '0' && byte <= '9');
}

/* Behind a '$'; `splits`: outside of quotes. */
static void take_dollar(struct shell *shell, struct buf *word, bool splits, bool *unknown)
{
	bool braces = peek(shell) == '{';
	size_t from, len;
	const struct shell_variable *variable;

	if (peek(shell) == '(') {
		take(shell);
		skip_command(shell, ')');
		*unknown = true;
		return;
	}
	if (braces)
		take(shell);
	from = shell->at;
	while (is_name(peek(shell), shell->at == from))
		take(shell);
	len = shell->at - from;
	if (len == 0 && !braces) {
		/* "$1", "$?", "$$"; a lone one stands for itself. */
		*unknown = strchr("0123456789?$!#@*-", peek(shell)) != NULL && peek(shell) > 0;
		if (*unknown)
			take(shell);
		else
			buf_char(word, '$');
		return;
	}
	variable = shell_variable(shell, shell->text + from, len);
	/* What the environment of the script holds is not known. */
	for (const char *at = variable != NULL ? variable->value : ""; *at != '\0'; at++)
		buf_char(word, splits && strchr(" \t\n", *at) != NULL ? SPLIT : *at);
	*unknown = *unknown || variable == NULL || variable->unknown;
	if (braces && peek(shell) == '}')
		take(shell);
	else if (braces) {
		*unknown = true;
		skip_command(shell, '}');
	}
}

static void take_quoted(struct shell *shell, struct buf *text, struct shell_word *word)
{
	int byte;

	while ((byte = take(shell)) >= 0 && byte != '"') {
		if (byte == '\\' && peek(shell) > 0 && strchr("\"\\$`\n", peek(shell)) != NULL) {
			byte = take(shell);
			if (byte != '\n')
				buf_char(text, (char)byte);
		} else if (byte == '$') {
			bool unknown = false;

			take_dollar(shell, text, false, &unknown);
			if (unknown)
				buf_char(text, UNTOLD);
			word->unknown = word->unknown || unknown;
		} else if (byte == '`') {
			skip_command(shell, '`');
			buf_char(text, UNTOLD);
			word->unknown = true;
		} else {
			buf_char(text, (char)byte);
		}
	}
}

/* One piece of a word: what is quoted, a variable, or a byte. */
static void take_piece(struct shell *shell, struct buf *text, struct shell_word *word)
{
	bool unknown = false;
	int byte = take(shell);

	switch (byte) {
	case '\'':
		while ((byte = take(shell)) >= 0 && byte != '\'')
			buf_char(text, (char)byte);
		word->quoted = true;
		break;
	case '"':
		take_quoted(shell, text, word);
		word->quoted = true;
		break;
	case '\\':
		byte = take(shell);
		if (byte >= 0 && byte != '\n')
			buf_char(text, (char)byte);
		break;
	case '$':
		take_dollar(shell, text, true, &unknown);
		break;
	case '`':
		skip_command(shell, '`');
		unknown = true;
		break;
	default:
		buf_char(text, (char)byte);
		unknown = byte == UNTOLD;
	}
	word->unknown = word->unknown || unknown;
}

/* A word that an assignment begins: NAME=, unquoted. */
static bool is_assignment(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len && is_name((unsigned char)text[at], at == 0))
		at++;
	return at != 0 && at < len && text[at] == '=';
}

static void add_word(struct shell *shell, const struct shell_word *like, const char *text, size_t len)
{
	if (shell->count >= SHELL_WORDS_MOST)
		return;
	MEM_ROOM(shell->words, shell->count, shell->capacity);
	shell->words[shell->count] = *like;
	shell->words[shell->count++].text = mem_bytes(text, len);
}

/* A word, or the words that its variables are divided into. */
static void take_word(struct shell *shell)
{
	struct shell_word word = { .text = NULL };
	struct buf text = BUF_INIT(SHELL_WORD_MOST);
	size_t from = shell->at, len;

	while (peek(shell) > 0 && strchr(" \t\r\n;&|()<>", peek(shell)) == NULL)
		take_piece(shell, &text, &word);
	if (peek(shell) == 0)
		take(shell);
	word.assigns = is_assignment(shell->text + from, shell->at - from);
	word.unknown = word.unknown || text.cut;
	len = strlen(text.data);
	for (size_t at = 0; at < len && word.assigns; at++)
		if (text.data[at] == SPLIT)
			text.data[at] = ' ';
	if (memchr(text.data, SPLIT, len) == NULL && (len != 0 || word.quoted || word.unknown))
		add_word(shell, &word, text.data, len);
	else
		for (size_t at = 0, end; at < len; at = end + 1) {
			for (end = at; end < len && text.data[end] != SPLIT; end++)
				;
			if (end > at)
				add_word(shell, &word, text.data + at, end - at);
		}
	buf_release(&text);
}

/* "2>&1", ">file": not words of the command. */
static void skip_redirection(struct shell *shell)
{
	while (peek(shell) > 0 && strchr("<>&", peek(shell)) != NULL)
		take(shell);
	while (peek(shell) == ' ' || peek(shell) == '\t')
		take(shell);
	if (shell->count != 0 && shell->text[shell->at - 1] != ' ') {
		const struct shell_word *last = &shell->words[shell->count - 1];

		/* The digit before it names a file, and is none of the words. */
		if (strlen(last->text) == 1 && *last->text >= '0' && *last->text <= '9' && !last->quoted)
			free(shell->words[--shell->count].text);
	}
	if (shell->count < SHELL_WORDS_MOST) {
		size_t before = shell->count;

		take_word(shell);
		while (shell->count > before)
			free(shell->words[--shell->count].text);
	}
}

/* Takes what only joins commands from the front. */
static void drop_joins(struct shell *shell)
{
	bool found = true;

	while (found && shell->count != 0) {
		found = false;
		for (size_t i = 0; i < sizeof joins / sizeof *joins && !found; i++) {
			found = !shell->words[0].quoted && strcmp(shell->words[0].text, joins[i].word) == 0;
			if (found)
				shell->depth = joins[i].deeper > 0 ? shell->depth + 1 : joins[i].deeper < 0 && shell->depth > 0 ? shell->depth - 1 : shell->depth;
		}
		if (found) {
			free(shell->words[0].text);
			memmove(shell->words, shell->words + 1, --shell->count * sizeof *shell->words);
		}
	}
}

bool shell_next(struct shell *shell)
{
	drop_words(shell);
	while (peek(shell) >= 0) {
		int byte = peek(shell);

		if (shell->count == 0)
			shell->began = shell->line;
		if (byte == ' ' || byte == '\t' || byte == '\r' || byte == 0) {
			take(shell);
		} else if (byte == '\\' && shell->at + 1 < shell->len && shell->text[shell->at + 1] == '\n') {
			take(shell);
			take(shell);
		} else if (byte == '#') {
			while (peek(shell) >= 0 && peek(shell) != '\n')
				take(shell);
		} else if (byte == '<' || byte == '>') {
			skip_redirection(shell);
		} else if (strchr("\n;&|()", byte) != NULL) {
			take(shell);
			drop_joins(shell);
			if (shell->count != 0)
				return true;
		} else {
			take_word(shell);
		}
	}
	drop_joins(shell);
	return shell->count != 0;
}
