/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_PARSER_H
#define PROBE_PARSER_H

/*
 * What the parts of the probe reader share: parse.c cuts the file into lines,
 * meta.c reads the metadata, script.c the dialogue.
 */

#include <stdbool.h>
#include <stddef.h>

#include "probe/parse.h"
#include "probe/probe.h"

struct complaints;

/* One line of the file, or a piece of one: borrowed bytes and their place. */
struct span {
	const char *text;
	size_t len;
	unsigned line;
	unsigned column;
};

struct parser {
	struct complaints *complaints;
	struct probe *probe;
	unsigned seen;          /* metadata keys met, by their place in the table */
	const struct span *lines;       /* of the present value, without its empty ones */
	size_t line_count;
	bool is_all;            /* meta.c: the suite all is named */
	size_t pending;         /* script.c: client steps since the last server line */
	unsigned decided_at;    /* script.c: the line of the deciding step, 0: none yet */
	bool too_long;          /* script.c: there are more steps than fit, which was said */
	struct span steps[PROBE_STEPS_MOST];    /* script.c: where each of them stands */
};

struct span span_trim(struct span span);

/* The first word, cut off from the front of `rest`; of length 0 at the end. */
struct span span_word(struct span *rest);
bool span_is(struct span span, const char *text);
char *span_copy(struct span span);      /* escaped, for a complaint; yours */

/* One key and its value: `parser->lines`, and the same joined with LF. */
void meta_read(struct parser *parser, struct span key, const char *joined);
/* At the end: what is missing. */
void meta_finish(struct parser *parser, unsigned last_line);

bool script_starts(struct span line);
void script_read(struct parser *parser, struct span line);
void script_finish(struct parser *parser, unsigned last_line);

/* script_rules.c: what is data and what is a command, and that a message comes to its end and goes to nobody else. */
void rules_check(struct parser *parser);

/* Client text with escapes and placeholders; adds to `line`.  False when a complaint was made. */
bool script_client_text(struct parser *parser, struct span text, struct line *line, bool *ends_bare);

#endif
