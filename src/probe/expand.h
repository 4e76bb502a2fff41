/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_EXPAND_H
#define PROBE_EXPAND_H

/*
 * A client line of a probe: bytes and placeholders, cut apart once when the file
 * is read, and put together for each attempt.
 */

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum placeholder {
	PLACE_DOMAIN,
	PLACE_HOSTNAME,
	PLACE_LITERAL,
	PLACE_IP,
	PLACE_IP6,
	PLACE_IP_DECIMAL,
	PLACE_IP_HEX,
	PLACE_LOCAL_USER,
	PLACE_VICTIM,
	PLACE_VICTIM_LOCAL,
	PLACE_VICTIM_DOMAIN,
	PLACE_VICTIM_DOMAIN_UPPER,
	PLACE_VICTIM_DOMAIN_FULLWIDTH,
	PLACE_VICTIM_LITERAL,
	PLACE_SENDER,
	PLACE_SENDER_LOCAL,
	PLACE_SENDER_DOMAIN,
	PLACE_BACKUP,
	PLACE_HELO,
	PLACE_CLIENT,
	PLACE_TOKEN,
	PLACE_RAND,
	PLACE_MX_DOMAIN,
	PLACE_MESSAGE,          /* ends in CR LF; its lines are dot-stuffed, and the final dot is the probe's */
	PLACE_MESSAGE_SIZE,
	PLACE_SECOND,
	PLACE_SECOND_MESSAGE,   /* as PLACE_MESSAGE */
	PLACE_AUTH_USER,        /* these five: credentials.h */
	PLACE_AUTH_PASSWORD,
	PLACE_AUTH_PLAIN,
	PLACE_AUTH_PLAIN_EMPTY,
	PLACE_AUTH_PLAIN_AS,
	PLACEHOLDERS
};

/* "victim_local", without braces. */
const char *placeholder_name(enum placeholder placeholder);

/* What it stands for, in one phrase. */
const char *placeholder_about(enum placeholder placeholder);

/* -1 when there is none; `*meant` is then the name that is near, or NULL. */
int placeholder_find(const char *name, const char **meant);

/* What the placeholders stand for in one attempt.  NULL: not to be had here.  All borrowed. */
struct values {
	const char *of[PLACEHOLDERS];
};

struct piece {
	int placeholder;        /* -1: bytes */
	char *bytes;
	size_t len;
};

struct line {
	struct piece *pieces;
	size_t count;
	size_t capacity;
};

void line_add_bytes(struct line *line, const char *bytes, size_t len);
void line_add_placeholder(struct line *line, enum placeholder placeholder);
void line_release(struct line *line);

bool line_has(const struct line *line, enum placeholder placeholder);

/* Whether the placeholder is all of the line. */
bool line_is(const struct line *line, enum placeholder placeholder);

/* The bytes before the first placeholder; "" when it begins with one. */
const char *line_head(const struct line *line);

/* Adds the line.  Returns the placeholder that has no value, or -1 when all is well. */
int line_expand(const struct line *line, const struct values *values, struct buf *to);

#endif
