/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_agent_guard.c - what an agent remembers of addresses, clients and jobs, and what it allows
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "audit/job.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "net/tls_gate.h"
#include "remote/agent_allow.h"
#include "remote/agent_client.h"
#include "remote/agent_nonce.h"
#include "remote/agent_peer.h"

static struct address address_of(const char *text)
{
	struct address address;
	struct err err = ERR_INIT;

	if (address_parse(text, &address, &err) != 0)
		fail_msg("%s", err.text);
	return address;
}

static void test_who_fails_is_refused_for_a_time_that_doubles(void **state)
{
	struct agent_peers *peers = agent_peers_new();
	struct address bad = address_of("192.0.2.1"), other = address_of("192.0.2.2");
	int64_t now = 1000 * (int64_t)CLOCK_S;

	(void)state;
	for (unsigned i = 1; i < AGENT_PEER_FAULTS; i++)
		assert_false(agent_peers_fault(peers, &bad, now));
	assert_false(agent_peers_is_refused(peers, &bad, now));
	for (int64_t seconds = 1; seconds < 8; seconds *= 2) {
		assert_true(agent_peers_fault(peers, &bad, now));
		assert_true(agent_peers_is_refused(peers, &bad, now + seconds * CLOCK_S - 1));
		assert_false(agent_peers_is_refused(peers, &bad, now + seconds * CLOCK_S));
	}
	for (int i = 0; i < 100; i++)
		agent_peers_fault(peers, &bad, now);
	assert_true(agent_peers_is_refused(peers, &bad, now + (AGENT_PEER_REFUSAL_MOST - 1) * (int64_t)CLOCK_S));
	assert_false(agent_peers_is_refused(peers, &bad, now + AGENT_PEER_REFUSAL_MOST * (int64_t)CLOCK_S));
	assert_false(agent_peers_is_refused(peers, &other, now));
	/* All of a /64 is one. */
	bad = address_of("2001:db8::1");
	other = address_of("2001:db8::ffff:2");
	for (unsigned i = 0; i < AGENT_PEER_FAULTS; i++)
		agent_peers_fault(peers, &bad, now);
	assert_true(agent_peers_is_refused(peers, &other, now));
	other = address_of("2001:db8:0:1::1");
	assert_false(agent_peers_is_refused(peers, &other, now));
	agent_peers_free(peers);
}

static void test_a_good_certificate_spares_its_address(void **state)
{
	struct agent_peers *peers = agent_peers_new();
	struct address shared = address_of("192.0.2.1");
	int64_t now = 1000 * (int64_t)CLOCK_S;

	(void)state;
	for (int i = 0; i < 20; i++)
		agent_peers_fault(peers, &shared, now);
	assert_true(agent_peers_is_refused(peers, &shared, now));
	agent_peers_good(peers, &shared, now);
	assert_false(agent_peers_is_refused(peers, &shared, now));
	for (int i = 0; i < 20; i++)
		assert_false(agent_peers_fault(peers, &shared, now));
	assert_false(agent_peers_is_refused(peers, &shared, now));
	agent_peers_free(peers);
}

static void test_a_flood_of_addresses_pushes_out_no_good_one(void **state)
{
	struct agent_peers *peers = agent_peers_new();
	struct address good = address_of("198.51.100.1"), flood = address_of("10.0.0.0");
	int64_t now = 1000 * (int64_t)CLOCK_S;

	(void)state;
	agent_peers_good(peers, &good, now);
	for (unsigned i = 0; i < 4 * AGENT_PEER_PLACES; i++) {
		flood.bytes[1] = (unsigned char)(i >> 16);
		flood.bytes[2] = (unsigned char)(i >> 8);
		flood.bytes[3] = (unsigned char)i;
		agent_peers_fault(peers, &flood, now + i);
	}
	for (int i = 0; i < 20; i++)
		agent_peers_fault(peers, &good, now + CLOCK_S);
	assert_false(agent_peers_is_refused(peers, &good, now + CLOCK_S));
	agent_peers_free(peers);
}

static void test_clients_are_found_and_limited(void **state)
{
	struct agent_client clients[] = { { .name = "one" }, { .print = "0123456789abcdef" } };
	struct tls_peer peer = { .name = "one", .print = "ffff" };
	int64_t now = 1000 * (int64_t)CLOCK_S;
	struct err err = ERR_INIT;

	(void)state;
	assert_ptr_equal(agent_client_find(clients, 2, &peer), &clients[0]);
	snprintf(peer.name, sizeof peer.name, "none");
	assert_null(agent_client_find(clients, 2, &peer));
	snprintf(peer.print, sizeof peer.print, "0123456789abcdef");
	assert_ptr_equal(agent_client_find(clients, 2, &peer), &clients[1]);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(agent_client_may_begin(&clients[0], 2, 3, now + i, &err), 0);
		agent_client_begin(&clients[0], 3, now + i);
		if (i == 1)
			assert_int_equal(agent_client_may_begin(&clients[0], 1, 3, now, &err), -1);
		agent_client_end(&clients[0]);
	}
	assert_int_equal(agent_client_may_begin(&clients[0], 2, 3, now + CLOCK_S, &err), -1);
	assert_non_null(strstr(err.text, "within an hour"));
	assert_int_equal(agent_client_may_begin(&clients[0], 2, 3, now + 3600 * (int64_t)CLOCK_S, &err), 0);
	for (int i = 0; i < AGENT_CLIENT_FAULTS; i++) {
		assert_int_equal(agent_client_may_begin(&clients[1], 2, 3, now, &err), 0);
		agent_client_fault(&clients[1], now);
	}
	assert_int_equal(agent_client_may_begin(&clients[1], 2, 3, now, &err), -1);
	assert_int_equal(agent_client_may_begin(&clients[1], 2, 3, now + CLOCK_S, &err), 0);
	agent_client_release(&clients[0]);
}

static void test_a_job_is_taken_once(void **state)
{
	char directory[] = "/tmp/test_agent.XXXXXX", nonce[JOB_NONCE + 1], other[JOB_NONCE + 1], *path, *lock;
	struct agent_nonces *nonces;
	struct err err = ERR_INIT;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(directory));
	path = mem_printf("%s/jobs", directory);
	lock = mem_printf("%s/jobs.lock", directory);
	clock_chance(nonce, JOB_NONCE);
	clock_chance(other, JOB_NONCE);
	nonces = agent_nonces_open(directory, &err);
	if (nonces == NULL)
		fail_msg("%s", err.text);
	assert_null(agent_nonces_open(directory, &err));
	assert_int_equal(agent_nonces_take(nonces, nonce, time(NULL) + 600, &err), 0);
	assert_int_equal(agent_nonces_take(nonces, nonce, time(NULL) + 700, &err), -1);
	assert_int_equal(err.kind, ERR_FORBIDDEN);
	/* It has expired by the time that the file is read again. */
	assert_int_equal(agent_nonces_take(nonces, other, time(NULL) - 1, &err), 0);
	agent_nonces_close(nonces);
	/* What a crash leaves behind. */
	file = fopen(path, "ab");
	fputs("17959", file);
	fclose(file);
	nonces = agent_nonces_open(directory, &err);
	assert_non_null(nonces);
	assert_int_equal(agent_nonces_take(nonces, nonce, time(NULL) + 600, &err), -1);
	assert_int_equal(agent_nonces_take(nonces, other, time(NULL) + 600, &err), 0);
	agent_nonces_close(nonces);
	unlink(path);
	unlink(lock);
	rmdir(directory);
	free(path);
	free(lock);
	assert_null(agent_nonces_open(directory, &err));
}

static void test_what_is_allowed(void **state)
{
	static const struct {
		const char *name;       /* of the target */
		const char *address;
		unsigned short port;
		bool allowed;
	} rows[] = {
		{ "mail.host.test", "203.0.113.7", 25, true },
		{ "mail.host.test", "203.0.113.7", 26, false },
		{ "mail.host.test", "203.0.114.7", 25, false },
		{ "mail.host.test", "127.0.0.1", 25, false },
		{ "mail.host.test", "2001:db8:1::1", 587, true },
		{ "mail.host.test", "2001:db8:2::1", 587, false },
		{ "localhost", "127.0.0.1", 2525, true },
		{ "LOCALHOST", "127.0.0.1", 2525, true },
		{ "localhost", "127.0.0.2", 2525, false },
		{ "localhost", "127.0.0.1", 25, false },
		{ "elsewhere", "127.0.0.1", 2525, false },
	};
	struct agent_allow list[] = {
		{ .network = address_of("203.0.113.0"), .bits = 24, .ports = { 25 }, .port_count = 1 },
		{ .network = address_of("2001:db8:1::"), .bits = 48, .ports = { 25, 587 }, .port_count = 2 },
		{ .name = "localhost", .ports = { 2525 }, .port_count = 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct job_endpoint endpoints[] = { { .address = address_of(rows[i].address) }, { .address = address_of("203.0.113.9") } };
		struct job job = { .name = rows[i].name, .endpoints = endpoints, .endpoint_count = 2 };
		struct err err = ERR_INIT;

		endpoints[0].address.port = rows[i].port;
		endpoints[1].address.port = 25;
		if ((agent_allow_job(list, 3, &job, &err) == 0) != rows[i].allowed)
			fail_msg("%s %s:%u: %s", rows[i].name, rows[i].address, rows[i].port, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_fails_is_refused_for_a_time_that_doubles),
		cmocka_unit_test(test_a_good_certificate_spares_its_address),
		cmocka_unit_test(test_a_flood_of_addresses_pushes_out_no_good_one),
		cmocka_unit_test(test_clients_are_found_and_limited),
		cmocka_unit_test(test_a_job_is_taken_once),
		cmocka_unit_test(test_what_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
