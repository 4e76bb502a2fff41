/* SPDX-License-Identifier: Apache-2.0 */
/*
 * practice_rules.c - lines of rules, read
 *
 * One table of keys.  A row says which function reads the value and where it is
 * kept; what is kept nowhere is an error, with the key that was probably meant.
 */
#include "remote/practice_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "remote/practice_hostile.h"

enum {
	/* Longer than any reply that RFC 5321 allows. */
	RULE_LONGEST = 900,
	RULE_WORDS = 24
};

struct reading {
	struct practice_rules *rules;
	struct err *err;
	char *value;                    /* the whole of it, and then its words */
	char *words[RULE_WORDS];
	size_t count;
};

struct key {
	const char *name;
	int (*read)(struct reading *reading, const struct key *key);
	int at;
	int many;                       /* numbers in a row, or words at the most; 0: any */
};

static const struct name_row tricks[] = {
	{ "plain", 1 << TRICK_PLAIN }, { "percent", 1 << TRICK_PERCENT }, { "bang", 1 << TRICK_BANG },
	{ "quoted", 1 << TRICK_QUOTED }, { "route", 1 << TRICK_ROUTE }, { "double-at", 1 << TRICK_DOUBLE_AT },
	{ "subdomain", 1 << TRICK_SUBDOMAIN }, { "postmaster", 1 << TRICK_POSTMASTER }, { "all", TRICKS_ALL },
	{ NULL, 0 }
};

static const struct name_row senders[] = {
	{ "null", SENDER_NULL }, { "unqualified", SENDER_UNQUALIFIED }, { "literal", SENDER_LITERAL },
	{ "domain", SENDER_DOMAIN }, { "user", SENDER_USER }, { "localhost", SENDER_LOCALHOST },
	{ "subdomain", SENDER_SUBDOMAIN }, { "outside", SENDER_OUTSIDE }, { NULL, 0 }
};

static const struct name_row helos[] = {
	{ "none", HELO_NONE }, { "domain", HELO_DOMAIN }, { "name", HELO_NAME }, { "localhost", HELO_LOCALHOST },
	{ "literal", HELO_LITERAL }, { NULL, 0 }
};

const struct practice_end practice_ends[] = {
	{ "lf", "\n.\n", 3 },       { "lf-crlf", "\n.\r\n", 4 }, { "cr", "\r.\r", 3 },        { "cr-lf", "\r.\n", 3 },
	{ "cr-crlf", "\r.\r\n", 4 }, { "lf-cr", "\n.\r", 3 },     { "crlf-lf", "\r\n.\n", 4 }, { "crlf-cr", "\r\n.\r", 4 },
};

static void split(struct reading *reading)
{
	char *rest = reading->value, *word;

	reading->count = 0;
	while (reading->count < RULE_WORDS && (word = strsep(&rest, " \t")) != NULL)
		if (*word != '\0')
			reading->words[reading->count++] = word;
}

static int wrong(struct reading *reading, const struct key *key, const char *what)
{
	return err_set(reading->err, ERR_SYNTAX, "%s %s", key->name, what);
}

/* The word is none of the rows'. */
static int unknown(struct reading *reading, const struct key *key, const char *word, const char *best)
{
	if (best != NULL)
		return err_set(reading->err, ERR_SYNTAX, "%s takes no '%s'; did you mean '%s'?", key->name, word, best);
	return err_set(reading->err, ERR_SYNTAX, "%s takes no '%s'", key->name, word);
}

static void keep(struct practice_words *words, const char *text)
{
	MEM_ROOM(words->items, words->count, words->capacity);
	words->items[words->count++] = mem_text(text);
}

static const char *own(struct practice_rules *rules, const char *text)
{
	keep(&rules->owned, text);
	return rules->owned.items[rules->owned.count - 1];
}

static int read_name(struct reading *reading, const struct key *key)
{
	if (strpbrk(reading->value, " \t") != NULL || strlen(reading->value) > 255)
		return wrong(reading, key, "takes one host name");
	free(reading->rules->name);
	reading->rules->name = mem_text(reading->value);
	return 0;
}

static int read_domain(struct reading *reading, const struct key *key)
{
	(void)key;
	split(reading);
	for (size_t i = 0; i < reading->count; i++) {
		text_lower(reading->words[i]);
		keep(&reading->rules->domains, reading->words[i]);
	}
	return 0;
}

static int read_user(struct reading *reading, const struct key *key)
{
	(void)key;
	split(reading);
	for (size_t i = 0; i < reading->count; i++) {
		if (strcmp(reading->words[i], "*") == 0)
			reading->rules->flags[FLAG_ANY_USER] = true;
		else
			keep(&reading->rules->users, reading->words[i]);
	}
	return 0;
}

static int read_banner(struct reading *reading, const struct key *key)
{
	(void)key;
	keep(&reading->rules->banner, reading->value);
	return 0;
}

static int read_capability(struct reading *reading, const struct key *key)
{
	(void)key;
	keep(&reading->rules->capabilities, reading->value);
	return 0;
}

static int read_style(struct reading *reading, const struct key *key)
{
	struct nearest nearest = NEAREST_INIT(reading->value);

	for (const struct practice_style *style = practice_styles; style->name != NULL; style++) {
		if (strcmp(style->name, reading->value) == 0) {
			reading->rules->style = style;
			return 0;
		}
		nearest_offer(&nearest, style->name);
	}
	return unknown(reading, key, reading->value, nearest.best);
}

static int read_flag(struct reading *reading, const struct key *key)
{
	static const struct name_row answers[] = { { "", 1 }, { "yes", 1 }, { "no", 0 }, { NULL, 0 } };
	int answer = name_number(answers, reading->value);

	if (answer < 0)
		return wrong(reading, key, "takes yes or no");
	reading->rules->flags[key->at] = answer == 1;
	reading->rules->flags_told[key->at] = true;
	return 0;
}

static int read_numbers(struct reading *reading, const struct key *key)
{
	split(reading);
	if (reading->count != (size_t)key->many)
		return err_set(reading->err, ERR_SYNTAX, "%s takes %d number%s", key->name, key->many,
			       key->many == 1 ? "" : "s");
	for (int i = 0; i < key->many; i++) {
		long number = text_number(reading->words[i], 0, 1000000000);

		if (number < 0)
			return err_set(reading->err, ERR_SYNTAX, "%s takes numbers from 0 to 1000000000, not '%s'", key->name,
				       reading->words[i]);
		reading->rules->numbers[key->at + i] = number;
	}
	return 0;
}

/* Words of a vocabulary, from the given one on, joined as bits. */
static int read_bits(struct reading *reading, const struct key *key, const struct name_row *rows, size_t from,
		     unsigned *bits)
{
	for (size_t i = from; i < reading->count; i++) {
		int bit = name_number(rows, reading->words[i]);

		if (bit < 0)
			return unknown(reading, key, reading->words[i], nearest_name(rows, reading->words[i]));
		*bits |= (unsigned)bit;
	}
	return 0;
}

static int read_leak(struct reading *reading, const struct key *key)
{
	split(reading);
	return read_bits(reading, key, tricks, 0, &reading->rules->leaks);
}

static int read_leak_sender(struct reading *reading, const struct key *key)
{
	split(reading);
	return read_bits(reading, key, senders, 0, &reading->rules->leak_senders);
}

static int read_leak_helo(struct reading *reading, const struct key *key)
{
	split(reading);
	return read_bits(reading, key, helos, 0, &reading->rules->leak_helos);
}

static struct practice_networks *networks_of(struct practice_rules *rules, int at)
{
	struct practice_networks *all[] = { &rules->trusted, &rules->refused, &rules->xclients, &rules->open_here };

	return all[at];
}

enum { TRUSTED, REFUSED, XCLIENTS, OPEN_HERE };

static int read_network(struct reading *reading, const struct key *key)
{
	struct practice_networks *networks = networks_of(reading->rules, key->at);
	struct practice_network network = { .tricks = 0 };
	char *bits;
	long longest, number;

	split(reading);
	bits = strchr(reading->words[0], '/');
	if (bits != NULL)
		*bits++ = '\0';
	if (address_parse(reading->words[0], &network.address, reading->err) != 0)
		return err_prefix(reading->err, "%s", key->name);
	longest = network.address.family == AF_INET ? 32 : 128;
	number = bits == NULL ? longest : text_number(bits, 0, longest);
	if (number < 0)
		return err_set(reading->err, ERR_SYNTAX, "%s takes a length from 0 to %ld after the /, not '%s'", key->name,
			       longest, bits);
	network.bits = (unsigned)number;
	if (key->many == 1 && reading->count > 1)
		return wrong(reading, key, "takes one network");
	if (read_bits(reading, key, tricks, 1, &network.tricks) != 0)
		return -1;
	if (reading->count == 1)
		network.tricks = TRICKS_ALL;
	MEM_ROOM(networks->items, networks->count, networks->capacity);
	networks->items[networks->count++] = network;
	return 0;
}

/* An early place in a session or RCPT; a flag says whether it is RCPT. */
static int read_place(struct reading *reading, const struct key *key)
{
	const char *early = key->at == FLAG_SENDER_AT_RCPT ? "mail" : "greeting";
	bool late = strcmp(reading->value, "rcpt") == 0;

	if (!late && strcmp(reading->value, early) != 0)
		return err_set(reading->err, ERR_SYNTAX, "%s takes %s or rcpt", key->name, early);
	reading->rules->flags[key->at] = late;
	return 0;
}

/* A reply as a rule writes it: a code, and \n between lines. */
static const char *reply_of(struct reading *reading, char *text)
{
	char *line;

	if (strspn(text, "0123456789") != 3 || (text[3] != ' ' && text[3] != '-'))
		return NULL;
	while ((line = strstr(text, "\\n")) != NULL) {
		*line = '\n';
		memmove(line + 1, line + 2, strlen(line + 2) + 1);
	}
	return own(reading->rules, text);
}

static int read_refuse_at(struct reading *reading, const struct key *key)
{
	char *rest = reading->value;
	char *place = strsep(&rest, " \t");
	const char *reply = rest == NULL ? NULL : reply_of(reading, rest);

	if (reply == NULL)
		return wrong(reading, key, "takes data or dot, and a reply such as '554 5.7.1 Relay access denied'");
	if (strcmp(place, "data") == 0)
		reading->rules->refuse_at_data = reply;
	else if (strcmp(place, "dot") == 0)
		reading->rules->refuse_at_dot = reply;
	else
		return unknown(reading, key, place, "data");
	return 0;
}

static int read_text(struct reading *reading, const struct key *key)
{
	char *rest = reading->value;
	char *name = strsep(&rest, " \t");
	struct nearest nearest = NEAREST_INIT(name);
	const char *reply;

	for (int i = 0; i < PRACTICE_TEXTS; i++) {
		nearest_offer(&nearest, practice_text_names[i]);
		if (strcmp(practice_text_names[i], name) != 0)
			continue;
		reply = rest == NULL ? NULL : i == TEXT_EHLO || i == TEXT_RECEIVED ? own(reading->rules, rest) : reply_of(reading, rest);
		if (reply == NULL)
			return wrong(reading, key, "takes a name and a reply such as '550 5.7.1 No'");
		reading->rules->texts[i] = reply;
		return 0;
	}
	return unknown(reading, key, name, nearest.best);
}

static int read_ends(struct reading *reading, const struct key *key)
{
	split(reading);
	for (size_t i = 0; i < reading->count; i++) {
		int end;

		for (end = 0; end < PRACTICE_ENDS; end++)
			if (strcmp(practice_ends[end].name, reading->words[i]) == 0)
				break;
		if (end == PRACTICE_ENDS)
			return unknown(reading, key, reading->words[i], NULL);
		reading->rules->ends |= 1u << end;
	}
	return 0;
}

static int read_hostile(struct reading *reading, const struct key *key)
{
	struct practice_hostile *hostile;
	enum practice_stage stage;
	long pace = 20;

	split(reading);
	if (reading->count > 3)
		return wrong(reading, key, "takes what, where, and milliseconds a byte");
	if (reading->count == 3)
		pace = text_number(reading->words[2], 1, 60000);
	if (pace < 0)
		return wrong(reading, key, "takes from 1 to 60000 milliseconds a byte");
	hostile = practice_hostile_new(reading->words[0], reading->count > 1 ? reading->words[1] : NULL, pace, &stage,
				       reading->err);
	if (hostile == NULL)
		return -1;
	practice_hostile_free(reading->rules->hostile[stage]);
	reading->rules->hostile[stage] = hostile;
	return 0;
}

/* ADDRESS:PORT on loopback: no rules make this server write to anybody else. */
static int read_hop(struct reading *reading, const struct key *key)
{
	struct address *hop = &reading->rules->hops[key->at];
	char *colon = strrchr(reading->value, ':');
	long port = colon == NULL ? -1 : text_number(colon + 1, 1, 65535);

	if (port < 0)
		return wrong(reading, key, "takes ADDRESS:PORT, as 127.0.0.1:2525 or [::1]:2525");
	*colon = '\0';
	if (address_parse(reading->value, hop, reading->err) != 0)
		return err_prefix(reading->err, "%s", key->name);
	if (!address_is_loopback(hop))
		return err_set(reading->err, ERR_SYNTAX, "%s takes a loopback address only, not %s", key->name, reading->value);
	hop->port = (unsigned short)port;
	reading->rules->hands_on = true;
	return 0;
}

static int read_mask(struct reading *reading, const struct key *key)
{
	if (address_parse(reading->value, &reading->rules->mask, reading->err) != 0)
		return err_prefix(reading->err, "%s", key->name);
	return 0;
}

static const struct key keys[] = {
	{ "name", read_name, 0, 0 },
	{ "domain", read_domain, 0, 0 },
	{ "user", read_user, 0, 0 },
	{ "style", read_style, 0, 0 },
	{ "banner", read_banner, 0, 0 },
	{ "capability", read_capability, 0, 0 },
	{ "text", read_text, 0, 0 },
	{ "banner-delay", read_numbers, NUMBER_BANNER_DELAY, 1 },
	{ "reply-delay", read_numbers, NUMBER_REPLY_DELAY, 1 },
	{ "second-ehlo-delay", read_numbers, NUMBER_SECOND_EHLO_DELAY, 1 },
	{ "refused-delay", read_numbers, NUMBER_REFUSED_DELAY, 1 },
	{ "tls", read_flag, FLAG_TLS, 0 },
	{ "tls-only", read_flag, FLAG_TLS_ONLY, 0 },
	{ "implicit-tls", read_flag, FLAG_IMPLICIT_TLS, 0 },
	{ "starttls-keeps-input", read_flag, FLAG_STARTTLS_KEEPS_INPUT, 0 },
	{ "pipelining", read_flag, FLAG_PIPELINING, 0 },
	{ "strict-lockstep", read_flag, FLAG_STRICT_LOCKSTEP, 0 },
	{ "refuse-early", read_flag, FLAG_REFUSE_EARLY, 0 },
	{ "helo-required", read_flag, FLAG_HELO_REQUIRED, 0 },
	{ "auth", read_flag, FLAG_AUTH, 0 },
	{ "auth-required", read_flag, FLAG_AUTH_REQUIRED, 0 },
	{ "auth-takes-any", read_flag, FLAG_AUTH_TAKES_ANY, 0 },
	{ "sender-must-resolve", read_flag, FLAG_SENDER_MUST_RESOLVE, 0 },
	{ "sender-refused-at", read_place, FLAG_SENDER_AT_RCPT, 0 },
	{ "sender-must-exist", read_flag, FLAG_SENDER_MUST_EXIST, 0 },
	{ "proxy", read_flag, FLAG_PROXY, 0 },
	{ "trust", read_network, TRUSTED, 0 },
	{ "xclient", read_network, XCLIENTS, 1 },
	{ "open-at", read_network, OPEN_HERE, 1 },
	{ "open-every", read_numbers, NUMBER_OPEN_EVERY, 1 },
	{ "refuse-client", read_network, REFUSED, 1 },
	{ "refuse-client-at", read_place, FLAG_REFUSE_CLIENT_AT_RCPT, 0 },
	{ "leak", read_leak, 0, 0 },
	{ "leak-sender", read_leak_sender, 0, 0 },
	{ "leak-helo", read_leak_helo, 0, 0 },
	{ "leak-second", read_flag, FLAG_LEAK_SECOND, 0 },
	{ "leak-after-tls", read_flag, FLAG_LEAK_AFTER_TLS, 0 },
	{ "refuse-at", read_refuse_at, 0, 0 },
	{ "greylist", read_numbers, NUMBER_GREYLIST, 1 },
	{ "end-of-data", read_ends, 0, 0 },
	{ "deliver", read_hop, HOP_DELIVER, 0 },
	{ "bounce", read_hop, HOP_BOUNCE, 0 },
	{ "dsn", read_hop, HOP_DSN, 0 },
	{ "autoreply", read_hop, HOP_AUTOREPLY, 0 },
	{ "deliver-late", read_numbers, NUMBER_DELIVER_LATE, 1 },
	{ "deliver-again", read_flag, FLAG_DELIVER_AGAIN, 0 },
	{ "hold", read_flag, FLAG_HOLD, 0 },
	{ "discard", read_flag, FLAG_DISCARD, 0 },
	{ "mask", read_mask, 0, 0 },
	{ "limit-errors", read_numbers, NUMBER_SOFT_ERRORS, 3 },
	{ "limit-nonmail", read_numbers, NUMBER_NONMAIL, 1 },
	{ "limit-syntax", read_numbers, NUMBER_SYNTAX, 1 },
	{ "limit-unknown", read_numbers, NUMBER_UNKNOWN, 1 },
	{ "limit-recipients", read_numbers, NUMBER_RECIPIENTS, 1 },
	{ "limit-connections-per-minute", read_numbers, NUMBER_CONNECTIONS_PER_MINUTE, 1 },
	{ "limit-sessions", read_numbers, NUMBER_SESSIONS, 1 },
	{ "limit-rcpt-throttle", read_numbers, NUMBER_RCPT_FREE, 2 },
	{ "close-after", read_numbers, NUMBER_CLOSE_AFTER, 1 },
	{ "idle", read_numbers, NUMBER_IDLE, 1 },
	{ "hostile", read_hostile, 0, 0 },
	{ "hostile-spares", read_numbers, NUMBER_HOSTILE_SPARES, 1 },
};

static int read_line(struct reading *reading, char *line)
{
	char *rest = line;
	char *name = strsep(&rest, " \t");
	struct nearest nearest = NEAREST_INIT(name);

	reading->value = rest == NULL ? name + strlen(name) : rest + strspn(rest, " \t");
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		if (strcmp(keys[i].name, name) != 0) {
			nearest_offer(&nearest, keys[i].name);
			continue;
		}
		if (*reading->value == '\0' && keys[i].read != read_flag)
			return wrong(reading, &keys[i], "needs a value");
		return keys[i].read(reading, &keys[i]);
	}
	if (nearest.best != NULL)
		return err_set(reading->err, ERR_SYNTAX, "there is no rule '%.40s'; did you mean '%s'?", name, nearest.best);
	return err_set(reading->err, ERR_SYNTAX, "there is no rule '%.40s'", name);
}

static void fill_capabilities(struct practice_rules *rules)
{
	for (int secure = 0; secure < 2; secure++) {
		struct buf lines = BUF_OWN;

		if (rules->flags[FLAG_PIPELINING])
			buf_text(&lines, "PIPELINING\n");
		for (const char *const *line = rules->style->capabilities; *line != NULL; line++)
			buf_printf(&lines, "%s\n", *line);
		if (rules->flags[FLAG_TLS] && !secure)
			buf_text(&lines, "STARTTLS\n");
		if (rules->flags[FLAG_AUTH] && (secure || !rules->flags[FLAG_TLS_ONLY]))
			buf_text(&lines, "AUTH PLAIN LOGIN\n");
		for (size_t i = 0; i < rules->capabilities.count; i++)
			buf_printf(&lines, "%s\n", rules->capabilities.items[i]);
		rules->capability_lines[secure] = buf_detach(&lines);
	}
}

/* What no line has told, from the style; what the style does not tell, from the plain one. */
static void fill_in(struct practice_rules *rules)
{
	if (rules->name == NULL)
		rules->name = mem_text("mail.practice.test");
	if (rules->style == NULL)
		rules->style = practice_styles;
	for (int i = 0; i < PRACTICE_TEXTS; i++) {
		const char *text = rules->texts[i];

		if (text == NULL)
			text = rules->style->texts[i];
		if (text == NULL)
			text = practice_styles->texts[i];
		rules->texts[i] = text == practice_no_text ? NULL : text;
	}
	if (!rules->flags_told[FLAG_PIPELINING])
		rules->flags[FLAG_PIPELINING] = rules->style->pipelining && !rules->flags[FLAG_STRICT_LOCKSTEP];
	if (rules->flags[FLAG_TLS_ONLY])
		rules->flags[FLAG_TLS] = true;
	if (rules->flags[FLAG_AUTH_REQUIRED] || rules->flags[FLAG_AUTH_TAKES_ANY])
		rules->flags[FLAG_AUTH] = true;
	if (rules->texts[TEXT_USER] == NULL)
		rules->flags[FLAG_ANY_USER] = true;
	fill_capabilities(rules);
}

struct practice_rules *practice_rules_parse(const char *name, const char *text, struct err *err)
{
	struct practice_rules *rules = mem_new(sizeof *rules);
	struct reading reading = { .rules = rules, .err = err };
	char *copy = mem_text(text), *rest = copy, *line;

	for (unsigned number = 1; (line = strsep(&rest, "\n")) != NULL; number++) {
		size_t len = strlen(line);

		while (len != 0 && strchr(" \t\r", line[len - 1]) != NULL)
			line[--len] = '\0';
		line += strspn(line, " \t");
		if (*line == '\0' || *line == '#')
			continue;
		if (len > RULE_LONGEST)
			err_set(err, ERR_SYNTAX, "the line is longer than %d bytes", RULE_LONGEST);
		else if (read_line(&reading, line) == 0)
			continue;
		err_prefix(err, "%s:%u", name, number);
		err->kind = ERR_SYNTAX;
		practice_rules_free(rules);
		free(copy);
		return NULL;
	}
	free(copy);
	fill_in(rules);
	return rules;
}

static void release_words(struct practice_words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
}

void practice_rules_free(struct practice_rules *rules)
{
	if (rules == NULL)
		return;
	release_words(&rules->domains);
	release_words(&rules->users);
	release_words(&rules->banner);
	release_words(&rules->capabilities);
	release_words(&rules->owned);
	for (int i = TRUSTED; i <= OPEN_HERE; i++)
		free(networks_of(rules, i)->items);
	for (int i = 0; i < PRACTICE_STAGES; i++)
		practice_hostile_free(rules->hostile[i]);
	free(rules->capability_lines[0]);
	free(rules->capability_lines[1]);
	free(rules->name);
	free(rules);
}
