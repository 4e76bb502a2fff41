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
};

/*
 * Reads options into `settings`.  `*operands` is the index of the first operand;
 * options and operands may be mixed, operands are moved to the end, "--" ends the
 * options.  `*help` is set by -h or --help, which every command has.
 */
int options_read(const struct option_row *rows, void *settings, int argc, char **argv, int *operands, bool *help, struct err *err);

void option_list_add(struct option_list *list, const char *text);
void option_list_release(struct option_list *list);

void options_help(const struct command *command, FILE *to);

#endif
