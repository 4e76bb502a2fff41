/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_rules.c - the access rules of couriertcpd: how they are kept, looked up and understood
 *
 * A client is looked up by its address, then by what is left of it when its last number is taken
 * away, and at last by "*": the longest one counts, and the order of the file does not.
 */
#include "mta/courier_rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config.h"

void courier_rules_free(struct courier_rules *rules)
{
	free(rules->rows);
	if (rules->keys != NULL)
		pool_free(rules->keys);
	free(rules);
}

struct courier_rule *courier_rules_add(struct config *config, struct courier_rules *rules, const char *key, size_t key_len, const char *value)
{
	struct courier_rule *rule;
	void **beside;
	size_t *index;

	if (rules->count >= COURIER_RULES_MOST) {
		rules->state = ACCESS_UNKNOWN;
		rules->why = config_text(config, "there are more than %d rules", COURIER_RULES_MOST);
		return NULL;
	}
	if (rules->keys == NULL)
		rules->keys = pool_new();
	MEM_ROOM(rules->rows, rules->count, rules->capacity);
	rule = &rules->rows[rules->count];
	*rule = (struct courier_rule){ .key = pool_bytes(rules->keys, key, key_len), .key_len = key_len, .value = pool_text(config->pool, value), .first = true };
	beside = pool_beside(rules->keys, key, key_len);
	if (*beside == NULL) {
		index = mem_new(sizeof *index);
		*index = rules->count;
		*beside = index;
	}
	rules->count++;
	return rule;
}

const struct courier_rule *courier_rules_find(const struct courier_rules *rules, const char *key, size_t len)
{
	void **beside = rules->keys != NULL ? pool_beside(rules->keys, key, len) : NULL;

	return beside != NULL && *beside != NULL ? &rules->rows[*(const size_t *)*beside] : NULL;
}

const struct courier_rule *courier_rules_match(const struct courier_rules *rules, const struct address *address)
{
	const struct courier_rule *rule = NULL;
	char text[ADDRESS_TEXT];

	courier_address_text(address, text);
	for (char *end = text + strlen(text); rule == NULL && end > text;) {
		rule = courier_rules_find(rules, text, (size_t)(end - text));
		do {
			end--;
		} while (end > text && *end != '.' && *end != ':');
	}
	return rule != NULL ? rule : courier_rules_find(rules, "*", 1);
}

bool courier_denies(const char *value)
{
	return strncmp(value, "deny", 4) == 0;
}

static bool is_space(char byte)
{
	return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* One word up to a comma outside of quotes, as the environment gets it: without quotes and blanks around, with a '=' in it. */
static const char *take_word(const char *at, char *quote, struct buf *word)
{
	size_t first = 0;

	buf_reset(word);
	for (; *at != '\0' && (*at != ',' || *quote != '\0'); at++) {
		if (*quote == '\0' && (*at == '"' || *at == '\''))
			*quote = *at;
		else if (*quote != '\0' && *at == *quote)
			*quote = '\0';
		else
			buf_char(word, *at);
	}
	if (*at == ',')
		at++;
	if (memchr(word->data, '=', word->len) == NULL)
		buf_char(word, '=');
	while (first < word->len && is_space(word->data[first]))
		first++;
	buf_take(word, first);
	while (word->len != 0 && is_space(word->data[word->len - 1]))
		word->data[--word->len] = '\0';
	return at;
}

bool courier_sets(const char *value, const char *name, char **to)
{
	struct buf word = BUF_OWN;
	size_t len = strlen(name);
	char quote = '\0';
	bool found = false;

	*to = NULL;
	if (courier_denies(value))
		return false;
	if (strncmp(value, "allow", 5) == 0)
		value += value[5] == ',' ? 6 : 5;
	while (*value != '\0') {
		value = take_word(value, &quote, &word);
		if (word.len > len && memcmp(word.data, name, len) == 0 && word.data[len] == '=') {
			free(*to);
			*to = mem_text(word.data + len + 1);
			found = true;
		}
	}
	buf_release(&word);
	return found;
}

void courier_rules_dat(struct config *config, struct courier_rules *rules, const char *bytes, size_t len)
{
	enum { BERKELEY = 12 };
	static const unsigned char btree[] = { 0x62, 0x31, 0x05, 0x00 }, hash[] = { 0x61, 0x15, 0x06, 0x00 };
	struct gdbm_walk walk;
	const char *key, *data;
	size_t key_len, data_len;

	gdbm_walk_init(&walk, bytes, len);
	if (!walk.sound && len >= BERKELEY + 4 && (memcmp(bytes + BERKELEY, btree, 4) == 0 || memcmp(bytes + BERKELEY, hash, 4) == 0)) {
		rules->state = ACCESS_UNKNOWN;
		rules->why = config_text(config, "%.200s is of Berkeley DB, which is not read here", rules->dat);
		return;
	}
	while (gdbm_next(&walk, &key, &key_len, &data, &data_len)) {
		char *value = mem_bytes(data, data_len);
		bool full = courier_rules_add(config, rules, key, key_len, value) == NULL;

		free(value);
		if (full)
			return;
	}
	if (!walk.sound) {
		rules->state = rules->count != 0 ? ACCESS_UNKNOWN : ACCESS_BROKEN;
		rules->why = config_text(config, "%.200s is no whole file of gdbm", rules->dat);
	}
}
