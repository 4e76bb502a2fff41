/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_claim.c - what is said so that a server takes us for another
 */
#include "vantage/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "smtp/xclient.h"

/* The layout is section 2.2 of the PROXY protocol: signature, version and command, family, length, addresses, ports. */
#define V2 "\r\n\r\n\0\r\nQUIT\n"

static const struct row {
	const char *uri;
	const char *to;
	const char *bytes;
	size_t len;
} rows[] = {
	{ "local", "192.0.2.25", "", 0 },
	{ "xclient:203.0.113.9", "192.0.2.25", "", 0 },
	{ "proxyv1:203.0.113.9", "192.0.2.25", "PROXY TCP4 203.0.113.9 192.0.2.25 40025 25\r\n", 44 },
	{ "proxyv1:2001:db8::9", "2001:db8::25", "PROXY TCP6 2001:db8::9 2001:db8::25 40025 25\r\n", 46 },
	{ "proxyv1:203.0.113.9", "::1", "PROXY TCP4 203.0.113.9 127.0.0.1 40025 25\r\n", 43 },
	{ "proxyv1:2001:db8::9", "127.0.0.1", "PROXY TCP6 2001:db8::9 ::1 40025 25\r\n", 37 },
	{ "proxyv2:203.0.113.9", "192.0.2.25", V2 "\x21\x11\0\x0c" "\xcb\0\x71\x09" "\xc0\0\x02\x19" "\x9c\x59" "\0\x19", 28 },
	{ "proxyv2:2001:db8::9", "2001:db8::25",
	  V2 "\x21\x21\0\x24" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x09" "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x25" "\x9c\x59" "\0\x19", 52 },
	{ "proxyv2:203.0.113.9", "::1", V2 "\x21\x11\0\x0c" "\xcb\0\x71\x09" "\x7f\0\0\x01" "\x9c\x59" "\0\x19", 28 },
};

static void test_preambles_are_those_of_the_specification(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(rows[i].uri, &err);
		struct session_settings settings = { .base = NULL };

		assert_non_null(vantage);
		assert_int_equal(address_parse(rows[i].to, &settings.to, &err), 0);
		settings.to.port = 25;
		vantage_prepare(vantage, &settings);
		if (settings.preamble_len != rows[i].len || memcmp(settings.preamble, rows[i].bytes, rows[i].len) != 0)
			fail_msg("%s to %s: %zu bytes", rows[i].uri, rows[i].to, settings.preamble_len);
		vantage_free(vantage);
	}
}

static void test_a_preamble_has_room_for_the_longest(void **state)
{
	struct err err = ERR_INIT;
	struct vantage *vantage = vantage_parse("proxyv1:2001:db8:1111:2222:3333:4444:5555:6666", &err);
	struct session_settings settings = { .base = NULL };

	(void)state;
	assert_int_equal(address_parse("2001:db8:7777:8888:9999:aaaa:bbbb:cccc", &settings.to, &err), 0);
	settings.to.port = 65535;
	vantage_prepare(vantage, &settings);
	assert_true(settings.preamble_len < sizeof settings.preamble);
	assert_memory_equal(settings.preamble + settings.preamble_len - 8, " 65535\r\n", 8);
	vantage_free(vantage);
}

static void test_xclient_claims_an_address_and_the_name_that_was_found(void **state)
{
	struct err err = ERR_INIT;
	struct vantage *vantage = vantage_parse("xclient:2001:db8::9?bind=::1", &err);
	struct session_settings settings = { .base = NULL };

	(void)state;
	assert_non_null(vantage);
	vantage->helo = mem_text("probe.example.net");
	vantage_prepare(vantage, &settings);
	assert_string_equal(settings.name, "probe.example.net");
	assert_string_equal(settings.claim->address, "IPV6:2001:db8::9");
	assert_null(settings.claim->name);
	assert_non_null(strstr(settings.claim->advice, "smtpd_authorized_xclient_hosts=127.0.0.1"));
	assert_int_equal(settings.from.address.bytes[15], 1);
	vantage->client_name = mem_text("c.example.net");
	vantage_prepare(vantage, &settings);
	assert_string_equal(settings.claim->name, "c.example.net");
	vantage_free(vantage);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_preambles_are_those_of_the_specification),
		cmocka_unit_test(test_a_preamble_has_room_for_the_longest),
		cmocka_unit_test(test_xclient_claims_an_address_and_the_name_that_was_found),
	};

	return cmocka_run_group_tests_name("claim", tests, NULL, NULL);
}
