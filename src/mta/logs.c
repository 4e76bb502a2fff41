/* SPDX-License-Identifier: Apache-2.0 */
/*
 * logs.c - the table of readers, and the head of a line
 *
 * A log has millions of lines, few tags, and one host; and most lines are of the same second
 * as the one before.  So what stands before the text is compared with what was there, and
 * taken apart only where it is new.
 */
#include "mta/logs.h"

#include <string.h>

#include "base/hash.h"

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

static const struct log_reader *find_reader(struct slice tag)
{
	for (size_t i = 0; i < READERS; i++)
		if (readers[i]->owns(tag))
			return readers[i];
	return NULL;
}

static void learn_tag(struct logs_tag *row, struct slice tag)
{
	*row = (struct logs_tag){ .fit = true, .reader = find_reader(tag) };
	for (size_t i = 0; i < tag.len; i++)
		row->fit = row->fit && is_tag_byte(tag.at[i]);
	if (tag.len > LOGS_TAG)
		return;
	memcpy(row->text, tag.at, tag.len);
	row->len = tag.len;
}

/* Tags differ by their ends. */
static struct logs_tag *row_of(struct logs *logs, struct slice tag)
{
	struct slice end = tag.len > sizeof(uint64_t) ? (struct slice){ tag.at + tag.len - sizeof(uint64_t), sizeof(uint64_t) } : tag;

	return &logs->tags[hash_mix(0, end) % LOGS_TAGS];
}

static bool is_of_row(const struct logs_tag *row, struct slice tag)
{
	return row->len == tag.len && memcmp(row->text, tag.at, tag.len) == 0;
}

/* What is known of a tag, which is not empty. */
static struct logs_tag *know_tag(struct logs *logs, struct slice tag)
{
	struct logs_tag *row = tag.len > LOGS_TAG ? &logs->long_tag : row_of(logs, tag);

	if (tag.len > LOGS_TAG || !is_of_row(row, tag))
		learn_tag(row, tag);
	return row;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* "tag[123]:" with a tag that was there before, which ends where it ended then. */
static struct logs_tag *cut_known_tag(struct logs *logs, struct slice *rest, struct log_line *line)
{
	const char *colon = rest->len != 0 ? memchr(rest->at, ':', rest->len) : NULL, *pid;
	struct logs_tag *row;
	struct slice tag;

	if (colon == NULL || colon - rest->at < 3 || colon[-1] != ']')
		return NULL;
	pid = colon - 1;
	while (pid - rest->at > 2 && is_digit(pid[-1]))
		pid--;
	tag = (struct slice){ rest->at, (size_t)(pid - 1 - rest->at) };
	if (pid[-1] != '[' || tag.len > LOGS_TAG)
		return NULL;
	row = row_of(logs, tag);
	if (!row->fit || !is_of_row(row, tag))
		return NULL;
	line->tag = tag;
	line->pid = (struct slice){ pid, (size_t)(colon - 1 - pid) };
	slice_step(rest, (size_t)(colon + 1 - rest->at));
	slice_skip(rest, " ");
	return row;
}

/* "tag[pid]: text" or "tag: text"; the blank may be missing.  NULL: it is neither. */
static struct logs_tag *cut_tag(struct logs *logs, struct slice *rest, struct log_line *line)
{
	struct logs_tag *row = cut_known_tag(logs, rest, line);
	size_t tag = 0, colon;

	if (row != NULL)
		return row;
	while (tag < rest->len && is_tag_byte(rest->at[tag]))
		tag++;
	if (tag == 0 || tag == rest->len || (rest->at[tag] != '[' && rest->at[tag] != ':'))
		return NULL;
	colon = tag;
	if (rest->at[tag] == '[') {
		while (colon < rest->len && rest->at[colon] != ']' && rest->at[colon] != ' ')
			colon++;
		if (colon + 1 >= rest->len || rest->at[colon] != ']' || rest->at[colon + 1] != ':')
			return NULL;
		line->pid = (struct slice){ rest->at + tag + 1, colon - tag - 1 };
		colon++;
	}
	line->tag = (struct slice){ rest->at, tag };
	slice_step(rest, colon + 1);
	slice_skip(rest, " ");
	return know_tag(logs, line->tag);
}

/* "mx1" and "postfix" of "postfix/smtpd": ids are one instance's. */
static uint64_t instance_of(struct slice host, struct slice tag)
{
	const char *slash = tag.len != 0 ? memchr(tag.at, '/', tag.len) : NULL;

	if (slash != NULL)
		tag.len = (size_t)(slash - tag.at);
	/* sendmail's queue runner has another tag, and the same ids. */
	else
		tag.len = tag.len < 3 ? tag.len : 3;
	return hash_mix(hash_mix(1469598103934665603ULL, host) * 31, tag);
}

/* Of a line of the last host. */
static uint64_t known_instance(const struct logs *logs, struct logs_tag *row, const struct log_line *line)
{
	if (row->turn != logs->host_turn) {
		row->turn = logs->host_turn;
		row->instance = instance_of(line->host, line->tag);
	}
	return row->instance;
}

/* The host that the rest begins with is the last one from now on; false: it is too long for that. */
static bool keep_host(struct logs *logs, struct slice host)
{
	if (host.len >= LOGS_TAG)
		return false;
	if (logs->host_len == host.len + 1 && memcmp(logs->host, host.at, host.len) == 0)
		return true;
	memcpy(logs->host, host.at, host.len);
	logs->host[host.len] = ' ';
	logs->host_len = host.len + 1;
	logs->host_turn++;
	return true;
}

/* Steps over a host; empty: there is none. */
static struct slice cut_host(const struct logs *logs, struct slice *rest)
{
	struct slice host;

	if (logs->host_len != 0 && rest->len > logs->host_len && memcmp(rest->at, logs->host, logs->host_len) == 0) {
		host = (struct slice){ rest->at, logs->host_len - 1 };
		slice_step(rest, logs->host_len);
		return host;
	}
	host = slice_word(rest);
	return host.len == 0 || memchr(host.at, ':', host.len) != NULL ? SLICE_NONE : host;
}

/* "host tag[pid]: text"; also without the host.  NULL: there is no tag.  `whole` is the line, of which line->text is what stands behind the stamp. */
static struct logs_tag *cut_head(struct logs *logs, struct slice whole, struct log_line *line)
{
	struct slice rest = line->text, after = rest, host = cut_host(logs, &after);
	struct logs_tag *row = host.len != 0 ? cut_tag(logs, &after, line) : NULL;

	if (row == NULL) {
		row = cut_tag(logs, &rest, line);
		if (row != NULL)
			line->instance = instance_of(SLICE_NONE, line->tag);
		line->text = rest;
		return row;
	}
	line->host = host;
	line->text = after;
	if (!keep_host(logs, host)) {
		line->instance = instance_of(host, line->tag);
		return row;
	}
	line->instance = known_instance(logs, row, line);
	logs->head_len = (size_t)(line->tag.at - whole.at);
	logs->head_stamp = line->stamp;
	if (logs->head_len <= LOGS_HEAD)
		memcpy(logs->head, whole.at, logs->head_len);
	else
		logs->head_len = 0;
	return row;
}

/* A line whose stamp and host are those of the one before, which the stamper read last. */
static struct logs_tag *cut_same_head(struct logs *logs, struct slice text, struct log_line *line)
{
	struct logs_tag *row;

	if (logs->head_len == 0 || text.len <= logs->head_len || memcmp(logs->head, text.at, logs->head_len) != 0)
		return NULL;
	line->host = (struct slice){ text.at + logs->head_len - logs->host_len, logs->host_len - 1 };
	slice_step(&text, logs->head_len);
	row = cut_known_tag(logs, &text, line);
	if (row == NULL)
		return NULL;
	line->stamp = logs->head_stamp;
	line->text = text;
	line->instance = known_instance(logs, row, line);
	return row;
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
static enum logs_sense read_tagged(const struct logs_tag *row, const struct log_line *line, struct event *event, const char **make)
{
	if (row->reader == NULL)
		return LOGS_OTHER;
	*make = row->reader->make;
	return is_withheld(line->text) ? LOGS_BROKEN : told(row->reader->read(line, event));
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

/* A line without a tag, or without a stamp. */
static enum logs_sense read_bare(struct logs *logs, struct log_line *line, bool stamped, struct event *event, const char **make)
{
	struct slice text = line->text;
	enum logs_sense sense;

	if (!stamped && goes_on(logs, text))
		return LOGS_OTHER;
	/* Exim breaks some of its warnings into lines, and indents all but the first. */
	if (!stamped && logs->reader != NULL && (slice_starts(text, " ") || slice_starts(text, "\t")))
		return LOGS_OTHER;
	line->instance = instance_of(SLICE_NONE, SLICE_NONE);
	sense = guess(logs, line, event, make);
	if (sense != LOGS_ALIEN)
		return sense;
	if (is_of_log(line))
		return LOGS_OTHER;
	/* "host last message repeated 3 times" */
	(void)slice_word(&line->text);
	return stamped && is_of_log(line) ? LOGS_OTHER : LOGS_ALIEN;
}

void logs_start(struct logs *logs, time_t latest)
{
	stamper_start(&logs->stamper, latest);
	logs->head_len = 0;
}

enum logs_sense logs_read(struct logs *logs, struct slice text, struct log_line *line, struct event *event, const char **make)
{
	struct slice whole = text, priority = text;
	struct logs_tag *row = cut_same_head(logs, text, line);
	bool stamped;

	if (row != NULL) {
		logs->text_column = (size_t)(line->text.at - whole.at);
		return read_tagged(row, line, event, make);
	}
	*line = (struct log_line){ .stamp = { .hour = -1 } };
	logs->head_len = 0;
	/* "<22>" of a line as it went over the network. */
	if (slice_skip(&priority, "<") && slice_digits(&priority) >= 0 && slice_skip(&priority, ">"))
		text = priority;
	stamped = stamp_read(&logs->stamper, &text, &line->stamp);
	line->text = text;
	if (line->stamp.kind == STAMP_SYSLOG && text.len != 0)
		row = cut_head(logs, whole, line);
	if (row == NULL)
		return read_bare(logs, line, stamped, event, make);
	logs->text_column = (size_t)(line->text.at - whole.at);
	return read_tagged(row, line, event, make);
}

enum logs_sense logs_read_entry(struct logs *logs, struct log_line *line, struct event *event, const char **make)
{
	line->stamp.hour = line->stamp.when != 0 ? stamp_hour(&logs->stamper, line->stamp.when) : -1;
	line->instance = instance_of(line->host, line->tag);
	return line->tag.len != 0 ? read_tagged(know_tag(logs, line->tag), line, event, make) : LOGS_OTHER;
}
