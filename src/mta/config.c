/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config.c - what was read of a configuration
 */
#include "mta/config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/config_kind.h"

static const char *const answers[] = {
	[ANSWER_PERMIT] = "permit", [ANSWER_REJECT] = "reject", [ANSWER_DEFER] = "defer", [ANSWER_BROKEN] = "broken", [ANSWER_UNKNOWN] = "unknown",
};

_Static_assert(sizeof answers / sizeof *answers == ANSWERS, "an answer without a name");

const char *config_answer_name(enum config_answer answer)
{
	return answers[answer];
}

void config_release(struct config *config)
{
	if (config->kind != NULL && config->state != NULL)
		config->kind->release(config->state);
	for (size_t i = 0; i < config->grant_count; i++)
		prefixset_release(&config->grants[i].addresses);
	for (size_t i = 0; i < config->fact_count; i++)
		prefixset_release(&config->facts[i].addresses);
	free(config->grants);
	free(config->facts);
	if (config->pool != NULL)
		pool_free(config->pool);
	*config = (struct config){ .kind = NULL };
}

struct grant *config_add_grant(struct config *config, enum grant_to to, const char *source, const char *setting)
{
	MEM_ROOM(config->grants, config->grant_count, config->grant_capacity);
	config->grants[config->grant_count] =
		(struct grant){ .to = to, .source = source, .setting = config_shown(config, setting, strlen(setting)), .value = "", .covers = "", .in_force = true };
	return &config->grants[config->grant_count++];
}

struct fact *config_add_fact(struct config *config, enum fact_kind kind, const char *source)
{
	/* One more than the ceiling is kept for what is dropped. */
	if (config->fact_count > CONFIG_FACTS_MOST) {
		config->facts_dropped++;
		config->fact_count--;
		prefixset_release(&config->facts[config->fact_count].addresses);
	}
	MEM_ROOM(config->facts, config->fact_count, config->fact_capacity);
	config->facts[config->fact_count] = (struct fact){ .kind = kind, .source = source, .title = "", .says = "", .fix = "" };
	return &config->facts[config->fact_count++];
}

const char *config_shown(struct config *config, const char *bytes, size_t len)
{
	struct buf shown = BUF_INIT(TEXT_SHOWN);
	const char *kept;

	text_escape(&shown, bytes, len);
	kept = pool_text(config->pool, shown.data);
	buf_release(&shown);
	return kept;
}

const char *config_text(struct config *config, const char *format, ...)
{
	char text[2 * TEXT_SHOWN];
	struct buf shown = BUF_OWN;
	const char *kept;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	/* A file's own words may be among the arguments; what was escaped already stays as it is. */
	for (const char *byte = text; *byte != '\0'; byte++) {
		if (*byte < ' ' || *byte > '~')
			text_escape(&shown, byte, 1);
		else
			buf_add(&shown, byte, 1);
	}
	kept = pool_text(config->pool, shown.len != 0 ? shown.data : "");
	buf_release(&shown);
	return kept;
}

const char *config_place(struct config *config, const char *file, unsigned line)
{
	return config_text(config, "%s:%u", file, line);
}

void config_set_network(struct config *config, struct grant *grant, const struct prefix *network, bool host_bits)
{
	char text[PREFIX_TEXT];

	prefix_print(network, text);
	grant->covers = pool_text(config->pool, text);
	grant->network = *network;
	grant->host_bits = host_bits;
	prefixset_add(&grant->addresses, network);
	prefixset_settle(&grant->addresses);
}
