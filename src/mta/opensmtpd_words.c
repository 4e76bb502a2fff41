/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensmtpd_words.c - yylex(), lgetc() and their kin of smtpd 6.8's parse.y
 */
#include "mta/opensmtpd_words.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "base/text.h"

/* Around a macro's value among the bytes to come; such bytes in a file have the same power. */
enum { ENDS = -1, EXPANDS = 1, EXPANDED = 2 };

struct source {
	char *bytes;
	size_t len, at;
	const char *name;
	unsigned line;
	bool ended;                     /* the line that every file ends with was given */
	char *back;                     /* bytes that come first, the last of them next */
	size_t back_count, back_capacity;
};

struct macro {
	const char *name, *value;
};

struct opensmtpd_words {
	struct opensmtpd *opensmtpd;
	struct source sources[OPENSMTPD_DEEP_MOST];
	size_t deep;
	size_t includes;
	struct macro *macros;
	size_t macro_count, macro_capacity;
	bool expanding;
	size_t expanded;
	struct err limit;
	char word[OPENSMTPD_WORD_MOST + 2];
	size_t len;
};

void opensmtpd_fault(struct opensmtpd *opensmtpd, struct opensmtpd_spot spot, const char *format, ...)
{
	char text[2 * TEXT_SHOWN];
	va_list args;

	if (opensmtpd->fault != NULL)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	opensmtpd->fault = config_text(opensmtpd->config, "%s", text);
	opensmtpd->fault_place = opensmtpd_place(opensmtpd, spot);
}

static struct source *here(struct opensmtpd_words *words)
{
	return &words->sources[words->deep - 1];
}

static struct opensmtpd_spot spot_of(struct opensmtpd_words *words)
{
	return (struct opensmtpd_spot){ here(words)->name, here(words)->line };
}

/* Takes the bytes over. */
static void push(struct opensmtpd_words *words, const char *name, char *bytes, size_t len)
{
	words->sources[words->deep] = (struct source){ .bytes = bytes, .len = len, .name = pool_text(words->opensmtpd->config->pool, name) };
	words->sources[words->deep].line = words->deep == 0;
	words->deep++;
}

static void pop(struct opensmtpd_words *words)
{
	free(here(words)->bytes);
	free(here(words)->back);
	words->deep--;
}

struct opensmtpd_words *opensmtpd_words_new(struct opensmtpd *opensmtpd, const char *path, const char *bytes, size_t len)
{
	struct opensmtpd_words *words = mem_new(sizeof *words);

	words->opensmtpd = opensmtpd;
	push(words, path, mem_bytes(bytes, len), len);
	return words;
}

void opensmtpd_words_free(struct opensmtpd_words *words)
{
	while (words->deep > 0)
		pop(words);
	free(words->macros);
	free(words);
}

const struct err *opensmtpd_words_limit(const struct opensmtpd_words *words)
{
	return words->limit.kind != ERR_NONE ? &words->limit : NULL;
}

static void give_back(struct opensmtpd_words *words, int byte)
{
	struct source *source = here(words);

	if (byte == ENDS)
		return;
	MEM_ROOM(source->back, source->back_count, source->back_capacity);
	source->back[source->back_count++] = (char)byte;
}

/* A byte of this file, or what was given back; marks are taken in. */
static int raw(struct opensmtpd_words *words)
{
	struct source *source = here(words);

	for (;;) {
		int byte = source->back_count > 0 ? (unsigned char)source->back[--source->back_count] :
			   source->at < source->len ? (unsigned char)source->bytes[source->at++] : ENDS;

		if (byte != EXPANDS && byte != EXPANDED)
			return byte;
		words->expanding = byte == EXPANDS;
	}
}

static int quoted_byte(struct opensmtpd_words *words, int quote)
{
	int byte = raw(words);

	if (byte != ENDS)
		return byte;
	opensmtpd_fault(words->opensmtpd, spot_of(words), "the file ends inside quotes");
	if (words->deep == 1)
		return ENDS;
	pop(words);
	return quote;
}

/* A byte outside quotes: of a backslash only what stands behind it, and nothing where that is a line's end. */
static int byte_of(struct opensmtpd_words *words)
{
	int byte;

	while ((byte = raw(words)) == '\\') {
		byte = raw(words);
		if (byte != '\n')
			break;
		here(words)->line++;
	}
	if (byte != ENDS)
		return byte;
	if (!here(words)->ended) {
		here(words)->ended = true;
		return '\n';
	}
	while (byte == ENDS) {
		if (words->deep == 1)
			return ENDS;
		pop(words);
		byte = raw(words);
	}
	return byte;
}

static struct opensmtpd_token make(struct opensmtpd_words *words, enum opensmtpd_word word, struct opensmtpd_spot spot)
{
	const char *text = pool_bytes(words->opensmtpd->config->pool, words->word, words->len);

	return (struct opensmtpd_token){ .word = word, .text = text, .spot = spot };
}

/* Told of already: goes on behind the line. */
static struct opensmtpd_token mistake(struct opensmtpd_words *words, struct opensmtpd_spot spot)
{
	int byte;

	do
		byte = byte_of(words);
	while (byte != '\n' && byte != ENDS);
	if (byte == '\n')
		here(words)->line++;
	words->len = 0;
	return make(words, WORD_ERROR, spot);
}

static bool add(struct opensmtpd_words *words, int byte)
{
	if (words->len >= OPENSMTPD_WORD_MOST)
		return false;
	words->word[words->len++] = (char)byte;
	words->word[words->len] = '\0';
	return true;
}

static struct opensmtpd_token too_long(struct opensmtpd_words *words, struct opensmtpd_spot spot)
{
	opensmtpd_fault(words->opensmtpd, spot, "a word is longer than smtpd takes");
	return mistake(words, spot);
}

static struct opensmtpd_token quoted(struct opensmtpd_words *words, int quote, struct opensmtpd_spot spot)
{
	int byte, next;

	while ((byte = quoted_byte(words, quote)) != quote) {
		if (byte == ENDS) {
			words->len = 0;
			return make(words, WORD_END, spot);
		}
		if (byte == '\n') {
			here(words)->line++;
			continue;
		}
		if (byte == '\\') {
			next = quoted_byte(words, quote);
			if (next == ENDS)
				return make(words, WORD_END, spot);
			if (next == '\n') {
				here(words)->line++;
				continue;
			}
			if (next == quote || next == ' ' || next == '\t')
				byte = next;
			else
				give_back(words, next);
		} else if (byte == '\0') {
			opensmtpd_fault(words->opensmtpd, spot, "a NUL byte stands inside quotes");
			return mistake(words, spot);
		}
		if (!add(words, byte))
			return too_long(words, spot);
	}
	return make(words, WORD_STRING, spot);
}

static const char *macro_value(const struct opensmtpd_words *words, const char *name)
{
	for (size_t i = 0; i < words->macro_count; i++)
		if (strcmp(words->macros[i].name, name) == 0)
			return words->macros[i].value;
	return NULL;
}

void opensmtpd_words_define(struct opensmtpd_words *words, const char *name, const char *value)
{
	for (size_t i = 0; i < words->macro_count; i++) {
		if (strcmp(words->macros[i].name, name) == 0) {
			words->macros[i].value = value;
			return;
		}
	}
	if (words->macro_count == OPENSMTPD_MACROS_MOST) {
		err_set(&words->limit, ERR_LIMIT, "there are more than %d macros", OPENSMTPD_MACROS_MOST);
		return;
	}
	MEM_ROOM(words->macros, words->macro_count, words->macro_capacity);
	words->macros[words->macro_count++] = (struct macro){ name, value };
}

/* "$name": its value is read next.  -1 where the file ends or there is no such macro, and `*token` says so. */
static int expand(struct opensmtpd_words *words, struct opensmtpd_spot spot, struct opensmtpd_token *token)
{
	const char *value;
	int byte;

	words->len = 0;
	words->word[0] = '\0';
	while ((byte = byte_of(words)) != ENDS && (isalnum(byte) || byte == '_')) {
		if (!add(words, byte)) {
			*token = too_long(words, spot);
			return -1;
		}
	}
	if (byte == ENDS) {
		*token = make(words, WORD_END, spot);
		return -1;
	}
	give_back(words, byte);
	value = macro_value(words, words->word);
	if (value == NULL) {
		opensmtpd_fault(words->opensmtpd, spot, "the macro $%.100s is not defined before it is used", words->word);
		*token = mistake(words, spot);
		return -1;
	}
	words->expanded += strlen(value) + 1;
	if (words->expanded > OPENSMTPD_EXPANDED_MOST) {
		err_set(&words->limit, ERR_LIMIT, "%.200s:%u: its macros come to more than %d bytes", spot.file, spot.line, OPENSMTPD_EXPANDED_MOST);
		words->len = 0;
		*token = make(words, WORD_END, spot);
		return -1;
	}
	give_back(words, EXPANDED);
	for (size_t i = strlen(value); i-- > 0;)
		give_back(words, (unsigned char)value[i]);
	give_back(words, EXPANDS);
	words->len = 0;
	return 0;
}

/* Digits that nothing else follows; what is more is a word that begins with them. */
static bool number(struct opensmtpd_words *words, int byte, struct opensmtpd_spot spot, struct opensmtpd_token *token)
{
	char *end;

	do {
		if (!add(words, byte)) {
			*token = too_long(words, spot);
			return true;
		}
		byte = byte_of(words);
	} while (byte != ENDS && isdigit(byte));
	give_back(words, byte);
	if ((byte == ENDS || isspace(byte) || strchr("),/}=", byte) != NULL) && strcmp(words->word, "-") != 0 && byte != '\0') {
		*token = make(words, WORD_NUMBER, spot);
		errno = 0;
		token->number = strtoll(words->word, &end, 10);
		if (errno == ERANGE) {
			opensmtpd_fault(words->opensmtpd, spot, "the number %.100s is too large", words->word);
			*token = mistake(words, spot);
		}
		return true;
	}
	while (words->len > 1)
		give_back(words, (unsigned char)words->word[--words->len]);
	words->word[words->len] = '\0';
	return false;
}

static bool goes_on(int byte)
{
	return byte != ENDS && (isalnum(byte) || (ispunct(byte) && strchr("(){}<>!=#,", byte) == NULL));
}

static bool is_key(const char *text)
{
	static const char *const keys[] = {
		"action", "admd", "alias", "any", "auth", "auth-optional", "backup", "bounce", "bypass", "ca", "cert", "chain", "chroot", "ciphers",
		"commit", "compression", "connect", "data", "data-line", "dhe", "disconnect", "domain", "ehlo", "encryption", "expand-only", "fcrdns",
		"filter", "for", "forward-only", "from", "group", "helo", "helo-src", "host", "hostname", "hostnames", "include", "inet4", "inet6", "junk",
		"key", "limit", "listen", "lmtp", "local", "mail-from", "maildir", "mask-src", "masquerade", "match", "max-deferred", "max-message-size",
		"mbox", "mda", "mta", "mx", "no-dsn", "no-verify", "noop", "on", "phase", "pki", "port", "proc", "proc-exec", "proxy-v2", "queue", "quit",
		"rcpt-to", "rdns", "received-auth", "recipient", "regex", "reject", "relay", "report", "rewrite", "rset", "scheduler", "senders", "smtp",
		"smtp-in", "smtp-out", "smtps", "socket", "src", "srs", "sub-addr-delim", "table", "tag", "tagged", "tls", "tls-require", "ttl", "user",
		"userbase", "verify", "virtual", "warn-interval", "wrapper",
	};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i], text) == 0)
			return true;
	return false;
}

static struct opensmtpd_token word(struct opensmtpd_words *words, int byte, struct opensmtpd_spot spot)
{
	struct opensmtpd_token token;

	words->len = 0;
	do {
		if (!add(words, byte))
			return too_long(words, spot);
		byte = byte_of(words);
	} while (goes_on(byte));
	give_back(words, byte);
	token = make(words, WORD_STRING, spot);
	token.word = is_key(token.text) ? WORD_KEY : WORD_STRING;
	return token;
}

static struct opensmtpd_token sign(struct opensmtpd_words *words, int byte, struct opensmtpd_spot spot)
{
	static const enum opensmtpd_word others[] = { ['\0'] = WORD_END, ['\n'] = WORD_LINE };
	int next;

	words->len = 0;
	if (byte == ENDS)
		return make(words, WORD_END, spot);
	add(words, byte);
	if (byte == '=') {
		next = byte_of(words);
		if (next == '>')
			return make(words, WORD_ARROW, spot);
		give_back(words, next);
	}
	if (byte == '\n')
		here(words)->line++;
	return make(words, byte == '\0' || byte == '\n' ? others[byte] : WORD_SIGN, spot);
}

struct opensmtpd_token opensmtpd_words_next(struct opensmtpd_words *words)
{
	struct opensmtpd_token token;
	struct opensmtpd_spot spot;
	int byte;

	for (;;) {
		words->len = 0;
		words->word[0] = '\0';
		do
			byte = byte_of(words);
		while (byte == ' ' || byte == '\t');
		spot = spot_of(words);
		if (byte == '#')
			do
				byte = byte_of(words);
			while (byte != '\n' && byte != ENDS);
		if (byte != '$' || words->expanding)
			break;
		if (expand(words, spot, &token) != 0)
			return token;
	}
	if (byte == '"' || byte == '\'')
		return quoted(words, byte, spot);
	if ((byte == '-' || (byte != ENDS && isdigit(byte))) && number(words, byte, spot, &token))
		return token;
	if (byte != ENDS && (isalnum(byte) || byte == ':' || byte == '_'))
		return word(words, byte, spot);
	return sign(words, byte, spot);
}

int opensmtpd_words_include(struct opensmtpd_words *words, const char *path, struct err *err)
{
	struct buf text = BUF_INIT(CONFIG_FILE_MOST);
	struct err own = ERR_INIT;
	time_t modified;
	size_t len;

	for (size_t i = 0; i < words->deep; i++)
		if (strcmp(words->sources[i].name, path) == 0)
			return err_set(err, ERR_SYNTAX, "%.200s includes itself, until smtpd can open no more files", path);
	if (words->opensmtpd->files == NULL || !config_files_has(words->opensmtpd->files, path, &modified))
		return err_set(err, ERR_SYSTEM, "the file %.200s that is to be included is not there", path);
	if (words->deep == OPENSMTPD_DEEP_MOST || ++words->includes > OPENSMTPD_INCLUDES_MOST) {
		err_set(&words->limit, ERR_LIMIT, "%.200s: files are included more than %d deep, or more than %d times", path, OPENSMTPD_DEEP_MOST,
			OPENSMTPD_INCLUDES_MOST);
	} else if (config_files_read(words->opensmtpd->files, path, &text, &modified, &own) != 0) {
		words->limit = own;
	} else {
		len = text.len;
		push(words, path, buf_detach(&text), len);
		give_back(words, '\n');
	}
	buf_release(&text);
	return 0;
}
