/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_qmail.c - qmail's configuration, from files below a root
 *
 * What the real programs say is compared in tests/mta/config.sh; here are what that can't
 * show, the tcpserver that knows IPv6, and what is hostile.
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

#include "base/clock.h"
#include "base/mem.h"
#include "../fake/place.h"

#define RUN "/service/qmail-smtpd/run"
#define RULES "/etc/tcp.smtp"
#define HOSTS "/var/qmail/control/rcpthosts"
#define LOOP "127.:allow,RELAYCLIENT=\"\"\n"
#define SERVES "exec tcpserver -R -x /etc/tcp.smtp.cdb 0 smtp /var/qmail/bin/qmail-smtpd\n"
#define SIX "Package: base\n\nPackage: ucspi-tcp-ipv6\nStatus: install ok installed\nVersion: 1\n"

/* A compiled file of one rule, as far as it is read here. */
static void put_cdb(const struct place *place, const char *name, const char *key, const char *data, size_t data_len)
{
	unsigned char bytes[2048 + 200] = { 0 };
	size_t len = 2048 + 8 + strlen(key) + data_len;

	for (size_t i = 0; i < 2048; i += 8) {
		bytes[i] = (unsigned char)(len & 255);
		bytes[i + 1] = (unsigned char)(len >> 8);
	}
	bytes[2048] = (unsigned char)strlen(key);
	bytes[2052] = (unsigned char)data_len;
	memcpy(bytes + 2056, key, strlen(key));
	memcpy(bytes + 2056 + strlen(key), data, data_len);
	place_put_bytes(place, name, bytes, len);
}

static int make_place(void **state)
{
	struct place *place = place_make("/var/qmail/control");

	place_put(place, "/var/qmail/control/me", "mail.example.org\n");
	*state = place;
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

static const struct {
	const char *name, *script, *client, *answer;
} scripts[] = {
	{ "the usual", SERVES, "127.0.0.1", "permit" },
	{ "and a stranger", SERVES, "8.8.8.8", "reject" },
	{ "rules that only the shell knows", "exec tcpserver -x \"`cat where`\" 0 smtp qmail-smtpd\n", "8.8.8.8", "unknown" },
	{ "options that only the environment knows", "exec tcpserver $OPTIONS 0 smtp qmail-smtpd\n", "8.8.8.8", "unknown" },
	{ "the variable in an if", "if test -f x; then RELAYCLIENT=; export RELAYCLIENT; fi\n" SERVES, "8.8.8.8", "unknown" },
	{ "an envdir that only the shell knows", "exec envdir $(pwd)/env " SERVES, "8.8.8.8", "unknown" },
	{ "a shell behind", "exec tcpserver -x /etc/tcp.smtp.cdb 0 smtp sh -c 'RELAYCLIENT= exec qmail-smtpd'\n", "8.8.8.8", "unknown" },
	{ "env without a word", "exec env -i tcpserver 0 smtp env RELAYCLIENT=x qmail-smtpd\n", "8.8.8.8", "permit" },
	{ "another protocol", "tcpserver -x /etc/pop.cdb 0 pop3 qmail-popup\n" SERVES, "127.0.0.1", "permit" },
	{ "port 25 before others", "env RELAYCLIENT= tcpserver 0 587 qmail-smtpd &\n" SERVES, "8.8.8.8", "reject" },
	{ "a daemon of Debian's", "sh -c \"start-stop-daemon --start --exec /usr/bin/tcpserver -- -R -u `id -u` -x /etc/tcp.smtp.cdb 0 smtp /usr/sbin/qmail-smtpd 2>&1 | log &\"\n",
		"127.0.0.1", "permit" },
	{ "a file that reads itself", ". " RUN "\n" SERVES, "127.0.0.1", "permit" },
	{ "shells in shells", "sh -c 'sh -c \"sh -c \\\"sh -c $X\\\"\"'\n" SERVES, "127.0.0.1", "permit" },
	{ "quotes without an end", SERVES "echo \"${X:-`", "127.0.0.1", "permit" },
	{ "nothing in it", "#!/bin/sh\n", "127.0.0.1", "permit" },
};

static void test_qmail_reads_the_script_that_starts_it(void **state)
{
	put_cdb(*state, RULES ".cdb", "127.", "+RELAYCLIENT=", 14);
	place_put(*state, RULES, LOOP);
	place_put(*state, HOSTS, "example.org\n");
	for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
		struct config config;
		const char *got;

		place_put(*state, RUN, scripts[i].script);
		place_must_read(*state, &config_qmail, NULL, &config);
		got = place_answer(&config, scripts[i].client, NULL);
		if (strcmp(got, scripts[i].answer) != 0)
			fail_msg("%s: %s instead of %s", scripts[i].name, got, scripts[i].answer);
		config_release(&config);
	}
}

/* As the tcprulescheck of Debian's ucspi-tcp-ipv6 1:0.88-7 said of these addresses in the words of its ip6_fmt.c. */
static const struct {
	const char *client, *answer;
} sixes[] = {
	{ "2001:db8::1", "permit" },	{ "2001:db8::2", "reject" },	     { "2001:db8:66::66", "permit" },	   { "2001:db8:113::7", "reject" },
	{ "2001:db9::1", "permit" },	{ "fe80::1", "permit" },	     { "::1", "permit" },		   { "10.1.1.1", "permit" },
	{ "::ffff:10.1.1.1", "permit" }, { "2001:db8:1::5:6:7:8", "reject" }, { "2001:db8:1:0:4:5:6:7", "reject" }, { "2001:db8:2::3", "reject" },
};

static void test_qmail_has_a_tcpserver_that_knows_six(void **state)
{
	static const char rules[] = "2001:db8::1:allow,RELAYCLIENT=\"\"\n2001:db8:67:allow,RELAYCLIENT=\"\"\n2001:db8:66::allow,RELAYCLIENT=\"\"\n"
				    "2001:db8:allow,RELAYCLIENT=\"\"\n2001:db9::allow,RELAYCLIENT=\"\"\nfe80::allow,RELAYCLIENT=\"\"\n::1:allow,RELAYCLIENT=\"\"\n"
				    "10.:allow,RELAYCLIENT=\"\"\n2001:db8:1:0::allow,RELAYCLIENT=\"\"\n2001:db8:2:0:allow,RELAYCLIENT=\"\"\n:allow\n";
	struct config config;
	const struct grant *wide = NULL;

	place_put(*state, "/var/lib/dpkg/status", SIX);
	place_put(*state, HOSTS, "example.org\n");
	place_put(*state, RULES, rules);
	place_must_read(*state, &config_qmail, NULL, &config);
	for (size_t i = 0; i < sizeof sixes / sizeof *sixes; i++)
		if (strcmp(place_answer(&config, sixes[i].client, NULL), sixes[i].answer) != 0)
			fail_msg("%s: not %s", sixes[i].client, sixes[i].answer);
	for (size_t i = 0; i < config.grant_count; i++)
		if (strcmp(config.grants[i].covers, "2001:db9::/32") == 0)
			wide = &config.grants[i];
	assert_non_null(wide);
	assert_true(wide->in_force);
	config_release(&config);
	/* The line that its tcprules never gets over. */
	place_put(*state, RULES, LOOP "nothing\n");
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_non_null(place_fact(&config, FACT_SYNTAX));
	assert_string_equal(place_answer(&config, "8.8.8.8", NULL), "unknown");
	config_release(&config);
}

static void test_qmail_tells_what_its_rules_do_not_do(void **state)
{
	struct config config;
	const struct fact *fact;

	place_put(*state, HOSTS, "example.org\n");
	place_put(*state, RUN, SERVES);
	place_put(*state, RULES, LOOP "210.196.1.2/8:allow,RELAYCLIENT=\"\"\n210:allow,RELAYCLIENT=\"\"\n127.:deny\n=.example.net:allow,RELAYCLIENT=\"\"\n");
	put_cdb(*state, RULES ".cdb", "127.", "+RELAYCLIENT=", 14);
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_int_equal(config.grant_count, 4);
	assert_true(config.grants[0].in_force);
	assert_string_equal(config.grants[0].source, RULES ":1");
	assert_string_equal(config.grants[0].covers, "127.0.0.0/8");
	/* What was meant, perhaps: as soon as somebody mends it. */
	assert_string_equal(config.grants[1].covers, "210.0.0.0/8");
	assert_true(config.grants[1].host_bits && !config.grants[1].in_force);
	assert_string_equal(config.grants[2].covers, "210.0.0.0/8");
	assert_false(config.grants[2].in_force);
	assert_false(config.grants[3].in_force);
	fact = place_fact(&config, FACT_DEAD);
	assert_non_null(fact);
	fact = place_fact(&config, FACT_SHADOWED);
	assert_non_null(fact);
	assert_string_equal(fact->source, RULES ":4");
	config_release(&config);
	place_put(*state, RULES ".cdb", "none");
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_non_null(place_fact(&config, FACT_REFUSES_SERVICE));
	assert_string_equal(place_answer(&config, "127.0.0.1", NULL), "broken");
	config_release(&config);
}

static void test_qmail_takes_out_what_narrower_rules_say(void **state)
{
	struct config config;
	char digits[PREFIXSET_COUNT];

	place_put(*state, HOSTS, "example.org\n");
	place_put(*state, RULES, "192.0.2.1-3:deny\n:allow,RELAYCLIENT=\"\"\n10.:allow,RELAYCLIENT=\"\"\n10.1.:allow\n=mail.example.net:allow,RELAYCLIENT=\"\"\n");
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_int_equal(config.grant_count, 3);
	prefixset_count(&config.grants[0].addresses, AF_INET, digits);
	assert_string_equal(digits, "4294901757"); /* 2^32 - 2^16 - 3 */
	prefixset_count(&config.grants[1].addresses, AF_INET, digits);
	assert_string_equal(digits, "16711680");
	/* Anybody may call his address so. */
	assert_non_null(place_fact(&config, FACT_FORGED_NAME));
	config_release(&config);
}

static void test_qmail_ends_soon_on_what_is_hostile(void **state)
{
	enum { BIG = 3 << 20 };
	char *big = mem_resize(NULL, BIG, 1), *path = place_path(*state, RULES);
	int64_t began = clock_now();
	struct config config;

	/* Half a million ranges of 256 rules each. */
	place_put(*state, HOSTS, "example.org\n");
	for (size_t i = 0; i + 12 <= BIG; i += 12)
		memcpy(big + i, "0-255:allow\n", 12);
	place_put_bytes(*state, RULES, big, BIG / 12 * 12);
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_string_equal(place_answer(&config, "8.8.8.8", NULL), "unknown");
	config_release(&config);
	memset(big, '1', BIG);
	place_put_bytes(*state, RULES, big, BIG);
	place_put_bytes(*state, RUN, big, BIG);
	place_put_bytes(*state, HOSTS, big, BIG);
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_string_equal(place_answer(&config, "8.8.8.8", NULL), "reject");
	config_release(&config);
	memset(big, '(', BIG);
	place_put_bytes(*state, RUN, big, BIG);
	remove(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	place_must_read(*state, &config_qmail, NULL, &config);
	assert_string_equal(place_answer(&config, "8.8.8.8", NULL), "reject");
	config_release(&config);
	if (clock_now() - began > 60 * CLOCK_S)
		fail_msg("that took too long");
	free(path);
	free(big);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_qmail_reads_the_script_that_starts_it),
		TEST(test_qmail_has_a_tcpserver_that_knows_six),
		TEST(test_qmail_tells_what_its_rules_do_not_do),
		TEST(test_qmail_takes_out_what_narrower_rules_say),
		TEST(test_qmail_ends_soon_on_what_is_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
