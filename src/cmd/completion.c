/* SPDX-License-Identifier: Apache-2.0 */
/*
 * completion.c - scripts for bash, zsh and fish
 *
 * All texts come from our own tables; quotes in them are doubled the way that each
 * shell wants it.
 */
#include "cmd/completion.h"

#include <string.h>

#include "base/err.h"
#include "base/names.h"
#include "cmd/command.h"
#include "cmd/options.h"

static void put_words(const struct command *command, FILE *to)
{
	for (const struct option_row *row = command->options; row->name != NULL; row++)
		fprintf(to, "--%s ", row->name);
	fputs("--help", to);
}

static void print_bash(const struct command *const *commands, FILE *to)
{
	fputs("# bash completion for relayaudit; put it where bash-completion looks, or source it\n"
	      "_relayaudit() {\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} words=\n"
	      "\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	      "\t\twords='",
	      to);
	for (size_t i = 0; commands[i] != NULL; i++)
		fprintf(to, "%s ", commands[i]->name);
	fputs("help completion'\n"
	      "\telse\n"
	      "\t\tcase ${COMP_WORDS[1]} in\n",
	      to);
	for (size_t i = 0; commands[i] != NULL; i++) {
		fprintf(to, "\t\t%s) words='", commands[i]->name);
		put_words(commands[i], to);
		fputs("' ;;\n", to);
	}
	fputs("\t\tcompletion) words='bash zsh fish' ;;\n"
	      "\t\tesac\n"
	      "\tfi\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [[ $COMP_CWORD -eq 1 || $word == -* || ${COMP_WORDS[1]} == completion ]]; then\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	      "\telse\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	      "\tfi\n"
	      "}\n"
	      "complete -o filenames -F _relayaudit relayaudit\n",
	      to);
}

/* Within '...' of zsh's _arguments: quotes, colons and brackets mean something. */
static void put_zsh(const char *text, FILE *to)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			fputs("'\\''", to);
		else if (strchr("[]:\\", *text) != NULL)
			fprintf(to, "\\%c", *text);
		else
			fputc(*text, to);
	}
}

static void put_zsh_option(const struct option_row *row, FILE *to)
{
	fprintf(to, " \\\n\t\t\t'%s--%s%s[", row->kind == OPTION_LIST ? "*" : "", row->name, row->argument != NULL ? "=" : "");
	put_zsh(row->about, to);
	fputc(']', to);
	if (row->argument != NULL) {
		fputc(':', to);
		put_zsh(row->argument, to);
		fputs(strstr(row->argument, "FILE") != NULL || strstr(row->argument, "DIR") != NULL ? ":_files" : ":", to);
	}
	fputc('\'', to);
}

static void print_zsh(const struct command *const *commands, FILE *to)
{
	fputs("#compdef relayaudit\n"
	      "_relayaudit() {\n"
	      "\tlocal -a commands=(",
	      to);
	for (size_t i = 0; commands[i] != NULL; i++) {
		fprintf(to, "\n\t\t'%s:", commands[i]->name);
		put_zsh(commands[i]->about, to);
		fputc('\'', to);
	}
	fputs("\n\t\t'help:the manual page of a topic'\n"
	      "\t\t'completion:a script for a shell'\n"
	      "\t)\n"
	      "\tif (( CURRENT == 2 )); then\n"
	      "\t\t_describe command commands\n"
	      "\t\treturn\n"
	      "\tfi\n"
	      "\tlocal command=${words[2]}\n"
	      "\tshift words\n"
	      "\t(( CURRENT-- ))\n"
	      "\tcase $command in\n",
	      to);
	for (size_t i = 0; commands[i] != NULL; i++) {
		fprintf(to, "\t%s)\n\t\t_arguments -s", commands[i]->name);
		for (const struct option_row *row = commands[i]->options; row->name != NULL; row++)
			put_zsh_option(row, to);
		fputs(" \\\n\t\t\t'--help[options and examples]' '*:file:_files' ;;\n", to);
	}
	fputs("\tcompletion) _values shell bash zsh fish ;;\n"
	      "\tesac\n"
	      "}\n"
	      "_relayaudit \"$@\"\n",
	      to);
}

/* Within '...' of fish. */
static void put_fish(const char *text, FILE *to)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'' || *text == '\\')
			fputc('\\', to);
		fputc(*text, to);
	}
}

static void print_fish(const struct command *const *commands, FILE *to)
{
	fputs("# fish completion for relayaudit\n"
	      "complete -c relayaudit -n __fish_use_subcommand -f -a help -d 'the manual page of a topic'\n"
	      "complete -c relayaudit -n __fish_use_subcommand -f -a completion -d 'a script for a shell'\n"
	      "complete -c relayaudit -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'\n",
	      to);
	for (size_t i = 0; commands[i] != NULL; i++) {
		fprintf(to, "complete -c relayaudit -n __fish_use_subcommand -f -a %s -d '", commands[i]->name);
		put_fish(commands[i]->about, to);
		fputs("'\n", to);
		for (const struct option_row *row = commands[i]->options; row->name != NULL; row++) {
			fprintf(to, "complete -c relayaudit -n '__fish_seen_subcommand_from %s' -l %s%s", commands[i]->name, row->name,
				row->argument != NULL ? " -r" : "");
			if (row->letter != 0)
				fprintf(to, " -s %c", row->letter);
			fputs(" -d '", to);
			put_fish(row->about, to);
			fputs("'\n", to);
		}
	}
}

int completion_print(const struct command *const *commands, const char *shell, FILE *to, struct err *err)
{
	static const struct {
		const char *shell;
		void (*print)(const struct command *const *commands, FILE *to);
	} shells[] = { { "bash", print_bash }, { "zsh", print_zsh }, { "fish", print_fish } };
	struct nearest nearest = NEAREST_INIT(shell);

	for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
		if (strcmp(shells[i].shell, shell) == 0) {
			shells[i].print(commands, to);
			return 0;
		}
		nearest_offer(&nearest, shells[i].shell);
	}
	if (*shell == '\0')
		return err_set(err, ERR_USAGE, "completion for which shell: bash, zsh or fish?");
	return err_set(err, ERR_USAGE, "there is no completion for '%.40s', only for bash, zsh and fish%s%s%s", shell, nearest.best ? "; was '" : "",
		       nearest.best ? nearest.best : "", nearest.best ? "' meant?" : "");
}
