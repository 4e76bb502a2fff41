/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_prefix.c - networks read strictly, and printed
 */
#include "net/prefix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/err.h"

static struct address address_of(const char *text)
{
	struct address address;
	struct err err = ERR_INIT;

	if (address_parse(text, &address, &err) != 0)
		fail_msg("%s", err.text);
	return address;
}

static void test_prefix_is_read_and_printed_with_its_ends(void **state)
{
	static const struct {
		const char *text, *printed, *last;
		bool host_bits;
	} rows[] = {
		{ "192.168.0.0/24", "192.168.0.0/24", "192.168.0.255", false },
		{ "210.196.1.2/8", "210.0.0.0/8", "210.255.255.255", true },
		{ "210.0.0.0/8", "210.0.0.0/8", "210.255.255.255", false },
		{ "210.196.1.2", "210.196.1.2/32", "210.196.1.2", false },
		{ "210.196.1.2/32", "210.196.1.2/32", "210.196.1.2", false },
		{ "210.196.1.3/31", "210.196.1.2/31", "210.196.1.3", true },
		{ "10.128.0.0/9", "10.128.0.0/9", "10.255.255.255", false },
		{ "10.129.0.0/9", "10.128.0.0/9", "10.255.255.255", true },
		{ "0.0.0.0/0", "0.0.0.0/0", "255.255.255.255", false },
		{ "0.0.0.1/0", "0.0.0.0/0", "255.255.255.255", true },
		{ "::/0", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
		{ "[::]/0", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", false },
		{ "2001:db8::/32", "2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false },
		{ "[2001:db8::1]/32", "2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true },
		{ "2001:db8::1", "2001:db8::1/128", "2001:db8::1", false },
		{ "2001:db8::/65", "2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff", false },
		{ "::ffff:127.0.0.0/104", "::ffff:127.0.0.0/104", "::ffff:127.255.255.255", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct prefix prefix;
		struct address last;
		struct err err = ERR_INIT;
		char shown[PREFIX_TEXT];
		bool host_bits;

		if (prefix_parse(rows[i].text, &prefix, &host_bits, &err) != 0)
			fail_msg("%s: %s", rows[i].text, err.text);
		prefix_print(&prefix, shown);
		assert_string_equal(shown, rows[i].printed);
		prefix_last(&prefix, &last);
		address_print(&last, shown);
		assert_string_equal(shown, rows[i].last);
		if (host_bits != rows[i].host_bits)
			fail_msg("%s: host bits %d", rows[i].text, host_bits);
	}
}

static void test_prefix_what_others_read_as_something_is_refused(void **state)
{
	static const char *const rows[] = {
		"", "/", "/8", "10/8", "10.0/8", "127.0.0.0/", "127.0.0.0/08", "127.0.0.0/+8", "127.0.0.0/-1", "127.0.0.0/ 8", "127.0.0.0/8x",
		"127.0.0.0/33", "127.0.0.0/4294967304", "127.0.0.0/18446744073709551624", "127.0.0.0/255.0.0.0", "256.0.0.0/8", "010.0.0.0/8",
		"0x7f.0.0.0/8", "192.168.0.*", "192.168.0", "::/129", "[::/0]", "[::]/0/0", "[127.0.0.1]", "fe80::%lo/10", "fe80::1%lo", " 10.0.0.0/8", "10.0.0.0/8 ",
		"2001:db8::/00", "1234567890123456789012345678901234567890123456789012345678901234567890",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct prefix prefix = { .length = 77 };
		struct err err = ERR_INIT;
		bool host_bits = false;

		if (prefix_parse(rows[i], &prefix, &host_bits, &err) != -1)
			fail_msg("'%s' was read", rows[i]);
		assert_int_equal(prefix.length, 77);
		assert_true(strlen(err.text) > 10);
	}
}

static void test_prefix_has_what_lies_inside_and_no_other_family(void **state)
{
	static const struct {
		const char *prefix, *address;
		bool has;
	} rows[] = {
		{ "210.0.0.0/8", "210.0.0.0", true }, { "210.0.0.0/8", "210.255.255.255", true }, { "210.0.0.0/8", "211.0.0.0", false },
		{ "0.0.0.0/0", "8.8.8.8", true }, { "0.0.0.0/0", "::1", false }, { "::/0", "8.8.8.8", false }, { "::/0", "2001:db8::1", true },
		{ "192.0.2.5/32", "192.0.2.5", true }, { "192.0.2.5/32", "192.0.2.4", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct prefix prefix;
		struct err err = ERR_INIT;
		struct address address = address_of(rows[i].address);
		bool host_bits;

		assert_int_equal(prefix_parse(rows[i].prefix, &prefix, &host_bits, &err), 0);
		assert_int_equal(prefix_has(&prefix, &address), rows[i].has);
	}
}

static void test_prefix_of_an_address_forgets_port_and_host_bits(void **state)
{
	struct address address = address_of("192.0.2.77");
	struct prefix prefix;
	char shown[PREFIX_TEXT];

	(void)state;
	address.port = 25;
	prefix_of(&address, 26, &prefix);
	prefix_print(&prefix, shown);
	assert_string_equal(shown, "192.0.2.64/26");
	assert_int_equal(prefix.first.port, 0);
	assert_int_equal(prefix_bits(AF_INET), 32);
	assert_int_equal(prefix_bits(AF_INET6), 128);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefix_is_read_and_printed_with_its_ends),
		cmocka_unit_test(test_prefix_what_others_read_as_something_is_refused),
		cmocka_unit_test(test_prefix_has_what_lies_inside_and_no_other_family),
		cmocka_unit_test(test_prefix_of_an_address_forgets_port_and_host_bits),
	};

	return cmocka_run_group_tests_name("prefix", tests, NULL, NULL);
}
