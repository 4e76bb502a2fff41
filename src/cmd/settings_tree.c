/* SPDX-License-Identifier: Apache-2.0 */
/*
 * settings_tree.c - YAML to a tree, strictly
 *
 * The bytes are looked over before libyaml sees them: after that a line ends with LF
 * or CRLF and nothing else, so that its lines are those of an editor.
 */
#include "cmd/settings_tree.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

struct reader {
	struct tree *tree;
	struct complaints *complaints;
	yaml_parser_t parser;
	struct node *open[TREE_DEPTH_MOST];
	size_t depth;
	unsigned documents;
	size_t room;                    /* for so many nodes */
	bool over;                      /* nothing more is read */
	bool broken;                    /* what was read is not to be used */
};

/* Where a line begins, from its number. */
static size_t line_start(const char *bytes, size_t len, unsigned line)
{
	const char *at = bytes, *end = bytes + len;

	for (; line > 1 && at < end; line--) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		at = stop ? stop + 1 : end;
	}
	return (size_t)(at - bytes);
}

/* libyaml counts characters; a column counts bytes. */
static unsigned column_of(const char *bytes, size_t len, unsigned line, unsigned characters)
{
	size_t start = line_start(bytes, len, line), at = start;

	for (; characters > 0 && at < len && bytes[at] != '\n'; characters--)
		do
			at++;
		while (at < len && ((unsigned char)bytes[at] & 0xc0) == 0x80);
	return (unsigned)(at - start) + 1;
}

void tree_complain(const struct tree *tree, const struct node *node, struct complaints *complaints, const char *format, ...)
{
	va_list arguments;
	char text[600];

	/* One more would not be kept, and looking for its place takes time. */
	if (complaints->count == COMPLAINTS_MOST)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	complaints_add(complaints, node->line, column_of(tree->bytes, tree->len, node->line, node->place), "%s", text);
}

/* The bytes of one well-formed character (RFC 3629), or 0. */
static size_t character_at(const unsigned char *at, size_t left)
{
	size_t len = at[0] < 0x80 ? 1 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2 : (at[0] & 0xf0) == 0xe0 ? 3 : at[0] >= 0xf0 && at[0] < 0xf5 ? 4 : 0;

	if (len == 0 || len > left)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf0 && at[1] < 0x90) ||
	    (at[0] == 0xf4 && at[1] >= 0x90))
		return 0;
	return len;
}

/* A control character, an invisible mark, or another kind of line end: nothing that an editor shows as it is. */
static bool is_unwanted(const unsigned char *at, size_t len, size_t left)
{
	if (len == 1)
		return at[0] == 0x7f || (at[0] < ' ' && at[0] != '\t' && at[0] != '\n' && !(at[0] == '\r' && left > 1 && at[1] == '\n'));
	if (len == 2)
		return at[0] == 0xc2 && at[1] < 0xa0;
	return len == 3 && (memcmp(at, "\xe2\x80\xa8", 3) == 0 || memcmp(at, "\xe2\x80\xa9", 3) == 0 || memcmp(at, "\xef\xbb\xbf", 3) == 0 ||
			    memcmp(at, "\xef\xbf\xbe", 3) == 0 || memcmp(at, "\xef\xbf\xbf", 3) == 0);
}

static bool is_text(struct reader *reader)
{
	const unsigned char *bytes = (const unsigned char *)reader->tree->bytes;
	size_t len, start = 0, size = reader->tree->len;
	unsigned line = 1;

	for (size_t at = 0; at < size; at += len) {
		len = character_at(bytes + at, size - at);
		if (len == 0) {
			complaints_add(reader->complaints, line, (unsigned)(at - start) + 1, "the byte 0x%02x is not UTF-8: the file is not text",
				       bytes[at]);
			return false;
		}
		if (is_unwanted(bytes + at, len, size - at)) {
			complaints_add(reader->complaints, line, (unsigned)(at - start) + 1, "the %s 0x%02x has no place in this file",
				       bytes[at] < 0x80 ? "control character" : "invisible character that begins with the byte", bytes[at]);
			return false;
		}
		if (bytes[at] == '\n') {
			line++;
			start = at + 1;
		}
	}
	return true;
}

static void complain_at(struct reader *reader, const yaml_mark_t *mark, const char *sentence)
{
	struct node node = { .line = (unsigned)mark->line + 1, .place = (unsigned)mark->column };

	tree_complain(reader->tree, &node, reader->complaints, "%s", sentence);
}

/* What libyaml says, in words for people who do not know its insides. */
static void complain_of_form(struct reader *reader)
{
	static const struct {
		const char *problem;
		const char *sentence;
	} rows[] = {
		{ "mapping values are not allowed in this context",
		  "a ':' stands where no key can: mend the indentation, or put the value in quotes" },
		{ "could not find expected ':'", "a line without a ':' stands among keys" },
		{ "did not find expected key", "this fits neither the indentation above nor a list or map in brackets" },
		{ "did not find expected '-' indicator", "this fits neither the indentation above nor the list" },
		{ "did not find expected ',' or ']'", "a list in brackets lacks a ',' or its ']'" },
		{ "did not find expected ',' or '}'", "a map in braces lacks a ',' or its '}'" },
		{ "found unexpected end of stream", "the file ends within a text in quotes" },
		{ "found undefined tag handle", "a tag has no place in this file: every value is text" },
		{ "found unknown escape character", "this escape is not known within \"...\": write '...' to have it as it is" },
	};
	const yaml_parser_t *parser = &reader->parser;
	const char *problem = parser->problem ? parser->problem : "it cannot be read";
	char text[200];
	size_t at = line_start(reader->tree->bytes, reader->tree->len, (unsigned)parser->problem_mark.line + 1) +
		    column_of(reader->tree->bytes, reader->tree->len, (unsigned)parser->problem_mark.line + 1,
			      (unsigned)parser->problem_mark.column) - 1;

	reader->over = reader->broken = true;
	if (at < reader->tree->len && reader->tree->bytes[at] == '\t') {
		complain_at(reader, &parser->problem_mark, "a tab cannot indent in YAML: write blanks");
		return;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].problem, problem) == 0) {
			complain_at(reader, &parser->problem_mark, rows[i].sentence);
			return;
		}
	}
	snprintf(text, sizeof text, "this is not YAML: %s", problem);
	complain_at(reader, &parser->problem_mark, text);
}

/* Hangs a new node under the open one. */
static struct node *add_node(struct reader *reader, enum node_kind kind, const yaml_mark_t *mark)
{
	struct tree *tree = reader->tree;
	struct node *node, *parent = reader->depth ? reader->open[reader->depth - 1] : NULL;

	if (tree->node_count == reader->room) {
		complain_at(reader, mark, "the file holds too many values");
		reader->over = reader->broken = true;
		return NULL;
	}
	node = &tree->nodes[tree->node_count++];
	*node = (struct node){ .kind = kind, .line = (unsigned)mark->line + 1, .place = (unsigned)mark->column, .text = "" };
	if (parent == NULL) {
		tree->root = node;
		return node;
	}
	*(parent->first ? &parent->last->next : &parent->first) = node;
	parent->last = node;
	parent->count++;
	return node;
}

static void refuse_properties(struct reader *reader, const yaml_mark_t *mark, const void *anchor, const void *tag)
{
	if (anchor != NULL)
		complain_at(reader, mark, "an anchor has no place in this file: write the value where it belongs");
	if (tag != NULL)
		complain_at(reader, mark, "a tag has no place in this file: every value is text");
}

static bool has_control(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] == 0x7f || ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t'))
			return true;
	return false;
}

static void add_scalar(struct reader *reader, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	struct node *node = add_node(reader, NODE_TEXT, &event->start_mark);

	refuse_properties(reader, &event->start_mark, event->data.scalar.anchor, event->data.scalar.tag);
	if (node == NULL)
		return;
	if (has_control(text, event->data.scalar.length))
		complain_at(reader, &event->start_mark, "a control character has no place in a value");
	else
		node->text = pool_bytes(reader->tree->pool, text, event->data.scalar.length);
}

static void open_node(struct reader *reader, enum node_kind kind, const yaml_event_t *event, const void *anchor, const void *tag)
{
	struct node *node = add_node(reader, kind, &event->start_mark);

	refuse_properties(reader, &event->start_mark, anchor, tag);
	if (node == NULL)
		return;
	if (reader->depth == TREE_DEPTH_MOST) {
		complain_at(reader, &event->start_mark, "lists and maps lie too deep in one another");
		reader->over = reader->broken = true;
		return;
	}
	reader->open[reader->depth++] = node;
}

static int compare_keys(const void *a, const void *b)
{
	const struct node *const *one = a, *const *two = b;
	int order = strcmp((*one)->text, (*two)->text);

	return order != 0 ? order : *one < *two ? -1 : *one > *two;
}

static void complain_of_key(struct reader *reader, const struct node *key, const struct node *before)
{
	struct buf shown = BUF_INIT(TEXT_SHOWN);

	text_escape(&shown, key->text, strnlen(key->text, 60));
	if (before != NULL)
		tree_complain(reader->tree, key, reader->complaints, "'%s' stands here again, after line %u", shown.data, before->line);
	else
		tree_complain(reader->tree, key, reader->complaints, "a merge key has no place in this file: write the values where they belong");
	buf_release(&shown);
}

/* Every key is a text, and stands once. */
static void close_map(struct reader *reader, struct node *map)
{
	struct node **keys;
	size_t count = 0;

	map->count /= 2;
	keys = mem_new((map->count + 1) * sizeof *keys);
	for (struct node *key = map->first; key != NULL; key = key->next->next) {
		if (key->kind != NODE_TEXT)
			tree_complain(reader->tree, key, reader->complaints, "a key is a word, and no list or map");
		else if (strcmp(key->text, "<<") == 0)
			complain_of_key(reader, key, NULL);
		else
			keys[count++] = key;
	}
	qsort(keys, count, sizeof *keys, compare_keys);
	for (size_t i = 1; i < count; i++)
		if (strcmp(keys[i - 1]->text, keys[i]->text) == 0)
			complain_of_key(reader, keys[i], keys[i - 1]);
	free(keys);
}

static void take_document(struct reader *reader, const yaml_event_t *event)
{
	if (reader->documents++ != 0) {
		complain_at(reader, &event->start_mark, "a second document begins here: the file has one");
		reader->over = true;
	} else if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end) {
		complain_at(reader, &event->start_mark, "a tag has no place in this file: every value is text");
	}
}

static void take(struct reader *reader, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		take_document(reader, event);
		break;
	case YAML_ALIAS_EVENT:
		complain_at(reader, &event->start_mark, "an alias has no place in this file: write the value where it belongs");
		add_node(reader, NODE_TEXT, &event->start_mark);
		break;
	case YAML_SCALAR_EVENT:
		add_scalar(reader, event);
		break;
	case YAML_SEQUENCE_START_EVENT:
		open_node(reader, NODE_LIST, event, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		break;
	case YAML_MAPPING_START_EVENT:
		open_node(reader, NODE_MAP, event, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		break;
	case YAML_SEQUENCE_END_EVENT:
		reader->depth--;
		break;
	case YAML_MAPPING_END_EVENT:
		close_map(reader, reader->open[--reader->depth]);
		break;
	case YAML_STREAM_END_EVENT:
		reader->over = true;
		break;
	default:
		break;
	}
	/* One more mistake would not be told. */
	if (reader->complaints->count == COMPLAINTS_MOST)
		reader->over = reader->broken = true;
}

static void read_events(struct reader *reader)
{
	const struct tree *tree = reader->tree;

	if (!yaml_parser_initialize(&reader->parser))
		BUG("libyaml has no memory");
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->parser, (const unsigned char *)tree->bytes, tree->len);
	while (!reader->over) {
		yaml_event_t event;

		if (!yaml_parser_parse(&reader->parser, &event)) {
			if (reader->parser.error == YAML_MEMORY_ERROR)
				BUG("libyaml has no memory");
			complain_of_form(reader);
			break;
		}
		take(reader, &event);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&reader->parser);
}

void tree_read(struct tree *tree, const char *bytes, size_t len, struct complaints *complaints)
{
	struct reader reader = { .tree = tree, .complaints = complaints };

	*tree = (struct tree){ .bytes = bytes, .len = len, .pool = pool_new() };
	/* The mark that some editors put before UTF-8. */
	if (len >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
		tree->bytes += 3;
		tree->len -= 3;
	}
	/* A byte, such as a colon, makes two empty values at most. */
	reader.room = len < TREE_NODES_MOST / 2 ? 2 * len + 8 : TREE_NODES_MOST;
	tree->nodes = mem_new(reader.room * sizeof *tree->nodes);
	if (is_text(&reader))
		read_events(&reader);
	else
		reader.broken = true;
	if (reader.broken)
		tree->root = NULL;
}

void tree_release(struct tree *tree)
{
	free(tree->nodes);
	if (tree->pool != NULL)
		pool_free(tree->pool);
	*tree = (struct tree){ .len = 0 };
}
