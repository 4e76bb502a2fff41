/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sendmail_net.c - addresses as keys and words have them: by octets and by groups
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mta/sendmail_net.h"

/* "10.1.2": 1 to 4 numbers, each as it is printed. */
static bool octets_of(const char *text, struct prefix *network)
{
	struct address address = { .family = AF_INET };
	unsigned count = 0;

	for (;; text++) {
		size_t len = strspn(text, "0123456789");
		long octet;

		if (len == 0 || len > 3 || (len > 1 && *text == '0') || count == 4)
			return false;
		octet = strtol(text, NULL, 10);
		if (octet > 255)
			return false;
		address.bytes[count++] = (unsigned char)octet;
		text += len;
		if (*text != '.')
			break;
	}
	if (*text != '\0')
		return false;
	prefix_of(&address, 8 * count, network);
	return true;
}

/* "2001:db8": groups as they are printed, without a "::". */
static bool groups_of(const char *text, struct prefix *network)
{
	struct address address = { .family = AF_INET6 };
	unsigned count = 0;

	for (;; text++) {
		size_t len = strspn(text, "0123456789abcdefABCDEF");
		unsigned long group;

		if (len == 0 || len > 4 || (len > 1 && *text == '0') || count == 8)
			return false;
		group = strtoul(text, NULL, 16);
		address.bytes[2 * count] = (unsigned char)(group >> 8);
		address.bytes[2 * count + 1] = (unsigned char)group;
		count++;
		text += len;
		if (*text != ':')
			break;
	}
	if (*text != '\0')
		return false;
	prefix_of(&address, 16 * count, network);
	return true;
}

bool sendmail_network(const char *text, bool short_six, struct prefix *network)
{
	struct err err = ERR_INIT;
	struct address address;

	if (!text_starts_nocase(text, "ipv6:"))
		return octets_of(text, network);
	text += 5;
	if (groups_of(text, network))
		return true;
	if (!short_six || strchr(text, ':') == NULL || strpbrk(text, "[]%") != NULL || address_parse(text, &address, &err) != 0)
		return false;
	prefix_of(&address, 128, network);
	return true;
}

bool sendmail_meant_network(const char *text, struct prefix *network, bool *host_bits)
{
	struct err err = ERR_INIT;
	char bare[ADDRESS_TEXT];
	size_t len;

	if (text_starts_nocase(text, "ipv6:"))
		return prefix_parse(text + 5, network, host_bits, &err) == 0;
	*host_bits = false;
	if (prefix_parse(text, network, host_bits, &err) == 0)
		return true;
	snprintf(bare, sizeof bare, "%.60s", text);
	len = strlen(bare);
	while (len > 0 && (bare[len - 1] == '*' || bare[len - 1] == '.'))
		bare[--len] = '\0';
	return octets_of(bare, network);
}
