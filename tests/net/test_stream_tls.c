/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_stream_tls.c - streams that change to TLS
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

static void test_stream_may_be_freed_inside_secured(void **state)
{
	struct place *place = *state;

	place->ours.act = place->theirs.act = end_free;
	place->ours.act_at = place->theirs.act_at = 's';
	ends_meet_stream(place);
	ends_start_tls(place);
	UNTIL(place, place->ours.secured);
	ends_run(place);
	assert_null(place->ours.stream);
}

static void test_stream_queues_under_tls_as_well(void **state)
{
	struct place *place = *state;
	size_t sent;

	ends_meet_stream(place);
	ends_secure(place);
	sent = ends_write_much(place->ours.stream);
	UNTIL(place, place->theirs.got.len == sent);
	UNTIL(place, place->ours.drained == 1);
	ends_assert_pattern(&place->theirs.got, sent);
}

static void test_stream_is_broken_off_inside_tls_when_the_peer_takes_nothing(void **state)
{
	struct place *place = *state;
	static char much[64 << 10];

	ends_meet_stream(place);
	ends_secure(place);
	for (int i = 0; i < 1000 && place->ours.closed == 0; i++)
		stream_write(place->ours.stream, much, sizeof much);
	assert_int_equal(place->ours.closed, 1);
	assert_int_equal(place->ours.err.kind, ERR_LIMIT);
}

static void test_stream_reset_inside_tls_is_one(void **state)
{
	struct place *place = *state;

	ends_meet_stream(place);
	ends_secure(place);
	stream_reset(place->ours.stream);
	place->ours.stream = NULL;
	UNTIL(place, place->theirs.closed);
	assert_int_not_equal(place->theirs.err.kind, ERR_NONE);
}

static void test_stream_starts_tls_in_mid_stream(void **state)
{
	struct place *place = *state;
	struct tls_facts facts;

	ends_meet_stream(place);
	stream_write(place->theirs.stream, "220 go\r\n", 8);
	UNTIL(place, place->ours.got.len == 8);
	ends_secure(place);
	stream_write(place->ours.stream, "EHLO\r\n", 6);
	stream_write(place->theirs.stream, "250 Ok\r\n", 8);
	UNTIL(place, place->theirs.got.len == 6 && place->ours.got.len == 16);
	assert_string_equal(place->theirs.got.data, "EHLO\r\n");
	assert_string_equal(place->ours.got.data, "220 go\r\n250 Ok\r\n");
	stream_describe_tls(place->ours.stream, &facts);
	assert_string_equal(facts.version, "TLSv1.3");
	assert_non_null(strstr(facts.subject, "mail.practice.test"));
	assert_string_equal(facts.trust, "self-signed certificate");
	assert_int_equal(strlen(facts.expires), 20);
}

static void say_hello(struct end *end)
{
	stream_write(end->stream, "hello", 5);
}

static void test_stream_may_be_written_inside_secured_and_before(void **state)
{
	struct place *place = *state;

	place->theirs.act = say_hello;
	place->theirs.act_at = 's';
	ends_meet_stream(place);
	ends_start_tls(place);
	stream_write(place->ours.stream, "early", 5);
	UNTIL(place, place->ours.got.len == 5 && place->theirs.got.len == 5);
	assert_string_equal(place->ours.got.data, "hello");
	assert_string_equal(place->theirs.got.data, "early");
}

static void test_stream_inside_tls_tells_an_end(void **state)
{
	struct place *place = *state;

	ends_meet_stream(place);
	ends_secure(place);
	stream_write(place->theirs.stream, "bye", 3);
	stream_finish(place->theirs.stream);
	place->theirs.stream = NULL;
	UNTIL(place, place->ours.closed);
	assert_string_equal(place->ours.got.data, "bye");
	assert_int_equal(place->ours.err.kind, ERR_NONE);
}

static void test_stream_inside_tls_takes_an_end_without_notice_for_one(void **state)
{
	struct place *place = *state;
	int other;

	ends_meet(place);
	fcntl(place->peer, F_SETFL, O_NONBLOCK);
	other = dup(place->peer);
	place->theirs.stream = stream_adopt(place->base, place->peer, &end_events, &place->theirs);
	place->peer = other;
	ends_secure(place);
	shutdown(place->peer, SHUT_WR);
	UNTIL(place, place->ours.closed);
	assert_int_equal(place->ours.err.kind, ERR_NONE);
}

static void test_stream_inside_tls_hands_on_what_came_before_a_reset_that_writing_has_met(void **state)
{
	struct place *place = *state;

	ends_meet_stream(place);
	ends_secure(place);
	stream_write(place->theirs.stream, "421 bye", 7);
	stream_reset(place->theirs.stream);
	place->theirs.stream = NULL;
	stream_write(place->ours.stream, "more", 4);
	stream_write(place->ours.stream, "more", 4);
	assert_int_equal(place->ours.got.len + place->ours.closed, 0);
	UNTIL(place, place->ours.closed);
	assert_string_equal(place->ours.got.data, "421 bye");
	assert_int_not_equal(place->ours.err.kind, ERR_NONE);
}

static void test_stream_tells_a_handshake_with_something_else(void **state)
{
	struct place *place = *state;
	struct err err = ERR_INIT;

	ends_meet(place);
	place->ours.tls = tls_client(&err);
	stream_start_tls(place->ours.stream, place->ours.tls, NULL);
	ends_peer_says(place, "250 still in the clear\r\n");
	UNTIL(place, place->ours.closed);
	assert_int_equal(place->ours.err.kind, ERR_TLS);
	assert_int_equal(place->ours.secured, 0);
	assert_int_equal(strncmp(place->ours.err.text, "the TLS handshake failed: ", 26), 0);
}

static void test_stream_tells_a_handshake_that_the_peer_leaves(void **state)
{
	struct place *place = *state;
	struct err err = ERR_INIT;

	ends_meet(place);
	place->ours.tls = tls_client(&err);
	stream_start_tls(place->ours.stream, place->ours.tls, NULL);
	shutdown(place->peer, SHUT_WR);
	UNTIL(place, place->ours.closed);
	assert_int_equal(place->ours.err.kind, ERR_TLS);
	assert_string_equal(place->ours.err.text, "the TLS handshake failed: the peer closed the connection");
}

static void test_stream_tells_a_handshake_that_is_reset(void **state)
{
	struct place *place = *state;
	struct err err = ERR_INIT;

	ends_meet(place);
	place->ours.tls = tls_client(&err);
	stream_start_tls(place->ours.stream, place->ours.tls, NULL);
	ends_peer_resets(place);
	UNTIL(place, place->ours.closed);
	assert_int_equal(place->ours.err.kind, ERR_TLS);
	assert_int_equal(strncmp(place->ours.err.text, "the TLS handshake failed: ", 26), 0);
}

static void test_stream_in_a_handshake_may_be_finished(void **state)
{
	struct place *place = *state;

	ends_meet_stream(place);
	ends_start_tls(place);
	stream_finish(place->ours.stream);
	place->ours.stream = NULL;
	UNTIL(place, place->theirs.closed);
	assert_int_equal(place->ours.secured + place->ours.closed, 0);
}

int main(void)
{
#define ROW(name) cmocka_unit_test_setup_teardown(name, ends_set_up, ends_tear_down)
	const struct CMUnitTest tests[] = {
		ROW(test_stream_may_be_freed_inside_secured),
		ROW(test_stream_queues_under_tls_as_well),
		ROW(test_stream_is_broken_off_inside_tls_when_the_peer_takes_nothing),
		ROW(test_stream_reset_inside_tls_is_one),
		ROW(test_stream_starts_tls_in_mid_stream),
		ROW(test_stream_may_be_written_inside_secured_and_before),
		ROW(test_stream_inside_tls_tells_an_end),
		ROW(test_stream_inside_tls_takes_an_end_without_notice_for_one),
		ROW(test_stream_inside_tls_hands_on_what_came_before_a_reset_that_writing_has_met),
		ROW(test_stream_tells_a_handshake_with_something_else),
		ROW(test_stream_tells_a_handshake_that_the_peer_leaves),
		ROW(test_stream_tells_a_handshake_that_is_reset),
		ROW(test_stream_in_a_handshake_may_be_finished),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("stream_tls", tests, NULL, NULL);
}
