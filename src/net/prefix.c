/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefix.c - networks read and printed
 *
 * Strict where servers differ: what "10/8", "010.0.0.0/8" or "10.0.0.0/08" mean
 * is the business of each server's reader, and no guess of ours.
 */
#include "net/prefix.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"

unsigned prefix_bits(int family)
{
	return family == AF_INET ? 32 : 128;
}

/* Clears or sets all bits from `length` on; tells whether one was set before. */
static bool fill_host(struct address *address, unsigned length, bool ones)
{
	unsigned bytes = prefix_bits(address->family) / 8;
	bool had = false;

	for (unsigned i = length / 8; i < bytes; i++) {
		unsigned char mask = i == length / 8 ? (unsigned char)(0xff >> length % 8) : 0xff;

		had = had || (address->bytes[i] & mask) != 0;
		address->bytes[i] = ones ? address->bytes[i] | mask : address->bytes[i] & (unsigned char)~mask;
	}
	return had;
}

void prefix_of(const struct address *address, unsigned length, struct prefix *prefix)
{
	if (length > prefix_bits(address->family))
		BUG("a prefix longer than its address");
	prefix->first = *address;
	prefix->first.port = 0;
	prefix->first.scope = 0;
	prefix->length = length;
	fill_host(&prefix->first, length, false);
}

/* -1 unless it is a decimal number of at most `most` without a leading zero. */
static int parse_length(const char *text, unsigned most)
{
	unsigned length = 0;

	if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		length = length * 10 + (unsigned)(*text - '0');
		if (length > most)
			return -1;
	}
	return (int)length;
}

int prefix_parse(const char *text, struct prefix *prefix, bool *host_bits, struct err *err)
{
	const char *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char bare[ADDRESS_TEXT];
	struct address address;
	int length;

	if (len >= sizeof bare)
		return err_set(err, ERR_SYNTAX, "'%.64s...' is not a network", text);
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (strchr(bare, '%') != NULL)
		return err_set(err, ERR_SYNTAX, "'%s' names an interface, which a network has not", text);
	if (address_parse(bare, &address, err) != 0)
		return -1;
	length = slash != NULL ? parse_length(slash + 1, prefix_bits(address.family)) : (int)prefix_bits(address.family);
	if (length < 0)
		return err_set(err, ERR_SYNTAX, "'%.100s' has no length from 0 to %u behind its slash", text, prefix_bits(address.family));
	prefix->first = address;
	prefix->length = (unsigned)length;
	*host_bits = fill_host(&prefix->first, prefix->length, false);
	return 0;
}

void prefix_last(const struct prefix *prefix, struct address *last)
{
	*last = prefix->first;
	fill_host(last, prefix->length, true);
}

bool prefix_has(const struct prefix *prefix, const struct address *address)
{
	return address_is_in(address, &prefix->first, prefix->length);
}

void prefix_print(const struct prefix *prefix, char text[PREFIX_TEXT])
{
	address_print(&prefix->first, text);
	size_t len = strlen(text);

	snprintf(text + len, PREFIX_TEXT - len, "/%u", prefix->length);
}
