/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_main.c - main.cf, line by line
 *
 * A logical line goes on where the next one begins with a blank; comments and
 * empty lines in between do not end it (postconf(5), and readllines() of 3.7).  The
 * last definition of a parameter counts.
 */
#include "mta/postfix_main.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/config.h"

/* One logical line while it is put together. */
struct logical {
	struct buf text;
	unsigned line;                  /* where it begins */
};

void postfix_settings_init(struct postfix_settings *settings, const struct postfix_settings *below)
{
	*settings = (struct postfix_settings){ .names = pool_new(), .below = below };
}

void postfix_settings_release(struct postfix_settings *settings)
{
	free(settings->rows);
	if (settings->names != NULL)
		pool_free(settings->names);
	*settings = (struct postfix_settings){ .count = 0 };
}

static size_t *index_of(const struct postfix_settings *settings, const char *name)
{
	void **beside = pool_beside(settings->names, name, strlen(name));

	return beside != NULL ? *beside : NULL;
}

void postfix_settings_put(struct postfix_settings *settings, const char *name, const char *value, const char *file, unsigned line)
{
	size_t *index = index_of(settings, name);
	struct postfix_setting row = { name, value, file, line };

	if (index != NULL) {
		settings->rows[*index] = row;
		return;
	}
	MEM_ROOM(settings->rows, settings->count, settings->capacity);
	pool_text(settings->names, name);
	index = mem_new(sizeof *index);
	*index = settings->count;
	*pool_beside(settings->names, name, strlen(name)) = index;
	settings->rows[settings->count++] = row;
}

const struct postfix_setting *postfix_setting_find(const struct postfix_settings *settings, const char *name)
{
	for (; settings != NULL; settings = settings->below) {
		size_t *index = index_of(settings, name);

		if (index != NULL)
			return &settings->rows[*index];
	}
	return NULL;
}

static void set_fault(struct postfix_settings *settings, struct config *config, const char *file, unsigned line, const char *says)
{
	struct fact *fact = config_add_fact(config, FACT_SYNTAX, config_place(config, file, line));

	fact->title = "Postfix does not start with this line";
	fact->says = says;
	fact->fix = "write it as NAME = VALUE, or make a comment of it with # at its beginning";
	if (settings->fault == NULL) {
		settings->fault = says;
		settings->fault_place = fact->source;
	}
}

static void tell_duplicate(struct config *config, const struct postfix_setting *old, const char *file, unsigned line)
{
	const char *shown = config_shown(config, old->value, strlen(old->value));
	struct fact *fact = config_add_fact(config, FACT_DUPLICATE, config_place(config, file, line));

	fact->title = config_text(config, "%s is defined twice", old->name);
	fact->text = config_text(config, "%s:%u: %s = %.200s", old->file, old->line, old->name, shown);
	fact->says = config_text(config, "the last definition counts; the one in %s:%u is not in force", old->file, old->line);
	fact->fix = "take out the one that is not meant";
}

/* A name that is a known one but for its case, or behind a mark that no editor shows. */
static void tell_slip(struct config *config, const char *name, const char *file, unsigned line)
{
	static const char mark[] = "\xef\xbb\xbf";
	char *lower = mem_text(name);
	bool marked = strncmp(name, mark, sizeof mark - 1) == 0;
	struct fact *fact;

	text_lower(lower);
	if (marked || (strcmp(lower, name) != 0 && postfix_default(lower) != NULL)) {
		fact = config_add_fact(config, FACT_SYNTAX, config_place(config, file, line));
		fact->title = marked ? "a byte order mark stands before a parameter's name" :
				       config_text(config, "%s is not a parameter; %s is", config_shown(config, name, strlen(name)), lower);
		fact->says = "Postfix takes the line for a parameter of another name, and the default stays in force";
		fact->fix = marked ? "save the file without a byte order mark" : "write the name in lower case";
	}
	free(lower);
}

static int take_line(struct postfix_settings *settings, struct config *config, const char *file, struct logical *logical, struct err *err)
{
	char *text = logical->text.data, *name = text, *end, *value;
	const struct postfix_setting *old;
	unsigned line = logical->line;

	if (logical->text.len == 0)
		return 0;
	if (strlen(text) != logical->text.len) {
		set_fault(settings, config, file, line, "the line holds a NUL");
		return 0;
	}
	end = name + strcspn(name, "= \t\r\n\v\f");
	value = end + strspn(end, " \t\r\n\v\f");
	if (name == end || *value != '=') {
		set_fault(settings, config, file, line, name == end ? "there is no name before the '='" : "there is no '=' behind the name");
		return 0;
	}
	*end = '\0';
	for (value++; *value != '\0' && isspace((unsigned char)*value); value++)
		line += *value == '\n';
	for (end = value + strlen(value); end > value && isspace((unsigned char)end[-1]); end--)
		;
	*end = '\0';
	if (settings->count >= POSTFIX_SETTINGS_MOST)
		return err_set(err, ERR_LIMIT, "%s holds more than %d parameters", file, POSTFIX_SETTINGS_MOST);
	old = postfix_setting_find(settings, name);
	if (old != NULL)
		tell_duplicate(config, old, file, logical->line);
	tell_slip(config, name, file, logical->line);
	postfix_settings_put(settings, pool_text(config->pool, name), pool_text(config->pool, value), file, line);
	return 0;
}

int postfix_settings_parse(struct postfix_settings *settings, struct config *config, const char *file, const char *bytes, size_t len,
			   struct err *err)
{
	struct logical logical = { .text = BUF_INIT(len + 1) };
	unsigned number = 0, ends = 0;
	int result = 0;

	for (size_t at = 0; at < len && result == 0;) {
		const char *line = bytes + at, *end = memchr(line, '\n', len - at);
		size_t size = end != NULL ? (size_t)(end - line) : len - at, blanks = 0;

		number++;
		at += size + 1;
		while (blanks < size && isspace((unsigned char)line[blanks]))
			blanks++;
		if (blanks == size || line[blanks] == '#') {
			ends++;
			continue;
		}
		if (blanks == 0) {
			result = take_line(settings, config, file, &logical, err);
			buf_reset(&logical.text);
			logical.line = number;
		} else if (logical.text.len == 0) {
			set_fault(settings, config, file, number, "the first line begins with a blank, and Postfix passes over it");
			/* A warning for Postfix, no more. */
			settings->fault = NULL;
			continue;
		}
		for (; blanks != 0 && ends != 0; ends--)
			buf_char(&logical.text, '\n');
		buf_add(&logical.text, line, size);
		buf_char(&logical.text, '\n');
		ends = 0;
	}
	if (result == 0)
		result = take_line(settings, config, file, &logical, err);
	buf_release(&logical.text);
	return result;
}

bool postfix_is_yes(const struct postfix_settings *settings, const char *name, bool otherwise)
{
	struct buf value = BUF_INIT(POSTFIX_EXPANDED_MOST);
	struct err err = ERR_INIT;
	bool yes = otherwise;

	if (postfix_value(settings, name, &value, &err) == 0 && value.len != 0)
		yes = text_equal_nocase(value.data, "yes") || text_equal_nocase(value.data, "true") || text_equal_nocase(value.data, "1");
	buf_release(&value);
	return yes;
}
