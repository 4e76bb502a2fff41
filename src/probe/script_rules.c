/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script_rules.c - what a dialogue may not do
 *
 * In a probe without {message}: hand one over.  In one with it: send it where no
 * server has asked for it, leave it without its end, or address it to anybody but
 * the operator and the server under test.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/text.h"
#include "probe/parse.h"
#include "probe/parser.h"

#define ONE_REPLY "a message or a chunk has one reply, behind its last line"

struct rules {
	struct parser *parser;
	struct probe *probe;
	bool inside[PROBE_STEPS_MOST];          /* the step is text of a message, or of a chunk */
};

static void tell(struct rules *rules, size_t step, const char *sentence)
{
	const struct span *at = &rules->parser->steps[step];

	complaints_add(rules->parser->complaints, at->line, at->column, "%s", sentence);
}

static bool is_joined(const struct probe *probe, size_t step)
{
	return step < probe->step_count && probe->steps[step].timing == EXCHANGE_JOINED;
}

/* The last step of the write that begins with this one. */
static size_t last_of_write(const struct probe *probe, size_t step)
{
	while (is_joined(probe, step + 1))
		step++;
	return step;
}

static bool is_message(const struct step *step)
{
	return line_is(&step->line, PLACE_MESSAGE) || line_is(&step->line, PLACE_SECOND_MESSAGE);
}

static bool is_refused(const struct step *step)
{
	if (!step->replies || step->expect.count == 0)
		return false;
	for (size_t i = 0; i < step->expect.count; i++)
		if (step->expect.codes[i] < 400 && step->expect.codes[i] != 4 && step->expect.codes[i] != 5)
			return false;
	return true;
}

/* Whether the step says this command and not a byte more. */
static bool says_only(const struct step *step, const char *command)
{
	const char *head = line_head(&step->line);

	return step->line.count == 1 && strlen(head) == step->line.pieces[0].len && text_equal_nocase(head, command);
}

static bool is_bdat(const struct step *step)
{
	return text_find_nocase(line_head(&step->line), "bdat") != NULL;
}

/* A DATA that is accepted is where we hang up, and BDAT would hand over a message: both only where they cannot. */
static void check_without_message(struct rules *rules, size_t at)
{
	const struct step *step = &rules->probe->steps[at];
	bool apart = step->timing != EXCHANGE_JOINED;

	if (!is_bdat(step)) {
		if (!apart || !step->decides || !says_only(step, "DATA\r\n"))
			tell(rules, at, "DATA may only be the deciding step, in a write of its own: nothing is sent after a 354");
	} else if (!apart || at == 0 || !is_refused(step - 1) || !says_only(step, "BDAT 0 LAST\r\n")) {
		tell(rules, at, "BDAT may only stand as \"BDAT 0 LAST\", behind \"<-  expect 4xx|5xx\": it must never hand over a message");
	}
}

/* The bytes of these steps with a message of three, and with nothing for the other placeholders. */
static void print_steps(const struct probe *probe, size_t first, size_t last, struct buf *to)
{
	struct values values;

	for (int i = 0; i < PLACEHOLDERS; i++)
		values.of[i] = "";
	values.of[PLACE_MESSAGE] = values.of[PLACE_SECOND_MESSAGE] = "m\r\n";
	values.of[PLACE_MESSAGE_SIZE] = "3";
	for (size_t i = first; i <= last; i++)
		line_expand(&probe->steps[i].line, &values, to);
}

/* Whether the only CR LF . CR LF of these steps is their end, so that every server is done with the message there. */
static bool ends_once(const struct probe *probe, size_t first, size_t last)
{
	static const char mark[] = "\r\n.\r\n";
	struct buf text = BUF_INIT(2 * PROBE_FILE_MOST);
	const char *end;
	bool once;

	print_steps(probe, first, last, &text);
	end = text.len != 0 ? memmem(text.data, text.len, mark, sizeof mark - 1) : NULL;
	once = end != NULL && end + sizeof mark - 1 == text.data + text.len;
	buf_release(&text);
	return once;
}

/* Marks these steps as text, of which only the last may have a reply: it comes behind all of it. */
static void take_inside(struct rules *rules, size_t first, size_t last)
{
	for (size_t i = first; i <= last; i++) {
		rules->inside[i] = true;
		if (rules->probe->steps[i].replies != (i == last))
			tell(rules, i, ONE_REPLY);
	}
	rules->probe->steps[last].stage = STAGE_DATA;
}

/* DATA with its 354, and the message that this asks for. */
static void check_text(struct rules *rules, size_t at)
{
	struct probe *probe = rules->probe;
	const struct step *step = &probe->steps[at];
	bool asks = step->replies && step->expect.count == 1 && step->expect.codes[0] == 354;
	size_t first = at + 1, last;

	if (step->timing == EXCHANGE_JOINED || is_joined(probe, first) || !says_only(step, "DATA\r\n") || !asks) {
		tell(rules, at, "DATA stands in a write of its own, and with \"<-  expect 354\": only then a message may follow");
		return;
	}
	if (step->decides)
		return;
	if (first == probe->step_count || !is_message(&probe->steps[first])) {
		tell(rules, at, "behind DATA and its 354 comes {message} or {second_message}, and the line \".\"");
		return;
	}
	last = last_of_write(probe, first);
	if (!ends_once(probe, first, last))
		tell(rules, last, "a message ends with the line \".\", which is the last of its write, and not before");
	take_inside(rules, first, last);
	probe->steps[first].kind = EXCHANGE_MESSAGE;
}

/* The number of bytes behind BDAT; -1 when the line says anything else. */
static long chunk_size(const struct probe *probe, size_t at)
{
	struct buf text = BUF_INIT(2 * PROBE_FILE_MOST);
	long size = -1;
	size_t digits;

	print_steps(probe, at, at, &text);
	if (text_starts_nocase(text.data, "BDAT ")) {
		digits = strspn(text.data + 5, "0123456789");
		if (text_equal_nocase(text.data + 5 + digits, "\r\n") || text_equal_nocase(text.data + 5 + digits, " LAST\r\n")) {
			text.data[5 + digits] = '\0';
			size = text_number(text.data + 5, 0, PROBE_FILE_MOST);
		}
	}
	buf_release(&text);
	return size;
}

/* Whether a chunk of these steps has that many bytes; those of the message have to be counted by {message_size}. */
static bool has_size(const struct probe *probe, size_t first, size_t last, long size)
{
	struct buf text = BUF_INIT(2 * PROBE_FILE_MOST);
	bool counted = line_has(&probe->steps[first - 1].line, PLACE_MESSAGE_SIZE), right;

	print_steps(probe, first, last, &text);
	right = text.len == (size_t)size && counted == line_is(&probe->steps[first].line, PLACE_MESSAGE) && (!counted || first == last);
	for (size_t i = first; i <= last && right; i++)
		for (size_t k = 0; k < probe->steps[i].line.count; k++)
			right = right && (counted || probe->steps[i].line.pieces[k].placeholder < 0);
	buf_release(&text);
	return right;
}

static void check_chunk(struct rules *rules, size_t at)
{
	const struct probe *probe = rules->probe;
	size_t last = last_of_write(probe, at);
	long size = chunk_size(probe, at);

	if (probe->steps[at].timing == EXCHANGE_JOINED || size < 0 || (size == 0) != (last == at) ||
	    (last != at && !has_size(probe, at + 1, last, size)))
		tell(rules, at, "BDAT stands with its size, with LAST or without, and in the same write comes a chunk of just that size");
	else if (last != at && probe->steps[at].replies)
		tell(rules, at, ONE_REPLY);
	else if (last != at)
		take_inside(rules, at + 1, last);
}

/* Whose an address is, as far as a placeholder says so. */
static bool is_ours(const struct line *line, bool sender)
{
	static const enum placeholder places[] = {
		PLACE_DOMAIN, PLACE_HOSTNAME, PLACE_LITERAL, PLACE_IP, PLACE_IP6, PLACE_IP_DECIMAL, PLACE_IP_HEX, PLACE_BACKUP, PLACE_VICTIM,
		PLACE_VICTIM_DOMAIN, PLACE_VICTIM_DOMAIN_UPPER, PLACE_VICTIM_DOMAIN_FULLWIDTH, PLACE_VICTIM_LITERAL, PLACE_SECOND,
	};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (line_has(line, places[i]))
			return true;
	return sender && (line_has(line, PLACE_SENDER) || line_has(line, PLACE_SENDER_DOMAIN) || strstr(line_head(line), "<>") != NULL);
}

static void check_with_message(struct rules *rules, size_t at)
{
	const struct step *step = &rules->probe->steps[at];
	bool message = line_has(&step->line, PLACE_MESSAGE) || line_has(&step->line, PLACE_SECOND_MESSAGE);

	if (step->stage == STAGE_DATA && !rules->inside[at])
		(is_bdat(step) ? check_chunk : check_text)(rules, at);
	if (message && !is_message(step))
		tell(rules, at, "a message has a line of the script to itself");
	else if (message && !rules->inside[at])
		tell(rules, at, "a message stands behind the 354 of DATA, or behind BDAT with its size, and nowhere else");
	if ((step->stage == STAGE_MAIL && !is_ours(&step->line, true)) || (step->stage == STAGE_RCPT && !is_ours(&step->line, false)))
		tell(rules, at, "where a message is sent, its addresses are the operator's or the server's, made of placeholders");
}

/* The beginning of a line as the server sees it; blanks before the verb do not count. */
struct verb {
	char text[5];
	size_t len;
};

/* Whether the byte completes one of the two verbs. */
static bool completes_data(struct verb *verb, char byte)
{
	if (byte == '\r' || byte == '\n' || byte == '\0') {
		verb->len = 0;
		return false;
	}
	if (verb->len == 4 || (verb->len == 0 && (byte == ' ' || byte == '\t')))
		return false;
	verb->text[verb->len++] = byte;
	return verb->len == 4 && (text_equal_nocase(verb->text, "DATA") || text_equal_nocase(verb->text, "BDAT"));
}

/* The same words behind a CR or LF amid a step, or put together from two steps: no rule above would meet them. */
static void check_hidden_data(struct rules *rules)
{
	const struct probe *probe = rules->probe;
	struct verb verb = { .len = 0 };

	for (size_t i = 0; i < probe->step_count; i++) {
		const struct line *line = &probe->steps[i].line;
		bool open = verb.len == 0 && probe->steps[i].stage == STAGE_DATA;
		size_t hidden = 0;

		if (rules->inside[i]) {
			verb.len = 0;
			continue;
		}
		for (size_t k = 0; k < line->count; k++)
			for (size_t at = 0; at < line->pieces[k].len; at++)
				hidden += completes_data(&verb, line->pieces[k].bytes[at]);
		if (hidden > open)
			tell(rules, i, "DATA and BDAT have a line of the script to themselves, and are not put together from pieces");
	}
}

void rules_check(struct parser *parser)
{
	struct rules rules = { .parser = parser, .probe = parser->probe };

	for (size_t i = 0; i < rules.probe->step_count; i++) {
		if (rules.probe->sends_message)
			check_with_message(&rules, i);
		else if (rules.probe->steps[i].stage == STAGE_DATA)
			check_without_message(&rules, i);
	}
	check_hidden_data(&rules);
}
