/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pieces.c - JSON cut into pieces
 */
#include "report/pieces.h"

#include <string.h>

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static void skip_blanks(struct pieces *pieces)
{
	while (pieces->at != pieces->end && is_blank(*pieces->at))
		pieces->at++;
}

/* Behind the string that begins here; `end` where it does not end. */
static const char *behind_string(const char *at, const char *end)
{
	for (at++; at != end && *at != '"'; at++)
		if (*at == '\\' && at + 1 != end)
			at++;
	return at == end ? end : at + 1;
}

/*
 * Behind the value that begins here.  Brackets are only counted: their reader sees which
 * belong together, and a value with too few of them ends with the text.
 */
static const char *behind_value(const char *at, const char *end)
{
	size_t depth = 0;

	while (at != end) {
		if (*at == '"') {
			at = behind_string(at, end);
		} else if (*at == '[' || *at == '{') {
			depth++;
			at++;
		} else if (*at == ']' || *at == '}') {
			if (depth == 0)
				break;
			depth--;
			at++;
		} else if (depth == 0 && (*at == ',' || *at == ':' || is_blank(*at))) {
			break;
		} else {
			at++;
			continue;
		}
		if (depth == 0)
			break;
	}
	return at;
}

static bool take(struct pieces *pieces, struct piece *piece)
{
	const char *behind = behind_value(pieces->at, pieces->end);

	*piece = (struct piece){ pieces->at, (size_t)(behind - pieces->at) };
	pieces->at = behind;
	pieces->broken = piece->len == 0;
	return !pieces->broken;
}

struct pieces pieces_of(const char *text, size_t len, char open)
{
	struct pieces pieces = { .at = text, .end = text + len, .close = open == '[' ? ']' : '}', .first = true };

	skip_blanks(&pieces);
	while (pieces.end != pieces.at && is_blank(pieces.end[-1]))
		pieces.end--;
	if (pieces.end - pieces.at < 2 || *pieces.at != open || pieces.end[-1] != pieces.close) {
		pieces.broken = true;
	} else {
		pieces.at++;
		pieces.end--;
	}
	return pieces;
}

/* Over the comma that stands before all but the first; false at the end. */
static bool begin(struct pieces *pieces)
{
	bool first = pieces->first;

	pieces->first = false;
	skip_blanks(pieces);
	if (pieces->broken || pieces->at == pieces->end)
		return false;
	if (first)
		return true;
	pieces->broken = *pieces->at != ',';
	if (pieces->broken)
		return false;
	pieces->at++;
	skip_blanks(pieces);
	/* A comma leads to a value. */
	pieces->broken = pieces->at == pieces->end;
	return !pieces->broken;
}

bool pieces_next(struct pieces *pieces, struct piece *value)
{
	return begin(pieces) && take(pieces, value);
}

bool pieces_next_member(struct pieces *pieces, struct piece *key, struct piece *value)
{
	if (!begin(pieces))
		return false;
	pieces->broken = *pieces->at != '"';
	if (pieces->broken || !take(pieces, key))
		return false;
	skip_blanks(pieces);
	pieces->broken = pieces->at == pieces->end || *pieces->at != ':';
	if (pieces->broken)
		return false;
	pieces->at++;
	skip_blanks(pieces);
	return take(pieces, value);
}
