/* SPDX-License-Identifier: Apache-2.0 */
/*
 * map_state.c - the answers of a map, kept in a file
 *
 * An answer is about a client, the way it was asked and the envelope; which clients a
 * map asks is no matter, so that a finer resolution goes on from a coarser one's answers.
 * Lines are only added: a crash costs what was not written yet, and at most cuts the
 * last line.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/mem.h"
#include "cmd/map.h"
#include "vantage/vantage.h"

enum {
	/* 16 million answers of a /24 resolution, and some. */
	STATE_MOST = 1 << 30
};

struct known {
	unsigned char family;   /* 4 or 6 */
	unsigned char bytes[16];
	unsigned char answer;
};

struct map_state {
	char *path;
	FILE *to;
	struct known *rows;     /* of earlier runs, sorted */
	size_t count, capacity;
};

static json_t *head_of(const struct map_job *job)
{
	char endpoint[ADDRESS_TEXT];
	size_t count;
	struct address to = *target_addresses(job->target, &count);

	to.port = job->port.number;
	address_print_port(&to, endpoint);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "schema", "relayaudit-map/1", "target", target_host(job->target),
			 "endpoint", endpoint, "tls", tls_mode_name(job->port.mode), "via", job->vantages[0]->via, "helo",
			 job->vantages[0]->helo, "victim", victim_is_reserved(job->victim) ? victim_domain(job->victim) : victim_text(job->victim),
			 "sender", job->sender_given ? job->sender : victim_domain(job->victim));
}

static struct known known_of(const struct address *client, enum map_answer answer)
{
	struct known known = { .family = client->family == AF_INET ? 4 : 6, .answer = (unsigned char)answer };

	memcpy(known.bytes, client->bytes, sizeof known.bytes);
	return known;
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, offsetof(struct known, answer));
}

/* What the file is of, against what is asked for now. */
static int check_head(const char *line, size_t len, const struct map_job *job, const char *path, struct err *err)
{
	json_t *head = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL), *wanted = head_of(job), *value;
	const char *key;
	int result = 0;

	if (!json_is_object(head)) {
		result = err_set(err, ERR_USAGE, "%.200s is not what a map keeps its answers in", path);
	} else {
		json_object_foreach(wanted, key, value) {
			const char *said = json_string_value(json_object_get(head, key));

			if (result == 0 && (said == NULL || strcmp(said, json_string_value(value)) != 0))
				result = err_set(err, ERR_USAGE, "%.200s holds the answers of another map: its %s is '%.80s', and this one's is '%.80s'",
						 path, key, said ? said : "", json_string_value(value));
		}
	}
	json_decref(head);
	json_decref(wanted);
	return result;
}

/* {"client":"192.0.2.1","answer":"denied"} */
static bool read_line(const char *line, size_t len, struct known *known)
{
	static const char begin[] = "{\"client\":\"", middle[] = "\",\"answer\":\"";
	const char *end, *word;
	struct err err = ERR_INIT;
	struct address client;
	bool good = false, granted;
	char *text;

	if (len < sizeof begin || strncmp(line, begin, sizeof begin - 1) != 0)
		return false;
	text = mem_bytes(line + sizeof begin - 1, len - (sizeof begin - 1));
	end = strstr(text, middle);
	if (end != NULL) {
		word = end + sizeof middle - 1;
		text[end - text] = '\0';
		granted = strcmp(word, "granted\"}") == 0;
		good = (granted || strcmp(word, "denied\"}") == 0) && address_parse(text, &client, &err) == 0;
		if (good)
			*known = known_of(&client, granted ? MAP_GRANTED : MAP_DENIED);
	}
	free(text);
	return good;
}

static int read_rows(struct map_state *state, const char *text, size_t len, const struct map_job *job, struct err *err)
{
	const char *line = text, *last = text + len, *end;

	for (size_t number = 1; (end = memchr(line, '\n', (size_t)(last - line))) != NULL; number++, line = end + 1) {
		if (number == 1) {
			if (check_head(line, (size_t)(end - line), job, state->path, err) != 0)
				return -1;
			continue;
		}
		MEM_ROOM(state->rows, state->count, state->capacity);
		if (!read_line(line, (size_t)(end - line), &state->rows[state->count]))
			return err_set(err, ERR_USAGE, "%.200s:%zu: this is no answer of a map", state->path, number);
		state->count++;
	}
	if (state->count != 0)
		qsort(state->rows, state->count, sizeof *state->rows, compare);
	return 0;
}

static int cannot(const struct map_state *state, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "%.200s cannot be written: %s", state->path, strerror(errno));
}

/* Where there is no whole first line, the file is as new. */
static int begin_writing(struct map_state *state, size_t whole, const struct map_job *job, struct err *err)
{
	int file = open(state->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (file < 0 || ftruncate(file, (off_t)whole) != 0 || lseek(file, 0, SEEK_END) < 0) {
		cannot(state, err);
		if (file >= 0)
			close(file);
		return -1;
	}
	state->to = fdopen(file, "w");
	if (whole == 0) {
		json_t *head = head_of(job);

		json_dumpf(head, state->to, JSON_COMPACT | JSON_ENSURE_ASCII);
		fputc('\n', state->to);
		json_decref(head);
	}
	return map_state_flush(state, err);
}

int map_state_open(struct map_state **made, const char *path, const struct map_job *job, struct err *err)
{
	struct map_state *state;
	struct buf text = BUF_INIT(STATE_MOST);
	size_t whole;
	int result = 0;

	*made = NULL;
	if (path == NULL)
		return 0;
	state = mem_new(sizeof *state);
	state->path = mem_text(path);
	if (access(path, F_OK) == 0 && file_read(path, &text, err) != 0)
		result = -1;
	for (whole = text.len; whole != 0 && text.data[whole - 1] != '\n'; whole--)
		continue;
	/* A file without one line end may be anything but ours. */
	if (result == 0 && whole == 0 && text.len > 4096)
		result = err_set(err, ERR_USAGE, "%.200s is not what a map keeps its answers in", path);
	if (result == 0 && whole == 0 && text.len != 0 && text.data[0] != '{')
		result = err_set(err, ERR_USAGE, "%.200s is not what a map keeps its answers in", path);
	if (result == 0 && whole != 0)
		result = read_rows(state, text.data, whole, job, err);
	if (result == 0)
		result = begin_writing(state, whole, job, err);
	buf_release(&text);
	if (result != 0)
		map_state_close(state);
	else
		*made = state;
	return result;
}

enum map_answer map_state_find(const struct map_state *state, const struct address *client)
{
	struct known wanted, *found;

	if (state == NULL || state->count == 0)
		return MAP_UNASKED;
	wanted = known_of(client, MAP_UNASKED);
	found = bsearch(&wanted, state->rows, state->count, sizeof *state->rows, compare);
	return found ? (enum map_answer)found->answer : MAP_UNASKED;
}

void map_state_add(struct map_state *state, const struct address *client, enum map_answer answer)
{
	char text[ADDRESS_TEXT];

	if (state == NULL || answer < MAP_DENIED)
		return;
	address_print(client, text);
	fprintf(state->to, "{\"client\":\"%s\",\"answer\":\"%s\"}\n", text, answer == MAP_GRANTED ? "granted" : "denied");
}

int map_state_flush(struct map_state *state, struct err *err)
{
	if (state == NULL || (fflush(state->to) == 0 && !ferror(state->to)))
		return 0;
	return cannot(state, err);
}

void map_state_close(struct map_state *state)
{
	if (state == NULL)
		return;
	if (state->to != NULL) {
		fflush(state->to);
		fsync(fileno(state->to));
		fclose(state->to);
	}
	free(state->rows);
	free(state->path);
	free(state);
}
