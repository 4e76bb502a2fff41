/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_rules.c - the rules of tcpserver: how they are kept, compiled and looked up
 *
 * Of two equal keys the first is found.  A client is looked up by its address, its
 * name, what its address begins with, what its name ends in, and at last by nothing:
 * the order of the file does not matter.
 */
#include "mta/qmail_rules.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "mta/config.h"

void qmail_rules_free(struct qmail_rules *rules)
{
	free(rules->rows);
	if (rules->keys != NULL)
		pool_free(rules->keys);
	free(rules);
}

/* found() of tcpserver.c; of two equal names the last one stays. */
static void take_data(struct qmail_rule *rule)
{
	static const char relay[] = "+RELAYCLIENT=", block[] = "+RBLSMTPD=";
	const char *at = rule->data, *end;
	size_t left = rule->data_len;

	while (left != 0 && (end = memchr(at, '\0', left)) != NULL) {
		if (*at == 'D')
			rule->denies = true;
		else if (strncmp(at, relay, sizeof relay - 1) == 0)
			rule->relays = true;
		else if (strncmp(at, block, sizeof block - 1) == 0)
			rule->block = at + sizeof block - 1;
		left -= (size_t)(end - at) + 1;
		at = end + 1;
	}
}

struct qmail_rule *qmail_rules_add(struct config *config, struct qmail_rules *rules, const char *key, size_t key_len, const char *data, size_t data_len)
{
	struct qmail_rule *rule;
	void **beside;
	size_t *index;

	if (rules->count >= QMAIL_RULES_MOST) {
		rules->state = RULES_UNKNOWN;
		rules->why = config_text(config, "there are more than %d rules", QMAIL_RULES_MOST);
		return NULL;
	}
	if (rules->keys == NULL)
		rules->keys = pool_new();
	MEM_ROOM(rules->rows, rules->count, rules->capacity);
	rule = &rules->rows[rules->count];
	*rule = (struct qmail_rule){ .key = pool_bytes(rules->keys, key, key_len), .key_len = key_len, .data_len = data_len };
	rule->data = pool_bytes(config->pool, data, data_len);
	take_data(rule);
	beside = pool_beside(rules->keys, key, key_len);
	if (*beside == NULL) {
		index = mem_new(sizeof *index);
		*index = rules->count;
		*beside = index;
	}
	rules->count++;
	return rule;
}

const struct qmail_rule *qmail_rules_find(const struct qmail_rules *rules, const char *key, size_t len)
{
	void **beside = rules->keys != NULL ? pool_beside(rules->keys, key, len) : NULL;

	return beside != NULL && *beside != NULL ? &rules->rows[*(const size_t *)*beside] : NULL;
}

static const struct qmail_rule *find_host(const struct qmail_rules *rules, const char *host)
{
	char *key = mem_printf("=%s", host);
	const struct qmail_rule *rule = qmail_rules_find(rules, key, strlen(key));

	free(key);
	return rule;
}

const struct qmail_rule *qmail_rules_match(const struct qmail_rules *rules, const char *ip, const char *host, bool six)
{
	const struct qmail_rule *rule = qmail_rules_find(rules, ip, strlen(ip));

	if (rule == NULL && host != NULL)
		rule = find_host(rules, host);
	for (size_t len = strlen(ip); rule == NULL && len > 0; len--)
		if (ip[len - 1] == '.' || (six && ip[len - 1] == ':'))
			rule = qmail_rules_find(rules, ip, len);
	for (const char *at = host; rule == NULL && at != NULL && *at != '\0'; at++)
		if (*at == '.')
			rule = find_host(rules, at);
	if (rule == NULL && host != NULL)
		rule = find_host(rules, "");
	return rule != NULL ? rule : qmail_rules_find(rules, "", 0);
}

static size_t number_at(const unsigned char *bytes)
{
	return bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16 | (size_t)bytes[3] << 24;
}

/* A constant database: 256 places and lengths of tables, the records, and the tables. */
static bool cdb_is_sound(const unsigned char *bytes, size_t len)
{
	enum { HEAD = 2048 };

	if (len < HEAD)
		return false;
	for (size_t i = 0; i < 256; i++) {
		size_t at = number_at(bytes + 8 * i), slots = number_at(bytes + 8 * i + 4);

		if (at < HEAD || at > len || slots > (len - at) / 8)
			return false;
	}
	return true;
}

bool cdb_next(struct cdb_walk *walk, size_t len, const char **key, size_t *key_len, const char **data, size_t *data_len, bool *sound)
{
	if (walk->at == 0) {
		*sound = cdb_is_sound(walk->bytes, len);
		walk->at = 2048;
		walk->end = *sound ? number_at(walk->bytes) : 0;
	}
	if (!*sound || walk->at >= walk->end)
		return false;
	*sound = walk->end - walk->at >= 8;
	if (!*sound)
		return false;
	*key_len = number_at(walk->bytes + walk->at);
	*data_len = number_at(walk->bytes + walk->at + 4);
	walk->at += 8;
	*sound = *key_len <= walk->end - walk->at && *data_len <= walk->end - walk->at - *key_len;
	if (!*sound)
		return false;
	*key = (const char *)walk->bytes + walk->at;
	*data = *key + *key_len;
	walk->at += *key_len + *data_len;
	return true;
}

void qmail_rules_cdb(struct config *config, struct qmail_rules *rules, const char *bytes, size_t len)
{
	struct cdb_walk walk = { .bytes = (const unsigned char *)bytes };
	const char *key, *data;
	size_t key_len, data_len;
	bool sound;

	while (cdb_next(&walk, len, &key, &key_len, &data, &data_len, &sound)) {
		struct qmail_rule *rule = qmail_rules_add(config, rules, key, key_len, data, data_len);

		if (rule == NULL)
			return;
		rule->written = true;
	}
	if (!sound) {
		rules->state = RULES_BROKEN;
		rules->why = config_text(config, "%.200s is no whole cdb: tcpserver drops each connection", rules->cdb);
	}
}
