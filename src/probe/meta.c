/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta.c - the metadata of a probe file
 *
 * A table of keys; each row says whether it may stand more than once and whether
 * it must stand at all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/complaint.h"
#include "base/mem.h"
#include "base/names.h"
#include "base/text.h"
#include "probe/parser.h"
#include "smtp/capability.h"

enum { TITLE_MOST = 60, CLASSIC_COUNT = 17 };

struct meta_key {
	const char *name;
	bool repeats;
	bool needed;
	bool single;            /* its value is one line */
	/* `joined` is the whole value, its lines joined by LF; `value` its first line, for places. */
	void (*read)(struct parser *parser, struct span value, const char *joined);
};

/* What stands there takes the place of %s in the sentence. */
static void complain(struct parser *parser, struct span at, const char *sentence, const char *meant)
{
	const char *place = strstr(sentence, "%s");
	char *text = span_copy(at);

	complaints_add(parser->complaints, at.line, at.column, "%.*s%s%s%s%s%s", (int)(place - sentence), sentence, text,
		       place + 2, meant != NULL ? "; was '" : "", meant != NULL ? meant : "", meant != NULL ? "' meant?" : "");
	free(text);
}

static char *one_line(const char *joined)
{
	char *text = mem_text(joined);

	for (char *byte = text; *byte != '\0'; byte++)
		if (*byte == '\n')
			*byte = ' ';
	return text;
}

static bool is_kebab(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		char byte = value.text[i];

		if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') && !(byte == '-' && i != 0))
			return false;
	}
	return value.len != 0;
}

/* Whether the file is called so, with ".probe" behind it.  Text that came from no such file may have any name. */
static bool is_file_name(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/'), *base = slash ? slash + 1 : file;
	size_t len = strlen(base);

	if (len <= 6 || strcmp(base + len - 6, ".probe") != 0)
		return true;
	return strlen(name) == len - 6 && strncmp(base, name, len - 6) == 0;
}

static void read_name(struct parser *parser, struct span value, const char *joined)
{
	if (!is_kebab(value))
		complain(parser, value, "the name '%s' may hold small letters, digits and hyphens only", NULL);
	else if (!is_file_name(parser->probe->file, joined))
		complain(parser, value, "the name '%s' is not that of the file", NULL);
	parser->probe->name = mem_text(joined);
}

static void read_title(struct parser *parser, struct span value, const char *joined)
{
	if (strlen(joined) > TITLE_MOST)
		complaints_add(parser->complaints, value.line, value.column, "the title has %zu characters; at most %d fit",
			       strlen(joined), TITLE_MOST);
	parser->probe->title = one_line(joined);
}

/* "default", "default=7": the number behind the sign, or `none`. */
static int place_of(struct parser *parser, struct span word, size_t name_len, int none, long most)
{
	char *text;
	long place;

	if (word.len == name_len)
		return none;
	text = mem_bytes(word.text + name_len + 1, word.len - name_len - 1);
	place = text_number(text, 1, most);
	free(text);
	if (place < 0) {
		complain(parser, word, "'%s' needs a number behind the sign, from 1", NULL);
		return none;
	}
	return (int)place;
}

static void read_suite(struct parser *parser, struct span word)
{
	static const struct name_row suites[] = { { "classic", 0 }, { "default", 1 }, { "thorough", 2 }, { "all", 3 }, { NULL, 0 } };
	const char *sign = memchr(word.text, '=', word.len);
	size_t len = sign ? (size_t)(sign - word.text) : word.len;
	char *name = mem_bytes(word.text, len);
	int suite = name_number(suites, name);

	if (suite < 0)
		complain(parser, word, "there is no suite '%s'", nearest_name(suites, name));
	else if (suite == 0)
		parser->probe->classic = place_of(parser, word, len, 0, CLASSIC_COUNT);
	else if (suite == 1)
		parser->probe->standard = place_of(parser, word, len, PROBE_UNPLACED, PROBE_UNPLACED);
	else if (sign != NULL)
		complain(parser, word, "'%s': only classic and default have places", NULL);
	else if (suite == 2)
		parser->probe->thorough = true;
	else
		parser->is_all = true;
	if (suite == 0 && sign == NULL)
		complain(parser, word, "'%s' needs its place among the 17: classic=N", NULL);
	free(name);
}

/* Each word of the value. */
static void for_words(struct parser *parser, void (*read)(struct parser *parser, struct span word))
{
	for (size_t i = 0; i < parser->line_count; i++) {
		struct span rest = parser->lines[i], word;

		while ((word = span_word(&rest)).len != 0)
			read(parser, word);
	}
}

static void read_suites(struct parser *parser, struct span value, const char *joined)
{
	(void)value;
	(void)joined;
	for_words(parser, read_suite);
}

static void read_control(struct parser *parser, struct span value, const char *joined)
{
	static const struct name_row controls[] = {
		{ "known-local", CONTROL_KNOWN_LOCAL }, { "unknown-local", CONTROL_UNKNOWN_LOCAL }, { NULL, 0 }
	};
	int control = name_number(controls, joined);

	if (control < 0)
		complain(parser, value, "there is no control '%s'", nearest_name(controls, joined));
	else
		parser->probe->control = (enum control)control;
}

/* Lines of a paragraph are joined; a lone "." parts paragraphs, which stay lines of the text. */
static void read_explain(struct parser *parser, struct span value, const char *joined)
{
	struct buf text = BUF_OWN;
	const char *line = joined;

	(void)value;
	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		if (len == 1 && *line == '.') {
			buf_char(&text, '\n');
		} else if (len != 0) {
			if (text.len != 0 && text.data[text.len - 1] != '\n')
				buf_char(&text, ' ');
			buf_add(&text, line, len);
		}
		line += len + (line[len] == '\n');
	}
	parser->probe->explain = buf_detach(&text);
}

static void read_remark(struct parser *parser, struct span value, const char *joined, struct remarks *remarks)
{
	char *text = one_line(joined), *colon = strchr(text, ':');

	if (colon == NULL || colon == text || colon[1] == '\0') {
		complain(parser, value, "'%s' should name a mail server, a colon, and what to say of it", NULL);
	} else {
		char *rest = colon + 1 + strspn(colon + 1, " ");

		*colon = '\0';
		MEM_ROOM(remarks->rows, remarks->count, remarks->capacity);
		remarks->rows[remarks->count++] = (struct remark){ mem_text(text), mem_text(rest) };
	}
	free(text);
}

static void read_bites(struct parser *parser, struct span value, const char *joined)
{
	read_remark(parser, value, joined, &parser->probe->bites);
}

static void read_fix(struct parser *parser, struct span value, const char *joined)
{
	read_remark(parser, value, joined, &parser->probe->fixes);
}

static void read_reference(struct parser *parser, struct span value, const char *joined)
{
	struct probe *probe = parser->probe;

	(void)value;
	MEM_ROOM(probe->references, probe->reference_count, probe->reference_capacity);
	probe->references[probe->reference_count++] = one_line(joined);
}

static const char *nearest_need(const char *word)
{
	struct nearest nearest = NEAREST_INIT(word);
	const char *name;
	unsigned flag;

	for (size_t i = 0; (name = precondition_at(i)) != NULL; i++)
		nearest_offer(&nearest, name);
	for (size_t i = 0; (name = capability_at(i, &flag)) != NULL; i++)
		nearest_offer(&nearest, name);
	return nearest.best;
}

static void read_need(struct parser *parser, struct span word)
{
	char *name = mem_bytes(word.text, word.len);
	unsigned need = precondition_flag(name), capability = capability_flag(name);

	parser->probe->needs |= need;
	parser->probe->capabilities |= capability;
	if (need == 0 && capability == 0)
		complain(parser, word, "'%s' is neither a precondition nor an EHLO keyword", nearest_need(name));
	free(name);
}

static void read_requires(struct parser *parser, struct span value, const char *joined)
{
	(void)value;
	(void)joined;
	for_words(parser, read_need);
}

static void read_risk(struct parser *parser, struct span value, const char *joined)
{
	parser->probe->risky = strcmp(joined, "syntax") == 0;
	if (!parser->probe->risky)
		complain(parser, value, "there is no risk '%s'", "syntax");
}

static void read_opening(struct parser *parser, struct span value, const char *joined)
{
	static const struct name_row openings[] = { { "hello", 0 }, { "greeting", 1 }, { "connect", 2 }, { NULL, 0 } };
	int opening = name_number(openings, joined);

	if (opening < 0)
		complain(parser, value, "there is no opening '%s'", nearest_name(openings, joined));
	parser->probe->opens_itself = opening >= 1;
	parser->probe->speaks_first = opening == 2;
	if (opening == 2)
		parser->probe->needs |= NEEDS_PLAINTEXT;
}

static void read_finding(struct parser *parser, struct span value, const char *joined)
{
	const char *meant = NULL;

	parser->probe->finding = probe_finding(joined, &meant);
	if (parser->probe->finding == NULL)
		complain(parser, value, "there is no finding '%s'", meant);
}

static void read_shown_by(struct parser *parser, struct span value, const char *joined)
{
	static const struct name_row ways[] = {
		{ "reply", SHOWN_BY_REPLY }, { "delivery", SHOWN_BY_DELIVERY }, { "bounce", SHOWN_BY_BOUNCE }, { NULL, 0 }
	};
	int way = name_number(ways, joined);

	if (way < 0)
		complain(parser, value, "nothing is shown by '%s'", nearest_name(ways, joined));
	else
		parser->probe->shown = (enum shown)way;
}

static void read_intrusive(struct parser *parser, struct span value, const char *joined)
{
	(void)value;
	parser->probe->intrusive = true;
	parser->probe->leaves = one_line(joined);
}

static void read_classic_sender(struct parser *parser, struct span value, const char *joined)
{
	bool bare;

	(void)joined;
	script_client_text(parser, value, &parser->probe->classic_sender, &bare);
}

static const struct meta_key keys[] = {
	{ .name = "name", .needed = true, .single = true, .read = read_name },
	{ .name = "title", .needed = true, .read = read_title },
	{ .name = "suites", .read = read_suites },
	{ .name = "control", .single = true, .read = read_control },
	{ .name = "explain", .needed = true, .read = read_explain },
	{ .name = "bites", .repeats = true, .read = read_bites },
	{ .name = "fix", .repeats = true, .read = read_fix },
	{ .name = "reference", .repeats = true, .read = read_reference },
	{ .name = "requires", .read = read_requires },
	{ .name = "risk", .single = true, .read = read_risk },
	{ .name = "opening", .single = true, .read = read_opening },
	{ .name = "finding", .single = true, .read = read_finding },
	{ .name = "shown-by", .single = true, .read = read_shown_by },
	{ .name = "intrusive", .read = read_intrusive },
	{ .name = "classic-sender", .single = true, .read = read_classic_sender },
};

void meta_read(struct parser *parser, struct span key, const char *joined)
{
	char *name = span_copy(key);
	struct nearest nearest = NEAREST_INIT(name);
	const struct meta_key *found = NULL;
	unsigned bit = 0;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		nearest_offer(&nearest, keys[i].name);
		if (strcmp(keys[i].name, name) == 0) {
			found = &keys[i];
			bit = 1u << i;
		}
	}
	if (found == NULL)
		complain(parser, key, "there is no key '%s'", nearest.best);
	else if ((parser->seen & bit) != 0 && !found->repeats)
		complain(parser, key, "'%s' stands here for the second time", NULL);
	else if (parser->line_count == 0)
		complain(parser, key, "'%s' has no value", NULL);
	else if (parser->line_count > 1 && found->single)
		complain(parser, parser->lines[1], "'%s' is too much: this value is one line", NULL);
	else
		found->read(parser, parser->lines[0], joined);
	parser->seen |= bit;
	free(name);
}

static bool has_seen(const struct parser *parser, const char *name)
{
	size_t i = 0;

	while (strcmp(keys[i].name, name) != 0)
		i++;
	return (parser->seen & (1u << i)) != 0;
}

/* What the suites, the finding and the message have to do with each other. */
static void check_suites(struct parser *parser, unsigned last_line)
{
	const struct probe *probe = parser->probe;
	bool others = probe->classic != 0 || probe->standard != 0 || probe->thorough;

	if (probe->control != CONTROL_NONE && (others || parser->is_all || probe_is_special(probe)))
		complaints_add(parser->complaints, last_line, 1,
			       "a control belongs to no suite: it runs with each of them, sends no message and does not disturb");
	else if (parser->is_all && others)
		complaints_add(parser->complaints, last_line, 1, "the suite all holds every probe, and is named by one that is in no other");
	else if (others && probe_is_special(probe))
		complaints_add(parser->complaints, last_line, 1, "a probe that %s is in the suite all only",
			       probe->sends_message ? "sends a message" : "is intrusive");
	if (probe->shown != SHOWN_BY_REPLY && !probe->sends_message)
		complaints_add(parser->complaints, last_line, 1, "without {message} nothing can be shown by a delivery or a bounce");
	if (probe->finding != NULL && (strcmp(probe->finding, "backscatter") == 0) != (probe->shown == SHOWN_BY_BOUNCE))
		complaints_add(parser->complaints, last_line, 1, "backscatter is shown by a bounce, and a bounce shows nothing else");
	else if (probe->finding == NULL && probe->shown == SHOWN_BY_BOUNCE)
		complaints_add(parser->complaints, last_line, 1, "what a bounce shows is backscatter: \"finding: backscatter\" is missing");
}

void meta_finish(struct parser *parser, unsigned last_line)
{
	const struct probe *probe = parser->probe;

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (keys[i].needed && (parser->seen & (1u << i)) == 0)
			complaints_add(parser->complaints, last_line, 1, "the key '%s' is missing", keys[i].name);
	if (probe->control == CONTROL_NONE && !has_seen(parser, "suites") && !has_seen(parser, "control"))
		complaints_add(parser->complaints, last_line, 1, "the key 'suites' is missing");
	if (probe->control == CONTROL_NONE && probe_fix(probe, NULL) == NULL)
		complaints_add(parser->complaints, last_line, 1, "there is no fix for other servers: \"fix: *: what to do\"");
	check_suites(parser, last_line);
}
