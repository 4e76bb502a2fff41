/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CMD_COMMAND_H
#define CMD_COMMAND_H

/*
 * A command: one file with one of these records, and one row in main.c.
 */

struct option_row;

struct command {
	const char *name;
	const char *about;              /* one line for the list of commands */
	const char *usage;              /* "[OPTION]... TARGET..." */
	const char *more;               /* paragraphs and examples for --help */
	const struct option_row *options;
	/* argv[0] is the command's name.  Returns the exit status. */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_scan;
extern const struct command command_map;
extern const struct command command_self;
extern const struct command command_probes;
extern const struct command command_explain;
extern const struct command command_demo;
extern const struct command command_sink;
extern const struct command command_agent;
extern const struct command command_config;
extern const struct command command_log;
extern const struct command command_queue;
extern const struct command command_report;

/* Exit statuses, relayaudit(1). */
enum {
	EXIT_FINE = 0,
	EXIT_FOUND = 1,
	EXIT_USAGE = 2,
	EXIT_UNTESTED = 3
};

#endif
