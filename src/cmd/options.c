/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.c - the command line
 *
 * getopt_long() does the reading; the complaints are our own, since they name
 * the word that was probably meant.
 */
#include "cmd/options.h"

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "cmd/command.h"

enum { LONG_BASE = 256, HELP = 'h' };

void option_list_add(struct option_list *list, const char *text)
{
	MEM_ROOM(list->texts, list->count, list->capacity);
	list->texts[list->count++] = text;
}

void option_list_release(struct option_list *list)
{
	free(list->texts);
	*list = (struct option_list){ .count = 0 };
}

size_t options_count(const struct option_row *rows)
{
	size_t count = 0;

	while (rows[count].name != NULL)
		count++;
	return count;
}

static int read_seconds(const struct option_row *row, const char *shown, const char *text, int64_t *value, struct err *err)
{
	char *end;
	double seconds = strtod(text, &end);

	if (*text < '0' || *text > '9' || *end != '\0' || !(seconds * 1000 >= (double)row->least) || !(seconds * 1000 <= (double)row->most))
		return err_set(err, ERR_USAGE, "%s takes seconds, %g to %g, and '%.40s' is not", shown, (double)row->least / 1000,
			       (double)row->most / 1000, text);
	*value = (int64_t)(seconds * CLOCK_S + 0.5);
	return 0;
}

static int read_count(const struct option_row *row, const char *shown, const char *text, unsigned *value, struct err *err)
{
	long number = text_number(text, row->least, row->most);

	if (number < 0)
		return err_set(err, ERR_USAGE, "%s takes a number, %ld to %ld, and '%.40s' is not", shown, row->least, row->most, text);
	*value = (unsigned)number;
	return 0;
}

static int read_flag(const char *shown, const char *text, bool *value, struct err *err)
{
	static const struct name_row words[] = { { "yes", 1 },	 { "true", 1 },	 { "on", 1 }, { "no", 0 },
						 { "false", 0 }, { "off", 0 }, { NULL, 0 } };
	int found = name_number(words, text);

	if (found < 0)
		return err_set(err, ERR_USAGE, "%s takes yes or no, and not '%.40s'", shown, text);
	*value = found != 0;
	return 0;
}

int option_store(const struct option_row *row, void *settings, const char *shown, const char *text, struct err *err)
{
	void *member = settings ? (char *)settings + row->offset : NULL;
	union {
		bool flag;
		unsigned count;
		int64_t seconds;
	} aside;

	if (row->check != NULL && row->check(text, err) != 0)
		return -1;
	switch (row->kind) {
	case OPTION_FLAG:
		return read_flag(shown, text, settings ? member : &aside.flag, err);
	case OPTION_SECONDS:
		return read_seconds(row, shown, text, settings ? member : &aside.seconds, err);
	case OPTION_COUNT:
		return read_count(row, shown, text, settings ? member : &aside.count, err);
	case OPTION_TEXT:
	case OPTION_PLACE:
		if (settings != NULL)
			*(const char **)member = text;
		return 0;
	case OPTION_LIST:
		if (settings != NULL)
			option_list_add(member, text);
		return 0;
	}
	return 0;
}

static int store_argument(const struct option_row *row, void *settings, const char *text, struct err *err)
{
	char shown[64];

	snprintf(shown, sizeof shown, "--%s", row->name);
	if (option_store(row, settings, shown, row->kind == OPTION_FLAG ? "yes" : text, err) == 0)
		return 0;
	return row->check ? err_prefix(err, "%s", shown) : -1;
}

/* What getopt refused: an unknown option, or one without its argument. */
static int complain(const struct option_row *rows, const char *word, struct err *err)
{
	struct nearest nearest = NEAREST_INIT(word + (word[0] == '-') + (word[1] == '-'));
	char name[64];

	snprintf(name, sizeof name, "%.*s", (int)strcspn(nearest.word, "="), nearest.word);
	nearest.word = name;
	for (const struct option_row *row = rows; row->name != NULL; row++) {
		bool letter = word[0] == '-' && word[1] == row->letter && word[2] == '\0';

		if (letter || strcmp(row->name, name) == 0)
			return row->argument ? err_set(err, ERR_USAGE, "--%s needs an argument: %s", row->name, row->argument) :
					       err_set(err, ERR_USAGE, "--%s takes no argument", row->name);
		nearest_offer(&nearest, row->name);
	}
	return err_set(err, ERR_USAGE, "there is no option '%.60s'%s%s%s", word, nearest.best ? "; was '--" : "",
		       nearest.best ? nearest.best : "", nearest.best ? "' meant?" : "");
}

static void make_getopt(const struct option_row *rows, size_t count, struct option *longs, struct buf *letters)
{
	buf_text(letters, ":h");
	for (size_t i = 0; i < count; i++) {
		longs[i] = (struct option){ rows[i].name, rows[i].argument ? required_argument : no_argument, NULL, LONG_BASE + (int)i };
		if (rows[i].letter != 0)
			buf_printf(letters, "%c%s", rows[i].letter, rows[i].argument ? ":" : "");
	}
	longs[count] = (struct option){ "help", no_argument, NULL, HELP };
}

int options_read(const struct option_row *rows, void *settings, int argc, char **argv, int *operands, bool *help, struct err *err)
{
	return options_read_noting(rows, settings, argc, argv, operands, help, NULL, err);
}

int options_read_noting(const struct option_row *rows, void *settings, int argc, char **argv, int *operands, bool *help, bool *given,
			struct err *err)
{
	size_t count = options_count(rows);
	struct option *longs = mem_new((count + 2) * sizeof *longs);
	struct buf letters = BUF_INIT(256);
	int found, result = 0;

	*help = false;
	make_getopt(rows, count, longs, &letters);
	optind = 0;
	opterr = 0;
	for (;;) {
		int before = optind ? optind : 1;

		found = getopt_long(argc, argv, letters.data, longs, NULL);
		if (found == -1 || result != 0)
			break;
		if (found == HELP) {
			*help = true;
		} else if (found == '?' || found == ':') {
			const char *word = argv[optind > before ? optind - 1 : before];

			result = complain(rows, word, err);
		} else {
			const struct option_row *row = found >= LONG_BASE ? &rows[found - LONG_BASE] : rows;

			while (found < LONG_BASE && row->letter != found)
				row++;
			if (given != NULL)
				given[row - rows] = true;
			result = store_argument(row, settings, optarg, err);
		}
	}
	*operands = optind;
	buf_release(&letters);
	free(longs);
	return *help ? 0 : result;
}

void options_help(const struct command *command, FILE *to)
{
	fprintf(to, "Usage: relayaudit %s %s\n\n%s\n\n", command->name, command->usage, command->more);
	fputs("Options:\n", to);
	for (const struct option_row *row = command->options; row->name != NULL; row++) {
		char head[64];

		snprintf(head, sizeof head, "%s%c%s--%s%s%s", row->letter ? "-" : " ", row->letter ? row->letter : ' ',
			 row->letter ? ", " : "  ", row->name, row->argument ? " " : "", row->argument ? row->argument : "");
		if (strlen(head) < 28)
			fprintf(to, "  %-28s %s\n", head, row->about);
		else
			fprintf(to, "  %s\n  %-28s %s\n", head, "", row->about);
	}
	fprintf(to, "  %-28s %s\n", "-h, --help", "this text");
}
