/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_target.c - whom one may test, and whom one may name
 */
#include "vantage/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"

static struct address address_of(const char *text)
{
	struct address address;
	struct err err = ERR_INIT;

	if (address_parse(text, &address, &err) != 0)
		fail_msg("%s", err.text);
	return address;
}

enum who { ANYBODY, OWNER, NOBODY };

static const struct {
	const char *address;
	enum who may;           /* ANYBODY: without --mine; OWNER: with it only; NOBODY: never */
} permissions[] = {
	{ "127.0.0.1", ANYBODY },
	{ "127.255.255.254", ANYBODY },
	{ "10.0.0.1", ANYBODY },
	{ "10.255.255.255", ANYBODY },
	{ "172.16.0.1", ANYBODY },
	{ "172.31.255.255", ANYBODY },
	{ "192.168.0.1", ANYBODY },
	{ "169.254.1.1", ANYBODY },
	{ "::1", ANYBODY },
	{ "fd00::1", ANYBODY },
	{ "fc00::1", ANYBODY },
	{ "fe80::1", ANYBODY },
	{ "::ffff:127.0.0.1", ANYBODY },
	{ "::ffff:192.168.1.1", ANYBODY },
	{ "9.255.255.255", OWNER },
	{ "11.0.0.0", OWNER },
	{ "172.15.255.255", OWNER },
	{ "172.32.0.0", OWNER },
	{ "192.167.255.255", OWNER },
	{ "192.169.0.0", OWNER },
	{ "100.64.0.1", OWNER },
	{ "126.255.255.255", OWNER },
	{ "128.0.0.1", OWNER },
	{ "203.0.113.25", OWNER },
	{ "223.255.255.255", OWNER },
	{ "2001:db8::25", OWNER },
	{ "fe00::1", OWNER },
	{ "fec0::1", OWNER },
	{ "::2", OWNER },
	{ "::ffff:203.0.113.25", OWNER },
	{ "0.0.0.0", NOBODY },
	{ "0.0.0.1", NOBODY },
	{ "224.0.0.1", NOBODY },
	{ "239.255.255.255", NOBODY },
	{ "240.0.0.1", NOBODY },
	{ "255.255.255.255", NOBODY },
	{ "::", NOBODY },
	{ "ff02::1", NOBODY },
	{ "ff0e::1", NOBODY },
	{ "::ffff:0.0.0.0", NOBODY },
	{ "::ffff:224.0.0.1", NOBODY },
	{ "::ffff:255.255.255.255", NOBODY },
};

static void test_permission_follows_from_the_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
		struct address address = address_of(permissions[i].address);
		struct err without = ERR_INIT, with = ERR_INIT;
		struct target *stranger = target_approve("host.test", &address, 1, PERMISSION_NONE, &without);
		struct target *owner = target_approve("host.test", &address, 1, PERMISSION_MINE, &with);

		if ((stranger != NULL) != (permissions[i].may == ANYBODY) || (owner != NULL) != (permissions[i].may != NOBODY))
			fail_msg("%s: %d without --mine, %d with it", permissions[i].address, stranger != NULL, owner != NULL);
		if (stranger == NULL && without.kind != ERR_FORBIDDEN)
			fail_msg("%s: %s", permissions[i].address, without.text);
		if (permissions[i].may == OWNER && strstr(without.text, "--mine") == NULL)
			fail_msg("%s: %s", permissions[i].address, without.text);
		target_free(stranger);
		target_free(owner);
	}
}

static void test_one_address_of_anothers_is_enough_to_refuse(void **state)
{
	struct address addresses[] = { address_of("192.168.0.1"), address_of("fd00::1"), address_of("203.0.113.25") };
	struct err err = ERR_INIT;

	(void)state;
	assert_null(target_approve("host.test", addresses, 3, PERMISSION_NONE, &err));
	assert_string_equal(err.text, "host.test (203.0.113.25) is neither this machine's own nor in a private network: relayaudit "
				      "tests one's own servers only; say --mine if this one is yours, or name it under targets in relayaudit.yml");
	addresses[2] = address_of("224.0.0.1");
	assert_null(target_approve("host.test", addresses, 3, PERMISSION_MINE, &err));
	assert_string_equal(err.text, "224.0.0.1 is no address of a server: nothing is tested there");
}

static void test_addresses_beyond_the_ceiling_are_checked_and_left_out(void **state)
{
	struct address addresses[TARGET_ADDRESSES_MOST + 1];
	struct err err = ERR_INIT;
	struct target *target;
	size_t count;

	(void)state;
	for (size_t i = 0; i <= TARGET_ADDRESSES_MOST; i++)
		addresses[i] = address_of("192.168.0.1");
	target = target_approve("host.test", addresses, TARGET_ADDRESSES_MOST + 1, PERMISSION_NONE, &err);
	assert_non_null(target);
	target_addresses(target, &count);
	assert_int_equal(count, TARGET_ADDRESSES_MOST);
	target_free(target);
	addresses[TARGET_ADDRESSES_MOST] = address_of("203.0.113.25");
	assert_null(target_approve("host.test", addresses, TARGET_ADDRESSES_MOST + 1, PERMISSION_NONE, &err));
}

static void test_domains_are_kept_once(void **state)
{
	struct address address = address_of("127.0.0.1");
	struct err err = ERR_INIT;
	struct target *target = target_approve("host.test", &address, 1, PERMISSION_NONE, &err);
	const char *const *domains;
	char name[32];
	size_t count;

	(void)state;
	assert_string_equal(target_host(target), "host.test");
	domains = target_domains(target, &count);
	assert_int_equal(count, 0);
	assert_null(domains[0]);
	target_add_domain(target, "a.test");
	target_add_domain(target, "A.TEST");
	target_add_domain(target, "b.test");
	domains = target_domains(target, &count);
	assert_int_equal(count, 2);
	assert_string_equal(domains[0], "a.test");
	assert_string_equal(domains[1], "b.test");
	assert_null(domains[2]);
	for (int i = 0; i < 2 * TARGET_DOMAINS_MOST; i++) {
		snprintf(name, sizeof name, "%d.test", i);
		target_add_domain(target, name);
	}
	domains = target_domains(target, &count);
	assert_int_equal(count, TARGET_DOMAINS_MOST);
	assert_null(domains[count]);
	target_free(target);
	target_free(NULL);
}

static void test_a_plain_mailbox_only_is_fit_for_the_wire(void **state)
{
	static const struct {
		const char *text;
		bool fit;
	} rows[] = {
		{ "v@outside.test", true },
		{ "first.last+tag@a.outside.test", true },
		{ "a-b_c=d'e@outside.test", true },
		{ "", false },
		{ "v", false },
		{ "@outside.test", false },
		{ "v@", false },
		{ "@", false },
		{ "a@b@outside.test", false },
		{ "v@outside.test\r\nDATA", false },
		{ "v\n@outside.test", false },
		{ "v @outside.test", false },
		{ "v@outside.test ", false },
		{ "v\t@outside.test", false },
		{ "<v@outside.test>", false },
		{ "v>@outside.test", false },
		{ "\"v\"@outside.test", false },
		{ "v\\@outside.test", false },
		{ "v%a@outside.test", false },
		{ "a!v@outside.test", false },
		{ "a,v@outside.test", false },
		{ "a;v@outside.test", false },
		{ "a:v@outside.test", false },
		{ "v(c)@outside.test", false },
		{ "v@[192.0.2.1]", false },
		{ "v@outs\xc3\xaf""de.test", false },
		{ "v@outside.test\x7f", false },
	};
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;

		if ((mailbox_check(rows[i].text, &err) == 0) != rows[i].fit)
			fail_msg("'%s': %s", rows[i].text, rows[i].fit ? err.text : "taken");
		assert_int_equal(err.kind, rows[i].fit ? ERR_NONE : ERR_USAGE);
	}
	for (size_t len = 254; len <= 255; len++) {
		struct err err = ERR_INIT;

		memset(longest, 'a', len);
		memcpy(longest, "v@", 2);
		longest[len] = '\0';
		assert_int_equal(mailbox_check(longest, &err), len == 254 ? 0 : -1);
	}
}

static void test_the_victim_is_the_operators_or_reserved(void **state)
{
	struct err err = ERR_INIT;
	struct victim *victim = victim_approve("relay.test+1@Outside.test", "abc", &err);

	(void)state;
	assert_non_null(victim);
	assert_string_equal(victim_text(victim), "relay.test+1@Outside.test");
	assert_string_equal(victim_local(victim), "relay.test+1");
	assert_string_equal(victim_domain(victim), "Outside.test");
	assert_false(victim_is_reserved(victim));
	victim_free(victim);
	victim = victim_approve(NULL, "abc123", &err);
	assert_non_null(victim);
	assert_string_equal(victim_text(victim), "relaytest-abc123@example.com");
	assert_string_equal(victim_local(victim), "relaytest-abc123");
	assert_true(victim_is_reserved(victim));
	victim_free(victim);
	victim_free(NULL);
	assert_null(victim_approve("v", "abc", &err));
	assert_int_equal(err.kind, ERR_USAGE);
}

static void test_ports_are_read_with_their_tls_mode(void **state)
{
	static const struct {
		const char *text;
		unsigned short number;  /* 0: no port */
		enum tls_mode mode;
	} rows[] = {
		{ "25", 25, TLS_MODE_NONE },
		{ "465", 465, TLS_MODE_IMPLICIT },
		{ "587", 587, TLS_MODE_NONE },
		{ "587/starttls", 587, TLS_MODE_STARTTLS },
		{ "465/none", 465, TLS_MODE_NONE },
		{ "25/tls", 25, TLS_MODE_IMPLICIT },
		{ "1", 1, TLS_MODE_NONE },
		{ "65535", 65535, TLS_MODE_NONE },
		{ "0", 0, TLS_MODE_NONE },
		{ "65536", 0, TLS_MODE_NONE },
		{ "-25", 0, TLS_MODE_NONE },
		{ "+25", 0, TLS_MODE_NONE },
		{ "25x", 0, TLS_MODE_NONE },
		{ " 25", 0, TLS_MODE_NONE },
		{ "25/", 0, TLS_MODE_NONE },
		{ "25/TLS", 0, TLS_MODE_NONE },
		{ "25/tls/tls", 0, TLS_MODE_NONE },
		{ "/tls", 0, TLS_MODE_NONE },
		{ "smtp", 0, TLS_MODE_NONE },
		{ "", 0, TLS_MODE_NONE },
		{ "99999999999999999999", 0, TLS_MODE_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct port port = { .number = 0 };
		int result = port_parse(rows[i].text, &port, &err);

		if ((result == 0) != (rows[i].number != 0) || port.number != rows[i].number || port.mode != rows[i].mode)
			fail_msg("'%s': %d, port %u, mode %d", rows[i].text, result, port.number, port.mode);
		if (result == 0 ? !port.asked : err.kind != ERR_USAGE)
			fail_msg("'%s': %s", rows[i].text, err.text);
	}
}

static void test_a_slip_in_a_tls_mode_is_told(void **state)
{
	struct err err = ERR_INIT;
	struct port port;

	(void)state;
	assert_int_equal(port_parse("587/startls", &port, &err), -1);
	assert_string_equal(err.text, "'startls' is no TLS mode: none, starttls or tls; was 'starttls' meant?");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_permission_follows_from_the_address),
		cmocka_unit_test(test_one_address_of_anothers_is_enough_to_refuse),
		cmocka_unit_test(test_addresses_beyond_the_ceiling_are_checked_and_left_out),
		cmocka_unit_test(test_domains_are_kept_once),
		cmocka_unit_test(test_a_plain_mailbox_only_is_fit_for_the_wire),
		cmocka_unit_test(test_the_victim_is_the_operators_or_reserved),
		cmocka_unit_test(test_ports_are_read_with_their_tls_mode),
		cmocka_unit_test(test_a_slip_in_a_tls_mode_is_told),
	};

	return cmocka_run_group_tests_name("target", tests, NULL, NULL);
}
