/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journal.c - entries of systemd's journal, as journalctl exports them
 *
 *	__CURSOR=s=...;i=...
 *	__REALTIME_TIMESTAMP=1795863600000000
 *	SYSLOG_IDENTIFIER=postfix/smtpd
 *	MESSAGE
 *	<8 bytes: the length, the lowest first><so many bytes>
 *	(an empty line)
 *
 * A field whose value is not printable has its name alone on a line, then its length and
 * its bytes, among which ends of lines may be.
 */
#include "mta/journal.h"

#include <string.h>
#include <time.h>

enum { IDLE, FIELDS, SIZE, BYTES, BYTES_END, LOST };

enum { SIZE_BYTES = 8 };

static const char *const names[JOURNAL_FIELDS] = {
	[JOURNAL_TEXT] = "MESSAGE",
	[JOURNAL_IDENTIFIER] = "SYSLOG_IDENTIFIER",
	[JOURNAL_COMMAND] = "_COMM",
	[JOURNAL_PID] = "_PID",
	[JOURNAL_SAID_PID] = "SYSLOG_PID",
	[JOURNAL_HOST] = "_HOSTNAME",
	[JOURNAL_SOURCE_TIME] = "_SOURCE_REALTIME_TIMESTAMP",
	[JOURNAL_TIME] = "__REALTIME_TIMESTAMP",
};

void journal_init(struct journal *journal)
{
	*journal = (struct journal){ .state = IDLE };
	for (int i = 0; i < JOURNAL_FIELDS; i++)
		buf_init(&journal->values[i].bytes, i == JOURNAL_TEXT ? JOURNAL_MESSAGE : JOURNAL_FIELD);
}

void journal_release(struct journal *journal)
{
	for (int i = 0; i < JOURNAL_FIELDS; i++)
		buf_release(&journal->values[i].bytes);
}

int journal_field_of(struct slice name)
{
	for (int i = 0; i < JOURNAL_FIELDS; i++)
		if (slice_is(name, names[i]))
			return i;
	return JOURNAL_FIELDS;
}

static void begin_entry(struct journal *journal)
{
	for (int i = 0; i < JOURNAL_FIELDS; i++) {
		buf_reset(&journal->values[i].bytes);
		journal->values[i].there = journal->values[i].hidden = false;
	}
	journal->state = FIELDS;
}

/* Of several fields with one name the first counts. */
static void begin_field(struct journal *journal, struct slice name)
{
	journal->field = journal_field_of(name);
	if (journal->field != JOURNAL_FIELDS && journal->values[journal->field].there)
		journal->field = JOURNAL_FIELDS;
	if (journal->field != JOURNAL_FIELDS)
		journal->values[journal->field].there = true;
}

static void keep(struct journal *journal, const char *bytes, size_t len)
{
	if (journal->field != JOURNAL_FIELDS && len != 0)
		buf_add(&journal->values[journal->field].bytes, bytes, len);
}

/* What the line's own ceiling cut off. */
static void note_cut(struct journal *journal, bool cut)
{
	if (journal->field != JOURNAL_FIELDS && cut)
		journal->values[journal->field].bytes.cut = true;
}

static bool is_name(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!((name.at[i] >= 'A' && name.at[i] <= 'Z') || (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '_'))
			return false;
	return name.len != 0;
}

static struct slice value_of(const struct journal *journal, enum journal_field field)
{
	const struct journal_value *value = &journal->values[field];

	return value->there && !value->hidden ? (struct slice){ value->bytes.data, value->bytes.len } : SLICE_NONE;
}

/* Microseconds since 1970. */
static time_t time_of(struct slice digits)
{
	enum { MICROSECONDS = 1000000, DIGITS = 17 };
	unsigned long long number = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9' || i == DIGITS)
			return 0;
		number = number * 10 + (unsigned)(digits.at[i] - '0');
	}
	return (time_t)(number / MICROSECONDS);
}

static struct slice either(struct slice first, struct slice second)
{
	return first.len != 0 ? first : second;
}

/* As journalctl's short forms have it. */
static enum journal_sense end_entry(struct journal *journal, struct log_line *line, bool *cut)
{
	struct slice source = value_of(journal, JOURNAL_SOURCE_TIME);

	journal->state = IDLE;
	*line = (struct log_line){
		.stamp = { .when = time_of(either(source, value_of(journal, JOURNAL_TIME))), .hour = -1, .kind = STAMP_SYSLOG },
		.host = value_of(journal, JOURNAL_HOST),
		.tag = either(value_of(journal, JOURNAL_IDENTIFIER), value_of(journal, JOURNAL_COMMAND)),
		.pid = either(value_of(journal, JOURNAL_PID), value_of(journal, JOURNAL_SAID_PID)),
		.text = value_of(journal, JOURNAL_TEXT),
	};
	*cut = journal->values[JOURNAL_TEXT].bytes.cut;
	return JOURNAL_ENTRY;
}

/* "NAME=value", or a name alone, behind which a length comes. */
static enum journal_sense read_field(struct journal *journal, struct slice text, size_t whole)
{
	struct slice name = text, rest = text;

	if (slice_cut(&rest, "=", &name) && is_name(name)) {
		begin_field(journal, name);
		keep(journal, rest.at, rest.len);
		note_cut(journal, whole > text.len + 1);
		return JOURNAL_PART;
	}
	if (name.len == text.len && is_name(name)) {
		begin_field(journal, name);
		journal->state = SIZE;
		journal->size = 0;
		journal->size_bytes = 0;
		return JOURNAL_PART;
	}
	journal->state = IDLE;
	return JOURNAL_LEFT;
}

/* The bytes of a length; what a line's end stands for is one of them. */
static void read_size(struct journal *journal, struct slice *text, size_t *whole)
{
	while (journal->state == SIZE && *whole != 0) {
		uint64_t byte = text->len != 0 ? (unsigned char)text->at[0] : '\n';

		journal->size |= byte << (8 * journal->size_bytes);
		slice_step(text, 1);
		--*whole;
		if (++journal->size_bytes == SIZE_BYTES)
			journal->state = journal->size <= JOURNAL_BINARY_MOST ? BYTES : LOST;
	}
}

static void read_bytes(struct journal *journal, struct slice *text, size_t *whole)
{
	size_t taken = journal->size < *whole ? (size_t)journal->size : *whole;
	size_t seen = taken < text->len ? taken : text->len;

	keep(journal, text->at, seen);
	if (taken > seen)
		keep(journal, "\n", 1);
	note_cut(journal, taken > seen + 1);
	slice_step(text, seen);
	*whole -= taken;
	journal->size -= taken;
	if (journal->size == 0)
		journal->state = BYTES_END;
}

/* A piece of a binary field, from its length to the line end behind its bytes. */
static enum journal_sense read_binary(struct journal *journal, struct slice text, size_t whole)
{
	read_size(journal, &text, &whole);
	if (journal->state == BYTES)
		read_bytes(journal, &text, &whole);
	if (journal->state == BYTES_END && whole != 0)
		journal->state = whole == 1 && text.len == 0 ? FIELDS : LOST;
	return JOURNAL_PART;
}

static bool begins_entry(struct slice text)
{
	return slice_starts(text, "__CURSOR=") || slice_starts(text, "__REALTIME_TIMESTAMP=");
}

/* A line that is one entry by itself. */
static enum journal_sense read_object(struct journal *journal, struct slice text, struct log_line *line, bool *cut)
{
	slice_skip(&text, "data: ");
	slice_skip(&text, "\x1e");
	if (text.len == 0 || text.at[0] != '{')
		return JOURNAL_NONE;
	begin_entry(journal);
	if (journal_read_json(journal, text))
		return end_entry(journal, line, cut);
	journal->state = IDLE;
	return JOURNAL_NONE;
}

enum journal_sense journal_feed(struct journal *journal, struct slice text, size_t whole, struct log_line *line, bool *cut)
{
	/* Lines of all other kinds begin otherwise. */
	if (journal->state == IDLE && (text.len == 0 || memchr("_{d\x1e", text.at[0], 4) == NULL))
		return JOURNAL_NONE;
	if (journal->state == IDLE && !begins_entry(text))
		return read_object(journal, text, line, cut);
	if (journal->state == IDLE)
		begin_entry(journal);
	/* From what cannot be read, an empty line leads on, and the beginning of another. */
	if (journal->state == LOST && text.len != 0 && !begins_entry(text))
		return JOURNAL_PART;
	if (journal->state == LOST) {
		journal->state = IDLE;
		if (text.len != 0)
			begin_entry(journal);
		return JOURNAL_LOST;
	}
	if (journal->state != FIELDS)
		return read_binary(journal, text, whole);
	return text.len == 0 ? end_entry(journal, line, cut) : read_field(journal, text, whole);
}

bool journal_end(struct journal *journal)
{
	bool left = journal->state != IDLE;

	journal->state = IDLE;
	return left;
}
