/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_class.c - classes, and the files of words that fill them
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_run.h"

#define BLANKS " \t\n\v\f\r"

const struct sendmail_member *sendmail_class_find(const struct sendmail *sendmail, unsigned char id, const char *word)
{
	const struct sendmail_class *class = &sendmail->classes[id];
	size_t **beside;
	char *folded;

	if (class->index == NULL)
		return NULL;
	folded = mem_text(word);
	text_lower(folded);
	beside = (size_t **)(void *)pool_beside(class->index, folded, strlen(folded));
	free(folded);
	return beside != NULL ? &class->members[**beside] : NULL;
}

/* "$=x" as a word: what is in x by now. */
static void copy_members(struct sendmail *sendmail, unsigned char to, unsigned char from)
{
	const struct sendmail_class *class = &sendmail->classes[from];

	for (size_t i = 0; from != to && i < class->count; i++) {
		/* Each copy counts, so that a class that is copied over and over ends. */
		if (sendmail->member_count++ >= SENDMAIL_MEMBERS_MOST) {
			sendmail->classes[to].opaque = "its classes have more members than are read";
			return;
		}
		sendmail_class_add(sendmail, to, class->members[i].word, strlen(class->members[i].word), class->members[i].source);
	}
	if (class->opaque != NULL)
		sendmail->classes[to].opaque = class->opaque;
}

void sendmail_class_add(struct sendmail *sendmail, unsigned char id, const char *word, size_t len, const char *source)
{
	struct sendmail_class *class = &sendmail->classes[id];
	char *folded = mem_bytes(word, len);

	if (len == 2 && (unsigned char)*word == SIGN_CLASS)
		copy_members(sendmail, id, (unsigned char)word[1]);
	else if (len != 0 && sendmail_class_find(sendmail, id, folded) == NULL) {
		if (sendmail->member_count++ >= SENDMAIL_MEMBERS_MOST) {
			class->opaque = "its classes have more members than are read";
		} else {
			void **beside;

			if (class->index == NULL)
				class->index = pool_new();
			MEM_ROOM(class->members, class->count, class->capacity);
			class->members[class->count] = (struct sendmail_member){ .word = pool_text(sendmail->config->pool, folded), .source = source };
			text_lower(folded);
			pool_text(class->index, folded);
			beside = pool_beside(class->index, folded, strlen(folded));
			*beside = mem_new(sizeof(size_t));
			*(size_t *)*beside = class->count++;
		}
	}
	free(folded);
}

void sendmail_class_add_words(struct sendmail *sendmail, unsigned char id, const char *words, const char *source)
{
	while (*(words += strspn(words, BLANKS)) != '\0') {
		size_t len = strcspn(words, BLANKS);

		sendmail_class_add(sendmail, id, words, len, source);
		words += len;
	}
}

/* The formats that people use, by what ends a line's words. */
static const struct {
	const char *format;
	const char *stops;              /* the words end before one of these */
	bool one_word;
} formats[] = { { "%s", BLANKS, true }, { "%[^#]", "#", false }, { "%[^\\#]", "\\#", false }, { "%[^\n]", "\n", false } };

static void read_lines(struct sendmail *sendmail, unsigned char id, const char *file, const char *text, size_t format)
{
	unsigned line = 1;

	for (; *text != '\0'; line++) {
		size_t len = strcspn(text, "\n");
		char *words = mem_bytes(text, len);
		const char *start = words + (formats[format].one_word ? strspn(words, BLANKS) : 0);

		if (*words != '#') {
			words[(size_t)(start - words) + strcspn(start, formats[format].stops)] = '\0';
			sendmail_class_add_words(sendmail, id, start, config_place(sendmail->config, file, line));
		}
		free(words);
		text += len + (text[len] == '\n');
	}
}

static void tell_opaque(struct sendmail *sendmail, unsigned char id, unsigned line, const char *spec, const char *why)
{
	struct config *config = sendmail->config;
	struct fact *fact = config_add_fact(config, FACT_NOT_EVALUATED, config_place(config, sendmail->file, line));

	fact->title = "members of a class are not known";
	fact->text = config_text(config, "F%s", config_shown(config, spec, strlen(spec)));
	fact->says = config_text(config, "%s; where the class lets clients or domains relay, they are not told", why);
	fact->fix = "look at what it gives, and name it in a file";
	sendmail->classes[id].opaque = "members of a class come from where nothing is asked";
	if (id == 'R' || id == 'w') {
		struct grant *grant = config_add_grant(config, GRANT_UNKNOWN, fact->source, id == 'R' ? "class R" : "class w");

		grant->value = config_shown(config, spec, strlen(spec));
		grant->covers = config_text(config, "not known: %s", why);
	}
}

static void read_file(struct sendmail *sendmail, unsigned char id, const char *path, const char *format, bool optional, unsigned line)
{
	struct buf text = BUF_INIT(CONFIG_TABLE_MOST);
	struct err err = ERR_INIT;
	time_t modified;
	size_t which = 0;

	while (which < sizeof formats / sizeof *formats && strcmp(formats[which].format, format) != 0)
		which++;
	if (!config_files_has(&sendmail->files, path, &modified)) {
		if (!optional)
			sendmail_break(sendmail, line, config_text(sendmail->config, "there is no %.300s, which a class is read from", path));
	} else if (which == sizeof formats / sizeof *formats) {
		tell_opaque(sendmail, id, line, format, "the format of the file is not followed");
	} else if (config_files_read(&sendmail->files, path, &text, &modified, &err) != 0) {
		tell_opaque(sendmail, id, line, path, config_shown(sendmail->config, err.text, strlen(err.text)));
	} else {
		read_lines(sendmail, id, config_shown(sendmail->config, path, strlen(path)), text.data, which);
	}
	buf_release(&text);
}

void sendmail_class_read(struct sendmail *sendmail, unsigned char id, const char *spec, unsigned line)
{
	const char *at;
	bool optional = false;
	char *path;
	size_t len;

	spec += strspn(spec, BLANKS);
	if (spec[0] == '-' && spec[1] == 'o') {
		optional = true;
		spec += strcspn(spec, BLANKS);
		spec += strspn(spec, BLANKS);
	}
	at = strchr(spec, '@');
	if (*spec == '|') {
		tell_opaque(sendmail, id, line, spec, "a program gives them, which is not run");
	} else if (*spec != '/' && at != NULL && (strcmp(at, "@LDAP") == 0 || strchr(at, ':') != NULL)) {
		tell_opaque(sendmail, id, line, spec, "a map gives them, which is not asked");
	} else {
		len = *spec == '"' ? strcspn(spec + 1, "\"") : strcspn(spec, BLANKS);
		path = mem_bytes(spec + (*spec == '"'), len);
		spec += len + (*spec == '"' ? (spec[len + 1] == '"' ? 2 : 1) : 0);
		spec += strspn(spec, BLANKS);
		read_file(sendmail, id, path, *spec != '\0' ? spec : "%s", optional, line);
		free(path);
	}
}
