/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proof_file.c - the store that a sink on this machine writes
 *
 * It is looked at again after a while: a sighting may come that much late, and no way
 * of the system's to be woken holds for each file system (inotify does not see what another
 * machine writes).  A line counts when the address in it is a token of ours.
 */
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "remote/envelope.h"
#include "remote/proof_kind.h"
#include "remote/record.h"
#include "remote/store_tail.h"

enum { LOOK_MS = 200 };

struct reader {
	const struct proof_settings *wanted;    /* borrowed */
	struct store_tail *tail;
	struct event timer;
};

static int check(const char *rest, struct err *err)
{
	return *rest != '\0' ? 0 : err_set(err, ERR_USAGE, "file: takes the path of what 'relayaudit sink --store PATH' writes");
}

/* Most lines are other runs', and need not be taken apart: a run stands in its own words in no other place. */
static bool is_of_others(const struct proof_settings *wanted, const char *line, size_t len)
{
	static const char before[] = "\"run\":\"";
	const char *run = memmem(line, len, before, sizeof before - 1);
	struct token token = { .number = 0 };

	if (run == NULL || len - (size_t)(run - line) < sizeof before + TOKEN_RUN)
		return false;
	memcpy(token.run, run + sizeof before - 1, TOKEN_RUN);
	return !wanted->wants(wanted->context, &token);
}

static void use_line(void *context, const char *line, size_t len)
{
	const struct reader *reader = context;
	const struct proof_settings *wanted = reader->wanted;
	struct record_read read;
	struct token token;

	if (is_of_others(wanted, line, len) || !record_parse(line, len, &read))
		return;
	if (envelope_token(wanted->key, read.record.seen.mail_from, read.record.seen.rcpt_to, &token) && wanted->wants(wanted->context, &token)) {
		read.record.seen.token = token;
		wanted->seen(wanted->context, &read.record.seen);
	}
	record_release(&read);
}

static void look_again(struct reader *reader, bool at_once)
{
	struct timeval wait = { .tv_usec = at_once ? 0 : LOOK_MS * 1000 };

	event_add(&reader->timer, &wait);
}

static void on_timer(evutil_socket_t fd, short what, void *context)
{
	struct reader *reader = context;
	struct err err = ERR_INIT;
	bool more;

	(void)fd;
	(void)what;
	if (store_tail_read(reader->tail, use_line, reader, &more, &err) != 0)
		reader->wanted->failed(reader->wanted->context, &err);
	else
		look_again(reader, more);
}

static void *open_file(const char *rest, const struct proof_settings *settings, struct err *err)
{
	struct store_tail *tail = store_tail_open(rest, err);
	struct reader *reader;

	if (tail == NULL)
		return NULL;
	reader = mem_new(sizeof *reader);
	reader->wanted = settings;
	reader->tail = tail;
	event_assign(&reader->timer, settings->base, -1, 0, on_timer, reader);
	look_again(reader, true);
	return reader;
}

static void close_file(void *source)
{
	struct reader *reader = source;

	event_del(&reader->timer);
	store_tail_close(reader->tail);
	free(reader);
}

const struct proof_kind proof_file = {
	.scheme = "file",
	.usage = "file:PATH",
	.about = "what 'relayaudit sink --store PATH' writes",
	.takes_tokens = true,
	.check = check,
	.open = open_file,
	.close = close_file,
};
