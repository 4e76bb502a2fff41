/* SPDX-License-Identifier: Apache-2.0 */
/*
 * courier_compile.c - the text of couriertcpd's rules, as makesmtpaccess reads it
 *
 * makedat prints the files one behind the other and a "." at the end, has Perl make keys of networks, and
 * gives all to makedatprog, which takes what stands before a tabulator as the key.  It refuses all for one
 * key that comes twice, and for a last line without an end; what was compiled before stays then.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config.h"
#include "mta/courier_rules.h"

struct line {
	struct config *config;
	struct courier_rules *rules;
	const char *file;
	const char *text;               /* with a NUL in place of its end */
	unsigned number;
};

static void refuse(const struct line *line, const char *why)
{
	if (line->rules->refused != NULL)
		return;
	line->rules->refused = config_place(line->config, line->file, line->number);
	line->rules->refused_why = why;
}

static bool add(const struct line *line, const char *key, size_t len, const char *value, const char *written, bool first)
{
	const struct courier_rule *same = courier_rules_find(line->rules, key, len);
	struct courier_rule *rule;

	if (same != NULL)
		refuse(line, config_text(line->config, "the key %.100s comes twice, before in %.200s: makesmtpaccess refuses all of the text for it, and what was compiled before stays in force",
					 config_shown(line->config, key, len), config_place(line->config, same->file, same->line)));
	rule = courier_rules_add(line->config, line->rules, key, len, *value != '\0' ? value : "1");
	if (rule == NULL)
		return false;
	rule->written = pool_text(line->config->pool, written);
	rule->file = line->file;
	rule->line = line->number;
	rule->first = first;
	if (line->rules->ended != NULL)
		rule->idle_because = "it stands behind a line with nothing but a dot, where makesmtpaccess ends";
	return true;
}

static size_t span(const char *text)
{
	return strspn(text, "0123456789abcdefABCDEF:.");
}

/* How long the network is that a line begins with, "10.0.0.0/8", "10.0.0.1-10.0.0.9"; 0: it begins with none. */
static size_t network_of(const char *text)
{
	size_t len = span(text), behind;

	if (len == 0 || (text[len] != '-' && text[len] != '/'))
		return 0;
	behind = span(text + len + 1);
	return behind != 0 && text[len + 1 + behind] != '\0' && strchr(" \t\r\f\v", text[len + 1 + behind]) != NULL ? len + 1 + behind : 0;
}

static void take_network(const struct line *line, size_t len)
{
	char *written = mem_bytes(line->text, len);
	struct buf keys = BUF_OWN;
	struct prefix network;
	bool host_bits;

	if (courier_keys_of(written, &keys, &network, &host_bits) != 0) {
		refuse(line, "Net::CIDR dies of the network there, so that makesmtpaccess refuses all of the text, and what was compiled before stays in force");
	} else {
		const char *value = line->text + len + strspn(line->text + len, " \t\r\f\v");

		for (const char *at = keys.data; at < keys.data + keys.len; at += strlen(at) + 1)
			if (!add(line, at, strlen(at), value, written, at == keys.data))
				break;
	}
	buf_release(&keys);
	free(written);
}

static void take_line(const struct line *line)
{
	size_t len = network_of(line->text), key = strcspn(line->text, "\t");
	char *written;

	if (len != 0) {
		take_network(line, len);
		return;
	}
	if (strcmp(line->text, ".") == 0) {
		if (line->rules->ended == NULL)
			line->rules->ended = config_place(line->config, line->file, line->number);
		return;
	}
	if (key == 0 || *line->text == '#')
		return;
	written = mem_bytes(line->text, key);
	add(line, line->text, key, line->text[key] != '\0' ? line->text + key + 1 : "", written, true);
	free(written);
}

void courier_rules_text(struct config *config, struct courier_rules *rules, const char *file, const char *text, size_t len)
{
	struct line line = { .config = config, .rules = rules, .file = file };

	for (size_t at = 0, end; at < len && rules->count < COURIER_RULES_MOST; at = end + 1) {
		const char *stop = memchr(text + at, '\n', len - at);
		char *copy;

		end = stop != NULL ? (size_t)(stop - text) : len;
		line.number++;
		copy = mem_bytes(text + at, end - at);
		line.text = copy;
		take_line(&line);
		if (stop == NULL && rules->ended == NULL)
			refuse(&line, "the last line has no end, and what comes next is joined to it: makesmtpaccess refuses all of the text, and what was compiled before stays in force");
		free(copy);
	}
}
