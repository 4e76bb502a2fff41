/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prefixes.c - how long sets of addresses take
 *
 *	prefixes make COUNT [PERCENT]   writes COUNT networks in random order, PERCENT of them IPv6: as long as in a
 *	                                routing table, some twice, some inside each other, some side by side
 *	prefixes count FILE             reads networks, one a line, and says how many addresses they are together
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "net/prefixset.h"

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void draw(struct prefix *prefix, int family, uint64_t *state)
{
	static const unsigned char four[] = { 24, 24, 24, 24, 23, 22, 21, 20, 28, 32, 32, 32, 32, 32, 32, 16 };
	static const unsigned char six[] = { 48, 48, 48, 48, 32, 32, 44, 40, 56, 64, 64, 64, 128, 128, 47, 46 };
	struct address address = { .family = family };
	uint64_t high = next_random(state), low = next_random(state);
	unsigned length = (family == AF_INET ? four : six)[low % 16];

	memcpy(address.bytes, &high, family == AF_INET ? 4 : 8);
	if (family == AF_INET6)
		memcpy(address.bytes + 8, &low, 8);
	address.bytes[0] = (unsigned char)(family == AF_INET ? 1 + high % 223 : 0x20 | (high & 0x0f));
	prefix_of(&address, length, prefix);
}

static int make(long count, long percent)
{
	enum { REMEMBERED = 4096 };
	static struct prefix kept[REMEMBERED];
	uint64_t state = 20030321;

	for (long i = 0; i < count; i++) {
		uint64_t chance = next_random(&state) % 100;
		struct prefix *slot = &kept[next_random(&state) % REMEMBERED];
		char text[PREFIX_TEXT];

		if (slot->first.family == 0 || chance >= 27) {
			draw(slot, (long)(next_random(&state) % 100) < percent ? AF_INET6 : AF_INET, &state);
		} else if (chance >= 17 && slot->length != 0) {
			struct address side = slot->first;

			side.bytes[(slot->length - 1) / 8] ^= (unsigned char)(0x80 >> (slot->length - 1) % 8);
			prefix_of(&side, slot->length, slot);
		} else if (chance >= 2 && slot->length + 8 <= prefix_bits(slot->first.family)) {
			prefix_of(&slot->first, slot->length + 8, slot);
		}
		prefix_print(slot, text);
		puts(text);
	}
	return 0;
}

static int count_all(const char *path)
{
	FILE *file = fopen(path, "r");
	struct prefixset set = PREFIXSET_INIT;
	struct err err = ERR_INIT;
	char line[PREFIX_TEXT + 1], digits[PREFIXSET_COUNT];
	int result = 0;

	if (file == NULL)
		return 2;
	while (result == 0 && fgets(line, sizeof line, file) != NULL) {
		struct prefix prefix;
		bool host_bits;

		line[strcspn(line, "\n")] = '\0';
		if (prefix_parse(line, &prefix, &host_bits, &err) == 0)
			prefixset_add(&set, &prefix);
		else
			result = 2;
	}
	fclose(file);
	if (result != 0)
		fprintf(stderr, "%s\n", err.text);
	prefixset_settle(&set);
	prefixset_count(&set, AF_UNSPEC, digits);
	puts(digits);
	prefixset_release(&set);
	return result;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && strcmp(argv[1], "make") == 0)
		return make(text_number(argv[2], 1, 100000000), argc > 3 ? text_number(argv[3], 0, 100) : 0);
	if (argc == 3 && strcmp(argv[1], "count") == 0)
		return count_all(argv[2]);
	fputs("usage: prefixes make COUNT [PERCENT] | count FILE\n", stderr);
	return 2;
}
