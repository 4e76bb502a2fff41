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
#include "cmd/binder.h"
#include "cmd/scan_check.h"
#include "cmd/settings.h"
#include "net/address.h"
#include "vantage/target.h"
#include "vantage/vantage.h"

static struct settings *settings_of(const struct binder *binder)
{
	return binder->whole;
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

	target->host = binder_checked(binder, key, value, scan_check_host);
	target->lines[LINE_HOST] = value->line;
}

static void bind_local_user(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	target->local_user = binder_checked(binder, key, value, scan_check_local_user);
	target->lines[LINE_LOCAL_USER] = value->line;
}

static void bind_addresses(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	binder_list(binder, key, value, check_address, &target->addresses);
	target->lines[LINE_ADDRESSES] = value->line;
	if (target->addresses.count > TARGET_ADDRESSES_MOST)
		binder_complain_of(binder, value, key, "holds too many: a target has 16 addresses at most");
}

static void bind_domains(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	binder_list(binder, key, value, scan_check_domain, &target->domains);
	target->lines[LINE_DOMAINS] = value->line;
	if (target->domains.count > TARGET_DOMAINS_MOST)
		binder_complain_of(binder, value, key, "holds too many: a target has 32 domains at most");
}

static void bind_endpoints(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct target_setting *target = into;

	binder_list(binder, key, value, scan_check_ports, &target->endpoints);
	target->lines[LINE_ENDPOINTS] = value->line;
}

static const struct binder_word target_words[] = {
	{ "addresses", bind_addresses },   { "domains", bind_domains }, { "endpoints", bind_endpoints }, { "host", bind_host },
	{ "local-user", bind_local_user }, { NULL, NULL },
};

static void bind_target(struct binder *binder, const struct node *key, const struct node *value)
{
	struct settings *settings = binder->whole;
	struct target_setting *target;
	struct err err = ERR_INIT;

	MEM_ROOM(settings->targets, settings->target_count, settings->target_capacity);
	target = &settings->targets[settings->target_count++];
	*target = (struct target_setting){ .name = key->text, .line = key->line };
	if (value->kind == NODE_MAP)
		binder_map(binder, value, target_words, target);
	else if (value->kind != NODE_TEXT || value->text[0] != '\0')
		binder_complain_of(binder, value, key, "is a target: a map of addresses, domains, endpoints, host and local-user, or nothing");
	/* Without a host of its own, the name is looked up and stands in envelopes. */
	if (target->lines[LINE_HOST] == 0 && scan_check_host(key->text, &err) != 0)
		binder_complain(binder, key, err.text);
}

static void bind_targets(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	if (!binder_wants_map(binder, key, value, "is a map: the name of each target, and what is known of it"))
		return;
	for (const struct node *name = value->first; name != NULL; name = name->next->next)
		if (name->kind == NODE_TEXT && strcmp(name->text, "<<") != 0)
			bind_target(binder, name, name->next);
}

/* vantages */

enum vantage_line { LINE_VIA, LINE_EXPECT, LINE_HELO, LINE_CA, LINE_CERTIFICATE, LINE_KEY };

static void bind_via(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->via = binder_text(binder, key, value);
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

	vantage->expect = binder_checked(binder, key, value, check_expect);
	vantage->lines[LINE_EXPECT] = value->line;
}

static void bind_vantage_helo(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->helo = binder_checked(binder, key, value, scan_check_helo);
	vantage->lines[LINE_HELO] = value->line;
}

/* It becomes a parameter of the vantage's. */
static int check_file(const char *text, struct err *err)
{
	return text[strcspn(text, "&?")] == '\0' ? 0 : err_set(err, ERR_SYNTAX, "the name of a vantage's file may hold no '&' and no '?'");
}

static void bind_ca(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->ca = binder_checked(binder, key, value, check_file);
	vantage->lines[LINE_CA] = value->line;
}

static void bind_certificate(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->certificate = binder_checked(binder, key, value, check_file);
	vantage->lines[LINE_CERTIFICATE] = value->line;
}

static void bind_key(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct vantage_setting *vantage = into;

	vantage->key = binder_checked(binder, key, value, check_file);
	vantage->lines[LINE_KEY] = value->line;
}

static const struct binder_word vantage_words[] = {
	{ "via", bind_via },
	{ "expect", bind_expect },
	{ "helo", bind_vantage_helo },
	{ "ca", bind_ca },
	{ "certificate", bind_certificate },
	{ "key", bind_key },
	{ NULL, NULL },
};

/* "?NAME=VALUE", or "&NAME=VALUE" behind others. */
static void add_parameter(struct buf *text, const char *name, const char *value)
{
	bool others = strchr(text->data, '?') != NULL && strchr(text->data, ' ') == NULL;

	if (value != NULL)
		buf_printf(text, "%c%s=%s", others ? '&' : '?', name, value);
}

/* The vantage as --from takes it, which is checked by making one. */
static void finish_vantage(struct binder *binder, const struct node *key, const struct node *value, struct vantage_setting *vantage)
{
	struct buf text = BUF_OWN;
	struct err err = ERR_INIT;
	struct vantage *made = NULL;

	buf_printf(&text, "%s=%s", vantage->name, vantage->via);
	add_parameter(&text, "expect", vantage->expect);
	add_parameter(&text, "ca", vantage->ca);
	add_parameter(&text, "certificate", vantage->certificate);
	add_parameter(&text, "key", vantage->key);
	vantage->text = pool_text(settings_of(binder)->pool, text.data);
	buf_release(&text);
	if (vantage->name[0] == '\0' || vantage->name[strcspn(vantage->name, "=:?")] != '\0') {
		binder_complain_of(binder, key, key, "cannot be the name of a vantage: it is a word without '=', ':' and '?'");
		return;
	}
	made = vantage_parse(vantage->text, &err);
	if (made == NULL)
		binder_complain(binder, value, err.text);
	vantage_free(made);
}

static void bind_vantage(struct binder *binder, const struct node *key, const struct node *value)
{
	struct settings *settings = binder->whole;
	struct vantage_setting *vantage;
	size_t before = binder->complaints->count;

	MEM_ROOM(settings->vantages, settings->vantage_count, settings->vantage_capacity);
	vantage = &settings->vantages[settings->vantage_count++];
	*vantage = (struct vantage_setting){ .name = key->text, .line = key->line };
	if (value->kind == NODE_MAP) {
		binder_map(binder, value, vantage_words, vantage);
		if (vantage->lines[LINE_VIA] == 0)
			binder_complain_of(binder, key, key, "does not say via what it asks: {via: URI}");
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
	struct settings *settings = binder->whole;
	const char *text = binder_text(binder, key, item);
	struct err err = ERR_INIT;
	struct vantage *made = text ? vantage_parse(text, &err) : NULL;

	if (text == NULL)
		return;
	if (made == NULL)
		binder_complain(binder, item, err.text);
	vantage_free(made);
	MEM_ROOM(settings->vantages, settings->vantage_count, settings->vantage_capacity);
	settings->vantages[settings->vantage_count++] = (struct vantage_setting){ .name = text, .text = text, .line = item->line };
}

static void bind_vantages(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	for (const struct node *item = value->first; value->kind == NODE_LIST && item != NULL; item = item->next)
		bind_vantage_text(binder, key, item);
	if (value->kind == NODE_LIST || !binder_wants_map(binder, key, value, "is a map: the name of each vantage, and via what it asks"))
		return;
	for (const struct node *name = value->first; name != NULL; name = name->next->next)
		if (name->kind == NODE_TEXT && strcmp(name->text, "<<") != 0)
			bind_vantage(binder, name, name->next);
}

/* ignore */

static void bind_finding(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct exception *)into)->finding = binder_checked(binder, key, value, exception_check_finding);
}

static void bind_where(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	((struct exception *)into)->where = binder_text(binder, key, value);
}

/* It comes into reports, where every text is safe to show. */
static void bind_reason(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	const char *text = binder_text(binder, key, value);

	if (text != NULL && text[strspn(text, " \t\n")] == '\0')
		binder_complain_of(binder, value, key, "has no value");
	((struct exception *)into)->reason = text;
}

static void bind_expires(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	struct exception *exception = into;
	const char *text = binder_text(binder, key, value);
	struct err err = ERR_INIT;

	exception->expires = text;
	if (text != NULL && exception_date(text, &exception->end, &err) != 0)
		binder_complain(binder, value, err.text);
}

static const struct binder_word exception_words[] = {
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
	struct settings *settings = binder->whole;
	struct exceptions *exceptions = &settings->exceptions;
	struct exception *row;
	char *source;

	if (map->kind != NODE_MAP) {
		binder_complain(binder, map, "an entry to ignore is a map: {finding: ID, where: PLACE, reason: \"...\", expires: YYYY-MM-DD}");
		return;
	}
	MEM_ROOM(exceptions->rows, exceptions->count, exceptions->capacity);
	row = &exceptions->rows[exceptions->count++];
	*row = (struct exception){ .finding = NULL };
	source = mem_printf("%s:%u", settings->path, map->line);
	row->source = pool_text(settings->pool, source);
	free(source);
	binder_map(binder, map, exception_words, row);
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!has_key(map, needed[i][0]))
			binder_complain(binder, map, needed[i][1]);
}

static void bind_ignore(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	if (value->kind != NODE_LIST) {
		binder_complain_of(binder, value, key, "is a list of entries, each {finding: ID, where: PLACE, reason: \"...\", expires: YYYY-MM-DD}");
		return;
	}
	for (const struct node *item = value->first; item != NULL; item = item->next)
		bind_exception(binder, item);
}

/* own-networks */

static int check_network(const char *text, struct err *err)
{
	struct address network;
	unsigned bits;

	return scan_read_network(text, &network, &bits, err);
}

static void bind_networks(struct binder *binder, const struct node *key, const struct node *value, void *into)
{
	(void)into;
	binder_list(binder, key, value, check_network, &settings_of(binder)->networks);
	settings_of(binder)->networks_line = value->line;
}

/* All the rest: options. */

static const struct binder_word sections[] = {
	{ "targets", bind_targets }, { "vantages", bind_vantages }, { "own-networks", bind_networks }, { "ignore", bind_ignore }, { NULL, NULL },
};

/* "{listen: 203.0.113.9:25}" is listen:203.0.113.9:25. */
static const char *place_of(struct binder *binder, const struct node *key, const struct node *value)
{
	const char *rest = NULL;
	char *text;

	if (value->kind != NODE_MAP)
		return binder_text(binder, key, value);
	if (value->count != 1 || value->first->kind != NODE_TEXT)
		binder_complain_of(binder, value, key, "takes one entry: {KIND: REST}, or \"KIND:REST\"");
	else
		rest = binder_text(binder, value->first, value->first->next);
	if (rest == NULL)
		return NULL;
	text = mem_printf("%s:%s", value->first->text, rest);
	rest = pool_text(settings_of(binder)->pool, text);
	free(text);
	return rest;
}

static void store_item(struct binder *binder, const struct option_row *row, bool wins, const struct node *key, const struct node *item)
{
	const char *text = row->kind == OPTION_PLACE ? place_of(binder, key, item) : binder_text(binder, key, item);
	struct err err = ERR_INIT;

	if (text != NULL && option_store(row, wins ? settings_of(binder)->values : NULL, row->key, text, &err) != 0)
		binder_complain(binder, item, err.text);
}

static void bind_option(struct binder *binder, size_t index, const struct node *key, const struct node *value)
{
	struct settings *settings = binder->whole;
	const struct option_row *row = &settings->rows[index];
	bool wins = settings->origins[index].origin == SETTING_DEFAULT;

	if (row->kind == OPTION_LIST && value->kind == NODE_LIST) {
		if (value->first == NULL)
			binder_complain_of(binder, value, key, "is an empty list");
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
	const struct option_row *rows = settings_of(binder)->rows;

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
	const struct option_row *row = settings_of(binder)->rows;

	while (row->name != NULL && strcmp(row->name, key->text) != 0)
		row++;
	if (row->name == NULL)
		return false;
	if (row->key == NULL)
		binder_complain_of(binder, key, key, "stands on the command line only");
	else
		tree_complain(binder->tree, key, binder->complaints, "'%s' is called '%s' in this file", row->name, row->key);
	return true;
}

void settings_bind(struct settings *settings)
{
	struct binder binder = { .tree = &settings->tree, .complaints = &settings->complaints, .whole = settings };
	const struct node *root = settings->tree.root;

	if (root->kind == NODE_TEXT && root->text[0] == '\0')
		return;
	if (root->kind != NODE_MAP) {
		binder_complain(&binder, root, "the file is a map: key: value");
		return;
	}
	for (const struct node *key = root->first; key != NULL && !binder_is_full(&binder); key = key->next->next) {
		struct nearest nearest = NEAREST_INIT(key->text);
		const struct binder_word *word = binder_find(sections, key->text, &nearest);

		if (key->kind != NODE_TEXT || strcmp(key->text, "<<") == 0)
			continue;
		if (word != NULL)
			word->bind(&binder, key, key->next, NULL);
		else if (!bind_as_option(&binder, key, &nearest) && !is_told_as_option(&binder, key))
			binder_complain_of_word(&binder, key, &nearest);
	}
}
