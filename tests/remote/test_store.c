/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_store.c - records, the store that keeps them, and who reads it meanwhile
 */
#include "remote/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "remote/store_tail.h"

struct place {
	struct event_base *base;
	struct event *late;
	char *directory, *path;
	struct store *store;
	uint64_t settled;               /* the last ticket that was settled */
	size_t kept, others;
	size_t lines;
	unsigned next;                  /* the number that the reader expects */
};

static void on_late(evutil_socket_t fd, short what, void *context)
{
	(void)fd;
	(void)what;
	(void)context;
	fail_msg("what was waited for did not come");
}

static int set_up(void **state)
{
	struct place *place = mem_new(sizeof *place);
	struct timeval latest = { .tv_sec = 60 };

	place->base = event_base_new();
	place->late = event_new(place->base, -1, 0, on_late, NULL);
	event_add(place->late, &latest);
	place->directory = mem_text("/tmp/test_store.XXXXXX");
	if (mkdtemp(place->directory) == NULL)
		return -1;
	place->path = mem_printf("%s/store", place->directory);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	store_close(place->store);
	unlink(place->path);
	for (unsigned i = 1; i < 70; i++) {
		char *name = mem_printf("%s.%u", place->path, i);

		unlink(name);
		free(name);
	}
	rmdir(place->directory);
	event_free(place->late);
	event_base_free(place->base);
	free(place->directory);
	free(place->path);
	free(place);
	return 0;
}

static void on_settled(void *context, uint64_t ticket, enum kept how)
{
	struct place *place = context;

	assert_true(ticket > place->settled);
	place->settled = ticket;
	place->kept += how == KEPT;
	place->others += how != KEPT;
}

static void open_store(struct place *place, uint64_t quota)
{
	struct store_settings settings = { place->path, quota, on_settled, place };
	struct err err = ERR_INIT;

	place->store = store_open(place->base, &settings, &err);
	if (place->store == NULL)
		fail_msg("%s", err.text);
}

static struct record make(unsigned number, const char *body, size_t len)
{
	return (struct record){
		.seen = { .token = { .run = "abcdefgh", .number = number, .role = TOKEN_SENDER }, .when = 1900000000, .peer = "192.0.2.1",
			  .helo = "mx.test", .mail_from = "", .rcpt_to = "a@sink.test", .headers = "A: b\r\n\r\n", .headers_len = 8 },
		.nanoseconds = 123456789,
		.size = 8 + len,
		.body = body,
		.body_len = len,
	};
}

/* Adds one, and waits until it is settled. */
static enum kept add(struct place *place, unsigned number, size_t len)
{
	char *body = mem_new(len + 1);
	struct record record = make(number, memset(body, 'x', len), len);
	struct err err = ERR_INIT;
	size_t before = place->kept + place->others, kept = place->kept;
	enum kept how = store_add(place->store, &record, 1, place->settled + 1, &err);

	free(body);
	if (how != KEPT_LATER)
		return how;
	while (place->kept + place->others == before)
		event_base_loop(place->base, EVLOOP_ONCE);
	return place->kept > kept ? KEPT : KEPT_BROKEN;
}

static void test_a_record_is_read_as_it_was_printed(void **state)
{
	struct record record = make(TOKEN_NUMBER_MOST, "", 0);
	struct record_read read;
	struct buf line = BUF_OWN;
	char bytes[512];

	(void)state;
	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)i;
	record.body = bytes;
	record.body_len = sizeof bytes;
	record.seen.mail_from = "\"a\\\xe4\xff\x7f\x01\"@b";
	record.tls = "TLSv1.3 X";
	record.truncated = true;
	record_print(&record, &line);
	assert_ptr_equal(strchr(line.data, '\n'), line.data + line.len - 1);
	for (size_t i = 0; i + 1 < line.len; i++)
		assert_true(line.data[i] >= ' ');
	assert_true(record_parse(line.data, line.len - 1, &read));
	assert_string_equal(read.record.seen.token.run, "abcdefgh");
	assert_int_equal(read.record.seen.token.number, TOKEN_NUMBER_MOST);
	assert_int_equal(read.record.seen.token.role, TOKEN_SENDER);
	assert_int_equal(read.record.seen.when, 1900000000);
	assert_int_equal(read.record.nanoseconds, 123456000);
	assert_string_equal(read.record.seen.mail_from, record.seen.mail_from);
	assert_string_equal(read.record.tls, "TLSv1.3 X");
	assert_true(read.record.truncated);
	assert_int_equal(read.record.seen.headers_len, 8);
	assert_int_equal(read.record.body_len, sizeof bytes);
	assert_memory_equal(read.record.body, bytes, sizeof bytes);
	record_release(&read);
	/* The longest there is, of the bytes that take the most. */
	buf_reset(&line);
	record.body_len = RECORD_KEPT;
	record.body = mem_new(RECORD_KEPT);
	record_print(&record, &line);
	assert_true(line.len <= RECORD_LINE_MOST);
	free((char *)(uintptr_t)record.body);
	buf_release(&line);
}

static void test_what_is_no_record_is_refused(void **state)
{
#define LINE(time, token, rest)                                                                                                  \
	"{\"time\":" time ",\"token\":" token ",\"rcpt_to\":\"a\",\"mail_from\":null,\"peer\":null,\"helo\":null,\"tls\":null,"   \
	"\"truncated\":false,\"headers\":\"\",\"body\":\"\"" rest "}"
#define TIME "\"2026-01-01T00:00:00.000000Z\""
#define TOKEN "{\"run\":\"abcdefgh\",\"number\":1,\"role\":\"victim\"}"
	static const struct {
		const char *name, *line;
		bool good;
	} rows[] = {
		{ "a good one", LINE(TIME, TOKEN, ",\"size\":1"), true },
		{ "with a member that is not known", LINE(TIME, TOKEN, ",\"size\":1,\"new\":[1]"), true },
		{ "without a size", LINE(TIME, TOKEN, ""), false },
		{ "with a size below zero", LINE(TIME, TOKEN, ",\"size\":-1"), false },
		{ "with two sizes", LINE(TIME, TOKEN, ",\"size\":1,\"size\":2"), false },
		{ "of no time", LINE("\"yesterday\"", TOKEN, ",\"size\":1"), false },
		{ "of a time long ago", LINE("\"0762-01-01T00:00:00.000000Z\"", TOKEN, ",\"size\":1"), false },
		{ "of a time without its fraction", LINE("\"2026-01-01T00:00:00Z\"", TOKEN, ",\"size\":1"), false },
		{ "of no token", LINE(TIME, "null", ",\"size\":1"), false },
		{ "of a run that is too long", LINE(TIME, "{\"run\":\"abcdefghi\",\"number\":1,\"role\":\"victim\"}", ",\"size\":1"), false },
		{ "of a number that is too large", LINE(TIME, "{\"run\":\"abcdefgh\",\"number\":16777216,\"role\":\"victim\"}", ",\"size\":1"), false },
		{ "of a role that there is not", LINE(TIME, "{\"run\":\"abcdefgh\",\"number\":1,\"role\":\"x\"}", ",\"size\":1"), false },
		{ "characters that are no bytes", LINE(TIME, TOKEN, ",\"size\":1,\"helo\":\"\\u0100\""), false },
		{ "nothing", "", false },
		{ "an array", "[]", false },
		{ "half a line", "{\"time\":\"2026-01-01T00", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct record_read read;
		bool good = record_parse(rows[i].line, strlen(rows[i].line), &read);

		if (good)
			record_release(&read);
		if (good != rows[i].good)
			fail_msg("%s", rows[i].name);
	}
}

static void test_a_header_ends_with_its_empty_line(void **state)
{
	static const struct {
		const char *message;
		size_t len;
	} rows[] = {
		{ "A: b\r\n\r\nbody", 8 }, { "A: b\n\nbody\r\n\r\n", 6 }, { "\r\nbody", 2 }, { "\nbody", 1 }, { "A: b\r\n", 6 },
		{ "A: b\r\n\rbody", 11 },  { "", 0 },			  { "A", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(record_header_len(rows[i].message, strlen(rows[i].message)), rows[i].len);
}

static void test_one_sync_settles_several(void **state)
{
	struct place *place = *state;
	struct err err = ERR_INIT;
	struct record records[3] = { make(1, "", 0), make(2, "", 0), make(3, "", 0) };

	open_store(place, STORE_QUOTA);
	for (uint64_t ticket = 1; ticket <= 50; ticket++)
		assert_int_equal(store_add(place->store, records, 3, ticket, &err), KEPT_LATER);
	assert_int_equal(place->kept, 0);
	while (place->kept < 50)
		event_base_loop(place->base, EVLOOP_ONCE);
	assert_int_equal(place->settled, 50);
	assert_int_equal(place->others, 0);
}

static void test_a_quota_is_full_until_room_is_made(void **state)
{
	struct place *place = *state;
	unsigned number = 0;
	char *name = mem_printf("%s.1", place->path);
	enum kept how;

	open_store(place, STORE_QUOTA_LEAST);
	while ((how = add(place, ++number, 50000)) == KEPT)
		assert_true(number < 30);
	assert_int_equal(how, KEPT_FULL);
	assert_true(number > 15);
	assert_int_equal(add(place, number, 50000), KEPT_FULL);
	assert_int_equal(add(place, number, 10), KEPT);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(add(place, number, 50000), KEPT);
	free(name);
}

static void on_line(void *context, const char *line, size_t len)
{
	struct place *place = context;
	struct record_read read;

	if (!record_parse(line, len, &read))
		fail_msg("%.*s", (int)(len < 100 ? len : 100), line);
	assert_int_equal(read.record.seen.token.number, place->next);
	place->next++;
	place->lines++;
	record_release(&read);
}

static void read_all(struct place *place, struct store_tail *tail)
{
	struct err err = ERR_INIT;
	bool more;

	do
		assert_int_equal(store_tail_read(tail, on_line, place, &more, &err), 0);
	while (more);
}

/* Across a dozen rotations. */
static void test_a_reader_sees_each_record_once(void **state)
{
	/* Records between two looks; 0: one look, at the end, from the oldest piece on. */
	static const unsigned steps[] = { 1, 40, 0 };
	struct place *place = *state;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct store_tail *tail = store_tail_open(place->path, &err);
		unsigned begin = place->next;

		assert_non_null(tail);
		/* Each begins with what the earlier ones have seen. */
		place->next = 0;
		open_store(place, 8 << 20);
		for (unsigned number = begin; number < begin + 120; number++) {
			assert_int_equal(add(place, number, 20000), KEPT);
			if (steps[i] != 0 && number % steps[i] == 0)
				read_all(place, tail);
		}
		read_all(place, tail);
		assert_int_equal(place->next, begin + 120);
		store_close(place->store);
		place->store = NULL;
		store_tail_close(tail);
	}
}

static void append(const struct place *place, const char *bytes, size_t len)
{
	FILE *file = fopen(place->path, "ab");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	fclose(file);
}

static void test_a_reader_waits_for_the_end_of_a_line(void **state)
{
	struct place *place = *state;
	struct err err = ERR_INIT;
	struct store_tail *tail = store_tail_open(place->path, &err);
	struct record record = make(0, "x", 1);
	struct buf line = BUF_OWN;

	record_print(&record, &line);
	append(place, line.data, 50);
	read_all(place, tail);
	assert_int_equal(place->lines, 0);
	append(place, line.data + 50, line.len - 50);
	read_all(place, tail);
	assert_int_equal(place->lines, 1);
	/* A torn line, which the sink cuts off as it starts again. */
	append(place, line.data, 70);
	read_all(place, tail);
	open_store(place, STORE_QUOTA);
	assert_int_equal(add(place, 1, 3), KEPT);
	read_all(place, tail);
	assert_int_equal(place->lines, 2);
	store_tail_close(tail);
	buf_release(&line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_record_is_read_as_it_was_printed),
		cmocka_unit_test(test_what_is_no_record_is_refused),
		cmocka_unit_test(test_a_header_ends_with_its_empty_line),
		cmocka_unit_test_setup_teardown(test_one_sync_settles_several, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_quota_is_full_until_room_is_made, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_reader_sees_each_record_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_reader_waits_for_the_end_of_a_line, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
