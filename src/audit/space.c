/* SPDX-License-Identifier: Apache-2.0 */
/*
 * space.c - whose addresses are they?
 */
#include "audit/space.h"

#include <stdio.h>
#include <string.h>

static const struct {
	enum space space;
	struct prefix network;
} spaces[] = {
	{ SPACE_LOOPBACK, { { AF_INET, { 127 }, 0, 0 }, 8 } },
	{ SPACE_LOOPBACK, { { AF_INET6, { [15] = 1 }, 0, 0 }, 128 } },
	{ SPACE_PRIVATE, { { AF_INET, { 10 }, 0, 0 }, 8 } },
	{ SPACE_PRIVATE, { { AF_INET, { 172, 16 }, 0, 0 }, 12 } },
	{ SPACE_PRIVATE, { { AF_INET, { 192, 168 }, 0, 0 }, 16 } },
	{ SPACE_PRIVATE, { { AF_INET, { 169, 254 }, 0, 0 }, 16 } },
	{ SPACE_PRIVATE, { { AF_INET6, { 0xfc }, 0, 0 }, 7 } },
	{ SPACE_LINK, { { AF_INET6, { 0xfe, 0x80 }, 0, 0 }, 10 } },
	{ SPACE_CARRIER, { { AF_INET, { 100, 64 }, 0, 0 }, 10 } },
	{ SPACE_RESERVED, { { AF_INET, { 0 }, 0, 0 }, 8 } },
	{ SPACE_RESERVED, { { AF_INET, { 192, 0, 2 }, 0, 0 }, 24 } },
	{ SPACE_RESERVED, { { AF_INET, { 198, 51, 100 }, 0, 0 }, 24 } },
	{ SPACE_RESERVED, { { AF_INET, { 203, 0, 113 }, 0, 0 }, 24 } },
	{ SPACE_RESERVED, { { AF_INET, { 198, 18 }, 0, 0 }, 15 } },
	{ SPACE_RESERVED, { { AF_INET, { 224 }, 0, 0 }, 3 } },
	{ SPACE_RESERVED, { { AF_INET6, { 0x20, 0x01, 0x0d, 0xb8 }, 0, 0 }, 32 } },
	{ SPACE_RESERVED, { { AF_INET6, { 0xff }, 0, 0 }, 8 } },
};

/* Wider ones first: the name of the first that holds a network is told. */
static const struct {
	const char *name;
	struct prefix network;
} bridges[] = {
	{ "mailcow's containers", { { AF_INET, { 172, 22, 1 }, 0, 0 }, 24 } },
	{ "mailcow's containers", { { AF_INET6, { 0xfd, 0x4d, 0x61, 0x69, 0x6c, 0x63, 0x6f, 0x77 }, 0, 0 }, 64 } },
	{ "Mailu's containers", { { AF_INET, { 192, 168, 203 }, 0, 0 }, 24 } },
	{ "Docker's default bridge", { { AF_INET, { 172, 17 }, 0, 0 }, 16 } },
	{ "Docker's bridges", { { AF_INET, { 172, 16 }, 0, 0 }, 12 } },
	{ "Podman's containers", { { AF_INET, { 10, 88 }, 0, 0 }, 16 } },
	{ "k3s' pods", { { AF_INET, { 10, 42 }, 0, 0 }, 16 } },
	{ "k3s' services", { { AF_INET, { 10, 43 }, 0, 0 }, 16 } },
	{ "Kubernetes' pods (flannel)", { { AF_INET, { 10, 244 }, 0, 0 }, 16 } },
	{ "Kubernetes' services", { { AF_INET, { 10, 96 }, 0, 0 }, 12 } },
};

void space_part(const struct prefixset *set, enum space space, struct prefixset *part)
{
	struct prefixset named = PREFIXSET_INIT;

	for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
		if (space == SPACE_PUBLIC || spaces[i].space == space)
			prefixset_add(&named, &spaces[i].network);
	prefixset_settle(&named);
	if (space == SPACE_PUBLIC)
		prefixset_subtract(part, set, &named);
	else
		prefixset_intersect(part, set, &named);
	prefixset_release(&named);
}

const char *space_bridge(const struct prefix *network)
{
	for (size_t i = 0; i < sizeof bridges / sizeof *bridges; i++)
		if (network->first.family != 0 && network->length >= bridges[i].network.length && prefix_has(&bridges[i].network, &network->first))
			return bridges[i].name;
	return NULL;
}

void space_share(const struct prefix *network, char text[40])
{
	const char *family = network->first.family == AF_INET ? "IPv4" : "IPv6";

	if (network->length == 0)
		snprintf(text, 40, "all of %s", family);
	else if (network->length <= 32)
		snprintf(text, 40, "1 in %llu of all %s", 1ull << network->length, family);
	else
		snprintf(text, 40, "1 in 2^%u of all %s", network->length, family);
}
