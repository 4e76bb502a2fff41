/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_vantage.c - vantages out of words
 */
#include "vantage/vantage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
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
		{ "local?port=10025", "local?port=10025", "local?port=10025", EXPECT_DENY, "none", "" },
		{ "local?tls=none&expect=relay&port=25", "local?tls=none&port=25", "local?tls=none&port=25", EXPECT_RELAY, "none", "" },
		{ "x=xclient:203.0.113.9?bind=127.0.0.2", "x", "xclient:203.0.113.9?bind=127.0.0.2", EXPECT_DENY, "127.0.0.2", "" },
		{ "proxyv2:2001:db8::9?bind=lo", "proxyv2:2001:db8::9?bind=lo", "proxyv2:2001:db8::9?bind=lo", EXPECT_DENY, "none", "lo" },
		{ "exec:cat", "exec:cat", "exec:cat", EXPECT_DENY, "none", "" },
		{ "c=exec:cat -u 'a?b=c'", "c", "exec:cat -u 'a?b=c'", EXPECT_DENY, "none", "" },
		{ "exec:cat ?expect=relay", "exec:cat ", "exec:cat ", EXPECT_RELAY, "none", "" },
		{ "exec:cat x?a=b?", "exec:cat x?a=b", "exec:cat x?a=b", EXPECT_DENY, "none", "" },
		{ "ssh:host", "ssh:host", "ssh:host", EXPECT_DENY, "none", "" },
		{ "ssh:me@host.example.org:2222?client=192.0.2.7", "ssh:me@host.example.org:2222?client=192.0.2.7",
		  "ssh:me@host.example.org:2222?client=192.0.2.7", EXPECT_DENY, "none", "" },
		{ "ssh:2001:db8::1", "ssh:2001:db8::1", "ssh:2001:db8::1", EXPECT_DENY, "none", "" },
		{ "ssh:[2001:db8::1]:22", "ssh:[2001:db8::1]:22", "ssh:[2001:db8::1]:22", EXPECT_DENY, "none", "" },
		{ "socks5h://127.0.0.1:1080", "socks5h://127.0.0.1:1080", "socks5h://127.0.0.1:1080", EXPECT_DENY, "none", "" },
		{ "socks5://[::1]:1080?expect=relay", "socks5://[::1]:1080", "socks5://[::1]:1080", EXPECT_RELAY, "none", "" },
		{ "p=http://proxy.example.org:3128?port=25", "p", "http://proxy.example.org:3128?port=25", EXPECT_DENY, "none", "" },
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

static const struct {
	const char *text;
	const char *sentence;
} mistakes[] = {
	{ "", "there is no vantage of kind ''" },
	{ "lcoal", "there is no vantage of kind 'lcoal'; was 'local' meant?" },
	{ "bnd:127.0.0.1", "there is no vantage of kind 'bnd'; was 'bind' meant?" },
	{ "LOCAL", "there is no vantage of kind 'LOCAL'" },
	{ "local:x", "nothing may stand behind 'local', and 'x' does" },
	{ "bind:", "'bind:' needs an address or an interface of this machine" },
	{ "bind", "'bind:' needs an address or an interface of this machine" },
	{ "bind:127.0.0.256", "'127.0.0.256' is neither an IP address nor a network interface of this machine" },
	{ "bind:no-such-interface-here", "'no-such-interface-here' is neither an IP address nor a network interface of this machine" },
	{ "local?expect=allow", "a vantage is expected to 'deny' or to 'relay', not to 'allow'" },
	{ "local?expect=", "a vantage is expected to 'deny' or to 'relay', not to ''" },
	{ "local?expct=relay", "a vantage has no 'expct='; was 'expect=' meant?" },
	{ "local?speed=9", "a vantage has no 'speed=': behind the '?' stand expect=, port= or tls=" },
	{ "local?", "nothing stands behind the '?' of the vantage" },
	{ "local?expect=deny&expect=deny", "'expect=' is said twice of one vantage" },
	{ "local?bind=127.0.0.1", "'bind=' says nothing to a vantage of kind 'local'" },
	{ "bind:127.0.0.1?client=192.0.2.1", "'client=' says nothing to a vantage of kind 'bind'" },
	{ "exec:cat?bind=127.0.0.1", "'bind=' says nothing to a vantage of kind 'exec'" },
	{ "local?port=99999", "'99999' is not a port" },
	{ "local?port=1,2,3,4,5,6,7,8,9", "more than 8 ports of one vantage are too many" },
	{ "local?tls=ssl", "'ssl' is no TLS mode: none, starttls or tls" },
	{ "xclient:", "'xclient:' needs the address of the client that is simulated" },
	{ "xclient", "'xclient:' needs the address of the client that is simulated" },
	{ "xclient:mail.example.org", "'mail.example.org' is not the IP address of a client" },
	{ "proxyv1:203.0.113.0/24", "'203.0.113.0/24' is not the IP address of a client" },
	{ "proxyv3:203.0.113.9", "there is no vantage of kind 'proxyv3'; was 'proxyv1' meant?" },
	{ "exec:", "exec: there is no command to run" },
	{ "exec:''", "exec: there is no command to run" },
	{ "exec:cat 'x", "exec: the command has a ' that is not closed" },
	{ "exec:cat \"x", "exec: the command has a \" that is not closed" },
	{ "exec:cat x\\", "exec: the command ends in a lone backslash" },
	{ "exec:no-such-program-here {host}", "exec: there is no program 'no-such-program-here' here" },
	{ "exec:/no/such/program", "exec: there is no program '/no/such/program' here" },
	{ "exec:cat {client}", "exec: the command wants a {client}: name one behind it" },
	{ "exec:cat?clnt=192.0.2.1", "a vantage has no 'clnt='; was 'client=' meant?" },
	{ "exec:cat?client=here", "'here' is not the IP address of a client" },
	{ "lo cal=exec:cat", "a vantage is written in printable ASCII without white space" },
	{ "xclient:203.0.113.9 ", "a vantage is written in printable ASCII without white space" },
	{ "exec:cat\t-u", "a vantage is written in printable ASCII without white space" },
	{ "ssh:", "ssh: '' is not a host: ssh:[USER@]HOST[:PORT]" },
	{ "ssh:-oProxyCommand=x", "ssh: '-oProxyCommand=x' is not a host" },
	{ "ssh:me@-host", "ssh: '-host' is not a host" },
	{ "ssh:-l@host", "ssh: '-l' is not a user's name" },
	{ "ssh:me;rm@host", "ssh: 'me;rm' is not a user's name" },
	{ "ssh:host:ssh", "ssh: 'ssh' is not a port: 1 to 65535" },
	{ "ssh:host/25", "ssh: 'host/25' is not a host" },
	{ "socks5h:127.0.0.1:1080", "a proxy is written socks5h://[USER:@FILE@]HOST:PORT" },
	{ "socks5h://", "a proxy is written socks5h://[USER:@FILE@]HOST:PORT" },
	{ "socks5h://127.0.0.1", "socks5h: the proxy needs its port" },
	{ "http://[::1]", "http: the proxy needs its port" },
	{ "http://me@127.0.0.1:3128", "http: the proxy's user 'me' has no password: me:@FILE@HOST:PORT reads it from a file" },
	{ "http://:@file@127.0.0.1:3128", "http: the proxy's user has no name" },
	{ "https://127.0.0.1:3128", "there is no vantage of kind 'https'; was 'http' meant?" },
};

static void test_what_is_no_vantage_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(mistakes[i].text, &err);

		if (vantage != NULL || err.kind != ERR_USAGE)
			fail_msg("%s was taken", mistakes[i].text);
		/* The words of a guess may be near or not; the sentence may not change otherwise. */
		if (strncmp(err.text, mistakes[i].sentence, strlen(mistakes[i].sentence)) != 0)
			fail_msg("%s: %s", mistakes[i].text, err.text);
	}
}

static void test_a_password_on_the_command_line_is_refused_and_not_repeated(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(vantage_parse("http://me:hidden-word@127.0.0.1:3128", &err));
	assert_non_null(strstr(err.text, "a password is not written on the command line"));
	assert_null(strstr(err.text, "hidden-word"));
}

static void test_a_password_is_read_from_a_file_and_not_shown(void **state)
{
	char path[] = "/tmp/vantage-password-XXXXXX";
	int fd = mkstemp(path);
	char *text = mem_printf("socks5://me:@%s@127.0.0.1:1080?port=25", path);
	struct err err = ERR_INIT;
	struct vantage *vantage;

	(void)state;
	assert_true(fd >= 0);
	assert_null(vantage_parse(text, &err));
	assert_non_null(strstr(err.text, "there is no password in the first line of"));
	assert_int_equal(write(fd, "hidden-word\nmore\n", 17), 17);
	close(fd);
	vantage = vantage_parse(text, &err);
	if (vantage == NULL)
		fail_msg("%s", err.text);
	assert_string_equal(vantage->via, "socks5://me@127.0.0.1:1080?port=25");
	assert_string_equal(vantage->name, vantage->via);
	vantage_free(vantage);
	unlink(path);
	assert_null(vantage_parse(text, &err));
	free(text);
}

static void test_a_vantage_has_ports_of_its_own(void **state)
{
	struct err err = ERR_INIT;
	struct vantage *vantage = vantage_parse("xclient:203.0.113.9?port=10025,10026/starttls", &err);

	(void)state;
	assert_non_null(vantage);
	assert_true(vantage_has_port(vantage, 10025, TLS_MODE_NONE));
	assert_true(vantage_has_port(vantage, 10026, TLS_MODE_STARTTLS));
	assert_false(vantage_has_port(vantage, 10026, TLS_MODE_NONE));
	assert_false(vantage_has_port(vantage, 25, TLS_MODE_NONE));
	assert_int_equal(vantage_mode(vantage, TLS_MODE_IMPLICIT), TLS_MODE_IMPLICIT);
	vantage_free(vantage);
	vantage = vantage_parse("local?tls=starttls", &err);
	assert_int_equal(vantage_mode(vantage, TLS_MODE_NONE), TLS_MODE_STARTTLS);
	vantage_free(vantage);
}

static void test_a_command_without_an_address_is_asked_once(void **state)
{
	static const struct {
		const char *text;
		bool once;
	} rows[] = { { "exec:cat", true }, { "exec:cat {host}", false }, { "exec:cat '{port}'", false }, { "ssh:host", false }, { "local", false } };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(rows[i].text, &err);

		assert_non_null(vantage);
		if (vantage->once != rows[i].once)
			fail_msg("%s", rows[i].text);
		vantage_free(vantage);
	}
}

static void test_a_vantage_is_known_by_an_address(void **state)
{
	static const struct {
		const char *text;
		const char *address;    /* "none": not known beforehand */
	} rows[] = {
		{ "local", "none" },
		{ "bind:127.0.0.3", "127.0.0.3" },
		{ "xclient:203.0.113.9?bind=127.0.0.3", "203.0.113.9" },
		{ "proxyv1:::ffff:203.0.113.9", "203.0.113.9" },
		{ "proxyv2:2001:DB8::9", "2001:db8::9" },
		{ "exec:cat", "none" },
		{ "exec:cat?client=203.0.113.9", "203.0.113.9" },
		{ "ssh:host", "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err err = ERR_INIT;
		struct vantage *vantage = vantage_parse(rows[i].text, &err);
		char text[ADDRESS_TEXT] = "none";

		assert_non_null(vantage);
		if (vantage_address(vantage) != NULL)
			address_print(vantage_address(vantage), text);
		if (strcmp(text, rows[i].address) != 0)
			fail_msg("%s: %s", rows[i].text, text);
		vantage_free(vantage);
	}
}

static void test_a_vantage_has_the_families_of_its_address(void **state)
{
	static const struct {
		const char *text;
		bool four;
		bool six;
	} rows[] = {
		{ "local", true, true },
		{ "bind:lo", true, true },
		{ "bind:127.0.0.1", true, false },
		{ "bind:::1", false, true },
		{ "xclient:203.0.113.9", true, true },
		{ "proxyv1:203.0.113.9?bind=127.0.0.1", true, false },
		{ "ssh:host", true, true },
	};

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
		cmocka_unit_test(test_a_password_on_the_command_line_is_refused_and_not_repeated),
		cmocka_unit_test(test_a_password_is_read_from_a_file_and_not_shown),
		cmocka_unit_test(test_a_vantage_has_ports_of_its_own),
		cmocka_unit_test(test_a_command_without_an_address_is_asked_once),
		cmocka_unit_test(test_a_vantage_is_known_by_an_address),
		cmocka_unit_test(test_a_vantage_has_the_families_of_its_address),
		cmocka_unit_test(test_no_cell_of_a_kind_is_empty),
	};

	return cmocka_run_group_tests_name("vantage", tests, NULL, NULL);
}
