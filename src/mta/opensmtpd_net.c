/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_net.c - networks and names as OpenSMTPD compares them
 *
 * text_to_netaddr() of usr.sbin/smtpd/to.c with the inet_net_pton(3) of a C library
 * on Linux, and hostname_match() of util.c.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "mta/opensmtpd_table.h"

/* A network that is being read, four bytes at most. */
struct reading {
	const char *at;
	unsigned char bytes[4];
	unsigned count;
};

/* "0x0a0102", two digits a byte. */
static int read_hexadecimal(struct reading *reading)
{
	static const char digits[] = "0123456789abcdef";
	unsigned nibbles = 0;

	for (; isxdigit((unsigned char)*reading->at); reading->at++, nibbles++) {
		unsigned digit = (unsigned)(strchr(digits, tolower((unsigned char)*reading->at)) - digits);

		if (nibbles / 2 >= sizeof reading->bytes)
			return -1;
		reading->bytes[nibbles / 2] |= (unsigned char)(nibbles % 2 == 0 ? digit << 4 : digit);
	}
	reading->count = (nibbles + 1) / 2;
	return 0;
}

/* "10", "10.1", "10.1.2.3". */
static int read_decimal(struct reading *reading)
{
	while (isdigit((unsigned char)*reading->at)) {
		unsigned value = 0;

		for (; isdigit((unsigned char)*reading->at); reading->at++) {
			value = value * 10 + (unsigned)(*reading->at - '0');
			if (value > 255)
				return -1;
		}
		if (reading->count == sizeof reading->bytes)
			return -1;
		reading->bytes[reading->count++] = (unsigned char)value;
		if (*reading->at != '.')
			return 0;
		reading->at++;
	}
	return -1;
}

/* "/8", "/08"; -1 where no length can be read. */
static int read_length(const char *at)
{
	unsigned length = 0;

	if (!isdigit((unsigned char)*at))
		return -1;
	for (; isdigit((unsigned char)*at); at++) {
		length = length * 10 + (unsigned)(*at - '0');
		if (length > 32)
			return -1;
	}
	return *at == '\0' ? (int)length : -1;
}

/* What a network without a length had in the days of classes, and no less than is written. */
static unsigned class_length(const struct reading *reading)
{
	unsigned first = reading->bytes[0];
	unsigned length = first >= 240 ? 32 : first >= 224 ? 4 : first >= 192 ? 24 : first >= 128 ? 16 : 8;

	return length >= 8 && length < reading->count * 8 ? reading->count * 8 : length;
}

static int read_four(const char *text, struct address *address, unsigned *length)
{
	struct reading reading = { .at = text };
	bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X') && isxdigit((unsigned char)text[2]);
	int written;

	if (hexadecimal)
		reading.at += 2;
	if ((hexadecimal ? read_hexadecimal(&reading) : read_decimal(&reading)) != 0)
		return -1;
	*address = (struct address){ .family = AF_INET };
	memcpy(address->bytes, reading.bytes, sizeof reading.bytes);
	*length = class_length(&reading);
	if (*reading.at == '\0')
		return 0;
	written = *reading.at == '/' ? read_length(reading.at + 1) : -1;
	if (written < 0)
		return -1;
	*length = (unsigned)written;
	return 0;
}

/* strtonum(3) takes blanks before a number, and a sign. */
static int read_six_length(const char *text)
{
	char *end;
	long length = strtol(text, &end, 10);

	return end == text || *end != '\0' || length < 0 || length > 128 ? -1 : (int)length;
}

/* The longest text that is looked at: "xxxx:xxxx:xxxx:xxxx:xxxx:xxxx:255.255.255.255/128". */
enum { SIX_MOST = 49 };

static int read_six(const char *text, struct address *address, unsigned *length)
{
	char bare[SIX_MOST + 1];
	size_t len = strlen(text);
	struct err err = ERR_INIT;
	char *slash;
	int written;

	if (text[0] == '[') {
		text += text_starts_nocase(text + 1, "ipv6:") ? 6 : 1;
		len = strlen(text);
		if (len == 0 || text[len - 1] != ']')
			return -1;
		len--;
	}
	if (len > SIX_MOST)
		return -1;
	memcpy(bare, text, len);
	bare[len] = '\0';
	slash = strchr(bare, '/');
	if (slash != NULL)
		*slash = '\0';
	written = slash != NULL ? read_six_length(slash + 1) : 128;
	if (written < 0 || strpbrk(bare, "[]%") != NULL || address_parse(bare, address, &err) != 0 || address->family != AF_INET6)
		return -1;
	*length = (unsigned)written;
	return 0;
}

int opensmtpd_network(const char *text, struct prefix *network, bool *host_bits)
{
	struct address address;
	unsigned length;

	if (text_starts_nocase(text, "ipv6:"))
		text += 5;
	if (read_four(text, &address, &length) != 0 && read_six(text, &address, &length) != 0)
		return -1;
	prefix_of(&address, length, network);
	*host_bits = memcmp(network->first.bytes, address.bytes, sizeof address.bytes) != 0;
	return 0;
}

void opensmtpd_client_text(const struct address *address, char text[OPENSMTPD_CLIENT_TEXT])
{
	struct address plain = *address;
	char bare[ADDRESS_TEXT];

	address_unmap(&plain);
	plain.scope = 0;
	address_print(&plain, bare);
	snprintf(text, OPENSMTPD_CLIENT_TEXT, plain.family == AF_INET6 ? "[%s]" : "%s", bare);
}

/* A "*" goes on to the first place where the next byte stands, and never comes back. */
bool opensmtpd_name_fits(const char *name, const char *pattern)
{
	while (*pattern != '\0' && *name != '\0') {
		if (*pattern == '*') {
			while (*pattern == '*')
				pattern++;
			while (*name != '\0' && tolower((unsigned char)*name) != tolower((unsigned char)*pattern))
				name++;
			continue;
		}
		if (tolower((unsigned char)*pattern++) != tolower((unsigned char)*name++))
			return false;
	}
	return *name == '\0' && *pattern == '\0';
}
