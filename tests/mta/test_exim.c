/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_exim.c - Exim's configuration, from files below a root
 *
 * What a real Exim says is compared in tests/mta/config.sh; here are its edges, and
 * what is hostile.
 */
#include "mta/config_kind.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "../fake/place.h"

#define MAIN "primary_hostname = mail.example.org\ndomainlist local_domains = example.org\nacl_smtp_rcpt = rcpt\n"
#define ACL "begin acl\nrcpt:\n  accept hosts = +relay_from_hosts\n  require\n    domains = +local_domains\n  accept\n"
#define ROUTERS "begin routers\nout:\n  driver = dnslookup\n  domains = !+local_domains\n"

static int make_place(void **state)
{
	*state = place_make("/etc/exim4");
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

struct row {
	const char *name;
	const char *text;
	const char *client;
	const char *answers;
};

static void test_exim_answers_as_its_acl_does(void **state)
{
	static const struct row rows[] = {
		{ "a network", MAIN "hostlist relay_from_hosts = 10.0.0.0/8\n" ACL ROUTERS, "10.1.2.3", "permit" },
		{ "a stranger", MAIN "hostlist relay_from_hosts = 10.0.0.0/8\n" ACL ROUTERS, "198.51.100.7", "reject" },
		{ "no acl_smtp_rcpt", "primary_hostname = a.example\n", "127.0.0.1", "reject" },
		{ "a lookup that might grant", MAIN "hostlist relay_from_hosts = ${lookup mysql{x}}\n" ACL ROUTERS, "10.1.2.3", "unknown" },
		{ "a lookup behind what grants", MAIN "hostlist relay_from_hosts = 10.0.0.0/8 : mysql;x\n" ACL ROUTERS, "10.1.2.3", "permit" },
		{ "a name of which nothing is known", MAIN "hostlist relay_from_hosts = office.example : 10.0.0.0/8\n" ACL ROUTERS, "198.51.100.7", "unknown" },
		{ "another port", MAIN "daemon_smtp_ports = 25 : 587\nbegin acl\nrcpt:\n accept condition = ${if eq{$received_port}{587}}\n", "10.1.2.3", "reject permit" },
		{ "thrown away", MAIN "begin acl\nrcpt:\n discard\n", "10.1.2.3", "unknown" },
		{ "lists in a circle", MAIN "hostlist relay_from_hosts = +b\nhostlist b = +relay_from_hosts\n" ACL, "10.1.2.3", "broken" },
		{ "ACLs in a circle", MAIN "begin acl\nrcpt:\n accept acl = rcpt\n", "10.1.2.3", "defer" },
		{ "no end of a conditional", MAIN ".ifdef X\n", "10.1.2.3", "broken" },
		{ "an include that is not there", MAIN ".include /etc/exim4/nowhere\n", "10.1.2.3", "broken" },
		{ "an unknown verb", MAIN "begin acl\nrcpt:\n permit hosts = *\n", "10.1.2.3", "broken" },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct config config;
		char text[200];

		place_put(place, "exim4.conf", rows[i].text);
		assert_int_equal(place_read(place, &config_exim, NULL, &config, &err), 0);
		place_answers(&config, rows[i].client, NULL, false, text, sizeof text);
		if (strcmp(text, rows[i].answers) != 0)
			fail_msg("%s: %s, and not %s", rows[i].name, text, rows[i].answers);
		config_release(&config);
	}
}

static void test_exim_tells_facts_with_their_place(void **state)
{
	static const struct {
		const char *list;
		enum fact_kind kind;
		const char *source;
	} rows[] = {
		{ "210.196.1.2/8", FACT_HOST_BITS, "exim4.conf:4" },
		{ "10.0.0.1 : \\\n 210.196.1.2/", FACT_HOST_BITS, "exim4.conf:5" },
		{ "2001:db8::/32 : 10.0.0.0/8", FACT_CUT_SHORT, "exim4.conf:4" },
		{ "10.0.0.1 : # office : 10.0.0.2", FACT_CUT_SHORT, "exim4.conf:4" },
		{ "10/8", FACT_CUT_SHORT, "exim4.conf:4" },
		{ "10.0.0.0/8 : !10.0.0.1 : 192.0.2.1", FACT_SHADOWED, "exim4.conf:4" },
		{ "pgsql;SELECT", FACT_NOT_EVALUATED, "exim4.conf:4" },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *text = mem_printf("%shostlist relay_from_hosts = %s\n%s%s", MAIN, rows[i].list, ACL, ROUTERS);
		struct err err = ERR_INIT;
		struct config config;
		bool found = false;

		place_put(place, "exim4.conf", text);
		free(text);
		assert_int_equal(place_read(place, &config_exim, NULL, &config, &err), 0);
		for (size_t k = 0; k < config.fact_count; k++)
			found = found || (config.facts[k].kind == rows[i].kind && strcmp(config.facts[k].source, rows[i].source) == 0);
		if (!found)
			fail_msg("%s: no such fact", rows[i].list);
		config_release(&config);
	}
}

static void test_exim_grants_are_in_force_or_say_why_not(void **state)
{
	static const struct {
		const char *text;
		enum grant_to to;
		const char *source;
		bool in_force;
	} rows[] = {
		{ MAIN "hostlist relay_from_hosts = 10.0.0.0/8\n" ACL ROUTERS, GRANT_ADDRESSES, "exim4.conf:4", true },
		{ MAIN "hostlist relay_from_hosts = 10.0.0.0/8\n" ACL, GRANT_ADDRESSES, "exim4.conf:4", false },
		{ MAIN "hostlist relay_from_hosts = 10/8 : 10.0.0.0/8\n" ACL ROUTERS, GRANT_ADDRESSES, "exim4.conf:4", false },
		{ MAIN "hostlist relay_from_hosts = !10.0.0.1\n" ACL ROUTERS, GRANT_ANYONE, "exim4.conf:4", true },
		{ MAIN "begin acl\nrcpt:\n accept authenticated = *\n" ROUTERS, GRANT_LOGIN, "exim4.conf:6", true },
		{ MAIN "begin acl\nrcpt:\n accept senders = *@example.org\n" ROUTERS, GRANT_SENDER, "exim4.conf:6", true },
		{ MAIN "begin acl\nrcpt:\n accept local_parts = postmaster\n" ROUTERS, GRANT_RECIPIENT, "exim4.conf:6", true },
		{ MAIN "begin acl\nrcpt:\n accept condition = ${if eq{$sender_helo_name}{example.org}}\n" ROUTERS, GRANT_HELO, "exim4.conf:6", true },
		{ MAIN "begin acl\nrcpt:\n accept domains = partner.example\n" ROUTERS, GRANT_RECIPIENT, "exim4.conf:6", true },
		{ MAIN "begin acl\nrcpt:\n accept encrypted = *\n" ROUTERS, GRANT_ANYONE, "exim4.conf:6", true },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct config config;
		bool found = false;

		place_put(place, "exim4.conf", rows[i].text);
		assert_int_equal(place_read(place, &config_exim, NULL, &config, &err), 0);
		for (size_t k = 0; k < config.grant_count; k++)
			found = found || (config.grants[k].to == rows[i].to && strcmp(config.grants[k].source, rows[i].source) == 0 &&
					  config.grants[k].in_force == rows[i].in_force && rows[i].in_force == (config.grants[k].idle_because == NULL));
		if (!found)
			fail_msg("%s: no such grant", rows[i].text);
		config_release(&config);
	}
}

static void write_giant(const struct place *place, size_t size)
{
	struct buf text = BUF_OWN;

	buf_text(&text, "hostlist a = ");
	while (text.len < size)
		buf_text(&text, "10.0.0.0/8 : ");
	place_put(place, "exim4.conf", text.data);
	buf_release(&text);
}

static void expect_refusal(const struct place *place)
{
	int64_t before = clock_now();
	struct err err = ERR_INIT;
	struct config config;

	assert_int_equal(place_read(place, &config_exim, NULL, &config, &err), -1);
	assert_true(strlen(err.text) > 10);
	/* On any machine; it takes some milliseconds. */
	assert_true(clock_now() - before < 20 * CLOCK_S);
	config_release(&config);
}

static void test_exim_giants_are_refused_with_a_sentence(void **state)
{
	const struct place *place = *state;
	char *fifo = place_path(place, "exim4.conf");

	write_giant(place, (size_t)10 << 20);
	expect_refusal(place);
	write_giant(place, (size_t)3 << 20);
	expect_refusal(place);
	place_put(place, "exim4.conf", "A = xxxxxxxxxxxxxxxx\nB = AAAAAAAAAAAAAAAA\nC = BBBBBBBBBBBBBBBB\nD = CCCCCCCCCCCCCCCC\nE = DDDDDDDDDDDDDDDD\n"
				 "hostlist a = EEEEEEEE\n");
	expect_refusal(place);
	place_put(place, "loop", ".include /etc/exim4/loop\n");
	place_put(place, "exim4.conf", ".include /etc/exim4/loop\n");
	expect_refusal(place);
	remove(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	expect_refusal(place);
	free(fifo);
}

static void test_exim_lists_that_double_end(void **state)
{
	const struct place *place = *state;
	struct buf text = BUF_OWN;
	int64_t before = clock_now();
	struct err err = ERR_INIT;
	struct config config;
	char said[200];

	buf_text(&text, MAIN "hostlist relay_from_hosts = +a0:+a0\n");
	for (int i = 0; i < 14; i++)
		buf_printf(&text, "hostlist a%d = +a%d:+a%d:+a%d:+a%d\n", i, i + 1, i + 1, i + 1, i + 1);
	buf_text(&text, "hostlist a14 = 192.0.2.1\n" ACL ROUTERS);
	place_put(place, "exim4.conf", text.data);
	buf_release(&text);
	assert_int_equal(place_read(place, &config_exim, NULL, &config, &err), 0);
	place_answers(&config, "198.51.100.7", NULL, false, said, sizeof said);
	assert_string_equal(said, "unknown");
	assert_true(clock_now() - before < 20 * CLOCK_S);
	config_release(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_exim_answers_as_its_acl_does, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_exim_tells_facts_with_their_place, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_exim_grants_are_in_force_or_say_why_not, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_exim_giants_are_refused_with_a_sentence, make_place, drop_place),
		cmocka_unit_test_setup_teardown(test_exim_lists_that_double_end, make_place, drop_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
