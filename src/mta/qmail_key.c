/* SPDX-License-Identifier: Apache-2.0 */
/*
 * qmail_key.c - whom a key of tcpserver's rules means
 *
 * Keys are compared byte by byte with the text of an address or a name: what is not
 * written as tcpserver writes it is never found.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "mta/config.h"
#include "mta/qmail.h"

/* As ip6_fmt() of libowfat and Debian's patch: the first longest row of zeros becomes "::", be it one. */
static void print_six(const unsigned char *bytes, char text[ADDRESS_TEXT])
{
	size_t best = 16, best_len = 0;
	struct buf out = BUF_INIT(ADDRESS_TEXT - 1);

	for (size_t at = 0, run = 0; at < 16; at += 2) {
		run = bytes[at] == 0 && bytes[at + 1] == 0 ? run + 2 : 0;
		if (run > best_len) {
			best_len = run;
			best = at + 2 - run;
		}
	}
	for (size_t at = 0; at < 16; at += 2) {
		if (at == best && best_len != 0) {
			buf_text(&out, at == 0 ? "::" : ":");
			at += best_len - 2;
			continue;
		}
		buf_printf(&out, "%x%s", (unsigned)bytes[at] << 8 | bytes[at + 1], at < 14 ? ":" : "");
	}
	memcpy(text, out.data, out.len);
	text[out.len] = '\0';
	buf_release(&out);
}

bool qmail_address_text(const struct qmail *qmail, const struct address *address, char text[ADDRESS_TEXT])
{
	struct address plain = *address;

	address_unmap(&plain);
	plain.scope = 0;
	if (plain.family == AF_INET)
		address_print(&plain, text);
	else
		print_six(plain.bytes, text);
	return plain.family == AF_INET || qmail->six;
}

/* The octets of "10.", "10.1.2.3"; -1 where it is neither. */
static int octets_of(const char *key, size_t len, unsigned char octets[4])
{
	int count = 0;

	for (size_t at = 0; at < len; at++) {
		size_t digits = 0;
		unsigned number = 0;

		for (; at < len && key[at] >= '0' && key[at] <= '9' && digits < 4; at++, digits++)
			number = number * 10 + (unsigned)(key[at] - '0');
		if (digits == 0 || digits > 3 || number > 255 || (digits > 1 && key[at - digits] == '0') || count == 4)
			return -1;
		if (at < len && key[at] != '.')
			return -1;
		octets[count++] = (unsigned char)number;
	}
	return count;
}

static enum qmail_key four(const char *key, size_t len, struct prefix *network, const char **why)
{
	struct address address = { .family = AF_INET };
	int count = octets_of(key, len, address.bytes);
	bool dot = key[len - 1] == '.';

	if (count == 4 && !dot) {
		prefix_of(&address, 32, network);
		return KEY_NETWORK;
	}
	if (count > 0 && count < 4 && dot) {
		prefix_of(&address, (unsigned)count * 8, network);
		return KEY_NETWORK;
	}
	*why = memchr(key, '/', len) != NULL ? "tcpserver knows no masks: it looks for an address that is written so" :
	       count > 0 && count < 4	     ? "the dot at the end is missing: it is taken for a whole address, which it is none" :
	       count == 4		     ? "a whole address has no dot at its end" :
					       "no address is ever written so";
	return KEY_DEAD;
}

/* With zeros left out an address begins otherwise: what such a prefix covers is at most the network that is told. */
static enum qmail_key six(const char *key, size_t len, struct prefix *network, const char **why)
{
	char text[2 * ADDRESS_TEXT], again[ADDRESS_TEXT];
	struct address address;
	struct err err = ERR_INIT;
	unsigned groups = 0;

	*why = "no IPv6 address is ever written so: tcpserver writes small letters, no leading zeros, and the longest row of zeros as ::";
	if (len == 0 || len >= ADDRESS_TEXT || memchr(key, '\0', len) != NULL || strcspn(key, "[]%/") < len)
		return KEY_DEAD;
	memcpy(text, key, len);
	text[len] = '\0';
	for (size_t at = 0; at < len; at++)
		groups += key[at] == ':';
	if (key[len - 1] == ':' && strstr(text, "::") == NULL) {
		memcpy(text + len, groups < 8 ? ":" : "0", 2);
		if (groups > 7 || address_parse(text, &address, &err) != 0)
			return KEY_DEAD;
		prefix_of(&address, groups * 16, network);
		return KEY_NETWORK;
	}
	if (address_parse(text, &address, &err) != 0)
		return KEY_DEAD;
	print_six(address.bytes, again);
	if (strcmp(again, text) == 0 && key[len - 1] != ':') {
		prefix_of(&address, 128, network);
		return KEY_NETWORK;
	}
	if (key[len - 1] != ':')
		return KEY_DEAD;
	prefix_of(&address, groups > 1 ? (groups - 1) * 16 : 16, network);
	return KEY_NETWORK;
}

static enum qmail_key name(const char *key, size_t len, const char **why)
{
	*why = NULL;
	for (size_t at = 1; at < len; at++) {
		if (key[at] >= 'A' && key[at] <= 'Z')
			*why = "tcpserver writes names in small letters";
		else if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.\\", key[at]) == NULL || key[at] == '\0')
			*why = "no name is ever written so: there is no '*' here, and a domain is meant by the dot before it";
		if (*why != NULL)
			return KEY_DEAD;
	}
	*why = "a name has no dot at its end, and no two of them side by side";
	if (len > 1 && (key[len - 1] == '.' || strstr(key, "..") != NULL))
		return KEY_DEAD;
	return len == 1 ? KEY_NAMED : key[1] == '.' ? KEY_BELOW : KEY_NAME;
}

enum qmail_key qmail_key_of(const struct qmail_rule *rule, bool knows_six, struct prefix *network, const char **why)
{
	const char *key = rule->key, *at = memchr(key, '@', rule->key_len);
	size_t len = rule->key_len;

	*why = NULL;
	*network = (struct prefix){ .length = 0 };
	if (len == 0)
		return KEY_ANY;
	if (at != NULL) {
		struct qmail_rule rest = { .key = at + 1, .key_len = len - (size_t)(at + 1 - key) };
		enum qmail_key kind = qmail_key_of(&rest, knows_six, network, why);

		if ((kind == KEY_NETWORK && network->length == prefix_bits(network->first.family)) || kind == KEY_NAME)
			return KEY_IDENT;
		*why = "behind the '@' stands a whole address, or = and a whole name";
		return KEY_DEAD;
	}
	if (*key == '=')
		return name(key, len, why);
	return knows_six && memchr(key, ':', len) != NULL ? six(key, len, network, why) : four(key, len, network, why);
}
