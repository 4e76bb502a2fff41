/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings.c - file, environment and command line, in their order
 */
#include "cmd/settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/settings_bind.h"
#include "cmd/settings_place.h"

#define PREFIX "RELAYAUDIT_"

/* Read elsewhere than by rows. */
static const char *const known_names[] = { PREFIX "CONFIG", PREFIX "PROBEDIR" };

enum { NAME_TEXT = 64 };

static void begin(struct settings *settings, const struct option_row *rows, void *values, const bool *given)
{
	size_t count = options_count(rows);

	*settings = (struct settings){ .rows = rows, .values = values, .bytes = BUF_INIT(TREE_SIZE_MOST), .pool = pool_new() };
	settings->origins = mem_new((count + 1) * sizeof *settings->origins);
	for (size_t i = 0; given != NULL && i < count; i++)
		settings->origins[i].origin = given[i] ? SETTING_OPTION : SETTING_DEFAULT;
}

/* "max-sessions" is RELAYAUDIT_MAX_SESSIONS. */
static void name_of_row(const struct option_row *row, char name[NAME_TEXT])
{
	snprintf(name, NAME_TEXT, PREFIX "%s", row->name);
	for (char *at = name + sizeof PREFIX - 1; *at != '\0'; at++)
		*at = *at == '-' ? '_' : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
}

static void complain(struct settings *settings, const char *sentence)
{
	struct buf shown = BUF_INIT(1000);

	text_escape(&shown, sentence, strlen(sentence));
	complaints_add(&settings->complaints, 0, 0, "%s", shown.data);
	buf_release(&shown);
}

static void store(struct settings *settings, size_t row, const char *name, const char *text)
{
	struct err err = ERR_INIT;
	bool wins = settings->origins[row].origin < SETTING_ENVIRONMENT;

	if (option_store(&settings->rows[row], wins ? settings->values : NULL, name, text, &err) != 0) {
		if (settings->rows[row].check != NULL)
			err_prefix(&err, "%s", name);
		complain(settings, err.text);
	}
}

/* Words with blanks between them, for what is repeatable. */
static void store_words(struct settings *settings, size_t row, const char *name, const char *text)
{
	static const char blanks[] = " \t\n";

	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		size_t len = strcspn(text, blanks);

		store(settings, row, name, pool_bytes(settings->pool, text, len));
		text += len;
	}
}

static void read_row(struct settings *settings, size_t index)
{
	const struct option_row *row = &settings->rows[index];
	char name[NAME_TEXT];
	const char *text;

	if (row->key == NULL)
		return;
	name_of_row(row, name);
	text = getenv(name);
	if (text == NULL || text[0] == '\0')
		return;
	if (row->kind == OPTION_LIST)
		store_words(settings, index, name, text);
	else
		store(settings, index, name, text);
	if (settings->origins[index].origin < SETTING_ENVIRONMENT)
		settings->origins[index] = (struct setting){ SETTING_ENVIRONMENT, 0 };
}

/* A variable that is near a known one was meant to be it; what else begins like ours may be anybody's. */
static void look_for_slips(struct settings *settings)
{
	for (char **variable = environ; variable != NULL && *variable != NULL; variable++) {
		char name[NAME_TEXT], row_name[NAME_TEXT];
		const char *meant = NULL;
		struct nearest nearest = NEAREST_INIT(name + sizeof PREFIX - 1);
		size_t len = strcspn(*variable, "=");
		bool known = false;

		if (strncmp(*variable, PREFIX, sizeof PREFIX - 1) != 0 || len >= sizeof name)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)len, *variable);
		for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++)
			known = known || strcmp(name, known_names[i]) == 0;
		for (const struct option_row *row = settings->rows; row->name != NULL && !known; row++) {
			name_of_row(row, row_name);
			known = row->key != NULL && strcmp(row_name, name) == 0;
			if (row->key != NULL && !known)
				nearest_offer(&nearest, pool_text(settings->pool, row_name + sizeof PREFIX - 1));
		}
		meant = nearest.best;
		if (!known && meant != NULL) {
			char *sentence = mem_printf("the environment holds %s, which is not known; was " PREFIX "%s meant?", name, meant);

			complain(settings, sentence);
			free(sentence);
		}
	}
}

static void read_environment(struct settings *settings)
{
	size_t count = options_count(settings->rows);

	for (size_t i = 0; i < count; i++)
		read_row(settings, i);
	look_for_slips(settings);
}

static void read_tree(struct settings *settings)
{
	tree_read(&settings->tree, settings->bytes.data, settings->bytes.len, &settings->complaints);
	if (settings->tree.root != NULL)
		settings_bind(settings);
}

int settings_read(struct settings *settings, const struct option_row *rows, void *values, const bool *given, const char *path)
{
	const char *named = getenv(PREFIX "CONFIG");
	struct err err = ERR_INIT;

	begin(settings, rows, values, given);
	if (path == NULL && named != NULL && named[0] != '\0')
		path = named;
	if (settings_place_read(path, &settings->path, &settings->bytes, &err) != 0) {
		complaints_init(&settings->complaints, settings->path);
		complain(settings, err.text);
		return -1;
	}
	complaints_init(&settings->complaints, settings->path ? settings->path : "");
	read_environment(settings);
	if (settings->path != NULL)
		read_tree(settings);
	return settings->complaints.count == 0 ? 0 : -1;
}

int settings_parse(struct settings *settings, const struct option_row *rows, void *values, const bool *given, const char *path,
		   const char *bytes, size_t len)
{
	begin(settings, rows, values, given);
	settings->path = mem_text(path);
	complaints_init(&settings->complaints, path);
	buf_add(&settings->bytes, bytes, len);
	read_tree(settings);
	return settings->complaints.count == 0 ? 0 : -1;
}

void settings_tell(const struct settings *settings, FILE *to)
{
	const struct complaints *complaints = &settings->complaints;

	for (size_t i = 0; i < complaints->count; i++) {
		const struct complaint *row = &complaints->rows[i];

		if (row->line == 0)
			fprintf(to, "relayaudit: %s\n", row->text);
		else
			fprintf(to, "%s:%u:%u: %s\n", complaints->file, row->line, row->column, row->text);
	}
	if (complaints->count == COMPLAINTS_MOST)
		fprintf(to, "relayaudit: these are the first %d mistakes\n", COMPLAINTS_MOST);
}

enum setting_origin settings_origin(const struct settings *settings, const char *key)
{
	for (size_t i = 0; settings->rows[i].name != NULL; i++)
		if (settings->rows[i].key != NULL && strcmp(settings->rows[i].key, key) == 0)
			return settings->origins[i].origin;
	return SETTING_DEFAULT;
}

void settings_release(struct settings *settings)
{
	for (size_t i = 0; i < settings->target_count; i++) {
		option_list_release(&settings->targets[i].addresses);
		option_list_release(&settings->targets[i].domains);
		option_list_release(&settings->targets[i].endpoints);
	}
	free(settings->targets);
	free(settings->vantages);
	free(settings->exceptions.rows);
	option_list_release(&settings->networks);
	complaints_release(&settings->complaints);
	tree_release(&settings->tree);
	buf_release(&settings->bytes);
	pool_free(settings->pool);
	free(settings->origins);
	free(settings->path);
	*settings = (struct settings){ .path = NULL };
}
