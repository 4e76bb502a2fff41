/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_suit.c - an envelope that a statement of an ACL is made for
 *
 * What a stranger can say he can say on purpose: a sender, a name in HELO, a
 * recipient's local part.  The first word of a list that names one is taken.
 */
#include <string.h>

#include "base/pool.h"
#include "mta/exim_acl.h"
#include "mta/exim_grant.h"

/* The first word that is not negated, in a list and those that it names; NULL. */
static const char *first_word(struct exim_search *search, enum exim_list_kind kind, const struct exim_value *list, unsigned deep)
{
	struct config_client client = { .address = { .family = AF_INET, .bytes = { 198, 51, 100, 201 } } };
	const char *found = NULL;
	enum exim_expanded expanded;
	struct exim_words *words;
	struct exim_walk walk;
	bool kept;

	exim_walk_init(&walk, search->exim, &client, search->exim->ports[0]);
	words = exim_words(&walk, list, true, &kept, &expanded);
	for (size_t i = 0; words != NULL && i < words->count && found == NULL && search->words++ < EXIM_SEARCHED_WORDS_MOST; i++) {
		const char *word = words->rows[i].text;
		const struct exim_named *named = *word == '+' ? exim_named(search->exim, kind, word + 1) : NULL;

		if (named != NULL && deep < EXIM_LISTS_DEEP_MOST)
			found = first_word(search, kind, &named->value, deep + 1);
		else if (*word == '@' && word[1] == '\0' && search->exim->primary != NULL)
			found = search->exim->primary;
		else if (strpbrk(word, "!^/;+") == NULL && (*word != '\0' || kind == EXIM_ADDRESSES) && strcmp(word, "@[]") != 0)
			found = word;
	}
	if (!kept)
		exim_words_free(words);
	exim_walk_release(&walk);
	return found;
}

static const char *domain_of(const struct exim_search *search, const char *word)
{
	if (*word == '*')
		return strcmp(word, "*") == 0 ? "example.net" : config_text(search->exim->config, "a%.200s", word + 1);
	return word;
}

static const char *sender_for(const struct exim_search *search, const char *word)
{
	const char *mark = strrchr(word, '@');

	if (*word == '\0')
		return "";
	if (mark == NULL)
		return config_text(search->exim->config, "sender@%.200s", domain_of(search, word));
	return config_text(search->exim->config, "%s%.*s@%.200s", *word == '*' ? "sender" : "", (int)(mark - word) - (*word == '*'), word + (*word == '*'),
			   domain_of(search, mark + 1));
}

/* Whether another sender than a stranger's is wanted. */
static bool suit_sender(struct exim_search *search, const struct exim_condition *condition, struct exim_envelope *envelope, const char **covers)
{
	bool domains = condition->term->kind == TERM_SENDER_DOMAINS;
	const char *word = first_word(search, domains ? EXIM_DOMAINS : EXIM_ADDRESSES, &condition->value, 0);

	if (word == NULL || strcmp(word, "*") == 0 || condition->negated)
		return false;
	envelope->sender = sender_for(search, word);
	*covers = *envelope->sender != '\0' ? config_shown(search->exim->config, envelope->sender, strlen(envelope->sender)) : "<>, the sender of bounces";
	return true;
}

static bool suit_helo(struct exim_search *search, const struct exim_condition *condition, struct exim_envelope *envelope, const char **covers)
{
	const struct exim_named *local = exim_named(search->exim, EXIM_DOMAINS, "local_domains");
	const char *name = local != NULL ? first_word(search, EXIM_DOMAINS, &local->value, 0) : NULL;

	if (strstr(condition->value.text, "sender_helo_name") == NULL)
		return false;
	if (name == NULL)
		name = search->exim->primary != NULL ? search->exim->primary : "localhost";
	envelope->helo = domain_of(search, name);
	*covers = config_shown(search->exim->config, envelope->helo, strlen(envelope->helo));
	return true;
}

static bool suit_recipient(struct exim_search *search, const struct exim_condition *condition, struct exim_envelope *envelope, const char **covers)
{
	const char *word = condition->term->kind == TERM_LOCAL_PARTS ? first_word(search, EXIM_LOCAL_PARTS, &condition->value, 0) : NULL;

	if (word == NULL || condition->negated || strchr(word, '*') != NULL)
		return false;
	envelope->local_part = pool_text(search->exim->config->pool, word);
	*covers = config_text(search->exim->config, "%.100s at any domain", config_shown(search->exim->config, word, strlen(word)));
	return true;
}

static bool suit_login(struct exim_search *search, const struct exim_condition *condition, struct exim_envelope *envelope, const char **covers)
{
	const char *word = first_word(search, EXIM_STRINGS, &condition->value, 0);

	if (condition->negated || word == NULL)
		return false;
	envelope->login = strcmp(word, "*") == 0 ? "plain" : pool_text(search->exim->config->pool, word);
	*covers = "whoever logs in";
	return true;
}

enum grant_to exim_suit(struct exim_search *search, const struct exim_statement *statement, struct exim_envelope *envelope, const char **covers)
{
	enum grant_to to = GRANT_ANYONE;

	*covers = "anyone";
	for (size_t i = 0; i < statement->count; i++) {
		const struct exim_condition *condition = &search->exim->conditions[statement->first + i];
		enum exim_term_kind kind = condition->term->kind;
		const char *by = NULL;
		enum grant_to suited = GRANT_ANYONE;

		if (kind == TERM_AUTHENTICATED && suit_login(search, condition, envelope, &by))
			suited = GRANT_LOGIN;
		else if ((kind == TERM_SENDERS || kind == TERM_SENDER_DOMAINS) && suit_sender(search, condition, envelope, &by))
			suited = GRANT_SENDER;
		else if (kind == TERM_CONDITION && suit_helo(search, condition, envelope, &by))
			suited = GRANT_HELO;
		else if (kind == TERM_LOCAL_PARTS && suit_recipient(search, condition, envelope, &by))
			suited = GRANT_RECIPIENT;
		else if (kind == TERM_ENCRYPTED && !condition->negated) {
			envelope->encrypted = true;
			by = "whoever starts TLS";
		}
		/* A login is the strongest of what may be asked for, and TLS the weakest. */
		if (by != NULL && to != GRANT_LOGIN) {
			to = suited;
			*covers = by;
		}
	}
	return to;
}
