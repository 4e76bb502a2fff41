/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MTA_OPENSMTPD_WORDS_H
#define MTA_OPENSMTPD_WORDS_H

/*
 * smtpd.conf as words, as yylex() of smtpd 6.8's parse.y makes them: macros put in
 * where they are named, included files in between, lines that go on behind a
 * backslash.
 */

#include <stdbool.h>
#include <stddef.h>

#include "mta/opensmtpd.h"

enum {
	/* smtpd's own bound on one word. */
	OPENSMTPD_WORD_MOST = 8094,
	/* Files inside files: smtpd goes on until it has no descriptors left. And all of them. */
	OPENSMTPD_DEEP_MOST = 40,
	OPENSMTPD_INCLUDES_MOST = 1000,
	/* What all uses of macros may come to; a page of macros has a hundredth of it. */
	OPENSMTPD_EXPANDED_MOST = 4 << 20,
	OPENSMTPD_MACROS_MOST = 2000
};

enum opensmtpd_word {
	WORD_END,
	WORD_LINE,              /* the end of a line */
	WORD_STRING,
	WORD_NUMBER,
	WORD_KEY,               /* one of the words that mean something to smtpd, not in quotes */
	WORD_ARROW,             /* "=>" */
	WORD_SIGN,              /* any other byte; `text` is that byte */
	WORD_ERROR              /* told of as a fault already; the rest of the line is gone */
};

struct opensmtpd_token {
	enum opensmtpd_word word;
	const char *text;               /* of the pool; never NULL */
	long long number;
	struct opensmtpd_spot spot;
};

struct opensmtpd_words;

/* Words of the bytes, which are kept until it is freed.  */
struct opensmtpd_words *opensmtpd_words_new(struct opensmtpd *opensmtpd, const char *path, const char *bytes, size_t len);
void opensmtpd_words_free(struct opensmtpd_words *words);

struct opensmtpd_token opensmtpd_words_next(struct opensmtpd_words *words);

/* The words that come next are those of another file.  -1: smtpd cannot open it. */
int opensmtpd_words_include(struct opensmtpd_words *words, const char *path, struct err *err);

void opensmtpd_words_define(struct opensmtpd_words *words, const char *name, const char *value);

/* Why not all could be read, as an error of its own; NULL. */
const struct err *opensmtpd_words_limit(const struct opensmtpd_words *words);

/* What keeps smtpd from starting, in a sentence; the first counts. */
void opensmtpd_fault(struct opensmtpd *opensmtpd, struct opensmtpd_spot spot, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
