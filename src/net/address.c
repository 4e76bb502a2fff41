/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.c - IP addresses
 *
 * inet_pton() alone decides what an address is: it refuses "10.1", "010.0.0.1"
 * and "0x7f.1", which older readers take for something else than was written.
 */
#include "net/address.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

static int parse_scope(const char *name, struct address *address, struct err *err)
{
	address->scope = if_nametoindex(name);
	if (address->scope == 0)
		return err_set(err, ERR_USAGE, "there is no network interface '%s' on this machine", name);
	return 0;
}

int address_parse(const char *text, struct address *address, struct err *err)
{
	struct address parsed = { .family = AF_INET };
	char bare[ADDRESS_TEXT];
	size_t len = strlen(text);
	bool bracketed = len > 1 && text[0] == '[' && text[len - 1] == ']';
	char *scope;

	if (bracketed) {
		text++;
		len -= 2;
	}
	if (len == 0 || len >= sizeof bare)
		return err_set(err, ERR_USAGE, "'%s' is not an IP address", text);
	memcpy(bare, text, len);
	bare[len] = '\0';
	if (!bracketed && inet_pton(AF_INET, bare, parsed.bytes) == 1) {
		*address = parsed;
		return 0;
	}
	scope = strchr(bare, '%');
	if (scope != NULL)
		*scope++ = '\0';
	parsed.family = AF_INET6;
	if (inet_pton(AF_INET6, bare, parsed.bytes) != 1)
		return err_set(err, ERR_USAGE, "'%.*s' is not an IP address", (int)len, text);
	if (scope != NULL && parse_scope(scope, &parsed, err) != 0)
		return -1;
	*address = parsed;
	return 0;
}

bool address_read_ipv4(const char *text, size_t len, struct address *address)
{
	struct address read = { .family = AF_INET };
	const char *end = text + len;

	for (int i = 0; i < 4; i++) {
		const char *first;
		unsigned number = 0;

		if (i != 0 && (text == end || *text++ != '.'))
			return false;
		for (first = text; text != end && text - first < 3 && *text >= '0' && *text <= '9'; text++)
			number = number * 10 + (unsigned)(*text - '0');
		/* Zeros in front would be octal to some. */
		if (text == first || number > 255 || (*first == '0' && text - first > 1))
			return false;
		read.bytes[i] = (unsigned char)number;
	}
	if (text != end)
		return false;
	*address = read;
	return true;
}

void address_print(const struct address *address, char text[ADDRESS_TEXT])
{
	char name[IF_NAMESIZE];

	if (address->family == 0 || inet_ntop(address->family, address->bytes, text, ADDRESS_TEXT) == NULL) {
		snprintf(text, ADDRESS_TEXT, "none");
		return;
	}
	if (address->scope != 0 && if_indextoname(address->scope, name) != NULL) {
		size_t len = strlen(text);

		snprintf(text + len, ADDRESS_TEXT - len, "%%%s", name);
	}
}

void address_print_literal(const struct address *address, char text[ADDRESS_TEXT])
{
	char bare[INET6_ADDRSTRLEN] = "";

	inet_ntop(address->family == AF_INET6 ? AF_INET6 : AF_INET, address->bytes, bare, sizeof bare);
	snprintf(text, ADDRESS_TEXT, address->family == AF_INET6 ? "[IPv6:%s]" : "[%s]", bare);
}

void address_print_port(const struct address *address, char text[ADDRESS_TEXT])
{
	char bare[ADDRESS_TEXT];
	bool brackets = address->family == AF_INET6;

	address_print(address, bare);
	snprintf(text, ADDRESS_TEXT, "%s%.54s%s:%u", brackets ? "[" : "", bare, brackets ? "]" : "", (unsigned)address->port);
}

bool address_equal(const struct address *a, const struct address *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool address_is_in(const struct address *address, const struct address *network, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;

	if (address->family != network->family || bits > (address->family == AF_INET ? 32u : 128u))
		return false;
	if (memcmp(address->bytes, network->bytes, whole) != 0)
		return false;
	return rest == 0 || ((address->bytes[whole] ^ network->bytes[whole]) & (0xff << (8 - rest)) & 0xff) == 0;
}

bool address_is_loopback(const struct address *address)
{
	static const struct address four = { AF_INET, { 127 }, 0, 0 }, six = { AF_INET6, { [15] = 1 }, 0, 0 };

	return address_is_in(address, &four, 8) || address_is_in(address, &six, 128);
}

bool address_is_private(const struct address *address)
{
	static const struct {
		struct address network;
		unsigned bits;
	} rows[] = {
		{ { AF_INET, { 127 }, 0, 0 }, 8 },
		{ { AF_INET, { 10 }, 0, 0 }, 8 },
		{ { AF_INET, { 172, 16 }, 0, 0 }, 12 },
		{ { AF_INET, { 192, 168 }, 0, 0 }, 16 },
		{ { AF_INET, { 169, 254 }, 0, 0 }, 16 },
		{ { AF_INET6, { [15] = 1 }, 0, 0 }, 128 },
		{ { AF_INET6, { 0xfc }, 0, 0 }, 7 },
		{ { AF_INET6, { 0xfe, 0x80 }, 0, 0 }, 10 },
	};
	struct address plain = *address;

	address_unmap(&plain);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (address_is_in(&plain, &rows[i].network, rows[i].bits))
			return true;
	return false;
}

bool address_is_own(const struct address *address)
{
	struct ifaddrs *list = NULL;
	bool own = false;

	if (getifaddrs(&list) != 0)
		return false;
	for (struct ifaddrs *entry = list; entry != NULL && !own; entry = entry->ifa_next) {
		struct address found;

		own = entry->ifa_addr != NULL && address_from_socket(entry->ifa_addr, &found) == 0 && address_equal(&found, address);
	}
	freeifaddrs(list);
	return own;
}

void address_unmap(struct address *address)
{
	static const unsigned char prefix[12] = { [10] = 0xff, [11] = 0xff };

	if (address->family != AF_INET6 || memcmp(address->bytes, prefix, sizeof prefix) != 0)
		return;
	memmove(address->bytes, address->bytes + 12, 4);
	memset(address->bytes + 4, 0, 12);
	address->family = AF_INET;
	address->scope = 0;
}

int address_from_socket(const struct sockaddr *from, struct address *address)
{
	struct address made = { .family = from->sa_family };

	if (from->sa_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)(const void *)from;

		memcpy(made.bytes, &four->sin_addr, 4);
		made.port = ntohs(four->sin_port);
	} else if (from->sa_family == AF_INET6) {
		const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)(const void *)from;

		memcpy(made.bytes, &six->sin6_addr, 16);
		made.port = ntohs(six->sin6_port);
		made.scope = six->sin6_scope_id;
	} else {
		return -1;
	}
	*address = made;
	return 0;
}

socklen_t address_to_socket(const struct address *address, struct sockaddr_storage *storage)
{
	*storage = (struct sockaddr_storage){ .ss_family = (sa_family_t)address->family };
	if (address->family == AF_INET) {
		struct sockaddr_in *four = (struct sockaddr_in *)storage;

		memcpy(&four->sin_addr, address->bytes, 4);
		four->sin_port = htons(address->port);
		return sizeof *four;
	}
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)storage;

	memcpy(&six->sin6_addr, address->bytes, 16);
	six->sin6_port = htons(address->port);
	six->sin6_scope_id = address->scope;
	return sizeof *six;
}
