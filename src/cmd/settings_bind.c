/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings_bind.c - the words of the configuration file, and what each of them means
 */
#include "cmd/settings_bind.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/pool.h"
#include "base/text.h"
#include "cmd/scan_check.h"
#include "cmd/settings.h"
#include "net/address.h"
#include "vantage/target.h"
#include "vantage/vantage.h"

struct binder;

/* One word of a map: what may stand behind it. */
struct word {
	const char *name;               /* NULL ends the rows */
	void (*bind)(struct binder *binder, const struct node *key, const struct node *value, void *into);
};

struct binder {
	struct settings *settings;
	struct complaints *complaints;
};

/* One more mistake would not be told. */
static bool is_full(const struct binder *binder)
{
	return binder->complaints->count == COMPLAINTS_MOST;
}

static char *shown(const char *text, size_t most)
{
	struct buf to = BUF_INIT(TEXT_SHOWN);

	text_escape(&to, text, strnlen(text, most));
	return buf_detach(&to);
}

static void complain(struct binder *binder, const struct node *node, const char *sentence)
{
	char *text = shown(sentence, TEXT_SHOWN);

	tree_complain(&binder->settings->tree, node, binder->complaints, "%s", text);
	free(text);
}

/* "SENTENCE" with the key's name for its %s. */
static void complain_of(struct binder *binder, const struct node *node, const struct node *key, const char *sentence)
{
	char *name = shown(key->text, 60);

	tree_complain(&binder->settings->tree, node, binder->complaints, "'%s' %s", name, sentence);
	free(name);
}

static void complain_of_word(struct binder *binder, const struct node *key, const struct nearest *nearest)
{
	char *name = shown(key->text, 60);

	tree_complain(&binder->settings->tree, key, binder->complaints, "there is no key '%s' here%s%s%s", name, nearest->best ? "; was '" : "",
		      nearest->best ? nearest->best : "", nearest->best ? "' meant?" : "");
	free(name);
}

/* A text that says something; NULL and a complaint otherwise. */
static const char *text_of(struct binder *binder, const struct node *key, const struct node *value)
{
	if (value->kind != NODE_TEXT)
		complain_of(binder, value, key, value->kind == NODE_LIST ? "takes one value, and no list" : "takes one value, and no map");
	else if (value->text[0] == '\0')
		complain_of(binder, value, key, "has no value");
	else
		return value->text;
	return NULL;
}

static const char *checked(struct binder *binder, const struct node *key, const struct node *value, int (*check)(const char *, struct err *))
{
	const char *text = text_of(binder, key, value);
	struct err err = ERR_INIT;

	if (text == NULL || check(text, &err) == 0)
		return text;
	complain(binder, value, err.text);
	return NULL;
}

/* A value, or a list of them. */
static void read_list(struct binder *binder, const struct node *key, const struct node *value, int (*check)(const char *, struct err *),
		      struct option_list *list)
{
	const struct node *item = value->kind == NODE_LIST ? value->first : value;

	if (value->kind == NODE_LIST && value->first == NULL)
		complain_of(binder, value, key, "is an empty list");
	for (; item != NULL; item = value->kind == NODE_LIST ? item->next : NULL) {
		const char *text = checked(binder, key, item, check);

		if (text != NULL)
			option_list_add(list, text);
	}
}

static const struct word *find_word(const struct word *words, const char *name, struct nearest *nearest)
{
	for (; words->name != NULL; words++) {
		if (strcmp(words->name, name) == 0)
			return words;
		nearest_offer(nearest, words->name);
	}
	return NULL;
}

static void bind_map(struct binder *binder, const struct node *map, const struct word *words, void *into)
{
	for (const struct node *key = map->first; key != NULL && !is_full(binder); key = key->next->next) {
		struct nearest nearest = NEAREST_INIT(key->text);
		const struct word *word = find_word(words, key->text, &nearest);

		if (key->kind != NODE_TEXT || strcmp(key->text, "<<") == 0)
			continue;
		if (word == NULL) {
			complain_of_word(binder, key, &nearest);
			continue;
		}
		word->bind(binder, key, key->next, into);
	}
}

/* A map of names, and a map or text behind each. */
static bool is_map(struct binder *binder, const struct node *key, const struct node *value, const char *sentence)
{
	if (value->kind == NODE_MAP)
		return true;
	complain_of(binder, value, key, sentence);
	return false;
}

/* targets */

enum target_line { LINE_HOST, LINE_LOCAL_USER, LINE_ADDRESSES, LINE_DOMAINS, LINE_ENDPOINTS };

static int check_address(const char *text, struct err *err)
{
	struct address address;

	return address_parse(text, &address, err);
}

static void bind_host(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	target->host = checked(binder, key, value, scan_check_host);
	target->lines[LINE_HOST] = value->line;
}

static void bind_local_user(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	target->local_user = checked(binder, key, value, scan_check_local_user);
	target->lines[LINE_LOCAL_USER] = value->line;
}

static void bind_addresses(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	read_list(binder, key, value, check_address, &target->addresses);
	target->lines[LINE_ADDRESSES] = value->line;
	if (target->addresses.count > TARGET_ADDRESSES_MOST)
		complain_of(binder, value, key, "holds too many: a target has 16 addresses at most");
}

static void bind_domains(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	read_list(binder, key, value, scan_check_domain, &target->domains);
	target->lines[LINE_DOMAINS] = value->line;
	if (target->domains.count > TARGET_DOMAINS_MOST)
		complain_of(binder, value, key, "holds too many: a target has 32 domains at most");
}

static void bind_endpoints(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	read_list(binder, key, value, scan_check_ports, &target->endpoints);
	target->lines[LINE_ENDPOINTS] = value->line;
}

static const struct word target_words[] = {
	{ "addresses", bind_addresses },   { "domains", bind_domains }, { "endpoints", bind_endpoints }, { "host", bind_host },
	{ "local-user", bind_local_user }, { NULL, NULL },
};

static void bind_target(struct binder *binder, const struct node *key, const struct node *value)
{
	struct settings *settings = binder->settings;
	struct target_setting *target;
	struct err err = ERR_INIT;

	MEM_ROOM(settings->targets, settings->target_count, settings->target_capacity);
	target = &settings->targets[settings->target_count++];
	*target = (struct target_setting){ .name = key->text, .line = key->line };
	if (value->kind == NODE_MAP)
		bind_map(binder, value, target_words, target);
	else if (value->kind != NODE_TEXT || value->text[0] != '\0')
		complain_of(binder, value, key, "is a target: a map of addresses, domains, endpoints, host and local-user, or nothing");
	/* Without a host of its own, the name is looked up and stands in envelopes. */
	if (target->lines[LINE_HOST] == 0 && scan_check_host(key->text, &err) != 0)
		complain(binder, key, err.text);
}

static void bind_targets(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	if (!is_map(binder, key, value, "is a map: the name of each target, and what is known of it"))
		return;
	for (const struct node *name = value->first; name != NULL; name = name->next->next)
		if (name->kind == NODE_TEXT && strcmp(name->text, "<<") != 0)
			bind_target(binder, name, name->next);
}

/* vantages */

enum vantage_line { LINE_VIA, LINE_EXPECT, LINE_HELO };

static void bind_via(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->via = text_of(binder, key, value);
	vantage->lines[LINE_VIA] = value->line;
}

static int check_expect(const char *text, struct err *err)
{
	if (strcmp(text, expect_name(EXPECT_DENY)) == 0 || strcmp(text, expect_name(EXPECT_RELAY)) == 0)
		return 0;
	return err_set(err, ERR_SYNTAX, "a vantage is expected to 'deny' or to 'relay', not to '%.40s'", text);
}

static void bind_expect(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->expect = checked(binder, key, value, check_expect);
	vantage->lines[LINE_EXPECT] = value->line;
}

static void bind_vantage_helo(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->helo = checked(binder, key, value, scan_check_helo);
	vantage->lines[LINE_HELO] = value->line;
}

static const struct word vantage_words[] = {
	{ "via", bind_via },
	{ "expect", bind_expect },
	{ "helo", bind_vantage_helo },
	{ NULL, NULL },
};

/* The vantage as --from takes it, which is checked by making one. */
static void finish_vantage(struct binder *binder, const struct node *key, const struct node *value, struct vantage_setting *vantage)
{
	char *text = mem_printf("%s=%s%s%s", vantage->name, vantage->via, vantage->expect ? "?expect=" : "", vantage->expect ? vantage->expect : "");
	struct err err = ERR_INIT;
	struct vantage *made = NULL;

	vantage->text = pool_text(binder->settings->pool, text);
	free(text);
	if (vantage->name[0] == '\0' || vantage->name[strcspn(vantage->name, "=:?")] != '\0') {
		complain_of(binder, key, key, "cannot be the name of a vantage: it is a word without '=', ':' and '?'");
		return;
	}
	made = vantage_parse(vantage->text, &err);
	if (made == NULL)
		complain(binder, value, err.text);
	vantage_free(made);
}

static void bind_vantage(struct binder *binder, const struct node *key, const struct node *value)
{
	struct settings *settings = binder->settings;
	struct vantage_setting *vantage;
	size_t before = binder->complaints->count;

	MEM_ROOM(settings->vantages, settings->vantage_count, settings->vantage_capacity);
	vantage = &settings->vantages[settings->vantage_count++];
	*vantage = (struct vantage_setting){ .name = key->text, .line = key->line };
	if (value->kind == NODE_MAP) {
		bind_map(binder, value, vantage_words, vantage);
		if (vantage->lines[LINE_VIA] == 0)
			complain_of(binder, key, key, "does not say via what it asks: {via: URI}");
	} else {
		bind_via(binder, key, value, vantage);
	}
	if (vantage->via != NULL && binder->complaints->count == before) {
		for (const struct node *at = value->kind == NODE_MAP ? value->first : NULL; at != NULL; at = at->next->next)
			if (strcmp(at->text, "via") == 0)
				value = at->next;
		finish_vantage(binder, key, value, vantage);
	}
}

/* "[NAME=]URI", as --from takes it. */
static void bind_vantage_text(struct binder *binder, const struct node *key, const struct node *item)
{
	struct settings *settings = binder->settings;
	const char *text = text_of(binder, key, item);
	struct err err = ERR_INIT;
	struct vantage *made = text ? vantage_parse(text, &err) : NULL;

	if (text == NULL)
		return;
	if (made == NULL)
		complain(binder, item, err.text);
	vantage_free(made);
	MEM_ROOM(settings->vantages, settings->vantage_count, settings->vantage_capacity);
	settings->vantages[settings->vantage_count++] = (struct vantage_setting){ .name = text, .text = text, .line = item->line };
}

static void bind_vantages(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	for (const struct node *item = value->first; value->kind == NODE_LIST && item != NULL; item = item->next)
		bind_vantage_text(binder, key, item);
	if (value->kind == NODE_LIST || !is_map(binder, key, value, "is a map: the name of each vantage, and via what it asks"))
		return;
	for (const struct node *name = value->first; name != NULL; name = name->next->next)
		if (name->kind == NODE_TEXT && strcmp(name->text, "<<") != 0)
			bind_vantage(binder, name, name->next);
}

/* ignore */

static void bind_finding(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct exception *)into)->finding = checked(binder, key, value, exception_check_finding);
}

static void bind_where(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct exception *)into)->where = text_of(binder, key, value);
}

/* It comes into reports, where every text is safe to show. */
static void bind_reason(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	const char *text = text_of(binder, key, value);

	if (text != NULL && text[strspn(text, " \t\n")] == '\0')
		complain_of(binder, value, key, "has no value");
	((struct exception *)into)->reason = text;
}

static void bind_expires(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct exception *exception = into;
	const char *text = text_of(binder, key, value);
	struct err err = ERR_INIT;

	exception->expires = text;
	if (text != NULL && exception_date(text, &exception->end, &err) != 0)
		complain(binder, value, err.text);
}

static const struct word exception_words[] = {
	{ "finding", bind_finding }, { "where", bind_where }, { "reason", bind_reason }, { "expires", bind_expires }, { NULL, NULL },
};

static bool has_key(const struct node *map, const char *name)
{
	for (const struct node *key = map->first; key != NULL; key = key->next->next)
		if (strcmp(key->text, name) == 0)
			return true;
	return false;
}

static void bind_exception(struct binder *binder, const struct node *map)
{
	static const char *const needed[][2] = {
		{ "finding", "an entry to ignore names its finding: {finding: ID}" },
		{ "reason", "an entry to ignore needs its reason: {reason: \"...\"}" },
		{ "expires", "an entry to ignore needs its last day: {expires: YYYY-MM-DD}" },
	};
	struct settings *settings = binder->settings;
	struct exceptions *exceptions = &settings->exceptions;
	struct exception *row;
	char *source;

	if (map->kind != NODE_MAP) {
		complain(binder, map, "an entry to ignore is a map: {finding: ID, where: PLACE, reason: \"...\", expires: YYYY-MM-DD}");
		return;
	}
	MEM_ROOM(exceptions->rows, exceptions->count, exceptions->capacity);
	row = &exceptions->rows[exceptions->count++];
	*row = (struct exception){ .finding = NULL };
	source = mem_printf("%s:%u", settings->path, map->line);
	row->source = pool_text(settings->pool, source);
	free(source);
	bind_map(binder, map, exception_words, row);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!has_key(map, needed[i][0]))
			complain(binder, map, needed[i][1]);
}

static void bind_ignore(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	if (value->kind != NODE_LIST) {
		complain_of(binder, value, key, "is a list of entries, each {finding: ID, where: PLACE, reason: \"...\", expires: YYYY-MM-DD}");
		return;
	}
	for (const struct node *item = value->first; item != NULL; item = item->next)
		bind_exception(binder, item);
}

/* own-networks */

static int check_network(const char *text, struct err *err)
{
	const char *slash = strchr(text, '/');
	char *start = slash ? mem_bytes(text, (size_t)(slash - text)) : mem_text(text), canonical[ADDRESS_TEXT];
	struct address address, cut;
	int result = address_parse(start, &address, err);
	long bits;

	free(start);
	if (result != 0 || slash == NULL)
		return result;
	bits = text_number(slash + 1, 0, address.family == AF_INET ? 32 : 128);
	if (bits < 0)
		return err_set(err, ERR_SYNTAX, "'%.60s' is not a network: ADDRESS/BITS", text);
	cut = address;
	for (unsigned i = (unsigned)bits; i < 128; i++)
		cut.bytes[i / 8] &= (unsigned char)~(0x80u >> i % 8);
	if (address_equal(&cut, &address))
		return 0;
	address_print(&cut, canonical);
	return err_set(err, ERR_SYNTAX, "'%.60s' has bits set behind its first %ld: was %s/%ld meant, or that one address?", text, bits, canonical, bits);
}

static void bind_networks(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	read_list(binder, key, value, check_network, &binder->settings->networks);
	binder->settings->networks_line = value->line;
}

/* All the rest: options. */

static const struct word sections[] = {
	{ "targets", bind_targets }, { "vantages", bind_vantages }, { "own-networks", bind_networks }, { "ignore", bind_ignore }, { NULL, NULL },
};

/* "{listen: 203.0.113.9:25}" is listen:203.0.113.9:25. */
static const char *place_of(struct binder *binder, const struct node *key, const struct node *value)
{
	const char *rest = NULL;
	char *text;

	if (value->kind != NODE_MAP)
		return text_of(binder, key, value);
	if (value->count != 1 || value->first->kind != NODE_TEXT)
		complain_of(binder, value, key, "takes one entry: {KIND: REST}, or \"KIND:REST\"");
	else
		rest = text_of(binder, value->first, value->first->next);
	if (rest == NULL)
		return NULL;
	text = mem_printf("%s:%s", value->first->text, rest);
	rest = pool_text(binder->settings->pool, text);
	free(text);
	return rest;
}

static void store_item(struct binder *binder, const struct option_row *row, bool wins, const struct node *key, const struct node *item)
{
	const char *text = row->kind == OPTION_PLACE ? place_of(binder, key, item) : text_of(binder, key, item);
	struct err err = ERR_INIT;

	if (text != NULL && option_store(row, wins ? binder->settings->values : NULL, row->key, text, &err) != 0)
		complain(binder, item, err.text);
}

static void bind_option(struct binder *binder, size_t index, const struct node *key, const struct node *value)
{
	struct settings *settings = binder->settings;
	const struct option_row *row = &settings->rows[index];
	bool wins = settings->origins[index].origin == SETTING_DEFAULT;

	if (row->kind == OPTION_LIST && value->kind == NODE_LIST) {
		if (value->first == NULL)
			complain_of(binder, value, key, "is an empty list");
		for (const struct node *item = value->first; item != NULL; item = item->next)
			store_item(binder, row, wins, key, item);
	} else {
		store_item(binder, row, wins, key, value);
	}
	if (wins)
		settings->origins[index] = (struct setting){ SETTING_FILE, key->line };
}

static bool bind_as_option(struct binder *binder, const struct node *key, struct nearest *nearest)
{
	const struct option_row *rows = binder->settings->rows;

	for (size_t i = 0; rows[i].name != NULL; i++) {
		if (rows[i].key == NULL)
			continue;
		if (strcmp(rows[i].key, key->text) == 0) {
			bind_option(binder, i, key, key->next);
			return true;
		}
		nearest_offer(nearest, rows[i].key);
	}
	return false;
}

/* A word that is an option's, but not its key. */
static bool is_told_as_option(struct binder *binder, const struct node *key)
{
	const struct option_row *row = binder->settings->rows;

	while (row->name != NULL && strcmp(row->name, key->text) != 0)
		row++;
	if (row->name == NULL)
		return false;
	if (row->key == NULL)
		complain_of(binder, key, key, "stands on the command line only");
	else
		tree_complain(&binder->settings->tree, key, binder->complaints, "'%s' is called '%s' in this file", row->name, row->key);
	return true;
}

void settings_bind(struct settings *settings)
{
	struct binder binder = { .settings = settings, .complaints = &settings->complaints };
	const struct node *root = settings->tree.root;

	if (root->kind == NODE_TEXT && root->text[0] == '\0')
		return;
	if (root->kind != NODE_MAP) {
		complain(&binder, root, "the file is a map: key: value");
		return;
	}
	for (const struct node *key = root->first; key != NULL && !is_full(&binder); key = key->next->next) {
		struct nearest nearest = NEAREST_INIT(key->text);
		const struct word *word = find_word(sections, key->text, &nearest);

		if (key->kind != NODE_TEXT || strcmp(key->text, "<<") == 0)
			continue;
		if (word != NULL)
			word->bind(&binder, key, key->next, NULL);
		else if (!bind_as_option(&binder, key, &nearest) && !is_told_as_option(&binder, key))
			complain_of_word(&binder, key, &nearest);
	}
}
