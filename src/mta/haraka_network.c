/* SPDX-License-Identifier: Apache-2.0 */
/*
 * haraka_network.c - the networks that plugins/relay.js and connection.js trust, as ipaddr.js 2.1 compares them
 *
 * A length that JavaScript makes no number of compares no bit: "10.0.0.0/8 # office" and
 * "10.0.0.0/255.0.0.0" have all of IPv4.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "mta/haraka.h"

static const char blanks[] = " \t\f\v";

/* Of the length behind the slash: -1 where all fits, -2 where that is not told.  `lenient`: parseInt() reads what it begins with. */
static long length_of(const char *text, size_t len, bool lenient)
{
	size_t at = 0, digits;
	long value = 0;
	bool minus;

	while (at < len && strchr(blanks, text[at]) != NULL)
		at++;
	minus = at < len && text[at] == '-';
	at += minus;
	digits = at;
	for (; at < len && text[at] >= '0' && text[at] <= '9' && value < 1000; at++)
		value = value * 10 + (text[at] - '0');
	if (value >= 1000)
		return -2;
	digits = at - digits;
	while (!lenient && at < len && strchr(blanks, text[at]) != NULL)
		at++;
	if (lenient && digits != 0 && !(at < len && value == 0 && (text[at] == 'x' || text[at] == 'X')))
		return minus || value == 0 ? -1 : value;
	if (lenient)
		return at < len && text[at] == '+' ? -2 : -1;
	if (at == len)
		return digits == 0 || minus || value == 0 ? -1 : value;
	/* With a blank, a comma or a second dot in it, it is no number whatever else it is. */
	if (memchr(text, ' ', len) != NULL || memchr(text, '\t', len) != NULL || memchr(text, ',', len) != NULL || memchr(text, '#', len) != NULL)
		return -1;
	if (memchr(text, '.', len) != NULL && memchr(text, '.', len) != memrchr(text, '.', len))
		return -1;
	return -2;
}

static void take(struct haraka_network *network, unsigned six, bool lenient)
{
	const char *text = network->line->value, *slash = strchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : strlen(text), behind = slash != NULL ? strcspn(slash + 1, "/") : 0;
	struct err err = ERR_INIT;
	struct address address;
	char copy[ADDRESS_TEXT];
	long length;

	network->dead = len == 0 || len >= sizeof copy || strcspn(text, "[]%") < len;
	if (network->dead)
		return;
	memcpy(copy, text, len);
	copy[len] = '\0';
	network->dead = address_parse(copy, &address, &err) != 0;
	if (network->dead)
		return;
	length = behind != 0 ? length_of(slash + 1, behind, lenient) : address.family == AF_INET6 ? (long)six : 32;
	network->short_six = behind == 0 && address.family == AF_INET6 && six != 128;
	network->unknown = length == -2;
	network->whole = length == -1 && !(behind == 1 && slash[1] == '0');
	if (length < 0)
		length = 0;
	if (length > (long)prefix_bits(address.family))
		length = (long)prefix_bits(address.family);
	prefix_of(&address, (unsigned)length, &network->prefix);
	network->host_bits = memcmp(network->prefix.first.bytes, address.bytes, sizeof address.bytes) != 0;
}

struct haraka_network *haraka_networks(const struct haraka_file *file, unsigned six, bool lenient, size_t *count)
{
	struct haraka_network *networks = mem_resize(NULL, file->count + 1, sizeof *networks);

	*count = file->count;
	for (size_t i = 0; i < file->count; i++) {
		networks[i] = (struct haraka_network){ .line = &file->rows[i] };
		take(&networks[i], six, lenient);
	}
	return networks;
}

const struct haraka_network *haraka_match(const struct haraka_network *networks, size_t count, const struct address *address)
{
	struct address plain = *address;

	address_unmap(&plain);
	plain.scope = 0;
	for (size_t i = 0; i < count; i++)
		if (!networks[i].dead && networks[i].prefix.first.family == plain.family && (networks[i].unknown || prefix_has(&networks[i].prefix, &plain)))
			return &networks[i];
	return NULL;
}
