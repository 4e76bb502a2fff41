/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vantage.c - vantages out of words
 */
#include "vantage/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "vantage/vantage_kind.h"

static void test_a_vantage_is_read(void **state)
{
	static const struct {
		const char *text;
		const char *name;
		const char *via;
		enum expect expect;
		const char *address;    /* "none": any */
		const char *interface;
	} rows[] = {
		{ "local", "local", "local", EXPECT_DENY, "none", "" },
		{ "local:", "local:", "local:", EXPECT_DENY, "none", "" },
		{ "here=local", "here", "local", EXPECT_DENY, "none", "" },
		{ "local?expect=relay", "local", "local", EXPECT_RELAY, "none", "" },
		{ "local?expect=deny", "local", "local", EXPECT_DENY, "none", "" },
		{ "office=bind:127.0.0.1?expect=relay", "office", "bind:127.0.0.1", EXPECT_RELAY, "127.0.0.1", "" },
		{ "bind:127.0.0.2", "bind:127.0.0.2", "bind:127.0.0.2", EXPECT_DENY, "127.0.0.2", "" },
		{ "bind:::1", "bind:::1", "bind:::1", EXPECT_DENY, "::1", "" },
		{ "six=bind:[::1]", "six", "bind:[::1]", EXPECT_DENY, "::1", "" },
		{ "bind:lo", "bind:lo", "bind:lo", EXPECT_DENY, "none", "lo" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(rows[i].text, &err);
		char address[ADDRESS_TEXT];

		if (vantage == NULL)
			fail_msg("%s: %s", rows[i].text, err.text);
		address_print(&vantage->origin.address, address);
		if (strcmp(vantage->name, rows[i].name) != 0 || strcmp(vantage->via, rows[i].via) != 0 || vantage->expect != rows[i].expect ||
		    strcmp(address, rows[i].address) != 0 || strcmp(vantage->origin.interface, rows[i].interface) != 0)
			fail_msg("%s: %s, %s, %d, %s, %s", rows[i].text, vantage->name, vantage->via, vantage->expect, address,
				 vantage->origin.interface);
		vantage_free(vantage);
	}
}

static void test_what_is_no_vantage_is_told(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} rows[] = {
		{ "", "there is no vantage of kind ''" },
		{ "lcoal", "there is no vantage of kind 'lcoal'; was 'local' meant?" },
		{ "bnd:127.0.0.1", "there is no vantage of kind 'bnd'; was 'bind' meant?" },
		{ "ssh:host", "there is no vantage of kind 'ssh'" },
		{ "LOCAL", "there is no vantage of kind 'LOCAL'" },
		{ "local:x", "nothing may stand behind 'local', and 'x' does" },
		{ "bind:", "'bind:' needs an address or an interface of this machine" },
		{ "bind", "'bind:' needs an address or an interface of this machine" },
		{ "bind:127.0.0.256", "'127.0.0.256' is neither an IP address nor a network interface of this machine" },
		{ "bind:no-such-interface-here", "'no-such-interface-here' is neither an IP address nor a network interface of this machine" },
		{ "local?expect=allow", "a vantage is expected to 'deny' or to 'relay', not to 'allow'" },
		{ "local?expect=", "a vantage is expected to 'deny' or to 'relay', not to ''" },
		{ "local?expct=relay", "'?expct=relay' is not known behind a vantage: only ?expect=deny or ?expect=relay" },
		{ "local?", "'?' is not known behind a vantage: only ?expect=deny or ?expect=relay" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(rows[i].text, &err);

		if (vantage != NULL || err.kind != ERR_USAGE)
			fail_msg("%s was taken", rows[i].text);
		/* The words of a guess may be near or not; the sentence may not change otherwise. */
		if (strncmp(err.text, rows[i].sentence, strlen(rows[i].sentence)) != 0)
			fail_msg("%s: %s", rows[i].text, err.text);
	}
}

static void test_a_vantage_has_the_families_of_its_address(void **state)
{
	static const struct {
		const char *text;
		bool four;
		bool six;
	} rows[] = { { "local", true, true }, { "bind:lo", true, true }, { "bind:127.0.0.1", true, false }, { "bind:::1", false, true } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(rows[i].text, &err);

		assert_non_null(vantage);
		if (vantage_has_family(vantage, AF_INET) != rows[i].four || vantage_has_family(vantage, AF_INET6) != rows[i].six)
			fail_msg("%s", rows[i].text);
		vantage_free(vantage);
	}
	vantage_free(NULL);
}

static void test_no_cell_of_a_kind_is_empty(void **state)
{
	size_t count = 0;

	(void)state;
	for (const struct vantage_kind *kind; (kind = vantage_kind_at(count)) != NULL; count++) {
		assert_non_null(kind->scheme);
		assert_non_null(kind->about);
		assert_non_null(kind->parse);
		assert_int_equal(strncmp(kind->usage, kind->scheme, strlen(kind->scheme)), 0);
	}
	assert_true(count >= 2);
	assert_null(vantage_kind_at(SIZE_MAX));
	assert_string_equal(expect_name(EXPECT_DENY), "deny");
	assert_string_equal(expect_name(EXPECT_RELAY), "relay");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_vantage_is_read),
		cmocka_unit_test(test_what_is_no_vantage_is_told),
		cmocka_unit_test(test_a_vantage_has_the_families_of_its_address),
		cmocka_unit_test(test_no_cell_of_a_kind_is_empty),
	};

	return cmocka_run_group_tests_name("vantage", tests, NULL, NULL);
}
