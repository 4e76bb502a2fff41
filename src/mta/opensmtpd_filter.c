/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_filter.c - "filter ..." and "proc ...": who refuses mail before there are rules
 */
#include <string.h>

#include "base/mem.h"
#include "mta/opensmtpd_parser.h"

static struct opensmtpd_filter *find(const struct opensmtpd *opensmtpd, const char *name)
{
	for (size_t i = 0; i < opensmtpd->filter_count; i++)
		if (opensmtpd->filters[i]->name != NULL && strcmp(opensmtpd->filters[i]->name, name) == 0)
			return opensmtpd->filters[i];
	return NULL;
}

static struct opensmtpd_filter *new(struct opensmtpd_parser *parser, const char *name, enum opensmtpd_filter_kind kind)
{
	struct opensmtpd *opensmtpd = parser->opensmtpd;
	struct opensmtpd_filter *filter = mem_new(sizeof *filter);

	filter->name = name;
	filter->kind = kind;
	filter->spot = parser->spot;
	MEM_ROOM(opensmtpd->filters, opensmtpd->filter_count, opensmtpd->filter_capacity);
	return opensmtpd->filters[opensmtpd->filter_count++] = filter;
}

/* One of a chain, which no chain is. */
static void take_link(struct opensmtpd_parser *parser, struct opensmtpd_filter *chain)
{
	const char *name = opensmtpd_want_string(parser);
	struct opensmtpd_filter *filter = parser->failed ? NULL : find(parser->opensmtpd, name);

	if (parser->failed)
		return;
	if (filter == NULL || filter->kind == FILTER_CHAIN) {
		opensmtpd_fail(parser, filter == NULL ? "there is no filter \"%.100s\" before this line" : "\"%.100s\" is a chain itself", name);
		return;
	}
	for (size_t i = 0; i < chain->chain_count; i++)
		if (chain->chain[i] == filter || (filter->kind == FILTER_PROC && chain->chain[i]->kind == FILTER_PROC && chain->chain[i]->reply == filter->reply))
			opensmtpd_fail(parser, "\"%.100s\" stands twice in a chain", name);
	MEM_ROOM(chain->chain, chain->chain_count, chain->chain_capacity);
	chain->chain[chain->chain_count++] = filter;
}

/* "{ a, b }" */
static void take_chain(struct opensmtpd_parser *parser, struct opensmtpd_filter *chain)
{
	opensmtpd_want_sign(parser, '{');
	do {
		take_link(parser, chain);
		if (opensmtpd_has_sign(parser, '}'))
			return;
		if (opensmtpd_has_sign(parser, ','))
			continue;
		while (!parser->failed && opensmtpd_peek(parser)->word == WORD_LINE)
			opensmtpd_take(parser);
	} while (!parser->failed);
}

struct opensmtpd_filter *opensmtpd_want_filter(struct opensmtpd_parser *parser)
{
	struct opensmtpd_filter *filter;
	const char *name;

	if (opensmtpd_peek(parser)->word == WORD_SIGN) {
		filter = new(parser, NULL, FILTER_CHAIN);
		take_chain(parser, filter);
		return parser->failed ? NULL : filter;
	}
	name = opensmtpd_want_string(parser);
	filter = parser->failed ? NULL : find(parser->opensmtpd, name);
	if (filter == NULL && !parser->failed)
		opensmtpd_fail(parser, "there is no filter \"%.100s\" before this line", name);
	return filter;
}

/* Phases, and from which check on each may ask; "auth" acts when a client connects, for the lack of a line in parse.y. */
static const struct {
	const char *key;
	enum opensmtpd_phase phase;
	unsigned checks;                /* a bit for each */
	bool no_junk;
} phases[] = {
#define ALWAYS (1 << CHECK_FCRDNS | 1 << CHECK_RDNS | 1 << CHECK_SRC)
#define GREETED (ALWAYS | 1 << CHECK_HELO)
#define NAMED (GREETED | 1 << CHECK_AUTH)
	{ "connect", PHASE_CONNECT, ALWAYS, false },
	{ "helo", PHASE_HELO, GREETED, false },
	{ "ehlo", PHASE_EHLO, GREETED, false },
	{ "auth", PHASE_CONNECT, NAMED, false },
	{ "mail-from", PHASE_MAIL_FROM, NAMED | 1 << CHECK_MAIL_FROM, false },
	{ "rcpt-to", PHASE_RCPT_TO, NAMED | 1 << CHECK_MAIL_FROM | 1 << CHECK_RCPT_TO, false },
	{ "data", PHASE_DATA, NAMED | 1 << CHECK_MAIL_FROM, false },
	{ "commit", PHASE_COMMIT, NAMED | 1 << CHECK_MAIL_FROM, true },
};

/* Whether a check may stand without a table, or with one. */
static const struct {
	const char *key;
	bool alone, table;
} checks[OPENSMTPD_CHECKS] = {
	[CHECK_FCRDNS] = { "fcrdns", true, false }, [CHECK_RDNS] = { "rdns", true, true },	      [CHECK_SRC] = { "src", false, true },
	[CHECK_HELO] = { "helo", false, true },	    [CHECK_AUTH] = { "auth", true, true },	      [CHECK_MAIL_FROM] = { "mail-from", false, true },
	[CHECK_RCPT_TO] = { "rcpt-to", false, true },
};

static void take_check(struct opensmtpd_parser *parser, struct opensmtpd_filter *filter, unsigned allowed)
{
	static const struct opensmtpd_use use = { .what = "filters", .shape = SHAPE_NONE };

	filter->negated = opensmtpd_has_sign(parser, '!');
	for (unsigned i = 0; i < OPENSMTPD_CHECKS; i++) {
		if ((allowed & 1u << i) == 0 || !opensmtpd_has_key(parser, checks[i].key))
			continue;
		filter->check = (enum opensmtpd_check)i;
		filter->regex = checks[i].table && opensmtpd_has_key(parser, "regex");
		if (checks[i].table && (!checks[i].alone || filter->regex || opensmtpd_is_table(parser)))
			filter->table = opensmtpd_want_table(parser, &use);
		return;
	}
	opensmtpd_unexpected(parser);
}

/* smtpd says this instead of what is no reply, and ends the session. */
static const char *reply_of(const char *text)
{
	bool fine = (text[0] == '4' || text[0] == '5') && strspn(text, "0123456789") == 3 && (text[3] == ' ' || text[3] == '\0');

	return fine ? text : "421 Internal server error";
}

static void take_verdict(struct opensmtpd_parser *parser, struct opensmtpd_filter *filter, bool no_junk)
{
	static const struct {
		const char *key;
		enum opensmtpd_verdict verdict;
	} words[] = { { "reject", VERDICT_REFUSES }, { "disconnect", VERDICT_REFUSES }, { "rewrite", VERDICT_REWRITES }, { "report", VERDICT_PASSES } };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (!opensmtpd_has_key(parser, words[i].key))
			continue;
		filter->verdict = words[i].verdict;
		filter->reply = reply_of(opensmtpd_want_string(parser));
		return;
	}
	if (!no_junk && opensmtpd_has_key(parser, "bypass"))
		filter->verdict = VERDICT_BYPASSES;
	else if (no_junk || !opensmtpd_has_key(parser, "junk"))
		opensmtpd_unexpected(parser);
}

static void take_phase(struct opensmtpd_parser *parser, struct opensmtpd_filter *filter)
{
	for (size_t i = 0; i < sizeof phases / sizeof *phases; i++) {
		if (!opensmtpd_has_key(parser, phases[i].key))
			continue;
		filter->phase = phases[i].phase;
		opensmtpd_want_key(parser, "match");
		take_check(parser, filter, phases[i].checks);
		take_verdict(parser, filter, phases[i].no_junk);
		return;
	}
	opensmtpd_unexpected(parser);
}

/* Who a program runs as. */
static void take_program(struct opensmtpd_parser *parser)
{
	static const char *const keys[] = { "user", "group", "chroot" };
	bool taken[3] = { false }, found = true;

	while (found && !parser->failed) {
		found = false;
		for (size_t i = 0; i < 3; i++) {
			if (!opensmtpd_has_key(parser, keys[i]))
				continue;
			opensmtpd_want_string(parser);
			if (taken[i])
				opensmtpd_fail(parser, "\"%s\" stands there twice", keys[i]);
			taken[i] = found = true;
		}
	}
}

void opensmtpd_parse_filter(struct opensmtpd_parser *parser)
{
	const char *name = opensmtpd_want_string(parser);
	struct opensmtpd_filter *filter;

	if (parser->failed)
		return;
	if (find(parser->opensmtpd, name) != NULL) {
		opensmtpd_fail(parser, "there are two filters of the name \"%.100s\"", name);
	} else if (opensmtpd_has_key(parser, "proc")) {
		const char *program = opensmtpd_want_string(parser);

		if (!parser->failed && !opensmtpd_is_named(parser, "proc", program))
			opensmtpd_fail(parser, "there is no proc \"%.100s\" before this line", program);
		/* A program is known by its name, which here stands for what it would say. */
		new(parser, name, FILTER_PROC)->reply = program;
	} else if (opensmtpd_has_key(parser, "proc-exec")) {
		opensmtpd_want_string(parser);
		new(parser, name, FILTER_PROC)->reply = name;
		take_program(parser);
		opensmtpd_name(parser, "proc", name);
	} else if (opensmtpd_has_key(parser, "phase")) {
		filter = new(parser, name, FILTER_BUILTIN);
		take_phase(parser, filter);
	} else {
		opensmtpd_want_key(parser, "chain");
		filter = new(parser, NULL, FILTER_CHAIN);
		take_chain(parser, filter);
		filter->name = name;
	}
}

void opensmtpd_parse_proc(struct opensmtpd_parser *parser)
{
	const char *name = opensmtpd_want_string(parser);

	opensmtpd_want_string(parser);
	opensmtpd_name(parser, "proc", name);
	take_program(parser);
}
