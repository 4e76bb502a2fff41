/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_grant.c - whom the configuration lets relay
 *
 * Rows and words say whom they may be about; whether they let relay is asked of the
 * rule sets, with a client, a sender or a recipient that they fit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/sendmail_net.h"
#include "mta/sendmail_run.h"

/* An envelope and a client about whom nothing is said. */
struct outsider {
	struct address address;
	const char *sender, *recipient;
};

/* A row of a map or a member of a class. */
struct item {
	const struct sendmail_row *row;
	const struct sendmail_member *member;
	const char *source, *setting, *value;
	const char *about;              /* the key without its tag, the word */
	const char *rule;               /* the place of the rule that it is written in; NULL: it is a row or a member */
	bool is_row;
	bool is_guess;                  /* told only where it lets somebody relay */
};

enum { ABOUT_CLIENT = 1, ABOUT_SENDER = 2, ABOUT_RECIPIENT = 4, ABOUT_CERTIFICATE = 8 };

static const struct {
	const char *tag;
	unsigned about;
} tags[] = {
	{ "connect:", ABOUT_CLIENT },	     { "from:", ABOUT_SENDER },		  { "to:", ABOUT_RECIPIENT },
	{ "certissuer:", ABOUT_CERTIFICATE }, { "certsubject:", ABOUT_CERTIFICATE }, { "ipv6:", 0 },
};

static const struct sendmail_daemon *daemon_for(const struct sendmail *sendmail, int family)
{
	const struct sendmail_daemon *best = &sendmail->daemons[0];

	for (size_t i = 0; i < sendmail->daemon_count; i++) {
		const struct sendmail_daemon *daemon = &sendmail->daemons[i];

		if (daemon->family != 0 && daemon->family != family)
			continue;
		if (!daemon->wants_login)
			return daemon;
		best = daemon;
	}
	return best;
}

static void ask(struct sendmail *sendmail, const struct sendmail_question *given, struct sendmail_verdict *verdict)
{
	struct sendmail_question question = *given;

	if (sendmail->steps_left == 0) {
		*verdict = (struct sendmail_verdict){ .answer = ANSWER_UNKNOWN, .why = "its rules take more steps than are followed" };
		return;
	}
	question.daemon = daemon_for(sendmail, question.client.family);
	sendmail_ask(sendmail, &question, verdict);
}

/* Somebody about whom no row and no word says anything, nor about his mail. */
static void find_outsider(struct sendmail *sendmail, struct outsider *outsider)
{
	static const unsigned char addresses[][4] = { { 203, 0, 113, 77 }, { 198, 18, 7, 7 }, { 192, 0, 2, 77 }, { 8, 8, 4, 4 }, { 100, 64, 7, 7 } };
	static const char *const senders[] = { "sender@example.net", "sender@nowhere.test", "sender@elsewhere.invalid" };
	static const char *const recipients[] = { "victim@example.com", "victim@faraway.example", "victim@beyond.invalid" };
	enum { ADDRESSES = sizeof addresses / sizeof *addresses };
	bool found = false;

	*outsider = (struct outsider){ .address = { .family = AF_INET }, .sender = senders[0], .recipient = recipients[0] };
	for (size_t i = 0; i < (size_t)ADDRESSES * 9; i++) {
		struct sendmail_verdict verdict;
		struct outsider at = { .address = { .family = AF_INET }, .sender = senders[i / ADDRESSES % 3], .recipient = recipients[i / ADDRESSES / 3] };

		memcpy(at.address.bytes, addresses[i % ADDRESSES], 4);
		ask(sendmail, &(struct sendmail_question){ .client = at.address, .sender = at.sender, .recipient = at.recipient }, &verdict);
		if (verdict.row != NULL || verdict.member != NULL)
			continue;
		if (!found || verdict.answer != ANSWER_PERMIT)
			*outsider = at;
		found = true;
		/* Whoever passes all the same may be in a network that a rule names. */
		if (verdict.answer != ANSWER_PERMIT)
			break;
	}
}

/* Whether it is this item that lets pass; 1 yes, 0 no, -1: that cannot be told. */
static int lets_pass(const struct item *item, const struct sendmail_verdict *verdict)
{
	if (verdict->answer == ANSWER_UNKNOWN)
		return -1;
	if (item->rule != NULL)
		return verdict->answer == ANSWER_PERMIT && verdict->row == NULL && verdict->member == NULL && verdict->rule == item->rule;
	return verdict->answer == ANSWER_PERMIT && (item->is_row ? verdict->row == item->row : verdict->member == item->member);
}

static void set_idle(struct sendmail *sendmail, struct grant *grant, const struct sendmail_verdict *verdict)
{
	const char *by = verdict->by != NULL ? verdict->by : "the rules of sendmail.cf";

	grant->in_force = false;
	grant->idle_because = verdict->answer == ANSWER_PERMIT ?
				      config_text(sendmail->config, "%s lets such a client relay before it", by) :
				      config_text(sendmail->config, "it does not let such a client relay: %s (%s)", verdict->why, by);
}

static struct grant *add(struct sendmail *sendmail, const struct item *item, enum grant_to to)
{
	struct config *config = sendmail->config;
	struct grant *grant = config_add_grant(config, to, item->source, item->setting);

	grant->value = config_shown(config, item->value, strlen(item->value));
	grant->covers = config_shown(config, item->about, strlen(item->about));
	return grant;
}

static void of_network(struct sendmail *sendmail, const struct item *item, const struct prefix *network, const struct outsider *stranger)
{
	static const unsigned char fills[] = { 7, 130, 1 };
	struct sendmail_verdict verdict = { .answer = ANSWER_UNKNOWN };
	struct grant *grant;
	int passes = 0;

	for (size_t i = 0; i < sizeof fills && passes == 0; i++) {
		struct sendmail_question question = { .client = network->first, .sender = stranger->sender, .recipient = stranger->recipient };

		for (unsigned byte = network->length / 8; byte < prefix_bits(network->first.family) / 8; byte++)
			question.client.bytes[byte] = fills[i];
		ask(sendmail, &question, &verdict);
		passes = lets_pass(item, &verdict);
	}
	if (item->is_guess && passes <= 0)
		return;
	grant = add(sendmail, item, GRANT_ADDRESSES);
	config_set_network(sendmail->config, grant, network, false);
	if (passes == 0)
		set_idle(sendmail, grant, &verdict);
}

/* What no key has: it opens as soon as somebody mends it. */
static void of_meant(struct sendmail *sendmail, const struct item *item, const struct prefix *network, bool host_bits)
{
	struct grant *grant = add(sendmail, item, GRANT_ADDRESSES);

	config_set_network(sendmail->config, grant, network, host_bits);
	grant->in_force = false;
	grant->idle_because = strchr(item->about, '/') != NULL	       ? "sendmail knows no masks, and never asks for what is written so" :
			      text_starts_nocase(item->about, "ipv6:") ? "sendmail writes IPv6 addresses with all their groups and no leading zeros" :
									 "sendmail never asks for what is written so";
}

static int try_name(struct sendmail *sendmail, const struct item *item, const struct outsider *stranger, const char *before, struct sendmail_verdict *verdict)
{
	char *name = mem_printf("%s%.250s", before, item->about);

	ask(sendmail, &(struct sendmail_question){ .client = stranger->address, .name = name, .sender = stranger->sender, .recipient = stranger->recipient }, verdict);
	free(name);
	return lets_pass(item, verdict);
}

static int try_mail(struct sendmail *sendmail, const struct item *item, const struct outsider *stranger, bool sender, struct sendmail_verdict *verdict)
{
	const char *at = strchr(item->about, '@');
	char *address = mem_printf("%s%.250s%s", at == NULL ? "someone@" : "", item->about, at != NULL && at[1] == '\0' ? "example.net" : "");
	struct sendmail_question question = { .client = stranger->address, .sender = stranger->sender, .recipient = stranger->recipient };

	*(sender ? &question.sender : &question.recipient) = address;
	ask(sendmail, &question, verdict);
	free(address);
	return lets_pass(item, verdict);
}

/* `tagged`: it can be about nothing else, so that it is told where it does nothing, too. */
static bool of_client(struct sendmail *sendmail, const struct item *item, const struct outsider *stranger, bool tagged)
{
	struct sendmail_verdict verdict;
	struct prefix network;
	bool host_bits;
	int passes;

	if (sendmail_network(item->about, sendmail->short_six, &network)) {
		of_network(sendmail, item, &network, stranger);
		return true;
	}
	if (sendmail_meant_network(item->about, &network, &host_bits)) {
		of_meant(sendmail, item, &network, host_bits);
		return true;
	}
	if (item->rule != NULL)
		return false;
	passes = try_name(sendmail, item, stranger, "", &verdict);
	if (passes == 0)
		passes = try_name(sendmail, item, stranger, *item->about == '.' ? "host" : "host.", &verdict);
	if (passes == 0 && !tagged)
		return false;
	if (passes == 0)
		set_idle(sendmail, add(sendmail, item, GRANT_NAME), &verdict);
	else
		add(sendmail, item, GRANT_NAME);
	return true;
}

/* From: with RELAY only says that nothing is to be said against the sender, unless relay_mail_from is there. */
static void tell_sender(struct sendmail *sendmail, const struct item *item)
{
	struct fact *fact = config_add_fact(sendmail->config, FACT_DEAD, item->source);

	fact->title = "a sender's row that lets nobody relay";
	fact->text = item->value;
	fact->says = "the sender is accepted as with OK, and may still not send to the outside: the rules do not ask for it there";
	fact->fix = "take it out, or write OK if that is meant; FEATURE(relay_mail_from) would open the server to whoever uses that sender";
}

static void of_mail(struct sendmail *sendmail, const struct item *item, const struct outsider *stranger, bool sender, bool tagged)
{
	struct sendmail_verdict verdict;
	int passes = try_mail(sendmail, item, stranger, sender, &verdict);
	struct grant *grant;

	if (passes == 0 && sender && tagged)
		tell_sender(sendmail, item);
	if (passes == 0 && (sender || !tagged))
		return;
	grant = add(sendmail, item, sender ? GRANT_SENDER : GRANT_RECIPIENT);
	if (passes == 0)
		set_idle(sendmail, grant, &verdict);
}

static void of_item(struct sendmail *sendmail, const struct item *item, unsigned about, const struct outsider *stranger)
{
	bool tagged = about == ABOUT_CLIENT || about == ABOUT_SENDER || about == ABOUT_RECIPIENT;
	struct prefix network;

	if (sendmail->config->grant_count >= CONFIG_GRANTS_MOST || *item->about == '\0')
		return;
	if ((about & ABOUT_CERTIFICATE) != 0)
		add(sendmail, item, GRANT_CERTIFICATE);
	if ((about & ABOUT_CLIENT) != 0 && strchr(item->about, '@') == NULL)
		of_client(sendmail, item, stranger, tagged);
	if (sendmail_network(item->about, true, &network))
		return;
	if ((about & ABOUT_SENDER) != 0)
		of_mail(sendmail, item, stranger, true, tagged);
	if ((about & ABOUT_RECIPIENT) != 0)
		of_mail(sendmail, item, stranger, false, tagged);
}

static void of_map(struct sendmail *sendmail, const struct sendmail_map *map, const struct outsider *stranger)
{
	for (size_t i = 0; i < map->count; i++) {
		const struct sendmail_row *row = &map->rows[i];
		const char *colon = strchr(row->key, ':');
		unsigned about = colon == NULL ? ABOUT_CLIENT | ABOUT_SENDER | ABOUT_RECIPIENT : 0;
		struct item item = { .row = row, .is_row = true, .source = row->source, .setting = map->name, .about = row->key };

		if (row->repeated || !text_starts_nocase(row->value, "relay") || row->value[5 + strspn(row->value + 5, " \t\r")] != '\0')
			continue;
		for (size_t k = 0; colon != NULL && k < sizeof tags / sizeof *tags; k++) {
			if (!text_starts_nocase(row->key, tags[k].tag))
				continue;
			about = tags[k].about != 0 ? tags[k].about : ABOUT_CLIENT | ABOUT_RECIPIENT;
			item.about = tags[k].about != 0 ? colon + 1 : row->key;
		}
		item.value = config_text(sendmail->config, "%.250s %.20s", config_shown(sendmail->config, row->written, strlen(row->written)),
					 config_shown(sendmail->config, row->value, strcspn(row->value, " \t\r")));
		of_item(sendmail, &item, about, stranger);
	}
}

/* A word as an address or a name: without a final dot behind octets, and without brackets. */
static const char *about_of(struct sendmail *sendmail, const char *word)
{
	size_t len = strlen(word);
	struct prefix network;
	char *bare;

	if (len > 2 && word[0] == '[' && word[len - 1] == ']')
		return pool_bytes(sendmail->config->pool, word + 1, len - 2);
	if (len < 2 || word[len - 1] != '.')
		return word;
	bare = mem_bytes(word, len - 1);
	if (sendmail_network(bare, sendmail->short_six, &network))
		word = pool_text(sendmail->config->pool, bare);
	free(bare);
	return word;
}

/* Class R is for those who may relay; the others are where a rule by hand uses them so. */
static void of_class(struct sendmail *sendmail, unsigned char id, const struct outsider *stranger)
{
	const struct sendmail_class *class = &sendmail->classes[id];
	const char *name = id < 0x80 ? config_text(sendmail->config, "class %c", id) : config_text(sendmail->config, "class {%s}", sendmail->names[id]);
	struct prefix network;

	for (size_t i = 0; i < class->count && sendmail->steps_left != 0; i++) {
		const struct sendmail_member *member = &class->members[i];
		struct item item = { .member = member, .source = member->source, .setting = name, .value = member->word, .is_guess = id != 'R' };

		item.about = about_of(sendmail, member->word);
		if (member->source == NULL || (id != 'R' && !sendmail_network(item.about, sendmail->short_six, &network)))
			continue;
		of_item(sendmail, &item, id == 'R' ? ABOUT_CLIENT | ABOUT_RECIPIENT : ABOUT_CLIENT, stranger);
	}
}

/* Addresses that stand in a rule itself, as many words as they are. */
static void of_rule_words(struct sendmail *sendmail, const struct sendmail_rule *rule, const struct outsider *stranger)
{
	struct item item = { .source = rule->source, .setting = "a rule", .rule = rule->source, .is_guess = true };
	char text[SENDMAIL_LINE_MOST];
	struct prefix network;

	for (size_t from = 0, to; from < rule->left.count; from = to + 1) {
		for (to = from; to < rule->left.count && (unsigned char)*rule->left.at[to] < SIGN_ANY;)
			to++;
		if (to == from)
			continue;
		sendmail_words_join(sendmail, rule->left.at + from, to - from, ' ', text, sizeof text);
		item.value = pool_text(sendmail->config->pool, text);
		item.about = about_of(sendmail, item.value);
		if (sendmail_network(item.about, sendmail->short_six, &network) && !address_is_loopback(&network.first))
			of_item(sendmail, &item, ABOUT_CLIENT, stranger);
	}
}

static void of_words(struct sendmail *sendmail, const struct outsider *stranger)
{
	of_class(sendmail, 'R', stranger);
	for (unsigned id = 1; id < 256; id++)
		if (id != 'R')
			of_class(sendmail, (unsigned char)id, stranger);
	for (size_t i = 0; i < sendmail->set_count; i++)
		for (size_t k = 0; k < sendmail->sets[i].count; k++)
			of_rule_words(sendmail, &sendmail->sets[i].rules[k], stranger);
}

static void of_login(struct sendmail *sendmail)
{
	const struct sendmail_class *class = &sendmail->classes[sendmail_name_id(sendmail, "TrustAuthMech", 13)];

	for (size_t i = 0; i < class->count; i++) {
		const struct sendmail_member *member = &class->members[i];
		struct grant *grant;

		if (member->source == NULL)
			continue;
		grant = config_add_grant(sendmail->config, GRANT_LOGIN, member->source, "class {TrustAuthMech}");
		grant->value = config_shown(sendmail->config, member->word, strlen(member->word));
		grant->covers = "clients that log in";
	}
}

/* A rule that lets pass: everybody, or whoever uses such an envelope. */
static void of_rule(struct sendmail *sendmail, const struct sendmail_verdict *verdict, enum grant_to to, const char *value, const char *covers)
{
	struct grant *grant = config_add_grant(sendmail->config, to, verdict->rule != NULL ? verdict->rule : sendmail->file, "rules for recipients");

	grant->value = value;
	grant->covers = covers;
}

static void of_rules(struct sendmail *sendmail, const struct outsider *stranger)
{
	const char *own = sendmail->values['j'];
	struct sendmail_question question = { .client = stranger->address, .sender = stranger->sender, .recipient = stranger->recipient };
	struct sendmail_verdict verdict;
	char *sender;

	ask(sendmail, &question, &verdict);
	if (verdict.answer == ANSWER_PERMIT && verdict.row == NULL && verdict.member == NULL)
		of_rule(sendmail, &verdict, GRANT_ANYONE, "a rule that lets everybody pass", "everybody");
	if (verdict.answer == ANSWER_UNKNOWN) {
		struct fact *fact = config_add_fact(sendmail->config, FACT_NOT_EVALUATED, verdict.by != NULL ? verdict.by : sendmail->file);

		fact->title = "what the rules say to a stranger is not known";
		fact->says = verdict.why;
		fact->fix = "ask the server itself: sendmail -bt, or relayaudit scan";
	}
	if (verdict.answer == ANSWER_PERMIT)
		return;
	for (size_t i = 0; i < sendmail->classes['w'].count; i++)
		if (sendmail->classes['w'].members[i].source != NULL && strchr(sendmail->classes['w'].members[i].word, '.') != NULL)
			own = sendmail->classes['w'].members[i].word;
	sender = mem_printf("someone@%.250s", own != NULL ? own : "localhost");
	question.sender = sender;
	ask(sendmail, &question, &verdict);
	free(sender);
	if (verdict.answer == ANSWER_PERMIT && verdict.row == NULL)
		of_rule(sendmail, &verdict, GRANT_SENDER, "relay_local_from", "senders of the server's own domains");
	question.sender = stranger->sender;
	question.is_exchanger = true;
	ask(sendmail, &question, &verdict);
	if (verdict.answer == ANSWER_PERMIT)
		of_rule(sendmail, &verdict, GRANT_RECIPIENT, "relay_based_on_MX", "domains that name this server as an exchanger");
}

void sendmail_grants(struct sendmail *sendmail)
{
	struct outsider stranger;

	find_outsider(sendmail, &stranger);
	of_rules(sendmail, &stranger);
	for (size_t i = 0; i < sendmail->map_count; i++)
		if (sendmail->maps[i].how == MAP_KEYS)
			of_map(sendmail, &sendmail->maps[i], &stranger);
	of_words(sendmail, &stranger);
	of_login(sendmail);
	if (sendmail->config->grant_count >= CONFIG_GRANTS_MOST || sendmail->steps_left == 0) {
		struct fact *fact = config_add_fact(sendmail->config, FACT_NOT_EVALUATED, sendmail->file);

		fact->title = "there is more than is told one by one";
		fact->says = "more rows and words let clients relay than are looked at, or its rules take longer than is waited for";
		fact->fix = "keep such lists short; ask for single clients with --client";
	}
}
