/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_attempt.c - where an address leads, and whose mailbox it names
 */
#include "probe/attempt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static const char *const victim[] = { "outside.test", "[198.51.100.9]", NULL };
static const char *const own[] = { "host.test", "mx.example.test", "[192.0.2.25]", "192.0.2.25", "[IPv6:2001:db8::25]", "2001:db8::25", NULL };

/* Arguments are escaped, as they are kept: a backslash is two. */
static const struct {
	const char *name;
	const char *argument;
	enum route route;
} routes[] = {
	{ "an outside address", "v@outside.test", ROUTE_VICTIM },
	{ "one of ours", "u@host.test", ROUTE_LOCAL },
	{ "a name of the server's", "u@mx.example.test", ROUTE_LOCAL },
	{ "anywhere else", "u@elsewhere.test", ROUTE_OTHER },
	{ "capitals", "v@OUTSIDE.Test", ROUTE_VICTIM },
	{ "our capitals", "u@Host.TEST", ROUTE_LOCAL },
	/* No domain */
	{ "a bare local part", "postmaster", ROUTE_NONE },
	{ "nothing", "", ROUTE_NONE },
	{ "empty brackets", "<>", ROUTE_NONE },
	{ "nothing behind the @", "v@", ROUTE_NONE },
	{ "a dot behind the @", "v@.", ROUTE_NONE },
	{ "percent without a domain", "v%outside.test", ROUTE_NONE },
	{ "bang without a domain", "outside.test!v", ROUTE_NONE },
	{ "quoted whole", "\"v@outside.test\"", ROUTE_NONE },
	{ "an @ that is quoted by a backslash", "v\\\\@outside.test", ROUTE_NONE },
	{ "fullwidth @", "v\\xef\\xbc\\xa0outside.test", ROUTE_NONE },
	{ "all is a comment", "(v@outside.test)", ROUTE_NONE },
	{ "a comment that does not end", "v@(outside.test", ROUTE_NONE },
	{ "blanks only", " \t", ROUTE_NONE },
	/* The last @ counts */
	{ "percent", "v%outside.test@host.test", ROUTE_LOCAL },
	{ "percent twice", "v%outside.test%host.test@host.test", ROUTE_LOCAL },
	{ "percent, the other way", "u%host.test@outside.test", ROUTE_VICTIM },
	{ "percent, encoded", "v%40outside.test@host.test", ROUTE_LOCAL },
	{ "bang", "outside.test!v@host.test", ROUTE_LOCAL },
	{ "two @, ours last", "v@outside.test@host.test", ROUTE_LOCAL },
	{ "two @, theirs last", "u@host.test@outside.test", ROUTE_VICTIM },
	{ "an @ at the end", "v@outside.test@", ROUTE_NONE },
	{ "quoted local part", "\"v@outside.test\"@host.test", ROUTE_LOCAL },
	{ "quoted local part of theirs", "\"u@host.test\"@outside.test", ROUTE_VICTIM },
	{ "a quote that is quoted", "\"v\\\\\"@outside.test\"@host.test", ROUTE_LOCAL },
	{ "a backslash before a quote's end", "\"v\\\\\\\\\"@outside.test", ROUTE_VICTIM },
	{ "a quoted @, then another", "v\\\\@outside.test@host.test", ROUTE_LOCAL },
	{ "brackets in quotes", "\"v<a>b\"@host.test", ROUTE_LOCAL },
	{ "a NUL before ours", "v@outside.test\\0@host.test", ROUTE_LOCAL },
	{ "a folded line", "v\\r\\n @outside.test", ROUTE_VICTIM },
	{ "SRS", "SRS0=aaaa=aa=outside.test=v@host.test", ROUTE_LOCAL },
	{ "plus and an address", "u+v@outside.test@host.test", ROUTE_LOCAL },
	/* Source routes are passed over */
	{ "a source route", "@host.test:v@outside.test", ROUTE_VICTIM },
	{ "a source route of two", "@host.test,@mx.example.test:v@outside.test", ROUTE_VICTIM },
	{ "a source route to us", "@outside.test:u@host.test", ROUTE_LOCAL },
	{ "a source route and percent", "@host.test:v%outside.test", ROUTE_NONE },
	{ "a source route without end", "@outside.test", ROUTE_VICTIM },
	{ "a colon in the local part", "smtp:v@outside.test", ROUTE_VICTIM },
	/* Comments */
	{ "a comment in the local part", "v(c)@outside.test", ROUTE_VICTIM },
	{ "a comment behind the domain", "v@outside.test(@host.test)", ROUTE_VICTIM },
	{ "a comment before the domain", "v@(c)outside.test", ROUTE_VICTIM },
	{ "two comments before the domain", "v@(c)(d)outside.test", ROUTE_VICTIM },
	{ "a comment within another", "v@outside.test(a(b)@host.test)", ROUTE_VICTIM },
	{ "a bracket closed in a comment", "u(\\\\)@outside.test)@host.test", ROUTE_LOCAL },
	{ "an @ behind a comment", "u(c)@host.test", ROUTE_LOCAL },
	/* Dots at the end */
	{ "a dot behind theirs", "v@outside.test.", ROUTE_VICTIM },
	{ "a dot behind ours", "v%outside.test@host.test.", ROUTE_LOCAL },
	{ "two dots", "v@outside.test..", ROUTE_OTHER },
	/* Brackets */
	{ "brackets", "<v@outside.test>", ROUTE_VICTIM },
	{ "brackets twice", "<<v@outside.test>>", ROUTE_VICTIM },
	{ "none closes", "<v@outside.test", ROUTE_VICTIM },
	{ "none opens", "v@outside.test>", ROUTE_VICTIM },
	{ "blanks within", "< v@outside.test >", ROUTE_VICTIM },
	{ "a blank before", " <v@outside.test>", ROUTE_VICTIM },
	{ "a tab before", "\\t<v@outside.test>", ROUTE_VICTIM },
	{ "a name before", "\"x\" <v@outside.test>", ROUTE_NONE },
	{ "a parameter", "<v@outside.test> ORCPT=rfc822;u@host.test", ROUTE_VICTIM },
	{ "two paths", "u@host.test>,<v@outside.test", ROUTE_LOCAL },
	{ "two paths with blanks", "<u@host.test> <v@outside.test>", ROUTE_LOCAL },
	/* Literals */
	{ "our literal", "v%outside.test@[192.0.2.25]", ROUTE_LOCAL },
	{ "our address without brackets", "v%outside.test@192.0.2.25", ROUTE_LOCAL },
	{ "our IPv6 literal", "v@[IPv6:2001:db8::25]", ROUTE_LOCAL },
	{ "in small letters", "v@[ipv6:2001:DB8::25]", ROUTE_LOCAL },
	{ "written out", "v@[IPv6:2001:db8:0:0:0:0:0:25]", ROUTE_LOCAL },
	{ "without its tag", "v@[2001:db8::25]", ROUTE_LOCAL },
	{ "our IPv4 address as IPv6", "v@[IPv6:::ffff:192.0.2.25]", ROUTE_LOCAL },
	{ "the victim's literal", "v@[198.51.100.9]", ROUTE_VICTIM },
	{ "a foreign literal", "v@[203.0.113.7]", ROUTE_OTHER },
	{ "a foreign IPv6 literal", "v@[IPv6:2001:db8::26]", ROUTE_OTHER },
	{ "loopback", "v@[127.0.0.1]", ROUTE_LOCAL },
	{ "loopback, elsewhere", "v@[127.0.0.53]", ROUTE_LOCAL },
	{ "loopback, short", "v@[127.1]", ROUTE_LOCAL },
	{ "loopback, octal", "v@[0177.0.0.1]", ROUTE_LOCAL },
	{ "any address", "v@[0.0.0.0]", ROUTE_LOCAL },
	{ "a decimal number", "v@[3221225985]", ROUTE_LOCAL },
	{ "a hexadecimal number", "v@[0xc0000219]", ROUTE_LOCAL },
	{ "an empty literal", "v@[]", ROUTE_LOCAL },
	{ "localhost", "v@outside.test@localhost", ROUTE_LOCAL },
	{ "localhost.localdomain", "v@localhost.localdomain", ROUTE_LOCAL },
	/* Names like others */
	{ "below ours", "x@sub.host.test", ROUTE_BELOW },
	{ "far below ours", "x@a.b.host.test", ROUTE_BELOW },
	{ "ours with letters before", "x@abchost.test", ROUTE_BELOW },
	{ "ours with letters behind", "x@host.testing", ROUTE_OTHER },
	{ "ours before theirs", "x@host.test.outside.test", ROUTE_VICTIM },
	{ "below theirs", "x@sub.outside.test", ROUTE_VICTIM },
	{ "theirs with letters before", "x@nooutside.test", ROUTE_OTHER },
	{ "theirs before ours", "x@outside.test.host.test", ROUTE_BELOW },
	{ "a pseudo domain", "outside.test!v@host.test.UUCP", ROUTE_OTHER },
	{ "an ideographic dot", "v@outside.test\\xe3\\x80\\x82", ROUTE_OTHER },
	{ "an escape cut short", "v@outside.test\\", ROUTE_OTHER },
	{ "another cut short", "v@host.test\\x", ROUTE_OTHER },
};

static void test_the_route_is_the_domain_behind_the_last_unquoted_at(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		enum route route = route_of(routes[i].argument, victim, own);

		if (route != routes[i].route)
			fail_msg("%s: %s, not %s", routes[i].name, route_name(route), route_name(routes[i].route));
	}
}

static void test_the_victims_own_domain_comes_before_ours(void **state)
{
	static const char *const below[] = { "sub.host.test", NULL }, *const nobody[] = { NULL };

	(void)state;
	assert_int_equal(route_of("v@sub.host.test", below, own), ROUTE_VICTIM);
	assert_int_equal(route_of("v@host.test", below, own), ROUTE_LOCAL);
	assert_int_equal(route_of("v@a.sub.host.test", below, own), ROUTE_BELOW);
	assert_int_equal(route_of("v@outside.test", nobody, nobody), ROUTE_OTHER);
}

static void test_a_mailbox_is_named_with_and_without_extension(void **state)
{
	static const struct {
		const char *name;
		const char *argument;
		bool named;
	} rows[] = {
		{ "itself", "alice@host.test", true },
		{ "capitals", "Alice@host.test", true },
		{ "brackets", "<alice@host.test>", true },
		{ "an extension", "alice+v@outside.test@host.test", true },
		{ "the first of two paths", "alice@host.test>,<v@outside.test", true },
		{ "a parameter", "<alice@host.test> NOTIFY=NEVER", true },
		{ "a longer name", "alicex@host.test", false },
		{ "a shorter name", "alic@host.test", false },
		{ "the name alone", "alice", false },
		{ "a hyphen", "alice-v@host.test", false },
		{ "percent", "alice%outside.test@host.test", false },
		{ "the second path", "v@outside.test>,<alice@host.test", false },
		{ "within quotes", "\"alice@host.test\"@host.test", false },
		{ "nothing", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (route_names_mailbox(rows[i].argument, "alice") != rows[i].named)
			fail_msg("%s: %d", rows[i].name, !rows[i].named);
}

static void test_no_name_is_missing_or_twice(void **state)
{
	(void)state;
	assert_null(proof_name(PROOF_NONE));
	for (int i = 0; i < OUTCOMES; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(outcome_name((enum outcome)i), outcome_name((enum outcome)k));
	for (int i = 1; i < PROOFS; i++)
		for (int k = 1; k < i; k++)
			assert_string_not_equal(proof_name((enum proof)i), proof_name((enum proof)k));
	for (int i = 0; i < ROUTES; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(route_name((enum route)i), route_name((enum route)k));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_route_is_the_domain_behind_the_last_unquoted_at),
		cmocka_unit_test(test_the_victims_own_domain_comes_before_ours),
		cmocka_unit_test(test_a_mailbox_is_named_with_and_without_extension),
		cmocka_unit_test(test_no_name_is_missing_or_twice),
	};

	return cmocka_run_group_tests_name("attempt", tests, NULL, NULL);
}
