/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

/*
 * Options as rows: what is read, what --help says and what the manual pages are
 * checked against come from the same table.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct command;
struct err;

enum option_kind {
	OPTION_FLAG,            /* bool */
	OPTION_TEXT,            /* const char *: the argument, borrowed from argv; the last one counts */
	OPTION_LIST,            /* struct option_list: every argument */
	OPTION_PLACE,           /* as OPTION_TEXT: "KIND:REST", which a file may also write as {KIND: REST} */
	OPTION_COUNT,           /* unsigned, from `least` to `most` */
	OPTION_SECONDS          /* int64_t in microseconds; fractions allowed, `least` and `most` in milliseconds */
};

struct option_list {
	const char **texts;
	size_t count;
	size_t capacity;
};

struct option_row {
	char letter;            /* 0: none */
	const char *name;       /* NULL ends the rows */
	const char *argument;   /* NULL: takes none */
	const char *about;
	enum option_kind kind;
	size_t offset;          /* of the member in the settings */
	long least;
	long most;
	int (*check)(const char *text, struct err *err);        /* of each text; NULL: any will do */
	const char *key;        /* in the configuration file, and then RELAYAUDIT_NAME is in the environment; NULL: on the command line only */
};

/*
 * Reads options into `settings`.  `*operands` is the index of the first operand;
 * options and operands may be mixed, operands are moved to the end, "--" ends the
 * options.  `*help` is set by -h or --help, which every command has.
 */
int options_read(const struct option_row *rows, void *settings, int argc, char **argv, int *operands, bool *help, struct err *err);

/* As options_read(), and tells in `given`, by row, which options there were. */
int options_read_noting(const struct option_row *rows, void *settings, int argc, char **argv, int *operands, bool *help, bool *given,
			struct err *err);

/*
 * Checks `text` as the argument of a row, and stores it unless `settings` is NULL.
 * A flag takes yes or no.  `shown` is how the operator called it: "--timeout", "timeout".
 */
int option_store(const struct option_row *row, void *settings, const char *shown, const char *text, struct err *err);

size_t options_count(const struct option_row *rows);

void option_list_add(struct option_list *list, const char *text);
void option_list_release(struct option_list *list);

void options_help(const struct command *command, FILE *to);

#endif
