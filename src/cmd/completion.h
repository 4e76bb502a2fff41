/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_COMPLETION_H
#define CMD_COMPLETION_H

/*
 * What shells complete, made from the tables of commands and options; and the
 * manual page of a topic.
 */

#include <stdio.h>

struct command;
struct err;

/* A script for "bash", "zsh" or "fish"; -1 for another shell. */
int completion_print(const struct command *const *commands, const char *shell, FILE *to, struct err *err);

/* Becomes man(1) with the page of a command, a file or a format; comes back, with -1, when it cannot. */
int help_open(const struct command *const *commands, const char *topic, struct err *err);

#endif
