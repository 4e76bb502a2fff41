/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_cidr.c - a network as Postfix reads one
 *
 * cidr_match_parse() of 3.7: brackets around address or all, a length of digits
 * that atoi() takes (08 is 8, and 4294967304 is 8, too), and no bit set behind it.
 */
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "mta/postfix_table.h"

/* What atoi() makes of digits where int has 32 bits. */
static long digits_of(const char *text)
{
	uint64_t number = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return -1;
		number = number > UINT64_MAX / 20 ? INT64_MAX : number * 10 + (uint64_t)(*text - '0');
	}
	return (int32_t)(uint32_t)(number > INT64_MAX ? INT64_MAX : number);
}

int postfix_cidr_parse(const char *text, struct prefix *network, bool *host_bits, const char **why)
{
	char copy[2 * ADDRESS_TEXT], *address = copy, *slash;
	struct address parsed;
	struct prefix masked;
	struct err err = ERR_INIT;
	long length;

	*host_bits = false;
	*why = "it is longer than an address can be";
	if (strlen(text) >= sizeof copy)
		return -1;
	memcpy(copy, text, strlen(text) + 1);
	slash = strchr(copy, '/');
	if (*address == '[') {
		char *close = strchr(++address, ']');

		*why = close == NULL ? "a ']' is missing" : "something stands behind the ']'";
		if (close == NULL || (close[1] != '/' && close[1] != '\0'))
			return -1;
		*close = '\0';
		slash = close[1] == '/' ? close + 1 : strchr(address, '/');
	}
	if (slash != NULL)
		*slash = '\0';
	*why = slash != NULL ? "bad network value" : "bad address";
	if (strpbrk(address, "[]%") != NULL || address_parse(address, &parsed, &err) != 0)
		return -1;
	length = slash != NULL ? digits_of(slash + 1) : (long)prefix_bits(parsed.family);
	*why = "bad mask";
	if (length < 0 || length > (long)prefix_bits(parsed.family))
		return -1;
	prefix_of(&parsed, (unsigned)length, &masked);
	*network = masked;
	*host_bits = !address_equal(&masked.first, &parsed);
	*why = "host bits are set behind the mask";
	return *host_bits ? -1 : 0;
}
