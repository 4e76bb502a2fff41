/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_agent_config.c - an agent's configuration, and what is wrong with it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "cmd/agent_config.h"

#define WHOLE                                                                                                                   \
	"listen: [any:8625, \"127.0.0.1:1\"]\nca: /ca\ncrl: /crl\ncertificate: /cert\nkey: /key\nstate: /state\nclients: [{name: c}]\n" \
	"allow: [{prefix: 203.0.113.0/24}]\n"

static void test_a_whole_one_is_read(void **state)
{
	static const char text[] = WHOLE "helo: probe.example.net\nmessages: yes\nlimits: {jobs: 3, jobs-per-hour: 7}\n"
				   "sink: {listen: any:25, domains: sink.test, store: /store}\n";
	struct agent_config config = { .listen = { .count = 0 } };
	struct err err = ERR_INIT;

	(void)state;
	if (agent_config_parse(&config, "agent.yml", text, strlen(text), &err) != 0)
		fail_msg("%s: %s", err.text, config.complaints.rows[0].text);
	assert_int_equal(config.listen.count, 2);
	assert_string_equal(config.crl, "/crl");
	assert_int_equal(config.client_count, 1);
	assert_string_equal(config.clients[0].name, "c");
	assert_int_equal(config.allow_count, 1);
	assert_int_equal(config.allow[0].bits, 24);
	assert_int_equal(config.allow[0].port_count, 3);
	assert_int_equal(config.allow[0].ports[1], 465);
	assert_int_equal(config.limits.jobs, 3);
	assert_int_equal(config.limits.hourly, 7);
	assert_int_equal(config.limits.sessions, agent_usual_limits.sessions);
	assert_true(config.messages && config.sink.wanted);
	agent_config_release(&config);
}

static void test_mistakes_are_told_with_their_place(void **state)
{
	static const struct {
		const char *text;
		unsigned line, column;
		const char *told;
	} rows[] = {
		{ "listen: any:1\n", 1, 1, "needs 'ca'" },
		{ "- a\n", 1, 1, "is a map" },
		{ WHOLE "alow: []\n", 9, 1, "was 'allow' meant" },
		{ WHOLE "limits: {job: 1}\n", 9, 10, "was 'jobs' meant" },
		{ WHOLE "limits: {jobs: 0}\n", 9, 16, "number from 1" },
		{ WHOLE "messages: maybe\n", 9, 11, "yes or no" },
		{ WHOLE "helo: \"a b\"\n", 9, 7, "name to greet with" },
		{ WHOLE "bind: nowhere\n", 9, 7, "interface" },
		{ WHOLE "sink: {listen: any:25}\n", 9, 1, "needs listen, domains and store" },
		{ "listen: 8625\n", 1, 9, "no address and port" },
		{ "clients: [{fingerprint: AB}]\n", 1, 25, "64 hexadecimal digits" },
		{ "clients: [c]\n", 1, 11, "a client is" },
		{ "clients: []\n", 1, 10, "list of clients" },
		{ "allow: [{prefix: 203.0.113.7/24}]\n", 1, 18, "bits set behind" },
		{ "allow: [{ports: [25]}]\n", 1, 9, "what is allowed" },
		{ "allow: [{name: a, prefix: 10.0.0.0/8}]\n", 1, 9, "what is allowed" },
		{ "allow: [{name: a, ports: [70000]}]\n", 1, 27, "not a port" },
		{ "key: \"%d/key\"\n", 1, 6, "CREDENTIALS_DIRECTORY" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct agent_config config = { .listen = { .count = 0 } };
		struct err err = ERR_INIT;
		size_t k = 0;

		if (agent_config_parse(&config, "agent.yml", rows[i].text, strlen(rows[i].text), &err) == 0)
			fail_msg("%s: it is taken", rows[i].text);
		while (k < config.complaints.count && strstr(config.complaints.rows[k].text, rows[i].told) == NULL)
			k++;
		if (k == config.complaints.count)
			fail_msg("%s: %s", rows[i].text, config.complaints.rows[0].text);
		if (config.complaints.rows[k].line != rows[i].line || config.complaints.rows[k].column != rows[i].column)
			fail_msg("%s: %u:%u", rows[i].text, config.complaints.rows[k].line, config.complaints.rows[k].column);
		agent_config_release(&config);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_one_is_read),
		cmocka_unit_test(test_mistakes_are_told_with_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
