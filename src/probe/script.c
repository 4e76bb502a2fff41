/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.c - the dialogue of a probe file
 *
 * Client lines in a row are one write, and the server lines behind them are
 * their replies, counted from the last.  What is derived from the steps (may it
 * share a session, a MAIL; where is the trick) is found here, once.
 */
#include <stdlib.h>
#include <string.h>

#include "base/complaint.h"
#include "base/mem.h"
#include "base/text.h"
#include "probe/parse.h"
#include "probe/parser.h"

/* What stands there takes the place of %s in the sentence. */
static void complain(struct parser *parser, struct span at, const char *sentence)
{
	const char *place = strstr(sentence, "%s");
	char *text = span_copy(at);

	complaints_add(parser->complaints, at.line, at.column, "%.*s%s%s", (int)(place - sentence), sentence, text, place + 2);
	free(text);
}

bool script_starts(struct span line)
{
	struct span trimmed = span_trim(line);

	return trimmed.len >= 2 && (memcmp(trimmed.text, "->", 2) == 0 || memcmp(trimmed.text, "<-", 2) == 0 ||
				    (trimmed.len >= 3 && memcmp(trimmed.text, "===", 3) == 0));
}

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	return byte >= 'A' && byte <= 'F' ? byte - 'A' + 10 : -1;
}

/* One escape at `text`, which begins with a backslash.  Returns its length, or 0 after a complaint. */
static size_t read_escape(struct parser *parser, struct span text, struct line *line, bool *ends_bare)
{
	static const char letters[][2] = {
		{ 'r', '\r' }, { 'n', '\n' }, { 't', '\t' }, { '0', '\0' }, { '\\', '\\' }, { '{', '{' }, { '}', '}' },
	};
	char byte;

	if (text.len >= 4 && text.text[1] == 'x' && hex_digit(text.text[2]) >= 0 && hex_digit(text.text[3]) >= 0) {
		byte = (char)(hex_digit(text.text[2]) * 16 + hex_digit(text.text[3]));
		line_add_bytes(line, &byte, 1);
		return 4;
	}
	if (text.len == 2 && text.text[1] == 'c') {
		*ends_bare = true;
		return 2;
	}
	for (size_t i = 0; text.len >= 2 && i < sizeof letters / sizeof *letters; i++) {
		if (letters[i][0] == text.text[1]) {
			line_add_bytes(line, &letters[i][1], 1);
			return 2;
		}
	}
	if (text.len > 4)
		text.len = text.text[1] == 'x' ? 4 : 2;
	complain(parser, text, "'%s' is no escape: there are \\r \\n \\t \\0 \\\\ \\{ \\xHH, and \\c at the end of a line");
	return 0;
}

/* One placeholder at `text`, which begins with a brace. */
static size_t read_placeholder(struct parser *parser, struct span text, struct line *line)
{
	const char *end = memchr(text.text, '}', text.len), *meant = NULL;
	char *name;
	int placeholder;

	if (end == NULL) {
		complain(parser, text, "'%s' has no closing brace; a brace itself is written \\{");
		return 0;
	}
	text.len = (size_t)(end - text.text) + 1;
	name = mem_bytes(text.text + 1, text.len - 2);
	placeholder = placeholder_find(name, &meant);
	free(name);
	if (placeholder < 0) {
		char *shown = span_copy(text);

		complaints_add(parser->complaints, text.line, text.column, "there is no placeholder '%s'%s%s%s", shown,
			       meant ? "; was '{" : "", meant ? meant : "", meant ? "}' meant?" : "");
		free(shown);
		return 0;
	}
	line_add_placeholder(line, (enum placeholder)placeholder);
	return text.len;
}

bool script_client_text(struct parser *parser, struct span text, struct line *line, bool *ends_bare)
{
	*ends_bare = false;
	while (text.len != 0) {
		size_t len;

		if (text.text[0] == '\\') {
			len = read_escape(parser, text, line, ends_bare);
		} else if (text.text[0] == '{') {
			len = read_placeholder(parser, text, line);
		} else {
			for (len = 1; len < text.len && text.text[len] != '\\' && text.text[len] != '{'; len++)
				continue;
			line_add_bytes(line, text.text, len);
		}
		if (len == 0)
			return false;
		text.text += len;
		text.len -= len;
		text.column += (unsigned)len;
	}
	return true;
}

static struct step *add_step(struct parser *parser, struct span at)
{
	struct probe *probe = parser->probe;

	if (probe->step_count == PROBE_STEPS_MOST) {
		if (!parser->too_long)
			complaints_add(parser->complaints, at.line, at.column, "a probe has at most %d steps", PROBE_STEPS_MOST);
		parser->too_long = true;
		return NULL;
	}
	parser->steps[probe->step_count] = at;
	MEM_ROOM(probe->steps, probe->step_count, probe->step_capacity);
	probe->steps[probe->step_count] = (struct step){ .stage = STAGE_OTHER };
	return &probe->steps[probe->step_count++];
}

static void read_client(struct parser *parser, struct span text)
{
	struct step *step = add_step(parser, text);
	bool bare;

	if (step == NULL)
		return;
	if (parser->decided_at != 0 && !span_is(text, "QUIT"))
		complain(parser, text, "'%s' stands behind the deciding reply, where only QUIT may stand");
	step->timing = parser->pending != 0 ? EXCHANGE_JOINED : EXCHANGE_ALONE;
	parser->pending++;
	if (!script_client_text(parser, text, &step->line, &bare))
		return;
	/* A message has its line ends in itself. */
	if (!bare && !line_is(&step->line, PLACE_MESSAGE) && !line_is(&step->line, PLACE_SECOND_MESSAGE))
		line_add_bytes(&step->line, "\r\n", 2);
	step->stage = stage_of(line_head(&step->line));
}

/* "2xx", "250", "4xx|5xx", "any". */
static bool read_codes(struct parser *parser, struct span text, struct expectation *expect)
{
	size_t at = 0;

	if (span_is(text, "any"))
		return true;
	while (at < text.len) {
		const char *code = text.text + at;
		bool whole = text.len - at >= 3 && code[0] >= '2' && code[0] <= '5';
		bool is_class = whole && code[1] == 'x' && code[2] == 'x';
		bool is_code = whole && hex_digit(code[1]) >= 0 && hex_digit(code[1]) < 10 && hex_digit(code[2]) >= 0 &&
			       hex_digit(code[2]) < 10;
		bool ends = whole && (at + 3 == text.len || (code[3] == '|' && at + 4 < text.len));

		if (!ends || (!is_class && !is_code) || expect->count == sizeof expect->codes / sizeof *expect->codes) {
			complain(parser, text, "'%s' is no reply code: 2xx, 250, 4xx|5xx, or any");
			return false;
		}
		expect->codes[expect->count++] =
			(short)(is_class ? code[0] - '0' : (code[0] - '0') * 100 + (code[1] - '0') * 10 + (code[2] - '0'));
		at += 4;
	}
	if (expect->count == 0)
		complain(parser, text, "the reply codes are missing%s: 2xx, 250, 4xx|5xx, or any");
	return expect->count != 0;
}

/* The step that this server line answers: client lines in a row are counted from their last. */
static struct step *answered(struct parser *parser, struct span text)
{
	struct probe *probe = parser->probe;
	struct step *step;

	for (size_t i = probe->step_count - parser->pending; i < probe->step_count; i++)
		if (!probe->steps[i].replies)
			return &probe->steps[i];
	step = add_step(parser, text);
	if (step != NULL)
		step->timing = EXCHANGE_ALONE;
	parser->pending = 0;
	return step;
}

static void read_server(struct parser *parser, struct span text)
{
	struct span rest = text, verb = span_word(&rest), codes = span_word(&rest);
	bool decides = span_is(verb, "decide");
	struct step *step = answered(parser, text);

	if (!decides && !span_is(verb, "expect"))
		complain(parser, verb, "'%s' is no word for a server line: \"expect CODES\", or \"decide CODES\" for the one that decides");
	if (span_trim(rest).len != 0)
		complain(parser, span_trim(rest), "'%s' is too much: a server line ends with its codes");
	if (parser->decided_at != 0 && decides)
		complaints_add(parser->complaints, text.line, text.column, "line %u decides already", parser->decided_at);
	else if (parser->decided_at != 0)
		complain(parser, text, "'%s' stands behind the deciding reply, which is the last");
	if (decides)
		parser->decided_at = text.line;
	if (step == NULL)
		return;
	step->replies = true;
	step->decides = decides;
	read_codes(parser, codes, &step->expect);
}

/* Fewer replies than lines: they belong to the last of them.  Called when a run of server lines is over. */
static void settle_replies(struct parser *parser)
{
	struct probe *probe = parser->probe;
	size_t first = probe->step_count - parser->pending, answers = 0;

	while (first + answers < probe->step_count && probe->steps[first + answers].replies)
		answers++;
	for (size_t moved = 0; answers != 0 && moved < answers && answers < parser->pending; moved++) {
		struct step *from = &probe->steps[first + answers - 1 - moved];
		struct step *to = &probe->steps[probe->step_count - 1 - moved];

		to->expect = from->expect;
		to->decides = from->decides;
		to->replies = true;
		if (from < &probe->steps[probe->step_count - answers]) {
			from->replies = false;
			from->decides = false;
			from->expect = (struct expectation){ .count = 0 };
		}
	}
	parser->pending = 0;
}

static bool has_answer(const struct parser *parser)
{
	const struct probe *probe = parser->probe;

	return parser->pending != 0 && probe->steps[probe->step_count - parser->pending].replies;
}

void script_read(struct parser *parser, struct span line)
{
	struct span text = span_trim(line);
	size_t mark = text.len >= 3 && memcmp(text.text, "===", 3) == 0 ? 3 : 2;
	bool client = text.len >= 2 && memcmp(text.text, "->", 2) == 0;
	bool server = text.len >= 2 && memcmp(text.text, "<-", 2) == 0;
	struct span rest = { text.text + mark, text.len - (text.len < mark ? text.len : mark), text.line, text.column + (unsigned)mark };

	if (!client && !server && mark != 3) {
		complain(parser, text, "'%s' is no line of dialogue: \" -> \", \"<-  \" or \"=== \"");
		return;
	}
	rest = span_trim(rest);
	if (!server && has_answer(parser))
		settle_replies(parser);
	if (client) {
		read_client(parser, rest);
	} else if (server) {
		read_server(parser, rest);
	} else if (!span_is(rest, "tls")) {
		complain(parser, rest, "'%s' cannot be done: there is \"=== tls\" only");
	} else {
		struct step *step = add_step(parser, rest);

		if (parser->decided_at != 0)
			complain(parser, rest, "'%s' stands behind the deciding reply, where only QUIT may stand");
		parser->pending = 0;
		if (step != NULL)
			step->kind = EXCHANGE_TLS;
	}
}

static bool is_verb_only(const struct step *step)
{
	if (step->kind != EXCHANGE_COMMAND || !step->replies || step->timing != EXCHANGE_ALONE)
		return false;
	if (step->stage != STAGE_MAIL && step->stage != STAGE_RCPT)
		return false;
	for (size_t i = 0; i < step->line.count; i++) {
		const struct piece *piece = &step->line.pieces[i];
		bool last = i + 1 == step->line.count;
		size_t inner = piece->len;

		if (last && (piece->len < 2 || memcmp(piece->bytes + piece->len - 2, "\r\n", 2) != 0))
			return false;
		if (last)
			inner -= 2;
		if (inner != 0 && (memchr(piece->bytes, '\r', inner) || memchr(piece->bytes, '\n', inner) ||
				   memchr(piece->bytes, '\0', inner)))
			return false;
	}
	return true;
}

static bool expects_only(const struct step *step, short code)
{
	return step->expect.count == 1 && step->expect.codes[0] == code;
}

static bool ends_whole(const struct line *line)
{
	const struct piece *last = &line->pieces[line->count - 1];

	return last->len >= 2 && memcmp(last->bytes + last->len - 2, "\r\n", 2) == 0;
}

/* A first "EHLO name" that must be accepted is the session's own hello, so that others can share the session. */
static void take_hello(struct probe *probe)
{
	struct step *first = probe->steps;

	if (!probe->opens_itself || probe->speaks_first || probe->step_count < 2 || first->stage != STAGE_HELLO || !first->replies)
		return;
	if (first[1].timing == EXCHANGE_JOINED || !ends_whole(&first->line))
		return;
	if (!expects_only(first, 2) && !expects_only(first, 250))
		return;
	if (!text_starts_nocase(line_head(&first->line), "EHLO ") && !text_starts_nocase(line_head(&first->line), "HELO "))
		return;
	probe->has_hello = true;
	probe->hello = first->line;
	probe->step_count--;
	memmove(first, first + 1, probe->step_count * sizeof *first);
}

static void add_needs(struct probe *probe, const struct line *line)
{
	if (line_has(line, PLACE_IP) || line_has(line, PLACE_IP_HEX) || line_has(line, PLACE_IP_DECIMAL))
		probe->needs |= NEEDS_IPV4;
	if (line_has(line, PLACE_IP6))
		probe->needs |= NEEDS_IPV6;
}

static bool has_message(const struct line *line)
{
	return line_has(line, PLACE_MESSAGE) || line_has(line, PLACE_SECOND_MESSAGE);
}

static bool has_credentials(const struct line *line)
{
	for (int place = PLACE_AUTH_USER; place <= PLACE_AUTH_PLAIN_AS; place++)
		if (line_has(line, (enum placeholder)place))
			return true;
	return false;
}

/* What the probe says, whatever becomes of it; the rules build on it. */
static void derive_kind(struct probe *probe)
{
	probe->unasked = probe->speaks_first;
	for (size_t i = 0; i < probe->step_count; i++) {
		const struct step *step = &probe->steps[i];
		bool followed = i + 1 < probe->step_count && probe->steps[i + 1].timing == EXCHANGE_JOINED;

		probe->sends_message = probe->sends_message || has_message(&step->line);
		probe->logs_in = probe->logs_in || has_credentials(&step->line) || text_starts_nocase(line_head(&step->line), "AUTH ");
		probe->unasked = probe->unasked || (followed && !step->replies);
	}
}

static void derive(struct probe *probe)
{
	bool sender = false;

	take_hello(probe);
	probe->shareable = !probe->opens_itself || probe->has_hello;
	for (size_t i = 0; i < probe->step_count; i++) {
		probe->shareable = probe->shareable && is_verb_only(&probe->steps[i]);
		if (probe->steps[i].stage == STAGE_MAIL && !line_has(&probe->steps[i].line, PLACE_SENDER))
			sender = true;
	}
	probe->shareable = probe->shareable && probe->step_count != 0 && probe->steps[0].stage == STAGE_MAIL;
	probe->plain_shape = probe->shareable && probe->step_count == 2 && probe->steps[1].stage == STAGE_RCPT &&
			     expects_only(&probe->steps[0], 2) && expects_only(&probe->steps[1], 2);
	probe->trick = probe->opens_itself ? TRICK_HELLO : sender ? TRICK_SENDER : probe->plain_shape ? TRICK_RECIPIENT : TRICK_SESSION;
	add_needs(probe, &probe->hello);
	for (size_t i = 0; i < probe->step_count; i++)
		add_needs(probe, &probe->steps[i].line);
}

void script_finish(struct parser *parser, unsigned last_line)
{
	struct probe *probe = parser->probe;

	if (has_answer(parser))
		settle_replies(parser);
	if (parser->decided_at == 0)
		complaints_add(parser->complaints, last_line, 1, "no reply decides: one server line must be \"<-  decide CODES\"");
	derive_kind(probe);
	rules_check(parser);
	while (probe->step_count != 0 && !probe->steps[probe->step_count - 1].decides) {
		/* QUIT behind the deciding reply: every session ends with it anyway. */
		line_release(&probe->steps[--probe->step_count].line);
	}
	derive(probe);
}
