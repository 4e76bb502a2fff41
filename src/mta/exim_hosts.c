/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_hosts.c - the words of a list as grants
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/exim_grant.h"

/* One list, with those that it names. */
struct listing {
	struct exim_search *search;
	const char *setting;
	const struct exim_envelope *envelope;
	bool only_open;
	unsigned deep;
};

static const char *shown(const struct listing *listing, const char *text)
{
	return config_shown(listing->search->exim->config, text, strlen(text));
}

/* NULL where it is there already. */
static struct grant *add(const struct listing *listing, enum grant_to to, const char *source, const char *value, const char *covers)
{
	struct config *config = listing->search->exim->config;
	struct grant *grant;

	if (config->grant_count >= CONFIG_GRANTS_MOST)
		return NULL;
	for (size_t i = 0; i < config->grant_count && i < 2000; i++)
		if (config->grants[i].to == to && config->grants[i].source == source && config->grants[i].value == value)
			return NULL;
	grant = config_add_grant(config, to, source, listing->setting);
	grant->value = value;
	grant->covers = covers;
	return grant;
}

static void drop_last(struct config *config)
{
	config->grant_count--;
	prefixset_release(&config->grants[config->grant_count].addresses);
}

/* By a client that it covers: the first address, or the last where the first is an exception. */
static void settle(const struct listing *listing, struct grant *grant, const struct address *first, const struct address *last, const char *name)
{
	struct exim_try what = { .address = *first, .name = name, .envelope = *listing->envelope };
	bool tried = exim_try(listing->search, &what);

	if (tried && what.answer != ANSWER_PERMIT && !address_equal(first, last)) {
		struct exim_try other = { .address = *last, .name = name, .envelope = *listing->envelope };

		if (exim_try(listing->search, &other) && other.answer == ANSWER_PERMIT)
			what = other;
	}
	exim_settle_grant(listing->search, grant, &what, tried);
	if (listing->only_open && (!grant->in_force || !tried))
		drop_last(listing->search->exim->config);
}

static void add_network(const struct listing *listing, const char *source, const char *value, const struct prefix *network, bool host_bits)
{
	struct grant *grant = add(listing, GRANT_ADDRESSES, source, value, "");
	struct address last;

	if (grant == NULL)
		return;
	config_set_network(listing->search->exim->config, grant, network, host_bits);
	prefix_last(network, &last);
	settle(listing, grant, &network->first, &last, NULL);
}

static struct address stranger(void)
{
	struct address address;
	struct err err = ERR_INIT;

	if (address_parse(exim_strangers[0], &address, &err) != 0)
		BUG("an address of ours is none");
	return address;
}

static void add_name(const struct listing *listing, enum grant_to to, const char *source, const char *value, const char *covers, const char *name)
{
	struct grant *grant = add(listing, to, source, value, covers);
	struct address address = stranger();

	if (grant != NULL)
		settle(listing, grant, &address, &address, name);
}

/* A name that is looked up, or an expression: no client is known that it covers. */
static void add_untried(const struct listing *listing, enum grant_to to, const char *source, const char *value, const char *covers)
{
	struct grant *grant = listing->only_open ? NULL : add(listing, to, source, value, covers);
	struct exim_try none = { .answer = ANSWER_UNKNOWN };

	if (grant != NULL)
		exim_settle_grant(listing->search, grant, &none, false);
}

static void add_own(const struct listing *listing, const char *source)
{
	const struct exim *exim = listing->search->exim;

	if (exim->own_count == 0)
		add_untried(listing, GRANT_UNKNOWN, source, "@[]", "the machine's own addresses, which are not known here");
	for (size_t i = 0; i < exim->own_count; i++) {
		struct prefix one;
		char text[ADDRESS_TEXT];

		prefix_of(&exim->own[i].address, prefix_bits(exim->own[i].address.family), &one);
		address_print(&exim->own[i].address, text);
		add_network(listing, source, config_text(exim->config, "@[]: %s", text), &one, false);
	}
}

/* "net24-lsearch;/file": its keys are networks. */
static bool add_keys(const struct listing *listing, const char *word, const char *source)
{
	const char *semicolon = strchr(word, ';'), *type = word;
	struct exim_file_walk lines;
	char *end;
	long mask;

	if (strncmp(word, "net", 3) != 0 || semicolon == NULL)
		return false;
	mask = strtol(word + 3, &end, 10);
	mask = end == word + 3 ? -1 : mask;
	type = *end == '-' ? end + 1 : "";
	if (strncmp(type, "lsearch;", 8) != 0 && strncmp(type, "iplsearch;", 10) != 0)
		return false;
	lines = (struct exim_file_walk){ .file = exim_open(listing->search->exim, semicolon + 1 + strspn(semicolon + 1, " \t")) };
	while (lines.file->why == NULL && exim_file_next(&lines, false) && listing->search->words++ < EXIM_SEARCHED_WORDS_MOST) {
		bool quoted = *lines.line == '"', host_bits;
		char *key = lines.line + quoted;
		struct prefix network;
		const char *place = config_place(listing->search->exim->config, lines.file->shown, lines.number), *value;

		key[strcspn(key, quoted ? "\"" : ": \t")] = '\0';
		value = shown(listing, key);
		if (exim_network(key, &network, &host_bits) != 0 && (*type == 'i' || (strchr(key, '/') != NULL ? mask >= 0 : mask < 0)))
			add_network(listing, place, value, &network, host_bits);
	}
	(void)source;
	return true;
}

/* "*.example.net": a name that it covers. */
static const char *name_for(const struct listing *listing, const char *word)
{
	if (*word == '*')
		return config_text(listing->search->exim->config, "a%s%.200s", word[1] == '.' ? "" : "-", word + 1);
	return word;
}

static void tell_unknown(const struct listing *listing, const char *word, const char *source, const char *why)
{
	struct config *config = listing->search->exim->config;
	struct fact *fact;

	add_untried(listing, GRANT_UNKNOWN, source, word, config_text(config, "not known: %.300s", why));
	if (listing->only_open)
		return;
	fact = config_add_fact(config, FACT_NOT_EVALUATED, source);
	fact->title = config_text(config, "%.100s has a word that is not evaluated", listing->setting);
	fact->text = word;
	fact->says = config_text(config, "%.400s; it may grant to anyone", why);
	fact->fix = "look up by hand whom it covers: exim4 -bh ADDRESS";
}

static void add_word(const struct listing *listing, const char *word, const char *source)
{
	const char *value = shown(listing, word);
	struct prefix network;
	bool host_bits;

	/* A piece of an IPv6 address that was cut by its colons is told elsewhere. */
	if (*word == '\0' || exim_is_malformed(word) || (strchr(word, ':') != NULL && strspn(word, "0123456789abcdefABCDEF:./") == strlen(word) &&
							 exim_network(word, &network, &host_bits) == 0) || listing->search->words++ >= EXIM_SEARCHED_WORDS_MOST)
		return;
	if (strcmp(word, "*") == 0)
		add_name(listing, GRANT_ANYONE, source, value, "anyone", NULL);
	else if (strcmp(word, "@[]") == 0)
		add_own(listing, source);
	else if (exim_network(word, &network, &host_bits) != 0)
		add_network(listing, source, value, &network, host_bits);
	else if (add_keys(listing, word, source))
		return;
	else if (strcmp(word, "@") == 0 || exim_is_plain_name(word))
		add_untried(listing, GRANT_NAME, source, value, config_text(listing->search->exim->config, "%s: the addresses of this name", value));
	else if (*word == '^')
		add_untried(listing, GRANT_NAME, source, value, value);
	else if (strchr(word, ';') != NULL && strstr(word, "lsearch") == NULL)
		tell_unknown(listing, value, source, "a lookup is not made");
	else if (strchr(word, ';') != NULL)
		add_untried(listing, GRANT_NAME, source, value, config_text(listing->search->exim->config, "the names in %s", value));
	else
		add_name(listing, GRANT_NAME, source, value, value, name_for(listing, word));
}

static void take_list(struct listing *listing, const struct exim_value *list, bool grants);

static void take_file(const struct listing *listing, const char *path, bool grants)
{
	struct exim_file_walk lines = { .file = exim_open(listing->search->exim, path) };

	while (lines.file->why == NULL && exim_file_next(&lines, false)) {
		const char *word = lines.line;
		bool negated = *word == '!';

		if (negated)
			for (word++; isspace((unsigned char)*word); word++)
				;
		if (grants != negated)
			add_word(listing, word, config_place(listing->search->exim->config, lines.file->shown, lines.number));
	}
}

static void take_word(struct listing *listing, const struct exim_value *list, const struct exim_word *row, bool grants)
{
	const char *word = row->text;
	const struct exim_named *named;
	const char *outer = listing->setting;

	if (*word == '!') {
		grants = !grants;
		for (word++; isspace((unsigned char)*word); word++)
			;
	}
	if (*word == '+') {
		named = exim_named(listing->search->exim, EXIM_HOSTS, word + 1);
		if (named == NULL)
			return;
		listing->setting = exim_setting(listing->search->exim, named->name, named->value.line);
		take_list(listing, &named->value, grants);
		listing->setting = outer;
	} else if (*word == '/') {
		take_file(listing, word, grants);
	} else if (grants) {
		add_word(listing, word, exim_place(listing->search->exim, list, row->at));
	}
}

/* A list that cannot be split before it is expanded, for a client of its own kind. */
static void take_list(struct listing *listing, const struct exim_value *list, bool grants)
{
	struct config_client client = { .address = stranger() };
	struct exim *exim = listing->search->exim;
	enum exim_expanded expanded;
	struct exim_words *words;
	struct exim_walk walk;
	bool kept;

	if (++listing->deep > EXIM_LISTS_DEEP_MOST || listing->search->words++ >= EXIM_SEARCHED_WORDS_MOST) {
		listing->deep--;
		return;
	}
	exim_walk_init(&walk, exim, &client, exim->ports[0]);
	walk.envelope = *listing->envelope;
	walk.has_domain = true;
	words = exim_words(&walk, list, true, &kept, &expanded);
	for (size_t i = 0; words != NULL && i < words->count; i++)
		take_word(listing, list, &words->rows[i], grants);
	if (words == NULL && expanded == EXPAND_UNKNOWN && grants)
		tell_unknown(listing, shown(listing, list->text), exim_place(exim, list, 0), walk.reason);
	if (!kept)
		exim_words_free(words);
	exim_walk_release(&walk);
	listing->deep--;
}

void exim_grant_hosts(struct exim_search *search, const struct exim_statement *statement, const struct exim_value *list, const char *setting, bool grants,
		      const struct exim_envelope *envelope, bool only_open)
{
	struct listing listing = { .search = search, .setting = setting, .envelope = envelope, .only_open = only_open };

	(void)statement;
	take_list(&listing, list, grants);
}

/* A recipient's domain that a word covers; NULL where none is known. */
static const char *domain_for(const struct exim_search *search, const char *word)
{
	if (strcmp(word, "*") == 0)
		return EXIM_DOMAIN;
	if (*word == '*' || exim_is_plain_name(word))
		return config_text(search->exim->config, "%s%.200s", *word == '*' ? "a" : "", word + (*word == '*'));
	return NULL;
}

static bool is_local(struct exim_search *search, const char *domain)
{
	const struct exim_named *local = exim_named(search->exim, EXIM_DOMAINS, "local_domains");
	struct config_client client = { .address = stranger() };
	struct exim_walk walk;
	enum exim_match match;

	if (local == NULL)
		return false;
	exim_walk_init(&walk, search->exim, &client, search->exim->ports[0]);
	match = exim_list_match(&walk, EXIM_DOMAINS, &local->value, true, domain);
	exim_walk_release(&walk);
	return match == MATCH_YES;
}

static void add_domain(const struct listing *listing, const char *word, const char *source)
{
	struct exim_try what = { .address = stranger(), .envelope = exim_stranger() };
	bool mx = text_starts_nocase(word, "@mx_");
	struct grant *grant;

	what.envelope.domain = domain_for(listing->search, word);
	if ((what.envelope.domain == NULL && !mx) || (!mx && is_local(listing->search, what.envelope.domain)))
		return;
	if (!mx && (!exim_try(listing->search, &what) || (what.answer != ANSWER_PERMIT && what.answer != ANSWER_UNKNOWN)))
		return;
	grant = add(listing, GRANT_RECIPIENT, source, shown(listing, word), shown(listing, word));
	if (grant != NULL)
		exim_settle_grant(listing->search, grant, &what, false);
}

static void take_domains(struct listing *listing, const struct exim_value *list)
{
	struct config_client client = { .address = stranger() };
	enum exim_expanded expanded;
	struct exim_words *words;
	struct exim_walk walk;
	bool kept;

	if (++listing->deep <= EXIM_LISTS_DEEP_MOST) {
		exim_walk_init(&walk, listing->search->exim, &client, 25);
		words = exim_words(&walk, list, true, &kept, &expanded);
		for (size_t i = 0; words != NULL && i < words->count && listing->search->words++ < EXIM_SEARCHED_WORDS_MOST; i++) {
			const char *word = words->rows[i].text;
			const struct exim_named *named = *word == '+' ? exim_named(listing->search->exim, EXIM_DOMAINS, word + 1) : NULL;
			const char *outer = listing->setting;

			if (named != NULL && strcmp(named->name, "local_domains") != 0) {
				listing->setting = exim_setting(listing->search->exim, named->name, named->value.line);
				take_domains(listing, &named->value);
				listing->setting = outer;
			} else if (named == NULL && *word != '!' && *word != '\0') {
				add_domain(listing, word, exim_place(listing->search->exim, list, words->rows[i].at));
			}
		}
		if (!kept)
			exim_words_free(words);
		exim_walk_release(&walk);
	}
	listing->deep--;
}

void exim_grant_domains(struct exim_search *search, const struct exim_value *list, const char *setting)
{
	struct exim_envelope envelope = exim_stranger();
	struct listing listing = { .search = search, .setting = setting, .envelope = &envelope };

	take_domains(&listing, list);
}
