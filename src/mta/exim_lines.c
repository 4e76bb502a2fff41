/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_lines.c - get_config_line() and macros_expand() of Exim's readconf.c
 */
#include "mta/exim_lines.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/config.h"
#include "mta/config_files.h"

enum state { READS, SKIPS_TO_ELSE, SKIPS_TO_END };

/* As next_cstate[] has it: by state, and whether the condition holds. */
struct reading {
	struct exim_lines *lines;
	struct buf *logical;            /* the line that is being put together */
	size_t first;                   /* of its pieces */
	const struct exim_macro *used;
	enum state state;
	enum state stack[EXIM_CONDITIONALS_MOST];
	unsigned depth;
	unsigned includes;
};

static bool is_name(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_';
}

static int fault(struct reading *reading, const char *file, unsigned line, const char *why)
{
	if (reading->lines->fault == NULL) {
		reading->lines->fault = why;
		reading->lines->fault_place = config_place(reading->lines->config, file, line);
	}
	return 0;
}

void exim_lines_release(struct exim_lines *lines)
{
	free(lines->rows);
	free(lines->pieces);
	free(lines->macros);
}

const char *exim_lines_place(const struct exim_lines *lines, const struct exim_line *line, size_t at)
{
	unsigned number = 0;

	for (size_t i = 0; i < line->pieces; i++)
		if (i == 0 || lines->pieces[line->first + i].at <= at)
			number = lines->pieces[line->first + i].line;
	return config_place(lines->config, line->file, number);
}

bool exim_lines_is_begin(const struct exim_line *line, const char **name)
{
	if (!text_starts_nocase(line->text, "begin "))
		return false;
	*name = line->text + 6 + strspn(line->text + 6, " \t");
	return true;
}

/* The names that are compiled in, of which a word of an .ifdef is one or begins with one. */
static bool is_compiled_in(const char *word, size_t len)
{
	static const char *const names[] = { "_HAVE_TLS", "_HAVE_GNUTLS", "_HAVE_IPV6", "_HAVE_ICONV", "_HAVE_CRYPTEQ", "_HAVE_DKIM", "_HAVE_DNSSEC",
		"_HAVE_EVENT", "_HAVE_I18N", "_HAVE_OCSP", "_HAVE_PIPE_CONNECT", "_HAVE_PRDR", "_HAVE_SOCKS", "_HAVE_SRS", "_HAVE_NATIVE_SRS",
		"_HAVE_DANE", "_HAVE_TCP_FASTOPEN", "_HAVE_MOVE_FROZEN_MESSAGES", "_HAVE_LOOKUP_", "_HAVE_TRANSPORT_APPEND_MAIL", "_OPT_", "_DRIVER_",
		"_ACL_COND_", "_ACL_MOD_", "_LOG_", "_DKIM_", "_CRYPTO_", "_RESUME_DECODE", "_EXP_" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) <= len && strncmp(word, names[i], strlen(names[i])) == 0)
			return true;
	return false;
}

static const char *first_upper(const char *at)
{
	while (*at != '\0' && !isupper((unsigned char)*at) && !(*at == '_' && isupper((unsigned char)at[1])))
		at++;
	return at;
}

/* One macro, wherever it stands at or behind `from`; what is put in is not looked at again for it. */
static int put_in(struct buf *line, size_t from, const struct exim_macro *macro, bool *found)
{
	struct buf made = BUF_INIT(EXIM_LINE_MOST);
	const char *at = line->data + from, *hit;
	size_t len = strlen(macro->name);

	if (strstr(at, macro->name) == NULL)
		return 0;
	buf_add(&made, line->data, from);
	while ((hit = strstr(at, macro->name)) != NULL && !made.cut) {
		buf_add(&made, at, (size_t)(hit - at));
		buf_text(&made, macro->text);
		at = hit + len;
	}
	buf_text(&made, at);
	*found = true;
	if (made.cut) {
		buf_release(&made);
		return -1;
	}
	buf_release(line);
	*line = made;
	return 0;
}

/* All macros into one physical line; `found` tells whether there was one. */
static int put_in_all(struct reading *reading, struct buf *line, bool starts, bool *found, struct err *err)
{
	const char *at = line->data + strspn(line->data, " \t\f\v\r"), *name = at;
	size_t from;

	*found = false;
	if (starts && isupper((unsigned char)*at)) {
		while (is_name(*name))
			name++;
		name += strspn(name, " \t");
		at = *name == '=' ? name : at;
	}
	at = first_upper(at);
	for (const char *word = strchr(at, '_'); word != NULL && !*found; word = strchr(word + 1, '_'))
		*found = (word == line->data || !is_name(word[-1])) && is_compiled_in(word, strspn(word, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"));
	from = (size_t)(at - line->data);
	for (size_t i = 0; i < reading->lines->macro_count && line->data[from] != '\0'; i++) {
		bool here = false;

		reading->lines->searched += line->len - from + 32;
		if (reading->lines->searched > EXIM_SEARCHED_MOST)
			return err_set(err, ERR_LIMIT, "the macros take too long to be put in");
		if (put_in(line, from, &reading->lines->macros[i], &here) != 0)
			return err_set(err, ERR_LIMIT, "a line with the macro %.60s comes to more than %d bytes", reading->lines->macros[i].name, EXIM_LINE_MOST);
		if (here && reading->used == NULL)
			reading->used = &reading->lines->macros[i];
		*found = *found || here;
	}
	return 0;
}

/* ".ifdef WORD" and its like; false where the line is none of them. */
static bool take_conditional(struct reading *reading, const char *at, bool found, const char *file, unsigned line)
{
	static const struct {
		const char *name;
		int push;               /* -1: .endif */
		bool wants;             /* whether it wants a macro, where it has a condition */
	} words[] = { { "else", 0, false }, { "elifdef", 0, true }, { "elifndef", 0, false }, { "endif", -1, false }, { "ifdef", 1, true }, { "ifndef", 1, false } };
	/* By whether it holds, and the state before: next_cstate[]. */
	static const enum state begun[2][3] = { { SKIPS_TO_ELSE, SKIPS_TO_END, SKIPS_TO_END }, { READS, SKIPS_TO_END, SKIPS_TO_END } };
	static const enum state went_on[2][3] = { { SKIPS_TO_END, SKIPS_TO_ELSE, SKIPS_TO_END }, { SKIPS_TO_END, READS, SKIPS_TO_END } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t len = strlen(words[i].name);
		bool holds = i == 0 || found == words[i].wants;

		if (strncmp(at + 1, words[i].name, len) != 0)
			continue;
		if (strchr(" t\n", at[1 + len]) == NULL)
			return false;
		if (words[i].push > 0 && reading->depth >= EXIM_CONDITIONALS_MOST - 1)
			return fault(reading, file, line, "conditionals are nested too deeply") == 0;
		if (words[i].push <= 0 && reading->depth == 0)
			return fault(reading, file, line, "there is no .ifdef before this") == 0;
		if (words[i].push > 0) {
			reading->stack[reading->depth++] = reading->state;
			reading->state = begun[holds][reading->state];
		} else if (words[i].push < 0) {
			reading->state = reading->stack[--reading->depth];
		} else {
			reading->state = went_on[holds][reading->state];
		}
		return true;
	}
	return false;
}

static int read_file(struct reading *reading, const char *path, struct err *err);

/* ".include FILE" and ".include_if_exists FILE"; false where the line is none of them. */
static bool take_include(struct reading *reading, char *at, const char *path, unsigned line, int *result, struct err *err)
{
	bool if_exists = strncmp(at, ".include_if_exists", 18) == 0 && isspace((unsigned char)at[18]);
	const char *file = config_shown(reading->lines->config, path, strlen(path));
	char *name = at + (if_exists ? 18 : 8), *end, *whole;
	time_t modified;

	if (!if_exists && (strncmp(at, ".include", 8) != 0 || !isspace((unsigned char)at[8])))
		return false;
	name += strspn(name, " \t\r\n\v\f");
	for (end = name + strlen(name); end > name && isspace((unsigned char)end[-1]); end--)
		;
	if (end - name >= 2 && *name == '"' && end[-1] == '"') {
		name++;
		end--;
	}
	*end = '\0';
	if (*name != '/' && if_exists) {
		fault(reading, file, line, ".include_if_exists wants an absolute path");
		return true;
	}
	whole = *name == '/' ? mem_text(name) : mem_printf("%.*s/%s", (int)(strrchr(path, '/') != NULL ? strrchr(path, '/') - path : 0), path, name);
	if (!config_files_has(reading->lines->files, whole, &modified)) {
		if (!if_exists)
			fault(reading, file, line, config_text(reading->lines->config, "the file %.300s, which is included here, cannot be opened", whole));
	} else if (reading->includes >= EXIM_INCLUDES_MOST || ++reading->lines->included > EXIM_INCLUDED_MOST) {
		*result = err_set(err, ERR_LIMIT, "%.200s: files include each other more than %d deep, or there are more than %d of them", whole,
				  EXIM_INCLUDES_MOST, EXIM_INCLUDED_MOST);
	} else {
		reading->includes++;
		*result = read_file(reading, whole, err);
		reading->includes--;
	}
	free(whole);
	return true;
}

/* macro_read_assignment() */
static void take_macro(struct reading *reading, const char *text, const char *file, unsigned line)
{
	struct exim_lines *lines = reading->lines;
	size_t len = 0;
	struct exim_macro *same = NULL;
	const char *at = text, *name;
	bool again;

	while (is_name(*at))
		at++;
	len = (size_t)(at - text);
	at += strspn(at, " \t\r\v\f");
	again = at[0] == '=' && at[1] == '=';
	if (*at != '=' || len > EXIM_NAME_MOST || lines->macro_count >= EXIM_MACROS_MOST) {
		fault(reading, file, line, *at != '=' ? "malformed macro definition" : "a macro's name is too long, or there are too many macros");
		return;
	}
	at += again ? 2 : 1;
	at += strspn(at, " \t\r\v\f");
	name = pool_bytes(lines->config->pool, text, len);
	for (size_t i = 0; i < lines->macro_count && same == NULL; i++) {
		if (strcmp(lines->macros[i].name, name) == 0) {
			same = &lines->macros[i];
		} else if (strlen(lines->macros[i].name) < len && strstr(name, lines->macros[i].name) != NULL) {
			fault(reading, file, line, config_text(lines->config, "%s cannot be a macro, for %s, which was defined before, is a part of its name",
							       name, lines->macros[i].name));
			return;
		}
	}
	if ((same != NULL) != again) {
		fault(reading, file, line, config_text(lines->config, again ? "the macro %s is redefined, and was not defined" :
						       "the macro %s is already defined, and only == redefines it", name));
		return;
	}
	if (same == NULL) {
		MEM_ROOM(lines->macros, lines->macro_count, lines->macro_capacity);
		same = &lines->macros[lines->macro_count++];
	}
	*same = (struct exim_macro){ .name = name, .text = pool_text(lines->config->pool, at), .source = config_place(lines->config, file, line) };
}

/* A logical line is whole. */
static int finish(struct reading *reading, const char *file, unsigned line, struct err *err)
{
	struct exim_lines *lines = reading->lines;
	const char *text = reading->logical->data, *name;
	struct exim_line *row;

	lines->text += reading->logical->len;
	if (lines->count >= EXIM_LINES_MOST || lines->text > EXIM_TEXT_MOST)
		return err_set(err, ERR_LIMIT, "%s:%u: the configuration has more than %d lines, or comes to more than %d bytes", file, line, EXIM_LINES_MOST,
			       EXIM_TEXT_MOST);
	if (isupper((unsigned char)*text)) {
		const char *at = text;

		while (is_name(*at))
			at++;
		at += strspn(at, " \t");
		if (*at == '=' || lines->section == 0) {
			take_macro(reading, text, file, lines->pieces[reading->first].line);
			buf_reset(reading->logical);
			return 0;
		}
	}
	MEM_ROOM(lines->rows, lines->count, lines->capacity);
	row = &lines->rows[lines->count++];
	*row = (struct exim_line){ .text = pool_text(lines->config->pool, text), .file = file, .first = reading->first,
				   .pieces = lines->piece_count - reading->first, .section = lines->section };
	if (reading->used != NULL) {
		row->macro = reading->used->name;
		row->macro_source = reading->used->source;
	}
	lines->section += exim_lines_is_begin(row, &name);
	buf_reset(reading->logical);
	return 0;
}

/* One physical line, with its macros put in. */
static int take_line(struct reading *reading, struct buf *line, const char *path, const char *file, unsigned number, struct err *err)
{
	struct exim_lines *lines = reading->lines;
	bool starts = reading->logical->len == 0, found;
	char *at, *end;
	int result = 0;

	if (starts) {
		reading->first = lines->piece_count;
		reading->used = NULL;
	}
	if (put_in_all(reading, line, starts, &found, err) != 0)
		return err_prefix(err, "%s:%u", file, number);
	at = line->data + strspn(line->data, " \t\r\v\f");
	if (*at == '#' || (*at == '.' && take_conditional(reading, at, found, file, number)) || reading->state != READS)
		return 0;
	if (*at == '.' && take_include(reading, at, path, number, &result, err))
		return result;
	for (end = at + strlen(at); end > at && isspace((unsigned char)end[-1]); end--)
		;
	if (end == at && starts)
		return 0;
	MEM_ROOM(lines->pieces, lines->piece_count, lines->piece_capacity);
	lines->pieces[lines->piece_count++] = (struct exim_piece){ reading->logical->len, number };
	buf_add(reading->logical, at, (size_t)(end - at));
	if (reading->logical->cut)
		return err_set(err, ERR_LIMIT, "%s:%u: a line comes to more than %d bytes", file, number, EXIM_LINE_MOST);
	/* Blanks before the end go, in what stood before, too. */
	while (reading->logical->len > 0 && isspace((unsigned char)reading->logical->data[reading->logical->len - 1]))
		reading->logical->data[--reading->logical->len] = '\0';
	if (reading->logical->len == 0)
		return 0;
	if (reading->logical->data[reading->logical->len - 1] == '\\') {
		reading->logical->data[--reading->logical->len] = '\0';
		return 0;
	}
	return finish(reading, file, number, err);
}

static int read_text(struct reading *reading, const char *path, const char *text, size_t len, struct err *err)
{
	const char *file = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	unsigned number = 0;
	int result = 0;

	file = config_shown(reading->lines->config, file, strlen(file));
	for (size_t at = 0; at < len && result == 0 && reading->lines->fault == NULL;) {
		const char *end = memchr(text + at, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - text) - at : len - at;
		struct buf line = BUF_INIT(EXIM_LINE_MOST);

		/* Exim's lines are C strings. */
		buf_add(&line, text + at, strnlen(text + at, size));
		number++;
		result = line.cut ? err_set(err, ERR_LIMIT, "%s:%u: a line has more than %d bytes", file, number, EXIM_LINE_MOST) :
				    take_line(reading, &line, path, file, number, err);
		buf_release(&line);
		at += size + 1;
	}
	return result;
}

static int read_file(struct reading *reading, const char *path, struct err *err)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	time_t modified;
	int result = config_files_read(reading->lines->files, path, &text, &modified, err);

	if (result == 0)
		result = read_text(reading, path, text.data, text.len, err);
	buf_release(&text);
	return result;
}

static int read_whole(struct exim_lines *lines, const char *path, const char *text, size_t len, struct err *err)
{
	struct buf logical = BUF_INIT(EXIM_LINE_MOST);
	struct reading reading = { .lines = lines, .logical = &logical };
	const char *file = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
	int result = text != NULL ? read_text(&reading, path, text, len, err) : read_file(&reading, path, err);

	if (result == 0 && reading.depth != 0)
		fault(&reading, file, 1, "the file ends before an .endif");
	if (result == 0 && logical.len != 0 && lines->fault == NULL)
		result = finish(&reading, config_shown(lines->config, file, strlen(file)), 0, err);
	buf_release(&logical);
	return result;
}

int exim_lines_read(struct exim_lines *lines, const char *path, struct err *err)
{
	return read_whole(lines, path, NULL, 0, err);
}

int exim_lines_take(struct exim_lines *lines, const char *file, const char *text, size_t len, struct err *err)
{
	return read_whole(lines, file, text, len, err);
}
