/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_file.c - Haraka's files of lines and of sections, as haraka-config's lib/regex.js and readers understand them
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/haraka.h"

static const char blanks[] = " \t\f\v";

void haraka_file_release(struct haraka_file *file)
{
	free(file->rows);
}

const char *haraka_place(struct haraka *haraka, const struct haraka_file *file, unsigned line)
{
	return line != 0 ? config_place(haraka->config, file->path, line) : file->path;
}

static void add(struct haraka *haraka, struct haraka_file *file, const char *section, const char *name, const char *value, unsigned line)
{
	struct pool *pool = haraka->config->pool;

	if (file->count >= HARAKA_LINES_MOST) {
		file->unread = true;
		return;
	}
	MEM_ROOM(file->rows, file->count, file->capacity);
	file->rows[file->count++] = (struct haraka_line){ .section = section != NULL ? pool_text(pool, section) : NULL,
							  .name = name != NULL ? pool_text(pool, name) : NULL,
							  .value = value != NULL ? pool_text(pool, value) : NULL,
							  .line = line };
}

/* Lines end with a line feed, a carriage return, or both; takes one, without blanks around, and false at the end. */
static bool next_line(const char *text, size_t len, size_t *at, unsigned *number, char **line)
{
	size_t end = *at, from = *at;

	if (*at > len || (*at == len && *number != 0))
		return false;
	while (end < len && text[end] != '\n' && text[end] != '\r')
		end++;
	*at = end + 1 + (end + 1 < len && text[end] == '\r' && text[end + 1] == '\n');
	(*number)++;
	while (from < end && strchr(blanks, text[from]) != NULL && text[from] != '\0')
		from++;
	while (end > from && strchr(blanks, text[end - 1]) != NULL && text[end - 1] != '\0')
		end--;
	*line = mem_bytes(text + from, end - from);
	return true;
}

static bool is_comment(const char *line)
{
	return *line == '#' || *line == ';' || *line == '\0';
}

void haraka_list_text(struct haraka *haraka, struct haraka_file *file, const char *text, size_t len)
{
	unsigned number = 0;
	char *line;

	file->there = true;
	for (size_t at = 0; next_line(text, len, &at, &number, &line);) {
		if (!is_comment(line))
			add(haraka, file, NULL, NULL, line, number);
		free(line);
	}
}

/* "[ name ]"; NULL where it is none. */
static char *section_of(const char *line)
{
	size_t len = strlen(line);
	const char *from = line + 1, *end = line + len - 1;

	if (len < 2 || *line != '[' || *end != ']' || memchr(from, ']', (size_t)(end - from)) != NULL)
		return NULL;
	while (from < end && strchr(blanks, *from) != NULL)
		from++;
	while (end > from && strchr(blanks, end[-1]) != NULL)
		end--;
	return mem_bytes(from, (size_t)(end - from));
}

static void take_pair(struct haraka *haraka, struct haraka_file *file, const char *section, const char *line, unsigned number)
{
	size_t len = 0, behind;
	char *name;

	while (line[len] != '\0' && (isalnum((unsigned char)line[len]) || strchr("_@:.+-/[]", line[len]) != NULL))
		len++;
	behind = len + strspn(line + len, blanks);
	/* What is no pair is passed over. */
	if (len == 0 || (line[behind] != '=' && line[behind] != '\0'))
		return;
	name = mem_bytes(line, len);
	add(haraka, file, section, name, line[behind] == '=' ? line + behind + 1 + strspn(line + behind + 1, blanks) : NULL, number);
	free(name);
}

void haraka_ini_text(struct haraka *haraka, struct haraka_file *file, const char *text, size_t len)
{
	struct buf before = BUF_INIT(CONFIG_FILE_MOST);
	char *section = mem_text("main"), *line, *named;
	unsigned number = 0;

	file->there = true;
	for (size_t at = 0; next_line(text, len, &at, &number, &line); free(line)) {
		size_t used = strlen(line);

		if (is_comment(line))
			continue;
		named = section_of(line);
		if (named != NULL) {
			free(section);
			section = named;
			/* One without pairs is there, too. */
			add(haraka, file, section, "", NULL, number);
		} else if (line[used - 1] == '\\') {
			buf_add(&before, line, used - 1);
		} else {
			buf_text(&before, line);
			take_pair(haraka, file, section, before.data, number);
			buf_reset(&before);
		}
	}
	free(section);
	buf_release(&before);
}

static bool read_file(struct haraka *haraka, struct haraka_file *file, const char *name, struct buf *text)
{
	struct err err = ERR_INIT;
	time_t modified;
	struct fact *fact;

	file->path = config_text(haraka->config, "%s/config/%s", haraka->home, name);
	if (!config_files_has(&haraka->files, file->path, &modified))
		return false;
	if (config_files_read(&haraka->files, file->path, text, &modified, &err) == 0)
		return true;
	file->there = true;
	file->unread = true;
	fact = config_add_fact(haraka->config, FACT_NOT_EVALUATED, file->path);
	fact->title = "a file is not read";
	fact->says = config_text(haraka->config, "%s", err.text);
	fact->fix = "run this as root, or mend the file";
	return false;
}

void haraka_list_read(struct haraka *haraka, struct haraka_file *file, const char *name)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);

	if (read_file(haraka, file, name, &text))
		haraka_list_text(haraka, file, text.data, text.len);
	buf_release(&text);
}

void haraka_ini_read(struct haraka *haraka, struct haraka_file *file, const char *name)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);

	if (read_file(haraka, file, name, &text))
		haraka_ini_text(haraka, file, text.data, text.len);
	buf_release(&text);
}

const struct haraka_line *haraka_pair(const struct haraka_file *file, const char *section, const char *name)
{
	const struct haraka_line *found = NULL;

	for (size_t i = 0; i < file->count; i++)
		if (file->rows[i].name != NULL && strcmp(file->rows[i].section, section) == 0 && strcmp(file->rows[i].name, name) == 0)
			found = &file->rows[i];
	return found;
}

bool haraka_has_section(const struct haraka_file *file, const char *section)
{
	for (size_t i = 0; i < file->count; i++)
		if (file->rows[i].name != NULL && strcmp(file->rows[i].section, section) == 0)
			return true;
	return false;
}

bool haraka_truth(const struct haraka_file *file, const char *section, const char *name, bool otherwise)
{
	static const char *const truths[] = { "true", "yes", "ok", "enabled", "on", "1" };
	const struct haraka_line *pair = haraka_pair(file, section, name);

	if (pair == NULL)
		return otherwise;
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++)
		if (pair->value != NULL && text_equal_nocase(pair->value, truths[i]))
			return true;
	return false;
}
