/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log_reading.c - from files to counts
 *
 * Nothing found means nothing only where everything was read: each line that is not
 * understood, and each file that is none of a mail server, is told.
 */
#include "cmd/log_reading.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/joined.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "mta/journal.h"
#include "mta/logs.h"

/* What was found in one file. */
struct found {
	size_t senses[LOGS_EVENT + 1];  /* lines, by what they are */
	size_t halves;                  /* events that are cut off */
	size_t lost;                    /* entries of a journal that cannot be read */
	const char *last_make;
	const char *makes[8];
	size_t make_count;
	bool is_journal;                /* as journald writes it, which only its own library reads */
};

int log_reading_usual(const char *root, char *found[LOGS_USUAL])
{
	static const char *const places[LOGS_USUAL] = { "/var/log/mail.log", "/var/log/maillog", "/var/log/exim4/mainlog", "/var/log/exim/main.log" };
	int count = 0;

	for (size_t i = 0; i < LOGS_USUAL; i++) {
		char *place = mem_printf("%s%s", root != NULL ? root : "", places[i]);

		if (access(place, F_OK) == 0)
			found[count++] = place;
		else
			free(place);
	}
	return count;
}

void log_reading_gap(struct log_reading *reading, char *text)
{
	reading->gaps = mem_resize(reading->gaps, reading->gap_count + 1, sizeof *reading->gaps);
	reading->gaps[reading->gap_count++] = text;
}

static size_t lines_of(const struct found *found)
{
	size_t lines = found->lost;

	for (size_t i = 0; i < sizeof found->senses / sizeof *found->senses; i++)
		lines += found->senses[i];
	return lines;
}

static size_t understood_of(const struct found *found)
{
	return found->senses[LOGS_PLAIN] + found->senses[LOGS_EVENT] - found->halves;
}

static void note_make(struct found *found, const char *make)
{
	found->last_make = make;
	for (size_t i = 0; i < found->make_count; i++)
		if (found->makes[i] == make)
			return;
	if (found->make_count < sizeof found->makes / sizeof *found->makes)
		found->makes[found->make_count++] = make;
}

static void note_time(struct strangers *mail, time_t when)
{
	if (when == 0)
		return;
	if (mail->from == 0 || when < mail->from)
		mail->from = when;
	if (when > mail->to)
		mail->to = when;
}

/* What one log is read by. */
struct reader {
	struct logs logs;
	struct journal journal;
	struct joined *joined;
	struct strangers *mail;
	struct found *found;            /* in the file at hand */
};

/* One line, or one entry of a journal: `line` and `event` are filled in where it makes sense. */
static void take(struct reader *reader, enum logs_sense sense, const struct log_line *line, struct event *event, const char *make, bool cut)
{
	struct found *found = reader->found;

	found->senses[sense]++;
	if (make != NULL && make != found->last_make)
		note_make(found, make);
	if (sense != LOGS_PLAIN && sense != LOGS_EVENT)
		return;
	note_time(reader->mail, line->stamp.when);
	if (sense == LOGS_PLAIN)
		return;
	/* What such a line says of a recipient may be half of it. */
	if (cut) {
		found->halves++;
		return;
	}
	do {
		joined_add(reader->joined, line, event);
	} while (event_more(event));
}


static void read_line(struct reader *reader, struct slice text, size_t whole, bool cut)
{
	struct log_line line;
	struct event event;
	const char *make = NULL;
	enum logs_sense sense;
	enum journal_sense part = journal_feed(&reader->journal, text, whole, &line, &cut);

	if (part == JOURNAL_ENTRY) {
		sense = logs_read_entry(&reader->logs, &line, &event, &make);
		take(reader, sense, &line, &event, make, cut);
	}
	if (part == JOURNAL_LOST || part == JOURNAL_LEFT)
		reader->found->lost++;
	if (part != JOURNAL_NONE && part != JOURNAL_LEFT)
		return;
	slice_chomp(&text);
	/* A machine that lost its power leaves a run of NULs before the next line. */
	while (text.len != 0 && text.at[0] == '\0')
		slice_step(&text, 1);
	if (text.len == 0)
		return;
	if (text.at[0] == 'L' && slice_starts(text, "LPKSHHRH"))
		reader->found->is_journal = reader->found->is_journal || lines_of(reader->found) == 0;
	sense = logs_read(&reader->logs, text, &line, &event, &make);
	take(reader, sense, &line, &event, make, cut);
}

static char *join_makes(const struct found *found)
{
	struct buf text = BUF_OWN;

	buf_text(&text, "");
	for (size_t i = 0; i < found->make_count; i++)
		buf_printf(&text, "%s%s", i ? ", " : "", found->makes[i]);
	return text.len ? buf_detach(&text) : mem_text("");
}

static char *shown_name(const char *path)
{
	struct buf text = BUF_INIT(TEXT_SHOWN);

	text_escape(&text, path, strlen(path));
	return buf_detach(&text);
}

static void add_source(struct log_reading *reading, const struct log_file *file, const struct found *found, const char *fault)
{
	struct report_source *row;

	reading->sources = mem_resize(reading->sources, reading->source_count + 1, sizeof *reading->sources);
	row = &reading->sources[reading->source_count++];
	*row = (struct report_source){ .lines = lines_of(found) };
	row->name = strcmp(file->path, "-") == 0 ? mem_text("standard input") : shown_name(file->path);
	row->makes = join_makes(found);
	row->fault = fault ? mem_text(fault) : NULL;
}

/* What a file that was read to its end did not tell. */
static const char *fault_of(const struct found *found)
{
	if (lines_of(found) == 0)
		return "it is empty";
	if (found->is_journal)
		return "it is a journal itself: read what \"journalctl --file FILE -o export\" writes";
	return understood_of(found) == 0 ? "it holds no line of a mail server that is known" : NULL;
}

static void take_counts(struct log_reading *reading, const struct found *found)
{
	reading->lines += lines_of(found);
	reading->lines_understood += understood_of(found);
	reading->lines_not_understood += found->senses[LOGS_BROKEN] + found->senses[LOGS_ALIEN] + found->halves + found->lost;
	reading->lines_of_others += found->senses[LOGS_OTHER];
}

static void read_file(struct log_reading *reading, struct reader *reader, const struct log_file *file, const struct log_watch *watch, struct found *all)
{
	struct err err = ERR_INIT;
	struct log_source *source = watch ? log_source_follow(file, LOG_LINE_MOST, watch->stop, &err) : log_source_open(file, LOG_LINE_MOST, &err);
	struct found found = { .lost = 0 };
	const char *fault;
	struct slice line;
	bool cut;

	if (source == NULL) {
		add_source(reading, file, &found, err.text);
		log_reading_gap(reading, mem_text(err.text));
		return;
	}
	reader->found = &found;
	logs_start(&reader->logs, file->changed);
	while (log_source_next(source, &line, &cut, &err) == 1)
		read_line(reader, line, log_source_whole(source), cut);
	if (journal_end(&reader->journal))
		reader->found->lost++;
	log_source_close(source);
	fault = err.kind != ERR_NONE ? err.text : fault_of(&found);
	add_source(reading, file, &found, fault);
	if (err.kind != ERR_NONE)
		log_reading_gap(reading, mem_text(err.text));
	else if (fault != NULL && !file->listed)
		log_reading_gap(reading, mem_printf("%s: %s", reading->sources[reading->source_count - 1].name, fault));
	/* A directory may hold files of all kinds: those count only that are logs. */
	if (fault == NULL || !file->listed || err.kind != ERR_NONE)
		take_counts(reading, &found);
	for (size_t i = 0; i < found.make_count; i++)
		note_make(all, found.makes[i]);
}

static void add_gaps(struct log_reading *reading)
{
	const struct strangers *mail = &reading->mail;

	if (reading->lines_understood == 0 && reading->gap_count == 0)
		log_reading_gap(reading, mem_text("no file holds a line of a mail server that is known"));
	if (reading->lines_understood != 0 && reading->lines_not_understood != 0)
		log_reading_gap(reading, mem_printf("%zu line%s could not be understood", reading->lines_not_understood,
						    reading->lines_not_understood == 1 ? "" : "s"));
	if (mail->unknown != 0)
		log_reading_gap(reading, mem_printf("%zu message%s went to foreign recipients, and the log does not show who handed %s in", mail->unknown,
						    mail->unknown == 1 ? "" : "s", mail->unknown == 1 ? "it" : "them"));
	if (mail->rules->run != NULL && mail->run_clients.count == 0)
		log_reading_gap(reading, mem_text("no line names an address of the scan that was looked for"));
}

void log_reading_run(struct log_reading *reading, const struct log_files *files, const struct strangers_rules *rules, const struct log_watch *watch)
{
	struct reader *reader = mem_new(sizeof *reader);
	struct found all = { .lost = 0 };

	strangers_init(&reading->mail, rules);
	if (watch != NULL) {
		reading->mail.tell = watch->tell;
		reading->mail.tell_context = watch->context;
	}
	journal_init(&reader->journal);
	reader->mail = &reading->mail;
	reader->joined = joined_new(&reading->mail);
	for (size_t i = 0; i < files->count; i++)
		read_file(reading, reader, &files->rows[i], i + 1 == files->count ? watch : NULL, &all);
	joined_finish(reader->joined);
	reading->messages_without_end = joined_dropped(reader->joined);
	reading->make = all.make_count == 1 ? all.makes[0] : NULL;
	joined_free(reader->joined);
	journal_release(&reader->journal);
	free(reader);
	add_gaps(reading);
}

void log_reading_release(struct log_reading *reading)
{
	for (size_t i = 0; i < reading->source_count; i++) {
		/* Made by add_source(). */
		free((char *)(uintptr_t)reading->sources[i].name);
		free((char *)(uintptr_t)reading->sources[i].makes);
		free((char *)(uintptr_t)reading->sources[i].fault);
	}
	free(reading->sources);
	for (size_t i = 0; i < reading->gap_count; i++)
		free(reading->gaps[i]);
	free(reading->gaps);
	strangers_release(&reading->mail);
	*reading = (struct log_reading){ .lines = 0 };
}
