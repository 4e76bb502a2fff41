/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main.c - the table of commands
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/completion.h"
#include "cmd/options.h"

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif

static const struct command *const commands[] = {
	&command_scan,	 &command_self,	  &command_map,	 &command_config, &command_log,	  &command_queue,
	&command_report, &command_probes, &command_explain, &command_sink, &command_agent,  &command_demo, NULL,
};

static void help(FILE *to)
{
	fputs("relayaudit tells a mail administrator whether their own server relays mail for\n"
	      "strangers, proves it, and says what to do.\n\n"
	      "Usage: relayaudit COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n",
	      to);
	for (size_t i = 0; commands[i] != NULL; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->about);
	fputs("\n\"relayaudit COMMAND --help\" tells more; so does \"relayaudit help COMMAND\", its\n"
	      "manual page. To see it at work: relayaudit demo\n",
	      to);
}

/* What could not be written was not said: a full disk or a closed pipe is no success. */
static int flushed(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fputs("relayaudit: standard output cannot be written\n", stderr);
	return status == EXIT_FINE ? EXIT_USAGE : status;
}

/* What is about the commands, and none of them. */
static int special(const char *name, const char *argument)
{
	struct err err = ERR_INIT;
	int result = strcmp(name, "help") == 0 ? help_open(commands, argument, &err) : completion_print(commands, argument, stdout, &err);

	if (result == 0)
		return EXIT_FINE;
	fprintf(stderr, "relayaudit: %s\n", err.text);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";
	struct nearest nearest = NEAREST_INIT(name);

	signal(SIGPIPE, SIG_IGN);
	if (strcmp(name, "completion") == 0 || (strcmp(name, "help") == 0 && argc > 2))
		return flushed(special(name, argc > 2 ? argv[2] : ""));
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
		help(stdout);
		return EXIT_FINE;
	}
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
		puts("relayaudit " PACKAGE_VERSION);
		return EXIT_FINE;
	}
	for (size_t i = 0; commands[i] != NULL; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return flushed(commands[i]->run(commands[i], argc - 1, argv + 1));
		nearest_offer(&nearest, commands[i]->name);
	}
	if (name[0] == '\0')
		help(stderr);
	else if (name[0] == '-')
		fprintf(stderr, "relayaudit: '%.60s' stands where a command is wanted: relayaudit COMMAND [OPTION]...\n", name);
	else if (nearest.best != NULL)
		fprintf(stderr, "relayaudit: there is no command '%.60s'; was '%s' meant?\n", name, nearest.best);
	else
		fprintf(stderr, "relayaudit: there is no command '%.60s': relayaudit --help lists them\n", name);
	return EXIT_USAGE;
}
