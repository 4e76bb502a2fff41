/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_tell.c - what of a configuration does not do what it says
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/pool.h"
#include "mta/exim_acl.h"
#include "mta/exim_grant.h"

enum { EXCLUSIONS_MOST = 200 };

static struct fact *tell(struct exim *exim, enum fact_kind kind, const char *source, const char *setting, const char *word)
{
	struct fact *fact = config_add_fact(exim->config, kind, source);

	fact->text = config_text(exim->config, "%.100s: %.300s", setting, config_shown(exim->config, word, strlen(word)));
	return fact;
}

static bool looks_like_six(const char *word, const char *next)
{
	return (strchr(word, ':') != NULL || (next != NULL && strchr(next, ':') != NULL)) && strspn(word, "0123456789abcdefABCDEF:./") == strlen(word);
}

static void tell_cut(struct exim *exim, const char *source, const char *setting, const struct exim_words *words, size_t index, bool six, bool included)
{
	struct fact *fact = tell(exim, FACT_CUT_SHORT, source, setting, words->rows[index].text);
	size_t behind = words->count - index - 1;

	fact->title = config_text(exim->config, six ? "%.60s: the colons of an IPv6 address cut the list" : "%.60s ends at a word that is no address", setting);
	fact->says = config_text(exim->config, "for each client that comes so far Exim says %s: the %zu word%s behind it %s never looked at",
				 included ? "that the list covers it, whoever it is" : "\"list matching forced to fail\"", behind, behind == 1 ? "" : "s",
				 behind == 1 ? "is" : "are");
	fact->fix = six ? "begin the list with <; and put semicolons between its words, or double each colon of an address" :
			  "write all four numbers of an IPv4 network: 10.0.0.0/8";
}

/* A word that wants the client's name, and words behind it. */
static void tell_nameless(struct exim *exim, const char *source, const char *setting, const struct exim_words *words, size_t index, bool included)
{
	const char *word = words->rows[index].text;
	struct fact *fact = tell(exim, FACT_CUT_SHORT, source, setting, word);
	size_t behind = words->count - index - 1;

	fact->title = config_text(exim->config, strchr(word, '#') != NULL ? "%.60s has a comment in it, which is a word of the list" :
				  "%.60s ends at a name for clients without one", setting);
	fact->says = config_text(exim->config, "Exim looks up the client's host name here; who has none is %s, and the %zu word%s behind it %s not looked at for it",
				 included ? "covered by the list" : "not covered by the list", behind, behind == 1 ? "" : "s", behind == 1 ? "is" : "are");
	fact->fix = strchr(word, '#') != NULL ? "a comment stands on a line of its own, with # as its first character" : "put addresses before names";
}

static void tell_mask(struct exim *exim, const char *source, const char *setting, const char *word, const struct prefix *network)
{
	struct fact *fact = tell(exim, FACT_HOST_BITS, source, setting, word);
	char text[PREFIX_TEXT];

	prefix_print(network, text);
	fact->title = config_text(exim->config, "%.60s has bits behind its mask", word);
	fact->says = config_text(exim->config, "Exim takes it for %s without a word", text);
	fact->fix = config_text(exim->config, "write %.*s if that one address was meant", (int)strcspn(word, "/"), word);
}

/* One list's words, in order. */
struct look {
	bool ignores;
	bool includes;
	bool cut;
	size_t exclusions;
	struct prefixset covered;
};

static void look_at_network(struct exim *exim, struct look *look, const char *source, const char *setting, const char *word, bool negated)
{
	struct prefix network;
	struct address last;
	bool host_bits;

	exim_network(word, &network, &host_bits);
	prefix_last(&network, &last);
	if (host_bits)
		tell_mask(exim, source, setting, word, &network);
	if (negated && look->exclusions++ < EXCLUSIONS_MOST) {
		prefixset_settle(&look->covered);
		if (prefixset_has(&look->covered, &network.first) && prefixset_has(&look->covered, &last)) {
			struct fact *fact = tell(exim, FACT_SHADOWED, source, setting, word);

			fact->title = "an exclusion stands behind what it should exclude";
			fact->says = "the first word that fits decides, and an earlier one covers all of it";
			fact->fix = "put the exclusion first";
		}
	} else if (!negated) {
		prefixset_add(&look->covered, &network);
	}
}

static void look_at(struct exim *exim, struct look *look, const struct exim_value *list, const char *setting, const struct exim_words *words, size_t index)
{
	const char *word = words->rows[index].text, *next = index + 1 < words->count ? words->rows[index + 1].text : NULL;
	const char *source = exim_place(exim, list, words->rows[index].at);
	bool negated = *word == '!', host_bits, six;
	struct prefix network;

	if (strcmp(word, "+ignore_unknown") == 0 || strcmp(word, "+include_unknown") == 0) {
		look->includes = word[2] == 'n';
		look->ignores = !look->includes;
		return;
	}
	if (negated)
		for (word++; isspace((unsigned char)*word); word++)
			;
	six = words->separator == ':' && looks_like_six(word, next);
	if (exim_network(word, &network, &host_bits) != 0)
		look_at_network(exim, look, source, setting, word, negated);
	else if (exim_is_malformed(word) || (six && !exim_is_plain_name(word)))
		tell_cut(exim, source, setting, words, index, six, look->includes);
	else if (strchr("*@/+^", *word) == NULL && !exim_is_plain_name(word) && strchr(word, ';') == NULL)
		tell_nameless(exim, source, setting, words, index, look->includes);
	else if (next != NULL && *word == '*' && word[1] != '\0')
		tell_nameless(exim, source, setting, words, index, look->includes);
	else
		return;
	look->cut = look->cut || (exim_network(word, &network, &host_bits) == 0 && !look->ignores);
}

static void look_through(struct exim *exim, const struct exim_value *list, const char *setting)
{
	struct config_client client = { .address = { .family = AF_INET, .bytes = { 198, 51, 100, 201 } } };
	struct look look = { .covered = PREFIXSET_INIT };
	enum exim_expanded expanded;
	struct exim_words *words;
	struct exim_walk walk;
	bool kept;

	exim_walk_init(&walk, exim, &client, 25);
	words = exim_words(&walk, list, true, &kept, &expanded);
	for (size_t i = 0; words != NULL && i < words->count && i < EXIM_SEARCHED_WORDS_MOST && !look.cut; i++)
		look_at(exim, &look, list, setting, words, i);
	if (!kept)
		exim_words_free(words);
	exim_walk_release(&walk);
	prefixset_release(&look.covered);
}

static void tell_start(struct exim *exim)
{
	struct fact *fact = config_add_fact(exim->config, FACT_REFUSES_SERVICE, exim->fault_place);

	fact->title = "Exim does not start with this configuration";
	fact->text = exim->fault;
	fact->says = "Exim ends over the first line that it cannot read; one that runs already goes on with what it read before";
	fact->fix = "mend the line, and try exim4 -bV";
}

void exim_tell(struct exim *exim)
{
	if (exim->fault != NULL) {
		tell_start(exim);
		return;
	}
	for (size_t i = 0; i < exim->named_count; i++)
		if (exim->named[i].kind == EXIM_HOSTS)
			look_through(exim, &exim->named[i].value, exim_setting(exim, exim->named[i].name, exim->named[i].value.line));
	for (size_t i = 0; i < exim->condition_count; i++)
		if (exim->conditions[i].term->kind == TERM_HOSTS)
			look_through(exim, &exim->conditions[i].value, "hosts");
}
