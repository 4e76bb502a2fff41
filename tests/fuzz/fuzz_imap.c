/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_imap.c - whatever a server of a mailbox may send
 *
 * The first byte says in pieces of how many bytes the rest arrives; how it is cut
 * must make no difference.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "remote/imap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_inside(const struct buf *text, const char *bytes, size_t len)
{
	if (bytes == NULL)
		check(len == 0);
	else
		check(bytes >= text->data && len <= text->len && (size_t)(bytes - text->data) <= text->len - len);
}

static void use(const struct buf *text)
{
	struct imap_reply reply;

	if (!imap_parse(text->data, text->len, &reply))
		return;
	check(memchr(reply.tag, '\0', sizeof reply.tag) != NULL);
	check_inside(text, reply.header, reply.header_len);
	check_inside(text, reply.text, reply.text_len);
	check((reply.uids != NULL) == (reply.kind == IMAP_SEARCH));
	for (const char *at = reply.uids; at != NULL && imap_uid(&at) != 0;)
		check_inside(text, at, 0);
}

/* Reads all in such pieces; returns a sum over the responses, by which two ways of cutting are compared. */
static uint64_t read_all(const char *bytes, size_t len, size_t piece, int uses)
{
	struct imap_reader reader;
	enum imap_state state = IMAP_MORE;
	uint64_t sum = 0;
	size_t used;

	imap_reader_init(&reader);
	while (len != 0 && state != IMAP_BROKEN) {
		state = imap_read(&reader, bytes, len < piece ? len : piece, &used);
		check(used != 0 || state == IMAP_BROKEN);
		check(reader.text.len <= IMAP_REPLY_MOST);
		bytes += used;
		len -= used;
		if (state == IMAP_WHOLE) {
			sum = sum * 31 + reader.text.len;
			if (uses)
				use(&reader.text);
		}
	}
	imap_reader_release(&reader);
	return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 1;

	if (size < 2)
		return 0;
	check(read_all(bytes, size - 1, (size_t)data[0] + 1, 1) == read_all(bytes, size - 1, size, 0));
	return 0;
}
