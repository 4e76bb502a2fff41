/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logs.c - the table of readers, and the head of a line
 */
#include "mta/logs.h"

#include <string.h>

static const struct log_reader *const readers[] = {
	&postfix_log_reader, &sendmail_log_reader, &exim_log_reader, &opensmtpd_log_reader, &qmail_log_reader,
};

enum { READERS = sizeof readers / sizeof *readers };

/* Printable ASCII but for these five; most are small letters. */
static bool is_tag_byte(char byte)
{
	if (byte >= 'a' && byte <= 'z')
		return true;
	return byte > ' ' && byte <= '~' && byte != '[' && byte != ':' && byte != '=' && byte != '<' && byte != '(';
}

/* "tag[pid]: text" or "tag: text"; the blank may be missing. */
static bool cut_tag(struct slice *rest, struct log_line *line)
{
	size_t tag = 0, colon;

	while (tag < rest->len && is_tag_byte(rest->at[tag]))
		tag++;
	if (tag == 0 || tag == rest->len || (rest->at[tag] != '[' && rest->at[tag] != ':'))
		return false;
	colon = tag;
	if (rest->at[tag] == '[') {
		while (colon < rest->len && rest->at[colon] != ']' && rest->at[colon] != ' ')
			colon++;
		if (colon + 1 >= rest->len || rest->at[colon] != ']' || rest->at[colon + 1] != ':')
			return false;
		line->pid = (struct slice){ rest->at + tag + 1, colon - tag - 1 };
		colon++;
	}
	line->tag = (struct slice){ rest->at, tag };
	slice_step(rest, colon + 1);
	slice_skip(rest, " ");
	return true;
}

/* "host tag[pid]: text"; also without the host.  Most lines are of the same host as the one before. */
static void cut_head(struct logs *logs, struct slice rest, struct log_line *line)
{
	struct slice after = rest, host;

	line->text = rest;
	if (logs->host_len != 0 && rest.len > logs->host_len && memcmp(rest.at, logs->host, logs->host_len) == 0) {
		host = (struct slice){ rest.at, logs->host_len - 1 };
		slice_step(&after, logs->host_len);
	} else {
		host = slice_word(&after);
		if (host.len == 0 || memchr(host.at, ':', host.len) != NULL)
			host.len = 0;
	}
	if (host.len != 0 && cut_tag(&after, line)) {
		line->host = host;
		line->text = after;
		if (host.len < LOGS_TAG && memcmp(logs->host, host.at, host.len + 1) != 0) {
			logs->host_len = host.len + 1;
			memcpy(logs->host, host.at, logs->host_len);
		}
	} else if (cut_tag(&rest, line)) {
		line->text = rest;
	}
}

static const struct log_reader *find_reader(struct slice tag)
{
	for (size_t i = 0; i < READERS; i++)
		if (readers[i]->owns(tag))
			return readers[i];
	return NULL;
}

/* Servers have few tags, and a log has millions of lines. */
static const struct log_reader *reader_of(struct logs *logs, struct slice tag)
{
	struct logs_tag *known;

	if (tag.len > LOGS_TAG)
		return find_reader(tag);
	known = &logs->tags[(tag.len * 7 + (unsigned char)tag.at[tag.len - 1] * 3U + (unsigned char)tag.at[tag.len / 2]) % LOGS_TAGS];
	if (known->len != tag.len || memcmp(known->text, tag.at, tag.len) != 0) {
		memcpy(known->text, tag.at, tag.len);
		known->len = tag.len;
		known->reader = find_reader(tag);
	}
	return known->reader;
}

/* "[1.2K blob data]": journalctl has bytes, and does not show them.  No mail server writes so. */
static bool is_withheld(struct slice text)
{
	enum { LONGEST = 32 };

	return text.at == NULL || (text.len < LONGEST && slice_starts(text, "[") && slice_ends(text, " blob data]"));
}

static enum logs_sense told(enum log_sense sense)
{
	return sense == LOG_EVENT ? LOGS_EVENT : sense == LOG_PLAIN ? LOGS_PLAIN : sense == LOG_BROKEN ? LOGS_BROKEN : LOGS_ALIEN;
}

/* A line without a tag: the server of the last such line first. */
static enum logs_sense guess(struct logs *logs, const struct log_line *line, struct event *event, const char **make)
{
	for (size_t i = 0; i <= READERS; i++) {
		const struct log_reader *reader = i == 0 ? logs->reader : readers[i - 1];
		enum log_sense sense;

		if (reader == NULL || (i != 0 && reader == logs->reader))
			continue;
		*event = (struct event){ .kind = EVENT_NONE };
		sense = reader->read(line, event);
		if (sense == LOG_FOREIGN)
			continue;
		logs->reader = reader;
		*make = reader->make;
		return told(sense);
	}
	return LOGS_ALIEN;
}

/* A line with a tag. */
static enum logs_sense read_tagged(struct logs *logs, const struct log_line *line, struct event *event, const char **make)
{
	const struct log_reader *reader = reader_of(logs, line->tag);

	if (reader == NULL)
		return LOGS_OTHER;
	*make = reader->make;
	return is_withheld(line->text) ? LOGS_BROKEN : told(reader->read(line, event));
}

/* What is not told yet of a message, of which a line begins so far to the right: journalctl's way with line ends in a message. */
static bool goes_on(const struct logs *logs, struct slice text)
{
	size_t blanks = 0;

	while (blanks < text.len && text.at[blanks] == ' ')
		blanks++;
	return logs->text_column != 0 && blanks >= logs->text_column;
}

/* What syslog and the journal say of themselves. */
static bool is_of_log(const struct log_line *line)
{
	static const char *const words[] = { "last message repeated", "message repeated", "-- Logs begin", "-- Journal begins", "-- Boot ", "-- No entries", "-- Reboot --" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (slice_starts(line->text, words[i]))
			return true;
	return false;
}

enum logs_sense logs_read(struct logs *logs, struct slice text, struct log_line *line, struct event *event, const char **make)
{
	struct slice whole = text, priority = text;
	enum logs_sense sense;
	bool stamped;

	*line = (struct log_line){ .stamp = { .hour = -1 } };
	*event = (struct event){ .kind = EVENT_NONE };
	/* "<22>" of a line as it went over the network. */
	if (slice_skip(&priority, "<") && slice_digits(&priority) >= 0 && slice_skip(&priority, ">"))
		text = priority;
	stamped = stamp_read(&logs->stamper, &text, &line->stamp);
	line->text = text;
	if (line->stamp.kind == STAMP_SYSLOG && text.len != 0)
		cut_head(logs, text, line);
	if (line->tag.len != 0) {
		logs->text_column = (size_t)(line->text.at - whole.at);
		return read_tagged(logs, line, event, make);
	}
	if (!stamped && goes_on(logs, text))
		return LOGS_OTHER;
	/* Exim breaks some of its warnings into lines, and indents all but the first. */
	if (!stamped && logs->reader != NULL && (slice_starts(text, " ") || slice_starts(text, "\t")))
		return LOGS_OTHER;
	sense = guess(logs, line, event, make);
	if (sense != LOGS_ALIEN)
		return sense;
	*event = (struct event){ .kind = EVENT_NONE };
	if (is_of_log(line))
		return LOGS_OTHER;
	/* "host last message repeated 3 times" */
	(void)slice_word(&line->text);
	return stamped && is_of_log(line) ? LOGS_OTHER : LOGS_ALIEN;
}

enum logs_sense logs_read_entry(struct logs *logs, struct log_line *line, struct event *event, const char **make)
{
	*event = (struct event){ .kind = EVENT_NONE };
	line->stamp.hour = line->stamp.when != 0 ? stamp_hour(&logs->stamper, line->stamp.when) : -1;
	return line->tag.len != 0 ? read_tagged(logs, line, event, make) : LOGS_OTHER;
}
