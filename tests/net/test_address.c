/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_address.c - addresses read, printed, compared and masked
 */
#include "net/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/err.h"

static struct address parsed(const char *text)
{
	struct address address;
	struct err err = ERR_INIT;

	if (address_parse(text, &address, &err) != 0)
		fail_msg("%s", err.text);
	return address;
}

static void test_ipv4_of_a_slice_is_what_inet_pton_takes(void **state)
{
	static const char *const rows[] = { "192.0.2.1", "0.0.0.0", "255.255.255.255", "256.0.0.1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "00.0.0.0", "1.2.3.0004", "1..2.3",
					    ".1.2.3.4", "1.2.3.4.", "1.2.3.", "1.2.3.4 ", " 1.2.3.4", "", "1.2.3.x", "::1", "1.2.3.-4" };
	unsigned char bytes[4];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address address = { .family = 0 };
		bool taken = inet_pton(AF_INET, rows[i], bytes) == 1;

		if (address_read_ipv4(rows[i], strlen(rows[i]), &address) != taken || (taken && memcmp(address.bytes, bytes, sizeof bytes) != 0))
			fail_msg("'%s'", rows[i]);
	}
}

static void test_address_is_read_and_printed_in_each_form(void **state)
{
	static const struct {
		const char *text, *plain, *literal, *with_port;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", "[192.0.2.1]", "192.0.2.1:25" },
		{ "255.255.255.255", "255.255.255.255", "[255.255.255.255]", "255.255.255.255:25" },
		{ "2001:db8::1", "2001:db8::1", "[IPv6:2001:db8::1]", "[2001:db8::1]:25" },
		{ "[2001:DB8:0:0::1]", "2001:db8::1", "[IPv6:2001:db8::1]", "[2001:db8::1]:25" },
		{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", "[IPv6:::ffff:192.0.2.1]", "[::ffff:192.0.2.1]:25" },
		{ "::", "::", "[IPv6:::]", "[::]:25" },
		{ "fe80::1%lo", "fe80::1%lo", "[IPv6:fe80::1]", "[fe80::1%lo]:25" },
		{ "[fe80::1%lo]", "fe80::1%lo", "[IPv6:fe80::1]", "[fe80::1%lo]:25" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address address = parsed(rows[i].text);
		char shown[ADDRESS_TEXT];

		assert_int_equal(address.port, 0);
		address.port = 25;
		address_print(&address, shown);
		assert_string_equal(shown, rows[i].plain);
		address_print_literal(&address, shown);
		assert_string_equal(shown, rows[i].literal);
		address_print_port(&address, shown);
		assert_string_equal(shown, rows[i].with_port);
	}
}

static void test_address_the_longest_fits(void **state)
{
	struct address address = parsed("2001:0db8:1111:2222:3333:4444:255.255.255.255%lo");
	char shown[ADDRESS_TEXT];

	(void)state;
	address.port = 65535;
	address_print_port(&address, shown);
	assert_string_equal(shown, "[2001:db8:1111:2222:3333:4444:ffff:ffff%lo]:65535");
}

static void test_address_none_is_printed_as_such(void **state)
{
	struct address none = { .family = 0 };
	char shown[ADDRESS_TEXT];

	(void)state;
	address_print(&none, shown);
	assert_string_equal(shown, "none");
}

static void test_address_refuses_what_others_misread(void **state)
{
	static const char *const rows[] = {
		"",
		"10.1",
		"127.1",
		"010.0.0.1",
		"0x7f.1",
		"2130706433",
		"192.0.2.256",
		"192.0.2.1/8",
		" 192.0.2.1",
		"192.0.2.1 ",
		"192.0.2.1.",
		"[192.0.2.1]",
		"1::2::3",
		"2001:db8::1/64",
		"[2001:db8::1",
		"2001:db8::1]",
		"[]",
		"[",
		"12345::",
		"localhost",
		"fe80::1%",
		"fe80::1%no-such-interface",
		"192.0.2.1%lo",
		"::1%lo%lo",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address address = { .family = 77 };
		struct err err = ERR_INIT;

		if (address_parse(rows[i], &address, &err) == 0)
			fail_msg("'%s' was taken for an address", rows[i]);
		assert_int_equal(address.family, 77);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_true(strlen(err.text) != 0);
	}
}

static void test_address_lies_in_a_network_by_its_first_bits(void **state)
{
	static const struct {
		const char *address, *network;
		unsigned bits;
		bool in;
	} rows[] = {
		{ "210.9.9.9", "210.196.1.2", 8, true },
		{ "211.9.9.9", "210.196.1.2", 8, false },
		{ "127.86.255.255", "127.86.0.1", 16, true },
		{ "127.87.0.0", "127.86.0.1", 16, false },
		{ "192.0.2.127", "192.0.2.0", 25, true },
		{ "192.0.2.128", "192.0.2.0", 25, false },
		{ "192.0.2.1", "192.0.2.1", 32, true },
		{ "192.0.2.0", "192.0.2.1", 32, false },
		{ "192.0.2.0", "192.0.2.1", 31, true },
		{ "1.2.3.4", "200.0.0.0", 0, true },
		{ "192.0.2.1", "192.0.2.1", 33, false },
		{ "2001:db8::1", "2001:db8:ffff::", 32, true },
		{ "2001:db9::1", "2001:db8::", 32, false },
		{ "2001:db8:0:1::", "2001:db8::", 64, false },
		{ "2001:db8::1", "2001:db8::1", 128, true },
		{ "2001:db8::2", "2001:db8::1", 128, false },
		{ "2001:db8::2", "2001:db8::1", 129, false },
		{ "0.0.0.0", "::", 0, false },
		{ "::", "0.0.0.0", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address address = parsed(rows[i].address), network = parsed(rows[i].network);

		if (address_is_in(&address, &network, rows[i].bits) != rows[i].in)
			fail_msg("%s in %s/%u", rows[i].address, rows[i].network, rows[i].bits);
	}
}

static void test_address_is_equal_whatever_the_port(void **state)
{
	struct address one = parsed("192.0.2.1"), same = parsed("192.0.2.1"), other = parsed("192.0.2.2");
	struct address six = parsed("c000:201::");

	(void)state;
	same.port = 25;
	assert_true(address_equal(&one, &same));
	assert_false(address_equal(&one, &other));
	assert_false(address_equal(&one, &six));
}

static void test_address_is_private_where_the_internet_does_not_reach(void **state)
{
	static const struct {
		const char *address;
		bool private;
	} rows[] = {
		{ "127.0.0.1", true },       { "127.255.0.1", true },  { "10.0.0.1", true },
		{ "172.16.0.1", true },      { "172.31.255.1", true }, { "172.32.0.1", false },
		{ "172.15.0.1", false },     { "192.168.4.4", true },  { "192.169.0.1", false },
		{ "169.254.1.1", true },     { "11.0.0.1", false },    { "100.64.0.1", false },
		{ "0.0.0.0", false },        { "::1", true },          { "::2", false },
		{ "fd00::1", true },         { "fe80::1", true },      { "febf::1", true },
		{ "fec0::1", false },        { "2001:db8::1", false }, { "::ffff:10.0.0.1", true },
		{ "::ffff:8.8.8.8", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address address = parsed(rows[i].address);

		if (address_is_private(&address) != rows[i].private)
			fail_msg("%s", rows[i].address);
	}
}

static void test_address_mapped_becomes_what_it_holds(void **state)
{
	struct address address = parsed("::ffff:192.0.2.1"), four = parsed("192.0.2.1"), six = parsed("2001:db8::1"), same = six;

	(void)state;
	address.port = 25;
	address_unmap(&address);
	assert_true(address_equal(&address, &four));
	assert_int_equal(address.port, 25);
	address_unmap(&six);
	assert_true(address_equal(&six, &same));
	address_unmap(&four);
	assert_int_equal(four.family, AF_INET);
}

static void test_address_goes_through_a_socket_address_unchanged(void **state)
{
	static const char *const rows[] = { "192.0.2.1", "2001:db8::1", "fe80::1%lo" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct address before = parsed(rows[i]), after;
		struct sockaddr_storage storage;

		before.port = 2525;
		assert_int_equal(address_to_socket(&before, &storage),
				 before.family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
		assert_int_equal(address_from_socket((struct sockaddr *)&storage, &after), 0);
		assert_true(address_equal(&before, &after));
		assert_int_equal(after.port, 2525);
		assert_int_equal(after.scope, before.scope);
	}
}

static void test_address_of_another_kind_of_socket_is_none(void **state)
{
	struct sockaddr_storage storage = { .ss_family = AF_UNIX };
	struct address address = { .family = 77 };

	(void)state;
	assert_int_equal(address_from_socket((struct sockaddr *)&storage, &address), -1);
	assert_int_equal(address.family, 77);
}

static void test_address_of_an_interface_is_own(void **state)
{
	struct address address;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(address_parse("127.0.0.1", &address, &err), 0);
	assert_true(address_is_own(&address));
	assert_int_equal(address_parse("192.0.2.1", &address, &err), 0);
	assert_false(address_is_own(&address));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address_is_read_and_printed_in_each_form),
		cmocka_unit_test(test_ipv4_of_a_slice_is_what_inet_pton_takes),
		cmocka_unit_test(test_address_the_longest_fits),
		cmocka_unit_test(test_address_none_is_printed_as_such),
		cmocka_unit_test(test_address_refuses_what_others_misread),
		cmocka_unit_test(test_address_lies_in_a_network_by_its_first_bits),
		cmocka_unit_test(test_address_is_equal_whatever_the_port),
		cmocka_unit_test(test_address_is_private_where_the_internet_does_not_reach),
		cmocka_unit_test(test_address_mapped_becomes_what_it_holds),
		cmocka_unit_test(test_address_goes_through_a_socket_address_unchanged),
		cmocka_unit_test(test_address_of_another_kind_of_socket_is_none),
		cmocka_unit_test(test_address_of_an_interface_is_own),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
