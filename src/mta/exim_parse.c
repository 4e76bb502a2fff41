/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exim_parse.c - readconf_main(), read_named_list() and readconf_driver_init() of
 * Exim's readconf.c
 */
#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/exim_walk.h"

void exim_fault(struct exim *exim, const struct exim_line *line, const char *why)
{
	if (exim->fault != NULL)
		return;
	exim->fault = config_text(exim->config, "%s: %.200s", why, line->text);
	exim->fault_place = exim_line_place(exim, line);
}

const char *exim_line_place(const struct exim *exim, const struct exim_line *line)
{
	return exim_lines_place(&exim->lines, line, 0);
}

const char *exim_place(const struct exim *exim, const struct exim_value *value, size_t offset)
{
	return exim_lines_place(&exim->lines, value->line, value->at != SIZE_MAX ? value->at + offset : 0);
}

const struct exim_option *exim_option(const struct exim *exim, const char *name)
{
	for (size_t i = 0; i < exim->option_count; i++)
		if (strcmp(exim->options[i].name, name) == 0)
			return &exim->options[i];
	return NULL;
}

const struct exim_named *exim_named(const struct exim *exim, enum exim_list_kind kind, const char *name)
{
	for (size_t i = 0; i < exim->named_count; i++)
		if (exim->named[i].kind == kind && strcmp(exim->named[i].name, name) == 0)
			return &exim->named[i];
	return NULL;
}

const struct exim_option *exim_router_option(const struct exim *exim, const struct exim_router *router, const char *name)
{
	const struct exim_option *found = NULL;

	for (size_t i = 0; i < router->count; i++)
		if (strcmp(exim->router_options[router->first + i].name, name) == 0)
			found = &exim->router_options[router->first + i];
	return found;
}


/* read_string(): what stands between quotes, or all of the rest. */
static struct exim_value read_value(struct exim *exim, const struct exim_line *line, const char *at)
{
	struct exim_value value = { at, line, (size_t)(at - line->text) };
	struct buf text = BUF_INIT(EXIM_LINE_MOST);
	const char *end = at + 1;

	if (*at != '"')
		return value;
	for (; *end != '\0' && *end != '"'; end++)
		buf_char(&text, *end == '\\' ? exim_escape(&end) : *end);
	if (*end != '"' || end[1] != '\0')
		exim_fault(exim, line, *end != '"' ? "a quote is missing at the end" : "extra characters stand behind the quote");
	value.text = pool_text(exim->config->pool, text.len != 0 ? text.data : "");
	value.at = SIZE_MAX;
	buf_release(&text);
	return value;
}

/* "hostlist NAME = LIST"; false where the line is none of these. */
static bool take_named(struct exim *exim, const struct exim_line *line, const char *at)
{
	static const char *const words[] = { [EXIM_DOMAINS] = "domainlist", [EXIM_HOSTS] = "hostlist", [EXIM_ADDRESSES] = "addresslist",
					     [EXIM_LOCAL_PARTS] = "localpartlist" };
	const char *name;
	int kind = EXIM_DOMAINS;

	while (kind < EXIM_STRINGS && strncmp(at, words[kind], strlen(words[kind])) != 0)
		kind++;
	if (kind == EXIM_STRINGS)
		return false;
	at += strlen(words[kind]);
	at += strncmp(at, "_cache", 6) == 0 ? 6 : 0;
	if (!isspace((unsigned char)*at)) {
		exim_fault(exim, line, "unrecognized configuration line");
		return true;
	}
	name = at += strspn(at, " \t");
	while (isalnum((unsigned char)*at) || *at == '_')
		at++;
	name = pool_bytes(exim->config->pool, name, (size_t)(at - name));
	at += strspn(at, " \t");
	if (*at != '=' || exim_named(exim, (enum exim_list_kind)kind, name) != NULL) {
		exim_fault(exim, line, *at != '=' ? "a = is missing" : "a list of this name stands before this");
		return true;
	}
	at += 1 + strspn(at + 1, " \t");
	if (exim->named_count >= EXIM_NAMED_MOST)
		exim_fault(exim, line, "there are too many named lists");
	MEM_ROOM(exim->named, exim->named_count, exim->named_capacity);
	exim->named[exim->named_count++] = (struct exim_named){ (enum exim_list_kind)kind, name, read_value(exim, line, at) };
	return true;
}

static bool is_no(const char *text)
{
	return text_equal_nocase(text, "false") || text_equal_nocase(text, "no");
}

/*
 * readconf_handle_option(): the name and what is said of it.  `kind` is that of an option that is known, 0 where
 * any name is taken.
 */
static void take_option(struct exim *exim, const struct exim_line *line, bool any, struct exim_option *option)
{
	const char *at = line->text, *name;
	size_t len = 0, skip = 0;
	char kind = 's';

	for (int i = 0; i < 2; i++) {
		name = at;
		while (isalnum((unsigned char)*at) || *at == '_')
			at++;
		len = (size_t)(at - name);
		at += strspn(at, " \t");
		if (len != 4 || strncmp(name, "hide", 4) != 0)
			break;
	}
	if (len > 3 && strncmp(name, "no_", 3) == 0)
		skip = 3;
	else if (len > 4 && strncmp(name, "not_", 4) == 0)
		skip = 4;
	if (any)
		kind = skip != 0 || *at != '=' ? 'b' : 's';
	else if (!isalpha((unsigned char)*name) || !exim_option_known(name + skip, len - skip, &kind))
		exim_fault(exim, line, isalpha((unsigned char)*name) ? "this main option is unknown" : "option setting expected");
	if (kind == 's' && (skip != 0 || *at != '='))
		exim_fault(exim, line, skip != 0 ? "a negation before an option that is not switched" : "a = is missing");
	if (kind == 'b' && *at != '\0' && (skip != 0 || *at != '='))
		exim_fault(exim, line, "extra characters stand behind the option");
	*option = (struct exim_option){ .name = pool_bytes(exim->config->pool, name + skip, len - skip), .off = skip != 0, .value = { "", line, 0 } };
	if (*at == '=') {
		at += 1 + strspn(at + 1, " \t");
		option->value = read_value(exim, line, at);
		option->off = option->off || (kind == 'b' && is_no(option->value.text));
		if (kind == 'b' && !is_no(option->value.text) && !text_equal_nocase(option->value.text, "true") &&
		    !text_equal_nocase(option->value.text, "yes"))
			exim_fault(exim, line, "neither true nor false");
	}
}

static void take_main(struct exim *exim, const struct exim_line *line)
{
	const char *at = strncmp(line->text, "hide", 4) == 0 && isspace((unsigned char)line->text[4]) ? line->text + 5 : line->text;
	struct exim_option option;

	if (take_named(exim, line, at))
		return;
	take_option(exim, line, false, &option);
	/* Quadratic in what people write, which is a screenful; the names are few, and each stands once. */
	if (exim->fault == NULL && exim_option(exim, option.name) != NULL)
		exim_fault(exim, line, "the option is set for the second time");
	MEM_ROOM(exim->options, exim->option_count, exim->option_capacity);
	exim->options[exim->option_count++] = option;
}

static void take_router(struct exim *exim, const struct exim_line *line)
{
	size_t len = 0;
	struct exim_option option;

	while (isalnum((unsigned char)line->text[len]) || line->text[len] == '_')
		len++;
	if (line->text[len + strspn(line->text + len, " \t")] == ':') {
		MEM_ROOM(exim->routers, exim->router_count, exim->router_capacity);
		exim->routers[exim->router_count++] =
			(struct exim_router){ .name = pool_bytes(exim->config->pool, line->text, len), .line = line, .first = exim->router_option_count };
		return;
	}
	if (exim->router_count == 0) {
		exim_fault(exim, line, "a router's name is missing");
		return;
	}
	take_option(exim, line, true, &option);
	MEM_ROOM(exim->router_options, exim->router_option_count, exim->router_option_capacity);
	exim->router_options[exim->router_option_count++] = option;
	exim->routers[exim->router_count - 1].count++;
}

static const char *const sections[] = { "acl", "authenticator", "local_scan", "retry", "rewrite", "router", "transport" };
enum { SECTION_MAIN = -1, SECTION_ACL = 0, SECTION_ROUTER = 5 };

/* In any case, and with an "s" behind it or without. */
static int find_section(const char *name)
{
	size_t len = strlen(name);

	len -= len > 1 && (name[len - 1] | 0x20) == 's';
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		if (strlen(sections[i]) == len && text_starts_nocase(name, sections[i]))
			return (int)i;
	return SECTION_MAIN;
}

int exim_parse(struct exim *exim, struct err *err)
{
	int section = SECTION_MAIN;
	unsigned seen = 0;
	const char *name;

	for (size_t i = 0; i < exim->lines.count && exim->fault == NULL;) {
		const struct exim_line *line = &exim->lines.rows[i];

		if (exim_lines_is_begin(line, &name)) {
			section = find_section(name);
			if (section < 0 || (seen & 1U << section) != 0)
				exim_fault(exim, line, section < 0 ? "the section is unknown" : "the section is repeated");
			else
				seen |= 1U << section;
			i++;
		} else if (section == SECTION_ACL) {
			if (exim_acl_parse(exim, &i, err) != 0)
				return -1;
		} else {
			if (section == SECTION_MAIN)
				take_main(exim, line);
			else if (section == SECTION_ROUTER)
				take_router(exim, line);
			i++;
		}
	}
	if (exim->fault == NULL && exim->lines.fault != NULL) {
		exim->fault = exim->lines.fault;
		exim->fault_place = exim->lines.fault_place;
	}
	return 0;
}
