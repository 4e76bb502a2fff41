/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_haraka.c - Haraka's configuration, from files below a root
 *
 * What the real server says is compared in tests/mta/config.sh; here are what that can't
 * show, and what is hostile.
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

#define CONFIG "/etc/haraka/config/"
#define CORE "/usr/lib/node_modules/Haraka/"

static int make_place(void **state)
{
	struct place *place = place_make("/etc/haraka/config");

	place_put(place, CONFIG "plugins", "relay\nrcpt_to.in_host_list\n");
	place_put(place, CONFIG "host_list", "example.org\n");
	*state = place;
	return 0;
}

static int drop_place(void **state)
{
	place_drop(*state);
	return 0;
}

static const struct {
	const char *name, *file, *text, *client, *answer;
} files[] = {
	{ "nothing more", "unused", "", "210.0.0.1", "reject" },
	{ "a network", "relay_acl_allow", "210.196.1.2/8\n", "210.0.0.1", "permit" },
	{ "a mapped client", "relay_acl_allow", "210.196.1.2/8\n", "::ffff:210.0.0.1", "permit" },
	{ "a comment behind it", "relay_acl_allow", "210.196.1.2/8 # office\n", "8.8.8.8", "permit" },
	{ "no length", "relay_acl_allow", "210.196.1.2/\n", "210.0.0.1", "reject" },
	{ "a length of an odd kind", "relay_acl_allow", "210.196.1.2/1e1\n", "8.8.8.8", "unknown" },
	{ "and whom another line has", "relay_acl_allow", "8.8.8.8\n210.196.1.2/1e1\n", "8.8.8.8", "permit" },
	{ "an expression of another kind", "host_list_regex", "(a|b)\n", "8.8.8.8", "unknown" },
	{ "which is of no account to whom is trusted", "host_list_regex", "(a|b)\n", "210.0.0.1", "unknown" },
	{ "a plugin of the operator's own", "plugins", "relay\nmine\n", "8.8.8.8", "unknown" },
	{ "one that looks recipients up", "plugins", "relay\nrcpt_to.ldap\n", "8.8.8.8", "unknown" },
	{ "one that may refuse", "plugins", "rcpt_to.in_host_list\naccess\n", "8.8.8.8", "reject" },
	{ "a file for all others", "smtp.json", "{}", "8.8.8.8", "unknown" },
	{ "a proxy", "haproxy_hosts", "8.8.8.0/24 proxies\n", "8.8.8.8", "unknown" },
	{ "not a proxy", "haproxy_hosts", "8.8.8.0/24 proxies\n", "8.8.9.8", "reject" },
	{ "a destination that is no object", "relay.ini", "[relay]\ndest_domains=true\n", "8.8.8.8", "reject" },
};

static void test_haraka_reads_its_files(void **state)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *name = mem_printf("%s%s", CONFIG, files[i].file), *path;
		struct config config;
		const char *got;

		place_put(*state, name, files[i].text);
		place_must_read(*state, &config_haraka, NULL, &config);
		got = place_answer(&config, files[i].client, NULL);
		if (strcmp(got, files[i].answer) != 0)
			fail_msg("%s: %s instead of %s", files[i].name, got, files[i].answer);
		config_release(&config);
		path = place_path(*state, name);
		remove(path);
		if (strcmp(files[i].file, "plugins") == 0)
			place_put(*state, name, "relay\nrcpt_to.in_host_list\n");
		free(path);
		free(name);
	}
}

static void test_haraka_knows_which_plugins_are_there(void **state)
{
	struct config config;

	place_put(*state, CORE "plugins.js", "");
	place_put(*state, CORE "package.json", "{ \"version\": \"3.0.3\" }");
	place_put(*state, CORE "plugins/relay.js", "");
	place_put(*state, CONFIG "relay_acl_allow", "127.0.0.1\n");
	place_must_read(*state, &config_haraka, NULL, &config);
	assert_string_equal(config.version, "3.0.3");
	assert_string_equal(place_answer(&config, "127.0.0.1", NULL), "broken");
	assert_string_equal(place_fact(&config, FACT_REFUSES_SERVICE)->source, CONFIG "plugins:2");
	assert_false(config.grants[0].in_force);
	config_release(&config);
	place_put(*state, CORE "plugins/rcpt_to.in_host_list.js", "");
	place_must_read(*state, &config_haraka, NULL, &config);
	assert_string_equal(place_answer(&config, "127.0.0.1", NULL), "permit");
	config_release(&config);
	/* One of the operator's own goes before it. */
	place_put(*state, "/etc/haraka/plugins/relay.js", "");
	place_must_read(*state, &config_haraka, NULL, &config);
	assert_string_equal(place_answer(&config, "127.0.0.1", NULL), "unknown");
	config_release(&config);
}

static void test_haraka_tells_what_its_list_does(void **state)
{
	struct config config;

	place_put(*state, CONFIG "relay_acl_allow", "210.196.1.2/8\n2001:db8::1\n10.0.0.0/255.0.0.0\noffice\n");
	place_put(*state, CONFIG "relay.ini", "acl=false\n");
	place_must_read(*state, &config_haraka, CONFIG "plugins", &config);
	assert_int_equal(config.grant_count, 3);
	assert_string_equal(config.grants[0].covers, "210.0.0.0/8");
	assert_true(config.grants[0].in_force && config.grants[0].host_bits);
	assert_string_equal(config.grants[1].covers, "2001:db8::/32");
	assert_string_equal(config.grants[2].covers, "0.0.0.0/0");
	assert_non_null(place_fact(&config, FACT_SYNTAX));
	assert_non_null(place_fact(&config, FACT_DEAD));
	config_release(&config);
}

static void test_haraka_ends_soon_on_what_is_hostile(void **state)
{
	static const char *const names[] = { "plugins", "relay.ini", "relay_acl_allow", "host_list_regex", "relay_dest_domains.ini" };
	static const char *const fills[] = { "1", "\\\n", "a*b*|c\n", "[a]\nb={}\n" };
	enum { BIG = 1 << 19 };
	char *big = mem_resize(NULL, BIG, 1), *path = place_path(*state, CONFIG "haproxy_hosts");
	int64_t began = clock_now();
	struct config config;

	assert_int_equal(mkfifo(path, 0644), 0);
	for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
		for (size_t at = 0; at < BIG; at++)
			big[at] = fills[i][at % strlen(fills[i])];
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			char *name = mem_printf("%s%s", CONFIG, names[k]);

			place_put_bytes(*state, name, big, BIG);
			free(name);
		}
		place_must_read(*state, &config_haraka, NULL, &config);
		assert_string_not_equal(place_answer(&config, "8.8.8.8", NULL), "permit");
		config_release(&config);
	}
	if (clock_now() - began > 60 * CLOCK_S)
		fail_msg("that took too long");
	free(path);
	free(big);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, drop_place)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_haraka_reads_its_files),
		TEST(test_haraka_knows_which_plugins_are_there),
		TEST(test_haraka_tells_what_its_list_does),
		TEST(test_haraka_ends_soon_on_what_is_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
