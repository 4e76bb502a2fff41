/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_record.c - whatever a line of a store may be
 *
 * What is a record has to be the same when it is printed and read again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "remote/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
	if (!holds)
		abort();
}

static void check_text(const char *a, const char *b)
{
	check((a == NULL) == (b == NULL));
	check(a == NULL || strcmp(a, b) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf line = BUF_OWN;
	struct record_read first, second;

	check(record_header_len((const char *)data, size) <= size);
	if (!record_parse((const char *)data, size, &first))
		return 0;
	record_print(&first.record, &line);
	check(line.data[line.len - 1] == '\n' && memchr(line.data, '\n', line.len - 1) == NULL);
	/* Bytes that were written as themselves take more room now. */
	if (line.len <= RECORD_LINE_MOST) {
		check(record_parse(line.data, line.len - 1, &second));
		check_text(first.record.seen.rcpt_to, second.record.seen.rcpt_to);
		check_text(first.record.seen.mail_from, second.record.seen.mail_from);
		check_text(first.record.seen.helo, second.record.seen.helo);
		check_text(first.record.tls, second.record.tls);
		check(first.record.seen.when == second.record.seen.when && first.record.size == second.record.size);
		check(first.record.seen.headers_len == second.record.seen.headers_len && first.record.body_len == second.record.body_len);
		check(memcmp(first.record.seen.headers, second.record.seen.headers, first.record.seen.headers_len) == 0);
		check(memcmp(first.record.body, second.record.body, first.record.body_len) == 0);
		record_release(&second);
	}
	record_release(&first);
	buf_release(&line);
	return 0;
}
