/* SPDX-License-Identifier: Apache-2.0 */
/*
 * expand.c - placeholders and what they stand for
 *
 * Names are those of the reference catalogue of relay tricks; `guesses` are
 * other names that people write for them, so that the word meant can be told.
 */
#include "probe/expand.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/names.h"

static const struct {
	const char *name;
	const char *about;
} places[] = {
	[PLACE_DOMAIN] = { "domain", "the mail domain of the target under test" },
	[PLACE_HOSTNAME] = { "hostname", "the server's own host name" },
	[PLACE_LITERAL] = { "literal", "the endpoint's address as an address literal, with brackets" },
	[PLACE_IP] = { "ip", "the target's IPv4 address" },
	[PLACE_IP6] = { "ip6", "the target's IPv6 address" },
	[PLACE_IP_DECIMAL] = { "ip_decimal", "the target's IPv4 address as one decimal number" },
	[PLACE_IP_HEX] = { "ip_hex", "the target's IPv4 address as one hexadecimal number" },
	[PLACE_LOCAL_USER] = { "local_user", "a mailbox that exists at the domain" },
	[PLACE_VICTIM] = { "victim", "the outside address of the operator's" },
	[PLACE_VICTIM_LOCAL] = { "victim_local", "its local part" },
	[PLACE_VICTIM_DOMAIN] = { "victim_domain", "its domain" },
	[PLACE_VICTIM_DOMAIN_UPPER] = { "victim_domain_upper", "its domain in capitals" },
	[PLACE_VICTIM_DOMAIN_FULLWIDTH] = { "victim_domain_fullwidth", "its domain in fullwidth Unicode letters" },
	[PLACE_VICTIM_LITERAL] = { "victim_literal", "the address literal of its mail exchanger" },
	[PLACE_SENDER] = { "sender", "the ordinary outside sender" },
	[PLACE_SENDER_LOCAL] = { "sender_local", "its local part" },
	[PLACE_SENDER_DOMAIN] = { "sender_domain", "its domain" },
	[PLACE_BACKUP] = { "backup", "another domain of the target (the last --domain); none where one is known only" },
	[PLACE_HELO] = { "helo", "the vantage's own name" },
	[PLACE_CLIENT] = { "client", "the vantage's own address" },
	[PLACE_TOKEN] = { "token", "the run's token" },
	[PLACE_RAND] = { "rand", "a random label of this attempt" },
	[PLACE_MX_DOMAIN] = { "mx_domain", "a domain of the operator's whose mail exchanger is the target, which does not serve it" },
	[PLACE_MESSAGE] = { "message", "the test message, header and text, without the final dot" },
	[PLACE_MESSAGE_SIZE] = { "message_size", "its bytes, in decimal" },
	[PLACE_SECOND] = { "second", "the outside address of the operator's for a message hidden in another" },
	[PLACE_SECOND_MESSAGE] = { "second_message", "the message for it" },
	[PLACE_AUTH_USER] = { "auth_user", "the name of an account that cannot exist, in base64" },
	[PLACE_AUTH_PASSWORD] = { "auth_password", "its password, in base64" },
	[PLACE_AUTH_PLAIN] = { "auth_plain", "both as AUTH PLAIN wants them" },
	[PLACE_AUTH_PLAIN_EMPTY] = { "auth_plain_empty", "the account with an empty password" },
	[PLACE_AUTH_PLAIN_AS] = { "auth_plain_as", "the account, to act for {local_user}" },
};
_Static_assert(sizeof places / sizeof *places == PLACEHOLDERS, "a row for each placeholder");

static const struct {
	const char *guess;
	enum placeholder meant;
} guesses[] = {
	{ "host", PLACE_DOMAIN },     { "mx", PLACE_HOSTNAME },        { "server", PLACE_HOSTNAME },
	{ "ip4", PLACE_IP },          { "ipv4", PLACE_IP },            { "ipv6", PLACE_IP6 },
	{ "user", PLACE_LOCAL_USER }, { "recipient", PLACE_VICTIM },   { "from", PLACE_SENDER },
	{ "ehlo", PLACE_HELO },       { "random", PLACE_RAND },        { "vantage", PLACE_CLIENT },
	{ "to", PLACE_VICTIM },       { "address", PLACE_LITERAL },    { "data", PLACE_MESSAGE },
	{ "mail", PLACE_MESSAGE },    { "body", PLACE_MESSAGE },       { "size", PLACE_MESSAGE_SIZE },
	{ "account", PLACE_AUTH_USER }, { "password", PLACE_AUTH_PASSWORD },
};

const char *placeholder_name(enum placeholder placeholder)
{
	return places[placeholder].name;
}

const char *placeholder_about(enum placeholder placeholder)
{
	return places[placeholder].about;
}

int placeholder_find(const char *name, const char **meant)
{
	struct nearest nearest = NEAREST_INIT(name);

	for (int i = 0; i < PLACEHOLDERS; i++) {
		if (strcmp(places[i].name, name) == 0)
			return i;
		nearest_offer(&nearest, places[i].name);
	}
	*meant = nearest.best;
	for (size_t i = 0; i < sizeof guesses / sizeof *guesses; i++)
		if (strcmp(guesses[i].guess, name) == 0)
			*meant = places[guesses[i].meant].name;
	return -1;
}

void line_add_bytes(struct line *line, const char *bytes, size_t len)
{
	struct piece *last = line->count ? &line->pieces[line->count - 1] : NULL;

	if (last == NULL || last->placeholder >= 0) {
		MEM_ROOM(line->pieces, line->count, line->capacity);
		line->pieces[line->count++] = (struct piece){ -1, mem_bytes(bytes, len), len };
		return;
	}
	last->bytes = mem_resize(last->bytes, last->len + len + 1, 1);
	memcpy(last->bytes + last->len, bytes, len);
	last->len += len;
	last->bytes[last->len] = '\0';
}

void line_add_placeholder(struct line *line, enum placeholder placeholder)
{
	MEM_ROOM(line->pieces, line->count, line->capacity);
	line->pieces[line->count++] = (struct piece){ (int)placeholder, NULL, 0 };
}

void line_release(struct line *line)
{
	for (size_t i = 0; i < line->count; i++)
		free(line->pieces[i].bytes);
	free(line->pieces);
	*line = (struct line){ .count = 0 };
}

bool line_has(const struct line *line, enum placeholder placeholder)
{
	for (size_t i = 0; i < line->count; i++)
		if (line->pieces[i].placeholder == (int)placeholder)
			return true;
	return false;
}

bool line_is(const struct line *line, enum placeholder placeholder)
{
	return line->count == 1 && line->pieces[0].placeholder == (int)placeholder;
}

const char *line_head(const struct line *line)
{
	return line->count != 0 && line->pieces[0].placeholder < 0 ? line->pieces[0].bytes : "";
}

int line_expand(const struct line *line, const struct values *values, struct buf *to)
{
	for (size_t i = 0; i < line->count; i++) {
		const struct piece *piece = &line->pieces[i];

		if (piece->placeholder < 0)
			buf_add(to, piece->bytes, piece->len);
		else if (values->of[piece->placeholder] == NULL)
			return piece->placeholder;
		else
			buf_text(to, values->of[piece->placeholder]);
	}
	return -1;
}
