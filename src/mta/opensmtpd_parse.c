/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_parse.c - the grammar of smtpd.conf(5), as parse.y of smtpd 6.8 has it
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"
#include "mta/opensmtpd_parser.h"

/* A pair of key and certificate, or an authority. */
struct pki {
	const char *name, *cert, *key;
	struct opensmtpd_spot spot;
	bool authority;                 /* "ca" */
};

/* All that the statements share, behind what those of other files see. */
struct reading {
	struct opensmtpd_parser parser; /* the first, so that it is one */
	struct pki *pki;
	size_t pki_count, pki_capacity;
};

/* Words that smtpd has a number for. */
static void limits(struct opensmtpd_parser *parser, const char *const *names)
{
	while (!parser->failed && opensmtpd_peek(parser)->word == WORD_STRING) {
		const char *name = opensmtpd_want_string(parser);
		size_t i = 0;

		opensmtpd_want_number(parser);
		while (names[i] != NULL && strcmp(names[i], name) != 0)
			i++;
		if (names[i] == NULL && !parser->failed)
			opensmtpd_fail(parser, "there is no limit of the name %.100s", name);
	}
}

static void parse_include(struct reading *reading)
{
	struct opensmtpd_parser *parser = &reading->parser;
	const char *path = opensmtpd_want_string(parser);
	struct err err = ERR_INIT;

	if (!parser->failed && opensmtpd_words_include(parser->words, path, &err) != 0)
		opensmtpd_fail(parser, "%s", err.text);
}

static void parse_admd(struct reading *reading)
{
	for (const char *at = opensmtpd_want_string(&reading->parser); *at != '\0'; at++)
		if (!isprint((unsigned char)*at))
			opensmtpd_fail(&reading->parser, "what stands behind admd has a byte that cannot be printed");
}

static void parse_bounce(struct reading *reading)
{
	struct opensmtpd_parser *parser = &reading->parser;

	opensmtpd_want_key(parser, "warn-interval");
	do {
		const char *delay = opensmtpd_want_string(parser);

		if (!parser->failed && !opensmtpd_is_delay(delay))
			opensmtpd_fail(parser, "\"%.100s\" is no time", delay);
	} while (opensmtpd_has_sign(parser, ','));
}

/* As res_hnok() of a name server's library, or "*". */
static void check_host(struct opensmtpd_parser *parser, const char *name)
{
	bool fine = *name != '\0' && *name != '-' && *name != '.';

	for (const char *at = name; *at != '\0'; at++)
		fine = fine && (isalnum((unsigned char)*at) || *at == '-' || *at == '_' || *at == '.') && !(*at == '.' && at[1] == '.');
	if (!fine && strcmp(name, "*") != 0 && !parser->failed)
		opensmtpd_fail(parser, "\"%.100s\" is no name of a host", name);
}

static struct pki *pki_of(struct reading *reading, bool authority)
{
	const char *name = opensmtpd_want_string(&reading->parser);
	struct pki *pki;
	char *low;

	check_host(&reading->parser, name);
	low = mem_text(name);
	text_lower(low);
	name = pool_text(reading->parser.opensmtpd->config->pool, low);
	free(low);
	for (size_t i = 0; i < reading->pki_count; i++)
		if (reading->pki[i].authority == authority && strcmp(reading->pki[i].name, name) == 0)
			return &reading->pki[i];
	MEM_ROOM(reading->pki, reading->pki_count, reading->pki_capacity);
	pki = &reading->pki[reading->pki_count++];
	*pki = (struct pki){ .name = name, .spot = reading->parser.spot, .authority = authority };
	opensmtpd_name(&reading->parser, authority ? "ca" : "pki", name);
	return pki;
}

static void parse_ca(struct reading *reading)
{
	struct pki *ca = pki_of(reading, true);

	opensmtpd_want_key(&reading->parser, "cert");
	ca->cert = opensmtpd_want_string(&reading->parser);
}

static void parse_pki(struct reading *reading)
{
	static const char *const kinds[] = { "none", "auto", "legacy" };
	struct opensmtpd_parser *parser = &reading->parser;
	struct pki *pki = pki_of(reading, false);

	while (!parser->failed && opensmtpd_peek(parser)->word == WORD_KEY) {
		if (opensmtpd_has_key(parser, "cert")) {
			pki->cert = opensmtpd_want_string(parser);
		} else if (opensmtpd_has_key(parser, "key")) {
			pki->key = opensmtpd_want_string(parser);
		} else if (opensmtpd_has_key(parser, "dhe")) {
			const char *kind = opensmtpd_want_string(parser);

			if (!parser->failed && !text_equal_nocase(kind, kinds[0]) && !text_equal_nocase(kind, kinds[1]) && !text_equal_nocase(kind, kinds[2]))
				opensmtpd_fail(parser, "\"%.100s\" is none of none, auto and legacy", kind);
		} else {
			opensmtpd_unexpected(parser);
		}
	}
}

static void parse_mda(struct reading *reading)
{
	static const char *const names[] = { "max-session", "max-session-per-user", "task-lowat", "task-hiwat", "task-release", NULL };
	struct opensmtpd_parser *parser = &reading->parser;
	const char *name;

	if (opensmtpd_has_key(parser, "limit")) {
		limits(parser, names);
		return;
	}
	opensmtpd_want_key(parser, "wrapper");
	name = opensmtpd_want_string(parser);
	opensmtpd_want_string(parser);
	opensmtpd_name(parser, "mda wrapper", name);
}

static void parse_mta(struct reading *reading)
{
	static const char *const names[] = {
		"max-conn-per-host", "max-conn-per-route", "max-conn-per-source", "max-conn-per-connector", "max-conn-per-relay", "max-conn-per-domain",
		"conn-delay-host", "conn-delay-route", "conn-delay-source", "conn-delay-connector", "conn-delay-relay", "conn-delay-domain",
		"reconn-delay-route", "session-mail-max", "session-transaction-delay", "session-keepalive", "max-failures-per-session", "task-hiwat",
		"task-lowat", "task-release", NULL,
	};
	struct opensmtpd_parser *parser = &reading->parser;

	if (opensmtpd_has_key(parser, "max-deferred")) {
		opensmtpd_want_number(parser);
		return;
	}
	opensmtpd_want_key(parser, "limit");
	if (opensmtpd_has_key(parser, "for")) {
		opensmtpd_want_key(parser, "domain");
		opensmtpd_want_string(parser);
	}
	do
		limits(parser, names);
	while (opensmtpd_has_key(parser, "inet4") || opensmtpd_has_key(parser, "inet6"));
}

static void parse_queue(struct reading *reading)
{
	struct opensmtpd_parser *parser = &reading->parser;

	if (opensmtpd_has_key(parser, "compression"))
		return;
	if (opensmtpd_has_key(parser, "encryption")) {
		if (opensmtpd_peek(parser)->word == WORD_STRING)
			opensmtpd_take(parser);
		return;
	}
	opensmtpd_want_key(parser, "ttl");
	if (!opensmtpd_is_delay(opensmtpd_want_string(parser)) && !parser->failed)
		opensmtpd_fail(parser, "that is no time");
}

static void parse_scheduler(struct reading *reading)
{
	static const char *const names[] = { "max-inflight", "max-evp-batch-size", "max-msg-batch-size", "max-schedule", NULL };

	opensmtpd_want_key(&reading->parser, "limit");
	limits(&reading->parser, names);
}

/* scan_scaled(3): digits, a point, and a letter of 1024s. */
static bool is_size(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	if (text[digits] == '.')
		digits += 1 + strspn(text + digits + 1, "0123456789");
	if (digits == 0 || digits > 18)
		return false;
	return text[digits] == '\0' || (strchr("BbKkMmGgTtPpEe", text[digits]) != NULL && text[digits + 1] == '\0');
}

static void parse_smtp(struct reading *reading)
{
	static const char *const names[] = { "max-rcpt", "max-mails", NULL };
	struct opensmtpd_parser *parser = &reading->parser;
	const char *text;

	if (opensmtpd_has_key(parser, "limit")) {
		limits(parser, names);
	} else if (opensmtpd_has_key(parser, "ciphers")) {
		opensmtpd_want_string(parser);
	} else if (opensmtpd_has_key(parser, "max-message-size")) {
		if (opensmtpd_peek(parser)->word == WORD_NUMBER ? opensmtpd_take(parser).number < 0 : !is_size(opensmtpd_want_string(parser)))
			opensmtpd_fail(parser, "that is no size");
	} else {
		opensmtpd_want_key(parser, "sub-addr-delim");
		text = opensmtpd_want_string(parser);
		if (!parser->failed && (strlen(text) != 1 || !isgraph((unsigned char)*text) || *text == '@'))
			opensmtpd_fail(parser, "\"%.100s\" cannot part a tag from a name", text);
		else if (!parser->failed)
			parser->opensmtpd->delimiter = *text;
	}
}

static void parse_srs(struct reading *reading)
{
	struct opensmtpd_parser *parser = &reading->parser;
	const char *text;

	if (opensmtpd_has_key(parser, "key")) {
		bool backup = opensmtpd_has_key(parser, "backup");

		opensmtpd_want_string(parser);
		parser->opensmtpd->srs_key = parser->opensmtpd->srs_key || (!backup && !parser->failed);
		return;
	}
	opensmtpd_want_key(parser, "ttl");
	text = opensmtpd_want_string(parser);
	if (!parser->failed && (!opensmtpd_is_delay(text) || text[strlen(text) - 1] != 'd'))
		opensmtpd_fail(parser, "\"%.100s\" is no time of a day or more", text);
}

/* What a table that is elsewhere is asked by. */
static void open_backend(struct opensmtpd_parser *parser, const char *backend, const char *path)
{
	char program[300];
	time_t modified;

	if (strcmp(backend, "getpwnam") == 0)
		return;
	if (strcmp(backend, "db") == 0) {
		if (path == NULL || !config_files_has(parser->opensmtpd->files, path, &modified))
			opensmtpd_fail(parser, "the compiled file %.200s of a table is not there", path != NULL ? path : "");
		return;
	}
	snprintf(program, sizeof program, "/usr/libexec/opensmtpd/table-%.200s", backend);
	if (!parser->opensmtpd->bsd && !config_files_has(parser->opensmtpd->files, program, &modified))
		opensmtpd_fail(parser, "there is no kind of table %.100s: %.200s is not there", backend, program);
}

/* "file:/etc/mail/networks", "/etc/mail/networks", "db:/etc/mail/aliases.db", "ldap:/etc/mail/ldap.conf" */
static void table_elsewhere(struct opensmtpd_parser *parser, const char *name, const char *what)
{
	struct opensmtpd *opensmtpd = parser->opensmtpd;
	const char *colon = strchr(what, ':'), *path = what[0] == '/' ? what : colon != NULL ? colon + 1 : NULL;
	const char *backend = what[0] == '/' ? "file" : colon != NULL ? pool_bytes(opensmtpd->config->pool, what, (size_t)(colon - what)) : what;
	struct opensmtpd_table *table;
	struct err err = ERR_INIT;

	if (path != NULL && *path != '/') {
		opensmtpd_fail(parser, "what the table %.100s is read from has to begin with '/': \"%.200s\"", name, path);
		return;
	}
	if (strcmp(backend, "file") != 0 && strcmp(backend, "static") != 0) {
		open_backend(parser, backend, path);
		opensmtpd_table_new(opensmtpd, name, backend, SHAPE_ELSEWHERE)->users_only = strcmp(backend, "getpwnam") == 0;
		return;
	}
	table = opensmtpd_table_new(opensmtpd, name, "static", SHAPE_NONE);
	if (path != NULL && opensmtpd_table_load(opensmtpd, table, path, &err) != 0)
		opensmtpd_fail(parser, "%s", err.text);
}

static void parse_table(struct reading *reading)
{
	struct opensmtpd_parser *parser = &reading->parser;
	const char *name = opensmtpd_want_string(parser);

	if (parser->failed)
		return;
	if (opensmtpd_table_find(parser->opensmtpd, name) != NULL)
		opensmtpd_fail(parser, "there are two tables of the name %.100s", name);
	else if (opensmtpd_peek(parser)->word == WORD_STRING)
		table_elsewhere(parser, name, opensmtpd_want_string(parser));
	else
		opensmtpd_want_entries(parser, opensmtpd_table_new(parser->opensmtpd, name, "static", SHAPE_NONE));
}

static void parse_action(struct reading *reading) { opensmtpd_parse_action(&reading->parser); }
static void parse_match(struct reading *reading) { opensmtpd_parse_match(&reading->parser); }
static void parse_listen(struct reading *reading) { opensmtpd_parse_listen(&reading->parser); }
static void parse_filter(struct reading *reading) { opensmtpd_parse_filter(&reading->parser); }
static void parse_proc(struct reading *reading) { opensmtpd_parse_proc(&reading->parser); }

static const struct {
	const char *key;
	void (*parse)(struct reading *reading);
} statements[] = {
	{ "include", parse_include }, { "bounce", parse_bounce }, { "admd", parse_admd },   { "ca", parse_ca },		{ "mda", parse_mda },
	{ "mta", parse_mta },	      { "pki", parse_pki },	  { "proc", parse_proc },   { "queue", parse_queue },	{ "scheduler", parse_scheduler },
	{ "smtp", parse_smtp },	      { "srs", parse_srs },	  { "listen", parse_listen }, { "table", parse_table }, { "action", parse_action },
	{ "match", parse_match },     { "filter", parse_filter },
};

/* "name = value"; what begins with another word has been another grammar, until 6.4. */
static void parse_macro(struct opensmtpd_parser *parser)
{
	const char *name = opensmtpd_want_string(parser), *value;

	if (strcmp(name, "accept") == 0 && (opensmtpd_peek(parser)->word != WORD_SIGN || opensmtpd_peek(parser)->text[0] != '='))
		opensmtpd_fail(parser, "\"accept\" begins a line as smtpd.conf had them before 6.4: since then it is \"action\" and \"match\"");
	opensmtpd_want_sign(parser, '=');
	value = opensmtpd_want_string(parser);
	for (const char *at = name; *at != '\0' && !parser->failed; at++)
		if (at != name && isspace((unsigned char)*at))
			opensmtpd_fail(parser, "a macro's name has a blank in it: \"%.100s\"", name);
	if (!parser->failed)
		opensmtpd_words_define(parser->words, name, value);
}

static void parse_statement(struct reading *reading)
{
	struct opensmtpd_parser *parser = &reading->parser;

	if (opensmtpd_peek(parser)->word == WORD_STRING) {
		parse_macro(parser);
		return;
	}
	for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
		if (opensmtpd_has_key(parser, statements[i].key)) {
			statements[i].parse(reading);
			return;
		}
	}
	if (opensmtpd_has_key(parser, "reject"))
		opensmtpd_fail(parser, "\"reject\" begins a line as smtpd.conf had them before 6.4: since then it is \"match ... reject\"");
	opensmtpd_unexpected(parser);
}

static void skip_line(struct opensmtpd_parser *parser)
{
	enum opensmtpd_word word;

	do
		word = opensmtpd_take(parser).word;
	while (word != WORD_LINE && word != WORD_END && word != WORD_ERROR);
}

/* Keys and certificates are opened when smtpd starts. */
static void check_pki(struct reading *reading)
{
	struct opensmtpd *opensmtpd = reading->parser.opensmtpd;
	time_t modified;

	for (size_t i = 0; i < reading->pki_count; i++) {
		const struct pki *pki = &reading->pki[i];
		const char *const paths[] = { pki->cert, pki->authority ? pki->cert : pki->key };

		for (size_t k = 0; k < 2; k++) {
			if (paths[k] == NULL)
				opensmtpd_fault(opensmtpd, pki->spot, "%s has no %s", pki->name, k == 0 ? "certificate" : "key");
			else if (!config_files_has(opensmtpd->files, paths[k], &modified))
				opensmtpd_fault(opensmtpd, pki->spot, "the file %.200s is not there", paths[k]);
		}
	}
}

static int finish(struct reading *reading, const char *path, struct err *err)
{
	struct opensmtpd *opensmtpd = reading->parser.opensmtpd;
	const struct err *limit = opensmtpd_words_limit(reading->parser.words);

	if (limit != NULL) {
		*err = *limit;
		return -1;
	}
	if (opensmtpd->rule_count == 0)
		opensmtpd_fault(opensmtpd, (struct opensmtpd_spot){ path, 1 }, "there is no rule that begins with \"match\"");
	if (opensmtpd->files != NULL)
		check_pki(reading);
	opensmtpd_sort_listeners(opensmtpd);
	return 0;
}

int opensmtpd_read_bytes(struct opensmtpd *opensmtpd, const char *path, const char *bytes, size_t len, struct err *err)
{
	struct reading reading = { .parser = { .opensmtpd = opensmtpd } };
	struct opensmtpd_parser *parser = &reading.parser;
	bool full = false;
	int result;

	parser->words = opensmtpd_words_new(opensmtpd, path, bytes, len);
	while (opensmtpd_peek(parser)->word != WORD_END && opensmtpd_words_limit(parser->words) == NULL && !full) {
		parser->failed = false;
		if (opensmtpd_peek(parser)->word != WORD_LINE)
			parse_statement(&reading);
		if (!parser->failed && opensmtpd_peek(parser)->word != WORD_LINE)
			opensmtpd_unexpected(parser);
		skip_line(parser);
		full = opensmtpd->rule_count > OPENSMTPD_ROWS_MOST || opensmtpd->listener_count > OPENSMTPD_ROWS_MOST ||
		       opensmtpd->filter_count > OPENSMTPD_ROWS_MOST || opensmtpd->action_count > OPENSMTPD_ROWS_MOST ||
		       opensmtpd->table_count > 10 * OPENSMTPD_ROWS_MOST || reading.pki_count > OPENSMTPD_ROWS_MOST ||
		       parser->named_count > OPENSMTPD_ROWS_MOST;
	}
	result = full ? err_set(err, ERR_LIMIT, "%.300s: there are more than %d rules, actions, filters or listeners", path, OPENSMTPD_ROWS_MOST) :
			finish(&reading, path, err);
	opensmtpd_words_free(parser->words);
	free(reading.pki);
	free(parser->named);
	return result;
}
