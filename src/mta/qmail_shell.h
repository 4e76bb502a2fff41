/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_QMAIL_SHELL_H
#define MTA_QMAIL_SHELL_H

/*
 * As much of sh(1) as scripts that start a daemon are made of: words with quotes,
 * variables that the script itself sets, and commands of such words.  Nothing is run: where
 * a word holds what a command would print, it is known to be unknown.
 */

#include <stdbool.h>
#include <stddef.h>

struct shell_word {
	char *text;
	bool unknown;                   /* a piece of it only the shell could tell */
	bool quoted;                    /* a piece of it, so that it is a word even when empty */
	bool assigns;                   /* NAME=VALUE with the name unquoted */
};

enum {
	/* Words of one command; more is no command that a person writes. */
	SHELL_WORDS_MOST = 1000,
	SHELL_VARIABLES_MOST = 500,
	SHELL_WORD_MOST = 8 << 10
};

struct shell_variable {
	char *name;
	char *value;
	bool unknown;
	bool exported;
};

struct shell {
	const char *text;
	size_t len;
	size_t at;
	unsigned line;                  /* of what comes next */
	unsigned began;                 /* of the last command */
	unsigned depth;                 /* of if, case and loops */
	struct shell_word *words;       /* of the last command */
	size_t count;
	size_t capacity;
	struct shell_variable *variables;
	size_t variable_count;
	size_t variable_capacity;
};

/* `text` is borrowed. */
void shell_init(struct shell *shell, const char *text, size_t len);
void shell_release(struct shell *shell);

/* The next simple command, without what only joins commands; false at the end. */
bool shell_next(struct shell *shell);

/* "NAME=VALUE", or for an export also "NAME". */
void shell_assign(struct shell *shell, const struct shell_word *word, bool exports);

/* unset NAME. */
void shell_unset(struct shell *shell, const char *name);

/* NULL: it is not set here. */
const struct shell_variable *shell_variable(const struct shell *shell, const char *name, size_t len);

#endif
