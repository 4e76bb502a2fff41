/* SPDX-License-Identifier: Apache-2.0 */
/*
 * postfix_style.c - mynetworks_style: networks made of the machine's addresses
 *
 * As mynetworks(3) of 3.7: class takes the network of the old classes A, B and C,
 * subnet that of the interface, host the address alone.  Where nobody says what
 * addresses the machine has, loopback is sure, and the rest is not known.
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/pool.h"
#include "mta/postfix.h"
#include "mta/postfix_list.h"

enum style { STYLE_HOST, STYLE_SUBNET, STYLE_CLASS, STYLE_UNKNOWN };

static unsigned length_of(enum style style, const struct config_own *own)
{
	unsigned char first = own->address.bytes[0];

	if (style == STYLE_HOST)
		return prefix_bits(own->address.family);
	if (style == STYLE_SUBNET || own->address.family != AF_INET)
		return own->length;
	return first < 128 ? 8 : first < 192 ? 16 : 24;
}

static void add_network(struct postfix *postfix, struct postfix_list *list, enum style style, const struct config_own *own, const char *source)
{
	struct prefix network;
	char text[PREFIX_TEXT];
	struct postfix_pattern *pattern;

	prefix_of(&own->address, length_of(style, own), &network);
	prefix_print(&network, text);
	pattern = postfix_list_add(list, pool_text(postfix->config->pool, text), source, "mynetworks_style");
	pattern->is_network = true;
	pattern->network = network;
}

static enum style style_of(struct postfix *postfix, const struct postfix_settings *settings)
{
	static const char *const names[] = { [STYLE_HOST] = "host", [STYLE_SUBNET] = "subnet", [STYLE_CLASS] = "class" };
	struct buf value = BUF_INIT(POSTFIX_EXPANDED_MOST);
	struct err err = ERR_INIT;
	enum style style = STYLE_UNKNOWN;

	(void)postfix;
	if (postfix_value(settings, "mynetworks_style", &value, &err) == 0)
		for (int i = 0; i < STYLE_UNKNOWN; i++)
			if (strcmp(value.data, names[i]) == 0)
				style = (enum style)i;
	buf_release(&value);
	return style;
}

static void tell_style(struct postfix *postfix, enum style style, const char *source)
{
	struct fact *fact;

	if (style != STYLE_CLASS && style != STYLE_SUBNET)
		return;
	fact = config_add_fact(postfix->config, style == STYLE_CLASS ? FACT_CLASS_STYLE : FACT_SUBNET_STYLE, source);
	fact->title = style == STYLE_CLASS ? "mynetworks_style = class trusts the whole class of each address" :
					     "mynetworks_style = subnet trusts the whole network of each interface";
	fact->says = style == STYLE_CLASS ? "every address of the old class A, B or C network around each address of the machine may relay: of a server at a provider, "
					    "thousands of the provider's other customers" :
					    "every address in the network of an interface may relay, a container bridge's and a provider's segment, too";
	fact->fix = "set mynetworks to the networks that are yours, or mynetworks_style = host";
}

int postfix_style_fill(struct postfix *postfix, const struct postfix_settings *settings, struct postfix_list *list)
{
	static const struct config_own loopbacks[] = {
		{ { AF_INET, { 127, 0, 0, 1 }, 0, 0 }, 8 },
		{ { AF_INET6, { [15] = 1 }, 0, 0 }, 128 },
	};
	const struct postfix_setting *setting = postfix_setting_find(settings, "mynetworks_style");
	const char *source = setting != NULL ? config_place(postfix->config, setting->file, setting->line) : "default";
	enum style style = style_of(postfix, settings);
	struct postfix_pattern *pattern;

	if (style == STYLE_UNKNOWN) {
		list->fault = config_text(postfix->config, "%s: mynetworks_style is none of host, subnet and class", source);
		return -1;
	}
	tell_style(postfix, style, source);
	for (size_t i = 0; i < postfix->own_count; i++)
		add_network(postfix, list, style, &postfix->own[i], source);
	for (size_t i = 0; i < sizeof loopbacks / sizeof *loopbacks; i++)
		add_network(postfix, list, style, &loopbacks[i], source);
	if (postfix->own_count == 0) {
		pattern = postfix_list_add(list, "the machine's own networks", source, "mynetworks_style");
		pattern->unknown = true;
		pattern->why = "the addresses of the machine are not known; name them with --own-address";
	}
	return 0;
}
