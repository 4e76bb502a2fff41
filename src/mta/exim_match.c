/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_match.c - one word of a list: check_host() of Exim's verify.c, check_string()
 * and check_address() of its match.c
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/exim_walk.h"

/*
 * string_is_ip_addressX() as Debian's 4.96 and Exim from 4.97 on have it, and the mask as host_is_in_net() takes it:
 * nothing behind the slash is no bits at all, and what is longer than the address is all of it.
 */
int exim_network(const char *word, struct prefix *network, bool *host_bits)
{
	const char *slash = strchr(word, '/');
	size_t len = slash != NULL ? (size_t)(slash - word) : strlen(word);
	struct address address;
	struct err err = ERR_INIT;
	char bare[ADDRESS_TEXT], *rest;
	unsigned most;
	struct prefix whole;
	long mask = 0;

	*host_bits = false;
	if (len >= sizeof bare)
		return 0;
	memcpy(bare, word, len);
	bare[len] = '\0';
	if (slash != NULL) {
		mask = strtol(slash + 1, &rest, 10);
		if (*rest != '\0' || mask < 0)
			return 0;
	} else if (strchr(bare, ':') != NULL) {
		/* An interface's name is not looked at. */
		bare[strcspn(bare, "%")] = '\0';
	}
	if (strpbrk(bare, "[]%") != NULL || address_parse(bare, &address, &err) != 0)
		return 0;
	most = prefix_bits(address.family);
	/* Only 32 bits of it are kept. */
	mask = slash == NULL ? (long)most : (int)(unsigned)mask;
	prefix_of(&address, mask < 0 ? 0 : mask > (long)most ? most : (unsigned)mask, network);
	prefix_of(&address, most, &whole);
	*host_bits = !address_equal(&whole.first, &network->first);
	return address.family == AF_INET ? 4 : 6;
}

bool exim_is_malformed(const char *word)
{
	struct prefix network;
	bool host_bits;
	size_t len = strspn(word, "0123456789.");

	return *word != '\0' && exim_network(word, &network, &host_bits) == 0 && (word[len] == '\0' || (word[len] == '/' && len != 0));
}

bool exim_is_plain_name(const char *word)
{
	const char *at = word;

	while (isalnum((unsigned char)*at) || *at == '.' || *at == '-' || *at == '_')
		at++;
	return *at == '\0';
}

/* As host_nmtoa() writes it, after host_mask(). */
static void print_key(const struct address *address, int mask, char separator, char key[80])
{
	struct prefix network;
	unsigned bits = prefix_bits(address->family);
	size_t len = 0;

	prefix_of(address, mask < 0 || (unsigned)mask > bits ? bits : (unsigned)mask, &network);
	if (address->family == AF_INET) {
		for (int i = 0; i < 4; i++)
			len += (size_t)snprintf(key + len, 80 - len, "%s%d", i != 0 ? "." : "", network.first.bytes[i]);
	} else {
		for (int i = 0; i < 16; i += 2) {
			if (i != 0)
				key[len++] = separator;
			len += (size_t)snprintf(key + len, 80 - len, "%02x%02x", network.first.bytes[i], network.first.bytes[i + 1]);
		}
	}
	if (mask >= 0)
		snprintf(key + len, 80 - len, "/%d", mask);
}

/* "net24-lsearch;/file": a key of the address. */
static enum exim_match match_by_address(struct exim_walk *walk, const char *type, const char *semicolon, int mask)
{
	static const char *const own[] = { "lsearch", "iplsearch", "wildlsearch", "nwildlsearch" };
	size_t len = strcspn(type, ",;");
	char key[80];

	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (strlen(own[i]) == len && strncmp(own[i], type, len) == 0) {
			print_key(&walk->address, mask, i == 1 ? ':' : '.', key);
			return exim_lookup(walk, type, len, semicolon + 1, key, false);
		}
	walk->reason = config_text(walk->exim->config, "a lookup by %.*s is not made", (int)(len < 60 ? len : 60), type);
	return MATCH_UNKNOWN;
}

/* What /etc/hosts says of a name; where it says nothing, only the world can tell. */
static enum exim_match match_name(struct exim_walk *walk, const char *name)
{
	const struct exim_file *hosts = exim_open(walk->exim, "/etc/hosts");
	struct exim_file_walk lines = { .file = hosts };
	enum exim_match match = MATCH_UNKNOWN;

	while (hosts->why == NULL && match != MATCH_YES && exim_file_next(&lines, false)) {
		char *rest = lines.line, *word = strsep(&rest, " \t");
		struct prefix network;
		bool host_bits;
		int family = exim_network(word, &network, &host_bits);

		walk->steps++;
		while (family != 0 && rest != NULL && (word = strsep(&rest, " \t")) != NULL)
			if (text_equal_nocase(word, name) && (family == 4) == (walk->address.family == AF_INET))
				match = match == MATCH_YES || address_equal(&network.first, &walk->address) ? MATCH_YES : MATCH_NO;
	}
	if (match == MATCH_UNKNOWN)
		walk->reason = config_text(walk->exim->config, "the address of %.200s would have to be looked up", name);
	return match;
}

static enum exim_match match_own(struct exim_walk *walk)
{
	if (walk->exim->own_count == 0) {
		walk->reason = "@[] stands for the machine's own addresses, which are not known here";
		return MATCH_UNKNOWN;
	}
	for (size_t i = 0; i < walk->exim->own_count; i++)
		if (address_equal(&walk->exim->own[i].address, &walk->address))
			return MATCH_YES;
	return MATCH_NO;
}

/* A lookup whose key stands in its query: it wants no name of the client. */
static bool is_query(const char *word)
{
	static const char *const types[] = { "dnsdb", "ibase", "ldap", "ldapdn", "ldapm", "lmdb", "mysql", "nisplus", "oracle", "passwd", "pgsql", "redis", "sqlite",
					     "spf", "whoson" };
	size_t len = strcspn(word, ",;");

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strlen(types[i]) == len && strncmp(types[i], word, len) == 0)
			return true;
	return false;
}

enum exim_match exim_host_match(struct exim_walk *walk, const char *word)
{
	const char *semicolon = strchr(word, ';');
	struct prefix network;
	bool host_bits;
	int mask = -1;

	if (strcmp(word, "*") == 0)
		return MATCH_YES;
	if (*word == '\0')
		return MATCH_NO;
	if (strcmp(word, "@[]") == 0)
		return match_own(walk);
	if (strcmp(word, "@") == 0) {
		word = walk->exim->primary;
		walk->reason = "@ stands for the name of the machine, which is not known here";
		if (word == NULL)
			return MATCH_UNKNOWN;
	}
	if (exim_network(word, &network, &host_bits) != 0)
		return prefix_has(&network, &walk->address) ? MATCH_YES : MATCH_NO;
	if (exim_is_malformed(word))
		return MATCH_ERROR;
	if (semicolon != NULL && strncmp(word, "net", 3) == 0) {
		char *end;
		long bits = strtol(word + 3, &end, 10);

		if (*end == '-' && (end == word + 3 || isdigit((unsigned char)word[3]))) {
			mask = end == word + 3 ? -1 : bits > 999 ? 999 : (int)bits;
			return match_by_address(walk, end + 1, semicolon, mask);
		}
	}
	if (exim_is_plain_name(word))
		return match_name(walk, word);
	if (semicolon != NULL && is_query(word)) {
		walk->reason = config_text(walk->exim->config, "a lookup by %.60s is not made", word);
		return MATCH_UNKNOWN;
	}
	if (walk->name == NULL)
		return MATCH_ERROR;
	return exim_string_match(walk, word, walk->name, true, true);
}

enum exim_match exim_string_match(struct exim_walk *walk, const char *word, const char *subject, bool at_is_special, bool partial)
{
	const char *semicolon;
	char *lower;
	enum exim_match match;

	if (*word == '^')
		return exim_regex(walk, word, subject, true);
	if (*word == '*') {
		size_t len = strlen(subject), tail = strlen(word + 1);

		return tail <= len && text_equal_nocase(subject + len - tail, word + 1) ? MATCH_YES : MATCH_NO;
	}
	if (at_is_special && strcmp(word, "@") == 0) {
		walk->reason = "@ stands for the name of the machine, which is not known here";
		return walk->exim->primary == NULL ? MATCH_UNKNOWN : text_equal_nocase(walk->exim->primary, subject) ? MATCH_YES : MATCH_NO;
	}
	if (at_is_special && strcmp(word, "@[]") == 0)
		return *subject == '[' ? MATCH_UNKNOWN : MATCH_NO;
	if (at_is_special && text_starts_nocase(word, "@mx_")) {
		/* A stranger's domain names its own exchangers, and not this server. */
		return MATCH_NO;
	}
	semicolon = strchr(word, ';');
	if (semicolon == NULL)
		return text_equal_nocase(word, subject) ? MATCH_YES : MATCH_NO;
	lower = mem_text(subject);
	text_lower(lower);
	match = exim_lookup(walk, word, (size_t)(semicolon - word), semicolon + 1, lower, partial);
	free(lower);
	return match;
}

/* A domain or "+list" behind the @ of an address, or alone. */
static enum exim_match match_domain(struct exim_walk *walk, const char *word, const char *domain)
{
	if (*word == '+') {
		const struct exim_named *named = exim_named(walk->exim, EXIM_DOMAINS, word + 1);

		walk->reason = "there is no such list";
		return named != NULL ? exim_list_match(walk, EXIM_DOMAINS, &named->value, true, domain) : MATCH_DEFER;
	}
	return exim_string_match(walk, word, domain, true, true);
}

enum exim_match exim_address_match(struct exim_walk *walk, const char *word, const char *subject)
{
	const char *domain = strrchr(subject, '@'), *at = word, *wanted;
	size_t len, local;

	if (domain == NULL && *subject != '\0')
		return MATCH_NO;
	if (*word == '^')
		return exim_string_match(walk, word, subject, false, true);
	while (isalnum((unsigned char)*at) || *at == '-')
		at++;
	at += *at == '*';
	at += *at == '@';
	if (*at == ';')
		return exim_string_match(walk, word, subject, false, false);
	if (*subject == '\0')
		return *word == '\0' ? MATCH_YES : MATCH_NO;
	if (word[0] == '@' && word[1] == '@') {
		walk->reason = "a lookup of local parts by domain is not made";
		return MATCH_UNKNOWN;
	}
	wanted = strrchr(word, '@');
	if (wanted == NULL)
		return match_domain(walk, word, domain + 1);
	if (wanted > word && wanted[-1] == '@')
		wanted--;
	len = (size_t)(wanted - word);
	local = (size_t)(domain - subject);
	if (*word == '*') {
		/* The end of the local part. */
		word++;
		len--;
		if (local < len)
			return MATCH_NO;
	} else if (local != len) {
		return MATCH_NO;
	}
	for (size_t i = 0; i < len; i++)
		if (tolower((unsigned char)word[i]) != tolower((unsigned char)subject[local - len + i]))
			return MATCH_NO;
	return match_domain(walk, wanted + 1, domain + 1);
}
