/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue_reading.c - from listings to counts
 */
#include "cmd/queue_reading.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "net/asked.h"

/* What was found in one listing. */
struct found {
	size_t lines, broken;
	char makes[80];
	const struct queue_reader *last;
};

void queue_reading_init(struct queue_reading *reading, const struct strangers_rules *rules)
{
	*reading = (struct queue_reading){ .lines = 0 };
	waiting_init(&reading->waiting, rules);
}

void queue_reading_release(struct queue_reading *reading)
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
	waiting_release(&reading->waiting);
}

void queue_reading_gap(struct queue_reading *reading, char *text)
{
	reading->gaps = mem_resize(reading->gaps, reading->gap_count + 1, sizeof *reading->gaps);
	reading->gaps[reading->gap_count++] = text;
}

static void note_make(struct found *found, const struct queue_reader *reader)
{
	size_t len = strlen(found->makes);

	if (reader == NULL || reader == found->last || strstr(found->makes, reader->make) != NULL || len + strlen(reader->make) + 3 > sizeof found->makes)
		return;
	found->last = reader;
	memcpy(found->makes + len, ", ", len ? 2 : 0);
	len += len ? 2 : 0;
	memcpy(found->makes + len, reader->make, strlen(reader->make) + 1);
}

static void read_line(struct queues *queues, struct slice line, bool cut, struct found *found)
{
	found->lines++;
	/* Half an address is another address. */
	if (cut || queues_read(queues, line) != QUEUE_FINE)
		found->broken++;
	else
		note_make(found, queues->reader);
}

/* Takes the name. */
static void add_source(struct queue_reading *reading, char *name, const struct found *found, const char *fault)
{
	reading->sources = mem_resize(reading->sources, reading->source_count + 1, sizeof *reading->sources);
	reading->sources[reading->source_count++] = (struct report_source){
		.name = name,
		.makes = mem_text(found->makes),
		.fault = fault ? mem_text(fault) : NULL,
		.lines = found->lines,
	};
	reading->lines += found->lines;
	reading->lines_not_understood += found->broken;
	if (fault != NULL)
		queue_reading_gap(reading, mem_printf("%s: %s", name, fault));
}

static char *shown_name(const char *path)
{
	struct buf text = BUF_INIT(TEXT_SHOWN);

	text_escape(&text, path, strlen(path));
	return buf_detach(&text);
}

static const char *fault_of(const struct found *found, bool whole)
{
	if (found->lines == 0)
		return "it is empty, as a listing that failed is, too";
	if (found->makes[0] == '\0')
		return "it holds no listing of a mail server that is known";
	return whole ? NULL : "the listing is not whole: it shows fewer messages than it says, or its end is missing";
}

void queue_reading_file(struct queue_reading *reading, const struct log_file *file)
{
	bool standard = strcmp(file->path, "-") == 0;
	char *name = standard ? mem_text("standard input") : shown_name(file->path);
	struct err err = ERR_INIT;
	struct log_source *source = log_source_open(file, QUEUE_LINE_MOST, &err);
	struct found found = { .lines = 0 };
	struct queues queues;
	struct slice line;
	bool cut, whole;

	if (source == NULL) {
		add_source(reading, name, &found, "it cannot be read");
		queue_reading_gap(reading, mem_text(err.text));
		return;
	}
	waiting_begin(&reading->waiting, &queues, file->changed ? file->changed : time(NULL));
	while (log_source_next(source, &line, &cut, &err) == 1) {
		slice_chomp(&line);
		read_line(&queues, line, cut || log_source_is_torn(source), &found);
	}
	waiting_end(&reading->waiting);
	whole = queues_end(&queues);
	log_source_close(source);
	add_source(reading, name, &found, err.kind != ERR_NONE ? err.text : fault_of(&found, whole));
}

static void read_output(struct queue_reading *reading, const struct buf *output, struct found *found, bool *whole)
{
	struct slice rest = { output->data, output->len };
	struct queues queues;

	waiting_begin(&reading->waiting, &queues, time(NULL));
	while (rest.len != 0) {
		const char *end = memchr(rest.at, '\n', rest.len);
		struct slice line = { rest.at, end ? (size_t)(end - rest.at) : rest.len };

		read_line(&queues, line, end == NULL, found);
		slice_step(&rest, line.len + 1);
	}
	waiting_end(&reading->waiting);
	*whole = queues_end(&queues);
}

static void run_command(struct queue_reading *reading, const char *path, const char *const *argv)
{
	struct buf output = BUF_INIT(ASKED_OUTPUT_MOST), name = BUF_INIT(TEXT_SHOWN);
	struct err err = ERR_INIT;
	struct found found = { .lines = 0 };
	const char *fault = NULL;
	bool whole = true;

	text_escape(&name, path, strlen(path));
	for (size_t i = 1; argv[i] != NULL; i++)
		buf_printf(&name, " %s", argv[i]);
	if (asked_run(path, argv, &output, &err) != 0)
		fault = err.text;
	read_output(reading, &output, &found, &whole);
	/* Most listings of an empty queue are empty. */
	if (fault == NULL && found.lines != 0)
		fault = fault_of(&found, whole);
	add_source(reading, buf_detach(&name), &found, fault);
	buf_release(&output);
}

/* The first of a server's commands that is there; false: none is. */
static bool ask_one(struct queue_reading *reading, const struct queue_reader *reader)
{
	char path[ASKED_PATH_MOST];

	for (size_t i = 0; i < sizeof reader->commands / sizeof *reader->commands && reader->commands[i][0] != NULL; i++) {
		if (asked_find(reader->commands[i][0], path) != 0)
			continue;
		run_command(reading, path, reader->commands[i]);
		for (size_t more = 0; more < sizeof reader->also / sizeof *reader->also && reader->also[more][0] != NULL; more++)
			run_command(reading, path, reader->also[more]);
		return true;
	}
	return false;
}

void queue_reading_ask(struct queue_reading *reading, const char *make)
{
	const struct queue_reader *reader, *last = NULL;
	bool asked = false, read = make == NULL;

	for (size_t i = 0; (reader = queue_reader_at(i)) != NULL; i++) {
		read = read || strcmp(reader->make, make) == 0;
		/* Each server brings a mailq, which is sendmail's only where it is no other's. */
		if (make == NULL && reader == &sendmail_queue_reader)
			last = reader;
		else if (make == NULL || strcmp(reader->make, make) == 0)
			asked = ask_one(reading, reader) || asked;
	}
	if (!asked && last != NULL)
		asked = ask_one(reading, last);
	if (!read)
		queue_reading_gap(reading, mem_printf("the queue of %s is not read", make));
	else if (!asked)
		queue_reading_gap(reading, mem_printf("the listing command of %s was not found on this machine", make ? make : "no mail server that is known"));
}

void queue_reading_finish(struct queue_reading *reading)
{
	const struct waiting *waiting = &reading->waiting;

	waiting_sort(&reading->waiting);
	if (reading->lines_not_understood != 0)
		queue_reading_gap(reading, mem_printf("%zu line%s could not be understood", reading->lines_not_understood, reading->lines_not_understood == 1 ? "" : "s"));
	if (waiting->rules->domain_count == 0 && waiting->unjudged != 0)
		queue_reading_gap(reading, mem_text("no own domains are known, and so nothing is told apart: --domain names them"));
	else if (waiting->unjudged != 0)
		queue_reading_gap(reading, mem_printf("of %zu message%s the listing does not show sender and recipients", waiting->unjudged, waiting->unjudged == 1 ? "" : "s"));
}
