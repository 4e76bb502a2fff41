/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_key.c - whom a key of couriertcpd's rules means, and which keys a network is made into
 *
 * Keys are compared byte by byte with an address and with what it begins with: what is not
 * written as couriertcpd writes it is never found.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "mta/courier_rules.h"
#include "net/prefixset.h"

void courier_address_text(const struct address *address, char text[ADDRESS_TEXT])
{
	struct address plain = *address;
	size_t len = 0;

	address_unmap(&plain);
	plain.scope = 0;
	if (plain.family == AF_INET) {
		address_print(&plain, text);
		return;
	}
	for (size_t at = 0; at < 16; at += 2, len += 5)
		snprintf(text + len, ADDRESS_TEXT - len, ":%02x%02x", plain.bytes[at], plain.bytes[at + 1]);
}

/* The octets of "10", "10.1.2.3"; -1 where it is neither.  `exact`: without leading zeros. */
static int octets_of(const char *text, size_t len, bool exact, unsigned char octets[4])
{
	int count = 0;

	for (size_t at = 0; at < len; at++) {
		size_t digits = 0;
		unsigned value = 0;

		for (; at < len && text[at] >= '0' && text[at] <= '9' && digits < 4; at++, digits++)
			value = value * 10 + (unsigned)(text[at] - '0');
		if (digits == 0 || digits > 3 || value > 255 || (exact && digits > 1 && text[at - digits] == '0') || count == 4)
			return -1;
		if (at < len && (text[at] != '.' || at + 1 == len))
			return -1;
		octets[count++] = (unsigned char)value;
	}
	return count != 0 ? count : -1;
}

static int digit_of(char byte)
{
	return byte >= '0' && byte <= '9' ? byte - '0' : byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* ":2001:0db8": small letters, 4 digits. */
static int groups_of(const char *text, size_t len, unsigned char bytes[16])
{
	enum { GROUP = 5 };

	if (len == 0 || len % GROUP != 0 || len / GROUP > 8)
		return -1;
	for (size_t at = 0; at < len; at += GROUP) {
		if (text[at] != ':')
			return -1;
		for (size_t i = 0; i < 2; i++) {
			int high = digit_of(text[at + 1 + 2 * i]), low = digit_of(text[at + 2 + 2 * i]);

			if (high < 0 || low < 0)
				return -1;
			bytes[at / GROUP * 2 + i] = (unsigned char)(high << 4 | low);
		}
	}
	return (int)(len / GROUP);
}

/* A mapped IPv4 address is looked up as such. */
static bool is_mapped(const struct address *address, int groups)
{
	static const unsigned char mapped[12] = { [10] = 255, [11] = 255 };

	return groups > 5 && memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

static const char *why_dead(const char *key, size_t len)
{
	if (memchr(key, ' ', len) != NULL)
		return "between an address and what is allowed belongs a tabulator: with a blank there all of it is the address";
	if (memchr(key, '/', len) != NULL)
		return "a network is understood by makesmtpaccess only, with Net::CIDR and something behind it";
	if (memchr(key, ':', len) != NULL)
		return "an IPv6 address has a colon before each of its groups, which have 4 small digits, and no ::";
	if (len != 0 && key[len - 1] == '.')
		return "with a dot at its end it is looked for nowhere: 10, not 10., means 10.0.0.0/8";
	return "couriertcpd looks for addresses and what they begin with, and for *: no names, no zeros before a number";
}

enum courier_key courier_key_of(const char *key, size_t len, struct prefix *network, const char **why)
{
	struct address address = { .family = AF_INET };
	int count = octets_of(key, len, true, address.bytes);

	*why = NULL;
	*network = (struct prefix){ .length = 0 };
	if (len == 1 && *key == '*')
		return ACCESS_ANY;
	if (count > 0) {
		prefix_of(&address, (unsigned)count * 8, network);
		return ACCESS_NETWORK;
	}
	address = (struct address){ .family = AF_INET6 };
	count = groups_of(key, len, address.bytes);
	if (count > 0 && !is_mapped(&address, count)) {
		prefix_of(&address, (unsigned)count * 16, network);
		return ACCESS_NETWORK;
	}
	*why = count > 0 ? "a mapped IPv4 address is looked up as the IPv4 address that it is" : why_dead(key, len);
	return ACCESS_DEAD;
}

/* The keys that begin all addresses of a network, and no other: it is made longer up to the next whole number. */
static void add_keys(const struct prefix *network, struct buf *keys)
{
	unsigned unit = network->first.family == AF_INET ? 8 : 16, length = network->length == 0 ? unit : (network->length + unit - 1) / unit * unit;
	size_t count = (size_t)1 << (length - network->length);
	struct address at = network->first;
	size_t last = length / 8 - 1;

	for (size_t i = 0; i < count; i++) {
		for (size_t byte = 0; byte <= last; byte += unit / 8) {
			if (unit == 8)
				buf_printf(keys, "%s%u", byte == 0 ? "" : ".", at.bytes[byte]);
			else
				buf_printf(keys, ":%02x%02x", at.bytes[byte], at.bytes[byte + 1]);
		}
		buf_char(keys, '\0');
		if (++at.bytes[last] == 0 && unit == 16)
			at.bytes[last - 1]++;
	}
}

/* An address or the first numbers of one; what is left out is filled with `rest`.  The numbers there are; -1: none. */
static int parse_end(const char *text, size_t len, unsigned char rest, struct address *address)
{
	struct err err = ERR_INIT;
	char copy[ADDRESS_TEXT];
	int count;

	*address = (struct address){ .family = AF_INET, .bytes = { rest, rest, rest, rest } };
	count = octets_of(text, len, false, address->bytes);
	if (count > 0)
		return count;
	if (len >= sizeof copy || memchr(text, ':', len) == NULL)
		return -1;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return address_parse(copy, address, &err) == 0 && address->family == AF_INET6 ? 16 : -1;
}

static int range_keys(const struct address *first, const struct address *last, struct buf *keys, struct prefix *network)
{
	struct prefixset set = PREFIXSET_INIT;
	struct prefixset_walk walk = PREFIXSET_WALK_INIT(&set);
	struct prefix part;
	size_t parts = 0;

	if (first->family != last->family || memcmp(first->bytes, last->bytes, sizeof first->bytes) > 0)
		return -1;
	prefixset_add_range(&set, first, last);
	prefixset_settle(&set);
	while (prefixset_next(&walk, &part)) {
		add_keys(&part, keys);
		*network = part;
		parts++;
	}
	if (parts != 1)
		*network = (struct prefix){ .length = 0 };
	prefixset_release(&set);
	return 0;
}

int courier_keys_of(const char *text, struct buf *keys, struct prefix *network, bool *host_bits)
{
	size_t len = strcspn(text, "-/");
	const char *behind = text + len + 1;
	struct address first, last;
	int count = parse_end(text, len, 0, &first), others;
	unsigned length = 0;

	*host_bits = false;
	if (count < 0)
		return -1;
	if (text[len] == '-') {
		others = parse_end(behind, strlen(behind), 255, &last);
		return others == count ? range_keys(&first, &last, keys, network) : -1;
	}
	for (; *behind >= '0' && *behind <= '9' && length <= 128; behind++)
		length = length * 10 + (unsigned)(*behind - '0');
	if (*behind != '\0' || behind[-1] == '/' || length > (unsigned)count * 8)
		return -1;
	prefix_of(&first, length, network);
	*host_bits = memcmp(network->first.bytes, first.bytes, sizeof first.bytes) != 0;
	add_keys(network, keys);
	return 0;
}
