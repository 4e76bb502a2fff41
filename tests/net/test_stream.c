/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stream.c - streams over loopback, against raw sockets and against each other
 */
#include "ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void test_stream_connects_and_hands_on_what_comes(void **state)
{
	struct place *place = *state;
	char heard[8];

	ends_meet(place);
	stream_write(place->ours.stream, "EHLO\r\n", 6);
	assert_int_equal(read(place->peer, heard, sizeof heard), 6);
	ends_peer_says(place, "220 hello\r\n");
	UNTIL(place, place->ours.got.len == 11);
	assert_string_equal(place->ours.got.data, "220 hello\r\n");
	assert_int_equal(place->ours.closed, 0);
}

static void test_stream_sends_what_was_written_before_it_was_connected(void **state)
{
	struct place *place = *state;
	char heard[8];

	ends_connect(place, &ends_anywhere);
	stream_write(place->ours.stream, "early", 5);
	UNTIL(place, place->ours.connected);
	ends_run(place);
	assert_int_equal(recv(place->peer, heard, sizeof heard, MSG_DONTWAIT), 5);
}

static void test_stream_comes_from_its_origin(void **state)
{
	struct place *place = *state;
	struct origin from = { .address = { AF_INET, { 127, 9, 8, 7 }, 0, 0 } };
	struct sockaddr_in peer;
	socklen_t size = sizeof peer;
	struct address local;

	ends_connect(place, &from);
	UNTIL(place, place->ours.connected);
	assert_int_equal(getpeername(place->peer, (struct sockaddr *)&peer, &size), 0);
	assert_int_equal(ntohl(peer.sin_addr.s_addr), 0x7f090807);
	stream_local(place->ours.stream, &local);
	assert_true(address_equal(&local, &from.address));
	assert_int_equal(local.port, ntohs(peer.sin_port));
}

static void test_stream_refuses_an_origin_of_another_family(void **state)
{
	struct place *place = *state;
	struct origin from = { .address = { AF_INET6, { [15] = 1 }, 0, 0 } };
	struct err err = ERR_INIT;

	assert_null(stream_connect(place->base, &place->address, &from, &end_events, &place->ours, &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void test_stream_tells_a_refused_connection(void **state)
{
	struct place *place = *state;
	struct err err = ERR_INIT;

	close(place->door);
	place->door = -1;
	place->ours.stream = stream_connect(place->base, &place->address, &ends_anywhere, &end_events, &place->ours, &err);
	if (place->ours.stream != NULL) {
		UNTIL(place, place->ours.closed);
		err = place->ours.err;
	}
	assert_int_equal(err.kind, ERR_REFUSED);
	assert_string_equal(err.text, "connection refused");
	assert_int_equal(place->ours.connected, 0);
}

static void test_stream_hands_on_what_came_before_the_end(void **state)
{
	struct place *place = *state;

	ends_meet(place);
	ends_peer_says(place, "421 bye\r\n");
	close(place->peer);
	place->peer = -1;
	UNTIL(place, place->ours.closed);
	assert_string_equal(place->ours.got.data, "421 bye\r\n");
	assert_int_equal(place->ours.err.kind, ERR_NONE);
}

static void test_stream_takes_a_half_close_for_the_end(void **state)
{
	struct place *place = *state;

	ends_meet(place);
	ends_peer_says(place, "last");
	shutdown(place->peer, SHUT_WR);
	UNTIL(place, place->ours.closed);
	assert_string_equal(place->ours.got.data, "last");
	assert_int_equal(place->ours.err.kind, ERR_NONE);
}

static void test_stream_tells_a_reset_from_an_end(void **state)
{
	struct place *place = *state;

	ends_meet(place);
	ends_peer_resets(place);
	UNTIL(place, place->ours.closed);
	assert_int_equal(place->ours.err.kind, ERR_NET);
	assert_non_null(strstr(place->ours.err.text, "reset"));
}

static void test_stream_tells_a_reset_that_writing_has_met_first(void **state)
{
	struct place *place = *state;

	ends_meet(place);
	ends_peer_resets(place);
	for (int i = 0; i < 3; i++)
		stream_write(place->ours.stream, "more", 4);
	assert_int_equal(place->ours.closed, 0);
	UNTIL(place, place->ours.closed);
	assert_int_equal(place->ours.err.kind, ERR_NET);
	assert_int_equal(place->ours.closed, 1);
}

static void test_stream_hands_on_what_came_before_a_reset_that_writing_has_met(void **state)
{
	struct place *place = *state;

	ends_meet(place);
	ends_peer_says(place, "554 go away\r\n");
	ends_peer_resets(place);
	stream_write(place->ours.stream, "more", 4);
	stream_write(place->ours.stream, "more", 4);
	UNTIL(place, place->ours.closed);
	assert_string_equal(place->ours.got.data, "554 go away\r\n");
}

static void test_stream_may_be_freed_inside_connected(void **state)
{
	struct place *place = *state;

	place->ours.act = end_free;
	place->ours.act_at = 'c';
	ends_connect(place, &ends_anywhere);
	UNTIL(place, place->ours.connected);
	ends_run(place);
	assert_int_equal(place->ours.closed, 0);
}

static void test_stream_may_be_freed_inside_received(void **state)
{
	struct place *place = *state;

	place->ours.act = end_free;
	place->ours.act_at = 'r';
	ends_meet(place);
	ends_peer_says(place, "one");
	close(place->peer);
	place->peer = -1;
	UNTIL(place, place->ours.got.len);
	ends_run(place);
	assert_int_equal(place->ours.closed, 0);
}

static void test_stream_may_be_freed_inside_closed(void **state)
{
	struct place *place = *state;

	place->ours.act = end_free;
	place->ours.act_at = 'x';
	ends_meet(place);
	ends_peer_resets(place);
	UNTIL(place, place->ours.closed);
	ends_run(place);
	assert_int_equal(place->ours.closed, 1);
}

static void test_stream_may_be_freed_inside_drained(void **state)
{
	struct place *place = *state;
	char *much = calloc(1, STREAM_QUEUE_MOST);

	place->ours.act = end_free;
	place->ours.act_at = 'd';
	ends_meet_stream(place);
	stream_write(place->ours.stream, much, STREAM_QUEUE_MOST);
	while (stream_is_flushed(place->ours.stream))
		stream_write(place->ours.stream, much, 4096);
	UNTIL(place, place->ours.drained);
	assert_null(place->ours.stream);
	free(much);
}

static void test_stream_queues_what_the_peer_does_not_take_yet(void **state)
{
	struct place *place = *state;
	size_t sent;

	ends_meet_stream(place);
	sent = ends_write_much(place->ours.stream);
	assert_int_equal(place->ours.drained, 0);
	UNTIL(place, place->theirs.got.len == sent);
	UNTIL(place, place->ours.drained == 1);
	assert_true(stream_is_flushed(place->ours.stream));
	ends_assert_pattern(&place->theirs.got, sent);
}

static void test_stream_is_broken_off_when_the_peer_takes_nothing(void **state)
{
	struct place *place = *state;
	static char much[64 << 10];

	ends_meet(place);
	for (int i = 0; i < 1000 && place->ours.closed == 0; i++)
		stream_write(place->ours.stream, much, sizeof much);
	assert_int_equal(place->ours.closed, 1);
	assert_int_equal(place->ours.err.kind, ERR_LIMIT);
	stream_write(place->ours.stream, much, sizeof much);
	ends_run(place);
	assert_int_equal(place->ours.closed, 1);
}

static void test_stream_finishes_when_all_is_sent(void **state)
{
	struct place *place = *state;
	size_t sent;

	ends_meet_stream(place);
	sent = ends_write_much(place->ours.stream);
	stream_finish(place->ours.stream);
	place->ours.stream = NULL;
	UNTIL(place, place->theirs.closed);
	ends_assert_pattern(&place->theirs.got, sent);
	assert_int_equal(place->theirs.err.kind, ERR_NONE);
	assert_int_equal(place->ours.closed + place->ours.drained, 0);
}

static void test_stream_finishing_says_no_more(void **state)
{
	struct place *place = *state;

	ends_meet_stream(place);
	ends_write_much(place->ours.stream);
	stream_finish(place->ours.stream);
	place->ours.stream = NULL;
	stream_write(place->theirs.stream, "hello", 5);
	stream_reset(place->theirs.stream);
	place->theirs.stream = NULL;
	ends_run(place);
	assert_int_equal(place->ours.got.len + place->ours.closed + place->ours.drained, 0);
}

static void test_stream_finishing_before_it_is_connected_says_no_more(void **state)
{
	struct place *place = *state;
	struct buf heard = BUF_OWN;

	ends_connect(place, &ends_anywhere);
	stream_write(place->ours.stream, "early", 5);
	stream_finish(place->ours.stream);
	place->ours.stream = NULL;
	ends_run(place);
	assert_int_equal(ends_peer_hears(place, &heard), 0);
	assert_string_equal(heard.data, "early");
	assert_int_equal(place->ours.connected + place->ours.closed, 0);
	buf_release(&heard);
}

static void test_stream_last_words_get_through_though_input_is_unread(void **state)
{
	struct place *place = *state;
	struct buf heard = BUF_OWN;

	ends_meet(place);
	ends_peer_says(place, "one more command\r\n");
	stream_write(place->ours.stream, "421 too many\r\n", 14);
	stream_finish(place->ours.stream);
	place->ours.stream = NULL;
	assert_int_equal(ends_peer_hears(place, &heard), 0);
	assert_string_equal(heard.data, "421 too many\r\n");
	buf_release(&heard);
}

static void test_stream_reset_is_one(void **state)
{
	struct place *place = *state;
	struct buf heard = BUF_OWN;

	ends_meet(place);
	stream_reset(place->ours.stream);
	place->ours.stream = NULL;
	assert_int_equal(ends_peer_hears(place, &heard), ECONNRESET);
	buf_release(&heard);
}

static void test_stream_hands_on_each_byte_of_a_reply_that_came_with_more(void **state)
{
	struct place *place = *state;

	ends_meet(place);
	ends_peer_says(place, "220 go\r\n250 injected\r\n");
	UNTIL(place, place->ours.got.len == 22);
	assert_string_equal(place->ours.got.data, "220 go\r\n250 injected\r\n");
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, ends_set_up, ends_tear_down)
	const struct CMUnitTest tests[] = {
		ROW(test_stream_connects_and_hands_on_what_comes),
		ROW(test_stream_sends_what_was_written_before_it_was_connected),
		ROW(test_stream_comes_from_its_origin),
		ROW(test_stream_refuses_an_origin_of_another_family),
		ROW(test_stream_tells_a_refused_connection),
		ROW(test_stream_hands_on_what_came_before_the_end),
		ROW(test_stream_takes_a_half_close_for_the_end),
		ROW(test_stream_tells_a_reset_from_an_end),
		ROW(test_stream_tells_a_reset_that_writing_has_met_first),
		ROW(test_stream_hands_on_what_came_before_a_reset_that_writing_has_met),
		ROW(test_stream_may_be_freed_inside_connected),
		ROW(test_stream_may_be_freed_inside_received),
		ROW(test_stream_may_be_freed_inside_closed),
		ROW(test_stream_may_be_freed_inside_drained),
		ROW(test_stream_queues_what_the_peer_does_not_take_yet),
		ROW(test_stream_is_broken_off_when_the_peer_takes_nothing),
		ROW(test_stream_finishes_when_all_is_sent),
		ROW(test_stream_finishing_says_no_more),
		ROW(test_stream_finishing_before_it_is_connected_says_no_more),
		ROW(test_stream_last_words_get_through_though_input_is_unread),
		ROW(test_stream_reset_is_one),
		ROW(test_stream_hands_on_each_byte_of_a_reply_that_came_with_more),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("stream", tests, NULL, NULL);
}
