/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_reply.c - whatever a server may send
 *
 * The first byte says in pieces of how many bytes the rest arrives.  Each reply
 * is read a second time, whole: how the network cuts it must make no difference.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "smtp/capability.h"
#include "smtp/reason.h"
#include "smtp/reply.h"
#include "smtp/transcript.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_printable(const struct buf *shown, int line_ends)
{
	for (size_t i = 0; i < shown->len; i++)
		check((shown->data[i] >= ' ' && shown->data[i] <= '~') || (line_ends && shown->data[i] == '\n'));
}

static void use_reply(const struct reply *reply, struct transcript *transcript)
{
	struct buf shown = BUF_OWN;
	enum reply_class class = reply_class(reply);

	check(reply->code >= 200 && reply->code <= 599 && class < REPLY_CLASSES);
	check(reply->lines >= 1 && reply->lines <= REPLY_LINES_MOST);
	check(reply->len <= (size_t)REPLY_TEXT_KEPT + REPLY_LINE_KEPT && reply->text[reply->len] == '\0');
	reply_print(reply, &shown);
	check(shown.len >= 3 && shown.len <= TEXT_SHOWN);
	check_printable(&shown, 0);
	buf_release(&shown);
	for (int stage = 0; stage < STAGES; stage++) {
		enum reason reason = reason_of(reply, (enum stage)stage);

		check(reason <= REASON_OTHER);
		check((reason == REASON_NONE) == (class == REPLY_ACCEPTED || class == REPLY_MORE));
	}
	check(capability_parse(reply) < 1u << 20);
	transcript_reply(transcript, reply);
}

/* The same bytes at once; `len` is how many the pieces took. */
static void check_whole(const char *bytes, size_t len, enum reply_state state, const struct reply *reply)
{
	struct reply_reader reader;
	struct reply whole;
	size_t used;

	reply_reader_init(&reader);
	check(reply_read(&reader, bytes, len, &used, &whole) == state);
	if (state == REPLY_READY) {
		check(used == len && whole.code == reply->code && whole.lines == reply->lines && whole.cut == reply->cut);
		check(whole.len == reply->len && memcmp(whole.text, reply->text, whole.len) == 0);
		check(memcmp(whole.status, reply->status, sizeof whole.status) == 0);
	}
	reply_reader_release(&reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct transcript transcript = TRANSCRIPT_INIT;
	struct reply_reader reader;
	struct reply reply;
	const char *bytes = (const char *)data + 1;
	size_t begin = 0, at = 0, used;

	if (size == 0)
		return 0;
	size--;
	reply_reader_init(&reader);
	while (at < size) {
		size_t piece = data[0] == 0 || data[0] > size - at ? size - at : data[0];
		enum reply_state state = reply_read(&reader, bytes + at, piece, &used, &reply);

		check(used <= piece && (state != REPLY_UNFINISHED || used == piece));
		at += used;
		if (state == REPLY_UNFINISHED)
			continue;
		check_whole(bytes + begin, at - begin, state, &reply);
		if (state != REPLY_READY)
			break;
		use_reply(&reply, &transcript);
		begin = at;
	}
	check_printable(&transcript.text, 1);
	transcript_release(&transcript);
	reply_reader_release(&reader);
	return 0;
}
