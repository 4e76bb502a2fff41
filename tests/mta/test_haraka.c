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

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/pool.h"
#include "mta/config_files.h"

#define CONFIG "/etc/haraka/config/"
#define CORE "/usr/lib/node_modules/Haraka/"

static char *path_in(const char *root, const char *name)
{
	char *path = mem_printf("%s%s", root, name);

	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0755);
		*slash = '/';
	}
	return path;
}

static void put_bytes(const char *root, const char *name, const void *bytes, size_t len)
{
	char *path = path_in(root, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	free(path);
}

static void put(const char *root, const char *name, const char *text)
{
	put_bytes(root, name, text, strlen(text));
}

static int drop_one(const char *path, const struct stat *status, int flag, struct FTW *walk)
{
	(void)status;
	(void)flag;
	(void)walk;
	return remove(path);
}

static int make_place(void **state)
{
	char *root = mem_text("/tmp/relayaudit-haraka.XXXXXX");

	assert_non_null(mkdtemp(root));
	put(root, CONFIG "plugins", "relay\nrcpt_to.in_host_list\n");
	put(root, CONFIG "host_list", "example.org\n");
	*state = root;
	return 0;
}

static int drop_place(void **state)
{
	nftw(*state, drop_one, 8, FTW_DEPTH | FTW_PHYS);
	free(*state);
	return 0;
}

static void read_place(const char *root, const char *const *paths, size_t count, struct config *config)
{
	struct config_files files = { .root = root, .left = CONFIG_ALL_MOST };
	struct config_wish wish = { .paths = paths, .path_count = count };
	struct err err = ERR_INIT;

	*config = (struct config){ .pool = pool_new(), .kind = &config_haraka };
	assert_true(config_haraka.is_here(&files));
	assert_int_equal(config_haraka.read(&files, &wish, config, &err), 0);
}

static const char *answer(const struct config *config, const char *address)
{
	struct config_client client = { .name = NULL };
	struct config_replies replies = { .count = 0 };
	struct err err = ERR_INIT;
	enum config_answer first;

	assert_int_equal(address_parse(address, &client.address, &err), 0);
	config->kind->ask(config, &client, &replies);
	assert_true(replies.count > 0);
	assert_non_null(replies.rows[0].why);
	first = replies.rows[0].answer;
	free(replies.rows);
	return config_answer_name(first);
}

static const struct fact *find_fact(const struct config *config, enum fact_kind kind)
{
	for (size_t i = 0; i < config->fact_count; i++)
		if (config->facts[i].kind == kind)
			return &config->facts[i];
	return NULL;
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

		put(*state, name, files[i].text);
		read_place(*state, NULL, 0, &config);
		got = answer(&config, files[i].client);
		if (strcmp(got, files[i].answer) != 0)
			fail_msg("%s: %s instead of %s", files[i].name, got, files[i].answer);
		config_release(&config);
		path = path_in(*state, name);
		remove(path);
		if (strcmp(files[i].file, "plugins") == 0)
			put(*state, name, "relay\nrcpt_to.in_host_list\n");
		free(path);
		free(name);
	}
}

static void test_haraka_knows_which_plugins_are_there(void **state)
{
	struct config config;

	put(*state, CORE "plugins.js", "");
	put(*state, CORE "package.json", "{ \"version\": \"3.0.3\" }");
	put(*state, CORE "plugins/relay.js", "");
	put(*state, CONFIG "relay_acl_allow", "127.0.0.1\n");
	read_place(*state, NULL, 0, &config);
	assert_string_equal(config.version, "3.0.3");
	assert_string_equal(answer(&config, "127.0.0.1"), "broken");
	assert_string_equal(find_fact(&config, FACT_REFUSES_SERVICE)->source, CONFIG "plugins:2");
	assert_false(config.grants[0].in_force);
	config_release(&config);
	put(*state, CORE "plugins/rcpt_to.in_host_list.js", "");
	read_place(*state, NULL, 0, &config);
	assert_string_equal(answer(&config, "127.0.0.1"), "permit");
	config_release(&config);
	/* One of the operator's own goes before it. */
	put(*state, "/etc/haraka/plugins/relay.js", "");
	read_place(*state, NULL, 0, &config);
	assert_string_equal(answer(&config, "127.0.0.1"), "unknown");
	config_release(&config);
}

static void test_haraka_tells_what_its_list_does(void **state)
{
	static const char *const paths[] = { CONFIG "plugins" };
	struct config config;

	put(*state, CONFIG "relay_acl_allow", "210.196.1.2/8\n2001:db8::1\n10.0.0.0/255.0.0.0\noffice\n");
	put(*state, CONFIG "relay.ini", "acl=false\n");
	read_place(*state, paths, 1, &config);
	assert_int_equal(config.grant_count, 3);
	assert_string_equal(config.grants[0].covers, "210.0.0.0/8");
	assert_true(config.grants[0].in_force && config.grants[0].host_bits);
	assert_string_equal(config.grants[1].covers, "2001:db8::/32");
	assert_string_equal(config.grants[2].covers, "0.0.0.0/0");
	assert_non_null(find_fact(&config, FACT_SYNTAX));
	assert_non_null(find_fact(&config, FACT_DEAD));
	config_release(&config);
}

static void test_haraka_ends_soon_on_what_is_hostile(void **state)
{
	static const char *const names[] = { "plugins", "relay.ini", "relay_acl_allow", "host_list_regex", "relay_dest_domains.ini" };
	static const char *const fills[] = { "1", "\\\n", "a*b*|c\n", "[a]\nb={}\n" };
	enum { BIG = 1 << 19 };
	char *big = mem_resize(NULL, BIG, 1), *path = path_in(*state, CONFIG "haproxy_hosts");
	int64_t began = clock_now();
	struct config config;

	assert_int_equal(mkfifo(path, 0644), 0);
	for (size_t i = 0; i < sizeof fills / sizeof *fills; i++) {
		for (size_t at = 0; at < BIG; at++)
			big[at] = fills[i][at % strlen(fills[i])];
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			char *name = mem_printf("%s%s", CONFIG, names[k]);

			put_bytes(*state, name, big, BIG);
			free(name);
		}
		read_place(*state, NULL, 0, &config);
		assert_string_not_equal(answer(&config, "8.8.8.8"), "permit");
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
